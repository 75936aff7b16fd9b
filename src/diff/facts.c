/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image's metadata as a list of named texts, so that two images' can be compared line by line. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"
#include "wimplan/wim_fields.h"

#include <inttypes.h>
#include <stdlib.h>

static int compare_tags(const void *a, const void *b)
{
	return wp_ascii_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The order of LANGUAGE has no meaning. */
static const char *languages(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char **sorted;

	if (!windows->language_count)
		return NULL;
	sorted = wp_arena_alloc(arena, windows->language_count * sizeof *sorted);
	for (size_t i = 0; i < windows->language_count; i++)
		sorted[i] = windows->languages[i];
	qsort(sorted, windows->language_count, sizeof *sorted, compare_tags);
	for (size_t i = 0; i < windows->language_count; i++)
		wp_buf_printf(&text, "%s%s", i ? ", " : "", sorted[i]);
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static const char *fallbacks(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < windows->fallback_count; i++)
		wp_buf_printf(&text, "%s%s to %s", i ? ", " : "", windows->fallbacks[i].language,
			      windows->fallbacks[i].fallback);
	return windows->fallback_count ? wp_arena_strdup(arena, wp_buf_text(&text)) : NULL;
}

/* The value of a field as a text; NULL when it is absent or could not be read. */
static const char *text_of(struct wp_arena *arena, const struct wp_wim_image *image, const struct wp_wim_field *field)
{
	const void *value = wp_wim_field_value(image, field);
	const struct wp_number *number = value;
	const char *name;

	if (!value)
		return NULL;
	switch (field->kind) {
	case WP_WIM_KIND_TEXT:
	case WP_WIM_KIND_VERSION:
		return *(const char *const *)value;
	case WP_WIM_KIND_ARCHITECTURE:
		name = number->known ? wp_architecture_name(number->value) : NULL;
		if (name)
			return name;
		/* fallthrough */
	case WP_WIM_KIND_NUMBER:
	case WP_WIM_KIND_FILES:
	case WP_WIM_KIND_BYTES:
	case WP_WIM_KIND_BOOLEAN:
		return number->known ? wp_arena_printf(arena, "%" PRIu64, number->value) : NULL;
	case WP_WIM_KIND_TIME:
		return wp_time_iso(arena, *(const struct wp_time *)value);
	case WP_WIM_KIND_LANGUAGE:
		return languages(arena, image->windows);
	case WP_WIM_KIND_FALLBACK:
		return fallbacks(arena, image->windows);
	case WP_WIM_KIND_BOX:
	case WP_WIM_KIND_HALF:
		break;
	}
	return NULL;
}

/* What is absent on both sides is no difference, and what is absent on one has no line there. */
static void add_fields(struct wp_arena *arena, const struct wp_wim_image *image, struct wp_facts *facts)
{
	for (size_t i = 0; i < wp_wim_field_count; i++) {
		const struct wp_wim_field *field = &wp_wim_fields[i];
		const char *value = field->fact ? text_of(arena, image, field) : NULL;

		if (value || (field->fact && wp_wim_field_is_bad(image, field)))
			*WP_PUSH(arena, facts->items, facts->count) = (struct wp_fact){ field->fact, value, field->setup };
	}
}

/* Not known unless the edition and the architecture are there. */
static const char *edition(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	if (!windows->edition_id || !*windows->edition_id || !windows->architecture.known)
		return NULL;
	return wp_arena_printf(arena, "%s\n%s\n%" PRIu64, windows->edition_id,
			       windows->installation_type ? windows->installation_type : "",
			       windows->architecture.value);
}

static const char *language(const struct wp_wim_windows *windows)
{
	const char *tag = windows->default_language;

	if ((!tag || !*tag) && windows->language_count)
		tag = windows->languages[0];
	return tag && *tag ? tag : NULL;
}

/* Elements that stand in a row under one path share its text, as they do in the model: it may be long. */
static void add_others(struct wp_arena *arena, const struct wp_wim_image *image, struct wp_facts *facts)
{
	const char *field = NULL;

	for (size_t i = 0; i < image->other_count; i++) {
		const struct wp_wim_other *other = &image->other[i];

		if (!i || other->path != other[-1].path)
			field = wp_arena_printf(arena, "other:%s", other->path);
		*WP_PUSH(arena, facts->items, facts->count) = (struct wp_fact){ field, other->value, false };
	}
}

struct wp_facts wp_facts_of_image(struct wp_arena *arena, const struct wp_wim_image *image)
{
	struct wp_facts facts = { .index = image->index, .name = image->name, .complete = !image->bad_count };

	add_fields(arena, image, &facts);
	if (image->windows) {
		facts.edition = edition(arena, image->windows);
		facts.language = language(image->windows);
	}
	add_others(arena, image, &facts);
	return facts;
}
