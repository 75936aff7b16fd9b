/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds of trees, from both sides. */
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
			cr_expect(strstr(tree->diags.items[0].summary, "more than 100 files, folders and streams"));
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
		tree = parse_tree(&buf, 2000);
		if (count == WP_LIMIT_STREAMS) {
			cr_assert_eq(tree->nodes[1].stream_count, count);
			for (unsigned int i = 1; i < count; i++)
				cr_assert_lt(wp_text_compare_nocase(tree->text + tree->streams[i - 1].name,
								    tree->text + tree->streams[i].name), 0);
		}
		expect(tree, count == WP_LIMIT_STREAMS ? 2 : 0, count == WP_LIMIT_STREAMS ? "" : "tree-limit", "streams");
	}
}

/* Streams count like files: 10 of them, the file and the root. */
Test(tree, limit_of_entries_and_streams)
{
	for (uint32_t limit = 11; limit <= 12; limit++) {
		struct wp_buf buf = { 0 };
		size_t entry;

		begin_tree(&buf);
		entry = add_named(&buf, "a", FILE_ATTRIBUTES);
		for (int i = 'a'; i < 'a' + 10; i++)
			add_stream(&buf, entry, (char[]){ (char)i, 0 }, 2, 0);
		end_list(&buf);
		expect(parse_tree(&buf, limit), limit == 11 ? 0 : 2, limit == 11 ? "tree-limit" : "", "streams and nodes");
	}
}

/* An entry counts with three bytes for two of its own, since that is what its name may become. */
Test(tree, limit_of_the_names)
{
	struct wp_buf buf = { 0 };
	size_t file;

	begin_tree(&buf);
	file = add_named(&buf, "abcd", FILE_ATTRIBUTES);
	file = buf.length - file;
	end_list(&buf);
	for (uint64_t over = 0; over < 2; over++) {
		struct wp_buf copy = { 0 };

		wp_buf_add(&copy, buf.data, buf.length);
		/* The root's name takes one byte. */
		expect(parse_within(&copy, (struct wp_tree_limits){ 100, 1 + file / 2 * 3 - over }), over ? 0 : 2,
		       over ? "tree-limit" : "", "names");
	}
	wp_buf_free(&buf);
}

/* Descriptors without a byte take eight of the metadata each. */
Test(tree, limit_of_the_descriptors)
{
	for (size_t over = 0; over < 2; over++) {
		size_t count = WP_LIMIT_TREE_DESCRIPTORS + over;
		struct wp_buf buf = { 0 };

		wp_buf_pad(&buf, '\0', 8 + 8 * count);
		put(buf.data, 0, 4, buf.length);
		put(buf.data, 4, 4, count);
		add_entry(&buf, NULL, 0, WP_ATTRIBUTE_FOLDER);
		end_list(&buf);
		expect(parse_tree(&buf, 100), over ? 0 : 1, over ? "tree-limit" : "", "descriptors");
	}
}

/* What the blob table says of sizes is bounded before a byte is read, for one image and for all of a file together. */
Test(tree, limit_of_the_bytes)
{
	static const struct {
		const char *label;
		uint64_t file, taken, size;
		const char *code;
	} cases[] = {
		{ "at the growth", 1000, 0, 1000 * WP_LIMIT_TREE_GROWTH, "tree-unreadable" },
		{ "beyond the growth", 1000, 0, 1000 * WP_LIMIT_TREE_GROWTH + 1, "tree-limit" },
		{ "at the growth with others", 1000, 99, 1000 * WP_LIMIT_TREE_GROWTH - 99, "tree-unreadable" },
		{ "beyond the growth with others", 1000, 99, 1000 * WP_LIMIT_TREE_GROWTH - 98, "tree-limit" },
		{ "at the limit", UINT64_C(1) << 40, 0, WP_LIMIT_TREE_BYTES, "tree-unreadable" },
		{ "beyond the limit", UINT64_C(1) << 40, 0, WP_LIMIT_TREE_BYTES + 1, "tree-limit" },
		{ "at the file's limit", UINT64_C(1) << 40, WP_LIMIT_FILE_TREE_BYTES - 5, 5, "tree-unreadable" },
		{ "beyond the file's limit", UINT64_C(1) << 40, WP_LIMIT_FILE_TREE_BYTES - 5, 6, "tree-limit" },
		{ "more than there is", UINT64_C(1) << 40, 0, UINT64_MAX, "tree-limit" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		/* There is no such file: what is within the limits is then found to be unreadable. */
		struct wp_wim wim = { .path = "/nowhere.wim", .size = cases[i].file };
		struct wp_metadata_resource resource = { .stored = 100, .size = cases[i].size };
		struct wp_wim_index index = { .wim = &wim, .images = &resource, .image_count = 1,
					      .taken.bytes = cases[i].taken };

		expect(wp_tree_read(&index, 1), 0, cases[i].code, cases[i].label);
		cr_expect_eq(index.taken.bytes - cases[i].taken,
			     strcmp(cases[i].code, "tree-limit") ? cases[i].size : 0, "%s", cases[i].label);
	}
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
