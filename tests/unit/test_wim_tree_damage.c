/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees that are damaged or made to hurt, and entries that Windows could not have made. */
#include "tree_make.h"

static const char *first_of(const struct wp_tree *tree, const char *code)
{
	for (size_t i = 0; i < tree->diags.count; i++)
		if (!strcmp(tree->diags.items[i].code, code))
			return tree->diags.items[i].summary;
	return "";
}

Test(tree, odd_names_are_told)
{
	static const struct {
		const char *label, *bytes;
		size_t length;
		const char *code, *name; /* the code, and the name that stays; NULL: left out */
	} cases[] = {
		{ "dot", ".\0", 2, "tree-name-dots", NULL },
		{ "two dots", ".\0.\0", 4, "tree-name-dots", NULL },
		{ "three dots", ".\0.\0.\0", 6, "", "..." },
		{ "NUL in front", "\0\0a\0", 4, "tree-name-nul", NULL },
		{ "NUL at the end", "a\0\0\0", 4, "tree-name-nul", NULL },
		{ "backslash", "a\0\\\0b\0", 6, "tree-name-separator", "a\\b" },
		{ "slash", "/\0", 2, "tree-name-separator", "/" },
		{ "high surrogate alone", "\x3d\xd8", 2, "tree-name-not-utf16", "\xef\xbf\xbd" },
		{ "low surrogate alone", "\x00\xde", 2, "tree-name-not-utf16", "\xef\xbf\xbd" },
		{ "surrogates the wrong way round", "\x00\xde\x3d\xd8", 4, "tree-name-not-utf16",
		  "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "surrogates", "\x3d\xd8\x00\xde", 4, "", "\xf0\x9f\x98\x80" },
		{ "the last unit", "\xff\xff", 2, "", "\xef\xbf\xbf" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf buf = { 0 };
		struct wp_tree *tree;

		begin_tree(&buf);
		add_entry(&buf, cases[i].bytes, cases[i].length, FILE_ATTRIBUTES);
		end_list(&buf);
		tree = parse_tree(&buf, 100);
		if (cases[i].name && tree->node_count == 2)
			cr_expect_str_eq(wp_tree_name(tree, 1), cases[i].name, "%s", cases[i].label);
		expect(tree, cases[i].name ? 2 : 1, cases[i].code, cases[i].label);
	}
}

Test(tree, odd_streams_are_told)
{
	struct wp_buf buf = { 0 };
	struct wp_tree *tree;
	size_t entry;

	begin_tree(&buf);
	entry = add_named(&buf, "f", FILE_ATTRIBUTES);
	add_stream(&buf, entry, "z\0", 2, 0);
	add_stream(&buf, entry, "a\0\0\0", 4, 0);
	add_stream(&buf, entry, "\x3d\xd8", 2, 0);
	add_stream(&buf, entry, "z\0", 2, 0);
	add_stream(&buf, entry, "Z\0", 2, 0);
	add_stream(&buf, entry, "m\0", 2, 1);
	end_list(&buf);
	tree = parse_tree(&buf, 100);
	cr_assert_eq(tree->node_count, 2);
	cr_expect_eq(tree->nodes[1].stream_count, 4);
	cr_expect_eq(tree->stream_count, 4);
	cr_expect(strstr(first_of(tree, "tree-name-nul"), "1 entry with a NUL in the name left out; the first is \\f:"));
	cr_expect(strstr(first_of(tree, "tree-name-not-utf16"), "the first is \\f:\xef\xbf\xbd"));
	cr_expect(strstr(first_of(tree, "tree-name-duplicate"), "the first is \\f:z"));
	cr_expect(strstr(first_of(tree, "tree-blobs-missing"), "the first is \\f:m"));
	cr_expect_eq(tree->diags.count, 4);
	wp_tree_free(tree);
}

/*
 * A tree with one file "f" and one folder "d" with a file "g" in it; @damage changes the
 * bytes. Offsets of their entries:
 */
struct places {
	size_t root, file, folder, inner;
};

static struct wp_tree *damaged(void (*damage)(uint8_t *bytes, size_t size, const struct places *at))
{
	struct wp_buf buf = { 0 };
	struct places at;

	at.root = begin_tree(&buf);
	at.file = add_named(&buf, "f", FILE_ATTRIBUTES);
	at.folder = add_named(&buf, "d", WP_ATTRIBUTE_FOLDER);
	end_list(&buf);
	begin_list(&buf, at.folder);
	at.inner = add_named(&buf, "g", FILE_ATTRIBUTES);
	end_list(&buf);
	damage((uint8_t *)buf.data, buf.length, &at);
	return parse_tree(&buf, 100);
}

static void nothing(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)bytes;
	(void)size;
	(void)at;
}

static void no_name(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->file + 100, 2, 0);
}

