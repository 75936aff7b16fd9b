/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receipt: what became of every step, over all runs of the plan. Made from the journal alone. */
#include "apply.h"

#include "wimplan/file.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value))
		abort();
}

static json_t *time_json(struct wp_time time)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	return wp_json_text(wp_time_iso(arena, time));
}

static json_t *number_json(struct wp_number number)
{
	return number.known ? wp_json_u64(number.value) : json_null();
}

static json_t *step_json(const struct wp_step *step, bool receipt)
{
	json_t *object = json_object();

	set(object, "package_id", wp_json_text(step->entry->package_id));
	set(object, "action", wp_json_text(wp_action_name(step->action)));
	set(object, "outcome", wp_json_text(receipt ? wp_state_outcome(step->state) : wp_state_name(step->state)));
	set(object, "looked_up", json_boolean(step->looked_up));
	set(object, "return_value", step->has_return_value ? json_integer(step->return_value) : json_null());
	set(object, "started_at", time_json(step->started_at));
	set(object, "finished_at", time_json(step->finished_at));
	set(object, "attempts", wp_json_u64(step->attempts));
	set(object, "source_version_before", number_json(step->version_before));
	set(object, "source_version_after", number_json(step->version_after));
	set(object, "content_id", wp_json_hash(step->entry->content_id));
	set(object, "file_id", wp_json_hash(step->entry->file_id));
	set(object, "error", wp_json_text(step->error[0] ? step->error : NULL));
	return object;
}

json_t *wp_receipt_json(const struct wp_apply *apply, const char *format, const struct wp_journal_runs *runs)
{
	bool receipt = !strcmp(format, "wimplan-receipt");
	json_t *document = json_object(), *steps = json_array();
	const char *provider = runs && runs->provider[0] ? runs->provider : apply->connection.url;

	for (size_t i = 0; i < apply->steps.count; i++)
		if (receipt || apply->steps.items[i].selected)
			json_array_append_new(steps, step_json(&apply->steps.items[i], receipt));
	set(document, "format", wp_json_text(format));
	set(document, "format_version", wp_json_text("1.0"));
	set(document, "plan_id", wp_json_text(apply->plan->id));
	set(document, "site_code", wp_json_text(apply->plan->site_code));
	set(document, "provider", wp_json_text(provider));
	set(document, "started_at", runs ? time_json(runs->started_at) : json_null());
	set(document, "finished_at", runs ? time_json(runs->finished_at) : json_null());
	set(document, "steps", steps);
	return document;
}

int wp_receipt_write(struct wp_apply *apply, struct wp_journal *journal, struct wp_error *err)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_journal_runs runs;
	int status = wp_journal_runs(journal, &runs, err);

	if (status)
		return status;
	document = wp_receipt_json(apply, "wimplan-receipt", &runs);
	wp_json_pretty(&buf, document);
	return wp_file_write(apply->receipt_path, buf.data, buf.length, err);
}
