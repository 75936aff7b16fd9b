/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image's metadata as a list of named texts, so that two images' can be compared line by line. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdlib.h>

struct list {
	struct wp_arena *arena;
	const struct wp_wim_image *image;
	struct wp_facts *facts;
};

/* What is absent on both sides is no difference, and what is absent on one has no line there. */
static void add(struct list *list, const char *field, const char *value)
{
	if (value)
		*WP_PUSH(list->arena, list->facts->items, list->facts->count) = (struct wp_fact){ field, value };
}

/* Adds the value of the element at @path, which may be one that could not be read. */
static void add_read(struct list *list, const char *field, const char *path, const char *value)
{
	if (!value && wp_wim_image_is_bad(list->image, path))
		*WP_PUSH(list->arena, list->facts->items, list->facts->count) = (struct wp_fact){ field, NULL };
	else
		add(list, field, value);
}

static void add_number(struct list *list, const char *field, const char *path, struct wp_number value)
{
	add_read(list, field, path, value.known ? wp_arena_printf(list->arena, "%" PRIu64, value.value) : NULL);
}

static int compare_tags(const void *a, const void *b)
{
	return wp_ascii_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The order of LANGUAGE has no meaning. */
static const char *languages(struct list *list, const struct wp_wim_windows *windows)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char **sorted;

	if (!windows->language_count)
		return NULL;
	sorted = wp_arena_alloc(list->arena, windows->language_count * sizeof *sorted);
	for (size_t i = 0; i < windows->language_count; i++)
		sorted[i] = windows->languages[i];
	qsort(sorted, windows->language_count, sizeof *sorted, compare_tags);
	for (size_t i = 0; i < windows->language_count; i++)
		wp_buf_printf(&text, "%s%s", i ? ", " : "", sorted[i]);
	return wp_arena_strdup(list->arena, wp_buf_text(&text));
}

static const char *fallbacks(struct list *list, const struct wp_wim_windows *windows)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < windows->fallback_count; i++)
		wp_buf_printf(&text, "%s%s to %s", i ? ", " : "", windows->fallbacks[i].language,
			      windows->fallbacks[i].fallback);
	return windows->fallback_count ? wp_arena_strdup(list->arena, wp_buf_text(&text)) : NULL;
}

static const char *architecture(struct list *list, struct wp_number code)
{
	const char *name = code.known ? wp_architecture_name(code.value) : NULL;

	if (name || !code.known)
		return name;
	return wp_arena_printf(list->arena, "%" PRIu64, code.value);
}

static void add_windows(struct list *list, const struct wp_wim_windows *windows)
{
	add_read(list, "architecture", "WINDOWS/ARCH", architecture(list, windows->architecture));
	add(list, "product_name", windows->product_name);
	add(list, "edition_id", windows->edition_id);
	add(list, "installation_type", windows->installation_type);
	add(list, "product_type", windows->product_type);
	add(list, "product_suite", windows->product_suite);
	add(list, "hal", windows->hal);
	add(list, "system_root", windows->system_root);
	add(list, "languages", languages(list, windows));
	add(list, "default_language", windows->default_language);
	add(list, "fallback_languages", fallbacks(list, windows));
	add_read(list, "os_version", "WINDOWS/VERSION", windows->version);
	add_number(list, "service_pack_level", "WINDOWS/VERSION/SPLEVEL", windows->service_pack_level);
	add(list, "branch", windows->branch);
	if (!windows->servicing)
		return;
	add(list, "gdr_du_revision", windows->servicing->gdr_du_revision);
	add(list, "pkey_config_version", windows->servicing->pkey_config_version);
	add(list, "image_state", windows->servicing->image_state);
}

/* Not known unless the edition and the architecture are there. */
static const char *edition(struct list *list, const struct wp_wim_windows *windows)
{
	if (!windows->edition_id || !*windows->edition_id || !windows->architecture.known)
		return NULL;
	return wp_arena_printf(list->arena, "%s\n%s\n%" PRIu64, windows->edition_id,
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
static void add_others(struct list *list, const struct wp_wim_image *image)
{
	const char *field = NULL;

	for (size_t i = 0; i < image->other_count; i++) {
		const struct wp_wim_other *other = &image->other[i];

		if (!i || other->path != other[-1].path)
			field = wp_arena_printf(list->arena, "other:%s", other->path);
		add(list, field, other->value);
	}
}

struct wp_facts wp_facts_of_image(struct wp_arena *arena, const struct wp_wim_image *image)
{
	struct wp_facts facts = { .index = image->index, .name = image->name, .complete = !image->bad_count };
	struct list list = { arena, image, &facts };

	add(&list, "name", image->name);
	add(&list, "description", image->description);
	add(&list, "display_name", image->display_name);
	add(&list, "display_description", image->display_description);
	add(&list, "flags", image->flags);
	add_number(&list, "dir_count", "DIRCOUNT", image->dir_count);
	add_number(&list, "file_count", "FILECOUNT", image->file_count);
	add_number(&list, "total_bytes", "TOTALBYTES", image->total_bytes);
	add_number(&list, "hard_link_bytes", "HARDLINKBYTES", image->hard_link_bytes);
	add_read(&list, "creation_time", "CREATIONTIME", wp_time_iso(arena, image->creation_time));
	add_read(&list, "last_modification_time", "LASTMODIFICATIONTIME",
		 wp_time_iso(arena, image->last_modification_time));
	add_number(&list, "wimboot", "WIMBOOT", image->wimboot);
	if (image->windows) {
		add_windows(&list, image->windows);
		facts.edition = edition(&list, image->windows);
		facts.language = language(image->windows);
	}
	add_others(&list, image);
	return facts;
}
