/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which fields of two images belong together, and which of them differ. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

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
	if (count)
		qsort(runs, count, sizeof *runs, compare_runs);
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

/* Adds a line for what differs; what could be read on neither side is not known to. */
static void add_field(struct changes *changes, const struct wp_fact *old, const struct wp_fact *new)
{
	const char *name = old ? old->field : new->field;
	struct wp_arena *arena = changes->diff->arena;
	struct wp_diff_field *field;

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
	field->lost = has_text(old) && !has_text(new) && !field->new_unread && old->setup;
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
