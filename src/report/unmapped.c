/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups what is not mapped. A map is for shares and drives, and what an export names there may be anything. */
#include "unmapped.h"

#include "words.h"

#include "wimplan/buf.h"
#include "wimplan/source.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_EACH 3 /* up to so many packages behind one missing map are shown each */
#define NAMES_SHOWN 3

struct item {
	const char *root; /* the share or drive, folded, or the whole path */
	size_t entry;
};

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->root, y->root);

	return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

static bool stands_alone(const struct wp_entry *entry)
{
	return entry->reason_count == 1;
}

static struct item *list_items(struct wp_arena *scratch, const struct wp_plan *plan, size_t *ret_count)
{
	const char *code = wp_gate_info(WP_GATE_NOT_MAPPED)->code;
	struct item *items = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		const char *root;

		if (entry->status != WP_ENTRY_BLOCKED || !entry->source_path || !wp_entry_has_reason(entry, code))
			continue;
		root = wp_windows_root(scratch, entry->source_path);
		*WP_PUSH(scratch, items, *ret_count) =
			(struct item){ root ? wp_text_fold(scratch, root) : entry->source_path, i };
	}
	if (*ret_count)
		qsort(items, *ret_count, sizeof *items, compare_items);
	return items;
}

struct wp_unmapped_list wp_unmapped(struct wp_arena *arena, const struct wp_plan *plan)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t item_count, count = 0;
	const struct item *items = list_items(scratch, plan, &item_count);
	const struct item **first_of = wp_arena_alloc(scratch, plan->entry_count * sizeof *first_of);
	struct wp_unmapped *groups = wp_arena_alloc(arena, item_count * sizeof *groups);
	size_t *group_of = wp_arena_alloc(arena, plan->entry_count * sizeof *group_of);

	/* The first entry of a group lies in front of its others in the sorted list, as in the plan. */
	for (size_t i = 0; i < item_count; i++)
		first_of[items[i].entry] = i && !strcmp(items[i - 1].root, items[i].root) ?
			first_of[items[i - 1].entry] : &items[i];
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		struct wp_unmapped *group;

		if (!first_of[i])
			continue;
		if (first_of[i]->entry == i)
			groups[count++].prefix = wp_windows_root(arena, entry->source_path);
		group_of[i] = first_of[i]->entry == i ? count : group_of[first_of[i]->entry];
		group = &groups[group_of[i] - 1];
		group->count++;
		if (!stands_alone(entry))
			continue;
		group->alone++;
		if (!group->first_alone)
			group->first_alone = entry;
	}
	return (struct wp_unmapped_list){ .groups = groups, .count = count, .group_of = group_of };
}

const struct wp_unmapped *wp_unmapped_for(const struct wp_unmapped_list *list, const struct wp_plan *plan,
					  const struct wp_entry *entry)
{
	size_t number = list->group_of[entry - plan->entries];

	if (!number || !stands_alone(entry) || list->groups[number - 1].alone <= SHOWN_EACH)
		return NULL;
	return &list->groups[number - 1];
}

const char *wp_unmapped_names(struct wp_arena *arena, const struct wp_unmapped_list *list, const struct wp_plan *plan,
			      const struct wp_unmapped *group)
{
	struct wp_buf names __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t named = 0;

	for (const struct wp_entry *entry = group->first_alone; named < NAMES_SHOWN; entry++)
		if (wp_unmapped_for(list, plan, entry) == group)
			wp_buf_printf(&names, "%s%s", named++ ? ", " : "", entry->package_id);
	return wp_arena_printf(arena, "%s and %s more", wp_buf_text(&names),
			       wp_words_count(arena, group->alone - named));
}
