/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The 208 bytes at the start of a WIM file, or at the end of a pipable one: read, and held against the file's size. */
#include "internal.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>


/*
 * How much larger a compressed blob table may be than it is stored. 20 of the 50 bytes of each entry are a SHA-1,
 * which no method makes smaller.
 */
#define BLOB_TABLE_RATIO 16u

struct check {
	struct wp_arena *arena;
	struct wp_diags *diags;
	const struct wp_wim_header *header;
	uint64_t file_size;
	enum wp_grade grade;
};

struct wp_reshdr wp_wim_take_resource(const uint8_t *bytes)
{
	return (struct wp_reshdr){
		.stored_size = wp_get64(bytes) & UINT64_C(0x00ffffffffffffff),
		.flags = bytes[7],
		.offset = wp_get64(bytes + 8),
		.size = wp_get64(bytes + 16),
	};
}

bool wp_wim_is_solid(const struct wp_wim_header *header)
{
	return header->version == WP_WIM_VERSION_SOLID;
}

bool wp_wim_resource_compressed(const struct wp_reshdr *resource)
{
	return (resource->flags & (WP_WIM_RESOURCE_COMPRESSED | WP_WIM_RESOURCE_SOLID)) != 0;
}

static bool in_file(const struct wp_reshdr *resource, uint64_t file_size)
{
	return resource->stored_size <= file_size && resource->offset <= file_size - resource->stored_size;
}

/* An uncompressed resource says its size twice; wimlib reads as much as the one and stores as much as the other. */
static bool sizes_agree(const struct wp_reshdr *resource)
{
	return wp_wim_resource_compressed(resource) || resource->stored_size == resource->size;
}

static bool blob_table_fits(const struct wp_reshdr *table, uint64_t file_size)
{
	if (!in_file(table, file_size) || !sizes_agree(table))
		return false;
	return table->size / BLOB_TABLE_RATIO <= table->stored_size;
}

uint64_t wp_wim_blobs(const struct wp_wim_header *header)
{
	return header->blob_table.size / WP_BLOB_ENTRY_SIZE;
}

bool wp_wim_header_safe(const struct wp_wim_header *header, uint64_t file_size)
{
	return header->image_count <= WP_LIMIT_IMAGES && blob_table_fits(&header->blob_table, file_size) &&
	       wp_wim_blobs(header) <= WP_LIMIT_BLOBS &&
	       in_file(&header->xml, file_size) && sizes_agree(&header->xml) &&
	       header->xml.stored_size <= WP_LIMIT_XML_BYTES && header->xml.size <= WP_LIMIT_XML_BYTES;
}

__attribute__((format(printf, 4, 5)))
static void add(struct check *check, enum wp_severity severity, const char *code, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = wp_arena_vprintf(check->arena, format, args);
	va_end(args);
	wp_diag_add(check->arena, check->diags, severity, code, NULL, "%s", text);
	if (severity == WP_SEVERITY_ERROR)
		check->grade = WP_GRADE_ERROR;
	else if (check->grade == WP_GRADE_OK)
		check->grade = WP_GRADE_WARNING;
}

static void out_of_range(struct check *check, enum wp_severity severity, const char *what,
			 const struct wp_reshdr *resource)
{
	if (!in_file(resource, check->file_size))
		add(check, severity, "resource-out-of-range",
		    "the header puts %s outside of the file; the file is cut short or damaged", what);
	else
		add(check, severity, "resource-out-of-range",
		    "the header gives %s two sizes that cannot both be true; the file is damaged", what);
	wp_diag_detail(check->arena, check->diags,
		      "offset %" PRIu64 ", %" PRIu64 " bytes stored, %" PRIu64 " bytes of content in %" PRIu64,
		      resource->offset, resource->stored_size, resource->size, check->file_size);
}

