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

static struct item *sort_bag(struct wp_arena *scratch, const struct wp_site_image *image, size_t *ret_count)
{
	struct item *items = wp_arena_alloc(scratch, image->property_count * sizeof *items);
	size_t count = 0;

	for (size_t i = 0; i < image->property_count; i++) {
		const struct wp_bag_property *property = &image->properties[i];

		if (!wp_compare_is_field(image, property))
			items[count++] = (struct item){ wp_text_fold(scratch, property->name), property };
	}
	if (count)
		qsort(items, count, sizeof *items, compare_items);
	*ret_count = count;
	return items;
}

size_t wp_bag_compare(struct wp_judge *judge, const struct wp_site_image *recorded, const struct wp_site_image *found)
{
	size_t a_count, b_count, differences = 0;
	const struct item *a = sort_bag(judge->scratch, recorded, &a_count), *a_end = a + a_count;
	const struct item *b = sort_bag(judge->scratch, found, &b_count), *b_end = b + b_count;

	while (a < a_end || b < b_end) {
		int order = a == a_end ? 1 : b == b_end ? -1 : strcmp(a->key, b->key);
		const struct wp_bag_property *old = order <= 0 ? (a++)->property : NULL;
		const struct wp_bag_property *new = order >= 0 ? (b++)->property : NULL;

		if (old && new && !strcmp(old->value, new->value))
			continue;
		wp_judge_add(judge, (struct wp_reason){
					    .code = "image-changed",
					    .action = WP_RELOAD,
					    .confidence = WP_PROVEN,
					    .image = found->index,
					    .field = (old ? old : new)->name,
					    .recorded = old ? old->value : NULL,
					    .found = new ? new->value : NULL,
				    });
		differences++;
	}
	return differences;
}
