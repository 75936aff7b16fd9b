/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a program begins with libcrypto. Apart from the digests, which need none of that and can be linked without it. */
#include "wimplan/hash.h"

#include <openssl/crypto.h>
#include <stdlib.h>

static void *take_traced(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return wp_take(size);
}

static void *take_more_traced(void *memory, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return wp_take_more(memory, size);
}

static void give_traced(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	free(memory);
}

void wp_hash_guard_memory(void)
{
	CRYPTO_set_mem_functions(take_traced, take_more_traced, give_traced);
}

void wp_hash_alone(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);
}
