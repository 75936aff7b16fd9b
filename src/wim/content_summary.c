/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summaries of contents: made of trees, kept as bytes, and opened again. */
#include "wimplan/hash.h"
#include "wimplan/limits.h"
#include "wimplan/summary.h"
#include "wimplan/text.h"

#include <string.h>

/*
 * The bytes: this line; the number of items as 4 bytes; of each its group and kind as a byte each, then name,
 * architecture, language, version, id, KB and SHA-1 in hex, each with a NUL behind it ("" for none); the number of
 * blobs as 4 bytes, and of each the first 4 bytes of its SHA-1 and its size as 8. Behind them stand, since the third version,
 * the number of images as 4 bytes, and of each the number of its tree, from 0 on, as a byte; the number of trees as 4, and of
 * each whether it has a Windows folder as a byte and, as 4 bytes each, how many names were not understood and how many packages
 * are no items; and of each item 8 bytes with a bit for every tree that it is in. Little endian, blobs by SHA-1. The first
 * version had not the kinds that are told apart since.
 */
static const char magic[] = "wimplan-summary-3\n";
/* What is kept of a file that has none. Who raises a limit by which it has none calls it otherwise. */
static const char none[] = "wimplan-summary-none-1\n";
#define MAGIC_LENGTH (sizeof magic - 1)
#define TEXTS 7u
#define LAST_VERSION 3u
_Static_assert(WP_LIMIT_SUMMARY_TREES == 8 * WP_SUMMARY_TREES, "a bit for every tree");

/* Bytes stay what they are, whatever the order in which kinds are shown. */
static const uint8_t kind_bytes[WP_ITEM_KINDS] = {
	[WP_ITEM_KIND_NONE] = 0,       [WP_ITEM_KIND_CUMULATIVE] = 1,    [WP_ITEM_KIND_SERVICING_STACK] = 2,
	[WP_ITEM_KIND_DOTNET] = 3,     [WP_ITEM_KIND_UPDATE] = 4,        [WP_ITEM_KIND_LANGUAGE_PACK] = 5,
	[WP_ITEM_KIND_FEATURE] = 6,    [WP_ITEM_KIND_EDITION] = 7,       [WP_ITEM_KIND_OTHER] = 8,
	[WP_ITEM_KIND_INBOX] = 9,      [WP_ITEM_KIND_ADDED] = 10,        [WP_ITEM_KIND_ORIGIN_UNKNOWN] = 11,
	[WP_ITEM_KIND_HOTPATCH] = 12,  [WP_ITEM_KIND_SAFE_OS] = 13,      [WP_ITEM_KIND_ENABLEMENT] = 14,
};
#define LAST_OF_FIRST_VERSION 11u

static enum wp_item_kind kind_of(uint64_t byte)
{
	for (int i = 0; i < WP_ITEM_KINDS; i++)
		if (kind_bytes[i] == byte)
			return (enum wp_item_kind)i;
	return WP_ITEM_KINDS;
}

static void put(struct wp_buf *buf, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++, value >>= 8)
		wp_buf_putc(buf, (char)(uint8_t)value);
}

static void put_text(struct wp_buf *buf, const char *text)
{
	wp_buf_add(buf, text ? text : "", (text ? strlen(text) : 0) + 1);
}

static void put_item(struct wp_buf *buf, const struct wp_item *item)
{
	char sha1[WP_SHA1_TEXT];

	wp_sha1_text(item->sha1, sha1);
	put(buf, item->group, 1);
	put(buf, kind_bytes[item->kind], 1);
	put_text(buf, item->name);
	put_text(buf, item->architecture);
	put_text(buf, item->language);
	put_text(buf, item->version);
	put_text(buf, item->id);
	put_text(buf, item->kb);
	/* Of a driver the hash in its name says all. */
	put_text(buf, item->group == WP_ITEM_GROUP_DRIVER || !item->has_data ? NULL : sha1);
}

