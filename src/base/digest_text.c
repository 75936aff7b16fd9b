/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests as documents have them. Without libcrypto, which takes longer to load than most files to look at. */
#include "wimplan/hash.h"

#include "wimplan/ascii.h"

#include <string.h>

bool wp_hash_is(const char *text)
{
	uint8_t bytes[32];

	return text && !strncmp(text, "sha256:", 7) && wp_hex_parse(text + 7, bytes, sizeof bytes);
}

char *wp_hash_short(struct wp_arena *arena, const char *digest)
{
	const char *colon = strchr(digest, ':');

	return wp_arena_printf(arena, "%.8s", colon ? colon + 1 : digest);
}

static const char digits[] = "0123456789abcdef";

void wp_hex(const uint8_t *bytes, size_t length, char *ret_text)
{
	for (size_t i = 0; i < length; i++) {
		*ret_text++ = digits[bytes[i] >> 4];
		*ret_text++ = digits[bytes[i] & 0xf];
	}
	*ret_text = '\0';
}

bool wp_hex_parse(const char *text, uint8_t *ret_bytes, size_t length)
{
	if (strspn(text, digits) != 2 * length || text[2 * length])
		return false;
	for (size_t i = 0; i < length; i++)
		ret_bytes[i] = (uint8_t)(wp_ascii_hex(text[2 * i]) << 4 | wp_ascii_hex(text[2 * i + 1]));
	return true;
}

bool wp_sha1_is_zero(const uint8_t sha1[WP_SHA1_SIZE])
{
	static const uint8_t zero[WP_SHA1_SIZE];

	return !memcmp(sha1, zero, sizeof zero);
}

void wp_sha1_text(const uint8_t sha1[WP_SHA1_SIZE], char ret_text[WP_SHA1_TEXT])
{
	memcpy(ret_text, "sha1:", 5);
	wp_hex(sha1, WP_SHA1_SIZE, ret_text + 5);
}
