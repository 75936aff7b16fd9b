/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers remedies: one for each share or drive that is not mapped; of others there are no more than texts for them. */
#include "remedies.h"

#include "unmapped.h"
#include "words.h"

#include <string.h>

static struct wp_remedy *add(struct wp_arena *arena, const char *code, const char *remedy, struct wp_remedy **items,
			     size_t *count)
{
	struct wp_remedy *item = WP_PUSH(arena, *items, *count);

	*item = (struct wp_remedy){ .code = code, .remedy = remedy };
	return item;
}

static struct wp_remedy *find(struct wp_arena *arena, struct wp_gate_words gate, struct wp_remedy **items,
			      size_t *count)
{
	/* Each text stands in the program once. */
	for (size_t i = 0; i < *count; i++)
		if ((*items)[i].remedy == gate.remedy)
			return &(*items)[i];
	return add(arena, gate.code, gate.remedy, items, count);
}

/* The option that maps what is not; the general one where a path is of a kind that no map leads to. */
static const char *option_for(struct wp_arena *arena, const struct wp_unmapped *group, const char *general)
{
	return group->prefix ? wp_arena_printf(arena, "Add --map '%s=FOLDER' for %s.", group->prefix,
					       wp_words_packages(arena, group->count))
			     : general;
}

size_t wp_remedies(struct wp_arena *arena, const struct wp_plan *plan, struct wp_remedy **ret_items)
{
	const char *not_mapped = wp_gate_info(WP_GATE_NOT_MAPPED)->code;
	struct wp_unmapped_list unmapped = wp_unmapped(arena, plan);
	size_t count = 0, told = 0;

	*ret_items = NULL;
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		for (size_t k = 0; entry->status == WP_ENTRY_BLOCKED && k < entry->reason_count; k++) {
			struct wp_gate_words gate = wp_words_gate(&entry->reasons[k]);

			if (!gate.remedy)
				continue;
			if (!unmapped.group_of[i] || strcmp(gate.code, not_mapped)) {
				find(arena, gate, ret_items, &count)->packages++;
			} else if (unmapped.group_of[i] > told) {
				/* Groups come in the order of their first packages. */
				const struct wp_unmapped *group = &unmapped.groups[told++];

				add(arena, gate.code, option_for(arena, group, gate.remedy), ret_items, &count)
					->packages = group->count;
			}
		}
	}
	return count;
}
