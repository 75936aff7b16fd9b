/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every field of the header, on both sides of its bounds. */
#include "wim_make.h"
#include "wimplan/limits.h"

#define FILE_SIZE 10000u
#define LZX (WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_LZX)
#define XPRESS (WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_XPRESS)
#define XPRESS2 (WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_XPRESS2)
#define LZMS (WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_LZMS)

/* One or two fields of an otherwise good header, and the only finding. */
struct field {
	const char *name;
	size_t at, size;
	uint64_t value;
	size_t at2, size2;
	uint64_t value2;
	const char *code; /* "" for none */
	enum wp_grade grade;
};

static const struct field fields[] = {
	{ "size 207", AT_HEADER_SIZE, 4, 207, 0, 0, 0, "header-size", WP_GRADE_ERROR },
	{ "size 209", AT_HEADER_SIZE, 4, 209, 0, 0, 0, "header-size", WP_GRADE_ERROR },
	{ "size 0", AT_HEADER_SIZE, 4, 0, 0, 0, 0, "header-size", WP_GRADE_ERROR },
	{ "solid", AT_VERSION, 4, 0xe00, 0, 0, 0, "", WP_GRADE_OK },
	{ "version 0x10c00", AT_VERSION, 4, 0x10c00, 0, 0, 0, "unsupported-version", WP_GRADE_ERROR },
	{ "version 0x10d01", AT_VERSION, 4, 0x10d01, 0, 0, 0, "unsupported-version", WP_GRADE_ERROR },
	{ "version 0xe01", AT_VERSION, 4, 0xe01, 0, 0, 0, "unsupported-version", WP_GRADE_ERROR },
	{ "magic", 4, 1, 'N', 0, 0, 0, "not-wim", WP_GRADE_ERROR },
	{ "magic's end", 7, 1, 1, 0, 0, 0, "not-wim", WP_GRADE_ERROR },
	{ "unknown flags", AT_FLAGS, 4, 0x80000081, 0, 0, 0, "", WP_GRADE_OK },
	{ "being written", AT_FLAGS, 4, WP_WIM_FLAG_WRITE_IN_PROGRESS, 0, 0, 0, "write-in-progress", WP_GRADE_WARNING },
	{ "no method", AT_FLAGS, 4, WP_WIM_FLAG_COMPRESSION, 0, 0, 0, "bad-compression", WP_GRADE_WARNING },
	{ "two methods", AT_FLAGS, 4, LZX | XPRESS, AT_CHUNK_SIZE, 4, 32768, "bad-compression", WP_GRADE_WARNING },
	{ "none 32768", AT_CHUNK_SIZE, 4, 32768, 0, 0, 0, "bad-chunk-size", WP_GRADE_WARNING },
	{ "LZX 0", AT_FLAGS, 4, LZX, 0, 0, 0, "bad-chunk-size", WP_GRADE_WARNING },
	{ "LZX 2^14", AT_FLAGS, 4, LZX, AT_CHUNK_SIZE, 4, 1 << 14, "bad-chunk-size", WP_GRADE_WARNING },
	{ "LZX 2^15", AT_FLAGS, 4, LZX, AT_CHUNK_SIZE, 4, 1 << 15, "", WP_GRADE_OK },
	{ "LZX 2^15+1", AT_FLAGS, 4, LZX, AT_CHUNK_SIZE, 4, (1 << 15) + 1, "bad-chunk-size", WP_GRADE_WARNING },
	{ "LZX 2^21", AT_FLAGS, 4, LZX, AT_CHUNK_SIZE, 4, 1 << 21, "", WP_GRADE_OK },
	{ "LZX 2^22", AT_FLAGS, 4, LZX, AT_CHUNK_SIZE, 4, 1 << 22, "bad-chunk-size", WP_GRADE_WARNING },
	{ "XPRESS 2^11", AT_FLAGS, 4, XPRESS, AT_CHUNK_SIZE, 4, 1 << 11, "bad-chunk-size", WP_GRADE_WARNING },
	{ "XPRESS 2^12", AT_FLAGS, 4, XPRESS, AT_CHUNK_SIZE, 4, 1 << 12, "", WP_GRADE_OK },
	{ "XPRESS2 2^16", AT_FLAGS, 4, XPRESS2, AT_CHUNK_SIZE, 4, 1 << 16, "", WP_GRADE_OK },
	{ "XPRESS2 2^17", AT_FLAGS, 4, XPRESS2, AT_CHUNK_SIZE, 4, 1 << 17, "bad-chunk-size", WP_GRADE_WARNING },
	{ "LZMS 2^14", AT_FLAGS, 4, LZMS, AT_CHUNK_SIZE, 4, 1 << 14, "bad-chunk-size", WP_GRADE_WARNING },
	{ "LZMS 2^15", AT_FLAGS, 4, LZMS, AT_CHUNK_SIZE, 4, 1 << 15, "", WP_GRADE_OK },
	{ "LZMS 2^30", AT_FLAGS, 4, LZMS, AT_CHUNK_SIZE, 4, 1 << 30, "", WP_GRADE_OK },
	{ "LZMS 2^31", AT_FLAGS, 4, LZMS, AT_CHUNK_SIZE, 4, 1u << 31, "bad-chunk-size", WP_GRADE_WARNING },
	{ "part 0", AT_PART, 2, 0, 0, 0, 0, "bad-part-number", WP_GRADE_WARNING },
	{ "of no parts", AT_PARTS, 2, 0, 0, 0, 0, "bad-part-number", WP_GRADE_WARNING },
	{ "part 2 of 1", AT_PART, 2, 2, 0, 0, 0, "bad-part-number", WP_GRADE_WARNING },
	{ "part 1 of 2", AT_PARTS, 2, 2, 0, 0, 0, "split-part", WP_GRADE_WARNING },
	{ "part 65535 of 65535", AT_PART, 2, 65535, AT_PARTS, 2, 65535, "split-part", WP_GRADE_WARNING },
	{ "most images", AT_IMAGE_COUNT, 4, WP_LIMIT_IMAGES, 0, 0, 0, "", WP_GRADE_OK },
	{ "one image more", AT_IMAGE_COUNT, 4, WP_LIMIT_IMAGES + 1, 0, 0, 0, "too-many-images", WP_GRADE_ERROR },
	{ "0x7ffffffe images", AT_IMAGE_COUNT, 4, 0x7ffffffe, 0, 0, 0, "too-many-images", WP_GRADE_ERROR },
	{ "boot index 1", AT_BOOT_INDEX, 4, 1, 0, 0, 0, "", WP_GRADE_OK },
	{ "boot index 2", AT_BOOT_INDEX, 4, 2, 0, 0, 0, "boot-index-out-of-range", WP_GRADE_WARNING },
	{ "boot index 2^32-1", AT_BOOT_INDEX, 4, UINT32_MAX, 0, 0, 0, "boot-index-out-of-range", WP_GRADE_WARNING },
	{ "unused bytes", 0x94, 8, UINT64_MAX, 0, 0, 0, "", WP_GRADE_OK },
};

