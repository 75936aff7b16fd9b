/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished WIM as bytes: its header's fields, what stands behind the file data, and damage on request. */
#include "mkwim.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

/* Offsets in the header; see wimlib include/wimlib/header.h. */
enum {
	AT_GUID = 0x18,
	AT_CHUNK = 0x14,
	AT_FLAGS = 0x10,
	AT_IMAGE_COUNT = 0x2c,
	AT_BLOBS = 0x30,
	AT_XML = 0x48,
	AT_BOOT = 0x60,
	AT_BOOT_INDEX = 0x78,
	AT_INTEGRITY = 0x7c,
	AT_LEADING_XML = MK_HEADER_SIZE + 40, /* of a pipable file */
};

/* A resource header: 7 bytes stored size, 1 byte flags, 8 bytes offset, 8 bytes size. */
struct reshdr {
	uint64_t stored;
	uint8_t flags;
	uint64_t offset;
	uint64_t size;
};

#define BLOB_ENTRY_SIZE 50u
#define METADATA 0x02u
#define COMPRESSED 0x04u

/* The fields that "header NAME VALUE" knows. */
static const struct {
	const char *name;
	uint16_t offset;
	uint16_t size;
} fields[] = {
	{ "magic", 0x00, 8 },
	{ "header_size", 0x08, 4 },
	{ "version", 0x0c, 4 },
	{ "flags", 0x10, 4 },
	{ "chunk_size", 0x14, 4 },
	{ "guid", 0x18, 16 },
	{ "part", 0x28, 2 },
	{ "parts", 0x2a, 2 },
	{ "image_count", 0x2c, 4 },
	{ "blobs.stored", 0x30, 7 },
	{ "blobs.flags", 0x37, 1 },
	{ "blobs.offset", 0x38, 8 },
	{ "blobs.size", 0x40, 8 },
	{ "xml.stored", 0x48, 7 },
	{ "xml.flags", 0x4f, 1 },
	{ "xml.offset", 0x50, 8 },
	{ "xml.size", 0x58, 8 },
	{ "boot.stored", 0x60, 7 },
	{ "boot.flags", 0x67, 1 },
	{ "boot.offset", 0x68, 8 },
	{ "boot.size", 0x70, 8 },
	{ "boot_index", 0x78, 4 },
	{ "integrity.stored", 0x7c, 7 },
	{ "integrity.flags", 0x83, 1 },
	{ "integrity.offset", 0x84, 8 },
	{ "integrity.size", 0x8c, 8 },
};

bool mk_is_field(const char *field)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(field, fields[i].name) == 0)
			return true;
	return false;
}

uint64_t mk_get(const struct wp_buf *file, uint64_t at, unsigned int size)
{
	uint64_t value = 0;

	if (at > file->length || size > file->length - at)
		mk_fail("%u bytes at %llu are behind the end of the file", size, (unsigned long long)at);
	for (unsigned int i = size; i-- > 0;)
		value = value << 8 | (uint8_t)file->data[at + i];
	return value;
}

void mk_put(struct wp_buf *file, uint64_t at, unsigned int size, uint64_t value)
{
	if (at > file->length || size > file->length - at)
		mk_fail("%u bytes at %llu are behind the end of the file", size, (unsigned long long)at);
	for (unsigned int i = 0; i < size; i++, value >>= 8)
		file->data[at + i] = (char)(uint8_t)value;
}

uint64_t mk_header_at(const struct wp_buf *file)
{
	return memcmp(file->data, "WLPWM", 5) == 0 ? file->length - MK_HEADER_SIZE : 0;
}

static struct reshdr get_reshdr(const struct wp_buf *file, uint64_t field)
{
	uint64_t at = mk_header_at(file) + field;

	return (struct reshdr){
		.stored = mk_get(file, at, 7),
		.flags = (uint8_t)mk_get(file, at + 7, 1),
		.offset = mk_get(file, at + 8, 8),
		.size = mk_get(file, at + 16, 8),
	};
}

static void put_reshdr(struct wp_buf *file, uint64_t at, struct reshdr resource)
{
	mk_put(file, at, 7, resource.stored);
	mk_put(file, at + 7, 1, resource.flags);
	mk_put(file, at + 8, 8, resource.offset);
	mk_put(file, at + 16, 8, resource.size);
}

void mk_set_guid(struct wp_buf *file, const uint8_t guid[16])
{
	memcpy(file->data + AT_GUID, guid, 16);
	memcpy(file->data + mk_header_at(file) + AT_GUID, guid, 16);
}

