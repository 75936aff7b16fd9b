/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and features of a WIM's header by name. */
#include "header_words.h"

#define COMPRESSION_BITS                                                                                               \
	(WP_WIM_COMPRESSION | WP_WIM_COMPRESS_XPRESS | WP_WIM_COMPRESS_LZX | WP_WIM_COMPRESS_LZMS |                    \
	 WP_WIM_COMPRESS_XPRESS2)

static const struct {
	uint32_t bit;
	const char *name;
} flags[] = {
	{ WP_WIM_RESERVED, "RESERVED" },
	{ WP_WIM_READONLY, "READONLY" },
	{ WP_WIM_SPANNED, "SPANNED" },
	{ WP_WIM_RESOURCE_ONLY, "RESOURCE_ONLY" },
	{ WP_WIM_METADATA_ONLY, "METADATA_ONLY" },
	{ WP_WIM_WRITE_IN_PROGRESS, "WRITE_IN_PROGRESS" },
	{ WP_WIM_RP_FIX, "RP_FIX" },
	{ WP_WIM_COMPRESS_RESERVED, "COMPRESS_RESERVED" },
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
	uint32_t set = header->flags & ~(uint32_t)COMPRESSION_BITS;

	*ret_names = NULL;
	*ret_count = 0;
	for (unsigned int i = 0; i < 32; i++)
		if (set & (UINT32_C(1) << i))
			*WP_PUSH(arena, *ret_names, *ret_count) = flag_name(arena, UINT32_C(1) << i);
}

bool wp_header_integrity(const struct wp_wim_header *header)
{
	/* wimlib src/integrity.c: a table is there when its offset is not 0. */
	return header->integrity.offset != 0;
}
