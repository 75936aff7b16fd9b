/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unescapes the texts of CLIXML. */
#include "clixml_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* "_xHHHH_" is 7 bytes. */
#define ESCAPE 7

static bool is_escape(const char *text, uint32_t *ret_unit)
{
	char digits[5] = "";

	if (text[0] != '_' || text[1] != 'x')
		return false;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)text[2 + i]))
			return false;
		digits[i] = text[2 + i];
	}
	if (text[6] != '_')
		return false;
	*ret_unit = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}

static void add_character(struct wp_buf *buf, uint32_t c)
{
	if (c == 0 || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		wp_buf_putc(buf, (char)c);
	} else if (c < 0x800) {
		wp_buf_putc(buf, (char)(0xc0 | c >> 6));
		wp_buf_putc(buf, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		wp_buf_putc(buf, (char)(0xe0 | c >> 12));
		wp_buf_putc(buf, (char)(0x80 | (c >> 6 & 0x3f)));
		wp_buf_putc(buf, (char)(0x80 | (c & 0x3f)));
	} else {
		wp_buf_putc(buf, (char)(0xf0 | c >> 18));
		wp_buf_putc(buf, (char)(0x80 | (c >> 12 & 0x3f)));
		wp_buf_putc(buf, (char)(0x80 | (c >> 6 & 0x3f)));
		wp_buf_putc(buf, (char)(0x80 | (c & 0x3f)));
	}
}

void wp_clixml_unescape(struct wp_buf *buf, const char *text)
{
	while (*text) {
		const char *next = strchr(text + 1, '_');
		uint32_t unit, low;

		if (!is_escape(text, &unit)) {
			size_t length = next ? (size_t)(next - text) : strlen(text);

			wp_buf_add(buf, text, length);
			text += length;
			continue;
		}
		text += ESCAPE;
		if (unit >= 0xd800 && unit <= 0xdbff && is_escape(text, &low) && low >= 0xdc00 && low <= 0xdfff) {
			unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
			text += ESCAPE;
		}
		add_character(buf, unit);
	}
}
