/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blob tables are read as wimlib reads them; a WIM inside of another file is what it is alone, and nothing around it is seen. */
#include "../../src/wim/internal.h"
#include "wim_make.h"

#include "wimplan/limits.h"
#include "wimplan/tree.h"

#include <sys/stat.h>

#define BEFORE 4097u
#define BEHIND 300u

/* A file with the WIM in the middle of other bytes. */
static void wrap(const struct wp_buf *wim, char path[sizeof TEMPORARY])
{
	struct wp_buf outer = { 0 };

	wp_buf_pad(&outer, 'x', BEFORE);
	wp_buf_add(&outer, wim->data, wim->length);
	wp_buf_pad(&outer, 'x', BEHIND);
	save(&outer, path);
	wp_buf_free(&outer);
}

static struct wp_wim *read_inside(const char *path, uint64_t offset, uint64_t length)
{
	return wp_wim_read_place(&(struct wp_wim_place){ .path = "inner.wim", .inside = true, .file = path, .offset = offset, .length = length }, 0);
}

/* Two images with files that they share and that they do not, and one file twice. */
static void make_tree(struct wp_buf *file, int compression, int flags)
{
	char folder[] = "/tmp/wimplan-test-XXXXXX", path[sizeof TEMPORARY] = TEMPORARY, name[64];
	WIMStruct *wim;

	cr_assert_not_null(mkdtemp(folder));
	close(mkstemp(path));
	cr_assert_eq(wimlib_create_new_wim((enum wimlib_compression_type)compression, &wim), 0);
	for (int image = 1; image <= 2; image++) {
		for (int i = 0; i < 40; i++) {
			FILE *stream;

			snprintf(name, sizeof name, "%s/%d", folder, i);
			stream = fopen(name, "w");
			cr_assert_not_null(stream);
			fprintf(stream, "%*d of image %d", 3000 * (i % 7) + 1, i % 30, i % 3 ? 0 : image);
			fclose(stream);
		}
		snprintf(name, sizeof name, "Image %d", image);
		cr_assert_eq(wimlib_add_image(wim, folder, name, NULL, 0), 0);
	}
	cr_assert_eq(wimlib_write(wim, path, WIMLIB_ALL_IMAGES, flags, 1), 0);
	wimlib_free(wim);
	load(path, file);
	unlink(path);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "%s/%d", folder, i);
		unlink(name);
	}
	rmdir(folder);
}

static void expect_same_index(const char *name, const struct wp_wim_index *a, const struct wp_wim_index *b)
{
	cr_assert_eq(a->blob_count, b->blob_count, "%s: %zu, %zu", name, a->blob_count, b->blob_count);
	for (size_t i = 0; i < a->blob_count; i++) {
		const struct wp_blob *x = &a->blobs[i], *y = &b->blobs[i];

		cr_expect_arr_eq(x->sha1, y->sha1, WP_SHA1_SIZE, "%s", name);
		cr_expect(x->solid == y->solid && x->compressed == y->compressed && x->elsewhere == y->elsewhere &&
			  x->size == y->size && x->stored == y->stored && x->offset == y->offset, "%s: blob %zu", name, i);
	}
	cr_assert_eq(a->image_count, b->image_count, "%s", name);
	for (size_t i = 0; i < a->image_count; i++) {
		const struct wp_metadata_resource *x = &a->images[i], *y = &b->images[i];

		cr_expect_arr_eq(x->sha1, y->sha1, WP_SHA1_SIZE, "%s", name);
		cr_expect(x->compressed == y->compressed && x->solid == y->solid && x->offset == y->offset &&
			  x->stored == y->stored && x->size == y->size && x->same_as == y->same_as, "%s: image %zu", name, i);
	}
	cr_expect_eq(a->solid_count, b->solid_count, "%s", name);
	for (size_t i = 0; i < a->solid_count && i < b->solid_count; i++)
		cr_expect(a->solid[i].place.begin == b->solid[i].place.begin && a->solid[i].place.end == b->solid[i].place.end &&
			  a->solid[i].size == b->solid[i].size, "%s", name);
	cr_expect_str_eq(a->content.content_id, b->content.content_id, "%s", name);
	cr_expect_eq(a->content.blob_count, b->content.blob_count, "%s", name);
	cr_expect_eq(a->content.blob_bytes, b->content.blob_bytes, "%s", name);
	cr_expect_eq(a->content.stored_bytes.value, b->content.stored_bytes.value, "%s", name);
	cr_expect_eq(a->content.stored_bytes.known, b->content.stored_bytes.known, "%s", name);
}

