/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history of a cache: what is told once, what of a package, and how much of it is kept. */
#include "wimplan/cache.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include "../../src/cache/internal.h"

#include <criterion/criterion.h>
#include <string.h>

#include "cache_place.h"

static struct wp_event make(enum wp_event_kind kind, const char *site, const char *plan, int64_t at)
{
	return (struct wp_event){
		.at = wp_time_from_unix(at, 0),
		.kind = kind,
		.site_code = site,
		.plan_id = plan,
		.by = "anna@adm01",
		.facts = json_pack("{s:i}", "packages", 3),
	};
}

/* That of one package, whose id @context is. */
static struct wp_event next_package(void *context, size_t number)
{
	(void)number;
	return (struct wp_event){ .package_id = context, .facts = json_pack("{s:s}", "status", "change") };
}

static void tell(struct wp_cache *cache, struct wp_event event, const char *package_id)
{
	const struct wp_event_packages packages = { 1, next_package, (void *)(uintptr_t)package_id };
	struct wp_error err;

	cr_assert_eq(wp_cache_log(cache, &event, package_id ? &packages : NULL, &err), WP_OK, "%s", err.message);
	json_decref(event.facts);
}

/* The plans of a history in a row; "-" for what is none. */
static const char *plans(struct wp_cache *cache, struct wp_arena *arena, const char *site, const char *package_id)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_history history __attribute__((cleanup(wp_history_free))) = { 0 };
	struct wp_error err;

	cr_assert_eq(wp_cache_history(cache, arena, site, package_id, &history, &err), WP_OK, "%s", err.message);
	for (size_t i = 0; i < history.count; i++)
		wp_buf_puts(&buf, history.items[i].plan_id ? history.items[i].plan_id : "-");
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

Test(cache, history_tells_once_and_by_time)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "");
	tell(cache, make(WP_EVENT_PLAN, "P01", "a", 100), "P0100001");
	tell(cache, make(WP_EVENT_PLAN, "P01", "a", 200), "P0100001");
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "a", "the last plan of a site is not told again");
	tell(cache, make(WP_EVENT_PLAN, "P02", "x", 250), NULL);
	tell(cache, make(WP_EVENT_PLAN, "P01", "a", 260), NULL);
	tell(cache, make(WP_EVENT_PLAN, "P01", "b", 300), "P0100002");
	tell(cache, make(WP_EVENT_PLAN, "P01", "a", 400), "p0100001");
	cr_expect_str_eq(plans(cache, arena, "p01", NULL), "aba", "but when there was another one since");
	tell(cache, make(WP_EVENT_RECEIPT, "P01", "r", 50), NULL);
	tell(cache, make(WP_EVENT_RECEIPT, "P01", "r", 50), NULL);
	tell(cache, make(WP_EVENT_RECEIPT, "P01", "r", 60), NULL);
	tell(cache, make(WP_EVENT_IMPORT, "P01", NULL, 55), NULL);
	tell(cache, make(WP_EVENT_IMPORT, "P01", NULL, 55), NULL);
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "r--raxba", "by time");
	cr_expect_str_eq(plans(cache, arena, NULL, "P0100001"), "aa");
	cr_expect_str_eq(plans(cache, arena, "P02", "P0100001"), "");
	wp_cache_close(cache);
}

Test(cache, history_forgets_the_oldest)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;
	static const char *const names[] = { "a", "b", "c", "d" };

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_eq(cache->event_limit, WP_LIMIT_EVENTS);
	cache->event_limit = 3;
	for (size_t i = 0; i < 3; i++)
		tell(cache, make(WP_EVENT_PLAN, "P01", names[i], 100), "P0100001");
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "abc");
	tell(cache, make(WP_EVENT_PLAN, "P01", names[3], 100), "P0100001");
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "bcd");
	cr_expect_str_eq(plans(cache, arena, NULL, "P0100001"), "bcd", "with what it was for packages");
	wp_cache_close(cache);
}

enum { LIMIT = 500 };

Test(cache, history_keeps_the_newest_whatever_it_names)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_event_packages packages = { LIMIT, next_package, (void *)(uintptr_t)"P0100001" };
	struct wp_event event;
	struct wp_cache *cache;
	struct wp_error err;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_expect_eq(cache->event_package_limit, WP_LIMIT_EVENT_PACKAGES);
	cache->event_package_limit = LIMIT;
	event = make(WP_EVENT_PLAN, "P01", "a", 100);
	cr_assert_eq(wp_cache_log(cache, &event, &packages, &err), WP_OK, "%s", err.message);
	event.plan_id = "b";
	cr_assert_eq(wp_cache_log(cache, &event, NULL, &err), WP_OK, "%s", err.message);
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "ab", "as many as there may be");
	event.plan_id = "c";
	packages.count = 1;
	cr_assert_eq(wp_cache_log(cache, &event, &packages, &err), WP_OK, "%s", err.message);
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "bc", "one more");
	json_decref(event.facts);
	wp_cache_close(cache);
}

Test(cache, history_goes_back_with_a_change_that_fails)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache;
	struct wp_error err;

	setup(&place);
	cache = open_cache(&place, WP_CACHE_WRITE);
	cr_assert_eq(wp_cache_begin(cache, &err), WP_OK);
	tell(cache, make(WP_EVENT_PLAN, "P01", "a", 100), "P0100001");
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "a");
	cr_expect_eq(wp_cache_end(cache, WP_E_FAILED, &err), WP_E_FAILED);
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "");
	cr_assert_eq(wp_cache_begin(cache, &err), WP_OK);
	tell(cache, make(WP_EVENT_PLAN, "P01", "b", 100), "P0100001");
	cr_expect_eq(wp_cache_end(cache, WP_OK, &err), WP_OK);
	wp_cache_close(cache);
	cache = open_cache(&place, WP_CACHE_READ);
	cr_expect_str_eq(plans(cache, arena, NULL, NULL), "b");
	wp_cache_close(cache);
}

/* What another hand has written is shown as nothing or refused, and harms nobody. */
Test(cache, history_of_another_hand)
{
	static const char *const lies[] = { "kind = 'murder'", "facts = '[]'", "facts = '{'", "facts = 'null'" };
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct wp_history history __attribute__((cleanup(wp_history_free))) = { 0 };
		struct place place __attribute__((cleanup(cleanup)));
		struct wp_cache *cache;
		struct wp_error err;

		setup(&place);
		cache = open_cache(&place, WP_CACHE_WRITE);
		tell(cache, make(WP_EVENT_PLAN, "P01", "a", 100), NULL);
		cr_assert_eq(sqlite3_exec(cache->db.handle, wp_arena_printf(arena, "UPDATE events SET %s", lies[i]), NULL, NULL, NULL),
			     SQLITE_OK);
		cr_expect_eq(wp_cache_history(cache, arena, NULL, NULL, &history, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-damaged", "%s", lies[i]);
		wp_cache_close(cache);
	}
}
