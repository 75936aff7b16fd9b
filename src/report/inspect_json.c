/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect --json: everything that was read of each file, in the order of the contract. */
#include "wimplan/report.h"

#include "contents_json.h"
#include "header_words.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <string.h>

static json_t *number(struct wp_number value)
{
	return value.known ? wp_json_u64(value.value) : json_null();
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *header_json(struct wp_arena *arena, const struct wp_wim_header *header)
{
	static const enum wp_header_field fields[] = { WP_HEADER_BOOT_INDEX, WP_HEADER_COMPRESSION, WP_HEADER_CHUNK_SIZE,
						       WP_HEADER_FLAGS,      WP_HEADER_PIPABLE,     WP_HEADER_SOLID,
						       WP_HEADER_INTEGRITY_TABLE };
	json_t *object = json_object();
	char guid[2 * sizeof header->guid + 1];

	wp_hex(header->guid, sizeof header->guid, guid);
	set(object, "wim_version", wp_json_text(wp_arena_printf(arena, "0x%x", header->version)));
	set(object, "guid", wp_json_text(guid));
	set(object, "part", wp_json_u64(header->part));
	set(object, wp_header_name(WP_HEADER_PARTS), wp_header_json(arena, header, WP_HEADER_PARTS));
	set(object, "image_count", wp_json_u64(header->image_count));
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		set(object, wp_header_name(fields[i]), wp_header_json(arena, header, fields[i]));
	return object;
}

static json_t *other_json(const struct wp_wim_other *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		set(item, "path", wp_json_text(items[i].path));
		set(item, "value", wp_json_text(items[i].value));
		json_array_append_new(array, item);
	}
	return array;
}

static json_t *servicing_json(const struct wp_wim_servicing *servicing)
{
	json_t *object;

	if (!servicing)
		return json_null();
	object = json_object();
	set(object, "gdr_du_revision", wp_json_text(servicing->gdr_du_revision));
	set(object, "pkey_config_version", wp_json_text(servicing->pkey_config_version));
	set(object, "image_state", wp_json_text(servicing->image_state));
	return object;
}

static json_t *windows_json(const struct wp_wim_windows *windows)
{
	json_t *object, *languages, *fallbacks;

	if (!windows)
		return json_null();
	object = json_object();
	languages = json_array();
	fallbacks = json_array();
	for (size_t i = 0; i < windows->language_count; i++)
		json_array_append_new(languages, wp_json_text(windows->languages[i]));
	for (size_t i = 0; i < windows->fallback_count; i++) {
		json_t *item = json_object();

		set(item, "language", wp_json_text(windows->fallbacks[i].language));
		set(item, "fallback", wp_json_text(windows->fallbacks[i].fallback));
		json_array_append_new(fallbacks, item);
	}
	set(object, "architecture",
	    wp_json_text(windows->architecture.known ? wp_architecture_name(windows->architecture.value) : NULL));
	set(object, "architecture_code", number(windows->architecture));
	set(object, "product_name", wp_json_text(windows->product_name));
	set(object, "edition_id", wp_json_text(windows->edition_id));
	set(object, "installation_type", wp_json_text(windows->installation_type));
	set(object, "product_type", wp_json_text(windows->product_type));
	set(object, "product_suite", wp_json_text(windows->product_suite));
	set(object, "hal", wp_json_text(windows->hal));
	set(object, "system_root", wp_json_text(windows->system_root));
	set(object, "languages", languages);
	set(object, "default_language", wp_json_text(windows->default_language));
	set(object, "fallback_languages", fallbacks);
	set(object, "version", wp_json_text(windows->version));
	set(object, "major", number(windows->major));
	set(object, "minor", number(windows->minor));
	set(object, "build", number(windows->build));
	set(object, "service_pack_build", number(windows->service_pack_build));
	set(object, "service_pack_level", number(windows->service_pack_level));
	set(object, "branch", wp_json_text(windows->branch));
	set(object, "servicing", servicing_json(windows->servicing));
	return object;
}

