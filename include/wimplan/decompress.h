/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decompressors of chunks, which are wimlib's. */
#ifndef WIMPLAN_DECOMPRESS_H
#define WIMPLAN_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_decompressor;

/* One for a compression by wimlib's number of it, which a solid resource has too, and chunks of so many bytes. NULL: wimlib has none. */
struct wp_decompressor *wp_decompressor_new(uint32_t type, size_t chunk_size);
/* Gives the @room bytes that are in these @length; false when they are no such. */
bool wp_decompress(struct wp_decompressor *decompressor, const uint8_t *bytes, size_t length, uint8_t *to, size_t room);
/* NULL is allowed. */
void wp_decompressor_free(struct wp_decompressor *decompressor);

#endif