Test(wim, header_fields)
{
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const struct field *field = &fields[i];
		struct wp_arena *arena = wp_arena_new();
		struct wp_diags diags = { 0 };
		struct wp_wim_header header;
		uint8_t bytes[WP_WIM_HEADER_SIZE];
		enum wp_grade grade;

		make_header(bytes, 100);
		put(bytes, field->at, field->size, field->value);
		put(bytes, field->at2, field->size2, field->value2);
		grade = wp_wim_header_parse(arena, bytes, FILE_SIZE, &header, &diags);
		cr_expect_str_eq(only_code(&diags), field->code, "%s", field->name);
		cr_expect_eq(grade, field->grade, "%s", field->name);
		wp_arena_free(arena);
	}
}

struct resource {
	const char *name;
	size_t at;
	uint64_t stored;
	uint8_t flags;
	uint64_t offset, size;
	const char *code;
	enum wp_grade grade;
};

static const struct resource resources[] = {
	{ "XML to the end", AT_XML, 100, 2, FILE_SIZE - 100, 100, "", WP_GRADE_OK },
	{ "XML one too far", AT_XML, 100, 2, FILE_SIZE - 99, 100, "resource-out-of-range", WP_GRADE_ERROR },
	{ "XML behind the end", AT_XML, 100, 2, FILE_SIZE + 1, 100, "resource-out-of-range", WP_GRADE_ERROR },
	{ "XML at 2^63", AT_XML, 100, 2, UINT64_C(1) << 63, 100, "resource-out-of-range", WP_GRADE_ERROR },
	{ "XML wraps", AT_XML, 100, 2, UINT64_MAX - 50, 100, "resource-out-of-range", WP_GRADE_ERROR },
	{ "XML of 2^56", AT_XML, (UINT64_C(1) << 56) - 1, 2, 208, (UINT64_C(1) << 56) - 1, "resource-out-of-range",
	  WP_GRADE_ERROR },
	{ "XML with two sizes", AT_XML, 100, 2, 208, 102, "resource-out-of-range", WP_GRADE_ERROR },
	{ "XML compressed", AT_XML, 100, 6, 208, 400, "xml-compressed", WP_GRADE_WARNING },
	{ "XML compressed, at the limit", AT_XML, 100, 6, 208, WP_LIMIT_XML_BYTES, "xml-compressed", WP_GRADE_WARNING },
	{ "XML compressed, above it", AT_XML, 100, 6, 208, WP_LIMIT_XML_BYTES + 1, "xml-too-large", WP_GRADE_ERROR },
	{ "no XML", AT_XML, 0, 0, 0, 0, "xml-invalid", WP_GRADE_ERROR },
	{ "blob table to the end", AT_BLOBS, 50, 2, FILE_SIZE - 50, 50, "", WP_GRADE_OK },
	{ "blob table one too far", AT_BLOBS, 50, 2, FILE_SIZE - 49, 50, "resource-out-of-range", WP_GRADE_WARNING },
	{ "blob table near 2^63", AT_BLOBS, 50, 2, INT64_MAX, 50, "resource-out-of-range", WP_GRADE_WARNING },
	{ "blob table with two sizes", AT_BLOBS, 50, 2, 208, UINT64_C(1) << 40, "resource-out-of-range",
	  WP_GRADE_WARNING },
	{ "blob table compressed", AT_BLOBS, 50, 6, 208, 800, "", WP_GRADE_OK },
	{ "blob table beyond compression", AT_BLOBS, 50, 6, 208, 816, "resource-out-of-range", WP_GRADE_WARNING },
	{ "integrity to the end", AT_INTEGRITY, 50, 0, FILE_SIZE - 50, 50, "", WP_GRADE_OK },
	{ "integrity one too far", AT_INTEGRITY, 50, 0, FILE_SIZE - 49, 50, "resource-out-of-range", WP_GRADE_WARNING },
	{ "boot to the end", AT_BOOT, 50, 6, FILE_SIZE - 50, 99, "", WP_GRADE_OK },
	{ "boot one too far", AT_BOOT, 50, 6, FILE_SIZE - 49, 99, "resource-out-of-range", WP_GRADE_WARNING },
};

