/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 and SHA-1 over libcrypto, and the "sha256:…" and "sha1:…" texts of documents. */
#ifndef WIMPLAN_HASH_H
#define WIMPLAN_HASH_H

#include "wimplan/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "sha256:" + 64 hex digits + NUL. An empty string means: not known. */
#define WP_HASH_TEXT 72

/*
 * Has libcrypto take memory as wimplan does, for it uses what it has not got: in main(), before any other call of it, of each
 * program that links it.
 */
void wp_hash_guard_memory(void);

/*
 * Has libcrypto pass over openssl.cnf, which is about connections and takes longer to read than most files to hash: for a
 * program that makes none, before the first hash. Running out of memory is found later.
 */
void wp_hash_alone(void);

/* Bytes of a SHA-256. */
#define WP_SHA256_SIZE 32u

struct wp_sha256;

struct wp_sha256 *wp_sha256_new(void) __attribute__((returns_nonnull));
void wp_sha256_add(struct wp_sha256 *hash, const void *bytes, size_t length);
/* Writes "sha256:…" and frees @hash. */
void wp_sha256_finish(struct wp_sha256 *hash, char ret_text[WP_HASH_TEXT]);

/* All at once. */
void wp_sha256_text(const void *bytes, size_t length, char ret_text[WP_HASH_TEXT]);
/* The same without a text. */
void wp_sha256(const void *bytes, size_t length, uint8_t ret[WP_SHA256_SIZE]);
/* "sha256:…" */
void wp_sha256_write(const uint8_t digest[WP_SHA256_SIZE], char ret_text[WP_HASH_TEXT]);

/* Whether it is "sha256:" with 64 digits in lower case, as wimplan writes it. NULL is none. */
bool wp_hash_is(const char *text);

/* The first eight digits of "sha256:…", in @arena: what texts for people call a plan or a snapshot. */
char *wp_hash_short(struct wp_arena *arena, const char *digest) __attribute__((returns_nonnull, nonnull));

/* Bytes of a SHA-1. */
#define WP_SHA1_SIZE 20u
/* "sha1:" + 40 hex digits + NUL. */
#define WP_SHA1_TEXT 46

/* The SHA-1 of @length bytes. */
void wp_sha1(const void *bytes, size_t length, uint8_t ret[WP_SHA1_SIZE]);
bool wp_sha1_is_zero(const uint8_t sha1[WP_SHA1_SIZE]);
/* "sha1:…" */
void wp_sha1_text(const uint8_t sha1[WP_SHA1_SIZE], char ret_text[WP_SHA1_TEXT]);

/* Lower-case hex digits of @length bytes and a NUL into @ret_text, which has room for 2 * @length + 1. */
void wp_hex(const uint8_t *bytes, size_t length, char *ret_text);

/* The @length bytes of such a text; false when it is anything else. */
bool wp_hex_parse(const char *text, uint8_t *ret_bytes, size_t length);

#endif
