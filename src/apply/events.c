/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --events: what happens, one JSON object a line, as it happens. */
#include "apply.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int wp_events_open(struct wp_apply *apply, struct wp_error *err)
{
	if (!apply->events_path)
		return WP_OK;
	apply->events = fopen(apply->events_path, "ae");
	if (!apply->events)
		return wp_fail(err, WP_E_FAILED, "events", apply->events_path, "%s cannot be opened: %s",
			       apply->events_path, strerror(errno));
	setvbuf(apply->events, NULL, _IOLBF, 0);
	return WP_OK;
}

void wp_events_close(struct wp_apply *apply)
{
	if (apply->events && fclose(apply->events))
		wp_apply_note(apply, "%s: not all events could be written: %s", apply->events_path, strerror(errno));
	apply->events = NULL;
}

void wp_event(struct wp_apply *apply, const char *type, const struct wp_step *step, const char *message, double seconds)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = NULL;
	json_t *line __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!apply->events)
		return;
	arena = wp_arena_new();
	line = json_object();
	wp_json_set(line, "type", wp_json_text(type));
	wp_json_set(line, "time", wp_json_time(wp_apply_now(apply)));
	if (step) {
		wp_json_set(line, "package_id", wp_json_text(step->entry->package_id));
		wp_json_set(line, "action", wp_json_text(wp_action_name(step->action)));
		wp_json_set(line, "state", wp_json_text(wp_state_name(step->state)));
		wp_json_set(line, "attempts", wp_json_u64(step->attempts));
	}
	if (seconds >= 0)
		wp_json_set(line, "seconds", json_real(seconds));
	wp_json_set(line, "message", wp_json_text(message && *message ? wp_utf8_repair(arena, message) : NULL));
	wp_json_line(&text, line);
	fputs(wp_buf_text(&text), apply->events);
}
