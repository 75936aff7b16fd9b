/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baselines: which one replaces which, and their order. */
#include "wimplan/cache.h"

#include "temporary.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

struct place {
	char root[TEMPORARY_SIZE];
	struct wp_arena *arena;
	struct wp_cache *cache;
	struct wp_baseline *items;
	size_t count;
};

static void setup(struct place *place)
{
	struct wp_error err;

	temporary_make(place->root);
	place->arena = wp_arena_new();
	cr_assert_eq(wp_cache_open(wp_arena_printf(place->arena, "%s/cache.db", place->root), WP_CACHE_WRITE,
				   &place->cache, &err),
		     WP_OK, "%s", err.message);
}

static void cleanup(struct place *place)
{
	wp_cache_close(place->cache);
	temporary_remove(place->root);
	wp_arena_free(place->arena);
}

static void put(struct place *place, const char *site, const char *package, uint64_t version, const char *content,
		enum wp_confidence confidence, const char *origin)
{
	struct wp_baseline item = { site, package, version, "sha256:file", content, confidence, origin,
				    wp_time_from_unix(1700000000, 123456700) };
	struct wp_error err;

	cr_assert_eq(wp_cache_put_baselines(place->cache, &item, 1, &err), WP_OK, "%s", err.message);
}

static void list(struct place *place, const char *site)
{
	struct wp_error err;

	cr_assert_eq(wp_cache_list_baselines(place->cache, place->arena, site, &place->items, &place->count, &err),
		     WP_OK, "%s", err.message);
}

Test(cache, confidence_has_names)
{
	enum wp_confidence confidence;

	for (int i = WP_CONFIDENCE_UNKNOWN; i <= WP_CONFIDENCE_PROVEN; i++) {
		cr_expect(wp_confidence_from_name(wp_confidence_name(i), &confidence));
		cr_expect_eq((int)confidence, i);
	}
	cr_expect_not(wp_confidence_from_name("sure", &confidence));
	cr_expect_not(wp_confidence_from_name(NULL, &confidence));
}

Test(cache, baselines_are_replaced_by_what_is_as_good)
{
	static const struct {
		enum wp_confidence old, new;
		bool replaced;
	} cases[] = {
		{ WP_CONFIDENCE_INFERRED, WP_CONFIDENCE_INFERRED, true }, { WP_CONFIDENCE_INFERRED, WP_CONFIDENCE_PROVEN, true }, { WP_CONFIDENCE_PROVEN, WP_CONFIDENCE_PROVEN, true },
		{ WP_CONFIDENCE_PROVEN, WP_CONFIDENCE_INFERRED, false },  { WP_CONFIDENCE_PROVEN, WP_CONFIDENCE_UNKNOWN, false }, { WP_CONFIDENCE_UNKNOWN, WP_CONFIDENCE_INFERRED, true },
	};
	struct place place = { 0 };

	setup(&place);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		put(&place, "P01", "P0100001", i, "sha256:old", cases[i].old, "adopted");
		put(&place, "P01", "P0100001", i, "sha256:new", cases[i].new, "receipt");
		list(&place, "P01");
		cr_assert_eq(place.count, i + 1);
		cr_expect_str_eq(place.items[i].content_id, cases[i].replaced ? "sha256:new" : "sha256:old", "case %zu",
				 i);
		cr_expect_str_eq(place.items[i].origin, cases[i].replaced ? "receipt" : "adopted", "case %zu", i);
		cr_expect_eq(place.items[i].confidence, cases[i].replaced ? cases[i].new : cases[i].old, "case %zu", i);
	}
	cr_expect_str_eq(place.items[0].file_id, "sha256:file");
	cr_expect_eq(place.items[0].recorded_at.ticks, wp_time_from_unix(1700000000, 123456700).ticks);
	cleanup(&place);
}

Test(cache, baselines_are_listed_in_order_and_forgotten)
{
	struct place place = { 0 };
	struct wp_error err;
	size_t count;

	setup(&place);
	list(&place, NULL);
	cr_expect_eq(place.count, 0);
	put(&place, "P01", "P0100002", 10, "sha256:a", WP_CONFIDENCE_PROVEN, "receipt");
	put(&place, "P01", "P0100002", 9, "sha256:b", WP_CONFIDENCE_PROVEN, "receipt");
	put(&place, "S02", "P0100002", 1, "sha256:c", WP_CONFIDENCE_INFERRED, "dates");
	put(&place, "P01", "P0100001", 4294967295, "sha256:d", WP_CONFIDENCE_PROVEN, "receipt");
	list(&place, NULL);
	cr_assert_eq(place.count, 4);
	cr_expect_str_eq(place.items[0].content_id, "sha256:d");
	cr_expect_eq(place.items[0].source_version, 4294967295);
	cr_expect_str_eq(place.items[1].content_id, "sha256:b");
	cr_expect_str_eq(place.items[2].content_id, "sha256:a");
	cr_expect_str_eq(place.items[3].site_code, "S02");
	list(&place, "S02");
	cr_expect_eq(place.count, 1);
	cr_assert_eq(wp_cache_forget_baselines(place.cache, "P01", "P0100002", &count, &err), WP_OK);
	cr_expect_eq(count, 2);
	cr_assert_eq(wp_cache_forget_baselines(place.cache, "P01", "P0100002", &count, &err), WP_OK);
	cr_expect_eq(count, 0);
	list(&place, NULL);
	cr_expect_eq(place.count, 2);
	cleanup(&place);
}

Test(cache, baselines_are_kept_all_or_none)
{
	struct wp_baseline items[] = {
		{ "P01", "P0100001", 1, "sha256:f", "sha256:c", WP_CONFIDENCE_PROVEN, "receipt", { 0 } },
		{ "P01", "P0100002", UINT64_MAX, "sha256:f", "sha256:c", WP_CONFIDENCE_PROVEN, "receipt", { 0 } },
	};
	struct place place = { 0 };
	struct wp_error err;

	setup(&place);
	cr_expect_eq(wp_cache_put_baselines(place.cache, items, 2, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "bad-value");
	list(&place, NULL);
	cr_expect_eq(place.count, 0);
	cr_expect_eq(wp_cache_put_baselines(place.cache, NULL, 0, &err), WP_OK);
	cleanup(&place);
}

/* A site is one whatever the letter case of its code: its baselines are in one order. */
Test(cache, baselines_of_two_spellings_are_in_one_order)
{
	static const struct {
		const char *site, *package;
		uint64_t version;
	} order[] = {
		{ "A01", "P0100009", 1 }, { "p01", "P0100001", 1 }, { "P01", "P0100002", 1 }, { "p01", "P0100002", 2 },
		{ "P01", "P0100002", 10 }, { "P01", "P0100003", 1 }, { "p01", "P0100003", 1 }, { "q01", "P0100001", 1 },
	};
	struct place place = { 0 };

	setup(&place);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		put(&place, order[i].site, order[i].package, order[i].version, "sha256:c", WP_CONFIDENCE_PROVEN, "adopted");
	for (int k = 0; k < 2; k++) {
		size_t first = k ? 1 : 0, last = k ? 7 : 8;

		list(&place, k ? "p01" : NULL);
		cr_assert_eq(place.count, last - first);
		for (size_t i = first; i < last; i++) {
			cr_expect_str_eq(place.items[i - first].site_code, order[i].site, "%zu", i);
			cr_expect_str_eq(place.items[i - first].package_id, order[i].package, "%zu", i);
			cr_expect_eq(place.items[i - first].source_version, order[i].version, "%zu", i);
			cr_expect_str_eq(place.items[i - first].origin, "adopted");
		}
	}
	cleanup(&place);
}
