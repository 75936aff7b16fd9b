/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 and SHA-1 through libcrypto's own functions for them: its EVP interface looks through its providers first, which takes six
 * times as long as reading and showing a file. They are deprecated since 3.0, and do not look at a configuration.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "wimplan/hash.h"
#include "wimplan/ascii.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#define SHA256_BYTES SHA256_DIGEST_LENGTH

void wp_hash_alone(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}

struct wp_sha256 {
	SHA256_CTX context;
};

struct wp_sha256 *wp_sha256_new(void)
{
	struct wp_sha256 *hash = wp_must(malloc(sizeof *hash));

	SHA256_Init(&hash->context);
	return hash;
}

void wp_sha256_add(struct wp_sha256 *hash, const void *bytes, size_t length)
{
	if (length)
		SHA256_Update(&hash->context, bytes, length);
}

void wp_sha256_finish(struct wp_sha256 *hash, char ret_text[WP_HASH_TEXT])
{
	static const char prefix[] = "sha256:";
	unsigned char digest[SHA256_BYTES];

	SHA256_Final(digest, &hash->context);
	memcpy(ret_text, prefix, sizeof prefix - 1);
	wp_hex(digest, sizeof digest, ret_text + sizeof prefix - 1);
	free(hash);
}

void wp_sha256_text(const void *bytes, size_t length, char ret_text[WP_HASH_TEXT])
{
	struct wp_sha256 *hash = wp_sha256_new();

	wp_sha256_add(hash, bytes, length);
	wp_sha256_finish(hash, ret_text);
}

bool wp_hash_is(const char *text)
{
	uint8_t bytes[SHA256_BYTES];

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

void wp_sha1(const void *bytes, size_t length, uint8_t ret[WP_SHA1_SIZE])
{
	SHA_CTX context;

	SHA1_Init(&context);
	if (length)
		SHA1_Update(&context, bytes, length);
	SHA1_Final(ret, &context);
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
