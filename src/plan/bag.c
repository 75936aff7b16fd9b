/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares what two property bags hold besides the known fields. */
#include "bag.h"
#include "compare.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

struct item {
	const char *key; /* the folded name */
	const struct wp_bag_property *property;
};

/* By name; properties of one name stay in document order, in which they lie in one array. */
static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->property > y->property) - (x->property < y->property);
}

static struct item *sort_bag(struct wp_arena *scratch, const struct wp_site_image *image)
{
	struct item *items = wp_arena_alloc(scratch, image->property_count * sizeof *items);

	for (size_t i = 0; i < image->property_count; i++)
		items[i] = (struct item){
			.key = wp_text_fold(scratch, image->properties[i].name),
			.property = &image->properties[i],
		};
	if (image->property_count)
		qsort(items, image->property_count, sizeof *items, compare_items);
	return items;
}

size_t wp_bag_compare(struct wp_judge *judge, const struct wp_site_image *recorded, const struct wp_site_image *found)
{
	const struct item *a = sort_bag(judge->scratch, recorded), *b = sort_bag(judge->scratch, found);
	const struct item *a_end = a + recorded->property_count, *b_end = b + found->property_count;
	size_t differences = 0;

	while (a < a_end || b < b_end) {
		int order = a == a_end ? 1 : b == b_end ? -1 : strcmp(a->key, b->key);
		const struct wp_bag_property *old = order <= 0 ? (a++)->property : NULL;
		const struct wp_bag_property *new = order >= 0 ? (b++)->property : NULL;
		const char *before = old ? old->value : NULL, *after = new ? new->value : NULL;

		if ((old && new && !strcmp(before, after)) || wp_compare_is_field(recorded, found, before, after))
			continue;
		wp_judge_add(judge, (struct wp_reason){
					    .code = "image-changed",
					    .action = WP_RELOAD,
					    .confidence = WP_PROVEN,
					    .image = found->index,
					    .field = (old ? old : new)->name,
					    .recorded = before,
					    .found = after,
				    });
		differences++;
	}
	return differences;
}
