/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff as a page: what matters first, the images in a table, then each image that changed. */
#include "diff_page_contents.h"

#include "header_words.h"
#include "words.h"

#include "wimplan/number.h"
#include "wimplan/report.h"

#include <inttypes.h>
#include <string.h>

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static char *title_of(struct wp_arena *arena, const struct wp_diff *diff)
{
	const char *old = file_name(diff->old.path), *new = file_name(diff->new.path);

	/* Where both are called install.wim, the folders are what tells them apart. */
	if (!strcmp(old, new))
		return wp_arena_printf(arena, "What changed from %s to %s", diff->old.path, diff->new.path);
	return wp_arena_printf(arena, "What changed from %s to %s", old, new);
}

static void add_count(struct wp_page *page, enum wp_tone tone, size_t count, const char *one, const char *many)
{
	wp_page_card(page, count ? tone : WP_TONE_PLAIN, wp_words_count(page->arena, count), count == 1 ? one : many);
}

static void add_cards(struct wp_page *page, const struct wp_diff *diff)
{
	const struct wp_diff_counts counts = wp_diff_count_images(diff);
	bool stored = diff->added.stored_bytes.known;
	size_t lost = wp_diff_lost(diff);

	wp_page_open(page, WP_PART_CARDS, NULL);
	add_count(page, WP_TONE_CHANGE, counts.status[WP_DIFF_CHANGED], "image changed", "images changed");
	add_count(page, WP_TONE_GOOD, counts.status[WP_DIFF_ADDED], "image added", "images added");
	add_count(page, WP_TONE_BAD, counts.status[WP_DIFF_REMOVED], "image removed", "images removed");
	add_count(page, WP_TONE_PLAIN, counts.status[WP_DIFF_SAME], "image the same", "images the same");
	if (counts.half_known)
		add_count(page, WP_TONE_CHANGE, counts.half_known, "image the same as far as it could be read",
			  "images the same as far as they could be read");
	if (diff->header_count)
		add_count(page, WP_TONE_CHANGE, diff->header_count, "value of the header changed",
			  "values of the header changed");
	if (diff->blobs_known) {
		wp_page_card(page, WP_TONE_PLAIN, wp_words_amount(page->arena, diff->new.size),
			 "to send to each distribution point: the whole file");
		wp_page_card(page, diff->added.count ? WP_TONE_GOOD : WP_TONE_PLAIN,
			 wp_words_amount(page->arena, stored ? diff->added.stored_bytes.value : diff->added.bytes),
			 stored ? "of it new data, as stored" : "of new data, uncompressed");
	}
	if (lost)
		add_count(page, WP_TONE_BAD, lost, "value lost", "values lost");
	wp_page_close(page);
}

static const char *anchor(struct wp_arena *arena, uint32_t image)
{
	return wp_arena_printf(arena, "image-%" PRIu32, image);
}

static void add_lost(struct wp_page *page, const struct wp_diff *diff)
{
	const char *sentence = wp_diff_words_lost(page->arena, diff);
	struct wp_diff_lost *lost;
	size_t count;

	if (!sentence)
		return;
	wp_page_open(page, WP_PART_BANNER, "Lost metadata");
	wp_page_line(page, WP_PART_PARAGRAPH, sentence);
	wp_page_open(page, WP_PART_LIST, NULL);
	lost = wp_diff_words_lost_values(page->arena, diff, &count);
	for (size_t i = 0; i < count; i++) {
		wp_page_open(page, WP_PART_ITEM, NULL);
		wp_page_link(page, anchor(page->arena, lost[i].first), lost[i].images);
		wp_page_add(page, WP_PART_TEXT, ": ");
		wp_page_add(page, WP_PART_CODE, lost[i].field);
		wp_page_add(page, WP_PART_TEXT, " was ");
		wp_page_add(page, WP_PART_STRONG, lost[i].value);
		wp_page_close(page);
	}
	wp_page_close(page);
	wp_page_close(page);
}

static void add_side(struct wp_page *page, const char *label, const struct wp_diff_side *side)
{
	const char *about = "as the site has recorded it";

	if (!side->record)
		about = wp_arena_printf(page->arena, "%s (%s bytes)", wp_words_size(page->arena, side->size),
					wp_words_count(page->arena, side->size));
	wp_page_fact(page, label, wp_arena_printf(page->arena, "%s, %s", side->path, about));
	wp_page_fact(page, wp_arena_printf(page->arena, "%s file id", label), side->file_id);
	wp_page_fact(page, wp_arena_printf(page->arena, "%s content id", label), side->content_id);
}

