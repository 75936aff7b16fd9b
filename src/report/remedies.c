/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers remedies: there are no more of them than the program has texts for. */
#include "remedies.h"

#include "words.h"

static void add(struct wp_arena *arena, struct wp_gate_words gate, struct wp_remedy **items, size_t *count)
{
	size_t known = 0;

	/* Each text stands in the program once. */
	while (known < *count && (*items)[known].remedy != gate.remedy)
		known++;
	if (known == *count)
		*WP_PUSH(arena, *items, *count) = (struct wp_remedy){ .code = gate.code, .remedy = gate.remedy };
	(*items)[known].packages++;
}

size_t wp_remedies(struct wp_arena *arena, const struct wp_plan *plan, struct wp_remedy **ret_items)
{
	size_t count = 0;

	*ret_items = NULL;
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		for (size_t k = 0; entry->status == WP_ENTRY_BLOCKED && k < entry->reason_count; k++) {
			struct wp_gate_words gate = wp_words_gate(&entry->reasons[k]);

			if (gate.remedy)
				add(arena, gate, ret_items, &count);
		}
	}
	return count;
}
