/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The identity store: content ids of files by their file ids, so that wimlib opens no file twice. It is read whole when
 * it is first asked, because ten thousand small queries would each lock the file.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define DIGEST 32

/* Hashes are kept as bytes: at the limit the store takes a third of what texts would. */
struct identity {
	uint8_t file[DIGEST];
	uint8_t content[DIGEST];
	uint64_t blob_count, blob_bytes, stored_bytes;
	bool has_content, has_stored;
	bool added; /* in this run: to be written */
	bool found; /* in this run: to be kept longest */
};

struct wp_identities {
	struct wp_arena *arena;
	struct identity *items;
	size_t count;
	uint32_t *slots; /* place in @items plus one; a power of two, at least twice the count */
	size_t slot_count;
	size_t added;
};

/* "sha256:…" as bytes; false when it is anything else. */
static bool parse_digest(const char *text, uint8_t ret[DIGEST])
{
	return text && !strncmp(text, "sha256:", 7) && wp_hex_parse(text + 7, ret, DIGEST);
}

static void print_digest(const uint8_t digest[DIGEST], char ret[WP_HASH_TEXT])
{
	memcpy(ret, "sha256:", 7);
	wp_hex(digest, DIGEST, ret + 7);
}

/* The slot of this file id, or the free one where it belongs. A digest is its own hash. */
static uint32_t *slot_of(const struct wp_identities *identities, const uint8_t file[DIGEST])
{
	uint64_t hash;
	size_t at;

	memcpy(&hash, file, sizeof hash);
	for (at = hash & (identities->slot_count - 1);; at = (at + 1) & (identities->slot_count - 1)) {
		uint32_t *slot = &identities->slots[at];

		if (!*slot || !memcmp(identities->items[*slot - 1].file, file, DIGEST))
			return slot;
	}
}

static void grow(struct wp_identities *identities)
{
	free(identities->slots);
	identities->slot_count *= 2;
	identities->slots = calloc(identities->slot_count, sizeof *identities->slots);
	if (!identities->slots)
		wp_out_of_memory();
	for (size_t i = 0; i < identities->count; i++)
		*slot_of(identities, identities->items[i].file) = (uint32_t)i + 1;
}

/* The identity of this file id, made where it lacks. */
static struct identity *take(struct wp_identities *identities, const uint8_t file[DIGEST])
{
	uint32_t *slot = slot_of(identities, file);
	struct identity *item;

	if (*slot)
		return &identities->items[*slot - 1];
	item = WP_PUSH(identities->arena, identities->items, identities->count);
	memcpy(item->file, file, DIGEST);
	*slot = (uint32_t)identities->count;
	if (2 * identities->count > identities->slot_count)
		grow(identities);
	return item;
}

static void set_content(struct identity *item, const struct wp_wim_content *content)
{
	item->has_content = parse_digest(content->content_id, item->content);
	item->blob_count = content->blob_count;
	item->blob_bytes = content->blob_bytes;
	item->has_stored = content->stored_bytes.known;
	item->stored_bytes = content->stored_bytes.value;
}

static void read_row(struct wp_identities *identities, struct wp_statement *statement)
{
	struct wp_wim_content content = { 0 };
	uint8_t file[DIGEST], digest[DIGEST];
	char file_id[WP_HASH_TEXT];
	size_t length;

	wp_db_hash(statement, 0, file_id);
	wp_db_hash(statement, 1, content.content_id);
	/* Sums of what a file says may be above INT64_MAX; they come back as they went in. */
	content.blob_count = (uint64_t)sqlite3_column_int64(statement->handle, 2);
	content.blob_bytes = (uint64_t)sqlite3_column_int64(statement->handle, 3);
	content.stored_bytes.known = sqlite3_column_type(statement->handle, 4) == SQLITE_INTEGER;
	content.stored_bytes.value = (uint64_t)sqlite3_column_int64(statement->handle, 4);
	/* What wimplan has not written is not known; a file without content has an empty text. */
	if (!parse_digest(file_id, file) || !wp_db_bytes(statement, 1, &length) ||
	    (length && !parse_digest(content.content_id, digest)))
		return;
	set_content(take(identities, file), &content);
}

/* What cannot be read is not known: then wimlib opens the file again, and the plan is the same. */
static struct wp_identities *load(const struct wp_cache *cache)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_identities *identities = calloc(1, sizeof *identities);

	if (!identities)
		wp_out_of_memory();
	identities->arena = wp_arena_new();
	identities->slot_count = 512;
	grow(identities);
	if (wp_db_prepare(&cache->db,
			  "SELECT file_id, content_id, blob_count, blob_bytes, stored_bytes FROM identities LIMIT ?1",
			  &statement, NULL))
		return identities;
	wp_db_bind_int(&statement, 1, cache->identity_limit);
	while (wp_db_step(&statement, "identities were read", NULL) > 0)
		read_row(identities, &statement);
	return identities;
}

