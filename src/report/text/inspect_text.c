/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect for a terminal: per file its facts, its images as a table or as blocks, and what is odd about it. */
#include "../diff_words.h"
#include "../header_words.h"
#include "../words.h"
#include "inspect_boot.h"
#include "inspect_found.h"
#include "inspect_image.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/* There are thousands of these in any image, and they tell little. */
static bool is_many(const struct wp_item *item)
{
	return item->kind == WP_ITEM_KIND_OTHER || item->kind == WP_ITEM_KIND_INBOX;
}

static const char *describe(const struct wp_layout *out, const struct wp_item *item)
{
	const char *state = wp_diff_words_item(out->arena, item, 40);

	return wp_arena_printf(out->arena, "%s%s%s%s", wp_item_label(out->arena, item), *state ? "  " : "", state,
			       item->superseded ? ", superseded" : "");
}

static void add_group(const struct wp_layout *out, const struct wp_servicing *servicing, enum wp_item_group group,
		      bool all)
{
	static const char *const titles[WP_ITEM_GROUPS] = {
		[WP_ITEM_GROUP_PACKAGE] = "Packages",       [WP_ITEM_GROUP_DRIVER] = "Drivers",
		[WP_ITEM_GROUP_APP] = "Apps",               [WP_ITEM_GROUP_LANGUAGE] = "Languages",
		[WP_ITEM_GROUP_BOOT_FILE] = "Boot files",   [WP_ITEM_GROUP_RECOVERY] = "Windows RE",
		[WP_ITEM_GROUP_PENDING] = "Work that is pending",
	};
	size_t at = servicing->first[group], end = servicing->first[group + 1];

	if (at == end) {
		if (group != WP_ITEM_GROUP_PENDING)
			wp_layout_line(out, 2, 4, wp_arena_printf(out->arena, "%s: none", titles[group]));
		return;
	}
	wp_layout_line(out, 2, 4,
		       wp_arena_printf(out->arena, "%s: %s", titles[group], wp_words_count(out->arena, end - at)));
	while (at < end) {
		const struct wp_item *first = &servicing->items[at];
		size_t next = at, indent = first->kind ? 6 : 4;

		while (next < end && servicing->items[next].kind == first->kind)
			next++;
		if (first->kind)
			wp_layout_line(out, 4, 6,
				       wp_arena_printf(out->arena, "%s: %s", wp_diff_words_kind(first->kind),
						       wp_words_count(out->arena, next - at)));
		for (; at < next && (all || !is_many(first)); at++)
			wp_layout_line(out, indent, indent + 2, describe(out, &servicing->items[at]));
		at = next;
	}
}

/* What is installed in an image; packages and drivers without interest are only counted unless @all. */
static void add_contents_of(const struct wp_layout *out, uint32_t image, const struct wp_servicing *servicing, bool all)
{
	if (!servicing->known)
		return;
	wp_buf_printf(out->buf, "\nInstalled in image %" PRIu32 "\n", image);
	if (!servicing->windows)
		wp_layout_line(out, 2, 4, "There is no Windows folder in it.");
	for (int g = 0; servicing->windows && g < WP_ITEM_GROUPS; g++)
		add_group(out, servicing, (enum wp_item_group)g, all);
}

/* Labels and the digest behind them take exactly 80 columns together, so no digest need be cut. */
#define LABEL_WIDTH 9

static void add_fact(const struct wp_layout *out, const char *label, const char *value)
{
	wp_layout_label(out, 0, label, LABEL_WIDTH, value);
}

static void add_size(const struct wp_layout *out, const struct wp_wim *wim)
{
	add_fact(out, "Size",
		 wp_arena_printf(out->arena, "%s, modified %s", wp_inspect_bytes(out->arena, wim->size),
				 wp_time_minutes(out->arena, wim->modified)));
}

