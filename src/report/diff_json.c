/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff --json and the lines of diff --json-lines. */
#include "wimplan/report.h"

#include "contents_json.h"
#include "header_words.h"

#include "wimplan/json.h"
#include <stdlib.h>

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *number(struct wp_number value)
{
	return value.known ? wp_json_u64(value.value) : json_null();
}

/* "" means absent. */
static json_t *text_or_null(const char *text)
{
	return *text ? wp_json_text(text) : json_null();
}

static json_t *side_json(const struct wp_diff_side *side)
{
	json_t *object = json_object();

	set(object, "path", side->record ? json_null() : wp_json_text(side->path));
	set(object, "package_id", side->record ? wp_json_text(side->path) : json_null());
	set(object, "size", side->record ? json_null() : wp_json_u64(side->size));
	set(object, "file_id", wp_json_hash(side->file_id));
	set(object, "content_id", wp_json_hash(side->content_id));
	return object;
}

static json_t *fields_json(const struct wp_diff_image *image)
{
	json_t *array = json_array();

	for (size_t i = 0; i < image->field_count; i++) {
		const struct wp_diff_field *field = &image->fields[i];
		json_t *object = json_object();

		set(object, "field", wp_json_text(field->field));
		set(object, "old", wp_json_text(field->old));
		set(object, "new", wp_json_text(field->new));
		set(object, "lost", json_boolean(field->lost));
		set(object, "unread", json_boolean(field->old_unread || field->new_unread));
		json_array_append_new(array, object);
	}
	return array;
}

static void set_totals(json_t *object, const struct wp_diff_totals *totals)
{
	json_t *folders = json_object();

	for (int i = 0; i < WP_FILE_CHANGES; i++) {
		const char *name = wp_file_change_name((enum wp_file_change)i);

		set(object, name, wp_json_u64(totals->files[i]));
		set(folders, name, wp_json_u64(totals->folders[i]));
	}
	set(object, "bytes_added", wp_json_u64(totals->bytes_added));
	set(object, "bytes_removed", wp_json_u64(totals->bytes_removed));
	set(object, "bytes_changed", wp_json_u64(totals->bytes_changed));
	set(object, "folders", folders);
}

static json_t *what_json(unsigned int what)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ WP_WHAT_ATTRIBUTES, "attributes" },   { WP_WHAT_TIMES, "times" }, { WP_WHAT_SECURITY, "security" },
		{ WP_WHAT_REPARSE_TAG, "reparse_tag" }, { WP_WHAT_TYPE, "type" },   { WP_WHAT_LINK_LOST, "hard_link_lost" },
		{ WP_WHAT_LINK_MADE, "hard_link_made" },
	};
	json_t *array = json_array();

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (what & names[i].bit)
			json_array_append_new(array, json_string(names[i].name));
	return array;
}

static json_t *path_json(uint32_t image, const struct wp_diff_path *path)
{
	json_t *object = json_object();

	if (image)
		set(object, "image", wp_json_u64(image));
	set(object, "change", wp_json_text(wp_file_change_name(path->change)));
	set(object, "kind", wp_json_text(wp_path_kind_name(path->kind)));
	set(object, "path", wp_json_text(path->path));
	set(object, "old_path", wp_json_text(path->old_path));
	set(object, "old_size", number(path->old_size));
	set(object, "new_size", number(path->new_size));
	set(object, "old_sha1", text_or_null(path->old_sha1));
	set(object, "new_sha1", text_or_null(path->new_sha1));
	set(object, "differs_in", what_json(path->what));
	set(object, "hard_linked", json_boolean(path->linked));
	set(object, "old_link", wp_json_text(path->old_link));
	set(object, "new_link", wp_json_text(path->new_link));
	set(object, "old_target", wp_json_text(path->old_target));
	set(object, "new_target", wp_json_text(path->new_target));
	return object;
}

void wp_report_diff_path_json(uint32_t image, const struct wp_diff_path *path, struct wp_buf *buf)
{
	json_t *object __attribute__((cleanup(wp_json_freep))) = path_json(image, path);

	wp_json_line(buf, object);
}