/* Of a field's name, the old and the new value. */
static const struct wp_page_column pairs[] = {
	{ "Field", WP_COLUMN_SHORT },
	{ "Old", WP_COLUMN_VALUE },
	{ "New", WP_COLUMN_VALUE },
};

static void add_header(struct wp_page *page, const struct wp_diff *diff)
{
	if (!diff->header_count)
		return;
	wp_page_heading(page, 2, "Header");
	wp_page_table(page, "What differs in the headers of both files", WP_FOLDING_PAIRS, pairs, 3);
	for (size_t i = 0; i < diff->header_count; i++)
		WP_PAGE_ROW(page, wp_cell_as(WP_PART_CODE, wp_header_name(diff->header[i])),
			    wp_cell(wp_header_text(page->arena, &diff->old.header, diff->header[i])),
			    wp_cell(wp_header_text(page->arena, &diff->new.header, diff->header[i])));
	wp_page_close(page);
}

static void add_blobs(struct wp_page *page, const struct wp_diff *diff)
{
	const struct {
		const char *name;
		enum wp_tone tone;
		const struct wp_diff_blobs *blobs;
	} rows[] = { { "in both files", WP_TONE_PLAIN, &diff->shared },
		     { "new", WP_TONE_GOOD, &diff->added },
		     { "gone", WP_TONE_BAD, &diff->removed } };
	struct wp_page_share shares[3];
	bool stored = diff->shared.stored_bytes.known && diff->added.stored_bytes.known && diff->removed.stored_bytes.known;
	uint64_t whole = 0;

	if (!diff->blobs_known)
		return;
	for (size_t i = 0; i < 3; i++) {
		shares[i].tone = rows[i].tone;
		shares[i].amount = stored ? rows[i].blobs->stored_bytes.value : rows[i].blobs->bytes;
		whole = wp_sum(whole, shares[i].amount);
	}
	wp_page_heading(page, 2, "What a redistribution brings");
	wp_page_line(page, WP_PART_PARAGRAPH,
		     "Without binary differential replication the whole file goes to every distribution point. With it at "
		     "least the new data does; how much more nobody can say of compressed data.");
	wp_page_bar(page, shares, 3, whole);
	wp_page_open(page, WP_PART_KEY, NULL);
	for (size_t i = 0; i < 3; i++)
		wp_page_badge(page, rows[i].tone, rows[i].name);
	wp_page_close(page);
	WP_PAGE_TABLE(page, "Distinct file data of both files", WP_FOLDING_NONE, { "File data", WP_COLUMN_WORDS },
		      { "Blobs", WP_COLUMN_NUMBER }, { "Uncompressed", WP_COLUMN_NUMBER }, { "Stored", WP_COLUMN_NUMBER });
	for (size_t i = 0; i < 3; i++) {
		const struct wp_diff_blobs *blobs = rows[i].blobs;

		WP_PAGE_ROW(page, wp_cell(rows[i].name), wp_cell(wp_words_count(page->arena, blobs->count)),
			    wp_cell(wp_words_size(page->arena, blobs->bytes)),
			    wp_cell(blobs->stored_bytes.known ? wp_words_size(page->arena, blobs->stored_bytes.value)
							      : "not known (solid)"));
	}
	wp_page_close(page);
}

static uint64_t heaviest(const struct wp_diff *diff)
{
	uint64_t most = 0;

	for (size_t i = 0; i < diff->image_count; i++) {
		const struct wp_diff_files *files = diff->images[i].files;
		uint64_t bytes = files ? wp_sum(files->totals.bytes_added, files->totals.bytes_removed) : 0;

		most = bytes > most ? bytes : most;
	}
	return most;
}

static void add_index(struct wp_page *page, uint32_t index)
{
	wp_page_cell(page, wp_cell(index ? wp_arena_printf(page->arena, "%" PRIu32, index) : NULL));
}

