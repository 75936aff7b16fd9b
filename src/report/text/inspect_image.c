/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three shapes in which inspect shows images. */
#include "inspect_image.h"

#include "../words.h"
#include "grid.h"

#include "wimplan/text.h"
#include "wimplan/wim_fields.h"

#include <inttypes.h>
#include <string.h>

#define DETAIL_WIDTH 14

char *wp_inspect_bytes(struct wp_arena *arena, uint64_t bytes)
{
	if (bytes < 1024)
		return wp_words_size(arena, bytes);
	return wp_arena_printf(arena, "%s (%s bytes)", wp_words_size(arena, bytes), wp_words_count(arena, bytes));
}

static const char *architecture(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	const char *name;

	if (!windows || !windows->architecture.known)
		return NULL;
	name = wp_architecture_name(windows->architecture.value);
	return name ? name : wp_arena_printf(arena, "ARCH %" PRIu64, windows->architecture.value);
}

static const char *languages(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	const char *text = windows ? wp_text_join(arena, windows->languages, windows->language_count) : "";

	return *text ? text : NULL;
}

static const char *fallbacks(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < windows->fallback_count; i++) {
		const struct wp_wim_fallback *fallback = &windows->fallbacks[i];

		wp_buf_printf(&text, "%s%s%s%s", i ? ", " : "", fallback->fallback, *fallback->language ? " for " : "",
			      fallback->language);
	}
	return text.length ? wp_arena_strdup(arena, text.data) : NULL;
}

/* Empty and absent both show as "-" in a table: the JSON tells them apart. */
static const char *cell(struct wp_arena *arena, const char *text)
{
	return text && *text ? wp_words_plain(arena, text) : "-";
}

static const char *time_cell(struct wp_arena *arena, struct wp_time time)
{
	return time.known ? wp_time_minutes(arena, time) : "-";
}

static const char *number_cell(struct wp_arena *arena, struct wp_number number)
{
	return number.known ? wp_words_count(arena, number.value) : "-";
}

/* TYPE is INSTALLATIONTYPE: with and without a desktop a server has one and the same edition. */
enum { INDEX, NAME, VERSION, ARCH, EDITION, TYPE, LANGUAGES, SIZE, BYTES, CREATED, MODIFIED, CELLS };

static const struct wp_column columns[CELLS] = {
	[INDEX] = { .heading = "#", .number = true, .always = true },
	[NAME] = { .heading = "NAME", .always = true },
	[VERSION] = { .heading = "VERSION" },
	[ARCH] = { .heading = "ARCH" },
	[EDITION] = { .heading = "EDITION" },
	[TYPE] = { .heading = "TYPE" },
	[LANGUAGES] = { .heading = "LANGUAGES" },
	[SIZE] = { .heading = "SIZE", .number = true },
	[BYTES] = { .heading = "BYTES", .number = true, .spare = true },
	[CREATED] = { .heading = "CREATED" },
	[MODIFIED] = { .heading = "MODIFIED" },
};

static void fill(struct wp_arena *arena, const struct wp_wim_image *image, const char *cells[CELLS])
{
	const struct wp_wim_windows *windows = image->windows;
	const char *language = languages(arena, windows);

	cells[INDEX] = wp_arena_printf(arena, "%" PRIu32, image->index);
	cells[NAME] = cell(arena, image->name);
	cells[VERSION] = cell(arena, windows ? windows->version : NULL);
	cells[ARCH] = cell(arena, architecture(arena, windows));
	cells[EDITION] = cell(arena, windows ? windows->edition_id : NULL);
	cells[TYPE] = cell(arena, windows ? windows->installation_type : NULL);
	cells[LANGUAGES] = cell(arena, language || !windows ? language : windows->default_language);
	cells[SIZE] = image->total_bytes.known ? wp_words_size(arena, image->total_bytes.value) : "-";
	cells[BYTES] = number_cell(arena, image->total_bytes);
	cells[CREATED] = time_cell(arena, image->creation_time);
	cells[MODIFIED] = time_cell(arena, image->last_modification_time);
}

bool wp_inspect_table(const struct wp_layout *out, const struct wp_wim_image *images, size_t count)
{
	const char *(*rows)[CELLS] = wp_arena_alloc(out->arena, count * sizeof *rows);

	for (size_t i = 0; i < count; i++)
		fill(out->arena, &images[i], rows[i]);
	return wp_table_add(out, columns, CELLS, rows[0], count);
}

/* Parts that are there, in a line. */
static void add_parts(const struct wp_layout *out, const char *const *parts, size_t count, size_t indent)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (!parts[i] || !*parts[i] || !strcmp(parts[i], "-"))
			continue;
		wp_buf_puts(&line, line.length ? ", " : "");
		wp_buf_puts(&line, parts[i]);
	}
	if (line.length)
		wp_layout_line(out, indent, indent, wp_buf_text(&line));
}

