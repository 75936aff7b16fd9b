/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file that can be read is one that a site can use: what of it stands elsewhere, and which tools read it. */
#include "wim.h"

#include "wimplan/number.h"
#include "wimplan/tree.h"

bool wp_wim_is_solid(const struct wp_wim_header *header)
{
	return header->version == WP_WIM_VERSION_SOLID;
}

bool wp_wim_has_integrity_table(const struct wp_wim_header *header)
{
	/* wimlib src/integrity.c: a table is there when its offset is not 0. */
	return header->integrity.offset != 0;
}

void wp_wim_fitness(const struct wp_wim_header *header, const struct wp_wim_content *content,
		    struct wp_wim_fitness *ret)
{
	*ret = (struct wp_wim_fitness){
		.delta = content && content->missing.value > 0,
		.metadata_only = header->flags & WP_WIM_METADATA_ONLY,
		.resource_only = header->flags & WP_WIM_RESOURCE_ONLY,
		.pipable = header->pipable,
		.solid = wp_wim_is_solid(header),
	};
}

/* Reads the tree of @image only to learn what it lacks. */
static void count_in_tree(struct wp_wim_index *index, uint32_t image)
{
	struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = wp_tree_read(index, image);

	(void)tree;
}

void wp_wim_index_count_missing(struct wp_wim_index *index)
{
	struct wp_number sum = { .known = index->image_count > 0 };

	for (uint32_t image = 1; image <= index->image_count; image++) {
		const struct wp_metadata_resource *resource = &index->images[image - 1];

		if (resource->same_as != image)
			continue;
		if (!resource->missing.known)
			count_in_tree(index, image);
		sum.known &= resource->missing.known;
		sum.value = wp_sum(sum.value, resource->missing.value);
	}
	/* What one image lacks is lacking, whatever is wrong with another one. */
	sum.known |= sum.value > 0;
	index->content.missing = sum;
}
