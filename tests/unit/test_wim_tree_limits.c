/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds of trees, from both sides, and entries that Windows could not have made. */
#include "tree_make.h"

#include <time.h>

/* @units times the letter, for names. */
static char *letters(size_t units, char letter)
{
	char *name = calloc(units + 1, 2);

	cr_assert(name);
	for (size_t i = 0; i < units; i++)
		name[2 * i] = letter;
	return name;
}

static void expect(struct wp_tree *tree, uint32_t nodes, const char *code, const char *what)
{
	cr_expect_eq(tree->node_count, nodes, "%s: %u nodes", what, tree->node_count);
	cr_expect_str_eq(only_code(&tree->diags), code, "%s", what);
	wp_tree_free(tree);
}

Test(tree, limit_of_the_path)
{
	for (size_t over = 0; over < 2; over++) {
		char *name = letters(WP_LIMIT_PATH_UNITS, 'n');
		struct wp_buf one = { 0 }, two = { 0 }, stream = { 0 };
		size_t entry;

		begin_tree(&one);
		add_entry(&one, name, 2 * (WP_LIMIT_PATH_UNITS - 1 + over), FILE_ATTRIBUTES);
		end_list(&one);
		expect(parse_tree(&one, 100), over ? 0 : 2, over ? "tree-limit" : "", "one name");

		begin_tree(&two);
		entry = add_entry(&two, name, 2 * 20000, WP_ATTRIBUTE_FOLDER);
		end_list(&two);
		begin_list(&two, entry);
		add_entry(&two, name, 2 * (WP_LIMIT_PATH_UNITS - 20002 + over), FILE_ATTRIBUTES);
		end_list(&two);
		expect(parse_tree(&two, 100), over ? 0 : 3, over ? "tree-limit" : "", "two names");

		begin_tree(&stream);
		entry = add_entry(&stream, name, 2 * 20000, FILE_ATTRIBUTES);
		add_stream(&stream, entry, name, 2 * (WP_LIMIT_PATH_UNITS - 20002 + over), 0);
		end_list(&stream);
		expect(parse_tree(&stream, 100), over ? 0 : 2, over ? "tree-limit" : "", "a stream's");
		free(name);
	}
}

/* Units count, not bytes or characters: an emoji is two. */
Test(tree, limit_of_the_path_is_in_units)
{
	for (size_t over = 0; over < 2; over++) {
		struct wp_buf buf = { 0 }, name = { 0 };

		for (size_t i = 0; i < (WP_LIMIT_PATH_UNITS - 1) / 2; i++)
			add_utf16(&name, "\xf0\x9f\x98\x80");
		add_utf16(&name, over ? "a" : "");
		begin_tree(&buf);
		add_entry(&buf, name.data, name.length, FILE_ATTRIBUTES);
		end_list(&buf);
		expect(parse_tree(&buf, 100), over ? 0 : 2, over ? "tree-limit" : "", "emoji");
		wp_buf_free(&name);
	}
}

/* Folders in each other: the path's length bounds them, and nothing else is used up by their depth. */
Test(tree, limit_of_the_depth)
{
	const size_t most = WP_LIMIT_PATH_UNITS / 2;

	for (size_t depth = most; depth <= most + 1; depth++) {
		struct wp_buf buf = { 0 };

		begin_tree(&buf);
		for (size_t i = 0; i < depth; i++) {
			size_t entry = add_named(&buf, "d", WP_ATTRIBUTE_FOLDER);

			end_list(&buf);
			if (i + 1 < depth)
				begin_list(&buf, entry);
		}
		expect(parse_tree(&buf, UINT32_MAX), depth == most ? (uint32_t)most + 1 : 0,
		       depth == most ? "" : "tree-limit", "folders in each other");
	}
}

Test(tree, limit_of_the_entries)
{
	for (uint32_t limit = 100; limit <= 102; limit++) {
		struct wp_buf buf = { 0 };
		struct wp_tree *tree;

		begin_tree(&buf);
		for (int i = 0; i < 100; i++) {
			char name[16];

			snprintf(name, sizeof name, "%03d", i);
			add_named(&buf, name, FILE_ATTRIBUTES);
		}
		end_list(&buf);
		tree = parse_tree(&buf, limit);
		if (limit == 100)
			cr_expect(strstr(tree->diags.items[0].summary, "more than 100 files and folders"));
		expect(tree, limit == 100 ? 0 : 101, limit == 100 ? "tree-limit" : "", "entries and the root");
	}
}

