/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff as one page: what matters first, the images in a table, then each image that changed. */
#include "diff_html.h"

#include "header_words.h"
#include "words.h"

#include "wimplan/number.h"
#include "wimplan/report.h"

#include <inttypes.h>
#include <string.h>

void wp_diff_html_cell(struct wp_html *html, const char *class, const char *text)
{
	if (class)
		wp_html_rawf(html, "<td class=\"%s\">", class);
	else
		wp_html_raw(html, "<td>");
	wp_html_text(html, text);
	wp_html_raw(html, "</td>");
}

void wp_diff_html_badge_cell(struct wp_html *html, const char *name)
{
	wp_html_raw(html, "<td class=\"short\">");
	wp_html_badge(html, name, name);
	wp_html_raw(html, "</td>");
}

void wp_diff_html_totals_bar(struct wp_html *html, const struct wp_diff_totals *totals, uint64_t whole)
{
	const struct wp_html_part parts[] = { { "added", totals->bytes_added - totals->bytes_changed },
					      { "changed", totals->bytes_changed },
					      { "removed", totals->bytes_removed } };

	wp_html_bar(html, parts, sizeof parts / sizeof *parts, whole);
}

void wp_diff_html_key(struct wp_html *html)
{
	wp_html_raw(html, "<ul class=\"key\"><li><i class=\"added\"></i>data of new files</li>"
			  "<li><i class=\"changed\"></i>new data of changed files</li>"
			  "<li><i class=\"removed\"></i>data that is gone</li></ul>\n");
}

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

static void add_image_card(struct wp_html *html, const char *class, size_t count, const char *words)
{
	wp_html_card(html, count ? class : "same", wp_words_count(html->arena, count),
		     wp_arena_printf(html->arena, "image%s %s", count == 1 ? "" : "s", words));
}

static void add_cards(struct wp_html *html, const struct wp_diff *diff)
{
	const struct wp_diff_counts counts = wp_diff_count_images(diff);
	size_t lost = wp_diff_lost(diff);

	wp_html_raw(html, "<div class=\"cards\">\n");
	add_image_card(html, "changed", counts.status[WP_DIFF_CHANGED], "changed");
	add_image_card(html, "added", counts.status[WP_DIFF_ADDED], "added");
	add_image_card(html, "removed", counts.status[WP_DIFF_REMOVED], "removed");
	add_image_card(html, "same", counts.status[WP_DIFF_SAME], "the same");
	if (counts.half_known)
		add_image_card(html, "changed", counts.half_known, "the same as far as it could be read");
	if (diff->header_count)
		wp_html_card(html, "changed", wp_words_count(html->arena, diff->header_count),
			     diff->header_count == 1 ? "value of the header changed" : "values of the header changed");
	if (diff->blobs_known) {
		wp_html_card(html, "same", wp_diff_words_amount(html->arena, diff->new.size),
			     "to send to each distribution point: the whole file");
		wp_html_card(html, diff->added.count ? "added" : "same",
			     wp_diff_words_amount(html->arena, diff->added.stored_bytes.known
								       ? diff->added.stored_bytes.value
								       : diff->added.bytes),
			     diff->added.stored_bytes.known ? "of it new data, as stored" : "of new data, uncompressed");
	}
	if (lost)
		wp_html_card(html, "removed", wp_words_count(html->arena, lost), lost == 1 ? "value lost" : "values lost");
	wp_html_raw(html, "</div>\n");
}

static void add_lost(struct wp_html *html, const struct wp_diff *diff)
{
	const char *sentence = wp_diff_words_lost(html->arena, diff);
	struct wp_diff_lost *lost;
	size_t count;

	if (!sentence)
		return;
	wp_html_raw(html, "<div class=\"alert\">\n");
	wp_html_element(html, "h2", NULL, "Lost metadata");
	wp_html_element(html, "p", NULL, sentence);
	wp_html_raw(html, "<ul>\n");
	lost = wp_diff_words_lost_values(html->arena, diff, &count);
	for (size_t i = 0; i < count; i++) {
		wp_html_rawf(html, "<li><a href=\"#image-%" PRIu32 "\">", lost[i].first);
		wp_html_text(html, lost[i].images);
		wp_html_raw(html, "</a>: <code>");
		wp_html_text(html, lost[i].field);
		wp_html_raw(html, "</code> was ");
		wp_html_element(html, "b", NULL, lost[i].value);
		wp_html_raw(html, "</li>\n");
	}
	wp_html_raw(html, "</ul>\n</div>\n");
}

static void add_header(struct wp_html *html, const struct wp_diff *diff)
{
	static const char *const headings[] = { "Field", "Old", "New" };

	if (!diff->header_count)
		return;
	wp_html_element(html, "h2", NULL, "Header");
	wp_html_table(html, "What differs in the headers of both files", headings, 3);
	for (size_t i = 0; i < diff->header_count; i++) {
		wp_html_raw(html, "<tr><td class=\"field\"><code>");
		wp_html_text(html, wp_header_name(diff->header[i]));
		wp_html_raw(html, "</code></td>");
		wp_diff_html_cell(html, "value", wp_header_text(html->arena, &diff->old.header, diff->header[i]));
		wp_diff_html_cell(html, "value", wp_header_text(html->arena, &diff->new.header, diff->header[i]));
		wp_html_raw(html, "</tr>\n");
	}
	wp_html_table_end(html);
}

