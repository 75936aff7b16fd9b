/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a folder's list in a metadata resource: its bytes and the text of its name (wimlib src/dentry.c). */
#include "tree_read.h"

#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* struct wim_dentry_on_disk: where its fields are. */
#define ENTRY_SIZE 102u
#define ENTRY_STREAMS 96
#define ENTRY_SHORT_NAME 98
#define ENTRY_NAME 100

static int over_the_end(struct wp_tree_reader *reader, uint64_t at)
{
	return wp_tree_fail(reader->tree, "tree-invalid",
			    "the entry at byte %ju of the metadata is damaged or reaches over its end", (uintmax_t)at);
}

/* Whether the @i-th eight bytes belong to an entry that was read. */
static bool is_taken(const struct wp_tree_reader *reader, uint64_t i)
{
	return reader->seen[i / 8] & 1u << i % 8;
}

/*
 * Takes bytes for an entry and its streams; false when some of them were taken already. Whoever reads bytes twice may
 * read them for ever: lists that contain each other grow without end, and thousands of entries may end in one row of
 * streams.
 */
static bool claim(struct wp_tree_reader *reader, uint64_t at, uint64_t length)
{
	for (uint64_t i = at / 8; i < (at + length) / 8; i++) {
		if (is_taken(reader, i))
			return false;
		reader->seen[i / 8] |= (uint8_t)(1u << i % 8);
	}
	return true;
}

static int shares_bytes(struct wp_tree_reader *reader, uint64_t at)
{
	return wp_tree_fail(reader->tree, "tree-cycle",
			    "the entry at byte %ju of the metadata shares bytes with another one", (uintmax_t)at);
}

/* Counts what the entry will take of the limits, at most: each unit of a name becomes up to three bytes. */
static int check_limits(const struct wp_tree_reader *reader, uint64_t length, size_t stream_count)
{
	struct wp_tree *tree = reader->tree;

	if (stream_count > WP_LIMIT_STREAMS)
		return wp_tree_fail(tree, "tree-limit", "a file in it has more than %u streams", WP_LIMIT_STREAMS);
	if ((uint64_t)tree->node_count + tree->stream_count + 1 + stream_count > reader->limits.nodes)
		return wp_tree_fail(tree, "tree-limit", "it has more than %ju files, folders and streams",
				    (uintmax_t)reader->limits.nodes);
	if (tree->text_length + length / 2 * 3 > reader->limits.text)
		return wp_tree_fail(tree, "tree-limit", "the names in it have more than %ju bytes",
				    (uintmax_t)reader->limits.text);
	return 0;
}

/* The end of the streams behind an entry, 0 when they are damaged. */
static uint64_t streams_end(const struct wp_tree_reader *reader, uint64_t at, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t length;
		size_t name;

		if (reader->size < WP_STREAM_SIZE || at > reader->size - WP_STREAM_SIZE)
			return 0;
		length = wp_align8(wp_get64(reader->bytes + at));
		name = wp_get16(reader->bytes + at + WP_STREAM_NAME);
		if (length < WP_STREAM_SIZE || length > reader->size - at || name % 2 || WP_STREAM_SIZE + name > length)
			return 0;
		at += length;
	}
	return at;
}

int wp_tree_raw_entry(struct wp_tree_reader *reader, uint64_t *at, struct wp_raw_entry *ret)
{
	uint64_t start = *at, length;
	size_t name, short_name, needed;
	const uint8_t *p;

	if (reader->size < 8 || start > reader->size - 8)
		return over_the_end(reader, start);
	p = reader->bytes + start;
	length = wp_align8(wp_get64(p));
	if (length <= 8)
		return 0;
	if (length < ENTRY_SIZE || length > reader->size - start)
		return over_the_end(reader, start);
	if (is_taken(reader, start / 8))
		return wp_tree_fail(reader->tree, "tree-cycle",
				    "the entry at byte %ju of the metadata belongs to more than one folder",
				    (uintmax_t)start);
	if (!claim(reader, start, length))
		return shares_bytes(reader, start);
	name = wp_get16(p + ENTRY_NAME);
	short_name = wp_get16(p + ENTRY_SHORT_NAME);
	/* Each name that is there has a NUL behind it. */
	needed = ENTRY_SIZE + (name ? name + 2 : 0) + (short_name ? short_name + 2 : 0);
	if (name % 2 || short_name % 2 || needed > length)
		return over_the_end(reader, start);
	*ret = (struct wp_raw_entry){
		.fixed = p,
		.name = p + ENTRY_SIZE,
		.name_length = name,
		.streams = p + length,
		.stream_count = wp_get16(p + ENTRY_STREAMS),
	};
	*at = streams_end(reader, start + length, ret->stream_count);
	if (!*at)
		return over_the_end(reader, start);
	if (check_limits(reader, *at - start, ret->stream_count))
		return WP_E_FAILED;
	return claim(reader, start + length, *at - start - length) ? 1 : shares_bytes(reader, start);
}

/* Text grows by doubling; the kernel moves a large block without a copy. */
static char *make_room(struct wp_tree_reader *reader, size_t more)
{
	struct wp_tree *tree = reader->tree;

	if (tree->text_length + more > reader->text_capacity) {
		reader->text_capacity = 2 * (tree->text_length + more);
		tree->text = wp_must(realloc((char *)tree->text, reader->text_capacity));
	}
	return (char *)tree->text + tree->text_length;
}

uint32_t wp_tree_add_text(struct wp_tree_reader *reader, const uint8_t *bytes, size_t length, bool *ret_repaired)
{
	uint32_t offset = reader->tree->text_length;
	/* Three bytes for each unit at most, and the NUL. */
	char *start = make_room(reader, length / 2 * 3 + 1), *to = start;

	for (size_t i = 0; i + 1 < length; i += 2) {
		uint32_t c = wp_get16(bytes + i), low;

		if (c < 0xd800 || c > 0xdfff) {
			to += wp_utf8_encode(c, to);
			continue;
		}
		low = c < 0xdc00 && i + 3 < length ? wp_get16(bytes + i + 2) : 0;
		if (low >= 0xdc00 && low <= 0xdfff) {
			to += wp_utf8_encode(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00), to);
			i += 2;
		} else {
			to += wp_utf8_encode(WP_REPLACEMENT, to);
			*ret_repaired = true;
		}
	}
	*to++ = '\0';
	reader->tree->text_length += (uint32_t)(to - start);
	return offset;
}
