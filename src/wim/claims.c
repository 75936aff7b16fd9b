/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists stand in a metadata resource in any order, and the nodes that are made of them take nearly as much memory as the resource:
 * what was read is given back while the rest is, so that both are never there as a whole.
 */
#include "claims.h"

#include "wimplan/arena.h"
#include "wimplan/machine.h"

#include <stdlib.h>

/* Bytes that are given back at once, and what their addresses are multiples of: no system has larger pages. */
#define BLOCK (UINT64_C(64) << 10)
#define GONE UINT16_MAX

/* Bytes from the beginning of the block that the resource begins in. */
static uint64_t in_blocks(const struct wp_claims *claims, uint64_t at)
{
	return (uintptr_t)claims->bytes % BLOCK + at;
}

void wp_claims_begin(struct wp_claims *claims, uint8_t *bytes, size_t size)
{
	size_t blocks;

	claims->bytes = bytes;
	blocks = in_blocks(claims, size) / BLOCK + 1;
	claims->taken = wp_must(calloc(size / 512 + 1, sizeof *claims->taken));
	claims->ended = wp_must(calloc(size / 512 + 1, sizeof *claims->ended));
	claims->left = wp_must(reallocarray(NULL, blocks, sizeof *claims->left));
	/* The first and the last block reach over the resource, so that they are never used up. */
	for (size_t i = 0; i < blocks; i++)
		claims->left[i] = BLOCK / 8;
}

void wp_claims_free(struct wp_claims *claims)
{
	free(claims->taken);
	free(claims->ended);
	free(claims->left);
}

bool wp_claims_is_taken(const struct wp_claims *claims, uint64_t at)
{
	return claims->taken[at / 512] >> at / 8 % 64 & 1;
}

/* Counts bytes that were read for the first time. */
static void use_up(struct wp_claims *claims, uint64_t at, uint64_t length)
{
	for (uint64_t i = in_blocks(claims, at), end = i + length, some; i < end; i += some) {
		some = BLOCK - i % BLOCK < end - i ? BLOCK - i % BLOCK : end - i;
		claims->left[i / BLOCK] -= (uint16_t)(some / 8);
	}
}

bool wp_claims_take(struct wp_claims *claims, uint64_t at, uint64_t length)
{
	for (uint64_t i = at / 8, end = (at + length) / 8, some; i < end; i += some) {
		uint64_t mask;

		some = 64 - i % 64 < end - i ? 64 - i % 64 : end - i;
		mask = UINT64_MAX >> (64 - some) << i % 64;
		if ((claims->taken[i / 64] | claims->ended[i / 64]) & mask)
			return false;
		claims->taken[i / 64] |= mask;
	}
	use_up(claims, at, length);
	return true;
}

void wp_claims_end(struct wp_claims *claims, uint64_t at)
{
	uint64_t bit = UINT64_C(1) << at / 8 % 64;

	if (claims->ended[at / 512] & bit)
		return;
	claims->ended[at / 512] |= bit;
	use_up(claims, at, 8);
}

void wp_claims_give_back(struct wp_claims *claims, uint64_t from, uint64_t to)
{
	for (uint64_t i = in_blocks(claims, from) / BLOCK; i <= in_blocks(claims, to) / BLOCK; i++) {
		if (claims->left[i])
			continue;
		claims->left[i] = GONE;
		wp_memory_give_back(claims->bytes + (i * BLOCK - in_blocks(claims, 0)), BLOCK);
	}
}
