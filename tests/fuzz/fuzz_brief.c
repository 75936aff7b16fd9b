/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A record's brief: bytes of the cache, which somebody may have changed; or the JSON of a record, whose brief has to say of its images
 * what the record says.
 */
#include "fuzz.h"

#include "wimplan/json.h"
#include "wimplan/record.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return a ? b && !strcmp(a, b) : !b;
}

static void expect_same(const struct wp_site_images *a, const struct wp_site_images *b)
{
	if (a->count != b->count || a->origin != b->origin)
		abort();
	for (size_t i = 0; i < a->count; i++) {
		if (a->items[i].index != b->items[i].index)
			abort();
		for (size_t f = 0; f < WP_SITE_FIELDS; f++)
			if (!same(wp_site_image_value(&a->items[i], &wp_site_fields[f]), wp_site_image_value(&b->items[i], &wp_site_fields[f])))
				abort();
	}
}

/* All texts of what was read end, and within it. */
static void go_through(const struct wp_site_images *images)
{
	size_t bytes = 0;

	for (size_t i = 0; i < images->count; i++) {
		for (size_t f = 0; f < WP_SITE_FIELDS; f++) {
			const char *value = wp_site_image_value(&images->items[i], &wp_site_fields[f]);

			bytes += value ? strlen(value) : 0;
		}
		for (size_t k = 0; k < images->items[i].property_count; k++)
			bytes += strlen(images->items[i].properties[k].name) + strlen(images->items[i].properties[k].value);
	}
	if (bytes == SIZE_MAX)
		abort();
}

static void read_brief(struct wp_arena *arena, const uint8_t *data, size_t size, const struct wp_record *was)
{
	json_t *rest __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_site_images images;
	struct wp_record record;

	if (!wp_record_read_brief(arena, data, size, &record, &rest)) {
		if (was)
			abort();
		return;
	}
	images = wp_record_images(arena, &record);
	go_through(&images);
	if (was && (record.class != was->class || !same(record.package_id, was->package_id) || !same(record.source_path, was->source_path)))
		abort();
	if (was)
		expect_same(&images, &was->images);
}

static void shorten(struct wp_arena *arena, const char *text, size_t length)
{
	json_t *json __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_record record;
	struct wp_error err;

	if (wp_json_parse(text, length, "a record", &json, &err) || wp_record_decode(arena, json, &record, &err) ||
	    !wp_is_package_id(record.package_id))
		return;
	wp_record_shorten(&record, &buf);
	read_brief(arena, (const uint8_t *)buf.data, buf.length, &record);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	if (size && *data == '{')
		shorten(arena, (const char *)data, size);
	else
		read_brief(arena, data, size, NULL);
	return 0;
}
