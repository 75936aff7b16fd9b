/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff --json and the lines of diff --json-lines. */
#include "wimplan/report.h"

#include "contents_json.h"
#include "header_words.h"

#include "wimplan/json.h"
#include <stdlib.h>

static json_t *side_json(const struct wp_diff_side *side)
{
	json_t *object = json_object();

	wp_json_set(object, "path", side->record ? json_null() : wp_json_text(side->path));
	wp_json_set(object, "package_id", side->record ? wp_json_text(side->path) : json_null());
	wp_json_set(object, "size", side->record ? json_null() : wp_json_u64(side->size));
	wp_json_set(object, "file_id", wp_json_hash(side->file_id));
	wp_json_set(object, "content_id", wp_json_hash(side->content_id));
	return object;
}

static json_t *fields_json(const struct wp_diff_image *image)
{
	json_t *array = json_array();

	for (size_t i = 0; i < image->field_count; i++) {
		const struct wp_diff_field *field = &image->fields[i];
		json_t *object = json_object();

		wp_json_set(object, "field", wp_json_text(field->field));
		wp_json_set(object, "old", wp_json_text(field->old));
		wp_json_set(object, "new", wp_json_text(field->new));
		wp_json_set(object, "lost", json_boolean(field->lost));
		wp_json_set(object, "unread", json_boolean(field->old_unread || field->new_unread));
		wp_json_push(array, object);
	}
	return array;
}

static void set_totals(json_t *object, const struct wp_diff_totals *totals)
{
	json_t *folders = json_object();

	for (int i = 0; i < WP_FILE_CHANGES; i++) {
		const char *name = wp_file_change_name((enum wp_file_change)i);

		wp_json_set(object, name, wp_json_u64(totals->files[i]));
		wp_json_set(folders, name, wp_json_u64(totals->folders[i]));
	}
	wp_json_set(object, "bytes_added", wp_json_u64(totals->bytes_added));
	wp_json_set(object, "bytes_removed", wp_json_u64(totals->bytes_removed));
	wp_json_set(object, "bytes_changed", wp_json_u64(totals->bytes_changed));
	wp_json_set(object, "folders", folders);
}

static json_t *what_json(unsigned int what)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ WP_FILE_WHAT_ATTRIBUTES, "attributes" },     { WP_FILE_WHAT_TIMES, "times" },
		{ WP_FILE_WHAT_SECURITY, "security" },         { WP_FILE_WHAT_REPARSE_TAG, "reparse_tag" },
		{ WP_FILE_WHAT_TYPE, "type" },                 { WP_FILE_WHAT_LINK_LOST, "hard_link_lost" },
		{ WP_FILE_WHAT_LINK_MADE, "hard_link_made" },
	};
	json_t *array = json_array();

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (what & names[i].bit)
			wp_json_push(array, json_string(names[i].name));
	return array;
}

static json_t *path_json(uint32_t image, const struct wp_diff_path *path)
{
	json_t *object = json_object();

	if (image)
		wp_json_set(object, "image", wp_json_u64(image));
	wp_json_set(object, "change", wp_json_text(wp_file_change_name(path->change)));
	wp_json_set(object, "kind", wp_json_text(wp_path_kind_name(path->kind)));
	wp_json_set(object, "path", wp_json_text(path->path));
	wp_json_set(object, "old_path", wp_json_text(path->old_path));
	wp_json_set(object, "old_size", wp_json_number(path->old_size));
	wp_json_set(object, "new_size", wp_json_number(path->new_size));
	wp_json_set(object, "old_sha1", wp_json_hash(path->old_sha1));
	wp_json_set(object, "new_sha1", wp_json_hash(path->new_sha1));
	wp_json_set(object, "differs_in", what_json(path->what));
	wp_json_set(object, "hard_linked", json_boolean(path->linked));
	wp_json_set(object, "old_link", wp_json_text(path->old_link));
	wp_json_set(object, "new_link", wp_json_text(path->new_link));
	wp_json_set(object, "old_target", wp_json_text(path->old_target));
	wp_json_set(object, "new_target", wp_json_text(path->new_target));
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
	wp_json_set(object, "unchanged", wp_json_u64(files->unchanged));
	wp_json_set(object, "hard_links_lost", wp_json_u64(files->links_lost));
	wp_json_set(object, "hard_links_made", wp_json_u64(files->links_made));
	for (size_t i = 0; i < files->folder_count; i++) {
		json_t *item = json_object();

		wp_json_set(item, "path", wp_json_text(files->folders[i].path));
		set_totals(item, &files->folders[i].totals);
		wp_json_push(by_folder, item);
	}
	for (size_t i = 0; i < files->component_count; i++) {
		const struct wp_diff_component *component = &files->components[i];
		json_t *item = json_object();

		wp_json_set(item, "name", wp_json_text(component->name));
		wp_json_set(item, "architecture", wp_json_text(component->architecture));
		wp_json_set(item, "language", wp_json_text(component->language));
		wp_json_set(item, "old_version", wp_json_text(component->old_version));
		wp_json_set(item, "new_version", wp_json_text(component->new_version));
		set_totals(item, &component->totals);
		wp_json_push(by_component, item);
	}
	for (size_t i = 0; i < files->path_count; i++)
		wp_json_push(paths, path_json(0, &files->paths[i]));
	wp_json_set(object, "by_folder", by_folder);
	wp_json_set(object, "by_component", by_component);
	wp_json_set(object, "paths", paths);
	wp_json_set(object, "paths_omitted", wp_json_u64(files->path_omitted));
	return object;
}

