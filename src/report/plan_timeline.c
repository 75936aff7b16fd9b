/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When each refresh runs at the latest, in seconds from the window's start. The times come out of a file and may lie. */
#include "plan_page.h"

#include "words.h"

#include "wimplan/json.h"

/* Lanes that are drawn; the table has all. */
#define LANES ((size_t)100)
/* Ticks between the window's ends, at most. */
#define TICKS 5
#define HOUR UINT64_C(3600)

struct timeline {
	struct wp_page *page;
	const struct wp_plan_view *view;
	struct wp_time start; /* of the window, or of the first refresh */
	uint64_t window;      /* seconds; 0 when it has no end */
	uint64_t whole;       /* seconds until the last one has ended */
};

/* Seconds from the start to @time; 0 for what is before it or not known. */
static uint64_t seconds_to(const struct timeline *line, struct wp_time time)
{
	if (!time.known || time.ticks <= line->start.ticks)
		return 0;
	return (uint64_t)(time.ticks - line->start.ticks) / (uint64_t)WP_TICKS_PER_SECOND;
}

/* How long a refresh takes at the most. */
static uint64_t length_of(const json_t *estimate)
{
	uint64_t seconds = 0;

	wp_json_get_u64(estimate, "seconds_max", &seconds);
	return seconds;
}

static void widen(struct timeline *line, uint64_t seconds)
{
	if (seconds > line->whole)
		line->whole = seconds;
}

static void measure(struct timeline *line)
{
	const struct wp_plan_view *view = line->view;

	line->whole = line->window;
	for (size_t i = 0; i < view->refresh_count && i < LANES; i++) {
		const json_t *estimate = view->refreshes[i].estimate;

		if (view->refreshes[i].deferred)
			widen(line, wp_sum(line->window, length_of(estimate)));
		else
			widen(line, seconds_to(line, wp_time_parse(wp_json_get_text(estimate, "ends_at"))));
	}
}

/* The clock @at seconds from the start, with the day where the line is longer than one. */
static const char *clock_at(const struct timeline *line, uint64_t at)
{
	struct wp_time time = line->start;
	const char *words;

	time.ticks += (int64_t)at * WP_TICKS_PER_SECOND;
	words = wp_words_time(line->page->arena, line->view->options->zone, time);
	/* "2026-03-07 21:00 …" */
	return wp_arena_strndup(line->page->arena, words + (line->whole > 24 * HOUR ? 5 : 11), line->whole > 24 * HOUR ? 11 : 5);
}

/* The time between two ticks. */
static uint64_t step_of(uint64_t whole)
{
	static const uint64_t steps[] = { 60, 300, 900, 1800, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (whole / steps[i] <= TICKS)
			return steps[i];
	return (whole / TICKS / (24 * HOUR) + 1) * 24 * HOUR;
}

static void add_ticks(const struct timeline *line)
{
	uint64_t step = step_of(line->whole), near = line->whole / 6;

	for (uint64_t at = 0; at <= line->whole; at += step)
		/* The end of the window has its own. */
		if (!line->window || at + near < line->window || at > line->window + near)
			wp_page_tick(line->page, at, clock_at(line, at));
	if (line->window)
		wp_page_tick(line->page, line->window, wp_arena_printf(line->page->arena, "until %s", clock_at(line, line->window)));
}

static void add_span(const struct timeline *line, const struct wp_refresh_view *refresh)
{
	const json_t *estimate = refresh->estimate, *fits = json_object_get(estimate, "fits");
	struct wp_time starts = wp_time_parse(wp_json_get_text(estimate, "starts_at"));
	struct wp_time ends = wp_time_parse(wp_json_get_text(estimate, "ends_at"));
	uint64_t from = seconds_to(line, starts), until = seconds_to(line, ends);
	const char *words = wp_words_range(line->page->arena, estimate, "seconds_min", "seconds_max", wp_words_duration);

	if (refresh->deferred)
		wp_page_span(line->page, WP_TONE_BAD, refresh->package_id, line->window, length_of(estimate), "another window");
	else if (!starts.known || !ends.known)
		wp_page_span(line->page, WP_TONE_PLAIN, refresh->package_id, 0, 0, "not known");
	else
		wp_page_span(line->page, json_is_true(fits) ? WP_TONE_GOOD : json_is_false(fits) ? WP_TONE_BAD : WP_TONE_CHANGE,
			     refresh->package_id, from, until > from ? until - from : 0, words);
}

static void add_spans(const struct timeline *line)
{
	const struct wp_plan_view *view = line->view;

	for (int deferred = 0; deferred < 2; deferred++)
		for (size_t i = 0; i < view->refresh_count && i < LANES; i++)
			if (view->refreshes[i].deferred == deferred)
				add_span(line, &view->refreshes[i]);
}

static void add_caption(const struct timeline *line)
{
	const json_t *window = json_object_get(line->view->plan->estimates, "window");
	const char *opens = wp_words_time_of(line->page->arena, line->view->options->zone, window, "start");
	const char *closes = wp_words_time_of(line->page->arena, line->view->options->zone, window, "end");

	wp_page_line(line->page, WP_PART_PARAGRAPH,
		     wp_arena_printf(line->page->arena,
				     "The window is open from %s to %s. The refreshes stand in the order in which most of them fit, each "
				     "at the latest: one after the other, and as long as any may take.",
				     opens ? opens : "(open)", closes ? closes : "(open)"));
}

void wp_plan_page_timeline(struct wp_page *page, const struct wp_plan_view *view)
{
	const json_t *window = json_object_get(view->plan->estimates, "window");
	struct timeline line = { .page = page, .view = view, .start = wp_time_parse(wp_json_get_text(window, "start")) };

	if (!line.start.known)
		return;
	line.window = seconds_to(&line, wp_time_parse(wp_json_get_text(window, "end")));
	measure(&line);
	add_caption(&line);
	/* Beyond this the calendar ends. */
	if (!line.whole || line.whole > UINT64_C(1) << 32)
		return;
	wp_page_open(page, WP_PART_KEY, NULL);
	wp_page_badge(page, WP_TONE_GOOD, "ends in the window");
	wp_page_badge(page, WP_TONE_CHANGE, "may end in it");
	wp_page_badge(page, WP_TONE_BAD, "does not");
	wp_page_close(page);
	wp_page_open(page, WP_PART_TIMELINE, "The window and its refreshes")->amount = line.whole;
	page->open[page->depth - 1]->from = line.window;
	add_ticks(&line);
	add_spans(&line);
	wp_page_close(page);
}
