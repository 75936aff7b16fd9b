/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 and SHA-1 through the EVP interface of libcrypto. */
#include "wimplan/hash.h"
#include "wimplan/ascii.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define SHA256_BYTES 32

void wp_hash_alone(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}

struct wp_sha256 {
	EVP_MD_CTX *context;
};

struct wp_sha256 *wp_sha256_new(void)
{
	struct wp_sha256 *hash = wp_must(malloc(sizeof *hash));

	hash->context = wp_must(EVP_MD_CTX_new());
	/* libcrypto can only fail for want of memory, or when it was built without SHA-256: there is no going on. */
	if (EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1)
		wp_out_of_memory();
	return hash;
}

void wp_sha256_add(struct wp_sha256 *hash, const void *bytes, size_t length)
{
	if (length && EVP_DigestUpdate(hash->context, bytes, length) != 1)
		wp_out_of_memory();
}

void wp_sha256_finish(struct wp_sha256 *hash, char ret_text[WP_HASH_TEXT])
{
	static const char prefix[] = "sha256:";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	if (EVP_DigestFinal_ex(hash->context, digest, &length) != 1 || length != SHA256_BYTES)
		wp_out_of_memory();
	memcpy(ret_text, prefix, sizeof prefix - 1);
	wp_hex(digest, length, ret_text + sizeof prefix - 1);
	EVP_MD_CTX_free(hash->context);
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
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(bytes, length, digest, NULL, EVP_sha1(), NULL) != 1)
		wp_out_of_memory();
	memcpy(ret, digest, WP_SHA1_SIZE);
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
