/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Estimates in words. They come out of a plan file, where anything may stand. */
#include "plan_cost.h"

#include "plan_page.h"
#include "plan_words.h"
#include "words.h"

#include "wimplan/json.h"

#include <string.h>

/* What a figure rests on. */
static const struct {
	const char *code, *words;
} assumptions[] = {
	{ "whole-file", "Without binary differential replication every point gets the whole file." },
	{ "binary-delta", "With binary differential replication a point gets what has changed or, after five incremental "
			  "versions, the whole file; how little the former is of a serviced WIM is not established." },
	{ "changed-files", "Of a folder a point gets the files that have changed." },
	{ "changed-files-unknown", "Which files of a folder have changed is not known: none, or all of them." },
	{ "kind-unknown", "Some points may be pull or cloud points: the export does not describe them." },
	{ "prestaged-left-out", "Points that take prestaged content get nothing by themselves." },
	{ "points-by-count", "The export counts the distribution points and does not say which they are." },
	{ "points-by-rows", "The export names more distribution points than it counts; those that it names are taken." },
	{ "points-unknown", "The export does not say to how many points a package goes." },
	{ "size-unknown", "The source was not read, so that its size is not known." },
	{ "no-bandwidth", "Neither the configuration nor the site says how fast a point is sent to." },
	{ "measured-rate", "The rates are those that the site has measured." },
	{ "parallel-unknown", "How many points a site sends to at a time is not configured: all of them, or one after the other." },
};

static const char *assumption_words(const char *code)
{
	for (size_t i = 0; i < sizeof assumptions / sizeof *assumptions; i++)
		if (!strcmp(assumptions[i].code, code))
			return assumptions[i].words;
	return code;
}

const char *wp_words_fits(const struct wp_plan_view *view, const json_t *estimate)
{
	const json_t *fits = json_object_get(estimate, "fits");

	if (json_is_boolean(fits))
		return json_is_true(fits) ? "fits" : "does not fit";
	return json_is_object(json_object_get(view->plan->estimates, "window")) && estimate ? "perhaps" : NULL;
}

bool wp_words_window_over(const struct wp_plan_view *view)
{
	const char *end = wp_json_get_text(json_object_get(view->plan->estimates, "window"), "end");
	struct wp_time closes = wp_time_parse(end);

	return closes.known && view->plan->created_at.known && closes.ticks <= view->plan->created_at.ticks;
}

static size_t count_misfits(const struct wp_plan_view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < view->refresh_count; i++)
		count += !view->refreshes[i].deferred &&
			 json_is_false(json_object_get(view->refreshes[i].estimate, "fits"));
	return count;
}

char *wp_words_cost(const struct wp_plan_view *view)
{
	const json_t *total = json_object_get(view->plan->estimates, "total");
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count = view->refresh_count - view->deferred_count, misfits = count_misfits(view);
	const char *bytes = wp_words_range(view->arena, total, "bytes_min", "bytes_max", wp_words_size);
	const char *time = wp_words_range(view->arena, total, "seconds_min", "seconds_max", wp_words_duration);
	const char *ends = wp_words_time_of(view->arena, view->options->zone, total, "ends_at");

	if (!view->refresh_count)
		return NULL;
	wp_buf_puts(&text, "Cost: ");
	if (!count)
		wp_buf_puts(&text, "nothing is sent");
	else if (!bytes)
		wp_buf_puts(&text, "how much would be sent is not known of all packages");
	else
		wp_buf_printf(&text, "%s to be sent by %s refresh%s", bytes, wp_words_count(view->arena, count),
			      count == 1 ? "" : "es");
	if (count && time)
		wp_buf_printf(&text, ", which takes %s", time);
	if (count && ends)
		wp_buf_printf(&text, ", until %s at the latest", ends);
	if (misfits)
		wp_buf_printf(&text, "; %zu of %zu do%s not fit the window", misfits, count, misfits == 1 ? "es" : "");
	if (view->deferred_count)
		wp_buf_printf(&text, "; %s left for another window",
			      wp_words_counted(view->arena, view->deferred_count, "package"));
	wp_buf_printf(&text, ".%s", wp_words_uncovered(view->plan));
	return wp_arena_strdup(view->arena, wp_buf_text(&text));
}

/* A bar from nothing to the least and on to the most of what is sent. */
static void add_bar(struct wp_page *page, const json_t *item, uint64_t whole)
{
	uint64_t least = 0, most = 0;

	wp_page_open(page, WP_PART_CELL, NULL);
	if (wp_json_get_u64(item, "bytes_min", &least) && wp_json_get_u64(item, "bytes_max", &most) && least <= most)
		wp_page_bar(page, (const struct wp_page_share[]){ { WP_TONE_CHANGE, least }, { WP_TONE_PLAIN, most - least } }, 2,
			    whole);
	wp_page_close(page);
}

static uint64_t bytes_most(const json_t *item)
{
	uint64_t most = 0;

	return wp_json_get_u64(item, "bytes_max", &most) ? most : 0;
}

static const char *number_of(struct wp_arena *arena, const json_t *item, const char *key)
{
	uint64_t number;

	return wp_json_get_u64(item, key, &number) ? wp_words_count(arena, number) : "not known";
}