static void add_format(const struct wp_layout *out, const struct wp_wim_header *header)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *compression = wp_wim_compression(header);
	const char **flags;
	size_t count;

	wp_header_flags(out->arena, header, &flags, &count);
	wp_buf_printf(&text, "WIM 0x%x, ", header->version);
	if (!strcmp(compression, "none"))
		compression = "not compressed";
	else if (!strcmp(compression, "unknown"))
		compression = "unknown compression";
	wp_buf_puts(&text, compression);
	if (header->chunk_size)
		wp_buf_printf(&text, " in chunks of %s", wp_header_chunk_size(out->arena, header->chunk_size));
	wp_buf_puts(&text, wp_wim_is_solid(header) ? ", solid" : "");
	wp_buf_puts(&text, header->pipable ? ", pipable" : "");
	wp_buf_puts(&text, wp_wim_has_integrity_table(header) ? ", integrity table" : "");
	for (size_t i = 0; i < count; i++)
		wp_buf_printf(&text, ", %s", flags[i]);
	add_fact(out, "Format", wp_buf_text(&text));
}

static void add_contents(const struct wp_layout *out, const struct wp_wim_header *header)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_printf(&text, "%" PRIu32 " image%s", header->image_count, wp_plural(header->image_count));
	if (header->boot_index)
		wp_buf_printf(&text, ", image %" PRIu32 " boots", header->boot_index);
	if (header->parts != 1 || header->part != 1)
		wp_buf_printf(&text, ", part %u of %u", header->part, header->parts);
	add_fact(out, "Holds", wp_buf_text(&text));
}

static void add_blobs(const struct wp_layout *out, const struct wp_wim_content *content)
{
	const char *stored = "stored size not known (solid)";

	if (content->stored_bytes.known)
		stored = wp_arena_printf(out->arena, "stored in %s",
					 wp_inspect_bytes(out->arena, content->stored_bytes.value));
	add_fact(out, "Blobs",
		 wp_arena_printf(out->arena, "%s with %s, %s", wp_words_count(out->arena, content->blob_count),
				 wp_inspect_bytes(out->arena, content->blob_bytes), stored));
}

/* Only where there is something of it: neither is said of most files. */
static void add_deep(const struct wp_layout *out, const struct wp_wim_content *content)
{
	uint64_t unused = content->unreferenced.value, trailing = content->trailing.value;
	const char *where = "";

	if (content->missing.value)
		add_fact(out, "Missing",
			 wp_arena_printf(out->arena, "the data of %s file%s or stream%s stands in another file (delta)",
					 wp_words_count(out->arena, content->missing.value),
					 wp_plural(content->missing.value), wp_plural(content->missing.value)));
	if (!unused)
		return;
	if (trailing)
		where = trailing == unused ? ", all of them behind the end"
					   : wp_arena_printf(out->arena, ", %s of them behind the end",
							     wp_words_count(out->arena, trailing));
	add_fact(out, "Unused",
		 wp_arena_printf(out->arena, "%s that nothing refers to%s", wp_inspect_bytes(out->arena, unused), where));
}

/* The medium, in front of what is in it. */
static void add_media(const struct wp_layout *out, const struct wp_media *media)
{
	wp_layout_tint(out, WP_TINT_BOLD, wp_layout_escape(out, wp_utf8_repair(out->arena, media->path)));
	wp_buf_puts(out->buf, ": installation media\n");
	add_fact(out, "Size", wp_arena_printf(out->arena, "%s, modified %s", wp_inspect_bytes(out->arena, media->size),
					      wp_time_minutes(out->arena, media->modified)));
	if (*media->format)
		add_fact(out, "Format", media->format);
	if (*media->label)
		add_fact(out, "Label", media->label);
	for (size_t i = 0; i < media->boot_count; i++)
		add_fact(out, i ? "" : "Boots",
			 wp_arena_printf(out->arena, "%s, %s", media->boot_files[i].path,
					 media->boot_files[i].why ? media->boot_files[i].why
								  : wp_inspect_bytes(out->arena, media->boot_files[i].size)));
	wp_buf_putc(out->buf, '\n');
}

static void add_header(const struct wp_layout *out, const struct wp_inspection *file)
{
	const struct wp_wim *wim = file->wim;
	char guid[2 * sizeof wim->header.guid + 1];

	if (wim->opened)
		add_size(out, wim);
	if (wim->opened && wim->inside)
		add_fact(out, "Begins", wp_arena_printf(out->arena, "at byte %s of the medium",
							wp_words_count(out->arena, wim->offset)));
	if (wim->have_header) {
		wp_hex(wim->header.guid, sizeof wim->header.guid, guid);
		add_format(out, &wim->header);
		add_contents(out, &wim->header);
		add_fact(out, "GUID", guid);
	}
	if (wim->file_id[0])
		add_fact(out, "File id", wim->file_id);
	if (file->content && file->content->content_id[0])
		add_fact(out, "Content", file->content->content_id);
	if (file->content) {
		add_blobs(out, file->content);
		add_deep(out, file->content);
	}
}

