/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups reasons by what they say. A WIM of thousands of images gives thousands of reasons, so they are sorted. */
#include "reason_groups.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* 0 for two that say the same, each of its image; what is about no image stands for itself. */
static int compare_words(const struct wp_reason *x, const struct wp_reason *y)
{
	int order = strcmp(x->code, y->code);

	order = order ? order : compare_texts(x->field, y->field);
	order = order ? order : compare_texts(x->recorded, y->recorded);
	order = order ? order : compare_texts(x->found, y->found);
	order = order ? order : (int)x->action - (int)y->action;
	order = order ? order : (int)x->confidence - (int)y->confidence;
	if (!order && (!x->image || !y->image))
		order = (x > y) - (x < y);
	return order;
}

/* Reasons of one entry lie in one array, by image. */
static int compare_reasons(const void *a, const void *b)
{
	const struct wp_reason *x = *(const struct wp_reason *const *)a, *y = *(const struct wp_reason *const *)b;
	int order = compare_words(x, y);

	return order ? order : (x > y) - (x < y);
}

static int compare_groups(const void *a, const void *b)
{
	const struct wp_reason *x = ((const struct wp_reason_group *)a)->reason,
			       *y = ((const struct wp_reason_group *)b)->reason;

	return (x > y) - (x < y);
}

static const char *images_of(struct wp_arena *arena, const struct wp_reason *const *reasons, size_t count)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count;) {
		uint32_t first = reasons[i]->image, last = first;

		for (i++; i < count && reasons[i]->image == last + 1; i++)
			last++;
		wp_buf_printf(&text, "%s%" PRIu32, text.length ? ", " : "", first);
		if (last > first)
			wp_buf_printf(&text, "–%" PRIu32, last);
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

size_t wp_reason_groups(struct wp_arena *arena, const struct wp_entry *entry, struct wp_reason_group **ret_groups)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_reason **sorted = wp_arena_alloc(scratch, entry->reason_count * sizeof *sorted);
	struct wp_reason_group *groups = wp_arena_alloc(arena, entry->reason_count * sizeof *groups);
	size_t count = 0, end;

	for (size_t i = 0; i < entry->reason_count; i++)
		sorted[i] = &entry->reasons[i];
	if (entry->reason_count)
		qsort(sorted, entry->reason_count, sizeof *sorted, compare_reasons);
	for (size_t i = 0; i < entry->reason_count; i = end) {
		for (end = i + 1; end < entry->reason_count && !compare_words(sorted[i], sorted[end]); end++)
			;
		groups[count] = (struct wp_reason_group){ .reason = sorted[i] };
		if (sorted[i]->image) {
			groups[count].images = images_of(arena, &sorted[i], end - i);
			groups[count].count = end - i;
		}
		count++;
	}
	if (count)
		qsort(groups, count, sizeof *groups, compare_groups);
	*ret_groups = groups;
	return count;
}

const char *wp_reason_about(struct wp_arena *arena, const struct wp_reason_group *group,
			    const struct wp_reason_words *words)
{
	return group->count > 1 ? wp_arena_printf(arena, "images %s", group->images) : words->about;
}