Test(wim, header_resources)
{
	size_t i;

	for (i = 0; i < sizeof resources / sizeof resources[0]; i++) {
		const struct resource *r = &resources[i];
		struct wp_arena *arena = wp_arena_new();
		struct wp_diags diags = { 0 };
		struct wp_wim_header header;
		uint8_t bytes[WP_WIM_HEADER_SIZE];
		enum wp_grade grade;

		make_header(bytes, 100);
		put_resource(bytes, r->at, r->stored, r->flags, r->offset, r->size);
		grade = wp_wim_header_parse(arena, bytes, FILE_SIZE, &header, &diags);
		cr_expect_str_eq(only_code(&diags), r->code, "%s", r->name);
		cr_expect_eq(grade, r->grade, "%s", r->name);
		wp_arena_free(arena);
	}
}

Test(wim, header_limit_of_the_xml)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diags diags = { 0 };
	struct wp_wim_header header;
	uint8_t bytes[WP_WIM_HEADER_SIZE];

	make_header(bytes, WP_LIMIT_XML_BYTES);
	cr_expect_eq(wp_wim_header_parse(arena, bytes, UINT32_MAX, &header, &diags), WP_GRADE_OK);
	make_header(bytes, WP_LIMIT_XML_BYTES + 1);
	cr_expect_eq(wp_wim_header_parse(arena, bytes, UINT32_MAX, &header, &diags), WP_GRADE_ERROR);
	cr_expect_str_eq(only_code(&diags), "xml-too-large");

	diags.count = 0;
	make_header(bytes, 100);
	cr_expect_eq(wp_wim_header_parse(arena, bytes, 207, &header, &diags), WP_GRADE_ERROR);
	cr_expect_str_eq(only_code(&diags), "too-small");
	wp_arena_free(arena);
}

Test(wim, header_values)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diags diags = { 0 };
	struct wp_wim_header header;
	uint8_t bytes[WP_WIM_HEADER_SIZE];
	size_t i;

	make_header(bytes, 100);
	put(bytes, AT_FLAGS, 4, LZX | WP_WIM_FLAG_RP_FIX);
	put(bytes, AT_CHUNK_SIZE, 4, 32768);
	for (i = 0; i < 16; i++)
		bytes[0x18 + i] = (uint8_t)(0xa0 + i);
	put(bytes, AT_IMAGE_COUNT, 4, 3);
	put(bytes, AT_BOOT_INDEX, 4, 2);
	put_resource(bytes, AT_BLOBS, 150, 2, 400, 150);
	put_resource(bytes, AT_BOOT, 70, 6, 600, 170);
	put_resource(bytes, AT_INTEGRITY, 32, 0, 700, 32);
	memcpy(bytes, "WLPWM", 5);
	cr_expect_eq(wp_wim_header_parse(arena, bytes, FILE_SIZE, &header, &diags), WP_GRADE_OK);
	cr_expect(header.pipable);
	cr_expect_eq(header.header_size, 208);
	cr_expect_eq(header.version, 0x10d00);
	cr_expect_eq(header.flags, LZX | WP_WIM_FLAG_RP_FIX);
	cr_expect_eq(header.chunk_size, 32768);
	cr_expect_eq(header.guid[0], 0xa0);
	cr_expect_eq(header.guid[15], 0xaf);
	cr_expect_eq(header.part, 1);
	cr_expect_eq(header.parts, 1);
	cr_expect_eq(header.image_count, 3);
	cr_expect_eq(header.boot_index, 2);
	cr_expect_eq(header.blob_table.stored_size, 150);
	cr_expect_eq(header.blob_table.flags, 2);
	cr_expect_eq(header.xml.offset, 208);
	cr_expect_eq(header.boot_metadata.size, 170);
	cr_expect_eq(header.integrity.offset, 700);
	cr_expect_eq(header.integrity.size, 32);
	wp_arena_free(arena);
}
