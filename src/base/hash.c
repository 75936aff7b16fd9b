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

#define SHA256_BYTES SHA256_DIGEST_LENGTH

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

void wp_sha1(const void *bytes, size_t length, uint8_t ret[WP_SHA1_SIZE])
{
	SHA_CTX context;

	SHA1_Init(&context);
	if (length)
		SHA1_Update(&context, bytes, length);
	SHA1_Final(ret, &context);
}
