/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What distribution points have of the packages of a plan. */
#include "plan_page.h"

#include "plan_words.h"
#include "words.h"

#include "wimplan/distribution.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

/* How many are in each state. */
struct states {
	uint64_t counts[WP_POINT_STATES];
};

static struct states states_of(const json_t *item)
{
	struct states states = { { 0 } };
	const json_t *list = json_object_get(item, "states"), *one;
	uint64_t count;
	size_t i;

	json_array_foreach(list, i, one) {
		const char *name = wp_json_get_text(one, "state");

		for (int state = 0; name && state < WP_POINT_STATES; state++)
			if (!strcmp(name, wp_point_state_name((enum wp_point_state)state)) && wp_json_get_u64(one, "count", &count))
				states.counts[state] = count;
	}
	return states;
}

/* Whether somebody has to look: what is well, or only not known, is none of it. */
static bool needs_look(const struct states *states)
{
	return states->counts[WP_POINT_FAILED] || states->counts[WP_POINT_BEHIND] || states->counts[WP_POINT_RUNNING] ||
	       states->counts[WP_POINT_REMOVING];
}

static const struct {
	enum wp_point_state state;
	enum wp_tone tone;
	const char *heading;
} columns[] = {
	{ WP_POINT_FAILED, WP_TONE_BAD, "Failed" },          { WP_POINT_BEHIND, WP_TONE_CHANGE, "Behind" },
	{ WP_POINT_RUNNING, WP_TONE_INFO, "On their way" }, { WP_POINT_UNKNOWN, WP_TONE_PLAIN, "Not known" },
	{ WP_POINT_CURRENT, WP_TONE_GOOD, "Current" },
};
#define COLUMNS (sizeof columns / sizeof *columns)

/* Cells of the counts; none for 0, so that what is there is seen. */
static void add_counts(struct wp_page *page, const struct states *states)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		uint64_t count = states->counts[columns[i].state];

		wp_page_cell(page, wp_cell(count ? wp_words_count(page->arena, count) : NULL));
	}
}

static void add_states_bar(struct wp_page *page, const struct states *states)
{
	struct wp_page_share shares[COLUMNS];
	uint64_t whole = 0;

	for (size_t i = 0; i < COLUMNS; i++) {
		shares[i] = (struct wp_page_share){ columns[i].tone, states->counts[columns[i].state] };
		whole = wp_sum(whole, shares[i].amount);
	}
	wp_page_open(page, WP_PART_CELL, NULL);
	wp_page_bar(page, shares, COLUMNS, whole);
	wp_page_close(page);
}

static void add_packages(struct wp_page *page, const struct wp_plan_view *view)
{
	size_t rows = 0;

	wp_page_open(page, WP_PART_KEY, NULL);
	for (size_t i = 0; i < COLUMNS; i++)
		wp_page_badge(page, columns[i].tone, columns[i].heading);
	wp_page_close(page);
	WP_PAGE_TABLE(page, "Packages whose points are not all well", WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "Version", WP_COLUMN_NUMBER }, { "Points", WP_COLUMN_NUMBER }, { columns[0].heading, WP_COLUMN_NUMBER },
		      { columns[1].heading, WP_COLUMN_NUMBER }, { columns[2].heading, WP_COLUMN_NUMBER },
		      { columns[3].heading, WP_COLUMN_NUMBER }, { columns[4].heading, WP_COLUMN_NUMBER },
		      { "State", WP_COLUMN_BAR });
	for (size_t i = 0; i < view->plan->entry_count; i++) {
		const json_t *item = view->entries[i].points;
		struct states states = states_of(item);
		uint64_t points, version;

		if (!item || !needs_look(&states) || rows++ >= WP_PAGE_ROWS)
			continue;
		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_cell(page, wp_cell(view->plan->entries[i].package_id));
		wp_page_cell(page, wp_cell(wp_json_get_u64(item, "source_version", &version)
						   ? wp_words_count(page->arena, version) : NULL));
		wp_page_cell(page, wp_cell(wp_json_get_u64(item, "points", &points) ? wp_words_count(page->arena, points) : NULL));
		add_counts(page, &states);
		add_states_bar(page, &states);
		wp_page_close(page);
	}
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_ROWS, rows, "package");
}