static json_t *image_json(struct wp_arena *arena, const struct wp_wim_image *image)
{
	json_t *object = json_object();

	set(object, "index", wp_json_u64(image->index));
	set(object, "name", wp_json_text(image->name));
	set(object, "description", wp_json_text(image->description));
	set(object, "display_name", wp_json_text(image->display_name));
	set(object, "display_description", wp_json_text(image->display_description));
	set(object, "flags", wp_json_text(image->flags));
	set(object, "dir_count", number(image->dir_count));
	set(object, "file_count", number(image->file_count));
	set(object, "total_bytes", number(image->total_bytes));
	set(object, "hard_link_bytes", number(image->hard_link_bytes));
	set(object, "creation_time", wp_json_text(wp_time_iso_ticks(arena, image->creation_time)));
	set(object, "last_modification_time", wp_json_text(wp_time_iso_ticks(arena, image->last_modification_time)));
	set(object, "wimboot", image->wimboot.known ? json_boolean(image->wimboot.value != 0) : json_null());
	set(object, "windows", windows_json(image->windows));
	set(object, "other", other_json(image->other, image->other_count));
	return object;
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
			set(image, "contents",
			    file->contents[i].known ? wp_contents_json(&file->contents[i]) : json_null());
		json_array_append_new(array, image);
	}
	return array;
}

static json_t *blobs_json(const struct wp_wim_content *content)
{
	json_t *object;

	if (!content)
		return json_null();
	object = json_object();
	set(object, "count", wp_json_u64(content->blob_count));
	set(object, "bytes", wp_json_u64(content->blob_bytes));
	set(object, "stored_bytes", number(content->stored_bytes));
	return object;
}

/* The path as text and, where that cannot be the path itself, its bytes. */
static void set_path(struct wp_arena *arena, json_t *object, const char *path)
{
	size_t length = strlen(path);
	char *hex;

	set(object, "path", wp_json_text(wp_utf8_repair(arena, path)));
	if (wp_utf8_valid(path, length) == length)
		return;
	hex = wp_arena_alloc(arena, 2 * length + 1);
	wp_hex((const uint8_t *)path, length, hex);
	set(object, "path_bytes", wp_json_text(hex));
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

static json_t *file_json(const struct wp_inspection *file)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_wim *wim = file->wim;
	const struct wp_wim_metadata *metadata = wim->metadata;
	json_t *object = json_object();

	set_path(arena, object, wim->path);
	set(object, "status", wp_json_text(wp_grade_name(wim->grade)));
	set(object, "diagnostics", diags_json(arena, &wim->diags));
	set(object, "size", wim->opened ? wp_json_u64(wim->size) : json_null());
	set(object, "modified_at", wp_json_text(wp_time_iso(arena, wim->modified)));
	set(object, "file_id", wp_json_hash(wim->file_id));
	set(object, "content_id", file->content ? wp_json_hash(file->content->content_id) : json_null());
	set(object, "blobs", blobs_json(file->content));
	set(object, "missing_data", file->content ? number(file->content->missing) : json_null());
	set(object, "unreferenced_bytes", file->content ? number(file->content->unreferenced) : json_null());
	set(object, "trailing_bytes", file->content ? number(file->content->trailing) : json_null());
	set(object, "header", wim->have_header ? header_json(arena, &wim->header) : json_null());
	set(object, "xml_sha256", wp_json_hash(wim->xml_sha256));
	set(object, "total_bytes", metadata ? number(metadata->total_bytes) : json_null());
	set(object, "other", metadata ? other_json(metadata->other, metadata->other_count) : json_array());
	set(object, "images", images_json(arena, file));
	return object;
}

json_t *wp_report_inspect_json(const struct wp_inspection *files, size_t count)
{
	json_t *document = json_object(), *array = json_array();

	set(document, "format", json_string("wimplan-inspect"));
	set(document, "format_version", json_string("1.1"));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, file_json(&files[i]));
	set(document, "files", array);
	return document;
}
