/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How results, errors and remarks leave a program. */
#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/program.h"
#include "wimplan/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void wp_program_say(const char *program, const char *message)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_text_line(&line, "%s: %s", program, message);
	wp_tell(wp_buf_text(&line));
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
	json_t *rest __attribute__((cleanup(wp_json_freep))) = wp_json_diags(more);
	json_t *document __attribute__((cleanup(wp_json_freep))) = wp_json_document("wimplan-error", "1.0");

	wp_json_set(document, "diagnostics", all);
	json_array_extend(all, rest);
	wp_json_pretty(&buf, document);
	if (!wp_print(NULL, WP_TEXT_DOCUMENT, &buf, &failed))
		return WP_EXIT_DONE;
	return is_broken_pipe(&failed) ? WP_EXIT_BROKEN_PIPE : WP_EXIT_FAILED;
}

int wp_cli_usage(struct wp_cli *cli, const char *subject, const char *format, ...)
{
	const char *command = cli->command && cli->command->name ? cli->command->name : "";
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return wp_fail(&cli->err, WP_E_USAGE, "usage", subject, "%s; see %s %s%s--help", text, cli->program->name, command,
		       *command ? " " : "");
}

void wp_cli_say_error(struct wp_cli *cli)
{
	int failed = WP_EXIT_DONE;

	cli->status = WP_EXIT_BROKEN_PIPE;
	if (is_broken_pipe(&cli->err))
		return;
	wp_program_say(cli->program->name, cli->err.message);
	for (size_t i = 0; i < cli->more.count; i++)
		wp_program_say(cli->program->name, cli->more.items[i].summary);
	/* A standard output that cannot be written gets no second try. */
	if (cli->json && strcmp(cli->err.code, "stdout"))
		failed = write_document(&cli->err, &cli->more);
	cli->status = failed ? failed : exit_status(cli->err.status);
}

void wp_cli_note(const struct wp_cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->quiet)
		return;
	va_start(args, format);
	wp_program_say(cli->program->name, wp_arena_vprintf(cli->arena, format, args));
	va_end(args);
}

int wp_cli_emit_as(struct wp_cli *cli, enum wp_text_kind kind, const struct wp_buf *buf)
{
	return wp_print(cli->output, kind, buf, &cli->err);
}

int wp_cli_emit(struct wp_cli *cli, const struct wp_buf *buf)
{
	return wp_cli_emit_as(cli, WP_TEXT_PLAIN, buf);
}

int wp_cli_emit_json(struct wp_cli *cli, json_t *document)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_pretty(&buf, document);
	json_decref(document);
	return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &buf);
}
