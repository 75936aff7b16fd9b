/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where Windows keeps what is installed, and the list of it in order, of one image and of all. What names mean is in servicing_names.c. */
#include "wimplan/servicing.h"

#include "servicing.h"
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* The .inf files that Windows has copied as oemN.inf, by SHA-1: those of the drivers that somebody added. */
struct oem {
	uint8_t (*sha1)[WP_SHA1_SIZE];
	size_t count;
};

static struct wp_item *add_item(struct wp_gather *gather, enum wp_item_group group)
{
	struct wp_item *item = WP_PUSH(gather->arena, gather->items, gather->count);

	item->group = group;
	return item;
}

static void set_data(struct wp_item *item, const struct wp_node *node)
{
	item->has_data = !node->missing;
	item->size = node->size;
	memcpy(item->sha1, node->sha1, WP_SHA1_SIZE);
	item->elsewhere = wp_node_elsewhere(node);
}

/* A name, and the ending behind it. */
static bool ends_in(const char *name, const char *end)
{
	return strlen(name) > strlen(end) && wp_ascii_ends(name, end);
}

static void read_packages(struct wp_gather *gather, const struct wp_tree *tree, uint32_t windows)
{
	uint32_t folder = wp_tree_find(tree, windows, "servicing\\Packages");

	if (folder == WP_NO_NODE)
		return;
	for (uint32_t i = 0; i < tree->nodes[folder].child_count; i++) {
		const char *name = wp_tree_name(tree, tree->nodes[folder].first_child + i);
		struct wp_item item = { .group = WP_ITEM_GROUP_PACKAGE };

		if (!ends_in(name, ".mum"))
			continue;
		if (wp_name_package(gather->arena, name, strlen(name) - 4, &item))
			*add_item(gather, WP_ITEM_GROUP_PACKAGE) = item;
		else
			wp_gather_unknown(gather, name);
	}
}

static int compare_sha1(const void *a, const void *b)
{
	return memcmp(a, b, WP_SHA1_SIZE);
}

static bool is_oem(const char *name)
{
	size_t digits;

	if (!wp_ascii_begins(name, "oem"))
		return false;
	digits = strspn(name + 3, "0123456789");
	return digits && wp_ascii_same(name + 3 + digits, ".inf");
}

static struct oem read_oem(struct wp_arena *arena, const struct wp_tree *tree, uint32_t inf)
{
	struct oem oem = { 0 };

	for (uint32_t i = 0; inf != WP_NO_NODE && i < tree->nodes[inf].child_count; i++) {
		const struct wp_node *node = &tree->nodes[tree->nodes[inf].first_child + i];

		if (wp_node_is_folder(node) || !is_oem(tree->text + node->name))
			continue;
		memcpy(WP_PUSH(arena, oem.sha1, oem.count), node->sha1, WP_SHA1_SIZE);
	}
	WP_SORT(oem.sha1, oem.count, compare_sha1);
	return oem;
}

/* Windows copies each .inf that it installs to Windows\INF: as oemN.inf when it did not come with it. */
static enum wp_item_kind driver_kind(const struct wp_tree *tree, uint32_t inf, const struct oem *oem,
				     const struct wp_item *driver)
{
	uint32_t copy;

	if (!driver->has_data || inf == WP_NO_NODE)
		return WP_ITEM_KIND_ORIGIN_UNKNOWN;
	if (oem->count && bsearch(driver->sha1, oem->sha1, oem->count, sizeof *oem->sha1, compare_sha1))
		return WP_ITEM_KIND_ADDED;
	copy = wp_tree_child(tree, inf, driver->name, strlen(driver->name));
	if (copy != WP_NO_NODE && !memcmp(tree->nodes[copy].sha1, driver->sha1, WP_SHA1_SIZE))
		return WP_ITEM_KIND_INBOX;
	return WP_ITEM_KIND_ORIGIN_UNKNOWN;
}

static void read_drivers(struct wp_gather *gather, const struct wp_tree *tree, uint32_t windows)
{
	uint32_t folder = wp_tree_find(tree, windows, "System32\\DriverStore\\FileRepository");
	uint32_t inf = wp_tree_find(tree, windows, "INF");
	struct oem oem;

	if (folder == WP_NO_NODE)
		return;
	oem = read_oem(gather->arena, tree, inf);
	for (uint32_t i = 0; i < tree->nodes[folder].child_count; i++) {
		uint32_t node = tree->nodes[folder].first_child + i, own;
		const char *name = wp_tree_name(tree, node);
		struct wp_item item = { .group = WP_ITEM_GROUP_DRIVER };

		if (!wp_node_is_folder(&tree->nodes[node]))
			continue;
		if (!wp_name_driver(gather->arena, name, &item)) {
			wp_gather_unknown(gather, name);
			continue;
		}
		own = wp_tree_child(tree, node, item.name, strlen(item.name));
		if (own != WP_NO_NODE)
			set_data(&item, &tree->nodes[own]);
		item.kind = driver_kind(tree, inf, &oem, &item);
		*add_item(gather, WP_ITEM_GROUP_DRIVER) = item;
	}
}

