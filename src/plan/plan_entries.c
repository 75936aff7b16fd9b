/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The entries of a plan file: parsed and decoded by as many hands as there are, a piece of the list at a time, and taken in
 * their order, so that what is read does not depend on how many there were.
 */
#include "decode.h"
#include "plan_json.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Entries of a piece: enough for starting the hands to cost nothing, and few enough for their texts to cost no memory. */
#define PIECE 512u

struct slot {
	struct wp_json_span span;
	struct wp_buf canonical;
	struct wp_entry entry;
	const char *damage;
	int status; /* of parsing, and in @err why */
	struct wp_error err;
};

struct piece {
	const struct wp_json_doc *doc;
	bool unchanged;
	struct wp_arena **arenas; /* of each hand */
	struct slot slots[PIECE];
	size_t count;
	atomic_size_t next;
};

static void read_slot(const struct piece *piece, struct wp_arena *arena, struct slot *slot)
{
	struct wp_decoder decoder = { .arena = arena };
	json_t *item __attribute__((cleanup(wp_json_freep))) = NULL;

	wp_buf_clear(&slot->canonical);
	slot->entry = (struct wp_entry){ 0 };
	slot->status = WP_OK;
	slot->damage = NULL;
	if (wp_plan_scan_entry(arena, piece->doc->text + slot->span.offset, slot->span.length, piece->unchanged, &slot->entry)) {
		wp_plan_entry_text(&slot->entry, true, &slot->canonical);
		return;
	}
	slot->entry = (struct wp_entry){ 0 };
	slot->status = wp_json_doc_parse(piece->doc, slot->span, &item, &slot->err);
	if (slot->status)
		return;
	wp_json_canonical(&slot->canonical, item);
	wp_plan_decode_entry(&decoder, item, piece->unchanged, &slot->entry);
	slot->damage = decoder.damage;
}

static void work(void *context, unsigned int number)
{
	struct piece *piece = context;

	for (size_t i; (i = atomic_fetch_add(&piece->next, 1)) < piece->count;)
		read_slot(piece, piece->arenas[number], &piece->slots[i]);
}

/* Finds the next entries: 1 where there may be more behind them, 0 at the end of the list, below 0 where that is not JSON. */
static int find_slots(struct wp_json_walk *walk, struct piece *piece, struct wp_error *err)
{
	int status = 1;

	atomic_store(&piece->next, 0);
	for (piece->count = 0; piece->count < PIECE && (status = wp_json_walk_next(walk, err)) > 0;)
		piece->slots[piece->count++].span = walk->value;
	return status;
}

static int take_slots(const struct piece *piece, struct wp_sha256 *hash, char *before, wp_plan_take_entry *take, void *context,
		      struct wp_error *err)
{
	for (size_t i = 0; i < piece->count; i++) {
		const struct slot *slot = &piece->slots[i];

		if (slot->status) {
			*err = slot->err;
			return slot->status;
		}
		wp_sha256_add(hash, before, 1);
		*before = ',';
		wp_sha256_add(hash, slot->canonical.data, slot->canonical.length);
		take(context, &slot->entry, slot->damage);
	}
	return WP_OK;
}

int wp_plan_read_entries(const struct wp_crew *crew, struct wp_arena *arena, struct wp_sha256 *hash,
			 const struct wp_json_doc *doc, struct wp_json_span span, bool unchanged, wp_plan_take_entry *take,
			 void *context, struct wp_error *err)
{
	unsigned int hands = wp_crew_count(crew);
	struct piece *piece = wp_must(calloc(1, sizeof *piece));
	struct wp_arena **arenas = wp_must(calloc(hands, sizeof *arenas));
	struct wp_json_walk walk;
	struct wp_error why;
	char before = '[';
	int found, status = WP_OK;

	piece->doc = doc;
	piece->unchanged = unchanged;
	piece->arenas = arenas;
	for (unsigned int i = 0; i < hands; i++)
		arenas[i] = wp_arena_new();
	wp_json_walk_begin(doc, &span, &walk);
	do {
		found = find_slots(&walk, piece, &why);
		wp_crew_run(crew, work, piece);
		/* What is wrong in an entry stands before what is wrong behind it. */
		status = take_slots(piece, hash, &before, take, context, err);
	} while (!status && found > 0);
	if (!status && found < 0) {
		*err = why;
		status = found;
	}
	wp_json_walk_end(&walk);
	wp_digest_items_end(hash, &before);
	for (size_t i = 0; i < PIECE; i++)
		wp_buf_free(&piece->slots[i].canonical);
	for (unsigned int i = 0; i < hands; i++)
		wp_arena_join(arena, arenas[i]);
	free(arenas);
	free(piece);
	return status;
}
