/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every part of the verdict uses. */
#include "judge.h"

#include <string.h>

void wp_judge_add(struct wp_judge *judge, struct wp_reason reason)
{
	*WP_PUSH(judge->scratch, judge->entry->reasons, judge->entry->reason_count) = reason;
}

const char *wp_judge_keep(struct wp_arena *arena, const char *text, const char *same)
{
	return text ? wp_arena_keep(arena, text, strlen(text), same) : NULL;
}

/* What was said of the same field of an image before, which mostly is the same, in the @count reasons so far. */
static const struct wp_reason *same_field(const struct wp_reason *reasons, size_t count, const char *field)
{
	static const struct wp_reason none;

	for (size_t back = 1; field && back <= count && back <= 2 * WP_SITE_FIELDS; back++)
		if (reasons[count - back].field && !strcmp(reasons[count - back].field, field))
			return &reasons[count - back];
	return &none;
}

void wp_judge_keep_reasons(struct wp_judge *judge)
{
	struct wp_entry *entry = judge->entry;
	struct wp_reason *kept = wp_arena_alloc(judge->arena, entry->reason_count * sizeof *kept);

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i], *before = same_field(kept, i, reason->field);

		kept[i] = *reason;
		kept[i].field = wp_judge_keep(judge->arena, reason->field, before->field);
		kept[i].recorded = wp_judge_keep(judge->arena, reason->recorded, before->recorded);
		kept[i].found = wp_judge_keep(judge->arena, reason->found, before->found);
	}
	entry->reasons = kept;
}

uint64_t wp_judge_priority(const struct wp_record *record)
{
	/* A site where nobody has set it gives 0 or nothing: normal. */
	return record->priority.known && record->priority.value ? record->priority.value : 2;
}

struct wp_site_images wp_judge_own_images(struct wp_arena *arena, const struct wp_observation *seen)
{
	const struct wp_wim_metadata *metadata = seen->wim->metadata;
	struct wp_site_images images = { .count = metadata->image_count };

	images.items = wp_arena_alloc(arena, images.count * sizeof *images.items);
	for (size_t i = 0; i < images.count; i++)
		wp_site_image_from_wim(arena, &metadata->images[i], &images.items[i]);
	return images;
}

enum wp_compared wp_judge_compare_utc(const char *a, const char *b)
{
	struct wp_time x = wp_time_parse(a), y = wp_time_parse(b);

	if (!x.known || !y.known)
		return WP_COMPARED_NOT;
	return llabs(x.ticks - y.ticks) < WP_TICKS_PER_SECOND ? WP_COMPARED_ALIKE : WP_COMPARED_DIFFERENT;
}
