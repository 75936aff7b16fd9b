/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One entry of a folder's list in a metadata resource (wimlib src/dentry.c): its bytes, its name, the data that it and
 * its named streams have, which of it the WIM does not hold, and what is odd about it.
 */
#include "tree_read.h"

#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const oddities[WP_ODDITIES][2] = {
	[WP_ODDITY_DOTS] = { "tree-name-dots", "named \".\" or \"..\" left out" },
	[WP_ODDITY_EMPTY] = { "tree-name-empty", "without a name left out" },
	[WP_ODDITY_NUL] = { "tree-name-nul", "with a NUL in the name left out" },
	[WP_ODDITY_DUPLICATE] = { "tree-name-duplicate", "with the name of another one beside it left out" },
	[WP_ODDITY_SEPARATOR] = { "tree-name-separator", "with a \\ or / in the name, whose path can be read in two ways" },
	[WP_ODDITY_NOT_UTF16] = { "tree-name-not-utf16", "with a name that is no valid UTF-16, shown with U+FFFD" },
	[WP_ODDITY_CHILDREN] = { "tree-children-of-file", "that is no folder has a list of its own, which is left out" },
	[WP_ODDITY_MISSING] = { "tree-blobs-missing", "whose data is in another file: its size is not known" },
};

int wp_tree_fail(struct wp_tree *tree, const char *code, const char *format, ...)
{
	const char *subject = wp_arena_printf(tree->arena, "image %u", tree->image);
	va_list args;

	va_start(args, format);
	wp_diag_add(tree->arena, &tree->diags, WP_SEVERITY_ERROR, code, subject, "the tree cannot be shown: %s",
		    wp_arena_vprintf(tree->arena, format, args));
	va_end(args);
	return WP_E_FAILED;
}

int wp_tree_path_too_long(struct wp_tree *tree)
{
	return wp_tree_fail(tree, "tree-limit", "a path in it is longer than %u characters", WP_LIMIT_PATH_UNITS);
}

void wp_tree_odd(struct wp_tree_reader *reader, enum wp_oddity oddity, uint32_t folder, const char *name)
{
	if (!reader->odd[oddity].count++) {
		reader->odd[oddity].folder = folder == WP_NO_NODE ? 0 : folder;
		reader->odd[oddity].name = wp_arena_strdup(reader->tree->arena, name);
	}
}

void wp_tree_tell_odd(const struct wp_tree_reader *reader)
{
	struct wp_tree *tree = reader->tree;

	for (int i = 0; i < WP_ODDITIES; i++) {
		struct wp_buf path __attribute__((cleanup(wp_buf_free))) = { 0 };
		uint64_t count = reader->odd[i].count;

		if (!count)
			continue;
		wp_tree_path(tree, reader->odd[i].folder, &path);
		if (reader->odd[i].name && path.length > 1)
			wp_buf_putc(&path, '\\');
		if (reader->odd[i].name)
			wp_buf_puts(&path, reader->odd[i].name);
		wp_diag_add(tree->arena, &tree->diags, WP_SEVERITY_WARNING, oddities[i][0],
			    wp_arena_printf(tree->arena, "image %u", tree->image), "%ju %s %s; the first is %s",
			    (uintmax_t)count, count == 1 ? "entry" : "entries", oddities[i][1],
			    wp_buf_text(&path));
	}
}

/* struct wim_dentry_on_disk: where its fields are. */
#define ENTRY_SIZE 102u
#define ENTRY_HASH 64 /* of the data */
#define ENTRY_STREAMS 96
#define ENTRY_SHORT_NAME 98
#define ENTRY_NAME 100
/* struct wim_extra_stream_entry_on_disk: length, 8 reserved bytes, hash, length of the name. */
#define STREAM_SIZE 38u
#define STREAM_ROOM 40u /* with what makes it a multiple of 8 */
#define STREAM_HASH 16
#define STREAM_NAME 36

/* Entries and streams are multiples of 8 bytes long, whatever their lengths say. */
static uint64_t align8(uint64_t length)
{
	return length > UINT64_MAX - 7 ? length : (length + 7) & ~UINT64_C(7);
}

