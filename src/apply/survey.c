/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before a run or a check: the way to the provider, what it offers, and where all packages stand. */
#include "apply.h"

#include "wimplan/clock.h"

int wp_apply_read_secrets(struct wp_apply *apply)
{
	const char *warning;
	struct wp_error err;
	int status;

	if (!apply->connection.url)
		return wp_apply_usage(
			apply, "--provider",
			"no provider is given; add --provider https://HOST/AdminService, or set url in [provider]");
	status = wp_provider_secrets(apply->env, apply->arena, apply->token_file, &apply->connection, &warning, &err);
	if (warning)
		wp_apply_note(apply, "warning: %s", warning);
	if (status == WP_E_USAGE)
		return wp_apply_usage(apply, err.subject, "%s", err.message);
	return status ? wp_apply_error(apply, &err) : -1;
}

void wp_apply_say_window(struct wp_apply *apply)
{
	struct wp_time now = wp_clock_time();

	if (!wp_window_is_open(&apply->window, now))
		wp_apply_note(apply, "%s: a run begins no step now",
			      wp_window_closed(apply->arena, &apply->window, now));
}

static void note_wait(void *context, const char *why, int64_t milliseconds)
{
	struct wp_apply *apply = context;

	wp_event(apply, "retry", NULL, why, (double)milliseconds / 1000);
	wp_apply_progress(apply, "waiting for the provider: %s", why);
}

/* The methods that the selected steps call, each with each class once. */
static size_t needed_methods(const struct wp_apply *apply, struct wp_method methods[9])
{
	bool seen[3][3] = { { false } };
	size_t count = 0;

	for (size_t i = 0; i < apply->steps.count; i++) {
		const struct wp_step *step = &apply->steps.items[i];
		enum wp_class class = step->entry->class;

		if (!step->selected || seen[class][step->action])
			continue;
		seen[class][step->action] = true;
		methods[count++] = (struct wp_method){ .class = class, .name = wp_action_name(step->action) };
	}
	return count;
}

int wp_apply_connect(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err)
{
	struct wp_method methods[9];
	size_t count = needed_methods(apply, methods);
	int status;

	apply->connection.way_out = wp_arena_printf(apply->arena,
						    "make a script with 'wimplan show --format powershell %s' and run it "
						    "on the site",
						    apply->plan_path);
	apply->connection.tick = wp_apply_tick;
	apply->connection.tick_context = apply;
	*ret = (struct wp_session){ .options = &apply->connection,
				    .site_code = apply->plan->site_code,
				    .notice = note_wait,
				    .context = apply };
	status = wp_session_open(ret, err);
	if (!status)
		status = wp_session_offers(ret, methods, count, err);
	if (status)
		wp_session_close(ret);
	return status;
}

int wp_apply_classify(struct wp_apply *apply, struct wp_session *session, struct wp_verdict *ret, struct wp_error *err)
{
	struct wp_record_set *set = NULL;
	const struct wp_entry *read = NULL;
	int status = WP_OK;

	for (size_t i = 0; i < apply->steps.count && !status; i++) {
		const struct wp_step *step = &apply->steps.items[i];

		if (!step->selected || step->state != WP_STATE_PENDING)
			continue;
		if (wp_signal_caught())
			break;
		/* Both steps of a package stand side by side. */
		if (read != step->entry) {
			wp_record_set_free(set);
			set = NULL;
			wp_apply_progress(apply, "reading records: %zu of %zu steps", i + 1, apply->steps.count);
			status = wp_session_read(session, step->entry->class, step->entry->package_id, true, &set, NULL,
						 err);
			read = step->entry;
		}
		if (!status)
			wp_classify(step, set ? &set->records[0] : NULL, apply->arena, &ret[i]);
	}
	wp_record_set_free(set);
	wp_apply_progress(apply, "%s", "");
	return status;
}