static void add_image_row(struct wp_page *page, const struct wp_diff *diff, const struct wp_diff_image *image,
			  uint64_t most)
{
	wp_page_open(page, WP_PART_ROW, NULL);
	add_index(page, image->old_index);
	add_index(page, image->new_index);
	wp_page_cell(page, wp_diff_words_has_more(diff, image) ?
				   wp_cell_link(anchor(page->arena, image->new_index), wp_diff_words_name(image)) :
				   wp_cell(wp_diff_words_name(image)));
	wp_page_cell(page, wp_cell_badge(wp_diff_page_tone(image->status), wp_diff_words_state(image)));
	wp_page_cell(page, wp_cell(wp_match_name(image->matched_by)));
	if (most && image->files) {
		wp_page_cell(page, wp_cell(wp_diff_words_bytes(page->arena, &image->files->totals)));
		wp_diff_page_bar_cell(page, &image->files->totals, most);
	} else if (most) {
		wp_page_cell(page, wp_cell(NULL));
		wp_page_cell(page, wp_cell(NULL));
	}
	wp_page_close(page);
}

static void add_images(struct wp_page *page, const struct wp_diff *diff)
{
	static const struct wp_page_column columns[] = {
		{ "Old", WP_COLUMN_NUMBER },	   { "New", WP_COLUMN_NUMBER },	     { "Image", WP_COLUMN_NAME },
		{ "Status", WP_COLUMN_SHORT },	   { "Matched by", WP_COLUMN_WORDS }, { "File data", WP_COLUMN_SHORT },
		{ "", WP_COLUMN_BAR },
	};
	uint64_t most = heaviest(diff);

	wp_page_heading(page, 2, "Images");
	wp_page_table(page, "Images of both files", WP_FOLDING_TEXTS, columns, most ? 7 : 5);
	for (size_t i = 0; i < diff->image_count; i++)
		add_image_row(page, diff, &diff->images[i], most);
	wp_page_close(page);
	if (most)
		wp_diff_page_key(page);
}

static void add_fields(struct wp_page *page, const char *name, const struct wp_diff_fields *fields)
{
	wp_page_table(page, wp_arena_printf(page->arena, "Metadata of %s", name), WP_FOLDING_PAIRS, pairs, 3);
	for (size_t i = 0; i < fields->count; i++) {
		const struct wp_diff_field *field = fields->items[i];
		const char *old, *new;

		wp_diff_words_values(page->arena, field, &old, &new);
		wp_page_open(page, WP_PART_ROW, NULL)->tone = field->lost ? WP_TONE_BAD : WP_TONE_PLAIN;
		wp_page_open(page, WP_PART_CELL, NULL);
		wp_page_add(page, WP_PART_CODE, field->field);
		if (field->lost) {
			wp_page_add(page, WP_PART_TEXT, " ");
			wp_page_badge(page, WP_TONE_BAD, "LOST");
		}
		wp_page_close(page);
		wp_page_cell(page, wp_cell_as(field->old && *field->old ? WP_PART_TEXT : WP_PART_SOFT, old));
		wp_page_cell(page, wp_cell_as(field->new && *field->new ? WP_PART_TEXT : WP_PART_SOFT, new));
		wp_page_close(page);
	}
	wp_page_close(page);
}

/* What is the same of several images. */
static void add_common(struct wp_page *page, const struct wp_diff_fields *fields)
{
	wp_page_heading(page, 2, wp_arena_printf(page->arena, "Metadata of %s", fields->images));
	add_fields(page, fields->images, fields);
}

/* What became of the WIM in an image: its images one after the other. */
static void add_winre(struct wp_page *page, const char *outer, const struct wp_diff_winre *winre, bool all)
{
	const struct wp_diff *diff = winre->diff;

	if (!diff || !wp_diff_has_changes(diff))
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena, "%s.", wp_diff_words_winre(page->arena, winre)));
	for (size_t i = 0; diff && i < diff->image_count; i++) {
		const struct wp_diff_image *image = &diff->images[i];
		const char *name = wp_arena_printf(page->arena, "Winre.wim of %s, image %" PRIu32, outer,
						   image->new_index ? image->new_index : image->old_index);
		struct wp_diff_fields fields = { .items = wp_arena_alloc(page->arena, image->field_count * sizeof *fields.items) };

		wp_page_open(page, WP_PART_HEADING, NULL)->level = 3;
		wp_page_add(page, WP_PART_TEXT,
			    wp_arena_printf(page->arena, "Winre.wim: %s ", wp_diff_words_name(image)));
		wp_page_badge(page, wp_diff_page_tone(image->status), wp_diff_words_state(image));
		wp_page_close(page);
		for (size_t f = 0; f < image->field_count; f++)
			fields.items[fields.count++] = &image->fields[f];
		if (fields.count)
			add_fields(page, name, &fields);
		if (image->contents)
			wp_diff_page_contents(page, name, image->contents, all);
		if (image->boot)
			wp_diff_page_boot(page, name, image->boot);
	}
}

