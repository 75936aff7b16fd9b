/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The briefs of a snapshot's records beside their documents, many in a row: what the first plan has made of the documents, for the
 * next one. They only save time. Those of which anything is not as it was written are as good as none.
 */
#include "internal.h"

#include "wimplan/bytes.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <string.h>

/* What they are like, and what is read into them: who changes either calls them otherwise. */
static const char form[] = "wimplan-briefs-1";

/* Records of a piece: enough for a row to cost nothing, and few enough for none to be large. */
#define PIECE 512u

/* Of everything that a piece is: whose it is, which one, and its bytes. */
static void digest_of(const char *id, uint64_t number, const void *bytes, size_t length, char ret[WP_HASH_TEXT])
{
	struct wp_sha256 *hash = wp_sha256_new();
	uint8_t place[8];

	for (size_t i = 0; i < sizeof place; i++)
		place[i] = (uint8_t)(number >> (8 * i));
	wp_sha256_add(hash, form, sizeof form);
	wp_sha256_add(hash, id, strlen(id) + 1);
	wp_sha256_add(hash, place, sizeof place);
	wp_sha256_add(hash, bytes, length);
	wp_sha256_finish(hash, ret);
}

/* --- In --------------------------------------------------------------------------------------------------------------- */

/* Each brief has its length in 4 bytes in front. */
static void add_brief(struct wp_buf *buf, const struct wp_brief *brief)
{
	for (unsigned int shift = 0; shift < 32; shift += 8)
		wp_buf_putc(buf, (char)(uint8_t)(brief->length >> shift));
	wp_buf_add(buf, brief->bytes, brief->length);
}

static int write_pieces(const struct wp_cache *cache, const struct wp_record_set *set, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	char digest[WP_HASH_TEXT];
	int status = WP_OK;

	/* Nothing is kept of a snapshot that was removed meanwhile. */
	wp_db_query(&cache->db, "INSERT INTO briefs (snapshot, number, digest, records) SELECT number, ?2, ?3, ?4 FROM snapshots WHERE "
		    "id = ?1 ON CONFLICT DO UPDATE SET digest = ?3, records = ?4", &statement);
	for (size_t at = 0, number = 0; at < set->count && !status; number++) {
		size_t end = set->count - at > PIECE ? at + PIECE : set->count;

		wp_buf_clear(&buf);
		for (; at < end; at++)
			add_brief(&buf, &set->records[at].brief);
		digest_of(set->id, number, buf.data, buf.length, digest);
		wp_db_bind_text(&statement, 1, set->id);
		wp_db_bind_int(&statement, 2, (int64_t)number);
		wp_db_bind_text(&statement, 3, digest);
		wp_db_bind_bytes(&statement, 4, buf.data, buf.length);
		status = wp_db_run(&statement, "briefs were kept", err);
	}
	return status;
}

int wp_cache_put_briefs(struct wp_cache *cache, const struct wp_record_set *set, struct wp_error *err)
{
	int status = wp_db_begin(&cache->db, err);

	return status ? status : wp_db_end(&cache->db, write_pieces(cache, set, err), err);
}

/* --- Out -------------------------------------------------------------------------------------------------------------- */

/* A set that is being read. */
struct reading {
	struct wp_record_set *set;
	const struct wp_snapshot *snapshot;
};

/* Whether the next record is the brief of these bytes, in the order that they had. */
static bool take_brief(const struct reading *reading, const uint8_t *bytes, size_t length)
{
	struct wp_record_set *set = reading->set;
	struct wp_record *record = &set->records[set->count];
	json_t *json;
	bool read;

	if (set->count == reading->snapshot->records)
		return false;
	read = wp_record_read_brief(set->arena, bytes, length, record, &json);
	if (json)
		wp_json_push(set->documents, json);
	if (!read || (set->count && strcmp(record[-1].package_id, record->package_id) >= 0))
		return false;
	set->count++;
	return true;
}

/* The same of the briefs of a piece, which stays in memory. */
static bool take_piece(const struct reading *reading, struct wp_statement *statement, uint64_t number)
{
	char written[WP_HASH_TEXT], is[WP_HASH_TEXT];
	const uint8_t *at, *end;
	const char *bytes;
	uint64_t place;
	size_t length;

	wp_db_hash(statement, 1, written);
	bytes = wp_db_bytes(statement, 2, &length);
	if (!wp_db_u64(statement, 0, &place) || place != number || !bytes)
		return false;
	digest_of(reading->snapshot->id, number, bytes, length, is);
	if (strcmp(written, is))
		return false;
	at = (const uint8_t *)wp_arena_strndup(reading->set->arena, bytes, length);
	for (end = at + length; at < end;) {
		size_t left = (size_t)(end - at), size = left < 4 ? 0 : wp_get32(at);

		if (left < 4 || size > left - 4 || !take_brief(reading, at + 4, size))
			return false;
		at += 4 + size;
	}
	return true;
}

bool wp_cache_read_briefs(const struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_record_set *set)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const struct reading reading = { set, snapshot };
	struct wp_error err;
	uint64_t number = 0;
	bool read = true;
	int status = 1;

	if (cache->version < 8 || snapshot->records > WP_LIMIT_PACKAGES)
		return false;
	set->records = wp_arena_alloc(set->arena, snapshot->records * sizeof *set->records);
	wp_db_query(&cache->db, "SELECT b.number, b.digest, b.records FROM briefs b JOIN snapshots s ON b.snapshot = s.number WHERE "
		    "s.id = ?1 ORDER BY b.number", &statement);
	wp_db_bind_text(&statement, 1, snapshot->id);
	while (read && (status = wp_db_step(&statement, "briefs were read", &err)) > 0)
		read = take_piece(&reading, &statement, number++);
	if (!read || status || set->count != snapshot->records)
		return false;
	memcpy(set->id, snapshot->id, sizeof set->id);
	return true;
}
