/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receipt: what became of every step, over all runs of the plan. Written step by step, as wp_json_pretty() would.
 */
#include "apply.h"

#include "wimplan/file.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

static json_t *step_json(const struct wp_step *step, const char *outcome)
{
	json_t *object = json_object();

	wp_json_set(object, "package_id", wp_json_text(step->entry->package_id));
	wp_json_set(object, "action", wp_json_text(wp_action_name(step->action)));
	wp_json_set(object, "outcome", wp_json_text(outcome));
	wp_json_set(object, "looked_up", json_boolean(step->looked_up));
	wp_json_set(object, "return_value", step->has_return_value ? json_integer(step->return_value) : json_null());
	wp_json_set(object, "started_at", wp_json_time(step->started_at));
	wp_json_set(object, "finished_at", wp_json_time(step->finished_at));
	wp_json_set(object, "attempts", wp_json_u64(step->attempts));
	wp_json_set(object, "source_version_before", wp_json_number(step->version_before));
	wp_json_set(object, "source_version_after", wp_json_number(step->version_after));
	wp_json_set(object, "content_id", wp_json_hash(step->entry->content_id));
	wp_json_set(object, "file_id", wp_json_hash(step->entry->file_id));
	wp_json_set(object, "error", wp_json_text(step->error));
	return object;
}

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

/* What stands before the steps: an object without its end. */
static void put_head(const struct wp_apply *apply, const char *format, const struct wp_journal_runs *runs,
		     struct wp_file_writer *writer)
{
	static const char end[] = "\n}\n", steps[] = ",\n  \"steps\": [";
	json_t *head __attribute__((cleanup(wp_json_freep))) = json_object();
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool receipt = !strcmp(format, "wimplan-receipt");
	const char *provider = runs && runs->provider[0] ? runs->provider : apply->connection.url;

	wp_json_set(head, "format", wp_json_text(format));
	/* 1.1 brought "by", which only a receipt has. */
	wp_json_set(head, "format_version", wp_json_text(receipt ? "1.1" : "1.0"));
	wp_json_set(head, "plan_id", wp_json_text(apply->plan->id));
	wp_json_set(head, "site_code", wp_json_text(apply->plan->site_code));
	wp_json_set(head, "provider", wp_json_text(provider));
	if (receipt && runs && runs->who[0])
		wp_json_set(head, "by", wp_json_text(runs->who));
	wp_json_set(head, "started_at", runs ? wp_json_time(runs->started_at) : json_null());
	wp_json_set(head, "finished_at", runs ? wp_json_time(finished_at(apply, runs)) : json_null());
	wp_json_pretty(&text, head);
	wp_file_add(writer, text.data, text.length - strlen(end));
	wp_file_add(writer, steps, strlen(steps));
}

/* One step, indented as an item of "steps". No text in it has a line feed of its own: JSON escapes them. */
static void put_step(const json_t *step, const char *before, struct wp_file_writer *writer)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf indented __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_pretty(&text, step);
	wp_buf_puts(&indented, before);
	for (char *line = text.data, *end; (end = strchr(line, '\n')); line = end + 1) {
		wp_buf_puts(&indented, "\n    ");
		wp_buf_add(&indented, line, (size_t)(end - line));
	}
	wp_file_add(writer, indented.data, indented.length);
}

static void put_steps(const struct wp_apply *apply, const char *format, struct wp_file_writer *writer)
{
	bool receipt = !strcmp(format, "wimplan-receipt"), check = !strcmp(format, "wimplan-check");
	const char *before = "";

	for (size_t i = 0; i < apply->steps.count; i++) {
		const struct wp_step *step = &apply->steps.items[i];
		json_t *object __attribute__((cleanup(wp_json_freep))) = NULL;

		if (!receipt && !step->selected)
			continue;
		object = step_json(step, receipt ? wp_state_outcome(step->state) : wp_state_name(step->state));
		if (check)
			wp_json_set(object, "action_in_progress", wp_json_number(step->action_in_progress));
		put_step(object, before, writer);
		before = ",";
	}
	wp_file_add(writer, *before ? "\n  ]\n}\n" : "]\n}\n", *before ? 7 : 4);
}

static int write_document(const struct wp_apply *apply, const char *path, enum wp_file_target target,
			  const char *format, const struct wp_journal_runs *runs, struct wp_error *err)
{
	struct wp_file_writer *writer;
	int status = wp_file_begin(path, target, &writer, err);

	if (status)
		return status;
	put_head(apply, format, runs, writer);
	put_steps(apply, format, writer);
	return wp_file_commit(writer, err);
}

int wp_receipt_show(struct wp_apply *apply, const char *format, const struct wp_journal_runs *runs,
		    struct wp_error *err)
{
	wp_apply_progress(apply, "%s", "");
	return write_document(apply, apply->output, WP_FILE_NAMED, format, runs, err);
}

int wp_receipt_write(struct wp_apply *apply, struct wp_journal *journal, struct wp_error *err)
{
	struct wp_journal_runs runs;
	int status = wp_journal_runs(journal, &runs, err);

	return status ? status : write_document(apply, apply->receipt_path, apply->receipt_target, "wimplan-receipt", &runs,
				       err);
}
