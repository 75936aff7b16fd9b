/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps, their errors, and the names of their states. */
#include "step.h"

#include "wimplan/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(WP_STATE_UNKNOWN - WP_STATE_DONE == WP_OUTCOME_UNKNOWN, "each outcome is a state");

const char *wp_state_name(enum wp_state state)
{
	static const char *const open[WP_STATE_DONE] = { "pending", "started", "accepted" };

	return state < WP_STATE_DONE ? open[state] : wp_outcome_name((enum wp_outcome)(state - WP_STATE_DONE));
}

bool wp_state_from_name(const char *name, enum wp_state *ret)
{
	for (size_t i = 0; i < WP_STATES; i++) {
		if (!name || strcmp(wp_state_name((enum wp_state)i), name))
			continue;
		*ret = (enum wp_state)i;
		return true;
	}
	return false;
}

bool wp_state_is_good(enum wp_state state)
{
	return state == WP_STATE_DONE || state == WP_STATE_SATISFIED;
}

enum wp_state wp_state_ended(enum wp_state state)
{
	static const enum wp_state ended[WP_STATE_DONE] = {
		[WP_STATE_PENDING] = WP_STATE_SKIPPED,
		[WP_STATE_STARTED] = WP_STATE_UNKNOWN,
		[WP_STATE_ACCEPTED] = WP_STATE_UNVERIFIED,
	};

	return state < WP_STATE_DONE ? ended[state] : state;
}

enum wp_state wp_state_reopened(enum wp_state state)
{
	switch (state) {
	case WP_STATE_UNVERIFIED:
		return WP_STATE_ACCEPTED;
	case WP_STATE_UNKNOWN:
		return WP_STATE_STARTED;
	case WP_STATE_FAILED:
	case WP_STATE_CONFLICT:
	case WP_STATE_SKIPPED:
		return WP_STATE_PENDING;
	default:
		return state;
	}
}

static struct wp_step *add(struct wp_steps *steps, const struct wp_entry *entry, enum wp_action action)
{
	struct wp_step *step = &steps->items[steps->count];

	*step = (struct wp_step){ .position = steps->count++, .entry = entry, .action = action, .selected = true };
	return step;
}

struct wp_steps wp_steps_make(struct wp_arena *arena, const struct wp_plan *plan)
{
	/* Two for each package at most. */
	struct wp_steps steps = { .items = wp_arena_alloc(arena, 2 * plan->entry_count * sizeof *steps.items) };

	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		struct wp_step *reload = NULL;

		if (entry->status != WP_ENTRY_CHANGE)
			continue;
		if (entry->reload)
			reload = add(&steps, entry, WP_ACTION_RELOAD);
		if (entry->refresh)
			add(&steps, entry, WP_ACTION_REFRESH)->reload = reload;
	}
	return steps;
}

bool wp_steps_all_good(const struct wp_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		if (!wp_state_is_good(steps->items[i].state))
			return false;
	return true;
}

void wp_steps_end(struct wp_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		wp_step_clear_error(&steps->items[i]);
}

void wp_step_clear_error(struct wp_step *step)
{
	free(step->error);
	step->error = NULL;
}

void wp_step_error(struct wp_step *step, const char *format, ...)
{
	char text[WP_STEP_ERROR];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	/* A server's words may be in any encoding, and the cut may go through a character: JSON takes only UTF-8. */
	for (size_t at = 0, length = strlen(text); at < length; at++) {
		at += wp_utf8_valid(text + at, length - at);
		if (at < length)
			text[at] = '?';
	}
	/* Only now: the old error may be part of the new one. */
	wp_step_clear_error(step);
	if (!*text)
		return;
	step->error = strdup(text);
	if (!step->error)
		wp_out_of_memory();
}
