/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gathers what is not mapped and the remedies: one for each share or drive, of others no more than there are texts for. A map
 * is for shares and drives, and what an export names there may be anything.
 */
#include "remedies.h"

#include "reason_words.h"
#include "words.h"

#include "wimplan/source.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_EACH 3 /* up to so many packages behind one missing map are shown each */
#define NAMES_SHOWN 3

struct item {
	const char *root; /* the share or drive, folded */
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
		if (root)
			*WP_PUSH(scratch, items, *ret_count) = (struct item){ wp_text_fold(scratch, root), i };
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
	const struct wp_entry **waiting = wp_arena_alloc(arena, item_count * sizeof *waiting);
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
		if (first_of[i]->entry == i) {
			groups[count].waiting = waiting + (first_of[i] - items);
			groups[count++].prefix = wp_windows_root(arena, entry->source_path);
		}
		group_of[i] = first_of[i]->entry == i ? count : group_of[first_of[i]->entry];
		group = &groups[group_of[i] - 1];
		group->count++;
		if (stands_alone(entry))
			group->waiting[group->alone++] = entry;
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

const char *wp_unmapped_names(struct wp_arena *arena, const struct wp_unmapped *group)
{
	struct wp_buf names __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < NAMES_SHOWN; i++)
		wp_buf_printf(&names, "%s%s", i ? ", " : "", group->waiting[i]->package_id);
	return wp_arena_printf(arena, "%s and %s more", wp_buf_text(&names),
			       wp_words_count(arena, group->alone - NAMES_SHOWN));
}

struct remedies {
	struct wp_arena *arena;
	struct wp_remedy *items;
	size_t count;
	size_t *general; /* places of those that are for no share or drive; there are no more than texts in the program */
	size_t general_count;
};

static struct wp_remedy *add(struct remedies *remedies, const char *code, const char *remedy)
{
	struct wp_remedy *item = WP_PUSH(remedies->arena, remedies->items, remedies->count);

	*item = (struct wp_remedy){ .code = code, .remedy = remedy };
	return item;
}

static struct wp_remedy *find(struct remedies *remedies, struct wp_gate_words gate)
{
	/* Each text stands in the program once. */
	for (size_t i = 0; i < remedies->general_count; i++)
		if (remedies->items[remedies->general[i]].remedy == gate.remedy)
			return &remedies->items[remedies->general[i]];
	*WP_PUSH(remedies->arena, remedies->general, remedies->general_count) = remedies->count;
	return add(remedies, gate.code, gate.remedy);
}

/* The option that maps what is not. */
static const char *option_for(struct wp_arena *arena, const struct wp_unmapped *group)
{
	return wp_arena_printf(arena, "Add --map '%s=FOLDER' for %s.", group->prefix,
			       wp_words_counted(arena, group->count, "package"));
}

size_t wp_remedies(struct wp_arena *arena, const struct wp_plan *plan, struct wp_remedy **ret_items)
{
	const char *not_mapped = wp_gate_info(WP_GATE_NOT_MAPPED)->code;
	struct wp_unmapped_list unmapped = wp_unmapped(arena, plan);
	struct remedies remedies = { .arena = arena };
	size_t told = 0;

	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		for (size_t k = 0; entry->status == WP_ENTRY_BLOCKED && k < entry->reason_count; k++) {
			struct wp_gate_words gate = wp_words_gate(&entry->reasons[k]);

			if (!gate.remedy)
				continue;
			if (!unmapped.group_of[i] || strcmp(gate.code, not_mapped)) {
				find(&remedies, gate)->packages++;
			} else if (unmapped.group_of[i] > told) {
				/* Groups come in the order of their first packages. */
				const struct wp_unmapped *group = &unmapped.groups[told++];

				add(&remedies, gate.code, option_for(arena, group))->packages = group->count;
			}
		}
	}
	*ret_items = remedies.items;
	return remedies.count;
}
