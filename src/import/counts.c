/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of two rows of counts is the greater: found out in a time that grows with the shorter one, because each of many short ones
 * may contradict a long one. So the members of the one that counts are kept in their order, each with its text.
 */
#include "counts.h"
#include "site_rows.h"

#include "wimplan/arena.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

struct wp_counts_member {
	const char *key;  /* the first, as wp_json_compare_keys() has it */
	const char *text; /* "key":value */
};

/* How many of the members are not behind a key; NULL: none. */
static size_t count_up_to(const struct wp_counts_run *run, const char *key)
{
	size_t low = 0, high = key ? run->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wp_json_compare_keys(&run->members[middle].key, &key) > 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool has_member(const struct wp_counts *counts, const char *key)
{
	for (size_t i = 0; i < counts->run_count; i++) {
		size_t at = count_up_to(&counts->runs[i], key);

		if (at && !strcmp(counts->runs[i].members[at - 1].key, key))
			return true;
	}
	return false;
}

/* The first member behind a key; NULL: of all. NULL where there is none. */
static const struct wp_counts_member *next_member(const struct wp_counts *counts, const char *key)
{
	const struct wp_counts_member *found = NULL;

	for (size_t i = 0; i < counts->run_count; i++) {
		const struct wp_counts_run *run = &counts->runs[i];
		size_t at = count_up_to(run, key);

		if (at < run->count && (!found || wp_json_compare_keys(&run->members[at].key, &found->key) < 0))
			found = &run->members[at];
	}
	return found;
}

/* Makes one run of the last two. */
static void join_runs(struct wp_counts *counts)
{
	struct wp_counts_run *last = &counts->runs[--counts->run_count], *run = last - 1;

	run->members = wp_take_more(run->members, (run->count + last->count) * sizeof *run->members);
	memcpy(run->members + run->count, last->members, last->count * sizeof *last->members);
	free(last->members);
	run->count += last->count;
	qsort(run->members, run->count, sizeof *run->members, wp_json_compare_keys);
}

/* The members of @row that are not there yet. */
static void add_members(struct wp_counts *counts, const json_t *row)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)row, key, value) {
		struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
		struct wp_counts_member *member;
		json_t *alone;

		if (has_member(counts, key))
			continue;
		alone = wp_json_object(key, json_incref(value), NULL);
		wp_json_canonical(&text, alone);
		json_decref(alone);
		member = wp_take(sizeof *member);
		member->key = wp_arena_strdup(counts->arena, key);
		member->text = wp_arena_strndup(counts->arena, text.data + 1, text.length - strlen("{}"));
		counts->runs[counts->run_count++] = (struct wp_counts_run){ member, 1 };
		while (counts->run_count > 1 && counts->runs[counts->run_count - 2].count <= counts->runs[counts->run_count - 1].count)
			join_runs(counts);
	}
}

static void drop_members(struct wp_counts *counts)
{
	for (size_t i = 0; i < counts->run_count; i++)
		free(counts->runs[i].members);
	wp_arena_free(counts->arena);
	counts->arena = NULL;
	counts->run_count = 0;
}

/* Holds @text against what *@rest begins with, and goes behind it; the order of the two where they differ. */
static int compare_piece(const char *text, const char **rest)
{
	while (*text && *text == **rest) {
		text++;
		++*rest;
	}
	return *text ? (int)(unsigned char)*text - (int)(unsigned char)**rest : 0;
}

static const char *time_of(const json_t *row)
{
	const char *time = wp_json_get_text(row, "LastUpdateDate");

	return time ? time : "";
}

/* The order of the row that counts and @row, as strcmp() gives that of their times with their canonical texts behind them. */
static int compare(struct wp_counts *counts, const json_t *row)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const struct wp_counts_member *member = NULL;
	const char *rest;
	int order;

	wp_buf_printf(&text, "%s\n", time_of(row));
	wp_json_canonical(&text, row);
	rest = wp_buf_text(&text);
	order = compare_piece(time_of(counts->row), &rest);
	if (!order)
		order = compare_piece("\n{", &rest);
	if (order)
		return order;
	if (!counts->arena) {
		counts->arena = wp_arena_new();
		add_members(counts, counts->row);
	}
	while (!order && (member = next_member(counts, member ? member->key : NULL))) {
		if (rest[-1] != '{')
			order = compare_piece(",", &rest);
		if (!order)
			order = compare_piece(member->text, &rest);
	}
	if (!order)
		order = compare_piece("}", &rest);
	return order ? order : -(int)(unsigned char)*rest;
}

void wp_counts_join(struct wp_assembler *assembler, struct wp_counts *counts, struct wp_companion *companion,
		    const struct wp_taken_row *row)
{
	size_t had = json_object_size(counts->row);

	if (wp_rows_join(counts->row, row->clean)) {
		counts->changed = counts->changed || json_object_size(counts->row) > had;
		if (counts->arena)
			add_members(counts, row->clean);
		return;
	}
	wp_leave_out(assembler, &assembler->contradicting_counts, row);
	if (compare(counts, row->clean) >= 0)
		return;
	drop_members(counts);
	json_decref(counts->row);
	counts->row = json_incref(row->clean);
	counts->changed = true;
	companion->where = row->where;
}

void wp_counts_free(struct wp_counts *counts)
{
	drop_members(counts);
	json_decref(counts->row);
	counts->row = NULL;
}
