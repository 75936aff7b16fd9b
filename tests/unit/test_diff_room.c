/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much text a diff of two Winre.wim holds: to its last byte it is shown, and what does not fit is said. */
#include "../../src/diff/internal.h"
#include "tree_make.h"

/* Images whose text counts in each, although all but the first have one tree. */
enum { IMAGES = 64, LONGEST = 200 };
#define EACH (WP_LIMIT_INNER_DIFF_TEXT / IMAGES)

/* A tree with so many packages, whose names have 100 characters each, and @more of them together. Gives where it ends. */
static size_t add_packages(struct wp_buf *tree, size_t packages, size_t more)
{
	size_t folder;

	begin_tree(tree);
	folder = add_named(tree, "Windows", WP_ATTRIBUTE_FOLDER);
	end_list(tree);
	begin_list(tree, folder);
	folder = add_named(tree, "servicing", WP_ATTRIBUTE_FOLDER);
	end_list(tree);
	begin_list(tree, folder);
	folder = add_named(tree, "Packages", WP_ATTRIBUTE_FOLDER);
	end_list(tree);
	begin_list(tree, folder);
	for (size_t i = 0; i < packages; i++) {
		size_t longer = more < 100 ? more : 100;
		char name[LONGEST + 64];

		more -= longer;
		snprintf(name, sizeof name, "P%0*zu~31bf3856ad364e35~amd64~~1.0.0.1.mum", (int)(99 + longer), i);
		add_named(tree, name, FILE_ATTRIBUTES);
	}
	end_list(tree);
	end_list(tree);
	return tree->length;
}

/* Adds the tree, and gives its entry in the blob table. */
static void add_tree(struct wp_buf *file, size_t packages, size_t more, uint8_t entry[WP_BLOB_ENTRY_SIZE])
{
	struct wp_buf tree = { 0 };
	size_t length = add_packages(&tree, packages, more);

	memset(entry, 0, WP_BLOB_ENTRY_SIZE);
	put_resource(entry, 0, length, 2, file->length, length);
	put(entry, 24, 2, 1);
	put(entry, 26, 4, 1);
	wp_sha1(tree.data, length, entry + WP_BLOB_ENTRY_SHA1);
	wp_buf_add(file, tree.data, length);
	wp_buf_free(&tree);
}

/* A WIM whose first image has a tree of its own with @first characters more than that of the others. */
static struct wp_wim *make_wim(size_t packages, size_t more, size_t first, char path[sizeof TEMPORARY])
{
	uint8_t header[WP_WIM_HEADER_SIZE], own[WP_BLOB_ENTRY_SIZE], entry[WP_BLOB_ENTRY_SIZE];
	struct wp_buf file = { 0 }, xml = { 0 };
	size_t table, text;

	make_header(header, 0);
	wp_buf_add(&file, header, sizeof header);
	add_tree(&file, packages, more + first, own);
	add_tree(&file, packages, more, entry);
	table = file.length;
	wp_buf_puts(&xml, "<WIM>");
	for (unsigned int i = 1; i <= IMAGES; i++) {
		wp_buf_add(&file, i == 1 ? own : entry, sizeof entry);
		wp_buf_printf(&xml, "<IMAGE INDEX=\"%u\"><NAME>A%u</NAME></IMAGE>", i, i);
	}
	wp_buf_puts(&xml, "</WIM>");
	text = file.length;
	wp_buf_add(&file, "\xff\xfe", 2);
	add_utf16(&file, wp_buf_text(&xml));
	put(file.data, AT_IMAGE_COUNT, 4, IMAGES);
	put_resource(file.data, AT_BLOBS, text - table, 2, table, text - table);
	put_resource(file.data, AT_XML, file.length - text, 2, text, file.length - text);
	save(&file, path);
	wp_buf_free(&file);
	wp_buf_free(&xml);
	return wp_wim_read(path);
}

/* The diff of images with nothing in them and such with these packages. */
static struct wp_diff *compare(size_t packages, size_t more, size_t first)
{
	static const struct wp_diff_options options = { .servicing = true, .inner = true };
	char old_path[sizeof TEMPORARY], new_path[sizeof TEMPORARY];
	struct wp_wim *old = make_wim(0, 0, 0, old_path), *new = make_wim(packages, more, first, new_path);
	struct wp_error err = { 0 };
	struct wp_diff *diff = NULL;

	cr_assert_eq(wp_diff_wims(old, new, &options, &diff, &err), WP_OK, "%s", err.message);
	wp_wim_free(old);
	wp_wim_free(new);
	unlink(old_path);
	unlink(new_path);
	return diff;
}

Test(diff_room, of_a_winre)
{
	struct wp_diff *diff = compare(1, 0, 0);
	size_t one = wp_diff_contents_text(diff->images[0].contents), packages = EACH / one;

	wp_diff_free(diff);
	for (size_t more = 0; more < 2; more++) {
		diff = compare(packages, EACH % one, more);
		cr_assert_eq(diff->image_count, IMAGES);
		cr_expect_eq(wp_diff_contents_text(diff->images[0].contents), EACH + more);
		for (size_t i = 0; i < IMAGES; i++)
			cr_expect_eq(diff->images[i].contents != NULL, !more || i + 1 < IMAGES, "%zu", i);
		cr_expect_eq(diff->complete, !more);
		cr_expect_eq(diff->diags.count, more);
		if (more)
			cr_expect(strstr(diff->diags.items[0].summary, "what is installed is not shown: with it a diff would hold more than 16 MiB"),
				  "%s", diff->diags.items[0].summary);
		wp_diff_free(diff);
	}
}
