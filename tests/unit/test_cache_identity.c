/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The identity store: what is added is found again, and the oldest is dropped at the limit. */
#include "wimplan/cache.h"
#include "wimplan/limits.h"

#include "../../src/cache/internal.h"

#include "cache_place.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The first bytes are spread as in a real digest: the store takes them for its hash. */
static void make_id(uint64_t number, char ret[WP_HASH_TEXT])
{
	snprintf(ret, WP_HASH_TEXT, "sha256:%08" PRIx64 "%056" PRIx64, number * 2654435761 & 0xffffffff, number);
}

static void add(struct wp_cache *cache, uint64_t number)
{
	struct wp_identity_store store = wp_cache_identities(cache);
	struct wp_wim_content content = { .blob_count = number, .blob_bytes = UINT64_MAX - number };
	char file_id[WP_HASH_TEXT];

	make_id(number, file_id);
	make_id(number + 1000000, content.content_id);
	content.stored_bytes = (struct wp_number){ number % 2, number };
	if (!number)
		content.content_id[0] = '\0';
	store.add(store.context, file_id, &content);
}

static bool find(struct wp_cache *cache, uint64_t number)
{
	struct wp_identity_store store = wp_cache_identities(cache);
	struct wp_wim_content content;
	char file_id[WP_HASH_TEXT], content_id[WP_HASH_TEXT];

	make_id(number, file_id);
	make_id(number + 1000000, content_id);
	if (!store.find(store.context, file_id, &content))
		return false;
	cr_expect_str_eq(content.content_id, number ? content_id : "");
	cr_expect_eq(content.blob_count, number);
	cr_expect_eq(content.blob_bytes, UINT64_MAX - number);
	cr_expect_eq(content.stored_bytes.known, number % 2);
	return true;
}

static void flush(struct wp_cache *cache)
{
	struct wp_error err;

	cr_assert_eq(wp_cache_flush(cache, &err), WP_OK, "%s", err.message);
}

static int64_t count(struct wp_cache *cache, const char *sql)
{
	int64_t number = -1;

	cr_assert_eq(wp_db_number(&cache->db, sql, "it was tested", &number, NULL), WP_OK);
	return number;
}

Test(cache, identities_are_found_again)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_identity_store store;
	struct wp_wim_content content = { .content_id = "sha256:x" };
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_not(find(cache, 1));
	for (uint64_t i = 0; i < 2000; i++)
		add(cache, i * 7);
	cr_expect(find(cache, 7), "before it is written");
	flush(cache);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	for (uint64_t i = 0; i < 2000; i++)
		cr_expect(find(cache, i * 7));
	cr_expect_not(find(cache, 1));
	/* What is no digest is neither kept nor found. */
	store = wp_cache_identities(cache);
	cr_expect_not(store.find(store.context, "", &content));
	cr_expect_not(store.find(store.context, "sha256:zz", &content));
	store.add(store.context, "sha1:00", &content);
	/* In a cache that is read only, additions are dropped. */
	add(cache, 1);
	cr_expect_not(find(cache, 1));
	flush(cache);
	cr_expect_eq(count(cache, "SELECT count(*) FROM identities"), 2000);
	wp_cache_close(cache);
}

/* In place of WP_LIMIT_IDENTITIES. */
#define LIMIT 1000

Test(cache, identities_drop_the_oldest)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;
	char sql[512];

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_eq(cache->identity_limit, WP_LIMIT_IDENTITIES);
	cache->identity_limit = LIMIT;
	/* One below the limit; the first ones are the oldest. */
	snprintf(sql, sizeof sql,
		 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d), m (i, c) AS (SELECT "
		 "i, i + 1000000 FROM n) INSERT INTO identities SELECT printf('sha256:%%08x%%056x', i * 2654435761 & "
		 "4294967295, i), printf('sha256:%%08x%%056x', c * 2654435761 & 4294967295, c), i, -1 - i, iif(i %% 2, "
		 "i, NULL), i FROM m",
		 LIMIT - 1);
	cr_assert_eq(sqlite3_exec(cache->db.handle, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(cache->db.handle));
	add(cache, 900000);
	flush(cache);
	cr_expect_eq(count(cache, "SELECT count(*) FROM identities"), LIMIT, "at the limit nothing is dropped");
	cr_expect(find(cache, 1));
	add(cache, 900002);
	flush(cache);
	cr_expect_eq(count(cache, "SELECT count(*) FROM identities"), LIMIT);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect(find(cache, 1), "it was found by the run that dropped");
	cr_expect_not(find(cache, 2), "so the second went");
	cr_expect(find(cache, 3));
	cr_expect(find(cache, 900000));
	cr_expect(find(cache, 900002));
	wp_cache_close(cache);
}

/* A content id that is none would make of every source another one: such a row is as good as none. */
Test(cache, identities_that_somebody_else_wrote)
{
	static const char *const values[] = { "''", "'sha256:'", "7", "x'00'", "1.5" };
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_identity_store store;
	struct wp_wim_content content;
	struct wp_cache *cache;
	char file_id[WP_HASH_TEXT], sql[400];

	setup(&place);
	make_id(7, file_id);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		cache = open_cache(&place, WP_CACHE_WRITE);
		add(cache, 7);
		flush(cache);
		snprintf(sql, sizeof sql,
			 "DROP TABLE identities; CREATE TABLE identities (file_id, content_id, blob_count, blob_bytes, "
			 "stored_bytes, seen); INSERT INTO identities VALUES ('%s', %s, 1, 1, 1, 1)",
			 file_id, values[i]);
		cr_assert_eq(sqlite3_exec(cache->db.handle, sql, NULL, NULL, NULL), SQLITE_OK, "%s",
			     sqlite3_errmsg(cache->db.handle));
		wp_cache_close(cache);
		cache = open_cache(&place, WP_CACHE_READ);
		store = wp_cache_identities(cache);
		cr_expect_eq(store.find(store.context, file_id, &content), i == 0, "%s", values[i]);
		wp_cache_close(cache);
		cr_assert_eq(unlink(place.path), 0);
	}
}

Test(cache, identities_survive_strange_rows)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	add(cache, 3);
	flush(cache);
	cr_assert_eq(sqlite3_exec(cache->db.handle, "INSERT INTO identities VALUES ('', '', 0, 0, NULL, 9223372036854775807), "
				  "('sha256:', zeroblob(0) || '', 1, 1, 1, -5)", NULL, NULL, NULL), SQLITE_OK);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect(find(cache, 3));
	add(cache, 5);
	flush(cache);
	cr_expect(find(cache, 5));
	wp_cache_close(cache);
}
