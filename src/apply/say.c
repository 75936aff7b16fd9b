/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results on standard output, everything else on standard error; with --events also as JSON, one object a line. */
#include "say.h"

#include "wimplan/clock.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

struct wp_time wp_apply_now(const struct wp_apply *apply)
{
	return apply->cli->env->now_fixed ? apply->cli->env->now : wp_clock_time();
}

static void clear_progress(struct wp_apply *apply)
{
	if (apply->on_line)
		wp_tell_over(NULL);
	apply->on_line = false;
}

void wp_apply_note(struct wp_apply *apply, const char *format, ...)
{
	char text[1400];
	va_list args;

	if (apply->cli->quiet)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	clear_progress(apply);
	wp_program_say(apply->cli->program->name, text);
	apply->said_ms = wp_clock_ms();
}

void wp_apply_progress(struct wp_apply *apply, const char *format, ...)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };
	char *text = apply->doing;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof apply->doing, format, args);
	va_end(args);
	text[wp_utf8_valid(text, strlen(text))] = '\0';
	wp_apply_tick(apply);
	if (!apply->cli->env->stderr_terminal || apply->cli->quiet)
		return;
	clear_progress(apply);
	if (!*text)
		return;
	wp_text_escape(&line, wp_text_cut(apply->cli->arena, text, apply->cli->env->columns - 1));
	wp_tell(wp_buf_text(&line));
	apply->on_line = true;
}

/* In a log a line that is written over would be many: one a minute says that the run goes on, and with what. */
#define TICK_MS 60000

void wp_apply_tick(void *context)
{
	struct wp_apply *apply = context;

	if (apply->doing[0] && !apply->cli->env->stderr_terminal && wp_clock_ms() - apply->said_ms >= TICK_MS)
		wp_apply_note(apply, "%s", apply->doing);
}

int wp_events_open(struct wp_apply *apply)
{
	return apply->events.file ? WP_OK : wp_lines_open(apply->cli->events, WP_LINES_FOLLOWED, &apply->events, &apply->cli->err);
}

int wp_events_end(struct wp_apply *apply, int status)
{
	struct wp_error lost;

	if (!wp_lines_close(&apply->events, &lost))
		return status;
	/* Not as the error of the call: its result is out, and with --json that is the one document. */
	clear_progress(apply);
	wp_program_say(apply->cli->program->name, lost.message);
	if (!status && apply->cli->status == WP_EXIT_DONE)
		apply->cli->status = WP_EXIT_FAILED;
	return status;
}

void wp_event_of(struct wp_apply *apply, const char *type, const char *message, json_t *facts)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = NULL;
	json_t *more __attribute__((cleanup(wp_json_freep))) = facts, *line;

	if (!apply->events.file)
		return;
	arena = wp_arena_new();
	line = wp_json_object("type", wp_json_text(type), "time", wp_json_time(wp_apply_now(apply)), NULL);
	if (more && json_object_update(line, more))
		wp_out_of_memory();
	wp_json_set(line, "message", wp_json_text(message && *message ? wp_utf8_repair(arena, message) : NULL));
	wp_lines_add(&apply->events, line);
}

void wp_event(struct wp_apply *apply, const char *type, const struct wp_step *step, const char *message, double seconds)
{
	json_t *facts;

	if (!apply->events.file)
		return;
	facts = wp_json_must(json_object());
	if (step)
		wp_json_put(facts, "package_id", wp_json_text(step->entry->package_id), "action",
			    wp_json_text(wp_action_name(step->action)), "state", wp_json_text(wp_state_name(step->state)),
			    "attempts", wp_json_u64(step->attempts), NULL);
	if (seconds >= 0)
		wp_json_set(facts, "seconds", json_real(seconds));
	wp_event_of(apply, type, message, facts);
}

void wp_event_steps(struct wp_apply *apply)
{
	for WP_EACH_STEP(step, &apply->steps)
		if (step->selected)
			wp_event(apply, "step", step, step->error, -1);
}

static void add_word(struct wp_buf *buf, const char *word)
{
	bool plain = *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_") == strlen(word);

	wp_buf_puts(buf, plain ? " " : " '");
	for (const char *at = word; *at; at++)
		if (*at == '\'')
			wp_buf_puts(buf, "'\\''");
		else
			wp_buf_putc(buf, *at);
	wp_buf_puts(buf, plain ? "" : "'");
}

const char *wp_apply_same_command(const struct wp_apply *apply)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&buf, "wimplan-apply");
	for (char **word = apply->cli->argv + 1; *word; word++)
		add_word(&buf, *word);
	return wp_arena_strdup(apply->cli->arena, wp_buf_text(&buf));
}

const char *wp_apply_watch_command(const struct wp_apply *apply)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool named = false;

	wp_buf_puts(&buf, "wimplan-apply");
	for (char **word = apply->cli->argv + 1; *word; word++) {
		bool is_name = !named && !strcmp(*word, apply->cli->command->name);

		/* What is only for the calls. */
		if (!strcmp(*word, "--watch") || !strcmp(*word, "--yes"))
			continue;
		named = named || is_name;
		add_word(&buf, is_name ? "watch" : *word);
	}
	return wp_arena_strdup(apply->cli->arena, wp_buf_text(&buf));
}