struct comparison {
	const char *name;
	const struct wp_wim_index *index;
	size_t images, blobs;
};

/* What wimlib tells of a resource is in the index. */
static int compare_resource(const struct wimlib_resource_entry *resource, void *context)
{
	struct comparison *comparison = context;
	const struct wp_wim_index *index = comparison->index;
	const struct wp_metadata_resource *image = &index->images[comparison->images];
	const struct wp_blob *blob;

	if (resource->is_metadata) {
		cr_assert_lt(comparison->images++, index->image_count, "%s", comparison->name);
		cr_expect_arr_eq(image->sha1, resource->sha1_hash, WP_SHA1_SIZE, "%s", comparison->name);
		cr_expect(image->offset == resource->offset && image->stored == resource->compressed_size &&
			  image->size == resource->uncompressed_size && image->compressed == resource->is_compressed, "%s",
			  comparison->name);
		return 0;
	}
	comparison->blobs++;
	blob = wp_wim_index_find(index, resource->sha1_hash);
	cr_assert_not_null(blob, "%s", comparison->name);
	cr_expect(blob->solid == resource->packed && blob->compressed == resource->is_compressed && !blob->elsewhere &&
		  blob->offset == resource->offset && blob->size == resource->uncompressed_size &&
		  blob->stored == (resource->packed ? 0 : resource->compressed_size), "%s", comparison->name);
	if (resource->packed)
		cr_expect(index->solid[blob->resource].place.begin == resource->raw_resource_offset_in_wim &&
			  index->solid[blob->resource].size == resource->raw_resource_uncompressed_size, "%s", comparison->name);
	return 0;
}

static void expect_what_wimlib_says(const char *name, const char *path, const struct wp_wim_index *index)
{
	struct comparison comparison = { .name = name, .index = index };
	WIMStruct *opened;

	cr_assert_eq(wimlib_open_wim(path, 0, &opened), 0, "%s", name);
	cr_expect_eq(wimlib_iterate_lookup_table(opened, 0, compare_resource, &comparison), 0);
	cr_expect_eq(comparison.images, index->image_count, "%s", name);
	cr_expect_eq(comparison.blobs, index->blob_count, "%s", name);
	wimlib_free(opened);
}

