/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares two snapshots package by package, property by property and image by image. */
#include "wimplan/diff.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <string.h>

static json_t *or_null(json_t *value)
{
	return value ? json_incref(value) : json_null();
}

static bool equal(const json_t *a, const json_t *b)
{
	bool no_a = !a || json_is_null(a), no_b = !b || json_is_null(b);

	return no_a || no_b ? no_a == no_b : json_equal(a, b);
}

/* The names of what the two records did not fetch, as keys. New reference. */
static json_t *not_fetched(const json_t *old, const json_t *new)
{
	const json_t *const lists[] = { json_object_get(old, "not_fetched"), json_object_get(new, "not_fetched") };
	json_t *names = json_object();
	const json_t *name;
	size_t i;

	for (size_t k = 0; k < 2; k++)
		json_array_foreach(lists[k], i, name)
			if (json_is_string(name))
				wp_json_set(names, json_string_value(name), json_true());
	return names;
}

/* The names of both objects' keys, sorted, each once. */
static const char **key_union(struct wp_arena *arena, const json_t *a, const json_t *b, size_t *ret_count)
{
	const json_t *const objects[] = { a, b };
	const char **names = wp_arena_alloc(arena, (json_object_size(a) + json_object_size(b)) * sizeof *names);
	size_t count = 0;

	for (size_t i = 0; i < 2; i++) {
		const char *key;
		json_t *value;

		json_object_foreach((json_t *)objects[i], key, value)
			if (i == 0 || !json_object_get(a, key))
				names[count++] = key;
	}
	WP_SORT(names, count, wp_text_compare_items);
	*ret_count = count;
	return names;
}

static json_t *diff_properties(struct wp_arena *arena, const json_t *old, const json_t *new)
{
	const json_t *before = json_object_get(old, "properties"), *after = json_object_get(new, "properties");
	json_t *left_out __attribute__((cleanup(wp_json_freep))) = not_fetched(old, new);
	json_t *changes = json_array();
	size_t count;
	const char **names = key_union(arena, before, after, &count);

	for (size_t i = 0; i < count; i++) {
		json_t *a = json_object_get(before, names[i]), *b = json_object_get(after, names[i]);

		if (equal(a, b) || json_object_get(left_out, names[i]))
			continue;
		wp_json_push(changes,
			     json_pack("{s:s, s:o, s:o}", "property", names[i], "old", or_null(a), "new", or_null(b)));
	}
	return changes;
}

/* @old or @new may be NULL: then the image was added or removed, and has no fields. */
static json_t *diff_image(const struct wp_site_image *old, const struct wp_site_image *new)
{
	json_t *fields = json_array();
	const char *status = !old ? "added" : !new ? "removed" : "changed";

	if (old && new) {
		for (size_t i = 0; i < WP_SITE_FIELDS; i++) {
			const struct wp_site_field *field = &wp_site_fields[i];
			const char *a = wp_site_image_value(old, field), *b = wp_site_image_value(new, field);

			if (a != b && (!a || !b || strcmp(a, b)))
				wp_json_push(fields, json_pack("{s:s, s:o, s:o}", "field", field->name, "old",
							       wp_json_text(a), "new", wp_json_text(b)));
		}
		if (!json_array_size(fields)) {
			json_decref(fields);
			return NULL;
		}
	}
	return json_pack("{s:o, s:s, s:o}", "index", wp_json_u64(old ? old->index : new->index), "status", status,
			 "fields", fields);
}

static json_t *diff_images(const struct wp_site_images *old, const struct wp_site_images *new)
{
	const struct wp_site_image *a, *b;
	json_t *images = json_array();
	size_t i = 0, k = 0;

	/* Where one export has no images at all, it did not fetch them. */
	if (old->origin == WP_IMAGE_ORIGIN_NOTHING || new->origin == WP_IMAGE_ORIGIN_NOTHING)
		return images;
	while (wp_site_images_next(old, new, &i, &k, &a, &b)) {
		json_t *image = diff_image(a, b);

		if (image)
			wp_json_push(images, image);
	}
	return images;
}

static json_t *diff_rows(const json_t *old, const json_t *new)
{
	static const char *const names[] = { "image_information", "content_info", "distribution_points" };
	json_t *rows = json_array();

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const json_t *a = json_object_get(old, names[i]), *b = json_object_get(new, names[i]);
		/* An empty list and none are the same. */
		bool none = !json_array_size(a) && !json_array_size(b);

		if (!none && !equal(a, b))
			wp_json_push(rows, json_string(names[i]));
	}
	return rows;
}

static json_t *diff_package(const struct wp_record *old, const struct wp_record *new)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_record *shown = new ? new : old;
	const char *status = !old ? "added" : !new ? "removed" : "changed";
	json_t *properties, *images, *rows;

	if (old && new) {
		properties = diff_properties(arena, old->json, new->json);
		images = diff_images(&old->images, &new->images);
		rows = diff_rows(old->json, new->json);
	} else {
		properties = json_array();
		images = json_array();
		rows = json_array();
	}
	if (old && new && old->class == new->class && !json_array_size(properties) && !json_array_size(images) &&
	    !json_array_size(rows)) {
		json_decref(properties);
		json_decref(images);
		json_decref(rows);
		return NULL;
	}
	return json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:o}", "package_id", wp_json_text(shown->package_id), "class",
			 wp_class_name(shown->class), "name", wp_json_text(shown->name), "status", status, "properties",
			 properties, "images", images, "rows", rows);
}

json_t *wp_diff_snapshots(const struct wp_record_set *old, const struct wp_record_set *new, size_t *ret_same)
{
	json_t *packages = json_array();
	size_t i = 0, k = 0;

	*ret_same = 0;
	while (i < old->count || k < new->count) {
		const struct wp_record *a = i < old->count ? &old->records[i] : NULL;
		const struct wp_record *b = k < new->count ? &new->records[k] : NULL;
		int order = a && b ? strcmp(a->package_id, b->package_id) : 0;
		json_t *package;

		if (order < 0)
			b = NULL;
		else if (order > 0)
			a = NULL;
		i += a != NULL;
		k += b != NULL;
		package = diff_package(a, b);
		if (package)
			wp_json_push(packages, package);
		else
			++*ret_same;
	}
	return packages;
}
