/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots go into the cache and come back the same. */
#include "wimplan/cache.h"
#include "wimplan/json.h"
#include "wimplan/thread.h"

#include "../../src/cache/internal.h"

#include "temporary.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
	char root[TEMPORARY_SIZE];
	char path[128];
	struct wp_arena *arena;
	struct wp_cache *cache;
};

static void setup(struct place *place)
{
	struct wp_error err;

	temporary_make(place->root);
	snprintf(place->path, sizeof place->path, "%s/cache.db", place->root);
	place->arena = wp_arena_new();
	cr_assert_eq(wp_cache_open(place->path, WP_CACHE_WRITE, &place->cache, &err), WP_OK, "%s", err.message);
}

static void cleanup(struct place *place)
{
	wp_cache_close(place->cache);
	temporary_remove(place->root);
	wp_arena_free(place->arena);
}

/* A set of @count records, with @seed in each of them. */
static struct wp_record_set *make_set(const char *site_code, size_t count, int seed)
{
	struct wp_record_set *set = calloc(1, sizeof *set);

	set->arena = wp_arena_new();
	set->site_code = site_code ? strdup(site_code) : NULL;
	set->taken_at = wp_time_from_unix(1700000000 + seed, 0);
	set->documents = json_array();
	for (size_t i = 0; i < count; i++) {
		char id[32];
		json_t *json;

		snprintf(id, sizeof id, "P01%05zu", i);
		json = json_pack("{s:s, s:s, s:{s:s, s:i, s:s, s:f, s:[s, n]}, s:[s]}", "class", "SMS_ImagePackage",
				 "package_id", id, "properties", "Name", "W\xc3\xa4hrung \xe2\x9c\x93 \"\\\n",
				 "SourceVersion", seed, "PkgSourcePath", "\\\\srv\\src\\a.wim", "Unknown", 1.5, "List",
				 "x", "not_fetched", "ImageProperty");
		cr_assert_eq(json_array_append_new(set->documents, json), 0);
		cr_assert_eq(wp_record_decode(set->arena, json, WP_PUSH(set->arena, set->records, set->count), NULL),
			     WP_OK);
	}
	cr_assert_eq(wp_record_set_identify(set, NULL), WP_OK);
	return set;
}

static void add(struct place *place, const char *site_code, size_t count, int seed, char ret_id[WP_HASH_TEXT])
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = make_set(site_code, count, seed);
	struct wp_error err;
	bool known;

	cr_assert_eq(wp_cache_add_snapshot(place->cache, set, wp_time_from_unix(1800000000, 0), ret_id, &known, &err),
		     WP_OK, "%s", err.message);
	cr_expect_not(known);
}

Test(cache, snapshots_come_back_as_they_were)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = make_set("P01", 50, 1);
	struct wp_record_set *back __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_snapshot snapshot;
	struct wp_error err;
	char id[WP_HASH_TEXT], again[WP_HASH_TEXT], expected[WP_HASH_TEXT];
	bool known;

	setup(&place);
	memcpy(expected, set->id, sizeof expected);
	cr_assert_eq(wp_cache_add_snapshot(place.cache, set, wp_time_from_unix(1800000000, 5000), id, &known, &err),
		     WP_OK);
	cr_expect_not(known);
	cr_expect_str_eq(id, expected);
	/* The same again, taken later: known, and its time moves forward. */
	set->taken_at = wp_time_from_unix(1900000000, 0);
	set->partial = "SMS_ImagePackage";
	cr_assert_eq(wp_cache_add_snapshot(place.cache, set, wp_time_from_unix(1900000000, 0), again, &known, &err),
		     WP_OK);
	cr_expect(known);
	cr_expect_str_eq(again, id);
	/* And taken earlier: nothing of it counts but that it was imported now. */
	set->taken_at = wp_time_from_unix(1600000000, 0);
	set->partial = NULL;
	cr_assert_eq(wp_cache_add_snapshot(place.cache, set, wp_time_from_unix(1900000001, 0), again, &known, &err),
		     WP_OK);
	cr_expect(known);
	cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, NULL, NULL, &snapshot, &err), WP_OK);
	cr_expect_str_eq(snapshot.id, id);
	cr_expect_str_eq(snapshot.site_code, "P01");
	cr_expect_eq(snapshot.records, 50);
	cr_expect_eq(snapshot.taken_at.ticks, wp_time_from_unix(1900000000, 0).ticks);
	cr_expect_eq(snapshot.imported_at.ticks, wp_time_from_unix(1900000001, 0).ticks);
	cr_expect_str_eq(snapshot.partial, "SMS_ImagePackage");
	cr_assert_eq(wp_cache_load_snapshot(place.cache, &snapshot, &back, &err), WP_OK, "%s", err.message);
	cr_expect_eq(back->count, 50);
	cr_expect_str_eq(back->site_code, "P01");
	cr_expect_eq(back->taken_at.ticks, snapshot.taken_at.ticks);
	cr_expect_str_eq(back->partial, "SMS_ImagePackage");
	for (size_t i = 0; i < back->count; i++) {
		cr_expect_str_eq(back->records[i].package_id, set->records[i].package_id);
		cr_expect_str_eq(back->records[i].name, set->records[i].name);
		cr_expect_eq(back->records[i].json, json_array_get(back->documents, i));
		cr_expect(json_equal(back->records[i].json, set->records[i].json));
	}
}