/* A point with what its packages are in. */
struct point {
	const json_t *item;
	struct states states;
};

/* The one with the most failures first, then the one that is behind with most; then as the plan has them. */
static int compare_points(const void *a, const void *b)
{
	static const enum wp_point_state order[] = { WP_POINT_FAILED, WP_POINT_BEHIND, WP_POINT_RUNNING };
	const struct point *x = a, *y = b;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (x->states.counts[order[i]] != y->states.counts[order[i]])
			return x->states.counts[order[i]] > y->states.counts[order[i]] ? -1 : 1;
	return strcmp(wp_json_get_text(x->item, "name"), wp_json_get_text(y->item, "name"));
}

static void add_points(struct wp_page *page, const struct point *points, size_t count)
{
	size_t shown = count < WP_PAGE_POINTS ? count : WP_PAGE_POINTS;

	if (!count)
		return;
	wp_page_open(page, WP_PART_FOLD, wp_arena_printf(page->arena, "The %s that %s not all well, by packages",
							 wp_words_counted(page->arena, count, "distribution point"),
							 count == 1 ? "is" : "are"));
	WP_PAGE_TABLE(page, "Distribution points, and in which states their packages are", WP_FOLDING_TEXTS,
		      { "Distribution point", WP_COLUMN_NAME }, { "Site", WP_COLUMN_SHORT }, { "Kind", WP_COLUMN_SHORT },
		      { columns[0].heading, WP_COLUMN_NUMBER }, { columns[1].heading, WP_COLUMN_NUMBER },
		      { columns[2].heading, WP_COLUMN_NUMBER }, { columns[3].heading, WP_COLUMN_NUMBER },
		      { columns[4].heading, WP_COLUMN_NUMBER });
	for (size_t i = 0; i < shown; i++) {
		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_cell(page, wp_cell(wp_json_get_text(points[i].item, "name")));
		wp_page_cell(page, wp_cell(wp_json_get_text(points[i].item, "site")));
		wp_page_cell(page, wp_cell(wp_json_get_text(points[i].item, "kind")));
		add_counts(page, &points[i].states);
		wp_page_close(page);
	}
	wp_page_close(page);
	wp_page_cut(page, shown, count, "distribution point");
	wp_page_close(page);
}

void wp_plan_page_points(struct wp_page *page, const struct wp_plan_view *view)
{
	const json_t *items = json_object_get(view->plan->site, "points"), *item;
	struct point *points = NULL, point;
	size_t i, count = 0;
	bool any = false;

	for (i = 0; i < view->plan->entry_count && !any; i++) {
		struct states states = states_of(view->entries[i].points);

		any = needs_look(&states);
	}
	json_array_foreach(items, i, item) {
		point = (struct point){ item, states_of(item) };
		if (wp_json_get_text(item, "name") && needs_look(&point.states))
			*WP_PUSH(page->arena, points, count) = point;
	}
	if (!any && !json_array_size(items))
		return;
	if (count)
		qsort(points, count, sizeof *points, compare_points);
	wp_page_heading(page, 2, wp_arena_printf(page->arena, "State of the distribution points%s", wp_words_uncovered(view->plan)));
	wp_page_line(page, WP_PART_PARAGRAPH,
		     wp_arena_printf(page->arena, "When the site was exported, %s of %s had a package of this plan that is not as it should be.",
				     count ? wp_words_count(page->arena, count) : "none",
				     wp_words_counted(page->arena, json_array_size(items), "distribution point")));
	if (any)
		add_packages(page, view);
	add_points(page, points, count);
}
