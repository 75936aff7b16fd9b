/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file that can be read is one that a site can use, and what of it stands elsewhere or for nothing. */
#include "internal.h"

#include "wimplan/number.h"
#include "wimplan/tree.h"

#include <stdlib.h>

/* The bytes of a file that nothing refers to: what is left between and behind all that something does refer to. */
struct extents {
	struct wp_extent *items;
	size_t count;
};

static void add(struct extents *extents, uint64_t offset, uint64_t length)
{
	extents->items[extents->count++] = (struct wp_extent){ offset, wp_sum(offset, length) };
}

static int compare(const void *a, const void *b)
{
	const struct wp_extent *x = a, *y = b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Everything that header and blob table refer to; of the blobs those that an image has, or all where that is not known. */
static struct extents collect(const struct wp_wim_index *index, bool trees_known)
{
	const struct wp_wim_header *header = &index->wim->header;
	size_t room = 5 + index->image_count + index->blob_count + index->solid_count;
	struct extents extents = { .items = wp_must(reallocarray(NULL, room, sizeof *extents.items)) };

	add(&extents, 0, WP_WIM_HEADER_SIZE);
	add(&extents, header->blob_table.offset, header->blob_table.stored_size);
	add(&extents, header->xml.offset, header->xml.stored_size);
	add(&extents, header->integrity.offset, header->integrity.stored_size);
	add(&extents, header->boot_metadata.offset, header->boot_metadata.stored_size);
	for (size_t i = 0; i < index->image_count; i++)
		add(&extents, index->images[i].offset, index->images[i].stored);
	for (size_t i = 0; i < index->blob_count; i++)
		if (!index->blobs[i].solid && (index->blobs[i].used || !trees_known))
			add(&extents, index->blobs[i].offset, index->blobs[i].stored);
	for (size_t i = 0; i < index->solid_count; i++)
		extents.items[extents.count++] = index->solid[i].place;
	return extents;
}

/* Fills content.unreferenced and .trailing; @trees_known: a blob that no tree has used is one that no image has. */
static void count_unreferenced(struct wp_wim_index *index, bool trees_known)
{
	const struct wp_wim *wim = index->wim;
	struct extents extents;
	uint64_t free_bytes = 0, end = 0;

	/* Resources of a pipable file have headers of their own between them, and of a split one only a part is here. */
	if (wim->header.pipable || wim->header.parts != 1)
		return;
	extents = collect(index, trees_known);
	qsort(extents.items, extents.count, sizeof *extents.items, compare);
	for (size_t i = 0; i < extents.count; i++) {
		const struct wp_extent *extent = &extents.items[i];

		if (extent->begin > end && end < wim->size)
			free_bytes += (extent->begin < wim->size ? extent->begin : wim->size) - end;
		if (extent->end > end)
			end = extent->end;
	}
	free(extents.items);
	end = end < wim->size ? end : wim->size;
	index->content.trailing = (struct wp_number){ true, wim->size - end };
	index->content.unreferenced = (struct wp_number){ true, free_bytes + wim->size - end };
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
	count_unreferenced(index, trees_are_whole(wim, index));
	wp_wim_settle(wim);
}
