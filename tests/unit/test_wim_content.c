/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layer 2, and the two layers held against each other. */
#include "wim_make.h"

#include "wimplan/limits.h"
#include "wimplan/tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static int read_content(struct wp_wim *wim, struct wp_wim_content *ret)
{
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);

	*ret = index ? index->content : (struct wp_wim_content){ 0 };
	return index ? 0 : -1;
}

/* Both layers over these bytes; the caller frees the result. */
static struct wp_wim *read_both(const struct wp_buf *file, struct wp_wim_content *content, int *ret)
{
	char path[sizeof TEMPORARY];
	struct wp_wim *wim;

	save(file, path);
	wim = wp_wim_read_place(&(struct wp_wim_place){ .path = path }, WP_WIM_WITH_XML_SHA256);
	*ret = read_content(wim, content);
	unlink(path);
	return wim;
}

/* Everything that wimlib itself says of the file is what layer 1 says. */
static void expect_agreement(const struct wp_wim *wim, const struct wp_buf *file)
{
	char path[sizeof TEMPORARY];
	char sha256[WP_HASH_TEXT];
	struct wimlib_wim_info info;
	WIMStruct *opened;
	void *xml;
	size_t length, i;

	save(file, path);
	cr_assert_eq(wimlib_open_wim(path, 0, &opened), 0);
	cr_assert_eq(wimlib_get_wim_info(opened, &info), 0);
	cr_assert_eq(wimlib_get_xml_data(opened, &xml, &length), 0);
	wp_sha256_text(xml, length, sha256);
	cr_expect_str_eq(wim->xml_sha256, sha256);
	cr_expect_eq(info.image_count, wim->metadata->image_count);
	cr_expect_eq(info.image_count, wim->header.image_count);
	cr_expect_eq(info.boot_index, wim->header.boot_index);
	cr_expect_eq(info.wim_version, wim->header.version);
	cr_expect_eq(info.chunk_size, wim->header.chunk_size);
	cr_expect_eq(info.part_number, wim->header.part);
	cr_expect_eq(info.total_parts, wim->header.parts);
	cr_expect_eq(info.pipable, wim->header.pipable);
	cr_expect_eq(info.has_integrity_table, wim->header.integrity.offset != 0);
	cr_expect_arr_eq(info.guid, wim->header.guid, sizeof info.guid);
	cr_expect_eq(info.total_bytes, wim->metadata->total_bytes.value);
	for (i = 0; i < wim->metadata->image_count; i++)
		cr_expect_str_eq(wimlib_get_image_name(opened, (int)i + 1), wim->metadata->images[i].name);
	free(xml);
	wimlib_free(opened);
	unlink(path);
}

