/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply status: how far a plan has come, from its journal alone. */
#include "arrival.h"
#include "open.h"
#include "result.h"
#include "say.h"

#include "wimplan/text.h"

/* What was seen of the content, where somebody has watched it. */
static void add_distribution(struct wp_apply *apply, struct wp_buf *buf)
{
	struct wp_arena *arena = apply->cli->arena;
	size_t count, others;
	const struct wp_arrival *arrivals = wp_arrivals_make(arena, &apply->steps, &count, &others);
	struct wp_arrival_sum sum = wp_arrival_sum_up(arrivals, count);

	if (sum.points.at.known)
		wp_text_line(buf, "%zu of %zu refresh%s arrived everywhere, %s, when last looked at %s.", sum.there, count,
			     count == 1 ? "" : "es", wp_arrival_copies(arena, &sum.points),
			     wp_time_minutes(arena, sum.points.at));
}

static int show_status(struct wp_apply *apply, struct wp_cli *cli)
{
	struct wp_journal *journal __attribute__((cleanup(wp_journal_closep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_journal_runs runs;
	int status = wp_apply_begin(apply, cli);

	if (!status)
		status = wp_apply_read_plan(apply);
	if (!status)
		status = wp_events_open(apply);
	if (status)
		return status;
	status = wp_apply_look_back(apply, &journal, &runs, &cli->err);
	if (status && status != WP_E_NOT_FOUND)
		return status;
	wp_event_steps(apply);
	wp_event(apply, "end", NULL, NULL, -1);
	if (cli->json)
		return wp_result_show(apply, WP_STATUS_FORMAT, &runs);
	wp_result_text(apply, false, &buf);
	if (!runs.count)
		wp_buf_puts(&buf, "It was not begun.\n");
	else
		wp_text_line(&buf, "%llu %s so far, the first on %s at %s.", (unsigned long long)runs.count,
			     runs.count == 1 ? "run" : "runs", wp_time_minutes(cli->arena, runs.started_at),
			     runs.provider);
	if (runs.count && !runs.finished_at.known && !wp_steps_all_good(&apply->steps))
		wp_buf_puts(&buf, "The last run is still going on, or was killed; run the plan again to resume it.\n");
	add_distribution(apply, &buf);
	return wp_cli_emit(cli, &buf);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_apply *apply __attribute__((cleanup(wp_apply_end))) = arguments;

	return wp_events_end(apply, show_status(apply, cli));
}

const struct wp_command wp_apply_status = {
	.name = "status",
	.summary = "say how far a plan has come, from its journal",
	.help = "Usage: wimplan-apply status [OPTION…] PLAN\n"
		"Says what became of each step of the plan, from its journal alone: no provider\n"
		"is asked.\n",
	.options = wp_apply_options,
	.size = sizeof(struct wp_apply),
	.verbs = (const struct wp_verb[]){ { NULL, 1, 1, "one plan file", run } },
};