/* An item with the trees that it is in. */
struct placed_item {
	const struct wp_item *item;
	uint64_t trees;
};

static int compare_placed(const void *a, const void *b)
{
	const struct wp_item *x = ((const struct placed_item *)a)->item, *y = ((const struct placed_item *)b)->item;
	int order = wp_item_compare_key(x, y);

	order = order ? order : wp_version_compare(x->version, y->version);
	order = order ? order : strcmp(x->id ? x->id : "", y->id ? y->id : "");
	return order ? order : memcmp(x->sha1, y->sha1, WP_SHA1_SIZE);
}

/* What is in the making: the items of all trees, and what of each image and tree goes behind the blobs. */
struct maker {
	struct wp_arena *scratch;
	struct placed_item *items;
	size_t item_count, read, tree_count;
	struct wp_buf images, trees;
};

/* Thousands of packages that are parts of others say nothing in a short form. */
static bool is_counted(const struct wp_item *item)
{
	return item->kind == WP_ITEM_KIND_OTHER && !item->kb;
}

static bool add_tree(struct maker *maker, struct wp_wim_index *index, uint32_t image)
{
	struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = NULL;
	uint64_t bit;
	struct wp_servicing servicing;
	size_t counted = 0;

	if (maker->tree_count >= WP_LIMIT_SUMMARY_TREES)
		return false;
	bit = UINT64_C(1) << maker->tree_count++;
	tree = wp_tree_read(index, image);
	if (!tree->node_count)
		return false;
	wp_servicing_read(maker->scratch, tree, &servicing);
	maker->read += servicing.count;
	if (maker->read > WP_LIMIT_FILE_ITEMS)
		return false;
	for (size_t i = 0; i < servicing.count; i++)
		if (is_counted(&servicing.items[i]))
			counted++;
		else
			*WP_PUSH(maker->scratch, maker->items, maker->item_count) =
				(struct placed_item){ &servicing.items[i], bit };
	put(&maker->trees, servicing.windows, 1);
	put(&maker->trees, servicing.not_understood, 4);
	put(&maker->trees, counted, 4);
	return true;
}

/* Looks at the tree of each image; a resource that several images have is read once. */
static bool look_at_images(struct maker *maker, struct wp_wim_index *index)
{
	uint8_t *tree_of = wp_arena_alloc(maker->scratch, index->image_count);

	for (uint32_t image = 1; image <= index->image_count; image++) {
		uint32_t same = index->images[image - 1].same_as;

		if (same && same != image) {
			tree_of[image - 1] = tree_of[same - 1];
		} else {
			tree_of[image - 1] = (uint8_t)maker->tree_count;
			if (!add_tree(maker, index, image))
				return false;
		}
		put(&maker->images, tree_of[image - 1], 1);
	}
	return true;
}

/* Makes one of items that are the same in several trees. */
static void join_items(struct maker *maker)
{
	size_t to = 0;

	WP_SORT(maker->items, maker->item_count, compare_placed);
	for (size_t i = 0; i < maker->item_count; i++)
		if (to && !compare_placed(&maker->items[to - 1], &maker->items[i]))
			maker->items[to - 1].trees |= maker->items[i].trees;
		else
			maker->items[to++] = maker->items[i];
	maker->item_count = to;
}

static void release(struct maker *maker)
{
	wp_buf_free(&maker->images);
	wp_buf_free(&maker->trees);
	wp_arena_free(maker->scratch);
}

