/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In the place of wim/decompress.c in the small program, which does without wimlib: that and its own libraries take a tenth of the time
 * of a start. A file whose XML is compressed, as no tool is known to write it, is handed on (cmd_inspect.c).
 */
#include "wimplan/decompress.h"

struct wp_decompressor *wp_decompressor_new(uint32_t type, size_t chunk_size)
{
	(void)type;
	(void)chunk_size;
	return NULL;
}

bool wp_decompress(struct wp_decompressor *decompressor, const uint8_t *bytes, size_t length, uint8_t *to, size_t room)
{
	(void)decompressor;
	(void)bytes;
	(void)length;
	(void)to;
	(void)room;
	return false;
}

void wp_decompressor_free(struct wp_decompressor *decompressor)
{
	(void)decompressor;
}
