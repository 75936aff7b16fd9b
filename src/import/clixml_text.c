/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unescapes the texts of CLIXML. */
#include "clixml_text.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* "_xHHHH_" is 7 bytes. */
#define ESCAPE 7

static bool is_escape(const char *text, uint32_t *ret_unit)
{
	int unit = text[0] == '_' && text[1] == 'x' ? wp_ascii_hex4(text + 2) : -1;

	if (unit < 0 || text[6] != '_')
		return false;
	*ret_unit = (uint32_t)unit;
	return true;
}

static void add_character(struct wp_buf *buf, uint32_t c)
{
	char bytes[4];

	wp_buf_add(buf, bytes, wp_utf8_encode(c == 0 || (c >= 0xd800 && c <= 0xdfff) ? WP_REPLACEMENT : c, bytes));
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
