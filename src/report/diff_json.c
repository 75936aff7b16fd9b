/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff --json and the lines of diff --json-lines. */
#include "wimplan/report.h"

#include "contents_json.h"
#include "diff_boot.h"
#include "diff_texts.h"
#include "header_words.h"

#include "wimplan/json.h"

static json_t *side_json(const struct wp_diff_side *side)
{
	return wp_json_object("path", side->record ? json_null() : wp_json_text(side->path),
			      "package_id", side->record ? wp_json_text(side->path) : json_null(),
			      "size", side->record ? json_null() : wp_json_u64(side->size),
			      "file_id", wp_json_hash(side->file_id), "content_id", wp_json_hash(side->content_id),
			      NULL);
}

static json_t *fields_json(const struct wp_diff_image *image)
{
	json_t *array = json_array();

	for (size_t i = 0; i < image->field_count; i++) {
		const struct wp_diff_field *field = &image->fields[i];

		wp_json_push(array, wp_json_object("field", wp_json_text(field->field),
						   "old", wp_json_text(field->old), "new", wp_json_text(field->new),
						   "lost", json_boolean(field->lost),
						   "unread", json_boolean(field->old_unread || field->new_unread),
						   NULL));
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
	wp_json_put(object, "bytes_added", wp_json_u64(totals->bytes_added),
			    "bytes_removed", wp_json_u64(totals->bytes_removed),
			    "bytes_changed", wp_json_u64(totals->bytes_changed), "folders", folders, NULL);
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
	wp_json_put(object, "change", wp_json_text(wp_file_change_name(path->change)),
			    "kind", wp_json_text(wp_path_kind_name(path->kind)), "path", wp_json_text(path->path),
			    "old_path", wp_json_text(path->old_path), "old_size", wp_json_number(path->old_size),
			    "new_size", wp_json_number(path->new_size), "old_sha1", wp_json_hash(path->old_sha1),
			    "new_sha1", wp_json_hash(path->new_sha1), "differs_in", what_json(path->what),
			    "hard_linked", json_boolean(path->linked), "old_link", wp_json_text(path->old_link),
			    "new_link", wp_json_text(path->new_link), "old_target", wp_json_text(path->old_target),
			    "new_target", wp_json_text(path->new_target), NULL);
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
		json_t *item = wp_json_object("name", wp_json_text(component->name),
					      "architecture", wp_json_text(component->architecture),
					      "language", wp_json_text(component->language),
					      "old_version", wp_json_text(component->old_version),
					      "new_version", wp_json_text(component->new_version), NULL);

		set_totals(item, &component->totals);
		wp_json_push(by_component, item);
	}
	for (size_t i = 0; i < files->path_count; i++)
		wp_json_push(paths, path_json(0, &files->paths[i]));
	wp_json_put(object, "by_folder", by_folder, "by_component", by_component, "paths", paths,
			    "paths_omitted", wp_json_u64(files->path_omitted), NULL);
	return object;
}

static json_t *header_json(const struct wp_diff *diff)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *array = json_array();

	for (size_t i = 0; i < diff->header_count; i++) {
		wp_json_push(array, wp_json_object("field", wp_json_text(wp_header_name(diff->header[i])),
						   "old", wp_header_json(arena, &diff->old.header, diff->header[i]),
						   "new", wp_header_json(arena, &diff->new.header, diff->header[i]),
						   NULL));
	}
	return array;
}

static json_t *blobs_json(const struct wp_diff_blobs *blobs)
{
	return wp_json_object("count", wp_json_u64(blobs->count), "bytes", wp_json_u64(blobs->bytes),
			      "stored_bytes", wp_json_number(blobs->stored_bytes), NULL);
}

static void add_diff(json_t *object, const struct wp_diff *diff);

/* The two files as WIMs; what was odd about them is said of the whole diff. */
static json_t *winre_json(const struct wp_diff_winre *winre)
{
	json_t *diff = json_null();

	if (!winre)
		return json_null();
	if (winre->diff) {
		diff = json_object();
		add_diff(diff, winre->diff);
	}
	return wp_json_object("same_as", winre->same_as ? wp_json_u64(winre->same_as) : json_null(), "not_read",
			      wp_json_text(winre->not_read), "diff", diff, NULL);
}

static json_t *image_json(const struct wp_diff_image *image)
{
	return wp_json_object("old_index", image->old_index ? wp_json_u64(image->old_index) : json_null(),
			      "new_index", image->new_index ? wp_json_u64(image->new_index) : json_null(),
			      "old_name", wp_json_text(image->old_name), "new_name", wp_json_text(image->new_name),
			      "matched_by", wp_json_text(wp_match_name(image->matched_by)),
			      "status", wp_json_text(wp_diff_status_name(image->status)),
			      "tree", wp_json_text(wp_tree_state_name(image->tree)), "fields", fields_json(image),
			      "complete", json_boolean(image->complete),
			      "contents", wp_diff_contents_json(image->contents),
			      "boot", wp_diff_boot_json(image->boot), "files", files_json(image->files),
			      "winre", winre_json(image->winre), "texts", wp_diff_texts_json(image->texts), NULL);
}

static void add_diff(json_t *object, const struct wp_diff *diff)
{
	json_t *images = json_array(), *blobs = json_null();

	for (size_t i = 0; i < diff->image_count; i++)
		wp_json_push(images, image_json(&diff->images[i]));
	if (diff->blobs_known) {
		blobs = wp_json_object("shared", blobs_json(&diff->shared), "added", blobs_json(&diff->added),
				       "removed", blobs_json(&diff->removed), NULL);
	}
	wp_json_put(object, "old", side_json(&diff->old), "new", side_json(&diff->new),
			    "complete", json_boolean(diff->complete), "images", images, "header", header_json(diff),
			    "blobs", blobs, NULL);
}

json_t *wp_report_diff_json(const struct wp_diff *diff)
{
	json_t *document = wp_json_document("wimplan-diff", "1.2");

	add_diff(document, diff);
	wp_json_set(document, "diagnostics", wp_json_diags(&diff->diags));
	return document;
}
