/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISO 9660 (ECMA-119), with the names of Joliet where a medium has them. */
#include "internal.h"

#include "wimplan/bytes.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* A volume descriptor (ECMA-119 8.4, 8.5): where its fields stand. */
#define DESCRIPTOR_LABEL 40
#define DESCRIPTOR_ESCAPES 88
#define DESCRIPTOR_BLOCK_SIZE 128
#define DESCRIPTOR_ROOT 156
#define LABEL_SIZE 32u
enum { PRIMARY = 1, SUPPLEMENTARY = 2, LAST = 255 };

/* A directory record (ECMA-119 9.1). */
#define RECORD_ATTRIBUTES 1 /* sectors of an extended attribute record in front of the data */
#define RECORD_SECTOR 2
#define RECORD_SIZE 10
#define RECORD_FLAGS 25
#define RECORD_UNIT 26 /* not 0: the file is interleaved with others */
#define RECORD_NAME_LENGTH 32
#define RECORD_NAME 33
enum { FLAG_FOLDER = 0x02, FLAG_ASSOCIATED = 0x04, FLAG_MORE = 0x80 };

struct iso9660 {
	struct wp_volume volume; /* first */
	const struct wp_reader *reader;
	bool joliet;
};

/* What the record says of where its file is. */
static void take_place(const struct wp_reader *reader, const uint8_t *record, struct wp_media_node *node)
{
	node->folder = record[RECORD_FLAGS] & FLAG_FOLDER;
	node->offset = ((uint64_t)wp_get32(record + RECORD_SECTOR) + record[RECORD_ATTRIBUTES]) * WP_SECTOR;
	node->size = wp_get32(record + RECORD_SIZE);
	node->why = record[RECORD_UNIT] ? "it is interleaved with another file" : NULL;
	if (node->offset > reader->size || node->size > reader->size - node->offset)
		node->why = "it reaches beyond the end of the .iso, which is cut short or damaged";
}

/* The version behind a semicolon is no part of the name, nor is the point of a name without an ending (ECMA-119 7.5). */
static const char *take_name(const struct iso9660 *iso, struct wp_arena *arena, const uint8_t *record)
{
	size_t length = record[RECORD_NAME_LENGTH];
	const char *name = iso->joliet ? wp_media_name16(arena, record + RECORD_NAME, length)
				       : wp_utf8_repair(arena, wp_arena_strndup(arena, (const char *)record + RECORD_NAME, length));

	if (!name)
		return NULL;
	length = strcspn(name, ";");
	while (length && name[length - 1] == '.')
		length--;
	return wp_arena_strndup(arena, name, length);
}

/* A file of 4 GiB and more has several records, one after the other, of which all but the last say that more come. */
static void add_section(struct wp_media_node *node, const struct wp_media_node *more)
{
	if (!node->why)
		node->why = more->why;
	if (!node->why && more->offset != node->offset + node->size)
		node->why = "it is in several pieces that do not adjoin";
	node->size += more->size;
}

static const char *go_through(const struct iso9660 *iso, const uint8_t *bytes, size_t size, wp_media_take *take,
			      void *context)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_media_node node = { 0 };
	bool more = false;

	for (size_t at = 0; at < size;) {
		const uint8_t *record = bytes + at;
		size_t left = WP_SECTOR - at % WP_SECTOR;
		struct wp_media_node section = { 0 };

		left = left < size - at ? left : size - at;
		/* No record reaches over the end of a sector. */
		if (!*record) {
			at += left;
			continue;
		}
		if (*record > left || *record <= RECORD_NAME || record[RECORD_NAME_LENGTH] > *record - RECORD_NAME)
			return "a folder of it is damaged";
		at += *record;
		/* The folder itself and the one above it have the names 0 and 1. */
		if (record[RECORD_FLAGS] & FLAG_ASSOCIATED ||
		    (record[RECORD_NAME_LENGTH] == 1 && record[RECORD_NAME] <= 1))
			continue;
		take_place(iso->reader, record, &section);
		if (more) {
			add_section(&node, &section);
		} else {
			node = section;
			node.name = take_name(iso, arena, record);
		}
		more = record[RECORD_FLAGS] & FLAG_MORE;
		if (!more && node.name && *node.name)
			take(context, &node);
	}
	return NULL;
}

