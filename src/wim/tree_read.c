/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a metadata resource to a tree. wimlib's own iterator says nothing of the entries that it leaves out, and it
 * follows lists that contain each other until the memory ends; this reader passes over each byte once.
 */
#include "tree_read.h"
#include "resource.h"

#include "wimplan/blob.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* struct wim_dentry_on_disk (wimlib src/dentry.c). */
#define ENTRY_ATTRIBUTES 8
#define ENTRY_SECURITY 12
#define ENTRY_CHILDREN 16
#define ENTRY_CREATED 40
#define ENTRY_WRITTEN 56
#define ENTRY_LINKS 88 /* or the reparse tag */
/* The smallest entry, which has no name; real ones take half as much again. */
#define ENTRY_ROOM 104u

/* Security descriptors: total length, count, sizes, bytes. Sets where the root's entry begins. */
static int read_security(struct wp_tree_reader *reader, uint64_t *ret_root)
{
	struct wp_tree *tree = reader->tree;
	uint64_t total, at, count;

	if (reader->size < 8)
		return wp_tree_fail(tree, "tree-invalid", "its metadata has only %zu bytes", reader->size);
	total = ((uint64_t)wp_get32(reader->bytes) + 7) & ~UINT64_C(7);
	count = wp_get32(reader->bytes + 4);
	total = total ? total : 8;
	at = 8 + count * 8;
	if (total > reader->size || at > total)
		return wp_tree_fail(tree, "tree-invalid", "its security descriptors reach over the metadata's end");
	if (count > WP_LIMIT_TREE_DESCRIPTORS)
		return wp_tree_fail(tree, "tree-limit", "it has more than %u security descriptors",
				    WP_LIMIT_TREE_DESCRIPTORS);
	tree->security = wp_arena_alloc(tree->arena, count * sizeof *tree->security);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t size = wp_get64(reader->bytes + 8 + i * 8);

		if (size > total - at)
			return wp_tree_fail(tree, "tree-invalid",
					    "its security descriptors reach over the metadata's end");
		wp_sha1(reader->bytes + at, size, tree->security[i]);
		at += size;
	}
	tree->security_count = (uint32_t)count;
	*ret_root = total;
	return 0;
}

static struct wp_node *add_node(struct wp_tree_reader *reader)
{
	struct wp_tree *tree = reader->tree;
	uint32_t i = tree->node_count;

	tree->node_count++;
	tree->nodes[i] = (struct wp_node){
		.parent = WP_NO_NODE,
		.security = WP_NO_SECURITY,
		.links = WP_NO_LINKS,
	};
	reader->units[i] = 0;
	reader->ids[i] = 0;
	return &tree->nodes[i];
}

/* Whether the entry stays; one that goes is counted. */
static bool has_good_name(struct wp_tree_reader *reader, const struct wp_raw_entry *entry, uint32_t folder)
{
	const uint8_t *name = entry->name;
	size_t length = entry->name_length;

	if (!length) {
		wp_tree_odd(reader, WP_ODDITY_EMPTY, folder, NULL);
		return false;
	}
	if (wp_get16(name) == '.' && (length == 2 || (length == 4 && wp_get16(name + 2) == '.'))) {
		wp_tree_odd(reader, WP_ODDITY_DOTS, folder, length == 2 ? "." : "..");
		return false;
	}
	for (size_t i = 0; i < length; i += 2) {
		if (wp_get16(name + i))
			continue;
		wp_tree_odd(reader, WP_ODDITY_NUL, folder, NULL);
		return false;
	}
	return true;
}