static void read_apps(struct wp_gather *gather, const struct wp_tree *tree)
{
	uint32_t folder = wp_tree_find(tree, 0, "Program Files\\WindowsApps");

	if (folder == WP_NO_NODE)
		return;
	for (uint32_t i = 0; i < tree->nodes[folder].child_count; i++) {
		uint32_t node = tree->nodes[folder].first_child + i;
		struct wp_item item = { .group = WP_ITEM_GROUP_APP };

		if (!wp_node_is_folder(&tree->nodes[node]))
			continue;
		if (wp_name_app(gather->arena, wp_tree_name(tree, node), &item))
			*add_item(gather, WP_ITEM_GROUP_APP) = item;
		/* "Deleted", "Mutable" and the like are no apps. */
		else if (strchr(wp_tree_name(tree, node), '_'))
			wp_gather_unknown(gather, wp_tree_name(tree, node));
	}
}

static bool has_mui(const struct wp_tree *tree, uint32_t folder)
{
	for (uint32_t i = 0; i < tree->nodes[folder].child_count; i++)
		if (ends_in(wp_tree_name(tree, tree->nodes[folder].first_child + i), ".mui"))
			return true;
	return false;
}

/*
 * The folders below @windows and those below its System32, of which only what the first place does not have. Both
 * lists have the order of their names, so each is passed over once.
 */
static void read_languages(struct wp_gather *gather, const struct wp_tree *tree, uint32_t windows, const char *below)
{
	uint32_t folder = wp_tree_find(tree, windows, below);
	size_t at = gather->count, end = at;

	while (at > 0 && gather->items[at - 1].group == WP_ITEM_GROUP_LANGUAGE)
		at--;
	for (uint32_t i = 0; folder != WP_NO_NODE && i < tree->nodes[folder].child_count; i++) {
		uint32_t node = tree->nodes[folder].first_child + i;
		const char *name = wp_tree_name(tree, node);
		const struct wp_item *last = gather->count > end ? &gather->items[gather->count - 1] : NULL;

		if (!wp_name_is_language(name) || !has_mui(tree, node))
			continue;
		while (at < end && wp_text_compare_nocase(gather->items[at].name, name) < 0)
			at++;
		/* Two folders beside each other may be called the same but for case. */
		if ((at < end && wp_text_equal_nocase(gather->items[at].name, name)) ||
		    (last && wp_text_equal_nocase(last->name, name)))
			continue;
		add_item(gather, WP_ITEM_GROUP_LANGUAGE)->name = wp_arena_strdup(gather->arena, name);
	}
}

static void add_file(struct wp_gather *gather, enum wp_item_group group, const struct wp_tree *tree, uint32_t node)
{
	struct wp_buf path __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_item *item = add_item(gather, group);

	wp_tree_path(tree, node, &path);
	item->name = wp_arena_strdup(gather->arena, wp_buf_text(&path));
	set_data(item, &tree->nodes[node]);
}

static void add_file_at(struct wp_gather *gather, enum wp_item_group group, const struct wp_tree *tree,
			uint32_t windows, const char *path)
{
	uint32_t node = wp_tree_find(tree, windows, path);

	if (node != WP_NO_NODE && !wp_node_is_folder(&tree->nodes[node]))
		add_file(gather, group, tree, node);
}

/* NTFS takes no longer ones: a folder's name that is in the paths of all its files must not be of any length. */
#define LONGEST_NAME 255u

/* In Windows\Boot\EFI and its folders: those of the languages hold .mui files, which are none that start. */
static void read_boot_files(struct wp_gather *gather, const struct wp_tree *tree, uint32_t windows, const char *below)
{
	uint32_t folder = wp_tree_find(tree, windows, below);

	for (uint32_t i = 0; folder != WP_NO_NODE && i < tree->nodes[folder].child_count; i++) {
		uint32_t node = tree->nodes[folder].first_child + i;
		const struct wp_node *inner = &tree->nodes[node];

		if (!wp_node_is_folder(inner)) {
			if (ends_in(wp_tree_name(tree, node), ".efi"))
				add_file(gather, WP_ITEM_GROUP_BOOT_FILE, tree, node);
			continue;
		}
		if (wp_utf16_units(wp_tree_name(tree, node)) > LONGEST_NAME)
			continue;
		for (uint32_t k = inner->first_child; k < inner->first_child + inner->child_count; k++)
			if (!wp_node_is_folder(&tree->nodes[k]) && ends_in(wp_tree_name(tree, k), ".efi"))
				add_file(gather, WP_ITEM_GROUP_BOOT_FILE, tree, k);
	}
}

static int compare_texts(const char *a, const char *b)
{
	return wp_text_compare_nocase(a ? a : "", b ? b : "");
}

