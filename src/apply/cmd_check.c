/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply check: reads every record and says what a run would do. Writes nothing but what --events and --output name. */
#include "open.h"
#include "result.h"
#include "say.h"
#include "waves.h"

#include "wimplan/clock.h"

#include <stdio.h>

/* A step that a run has begun: whether its effect is there already. */
static int look_up(struct wp_session *session, struct wp_step *step, struct wp_error *err)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	char why[400];
	int status = wp_session_read(session, step->entry->class, step->entry->package_id, true, &set, NULL,
				     err);

	if (status)
		return status;
	if (set)
		step->action_in_progress = set->records[0].action_in_progress;
	if (set && wp_classify_effect(step, &set->records[0], why, sizeof why)) {
		step->state = WP_STATE_SATISFIED;
		wp_step_clear_error(step);
	} else {
		step->state = WP_STATE_PENDING;
		wp_step_error(step, "an earlier run has begun it; the next one first looks for what became of it");
	}
	return WP_OK;
}

static int settle_begun(struct wp_apply *apply, struct wp_session *session, struct wp_error *err)
{
	int status = WP_OK;

	for (size_t i = 0; i < apply->steps.count && !status; i++) {
		struct wp_step *step = &apply->steps.items[i];

		if (!step->selected)
			continue;
		step->state = step->state == WP_STATE_DONE ? WP_STATE_SATISFIED : wp_state_reopened(step->state);
		if (step->state == WP_STATE_STARTED || step->state == WP_STATE_ACCEPTED)
			status = look_up(session, step, err);
	}
	return status;
}

/* What an earlier run did counts, where there was one. */
static int read_journal(struct wp_apply *apply, struct wp_error *err)
{
	struct wp_journal *journal __attribute__((cleanup(wp_journal_closep))) = NULL;
	struct wp_journal_runs runs;
	int status = wp_apply_look_back(apply, &journal, &runs, err);

	return status == WP_E_NOT_FOUND ? WP_OK : status;
}

static size_t take_verdicts(struct wp_apply *apply, const struct wp_verdict *verdicts)
{
	size_t conflicts = 0;

	for WP_EACH_STEP(step, &apply->steps) {
		const struct wp_verdict *verdict = &verdicts[step->position];

		if (!step->selected || step->state != WP_STATE_PENDING)
			continue;
		step->action_in_progress = verdict->action_in_progress;
		if (verdict->note)
			wp_apply_note(apply, "%s", verdict->note);
		if (verdict->standing == WP_STANDING_CONFLICT) {
			step->state = WP_STATE_CONFLICT;
			wp_step_error(step, "%s", verdict->why);
			conflicts++;
		} else if (verdict->standing == WP_STANDING_SATISFIED) {
			step->state = WP_STATE_SATISFIED;
		}
	}
	return conflicts;
}

static int check(struct wp_apply *apply, size_t *ret_conflicts, struct wp_error *err)
{
	struct wp_verdict *verdicts = wp_arena_alloc(apply->cli->arena, apply->steps.count * sizeof *verdicts);
	struct wp_session session;
	int status = read_journal(apply, err);

	if (!status)
		status = wp_apply_connect(apply, &session, err);
	if (status)
		return status;
	status = settle_begun(apply, &session, err);
	if (!status)
		status = wp_apply_classify(apply, &session, verdicts, err);
	if (!status)
		*ret_conflicts = take_verdicts(apply, verdicts);
	wp_session_close(&session);
	return status;
}

static int check_plan(struct wp_apply *apply, struct wp_cli *cli)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t conflicts = 0;
	int status = wp_apply_begin(apply, cli);

	/* Before signals are caught: a pipe without a reader is waited for, and that has to be interruptible. */
	if (!status)
		status = wp_events_open(apply);
	if (!status)
		status = wp_apply_prepare(apply);
	if (status)
		return status;
	wp_event(apply, "check", NULL, apply->connection.url, -1);
	status = check(apply, &conflicts, &cli->err);
	if (!status && !wp_signal_caught())
		wp_event_steps(apply);
	wp_event(apply, "end", NULL, status ? cli->err.message : NULL, -1);
	if (wp_signal_caught()) {
		cli->status = 128 + wp_signal_caught();
		return WP_OK;
	}
	if (status)
		return status;
	wp_apply_say_window(apply);
	wp_waves_say(apply);
	wp_result_text(apply, false, &buf);
	if (conflicts)
		cli->status = WP_EXIT_REFUSED;
	return cli->json ? wp_result_show(apply, WP_CHECK_FORMAT, NULL) : wp_cli_emit(cli, &buf);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_apply *apply __attribute__((cleanup(wp_apply_end))) = arguments;

	return wp_events_end(apply, check_plan(apply, cli));
}

const struct wp_command wp_apply_check = {
	.name = "check",
	.summary = "read every record and say what a run would do",
	.help = "Usage: wimplan-apply check [OPTION…] PLAN\n"
		"Reads the records of all packages that the plan would change, and says of each\n"
		"step whether it is pending, satisfied already, or in conflict with what the site\n"
		"has now (exit status 4), and whether the site is at work on the package. Changes\n"
		"nothing, neither at the site nor here.\n",
	.options = wp_apply_options,
	.size = sizeof(struct wp_apply),
	.verbs = (const struct wp_verb[]){ { NULL, 1, 1, "one plan file", run } },
};
