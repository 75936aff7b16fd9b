/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results on standard output, everything else on standard error. */
#include "apply.h"

#include "wimplan/file.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

struct wp_time wp_apply_now(const struct wp_apply *apply)
{
	struct timespec now;

	if (apply->env->get("SOURCE_DATE_EPOCH"))
		return apply->env->now;
	clock_gettime(CLOCK_REALTIME, &now);
	return wp_time_from_unix(now.tv_sec, 0);
}

static void clear_progress(struct wp_apply *apply)
{
	if (apply->on_line)
		fputs("\r\033[K", stderr);
	apply->on_line = false;
}

static void say(struct wp_apply *apply, const char *message)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	clear_progress(apply);
	wp_buf_puts(&line, "wimplan-apply: ");
	wp_text_escape(&line, message);
	wp_buf_putc(&line, '\n');
	fputs(wp_buf_text(&line), stderr);
}

int wp_apply_usage(struct wp_apply *apply, const char *subject, const char *format, ...)
{
	struct wp_error err;
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	wp_fail(&err, WP_E_USAGE, "usage", subject, "%s; see wimplan-apply %s%s--help", text,
		apply->command ? apply->command->name : "", apply->command ? " " : "");
	return wp_apply_error(apply, &err);
}

static int exit_status(int status)
{
	switch (status) {
	case WP_OK:
		return WP_EXIT_DONE;
	case WP_E_USAGE:
		return WP_EXIT_USAGE;
	case WP_E_REFUSED:
		return WP_EXIT_REFUSED;
	case WP_E_BUSY:
		return WP_EXIT_BUSY;
	default:
		return WP_EXIT_FAILED;
	}
}

int wp_apply_error(struct wp_apply *apply, const struct wp_error *err)
{
	return wp_apply_error_list(apply, err, NULL);
}

int wp_apply_error_list(struct wp_apply *apply, const struct wp_error *err, const struct wp_diags *more)
{
	struct wp_diags all = { 0 };

	wp_diag_add(apply->arena, &all, WP_ERROR, err->code, err->subject[0] ? err->subject : NULL, "%s", err->message);
	say(apply, err->message);
	for (size_t i = 0; more && i < more->count; i++) {
		say(apply, more->items[i].summary);
		*WP_PUSH(apply->arena, all.items, all.count) = more->items[i];
	}
	/* A stdout that cannot be written gets no second try. */
	if (apply->json && strcmp(err->code, "stdout")) {
		struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
		json_t *document __attribute__((cleanup(wp_json_freep))) =
			json_pack("{s:s, s:s, s:o}", "format", "wimplan-error", "format_version", "1.0", "diagnostics",
				  wp_json_diags(&all));

		wp_json_pretty(&buf, document);
		if (wp_file_write(NULL, buf.data, buf.length, NULL))
			return WP_EXIT_FAILED;
	}
	return exit_status(err->status);
}

void wp_apply_note(struct wp_apply *apply, const char *format, ...)
{
	char text[1400];
	va_list args;

	if (apply->quiet)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	say(apply, text);
}

int wp_apply_emit(struct wp_apply *apply, const struct wp_buf *buf)
{
	struct wp_error err;

	clear_progress(apply);
	if (wp_file_write(apply->output, wp_buf_text(buf), buf->length, &err))
		return wp_apply_error(apply, &err);
	return WP_EXIT_DONE;
}

void wp_apply_progress(struct wp_apply *apply, const char *format, ...)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };
	char text[1024];
	va_list args;

	if (!apply->env->stderr_terminal || apply->quiet)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	clear_progress(apply);
	if (!*text)
		return;
	text[wp_utf8_valid(text, strnlen(text, apply->env->columns - 1))] = '\0';
	wp_text_escape(&line, text);
	fputs(wp_buf_text(&line), stderr);
	fflush(stderr);
	apply->on_line = true;
}
