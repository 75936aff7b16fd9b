/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was seen of the distribution of a refresh, in the journal: the form of a receipt, with all points. */
#include "arrival.h"
#include "journal.h"

#include "wimplan/json.h"

static const char reading[] = "it was read", writing[] = "it was written";

/* False when the row says nothing of a refresh of this plan. */
static bool load_row(struct wp_arena *arena, struct wp_statement *row, struct wp_steps *steps)
{
	int64_t position = sqlite3_column_int64(row->handle, 0);
	json_t *json __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_receipt_distribution *seen = wp_arena_alloc(arena, sizeof *seen);
	struct wp_error err;
	size_t length;
	const char *text = wp_db_bytes(row, 1, &length);

	if (position < 0 || position >= (int64_t)steps->count || steps->items[position].action != WP_ACTION_REFRESH || !text ||
	    wp_json_parse(text, length, "the journal", &json, &err) ||
	    wp_receipt_distribution_parse(arena, json, "the journal", "a distribution", seen, &err))
		return false;
	wp_arrival_sort(seen);
	steps->items[position].distribution = seen;
	return true;
}

int wp_journal_load_distribution(struct wp_journal *journal, struct wp_arena *arena, struct wp_steps *steps,
				 struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = WP_OK;

	if (journal->no_watch)
		return WP_OK;
	wp_db_query(&journal->db, "SELECT position, seen FROM distribution", &statement);
	while (!status && (status = wp_db_step(&statement, reading, err)) == 1)
		status = load_row(arena, &statement, steps)
				 ? WP_OK
				 : wp_db_damaged(&journal->db, err, "%s", "what it says of a distribution is nothing of its plan");
	return status;
}

int wp_journal_keep_distribution(struct wp_journal *journal, const struct wp_step *step, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	json_t *json __attribute__((cleanup(wp_json_freep))) = wp_receipt_distribution_json(step->distribution);
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	int status = wp_journal_open_batch(journal, err);

	if (status)
		return status;
	wp_json_line(&text, json);
	wp_db_query(&journal->db, "INSERT OR REPLACE INTO distribution VALUES (?, ?)", &statement);
	wp_db_bind_int(&statement, 1, (int64_t)step->position);
	wp_db_bind_text(&statement, 2, wp_buf_text(&text));
	return wp_db_run(&statement, writing, err);
}
