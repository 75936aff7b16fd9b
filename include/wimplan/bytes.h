/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as they stand in a file: little-endian, at any address. */
#ifndef WIMPLAN_BYTES_H
#define WIMPLAN_BYTES_H

#include <stdint.h>

static inline uint16_t wp_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t wp_get32(const uint8_t *p)
{
	return wp_get16(p) | (uint32_t)wp_get16(p + 2) << 16;
}

static inline uint64_t wp_get64(const uint8_t *p)
{
	return wp_get32(p) | (uint64_t)wp_get32(p + 4) << 32;
}

#endif
