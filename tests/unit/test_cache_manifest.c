/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of folders' files that the cache keeps, and how many. */
#include "wimplan/cache.h"
#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cache_place.h"

static void put(struct wp_cache *cache, const char *content_id, const char *text, size_t length)
{
	struct wp_known_manifest item = { content_id, { text, length } };
	struct wp_error err;

	cr_assert_eq(wp_cache_put_manifests(cache, &item, 1, &err), WP_OK, "%s", err.message);
}

static bool has(struct wp_cache *cache, const char *content_id)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_manifest manifest;

	return wp_cache_find_manifest(cache, arena, content_id, &manifest, NULL) > 0 && manifest.length &&
	       strlen(manifest.text) == manifest.length;
}

Test(cache, manifests_are_found_again)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_baseline baseline = { "P01", "P0100001", 1, "sha256:f", "sha256:0", WP_CONFIDENCE_PROVEN, "adopted", { 0 } };
	struct wp_cache *cache;
	char *large, id[40];

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_not(has(cache, "sha256:0"));
	put(cache, "sha256:0", "a\t1\t1\n", 6);
	put(cache, "sha256:0", "b", 1);
	cr_expect(has(cache, "sha256:0"));
	large = malloc(WP_LIMIT_MANIFEST_BYTES + 2);
	memset(large, 'x', WP_LIMIT_MANIFEST_BYTES + 2);
	put(cache, "sha256:at", large, WP_LIMIT_MANIFEST_BYTES);
	put(cache, "sha256:beyond", large, WP_LIMIT_MANIFEST_BYTES + 1);
	cr_expect(has(cache, "sha256:at"));
	cr_expect_not(has(cache, "sha256:beyond"), "nobody but a foreign hand writes more");
	free(large);
	/* The oldest go, but for that of a baseline. */
	cr_assert_eq(wp_cache_put_baselines(cache, &baseline, 1, NULL), WP_OK);
	for (unsigned int i = 1; i <= WP_LIMIT_MANIFESTS; i++) {
		snprintf(id, sizeof id, "sha256:%u", i);
		put(cache, id, "a\t1\t1\n", 6);
	}
	cr_expect(has(cache, "sha256:0"));
	cr_expect_not(has(cache, "sha256:at"));
	cr_expect_not(has(cache, "sha256:1"));
	cr_expect(has(cache, "sha256:2"));
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect(has(cache, "sha256:0"));
	wp_cache_close(cache);
}
