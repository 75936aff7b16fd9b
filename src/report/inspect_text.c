/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect for a terminal: per file its facts, its images as a table or as blocks, and what is odd about it. */
#include "wimplan/report.h"

#include "header_words.h"
#include "inspect_image.h"
#include "layout.h"
#include "words.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/* Labels and the digest behind them take exactly 80 columns together, so no digest need be cut. */
#define LABEL_WIDTH 9

struct inspect {
	struct wp_arena *arena;
	struct wp_buf *buf;
	const struct wp_report_options *options;
	size_t columns;
	bool alone; /* one file: an only image is shown with everything */
};

static void add_fact(struct inspect *in, const char *label, const char *value)
{
	wp_text_pad(in->buf, label, LABEL_WIDTH);
	wp_layout_wrap(in->buf, wp_layout_escape(in->arena, value), LABEL_WIDTH, LABEL_WIDTH, in->columns);
}

static void add_size(struct inspect *in, const struct wp_wim *wim)
{
	add_fact(in, "Size",
		 wp_arena_printf(in->arena, "%s, modified %s", wp_inspect_bytes(in->arena, wim->size),
				 wp_time_minutes(in->arena, wim->modified)));
}

static void add_format(struct inspect *in, const struct wp_wim_header *header)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *compression = wp_wim_compression(header);
	const char **flags;
	size_t count;

	wp_header_flags(in->arena, header, &flags, &count);
	wp_buf_printf(&text, "WIM 0x%x, ", header->version);
	if (!strcmp(compression, "none"))
		compression = "not compressed";
	else if (!strcmp(compression, "unknown"))
		compression = "unknown compression";
	wp_buf_puts(&text, compression);
	if (header->chunk_size)
		wp_buf_printf(&text, " in chunks of %s", wp_header_chunk_size(in->arena, header->chunk_size));
	wp_buf_puts(&text, wp_wim_is_solid(header) ? ", solid" : "");
	wp_buf_puts(&text, header->pipable ? ", pipable" : "");
	wp_buf_puts(&text, wp_wim_has_integrity_table(header) ? ", integrity table" : "");
	for (size_t i = 0; i < count; i++)
		wp_buf_printf(&text, ", %s", flags[i]);
	add_fact(in, "Format", wp_buf_text(&text));
}

static void add_contents(struct inspect *in, const struct wp_wim_header *header)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_printf(&text, "%" PRIu32 " image%s", header->image_count, header->image_count == 1 ? "" : "s");
	if (header->boot_index)
		wp_buf_printf(&text, ", image %" PRIu32 " boots", header->boot_index);
	if (header->parts != 1 || header->part != 1)
		wp_buf_printf(&text, ", part %u of %u", header->part, header->parts);
	add_fact(in, "Holds", wp_buf_text(&text));
}

static void add_blobs(struct inspect *in, const struct wp_wim_content *content)
{
	const char *stored = "stored size not known (solid)";

	if (content->stored_bytes.known)
		stored = wp_arena_printf(in->arena, "stored in %s",
					 wp_inspect_bytes(in->arena, content->stored_bytes.value));
	add_fact(in, "Blobs",
		 wp_arena_printf(in->arena, "%s with %s, %s", wp_words_count(in->arena, content->blob_count),
				 wp_inspect_bytes(in->arena, content->blob_bytes), stored));
}

/* Only where there is something of it: neither is said of most files. */
static void add_deep(struct inspect *in, const struct wp_wim_content *content)
{
	uint64_t unused = content->unreferenced.value, trailing = content->trailing.value;
	const char *where = "";

	if (content->missing.value)
		add_fact(in, "Missing",
			 wp_arena_printf(in->arena, "the data of %s file%s or stream%s stands in another file (delta)",
					 wp_words_count(in->arena, content->missing.value),
					 content->missing.value == 1 ? "" : "s", content->missing.value == 1 ? "" : "s"));
	if (!unused)
		return;
	if (trailing)
		where = trailing == unused ? ", all of them behind the end"
					   : wp_arena_printf(in->arena, ", %s of them behind the end",
							     wp_words_count(in->arena, trailing));
	add_fact(in, "Unused",
		 wp_arena_printf(in->arena, "%s that nothing refers to%s", wp_inspect_bytes(in->arena, unused), where));
}

