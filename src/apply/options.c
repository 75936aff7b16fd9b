/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options over configuration over defaults. */
#include "say.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/config.h"
#include "wimplan/limits.h"

#include <string.h>

static const char *const commit_words[] = { "auto", "always", "never", NULL };

const struct wp_option wp_apply_options[] = {
	WP_OPTION(struct wp_apply, yes, "yes", NULL, FLAG, "run: do not ask"),
	WP_OPTION(struct wp_apply, expected_plan, "expect-plan", "ID", TEXT,
		  "refuse any plan but the one with this id; its first digits suffice, 8 at least"),
	WP_OPTION(struct wp_apply, skip_conflicts, "skip-conflicts", NULL, FLAG,
		  "run: leave out what no longer fits, instead of refusing all"),
	WP_OPTION(struct wp_apply, window_given, "window", "START/END", TEXT,
		  "begin steps only in this time (ISO 8601 with zones)"),
	WP_OPTION(struct wp_apply, wait, "wait", NULL, FLAG, "run: wait until the window opens"),
	WP_OPTION(struct wp_apply, parallel, "parallel", "N", COUNT,
		  "run: refreshes in flight at a time; 0 (default) for any number", .most = WP_LIMIT_PACKAGES),
	WP_OPTION(struct wp_apply, wave, "wave", NULL, FLAG,
		  "run: refresh the packages of one group of distribution points after those of another"),
	WP_OPTION(struct wp_apply, pause, "pause", "SECONDS", COUNT, "run: pause between two calls", .most = WP_LIMIT_PAUSE),
	WP_SETTING("settle", "settle", "SECONDS", "run: look so long for the effect of a call (default 900)"),
	WP_OPTION(struct wp_apply, commit, "commit", "WHEN", CHOICE,
		  "run: write a reloaded object back: auto (when its metadata is not there yet), always or never",
		  .words = commit_words),
	WP_OPTION(struct wp_apply, watch, "watch", NULL, FLAG, "run: then watch the content arrive, as the command watch does"),
	WP_OPTION(struct wp_apply, for_given, "for", "DURATION", TEXT,
		  "watch: so long at most, such as 90m (default 4h); 0s looks once"),
	WP_OPTION(struct wp_apply, journal_path, "journal", "FILE", TEXT, "default: PLAN.journal", .file = WP_FILE_USE_DATABASE),
	WP_OPTION(struct wp_apply, receipt_path, "receipt", "FILE", TEXT, "default: plan.receipt.json for plan.json",
		  .file = WP_FILE_USE_WRITTEN),
	{ 0 },
};

/* The beginning of a plan's id, with or without "sha256:". */
static int check_expected(struct wp_apply *apply)
{
	static const char prefix[] = "sha256:";
	const char *given = apply->expected_plan;
	size_t length;

	if (!given)
		return WP_OK;
	apply->expected_plan += strncmp(given, prefix, strlen(prefix)) ? 0 : strlen(prefix);
	length = strlen(apply->expected_plan);
	if (length < 8 || length > 64 || strspn(apply->expected_plan, "0123456789abcdef") != length)
		return wp_cli_usage(apply->cli, "--expect-plan",
				    "--expect-plan is '%s', but must be the id of a plan or its first digits, 8 at least",
				    given);
	return WP_OK;
}

static int take_window(struct wp_apply *apply, const struct wp_config *config)
{
	const char *given = apply->window_given, *wrong;
	struct wp_zone zone;

	if (given && (wrong = wp_window_parse(given, &apply->window)))
		return wp_cli_usage(apply->cli, "--window", "the window '%s' cannot be used: %s", given, wrong);
	if (!given && wp_program_window(apply->cli->arena, &config->window, wp_clock_time(), &zone, &apply->window.start,
					&apply->window.end, &apply->cli->err))
		return apply->cli->err.status;
	return apply->wait && !apply->window.start.known
		       ? wp_cli_usage(apply->cli, "--wait",
				      "--wait needs a window that has a beginning: give --window START/END, or start or "
				      "every in [window] of the configuration")
		       : WP_OK;
}

#define DEFAULT_FOR "4h"

static int take_for(struct wp_apply *apply)
{
	const char *given = apply->for_given ? apply->for_given : DEFAULT_FOR;
	uint64_t seconds;

	if (!wp_duration_parse(given, &seconds) || seconds > WP_LIMIT_WATCH_SECONDS)
		return wp_cli_usage(apply->cli, "--for", "--for is '%s', but must be a duration such as 90m or 4h, up to %dd", given,
				    (int)(WP_LIMIT_WATCH_SECONDS / 86400));
	apply->for_ms = (int64_t)seconds * 1000;
	return WP_OK;
}

static int configure(struct wp_apply *apply)
{
	struct wp_config config;
	int status = wp_connection_read(apply->cli, &config, &apply->connection, &apply->token_file);

	if (status)
		return status;
	apply->settle_ms = (int64_t)wp_connection_number(&config, "settle", 0) * 1000;
	status = check_expected(apply);
	if (!status)
		status = take_for(apply);
	return status ? status : take_window(apply, &config);
}

/* NULL: there is none for a plan on standard input. */
static const char *default_journal(const struct wp_cli *cli)
{
	return strcmp(cli->operands[0], "-") ? wp_arena_printf(cli->arena, "%s.journal", cli->operands[0]) : NULL;
}

/* plan.json → plan.receipt.json; of a plan on standard input it is called after the journal. */
static const char *default_receipt(const struct wp_cli *cli, const char *journal)
{
	const char *plan = strcmp(cli->operands[0], "-") ? cli->operands[0] : journal;
	size_t length = strlen(plan);

	if (length > 5 && !strcmp(plan + length - 5, ".json"))
		length -= 5;
	return wp_arena_printf(cli->arena, "%.*s.receipt.json", (int)length, plan);
}

void wp_apply_files(struct wp_cli *cli, const void *arguments, struct wp_named_files *files)
{
	const struct wp_apply *apply = arguments;
	const char *journal = apply->journal_path ? apply->journal_path : default_journal(cli);

	if (!apply->journal_path && journal)
		*WP_PUSH(cli->arena, files->items, files->count) = (struct wp_named_file){ "the journal", journal, WP_FILE_USE_DATABASE };
	if (!apply->receipt_path && journal)
		*WP_PUSH(cli->arena, files->items, files->count) =
			(struct wp_named_file){ "the receipt", default_receipt(cli, journal), WP_FILE_USE_WRITTEN };
}

int wp_apply_begin(struct wp_apply *apply, struct wp_cli *cli)
{
	apply->cli = cli;
	apply->said_ms = wp_clock_ms();
	apply->plan_path = cli->operands[0];
	if (!apply->journal_path)
		apply->journal_path = default_journal(cli);
	if (!apply->journal_path)
		return wp_cli_usage(cli, "--journal", "a plan on standard input needs --journal FILE");
	apply->receipt_target = apply->receipt_path ? WP_FILE_TARGET_NAMED : WP_FILE_TARGET_BESIDE;
	if (!apply->receipt_path)
		apply->receipt_path = default_receipt(cli, apply->journal_path);
	return configure(apply);
}

void wp_apply_end(struct wp_apply **apply)
{
	wp_lines_close(&(*apply)->events, NULL);
	wp_apply_progress(*apply, "%s", "");
	wp_steps_end(&(*apply)->steps);
	wp_buf_free(&(*apply)->result);
	wp_plan_free((*apply)->plan);
}
