/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that belong to a package of another row: of its images, and of what became of its content. */
#include "assembler.h"
#include "counts.h"

#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

/* What tells the rows of a package apart, as text that sorts. */
static const char *companion_key(struct wp_arena *arena, enum wp_companion_kind kind, const json_t *row)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	uint64_t index;

	if (kind == WP_COMPANION_CONTENT_INFO)
		return "";
	if (wp_json_get_u64(row, "Index", &index))
		return wp_arena_printf(arena, "%020" PRIu64, index);
	/* Without a key only an equal row is the same one. */
	wp_json_canonical(&buf, row);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

/* Whether the states of a row of SMS_ObjectContentExtraInfo, where it has all of them, are as many as it says are targeted. */
static bool adds_up(const json_t *row)
{
	static const char *const states[] = { "NumberSuccess", "NumberInProgress", "NumberErrors", "NumberUnknown" };
	uint64_t targeted, count, sum = 0;

	if (!wp_json_get_u64(row, "Targeted", &targeted))
		return true;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		if (!wp_json_get_u64(row, states[i], &count))
			return true;
		sum = wp_sum(sum, count);
	}
	return sum == targeted;
}

/* A companion, and what it becomes. */
struct joining {
	struct wp_assembler *assembler;
	struct wp_companion *companion;
	struct wp_merging merging; /* of any other kind */
	struct wp_counts *counts;  /* of WP_COMPANION_CONTENT_INFO */
};

static int join_row(void *context, const struct wp_taken_row *row, struct wp_error *err)
{
	struct joining *joining = context;

	if (joining->counts) {
		wp_counts_join(joining->assembler, joining->counts, joining->companion, row);
		return WP_OK;
	}
	return wp_merge_properties(joining->assembler, &joining->merging, row->clean, &row->where, err);
}

int wp_companion_join(struct wp_assembler *assembler, struct wp_companion *companion, const struct wp_taken_row *last,
		      struct wp_error *err)
{
	struct wp_spill *spill = assembler->options->spill;
	struct wp_counts counts __attribute__((cleanup(wp_counts_free))) = { 0 };
	json_t *known __attribute__((cleanup(wp_json_freep))) = NULL;
	struct joining joining = { .assembler = assembler, .companion = companion };
	int status = wp_kept_get(spill, &companion->row, &known, err);

	if (status)
		return status;
	counts.row = json_incref(known);
	joining.merging = (struct wp_merging){
		.subject = assembler->entries[companion->entry].package_id,
		.properties = known,
		.where = &companion->where,
	};
	if (companion->kind == WP_COMPANION_CONTENT_INFO)
		joining.counts = &counts;
	status = wp_late_join(assembler, &companion->late, last, join_row, &joining, err);
	if (status || wp_import_has_failed(assembler) || !(joining.merging.changed || counts.changed))
		return status;
	companion->adds_up = adds_up(counts.row);
	return wp_keep(spill, counts.row, NULL, &companion->row, err);
}

/* A further row of the same key. */
static int add_further(struct wp_assembler *assembler, struct wp_companion *companion, const struct wp_taken_row *row,
		       struct wp_error *err)
{
	struct wp_spill *spill = assembler->options->spill;
	/* Counts are compared as a whole: also in memory they wait for each other. */
	size_t known = spill ? companion->row.span.length : companion->kind == WP_COMPANION_CONTENT_INFO ? SIZE_MAX : 0;
	bool waits = false;
	int status = known ? wp_late_add(assembler, &companion->late, row, 0, known, &waits, err) : WP_OK;

	return status || waits ? status : wp_companion_join(assembler, companion, row, err);
}

int wp_companion_add(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t at, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *key = companion_key(scratch, row->kind, row->clean);
	const char *whole = wp_arena_printf(scratch, "%zu/%d/%s", at, (int)row->kind, key);
	const json_t *known = json_object_get(assembler->companion_index, whole);
	struct wp_entry_row *entry = &assembler->entries[at];
	struct wp_companion *companion;
	uint64_t index;

	if (known)
		return add_further(assembler, &assembler->companions[json_integer_value(known)], row, err);
	wp_json_set(assembler->companion_index, whole, json_integer((json_int_t)assembler->companion_count));
	companion = WP_PUSH(assembler->rows, assembler->companions, assembler->companion_count);
	companion->entry = at;
	companion->kind = row->kind;
	companion->key = wp_arena_strdup(assembler->arena, key);
	companion->where = row->where;
	companion->adds_up = adds_up(row->clean);
	entry->companion_count++;
	if (row->kind == WP_COMPANION_IMAGE_INFORMATION) {
		entry->image_rows++;
		entry->unindexed += !wp_json_get_u64(row->clean, "Index", &index);
	}
	return wp_keep(assembler->options->spill, row->clean, row->prepared ? &row->prepared->text : NULL, &companion->row, err);
}