static json_t *files_json(const struct wp_diff_files *files)
{
	json_t *object, *by_folder, *by_component, *paths;

	if (!files)
		return json_null();
	object = json_object();
	by_folder = json_array();
	by_component = json_array();
	paths = json_array();
	set_totals(object, &files->totals);
	set(object, "unchanged", wp_json_u64(files->unchanged));
	set(object, "hard_links_lost", wp_json_u64(files->links_lost));
	set(object, "hard_links_made", wp_json_u64(files->links_made));
	for (size_t i = 0; i < files->folder_count; i++) {
		json_t *item = json_object();

		set(item, "path", wp_json_text(files->folders[i].path));
		set_totals(item, &files->folders[i].totals);
		json_array_append_new(by_folder, item);
	}
	for (size_t i = 0; i < files->component_count; i++) {
		const struct wp_diff_component *component = &files->components[i];
		json_t *item = json_object();

		set(item, "name", wp_json_text(component->name));
		set(item, "architecture", wp_json_text(component->architecture));
		set(item, "language", wp_json_text(component->language));
		set(item, "old_version", wp_json_text(component->old_version));
		set(item, "new_version", wp_json_text(component->new_version));
		set_totals(item, &component->totals);
		json_array_append_new(by_component, item);
	}
	for (size_t i = 0; i < files->path_count; i++)
		json_array_append_new(paths, path_json(0, &files->paths[i]));
	set(object, "by_folder", by_folder);
	set(object, "by_component", by_component);
	set(object, "paths", paths);
	set(object, "paths_omitted", wp_json_u64(files->path_omitted));
	return object;
}

static json_t *image_json(const struct wp_diff_image *image)
{
	json_t *object = json_object();

	set(object, "old_index", image->old_index ? wp_json_u64(image->old_index) : json_null());
	set(object, "new_index", image->new_index ? wp_json_u64(image->new_index) : json_null());
	set(object, "old_name", wp_json_text(image->old_name));
	set(object, "new_name", wp_json_text(image->new_name));
	set(object, "matched_by", wp_json_text(wp_match_name(image->matched_by)));
	set(object, "status", wp_json_text(wp_diff_status_name(image->status)));
	set(object, "tree", wp_json_text(wp_tree_state_name(image->tree)));
	set(object, "fields", fields_json(image));
	set(object, "complete", json_boolean(image->complete));
	set(object, "contents", wp_diff_contents_json(image->contents));
	set(object, "files", files_json(image->files));
	return object;
}

static json_t *header_json(const struct wp_diff *diff)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *array = json_array();

	for (size_t i = 0; i < diff->header_count; i++) {
		json_t *object = json_object();

		set(object, "field", wp_json_text(wp_header_name(diff->header[i])));
		set(object, "old", wp_header_json(arena, &diff->old.header, diff->header[i]));
		set(object, "new", wp_header_json(arena, &diff->new.header, diff->header[i]));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *blobs_json(const struct wp_diff_blobs *blobs)
{
	json_t *object = json_object();

	set(object, "count", wp_json_u64(blobs->count));
	set(object, "bytes", wp_json_u64(blobs->bytes));
	set(object, "stored_bytes", number(blobs->stored_bytes));
	return object;
}

json_t *wp_report_diff_json(const struct wp_diff *diff)
{
	json_t *document = json_object(), *images = json_array(), *blobs = json_null();

	for (size_t i = 0; i < diff->image_count; i++)
		json_array_append_new(images, image_json(&diff->images[i]));
	if (diff->blobs_known) {
		blobs = json_object();
		set(blobs, "shared", blobs_json(&diff->shared));
		set(blobs, "added", blobs_json(&diff->added));
		set(blobs, "removed", blobs_json(&diff->removed));
	}
	set(document, "format", json_string("wimplan-diff"));
	set(document, "format_version", json_string("1.1"));
	set(document, "old", side_json(&diff->old));
	set(document, "new", side_json(&diff->new));
	set(document, "complete", json_boolean(diff->complete));
	set(document, "images", images);
	set(document, "header", header_json(diff));
	set(document, "blobs", blobs);
	set(document, "diagnostics", wp_json_diags(&diff->diags));
	return document;
}
