/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a site changed between two snapshots, for a terminal. */
#include "layout.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* Longer texts, XML mostly, would only flood the terminal; the JSON has them. */
#define VALUE_BYTES 100

/* A value on a line of text, in @arena. */
static const char *value_text(struct wp_arena *arena, const json_t *value)
{
	char *dump;
	const char *text;

	if (!value || json_is_null(value))
		return "(none)";
	if (json_is_string(value))
		return json_string_length(value) ? json_string_value(value) : "(empty)";
	dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	text = wp_arena_strdup(arena, dump);
	free(dump);
	return text;
}

static void add_change(const struct wp_layout *out, const char *about, size_t width, const json_t *change)
{
	const char *old = value_text(out->arena, json_object_get(change, "old"));
	const char *new = value_text(out->arena, json_object_get(change, "new"));
	size_t used;

	wp_buf_puts(out->buf, "  ");
	used = 4 + wp_text_pad(out->buf, about, width);
	wp_buf_puts(out->buf, "  ");
	wp_layout_wrap(out,
		       strlen(old) > VALUE_BYTES || strlen(new) > VALUE_BYTES ?
			       wp_arena_printf(out->arena, "changed (%zu bytes → %zu bytes)", strlen(old), strlen(new)) :
			       wp_arena_printf(out->arena, "%s → %s", old, new),
		       used, width + 4);
}

/* A name that an export made up stands out of its own line, and widens no other. */
#define NAME_MOST 40

static size_t widest(const json_t *items, const char *key, size_t width)
{
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		size_t own = wp_text_width(wp_json_get_text(item, key));

		if (own > width)
			width = own > NAME_MOST ? NAME_MOST : own;
	}
	return width;
}

static void add_images(const struct wp_layout *out, const json_t *images)
{
	const json_t *image, *field;
	size_t i, k, width = 0;

	json_array_foreach(images, i, image)
		width = widest(json_object_get(image, "fields"), "field", width);
	json_array_foreach(images, i, image) {
		const char *about = wp_arena_printf(out->arena, "image %lld",
						    (long long)json_integer_value(json_object_get(image, "index")));
		const json_t *fields = json_object_get(image, "fields");

		if (!json_array_size(fields))
			wp_buf_printf(out->buf, "  %s  %s\n", about, wp_json_get_text(image, "status"));
		json_array_foreach(fields, k, field)
			add_change(out, wp_arena_printf(out->arena, "%s  %s", about, wp_json_get_text(field, "field")),
				   strlen(about) + 2 + width, field);
	}
}

static void add_package(const struct wp_report_options *options, struct wp_buf *buf, const json_t *package, char symbol,
			const char *color)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_layout out = wp_layout_begin(arena, options, buf);
	const json_t *properties = json_object_get(package, "properties"), *rows = json_object_get(package, "rows"),
		     *item;
	const json_t *images = json_object_get(package, "images");
	const char *name = wp_json_get_text(package, "name");
	size_t i, width = widest(properties, "property", 0);

	wp_buf_printf(buf, "%s%c%s ", color, symbol, *color ? "\033[0m" : "");
	wp_text_line(buf, "%s  %s  %s", wp_json_get_text(package, "package_id"), wp_json_get_text(package, "class"),
		     name && *name ? name : "(no name)");
	json_array_foreach(properties, i, item) {
		const char *property = wp_json_get_text(item, "property");

		/* The lines of the images say what changed in it. */
		if (strcmp(property, "ImageProperty") || !json_array_size(images))
			add_change(&out, property, width, item);
	}
	add_images(&out, images);
	json_array_foreach(rows, i, item)
		wp_text_line(buf, "  rows of %s differ", json_string_value(item));
}

void wp_report_snapshot_diff_text(const json_t *packages, size_t same, const struct wp_report_options *options,
			   struct wp_buf *buf)
{
	static const struct {
		const char *status;
		char symbol;
		const char *color;
	} kinds[] = { { "added", '+', "\033[32m" }, { "removed", '-', "\033[31m" }, { "changed", '~', "\033[33m" } };
	size_t counts[3] = { 0 }, i;
	const char *between = "Legend: ";
	const json_t *package;

	json_array_foreach(packages, i, package) {
		size_t kind = 0;

		while (kind < 2 && strcmp(kinds[kind].status, wp_json_get_text(package, "status")))
			kind++;
		counts[kind]++;
		add_package(options, buf, package, kinds[kind].symbol, options->color ? kinds[kind].color : "");
	}
	if (json_array_size(packages))
		wp_buf_putc(buf, '\n');
	for (size_t kind = 0; kind < 3; kind++) {
		if (!counts[kind])
			continue;
		wp_buf_printf(buf, "%s%c %s", between, kinds[kind].symbol, kinds[kind].status);
		between = "   ";
	}
	if (json_array_size(packages))
		wp_buf_putc(buf, '\n');
	wp_buf_printf(buf, "%zu added, %zu removed, %zu changed, %zu the same.\n", counts[0], counts[1], counts[2],
		      same);
}