/* @alone: an only image is shown with everything. */
static void add_images(const struct wp_layout *out, const struct wp_inspection *file, bool alone)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	struct wp_wim_image *images;
	size_t count = 0;

	if (!metadata || !metadata->image_count)
		return;
	images = wp_arena_alloc(out->arena, metadata->image_count * sizeof *images);
	for (size_t i = 0; i < metadata->image_count; i++)
		if (!file->only_image || metadata->images[i].index == file->only_image)
			images[count++] = metadata->images[i];
	wp_buf_putc(out->buf, '\n');
	if (count == 1 && (alone || file->only_image))
		wp_inspect_detail(out, &images[0]);
	else if (!wp_inspect_table(out, images, count))
		wp_inspect_blocks(out, images, count);
}

static void add_installed(const struct wp_layout *out, const struct wp_inspection *file, bool all)
{
	for (size_t i = 0; file->contents && i < file->wim->metadata->image_count; i++)
		add_contents_of(out, file->wim->metadata->images[i].index, &file->contents[i], all);
}

static void add_other(const struct wp_layout *out, const struct wp_wim_metadata *metadata)
{
	if (!metadata || !metadata->other_count)
		return;
	wp_buf_puts(out->buf, "\nOutside of the images\n");
	for (size_t i = 0; i < metadata->other_count; i++)
		wp_layout_line(out, 2, 4, wp_inspect_other(out->arena, &metadata->other[i]));
}

static void add_diagnostics(const struct wp_layout *out, const struct wp_wim *wim)
{
	const struct wp_diags *diags = &wim->diags;

	if (diags->count && wim->opened)
		wp_buf_putc(out->buf, '\n');
	for (size_t i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];

		wp_layout_finding(out, diag->severity,
				  wp_arena_printf(out->arena, "%s: %s%s%s%s", diag->code, diag->summary,
						  diag->detail ? " (" : "", diag->detail ? diag->detail : "",
						  diag->detail ? ")" : ""));
	}
}

/* Behind the diagnostics, whose form they have. */
static void add_notes(const struct wp_layout *out, const struct wp_inspection *file)
{
	if (file->expected)
		wp_buf_putc(out->buf, '\n');
	if (file->expected && !file->note_count)
		wp_layout_line(out, 0, 0, "Everything that is expected of it is so.");
	for (size_t i = 0; i < file->note_count; i++)
		wp_layout_finding(out, WP_SEVERITY_WARNING,
				  wp_arena_printf(out->arena, "%s: %s", file->notes[i].code, file->notes[i].summary));
}

void wp_report_inspect_text(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
			    struct wp_buf *buf)
{
	static const enum wp_tint tints[] = { WP_TINT_GREEN, WP_TINT_YELLOW, WP_TINT_RED };

	for (size_t i = 0; i < count; i++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		const struct wp_layout out = wp_layout_begin(arena, options, buf);
		const struct wp_wim *wim = files[i].wim;

		wp_buf_puts(buf, i ? "\n" : "");
		if (files[i].media && (!i || files[i - 1].media != files[i].media))
			add_media(&out, files[i].media);
		wp_layout_tint(&out, WP_TINT_BOLD, wp_layout_escape(&out, wp_utf8_repair(arena, wim->path)));
		wp_buf_puts(buf, ": ");
		wp_layout_tint(&out, tints[wim->grade], wp_grade_name(wim->grade));
		wp_buf_putc(buf, '\n');
		add_header(&out, &files[i]);
		add_images(&out, &files[i], count == 1);
		add_installed(&out, &files[i], options->all);
		wp_inspect_boot(&out, &files[i]);
		if (files[i].searched)
			wp_inspect_found(&out, files[i].found);
		add_other(&out, wim->metadata);
		add_diagnostics(&out, wim);
		add_notes(&out, &files[i]);
	}
}
