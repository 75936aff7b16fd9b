/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff for a terminal: the two files, each image with what became of it, remarks, and what it comes to. */
#include "diff_text.h"

#include "header_words.h"
#include "layout.h"
#include "words.h"

#include <inttypes.h>
#include <string.h>

static const enum wp_tint tints[] = { [WP_DIFF_SAME] = WP_TINT_NONE,
				      [WP_DIFF_CHANGED] = WP_TINT_YELLOW,
				      [WP_DIFF_ADDED] = WP_TINT_GREEN,
				      [WP_DIFF_REMOVED] = WP_TINT_RED };

const char *wp_diff_text_escape(struct diff_text *text, const char *value)
{
	return wp_layout_escape(text->arena, value);
}

void wp_diff_text_symbol(struct diff_text *text, size_t indent, enum wp_diff_status status, const char *symbol)
{
	wp_buf_pad(text->buf, ' ', indent);
	wp_layout_tint(text->buf, text->options->color, tints[status], symbol);
	wp_buf_putc(text->buf, ' ');
}

void wp_diff_text_more(struct diff_text *text, size_t indent, uint64_t count, const char *how)
{
	if (!count)
		return;
	wp_buf_pad(text->buf, ' ', indent);
	wp_layout_wrap(text->buf,
		       wp_arena_printf(text->arena, "… and %s more%s", wp_words_count(text->arena, count), how), indent,
		       indent + 2, text->columns);
}

void wp_diff_text_pair(struct diff_text *text, const char *head, size_t head_width, const char *tail, size_t used)
{
	if (!*tail) {
		wp_buf_puts(text->buf, head);
		wp_buf_putc(text->buf, '\n');
		return;
	}
	/* A line that has no room for the columns of its list may still have room for itself. */
	if (used + head_width + 2 + wp_text_width(tail) > text->columns)
		head_width = wp_text_width(head);
	if (head_width < wp_text_width(head))
		head_width = wp_text_width(head);
	if (used + head_width + 2 + wp_text_width(tail) > text->columns) {
		wp_buf_puts(text->buf, head);
		wp_buf_putc(text->buf, '\n');
		wp_buf_pad(text->buf, ' ', used + 4);
		wp_layout_wrap(text->buf, tail, used + 4, used + 4, text->columns);
		return;
	}
	wp_text_pad(text->buf, head, head_width);
	wp_buf_printf(text->buf, "  %s\n", tail);
}

static void add_side(struct diff_text *text, const char *label, const struct wp_diff_side *side)
{
	const char *about = side->record ? "as the site has recorded it" : wp_words_size(text->arena, side->size);

	wp_buf_printf(text->buf, "%s  ", label);
	wp_layout_wrap(text->buf, wp_arena_printf(text->arena, "%s, %s", wp_diff_text_escape(text, side->path), about),
		       5, 5, text->columns);
}

static void add_field(struct diff_text *text, const struct wp_diff_field *field, size_t width)
{
	const char *old, *new, *name = wp_diff_text_escape(text, field->field);
	size_t used = 4 + width + 2, lost = field->lost ? strlen("  LOST") : 0;

	wp_diff_words_values(text->arena, field, &old, &new);
	old = wp_diff_text_escape(text, old);
	new = wp_diff_text_escape(text, new);
	wp_buf_pad(text->buf, ' ', 4);
	wp_text_pad(text->buf, name, width);
	wp_buf_puts(text->buf, "  ");
	if (used + wp_text_width(old) + 3 + wp_text_width(new) + lost <= text->columns) {
		wp_buf_printf(text->buf, "%s → %s", old, new);
	} else {
		wp_layout_wrap(text->buf, old, used, used, text->columns);
		wp_buf_pad(text->buf, ' ', used);
		wp_buf_puts(text->buf, "→ ");
		wp_layout_wrap(text->buf, new, used + 2, used + 2, text->columns - lost);
		/* Without the end of the line. */
		text->buf->length--;
	}
	if (field->lost) {
		wp_buf_puts(text->buf, "  ");
		wp_layout_tint(text->buf, text->options->color, WP_TINT_RED, "LOST");
	}
	wp_buf_putc(text->buf, '\n');
}

