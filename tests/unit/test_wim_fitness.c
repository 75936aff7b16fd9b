/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that can be read and are none that a site could use. */
#include "temporary.h"
#include "wim_make.h"

#include "wimplan/tree.h"

/* Three files of which two have the same data, captured in two images of one tree and written to @path. */
static void make_whole(const char *folder, const char *path, int flags)
{
	static const char *const files[][2] = { { "a", "hello world" }, { "b", "hello worlds" }, { "c", "hello world" } };
	char name[TEMPORARY_SIZE + 32];
	WIMStruct *wim;

	snprintf(name, sizeof name, "%s/tree", folder);
	cr_assert_eq(mkdir(name, 0755), 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		FILE *file;

		snprintf(name, sizeof name, "%s/tree/%s", folder, files[i][0]);
		file = fopen(name, "w");
		cr_assert_not_null(file);
		fputs(files[i][1], file);
		fclose(file);
	}
	snprintf(name, sizeof name, "%s/tree", folder);
	cr_assert_eq(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_NONE, &wim), 0);
	cr_assert_eq(wimlib_add_image(wim, name, "1", NULL, 0), 0);
	cr_assert_eq(wimlib_add_image(wim, name, "2", NULL, 0), 0);
	cr_assert_eq(wimlib_write(wim, path, WIMLIB_ALL_IMAGES, flags, 1), 0);
	wimlib_free(wim);
}

/* Both images without their files' data, as --delta-from writes them. */
static void make_delta(const char *whole, const char *path)
{
	WIMStruct *from, *to;

	cr_assert_eq(wimlib_open_wim(whole, 0, &from), 0);
	cr_assert_eq(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_NONE, &to), 0);
	cr_assert_eq(wimlib_export_image(from, WIMLIB_ALL_IMAGES, to, NULL, NULL, 0), 0);
	cr_assert_eq(wimlib_write(to, path, WIMLIB_ALL_IMAGES, WIMLIB_WRITE_FLAG_SKIP_EXTERNAL_WIMS, 1), 0);
	wimlib_free(to);
	wimlib_free(from);
}

/* What the file at @path is found fit for, with what its trees say. */
static struct wp_wim_fitness look_at(const char *path, struct wp_number *ret_missing)
{
	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);
	struct wp_wim_fitness fitness;

	cr_assert_not_null(index, "%s", path);
	cr_expect_not(index->content.missing.known);
	wp_wim_fitness(&wim->header, NULL, &fitness);
	cr_expect_not(fitness.delta);
	wp_wim_index_count_missing(index);
	*ret_missing = index->content.missing;
	wp_wim_fitness(&wim->header, &index->content, &fitness);
	return fitness;
}

static void expect_none_missing(const char *path, const char *label)
{
	struct wp_number missing;

	cr_expect_not(look_at(path, &missing).delta, "%s", label);
	cr_expect(missing.known && missing.value == 0, "%s", label);
}

Test(wim, fitness_of_a_delta)
{
	char folder[TEMPORARY_SIZE], whole[TEMPORARY_SIZE + 32], delta[TEMPORARY_SIZE + 32];
	struct wp_wim_fitness fitness;
	struct wp_number missing;

	temporary_make(folder);
	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	snprintf(whole, sizeof whole, "%s/whole.wim", folder);
	snprintf(delta, sizeof delta, "%s/delta.wim", folder);
	make_whole(folder, whole, 0);
	make_delta(whole, delta);
	expect_none_missing(whole, "whole");
	fitness = look_at(delta, &missing);
	cr_expect(fitness.delta);
	cr_expect(!fitness.metadata_only && !fitness.resource_only && !fitness.pipable && !fitness.solid);
	/* Each of the two images says that it lacks three files. */
	cr_expect(missing.known);
	cr_expect_eq(missing.value, 6, "%ju", (uintmax_t)missing.value);
	temporary_remove(folder);
}

Test(wim, fitness_by_format)
{
	static const struct {
		const char *label;
		int flags;
		bool solid, pipable;
	} files[] = {
		{ "plain", 0, false, false },
		{ "solid", WIMLIB_WRITE_FLAG_SOLID, true, false },
		{ "pipable", WIMLIB_WRITE_FLAG_PIPABLE, false, true },
	};

	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char folder[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 32];
		struct wp_wim_fitness fitness;
		struct wp_number missing;

		temporary_make(folder);
		snprintf(path, sizeof path, "%s/a.wim", folder);
		make_whole(folder, path, files[i].flags);
		fitness = look_at(path, &missing);
		cr_expect_eq(fitness.solid, files[i].solid, "%s", files[i].label);
		cr_expect_eq(fitness.pipable, files[i].pipable, "%s", files[i].label);
		cr_expect(!fitness.delta && missing.known, "%s", files[i].label);
		temporary_remove(folder);
	}
}

Test(wim, fitness_by_header)
{
	for (uint32_t flags = 0; flags <= 0x30; flags += 0x10) {
		struct wp_wim_header header = { .version = WP_WIM_VERSION_DEFAULT, .flags = flags };
		struct wp_wim_fitness fitness;

		wp_wim_fitness(&header, NULL, &fitness);
		cr_expect_eq(fitness.resource_only, (flags & 0x10) != 0);
		cr_expect_eq(fitness.metadata_only, (flags & 0x20) != 0);
	}
}

/* A set of 65,535 parts of which one is there: few of them are looked for, and all others said to be missing. */
Test(wim, parts_that_a_header_claims)
{
	char folder[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 32];
	struct wp_buf file = { 0 };
	struct wp_wim_index *index;
	struct wp_wim *wim;
	FILE *stream;

	temporary_make(folder);
	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	snprintf(path, sizeof path, "%s/a.swm", folder);
	make_whole(folder, path, 0);
	load(path, &file);
	put(file.data, AT_PARTS, 2, UINT16_MAX);
	stream = fopen(path, "w");
	cr_assert_not_null(stream);
	cr_assert_eq(fwrite(file.data, 1, file.length, stream), file.length);
	fclose(stream);
	wim = wp_wim_read(path);
	index = wp_wim_index_read(wim);
	cr_assert_not_null(index);
	cr_expect_eq(index->parts_missing, UINT16_MAX - 1);
	cr_expect(wp_diags_have(&wim->diags, "part-missing"));
	wp_wim_index_free(index);
	wp_wim_free(wim);
	wp_buf_free(&file);
	temporary_remove(folder);
}

/* One image of two has no tree that can be read: nothing is known, unless the other one lacks something. */
Test(wim, fitness_of_a_damaged_tree)
{
	for (int delta = 0; delta < 2; delta++) {
		char folder[TEMPORARY_SIZE], whole[TEMPORARY_SIZE + 32], path[TEMPORARY_SIZE + 32];
		struct wp_wim *wim;
		struct wp_wim_index *index;

		temporary_make(folder);
		wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
		snprintf(whole, sizeof whole, "%s/whole.wim", folder);
		snprintf(path, sizeof path, "%s/%s.wim", folder, delta ? "delta" : "whole");
		make_whole(folder, whole, 0);
		if (delta)
			make_delta(whole, path);
		wim = wp_wim_read(path);
		index = wp_wim_index_read(wim);
		cr_assert(index && index->image_count == 2);
		index->images[1].sha1[0] ^= 1;
		wp_wim_index_count_missing(index);
		cr_expect_eq(index->content.missing.known, delta == 1);
		cr_expect_eq(index->content.missing.value, delta ? 3 : 0);
		wp_wim_index_free(index);
		wp_wim_free(wim);
		temporary_remove(folder);
	}
}
