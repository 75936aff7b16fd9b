/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The paths, and what stands at them in a tree. */
#include "places.h"

#include "wimplan/text.h"

#include <string.h>

static const struct wp_boot_place places[] = {
	{ "Windows\\Boot\\EFI\\bootmgfw.efi", WP_BOOT_MANAGER, true },
	{ "Windows\\Boot\\EFI_EX\\bootmgfw_EX.efi", WP_BOOT_MANAGER_EX, true },
	{ "Windows\\Boot\\EFI\\bootmgr.efi", WP_BOOT_MEDIA_MANAGER, true },
	{ "Windows\\Boot\\EFI_EX\\bootmgr_EX.efi", WP_BOOT_MEDIA_MANAGER_EX, true },
	{ "Windows\\Boot\\PXE\\wdsmgfw.efi", WP_BOOT_NETWORK, true },
	{ "Windows\\Boot\\PXE_EX\\wdsmgfw_EX.efi", WP_BOOT_NETWORK_EX, true },
	{ "Windows\\Boot\\EFI\\memtest.efi", WP_BOOT_MEMORY_TEST, true },
	{ "Windows\\Boot\\EFI\\boot.stl", WP_BOOT_REVOKED, false },
	/* A folder for each language, of which an image mostly has its own alone. */
	{ "Windows\\Boot\\DVD\\EFI\\*\\efisys.bin", WP_BOOT_DISC, false },
	{ "Windows\\Boot\\DVD\\EFI\\*\\efisys_noprompt.bin", WP_BOOT_DISC, false },
	{ "Windows\\Boot\\DVD_EX\\EFI\\*\\efisys_EX.bin", WP_BOOT_DISC_EX, false },
	{ "Windows\\Boot\\DVD_EX\\EFI\\*\\efisys_noprompt_EX.bin", WP_BOOT_DISC_EX, false },
	{ "Windows\\System32\\winload.efi", WP_BOOT_LOADER, true },
	{ "Windows\\System32\\Boot\\winload.efi", WP_BOOT_LOADER, true },
	{ "Windows\\System32\\winresume.efi", WP_BOOT_RESUME, true },
	{ "Windows\\System32\\Boot\\winresume.efi", WP_BOOT_RESUME, true },
	{ "EFI\\Boot\\bootx64.efi", WP_BOOT_MEDIA_START, true },
	{ "EFI\\Boot\\bootia32.efi", WP_BOOT_MEDIA_START, true },
	{ "EFI\\Boot\\bootaa64.efi", WP_BOOT_MEDIA_START, true },
	{ "EFI\\Boot\\bootarm.efi", WP_BOOT_MEDIA_START, true },
};

const struct wp_boot_place *wp_boot_places(size_t *ret_count)
{
	*ret_count = sizeof places / sizeof *places;
	return places;
}

/* The children with that name: a file system that tells letters by their case may have several. They stand side by side. */
static void find_alike(const struct wp_tree *tree, const struct wp_node *folder, uint32_t one, uint32_t *ret_from, uint32_t *ret_to)
{
	const char *name = wp_tree_name(tree, one);

	*ret_from = one;
	*ret_to = one + 1;
	while (*ret_from > folder->first_child && wp_text_equal_nocase(wp_tree_name(tree, *ret_from - 1), name))
		--*ret_from;
	while (*ret_to < folder->first_child + folder->child_count && wp_text_equal_nocase(wp_tree_name(tree, *ret_to), name))
		++*ret_to;
}

/* Adds what stands at @path below @node, which is the whole of it where @path is empty. No deeper than a place has components. */
static void find_below(const struct wp_tree *tree, uint32_t node, const char *path, struct wp_boot_found *ret)
{
	const struct wp_node *here = &tree->nodes[node];
	size_t length = strcspn(path, "\\");
	const char *rest = path + length + (path[length] == '\\');
	uint32_t from, to, one;

	if (!*path) {
		ret->more = !wp_node_is_folder(here) && ret->count == WP_LIMIT_BOOT_AT_PLACE;
		if (!wp_node_is_folder(here) && !ret->more)
			ret->nodes[ret->count++] = node;
		return;
	}
	if (*path == '*') {
		from = here->first_child;
		to = from + here->child_count;
	} else {
		one = wp_tree_child(tree, node, path, length);
		if (one == WP_NO_NODE)
			return;
		find_alike(tree, here, one, &from, &to);
	}
	for (uint32_t i = from; i < to && !ret->more; i++)
		find_below(tree, i, rest, ret);
}

void wp_boot_place_find(const struct wp_boot_place *place, const struct wp_tree *tree, struct wp_boot_found *ret)
{
	*ret = (struct wp_boot_found){ .count = 0 };
	if (tree->node_count)
		find_below(tree, 0, place->path, ret);
}
