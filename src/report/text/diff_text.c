/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff for a terminal: the two files, each image with what became of it, remarks, and what it comes to. */
#include "diff_text_contents.h"

#include "../header_words.h"
#include "../words.h"

#include <inttypes.h>
#include <string.h>

static void add_side(struct diff_text *text, const char *label, const struct wp_diff_side *side)
{
	const char *about = side->record ? "as the site has recorded it" : wp_words_size(text->out.arena, side->size);

	wp_layout_label(&text->out, 0, label, 5, wp_arena_printf(text->out.arena, "%s, %s", side->path, about));
}

static void add_field(struct diff_text *text, const struct wp_diff_field *field, size_t width)
{
	const char *old, *new, *name = wp_layout_escape(&text->out, field->field);
	size_t used = 4 + width + 2, lost = field->lost ? strlen("  LOST") : 0;

	wp_diff_words_values(text->out.arena, field, &old, &new);
	old = wp_layout_escape(&text->out, old);
	new = wp_layout_escape(&text->out, new);
	wp_buf_pad(text->out.buf, ' ', 4);
	wp_text_pad(text->out.buf, name, width);
	wp_buf_puts(text->out.buf, "  ");
	if (used + wp_text_width(old) + 3 + wp_text_width(new) + lost <= text->out.columns) {
		wp_buf_printf(text->out.buf, "%s → %s", old, new);
	} else {
		struct wp_layout narrow = text->out;

		narrow.columns -= lost;
		wp_layout_wrap(&text->out, old, used, used);
		wp_layout_label(&narrow, used, "→ ", 2, new);
		/* Without the end of the line. */
		wp_buf_cut(text->out.buf, text->out.buf->length - 1);
	}
	if (field->lost) {
		wp_buf_puts(text->out.buf, "  ");
		wp_layout_tint(&text->out, WP_TINT_RED, "LOST");
	}
	wp_buf_putc(text->out.buf, '\n');
}

static void add_fields(struct diff_text *text, const char *title, const struct wp_diff_fields *fields)
{
	size_t width = 0;

	for (size_t i = 0; i < fields->count; i++) {
		size_t own = wp_text_width(wp_layout_escape(&text->out, fields->items[i]->field));

		width = own > width ? own : width;
	}
	if (width > text->out.columns / 2)
		width = text->out.columns / 2;
	if (fields->count)
		wp_buf_puts(text->out.buf, title);
	for (size_t i = 0; i < fields->count; i++)
		add_field(text, fields->items[i], width);
}

/* What is the same of several images stands once, behind them. */
static void add_common(struct diff_text *text)
{
	for (size_t i = 0; i < text->metadata.common_count; i++) {
		const struct wp_diff_fields *fields = &text->metadata.common[i];

		wp_buf_puts(text->out.buf, "\nMetadata of ");
		wp_layout_wrap(&text->out, fields->images, strlen("Metadata of "), 2);
		add_fields(text, "", fields);
	}
}

static void add_header(struct diff_text *text)
{
	const struct wp_diff *diff = text->diff;

	if (diff->header_count)
		wp_buf_puts(text->out.buf, "\nHeader\n");
	for (size_t i = 0; i < diff->header_count; i++)
		wp_buf_printf(text->out.buf, "  %-15s  %s → %s\n", wp_header_name(diff->header[i]),
			      wp_header_text(text->out.arena, &diff->old.header, diff->header[i]),
			      wp_header_text(text->out.arena, &diff->new.header, diff->header[i]));
}

static void add_winre(struct diff_text *text, const struct wp_diff_winre *winre);

static uint32_t shown_index(const struct wp_diff_image *image)
{
	return image->new_index ? image->new_index : image->old_index;
}

