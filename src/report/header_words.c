/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and features of a WIM's header by name. */
#include "header_words.h"

#include "words.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>

static const struct {
	uint32_t bit;
	const char *name;
} flags[] = {
	{ WP_WIM_FLAG_RESERVED, "RESERVED" },
	{ WP_WIM_FLAG_READONLY, "READONLY" },
	{ WP_WIM_FLAG_SPANNED, "SPANNED" },
	{ WP_WIM_FLAG_RESOURCE_ONLY, "RESOURCE_ONLY" },
	{ WP_WIM_FLAG_METADATA_ONLY, "METADATA_ONLY" },
	{ WP_WIM_FLAG_WRITE_IN_PROGRESS, "WRITE_IN_PROGRESS" },
	{ WP_WIM_FLAG_RP_FIX, "RP_FIX" },
	{ WP_WIM_FLAG_COMPRESS_RESERVED, "COMPRESS_RESERVED" },
};

static const char *flag_name(struct wp_arena *arena, uint32_t bit)
{
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (flags[i].bit == bit)
			return flags[i].name;
	return wp_arena_printf(arena, "0x%x", bit);
}

void wp_header_flags(struct wp_arena *arena, const struct wp_wim_header *header, const char ***ret_names,
		     size_t *ret_count)
{
	uint32_t set = header->flags & ~(uint32_t)WP_WIM_FLAGS_OF_COMPRESSION;

	*ret_names = NULL;
	*ret_count = 0;
	for (unsigned int i = 0; i < 32; i++)
		if (set & (UINT32_C(1) << i))
			*WP_PUSH(arena, *ret_names, *ret_count) = flag_name(arena, UINT32_C(1) << i);
}

WP_NAMES(wp_header_name, enum wp_header_field,
	[WP_HEADER_BOOT_INDEX] = "boot_index", [WP_HEADER_COMPRESSION] = "compression",
	[WP_HEADER_CHUNK_SIZE] = "chunk_size", [WP_HEADER_SOLID] = "solid",
	[WP_HEADER_PIPABLE] = "pipable",       [WP_HEADER_INTEGRITY_TABLE] = "integrity_table",
	[WP_HEADER_FLAGS] = "flags",           [WP_HEADER_PARTS] = "parts")

const char *wp_header_chunk_size(struct wp_arena *arena, uint32_t bytes)
{
	if (bytes % (1024 * 1024) == 0)
		return wp_arena_printf(arena, "%" PRIu32 " MiB", bytes / (1024 * 1024));
	if (bytes % 1024 == 0)
		return wp_arena_printf(arena, "%" PRIu32 " KiB", bytes / 1024);
	return wp_words_count(arena, bytes);
}

static const char *flags_text(struct wp_arena *arena, const struct wp_wim_header *header)
{
	const char **names;
	size_t count;

	wp_header_flags(arena, header, &names, &count);
	return count ? wp_text_join(arena, names, count) : "none";
}

static json_t *flags_json(struct wp_arena *arena, const struct wp_wim_header *header)
{
	const char **names;
	size_t count;

	wp_header_flags(arena, header, &names, &count);
	return wp_json_texts(names, count);
}

static const char *yes(bool truth)
{
	return truth ? "yes" : "no";
}

const char *wp_header_text(struct wp_arena *arena, const struct wp_wim_header *header, enum wp_header_field field)
{
	switch (field) {
	case WP_HEADER_BOOT_INDEX:
		return header->boot_index ? wp_arena_printf(arena, "image %" PRIu32, header->boot_index) : "no image";
	case WP_HEADER_COMPRESSION:
		return wp_wim_compression(header);
	case WP_HEADER_CHUNK_SIZE:
		return header->chunk_size ? wp_header_chunk_size(arena, header->chunk_size) : "none";
	case WP_HEADER_SOLID:
		return yes(wp_wim_is_solid(header));
	case WP_HEADER_INTEGRITY_TABLE:
		return yes(wp_wim_has_integrity_table(header));
	case WP_HEADER_PIPABLE:
		return yes(header->pipable);
	case WP_HEADER_FLAGS:
		return flags_text(arena, header);
	case WP_HEADER_PARTS:
		return wp_arena_printf(arena, "%u", (unsigned int)header->parts);
	case WP_HEADER_FIELDS:
		break;
	}
	return "";
}

json_t *wp_header_json(struct wp_arena *arena, const struct wp_wim_header *header, enum wp_header_field field)
{
	switch (field) {
	case WP_HEADER_BOOT_INDEX:
		return wp_json_u64(header->boot_index);
	case WP_HEADER_COMPRESSION:
		return wp_json_text(wp_wim_compression(header));
	case WP_HEADER_CHUNK_SIZE:
		return wp_json_u64(header->chunk_size);
	case WP_HEADER_SOLID:
		return json_boolean(wp_wim_is_solid(header));
	case WP_HEADER_INTEGRITY_TABLE:
		return json_boolean(wp_wim_has_integrity_table(header));
	case WP_HEADER_PIPABLE:
		return json_boolean(header->pipable);
	case WP_HEADER_FLAGS:
		return flags_json(arena, header);
	case WP_HEADER_PARTS:
		return wp_json_u64(header->parts);
	case WP_HEADER_FIELDS:
		break;
	}
	return json_null();
}
