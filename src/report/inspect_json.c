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

static json_t *header_json(struct wp_arena *arena, const struct wp_wim_header *header)
{
	static const enum wp_header_field fields[] = { WP_HEADER_BOOT_INDEX, WP_HEADER_COMPRESSION, WP_HEADER_CHUNK_SIZE,
						       WP_HEADER_FLAGS,      WP_HEADER_PIPABLE,     WP_HEADER_SOLID,
						       WP_HEADER_INTEGRITY_TABLE };
	json_t *object;
	char guid[2 * sizeof header->guid + 1];

	wp_hex(header->guid, sizeof header->guid, guid);
	object = wp_json_object("wim_version", wp_json_text(wp_arena_printf(arena, "0x%x", header->version)),
				"guid", wp_json_text(guid), "part", wp_json_u64(header->part),
				wp_header_name(WP_HEADER_PARTS), wp_header_json(arena, header, WP_HEADER_PARTS),
				"image_count", wp_json_u64(header->image_count), NULL);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		wp_json_set(object, wp_header_name(fields[i]), wp_header_json(arena, header, fields[i]));
	return object;
}

static json_t *other_json(const struct wp_wim_other *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		wp_json_push(array, wp_json_object("path", wp_json_text(items[i].path),
						   "value", wp_json_text(items[i].value), NULL));
	}
	return array;
}

static json_t *fallbacks_json(const struct wp_wim_windows *windows)
{
	json_t *array = json_array();

	for (size_t i = 0; i < windows->fallback_count; i++) {
		wp_json_push(array, wp_json_object("language", wp_json_text(windows->fallbacks[i].language),
						   "fallback", wp_json_text(windows->fallbacks[i].fallback), NULL));
	}
	return array;
}

/* A value that is no object of its own; what keeps it is there. */
static json_t *value_json(struct wp_arena *arena, const struct wp_wim_image *image, const struct wp_wim_field *field)
{
	const void *value = wp_wim_field_value(image, field);
	const struct wp_number *number = value;

	switch (field->kind) {
	case WP_WIM_KIND_TEXT:
	case WP_WIM_KIND_VERSION:
		return wp_json_text(*(const char *const *)value);
	case WP_WIM_KIND_NUMBER:
	case WP_WIM_KIND_FILES:
	case WP_WIM_KIND_BYTES:
		return wp_json_number(*number);
	case WP_WIM_KIND_BOOLEAN:
		return number->known ? json_boolean(number->value != 0) : json_null();
	case WP_WIM_KIND_ARCHITECTURE:
		return wp_json_text(number->known ? wp_architecture_name(number->value) : NULL);
	case WP_WIM_KIND_TIME:
		return wp_json_text(wp_time_iso_ticks(arena, *(const struct wp_time *)value));
	case WP_WIM_KIND_LANGUAGE:
		return wp_json_texts(image->windows->languages, image->windows->language_count);
	case WP_WIM_KIND_FALLBACK:
		return fallbacks_json(image->windows);
	case WP_WIM_KIND_BOX:
	case WP_WIM_KIND_HALF:
		break;
	}
	return json_null();
}

static json_t *image_json(struct wp_arena *arena, const struct wp_wim_image *image)
{
	json_t *object = json_object();
	/* The objects in which values stand; NULL: the image has no such part. */
	json_t *into[] = { [WP_WIM_BASE_IMAGE] = object, [WP_WIM_BASE_WINDOWS] = NULL, [WP_WIM_BASE_SERVICING] = NULL };

	wp_json_set(object, "index", wp_json_u64(image->index));
	for (size_t i = 0; i < wp_wim_field_count; i++) {
		const struct wp_wim_field *field = &wp_wim_fields[i];
		json_t **part;

		if (!field->key || !into[field->base])
			continue;
		if (field->kind == WP_WIM_KIND_BOX) {
			part = &into[field->inside == WP_PLACE_WINDOWS ? WP_WIM_BASE_WINDOWS : WP_WIM_BASE_SERVICING];
			if (*(const void *const *)wp_wim_field_value(image, field))
				*part = json_object();
			wp_json_set(into[field->base], field->key, *part ? *part : json_null());
			continue;
		}
		wp_json_set(into[field->base], field->key, value_json(arena, image, field));
		if (field->kind == WP_WIM_KIND_ARCHITECTURE)
			wp_json_set(into[field->base], "architecture_code", wp_json_number(image->windows->architecture));
	}
	wp_json_set(object, "other", other_json(image->other, image->other_count));
	return object;
}

/* Of a WIM in another one the whole object of a file stands within the image. */
static json_t *winre_json(const struct wp_winre *winre)
{
	char sha1[WP_SHA1_TEXT];

	if (!winre->file)
		return json_null();
	wp_sha1_text(winre->file->sha1, sha1);
	return wp_json_object("path", wp_json_text(winre->file->name),
			      "size", winre->file->has_data ? wp_json_u64(winre->file->size) : json_null(),
			      "sha1", wp_json_hash(wp_sha1_is_zero(winre->file->sha1) ? "" : sha1),
			      "same_as", winre->same_as ? wp_json_u64(winre->same_as) : json_null(),
			      "not_read", wp_json_text(winre->not_read),
			      "file", winre->wim ? wp_report_inspect_file_json(winre->wim) : json_null(), NULL);
}

