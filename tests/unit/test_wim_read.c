/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layer 1 on files: what it gives, what it says of things that are no WIM, and damage at every byte. */
#include "wim_make.h"
#include "wimplan/limits.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#define ONE_IMAGE "<WIM><IMAGE INDEX=\"1\"><NAME>Eins</NAME></IMAGE></WIM>"

Test(wim, read_file)
{
	struct wp_buf file = { 0 };
	struct wp_wim *wim;
	struct wp_sha256 *hash;
	char expected[WP_HASH_TEXT];
	uint8_t size[8];

	make_file(&file, ONE_IMAGE, 1);
	wim = read_bytes(&file);
	cr_assert_eq(wim->grade, WP_GRADE_OK, "%s", only_code(&wim->diags));
	cr_expect_eq(wim->diags.count, 0);
	cr_expect(wim->opened);
	cr_expect_eq(wim->size, file.length);
	cr_expect(wim->modified.known);
	cr_expect(wim->have_header);
	cr_expect_eq(wim->header.image_count, 1);
	cr_expect_null(wim->xml_text);
	cr_expect_str_eq(wim->xml_sha256, "");
	cr_assert_not_null(wim->metadata);
	cr_expect_str_eq(wim->metadata->images[0].name, "Eins");

	hash = wp_sha256_new();
	wp_sha256_add(hash, file.data, file.length);
	put(size, 0, 8, file.length);
	wp_sha256_add(hash, size, 8);
	wp_sha256_finish(hash, expected);
	cr_expect_str_eq(wim->file_id, expected);
	wp_wim_free(wim);
	wp_buf_free(&file);
	wp_wim_free(NULL);
}

Test(wim, read_with_what_is_asked_for)
{
	struct wp_buf file = { 0 };
	char path[sizeof TEMPORARY], expected[WP_HASH_TEXT];
	struct wp_wim *wim;

	make_file(&file, ONE_IMAGE, 1);
	save(&file, path);
	wim = wp_wim_read_place(&(struct wp_wim_place){ .path = path }, WP_WIM_WITH_TEXT);
	cr_expect_str_eq(wim->xml_text, ONE_IMAGE);
	cr_expect_eq(wim->xml_text_length, strlen(ONE_IMAGE));
	cr_expect_not_null(wim->metadata);
	cr_expect_str_eq(wim->xml_sha256, "");
	wp_wim_free(wim);
	wim = wp_wim_read_place(&(struct wp_wim_place){ .path = path }, WP_WIM_WITH_XML_SHA256);
	wp_sha256_text(file.data + WP_WIM_HEADER_SIZE, file.length - WP_WIM_HEADER_SIZE, expected);
	cr_expect_str_eq(wim->xml_sha256, expected);
	cr_expect_null(wim->xml_text);
	wp_wim_free(wim);
	unlink(path);
	wp_buf_free(&file);
}

/* Reads @path and expects an error with @code and nothing else. */
static void expect_error(const char *path, const char *code)
{
	struct wp_wim *wim = wp_wim_read(path);

	cr_expect_str_eq(only_code(&wim->diags), code, "%s: %s", path, only_code(&wim->diags));
	cr_expect_eq(wim->grade, WP_GRADE_ERROR, "%s", path);
	cr_expect_null(wim->metadata);
	cr_expect_str_eq(wim->file_id, "");
	if (wim->diags.count)
		cr_expect_str_eq(wim->diags.items[0].subject, path);
	wp_wim_free(wim);
}