static void add_image(struct diff_text *text, const struct wp_diff_image *image, const struct wp_diff_fields *own)
{
	const char *match = wp_diff_words_match(text->out.arena, image), *tree;
	const char *symbol = wp_diff_words_symbol(image->status);
	const char *status = wp_diff_words_status(text->out.arena, image);
	const char *name = wp_layout_escape(&text->out, wp_diff_words_name(image));

	wp_diff_text_symbol(text, 0, image->status, symbol);
	wp_buf_printf(text->out.buf, "%*" PRIu32 "  ", text->index_width, shown_index(image));
	wp_diff_text_pair(text, name, text->name_width,
			  wp_arena_printf(text->out.arena, "%s%s%s%s", status, match ? " (" : "", match ? match : "",
					  match ? ")" : ""),
			  4 + (size_t)text->index_width);
	add_fields(text, "  Metadata\n", own);
	tree = wp_diff_words_tree(text->diff, image);
	if (tree && !text->inner && (image->status != WP_DIFF_SAME || !image->complete))
		wp_buf_printf(text->out.buf, "  Files: %s\n", tree);
	if (image->contents)
		wp_diff_text_contents(text, image->contents);
	if (image->boot)
		wp_diff_text_boot(text, image->boot);
	if (image->winre)
		add_winre(text, image->winre);
	if (image->files)
		wp_diff_text_files(text, image->files);
	if (image->texts)
		wp_diff_text_texts(text, image->texts);
	wp_layout_line(&text->out, 4, 4, wp_diff_words_beyond(image));
}

static void add_images(struct diff_text *text)
{
	bool before = false;

	for (size_t i = 0; i < text->diff->image_count; i++) {
		const struct wp_diff_image *image = &text->diff->images[i];
		size_t width = wp_text_width(wp_layout_escape(&text->out, wp_diff_words_name(image)));
		int index_width = snprintf(NULL, 0, "%" PRIu32, shown_index(image));

		text->name_width = width > text->name_width ? width : text->name_width;
		text->index_width = index_width > text->index_width ? index_width : text->index_width;
	}
	if (text->name_width + 30 > text->out.columns)
		text->name_width = text->out.columns - 30;
	for (size_t i = 0; i < text->diff->image_count; i++) {
		const struct wp_diff_image *image = &text->diff->images[i];
		const struct wp_diff_fields *own = &text->metadata.own[i];
		bool block = wp_diff_words_has_more(text->diff, image);

		/* Images with something below them stand apart. */
		if (!i || block || before)
			wp_buf_putc(text->out.buf, '\n');
		before = block;
		add_image(text, image, own);
	}
}

#define INDENT 4u

/* What became of the WIM in an image: the same lines as of two files, further to the right. */
static void add_winre(struct diff_text *text, const struct wp_diff_winre *winre)
{
	struct wp_buf lines __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct diff_text inner = { .out = text->out, .diff = winre->diff, .inner = true, .all = text->all };
	const char *line;

	wp_layout_line(&text->out, 2, 4, wp_diff_words_winre(text->out.arena, winre));
	if (!winre->diff)
		return;
	inner.out.buf = &lines;
	inner.out.columns -= INDENT;
	wp_diff_words_metadata(text->out.arena, winre->diff, &inner.metadata);
	add_header(&inner);
	add_images(&inner);
	add_common(&inner);
	line = wp_buf_text(&lines);
	line += *line == '\n';
	for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
		wp_buf_pad(text->out.buf, ' ', end > line ? INDENT : 0);
		wp_buf_add(text->out.buf, line, (size_t)(end - line) + 1);
	}
	for (size_t i = 0; i < winre->diff->image_count; i++)
		text->items[winre->diff->images[i].status] = true;
	for (size_t i = 0; i < sizeof text->items / sizeof *text->items; i++)
		text->items[i] |= inner.items[i];
}

