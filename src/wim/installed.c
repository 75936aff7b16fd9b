/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed in the images of a file, from their trees one after the other. */
#include "internal.h"

#include "wimplan/limits.h"
#include "wimplan/servicing.h"

/* What the tree of one metadata resource gave, for all images that name it. */
struct result {
	bool read;
	struct wp_servicing servicing;
	struct wp_diags diags; /* of the tree and of the servicing */
};

static void copy_diags(struct wp_wim *wim, const struct wp_diags *from, struct wp_diags *to)
{
	for (size_t i = 0; i < from->count; i++)
		wp_diag_add(wim->arena, to, from->items[i].severity, from->items[i].code, NULL, "%s",
			    from->items[i].summary);
}

static void read_result(struct wp_wim *wim, struct wp_wim_index *index, uint32_t image, struct result *result)
{
	struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = wp_tree_read(index, image);

	result->read = true;
	copy_diags(wim, &tree->diags, &result->diags);
	wp_servicing_read(wim->arena, tree, &result->servicing);
	copy_diags(wim, &result->servicing.diags, &result->diags);
}

void wp_wim_tell(struct wp_wim *wim, uint32_t image, const struct wp_diags *diags)
{
	for (size_t i = 0; i < diags->count; i++)
		wp_diag_add(wim->arena, &wim->diags, diags->items[i].severity, diags->items[i].code, NULL,
			    "image %u: %s", image, diags->items[i].summary);
}

/* What one image shows; *@count is what those before it have shown. */
static struct wp_servicing give(struct wp_wim *wim, uint32_t image, const struct result *result, uint64_t *count)
{
	wp_wim_tell(wim, image, &result->diags);
	*count += result->servicing.count;
	if (*count <= WP_LIMIT_FILE_ITEMS)
		return result->servicing;
	*count = WP_LIMIT_FILE_ITEMS;
	wp_diag_add(wim->arena, &wim->diags, WP_SEVERITY_ERROR, "tree-limit", NULL,
		    "image %u: what is installed is not shown: with it there would be more than %u items of one file",
		    image, WP_LIMIT_FILE_ITEMS);
	return (struct wp_servicing){ 0 };
}

size_t wp_wim_read_installed(struct wp_wim *wim, struct wp_wim_index *index, uint32_t only_image,
			     struct wp_servicing **ret_items)
{
	size_t count = wim->metadata ? wim->metadata->image_count : 0;
	struct result *results = wp_arena_alloc(wim->arena, index->image_count * sizeof *results);
	uint64_t items = 0;

	*ret_items = wp_arena_alloc(wim->arena, count * sizeof **ret_items);
	for (size_t i = 0; i < count; i++) {
		uint32_t image = wim->metadata->images[i].index;
		struct result none = { 0 }, *result = &none;

		if (only_image && image != only_image)
			continue;
		if (image >= 1 && image <= index->image_count)
			result = &results[index->images[image - 1].same_as - 1];
		if (!result->read)
			read_result(wim, index, image, result);
		(*ret_items)[i] = give(wim, image, result, &items);
	}
	wp_wim_settle(wim);
	return count;
}
