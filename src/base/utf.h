/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One character at a time, for the files of this layer that must not trust their text. */
#ifndef WIMPLAN_BASE_UTF_H
#define WIMPLAN_BASE_UTF_H

#include <stddef.h>
#include <stdint.h>

/* U+FFFD, which stands where bytes were no character. */
#define WP_REPLACEMENT UINT32_C(0xfffd)

/*
 * Decodes the character at @text, which is NUL-terminated. Returns its bytes, 0 when they are not valid or @text is at
 * its end.
 */
size_t wp_utf8_decode(const char *text, uint32_t *ret_character);

/* Writes the character @c, which is no surrogate and at most U+10FFFF. Returns its bytes. */
size_t wp_utf8_encode(uint32_t c, char ret_bytes[4]);

#endif