Test(cache, snapshots_are_listed_and_found)
{
	struct place place __attribute__((cleanup(cleanup)));
	char ids[20][WP_HASH_TEXT], prefix[WP_HASH_TEXT], upper[WP_HASH_TEXT];
	struct wp_snapshot *items, snapshot;
	struct wp_error err;
	size_t count, twin = 0;

	setup(&place);
	cr_assert_eq(wp_cache_list_snapshots(place.cache, place.arena, &items, &count, &err), WP_OK);
	cr_expect_eq(count, 0);
	cr_expect_eq(wp_cache_find_snapshot(place.cache, place.arena, NULL, NULL, &snapshot, &err), WP_E_NOT_FOUND);
	cr_expect_str_eq(err.code, "snapshot-missing");
	cr_expect(strstr(err.message, "wimplan import"), "%s", err.message);
	for (int i = 0; i < 20; i++)
		add(&place, i == 5 ? "S02" : "P01", 2, i, ids[i]);
	cr_assert_eq(wp_cache_list_snapshots(place.cache, place.arena, &items, &count, &err), WP_OK);
	cr_assert_eq(count, 20);
	for (size_t i = 0; i < count; i++)
		cr_expect_str_eq(items[i].id, ids[19 - i], "the newest taken first");
	cr_expect_eq(wp_cache_find_snapshot(place.cache, place.arena, NULL, NULL, &snapshot, &err), WP_E_USAGE);
	cr_expect_str_eq(err.code, "site-required");
	cr_expect(strstr(err.message, "P01 and S02"), "%s", err.message);
	cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, NULL, "p01", &snapshot, &err), WP_OK);
	cr_expect_str_eq(snapshot.id, ids[19]);
	cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, NULL, "S02", &snapshot, &err), WP_OK);
	cr_expect_str_eq(snapshot.id, ids[5]);
	cr_expect_eq(wp_cache_find_snapshot(place.cache, place.arena, NULL, "X99", &snapshot, &err), WP_E_NOT_FOUND);
	cr_expect(strstr(err.message, "of site X99"), "%s", err.message);
	/* By id, with and without its beginning. */
	cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, ids[3], NULL, &snapshot, &err), WP_OK);
	cr_expect_str_eq(snapshot.id, ids[3]);
	snprintf(prefix, sizeof prefix, "%.12s", ids[3] + 7);
	cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, prefix, "P01", &snapshot, &err), WP_OK);
	cr_expect_str_eq(snapshot.id, ids[3]);
	for (size_t i = 0; i <= strlen(prefix); i++)
		upper[i] = prefix[i] >= 'a' && prefix[i] <= 'f' ? (char)(prefix[i] - 'a' + 'A') : prefix[i];
	cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, upper, NULL, &snapshot, &err), WP_OK);
	cr_expect_str_eq(snapshot.id, ids[3]);
	cr_expect_eq(wp_cache_find_snapshot(place.cache, place.arena, prefix, "S02", &snapshot, &err), WP_E_USAGE);
	cr_expect_str_eq(err.code, "snapshot-site");
	/* Of 20 ids two begin with the same of 16 digits. */
	for (size_t i = 0; i < 20; i++)
		for (size_t k = 0; k < i; k++)
			if (ids[i][7] == ids[k][7])
				twin = i;
	snprintf(prefix, sizeof prefix, "%c", ids[twin][7]);
	cr_expect_eq(wp_cache_find_snapshot(place.cache, place.arena, prefix, NULL, &snapshot, &err), WP_E_USAGE);
	cr_expect_str_eq(err.code, "snapshot-ambiguous");
	for (const char *const *bad =
		     (const char *const[]){ "", "sha256:", "xyz", "sha1:00", "00000000000000000000", "%", NULL };
	     *bad; bad++) {
		cr_expect_eq(wp_cache_find_snapshot(place.cache, place.arena, *bad, NULL, &snapshot, &err),
			     WP_E_NOT_FOUND, "'%s'", *bad);
		cr_expect_str_eq(err.code, "snapshot-missing");
	}
}

