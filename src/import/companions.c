/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that belong to a package of another row: of its images, and of what became of its content. */
#include "assembler.h"
#include "site_rows.h"

#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
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

static void free_texts(struct wp_buf (*texts)[2])
{
	wp_buf_free(&(*texts)[0]);
	wp_buf_free(&(*texts)[1]);
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

/*
 * Counts move while they are exported: of two rows that contradict each other the one of the later LastUpdateDate counts, of one
 * time the same one in whatever order they come. False: @row is to take the place of @known, which may have become more.
 */
static bool join_counts(struct wp_assembler *assembler, json_t *known, const struct wp_taken_row *row)
{
	struct wp_buf texts[2] __attribute__((cleanup(free_texts))) = { { 0 }, { 0 } };
	const json_t *rows[2] = { known, row->clean };

	if (wp_rows_join(known, row->clean))
		return true;
	wp_leave_out(assembler, &assembler->contradicting_counts, &row->where);
	for (size_t i = 0; i < 2; i++) {
		const char *time = wp_json_get_text(rows[i], "LastUpdateDate");

		wp_buf_printf(&texts[i], "%s\n", time ? time : "");
		wp_json_canonical(&texts[i], rows[i]);
	}
	return strcmp(wp_buf_text(&texts[0]), wp_buf_text(&texts[1])) >= 0;
}

/* A further row of the same key. */
static int join_companion(struct wp_assembler *assembler, struct wp_companion *companion, const struct wp_taken_row *row,
			  struct wp_error *err)
{
	struct wp_spill *spill = assembler->options->spill;
	json_t *known __attribute__((cleanup(wp_json_freep))) = NULL;
	int status = wp_kept_get(spill, &companion->row, &known, err);

	if (!status && row->kind != WP_COMPANION_CONTENT_INFO)
		status = wp_merge_properties(assembler, assembler->entries[companion->entry].package_id, known,
					     &companion->where, NULL, row->clean, &row->where, err);
	else if (!status && !join_counts(assembler, known, row)) {
		json_decref(known);
		known = json_incref(row->clean);
		companion->where = row->where;
	}
	if (status)
		return status;
	companion->adds_up = adds_up(known);
	return wp_keep(spill, known, NULL, &companion->row, err);
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
		return join_companion(assembler, &assembler->companions[json_integer_value(known)], row, err);
	wp_json_set(assembler->companion_index, whole, json_integer((json_int_t)assembler->companion_count));
	companion = WP_PUSH(assembler->arena, assembler->companions, assembler->companion_count);
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