/* Until a folder's list is read, @first_child is the list's place in the resource. */
static int take_entry(struct wp_tree_reader *reader, const struct wp_raw_entry *entry, uint32_t folder)
{
	struct wp_tree *tree = reader->tree;
	uint32_t i = tree->node_count;
	struct wp_node *node = add_node(reader);
	uint32_t security = wp_get32(entry->fixed + ENTRY_SECURITY);
	uint64_t children = wp_get64(entry->fixed + ENTRY_CHILDREN);
	bool repaired = false;

	node->parent = folder;
	node->attributes = wp_get32(entry->fixed + ENTRY_ATTRIBUTES);
	node->created = wp_get64(entry->fixed + ENTRY_CREATED);
	node->written = wp_get64(entry->fixed + ENTRY_WRITTEN);
	if (security < tree->security_count)
		node->security = security;
	if (node->attributes & WP_ATTRIBUTE_REPARSE_POINT)
		node->reparse_tag = wp_get32(entry->fixed + ENTRY_LINKS);
	else if (!wp_node_is_folder(node))
		reader->ids[i] = wp_get64(entry->fixed + ENTRY_LINKS);
	node->name = wp_tree_add_text(reader, entry->name, folder == WP_NO_NODE ? 0 : entry->name_length, &repaired);
	if (folder != WP_NO_NODE) {
		reader->units[i] = reader->units[folder] + 1 + (uint32_t)entry->name_length / 2;
		if (reader->units[i] > WP_LIMIT_PATH_UNITS)
			return wp_tree_path_too_long(tree);
	}
	if (wp_tree_take_streams(reader, entry, node, reader->units[i]))
		return WP_E_FAILED;
	if (repaired)
		wp_tree_odd(reader, WP_ODDITY_NOT_UTF16, folder, wp_tree_name(tree, i));
	if (strpbrk(wp_tree_name(tree, i), "\\/"))
		wp_tree_odd(reader, WP_ODDITY_SEPARATOR, folder, wp_tree_name(tree, i));
	if (node->missing)
		wp_tree_odd(reader, WP_ODDITY_MISSING, folder, wp_tree_name(tree, i));
	if (children > reader->size)
		return wp_tree_fail(tree, "tree-invalid", "the list of a folder begins behind the metadata's end");
	/*
	 * The security data and the entries behind it are multiples of 8 bytes long, whatever their lengths say (read_wim_security_data()
	 * and read_dentry() of wimlib): lists that follow each other begin nowhere else.
	 */
	if (wp_node_is_folder(node) && children % 8)
		return wp_tree_fail(tree, "tree-invalid", "the list of a folder begins at byte %ju of the metadata, where none can",
				    (uintmax_t)children);
	if (wp_node_is_folder(node))
		node->first_child = (uint32_t)children;
	else if (children)
		wp_tree_odd(reader, WP_ODDITY_CHILDREN, folder, wp_tree_name(tree, i));
	return 0;
}

/* Equal names by the order in which they were read, which is that of their text. */
static int compare_nodes(const void *a, const void *b, void *context)
{
	const struct wp_tree *tree = context;
	const struct wp_node *x = a, *y = b;
	int order = wp_text_compare_nocase(tree->text + x->name, tree->text + y->name);

	if (!order)
		order = strcmp(tree->text + x->name, tree->text + y->name);
	return order ? order : (x->name > y->name) - (x->name < y->name);
}

/* What sorting moves besides the node. */
struct moved {
	struct wp_node node; /* first: compare_nodes() sees it */
	uint32_t units;
	uint64_t id;
};

static void sort_children(struct wp_tree_reader *reader, uint32_t first, uint32_t count)
{
	struct wp_tree *tree = reader->tree;
	struct moved *items;
	uint32_t i = 1;

	while (i < count && compare_nodes(&tree->nodes[first + i - 1], &tree->nodes[first + i], tree) < 0)
		i++;
	/* Whoever writes a WIM writes folders in this order, or nearly: wimlib and Windows do. */
	if (i >= count)
		return;
	items = wp_must(reallocarray(NULL, count, sizeof *items));
	for (i = 0; i < count; i++)
		items[i] = (struct moved){ tree->nodes[first + i], reader->units[first + i], reader->ids[first + i] };
	qsort_r(items, count, sizeof *items, compare_nodes, tree);
	for (i = 0; i < count; i++) {
		tree->nodes[first + i] = items[i].node;
		reader->units[first + i] = items[i].units;
		reader->ids[first + i] = items[i].id;
	}
	free(items);
}