static void add_header(struct inspect *in, const struct wp_inspection *file)
{
	const struct wp_wim *wim = file->wim;
	char guid[2 * sizeof wim->header.guid + 1];

	if (wim->opened)
		add_size(in, wim);
	if (wim->have_header) {
		wp_hex(wim->header.guid, sizeof wim->header.guid, guid);
		add_format(in, &wim->header);
		add_contents(in, &wim->header);
		add_fact(in, "GUID", guid);
	}
	if (wim->file_id[0])
		add_fact(in, "File id", wim->file_id);
	if (file->content && file->content->content_id[0])
		add_fact(in, "Content", file->content->content_id);
	if (file->content) {
		add_blobs(in, file->content);
		add_deep(in, file->content);
	}
}

static void add_images(struct inspect *in, const struct wp_inspection *file)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	struct wp_wim_image *images;
	size_t count = 0;

	if (!metadata || !metadata->image_count)
		return;
	images = wp_arena_alloc(in->arena, metadata->image_count * sizeof *images);
	for (size_t i = 0; i < metadata->image_count; i++)
		if (!file->only_image || metadata->images[i].index == file->only_image)
			images[count++] = metadata->images[i];
	wp_buf_putc(in->buf, '\n');
	if (count == 1 && (in->alone || file->only_image))
		wp_inspect_detail(in->arena, &images[0], in->columns, in->buf);
	else if (!wp_inspect_table(in->arena, images, count, in->columns, in->options->color, in->buf))
		wp_inspect_blocks(in->arena, images, count, in->columns, in->buf);
}

static void add_installed(struct inspect *in, const struct wp_inspection *file)
{
	for (size_t i = 0; file->contents && i < file->wim->metadata->image_count; i++)
		wp_inspect_contents(in->arena, file->wim->metadata->images[i].index, &file->contents[i],
				    in->options->all, in->columns, in->buf);
}

static void add_other(struct inspect *in, const struct wp_wim_metadata *metadata)
{
	if (!metadata || !metadata->other_count)
		return;
	wp_buf_puts(in->buf, "\nOutside of the images\n");
	for (size_t i = 0; i < metadata->other_count; i++) {
		wp_buf_puts(in->buf, "  ");
		wp_layout_wrap(in->buf,
			       wp_layout_escape(in->arena, wp_inspect_other(in->arena, &metadata->other[i])), 2, 4,
			       in->columns);
	}
}

static void add_diagnostics(struct inspect *in, const struct wp_wim *wim)
{
	static const enum wp_tint tints[] = { WP_TINT_NONE, WP_TINT_YELLOW, WP_TINT_RED };
	const struct wp_diags *diags = &wim->diags;

	if (diags->count && wim->opened)
		wp_buf_putc(in->buf, '\n');
	for (size_t i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];
		const char *name = wp_severity_name(diag->severity);
		const char *text = wp_layout_escape(in->arena, wp_arena_printf(in->arena, "%s: %s%s%s%s", diag->code,
									       diag->summary, diag->detail ? " (" : "",
									       diag->detail ? diag->detail : "",
									       diag->detail ? ")" : ""));

		wp_layout_tint(in->buf, in->options->color, tints[diag->severity], name);
		wp_buf_putc(in->buf, ' ');
		wp_layout_wrap(in->buf, text, strlen(name) + 1, 2, in->columns);
	}
}

static void add_file(struct inspect *in, const struct wp_inspection *file)
{
	static const enum wp_tint tints[] = { WP_TINT_GREEN, WP_TINT_YELLOW, WP_TINT_RED };
	const struct wp_wim *wim = file->wim;

	wp_layout_tint(in->buf, in->options->color, WP_TINT_BOLD,
		       wp_layout_escape(in->arena, wp_utf8_repair(in->arena, wim->path)));
	wp_buf_puts(in->buf, ": ");
	wp_layout_tint(in->buf, in->options->color, tints[wim->grade], wp_grade_name(wim->grade));
	wp_buf_putc(in->buf, '\n');
	add_header(in, file);
	add_images(in, file);
	add_installed(in, file);
	add_other(in, wim->metadata);
	add_diagnostics(in, wim);
}

void wp_report_inspect_text(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
			    struct wp_buf *buf)
{
	for (size_t i = 0; i < count; i++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		struct inspect in = {
			.arena = arena,
			.buf = buf,
			.options = options,
			.columns = options->columns < 40 ? 40 : options->columns,
			.alone = count == 1,
		};

		if (i)
			wp_buf_putc(buf, '\n');
		add_file(&in, &files[i]);
	}
}
