/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans that the cache remembers, and how many. */
#include "wimplan/cache.h"
#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <string.h>

#include "cache_place.h"

static void put(struct wp_cache *cache, const char *id, size_t count)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_planned_source *sources = wp_arena_alloc(arena, count * sizeof *sources);
	struct wp_error err;

	for (size_t i = 0; i < count; i++)
		sources[i] = (struct wp_planned_source){
			.package_id = wp_arena_printf(arena, "P01%05zX", i),
			.class = i ? WP_CLASS_IMAGE : WP_CLASS_INSTALL,
			.source_path = "\\\\srv\\src$\\w11",
			.file_id = "sha256:f",
			.content_id = i ? "" : "sha256:c",
		};
	cr_assert_eq(wp_cache_put_plan(cache, id, sources, count, &err), WP_OK, "%s", err.message);
	wp_arena_free(arena);
}

/* How many sources are known of a plan; -1 when it is not known. */
static int known(struct wp_cache *cache, const char *id)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_planned_source *sources;
	struct wp_error err;
	size_t count;
	bool is_known;

	cr_assert_eq(wp_cache_find_plan(cache, arena, id, &sources, &count, &is_known, &err), WP_OK, "%s", err.message);
	if (!is_known)
		return -1;
	cr_expect_str_eq(sources[0].package_id, "P0100000");
	cr_expect_eq(sources[0].class, WP_CLASS_INSTALL);
	cr_expect_str_eq(sources[0].source_path, "\\\\srv\\src$\\w11");
	cr_expect_str_eq(sources[0].content_id, "sha256:c");
	return (int)count;
}

Test(cache, plans_are_remembered_and_the_oldest_forgotten)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;
	char id[40];

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_eq(known(cache, "sha256:a"), -1);
	put(cache, "sha256:a", 3);
	put(cache, "sha256:a", 5);
	cr_expect_eq(known(cache, "sha256:a"), 3, "a plan does not change");
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_eq(known(cache, "sha256:a"), 3);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_WRITE);
	for (unsigned int i = 0; i < WP_LIMIT_PLANS; i++) {
		cr_expect_eq(known(cache, "sha256:a"), 3, "%u plans after it", i);
		snprintf(id, sizeof id, "sha256:%u", i);
		put(cache, id, 1);
	}
	cr_expect_eq(known(cache, "sha256:a"), -1);
	cr_expect_eq(known(cache, "sha256:0"), 1);
	wp_cache_close(cache);
}

Test(cache, plans_together_are_bounded)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	put(cache, "sha256:1", 1);
	put(cache, "sha256:2", WP_LIMIT_PLAN_SOURCES / 2);
	put(cache, "sha256:3", WP_LIMIT_PLAN_SOURCES / 2);
	cr_expect_eq(known(cache, "sha256:1"), -1, "one source too many");
	cr_expect_eq(known(cache, "sha256:2"), WP_LIMIT_PLAN_SOURCES / 2);
	put(cache, "sha256:4", WP_LIMIT_PLAN_SOURCES + 1);
	cr_expect_eq(known(cache, "sha256:3"), -1);
	cr_expect_eq(known(cache, "sha256:4"), WP_LIMIT_PLAN_SOURCES + 1, "the newest always");
	wp_cache_close(cache);
}