static struct wp_identities *identities_of(struct wp_cache *cache)
{
	if (!cache->identities)
		cache->identities = load(cache);
	return cache->identities;
}

void wp_identities_free(struct wp_identities *identities)
{
	if (!identities)
		return;
	wp_arena_free(identities->arena);
	free(identities->slots);
	free(identities);
}

static bool find(void *context, const char *file_id, struct wp_wim_content *ret)
{
	struct wp_identities *identities = identities_of(context);
	uint8_t file[DIGEST];
	struct identity *item;
	uint32_t slot;

	if (!parse_digest(file_id, file))
		return false;
	slot = *slot_of(identities, file);
	if (!slot)
		return false;
	item = &identities->items[slot - 1];
	item->found = true;
	memset(ret, 0, sizeof *ret);
	if (item->has_content)
		print_digest(item->content, ret->content_id);
	ret->blob_count = item->blob_count;
	ret->blob_bytes = item->blob_bytes;
	ret->stored_bytes.known = item->has_stored;
	ret->stored_bytes.value = item->stored_bytes;
	return true;
}

static void add(void *context, const char *file_id, const struct wp_wim_content *content)
{
	struct wp_cache *cache = context;
	struct wp_identities *identities;
	uint8_t file[DIGEST];
	struct identity *item;

	if (cache->mode == WP_CACHE_READ || !parse_digest(file_id, file))
		return;
	identities = identities_of(cache);
	item = take(identities, file);
	set_content(item, content);
	identities->added += !item->added;
	item->added = true;
}

struct wp_identity_store wp_cache_identities(struct wp_cache *cache)
{
	return (struct wp_identity_store){
		.context = cache,
		.find = find,
		.add = add,
		.add_summary = wp_summaries_add,
	};
}

static void bind(struct wp_statement *statement, const struct identity *item, const char *file_id, const char *content_id,
		 int64_t flush)
{
	wp_db_bind_text(statement, 1, file_id);
	wp_db_bind_text(statement, 2, content_id);
	wp_db_bind_int(statement, 3, (int64_t)item->blob_count);
	wp_db_bind_int(statement, 4, (int64_t)item->blob_bytes);
	if (item->has_stored)
		wp_db_bind_int(statement, 5, (int64_t)item->stored_bytes);
	else
		wp_db_bind_text(statement, 5, NULL);
	wp_db_bind_int(statement, 6, flush);
}

/*
 * Writes what was added and marks what was found as seen now. The mark only matters when something is dropped, which
 * happens in a flush that adds: a run that adds nothing writes nothing.
 */
static int write_items(const struct wp_cache *cache, int64_t flush, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db,
				   "INSERT INTO identities (file_id, content_id, blob_count, blob_bytes, stored_bytes, "
				   "seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET content_id = ?2, "
				   "blob_count = ?3, blob_bytes = ?4, stored_bytes = ?5, seen = ?6",
				   &statement, err);

	for (size_t i = 0; !status && i < cache->identities->count; i++) {
		const struct identity *item = &cache->identities->items[i];
		char file_id[WP_HASH_TEXT], content_id[WP_HASH_TEXT] = "";

		if (!item->added && !item->found)
			continue;
		print_digest(item->file, file_id);
		if (item->has_content)
			print_digest(item->content, content_id);
		bind(&statement, item, file_id, content_id, flush);
		status = wp_db_run(&statement, "identities were kept", err);
	}
	return status;
}

static int drop_oldest(const struct wp_cache *cache, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db,
				   "DELETE FROM identities WHERE file_id IN (SELECT file_id FROM identities ORDER BY "
				   "seen DESC, file_id LIMIT -1 OFFSET ?1)",
				   &statement, err);

	if (status)
		return status;
	wp_db_bind_int(&statement, 1, cache->identity_limit);
	return wp_db_run(&statement, "old identities were dropped", err);
}

int wp_cache_flush(struct wp_cache *cache, struct wp_error *err)
{
	int64_t flush, count;
	int status = wp_summaries_flush(cache, err);

	if (status)
		return status;
	if (!cache->identities || !cache->identities->added)
		return WP_OK;
	status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	status = wp_db_number(&cache->db, "SELECT coalesce(max(seen), 0) FROM identities", "identities were kept", &flush,
			      err);
	if (!status)
		status = write_items(cache, flush < INT64_MAX ? flush + 1 : flush, err);
	if (!status)
		status = wp_db_number(&cache->db, "SELECT count(*) FROM identities", "identities were kept", &count, err);
	if (!status && count > cache->identity_limit)
		status = drop_oldest(cache, err);
	status = wp_db_end(&cache->db, status, err);
	if (status)
		return status;
	for (size_t i = 0; i < cache->identities->count; i++)
		cache->identities->items[i].added = false;
	cache->identities->added = 0;
	return WP_OK;
}