/* False when there is more of it than is kept, or a tree cannot be read. */
static bool fill(struct wp_buf *buf, struct wp_wim_index *index)
{
	struct maker maker __attribute__((cleanup(release))) = { .scratch = wp_arena_new() };

	wp_buf_add(buf, magic, MAGIC_LENGTH);
	if (index->blob_count > WP_LIMIT_SUMMARY_BYTES / WP_SUMMARY_BLOB || !look_at_images(&maker, index))
		return false;
	join_items(&maker);
	put(buf, maker.item_count, 4);
	for (size_t i = 0; i < maker.item_count; i++)
		put_item(buf, maker.items[i].item);
	put(buf, index->blob_count, 4);
	for (size_t i = 0; i < index->blob_count; i++) {
		wp_buf_add(buf, index->blobs[i].sha1, 4);
		put(buf, index->blobs[i].size, 8);
	}
	put(buf, index->image_count, 4);
	wp_buf_add(buf, wp_buf_text(&maker.images), maker.images.length);
	put(buf, maker.tree_count, 4);
	wp_buf_add(buf, wp_buf_text(&maker.trees), maker.trees.length);
	for (size_t i = 0; i < maker.item_count; i++)
		put(buf, maker.items[i].trees, WP_SUMMARY_TREES);
	return buf->length <= WP_LIMIT_SUMMARY_BYTES;
}

bool wp_content_summary_make(struct wp_arena *arena, struct wp_wim_index *index, struct wp_content_summary *ret)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!fill(&buf, index)) {
		for (size_t i = 0; i < index->image_count; i++)
			if (index->images[i].may_pass)
				return false;
		wp_buf_clear(&buf);
		wp_buf_puts(&buf, none);
	}
	ret->bytes = (const uint8_t *)wp_arena_strndup(arena, buf.data, buf.length);
	ret->length = buf.length;
	return true;
}

bool wp_content_summary_is_none(const struct wp_content_summary *summary)
{
	return summary->length == sizeof none - 1 && !memcmp(summary->bytes, none, sizeof none - 1);
}

struct reader {
	const uint8_t *at, *end;
	bool bad;
};

static uint64_t get(struct reader *reader, unsigned int size)
{
	uint64_t value = 0;

	if (reader->bad || (size_t)(reader->end - reader->at) < size) {
		reader->bad = true;
		return 0;
	}
	for (unsigned int i = size; i-- > 0;)
		value = value << 8 | reader->at[i];
	reader->at += size;
	return value;
}

static const char *get_text(struct reader *reader)
{
	const char *text = (const char *)reader->at;
	const uint8_t *nul = memchr(reader->at, 0, (size_t)(reader->end - reader->at));

	if (reader->bad || !nul || wp_utf8_valid(text, (size_t)(nul - reader->at)) != (size_t)(nul - reader->at)) {
		reader->bad = true;
		return NULL;
	}
	reader->at = nul + 1;
	return *text ? text : NULL;
}

/* So many bytes as they stand; NULL when there are not so many. */
static const uint8_t *get_bytes(struct reader *reader, uint64_t count)
{
	const uint8_t *bytes = reader->at;

	if (reader->bad || count > (uint64_t)(reader->end - reader->at)) {
		reader->bad = true;
		return NULL;
	}
	reader->at += count;
	return bytes;
}

/* "sha1:…"; false when it is anything else. */
static bool take_sha1(struct wp_item *item, const char *text)
{
	return !text || (!strncmp(text, "sha1:", 5) && wp_hex_parse(text + 5, item->sha1, WP_SHA1_SIZE));
}

/* The number in the line in front; 0 when it is another line. */
static unsigned int version_of(const struct wp_content_summary *summary)
{
	unsigned int version;

	if (summary->length < MAGIC_LENGTH || memcmp(summary->bytes, magic, MAGIC_LENGTH - 2) != 0 ||
	    summary->bytes[MAGIC_LENGTH - 1] != '\n')
		return 0;
	version = (unsigned int)(summary->bytes[MAGIC_LENGTH - 2] - '0');
	return version <= LAST_VERSION ? version : 0;
}

