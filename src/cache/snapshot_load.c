/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Snapshots come out: the texts of a piece of the records one after the other, which as many hands as there are then read. What is
 * loaded does not depend on how many there were.
 */
#include "internal.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Records of a piece: enough for starting the hands to cost nothing, and few enough for their texts to cost no memory. */
#define PIECE 512u

struct slot {
	const char *package_id, *text; /* as they are stored; in the scratch of the piece */
	size_t length;
	struct wp_record record;
	json_t *json; /* NULL when there is an error */
	int status;
	struct wp_error err;
};

struct load {
	struct wp_cache *cache;
	const struct wp_crew *crew; /* NULL: nobody shares the work */
	bool briefs; /* the records are read from their briefs */
	struct wp_record_set *set;
	size_t room; /* for the set's records */
	struct wp_sha256 *hash;
	struct wp_arena **arenas; /* of each hand */
	struct wp_arena *scratch; /* of the piece */
	struct slot slots[PIECE];
	size_t count;
	atomic_size_t next;
};

static void read_slot(const struct load *load, struct wp_arena *arena, struct slot *slot)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_db *db = &load->cache->db;
	struct wp_error why;
	json_t *json;

	slot->json = NULL;
	if (wp_json_parse(slot->text, slot->length, slot->package_id, &json, &why)) {
		slot->status = wp_db_damaged(db, &slot->err, "record %s: %s", slot->package_id, why.message);
		return;
	}
	if (wp_record_decode(load->briefs ? scratch : arena, json, &slot->record, &why))
		slot->status = wp_db_damaged(db, &slot->err, "record %s: %s", slot->package_id, why.message);
	else if (strcmp(slot->record.package_id, slot->package_id))
		slot->status = wp_db_damaged(db, &slot->err, "record %s is of package %s", slot->package_id, slot->record.package_id);
	else if (!load->briefs)
		slot->json = json_incref(json);
	else if (!wp_record_make_brief(arena, &slot->record, &slot->json))
		slot->status = wp_db_damaged(db, &slot->err, "record %s cannot be made brief", slot->package_id);
	json_decref(json);
}

static void work(void *context, unsigned int number)
{
	struct load *load = context;

	for (size_t i; (i = atomic_fetch_add(&load->next, 1)) < load->count;)
		read_slot(load, load->arenas[number], &load->slots[i]);
}

/* Takes the row that the statement is at. */
static int find_slot(struct load *load, struct wp_statement *statement, struct wp_error *err)
{
	struct slot *slot = &load->slots[load->count];
	const char *text = wp_db_bytes(statement, 1, &slot->length);

	if (load->set->count + load->count == WP_LIMIT_PACKAGES)
		return wp_db_damaged(&load->cache->db, err, "a snapshot has more than %u records", WP_LIMIT_PACKAGES);
	slot->package_id = wp_db_text(load->scratch, statement, 0);
	if (!slot->package_id || !text)
		return wp_db_damaged(&load->cache->db, err, "a record is not UTF-8");
	slot->text = wp_arena_strndup(load->scratch, text, slot->length);
	slot->status = WP_OK;
	wp_snapshot_id_add(load->hash, load->set->count + load->count++, text, slot->length);
	return WP_OK;
}

/* As many as the snapshot says, and more where it has more, of which its id will tell. */
static void make_room(struct load *load, size_t count)
{
	struct wp_record_set *set = load->set;
	struct wp_record *records = set->records;

	if (count <= load->room)
		return;
	load->room = load->room ? 2 * count : count;
	set->records = wp_arena_alloc(set->arena, load->room * sizeof *set->records);
	if (set->count)
		memcpy(set->records, records, set->count * sizeof *records);
}

static int take_slots(struct load *load, struct wp_error *err)
{
	struct wp_record_set *set = load->set;
	int status = WP_OK;

	make_room(load, set->count + load->count);
	for (size_t i = 0; i < load->count; i++) {
		struct slot *slot = &load->slots[i];

		if (!status && slot->status) {
			*err = slot->err;
			status = slot->status;
		}
		if (status) {
			json_decref(slot->json);
			continue;
		}
		if (slot->json)
			wp_json_push(set->documents, slot->json);
		set->records[set->count++] = slot->record;
	}
	load->count = 0;
	return status;
}

/* Reads the next records: 1 where there may be more behind them, 0 at the end. */
static int read_piece(struct load *load, struct wp_statement *statement, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_error why;
	int status = 1, taken;

	load->scratch = scratch;
	while (load->count < PIECE && (status = wp_db_step(statement, "a snapshot was loaded", &why)) > 0)
		if ((taken = find_slot(load, statement, &why))) {
			status = taken;
			break;
		}
	atomic_store(&load->next, 0);
	wp_crew_run(load->crew, work, load);
	/* What is wrong in a record comes before what is wrong behind it. */
	taken = take_slots(load, err);
	if (taken)
		return taken;
	if (status < 0)
		*err = why;
	return status;
}

