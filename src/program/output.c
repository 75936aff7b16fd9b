/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How errors and remarks leave a program. */
#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/program.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <string.h>

void wp_program_say(const char *program, const char *message)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_text_line(&line, "%s: %s", program, message);
	wp_tell(wp_buf_text(&line));
}

void wp_program_usage(struct wp_error *err, const char *program, const char *command, const char *subject,
		      const char *format, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof text, format, args);
	wp_fail(err, WP_E_USAGE, "usage", subject, "%s; see %s %s%s--help", text, program, command ? command : "",
		command ? " " : "");
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

static bool is_broken_pipe(const struct wp_error *err)
{
	return !strcmp(err->code, "broken-pipe");
}

/* A wimplan-error document on standard output. Returns the exit status when that cannot be written, else 0. */
static int write_document(const struct wp_error *err, const struct wp_diags *more)
{
	struct wp_diag diag = {
		.severity = WP_SEVERITY_ERROR,
		.code = err->code,
		.summary = err->message,
		.subject = err->subject[0] ? err->subject : NULL,
	};
	struct wp_diags first = { .items = &diag, .count = 1 };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_error failed;
	json_t *all = wp_json_diags(&first);
	json_t *rest __attribute__((cleanup(wp_json_freep))) = more ? wp_json_diags(more) : NULL;
	json_t *document __attribute__((cleanup(wp_json_freep))) = wp_json_document("wimplan-error", "1.0");

	wp_json_set(document, "diagnostics", all);
	if (rest)
		json_array_extend(all, rest);
	wp_json_pretty(&buf, document);
	if (!wp_print(NULL, WP_TEXT_DOCUMENT, &buf, &failed))
		return WP_EXIT_DONE;
	return is_broken_pipe(&failed) ? WP_EXIT_BROKEN_PIPE : WP_EXIT_FAILED;
}

int wp_program_error(const char *program, bool json, const struct wp_error *err, const struct wp_diags *more)
{
	int failed = WP_EXIT_DONE;

	if (is_broken_pipe(err))
		return WP_EXIT_BROKEN_PIPE;
	wp_program_say(program, err->message);
	for (size_t i = 0; more && i < more->count; i++)
		wp_program_say(program, more->items[i].summary);
	/* A standard output that cannot be written gets no second try. */
	if (json && strcmp(err->code, "stdout"))
		failed = write_document(err, more);
	return failed ? failed : exit_status(err->status);
}
