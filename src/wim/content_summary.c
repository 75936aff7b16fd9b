/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summaries of contents: made of trees, kept as bytes, and opened again. */
#include "wimplan/hash.h"
#include "wimplan/limits.h"
#include "wimplan/summary.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * The bytes: this line; the number of items as 4 bytes; of each its group and kind as a byte each, then name,
 * architecture, language, version, id, KB and SHA-1 in hex, each with a NUL behind it ("" for none); the number of
 * blobs as 4 bytes, and of each the first 4 bytes of its SHA-1 and its size as 8. Little endian, blobs by SHA-1. The
 * first version had not the kinds that are told apart since.
 */
static const char magic[] = "wimplan-summary-2\n";
static const char first_magic[] = "wimplan-summary-1\n";
#define MAGIC_LENGTH (sizeof magic - 1)
#define TEXTS 7u

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

static int compare_shown(const void *a, const void *b)
{
	const struct wp_item *x = *(const struct wp_item *const *)a, *y = *(const struct wp_item *const *)b;
	int order = wp_item_compare_key(x, y);

	order = order ? order : wp_version_compare(x->version, y->version);
	order = order ? order : strcmp(x->id ? x->id : "", y->id ? y->id : "");
	return order ? order : memcmp(x->sha1, y->sha1, WP_SHA1_SIZE);
}

/* The items of all images, each once. Thousands of packages that are parts of others say nothing in a short form. */
static bool put_items(struct wp_arena *scratch, struct wp_wim_index *index, struct wp_buf *buf)
{
	const struct wp_item **all = NULL;
	struct wp_buf items __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t read = 0, count = 0, shown = 0, trees = 0;

	for (uint32_t image = 1; image <= index->image_count; image++) {
		struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = NULL;
		struct wp_servicing servicing;

		/* A resource that several images have is read once. */
		if (index->images[image - 1].same_as && index->images[image - 1].same_as != image)
			continue;
		if (++trees > WP_LIMIT_SUMMARY_TREES)
			return false;
		tree = wp_tree_read(index, image);
		if (!tree->node_count)
			return false;
		wp_servicing_read(scratch, tree, &servicing);
		read += servicing.count;
		if (read > WP_LIMIT_FILE_ITEMS)
			return false;
		for (size_t i = 0; i < servicing.count; i++)
			if (servicing.items[i].kind != WP_ITEM_KIND_OTHER)
				*WP_PUSH(scratch, all, count) = &servicing.items[i];
	}
	if (count)
		qsort(all, count, sizeof *all, compare_shown);
	for (size_t i = 0; i < count; i++) {
		if (i && !compare_shown(&all[i - 1], &all[i]))
			continue;
		put_item(&items, all[i]);
		shown++;
	}
	put(buf, shown, 4);
	wp_buf_add(buf, wp_buf_text(&items), items.length);
	return true;
}

bool wp_content_summary_make(struct wp_arena *arena, struct wp_wim_index *index, struct wp_content_summary *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_add(&buf, magic, MAGIC_LENGTH);
	if (index->blob_count > WP_LIMIT_SUMMARY_BYTES / WP_SUMMARY_BLOB || !put_items(scratch, index, &buf))
		return false;
	put(&buf, index->blob_count, 4);
	for (size_t i = 0; i < index->blob_count; i++) {
		wp_buf_add(&buf, index->blobs[i].sha1, 4);
		put(&buf, index->blobs[i].size, 8);
	}
	if (buf.length > WP_LIMIT_SUMMARY_BYTES)
		return false;
	ret->bytes = (const uint8_t *)wp_arena_strndup(arena, buf.data, buf.length);
	ret->length = buf.length;
	return true;
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

/* "sha1:…"; false when it is anything else. */
static bool take_sha1(struct wp_item *item, const char *text)
{
	return !text || (!strncmp(text, "sha1:", 5) && wp_hex_parse(text + 5, item->sha1, WP_SHA1_SIZE));
}

bool wp_content_summary_open(struct wp_arena *arena, const struct wp_content_summary *summary,
			     struct wp_opened_summary *ret)
{
	struct reader reader = { summary->bytes, summary->bytes + summary->length, false };
	uint64_t count;

	*ret = (struct wp_opened_summary){ 0 };
	if (summary->length < MAGIC_LENGTH)
		return false;
	ret->first_version = !memcmp(summary->bytes, first_magic, MAGIC_LENGTH);
	if (!ret->first_version && memcmp(summary->bytes, magic, MAGIC_LENGTH) != 0)
		return false;
	reader.at += MAGIC_LENGTH;
	count = get(&reader, 4);
	for (uint64_t i = 0; i < count && !reader.bad; i++) {
		struct wp_item item = { 0 };
		uint64_t group = get(&reader, 1);
		uint64_t byte = get(&reader, 1);
		enum wp_item_kind kind = kind_of(byte);
		const char *texts[TEXTS];

		for (size_t k = 0; k < TEXTS; k++)
			texts[k] = get_text(&reader);
		if (reader.bad || group >= WP_ITEM_GROUPS || kind == WP_ITEM_KINDS || !texts[0] ||
		    (ret->first_version && byte > LAST_OF_FIRST_VERSION))
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
	}
	ret->blob_count = get(&reader, 4);
	ret->blobs = reader.at;
	return !reader.bad && (uint64_t)(reader.end - reader.at) == ret->blob_count * WP_SUMMARY_BLOB;
}

void wp_content_summary_first(struct wp_opened_summary *summary)
{
	struct wp_servicing *servicing = &summary->servicing;
	size_t to = 0;

	for (size_t i = 0; i < servicing->count; i++)
		if (kind_bytes[servicing->items[i].kind] <= LAST_OF_FIRST_VERSION)
			servicing->items[to++] = servicing->items[i];
	servicing->count = to;
}