static bool take_item(struct wp_arena *arena, struct reader *reader, struct wp_opened_summary *ret)
{
	struct wp_item item = { 0 };
	uint64_t group = get(reader, 1);
	uint64_t byte = get(reader, 1);
	enum wp_item_kind kind = kind_of(byte);
	const char *texts[TEXTS];

	for (size_t k = 0; k < TEXTS; k++)
		texts[k] = get_text(reader);
	if (reader->bad || group >= WP_ITEM_GROUPS || kind == WP_ITEM_KINDS || !texts[0] ||
	    (ret->version == 1 && byte > LAST_OF_FIRST_VERSION))
		return false;
	item.group = (enum wp_item_group)group;
	item.kind = kind;
	item.name = texts[0];
	item.architecture = texts[1];
	item.language = texts[2];
	item.version = texts[3];
	item.id = texts[4];
	item.kb = texts[5];
	if (!take_sha1(&item, texts[6]))
		return false;
	*WP_PUSH(arena, ret->servicing.items, ret->servicing.count) = item;
	return true;
}

/* What stands behind the blobs. */
static void take_images(struct wp_arena *arena, struct reader *reader, struct wp_opened_summary *ret)
{
	uint64_t count;

	ret->image_count = get(reader, 4);
	ret->tree_of = get_bytes(reader, ret->image_count);
	count = get(reader, 4);
	reader->bad |= count > WP_LIMIT_SUMMARY_TREES;
	for (uint64_t i = 0; i < count && !reader->bad; i++) {
		struct wp_summary_tree *tree = WP_PUSH(arena, ret->trees, ret->tree_count);

		tree->windows = get(reader, 1);
		tree->not_understood = get(reader, 4);
		tree->counted = get(reader, 4);
	}
	for (size_t i = 0; i < ret->image_count && !reader->bad; i++)
		reader->bad = ret->tree_of[i] >= ret->tree_count;
	ret->items_in = get_bytes(reader, (uint64_t)ret->servicing.count * WP_SUMMARY_TREES);
}

bool wp_content_summary_open(struct wp_arena *arena, const struct wp_content_summary *summary,
			     struct wp_opened_summary *ret)
{
	struct reader reader = { summary->bytes, summary->bytes + summary->length, false };
	uint64_t count;

	*ret = (struct wp_opened_summary){ .version = version_of(summary) };
	if (!ret->version)
		return false;
	reader.at += MAGIC_LENGTH;
	count = get(&reader, 4);
	for (uint64_t i = 0; i < count && !reader.bad; i++)
		if (!take_item(arena, &reader, ret))
			return false;
	ret->blob_count = get(&reader, 4);
	ret->blobs = get_bytes(&reader, ret->blob_count * WP_SUMMARY_BLOB);
	if (ret->version >= WP_SUMMARY_OF_IMAGES)
		take_images(arena, &reader, ret);
	return !reader.bad && reader.at == reader.end;
}

void wp_content_summary_lower(struct wp_opened_summary *summary, unsigned int version)
{
	struct wp_servicing *servicing = &summary->servicing;
	size_t to = 0;

	for (size_t i = 0; i < servicing->count; i++) {
		enum wp_item_kind kind = servicing->items[i].kind;

		if ((version > 1 || kind_bytes[kind] <= LAST_OF_FIRST_VERSION) && (version > 2 || kind != WP_ITEM_KIND_OTHER))
			servicing->items[to++] = servicing->items[i];
	}
	servicing->count = to;
}

bool wp_content_summary_image(struct wp_arena *arena, const struct wp_opened_summary *summary, size_t image,
			      struct wp_servicing *ret, size_t *ret_counted)
{
	const struct wp_servicing *all = &summary->servicing;
	const struct wp_summary_tree *tree;
	unsigned int number;

	if (!image || image > summary->image_count)
		return false;
	number = summary->tree_of[image - 1];
	tree = &summary->trees[number];
	*ret = (struct wp_servicing){ .known = true, .windows = tree->windows, .not_understood = tree->not_understood };
	*ret_counted = tree->counted;
	for (size_t i = 0; i < all->count; i++)
		if (summary->items_in[i * WP_SUMMARY_TREES + number / 8] >> number % 8 & 1)
			*WP_PUSH(arena, ret->items, ret->count) = all->items[i];
	return true;
}
