/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a window and keeps it. */
#include "apply.h"

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