static json_t *image_json(const struct wp_diff_image *image)
{
	json_t *object = json_object();

	wp_json_set(object, "old_index", image->old_index ? wp_json_u64(image->old_index) : json_null());
	wp_json_set(object, "new_index", image->new_index ? wp_json_u64(image->new_index) : json_null());
	wp_json_set(object, "old_name", wp_json_text(image->old_name));
	wp_json_set(object, "new_name", wp_json_text(image->new_name));
	wp_json_set(object, "matched_by", wp_json_text(wp_match_name(image->matched_by)));
	wp_json_set(object, "status", wp_json_text(wp_diff_status_name(image->status)));
	wp_json_set(object, "tree", wp_json_text(wp_tree_state_name(image->tree)));
	wp_json_set(object, "fields", fields_json(image));
	wp_json_set(object, "complete", json_boolean(image->complete));
	wp_json_set(object, "contents", wp_diff_contents_json(image->contents));
	wp_json_set(object, "files", files_json(image->files));
	return object;
}

static json_t *header_json(const struct wp_diff *diff)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *array = json_array();

	for (size_t i = 0; i < diff->header_count; i++) {
		json_t *object = json_object();

		wp_json_set(object, "field", wp_json_text(wp_header_name(diff->header[i])));
		wp_json_set(object, "old", wp_header_json(arena, &diff->old.header, diff->header[i]));
		wp_json_set(object, "new", wp_header_json(arena, &diff->new.header, diff->header[i]));
		wp_json_push(array, object);
	}
	return array;
}

static json_t *blobs_json(const struct wp_diff_blobs *blobs)
{
	json_t *object = json_object();

	wp_json_set(object, "count", wp_json_u64(blobs->count));
	wp_json_set(object, "bytes", wp_json_u64(blobs->bytes));
	wp_json_set(object, "stored_bytes", wp_json_number(blobs->stored_bytes));
	return object;
}

json_t *wp_report_diff_json(const struct wp_diff *diff)
{
	json_t *document = wp_json_document("wimplan-diff", "1.1"), *images = json_array(), *blobs = json_null();

	for (size_t i = 0; i < diff->image_count; i++)
		wp_json_push(images, image_json(&diff->images[i]));
	if (diff->blobs_known) {
		blobs = json_object();
		wp_json_set(blobs, "shared", blobs_json(&diff->shared));
		wp_json_set(blobs, "added", blobs_json(&diff->added));
		wp_json_set(blobs, "removed", blobs_json(&diff->removed));
	}
	wp_json_set(document, "old", side_json(&diff->old));
	wp_json_set(document, "new", side_json(&diff->new));
	wp_json_set(document, "complete", json_boolean(diff->complete));
	wp_json_set(document, "images", images);
	wp_json_set(document, "header", header_json(diff));
	wp_json_set(document, "blobs", blobs);
	wp_json_set(document, "diagnostics", wp_json_diags(&diff->diags));
	return document;
}