static json_t *images_json(struct wp_arena *arena, const struct wp_inspection *file)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	json_t *array = json_array();

	for (size_t i = 0; metadata && i < metadata->image_count; i++) {
		json_t *image;

		if (file->only_image && metadata->images[i].index != file->only_image)
			continue;
		image = image_json(arena, &metadata->images[i]);
		if (file->contents)
			wp_json_set(image, "contents",
				    file->contents[i].known ? wp_contents_json(&file->contents[i]) : json_null());
		if (file->boot)
			wp_json_set(image, "boot", wp_boot_json(arena, &file->boot[i], wp_boot_verdict_sentence(file->boot[i].verdict)));
		if (file->winre)
			wp_json_set(image, "winre", winre_json(&file->winre[i]));
		wp_json_push(array, image);
	}
	return array;
}

static json_t *blobs_json(const struct wp_wim_content *content)
{
	json_t *object;

	if (!content)
		return json_null();
	object = wp_json_object("count", wp_json_u64(content->blob_count), "bytes", wp_json_u64(content->blob_bytes),
				"stored_bytes", wp_json_number(content->stored_bytes), NULL);
	return object;
}

/* The path as text and, where that cannot be the path itself, its bytes. */
static void set_path(struct wp_arena *arena, json_t *object, const char *path)
{
	size_t length = strlen(path);
	char *hex;

	wp_json_set(object, "path", wp_json_text(wp_utf8_repair(arena, path)));
	if (wp_utf8_valid(path, length) == length)
		return;
	hex = wp_arena_alloc(arena, 2 * length + 1);
	wp_hex((const uint8_t *)path, length, hex);
	wp_json_set(object, "path_bytes", wp_json_text(hex));
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

static json_t *media_json(struct wp_arena *arena, const struct wp_inspection *file)
{
	const struct wp_media *media = file->media;
	json_t *object = json_object(), *boots = json_array();

	set_path(arena, object, media->path);
	for (size_t i = 0; i < media->boot_count; i++) {
		const struct wp_media_file *boot = &media->boot_files[i];

		wp_json_push(boots, wp_json_object("path", wp_json_text(boot->path),
						   "size", boot->why ? json_null() : wp_json_u64(boot->size), NULL));
	}
	wp_json_put(object, "size", wp_json_u64(media->size), "format", wp_json_hash(media->format),
			    "label", wp_json_text(media->label),
			    "offset", file->wim->inside ? wp_json_u64(file->wim->offset) : json_null(),
			    "boot_files", boots, NULL);
	if (file->media_boot)
		wp_json_set(object, "boot",
			    wp_boot_json(arena, file->media_boot, wp_boot_medium_sentence(file->media_boot->verdict)));
	return object;
}

json_t *wp_report_inspect_file_json(const struct wp_inspection *file)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_wim *wim = file->wim;
	const struct wp_wim_metadata *metadata = wim->metadata;
	json_t *object = json_object();

	set_path(arena, object, wim->path);
	wp_json_put(object, "status", wp_json_text(wp_grade_name(wim->grade)),
			    "diagnostics", diags_json(arena, &wim->diags),
			    "size", wim->opened ? wp_json_u64(wim->size) : json_null(),
			    "modified_at", wp_json_text(wim->read ? NULL : wp_time_iso(arena, wim->modified)),
			    "file_id", wp_json_hash(wim->file_id),
			    "content_id", file->content ? wp_json_hash(file->content->content_id) : json_null(),
			    "blobs", blobs_json(file->content),
			    "missing_data", file->content ? wp_json_number(file->content->missing) : json_null(),
			    "unreferenced_bytes", file->content ? wp_json_number(file->content->unreferenced) : json_null(),
			    "trailing_bytes", file->content ? wp_json_number(file->content->trailing) : json_null(),
			    "header", wim->have_header ? header_json(arena, &wim->header) : json_null(),
			    "xml_sha256", wp_json_hash(wim->xml_sha256),
			    "total_bytes", metadata ? wp_json_number(metadata->total_bytes) : json_null(),
			    "other", metadata ? other_json(metadata->other, metadata->other_count) : json_array(),
			    "images", images_json(arena, file), NULL);
	if (file->media)
		wp_json_set(object, "media", media_json(arena, file));
	if (file->searched)
		wp_json_set(object, "found", wp_found_json(arena, file->found));
	if (file->expected)
		wp_json_set(object, "notes", wp_notes_json(file->notes, file->note_count));
	return object;
}

json_t *wp_report_inspect_head_json(void)
{
	return wp_json_document("wimplan-inspect", "1.4");
}