static void add_image(struct wp_page *page, const struct wp_diff *diff, const struct wp_diff_image *image,
		      const struct wp_diff_fields *own, bool all)
{
	const char *name = wp_arena_printf(page->arena, "image %" PRIu32 " %s", image->new_index, wp_diff_words_name(image));
	const char *match = wp_diff_words_match(page->arena, image), *tree = wp_diff_words_tree(diff, image);

	wp_page_open(page, WP_PART_SECTION, NULL)->target = anchor(page->arena, image->new_index);
	wp_page_open(page, WP_PART_HEADING, NULL)->level = 2;
	wp_page_add(page, WP_PART_TEXT,
		    wp_arena_printf(page->arena, "Image %" PRIu32 ": %s ", image->new_index, wp_diff_words_name(image)));
	wp_page_badge(page, wp_diff_page_tone(image->status), wp_diff_words_state(image));
	wp_page_close(page);
	if (match)
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena, "Image %" PRIu32 " of the %s, %s.", image->old_index,
					     diff->old.record ? "record" : "old file", match));
	if (own->count) {
		wp_page_heading(page, 3, "Metadata");
		add_fields(page, name, own);
	}
	if (tree)
		wp_page_line(page, WP_PART_PARAGRAPH, wp_arena_printf(page->arena, "Files: %s.", tree));
	if (image->contents)
		wp_diff_page_contents(page, name, image->contents, all);
	if (image->boot)
		wp_diff_page_boot(page, name, image->boot);
	if (image->winre)
		add_winre(page, name, image->winre, all);
	if (image->files)
		wp_diff_page_files(page, name, image->files, all);
	if (image->texts)
		wp_diff_page_texts(page, image->texts);
	wp_page_line(page, WP_PART_PARAGRAPH, wp_diff_words_beyond(image));
	wp_page_close(page);
}

static void render(const struct wp_diff *diff, bool all, struct wp_buf *buf,
		   void (*rendering)(const struct wp_page *, struct wp_buf *))
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_diags remarks = wp_diff_words_remarks(arena, diff);
	struct wp_diff_metadata metadata;
	struct wp_page page;

	wp_diff_words_metadata(arena, diff, &metadata);
	wp_page_init(&page, arena, "wimplan diff", title_of(arena, diff), "document of diff --json");
	wp_page_line(&page, WP_PART_LEAD, wp_diff_words_blobs(arena, diff));
	wp_page_line(&page, WP_PART_LEAD, wp_diff_words_totals(arena, diff));
	wp_page_banner(&page, "Not everything could be read", wp_diff_words_incomplete(arena, diff));
	add_cards(&page, diff);
	add_lost(&page, diff);
	wp_page_open(&page, WP_PART_FACTS, NULL);
	add_side(&page, "Old", &diff->old);
	add_side(&page, "New", &diff->new);
	wp_page_close(&page);
	add_header(&page, diff);
	add_blobs(&page, diff);
	add_images(&page, diff);
	for (size_t i = 0; i < metadata.common_count; i++)
		add_common(&page, &metadata.common[i]);
	for (size_t i = 0; i < diff->image_count; i++)
		if (wp_diff_words_has_more(diff, &diff->images[i]))
			add_image(&page, diff, &diff->images[i], &metadata.own[i], all);
	wp_page_remarks(&page, 2, &remarks);
	rendering(&page, buf);
}

void wp_report_diff_markdown(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf)
{
	render(diff, options->all, buf, wp_page_markdown);
}

/* A page has room for everything that the model holds. */
void wp_report_diff_html(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf)
{
	(void)options;
	render(diff, true, buf, wp_page_html);
}
