/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file that can be read is one that a site can use, and what of it stands elsewhere or for nothing. */
#include "internal.h"

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
		.metadata_only = header->flags & WP_WIM_FLAG_METADATA_ONLY,
		.resource_only = header->flags & WP_WIM_FLAG_RESOURCE_ONLY,
		.pipable = header->pipable,
		.solid = wp_wim_is_solid(header),
	};
}

/* Reads the tree of each metadata resource that was not read yet; what is odd about it goes to @wim, if there is one. */
static void read_rest(struct wp_wim *wim, struct wp_wim_index *index)
{
	for (uint32_t image = 1; image <= index->image_count; image++) {
		struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = NULL;

		if (index->images[image - 1].tried || index->images[image - 1].same_as != image)
			continue;
		tree = wp_tree_read(index, image);
		if (wim)
			wp_wim_tell(wim, image, &tree->diags);
	}
}

void wp_wim_index_count_missing(struct wp_wim_index *index)
{
	struct wp_number sum = { .known = index->image_count > 0 };

	read_rest(NULL, index);
	for (size_t i = 0; i < index->image_count; i++) {
		const struct wp_metadata_resource *resource = &index->images[i];

		if (resource->same_as != i + 1)
			continue;
		sum.known &= resource->missing.known;
		sum.value = wp_sum(sum.value, resource->missing.value);
	}
	/* What one image lacks is lacking, whatever is wrong with another one. */
	sum.known |= sum.value > 0;
	index->content.missing = sum;
}

/* Whether each entry of each tree is known: one that was left out may have data. */
static bool trees_are_whole(const struct wp_wim *wim, const struct wp_wim_index *index)
{
	static const char *const left_out[] = { "tree-name-dots", "tree-name-empty", "tree-name-nul",
						"tree-children-of-file" };
	bool whole = index->image_count > 0;

	for (size_t i = 0; i < index->image_count; i++)
		whole &= index->images[index->images[i].same_as - 1].missing.known;
	for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
		whole &= !wp_diags_have(&wim->diags, left_out[i]);
	return whole;
}

void wp_wim_index_look_deeper(struct wp_wim *wim, struct wp_wim_index *index)
{
	read_rest(wim, index);
	wp_wim_index_count_missing(index);
	wp_wim_count_unreferenced(index, trees_are_whole(wim, index));
	wp_wim_settle(wim);
}