Test(wim, layers_agree)
{
	static const struct {
		const char *name;
		int images, compression, flags;
	} cases[] = {
		{ "uncompressed", 1, WIMLIB_COMPRESSION_TYPE_NONE, 0 },
		{ "XPRESS", 3, WIMLIB_COMPRESSION_TYPE_XPRESS, 0 },
		{ "LZX with integrity table", 2, WIMLIB_COMPRESSION_TYPE_LZX, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY },
		{ "LZMS", 2, WIMLIB_COMPRESSION_TYPE_LZMS, 0 },
		{ "solid", 2, WIMLIB_COMPRESSION_TYPE_LZMS, WIMLIB_WRITE_FLAG_SOLID },
		{ "pipable", 2, WIMLIB_COMPRESSION_TYPE_LZX, WIMLIB_WRITE_FLAG_PIPABLE },
		{ "many images", 300, WIMLIB_COMPRESSION_TYPE_NONE, 0 },
		{ "no images", 0, WIMLIB_COMPRESSION_TYPE_NONE, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wp_buf file = { 0 };
		struct wp_wim_content content;
		struct wp_wim *wim;
		int status;

		make_by_wimlib(&file, cases[i].images, cases[i].compression, cases[i].flags);
		wim = read_both(&file, &content, &status);
		cr_expect_eq(status, 0, "%s", cases[i].name);
		cr_expect_eq(wim->grade, WP_GRADE_OK, "%s: %s", cases[i].name, only_code(&wim->diags));
		cr_expect_eq(content.content_id[0] != '\0', cases[i].images > 0, "%s", cases[i].name);
		cr_assert_not_null(wim->metadata);
		expect_agreement(wim, &file);
		wp_wim_free(wim);
		wp_buf_free(&file);
	}
}

/* The file as wimlib writes it, with two different files of eleven and twelve bytes, one of them in both images. */
static void make_with_files(struct wp_buf *file, int compression, int flags)
{
	char folder[] = "/tmp/wimplan-test-XXXXXX";
	char path[sizeof TEMPORARY] = TEMPORARY;
	char name[64];
	WIMStruct *wim;
	FILE *stream;
	int i;

	cr_assert_not_null(mkdtemp(folder));
	close(mkstemp(path));
	cr_assert_eq(wimlib_create_new_wim((enum wimlib_compression_type)compression, &wim), 0);
	for (i = 1; i <= 2; i++) {
		struct timespec times[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };

		snprintf(name, sizeof name, "%s/%d", folder, i);
		stream = fopen(name, "w");
		fprintf(stream, i == 1 ? "hello world" : "hello worlds");
		fclose(stream);
		utimensat(AT_FDCWD, name, times, 0);
		utimensat(AT_FDCWD, folder, times, 0);
		snprintf(name, sizeof name, "Image %d", i);
		cr_assert_eq(wimlib_add_image(wim, folder, name, NULL, 0), 0);
	}
	cr_assert_eq(wimlib_write(wim, path, WIMLIB_ALL_IMAGES, flags, 1), 0);
	wimlib_free(wim);
	for (i = 1; i <= 2; i++) {
		snprintf(name, sizeof name, "%s/%d", folder, i);
		unlink(name);
	}
	rmdir(folder);
	load(path, file);
	unlink(path);
}

Test(wim, content_of_files)
{
	struct wp_buf file = { 0 };
	struct wp_wim_content content, again;
	struct wp_wim *wim;
	int status;

	make_with_files(&file, WIMLIB_COMPRESSION_TYPE_NONE, 0);
	wim = read_both(&file, &content, &status);
	cr_expect_eq(status, 0);
	cr_expect_eq(content.blob_count, 2);
	cr_expect_eq(content.blob_bytes, 23);
	cr_expect(content.stored_bytes.known);
	cr_expect_eq(content.stored_bytes.value, 23);
	expect_agreement(wim, &file);
	wp_wim_free(wim);

	/* The name of an image is no content. */
	replace_xml(&file, "<WIM><IMAGE INDEX=\"1\"><NAME>A</NAME></IMAGE><IMAGE INDEX=\"2\"/></WIM>");
	wim = read_both(&file, &again, &status);
	cr_expect_eq(status, 0);
	cr_expect_str_eq(again.content_id, content.content_id);
	cr_expect_str_eq(wim->metadata->images[0].name, "A");
	wp_wim_free(wim);

	/* A part that is not the first has no metadata to identify it by. */
	put(file.data, AT_PART, 2, 2);
	put(file.data, AT_PARTS, 2, 2);
	wim = read_both(&file, &again, &status);
	cr_expect_eq(status, 0);
	cr_expect_str_eq(again.content_id, "");
	cr_expect_str_eq(only_code(&wim->diags), "split-part");
	wp_wim_free(wim);
	wp_buf_free(&file);

	make_with_files(&file, WIMLIB_COMPRESSION_TYPE_LZMS, WIMLIB_WRITE_FLAG_SOLID);
	wim = read_both(&file, &again, &status);
	cr_expect_eq(status, 0);
	cr_expect_eq(again.blob_count, 2);
	cr_expect_eq(again.blob_bytes, 23);
	cr_expect_not(again.stored_bytes.known);
	wp_wim_free(wim);
	wp_buf_free(&file);
}

Test(wim, content_that_wimlib_refuses)
{
	static const struct {
		const char *xml;
		uint32_t image_count;
		const char *code;
		const char *words;
	} cases[] = {
		{ "<WIM><ESD><ENCRYPTED/></ESD><IMAGE INDEX='1'/></WIM>", 1, "encrypted", "error 74" },
		{ "<WIM><IMAGE INDEX='1'/></WIM>", 2, "image-count-mismatch", "error 10" },
		{ "<WIM><IMAGE INDEX='2'/></WIM>", 1, "missing-index", "error 73" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wp_buf file = { 0 };
		struct wp_wim_content content;
		struct wp_wim *wim;
		int status;

		make_by_wimlib(&file, 1, WIMLIB_COMPRESSION_TYPE_NONE, 0);
		replace_xml(&file, cases[i].xml);
		put(file.data, AT_IMAGE_COUNT, 4, cases[i].image_count);
		wim = read_both(&file, &content, &status);
		cr_expect_eq(status, -1, "%s", cases[i].xml);
		cr_expect_str_eq(content.content_id, "", "%s", cases[i].xml);
		/* The images are there all the same. */
		cr_expect_eq(wim->grade, WP_GRADE_WARNING, "%s", cases[i].xml);
		cr_assert_eq(wim->diags.count, 2, "%s", cases[i].xml);
		cr_expect_str_eq(wim->diags.items[0].code, cases[i].code, "%s", cases[i].xml);
		cr_expect_str_eq(wim->diags.items[1].code, "wimlib-error", "%s", cases[i].xml);
		cr_expect_eq(wim->diags.items[1].severity, WP_SEVERITY_ERROR);
		cr_expect(strstr(wim->diags.items[1].summary, cases[i].words), "%s: %s", cases[i].xml,
			  wim->diags.items[1].summary);
		wp_wim_free(wim);
		wp_buf_free(&file);
	}
}

Test(wim, content_without_all_metadata)
{
	struct wp_buf file = { 0 };
	struct wp_wim_content content;
	struct wp_wim *wim;
	int status;

	make_by_wimlib(&file, 1, WIMLIB_COMPRESSION_TYPE_NONE, 0);
	replace_xml(&file, "<WIM><IMAGE INDEX='1'/><IMAGE INDEX='2'/></WIM>");
	put(file.data, AT_IMAGE_COUNT, 4, 2);
	wim = read_both(&file, &content, &status);
	cr_expect_eq(status, 0);
	cr_expect_str_eq(content.content_id, "");
	cr_expect_str_eq(only_code(&wim->diags), "image-count-mismatch");
	cr_expect_eq(wim->grade, WP_GRADE_WARNING);
	wp_wim_free(wim);
	wp_buf_free(&file);
}

Test(wim, content_that_layer_1_refuses)
{
	static const struct {
		const char *name;
		size_t at, size;
		uint64_t value;
	} cases[] = {
		{ "images", AT_IMAGE_COUNT, 4, 0x7ffffffe },
		{ "blob table behind the end", AT_BLOBS + 8, 8, INT64_MAX },
		{ "blob table with two sizes", AT_BLOBS + 16, 8, UINT64_C(1) << 40 },
		{ "version", AT_VERSION, 4, 1 },
		{ "XML", AT_XML + 8, 8, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wp_buf file = { 0 };
		struct wp_wim_content content;
		struct wp_wim *wim;
		int status;

		make_by_wimlib(&file, 1, WIMLIB_COMPRESSION_TYPE_NONE, 0);
		put(file.data, cases[i].at, cases[i].size, cases[i].value);
		wim = read_both(&file, &content, &status);
		cr_expect_eq(status, -1, "%s", cases[i].name);
		cr_expect_geq(wim->diags.count, 1, "%s", cases[i].name);
		cr_expect_not(wp_diags_have(&wim->diags, "wimlib-error"), "%s", cases[i].name);
		wp_wim_free(wim);
		wp_buf_free(&file);
	}
}

/* What was read at once is of one file, whatever became of it since; what is read later has to be of the same. */
Test(wim, content_of_a_file_that_was_replaced)
{
	for (int large = 0; large < 2; large++) {
		struct wp_wim_content content;
		struct wp_buf file = { 0 };
		struct wp_wim *wim;
		char path[sizeof TEMPORARY];

		make_by_wimlib(&file, 1, WIMLIB_COMPRESSION_TYPE_NONE, 0);
		/* Behind the XML, so that nothing but the header stands where it is read. */
		if (large)
			wp_buf_pad(&file, '\0', 1 << 20);
		save(&file, path);
		wim = wp_wim_read(path);
		cr_expect_eq(wim->grade, WP_GRADE_OK);
		wp_wim_close_file(wim);
		cr_assert_eq(truncate(path, (off_t)file.length - 2), 0);
		cr_expect_eq(read_content(wim, &content), large ? -1 : 0);
		if (large) {
			cr_expect_str_eq(only_code(&wim->diags), "changed-while-reading");
			cr_expect_str_eq(wim->file_id, "");
		}
		wp_wim_free(wim);

		/* Opening a pipe would wait for ever. */
		cr_assert_eq(unlink(path), 0);
		save(&file, path);
		wim = wp_wim_read(path);
		wp_wim_close(wim);
		unlink(path);
		cr_assert_eq(mkfifo(path, 0600), 0);
		cr_expect_eq(read_content(wim, &content), -1);
		cr_expect_str_eq(only_code(&wim->diags), "changed-while-reading");
		wp_wim_free(wim);
		unlink(path);
		wp_buf_free(&file);
	}
}

/* Replaces the XML by a compressed resource: a table of chunks, none of one chunk, then these (wimlib src/resource.c). */
static void compress_xml(struct wp_buf *file)
{
	enum { CHUNK = 32768 };
	struct wimlib_compressor *compressor;
	size_t offset = get(file->data, AT_XML + 8, 8), size = get(file->data, AT_XML + 16, 8);
	size_t chunks = (size + CHUNK - 1) / CHUNK;
	struct wp_buf packed = { 0 };

	wp_buf_pad(&packed, '\0', (chunks - 1) * 4);
	cr_assert_eq(wimlib_create_compressor(WIMLIB_COMPRESSION_TYPE_LZX, CHUNK, 50, &compressor), 0);
	for (size_t i = 0; i < chunks; i++) {
		size_t length = i + 1 < chunks ? CHUNK : size - i * CHUNK, stored;
		char bytes[CHUNK];

		if (i)
			put(packed.data, (i - 1) * 4, 4, packed.length - (chunks - 1) * 4);
		stored = wimlib_compress(file->data + offset + i * CHUNK, length, bytes, length - 1, compressor);
		cr_assert_gt(stored, 0);
		wp_buf_add(&packed, bytes, stored);
	}
	wimlib_free_compressor(compressor);
	file->length = offset;
	wp_buf_add(file, packed.data, packed.length);
	put_resource(file->data, AT_XML, packed.length, 6, offset, size);
	wp_buf_free(&packed);
}

Test(wim, content_with_compressed_xml)
{
	struct wp_buf file = { 0 };
	struct wp_wim_content content;
	struct wp_wim *wim;
	char expected[WP_HASH_TEXT];
	size_t offset;
	int status;

	make_by_wimlib(&file, 2, WIMLIB_COMPRESSION_TYPE_LZX, 0);
	compress_xml(&file);
	wim = read_bytes(&file);
	cr_expect_eq(wim->grade, WP_GRADE_WARNING);
	cr_expect_str_eq(only_code(&wim->diags), "xml-compressed");
	cr_assert_not_null(wim->metadata);
	cr_expect_eq(wim->metadata->image_count, 2);
	cr_expect_null(wim->xml_text);
	cr_expect_eq(strncmp(wim->file_id, "sha256:", 7), 0);
	wp_wim_free(wim);
	/* wimlib 1.14 refuses the file; what 1.13 reads of it is the same. */
	wim = read_both(&file, &content, &status);
	offset = get(file.data, AT_XML + 8, 8);
	wp_sha256_text(file.data + offset, file.length - offset, expected);
	cr_expect_str_eq(wim->xml_sha256, expected);
	cr_expect_eq(status, wimlib_get_version() >> 20 > 1 || (wimlib_get_version() >> 10 & 0x3ff) > 13 ? status : 0);
	cr_expect_eq(content.content_id[0] != '\0', status == 0);
	cr_expect_eq(wim->metadata->image_count, 2);
	wp_wim_free(wim);

	/* Broken inside. */
	file.data[offset] = '\x7f';
	wim = read_both(&file, &content, &status);
	cr_expect_eq(status, -1);
	cr_expect(wp_diags_have(&wim->diags, "xml-invalid"));
	cr_expect_not(wp_diags_have(&wim->diags, "wimlib-error"));
	cr_expect_eq(wim->grade, WP_GRADE_ERROR);
	wp_wim_free(wim);
	wp_buf_free(&file);
}

/* Sizes and tables of chunks that cannot be: each is refused, and nothing is read behind an end. */
Test(wim, compressed_xml_that_lies)
{
	static const struct {
		const char *label;
		size_t at, size; /* in the header */
		uint64_t value;
		const char *code;
	} cases[] = {
		{ "no compression", AT_FLAGS, 4, 0, "xml-invalid" },
		{ "two compressions", AT_FLAGS, 4, 0x60002, "xml-invalid" },
		{ "no chunk size", AT_CHUNK_SIZE, 4, 0, "xml-invalid" },
		{ "chunks of 3", AT_CHUNK_SIZE, 4, 3, "xml-invalid" },
		{ "chunks of 4 GiB", AT_CHUNK_SIZE, 4, 1u << 31, "xml-invalid" },
		{ "more chunks than bytes", AT_CHUNK_SIZE, 4, 1, "xml-invalid" },
		{ "larger than it is", AT_XML + 16, 8, WP_LIMIT_XML_BYTES, "xml-invalid" },
		{ "nothing in it", AT_XML + 16, 8, 0, "xml-invalid" },
		{ "beyond the limit", AT_XML + 16, 8, WP_LIMIT_XML_BYTES + 1, "xml-too-large" },
		{ "solid", AT_XML + 7, 1, 0x16, "xml-invalid" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf file = { 0 };
		struct wp_wim *wim;

		make_by_wimlib(&file, 2, WIMLIB_COMPRESSION_TYPE_LZX, 0);
		compress_xml(&file);
		put(file.data, cases[i].at, cases[i].size, cases[i].value);
		wim = read_bytes(&file);
		cr_expect(wp_diags_have(&wim->diags, cases[i].code), "%s", cases[i].label);
		cr_expect_null(wim->metadata, "%s", cases[i].label);
		wp_wim_free(wim);
		wp_buf_free(&file);
	}
}

/*
 * Stored compressed, XML is under the same guard as any other: 50,000 attributes of one element cost libxml2, and with it
 * wimlib 1.13, many seconds.
 */
Test(wim, compressed_xml_is_guarded)
{
	struct wp_buf file = { 0 }, xml = { 0 };
	clock_t begin = clock();
	struct wp_wim_content content;
	struct wp_wim *wim;
	int status;

	make_by_wimlib(&file, 1, WIMLIB_COMPRESSION_TYPE_LZX, 0);
	wp_buf_puts(&xml, "<WIM><IMAGE INDEX='1'/><A");
	for (unsigned int i = 0; i < 50000; i++)
		wp_buf_printf(&xml, " a%u=''", i);
	wp_buf_puts(&xml, "/></WIM>");
	replace_xml(&file, xml.data);
	compress_xml(&file);
	wim = read_both(&file, &content, &status);
	cr_expect_eq(status, -1);
	cr_expect(wp_diags_have(&wim->diags, "xml-structure"));
	cr_expect_lt((double)(clock() - begin) / CLOCKS_PER_SEC, 2.0);
	wp_wim_free(wim);
	wp_buf_free(&xml);
	wp_buf_free(&file);
}

/* No crash, and what is given is whole. */
static void flip(struct wp_buf *file, size_t at, unsigned int bit)
{
	struct wp_wim_content content;
	struct wp_wim *wim;
	int status;

	file->data[at] ^= (char)(1 << bit);
	wim = read_both(file, &content, &status);
	cr_expect_eq(wim->grade == WP_GRADE_ERROR, wim->metadata == NULL, "byte %zu, bit %u", at, bit);
	cr_expect(wim->grade == WP_GRADE_OK || wim->diags.count, "byte %zu, bit %u", at, bit);
	cr_expect(status || wim->metadata, "byte %zu, bit %u", at, bit);
	cr_expect(status || !wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR), "byte %zu, bit %u", at, bit);
	wp_wim_free(wim);
	file->data[at] ^= (char)(1 << bit);
}

/* Every bit of the header, and one of every other byte. */
Test(wim, content_with_a_bit_flipped)
{
	struct wp_buf file = { 0 };
	size_t at;
	unsigned int bit;

	make_by_wimlib(&file, 2, WIMLIB_COMPRESSION_TYPE_LZX, WIMLIB_WRITE_FLAG_CHECK_INTEGRITY);
	for (at = 0; at < WP_WIM_HEADER_SIZE; at++)
		for (bit = 0; bit < 8; bit++)
			flip(&file, at, bit);
	for (; at < file.length; at++)
		flip(&file, at, at % 8);
	wp_buf_free(&file);
}
