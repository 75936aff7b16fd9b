/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff in Markdown (GFM), for a change record, a ticket or a release note. */
#include "wimplan/report.h"

#include "diff_words.h"
#include "header_words.h"
#include "markdown.h"
#include "words.h"

#include <inttypes.h>
#include <string.h>

#define ALL_DIGITS 64
/* What a ticket takes of each list without --all: the heaviest, and the first ones of a kind. */
#define ITEMS_SHOWN 50u
#define FOLDERS_SHOWN 50u
#define COMPONENTS_SHOWN 20u

struct markdown {
	struct wp_arena *arena;
	struct wp_buf *buf;
	bool all;
};

#define ROW(md, ...)                                                                  \
	wp_markdown_row((md)->arena, (md)->buf, (const char *const[]){ __VA_ARGS__ }, \
			sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))
#define HEAD(md, ...)                                                     \
	wp_markdown_head((md)->buf, (const char *const[]){ __VA_ARGS__ }, \
			 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void add_heading(struct markdown *md, const char *marks, const char *text)
{
	wp_buf_printf(md->buf, "%s ", marks);
	wp_markdown_text(md->arena, md->buf, text);
	wp_buf_puts(md->buf, "\n\n");
}

static void add_paragraph(struct markdown *md, const char *sentence)
{
	if (!sentence)
		return;
	wp_markdown_text(md->arena, md->buf, sentence);
	wp_buf_puts(md->buf, "\n\n");
}

static void add_side(struct markdown *md, const char *label, const struct wp_diff_side *side)
{
	ROW(md, label, side->path, side->record ? "as recorded" : wp_words_size(md->arena, side->size),
	    side->content_id);
}

static void add_lost(struct markdown *md, const struct wp_diff *diff)
{
	const char *sentence = wp_diff_words_lost(md->arena, diff);
	struct wp_diff_lost *lost;
	size_t count;

	if (!sentence)
		return;
	wp_buf_puts(md->buf, "**Warning: lost metadata.** ");
	add_paragraph(md, sentence);
	lost = wp_diff_words_lost_values(md->arena, diff, &count);
	for (size_t i = 0; i < count; i++) {
		wp_buf_puts(md->buf, "- ");
		wp_markdown_text(md->arena, md->buf,
				 wp_arena_printf(md->arena, "%s: %s was %s", lost[i].images, lost[i].field, lost[i].value));
		wp_buf_putc(md->buf, '\n');
	}
	wp_buf_putc(md->buf, '\n');
}

static void add_header(struct markdown *md, const struct wp_diff *diff)
{
	if (!diff->header_count)
		return;
	add_heading(md, "##", "Header");
	HEAD(md, "Field", "Old", "New");
	for (size_t i = 0; i < diff->header_count; i++)
		ROW(md, wp_header_name(diff->header[i]), wp_header_text(md->arena, &diff->old.header, diff->header[i]),
		    wp_header_text(md->arena, &diff->new.header, diff->header[i]));
	wp_buf_putc(md->buf, '\n');
}

static void add_blob_row(struct markdown *md, const char *name, const struct wp_diff_blobs *blobs)
{
	ROW(md, name, wp_words_count(md->arena, blobs->count), wp_words_size(md->arena, blobs->bytes),
	    blobs->stored_bytes.known ? wp_words_size(md->arena, blobs->stored_bytes.value) : "not known");
}

static void add_blobs(struct markdown *md, const struct wp_diff *diff)
{
	if (!diff->blobs_known)
		return;
	HEAD(md, "File data", "Blobs", "Uncompressed", "Stored");
	add_blob_row(md, "in both files", &diff->shared);
	add_blob_row(md, "new", &diff->added);
	add_blob_row(md, "gone", &diff->removed);
	wp_buf_putc(md->buf, '\n');
}

static const char *index_text(struct markdown *md, uint32_t index)
{
	return index ? wp_arena_printf(md->arena, "%" PRIu32, index) : "";
}

static void add_images(struct markdown *md, const struct wp_diff *diff)
{
	add_heading(md, "##", "Images");
	HEAD(md, "Old", "New", "Image", "Status", "Matched by", "File data");
	for (size_t i = 0; i < diff->image_count; i++) {
		const struct wp_diff_image *image = &diff->images[i];

		ROW(md, index_text(md, image->old_index), index_text(md, image->new_index), wp_diff_words_name(image),
		    wp_diff_words_state(image), wp_match_name(image->matched_by),
		    image->files ? wp_diff_words_bytes(md->arena, &image->files->totals) : "");
	}
	wp_buf_putc(md->buf, '\n');
}

static void add_fields(struct markdown *md, const struct wp_diff_fields *fields)
{
	if (!fields->count)
		return;
	HEAD(md, "Field", "Old", "New", "");
	for (size_t i = 0; i < fields->count; i++) {
		const struct wp_diff_field *field = fields->items[i];
		const char *old, *new;

		wp_diff_words_values(md->arena, field, &old, &new);
		ROW(md, field->field, old, new, field->lost ? "LOST" : "");
	}
	wp_buf_putc(md->buf, '\n');
}

static void add_line(struct markdown *md, const struct wp_diff_line *line)
{
	const char *kind = wp_diff_words_kind(line->kind);

	ROW(md, wp_diff_status_name(line->status), kind ? kind : "", line->name, line->about,
	    line->old ? wp_diff_words_item(md->arena, line->old, ALL_DIGITS) : "",
	    line->new ? wp_diff_words_item(md->arena, line->new, ALL_DIGITS) : "");
}

static void add_more(struct markdown *md, uint64_t count)
{
	if (count)
		add_paragraph(md, wp_arena_printf(md->arena, "And %s more (--all).", wp_words_count(md->arena, count)));
}

/* The rows of one group; of each kind the first ones. */
static void add_lines(struct markdown *md, const struct wp_diff_lines *lines)
{
	uint64_t omitted = 0;

	HEAD(md, "Change", "Kind", "Name", "For", "Old", "New");
	for (size_t i = 0, of_kind = 0; i < lines->count; i++, of_kind++) {
		if (i && lines->items[i].kind != lines->items[i - 1].kind)
			of_kind = 0;
		if (md->all || of_kind < ITEMS_SHOWN)
			add_line(md, &lines->items[i]);
		else
			omitted++;
	}
	wp_buf_putc(md->buf, '\n');
	add_more(md, omitted);
}

static void add_contents(struct markdown *md, const struct wp_diff_contents *contents)
{
	const char *unchanged = wp_diff_words_unchanged(md->arena, contents);

	add_paragraph(md, wp_diff_words_windows(contents));
	for (size_t i = 0; i < WP_ITEM_GROUPS; i++) {
		struct wp_diff_lines lines;

		wp_diff_lines(md->arena, &contents->groups[i], (enum wp_item_group)i, &lines);
		if (!lines.count)
			continue;
		add_heading(md, "####",
			    wp_arena_printf(md->arena, "%s: %s", lines.title,
					    wp_diff_words_counts(md->arena, &contents->groups[i])));
		add_lines(md, &lines);
	}
	if (unchanged)
		add_paragraph(md, wp_arena_printf(md->arena, "Installed and the same: %s.", unchanged));
}

static void add_shares(struct markdown *md, const struct wp_diff_share *shares, size_t count, size_t most_shown)
{
	size_t shown = md->all || count < most_shown ? count : most_shown;

	for (size_t i = 0; i < shown; i++)
		ROW(md, shares[i].label, shares[i].versions ? shares[i].versions : "",
		    wp_words_count(md->arena, shares[i].count),
		    wp_diff_words_amount(md->arena, shares[i].totals->bytes_added),
		    wp_diff_words_amount(md->arena, shares[i].totals->bytes_removed));
	wp_buf_putc(md->buf, '\n');
	add_more(md, count - shown);
}

static void add_files(struct markdown *md, const struct wp_diff_files *files)
{
	const char *folders = wp_diff_words_folders(md->arena, files), *links = wp_diff_words_links(md->arena, files);
	uint64_t most;

	add_heading(md, "####",
		    wp_arena_printf(md->arena, "Files: %s", wp_diff_words_bytes(md->arena, &files->totals)));
	add_paragraph(md, wp_arena_printf(md->arena, "%s.", wp_diff_words_files(md->arena, files)));
	if (folders)
		add_paragraph(md, wp_arena_printf(md->arena, "%s.", folders));
	if (links)
		add_paragraph(md, wp_arena_printf(md->arena, "%s.", links));
	if (files->folder_count) {
		HEAD(md, "Folder", "", "Paths", "Came", "Went");
		add_shares(md, wp_diff_shares_of_folders(md->arena, files, &most), files->folder_count,
			   FOLDERS_SHOWN);
	}
	if (files->component_count) {
		HEAD(md, "Component", "Version", "Paths", "Came", "Went");
		add_shares(md, wp_diff_shares_of_components(md->arena, files, &most), files->component_count,
			   COMPONENTS_SHOWN);
	}
	if (!files->path_count)
		return;
	HEAD(md, "Change", "Path", "Was", "Besides");
	for (size_t i = 0; i < files->path_count; i++) {
		const char *path, *was;

		wp_diff_words_names(md->arena, &files->paths[i], &path, &was);
		ROW(md, wp_file_change_name(files->paths[i].change), path, was ? was : "",
		    wp_diff_words_path(md->arena, &files->paths[i]));
	}
	wp_buf_putc(md->buf, '\n');
	if (files->path_omitted)
		add_paragraph(md, wp_arena_printf(md->arena, "And %s more paths (--limit N).",
						  wp_words_count(md->arena, files->path_omitted)));
}

static void add_image(struct markdown *md, const struct wp_diff *diff, const struct wp_diff_image *image,
		      const struct wp_diff_fields *own)
{
	const char *match = wp_diff_words_match(md->arena, image), *tree = wp_diff_words_tree(diff, image);

	if (!wp_diff_words_has_more(diff, image))
		return;
	add_heading(md, "###",
		    wp_arena_printf(md->arena, "Image %" PRIu32 ": %s", image->new_index, wp_diff_words_name(image)));
	add_paragraph(md, wp_arena_printf(md->arena, "%s%s%s", wp_diff_words_status(md->arena, image),
					  match ? ", " : "", match ? match : ""));
	add_fields(md, own);
	if (tree)
		add_paragraph(md, wp_arena_printf(md->arena, "Files: %s.", tree));
	if (image->contents)
		add_contents(md, image->contents);
	if (image->files)
		add_files(md, image->files);
	add_paragraph(md, wp_diff_words_beyond(image));
}

static void add_remarks(struct markdown *md, const struct wp_diags *diags)
{
	if (!diags->count)
		return;
	add_heading(md, "##", "Remarks");
	HEAD(md, "Severity", "Code", "About", "Remark");
	for (size_t i = 0; i < diags->count; i++)
		ROW(md, wp_severity_name(diags->items[i].severity), diags->items[i].code, diags->items[i].subject,
		    diags->items[i].summary);
	wp_buf_putc(md->buf, '\n');
}

void wp_report_diff_markdown(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct markdown md = { .arena = arena, .buf = buf, .all = options->all };
	const struct wp_diags remarks = wp_diff_words_remarks(arena, diff);
	struct wp_diff_metadata metadata;

	wp_diff_words_metadata(arena, diff, &metadata);
	add_heading(&md, "#", "What changed inside the images");
	HEAD(&md, "", "File", "Size", "Content id");
	add_side(&md, "Old", &diff->old);
	add_side(&md, "New", &diff->new);
	wp_buf_putc(buf, '\n');
	add_paragraph(&md, wp_diff_words_blobs(arena, diff));
	add_lost(&md, diff);
	add_paragraph(&md, wp_diff_words_incomplete(arena, diff));
	add_blobs(&md, diff);
	add_header(&md, diff);
	add_images(&md, diff);
	for (size_t i = 0; i < metadata.common_count; i++) {
		add_heading(&md, "###", wp_arena_printf(arena, "Metadata of %s", metadata.common[i].images));
		add_fields(&md, &metadata.common[i]);
	}
	for (size_t i = 0; i < diff->image_count; i++)
		add_image(&md, diff, &diff->images[i], &metadata.own[i]);
	add_remarks(&md, &remarks);
	wp_markdown_text(arena, buf, wp_diff_words_totals(arena, diff));
	wp_buf_putc(buf, '\n');
}
