/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is told of the steps: the question before a run, which plan, which packages, which calls; then a document of every one,
 * and a text of those that somebody should look at.
 */
#include "result.h"
#include "classify.h"
#include "say.h"

#include "wimplan/file.h"
#include "wimplan/hash.h"
#include "wimplan/limits.h"
#include "wimplan/receipt.h"
#include "wimplan/print.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <string.h>

/*
 * The end of the last run. One that was killed behind its last step has not said when that was: when all steps are done,
 * the last of them was the end.
 */
static struct wp_time finished_at(const struct wp_apply *apply, const struct wp_journal_runs *runs)
{
	struct wp_time last = { 0 };

	if (runs->finished_at.known || !wp_steps_all_good(&apply->steps))
		return runs->finished_at;
	for (size_t i = 0; i < apply->steps.count; i++)
		if (apply->steps.items[i].finished_at.ticks > last.ticks)
			last = apply->steps.items[i].finished_at;
	return last;
}

static json_t *step_json(const struct wp_step *step, const char *outcome, const struct wp_receipt_distribution *distribution)
{
	const struct wp_receipt_step written = {
		.package_id = step->entry->package_id,
		.action = step->action,
		.looked_up = step->looked_up,
		.has_return_value = step->has_return_value,
		.return_value = step->return_value,
		.started_at = step->started_at,
		.finished_at = step->finished_at,
		.attempts = step->attempts,
		.source_version_before = step->version_before,
		.source_version_after = step->version_after,
		.content_id = step->entry->content_id,
		.file_id = step->entry->file_id,
		.error = step->error,
		.distribution = distribution,
	};

	return wp_receipt_step_json(&written, outcome);
}

/* A receipt has all steps with their outcomes, the other documents those that were asked for with their states. */
static void add_document(const struct wp_apply *apply, const char *format, const struct wp_journal_runs *runs,
			 struct wp_buf *buf)
{
	bool is_receipt = !strcmp(format, WP_RECEIPT_FORMAT), is_check = !strcmp(format, WP_CHECK_FORMAT);
	struct wp_receipt receipt = {
		.plan_id = apply->plan->id,
		.site_code = apply->plan->site_code,
		.provider = runs && runs->provider[0] ? runs->provider : apply->connection.url,
		.by = runs && is_receipt && runs->who[0] ? runs->who : NULL,
	};
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL, *steps = wp_json_must(json_array());
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t points_left = WP_LIMIT_RECEIPT_POINTS;

	if (runs) {
		receipt.started_at = runs->started_at;
		receipt.finished_at = finished_at(apply, runs);
	}
	for WP_EACH_STEP(step, &apply->steps) {
		json_t *object;

		if (!is_receipt && !step->selected)
			continue;
		object = step_json(step, wp_state_name(is_receipt ? wp_state_ended(step->state) : step->state),
				   step->distribution && !is_check
					   ? wp_receipt_distribution_cut(scratch, step->distribution, &points_left)
					   : NULL);
		if (is_check)
			wp_json_set(object, "action_in_progress", wp_json_number(step->action_in_progress));
		wp_json_push(steps, object);
	}
	document = wp_receipt_json(&receipt, format, steps);
	wp_json_pretty(buf, document);
}

int wp_result_show(struct wp_apply *apply, const char *format, const struct wp_journal_runs *runs)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	add_document(apply, format, runs, &buf);
	return wp_cli_emit_as(apply->cli, WP_TEXT_DOCUMENT, &buf);
}

int wp_result_probe(const struct wp_apply *apply, struct wp_error *err)
{
	/* A step is some 600 bytes long in a receipt, with its error. */
	size_t length = (apply->steps.count + 1) * 600;
	int status = wp_file_probe(apply->receipt_path, apply->receipt_target, length, err);

	return status || !apply->cli->output
		       ? status
		       : wp_file_probe(apply->cli->output, WP_FILE_TARGET_NAMED, apply->cli->json ? length : 0, err);
}

int wp_result_write(const struct wp_apply *apply, const struct wp_journal_runs *runs, struct wp_error *err)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_file_writer *writer;
	int status = wp_file_begin(apply->receipt_path, apply->receipt_target, &writer, err);

	if (status)
		return status;
	add_document(apply, WP_RECEIPT_FORMAT, runs, &buf);
	wp_file_add(writer, buf.data, buf.length);
	return wp_file_commit(writer, err);
}

int wp_result_write_receipt(struct wp_apply *apply, struct wp_journal *journal, struct wp_error *err)
{
	struct wp_journal_runs runs;
	int status = wp_journal_runs(journal, &runs, err);

	return status ? status : wp_result_write(apply, &runs, err);
}