static void add_fields(struct diff_text *text, const char *title, const struct wp_diff_fields *fields)
{
	size_t width = 0;

	for (size_t i = 0; i < fields->count; i++) {
		size_t own = wp_text_width(wp_diff_text_escape(text, fields->items[i]->field));

		width = own > width ? own : width;
	}
	if (width > text->columns / 2)
		width = text->columns / 2;
	if (fields->count)
		wp_buf_puts(text->buf, title);
	for (size_t i = 0; i < fields->count; i++)
		add_field(text, fields->items[i], width);
}

/* What is the same of several images stands once, behind them. */
static void add_common(struct diff_text *text)
{
	for (size_t i = 0; i < text->metadata.common_count; i++) {
		const struct wp_diff_fields *fields = &text->metadata.common[i];

		wp_buf_puts(text->buf, "\nMetadata of ");
		wp_layout_wrap(text->buf, fields->images, strlen("Metadata of "), 2, text->columns);
		add_fields(text, "", fields);
	}
}

static void add_header(struct diff_text *text)
{
	const struct wp_diff *diff = text->diff;

	if (diff->header_count)
		wp_buf_puts(text->buf, "\nHeader\n");
	for (size_t i = 0; i < diff->header_count; i++)
		wp_buf_printf(text->buf, "  %-15s  %s → %s\n", wp_header_name(diff->header[i]),
			      wp_header_text(text->arena, &diff->old.header, diff->header[i]),
			      wp_header_text(text->arena, &diff->new.header, diff->header[i]));
}

static void add_image(struct diff_text *text, const struct wp_diff_image *image, const struct wp_diff_fields *own)
{
	uint32_t index = image->new_index ? image->new_index : image->old_index;
	const char *match = wp_diff_words_match(text->arena, image), *tree, *beyond = wp_diff_words_beyond(image);
	const char *symbol = wp_diff_words_symbol(image->status);
	const char *status = wp_diff_words_status(text->arena, image);
	const char *name = wp_diff_text_escape(text, wp_diff_words_name(image));
	size_t index_width = (size_t)snprintf(NULL, 0, "%" PRIu32, index);

	wp_diff_text_symbol(text, 0, image->status, symbol);
	wp_buf_printf(text->buf, "%" PRIu32 "  ", index);
	wp_diff_text_pair(text, name, text->name_width,
			  wp_arena_printf(text->arena, "%s%s%s%s", status, match ? " (" : "", match ? match : "",
					  match ? ")" : ""),
			  4 + index_width);
	add_fields(text, "  Metadata\n", own);
	tree = wp_diff_words_tree(text->diff, image);
	if (tree && (image->status != WP_DIFF_SAME || !image->complete))
		wp_buf_printf(text->buf, "  Files: %s\n", tree);
	if (image->contents)
		wp_diff_text_contents(text, image->contents);
	if (image->files)
		wp_diff_text_files(text, image->files);
	if (beyond) {
		wp_buf_pad(text->buf, ' ', 4);
		wp_layout_wrap(text->buf, beyond, 4, 4, text->columns);
	}
}