static void file_with_list(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->file + 16, 8, at->inner);
}

static void list_of_its_own(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->folder + 16, 8, at->file);
}

static void list_behind_the_end(uint8_t *bytes, size_t size, const struct places *at)
{
	put(bytes, at->folder + 16, 8, size + 1);
}

static void list_at_the_end(uint8_t *bytes, size_t size, const struct places *at)
{
	put(bytes, at->folder + 16, 8, size);
}

static void root_is_a_file(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->root + 8, 4, FILE_ATTRIBUTES);
}

static void too_long_entry(uint8_t *bytes, size_t size, const struct places *at)
{
	put(bytes, at->inner, 8, size);
}

static void endless_entry(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->inner, 8, UINT64_MAX);
}

static void short_entry(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->inner, 8, 96);
}

static void too_long_name(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->inner + 100, 2, 200);
}

static void odd_name(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->inner + 100, 2, 1);
}

static void too_many_streams(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->inner + 96, 2, 1);
}

static void too_much_security(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)at;
	put(bytes, 0, 4, size + 8);
}

static void too_many_descriptors(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	(void)at;
	put(bytes, 4, 4, UINT32_MAX);
}

static void security_that_is_not_there(uint8_t *bytes, size_t size, const struct places *at)
{
	(void)size;
	put(bytes, at->inner + 12, 4, 7);
}