static void add_refresh(struct wp_page *page, const struct wp_plan_view *view, const struct wp_refresh_view *refresh,
			uint64_t whole)
{
	const json_t *estimate = refresh->estimate;
	const char *bytes = wp_words_range(page->arena, estimate, "bytes_min", "bytes_max", wp_words_size);
	const char *time = wp_words_range(page->arena, estimate, "seconds_min", "seconds_max", wp_words_duration);
	const char *fits = refresh->deferred ? "deferred" : wp_words_fits(view, estimate);
	enum wp_tone tone = refresh->deferred || json_is_false(json_object_get(estimate, "fits")) ? WP_TONE_BAD
			    : json_is_true(json_object_get(estimate, "fits"))			  ? WP_TONE_GOOD
												  : WP_TONE_PLAIN;

	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_cell(page, wp_cell(refresh->package_id));
	wp_page_cell(page, wp_cell(bytes ? bytes : "not known"));
	wp_page_cell(page, wp_cell(number_of(page->arena, estimate, "points")));
	wp_page_cell(page, wp_cell(time ? time : "not known"));
	wp_page_cell(page, wp_cell(refresh->deferred ? NULL : wp_words_time_of(page->arena, view->options->zone, estimate, "ends_at")));
	wp_page_cell(page, wp_cell_badge(tone, fits));
	add_bar(page, estimate, whole);
	wp_page_close(page);
}

static void add_refreshes(struct wp_page *page, const struct wp_plan_view *view)
{
	size_t shown = view->refresh_count < WP_PAGE_ROWS ? view->refresh_count : WP_PAGE_ROWS;
	uint64_t whole = 0;

	for (size_t i = 0; i < shown; i++)
		if (bytes_most(view->refreshes[i].estimate) > whole)
			whole = bytes_most(view->refreshes[i].estimate);
	WP_PAGE_TABLE(page, "Refreshes, what they send and when they end", WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "To be sent", WP_COLUMN_WORDS }, { "Points", WP_COLUMN_NUMBER }, { "Takes", WP_COLUMN_WORDS },
		      { "Ends at", WP_COLUMN_TIME }, { "Window", WP_COLUMN_SHORT }, { "Traffic", WP_COLUMN_BAR });
	for (size_t i = 0; i < shown; i++)
		add_refresh(page, view, &view->refreshes[i], whole);
	wp_page_close(page);
	wp_page_cut(page, shown, view->refresh_count, "package");
}

static void add_sites(struct wp_page *page, const struct wp_plan_view *view)
{
	const json_t *sites = json_object_get(json_object_get(view->plan->estimates, "total"), "sites"), *site;
	uint64_t whole = 0;
	size_t i;

	if (!json_array_size(sites))
		return;
	json_array_foreach(sites, i, site)
		if (bytes_most(site) > whole)
			whole = bytes_most(site);
	wp_page_heading(page, 3, "By site");
	WP_PAGE_TABLE(page, "What the points of each site get", WP_FOLDING_TEXTS, { "Site", WP_COLUMN_SHORT },
		      { "To be sent", WP_COLUMN_WORDS }, { "Copies", WP_COLUMN_NUMBER }, { "Traffic", WP_COLUMN_BAR });
	json_array_foreach(sites, i, site) {
		const char *code = wp_json_get_text(site, "site");
		const char *bytes = wp_words_range(page->arena, site, "bytes_min", "bytes_max", wp_words_size);

		if (i == WP_PAGE_ROWS)
			break;
		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_cell(page, wp_cell(code ? code : "not named"));
		wp_page_cell(page, wp_cell(bytes ? bytes : "not known"));
		wp_page_cell(page, wp_cell(number_of(page->arena, site, "points")));
		add_bar(page, site, whole);
		wp_page_close(page);
	}
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_ROWS, json_array_size(sites), "site");
}

static void add_assumptions(struct wp_page *page, const struct wp_plan_view *view)
{
	const json_t *list = json_object_get(json_object_get(view->plan->estimates, "total"), "assumptions"), *item;
	size_t i;

	if (!json_array_size(list))
		return;
	wp_page_line(page, WP_PART_PARAGRAPH, "What the figures rest on:");
	wp_page_open(page, WP_PART_LIST, NULL);
	json_array_foreach(list, i, item)
		if (json_is_string(item) && i < WP_PAGE_ROWS)
			wp_page_line(page, WP_PART_ITEM, assumption_words(json_string_value(item)));
	wp_page_close(page);
}

void wp_plan_page_cost(struct wp_page *page, const struct wp_plan_view *view)
{
	if (!view->refresh_count)
		return;
	wp_page_heading(page, 2, "What is sent, and when it ends");
	wp_plan_page_timeline(page, view);
	wp_page_open(page, WP_PART_KEY, NULL);
	wp_page_badge(page, WP_TONE_CHANGE, "sent at least");
	wp_page_badge(page, WP_TONE_PLAIN, "and at most");
	wp_page_close(page);
	add_refreshes(page, view);
	add_sites(page, view);
	add_assumptions(page, view);
}
