/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The profile of each site in the cache. */
#include "cache_place.h"

#include "wimplan/arena.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *find(struct wp_cache *cache, struct wp_arena *arena, const char *site_code)
{
	struct wp_error err;
	const char *text;
	size_t length;

	cr_assert_eq(wp_cache_find_profile(cache, arena, site_code, &text, &length, &err), WP_OK, "%s", err.message);
	cr_expect_eq(text ? strlen(text) : 0, length);
	return text;
}

static void put(struct wp_cache *cache, const char *site_code, const char *text)
{
	struct wp_error err;

	cr_assert_eq(wp_cache_put_profile(cache, site_code, wp_time_parse("2026-02-20T02:10:00Z"), text, &err), WP_OK, "%s", err.message);
}

Test(cache, profiles_by_site)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;
	struct wp_error err;

	setup(&place);
	cr_assert_eq(wp_cache_open(place.path, WP_CACHE_WRITE, &cache, &err), WP_OK, "%s", err.message);
	cr_expect_null(find(cache, arena, "P01"));
	put(cache, "P01", "{\"a\":1}");
	put(cache, "P02", "{\"b\":2}");
	put(cache, "p01", "{\"a\":3}");
	cr_expect_str_eq(find(cache, arena, "P01"), "{\"a\":3}", "whatever its letters' case, the newer one");
	cr_expect_str_eq(find(cache, arena, "P02"), "{\"b\":2}");
	put(cache, "P01", NULL);
	put(cache, "P03", NULL);
	cr_expect_null(find(cache, arena, "P01"));
	cr_expect_str_eq(find(cache, arena, "P02"), "{\"b\":2}");
	wp_cache_close(cache);
	/* One of an older version has none, and gets the table when it is written. */
	place_sql(place.path, "DROP TABLE briefs; DROP TABLE boot_facts; DROP TABLE profiles; PRAGMA user_version = 5");
	cr_assert_eq(wp_cache_open(place.path, WP_CACHE_READ, &cache, &err), WP_OK, "%s", err.message);
	cr_expect_null(find(cache, arena, "P02"));
	wp_cache_close(cache);
	cr_assert_eq(wp_cache_open(place.path, WP_CACHE_WRITE, &cache, &err), WP_OK, "%s", err.message);
	put(cache, "P02", "{}");
	cr_expect_str_eq(find(cache, arena, "P02"), "{}");
	wp_cache_close(cache);
}
