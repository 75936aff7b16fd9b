/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comes before a run or a check: the plan, its steps and how far they have come; then the way to the provider, what it
 * offers, and where all packages stand.
 */
#include "open.h"
#include "say.h"
#include "waves.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/hash.h"
#include "wimplan/lock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int select_steps(struct wp_apply *apply)
{
	struct wp_cli *cli = apply->cli;
	struct wp_steps *steps = &apply->steps;
	struct wp_names ids = { wp_arena_alloc(cli->arena, steps->count * sizeof *ids.items), steps->count };
	bool *named = wp_arena_alloc(cli->arena, steps->count);
	const char *unknown;

	for (size_t i = 0; i < steps->count; i++)
		ids.items[i] = steps->items[i].entry->package_id;
	unknown = wp_names_find(ids, cli->only, named);
	for (size_t i = 0; i < steps->count; i++)
		steps->items[i].selected = named[i] || !cli->only.count;
	return unknown ? wp_cli_usage(cli, unknown, "--only %s: the plan has nothing to do for it", unknown) : WP_OK;
}

static bool is_expected(const struct wp_apply *apply)
{
	const char *colon = strchr(apply->plan->id, ':');

	return colon && !strncmp(colon + 1, apply->expected_plan, strlen(apply->expected_plan));
}

int wp_apply_read_plan(struct wp_apply *apply)
{
	struct wp_error *err = &apply->cli->err;

	if (wp_program_plan(apply->cli, apply->plan_path, &apply->plan, err))
		return err->status;
	if (apply->expected_plan && !is_expected(apply))
		return wp_fail(err, WP_E_REFUSED, "other-plan", apply->plan_path,
			       "%s is the plan %s, and not the one that is expected, %s; give the plan that was approved",
			       apply->plan_path, apply->plan->id, apply->expected_plan);
	apply->steps = wp_steps_make(apply->cli->arena, apply->plan);
	if (!apply->plan->applyable || !apply->steps.count)
		return wp_fail(err, WP_E_REFUSED, "nothing-to-apply", apply->plan_path,
			       "%s has nothing to apply: no package has a call that may be made", apply->plan_path);
	if (select_steps(apply))
		return err->status;
	return apply->wave ? wp_waves_make(apply, err) : WP_OK;
}

int wp_apply_prepare(struct wp_apply *apply)
{
	int status = wp_apply_read_plan(apply);

	if (!status)
		status = wp_connection_secrets(apply->cli, apply->token_file, &apply->connection);
	if (!status)
		wp_signals_catch();
	return status;
}

/*
 * A call that may have begun before the machine stopped can only have gone to a record that was as planned: so it is
 * known what that looked like.
 */
static void recall(struct wp_step *step)
{
	struct wp_before before;

	wp_before_recall(step, &before);
	step->version_before = before.source_version;
	strcpy(step->property_before, before.image_property_sha256);
}

int wp_apply_look_back(struct wp_apply *apply, struct wp_journal **ret_journal, struct wp_journal_runs *ret_runs,
		       struct wp_error *err)
{
	int status = wp_journal_open(apply->journal_path, WP_JOURNAL_READ, apply->plan, ret_journal, err);

	*ret_runs = (struct wp_journal_runs){ 0 };
	if (!status)
		status = wp_journal_runs(*ret_journal, ret_runs, err);
	if (!status)
		status = wp_journal_load(*ret_journal, &apply->steps, err);
	if (!status)
		status = wp_journal_load_distribution(*ret_journal, apply->cli->arena, &apply->steps, err);
	for (size_t i = 0; i < apply->steps.count && !status; i++)
		if (apply->steps.items[i].suspected)
			recall(&apply->steps.items[i]);
	return status;
}

int wp_apply_open_journal(struct wp_apply *apply, uint64_t runs_seen, struct wp_journal **ret_journal, struct wp_error *err)
{
	struct wp_journal_runs runs;
	int status = wp_journal_open(apply->journal_path, WP_JOURNAL_WRITE, apply->plan, ret_journal, err);

	if (!status)
		status = wp_journal_runs(*ret_journal, &runs, err);
	if (!status && runs.count != runs_seen)
		status = wp_fail(err, WP_E_BUSY, "busy", apply->plan_path,
				 "another run of %s has begun since this one looked at the site; run it again",
				 apply->plan_path);
	return status;
}

