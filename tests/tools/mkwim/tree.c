/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Metadata resources of our own, for what no capture on Linux gives: hard links, attributes, security, alternate
 * streams, reparse points, and damage. Format: wimlib src/dentry.c, src/security.c.
 */
#include "mkwim.h"

#include "wimplan/text.h"

#include <openssl/sha.h>
#include <string.h>

#define NO_PARENT SIZE_MAX
#define ENTRY_SIZE 102u
#define STREAM_SIZE 38u
#define STREAM_FOLDER "/.mkwim-streams"

struct stream {
	const char *name;
	uint8_t sha1[SHA_DIGEST_LENGTH];
};

struct node {
	const char *path; /* "" for the root */
	const char *name;
	size_t parent;
	uint32_t attributes;
	uint32_t security;
	uint32_t reparse_tag;
	uint64_t links;
	int64_t written;
	uint8_t sha1[SHA_DIGEST_LENGTH];
	struct mk_text raw_name; /* UTF-16LE; data is NULL: from @name */
	struct stream *streams;
	size_t stream_count;
	const char *list_of; /* the folder whose list this one shows */
	uint64_t list;       /* where its list stands */
	uint64_t entry;      /* where its entry stands */
};

struct tree {
	struct wp_arena *arena;
	const struct mk_recipe *recipe;
	const char *root; /* the staged folder */
	struct node *nodes;
	size_t count;
};

static size_t find(const struct tree *tree, const char *path, size_t length)
{
	for (size_t i = 0; i < tree->count; i++)
		if (strlen(tree->nodes[i].path) == length && !memcmp(tree->nodes[i].path, path, length))
			return i;
	return NO_PARENT;
}

static size_t need(const struct tree *tree, const char *path)
{
	size_t i = find(tree, path, !strcmp(path, "/") ? 0 : strlen(path));

	if (i == NO_PARENT)
		mk_fail("%s: the image has no %s", tree->recipe->name, path);
	return i;
}

/* The node at @path, made with the folders above it when it lacks. */
static size_t make(struct tree *tree, const char *path, size_t length)
{
	size_t i = find(tree, path, length), parent, cut = length;
	struct node *node;

	if (i != NO_PARENT)
		return i;
	while (path[cut - 1] != '/')
		cut--;
	parent = make(tree, path, cut - 1);
	node = WP_PUSH(tree->arena, tree->nodes, tree->count);
	node->path = wp_arena_strndup(tree->arena, path, length);
	node->name = node->path + cut;
	node->parent = parent;
	node->attributes = 0x10;
	node->security = UINT32_MAX;
	node->written = tree->recipe->times;
	return tree->count - 1;
}

/* Of the staged file: the data is in the WIM because wimlib has captured it from there. */
static void hash_file(const struct tree *tree, const char *path, uint8_t ret[SHA_DIGEST_LENGTH])
{
	struct mk_text bytes = mk_read_file(tree->arena, wp_arena_printf(tree->arena, "%s%s", tree->root, path));

	memset(ret, 0, SHA_DIGEST_LENGTH);
	if (bytes.length)
		SHA1((const uint8_t *)bytes.data, bytes.length, ret);
}

static void apply_link(struct tree *tree, const struct mk_tweak *tweak, uint64_t number)
{
	size_t to = need(tree, tweak->text), i = make(tree, tweak->path, strlen(tweak->path));
	struct node *node = &tree->nodes[i], *other = &tree->nodes[to];

	if (!other->links)
		other->links = number;
	node->links = other->links;
	node->attributes = other->attributes;
	node->security = other->security;
	node->written = other->written;
	memcpy(node->sha1, other->sha1, sizeof node->sha1);
}

/* Folders called "d" in each other, more of them than a real file system takes. */
static void apply_nest(struct tree *tree, const struct mk_tweak *tweak)
{
	size_t parent = need(tree, tweak->path);

	for (uint64_t i = 0; i < tweak->number; i++) {
		struct node *node = WP_PUSH(tree->arena, tree->nodes, tree->count);

		/* Nobody finds them by their paths. */
		*node = (struct node){ .path = "?", .name = "d", .parent = parent, .attributes = 0x10 };
		node->security = UINT32_MAX;
		node->written = tree->recipe->times;
		parent = tree->count - 1;
	}
}

static struct mk_text long_name(struct wp_arena *arena, uint64_t units)
{
	char *bytes = wp_arena_alloc(arena, 2 * units + 1);

	for (uint64_t i = 0; i < units; i++)
		bytes[2 * i] = 'n';
	return (struct mk_text){ bytes, 2 * units };
}