static int read_records(struct load *load, const struct wp_snapshot *snapshot, const char *only, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	unsigned int hands = wp_crew_count(load->crew);
	int status;

	wp_db_query(&load->cache->db, "SELECT r.package_id, r.document FROM records r JOIN snapshots s ON "
		    "r.snapshot = s.number WHERE s.id = ?1 AND (?2 IS NULL OR r.package_id = ?2 COLLATE "
		    "NOCASE) ORDER BY r.package_id", &statement);
	wp_db_bind_text(&statement, 1, snapshot->id);
	wp_db_bind_text(&statement, 2, only);
	load->arenas = wp_arena_alloc(load->set->arena, hands * sizeof *load->arenas);
	for (unsigned int i = 0; i < hands; i++)
		load->arenas[i] = wp_arena_new();
	while ((status = read_piece(load, &statement, err)) > 0)
		;
	for (unsigned int i = 0; i < hands; i++)
		wp_arena_join(load->set->arena, load->arenas[i]);
	return status;
}

/* @only: NULL loads all records, whose texts are held against the snapshot's id. */
static int load_records(struct load *load, const struct wp_snapshot *snapshot, const char *only, struct wp_error *err)
{
	struct wp_record_set *set = load->set;
	char id[WP_HASH_TEXT];
	int status;

	load->hash = wp_snapshot_id_begin();
	status = read_records(load, snapshot, only, err);
	wp_snapshot_id_end(load->hash, set->site_code, id);
	if (status || only)
		return status;
	memcpy(set->id, id, sizeof id);
	return strcmp(id, snapshot->id)
		       ? wp_db_damaged(&load->cache->db, err, "snapshot %.15s has other records than were added", snapshot->id)
		       : WP_OK;
}

static struct wp_record_set *new_set(const struct wp_snapshot *snapshot)
{
	struct wp_record_set *set = wp_must(calloc(1, sizeof *set));

	set->arena = wp_arena_new();
	set->site_code = wp_must(strdup(snapshot->site_code));
	set->taken_at = snapshot->taken_at;
	set->partial = wp_arena_strdup(set->arena, snapshot->partial);
	set->documents = wp_json_must(json_array());
	return set;
}

/* What of a set its records are read from. */
struct wanted {
	const struct wp_crew *crew;
	const char *only; /* NULL: all */
	bool briefs;
};

static int load_documents(struct wp_cache *cache, struct wanted wanted, const struct wp_snapshot *snapshot,
			  struct wp_record_set *set, struct wp_error *err)
{
	struct load *load = wp_must(calloc(1, sizeof *load));
	int status;

	load->cache = cache;
	load->crew = wanted.crew;
	load->briefs = wanted.briefs;
	load->set = set;
	if (!wanted.only && snapshot->records <= WP_LIMIT_PACKAGES)
		make_room(load, snapshot->records);
	status = load_records(load, snapshot, wanted.only, err);
	free(load);
	return status;
}

static int load_set(struct wp_cache *cache, struct wanted wanted, const struct wp_snapshot *snapshot,
		    struct wp_record_set **ret_set, bool *ret_kept, struct wp_error *err)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = new_set(snapshot);
	int status = WP_OK;

	*ret_kept = wanted.briefs && wp_cache_read_briefs(cache, snapshot, set);
	if (!*ret_kept) {
		wp_record_set_free(set);
		set = new_set(snapshot);
		status = load_documents(cache, wanted, snapshot, set, err);
	}
	if (!status)
		status = wp_snapshot_load_site(cache, snapshot->id, wanted.only, &set->site, err);
	if (status)
		return status;
	*ret_set = set;
	set = NULL;
	return WP_OK;
}

int wp_cache_load_package(struct wp_cache *cache, const struct wp_snapshot *snapshot, const char *only,
			  struct wp_record_set **ret_set, struct wp_error *err)
{
	bool kept;

	return load_set(cache, (struct wanted){ .only = only }, snapshot, ret_set, &kept, err);
}

int wp_cache_load_snapshot(struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_record_set **ret_set,
			   struct wp_error *err)
{
	bool kept;

	return load_set(cache, (struct wanted){ 0 }, snapshot, ret_set, &kept, err);
}

int wp_cache_load_briefs(struct wp_cache *cache, const struct wp_crew *crew, const struct wp_snapshot *snapshot,
			 struct wp_record_set **ret_set, bool *ret_kept, struct wp_error *err)
{
	return load_set(cache, (struct wanted){ .crew = crew, .briefs = true }, snapshot, ret_set, ret_kept, err);
}