void mk_set_image_count(struct wp_buf *file, uint64_t count)
{
	mk_put(file, AT_IMAGE_COUNT, 4, count);
	mk_put(file, mk_header_at(file) + AT_IMAGE_COUNT, 4, count);
}

/* In a pipable file each resource has a header of its own in front (wimlib src/resource.c, struct pwm_blob_hdr). */
static void put_stream_header(struct wp_buf *file, uint64_t offset, struct mk_text bytes)
{
	mk_put(file, offset - 32, 8, bytes.length);
	SHA1((const uint8_t *)bytes.data, bytes.length, (uint8_t *)file->data + offset - 24);
}

bool mk_leading_xml(const struct wp_buf *file, struct mk_text *ret)
{
	if (!mk_header_at(file))
		return false;
	ret->data = file->data + AT_LEADING_XML;
	ret->length = mk_get(file, AT_LEADING_XML - 32, 8);
	mk_get(file, AT_LEADING_XML + ret->length, 0);
	return true;
}

/* Replaces the @length bytes at @at of *@file by @bytes. */
static void splice(struct wp_buf *file, uint64_t at, uint64_t length, struct mk_text bytes)
{
	struct wp_buf out = { 0 };

	mk_get(file, at + length, 0);
	wp_buf_add(&out, file->data, at);
	wp_buf_add(&out, bytes.data, bytes.length);
	wp_buf_add(&out, file->data + at + length, file->length - at - length);
	wp_buf_free(file);
	*file = out;
}

/* Everything behind the leading XML has moved by @by bytes: the blobs, their table, and what the header names. */
static void move_offsets(struct wp_buf *file, uint64_t by)
{
	static const uint64_t resources[] = { AT_BLOBS, AT_XML, AT_BOOT, AT_INTEGRITY };
	struct reshdr blobs;

	for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
		struct reshdr resource = get_reshdr(file, resources[i]);

		if (resource.offset)
			resource.offset += by;
		put_reshdr(file, mk_header_at(file) + resources[i], resource);
	}
	blobs = get_reshdr(file, AT_BLOBS);
	for (uint64_t at = blobs.offset; at < blobs.offset + blobs.size; at += BLOB_ENTRY_SIZE)
		mk_put(file, at + 8, 8, mk_get(file, at + 8, 8) + by);
	put_stream_header(file, blobs.offset, (struct mk_text){ file->data + blobs.offset, blobs.size });
}

void mk_put_leading_xml(struct wp_buf *file, struct mk_text bytes)
{
	uint64_t length = mk_get(file, AT_LEADING_XML - 32, 8);

	splice(file, AT_LEADING_XML, length, bytes);
	put_stream_header(file, AT_LEADING_XML, bytes);
	move_offsets(file, bytes.length - length);
}

struct mk_text mk_stored_xml(const struct wp_buf *file)
{
	struct reshdr xml = get_reshdr(file, AT_XML);

	mk_get(file, xml.offset + xml.stored, 0);
	return (struct mk_text){ file->data + xml.offset, xml.stored };
}

/* Replaces the bytes of *@file by those of @parts. */
static void reassemble(struct wp_buf *file, struct wp_buf *parts)
{
	wp_buf_free(file);
	*file = *parts;
	*parts = (struct wp_buf){ 0 };
}

/*
 * What wimlib leaves behind the XML, the integrity table and a pipable file's second header, moves with the XML's end;
 * neither of them covers the XML.
 */
void mk_replace_xml(struct wp_buf *file, struct mk_text bytes, bool compressed, uint64_t size)
{
	struct reshdr xml = get_reshdr(file, AT_XML);
	struct reshdr integrity = get_reshdr(file, AT_INTEGRITY);
	uint64_t behind = xml.offset + xml.stored;
	uint64_t header_at;

	splice(file, xml.offset, xml.stored, bytes);
	header_at = mk_header_at(file);
	if (integrity.offset) {
		integrity.offset = integrity.offset - behind + xml.offset + bytes.length;
		put_reshdr(file, header_at + AT_INTEGRITY, integrity);
	}
	xml.stored = bytes.length;
	xml.size = size;
	xml.flags = (uint8_t)(compressed ? xml.flags | COMPRESSED : xml.flags & ~COMPRESSED);
	put_reshdr(file, header_at + AT_XML, xml);
	if (header_at)
		put_stream_header(file, xml.offset, bytes);
}