static int over_the_end(struct wp_tree_reader *reader, uint64_t at)
{
	return wp_tree_fail(reader->tree, "tree-invalid",
			    "the entry at byte %ju of the metadata is damaged or reaches over its end", (uintmax_t)at);
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

/* Takes the streams behind an entry, and moves *@at behind them. Nothing is read before it is taken: it may be given back. */
static int take_streams(struct wp_tree_reader *reader, uint64_t entry, size_t count, uint64_t *at)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t length;
		size_t name;

		if (reader->size < STREAM_ROOM || *at > reader->size - STREAM_ROOM)
			return over_the_end(reader, entry);
		if (!wp_claims_take(&reader->claims, *at, STREAM_ROOM))
			return shares_bytes(reader, entry);
		length = align8(wp_get64(reader->bytes + *at));
		name = wp_get16(reader->bytes + *at + STREAM_NAME);
		if (length < STREAM_ROOM || length > reader->size - *at || name % 2 || STREAM_SIZE + name > length)
			return over_the_end(reader, entry);
		if (!wp_claims_take(&reader->claims, *at + STREAM_ROOM, length - STREAM_ROOM))
			return shares_bytes(reader, entry);
		*at += length;
	}
	return 0;
}

int wp_tree_raw_entry(struct wp_tree_reader *reader, uint64_t *at, struct wp_raw_entry *ret)
{
	uint64_t start = *at, length;
	size_t name, short_name, needed;
	const uint8_t *p;

	if (reader->size < 8 || start > reader->size - 8)
		return over_the_end(reader, start);
	if (wp_claims_is_taken(&reader->claims, start))
		return wp_tree_fail(reader->tree, "tree-cycle",
				    "the entry at byte %ju of the metadata belongs to more than one folder",
				    (uintmax_t)start);
	p = reader->bytes + start;
	length = align8(wp_get64(p));
	if (length <= 8) {
		wp_claims_end(&reader->claims, start);
		return 0;
	}
	if (length < ENTRY_SIZE || length > reader->size - start)
		return over_the_end(reader, start);
	if (!wp_claims_take(&reader->claims, start, length))
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
	*at = start + length;
	if (take_streams(reader, start, ret->stream_count, at) || check_limits(reader, *at - start, ret->stream_count))
		return WP_E_FAILED;
	return 1;
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
		uint32_t c = wp_get16(bytes + i);
		uint32_t low = c >= 0xd800 && c < 0xdc00 && i + 3 < length ? wp_get16(bytes + i + 2) : 0;

		if (c < 0x80) {
			*to++ = (char)c;
		} else if (c < 0xd800 || c > 0xdfff) {
			to += wp_utf8_encode(c, to);
		} else if (low >= 0xdc00 && low <= 0xdfff) {
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

static const uint8_t *stream_at(const uint8_t **at)
{
	const uint8_t *stream = *at;

	*at += align8(wp_get64(stream));
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
	size_t length = wp_get16(bytes + STREAM_NAME);
	const uint8_t *name = bytes + STREAM_SIZE;
	const struct wp_stream *stream;
	bool repaired = false;

	if (has_nul(name, length)) {
		tell_odd(reader, WP_ODDITY_NUL, node, "");
		return 0;
	}
	if (units + 1 + length / 2 > WP_LIMIT_PATH_UNITS)
		return wp_tree_path_too_long(reader->tree);
	stream = add_stream(reader, node, wp_tree_add_text(reader, name, length, &repaired), bytes + STREAM_HASH);
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
	const uint8_t *own = entry->fixed + ENTRY_HASH;
	const uint8_t *unnamed[2] = { NULL, NULL };
	const uint8_t *at = entry->streams;
	unsigned int count = 0;
	uint64_t ignored;
	bool repaired;

	if (!wp_sha1_is_zero(own))
		unnamed[count++] = own;
	for (size_t i = 0; i < entry->stream_count; i++) {
		const uint8_t *stream = stream_at(&at);

		if (wp_get16(stream + STREAM_NAME))
			continue;
		/* Of a third one nobody knows what it is; its blob is used all the same. */
		(void)look_up(reader, stream + STREAM_HASH, &ignored);
		if (count < 2)
			unnamed[count++] = stream + STREAM_HASH;
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

		if (wp_get16(stream + STREAM_NAME) && add_named(reader, node, stream, units))
			return WP_E_FAILED;
	}
	if (node->stream_count > 1)
		set_order(reader, node);
	return 0;
}
