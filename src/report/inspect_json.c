/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect --json: everything that was read of each file, in the order of the contract. */
#include "wimplan/report.h"

#include "boot_json.h"
#include "contents_json.h"
#include "found_json.h"
#include "header_words.h"

#include "wimplan/json.h"
#include "wimplan/note.h"
#include "wimplan/text.h"
#include "wimplan/wim_fields.h"

#include <string.h>

/* A member that is a value already; takes over the reference. */
static void put(struct wp_json_out *out, const char *key, json_t *value)
{
	wp_json_out_key(out, key);
	wp_json_out_value(out, value);
	json_decref(value);
}

static void put_header(struct wp_json_out *out, struct wp_arena *arena, const struct wp_wim_header *header)
{
	static const enum wp_header_field fields[] = { WP_HEADER_BOOT_INDEX, WP_HEADER_COMPRESSION, WP_HEADER_CHUNK_SIZE,
						       WP_HEADER_FLAGS,      WP_HEADER_PIPABLE,     WP_HEADER_SOLID,
						       WP_HEADER_INTEGRITY_TABLE };
	char guid[2 * sizeof header->guid + 1];

	wp_hex(header->guid, sizeof header->guid, guid);
	wp_json_out_open(out, '{');
	wp_json_member_text(out, "wim_version", wp_arena_printf(arena, "0x%x", header->version));
	wp_json_member_text(out, "guid", guid);
	wp_json_member_u64(out, "part", header->part);
	put(out, wp_header_name(WP_HEADER_PARTS), wp_header_json(arena, header, WP_HEADER_PARTS));
	wp_json_member_u64(out, "image_count", header->image_count);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		put(out, wp_header_name(fields[i]), wp_header_json(arena, header, fields[i]));
	wp_json_out_close(out);
}

static void put_other(struct wp_json_out *out, const struct wp_wim_other *items, size_t count)
{
	wp_json_out_key(out, "other");
	wp_json_out_open(out, '[');
	for (size_t i = 0; i < count; i++) {
		wp_json_out_open(out, '{');
		wp_json_member_text(out, "path", items[i].path);
		wp_json_member_text(out, "value", items[i].value);
		wp_json_out_close(out);
	}
	wp_json_out_close(out);
}

static void put_languages(struct wp_json_out *out, const struct wp_wim_windows *windows)
{
	wp_json_out_open(out, '[');
	for (size_t i = 0; i < windows->language_count; i++)
		wp_json_out_text(out, windows->languages[i]);
	wp_json_out_close(out);
}

static void put_fallbacks(struct wp_json_out *out, const struct wp_wim_windows *windows)
{
	wp_json_out_open(out, '[');
	for (size_t i = 0; i < windows->fallback_count; i++) {
		wp_json_out_open(out, '{');
		wp_json_member_text(out, "language", windows->fallbacks[i].language);
		wp_json_member_text(out, "fallback", windows->fallbacks[i].fallback);
		wp_json_out_close(out);
	}
	wp_json_out_close(out);
}

/* A value that is no object of its own; what keeps it is there. */
static void put_value(struct wp_json_out *out, struct wp_arena *arena, const struct wp_wim_image *image,
		      const struct wp_wim_field *field)
{
	const void *value = wp_wim_field_value(image, field);
	const struct wp_number *number = value;

	switch (field->kind) {
	case WP_WIM_KIND_TEXT:
	case WP_WIM_KIND_VERSION:
		wp_json_out_text(out, *(const char *const *)value);
		break;
	case WP_WIM_KIND_NUMBER:
	case WP_WIM_KIND_FILES:
	case WP_WIM_KIND_BYTES:
		wp_json_out_number(out, *number);
		break;
	case WP_WIM_KIND_BOOLEAN:
		if (number->known)
			wp_json_out_boolean(out, number->value != 0);
		else
			wp_json_out_null(out);
		break;
	case WP_WIM_KIND_ARCHITECTURE:
		wp_json_out_text(out, number->known ? wp_architecture_name(number->value) : NULL);
		break;
	case WP_WIM_KIND_TIME:
		wp_json_out_text(out, wp_time_iso_ticks(arena, *(const struct wp_time *)value));
		break;
	case WP_WIM_KIND_LANGUAGE:
		put_languages(out, image->windows);
		break;
	case WP_WIM_KIND_FALLBACK:
		put_fallbacks(out, image->windows);
		break;
	case WP_WIM_KIND_BOX:
	case WP_WIM_KIND_HALF:
		wp_json_out_null(out);
		break;
	}
}