/* An entry of the blob table for @data at @offset. Layout: wimlib src/blob_table.c, struct blob_descriptor_disk. */
static void add_blob_entry(struct wp_buf *table, const uint8_t *data, size_t length, uint64_t offset)
{
	uint64_t at = table->length;
	uint8_t hash[SHA_DIGEST_LENGTH];

	wp_buf_pad(table, '\0', BLOB_ENTRY_SIZE);
	put_reshdr(table, at, (struct reshdr){ .stored = length, .offset = offset, .size = length });
	mk_put(table, at + 24, 2, 1); /* part number */
	mk_put(table, at + 26, 4, 1); /* reference count */
	SHA1(data, length, hash);
	memcpy(table->data + at + 30, hash, sizeof hash);
}

void mk_add_blobs(struct wp_buf *file, uint64_t count)
{
	struct reshdr blobs = get_reshdr(file, AT_BLOBS);
	struct reshdr xml = get_reshdr(file, AT_XML);
	struct wp_buf out = { 0 };
	struct wp_buf table = { 0 };

	if (mk_header_at(file) || get_reshdr(file, AT_INTEGRITY).offset || (blobs.flags & COMPRESSED) ||
	    blobs.offset + blobs.stored != xml.offset)
		mk_fail("\"blobs\" goes with neither pipable nor integrity");
	wp_buf_add(&table, file->data + blobs.offset, blobs.stored);
	wp_buf_add(&out, file->data, blobs.offset);
	for (uint64_t i = 0; i < count; i++) {
		uint8_t data[8];

		for (unsigned int byte = 0; byte < sizeof data; byte++)
			data[byte] = (uint8_t)(i >> (8 * byte));
		add_blob_entry(&table, data, sizeof data, out.length);
		wp_buf_add(&out, data, sizeof data);
	}
	blobs.offset = out.length;
	blobs.stored = blobs.size = table.length;
	wp_buf_add(&out, table.data, table.length);
	wp_buf_free(&table);
	wp_buf_add(&out, file->data + xml.offset, xml.stored);
	xml.offset = out.length - xml.stored;
	reassemble(file, &out);
	put_reshdr(file, AT_BLOBS, blobs);
	put_reshdr(file, AT_XML, xml);
}

void mk_replace_metadata(struct wp_buf *file, size_t number, struct mk_text bytes, bool damaged)
{
	struct reshdr blobs = get_reshdr(file, AT_BLOBS), xml = get_reshdr(file, AT_XML), entry;
	struct wp_buf out = { 0 };
	uint64_t at;
	size_t seen = 0;

	if (mk_header_at(file) || get_reshdr(file, AT_INTEGRITY).offset || (blobs.flags & COMPRESSED) ||
	    mk_get(file, AT_BOOT_INDEX, 4))
		mk_fail("an image with a tree of its own goes with neither pipable, integrity nor boot");
	/* In front of the blob table, which moves with the XML behind it. */
	wp_buf_add(&out, file->data, blobs.offset);
	wp_buf_add(&out, bytes.data, bytes.length);
	wp_buf_pad(&out, '\0', (8 - out.length % 8) % 8);
	at = out.length;
	wp_buf_add(&out, file->data + blobs.offset, file->length - blobs.offset);
	entry = (struct reshdr){ bytes.length, METADATA, blobs.offset, bytes.length };
	xml.offset += at - blobs.offset;
	blobs.offset = at;
	reassemble(file, &out);
	put_reshdr(file, AT_BLOBS, blobs);
	put_reshdr(file, AT_XML, xml);
	for (at = blobs.offset; at < blobs.offset + blobs.size; at += BLOB_ENTRY_SIZE) {
		if (!(mk_get(file, at + 7, 1) & METADATA) || ++seen != number)
			continue;
		put_reshdr(file, at, entry);
		SHA1((const uint8_t *)bytes.data, bytes.length, (uint8_t *)file->data + at + 30);
		file->data[at + 30] ^= (char)damaged;
		return;
	}
	mk_fail("no metadata of image %zu", number);
}

/* Header flags to wimlib's compression types. */
static enum wimlib_compression_type file_compression(const struct wp_buf *file)
{
	uint64_t flags = mk_get(file, mk_header_at(file) + AT_FLAGS, 4);

	if (flags & 0x20000)
		return WIMLIB_COMPRESSION_TYPE_XPRESS;
	if (flags & 0x40000)
		return WIMLIB_COMPRESSION_TYPE_LZX;
	if (flags & 0x80000)
		return WIMLIB_COMPRESSION_TYPE_LZMS;
	mk_fail("\"xml-compressed\" needs a compression");
}

