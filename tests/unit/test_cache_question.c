/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions: how long they stay open. */
#include "wimplan/cache.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#include "cache_place.h"

#define MANY 30000

static const char site[] = "P01", package[] = "P0100001";

static void ask(struct wp_cache *cache, const char *package_id, uint64_t version, const char *content, int64_t at)
{
	struct wp_question item = { site, package_id, version, content, wp_time_from_unix(at, 0) };
	struct wp_error err;

	cr_assert_eq(wp_cache_put_questions(cache, &item, 1, &err), WP_OK, "%s", err.message);
}

/* "package version content;" of each that is open. */
static const char *open_questions(struct wp_cache *cache, const char *site_code)
{
	static char text[512];
	struct wp_arena *arena = wp_arena_new();
	struct wp_question *items;
	struct wp_error err;
	size_t count, length = 0;

	cr_assert_eq(wp_cache_list_questions(cache, arena, site_code, &items, &count, &err), WP_OK, "%s", err.message);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s %d %s;", items[i].package_id,
					   (int)items[i].source_version, items[i].content_id);
	wp_arena_free(arena);
	return text;
}

/* The first of them, of however many. */
static const char *open_questions_first(struct wp_cache *cache)
{
	static char text[64];
	struct wp_arena *arena = wp_arena_new();
	struct wp_question *items;
	size_t count;

	cr_assert_eq(wp_cache_list_questions(cache, arena, NULL, &items, &count, NULL), WP_OK);
	cr_assert_eq(count, MANY);
	snprintf(text, sizeof text, "%s %d %s", items[0].package_id, (int)items[0].source_version, items[0].content_id);
	wp_arena_free(arena);
	return text;
}

Test(cache, questions_stay_until_the_site_sends_again)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_cache *cache;
	struct wp_question *items;
	size_t count;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_str_eq(open_questions(cache, NULL), "");
	ask(cache, package, 3, "sha256:b", 100);
	ask(cache, package, 3, "sha256:a", 200);
	ask(cache, package, 3, "sha256:b", 300);
	ask(cache, "P0100002", 1, "sha256:b", 100);
	cr_expect_str_eq(open_questions(cache, "p01"), "P0100001 3 sha256:a;P0100001 3 sha256:b;P0100002 1 sha256:b;");
	cr_expect_str_eq(open_questions(cache, "P02"), "");
	cr_assert_eq(wp_cache_list_questions(cache, arena, site, &items, &count, NULL), WP_OK);
	cr_expect_eq(items[1].asked_at.ticks, wp_time_from_unix(100, 0).ticks, "the first time counts");
	/* A plan from an older export asks again what was closed; it closes nothing. */
	ask(cache, package, 4, "sha256:c", 400);
	ask(cache, package, 2, "sha256:c", 400);
	cr_expect_str_eq(open_questions(cache, site), "P0100001 2 sha256:c;P0100001 4 sha256:c;P0100002 1 sha256:b;");
	wp_cache_close(cache);
}

Test(cache, questions_are_closed_by_a_stated_baseline)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_baseline baseline = { site, package, 4, "sha256:f", "sha256:c", WP_CONFIDENCE_INFERRED, "dates", { 0 } };
	struct wp_question items[] = {
		{ site, package, 5, "sha256:c", { 0 } },
		{ site, package, UINT64_MAX, "sha256:c", { 0 } },
	};
	struct wp_cache *cache;
	struct wp_error err;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	ask(cache, package, 3, "sha256:b", 1);
	ask(cache, "P0100002", 3, "sha256:b", 1);
	cr_assert_eq(wp_cache_put_baselines(cache, &baseline, 1, &err), WP_OK);
	cr_expect_str_eq(open_questions(cache, site), "P0100001 3 sha256:b;P0100002 3 sha256:b;");
	baseline.confidence = WP_CONFIDENCE_PROVEN;
	cr_assert_eq(wp_cache_put_baselines(cache, &baseline, 1, &err), WP_OK);
	cr_expect_str_eq(open_questions(cache, site), "P0100002 3 sha256:b;");
	baseline = (struct wp_baseline){ "p01", "P0100002", 2, "sha256:f", "sha256:c", WP_CONFIDENCE_PROVEN, "adopted", { 0 } };
	cr_assert_eq(wp_cache_put_baselines(cache, &baseline, 1, &err), WP_OK);
	cr_expect_str_eq(open_questions(cache, site), "P0100002 3 sha256:b;");
	baseline.source_version = 3;
	cr_assert_eq(wp_cache_put_baselines(cache, &baseline, 1, &err), WP_OK);
	cr_expect_str_eq(open_questions(cache, site), "");
	/* All or none. */
	cr_expect_eq(wp_cache_put_questions(cache, items, 2, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "bad-value");
	cr_expect_str_eq(open_questions(cache, site), "");
	wp_cache_close(cache);
}

/* As many as a site has packages: each is put without a look at all the others. */
Test(cache, questions_of_many_packages, .timeout = 60)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_question *items = wp_arena_alloc(arena, MANY * sizeof *items);
	struct wp_cache *cache;
	struct wp_error err;
	clock_t began;

	for (size_t i = 0; i < MANY; i++)
		items[i] = (struct wp_question){ site, wp_arena_printf(arena, "P01%05zX", i), 3, "sha256:a", { 0 } };
	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_assert_eq(wp_cache_put_questions(cache, items, MANY, &err), WP_OK, "%s", err.message);
	for (size_t i = 0; i < MANY; i++)
		items[i].source_version = 4;
	began = clock();
	cr_assert_eq(wp_cache_put_questions(cache, items, MANY, &err), WP_OK, "%s", err.message);
	cr_expect_lt((double)(clock() - began) / CLOCKS_PER_SEC, 10);
	cr_expect_eq(strncmp(open_questions_first(cache), "P0100000 4 ", 11), 0);
	wp_cache_close(cache);
}

Test(cache, questions_of_an_older_cache)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_baseline baseline = { site, package, 4, "sha256:f", "sha256:c", WP_CONFIDENCE_PROVEN, "adopted", { 0 } };
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_baseline *items;
	struct wp_cache *cache;
	sqlite3 *db;
	size_t count;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_assert_eq(wp_cache_put_baselines(cache, &baseline, 1, NULL), WP_OK);
	wp_cache_close(cache);
	cr_assert_eq(sqlite3_open(place.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, TAKE_VERSION_3, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_str_eq(open_questions(cache, NULL), "");
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_WRITE);
	ask(cache, package, 5, "sha256:a", 1);
	cr_expect_str_eq(open_questions(cache, NULL), "P0100001 5 sha256:a;");
	cr_assert_eq(wp_cache_list_baselines(cache, arena, site, &items, &count, NULL), WP_OK);
	cr_expect_eq(count, 1, "what was there stays");
	wp_cache_close(cache);
}
