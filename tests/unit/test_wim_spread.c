/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blob tables whose SHA-1s were made up, before wimlib sees them. */
#include "../../src/wim/internal.h"
#include "wim_make.h"

#include "wimplan/limits.h"

/* xorshift32: bytes that are spread as those of a digest. */
static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* A table of @fair blobs with SHA-1s as files have them, and of @alike that share a place; what is said of it. */
static const char *spread(uint64_t fair, uint64_t alike)
{
	struct wp_buf file = { 0 };
	uint32_t state = 1;
	size_t offset;
	struct wp_wim *wim;
	char path[sizeof TEMPORARY];
	const char *why;

	make_file(&file, "<WIM><IMAGE INDEX='1'/></WIM>", 1);
	offset = file.length;
	wp_buf_pad(&file, '\0', (fair + alike) * WP_BLOB_ENTRY_SIZE);
	for (uint64_t i = 0; i < fair; i++)
		put(file.data, offset + i * WP_BLOB_ENTRY_SIZE + WP_BLOB_ENTRY_SHA1, 4, next(&state));
	for (uint64_t i = fair; i < fair + alike; i++)
		put(file.data, offset + i * WP_BLOB_ENTRY_SIZE + WP_BLOB_ENTRY_SHA1 + 8, 8, i);
	put_resource(file.data, AT_BLOBS, file.length - offset, 2, offset, file.length - offset);
	save(&file, path);
	wim = wp_wim_read(path);
	cr_assert_not_null(wim->metadata);
	why = wp_wim_check_spread(wim);
	wp_wim_free(wim);
	unlink(path);
	wp_buf_free(&file);
	return why;
}

static void expect_spread(uint64_t fair, uint64_t alike, bool good)
{
	cr_expect_eq(spread(fair, alike) == NULL, good, "%ju and %ju", (uintmax_t)fair, (uintmax_t)alike);
}

Test(wim, spread_of_blobs)
{
	expect_spread(0, 0, true);
	expect_spread(1, 0, true);
	expect_spread(500000, 0, true);
	/* 11,585 of one place take 64 million steps. */
	expect_spread(0, 11000, true);
	expect_spread(0, 12000, false);
	expect_spread(100000, 11000, true);
	expect_spread(100000, 13000, false);
}