/* Of entries with exactly the same name the first one stays, as in wimlib. */
static void drop_duplicates(struct wp_tree_reader *reader, uint32_t folder, uint32_t first)
{
	struct wp_tree *tree = reader->tree;
	uint32_t to = first;

	for (uint32_t i = first; i < tree->node_count; i++) {
		if (to > first && !strcmp(wp_tree_name(tree, to - 1), wp_tree_name(tree, i))) {
			wp_tree_odd(reader, WP_ODDITY_DUPLICATE, folder, wp_tree_name(tree, i));
			continue;
		}
		if (to != i) {
			tree->nodes[to] = tree->nodes[i];
			reader->units[to] = reader->units[i];
			reader->ids[to] = reader->ids[i];
		}
		to++;
	}
	tree->node_count = to;
}

static int read_folder(struct wp_tree_reader *reader, uint32_t folder)
{
	struct wp_tree *tree = reader->tree;
	uint64_t begin = tree->nodes[folder].first_child, at = begin;
	uint32_t first = tree->node_count;
	struct wp_raw_entry entry;
	int more;

	tree->nodes[folder].first_child = first;
	while ((more = wp_tree_raw_entry(reader, &at, &entry)) > 0) {
		if (has_good_name(reader, &entry, folder) && take_entry(reader, &entry, folder))
			return WP_E_FAILED;
	}
	if (more < 0)
		return WP_E_FAILED;
	wp_claims_give_back(&reader->claims, begin, at);
	sort_children(reader, first, tree->node_count - first);
	drop_duplicates(reader, folder, first);
	tree->nodes[folder].child_count = tree->node_count - first;
	return 0;
}

static int read_nodes(struct wp_tree_reader *reader)
{
	struct wp_tree *tree = reader->tree;
	struct wp_raw_entry entry;
	uint64_t at = 0;
	bool repaired;
	int more;

	if (read_security(reader, &at))
		return WP_E_FAILED;
	more = wp_tree_raw_entry(reader, &at, &entry);
	if (more < 0 || (more && take_entry(reader, &entry, WP_NO_NODE)))
		return WP_E_FAILED;
	if (!more) {
		/* An image without any entry: an empty root. */
		add_node(reader)->attributes = WP_ATTRIBUTE_FOLDER;
		tree->nodes[0].name = wp_tree_add_text(reader, NULL, 0, &repaired);
	}
	if (!wp_node_is_folder(&tree->nodes[0]))
		return wp_tree_fail(tree, "tree-invalid", "its root is no folder");
	for (uint32_t i = 0; i < tree->node_count; i++)
		if (wp_node_is_folder(&tree->nodes[i]) && tree->nodes[i].first_child && read_folder(reader, i))
			return WP_E_FAILED;
	wp_tree_number_links(reader);
	tree->missing = reader->odd[WP_ODDITY_MISSING].count;
	wp_tree_tell_odd(reader);
	return 0;
}

/*
 * Room for all nodes that there can be: each entry is read once and takes ENTRY_ROOM bytes or more. What is not used is
 * never touched, so it is no memory; arrays that grow would be copied again and again.
 */
static void make_room(struct wp_tree_reader *reader)
{
	size_t most = reader->size / ENTRY_ROOM + 1;

	most = most < reader->limits.nodes ? most : (size_t)reader->limits.nodes;
	reader->tree->nodes = wp_must(reallocarray(NULL, most, sizeof *reader->tree->nodes));
	reader->units = wp_must(reallocarray(NULL, most, sizeof *reader->units));
	reader->ids = wp_must(reallocarray(NULL, most, sizeof *reader->ids));
	/* Names take two bytes of each unit there and mostly one here; text that is longer grows. */
	reader->text_capacity = reader->size / 2 + 1;
	reader->tree->text = wp_must(malloc(reader->text_capacity));
}