static void add_images(struct diff_text *text)
{
	bool before = false;

	for (size_t i = 0; i < text->diff->image_count; i++) {
		size_t width = wp_text_width(wp_diff_text_escape(text, wp_diff_words_name(&text->diff->images[i])));

		text->name_width = width > text->name_width ? width : text->name_width;
	}
	if (text->name_width + 30 > text->columns)
		text->name_width = text->columns - 30;
	for (size_t i = 0; i < text->diff->image_count; i++) {
		const struct wp_diff_image *image = &text->diff->images[i];
		const struct wp_diff_fields *own = &text->metadata.own[i];
		bool block = wp_diff_words_has_more(text->diff, image);

		/* Images with something below them stand apart. */
		if (!i || block || before)
			wp_buf_putc(text->buf, '\n');
		before = block;
		add_image(text, image, own);
	}
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
	wp_buf_printf(text->buf, "\nFile data    blobs  uncompressed%s\n", stored ? "      stored" : "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct wp_diff_blobs *blobs = rows[i].blobs;

		wp_buf_printf(text->buf, "  %-7s %8s  %12s", rows[i].name, wp_words_count(text->arena, blobs->count),
			      wp_words_size(text->arena, blobs->bytes));
		if (stored)
			wp_buf_printf(text->buf, "  %10s",
				      blobs->stored_bytes.known ? wp_words_size(text->arena, blobs->stored_bytes.value)
								: "not known");
		wp_buf_putc(text->buf, '\n');
	}
}

static void add_diagnostics(struct diff_text *text)
{
	static const enum wp_tint severity_tints[] = { WP_TINT_NONE, WP_TINT_YELLOW, WP_TINT_RED };
	const struct wp_diags remarks = wp_diff_words_remarks(text->arena, text->diff);

	if (remarks.count)
		wp_buf_putc(text->buf, '\n');
	for (size_t i = 0; i < remarks.count; i++) {
		const struct wp_diag *diag = &remarks.items[i];
		const char *name = wp_severity_name(diag->severity);

		wp_layout_tint(text->buf, text->options->color, severity_tints[diag->severity], name);
		wp_buf_putc(text->buf, ' ');
		wp_layout_wrap(text->buf,
			       wp_diff_text_escape(text, wp_arena_printf(text->arena, "%s: %s%s%s", diag->code,
									 diag->subject ? diag->subject : "",
									 diag->subject ? ": " : "", diag->summary)),
			       strlen(name) + 1, 2, text->columns);
	}
}

static void add_sentence(struct diff_text *text, const char *sentence)
{
	if (sentence)
		wp_layout_wrap(text->buf, sentence, 0, 0, text->columns);
}

static void add_lost(struct diff_text *text)
{
	const char *sentence = wp_diff_words_lost(text->arena, text->diff);
	struct wp_diff_lost *lost;
	size_t count;

	if (!sentence)
		return;
	wp_layout_tint(text->buf, text->options->color, WP_TINT_RED, "Warning:");
	wp_buf_putc(text->buf, ' ');
	wp_layout_wrap(text->buf, sentence, 9, 2, text->columns);
	lost = wp_diff_words_lost_values(text->arena, text->diff, &count);
	for (size_t i = 0; i < count; i++) {
		wp_buf_puts(text->buf, "  ");
		wp_layout_wrap(text->buf,
			       wp_diff_text_escape(text, wp_arena_printf(text->arena, "%s: %s was %s", lost[i].images,
									 lost[i].field, lost[i].value)),
			       2, 4, text->columns);
	}
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
		wp_buf_printf(text->buf, "%s%s %s", between, wp_diff_words_symbol(order[k]),
			      wp_diff_status_name(order[k]));
		between = "   ";
	}
	if (text->renamed)
		wp_buf_puts(text->buf, "   > renamed");
	if (text->attributes)
		wp_buf_puts(text->buf, "   @ the same data");
	wp_buf_putc(text->buf, '\n');
}

void wp_report_diff_text(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct diff_text text = {
		.arena = arena,
		.diff = diff,
		.options = options,
		.buf = buf,
		.columns = options->columns < 40 ? 40 : options->columns,
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
	add_sentence(&text, wp_diff_words_incomplete(arena, diff));
	add_sentence(&text, wp_diff_words_blobs(arena, diff));
	add_sentence(&text, wp_diff_words_totals(arena, diff));
}