/* Streams without data, called 1, 2, 3 and so on. */
static void add_streams(struct tree *tree, struct node *node, uint64_t count)
{
	for (uint64_t i = 1; i <= count; i++)
		WP_PUSH(tree->arena, node->streams, node->stream_count)->name =
			wp_arena_printf(tree->arena, "%ju", (uintmax_t)i);
}

static void apply(struct tree *tree, const struct mk_tweak *tweak, size_t number, struct wp_buf *security,
		  uint32_t *count)
{
	struct node *node;
	struct stream *stream;

	if (tweak->kind == MK_TWEAK_LINK) {
		apply_link(tree, tweak, number + 1);
		return;
	}
	if (tweak->kind == MK_TWEAK_NEST) {
		apply_nest(tree, tweak);
		return;
	}
	if (tweak->kind == MK_TWEAK_DAMAGE)
		return;
	node = &tree->nodes[need(tree, tweak->path)];
	switch (tweak->kind) {
	case MK_TWEAK_ATTRIBUTES:
		node->attributes = (uint32_t)tweak->number;
		break;
	case MK_TWEAK_WRITTEN:
		node->written = (int64_t)tweak->number;
		break;
	case MK_TWEAK_SECURITY:
		node->security = (*count)++;
		wp_buf_printf(security, "%s%c", tweak->text, '\n');
		break;
	case MK_TWEAK_STREAM:
		stream = WP_PUSH(tree->arena, node->streams, node->stream_count);
		stream->name = tweak->text;
		hash_file(tree, wp_arena_printf(tree->arena, STREAM_FOLDER "/%zu", number), stream->sha1);
		break;
	case MK_TWEAK_REPARSE:
		node->attributes |= 0x400;
		node->reparse_tag = (uint32_t)tweak->number;
		break;
	case MK_TWEAK_NAME:
		node->raw_name = tweak->bytes;
		break;
	case MK_TWEAK_LONG_NAME:
		node->raw_name = long_name(tree->arena, tweak->number);
		break;
	case MK_TWEAK_STREAMS:
		add_streams(tree, node, tweak->number);
		break;
	case MK_TWEAK_LIST:
		need(tree, tweak->text);
		node->list_of = tweak->text;
		break;
	case MK_TWEAK_SHA1:
		if (tweak->bytes.length != sizeof node->sha1)
			mk_fail("%s: a SHA-1 has 40 hex digits", tree->recipe->name);
		memcpy(node->sha1, tweak->bytes.data, sizeof node->sha1);
		break;
	default:
		break;
	}
}

/* From UTF-8 that is known to be valid. */
static struct mk_text to_utf16(struct wp_arena *arena, const char *text)
{
	struct wp_buf out = { 0 };
	struct mk_text ret;

	while (*text) {
		uint32_t c = wp_utf8_next(&text);
		uint16_t units[2] = { (uint16_t)c, 0 };
		int count = 1;

		if (c >= 0x10000) {
			units[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			units[1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
			count = 2;
		}
		for (int i = 0; i < count; i++) {
			wp_buf_putc(&out, (char)(units[i] & 0xff));
			wp_buf_putc(&out, (char)(units[i] >> 8));
		}
	}
	ret.length = out.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&out), out.length);
	wp_buf_free(&out);
	return ret;
}

static void align(struct wp_buf *out)
{
	wp_buf_pad(out, '\0', (8 - out->length % 8) % 8);
}

static void write_stream(struct wp_arena *arena, struct wp_buf *out, const char *name, const uint8_t *sha1)
{
	struct mk_text units = to_utf16(arena, name);
	uint64_t at = out->length;

	wp_buf_pad(out, '\0', STREAM_SIZE);
	if (units.length) {
		wp_buf_add(out, units.data, units.length);
		wp_buf_pad(out, '\0', 2);
	}
	align(out);
	mk_put(out, at, 8, out->length - at);
	memcpy(out->data + at + 16, sha1, SHA_DIGEST_LENGTH);
	mk_put(out, at + 36, 2, units.length);
}