/*
 * A compressed resource begins with a table of where each chunk but the first starts, counted from the table's end; a
 * chunk that does not get smaller is stored as it is (wimlib src/resource.c).
 */
struct mk_text mk_compress(struct wp_arena *arena, const struct wp_buf *file, struct mk_text bytes)
{
	uint64_t chunk = mk_get(file, mk_header_at(file) + AT_CHUNK, 4);
	uint64_t chunks = (bytes.length + chunk - 1) / chunk;
	struct wimlib_compressor *compressor;
	struct wp_buf table = { 0 };
	struct wp_buf data = { 0 };
	char *packed = wp_arena_alloc(arena, chunk);
	struct mk_text ret;

	if (wimlib_create_compressor(file_compression(file), chunk, 0, &compressor) != 0)
		mk_fail("no compressor for the XML");
	for (uint64_t i = 0; i < chunks; i++) {
		const char *from = bytes.data + i * chunk;
		size_t length = i + 1 < chunks ? chunk : bytes.length - i * chunk;
		size_t packed_length = wimlib_compress(from, length, packed, length - 1, compressor);

		if (i > 0) {
			wp_buf_pad(&table, '\0', 4);
			mk_put(&table, table.length - 4, 4, data.length);
		}
		if (packed_length)
			wp_buf_add(&data, packed, packed_length);
		else
			wp_buf_add(&data, from, length);
	}
	wimlib_free_compressor(compressor);
	wp_buf_add(&table, data.data, data.length);
	ret.length = table.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&table), table.length);
	wp_buf_free(&data);
	wp_buf_free(&table);
	return ret;
}

static void patch_field(struct wp_buf *file, uint64_t header_at, const struct mk_op *op)
{
	size_t i = 0;
	uint64_t at;
	uint64_t value;

	while (strcmp(op->field, fields[i].name) != 0)
		i++;
	at = header_at + fields[i].offset;
	if (op->bytes.data) {
		if (op->bytes.length != fields[i].size)
			mk_fail("header %s takes %u bytes", op->field, fields[i].size);
		mk_get(file, at + fields[i].size, 0);
		memcpy(file->data + at, op->bytes.data, op->bytes.length);
		return;
	}
	value = mk_get(file, at, fields[i].size);
	if (op->sign == '+')
		value |= op->value;
	else if (op->sign == '-')
		value &= ~op->value;
	else
		value = op->value;
	mk_put(file, at, fields[i].size, value);
}

static uint64_t position(const struct wp_buf *file, const struct mk_op *op)
{
	int64_t at = op->offset;

	switch (op->anchor) {
	case MK_AT_START:
		break;
	case MK_AT_END:
		at += (int64_t)file->length;
		break;
	case MK_AT_BLOBS:
		at += (int64_t)get_reshdr(file, AT_BLOBS).offset;
		break;
	case MK_AT_XML:
		at += (int64_t)get_reshdr(file, AT_XML).offset;
		break;
	case MK_AT_INTEGRITY:
		at += (int64_t)get_reshdr(file, AT_INTEGRITY).offset;
		break;
	}
	if (at < 0 || (uint64_t)at > file->length)
		mk_fail("a change at %lld is outside the file of %zu bytes", (long long)at, file->length);
	return (uint64_t)at;
}

void mk_apply_ops(const struct mk_recipe *recipe, struct wp_buf *file)
{
	for (size_t i = 0; i < recipe->op_count; i++) {
		const struct mk_op *op = &recipe->ops[i];
		uint64_t at;

		switch (op->kind) {
		case MK_OP_HEADER:
			/* A pipable file has two; the one at its start is what a stream's reader sees. */
			at = mk_header_at(file);
			patch_field(file, at, op);
			if (at)
				patch_field(file, 0, op);
			break;
		case MK_OP_TRUNCATE:
			file->length = position(file, op);
			break;
		case MK_OP_SET:
			at = position(file, op);
			mk_get(file, at + op->bytes.length, 0);
			memcpy(file->data + at, op->bytes.data, op->bytes.length);
			break;
		case MK_OP_FLIP:
			at = position(file, op);
			mk_put(file, at, 1, mk_get(file, at, 1) ^ (UINT64_C(1) << (op->value & 7)));
			break;
		case MK_OP_APPEND:
			wp_buf_add(file, op->bytes.data, op->bytes.length);
			break;
		}
	}
}