Test(cache, snapshots_are_removed_and_baselines_stay)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_baseline baseline = { "P01", "P0100001", 1, "sha256:00", "sha256:11", WP_CONFIDENCE_PROVEN, "adopted", { 0 } };
	char ids[2][WP_HASH_TEXT];
	struct wp_snapshot snapshot;
	struct wp_baseline *baselines;
	struct wp_error err;
	size_t count;
	int64_t rows;

	setup(&place);
	add(&place, "P01", 3, 1, ids[0]);
	add(&place, "P01", 3, 2, ids[1]);
	cr_assert_eq(wp_cache_put_baselines(place.cache, &baseline, 1, &err), WP_OK);
	cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, ids[0], NULL, &snapshot, &err), WP_OK);
	cr_assert_eq(wp_cache_remove_snapshot(place.cache, &snapshot, &err), WP_OK, "%s", err.message);
	cr_expect_eq(wp_cache_remove_snapshot(place.cache, &snapshot, &err), WP_E_NOT_FOUND);
	cr_expect_eq(wp_cache_find_snapshot(place.cache, place.arena, ids[0], NULL, &snapshot, &err), WP_E_NOT_FOUND);
	cr_assert_eq(wp_db_number(&place.cache->db, "SELECT count(*) FROM records", "it was tested", &rows, &err), WP_OK);
	cr_expect_eq(rows, 3, "the records went with it");
	cr_assert_eq(wp_cache_list_baselines(place.cache, place.arena, "P01", &baselines, &count, &err), WP_OK);
	cr_expect_eq(count, 1);
	/* A removed one can be added again. */
	add(&place, "P01", 3, 1, ids[0]);
}

Test(cache, snapshots_that_were_tampered_with_are_damaged)
{
	static const char *const changes[] = {
		"DELETE FROM records WHERE package_id = 'P0100001'",
		"UPDATE records SET package_id = 'P0100009' WHERE package_id = 'P0100000'",
		"UPDATE records SET document = replace(document, 'src', 'SRC') WHERE package_id = 'P0100001'",
		"UPDATE records SET document = '{}' WHERE package_id = 'P0100001'",
		"UPDATE records SET document = '{' WHERE package_id = 'P0100001'",
		"UPDATE records SET document = '' WHERE package_id = 'P0100001'",
		"UPDATE records SET document = CAST(x'7bff7d' AS TEXT) WHERE package_id = 'P0100001'",
		"UPDATE snapshots SET site_code = 'P02'",
	};
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_snapshot snapshot;
	struct wp_error err;
	char id[WP_HASH_TEXT];

	setup(&place);
	add(&place, "P01", 3, 1, id);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct wp_record_set *set = NULL;

		cr_assert_eq(sqlite3_exec(place.cache->db.handle, "SAVEPOINT s", NULL, NULL, NULL), SQLITE_OK);
		cr_assert_eq(sqlite3_exec(place.cache->db.handle, changes[i], NULL, NULL, NULL), SQLITE_OK, "%s", changes[i]);
		cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, id, NULL, &snapshot, &err), WP_OK);
		cr_expect_eq(wp_cache_load_snapshot(place.cache, &snapshot, &set, &err), WP_E_FAILED, "%s", changes[i]);
		cr_expect_str_eq(err.code, "cache-damaged", "%s", changes[i]);
		cr_expect_null(set);
		cr_assert_eq(sqlite3_exec(place.cache->db.handle, "ROLLBACK TO s; RELEASE s", NULL, NULL, NULL), SQLITE_OK);
	}
}