static void add_step(const struct wp_step *step, enum wp_state state, struct wp_buf *buf)
{
	const char *name = step->entry->name;
	char why[100];

	wp_text_pad(buf, wp_state_name(state), 12);
	wp_text_pad(buf, step->entry->package_id, 10);
	wp_text_pad(buf, wp_action_name(step->action), 23);
	wp_text_line(buf, "%s", name ? name : "");
	if (step->error)
		wp_text_line(buf, "            %s", step->error);
	if (wp_classify_at_work(step->action_in_progress, why, sizeof why))
		wp_text_line(buf, "            %s", why);
}

void wp_result_text(const struct wp_apply *apply, bool ended, struct wp_buf *buf)
{
	size_t selected = 0, counts[WP_STATES] = { 0 };
	const char *separator = ": ";

	for WP_EACH_STEP(step, &apply->steps) {
		enum wp_state state = ended ? wp_state_ended(step->state) : step->state;

		if (!step->selected)
			continue;
		selected++;
		counts[state]++;
		if (apply->cli->verbose || !wp_state_is_good(state))
			add_step(step, state, buf);
	}
	wp_buf_printf(buf, "Plan %s, site ", wp_hash_short(apply->cli->arena, apply->plan->id));
	wp_text_escape(buf, apply->plan->site_code);
	wp_buf_printf(buf, ", %zu %s", selected, selected == 1 ? "step" : "steps");
	for (size_t i = 0; i < WP_STATES; i++) {
		if (!counts[i])
			continue;
		wp_buf_printf(buf, "%s%zu %s", separator, counts[i], wp_state_name((enum wp_state)i));
		separator = ", ";
	}
	wp_buf_puts(buf, ".\n");
	if (selected < apply->steps.count)
		wp_buf_printf(buf, "Only the packages that --only names; %zu more %s in the plan.\n",
			      apply->steps.count - selected,
			      apply->steps.count - selected == 1 ? "step is" : "steps are");
}

/* Packages that are named; who wants to see more of them has check. */
#define NAMED 40u

struct counts {
	size_t packages, reload, refresh, begun;
};

static bool is_called(const struct wp_step *step, const struct wp_verdict *verdict)
{
	return step->selected && step->state == WP_STATE_PENDING && verdict->standing == WP_STANDING_PENDING;
}

/* One line for a package: @step is the first one that is called of it. */
static void add_package(const struct wp_step *step, bool both, struct wp_buf *buf)
{
	char calls[80];

	snprintf(calls, sizeof calls, "%s%s%s", wp_action_name(step->action), both ? ", " : "",
		 both ? wp_action_name(WP_ACTION_REFRESH) : "");
	wp_buf_puts(buf, "  ");
	wp_text_pad(buf, step->entry->package_id, 10);
	wp_text_pad(buf, calls, 41);
	if (step->entry->name)
		wp_text_escape(buf, step->entry->name);
	wp_buf_putc(buf, '\n');
}

static struct counts add_packages(const struct wp_apply *apply, const struct wp_verdict *verdicts, struct wp_buf *buf)
{
	struct counts counts = { 0 };
	const struct wp_entry *last = NULL;

	for WP_EACH_STEP(step, &apply->steps) {
		counts.begun += step->selected && (step->state == WP_STATE_STARTED || step->state == WP_STATE_ACCEPTED);
		if (!is_called(step, &verdicts[step->position]))
			continue;
		counts.reload += step->action == WP_ACTION_RELOAD;
		counts.refresh += step->action == WP_ACTION_REFRESH;
		if (step->entry == last)
			continue;
		last = step->entry;
		/* Both steps of a package stand side by side. */
		if (counts.packages++ < NAMED)
			add_package(step,
				    step->position + 1 < apply->steps.count && step[1].entry == last &&
					    is_called(&step[1], &verdicts[step->position + 1]),
				    buf);
	}
	return counts;
}

bool wp_apply_confirm(struct wp_apply *apply, const struct wp_verdict *verdicts)
{
	struct wp_buf question __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct counts counts;
	char answer[16] = "";

	wp_text_line(&question, "Plan %s, site %s, at %s:", wp_hash_short(apply->cli->arena, apply->plan->id),
		     apply->plan->site_code, apply->connection.url);
	counts = add_packages(apply, verdicts, &question);
	if (counts.packages > NAMED)
		wp_text_line(&question, "  and %zu more; wimplan-apply check %s lists them all", counts.packages - NAMED,
			     apply->plan_path);
	if (counts.begun)
		wp_text_line(&question, "An earlier run has begun %zu more; what became of them is looked up first.",
			     counts.begun);
	wp_buf_printf(&question, "Reload the metadata of %zu %s and refresh the content of %zu? [y/N] ", counts.reload,
		      counts.reload == 1 ? "package" : "packages", counts.refresh);
	wp_tell(wp_buf_text(&question));
	if (!wp_terminal_answer(answer, sizeof answer))
		return false;
	return answer[0] == 'y' || answer[0] == 'Y';
}