static void check_xml(struct check *check)
{
	const struct wp_reshdr *xml = &check->header->xml;

	if (!xml->stored_size) {
		add(check, WP_SEVERITY_ERROR, "xml-invalid",
		    "the header says that there is no XML; the file was never finished or is damaged");
	} else if (!in_file(xml, check->file_size) || !sizes_agree(xml)) {
		out_of_range(check, WP_SEVERITY_ERROR, "the XML", xml);
	} else if (xml->stored_size > WP_LIMIT_XML_BYTES || xml->size > WP_LIMIT_XML_BYTES) {
		add(check, WP_SEVERITY_ERROR, "xml-too-large", "the XML has %" PRIu64 " bytes, and no more than %u are read",
		    xml->size, WP_LIMIT_XML_BYTES);
	} else if (wp_wim_resource_compressed(xml)) {
		/* wimlib 1.13 reads such files, 1.14 does not, and 7-Zip does not. */
		add(check, WP_SEVERITY_WARNING, "xml-compressed",
		    "the XML is stored compressed, as no tool is known to write it; other programs may not read the file");
	}
}

/* Without these resources images can still be given. */
static void check_resources(struct check *check)
{
	const struct wp_wim_header *header = check->header;

	if (!blob_table_fits(&header->blob_table, check->file_size))
		out_of_range(check, WP_SEVERITY_WARNING, "the blob table", &header->blob_table);
	else if (wp_wim_blobs(header) > WP_LIMIT_BLOBS)
		add(check, WP_SEVERITY_WARNING, "resource-out-of-range",
		    "the header says that there are %" PRIu64 " blobs, and a table of no more than %u is read",
		    wp_wim_blobs(header), WP_LIMIT_BLOBS);
	if (!in_file(&header->integrity, check->file_size))
		out_of_range(check, WP_SEVERITY_WARNING, "the integrity table", &header->integrity);
	/* The other parts of a split file may repeat what is true of the first one. */
	if (header->part == 1 && !in_file(&header->boot_metadata, check->file_size))
		out_of_range(check, WP_SEVERITY_WARNING, "the boot image's metadata", &header->boot_metadata);
}

bool wp_wim_chunk_size_is_valid(const char *compression, uint32_t size)
{
	static const struct {
		const char *name;
		uint32_t least, most;
	} bounds[] = {
		{ "none", 0, 0 },
		{ "XPRESS", 1u << 12, 1u << 16 },
		{ "XPRESS2", 1u << 12, 1u << 16 },
		{ "LZX", 1u << 15, 1u << 21 },
		{ "LZMS", 1u << 15, 1u << 30 },
	};

	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
		if (strcmp(compression, bounds[i].name) == 0)
			return (size & (size - 1)) == 0 && size >= bounds[i].least && size <= bounds[i].most;
	return true;
}

static void check_compression(struct check *check)
{
	const struct wp_wim_header *header = check->header;
	const char *compression = wp_wim_compression(header);

	if (strcmp(compression, "unknown") == 0)
		add(check, WP_SEVERITY_WARNING, "bad-compression",
		    "the header's flags 0x%" PRIx32 " name no single known compression", header->flags);
	else if (!wp_wim_chunk_size_is_valid(compression, header->chunk_size))
		add(check, WP_SEVERITY_WARNING, "bad-chunk-size",
		    "the chunk size %" PRIu32 " does not go with the compression %s",
		    header->chunk_size, compression);
}

static void check_parts(struct check *check)
{
	const struct wp_wim_header *header = check->header;

	if (!header->part || header->part > header->parts)
		add(check, WP_SEVERITY_WARNING, "bad-part-number", "the file says that it is part %u of %u",
		    (unsigned)header->part, (unsigned)header->parts);
	else if (header->parts > 1)
		add(check, WP_SEVERITY_WARNING, "split-part", "the file is part %u of %u of a split WIM", (unsigned)header->part,
		    (unsigned)header->parts);
}

static void check_images(struct check *check)
{
	const struct wp_wim_header *header = check->header;

	if (header->image_count > WP_LIMIT_IMAGES)
		add(check, WP_SEVERITY_ERROR, "too-many-images",
		    "the header says that there are %" PRIu32 " images, and no more than %u are read",
		    header->image_count, WP_LIMIT_IMAGES);
	if (header->boot_index > header->image_count)
		add(check, WP_SEVERITY_WARNING, "boot-index-out-of-range", "the boot index is %" PRIu32 " of %" PRIu32 " images",
		    header->boot_index, header->image_count);
}