#define BAG "<WIM><IMAGE index=\"1\"><Property name=\"Image name\">One</Property></IMAGE></WIM>"

/* Adds a snapshot of more records than are read or kept at once; every second one has images. */
static struct wp_record_set *add_many(struct place *place, struct wp_snapshot *ret)
{
	struct wp_record_set *set = make_set("P01", 1300, 1);
	char id[WP_HASH_TEXT];
	struct wp_error err;
	bool known;

	for (size_t i = 0; i < set->count; i++) {
		json_t *properties = json_object_get(json_array_get(set->documents, i), "properties");

		json_object_set_new(properties, "ImageProperty", json_string(i % 2 ? BAG : ""));
		if (i % 3 == 0)
			continue;
		json_object_set_new(properties, "RefreshSchedule", json_string("0001170000100008"));
		json_object_set_new(json_array_get(set->documents, i), "content_info", json_pack("[{s:i}]", "Targeted", 7));
	}
	cr_assert_eq(wp_record_set_identify(set, &err), WP_OK);
	cr_assert_eq(wp_cache_add_snapshot(place->cache, set, wp_time_from_unix(1800000000, 0), id, &known, &err), WP_OK);
	cr_assert_eq(wp_cache_find_snapshot(place->cache, place->arena, NULL, NULL, ret, &err), WP_OK);
	return set;
}

static void expect_briefs(const struct wp_record_set *is, const struct wp_record_set *set, const char *id)
{
	char digest[WP_HASH_TEXT], bag[WP_HASH_TEXT];

	wp_sha256_text(BAG, sizeof BAG - 1, bag);
	cr_assert_eq(is->count, set->count);
	cr_expect_str_eq(is->id, id);
	cr_expect_str_eq(is->site_code, "P01");
	for (size_t i = 0; i < is->count; i++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		const struct wp_record *record = &is->records[i];
		struct wp_site_images images = wp_record_images(arena, record);

		wp_record_digest(record, digest);
		cr_expect_str_eq(record->package_id, set->records[i].package_id);
		cr_expect_str_eq(record->name, set->records[i].name);
		cr_expect_str_eq(record->source_path, set->records[i].source_path);
		cr_expect_eq(images.count, i % 2);
		cr_expect(!(i % 2) || !strcmp(images.items[0].name, "One"));
		cr_expect_str_eq(digest, i % 2 ? bag : "");
		cr_expect_null(record->image_property);
		cr_expect_eq(record->targeted.value, i % 3 ? 7 : 0);
		cr_expect_eq(json_object_size(json_object_get(record->json, "properties")), i % 3 ? 1 : 0);
	}
}

/* What a plan is made of: the same as of whole records, whoever reads them. */
Test(cache, a_plan_loads_briefs)
{
	const struct wp_crew crews[] = { { 1, wp_threads_run }, { 2, wp_threads_run }, { 5, wp_threads_run } };
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_snapshot snapshot;
	struct wp_error err, whole_err;
	bool kept;

	setup(&place);
	set = add_many(&place, &snapshot);
	for (size_t k = 0; k <= sizeof crews / sizeof *crews; k++) {
		struct wp_record_set *is __attribute__((cleanup(wp_record_set_freep))) = NULL;

		cr_assert_eq(wp_cache_load_briefs(place.cache, k ? &crews[k - 1] : NULL, &snapshot, &is, &kept, &err), WP_OK, "%s",
			     err.message);
		cr_expect_not(kept);
		expect_briefs(is, set, snapshot.id);
	}
	cr_assert_eq(sqlite3_exec(place.cache->db.handle, "UPDATE records SET document = '{' WHERE package_id IN "
				  "('P0101100', 'P0101200')", NULL, NULL, NULL), SQLITE_OK);
	for (size_t k = 0; k <= sizeof crews / sizeof *crews; k++) {
		struct wp_record_set *is = NULL;

		cr_expect_eq(wp_cache_load_snapshot(place.cache, &snapshot, &is, &whole_err), WP_E_FAILED);
		cr_expect_eq(wp_cache_load_briefs(place.cache, k ? &crews[k - 1] : NULL, &snapshot, &is, &kept, &err), WP_E_FAILED);
		cr_expect_str_eq(err.message, whole_err.message);
		cr_expect(strstr(err.message, "P0101100"), "%s", err.message);
		cr_expect_null(is);
	}
}