int wp_tree_parse(struct wp_tree *tree, const struct wp_wim_index *index, uint8_t *bytes, size_t size,
		  struct wp_tree_limits limits)
{
	struct wp_tree_reader reader = {
		.index = index, .tree = tree, .bytes = bytes, .size = size, .limits = limits
	};
	int result;

	wp_claims_begin(&reader.claims, bytes, size);
	make_room(&reader);
	result = read_nodes(&reader);
	wp_claims_free(&reader.claims);
	free(reader.units);
	free(reader.ids);
	return result;
}

/* A tree is one of many in its file: what is left of what all of them together may take, and of what one tree may. */
static uint64_t rest(uint64_t of_file, uint64_t taken, uint64_t of_tree)
{
	uint64_t left = taken < of_file ? of_file - taken : 0;

	return left < of_tree ? left : of_tree;
}

/* Counts the bytes before they are read: what is damaged behind them has cost them as well. */
static int take_bytes(struct wp_tree *tree, struct wp_wim_index *index, uint64_t size)
{
	/* A WIM in another one may be compressed twice: what counts is the file. */
	bool twice = index->wim->read && index->wim->file_size < index->wim->size;
	uint64_t file = twice ? index->wim->file_size : index->wim->size;
	uint64_t most = file < WP_LIMIT_FILE_TREE_BYTES / WP_LIMIT_TREE_GROWTH ? file * WP_LIMIT_TREE_GROWTH
										: WP_LIMIT_FILE_TREE_BYTES;

	if (size > WP_LIMIT_TREE_BYTES)
		return wp_tree_fail(tree, "tree-limit", "its metadata has more than %u MiB", WP_LIMIT_TREE_BYTES >> 20);
	if (size > rest(most, index->taken.bytes, size))
		return wp_tree_fail(tree, "tree-limit",
				    "the metadata of the file's images together has more than %ju bytes, which is all "
				    "that is read of a file of its size",
				    (uintmax_t)most);
	index->taken.bytes += size;
	return 0;
}

static int read_tree(struct wp_tree *tree, struct wp_wim_index *index, struct wp_metadata_resource *resource)
{
	struct wp_tree_limits limits = {
		.nodes = rest(WP_LIMIT_FILE_NODES, index->taken.nodes, WP_LIMIT_TREE_NODES),
		.text = rest(WP_LIMIT_FILE_TEXT, index->taken.text, WP_LIMIT_TREE_TEXT),
	};
	uint8_t *bytes = NULL;
	const char *why;
	int result;

	if (take_bytes(tree, index, resource->size))
		return WP_E_FAILED;
	why = wp_resource_read(index, resource, &bytes);
	resource->may_pass = why && wp_blob_may_pass(why);
	if (why)
		return wp_tree_fail(tree, "tree-unreadable", "its metadata resource cannot be used: %s", why);
	result = wp_tree_parse(tree, index, bytes, resource->size, limits);
	free(bytes);
	index->taken.nodes += (uint64_t)tree->node_count + tree->stream_count;
	index->taken.text += tree->text_length;
	return result;
}

/* What the nodes and names do not need. */
static void give_back(struct wp_tree *tree)
{
	tree->nodes = wp_must(reallocarray(tree->nodes, tree->node_count, sizeof *tree->nodes));
	tree->text = wp_must(realloc((char *)tree->text, tree->text_length));
}

struct wp_tree *wp_tree_read(struct wp_wim_index *index, uint32_t image)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_tree *tree = wp_arena_alloc(arena, sizeof *tree);
	struct wp_metadata_resource *resource;

	tree->arena = arena;
	tree->image = image;
	if (image < 1 || image > index->image_count) {
		wp_tree_fail(tree, "tree-missing", "the file holds no metadata of it");
		return tree;
	}
	resource = &index->images[image - 1];
	resource->tried = true;
	if (read_tree(tree, index, resource)) {
		tree->node_count = 0;
		return tree;
	}
	resource->missing = (struct wp_number){ true, tree->missing };
	give_back(tree);
	if (index->seen)
		index->seen(index->seen_context, tree);
	return tree;
}
