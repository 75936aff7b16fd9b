/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk or a server that fails while a WIM is read: that is said, and never that the file is damaged. */
#include "../../src/wim/reading.h"
#include "wim_make.h"

#include "wimplan/tree.h"

#include <errno.h>
#include <sys/resource.h>

#define ONE_IMAGE "<WIM><IMAGE INDEX=\"1\"><NAME>Eins</NAME></IMAGE></WIM>"
#define AWAY 100000u /* farther from the header than what is read with it */

static void limit_descriptors(rlim_t most)
{
	struct rlimit limit;

	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

Test(reading, cannot_be_opened_again)
{
	struct wp_buf file = { 0 };
	char path[sizeof TEMPORARY], bytes[8];
	struct wp_wim *wim;

	make_file(&file, ONE_IMAGE, 1);
	save(&file, path);
	wim = wp_wim_read(path);
	wp_wim_close(wim);
	limit_descriptors(0);
	cr_expect_eq(wp_wim_pread(wim, bytes, sizeof bytes, 0), -EMFILE);
	cr_expect_str_eq(wp_reading_all(wim, bytes, sizeof bytes, 0), "it cannot be read");
	limit_descriptors(256);
	cr_expect_null(wp_reading_all(wim, bytes, sizeof bytes, 0));
	cr_expect(wp_wim_is_still(wim));
	wp_wim_close(wim);
	/* Another file. */
	cr_assert_eq(truncate(path, 300), 0);
	cr_expect_eq(wp_wim_pread(wim, bytes, sizeof bytes, 0), -ESTALE);
	cr_expect_not(wp_wim_is_still(wim));
	wp_wim_free(wim);
	unlink(path);
	wp_buf_free(&file);
}

/* Fails at the second read of the XML, which is the one that is decompressed. */
struct failing {
	const struct wp_buf *file;
	const char *path; /* to be changed then; NULL */
	unsigned int reads;
};

static ptrdiff_t fail_later(void *context, void *bytes, size_t length, uint64_t offset)
{
	struct failing *failing = context;

	if (offset == AWAY && failing->reads++) {
		if (failing->path)
			cr_assert_eq(truncate(failing->path, AWAY), 0);
		return -EIO;
	}
	memcpy(bytes, failing->file->data + offset, length);
	return (ptrdiff_t)length;
}

Test(reading, compressed_xml)
{
	for (int changed = 0; changed < 2; changed++) {
		struct wp_buf file = { 0 };
		char path[sizeof TEMPORARY];
		struct failing failing = { .file = &file, .path = changed ? path : NULL };
		struct wp_wim *wim;

		wp_buf_pad(&file, 'x', AWAY + 100);
		make_header((uint8_t *)file.data, 0);
		put(file.data, AT_FLAGS, 4, 0x40002); /* LZX */
		put(file.data, AT_CHUNK_SIZE, 4, 32768);
		/* Too far from the XML to be read at once with it. */
		put_resource(file.data, AT_BLOBS, 50, 0, WP_WIM_HEADER_SIZE, 50);
		put_resource(file.data, AT_XML, 100, 6, AWAY, 200);
		save(&file, path);
		wim = wp_wim_read_place(&(struct wp_wim_place){ .path = "inner.wim", .inside = true, .file = path, .length = file.length,
								.read = fail_later, .context = &failing }, 0);
		cr_expect_eq(failing.reads, 2);
		cr_expect_eq(wim->grade, WP_GRADE_ERROR);
		cr_assert_eq(wim->diags.count, 2);
		cr_expect_str_eq(wim->diags.items[0].code, "xml-compressed");
		cr_expect_str_eq(wim->diags.items[1].code, changed ? "changed-while-reading" : "unreadable");
		cr_expect_eq(wim->file_id[0] == '\0', changed);
		wp_wim_free(wim);
		unlink(path);
		wp_buf_free(&file);
	}
}

static ptrdiff_t fail(void *context, void *bytes, size_t length, uint64_t offset)
{
	(void)context, (void)bytes, (void)length, (void)offset;
	return -EIO;
}

/* The header of a solid resource, which is all that is read besides the table itself. */
Test(reading, solid_resources_of_a_table)
{
	struct wp_buf file = { 0 };
	char path[sizeof TEMPORARY];
	struct wp_wim *wim;
	size_t xml;

	wp_buf_pad(&file, '\0', AWAY);
	wp_buf_pad(&file, '\0', 50);
	xml = file.length;
	wp_buf_add(&file, "\xff\xfe", 2);
	add_utf16(&file, ONE_IMAGE);
	make_header((uint8_t *)file.data, 0);
	put(file.data, AT_VERSION, 4, 0xe00);
	put_resource(file.data, AT_BLOBS, 50, 2, AWAY, 50);
	put_resource(file.data, AT_XML, file.length - xml, 2, xml, file.length - xml);
	put_resource(file.data, AWAY, 1000, 0x10, WP_WIM_HEADER_SIZE, UINT64_C(1) << 32);
	put(file.data, AWAY + 24, 2, 1);
	put(file.data, AWAY + 26, 4, 1);
	save(&file, path);
	wim = wp_wim_read(path);
	cr_assert_neq(wim->grade, WP_GRADE_ERROR);
	wim->read = fail;
	cr_expect_null(wp_wim_index_read(wim));
	cr_assert_gt(wim->diags.count, 0);
	cr_expect_str_eq(wim->diags.items[wim->diags.count - 1].summary, "the blob table cannot be used: it cannot be read");
	cr_expect_str_eq(wim->diags.items[wim->diags.count - 1].code, "unreadable", "which is no damage");
	wp_wim_free(wim);
	unlink(path);
	wp_buf_free(&file);
}
