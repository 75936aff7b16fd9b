/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contents by file ids: what is kept is found again, and the oldest is dropped at the limit. */
#include "wimplan/cache.h"
#include "wimplan/limits.h"

#include "../../src/cache/internal.h"

#include "cache_place.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first bytes are spread as in a real digest: the store takes them for its hash. */
static void make_id(uint64_t number, char ret[WP_HASH_TEXT])
{
	snprintf(ret, WP_HASH_TEXT, "sha256:%08" PRIx64 "%056" PRIx64, number * 2654435761 & 0xffffffff, number);
}

static struct wp_file_content make_file(struct wp_arena *arena, uint64_t number)
{
	struct wp_file_content file = {
		.file_id = wp_arena_alloc(arena, WP_HASH_TEXT),
		.state = WP_CONTENT_LEARNED,
		.content = { .blob_count = number, .blob_bytes = UINT64_MAX - number, .stored_bytes = { number % 2, number } },
	};

	make_id(number, (char *)file.file_id);
	if (number)
		make_id(number + 1000000, file.content.content_id);
	return file;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct wp_file_content *)a)->file_id, ((const struct wp_file_content *)b)->file_id);
}

static void put(struct wp_cache *cache, struct wp_file_content *files, size_t count)
{
	struct wp_error err;

	cr_assert_eq(wp_cache_put_contents(cache, files, count, &err), WP_OK, "%s", err.message);
}

static void add(struct wp_cache *cache, uint64_t number)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_file_content file = make_file(arena, number);

	put(cache, &file, 1);
}

static void expect_content(const struct wp_file_content *file, const struct wp_file_content *wanted)
{
	cr_expect_str_eq(file->content.content_id, wanted->content.content_id);
	cr_expect_eq(file->content.blob_count, wanted->content.blob_count);
	cr_expect_eq(file->content.blob_bytes, wanted->content.blob_bytes);
	cr_expect_eq(file->content.stored_bytes.known, wanted->content.stored_bytes.known);
}

static bool find(struct wp_cache *cache, uint64_t number)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_file_content wanted = make_file(arena, number), file = { .file_id = wanted.file_id };

	cr_expect_eq(wp_cache_find_contents(cache, &file, 1, NULL), WP_OK);
	if (file.state != WP_CONTENT_KNOWN)
		return false;
	expect_content(&file, &wanted);
	return true;
}

static int64_t count(struct wp_cache *cache, const char *sql)
{
	int64_t number = -1;

	cr_assert_eq(wp_db_number(&cache->db, sql, "it was tested", &number, NULL), WP_OK);
	return number;
}

Test(cache, identities_are_found_again)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_file_content files[2000], asked[4000], junk = { .file_id = "", .state = WP_CONTENT_UNKNOWN };
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_not(find(cache, 1));
	for (uint64_t i = 0; i < 2000; i++)
		files[i] = make_file(arena, i * 7);
	put(cache, files, 2000);
	cr_expect(find(cache, 7));
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	/* One question for all, every other of which is not known. */
	for (uint64_t i = 0; i < 4000; i++)
		asked[i] = (struct wp_file_content){ .file_id = make_file(arena, i % 2 ? i / 2 * 7 : 1000000 + i).file_id };
	qsort(files, 2000, sizeof *files, compare_files);
	qsort(asked, 4000, sizeof *asked, compare_files);
	cr_expect_eq(wp_cache_find_contents(cache, asked, 4000, NULL), WP_OK);
	for (size_t i = 0, k = 0; i < 4000; i++) {
		bool known = k < 2000 && !strcmp(asked[i].file_id, files[k].file_id);

		cr_expect_eq(asked[i].state, known ? WP_CONTENT_KNOWN : WP_CONTENT_UNKNOWN, "%s", asked[i].file_id);
		if (known)
			expect_content(&asked[i], &files[k++]);
	}
	cr_expect_not(find(cache, 1));
	cr_expect_eq(wp_cache_find_contents(cache, &junk, 1, NULL), WP_OK);
	cr_expect_eq(junk.state, WP_CONTENT_UNKNOWN);
	cr_expect_eq(count(cache, "SELECT count(*) FROM identities"), 2000);
	wp_cache_close(cache);
}

/* Nothing was learned of a file that two sources contradict, and a run that learns nothing writes nothing. */
Test(cache, identities_take_what_was_learned_alone)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_file_content files[3];
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	for (unsigned int i = 0; i < 3; i++)
		files[i] = make_file(arena, i + 1);
	put(cache, files, 1);
	files[0].state = WP_CONTENT_KNOWN;
	files[1].state = WP_CONTENT_DISPUTED;
	files[2].state = WP_CONTENT_UNKNOWN;
	put(cache, files, 3);
	cr_expect_eq(count(cache, "SELECT count(*) FROM identities"), 1);
	files[2].state = WP_CONTENT_LEARNED;
	/* Of one that is known the id alone is needed. */
	files[0].content = (struct wp_wim_content){ 0 };
	put(cache, files, 3);
	cr_expect_eq(count(cache, "SELECT count(*) FROM identities"), 2);
	cr_expect_eq(count(cache, "SELECT count(DISTINCT seen) FROM identities"), 1, "one that was known is seen again");
	cr_expect(find(cache, 1), "and stays what it was");
	cr_expect_not(find(cache, 2));
	wp_cache_close(cache);
}

/* In place of WP_LIMIT_IDENTITIES. */
#define LIMIT 1000

Test(cache, identities_drop_the_oldest)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_file_content files[2];
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
	cr_expect_eq(count(cache, "SELECT count(*) FROM identities"), LIMIT, "at the limit nothing is dropped");
	files[0] = make_file(arena, 1);
	files[0].state = WP_CONTENT_KNOWN;
	files[1] = make_file(arena, 900002);
	put(cache, files, 2);
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
	struct wp_cache *cache;
	char file_id[WP_HASH_TEXT], sql[400];

	setup(&place);
	make_id(7, file_id);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct wp_file_content file = { .file_id = file_id };

		cache = open_cache(&place, WP_CACHE_WRITE);
		add(cache, 7);
		snprintf(sql, sizeof sql,
			 "DROP TABLE identities; CREATE TABLE identities (file_id, content_id, blob_count, blob_bytes, "
			 "stored_bytes, seen); INSERT INTO identities VALUES ('%s', %s, 1, 1, 1, 1)",
			 file_id, values[i]);
		cr_assert_eq(sqlite3_exec(cache->db.handle, sql, NULL, NULL, NULL), SQLITE_OK, "%s",
			     sqlite3_errmsg(cache->db.handle));
		wp_cache_close(cache);
		cache = open_cache(&place, WP_CACHE_READ);
		cr_expect_eq(wp_cache_find_contents(cache, &file, 1, NULL), WP_OK);
		cr_expect_eq(file.state == WP_CONTENT_KNOWN, i == 0, "%s", values[i]);
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
	add(cache, 4);
	cr_assert_eq(sqlite3_exec(cache->db.handle, "INSERT INTO identities VALUES ('', '', 0, 0, NULL, 9223372036854775807), "
				  "('sha256:', zeroblob(0) || '', 1, 1, 1, -5); UPDATE identities SET content_id = "
				  "'sha256:x' WHERE blob_count = 4", NULL, NULL, NULL), SQLITE_OK);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect(find(cache, 3));
	cr_expect_not(find(cache, 4), "its content id is none");
	add(cache, 5);
	cr_expect(find(cache, 5));
	wp_cache_close(cache);
}
