/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a file that nothing refers to: what is left between and behind all that something does refer to. */
#include "internal.h"

#include "wimplan/number.h"
#include "wimplan/tree.h"

#include <stdlib.h>

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
		extents.items[extents.count++] = index->solid[i];
	return extents;
}

void wp_wim_count_unreferenced(struct wp_wim_index *index, bool trees_known)
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
