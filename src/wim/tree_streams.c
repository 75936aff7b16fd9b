/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data of a file: its own, that of its named streams, and which of them the WIM does not hold. */
#include "tree_read.h"

#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t *stream_at(const uint8_t **at)
{
	const uint8_t *stream = *at;

	*at += wp_align8(wp_get64(stream));
	return stream;
}

/* Size of the data with this hash, which is used from now on; true when the file does not hold it. */
static bool look_up(const struct wp_tree_reader *reader, const uint8_t *sha1, uint64_t *ret_size)
{
	struct wp_blob *blob;

	*ret_size = 0;
	if (wp_sha1_is_zero(sha1))
		return false;
	blob = wp_wim_index_find(reader->index, sha1);
	if (!blob)
		return true;
	blob->used = true;
	*ret_size = blob->size;
	return false;
}

static struct wp_stream *add_stream(struct wp_tree_reader *reader, struct wp_node *node, uint32_t name,
				    const uint8_t *sha1)
{
	struct wp_tree *tree = reader->tree;
	struct wp_stream *stream;

	if (tree->stream_count == reader->stream_capacity) {
		reader->stream_capacity = reader->stream_capacity ? 2 * reader->stream_capacity : 16;
		tree->streams = wp_must(reallocarray(tree->streams, reader->stream_capacity, sizeof *tree->streams));
	}
	if (!node->stream_count)
		node->first_stream = tree->stream_count;
	stream = &tree->streams[tree->stream_count++];
	stream->name = name;
	memcpy(stream->sha1, sha1, WP_SHA1_SIZE);
	stream->missing = look_up(reader, sha1, &stream->size);
	node->stream_count++;
	return stream;
}

/* What is odd about a stream is told with the file's name in front of its own. */
static void tell_odd(struct wp_tree_reader *reader, enum wp_oddity oddity, const struct wp_node *node, const char *name)
{
	const struct wp_tree *tree = reader->tree;

	/* Only the first one is named. */
	wp_tree_odd(reader, oddity, node->parent,
		    reader->odd[oddity].count ? NULL
					      : wp_arena_printf(tree->arena, "%s:%s", tree->text + node->name, name));
}

static bool has_nul(const uint8_t *name, size_t length)
{
	for (size_t i = 0; i < length; i += 2)
		if (!name[i] && !name[i + 1])
			return true;
	return false;
}

static int add_named(struct wp_tree_reader *reader, struct wp_node *node, const uint8_t *bytes, uint32_t units)
{
	size_t length = wp_get16(bytes + WP_STREAM_NAME);
	const uint8_t *name = bytes + WP_STREAM_SIZE;
	const struct wp_stream *stream;
	bool repaired = false;

	if (has_nul(name, length)) {
		tell_odd(reader, WP_ODDITY_NUL, node, "");
		return 0;
	}
	if (units + 1 + length / 2 > WP_LIMIT_PATH_UNITS)
		return wp_tree_path_too_long(reader->tree);
	stream = add_stream(reader, node, wp_tree_add_text(reader, name, length, &repaired), bytes + WP_STREAM_HASH);
	if (repaired)
		tell_odd(reader, WP_ODDITY_NOT_UTF16, node, reader->tree->text + stream->name);
	if (stream->missing)
		tell_odd(reader, WP_ODDITY_MISSING, node, reader->tree->text + stream->name);
	return 0;
}

/* Equal names by the order in which they were read, which is that of their text. */
static int compare_streams(const void *a, const void *b, void *context)
{
	const char *text = context;
	const struct wp_stream *x = a, *y = b;
	int order = wp_text_compare_nocase(text + x->name, text + y->name);

	if (!order)
		order = strcmp(text + x->name, text + y->name);
	return order ? order : (x->name > y->name) - (x->name < y->name);
}

/* The node's streams are the last ones that were read. Of those with exactly the same name the first one stays. */
static void set_order(struct wp_tree_reader *reader, struct wp_node *node)
{
	struct wp_tree *tree = reader->tree;
	struct wp_stream *streams = tree->streams + node->first_stream;
	uint16_t to = 1;

	qsort_r(streams, node->stream_count, sizeof *streams, compare_streams, (char *)tree->text);
	for (uint16_t i = 1; i < node->stream_count; i++) {
		if (strcmp(tree->text + streams[to - 1].name, tree->text + streams[i].name) != 0)
			streams[to++] = streams[i];
		else
			tell_odd(reader, WP_ODDITY_DUPLICATE, node, tree->text + streams[i].name);
	}
	tree->stream_count -= node->stream_count - to;
	node->stream_count = to;
}

/*
 * The format has one hash in the entry and any number of streams behind it, and does not say which of those without a
 * name is what. As wimlib takes it: an entry's hash of 0 beside unnamed streams does not count; of a reparse point
 * the first one is the reparse point's data, and the next one the file's; of an encrypted file the first one is all.
 */
int wp_tree_take_streams(struct wp_tree_reader *reader, const struct wp_raw_entry *entry, struct wp_node *node,
			 uint32_t units)
{
	const uint8_t *own = entry->fixed + WP_ENTRY_HASH;
	const uint8_t *unnamed[2] = { NULL, NULL };
	const uint8_t *at = entry->streams;
	unsigned int count = 0;
	uint64_t ignored;
	bool repaired;

	if (!wp_sha1_is_zero(own))
		unnamed[count++] = own;
	for (size_t i = 0; i < entry->stream_count; i++) {
		const uint8_t *stream = stream_at(&at);

		if (wp_get16(stream + WP_STREAM_NAME))
			continue;
		/* Of a third one nobody knows what it is; its blob is used all the same. */
		(void)look_up(reader, stream + WP_STREAM_HASH, &ignored);
		if (count < 2)
			unnamed[count++] = stream + WP_STREAM_HASH;
	}
	if (unnamed[0])
		memcpy(node->sha1, unnamed[0], WP_SHA1_SIZE);
	node->missing = look_up(reader, node->sha1, &node->size);
	/* Symbolic links have an empty one, which says nothing: no file behind them has data of its own. */
	if (unnamed[1] && !wp_sha1_is_zero(unnamed[1]) && (node->attributes & WP_ATTRIBUTE_REPARSE_POINT) &&
	    !(node->attributes & (WP_ATTRIBUTE_FOLDER | WP_ATTRIBUTE_ENCRYPTED)))
		add_stream(reader, node, wp_tree_add_text(reader, NULL, 0, &repaired), unnamed[1]);
	at = entry->streams;
	for (size_t i = 0; i < entry->stream_count; i++) {
		const uint8_t *stream = stream_at(&at);

		if (wp_get16(stream + WP_STREAM_NAME) && add_named(reader, node, stream, units))
			return WP_E_FAILED;
	}
	if (node->stream_count > 1)
		set_order(reader, node);
	return 0;
}
