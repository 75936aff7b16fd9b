/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image's metadata as a list of named texts; which of those of two images belong together, and which differ. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"
#include "wimplan/wim_fields.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_tags(const void *a, const void *b)
{
	return wp_ascii_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The order of LANGUAGE has no meaning. */
static const char *languages(struct wp_arena *arena, const struct wp_wim_windows *windows)
{
	const char **sorted;

	if (!windows->language_count)
		return NULL;
	sorted = wp_arena_alloc(arena, windows->language_count * sizeof *sorted);
	for (size_t i = 0; i < windows->language_count; i++)
		sorted[i] = windows->languages[i];
	qsort(sorted, windows->language_count, sizeof *sorted, compare_tags);
	return wp_text_join(arena, sorted, windows->language_count);
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
		__attribute__((fallthrough));
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

/* Fields one after the other that share their name: unknown elements may be many, and their names long. */
struct run {
	const char *name;
	size_t first, count;
	bool is_new;
};

/* What fields of one name have in common: how many there are on each side, and where those of the new one are. */
struct group {
	size_t old_count, new_count;
	size_t start; /* in table.positions */
};

struct table {
	struct group *groups;
	size_t *old_group, *new_group; /* of each field */
	size_t *positions;             /* the new fields by group, in each as they stand */
};

static size_t add_runs(const struct wp_facts *facts, bool is_new, struct run *runs)
{
	size_t count = 0;

	for (size_t i = 0; i < facts->count; i++) {
		if (!i || facts->items[i].field != facts->items[i - 1].field)
			runs[count++] = (struct run){ .name = facts->items[i].field, .first = i, .is_new = is_new };
		runs[count - 1].count++;
	}
	return count;
}

static int compare_runs(const void *a, const void *b)
{
	return strcmp(((const struct run *)a)->name, ((const struct run *)b)->name);
}

static void put_run(struct table *table, const struct run *run, size_t group)
{
	size_t *groups = run->is_new ? table->new_group : table->old_group;

	for (size_t i = 0; i < run->count; i++)
		groups[run->first + i] = group;
	if (run->is_new)
		table->groups[group].new_count += run->count;
	else
		table->groups[group].old_count += run->count;
}

/* Names are compared once for each run, so that a long one costs no more than it takes in the document. */
static struct table make_table(struct wp_arena *arena, const struct wp_facts *old, const struct wp_facts *new)
{
	struct run *runs = wp_arena_alloc(arena, (old->count + new->count) * sizeof *runs);
	struct table table = {
		.old_group = wp_arena_alloc(arena, old->count * sizeof *table.old_group),
		.new_group = wp_arena_alloc(arena, new->count * sizeof *table.new_group),
		.positions = wp_arena_alloc(arena, new->count * sizeof *table.positions),
	};
	size_t count = add_runs(old, false, runs), group = 0, start = 0;

	count += add_runs(new, true, runs + count);
	table.groups = wp_arena_alloc(arena, (count + 1) * sizeof *table.groups);
	WP_SORT(runs, count, compare_runs);
	for (size_t i = 0; i < count; i++) {
		group += i && compare_runs(&runs[i - 1], &runs[i]);
		put_run(&table, &runs[i], group);
	}
	for (size_t g = 0; count && g <= group; start += table.groups[g++].new_count)
		table.groups[g].start = start;
	for (size_t i = 0; i < new->count; i++)
		table.positions[table.groups[table.new_group[i]].start++] = i;
	for (size_t g = 0; count && g <= group; g++)
		table.groups[g].start -= table.groups[g].new_count;
	return table;
}

/*
 * For each field of both sides its partner on the other, SIZE_MAX for none. Of a name that is repeated, as that of an
 * element outside the model may be, the first one belongs to the first one, and so on.
 */
static void find_partners(struct table *table, const struct wp_facts *old, const struct wp_facts *new,
			  size_t *old_partner, size_t *new_partner)
{
	for (size_t n = 0; n < new->count; n++)
		new_partner[n] = SIZE_MAX;
	for (size_t o = 0; o < old->count; o++) {
		struct group *group = &table->groups[table->old_group[o]];

		old_partner[o] = SIZE_MAX;
		if (!group->new_count)
			continue;
		old_partner[o] = table->positions[group->start++];
		new_partner[old_partner[o]] = o;
		group->new_count--;
	}
}

/* The changes of an image in the making. */
struct changes {
	struct wp_diff *diff;
	struct wp_diff_image *image;
	const char *name, *copy; /* the last name, and its copy: fields in a row may share it */
};

static bool has_text(const struct wp_fact *fact)
{
	return fact && fact->value && *fact->value;
}

/* Whether what a record says of an image is not what its source says, as a plan has it; what one side lacks is not compared. */
static bool record_differs(const struct wp_fact *old, const struct wp_fact *new)
{
	const struct wp_site_field *field = old && new ? wp_site_field_of_wim(old->field) : NULL;

	return field && wp_site_values_compare(field, old->value, new->value) == WP_COMPARED_DIFFERENT;
}

/* Adds a line for what differs; what could be read on neither side is not known to. */
static void add_field(struct changes *changes, const struct wp_fact *old, const struct wp_fact *new)
{
	/* cppcheck-suppress nullPointerRedundantCheck ; one of both is there */
	const char *name = (old ? old : new)->field;
	struct wp_arena *arena = changes->diff->arena;
	struct wp_diff_field *field;

	if (changes->diff->old.record && !record_differs(old, new))
		return;
	if (old && new && ((!old->value && !new->value) || (old->value && new->value && !strcmp(old->value, new->value))))
		return;
	if (changes->name != name) {
		changes->name = name;
		changes->copy = wp_arena_strdup(arena, name);
	}
	field = WP_PUSH(arena, changes->image->fields, changes->image->field_count);
	field->field = changes->copy;
	field->old = wp_arena_strdup(arena, old ? old->value : NULL);
	field->new = wp_arena_strdup(arena, new ? new->value : NULL);
	field->old_unread = old && !old->value;
	field->new_unread = new && !new->value;
	field->lost = old && old->setup && has_text(old) && !has_text(new) && !field->new_unread;
}

/* Both lists have the order of inspect --json; what only the new one has stands behind its neighbour there. */
void wp_pair_fields(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_facts *old,
		    const struct wp_facts *new)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t *old_partner = wp_arena_alloc(scratch, old->count * sizeof *old_partner);
	size_t *new_partner = wp_arena_alloc(scratch, new->count * sizeof *new_partner);
	struct table table = make_table(scratch, old, new);
	struct changes changes = { .diff = diff, .image = image };
	size_t n = 0;

	find_partners(&table, old, new, old_partner, new_partner);
	for (size_t o = 0; o < old->count; o++) {
		size_t partner = old_partner[o];

		for (; partner != SIZE_MAX && n < partner; n++)
			if (new_partner[n] == SIZE_MAX)
				add_field(&changes, NULL, &new->items[n]);
		n += partner == n;
		add_field(&changes, &old->items[o], partner == SIZE_MAX ? NULL : &new->items[partner]);
	}
	for (; n < new->count; n++)
		if (new_partner[n] == SIZE_MAX)
			add_field(&changes, NULL, &new->items[n]);
}