static void write_entry(struct wp_arena *arena, struct wp_buf *out, struct node *node)
{
	struct mk_text name = node->raw_name.data ? node->raw_name : to_utf16(arena, node->name);
	uint64_t at = out->length;
	/* As Windows does it: one stream stands in the entry itself, several all behind it. */
	size_t extra = node->stream_count ? node->stream_count + 1 : 0;

	node->entry = at;
	wp_buf_pad(out, '\0', ENTRY_SIZE);
	if (name.length) {
		wp_buf_add(out, name.data, name.length);
		wp_buf_pad(out, '\0', 2);
	}
	align(out);
	mk_put(out, at, 8, out->length - at);
	mk_put(out, at + 8, 4, node->attributes);
	mk_put(out, at + 12, 4, node->security);
	mk_put(out, at + 40, 8, (uint64_t)node->written);
	mk_put(out, at + 48, 8, (uint64_t)node->written);
	mk_put(out, at + 56, 8, (uint64_t)node->written);
	if (!extra)
		memcpy(out->data + at + 64, node->sha1, sizeof node->sha1);
	mk_put(out, at + 88, 8, node->attributes & 0x400 ? node->reparse_tag : node->links);
	mk_put(out, at + 96, 2, extra);
	mk_put(out, at + 100, 2, name.length);
	if (extra)
		write_stream(arena, out, "", node->sha1);
	for (size_t i = 0; i < node->stream_count; i++)
		write_stream(arena, out, node->streams[i].name, node->streams[i].sha1);
}

static void write_security(struct wp_buf *out, const struct wp_buf *texts, uint32_t count)
{
	const char *at = wp_buf_text(texts);

	wp_buf_pad(out, '\0', 8 + 8 * (size_t)count);
	for (uint32_t i = 0; i < count; i++) {
		size_t length = strcspn(at, "\n");

		mk_put(out, 8 + 8 * (uint64_t)i, 8, length);
		wp_buf_add(out, at, length);
		at += length + 1;
	}
	align(out);
	mk_put(out, 0, 4, out->length);
	mk_put(out, 4, 4, count);
}

static void write_tree(struct tree *tree, struct wp_buf *out)
{
	write_entry(tree->arena, out, &tree->nodes[0]);
	wp_buf_pad(out, '\0', 8);
	for (size_t i = 0; i < tree->count; i++) {
		bool any = i == 0;

		for (size_t k = 1; k < tree->count && !any; k++)
			any = tree->nodes[k].parent == i;
		if (!any)
			continue;
		tree->nodes[i].list = out->length;
		for (size_t k = 1; k < tree->count; k++)
			if (tree->nodes[k].parent == i)
				write_entry(tree->arena, out, &tree->nodes[k]);
		wp_buf_pad(out, '\0', 8);
	}
	for (size_t i = 0; i < tree->count; i++) {
		const struct node *node = &tree->nodes[i];
		uint64_t list = node->list_of ? tree->nodes[need(tree, node->list_of)].list : node->list;

		mk_put(out, node->entry + 16, 8, list);
	}
}

static void begin(struct tree *tree, const struct mk_image *image)
{
	struct node *root = WP_PUSH(tree->arena, tree->nodes, tree->count);

	root->path = root->name = "";
	root->parent = NO_PARENT;
	root->attributes = 0x10;
	root->security = UINT32_MAX;
	root->written = tree->recipe->times;
	for (size_t i = 0; i < image->file_count; i++) {
		const struct mk_file *file = &image->files[i];
		size_t at = make(tree, file->path, strlen(file->path));

		if (file->folder)
			continue;
		tree->nodes[at].attributes = 0x20;
		hash_file(tree, file->path, tree->nodes[at].sha1);
	}
}

void mk_stage_streams(struct wp_arena *arena, struct mk_image *image)
{
	size_t count = image->tweak_count;

	for (size_t i = 0; i < count; i++) {
		struct mk_file *file;

		if (image->tweaks[i].kind != MK_TWEAK_STREAM)
			continue;
		file = WP_PUSH(arena, image->hidden, image->hidden_count);
		file->path = wp_arena_printf(arena, STREAM_FOLDER "/%zu", i);
		file->text = (struct mk_text){ image->tweaks[i].value, strlen(image->tweaks[i].value) };
	}
}

struct mk_text mk_make_metadata(struct wp_arena *arena, const struct mk_recipe *recipe, const struct mk_image *image,
				const char *root)
{
	struct tree tree = { .arena = arena, .recipe = recipe, .root = root };
	struct wp_buf security = { 0 }, out = { 0 };
	struct mk_text ret;
	uint32_t count = 0;

	begin(&tree, image);
	for (size_t i = 0; i < image->tweak_count; i++)
		apply(&tree, &image->tweaks[i], i, &security, &count);
	write_security(&out, &security, count);
	write_tree(&tree, &out);
	ret.length = out.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&out), out.length);
	wp_buf_free(&security);
	wp_buf_free(&out);
	return ret;
}
