/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply status: how far a plan has come, from its journal alone. */
#include "open.h"
#include "result.h"
#include "say.h"

#include "wimplan/text.h"

static int run(struct wp_apply *apply)
{
	struct wp_journal *journal __attribute__((cleanup(wp_journal_closep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_journal_runs runs;
	struct wp_error err;
	int status = wp_apply_read_plan(apply);

	if (status)
		return status;
	status = wp_apply_look_back(apply, &journal, &runs, &err);
	if (status && status != WP_E_NOT_FOUND)
		return wp_apply_error(apply, &err);
	if (apply->json)
		return wp_result_show(apply, WP_STATUS_FORMAT, &runs);
	wp_result_text(apply, false, &buf);
	if (!runs.count)
		wp_buf_puts(&buf, "It was not begun.\n");
	else
		wp_text_line(&buf, "%llu %s so far, the first on %s at %s.", (unsigned long long)runs.count,
			     runs.count == 1 ? "run" : "runs", wp_time_minutes(apply->arena, runs.started_at),
			     runs.provider);
	if (runs.count && !runs.finished_at.known && !wp_steps_all_good(&apply->steps))
		wp_buf_puts(&buf, "The last run is still going on, or was killed; run the plan again to resume it.\n");
	return wp_apply_emit(apply, WP_TEXT_PLAIN, &buf);
}

const struct wp_apply_command wp_apply_status = {
	.name = "status",
	.summary = "say how far a plan has come, from its journal",
	.help = "Usage: wimplan-apply status [OPTION…] PLAN\n"
		"Says what became of each step of the plan, from its journal alone: no provider\n"
		"is asked.\n",
	.run = run,
};
