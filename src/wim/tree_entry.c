/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a folder's list in a metadata resource: its bytes, name and streams (wimlib src/dentry.c). */
#include "tree_read.h"

#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

/* struct wim_dentry_on_disk: where its fields are. */
#define ENTRY_SIZE 102u
#define ENTRY_HASH 64
#define ENTRY_STREAMS 96
#define ENTRY_SHORT_NAME 98
#define ENTRY_NAME 100
/* struct wim_extra_stream_entry_on_disk: length, 8 reserved bytes, hash, length of the name. */
#define STREAM_SIZE 38u
#define STREAM_HASH 16
#define STREAM_NAME 36

static uint64_t align8(uint64_t length)
{
	return length > UINT64_MAX - 7 ? length : (length + 7) & ~UINT64_C(7);
}

static int over_the_end(struct wp_tree_reader *reader, uint64_t at)
{
	return wp_tree_fail(reader->tree, "tree-invalid",
			    "the entry at byte %ju of the metadata is damaged or reaches over its end", (uintmax_t)at);
}

/* The end of the streams behind an entry, 0 when they are damaged. */
static uint64_t streams_end(const struct wp_tree_reader *reader, uint64_t at, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t length;
		size_t name;

		if (reader->size < STREAM_SIZE || at > reader->size - STREAM_SIZE)
			return 0;
		length = align8(wp_get64(reader->bytes + at));
		name = wp_get16(reader->bytes + at + STREAM_NAME);
		if (length < STREAM_SIZE || length > reader->size - at || name % 2 || STREAM_SIZE + name > length)
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
	length = align8(wp_get64(p));
	if (length <= 8)
		return 0;
	if (length < ENTRY_SIZE || length > reader->size - start)
		return over_the_end(reader, start);
	/* Whoever reads an entry twice may read it for ever: lists that contain each other grow without end. */
	if (reader->seen[start / 64] & 1u << start / 8 % 8)
		return wp_tree_fail(reader->tree, "tree-cycle",
				    "the entry at byte %ju of the metadata belongs to more than one folder",
				    (uintmax_t)start);
	reader->seen[start / 64] |= (uint8_t)(1u << start / 8 % 8);
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
	if (ret->stream_count > WP_LIMIT_STREAMS)
		return wp_tree_fail(reader->tree, "tree-limit", "a file in it has more than %u streams",
				    WP_LIMIT_STREAMS);
	*at = streams_end(reader, start + length, ret->stream_count);
	return *at ? 1 : over_the_end(reader, start);
}

/* Text grows by doubling; the kernel moves a large block without a copy. */
static char *make_room(struct wp_tree_reader *reader, size_t more)
{
	struct wp_tree *tree = reader->tree;

	if (tree->text_length + more > reader->text_capacity) {
		reader->text_capacity = 2 * (tree->text_length + more);
		tree->text = realloc((char *)tree->text, reader->text_capacity);
		if (!tree->text)
			abort();
	}
	return (char *)tree->text + tree->text_length;
}

static char *put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

uint32_t wp_tree_add_text(struct wp_tree_reader *reader, const uint8_t *bytes, size_t length, bool *ret_repaired)
{
	uint32_t offset = reader->tree->text_length;
	/* Three bytes for each unit at most, and the NUL. */
	char *start = make_room(reader, length / 2 * 3 + 1), *to = start;

	for (size_t i = 0; i + 1 < length; i += 2) {
		uint32_t c = wp_get16(bytes + i), low;

		if (c < 0xd800 || c > 0xdfff) {
			to = put_utf8(to, c);
			continue;
		}
		low = c < 0xdc00 && i + 3 < length ? wp_get16(bytes + i + 2) : 0;
		if (low >= 0xdc00 && low <= 0xdfff) {
			to = put_utf8(to, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
			i += 2;
		} else {
			to = put_utf8(to, 0xfffd);
			*ret_repaired = true;
		}
	}
	*to++ = '\0';
	reader->tree->text_length += (uint32_t)(to - start);
	return offset;
}

static const uint8_t *stream_at(const uint8_t **at)
{
	const uint8_t *stream = *at;

	*at += align8(wp_get64(stream));
	return stream;
}

/* Size of the data with this hash; true when the file does not hold it. */
static bool look_up(const struct wp_tree_reader *reader, const uint8_t *sha1, uint64_t *ret_size)
{
	const struct wp_blob *blob;

	*ret_size = 0;
	if (wp_sha1_is_zero(sha1))
		return false;
	blob = wp_wim_index_find(reader->index, sha1);
	if (blob)
		*ret_size = blob->size;
	return !blob;
}

static void add_stream(struct wp_tree_reader *reader, struct wp_node *node, uint32_t name, const uint8_t *sha1)
{
	struct wp_tree *tree = reader->tree;
	struct wp_stream *stream;

	if (tree->stream_count == reader->stream_capacity) {
		reader->stream_capacity = reader->stream_capacity ? 2 * reader->stream_capacity : 16;
		tree->streams = reallocarray(tree->streams, reader->stream_capacity, sizeof *tree->streams);
		if (!tree->streams)
			abort();
	}
	if (!node->stream_count)
		node->first_stream = tree->stream_count;
	stream = &tree->streams[tree->stream_count++];
	stream->name = name;
	memcpy(stream->sha1, sha1, WP_SHA1_SIZE);
	stream->missing = look_up(reader, sha1, &stream->size);
	node->stream_count++;
}

/*
 * The format has one hash in the entry and any number of streams behind it, and does not say which of those without a
 * name is what. As wimlib takes it: an entry's hash of 0 beside unnamed streams does not count; of a reparse point
 * the first one is the reparse point's data, and the next one the file's; of an encrypted file the first one is all.
 */
void wp_tree_take_streams(struct wp_tree_reader *reader, const struct wp_raw_entry *entry, struct wp_node *node)
{
	const uint8_t *own = entry->fixed + ENTRY_HASH;
	const uint8_t *unnamed[2] = { NULL, NULL };
	const uint8_t *at = entry->streams;
	unsigned int count = 0;
	bool repaired = false;

	if (!wp_sha1_is_zero(own))
		unnamed[count++] = own;
	for (size_t i = 0; i < entry->stream_count; i++) {
		const uint8_t *stream = stream_at(&at);

		if (!wp_get16(stream + STREAM_NAME) && count < 2)
			unnamed[count++] = stream + STREAM_HASH;
	}
	if (unnamed[0])
		memcpy(node->sha1, unnamed[0], WP_SHA1_SIZE);
	node->missing = look_up(reader, node->sha1, &node->size);
	if (unnamed[1] && (node->attributes & WP_ATTRIBUTE_REPARSE_POINT) &&
	    !(node->attributes & (WP_ATTRIBUTE_FOLDER | WP_ATTRIBUTE_ENCRYPTED)))
		add_stream(reader, node, wp_tree_add_text(reader, NULL, 0, &repaired), unnamed[1]);
	at = entry->streams;
	for (size_t i = 0; i < entry->stream_count; i++) {
		const uint8_t *stream = stream_at(&at);
		size_t length = wp_get16(stream + STREAM_NAME);

		if (length)
			add_stream(reader, node, wp_tree_add_text(reader, stream + STREAM_SIZE, length, &repaired),
				   stream + STREAM_HASH);
	}
}