int wp_lock_site(const char *provider, const char *site_code, int *ret_fd, struct wp_error *err)
{
	struct wp_buf key __attribute__((cleanup(wp_buf_free))) = { 0 };
	char digest[WP_HASH_TEXT], name[sizeof digest + 16], who[100];
	int error;

	wp_provider_name(provider, &key);
	wp_buf_printf(&key, "\n%s", site_code);
	/* Host names and paths of the provider do not tell upper from lower case. */
	wp_buf_lower(&key);
	/* Anybody can see the name, so it says nothing but a digest. */
	wp_sha256_text(wp_buf_text(&key), key.length, digest);
	snprintf(name, sizeof name, "wimplan-apply-%s", digest + strlen("sha256:"));
	error = wp_lock_name(name, ret_fd, who, sizeof who);
	if (!error)
		return WP_OK;
	if (error != EADDRINUSE)
		return wp_fail(err, WP_E_FAILED, "lock", provider, "the lock of %s cannot be made: %s", provider,
			       strerror(error));
	return wp_fail(err, WP_E_BUSY, "busy", provider,
		       "%s is applying a plan at %s, site %s; wait until it has ended", who, provider, site_code);
}

void wp_apply_say_window(struct wp_apply *apply)
{
	struct wp_time now = wp_clock_time();

	if (!wp_window_is_open(&apply->window, now))
		wp_apply_note(apply, "%s: a run begins no step now",
			      wp_window_closed(apply->cli->arena, &apply->window, now));
}

static void note_wait(void *context, const char *why, int64_t milliseconds)
{
	struct wp_apply *apply = context;

	wp_event(apply, "retry", NULL, why, (double)milliseconds / 1000);
	if (milliseconds >= WP_WAIT_SAID_MS)
		wp_apply_note(apply, "waiting %lld s for %s: %s", (long long)(milliseconds / 1000), apply->connection.url, why);
	wp_apply_progress(apply, "waiting for the provider: %s", why);
}

/* The methods that the selected steps call, each with each class once. */
static size_t needed_methods(const struct wp_apply *apply, struct wp_method methods[9])
{
	bool seen[3][3] = { { false } };
	size_t count = 0;

	for WP_EACH_STEP(step, &apply->steps) {
		enum wp_class class = step->entry->class;

		if (!step->selected || seen[class][step->action])
			continue;
		seen[class][step->action] = true;
		methods[count++] = (struct wp_method){ .class = class, .name = wp_action_name(step->action) };
	}
	return count;
}

int wp_apply_open_session(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err)
{
	apply->connection.way_out = wp_arena_printf(apply->cli->arena,
						    "make a script with 'wimplan show --format powershell %s' and run it "
						    "on the site",
						    apply->plan_path);
	apply->connection.tick = wp_apply_tick;
	apply->connection.tick_context = apply;
	*ret = (struct wp_session){ .options = &apply->connection,
				    .site_code = apply->plan->site_code,
				    .notice = note_wait,
				    .context = apply };
	return wp_session_open(ret, err);
}

int wp_apply_connect(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err)
{
	struct wp_method methods[9];
	size_t count = needed_methods(apply, methods);
	int status = wp_apply_open_session(apply, ret, err);

	if (!status)
		status = wp_session_offers(ret, methods, count, err);
	if (status)
		wp_session_close(ret);
	return status;
}

/* A step of the survey: whether it is still to be called, so that its record is looked at. */
static bool is_surveyed(const struct wp_step *step)
{
	return step->selected && step->state == WP_STATE_PENDING;
}

/* Says which record is read behind that of step @at. */
static void expect_next(const struct wp_apply *apply, size_t at, struct wp_session *session)
{
	const struct wp_step *step = &apply->steps.items[at], *end = apply->steps.items + apply->steps.count;

	for (const struct wp_step *next = step + 1; next < end; next++) {
		if (!is_surveyed(next) || next->entry == step->entry)
			continue;
		wp_session_expect(session, next->entry->class, next->entry->package_id);
		return;
	}
}

int wp_apply_classify(struct wp_apply *apply, struct wp_session *session, struct wp_verdict *ret, struct wp_error *err)
{
	struct wp_record_set *set = NULL;
	const struct wp_entry *read = NULL;
	char digest[WP_HASH_TEXT] = "";
	int status = WP_OK;

	for (size_t i = 0; i < apply->steps.count && !status; i++) {
		struct wp_step *step = &apply->steps.items[i];
		bool same;

		if (!is_surveyed(step))
			continue;
		if (wp_signal_caught())
			break;
		/* Both steps of a package stand side by side. */
		if (read != step->entry) {
			wp_record_set_free(set);
			digest[0] = '\0';
			wp_apply_progress(apply, "reading records: %zu of %zu steps", i + 1, apply->steps.count);
			expect_next(apply, i, session);
			status = wp_session_read_known(session, step->entry->class, step->entry->package_id, digest, &same, &set, err);
			read = step->entry;
		}
		if (status)
			break;
		wp_classify(step, set ? &set->records[0] : NULL, apply->cli->arena, &ret[i]);
		step->found[0] = '\0';
		if (set && wp_classify_as_planned(step, &set->records[0], &ret[i])) {
			strcpy(step->found, digest);
			step->found_action = ret[i].action_in_progress;
		}
	}
	wp_record_set_free(set);
	wp_apply_progress(apply, "%s", "");
	return status;
}
