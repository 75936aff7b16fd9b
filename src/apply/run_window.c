/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a window, keeps it and waits for it. */
#include "say.h"

#include "wimplan/clock.h"

#include <stdio.h>
#include <string.h>

/* A local time without its zone would mean another hour on another machine. */
static bool parse_end(const char *text, size_t length, struct wp_time *ret)
{
	char copy[64];

	*ret = (struct wp_time){ 0 };
	if (!length)
		return true;
	if (length < 16 || length >= sizeof copy || text[4] != '-')
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	*ret = wp_time_parse(copy);
	return ret->known && ret->zone_known;
}

const char *wp_window_parse(const char *text, struct wp_window *ret)
{
	const char *slash = strchr(text, '/');

	if (!slash || !strcmp(text, "/") || strchr(slash + 1, '/'))
		return "it is START/END";
	if (!parse_end(text, (size_t)(slash - text), &ret->start) ||
	    !parse_end(slash + 1, strlen(slash + 1), &ret->end))
		return "both ends are times in ISO 8601 with their zone, such as 2026-02-14T20:00:00Z";
	if (ret->start.known && ret->end.known && ret->start.ticks >= ret->end.ticks)
		return "it ends before it begins";
	return NULL;
}

bool wp_window_is_open(const struct wp_window *window, struct wp_time now)
{
	return (!window->start.known || now.ticks >= window->start.ticks) &&
	       !wp_window_is_over(window, now);
}

bool wp_window_is_over(const struct wp_window *window, struct wp_time now)
{
	return window->end.known && now.ticks >= window->end.ticks;
}

const char *wp_window_closed(struct wp_arena *arena, const struct wp_window *window, struct wp_time now)
{
	bool over = wp_window_is_over(window, now), both = window->start.known && window->end.known;

	return wp_arena_printf(arena, "the window%s%s%s%s %s", window->start.known ? " from " : "",
			       window->start.known ? wp_time_minutes(arena, window->start) : "",
			       window->end.known ? (both ? " to " : " up to ") : "",
			       window->end.known ? wp_time_minutes(arena, window->end) : "",
			       over ? "is over" : "has not begun");
}

/* By the time of day, in pieces: a clock that is set, or a machine that sleeps, moves the end of a wait. */
#define PIECE_MS 10000

bool wp_window_wait(struct wp_apply *apply)
{
	const char *until = wp_time_minutes(apply->cli->arena, apply->window.start);
	struct wp_time now = wp_clock_time();
	int64_t left = apply->window.start.ticks - now.ticks;

	if (!apply->wait || left <= 0)
		return false;
	wp_apply_note(apply, "waiting until the window opens, %s; until then nothing is called", until);
	wp_event(apply, "wait", NULL, until, (double)left / WP_TICKS_PER_SECOND);
	while (left > 0 && !wp_signal_caught()) {
		int64_t minutes = (left + WP_TICKS_PER_SECOND * 60 - 1) / (WP_TICKS_PER_SECOND * 60);

		left /= WP_TICKS_PER_SECOND / 1000;
		/* A log has the line above. */
		if (apply->cli->env->stderr_terminal)
			wp_apply_progress(apply, "waiting until the window opens, %s, in %lld h %02lld min", until,
					  (long long)minutes / 60, (long long)minutes % 60);
		wp_clock_wait(left < PIECE_MS ? left : PIECE_MS, NULL, NULL);
		left = apply->window.start.ticks - wp_clock_time().ticks;
	}
	wp_apply_progress(apply, "%s", "");
	return true;
}