static void add_blobs(struct diff_text *text)
{
	const struct wp_diff *diff = text->diff;
	const struct {
		const char *name;
		const struct wp_diff_blobs *blobs;
	} rows[] = { { "shared", &diff->shared }, { "added", &diff->added }, { "removed", &diff->removed } };
	bool stored = diff->shared.stored_bytes.known || diff->added.stored_bytes.known;

	if (!diff->blobs_known)
		return;
	wp_buf_printf(text->out.buf, "\nFile data    blobs  uncompressed%s\n", stored ? "      stored" : "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct wp_diff_blobs *blobs = rows[i].blobs;

		wp_buf_printf(text->out.buf, "  %-7s %8s  %12s", rows[i].name, wp_words_count(text->out.arena, blobs->count),
			      wp_words_size(text->out.arena, blobs->bytes));
		if (stored)
			wp_buf_printf(text->out.buf, "  %10s",
				      blobs->stored_bytes.known ? wp_words_size(text->out.arena, blobs->stored_bytes.value)
								: "not known");
		wp_buf_putc(text->out.buf, '\n');
	}
}

static void add_diagnostics(struct diff_text *text)
{
	const struct wp_diags remarks = wp_diff_words_remarks(text->out.arena, text->diff);

	if (remarks.count)
		wp_buf_putc(text->out.buf, '\n');
	for (size_t i = 0; i < remarks.count; i++) {
		const struct wp_diag *diag = &remarks.items[i];

		wp_layout_finding(&text->out, diag->severity,
				  wp_arena_printf(text->out.arena, "%s: %s%s%s", diag->code, diag->subject ? diag->subject : "",
						  diag->subject ? ": " : "", diag->summary));
	}
}

static void add_lost(struct diff_text *text)
{
	const char *sentence = wp_diff_words_lost(text->out.arena, text->diff);
	struct wp_diff_lost *lost;
	size_t count;

	if (!sentence)
		return;
	wp_layout_tint(&text->out, WP_TINT_RED, "Warning:");
	wp_buf_putc(text->out.buf, ' ');
	wp_layout_wrap(&text->out, sentence, 9, 2);
	lost = wp_diff_words_lost_values(text->out.arena, text->diff, &count);
	for (size_t i = 0; i < count; i++)
		wp_layout_line(&text->out, 2, 4,
			       wp_arena_printf(text->out.arena, "%s: %s was %s", lost[i].images, lost[i].field, lost[i].value));
}

static void add_legend(struct diff_text *text)
{
	static const enum wp_diff_status order[] = { WP_DIFF_ADDED, WP_DIFF_REMOVED, WP_DIFF_CHANGED, WP_DIFF_SAME };
	const char *between = "Legend: ";

	for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
		bool used = text->items[order[k]];

		for (size_t i = 0; i < text->diff->image_count && !used; i++)
			used = text->diff->images[i].status == order[k];
		if (!used)
			continue;
		wp_buf_printf(text->out.buf, "%s%s %s", between, wp_diff_words_symbol(order[k]),
			      wp_diff_status_name(order[k]));
		between = "   ";
	}
	if (text->renamed)
		wp_buf_puts(text->out.buf, "   > renamed");
	if (text->attributes)
		wp_buf_puts(text->out.buf, "   @ the same data");
	wp_buf_putc(text->out.buf, '\n');
}

void wp_report_diff_text(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct diff_text text = {
		.out = wp_layout_begin(arena, options, buf),
		.diff = diff,
		.all = options->all,
	};

	wp_diff_words_metadata(arena, diff, &text.metadata);
	add_side(&text, "old", &diff->old);
	add_side(&text, "new", &diff->new);
	add_header(&text);
	add_images(&text);
	add_common(&text);
	add_blobs(&text);
	add_diagnostics(&text);
	wp_buf_putc(buf, '\n');
	add_legend(&text);
	add_lost(&text);
	wp_layout_line(&text.out, 0, 0, wp_diff_words_incomplete(arena, diff));
	wp_layout_line(&text.out, 0, 0, wp_diff_words_blobs(arena, diff));
	wp_layout_line(&text.out, 0, 0, wp_diff_words_totals(arena, diff));
}
