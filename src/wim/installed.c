/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed in the images of a file: index, trees one after the other, contents. */
#include "wim.h"

#include "wimplan/servicing.h"

#include <string.h>

static void take_diags(struct wp_wim *wim, const struct wp_diags *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];

		wp_diag_add(wim->arena, &wim->diags, diag->severity, diag->code, NULL, "%s: %s", diag->subject,
			    diag->summary);
	}
}

size_t wp_wim_read_installed(struct wp_wim *wim, uint32_t only_image, struct wp_wim_content *ret_content,
			     struct wp_servicing **ret_items)
{
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);
	size_t count = index && wim->metadata ? wim->metadata->image_count : 0;

	*ret_items = wp_arena_alloc(wim->arena, count * sizeof **ret_items);
	if (index)
		*ret_content = index->content;
	for (size_t i = 0; i < count; i++) {
		uint32_t image = wim->metadata->images[i].index;
		struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = NULL;

		if (only_image && image != only_image)
			continue;
		tree = wp_tree_read(index, image);
		take_diags(wim, &tree->diags);
		wp_servicing_read(wim->arena, tree, &(*ret_items)[i]);
		take_diags(wim, &(*ret_items)[i].diags);
	}
	wp_wim_settle(wim);
	return count;
}