static void add_side(struct wp_html *html, const char *label, const struct wp_diff_side *side)
{
	const char *about = "as the site has recorded it";

	if (!side->record)
		about = wp_arena_printf(html->arena, "%s (%s bytes)", wp_words_size(html->arena, side->size),
					wp_words_count(html->arena, side->size));
	wp_html_fact(html, label, wp_arena_printf(html->arena, "%s, %s", side->path, about));
	wp_html_fact(html, wp_arena_printf(html->arena, "%s file id", label), side->file_id);
	wp_html_fact(html, wp_arena_printf(html->arena, "%s content id", label), side->content_id);
}

static void add_blobs(struct wp_html *html, const struct wp_diff *diff)
{
	static const char *const headings[] = { "File data", "#Blobs", "#Uncompressed", "#Stored" };
	const struct {
		const char *name, *class;
		const struct wp_diff_blobs *blobs;
	} rows[] = { { "in both files", "same", &diff->shared },
		     { "new", "added", &diff->added },
		     { "gone", "removed", &diff->removed } };
	struct wp_html_part parts[3];
	bool stored =
		diff->shared.stored_bytes.known && diff->added.stored_bytes.known && diff->removed.stored_bytes.known;
	uint64_t whole = 0;

	if (!diff->blobs_known)
		return;
	for (size_t i = 0; i < 3; i++) {
		const struct wp_diff_blobs *blobs = rows[i].blobs;

		parts[i] = (struct wp_html_part){ rows[i].class, stored ? blobs->stored_bytes.value : blobs->bytes };
		whole = wp_sum(whole, parts[i].amount);
	}
	wp_html_element(html, "h2", NULL, "What a redistribution brings");
	wp_html_element(html, "p", NULL,
			"Without binary differential replication the whole file goes to every distribution point. With it "
			"at least the new data does; how much more nobody can say of compressed data.");
	wp_html_raw(html, "<div class=\"big\">");
	wp_html_bar(html, parts, 3, whole);
	wp_html_raw(html, "</div>\n<ul class=\"key\"><li><i class=\"same\"></i>in both files</li>"
			  "<li><i class=\"added\"></i>new</li><li><i class=\"removed\"></i>gone</li></ul>\n");
	wp_html_table(html, "Distinct file data of both files", headings, 4);
	for (size_t i = 0; i < 3; i++) {
		const struct wp_diff_blobs *blobs = rows[i].blobs;

		wp_html_raw(html, "<tr>");
		wp_diff_html_cell(html, NULL, rows[i].name);
		wp_diff_html_cell(html, "number", wp_words_count(html->arena, blobs->count));
		wp_diff_html_cell(html, "number", wp_words_size(html->arena, blobs->bytes));
		wp_diff_html_cell(html, "number",
				  blobs->stored_bytes.known ? wp_words_size(html->arena, blobs->stored_bytes.value)
							    : "not known (solid)");
		wp_html_raw(html, "</tr>\n");
	}
	wp_html_table_end(html);
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

static void add_index(struct wp_html *html, uint32_t index)
{
	wp_diff_html_cell(html, index ? "number" : "number none",
			  index ? wp_arena_printf(html->arena, "%" PRIu32, index) : "none");
}

static void add_image_row(struct wp_html *html, const struct wp_diff_image *image, bool section, uint64_t most)
{
	const char *match = wp_match_name(image->matched_by);

	wp_html_raw(html, "<tr>");
	add_index(html, image->old_index);
	add_index(html, image->new_index);
	wp_html_raw(html, "<td class=\"name\">");
	if (section)
		wp_html_rawf(html, "<a href=\"#image-%" PRIu32 "\">", image->new_index);
	wp_html_text(html, wp_diff_words_name(image));
	wp_html_raw(html, section ? "</a></td>" : "</td>");
	wp_html_raw(html, "<td class=\"short\">");
	wp_html_badge(html, wp_diff_status_name(image->status), wp_diff_words_state(image));
	wp_html_raw(html, "</td>");
	wp_diff_html_cell(html, match ? NULL : "none", match ? match : "none");
	if (most && image->files) {
		wp_diff_html_cell(html, "short", wp_diff_words_bytes(html->arena, &image->files->totals));
		wp_html_raw(html, "<td class=\"bars\">");
		wp_diff_html_totals_bar(html, &image->files->totals, most);
		wp_html_raw(html, "</td>");
	} else if (most) {
		wp_html_raw(html, "<td></td><td></td>");
	}
	wp_html_raw(html, "</tr>\n");
}

static void add_images(struct wp_html *html, const struct wp_diff *diff)
{
	static const char *const headings[] = { "#Old", "#New", "Image", "Status", "Matched by", "File data", "" };
	uint64_t most = heaviest(diff);

	wp_html_element(html, "h2", NULL, "Images");
	wp_html_table(html, "Images of both files", headings, most ? 7 : 5);
	for (size_t i = 0; i < diff->image_count; i++)
		add_image_row(html, &diff->images[i], wp_diff_words_has_more(diff, &diff->images[i]), most);
	wp_html_table_end(html);
	if (most)
		wp_diff_html_key(html);
}

static void add_value(struct wp_html *html, const char *value, const char *text)
{
	wp_diff_html_cell(html, value && *value ? "value" : "value none", text);
}

static void add_fields(struct wp_html *html, const char *name, const struct wp_diff_fields *fields)
{
	static const char *const headings[] = { "Field", "Old", "New" };

	wp_html_folding_table(html, "pairs", wp_arena_printf(html->arena, "Metadata of %s", name), headings, 3);
	for (size_t i = 0; i < fields->count; i++) {
		const struct wp_diff_field *field = fields->items[i];
		const char *old, *new;

		wp_diff_words_values(html->arena, field, &old, &new);
		wp_html_raw(html, field->lost ? "<tr class=\"lost\"><td class=\"field\"><code>"
					      : "<tr><td class=\"field\"><code>");
		wp_html_text(html, field->field);
		wp_html_raw(html, "</code>");
		if (field->lost) {
			wp_html_raw(html, " ");
			wp_html_badge(html, "lost", "lost");
		}
		wp_html_raw(html, "</td>");
		add_value(html, field->old, old);
		add_value(html, field->new, new);
		wp_html_raw(html, "</tr>\n");
	}
	wp_html_table_end(html);
}

/* What is the same of several images. */
static void add_common(struct wp_html *html, const struct wp_diff_fields *fields)
{
	wp_html_element(html, "h2", NULL, wp_arena_printf(html->arena, "Metadata of %s", fields->images));
	add_fields(html, fields->images, fields);
}

static void add_image(struct wp_html *html, const struct wp_diff *diff, const struct wp_diff_image *image,
		      const struct wp_diff_fields *own)
{
	const char *name =
		wp_arena_printf(html->arena, "image %" PRIu32 " %s", image->new_index, wp_diff_words_name(image));
	const char *match = wp_diff_words_match(html->arena, image), *tree = wp_diff_words_tree(diff, image);

	wp_html_rawf(html, "<section id=\"image-%" PRIu32 "\">\n<h2>Image %" PRIu32 ": ", image->new_index,
		     image->new_index);
	wp_html_text(html, wp_diff_words_name(image));
	wp_html_raw(html, " ");
	wp_html_badge(html, wp_diff_status_name(image->status), wp_diff_words_state(image));
	wp_html_raw(html, "</h2>\n");
	if (match)
		wp_html_element(html, "p", "soft",
				wp_arena_printf(html->arena, "Image %" PRIu32 " of the %s, %s.", image->old_index,
						diff->old.record ? "record" : "old file", match));
	if (own->count) {
		wp_html_element(html, "h3", NULL, "Metadata");
		add_fields(html, name, own);
	}
	if (tree)
		wp_html_element(html, "p", NULL, wp_arena_printf(html->arena, "Files: %s.", tree));
	if (image->contents)
		wp_diff_html_contents(html, name, image->contents);
	if (image->files)
		wp_diff_html_files(html, name, image->files);
	wp_html_paragraph(html, NULL, wp_diff_words_beyond(image));
	wp_html_raw(html, "</section>\n");
}

void wp_report_diff_html(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_html html = { .arena = arena, .buf = buf };
	const struct wp_diags remarks = wp_diff_words_remarks(arena, diff);
	struct wp_diff_metadata metadata;

	(void)options;
	wp_diff_words_metadata(arena, diff, &metadata);
	wp_html_begin(&html, "wimplan diff", title_of(arena, diff));
	wp_html_paragraph(&html, "lead", wp_diff_words_blobs(arena, diff));
	wp_html_paragraph(&html, "lead", wp_diff_words_totals(arena, diff));
	wp_html_paragraph(&html, NULL, wp_diff_words_incomplete(arena, diff));
	add_cards(&html, diff);
	add_lost(&html, diff);
	wp_html_raw(&html, "<dl class=\"facts\">\n");
	add_side(&html, "Old", &diff->old);
	add_side(&html, "New", &diff->new);
	wp_html_raw(&html, "</dl>\n");
	add_header(&html, diff);
	add_blobs(&html, diff);
	add_images(&html, diff);
	for (size_t i = 0; i < metadata.common_count; i++)
		add_common(&html, &metadata.common[i]);
	for (size_t i = 0; i < diff->image_count; i++)
		if (wp_diff_words_has_more(diff, &diff->images[i]))
			add_image(&html, diff, &diff->images[i], &metadata.own[i]);
	wp_html_remarks(&html, &remarks);
	wp_html_end(&html);
}
