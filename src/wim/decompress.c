/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimlib's decompressors. The small program, which does without wimlib, has cli/front_decompress.c in the place of this. */
#include "wimplan/decompress.h"

#include "wimplan/arena.h"

#include <wimlib.h>

struct wp_decompressor *wp_decompressor_new(uint32_t type, size_t chunk_size)
{
	struct wimlib_decompressor *decompressor = NULL;
	int code;

	if (type < WIMLIB_COMPRESSION_TYPE_XPRESS || type > WIMLIB_COMPRESSION_TYPE_LZMS)
		return NULL;
	code = wimlib_create_decompressor((enum wimlib_compression_type)type, chunk_size, &decompressor);
	if (code == WIMLIB_ERR_NOMEM)
		wp_out_of_memory();
	return code ? NULL : (struct wp_decompressor *)decompressor;
}

bool wp_decompress(struct wp_decompressor *decompressor, const uint8_t *bytes, size_t length, uint8_t *to, size_t room)
{
	return !wimlib_decompress(bytes, length, to, room, (struct wimlib_decompressor *)decompressor);
}

void wp_decompressor_free(struct wp_decompressor *decompressor)
{
	wimlib_free_decompressor((struct wimlib_decompressor *)decompressor);
}
