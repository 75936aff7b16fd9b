/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The characters that the user's terminal can show. */
#ifndef WIMPLAN_PROGRAM_CHARSET_H
#define WIMPLAN_PROGRAM_CHARSET_H

#include "wimplan/buf.h"

/*
 * Adds the UTF-8 @text in the character set of the user's locale: as it is where that is UTF-8, otherwise transliterated,
 * with '?' for what has no counterpart. Never fails.
 */
void wp_charset_add(struct wp_buf *buf, const char *text, size_t length);

#endif
