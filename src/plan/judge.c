/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every part of the verdict uses. */
#include "judge.h"

void wp_judge_add(struct wp_judge *judge, struct wp_reason reason)
{
	struct wp_entry *entry = judge->entry;

	reason.field = wp_arena_strdup(judge->arena, reason.field);
	reason.recorded = wp_arena_strdup(judge->arena, reason.recorded);
	reason.found = wp_arena_strdup(judge->arena, reason.found);
	*WP_PUSH(judge->arena, entry->reasons, entry->reason_count) = reason;
}

uint64_t wp_judge_priority(const struct wp_record *record)
{
	/* A site where nobody has set it gives 0 or nothing: normal. */
	return record->priority.known && record->priority.value ? record->priority.value : 2;
}
