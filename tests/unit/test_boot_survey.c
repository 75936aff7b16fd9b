/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much is read of the programs of one file together. */
#include "temporary.h"
#include "wim_make.h"

#include "wimplan/boot.h"
#include "wimplan/limits.h"

/* One more than are read when each has the most bytes that a file may have. */
enum { PROGRAMS = WP_LIMIT_BOOT_BYTES / WP_LIMIT_FILE_DATA + 1, PLACES = 6, IN_THIRD = PROGRAMS - 2 * PLACES };

static const char *const places[PLACES] = { "/Windows/Boot/EFI/bootmgfw.efi", "/Windows/Boot/EFI/bootmgr.efi", "/Windows/Boot/EFI/memtest.efi",
					    "/Windows/System32/winload.efi", "/Windows/System32/winresume.efi", "/EFI/Boot/bootx64.efi" };

/* A WIM with so many different programs, six in each image. */
static void make(const char *root, const char *path)
{
	WIMStruct *made;

	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	cr_assert_eq(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_LZX, &made), 0);
	for (size_t i = 0; i < PROGRAMS; i++) {
		char name[24], data[TEMPORARY_SIZE + 16];

		snprintf(name, sizeof name, "%zu", i / PLACES);
		snprintf(data, sizeof data, "%s/%zu", root, i);
		temporary_write(data, &i, sizeof i);
		if (i % PLACES == 0)
			cr_assert_eq(wimlib_add_empty_image(made, name, NULL), 0);
		cr_assert_eq(wimlib_add_tree(made, (int)(i / PLACES) + 1, data, places[i % PLACES], 0), 0);
	}
	cr_assert_eq(wimlib_write(made, path, WIMLIB_ALL_IMAGES, 0, 1), 0);
	wimlib_free(made);
}

static int by_offset(const void *a, const void *b)
{
	const struct wp_blob *x = *(struct wp_blob *const *)a, *y = *(struct wp_blob *const *)b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* How many of the programs have this reason for not being read. */
static size_t count(const struct wp_boot_image *images, size_t image_count, const char *reason)
{
	size_t found = 0;

	for (size_t i = 0; i < image_count; i++)
		for (size_t k = 0; k < images[i].count; k++)
			found += images[i].files[k].not_read && !strcmp(images[i].files[k].not_read, reason);
	return found;
}

/*
 * All but the last say that they have 64 MiB, and are a few bytes that are none: what is damaged has been read as well. What is left then
 * suffices for the last one, or is one byte short.
 */
Test(boot_survey, bytes_of_all_programs)
{
	for (uint64_t most = 0; most < 2; most++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		char root[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 8];
		struct wp_blob *blobs[PROGRAMS];
		const struct wp_boot_image *images;
		struct wp_boot_survey *survey;
		struct wp_wim_index *index;
		size_t blob_count = 0;
		struct wp_wim *wim;

		temporary_make(root);
		snprintf(path, sizeof path, "%s/a.wim", root);
		make(root, path);
		wim = wp_wim_read(path);
		index = wp_wim_index_read(wim);
		cr_assert(index);
		for (size_t i = 0; i < index->blob_count; i++)
			blobs[blob_count++] = &index->blobs[i];
		cr_assert_eq(blob_count, PROGRAMS);
		qsort(blobs, blob_count, sizeof *blobs, by_offset);
		survey = wp_boot_survey_begin(arena, index);
		for (uint32_t image = 1; image <= index->image_count; image++) {
			struct wp_tree *tree = wp_tree_read(index, image);

			wp_boot_survey_tree(survey, tree);
			wp_tree_free(tree);
		}
		for (size_t i = 0; i + 1 < PROGRAMS; i++) {
			blobs[i]->compressed = true;
			blobs[i]->size = WP_LIMIT_FILE_DATA;
		}
		blobs[0]->size -= blobs[PROGRAMS - 1]->size - most;
		images = wp_boot_survey_end(survey, wp_authorities(), (struct wp_svn){ .known = false });
		cr_expect_eq(count(images, wim->metadata->image_count, "its table of chunks is larger than itself"), PROGRAMS - 1);
		cr_expect_eq(count(images, wim->metadata->image_count,
				   "the programs of this kind in the file have more bytes together than are read"), most);
		wp_wim_index_free(index);
		wp_wim_free(wim);
		temporary_remove(root);
	}
}

/* Programs of many images together, each counted in each of them: of an image that would have more than are left nothing is said. */
Test(boot_survey, files_of_all_images)
{
	for (uint32_t lack = 0; lack < 2; lack++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		char root[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 8];
		const struct wp_boot_image *images;
		struct wp_boot_survey *survey;
		struct wp_wim_index *index;
		struct wp_wim *wim;
		struct wp_tree *tree;

		temporary_make(root);
		snprintf(path, sizeof path, "%s/a.wim", root);
		make(root, path);
		wim = wp_wim_read(path);
		index = wp_wim_index_read(wim);
		cr_assert(index && index->image_count > 2);
		cr_expect_eq(index->left->boot_files, WP_LIMIT_BOOT_FILES);
		/* The second image has the tree of the first one, and the third one has its own. */
		index->images[1].same_as = 1;
		index->left->boot_files = 2 * PLACES + IN_THIRD - lack;
		survey = wp_boot_survey_begin(arena, index);
		for (uint32_t image = 1; image <= 3; image += 2) {
			tree = wp_tree_read(index, image);
			wp_boot_survey_tree(survey, tree);
			wp_tree_free(tree);
		}
		images = wp_boot_survey_end(survey, wp_authorities(), (struct wp_svn){ .known = false });
		cr_expect_eq(images[0].count, PLACES);
		cr_expect_eq(images[2].count, IN_THIRD);
		cr_expect(images[1].known && images[1].in_part == lack && images[1].count == (lack ? 0 : PLACES));
		cr_expect_eq(images[1].verdict == WP_BOOT_NOT_READ, images[1].in_part || images[0].verdict == WP_BOOT_NOT_READ);
		cr_expect_eq(strstr(wp_boot_verdict_sentence(arena, &images[1]), "too many such files in the images before it") != NULL, lack);
		wp_wim_index_free(index);
		wp_wim_free(wim);
		temporary_remove(root);
	}
}