static void take_header(const uint8_t *bytes, bool pipable, struct wp_wim_header *ret)
{
	/* The integrity table's entry stands at an odd multiple of 4, so that no struct can be laid over the bytes. */
	*ret = (struct wp_wim_header){
		.pipable = pipable,
		.header_size = wp_get32(bytes + 0x08),
		.version = wp_get32(bytes + 0x0c),
		.flags = wp_get32(bytes + 0x10),
		.chunk_size = wp_get32(bytes + 0x14),
		.part = wp_get16(bytes + 0x28),
		.parts = wp_get16(bytes + 0x2a),
		.image_count = wp_get32(bytes + 0x2c),
		.blob_table = wp_wim_take_resource(bytes + 0x30),
		.xml = wp_wim_take_resource(bytes + 0x48),
		.boot_metadata = wp_wim_take_resource(bytes + 0x60),
		.boot_index = wp_get32(bytes + 0x78),
		.integrity = wp_wim_take_resource(bytes + 0x7c),
	};
	memcpy(ret->guid, bytes + 0x18, sizeof ret->guid);
}

enum wp_grade wp_wim_header_parse(struct wp_arena *arena, const uint8_t bytes[WP_WIM_HEADER_SIZE], uint64_t file_size,
				  struct wp_wim_header *ret, struct wp_diags *diags)
{
	struct check check = { .arena = arena, .diags = diags, .header = ret, .file_size = file_size };
	bool pipable = memcmp(bytes, "WLPWM\0\0", 8) == 0;

	take_header(bytes, pipable, ret);
	if (file_size < WP_WIM_HEADER_SIZE) {
		add(&check, WP_SEVERITY_ERROR, "too-small", "a WIM file has at least %u bytes, and this one has %" PRIu64,
		    WP_WIM_HEADER_SIZE, file_size);
	} else if (!pipable && memcmp(bytes, "MSWIM\0\0", 8) != 0) {
		add(&check, WP_SEVERITY_ERROR, "not-wim", "the file is no WIM: it does not begin with MSWIM");
	} else if (ret->header_size != WP_WIM_HEADER_SIZE) {
		add(&check, WP_SEVERITY_ERROR, "header-size", "the header says that it has %" PRIu32 " bytes instead of %u",
		    ret->header_size, WP_WIM_HEADER_SIZE);
	} else if (ret->version != WP_WIM_VERSION_DEFAULT && ret->version != WP_WIM_VERSION_SOLID) {
		add(&check, WP_SEVERITY_ERROR, "unsupported-version",
		    "the format's version is 0x%" PRIx32 ", and only 0x%x and 0x%x can be read", ret->version,
		    WP_WIM_VERSION_DEFAULT, WP_WIM_VERSION_SOLID);
	} else {
		if (ret->flags & WP_WIM_FLAG_WRITE_IN_PROGRESS)
			add(&check, WP_SEVERITY_WARNING, "write-in-progress",
			    "the header says that the file is being written, or that writing it was interrupted");
		check_parts(&check);
		check_images(&check);
		check_compression(&check);
		check_xml(&check);
		check_resources(&check);
	}
	return check.grade;
}

const char *wp_wim_compression(const struct wp_wim_header *header)
{
	/* Without this bit wimlib (src/wim.c) takes the file as uncompressed whatever the other ones say. */
	if (!(header->flags & WP_WIM_FLAG_COMPRESSION))
		return "none";
	switch (header->flags & WP_WIM_FLAGS_OF_COMPRESSION & ~(uint32_t)WP_WIM_FLAG_COMPRESSION) {
	case WP_WIM_FLAG_COMPRESS_XPRESS:
		return "XPRESS";
	case WP_WIM_FLAG_COMPRESS_LZX:
		return "LZX";
	case WP_WIM_FLAG_COMPRESS_LZMS:
		return "LZMS";
	case WP_WIM_FLAG_COMPRESS_XPRESS2:
		return "XPRESS2";
	default:
		return "unknown";
	}
}

WP_NAMES(wp_grade_name, enum wp_grade,
	[WP_GRADE_OK] = "ok",
	[WP_GRADE_WARNING] = "warning",
	[WP_GRADE_ERROR] = "error")