int wp_item_compare_key(const struct wp_item *a, const struct wp_item *b)
{
	int order = (int)a->group - (int)b->group;

	/* The names of servicing stacks have a number in them that is part of the version: ServicingStack_3000. */
	if (a->kind != WP_ITEM_KIND_SERVICING_STACK || b->kind != WP_ITEM_KIND_SERVICING_STACK)
		order = order ? order : compare_texts(a->name, b->name);
	order = order ? order : compare_texts(a->architecture, b->architecture);
	order = order ? order : compare_texts(a->language, b->language);
	/* A driver's and an app's publisher or hash is what may change; a package's token is part of who it is. */
	return order || a->group != WP_ITEM_GROUP_PACKAGE ? order : compare_texts(a->id, b->id);
}

static int compare_items(const void *a, const void *b)
{
	const struct wp_item *x = a, *y = b;
	int order = (int)x->group - (int)y->group;

	order = order ? order : (int)x->kind - (int)y->kind;
	order = order ? order : wp_item_compare_key(x, y);
	order = order ? order : wp_version_compare(x->version, y->version);
	return order ? order : compare_texts(x->id, y->id);
}

/* The parts of an update, which have become items of the same name and version, are one. */
static void join_parts(struct wp_gather *gather)
{
	size_t to = 0;

	for (size_t i = 0; i < gather->count; i++)
		if (!to || gather->items[i].kind != WP_ITEM_KIND_UPDATE ||
		    compare_items(&gather->items[to - 1], &gather->items[i]) != 0)
			gather->items[to++] = gather->items[i];
	gather->count = to;
}

static void mark_superseded(struct wp_servicing *servicing)
{
	for (size_t i = servicing->first[WP_ITEM_GROUP_PACKAGE]; i + 1 < servicing->first[WP_ITEM_GROUP_PACKAGE + 1]; i++) {
		struct wp_item *item = &servicing->items[i];

		item->superseded = !wp_item_compare_key(item, item + 1) && item->kind == item[1].kind;
	}
}

void wp_servicing_read(struct wp_arena *arena, const struct wp_tree *tree, struct wp_servicing *ret)
{
	struct wp_gather gather = { .arena = arena };
	const char *subject = wp_arena_printf(arena, "image %u", tree->image);
	uint32_t windows = wp_tree_find(tree, 0, "Windows");

	*ret = (struct wp_servicing){ .known = tree->node_count > 0 };
	ret->windows = windows != WP_NO_NODE && wp_node_is_folder(&tree->nodes[windows]);
	if (!ret->windows) {
		if (tree->node_count)
			wp_diag_add(arena, &ret->diags, WP_SEVERITY_INFO, "no-windows-tree", subject,
				    "there is no Windows folder, hence nothing to say of updates, drivers and apps");
		return;
	}
	read_packages(&gather, tree, windows);
	read_drivers(&gather, tree, windows);
	read_apps(&gather, tree);
	read_languages(&gather, tree, windows, "");
	read_languages(&gather, tree, windows, "System32");
	read_boot_files(&gather, tree, windows, "Boot\\EFI");
	read_boot_files(&gather, tree, windows, "Boot\\EFI_EX");
	add_file_at(&gather, WP_ITEM_GROUP_RECOVERY, tree, windows, "System32\\Recovery\\Winre.wim");
	add_file_at(&gather, WP_ITEM_GROUP_PENDING, tree, windows, "WinSxS\\pending.xml");
	WP_SORT(gather.items, gather.count, compare_items);
	join_parts(&gather);
	ret->items = gather.items;
	ret->count = gather.count;
	for (size_t i = 0, group = 0; group <= WP_ITEM_GROUPS; group++) {
		while (i < ret->count && ret->items[i].group < group)
			i++;
		ret->first[group] = i;
	}
	mark_superseded(ret);
	ret->not_understood = gather.unknown;
	if (gather.unknown)
		wp_diag_add(arena, &ret->diags, WP_SEVERITY_INFO, "name-not-understood", subject,
			    "%zu %s of packages, drivers or apps cannot be read, the first is %s", gather.unknown,
			    gather.unknown == 1 ? "name" : "names", gather.first_unknown);
}

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
		WP_WIM_DIAG(wim, diags->items[i].severity, diags->items[i].code,
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
	WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "tree-limit",
		    "image %u: what is installed is not shown: with it there would be more than %u items of one file",
		    image, WP_LIMIT_FILE_ITEMS);
	return (struct wp_servicing){ 0 };
}

size_t wp_wim_read_installed(struct wp_wim *wim, struct wp_wim_index *index, uint32_t only_image,
			     struct wp_servicing **ret_items)
{
	size_t count = wim->metadata ? wim->metadata->image_count : 0;
	struct result *results = wp_arena_alloc(wim->arena, index->image_count * sizeof *results);

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
		(*ret_items)[i] = give(wim, image, result, &index->taken.items);
	}
	wp_wim_settle(wim);
	return count;
}