void wp_inspect_blocks(const struct wp_layout *out, const struct wp_wim_image *images, size_t count)
{
	size_t width = (size_t)snprintf(NULL, 0, "%" PRIu32, images[count - 1].index), indent = width + 2;

	for (size_t i = 0; i < count; i++) {
		const char *cells[CELLS];
		bool same;

		fill(out->arena, &images[i], cells);
		/* WindowsPE is both. */
		same = strcmp(cells[EDITION], cells[TYPE]) == 0;
		wp_layout_label(out, width - strlen(cells[INDEX]), cells[INDEX], strlen(cells[INDEX]) + 2,
				strcmp(cells[NAME], "-") ? cells[NAME] : "(no name)");
		add_parts(out,
			  (const char *const[]){ cells[VERSION], cells[ARCH], cells[EDITION],
						 same ? NULL : cells[TYPE], cells[LANGUAGES] },
			  5, indent);
		add_parts(out,
			  (const char *const[]){ cells[SIZE],
						 images[i].creation_time.known
							 ? wp_arena_printf(out->arena, "created %s", cells[CREATED])
							 : NULL,
						 images[i].last_modification_time.known
							 ? wp_arena_printf(out->arena, "modified %s", cells[MODIFIED])
							 : NULL },
			  3, indent);
	}
}

/* A line only where there is something: an absent element leaves none, an empty one says so. */
static void add_item(const struct wp_layout *out, const char *label, const char *value)
{
	if (value)
		wp_layout_label(out, 2, label, DETAIL_WIDTH, *value ? value : "(empty)");
}

static const char *files(struct wp_arena *arena, const struct wp_wim_image *image)
{
	const char *folders = wp_arena_printf(arena, "%s folder%s", number_cell(arena, image->dir_count),
					      wp_plural(image->dir_count.value));

	if (!image->file_count.known)
		return image->dir_count.known ? wp_arena_printf(arena, "not known, in %s", folders) : NULL;
	if (!image->dir_count.known)
		return number_cell(arena, image->file_count);
	return wp_arena_printf(arena, "%s, in %s", number_cell(arena, image->file_count), folders);
}

/* The languages, and which is the default one. */
static const char *all_languages(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	const char *list = languages(arena, windows);

	if (!list || !windows->default_language || !*windows->default_language)
		return list ? list : windows->default_language;
	return wp_arena_printf(arena, "%s (default %s)", list, windows->default_language);
}

/* What stands on a line of an image; NULL: there is none. */
static const char *value_of(struct wp_arena *arena, const struct wp_wim_image *image, const struct wp_wim_field *field)
{
	const void *value = wp_wim_field_value(image, field);
	const struct wp_number *number = value;
	const struct wp_time *time;

	if (!value)
		return NULL;
	switch (field->kind) {
	case WP_WIM_KIND_TEXT:
	case WP_WIM_KIND_VERSION:
		return *(const char *const *)value;
	case WP_WIM_KIND_NUMBER:
		return number->known && number->value ? wp_words_count(arena, number->value) : NULL;
	case WP_WIM_KIND_FILES:
		return files(arena, image);
	case WP_WIM_KIND_BYTES:
		return number->known ? wp_inspect_bytes(arena, number->value) : NULL;
	case WP_WIM_KIND_BOOLEAN:
		return !number->known ? NULL : number->value ? "yes" : "no";
	case WP_WIM_KIND_ARCHITECTURE:
		return architecture(arena, image->windows);
	case WP_WIM_KIND_TIME:
		time = value;
		return time->known ? wp_time_minutes(arena, *time) : NULL;
	case WP_WIM_KIND_LANGUAGE:
		return all_languages(arena, image->windows);
	case WP_WIM_KIND_FALLBACK:
		return fallbacks(arena, image->windows);
	case WP_WIM_KIND_BOX:
	case WP_WIM_KIND_HALF:
		break;
	}
	return NULL;
}

static const struct wp_wim_field *find_line(unsigned int line)
{
	for (size_t i = 0; i < wp_wim_field_count; i++)
		if (wp_wim_fields[i].line == line)
			return &wp_wim_fields[i];
	return NULL;
}

const char *wp_inspect_other(struct wp_arena *arena, const struct wp_wim_other *other)
{
	return wp_arena_printf(arena, "%s %s", other->path,
			       *other->value ? wp_arena_printf(arena, "= %s", other->value) : "(empty)");
}

void wp_inspect_detail(const struct wp_layout *out, const struct wp_wim_image *image)
{
	const struct wp_wim_field *field;

	wp_buf_printf(out->buf, "Image %" PRIu32 "\n", image->index);
	for (unsigned int line = 1; (field = find_line(line)); line++) {
		const char *value = value_of(out->arena, image, field);

		add_item(out, field->label, value || strcmp(field->key, "name") ? value : "(no name)");
	}
	for (size_t i = 0; i < image->other_count; i++)
		add_item(out, "Other", wp_inspect_other(out->arena, &image->other[i]));
}
