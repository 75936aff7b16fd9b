/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The headers of two files: what they say of the file as a whole. */
#include "pair.h"

#include <string.h>

static bool differs(enum wp_header_field field, const struct wp_wim_header *old, const struct wp_wim_header *new)
{
	switch (field) {
	case WP_HEADER_BOOT_INDEX:
		return old->boot_index != new->boot_index;
	case WP_HEADER_COMPRESSION:
		return strcmp(wp_wim_compression(old), wp_wim_compression(new)) != 0;
	case WP_HEADER_CHUNK_SIZE:
		return old->chunk_size != new->chunk_size;
	case WP_HEADER_SOLID:
		return wp_wim_is_solid(old) != wp_wim_is_solid(new);
	case WP_HEADER_INTEGRITY_TABLE:
		return wp_wim_has_integrity_table(old) != wp_wim_has_integrity_table(new);
	case WP_HEADER_PIPABLE:
		return old->pipable != new->pipable;
	case WP_HEADER_FLAGS:
		return (old->flags ^ new->flags) & ~(uint32_t)WP_WIM_COMPRESSION_FLAGS;
	case WP_HEADER_PARTS:
		return old->parts != new->parts;
	case WP_HEADER_FIELDS:
		break;
	}
	return false;
}

void wp_pair_headers(struct wp_diff *diff)
{
	for (int i = 0; i < WP_HEADER_FIELDS; i++)
		if (differs((enum wp_header_field)i, &diff->old.header, &diff->new.header))
			diff->header[diff->header_count++] = (enum wp_header_field)i;
}