/* The members of the object that @base keeps, in the order of the table; objects in it are open only meanwhile. */
static void put_fields(struct wp_json_out *out, struct wp_arena *arena, const struct wp_wim_image *image, enum wp_wim_base base)
{
	for (size_t i = 0; i < wp_wim_field_count; i++) {
		const struct wp_wim_field *field = &wp_wim_fields[i];

		if (!field->key || field->base != base)
			continue;
		wp_json_out_key(out, field->key);
		if (field->kind == WP_WIM_KIND_BOX && *(const void *const *)wp_wim_field_value(image, field)) {
			wp_json_out_open(out, '{');
			put_fields(out, arena, image, field->inside == WP_PLACE_WINDOWS ? WP_WIM_BASE_WINDOWS : WP_WIM_BASE_SERVICING);
			wp_json_out_close(out);
		} else {
			put_value(out, arena, image, field);
		}
		if (field->kind == WP_WIM_KIND_ARCHITECTURE)
			wp_json_member_number(out, "architecture_code", image->windows->architecture);
	}
}

/* Of a WIM in another one the whole object of a file stands within the image. */
static void put_winre(struct wp_json_out *out, const struct wp_winre *winre)
{
	char sha1[WP_SHA1_TEXT];

	wp_json_out_key(out, "winre");
	if (!winre->file) {
		wp_json_out_null(out);
		return;
	}
	wp_sha1_text(winre->file->sha1, sha1);
	wp_json_out_open(out, '{');
	wp_json_member_text(out, "path", winre->file->name);
	wp_json_member_number(out, "size", (struct wp_number){ winre->file->has_data && !winre->file->elsewhere, winre->file->size });
	wp_json_member_hash(out, "sha1", wp_sha1_is_zero(winre->file->sha1) ? "" : sha1);
	wp_json_member_number(out, "same_as", (struct wp_number){ winre->same_as != 0, winre->same_as });
	wp_json_member_text(out, "not_read", winre->not_read);
	wp_json_out_key(out, "file");
	if (winre->wim)
		wp_report_inspect_file_json(winre->wim, out);
	else
		wp_json_out_null(out);
	wp_json_out_close(out);
}

static void put_images(struct wp_json_out *out, struct wp_arena *arena, const struct wp_inspection *file)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;

	wp_json_out_key(out, "images");
	wp_json_out_open(out, '[');
	for (size_t i = 0; metadata && i < metadata->image_count; i++) {
		const struct wp_wim_image *image = &metadata->images[i];

		if (file->only_image && image->index != file->only_image)
			continue;
		wp_json_out_open(out, '{');
		wp_json_member_u64(out, "index", image->index);
		put_fields(out, arena, image, WP_WIM_BASE_IMAGE);
		put_other(out, image->other, image->other_count);
		if (file->contents)
			put(out, "contents", file->contents[i].known ? wp_contents_json(&file->contents[i]) : json_null());
		if (file->boot)
			put(out, "boot", wp_boot_json(arena, &file->boot[i], wp_boot_verdict_sentence(arena, &file->boot[i])));
		if (file->winre)
			put_winre(out, &file->winre[i]);
		wp_json_out_close(out);
	}
	wp_json_out_close(out);
}

/* What was read behind the XML; null where that was not asked for. */
static void put_content(struct wp_json_out *out, const struct wp_wim_content *content)
{
	static const struct wp_wim_content none = { 0 };

	wp_json_member_hash(out, "content_id", content ? content->content_id : NULL);
	wp_json_out_key(out, "blobs");
	if (content) {
		wp_json_out_open(out, '{');
		wp_json_member_u64(out, "count", content->blob_count);
		wp_json_member_u64(out, "bytes", content->blob_bytes);
		wp_json_member_number(out, "stored_bytes", content->stored_bytes);
		wp_json_out_close(out);
	} else {
		wp_json_out_null(out);
		content = &none;
	}
	wp_json_member_number(out, "missing_data", content->missing);
	wp_json_member_number(out, "unreferenced_bytes", content->unreferenced);
	wp_json_member_number(out, "trailing_bytes", content->trailing);
}