/* The tests may run as root, to whom no file is unreadable for want of permission: a link to itself will do. */
Test(wim, read_things_that_are_no_files)
{
	char folder[] = "/tmp/wimplan-test-XXXXXX";
	char path[64];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	cr_assert_not_null(mkdtemp(folder));
	expect_error(folder, "not-regular-file");
	expect_error("/dev/zero", "not-regular-file");
	expect_error("/dev/null", "not-regular-file");
	expect_error("", "not-found");
	snprintf(path, sizeof path, "%s/nothing", folder);
	expect_error(path, "not-found");

	snprintf(path, sizeof path, "%s/pipe", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	expect_error(path, "not-regular-file");
	unlink(path);

	snprintf(path, sizeof path, "%s/link", folder);
	cr_assert_eq(symlink(path, path), 0);
	expect_error(path, "unreadable");
	unlink(path);

	snprintf(path, sizeof path, "%s/socket", folder);
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	expect_error(path, "not-regular-file");
	close(fd);
	unlink(path);

	snprintf(path, sizeof path, "%s/file", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	expect_error(path, "too-small");
	cr_assert_eq(write(fd, path, 9), 9);
	expect_error(path, "too-small");
	cr_assert_eq(ftruncate(fd, 207), 0);
	expect_error(path, "too-small");
	cr_assert_eq(ftruncate(fd, 208), 0);
	expect_error(path, "not-wim");
	close(fd);
	unlink(path);
	rmdir(folder);
}

Test(wim, read_path_that_is_no_utf8)
{
	struct wp_wim *wim = wp_wim_read("/nowhere/\xff.wim");

	cr_expect_str_eq(wim->path, "/nowhere/\xff.wim");
	cr_expect_str_eq(wim->diags.items[0].subject, "/nowhere/\xef\xbf\xbd.wim");
	wp_wim_free(wim);
}

/* One change to a good file of one image; what is still given. */
static const struct {
	const char *name;
	size_t at, size;
	uint64_t value;
	const char *code;
	bool header, images, file_id;
} changes[] = {
	{ "magic", 0, 1, 'm', "not-wim", false, false, false },
	{ "header size", AT_HEADER_SIZE, 4, 200, "header-size", true, false, false },
	{ "version", AT_VERSION, 4, 0x10900, "unsupported-version", true, false, false },
	{ "0x7ffffffe images", AT_IMAGE_COUNT, 4, 0x7ffffffe, "too-many-images", true, false, false },
	{ "two images", AT_IMAGE_COUNT, 4, 2, "image-count-mismatch", true, true, true },
	{ "XML's offset", AT_XML + 8, 8, INT64_MAX, "resource-out-of-range", true, false, false },
	{ "XML's size", AT_XML, 7, INT64_MAX, "resource-out-of-range", true, false, false },
	{ "BOM", WP_WIM_HEADER_SIZE, 2, 0xfffe, "xml-encoding", true, false, true },
	{ "text", WP_WIM_HEADER_SIZE + 2, 2, 'x', "xml-invalid", true, false, true },
	{ "blob table", AT_BLOBS, 7, 1000000, "resource-out-of-range", true, true, true },
	{ "parts", AT_PARTS, 2, 3, "split-part", true, true, true },
	{ "being written", AT_FLAGS, 4, WP_WIM_FLAG_WRITE_IN_PROGRESS, "write-in-progress", true, true, true },
};

Test(wim, read_what_can_be_given)
{
	size_t i;

	for (i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct wp_buf file = { 0 };
		struct wp_wim *wim;
		const char *name = changes[i].name;

		make_file(&file, ONE_IMAGE, 1);
		put(file.data, changes[i].at, changes[i].size, changes[i].value);
		wim = read_bytes(&file);
		cr_expect_str_eq(only_code(&wim->diags), changes[i].code, "%s: %s", name, only_code(&wim->diags));
		cr_expect_eq(wim->have_header, changes[i].header, "%s", name);
		cr_expect_eq(wim->metadata != NULL, changes[i].images, "%s", name);
		cr_expect_eq(wim->file_id[0] != '\0', changes[i].file_id, "%s", name);
		cr_expect_eq(wim->grade, changes[i].images ? WP_GRADE_WARNING : WP_GRADE_ERROR, "%s", name);
		wp_wim_free(wim);
		wp_buf_free(&file);
	}
}

Test(wim, read_total_bytes)
{
	static const struct {
		const char *xml;
		uint16_t parts;
		uint32_t version;
		const char *code;
	} cases[] = {
		{ "<WIM><TOTALBYTES>208</TOTALBYTES></WIM>", 1, 0x10d00, "" },
		{ "<WIM><TOTALBYTES>209</TOTALBYTES></WIM>", 1, 0x10d00, "total-bytes-mismatch" },
		{ "<WIM><TOTALBYTES>209</TOTALBYTES></WIM>", 1, 0xe00, "" },
		{ "<WIM><TOTALBYTES>209</TOTALBYTES></WIM>", 2, 0x10d00, "split-part" },
		{ "<WIM><TOTALBYTES>x</TOTALBYTES></WIM>", 1, 0x10d00, "bad-value" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wp_buf file = { 0 };
		struct wp_wim *wim;

		make_file(&file, cases[i].xml, 0);
		put(file.data, AT_PARTS, 2, cases[i].parts);
		put(file.data, AT_VERSION, 4, cases[i].version);
		wim = read_bytes(&file);
		cr_expect_str_eq(only_code(&wim->diags), cases[i].code, "%zu", i);
		cr_expect_not_null(wim->metadata);
		wp_wim_free(wim);
		wp_buf_free(&file);
	}
}

Test(wim, read_limit_of_the_xml)
{
	static const struct {
		size_t length;
		const char *code;
	} cases[] = { { WP_LIMIT_XML_BYTES, "" }, { WP_LIMIT_XML_BYTES + 2, "xml-too-large" } };
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wp_buf file = { 0 };
		struct wp_wim *wim;
		size_t at;

		make_file(&file, "<WIM/>", 0);
		at = file.length;
		wp_buf_pad(&file, ' ', WP_WIM_HEADER_SIZE + cases[i].length - at);
		for (at++; at < file.length; at += 2)
			file.data[at] = '\0';
		put_resource(file.data, AT_XML, cases[i].length, 2, WP_WIM_HEADER_SIZE, cases[i].length);
		wim = read_bytes(&file);
		cr_expect_str_eq(only_code(&wim->diags), cases[i].code);
		cr_expect_eq(wim->grade, i ? WP_GRADE_ERROR : WP_GRADE_OK);
		wp_wim_free(wim);
		wp_buf_free(&file);
	}
}

Test(wim, read_pipable)
{
	struct wp_buf file = { 0 };
	struct wp_wim *wim;
	char path[sizeof TEMPORARY];

	make_by_wimlib(&file, 2, WIMLIB_COMPRESSION_TYPE_LZX, WIMLIB_WRITE_FLAG_PIPABLE);
	wim = read_bytes(&file);
	cr_expect_eq(wim->grade, WP_GRADE_OK, "%s", only_code(&wim->diags));
	cr_expect(wim->header.pipable);
	cr_assert_not_null(wim->metadata);
	cr_expect_eq(wim->metadata->image_count, 2);
	wp_wim_free(wim);

	/* The header at the end is the one that counts. */
	file.data[file.length - WP_WIM_HEADER_SIZE] = 'x';
	save(&file, path);
	expect_error(path, "not-wim");
	unlink(path);
	file.length--;
	save(&file, path);
	expect_error(path, "not-wim");
	unlink(path);
	wp_buf_free(&file);
}

/* Whatever was cut off, something is said; the file is cut in place from its end on. */
static void truncate_at_every_byte(int flags)
{
	struct wp_buf file = { 0 };
	char path[sizeof TEMPORARY];
	size_t length;

	make_by_wimlib(&file, 1, WIMLIB_COMPRESSION_TYPE_LZX, flags);
	save(&file, path);
	for (length = file.length; length-- > 0;) {
		struct wp_wim *wim;

		cr_assert_eq(truncate(path, (off_t)length), 0);
		wim = wp_wim_read(path);
		cr_expect_eq(wim->diags.count > 0, true, "%zu bytes", length);
		cr_expect_neq(wim->grade, WP_GRADE_OK, "%zu bytes", length);
		cr_expect_eq(wim->have_header, length >= WP_WIM_HEADER_SIZE, "%zu bytes", length);
		wp_wim_free(wim);
	}
	unlink(path);
	wp_buf_free(&file);
}

Test(wim, read_truncated)
{
	truncate_at_every_byte(0);
	truncate_at_every_byte(WIMLIB_WRITE_FLAG_CHECK_INTEGRITY);
	truncate_at_every_byte(WIMLIB_WRITE_FLAG_PIPABLE);
}

/* Changes the file behind the reader's back until it is told to stop. */
struct meddler {
	const char *path;
	const struct wp_buf *file;
	atomic_bool stop;
};

static void *meddle(void *argument)
{
	struct meddler *meddler = argument;
	int fd = open(meddler->path, O_WRONLY);

	while (!atomic_load(&meddler->stop)) {
		if (ftruncate(fd, 100) != 0 ||
		    pwrite(fd, meddler->file->data, meddler->file->length, 0) != (ssize_t)meddler->file->length)
			break;
	}
	close(fd);
	return NULL;
}

/* A file that shrinks and grows all the time: whatever is seen of it, no identity comes of a mixture. */
Test(wim, read_while_it_changes)
{
	struct wp_buf file = { 0 };
	struct meddler meddler = { 0 };
	char path[sizeof TEMPORARY];
	char good[WP_HASH_TEXT];
	struct wp_wim *wim;
	struct timespec start, now;
	size_t changed = 0;
	pthread_t thread;

	make_file(&file, ONE_IMAGE, 1);
	save(&file, path);
	wim = wp_wim_read(path);
	memcpy(good, wim->file_id, sizeof good);
	wp_wim_free(wim);
	meddler.path = path;
	meddler.file = &file;
	cr_assert_eq(pthread_create(&thread, NULL, meddle, &meddler), 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		wim = wp_wim_read(path);
		if (wp_diags_have(&wim->diags, "changed-while-reading")) {
			changed++;
			cr_expect_str_eq(wim->file_id, "");
			cr_expect_neq(wim->grade, WP_GRADE_OK);
		} else if (wim->file_id[0]) {
			cr_expect_str_eq(wim->file_id, good);
		}
		wp_wim_free(wim);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (changed < 20 && now.tv_sec - start.tv_sec < 10);
	atomic_store(&meddler.stop, true);
	pthread_join(thread, NULL);
	cr_expect_gt(changed, 0);
	unlink(path);
	wp_buf_free(&file);
}