/* They are taken as they were kept or not at all, and nothing else depends on them. */
Test(cache, briefs_are_kept_beside_the_documents)
{
	static const char *const changes[] = {
		"SELECT 1",
		"DELETE FROM briefs WHERE number = 1",
		"DELETE FROM briefs WHERE number = 2",
		"UPDATE briefs SET number = number + 1 WHERE number = 2",
		"UPDATE briefs SET records = CAST(records || x'00' AS BLOB) WHERE number = 0",
		"UPDATE briefs SET records = substr(records, 1, length(records) - 1) WHERE number = 1",
		"UPDATE briefs SET records = (SELECT records FROM briefs WHERE number = 0), digest = (SELECT digest FROM briefs WHERE "
		"number = 0) WHERE number = 1",
		"UPDATE briefs SET digest = 'sha256:' WHERE number = 2",
		"UPDATE briefs SET digest = upper(digest) WHERE number = 2",
		"INSERT INTO briefs SELECT snapshot, 3, digest, records FROM briefs WHERE number = 2",
		"UPDATE snapshots SET records = 1299",
		"UPDATE snapshots SET records = 1301",
		"UPDATE snapshots SET records = 9223372036854775807",
		"DROP TABLE briefs",
	};
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL, *first = NULL;
	struct wp_snapshot snapshot, changed;
	struct wp_error err;
	bool kept;

	setup(&place);
	set = add_many(&place, &snapshot);
	cr_assert_eq(wp_cache_load_briefs(place.cache, NULL, &snapshot, &first, &kept, &err), WP_OK, "%s", err.message);
	cr_assert_eq(wp_cache_put_briefs(place.cache, first, &err), WP_OK, "%s", err.message);
	cr_assert_eq(wp_cache_put_briefs(place.cache, first, &err), WP_OK, "the same again: %s", err.message);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct wp_record_set *is __attribute__((cleanup(wp_record_set_freep))) = NULL;

		cr_assert_eq(sqlite3_exec(place.cache->db.handle, "SAVEPOINT s", NULL, NULL, NULL), SQLITE_OK);
		cr_assert_eq(sqlite3_exec(place.cache->db.handle, changes[i], NULL, NULL, NULL), SQLITE_OK, "%s", changes[i]);
		cr_assert_eq(wp_cache_find_snapshot(place.cache, place.arena, NULL, NULL, &changed, &err), WP_OK);
		cr_assert_eq(wp_cache_load_briefs(place.cache, NULL, &changed, &is, &kept, &err), WP_OK, "%s: %s", changes[i],
			     err.message);
		cr_expect_eq(kept, i == 0, "%s", changes[i]);
		expect_briefs(is, set, snapshot.id);
		cr_assert_eq(sqlite3_exec(place.cache->db.handle, "ROLLBACK TO s; RELEASE s", NULL, NULL, NULL), SQLITE_OK);
	}
	cr_assert_eq(wp_cache_remove_snapshot(place.cache, &snapshot, &err), WP_OK, "%s", err.message);
	cr_assert_eq(wp_cache_put_briefs(place.cache, first, &err), WP_OK, "%s", err.message);
	cr_expect_eq(sqlite3_exec(place.cache->db.handle, "SELECT 1 / (count(*) = 0) FROM briefs", NULL, NULL, NULL), SQLITE_OK);
	wp_record_set_free(first);
}

Test(cache, a_set_that_cannot_be_stored_leaves_nothing)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = make_set("P01", 3, 1);
	struct wp_snapshot *items;
	struct wp_error err;
	char id[WP_HASH_TEXT];
	size_t count;
	bool known;

	setup(&place);
	set->records[2].package_id = set->records[1].package_id;
	cr_expect_eq(wp_cache_add_snapshot(place.cache, set, (struct wp_time){ 0 }, id, &known, &err), WP_E_FAILED);
	cr_assert_eq(wp_cache_list_snapshots(place.cache, place.arena, &items, &count, &err), WP_OK);
	cr_expect_eq(count, 0);
}