Test(tree, damage_is_told)
{
	static const struct {
		const char *label;
		void (*damage)(uint8_t *bytes, size_t size, const struct places *at);
		uint32_t nodes;
		const char *code;
	} cases[] = {
		{ "whole", nothing, 4, "" },
		{ "no name", no_name, 3, "tree-name-empty" },
		{ "a file with a list", file_with_list, 4, "tree-children-of-file" },
		{ "a folder with the list that it stands in", list_of_its_own, 0, "tree-cycle" },
		{ "a list behind the end", list_behind_the_end, 0, "tree-invalid" },
		{ "a list at the end", list_at_the_end, 0, "tree-invalid" },
		{ "the root is a file", root_is_a_file, 0, "tree-invalid" },
		{ "an entry over the end", too_long_entry, 0, "tree-invalid" },
		{ "an entry without end", endless_entry, 0, "tree-invalid" },
		{ "an entry without room for its fields", short_entry, 0, "tree-invalid" },
		{ "a name longer than its entry", too_long_name, 0, "tree-invalid" },
		{ "a name of half a unit", odd_name, 0, "tree-invalid" },
		{ "a stream that is not there", too_many_streams, 0, "tree-invalid" },
		{ "security over the end", too_much_security, 0, "tree-invalid" },
		{ "more security descriptors than there are", too_many_descriptors, 0, "tree-invalid" },
		{ "a security descriptor that is not there", security_that_is_not_there, 4, "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect(damaged(cases[i].damage), cases[i].nodes, cases[i].code, cases[i].label);
	for (size_t length = 0; length < 300; length++) {
		struct wp_buf buf = { 0 };
		struct wp_tree *tree;

		begin_tree(&buf);
		add_named(&buf, "f", FILE_ATTRIBUTES);
		end_list(&buf);
		if (length >= buf.length) {
			wp_buf_free(&buf);
			break;
		}
		/* Cut off anywhere; a copy without room behind it. */
		struct wp_buf cut = { 0 };

		wp_buf_add(&cut, buf.data, length);
		wp_buf_free(&buf);
		tree = parse_tree(&cut, 100);
		cr_expect_eq(tree->node_count, 0, "%zu bytes", length);
		wp_tree_free(tree);
	}
}

/* Bytes that two entries would share: none is read twice, so a small file cannot become a large tree. */
Test(tree, bytes_are_read_once)
{
	struct wp_buf covered = { 0 }, hidden = { 0 }, shared = { 0 };
	size_t first, second, stream;

	/* The first entry reaches over the second one, which is none of the list then. */
	begin_tree(&covered);
	first = add_named(&covered, "a", FILE_ATTRIBUTES);
	add_named(&covered, "b", FILE_ATTRIBUTES);
	put(covered.data, first, 8, covered.length - first);
	end_list(&covered);
	expect(parse_tree(&covered, 100), 2, "", "an entry in another one");

	/* A folder's list that stands in a file's stream. */
	begin_tree(&hidden);
	first = add_named(&hidden, "d", WP_ATTRIBUTE_FOLDER);
	second = add_named(&hidden, "f", FILE_ATTRIBUTES);
	stream = hidden.length;
	add_stream(&hidden, second, "s\0", 2, 0);
	begin_list(&hidden, first);
	add_named(&hidden, "g", FILE_ATTRIBUTES);
	end_list(&hidden);
	put(hidden.data, stream, 8, hidden.length - stream);
	end_list(&hidden);
	expect(parse_tree(&hidden, 100), 0, "tree-cycle", "a list in a stream");

	/* Two lists that meet in one entry. */
	begin_tree(&shared);
	first = add_named(&shared, "d", WP_ATTRIBUTE_FOLDER);
	second = add_named(&shared, "e", WP_ATTRIBUTE_FOLDER);
	end_list(&shared);
	begin_list(&shared, first);
	add_named(&shared, "f", FILE_ATTRIBUTES);
	begin_list(&shared, second);
	add_named(&shared, "g", FILE_ATTRIBUTES);
	end_list(&shared);
	expect(parse_tree(&shared, 100), 0, "tree-cycle", "lists that end together");
}

/* Thousands of entries that end in one row of streams. */
Test(tree, streams_are_read_once)
{
	enum { FOLDERS = 100, LENGTH = 120 };
	struct wp_buf buf = { 0 };
	size_t folders[FOLDERS], begin;

	begin_tree(&buf);
	for (int i = 0; i < FOLDERS; i++) {
		char name[16];

		snprintf(name, sizeof name, "%03d", i);
		folders[i] = add_named(&buf, name, WP_ATTRIBUTE_FOLDER);
	}
	end_list(&buf);
	begin = buf.length;
	/* In each folder one entry, whose length says that its streams stand behind all entries. */
	for (int i = 0; i < FOLDERS; i++) {
		size_t at = buf.length;

		begin_list(&buf, folders[i]);
		add_named(&buf, "f", FILE_ATTRIBUTES);
		cr_assert_leq(buf.length - at, LENGTH);
		wp_buf_pad(&buf, '\0', LENGTH - (buf.length - at));
		put(buf.data, at, 8, (size_t)(FOLDERS - i) * LENGTH);
		put(buf.data, at + 96, 2, 1);
	}
	cr_assert_eq(buf.length, begin + FOLDERS * LENGTH);
	wp_buf_pad(&buf, '\0', 40);
	put(buf.data, buf.length - 40, 8, 40);
	end_list(&buf);
	expect(parse_tree(&buf, 1000), 0, "tree-cycle", "one row of streams");
}

enum { BLOCK = 64 << 10, FOLDERS_OF_MANY = 30, FILES_OF_EACH = 100 };

/*
 * So many folders, "00" and on, each with files "00" and on, whose lists stand in the opposite order; and two empty folders behind
 * them, "x" and "y", whose lists are empty and begin at the end of another one's. *@ret_y is the entry of the last one, *@ret_list
 * the list of folder "15".
 */
static void many_files(struct wp_buf *buf, size_t *ret_y, size_t *ret_list)
{
	size_t folders[FOLDERS_OF_MANY], empty[2], end = 0;
	char name[16];

	begin_tree(buf);
	for (int i = 0; i < FOLDERS_OF_MANY; i++) {
		snprintf(name, sizeof name, "%02d", i);
		folders[i] = add_named(buf, name, WP_ATTRIBUTE_FOLDER);
	}
	empty[0] = add_named(buf, "x", WP_ATTRIBUTE_FOLDER);
	empty[1] = add_named(buf, "y", WP_ATTRIBUTE_FOLDER);
	end_list(buf);
	for (int i = FOLDERS_OF_MANY; i-- > 0;) {
		begin_list(buf, folders[i]);
		*ret_list = i == FOLDERS_OF_MANY / 2 ? buf->length : *ret_list;
		for (int k = 0; k < FILES_OF_EACH; k++) {
			snprintf(name, sizeof name, "%02d", k);
			add_named(buf, name, FILE_ATTRIBUTES);
		}
		end = i == FOLDERS_OF_MANY / 2 ? buf->length : end;
		end_list(buf);
	}
	for (int i = 0; i < 2; i++)
		put(buf->data, empty[i] + 16, 8, end);
	*ret_y = empty[1];
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

/* What was read is given back while the rest is read; and nothing that was given back is taken for something else. */
Test(tree, memory_is_given_back)
{
	static uint32_t buckets[2];
	static const struct wp_wim_index index = { .buckets = buckets };
	struct wp_arena *arena = wp_arena_new();
	struct wp_tree *tree = wp_arena_alloc(arena, sizeof *tree);
	struct wp_buf buf = { 0 }, again = { 0 };
	size_t y, list = 0, blocks = 0, used_up = 0;

	many_files(&buf, &y, &list);
	tree->arena = arena;
	for (uintptr_t at = ((uintptr_t)buf.data / BLOCK + 1) * BLOCK; at + BLOCK <= (uintptr_t)buf.data + buf.length; at += BLOCK) {
		blocks++;
		cr_assert_not(is_zero((const uint8_t *)buf.data + (at - (uintptr_t)buf.data), BLOCK));
	}
	cr_assert_eq(wp_tree_parse(tree, &index, (uint8_t *)buf.data, buf.length,
				   (struct wp_tree_limits){ WP_LIMIT_TREE_NODES, WP_LIMIT_TREE_TEXT }), 0);
	for (uintptr_t at = ((uintptr_t)buf.data / BLOCK + 1) * BLOCK; at + BLOCK <= (uintptr_t)buf.data + buf.length; at += BLOCK)
		used_up += is_zero((const uint8_t *)buf.data + (at - (uintptr_t)buf.data), BLOCK);
	cr_expect_geq(blocks, 4);
	cr_expect_eq(used_up, blocks);
	cr_expect_eq(tree->node_count, 1 + FOLDERS_OF_MANY * (1 + FILES_OF_EACH) + 2);
	for (int i = 0; i < FOLDERS_OF_MANY; i++) {
		const struct wp_node *folder = &tree->nodes[1 + i];

		cr_assert_eq(folder->child_count, FILES_OF_EACH);
		for (uint32_t k = 0; k < FILES_OF_EACH; k++)
			cr_expect_eq(strtoul(wp_tree_name(tree, folder->first_child + k), NULL, 10), k);
	}
	cr_expect_eq(tree->diags.count, 0);
	wp_buf_free(&buf);
	wp_tree_free(tree);

	/* A list that begins in what was given back: it is the list of another folder, and not empty. */
	many_files(&again, &y, &list);
	put(again.data, y + 16, 8, list);
	expect(parse_tree(&again, 100000), 0, "tree-cycle", "a list that was given back");
}

/* Entries and lists begin at multiples of 8 bytes. */
Test(tree, list_between_multiples_of_eight)
{
	struct wp_buf buf = { 0 };
	size_t folder;

	begin_tree(&buf);
	folder = add_named(&buf, "d", WP_ATTRIBUTE_FOLDER);
	end_list(&buf);
	wp_buf_pad(&buf, '\0', 4);
	begin_list(&buf, folder);
	end_list(&buf);
	expect(parse_tree(&buf, 100), 0, "tree-invalid", "a list at an odd place");
}