static const char *list(const struct wp_volume *volume, const struct wp_media_node *folder, wp_media_take *take,
			void *context)
{
	const struct iso9660 *iso = (const struct iso9660 *)volume;
	uint8_t *bytes;
	const char *why;

	if (folder->why)
		return folder->why;
	if (folder->size > WP_LIMIT_MEDIA_FOLDER)
		return "a folder of it is larger than is read";
	bytes = wp_must(malloc(folder->size + 1));
	why = wp_reader_read(iso->reader, bytes, folder->size, folder->offset)
		      ? go_through(iso, bytes, folder->size, take, context)
		      : "a folder of it cannot be read";
	free(bytes);
	return why;
}

static void locate(const struct wp_volume *volume, const struct wp_media_node *node, struct wp_media_file *ret)
{
	(void)volume;
	ret->offset = node->offset;
	ret->size = node->size;
	ret->why = node->why;
}

/* Joliet's three levels of UCS-2 (Joliet Specification, "Escape Sequences"). */
static bool is_joliet(const uint8_t *descriptor)
{
	const uint8_t *escapes = descriptor + DESCRIPTOR_ESCAPES;

	return escapes[0] == '%' && escapes[1] == '/' && (escapes[2] == '@' || escapes[2] == 'C' || escapes[2] == 'E');
}

static const char *take_label(const struct iso9660 *iso, const uint8_t *descriptor)
{
	struct wp_arena *arena = iso->reader->arena;
	const uint8_t *bytes = descriptor + DESCRIPTOR_LABEL;
	const char *text = iso->joliet ? wp_media_name16(arena, bytes, LABEL_SIZE)
				       : wp_utf8_repair(arena, wp_arena_strndup(arena, (const char *)bytes, LABEL_SIZE));
	size_t length = text ? strlen(text) : 0;

	while (length && text[length - 1] == ' ')
		length--;
	return text ? wp_arena_strndup(arena, text, length) : "";
}

const struct wp_volume *wp_iso9660_open(const struct wp_reader *reader, const char **ret_why)
{
	struct iso9660 *iso = wp_arena_alloc(reader->arena, sizeof *iso);
	uint8_t descriptor[WP_SECTOR], chosen[WP_SECTOR];
	bool found = false;

	*ret_why = NULL;
	/* The descriptors begin with sector 16 (ECMA-119 6.2.1, 8.1). */
	for (uint64_t i = 0; i < WP_LIMIT_MEDIA_DESCRIPTORS; i++) {
		if (!wp_reader_read(reader, descriptor, sizeof descriptor, (16 + i) * WP_SECTOR) ||
		    memcmp(descriptor + 1, "CD001", 5) != 0 || *descriptor == LAST)
			break;
		if (*descriptor == PRIMARY ? found : *descriptor != SUPPLEMENTARY || !is_joliet(descriptor))
			continue;
		iso->joliet = *descriptor == SUPPLEMENTARY;
		memcpy(chosen, descriptor, sizeof chosen);
		found = true;
	}
	if (!found)
		return NULL;
	if (wp_get16(chosen + DESCRIPTOR_BLOCK_SIZE) != WP_SECTOR) {
		*ret_why = "its blocks are not of 2048 bytes";
		return NULL;
	}
	iso->reader = reader;
	iso->volume = (struct wp_volume){
		.name = iso->joliet ? "ISO 9660 with Joliet" : "ISO 9660",
		.label = take_label(iso, chosen),
		.list = list,
		.locate = locate,
	};
	take_place(reader, chosen + DESCRIPTOR_ROOT, &iso->volume.root);
	iso->volume.root.folder = true;
	return &iso->volume;
}
