/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summaries in the cache: found again, bounded in number and size, the oldest dropped first, damage passed over. */
#include "wimplan/cache.h"
#include "wimplan/limits.h"
#include "wimplan/summary.h"

#include "../../src/cache/internal.h"

#include "cache_place.h"

#include <inttypes.h>

static void make_id(unsigned int number, char ret[WP_HASH_TEXT])
{
	snprintf(ret, WP_HASH_TEXT, "sha256:%064x", number);
}

/* The cache does not look into summaries; these are the number as text. All are learned by one scan. */
static void add_many(struct wp_cache *cache, unsigned int first, unsigned int last)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_file_content *files = wp_arena_alloc(arena, (last - first + 1) * sizeof *files);
	struct wp_error err;

	for (unsigned int i = first; i <= last; i++) {
		struct wp_file_content *file = &files[i - first];
		char *text = wp_arena_printf(arena, "%u", i), *id = wp_arena_alloc(arena, WP_HASH_TEXT);

		make_id(i, id);
		*file = (struct wp_file_content){
			.file_id = id,
			.state = WP_CONTENT_LEARNED,
			.summary = { (const uint8_t *)text, strlen(text) },
		};
	}
	cr_assert_eq(wp_cache_put_contents(cache, files, last - first + 1, &err), WP_OK, "%s", err.message);
}

static void add(struct wp_cache *cache, unsigned int number)
{
	add_many(cache, number, number);
}

static bool find(struct wp_cache *cache, unsigned int number)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_content_summary summary = { 0 };
	char file_id[WP_HASH_TEXT], text[16];

	make_id(number, file_id);
	if (wp_cache_find_summary(cache, arena, file_id, &summary, NULL) <= 0)
		return false;
	snprintf(text, sizeof text, "%u", number);
	cr_expect_eq(summary.length, strlen(text));
	cr_expect_eq(memcmp(summary.bytes, text, summary.length), 0);
	return true;
}

static void run_sql(struct wp_cache *cache, const char *sql)
{
	cr_assert_eq(sqlite3_exec(cache->db.handle, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(cache->db.handle));
}

static int64_t count(struct wp_cache *cache)
{
	int64_t number = -1;

	cr_assert_eq(wp_db_number(&cache->db, "SELECT count(*) FROM summaries", "it was tested", &number, NULL), WP_OK);
	return number;
}

Test(cache, summaries_are_found_again)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_not(find(cache, 1));
	add(cache, 1);
	add(cache, 2);
	add(cache, 1);
	cr_expect(find(cache, 1));
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_eq(count(cache), 2);
	cr_expect(find(cache, 1));
	cr_expect(find(cache, 2));
	cr_expect_not(find(cache, 3));
	wp_cache_close(cache);
}

Test(cache, summaries_drop_the_oldest)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	/* In the order in which they come. */
	for (unsigned int i = 1; i <= 3; i++)
		add(cache, i);
	add_many(cache, 4, WP_LIMIT_SUMMARIES);
	cr_expect_eq(count(cache), WP_LIMIT_SUMMARIES, "at the limit nothing is dropped");
	add(cache, WP_LIMIT_SUMMARIES + 1);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_eq(count(cache), WP_LIMIT_SUMMARIES);
	cr_expect_not(find(cache, 1));
	cr_expect(find(cache, 2));
	cr_expect(find(cache, WP_LIMIT_SUMMARIES + 1));
	/* What belongs to a baseline stays as long as there is something else: plans are compared with it. */
	run_sql(cache, "INSERT INTO baselines VALUES ('P01', 'P0100001', 3, printf('sha256:%064x', 2), 'sha256:', 'proven', "
		       "'adopted', NULL)");
	add_many(cache, WP_LIMIT_SUMMARIES + 2, WP_LIMIT_SUMMARIES + 3);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_eq(count(cache), WP_LIMIT_SUMMARIES);
	cr_expect(find(cache, 2));
	cr_expect_not(find(cache, 3));
	cr_expect(find(cache, WP_LIMIT_SUMMARIES + 3));
	wp_cache_close(cache);
}

/* With a baseline for each of them the oldest go all the same. */
Test(cache, summaries_are_bounded_whatever_they_belong_to)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	run_sql(cache, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO baselines "
		       "SELECT 'P01', printf('P01%05d', i), 1, printf('sha256:%064x', i), 'sha256:', 'proven', 'adopted', "
		       "NULL FROM n");
	add(cache, 1);
	add_many(cache, 2, 300);
	cr_expect_eq(count(cache), WP_LIMIT_SUMMARIES);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_not(find(cache, 1));
	cr_expect(find(cache, 2));
	wp_cache_close(cache);
}

Test(cache, summaries_survive_strange_rows)
{
	struct wp_arena *arena = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_content_summary summary;
	struct wp_cache *cache;
	char sql[256];

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	snprintf(sql, sizeof sql,
		 "INSERT INTO summaries VALUES ('at the limit', zeroblob(%u), 1), ('over it', zeroblob(%u), 2), ('empty', "
		 "zeroblob(0), 9223372036854775807), ('', x'00', -5)",
		 WP_LIMIT_SUMMARY_BYTES, WP_LIMIT_SUMMARY_BYTES + 1);
	run_sql(cache, sql);
	cr_expect(wp_cache_find_summary(cache, arena, "at the limit", &summary, NULL) > 0);
	cr_expect_eq(summary.length, WP_LIMIT_SUMMARY_BYTES);
	cr_expect_eq(wp_cache_find_summary(cache, arena, "over it", &summary, NULL), 0);
	cr_expect_eq(wp_cache_find_summary(cache, arena, "empty", &summary, NULL), 0);
	/* The newest number that there can be does not keep anything from being written. */
	add(cache, 1);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect(find(cache, 1));
	wp_cache_close(cache);
	wp_arena_free(arena);
}

/* A cache of version 1 has no such table; open for reading it stays as it is, and nothing is known. */
Test(cache, summaries_are_unknown_to_an_older_cache)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	add(cache, 1);
	run_sql(cache, TAKE_VERSION_3 TAKE_VERSION_2);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_not(find(cache, 1));
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_WRITE);
	add(cache, 3);
	cr_expect_eq(count(cache), 1);
	wp_cache_close(cache);
}