Test(inside, is_what_wimlib_says_of_it_alone)
{
	static const struct {
		const char *name;
		int compression, flags;
	} cases[] = {
		{ "uncompressed", WIMLIB_COMPRESSION_TYPE_NONE, 0 },
		{ "LZX", WIMLIB_COMPRESSION_TYPE_LZX, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY },
		{ "solid", WIMLIB_COMPRESSION_TYPE_LZMS, WIMLIB_WRITE_FLAG_SOLID },
		{ "pipable", WIMLIB_COMPRESSION_TYPE_XPRESS, WIMLIB_WRITE_FLAG_PIPABLE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char alone_path[sizeof TEMPORARY], outer_path[sizeof TEMPORARY];
		struct wp_wim_index *one, *two;
		struct wp_wim *alone, *inside;
		struct wp_buf file = { 0 };

		make_tree(&file, cases[i].compression, cases[i].flags);
		save(&file, alone_path);
		wrap(&file, outer_path);
		alone = wp_wim_read(alone_path);
		inside = read_inside(outer_path, BEFORE, file.length);
		cr_assert_eq(inside->grade, WP_GRADE_OK, "%s: %s", cases[i].name, only_code(&inside->diags));
		cr_expect_str_eq(inside->file_id, alone->file_id, "%s", cases[i].name);
		cr_expect_eq(inside->size, alone->size);
		one = wp_wim_index_read(alone);
		two = wp_wim_index_read(inside);
		cr_assert(one && two, "%s", cases[i].name);
		expect_what_wimlib_says(cases[i].name, alone_path, one);
		expect_same_index(cases[i].name, one, two);
		for (uint32_t image = 1; image <= 2; image++) {
			struct wp_tree *x = wp_tree_read(one, image), *y = wp_tree_read(two, image);

			cr_expect_eq(y->node_count, 41, "%s", cases[i].name);
			cr_assert_eq(x->node_count, y->node_count);
			cr_expect_arr_eq(x->nodes, y->nodes, x->node_count * sizeof *x->nodes, "%s", cases[i].name);
			wp_tree_free(x);
			wp_tree_free(y);
		}
		wp_wim_index_free(one);
		wp_wim_index_free(two);
		wp_wim_free(alone);
		wp_wim_free(inside);
		unlink(alone_path);
		unlink(outer_path);
		wp_buf_free(&file);
	}
}

/* What follows is there in the larger file, and yet not in the WIM. */
Test(inside, ends_where_its_place_ends)
{
	char path[sizeof TEMPORARY];
	struct wp_buf file = { 0 };
	struct wp_wim *wim;

	make_tree(&file, WIMLIB_COMPRESSION_TYPE_NONE, 0);
	wrap(&file, path);
	wim = read_inside(path, BEFORE, file.length - 1);
	cr_expect_eq(wim->grade, WP_GRADE_ERROR);
	cr_expect(wp_diags_have(&wim->diags, "resource-out-of-range"), "%s", only_code(&wim->diags));
	wp_wim_free(wim);
	wim = read_inside(path, BEFORE, WP_WIM_HEADER_SIZE - 1);
	cr_expect_str_eq(only_code(&wim->diags), "too-small");
	wp_wim_free(wim);
	/* A place that the file does not have. */
	wim = read_inside(path, BEFORE + file.length + BEHIND, WP_WIM_HEADER_SIZE);
	cr_expect_str_eq(only_code(&wim->diags), "changed-while-reading");
	wp_wim_free(wim);
	wim = read_inside("/nowhere.iso", 0, WP_WIM_HEADER_SIZE);
	cr_expect_str_eq(only_code(&wim->diags), "not-found");
	cr_expect_str_eq(wim->path, "inner.wim");
	wp_wim_free(wim);
	unlink(path);
	wp_buf_free(&file);
}

#define ENTRY(file, i) ((uint8_t *)(file)->data + get((file)->data, 0x30 + 8, 8) + (i) * WP_BLOB_ENTRY_SIZE)

static void expect_refused(const char *name, struct wp_wim *wim)
{
	cr_expect_null(wp_wim_index_read(wim), "%s", name);
	cr_expect(wp_diags_have(&wim->diags, "wimlib-error"), "%s", name);
	cr_expect(wim->diags.count && wim->diags.items[wim->diags.count - 1].detail, "%s", name);
	wp_wim_free(wim);
}

/* An entry twice: the first one counts, wherever in the table the other one stands. */
Test(inside, of_two_entries_the_first_counts)
{
	struct wp_buf file = { 0 };
	char path[sizeof TEMPORARY];
	struct wp_wim_index *index;
	struct wp_wim *wim;
	size_t blob = 0, last;

	make_tree(&file, WIMLIB_COMPRESSION_TYPE_LZX, 0);
	last = get(file.data, AT_BLOBS + 16, 8) / WP_BLOB_ENTRY_SIZE - 1;
	while (ENTRY(&file, blob)[7] & 2)
		blob++;
	while (ENTRY(&file, last)[7] & 2)
		last--;
	cr_assert_lt(blob, last);
	memcpy(ENTRY(&file, last) + WP_BLOB_ENTRY_SHA1, ENTRY(&file, blob) + WP_BLOB_ENTRY_SHA1, WP_SHA1_SIZE);
	save(&file, path);
	wim = wp_wim_read(path);
	index = wp_wim_index_read(wim);
	cr_assert_not_null(index);
	cr_expect_eq(wp_wim_index_find(index, ENTRY(&file, blob) + WP_BLOB_ENTRY_SHA1)->offset, get(ENTRY(&file, blob), 8, 8));
	expect_what_wimlib_says("an entry twice", path, index);
	wp_wim_index_free(index);
	wp_wim_free(wim);
	unlink(path);
	wp_buf_free(&file);
}

/* The blob table says what it must not: wimlib refuses it, and so do we, with its code and a word on what is wrong. */
Test(inside, bad_tables)
{
	static const struct {
		const char *name;
		size_t entry, at, size;
		uint64_t value;
		bool solid;
	} cases[] = {
		{ "a solid resource beyond the end", 0, 8, 8, UINT64_C(1) << 40, true },
		{ "a blob beyond its solid resource", 1, 8, 8, UINT64_C(1) << 40, true },
		{ "a blob larger than its solid resource", 1, 0, 6, UINT64_C(1) << 40, true },
		{ "two blobs in one place of their solid resource", 2, 8, 8, 0, true },
		{ "two sizes", 0, 16, 8, 5, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf file = { 0 };
		char path[sizeof TEMPORARY];
		struct wp_wim *wim;
		WIMStruct *opened;
		size_t first = 0;

		make_tree(&file, cases[i].solid ? WIMLIB_COMPRESSION_TYPE_LZMS : WIMLIB_COMPRESSION_TYPE_NONE,
			  cases[i].solid ? WIMLIB_WRITE_FLAG_SOLID : 0);
		while (cases[i].solid && !(ENTRY(&file, first)[7] & WP_WIM_RESOURCE_SOLID))
			first++;
		put(ENTRY(&file, first + cases[i].entry), cases[i].at, cases[i].size, cases[i].value);
		save(&file, path);
		cr_expect_neq(wimlib_open_wim(path, 0, &opened), 0, "wimlib takes %s", cases[i].name);
		wim = wp_wim_read(path);
		unlink(path);
		expect_refused(cases[i].name, wim);
		wrap(&file, path);
		wim = read_inside(path, BEFORE, file.length);
		unlink(path);
		expect_refused(cases[i].name, wim);
		wp_buf_free(&file);
	}
}

/* wimlib cannot be given a part of a file, so nobody is told that its data is sound. */
Test(inside, is_not_verified)
{
	const char *detail = NULL;
	char path[sizeof TEMPORARY];
	struct wp_buf file = { 0 };
	struct wp_wim *wim;

	make_tree(&file, WIMLIB_COMPRESSION_TYPE_NONE, 0);
	wrap(&file, path);
	wim = read_inside(path, BEFORE, file.length);
	cr_expect_eq(wp_wim_verify_data(wim, NULL, NULL, &detail), WP_WIM_DATA_UNREADABLE);
	cr_expect_not_null(detail);
	wp_wim_free(wim);
	unlink(path);
	wp_buf_free(&file);
}

/* A table whose run of solid resources is one and the same, so many times: each counts. */
Test(inside, solid_resources_of_a_file)
{
	for (uint64_t count = WP_LIMIT_SOLID; count <= WP_LIMIT_SOLID + UINT64_C(1); count++) {
		uint8_t solid[WP_BLOB_ENTRY_SIZE];
		struct wp_buf file = { 0 }, table = { 0 };
		struct wp_wim_index *index;
		char path[sizeof TEMPORARY];
		struct wp_wim *wim;
		uint64_t entries, at;
		size_t first = 0;

		make_tree(&file, WIMLIB_COMPRESSION_TYPE_LZMS, WIMLIB_WRITE_FLAG_SOLID);
		entries = get(file.data, AT_BLOBS + 16, 8) / WP_BLOB_ENTRY_SIZE;
		while (!(ENTRY(&file, first)[7] & WP_WIM_RESOURCE_SOLID))
			first++;
		memcpy(solid, ENTRY(&file, first), sizeof solid);
		for (uint64_t i = 0; i < entries; i++) {
			if (i == first)
				for (uint64_t k = 1; k < count; k++)
					wp_buf_add(&table, solid, sizeof solid);
			wp_buf_add(&table, ENTRY(&file, i), WP_BLOB_ENTRY_SIZE);
		}
		at = file.length;
		wp_buf_add(&file, table.data, table.length);
		put_resource(file.data, AT_BLOBS, table.length, 0, at, table.length);
		wrap(&file, path);
		wim = read_inside(path, BEFORE, file.length);
		index = wp_wim_index_read(wim);
		if (count == WP_LIMIT_SOLID) {
			cr_expect(index, "%s", only_code(&wim->diags));
		} else {
			cr_expect_null(index);
			cr_assert(wim->diags.count > 0);
			cr_expect_str_eq(wim->diags.items[wim->diags.count - 1].detail, "it has too many solid resources");
		}
		wp_wim_index_free(index);
		wp_wim_free(wim);
		unlink(path);
		wp_buf_free(&file);
		wp_buf_free(&table);
	}
}
