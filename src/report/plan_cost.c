/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Estimates in words. They come out of a plan file, where anything may stand. */
#include "plan_cost.h"
#include "plan_words.h"
#include "words.h"

#include "wimplan/json.h"

#include <inttypes.h>
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

static char *duration_words(struct wp_arena *arena, uint64_t seconds)
{
	if (seconds < 120)
		return wp_arena_printf(arena, "%" PRIu64 " s", seconds);
	if (seconds < 2 * 3600)
		return wp_arena_printf(arena, "%" PRIu64 " min", (seconds + 59) / 60);
	return wp_arena_printf(arena, "%" PRIu64 " h %02" PRIu64 " min", seconds / 3600, seconds % 3600 / 60);
}

/* "A to B", "A" where both are the same; NULL when nobody knows. */
static char *range_words(struct wp_arena *arena, const json_t *estimate, const char *least, const char *most,
			 char *(*words)(struct wp_arena *arena, uint64_t value))
{
	uint64_t from, to;

	if (!wp_json_get_u64(estimate, least, &from) || !wp_json_get_u64(estimate, most, &to))
		return NULL;
	return from == to ? words(arena, to) : wp_arena_printf(arena, "%s to %s", words(arena, from), words(arena, to));
}

static const char *time_words(struct wp_arena *arena, const json_t *object, const char *key)
{
	const char *text = wp_json_get_text(object, key);
	struct wp_time time = text ? wp_time_parse(text) : (struct wp_time){ 0 };

	return time.known ? wp_time_minutes(arena, time) : NULL;
}

static size_t count_misfits(const json_t *packages)
{
	size_t count = 0;
	const char *id;
	json_t *estimate;

	json_object_foreach((json_t *)packages, id, estimate)
		count += json_is_false(json_object_get(estimate, "fits"));
	return count;
}

char *wp_words_cost(struct wp_arena *arena, const struct wp_plan *plan)
{
	const json_t *total = json_object_get(plan->estimates, "total");
	const json_t *packages = json_object_get(plan->estimates, "packages");
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count = json_object_size(packages), misfits = count_misfits(packages);
	const char *bytes = range_words(arena, total, "bytes_min", "bytes_max", wp_words_size);
	const char *time = range_words(arena, total, "seconds_min", "seconds_max", duration_words);
	const char *ends = time_words(arena, total, "ends_at");

	if (!count)
		return NULL;
	wp_buf_printf(&text, "Cost: %s", bytes ? bytes : "how much would be sent is not known of all packages");
	if (bytes)
		wp_buf_printf(&text, " to be sent by %s refresh%s", wp_words_count(arena, count), count == 1 ? "" : "es");
	if (time)
		wp_buf_printf(&text, ", which takes %s", time);
	if (ends)
		wp_buf_printf(&text, ", until %s at the latest", ends);
	if (misfits)
		wp_buf_printf(&text, "; %zu of %zu do%s not fit the window", misfits, count, misfits == 1 ? "es" : "");
	wp_buf_printf(&text, ".%s", wp_words_uncovered(plan));
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static void add_row(struct wp_page *page, const char *id, const json_t *estimate, bool deferred)
{
	const json_t *fits = json_object_get(estimate, "fits");
	const char *bytes = range_words(page->arena, estimate, "bytes_min", "bytes_max", wp_words_size);
	const char *time = range_words(page->arena, estimate, "seconds_min", "seconds_max", duration_words);
	const char *ends = time_words(page->arena, estimate, "ends_at");
	uint64_t points;
	const char *count = wp_json_get_u64(estimate, "points", &points) ? wp_words_count(page->arena, points) : "?";

	WP_PAGE_ROW(page, wp_cell(id), wp_cell(bytes ? bytes : "not known"), wp_cell(count), wp_cell(time ? time : "not known"),
		    wp_cell(ends ? ends : "–"),
		    json_is_boolean(fits) ? wp_cell_badge(json_is_true(fits) ? WP_TONE_GOOD : WP_TONE_BAD,
							  deferred ? "deferred" : json_is_true(fits) ? "fits" : "does not fit")
					  : wp_cell(ends ? "perhaps" : "–"));
}

static bool lists(const json_t *array, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
		if (json_is_string(item) && !strcmp(json_string_value(item), text))
			return true;
	return false;
}

void wp_plan_page_cost(struct wp_page *page, const struct wp_plan *plan)
{
	const json_t *estimates = plan->estimates, *order = json_object_get(estimates, "order"), *item;
	const json_t *packages = json_object_get(estimates, "packages"), *total = json_object_get(estimates, "total");
	const json_t *window = json_object_get(estimates, "window"), *deferred = json_object_get(estimates, "deferred");
	const char *opens = time_words(page->arena, window, "start"), *closes = time_words(page->arena, window, "end");
	size_t i;

	if (!json_object_size(packages))
		return;
	wp_page_heading(page, 2, "What is sent, and when it ends");
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_cost(page->arena, plan));
	if (opens || closes)
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena, "The window is open from %s to %s. The refreshes stand in the order in "
					     "which most of them fit; times are those of one after the other.",
					     opens ? opens : "(open)", closes ? closes : "(open)"));
	WP_PAGE_TABLE(page, "Refreshes and what they send", WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "To be sent", WP_COLUMN_WORDS }, { "Points", WP_COLUMN_NUMBER }, { "Takes", WP_COLUMN_WORDS },
		      { "Ends at", WP_COLUMN_SHORT }, { "Window", WP_COLUMN_SHORT });
	json_array_foreach(order, i, item) {
		const char *id = json_string_value(item);

		if (id)
			add_row(page, id, json_object_get(packages, id), lists(deferred, id));
	}
	wp_page_close(page);
	if (!json_array_size(json_object_get(total, "assumptions")))
		return;
	wp_page_line(page, WP_PART_PARAGRAPH, "What the figures rest on:");
	wp_page_open(page, WP_PART_LIST, NULL);
	json_array_foreach(json_object_get(total, "assumptions"), i, item)
		if (json_is_string(item))
			wp_page_line(page, WP_PART_ITEM, assumption_words(json_string_value(item)));
	wp_page_close(page);
}
