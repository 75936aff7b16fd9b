/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 and SHA-1 through libcrypto's own functions for them: its EVP interface looks through its providers first, which takes six
 * times as long as reading and showing a file. They are deprecated since 3.0, and do not look at a configuration.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "wimplan/hash.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(WP_SHA256_SIZE == SHA256_DIGEST_LENGTH, "the size of a SHA-256");

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

void wp_sha256_write(const uint8_t digest[WP_SHA256_SIZE], char ret_text[WP_HASH_TEXT])
{
	static const char prefix[] = "sha256:";

	memcpy(ret_text, prefix, sizeof prefix - 1);
	wp_hex(digest, WP_SHA256_SIZE, ret_text + sizeof prefix - 1);
}

void wp_sha256_finish(struct wp_sha256 *hash, char ret_text[WP_HASH_TEXT])
{
	uint8_t digest[WP_SHA256_SIZE];

	SHA256_Final(digest, &hash->context);
	wp_sha256_write(digest, ret_text);
	free(hash);
}

void wp_sha256(const void *bytes, size_t length, uint8_t ret[WP_SHA256_SIZE])
{
	SHA256_CTX context;

	SHA256_Init(&context);
	if (length)
		SHA256_Update(&context, bytes, length);
	SHA256_Final(ret, &context);
}

void wp_sha256_text(const void *bytes, size_t length, char ret_text[WP_HASH_TEXT])
{
	uint8_t digest[WP_SHA256_SIZE];

	wp_sha256(bytes, length, digest);
	wp_sha256_write(digest, ret_text);
}

void wp_sha1(const void *bytes, size_t length, uint8_t ret[WP_SHA1_SIZE])
{
	SHA_CTX context;

	SHA1_Init(&context);
	if (length)
		SHA1_Update(&context, bytes, length);
	SHA1_Final(ret, &context);
}