Test(tree, limit_of_the_streams)
{
	for (unsigned int count = WP_LIMIT_STREAMS; count <= WP_LIMIT_STREAMS + 1; count++) {
		struct wp_buf buf = { 0 };
		struct wp_tree *tree;
		size_t entry;

		begin_tree(&buf);
		entry = add_named(&buf, "a", FILE_ATTRIBUTES);
		for (unsigned int i = 0; i < count; i++) {
			struct wp_buf name = { 0 };
			char text[16];

			snprintf(text, sizeof text, "%u", (i * 7919u) % 2048);
			add_utf16(&name, text);
			add_stream(&buf, entry, name.data, name.length, 0);
			wp_buf_free(&name);
		}
		end_list(&buf);
		tree = parse_tree(&buf, 100);
		if (count == WP_LIMIT_STREAMS) {
			cr_assert_eq(tree->nodes[1].stream_count, count);
			for (unsigned int i = 1; i < count; i++)
				cr_assert_lt(wp_text_compare_nocase(tree->text + tree->streams[i - 1].name,
								    tree->text + tree->streams[i].name), 0);
		}
		expect(tree, count == WP_LIMIT_STREAMS ? 2 : 0, count == WP_LIMIT_STREAMS ? "" : "tree-limit", "streams");
	}
}

/* What the blob table says of the resource's size is bounded before a byte of it is read. */
Test(tree, limit_of_the_bytes)
{
	struct wp_buf file = { 0 };
	struct wp_wim *wim;

	make_file(&file, "<WIM/>", 1);
	wim = read_bytes(&file);
	for (uint64_t over = 0; over < 2; over++) {
		struct wp_metadata_resource resource = { .stored = 100, .size = WP_LIMIT_TREE_BYTES + over };
		struct wp_wim_index index = { .wim = wim, .images = &resource, .image_count = 1 };

		/* At the limit it is read, and then found to be larger than anything in so small a file can be. */
		expect(wp_tree_read(&index, 1), 0, over ? "tree-limit" : "tree-unreadable", "bytes");
	}
	wp_wim_free(wim);
	wp_buf_free(&file);
}

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

/* The inverse of what tree_links.c does to an id, so that ids can be made that meet in one place of its table. */
static uint64_t unmix(uint64_t mixed)
{
	uint64_t inverse = UINT64_C(0x9e3779b97f4a7c15), id = mixed ^ mixed >> 29 ^ mixed >> 58;

	/* Newton: each step doubles the number of right bits of the inverse modulo 2^64. */
	for (int i = 0; i < 6; i++)
		inverse *= 2 - UINT64_C(0x9e3779b97f4a7c15) * inverse;
	id *= inverse;
	return id ^ id >> 31 ^ id >> 62;
}

static struct wp_tree *linked(uint64_t (*id_of)(uint32_t i), uint32_t count)
{
	struct wp_buf buf = { 0 };

	begin_tree(&buf);
	for (uint32_t i = 0; i < count; i++) {
		char name[16];
		size_t at;

		snprintf(name, sizeof name, "%06u", i);
		at = add_named(&buf, name, FILE_ATTRIBUTES);
		put(buf.data + at, 88, 8, id_of(i));
	}
	end_list(&buf);
	return parse_tree(&buf, UINT32_MAX);
}

static uint64_t in_pairs(uint32_t i)
{
	return 1 + i / 2;
}

static uint64_t in_one_place(uint32_t i)
{
	return unmix(UINT64_C(42) + ((uint64_t)i << 32));
}

Test(tree, hard_links)
{
	enum { COUNT = 100000 };
	struct wp_tree *tree = linked(in_pairs, COUNT);
	clock_t begin;

	cr_assert_eq(tree->node_count, COUNT + 1);
	cr_expect_eq(tree->link_count, COUNT / 2);
	for (uint32_t i = 1; i <= COUNT; i += 2)
		cr_assert(tree->nodes[i].links == tree->nodes[i + 1].links && tree->nodes[i].links != WP_NO_LINKS);
	wp_tree_free(tree);
	/* Made up so that each search would pass all before it: 5,000 million steps. */
	begin = clock();
	tree = linked(in_one_place, COUNT);
	cr_expect_eq(tree->link_count, 0);
	cr_expect_lt((double)(clock() - begin) / CLOCKS_PER_SEC, 2.0);
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