/* The path as text and, where that cannot be the path itself, its bytes. */
static void put_path(struct wp_json_out *out, struct wp_arena *arena, const char *path)
{
	size_t length = strlen(path);
	char *hex;

	wp_json_member_text(out, "path", wp_utf8_repair(arena, path));
	if (wp_utf8_valid(path, length) == length)
		return;
	hex = wp_arena_alloc(arena, 2 * length + 1);
	wp_hex((const uint8_t *)path, length, hex);
	wp_json_member_text(out, "path_bytes", hex);
}

/* Diagnostics whose subject is the path say it as "path" does. */
static json_t *diags_json(struct wp_arena *arena, const struct wp_diags *diags)
{
	struct wp_diags copy = { .count = diags->count };

	copy.items = wp_arena_alloc(arena, diags->count * sizeof *copy.items);
	for (size_t i = 0; i < diags->count; i++) {
		copy.items[i] = diags->items[i];
		if (copy.items[i].subject)
			copy.items[i].subject = wp_utf8_repair(arena, copy.items[i].subject);
	}
	return wp_json_diags(&copy);
}

static void put_media(struct wp_json_out *out, struct wp_arena *arena, const struct wp_inspection *file)
{
	const struct wp_media *media = file->media;

	wp_json_out_key(out, "media");
	wp_json_out_open(out, '{');
	put_path(out, arena, media->path);
	wp_json_member_u64(out, "size", media->size);
	wp_json_member_hash(out, "format", media->format);
	wp_json_member_text(out, "label", media->label);
	wp_json_member_number(out, "offset", (struct wp_number){ file->wim->inside, file->wim->offset });
	wp_json_out_key(out, "boot_files");
	wp_json_out_open(out, '[');
	for (size_t i = 0; i < media->boot_count; i++) {
		const struct wp_media_file *boot = &media->boot_files[i];

		wp_json_out_open(out, '{');
		wp_json_member_text(out, "path", boot->path);
		wp_json_member_number(out, "size", (struct wp_number){ !boot->why, boot->size });
		wp_json_out_close(out);
	}
	wp_json_out_close(out);
	if (file->media_boot)
		put(out, "boot", wp_boot_json(arena, file->media_boot, wp_boot_medium_sentence(arena, file->media_boot)));
	wp_json_out_close(out);
}

void wp_report_inspect_file_json(const struct wp_inspection *file, struct wp_json_out *out)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_wim *wim = file->wim;
	const struct wp_wim_metadata *metadata = wim->metadata;

	wp_json_out_open(out, '{');
	put_path(out, arena, wim->path);
	wp_json_member_text(out, "status", wp_grade_name(wim->grade));
	put(out, "diagnostics", diags_json(arena, &wim->diags));
	wp_json_member_number(out, "size", (struct wp_number){ wim->opened, wim->size });
	wp_json_member_text(out, "modified_at", wim->read ? NULL : wp_time_iso(arena, wim->modified));
	wp_json_member_hash(out, "file_id", wim->file_id);
	put_content(out, file->content);
	wp_json_out_key(out, "header");
	if (wim->have_header)
		put_header(out, arena, &wim->header);
	else
		wp_json_out_null(out);
	wp_json_member_hash(out, "xml_sha256", wim->xml_sha256);
	wp_json_member_number(out, "total_bytes", metadata ? metadata->total_bytes : (struct wp_number){ 0 });
	put_other(out, metadata ? metadata->other : NULL, metadata ? metadata->other_count : 0);
	put_images(out, arena, file);
	if (file->media)
		put_media(out, arena, file);
	if (file->searched)
		put(out, "found", wp_found_json(arena, file->found));
	if (file->expected)
		put(out, "notes", wp_notes_json(file->notes, file->note_count));
	wp_json_out_close(out);
}

json_t *wp_report_inspect_head_json(void)
{
	return wp_json_document("wimplan-inspect", "1.4");
}
