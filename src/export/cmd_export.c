/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-export: which classes there are, which objects they list, all of it one by one, and the document. */
#include "check.h"
#include "document.h"
#include "jobs.h"
#include "entities.h"
#include "telling.h"

#include "wimplan/clock.h"
#include "wimplan/connection.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* Up to so many packages of --only the rows of each are asked for by themselves; of more all rows are, and sifted here. */
#define FEW_PACKAGES 16u
#define DEFAULT_PARALLEL 4u

/* Which of the classes the site has. An error when it has none of the packages'. */
static int find_classes(struct wp_export *export, struct wp_error *err)
{
	const char **names = wp_arena_alloc(export->cli->arena, wp_site_read_count * sizeof *names);
	bool *has = wp_arena_alloc(export->cli->arena, wp_site_read_count * sizeof *has), any = false;
	int status;

	for (size_t i = 0; i < wp_site_read_count; i++)
		names[i] = wp_site_reads[i].class;
	status = wp_session_classes(&export->sessions[0], names, wp_site_read_count, has, err);
	for (size_t i = 0; i < wp_site_read_count && !status; i++) {
		any = any || (has[i] && wp_site_reads[i].part == WP_SITE_PART_PACKAGES);
		if (!has[i] && wp_export_wants(export, &wp_site_reads[i]))
			wp_export_lacks(export, names[i]);
	}
	if (!status && !any)
		return wp_fail(err, WP_E_FAILED, "no-class", export->connection.url,
			       "%s has neither SMS_ImagePackage nor the classes of upgrade packages and boot images; is it the "
			       "AdminService of a site?",
			       export->connection.url);
	return status;
}

/* --- Jobs ------------------------------------------------------------------------------------------------------------- */

struct jobs {
	struct wp_job *items;
	size_t count;
};

static struct wp_job *add_job(struct wp_export *export, struct jobs *jobs, const struct wp_site_read *read)
{
	struct wp_job *job = WP_PUSH(export->cli->arena, jobs->items, jobs->count);

	job->read = read;
	return job;
}

static bool is_to_be_read(const struct wp_export *export, const struct wp_site_read *read)
{
	return wp_export_wants(export, read) && !wp_export_is_absent(export, read->class);
}

/* The lists that say which objects there are; which packages there are to be, --only says itself. */
static struct jobs list_keys(struct wp_export *export)
{
	struct jobs jobs = { 0 };

	for (const struct wp_site_read *read = wp_site_reads; read < wp_site_reads + wp_site_read_count; read++)
		if (read->key && is_to_be_read(export, read) &&
		    (read->part != WP_SITE_PART_PACKAGES || !export->cli->only.count))
			add_job(export, &jobs, read);
	return jobs;
}

static int compare_listed(const void *a, const void *b)
{
	const struct wp_listed *x = a, *y = b;

	return x->read != y->read ? (x->read > y->read) - (x->read < y->read) : strcmp(x->key, y->key);
}

/* The objects of a class that were listed. Of what stands on two pages, one. */
static void add_objects(struct wp_export *export, struct jobs *jobs, const struct wp_site_read *read)
{
	for (size_t i = 0; i < export->listed_count; i++) {
		const struct wp_listed *found = &export->listed[i];

		if (found->read != read || (i && !compare_listed(found - 1, found)) ||
		    (read->sequence && !wp_ids_have(export->sequences, found->of)))
			continue;
		add_job(export, jobs, read)->key = found->key;
	}
}

static void add_named(struct wp_export *export, struct jobs *jobs, const struct wp_site_read *read)
{
	for (size_t i = 0; i < export->cli->only.count; i++) {
		struct wp_job *job = add_job(export, jobs, read);

		job->key = export->cli->only.items[i];
		job->guess = true;
	}
}

static void add_lists(struct wp_export *export, struct jobs *jobs, const struct wp_site_read *read)
{
	const struct wp_names *only = &export->cli->only;

	if (!read->package || !only->count || only->count > FEW_PACKAGES) {
		add_job(export, jobs, read)->filter = read->filter;
		return;
	}
	for (size_t i = 0; i < only->count; i++)
		add_job(export, jobs, read)->filter =
			wp_session_filter(export->cli->arena, read->package, &only->items[i], 1);
}

/* Everything, in the order of the classes and by key. */
static struct jobs list_all(struct wp_export *export)
{
	struct jobs jobs = { 0 };

	if (export->listed_count)
		qsort(export->listed, export->listed_count, sizeof *export->listed, compare_listed);
	for (const struct wp_site_read *read = wp_site_reads; read < wp_site_reads + wp_site_read_count; read++) {
		if (!is_to_be_read(export, read))
			continue;
		if (!read->key)
			add_lists(export, &jobs, read);
		else if (read->part == WP_SITE_PART_PACKAGES && export->cli->only.count)
			add_named(export, &jobs, read);
		else
			add_objects(export, &jobs, read);
	}
	return jobs;
}

/* --- The end ---------------------------------------------------------------------------------------------------------- */

/* What was not begun, of each class once. */
static void leave_rest(struct wp_export *export, const struct jobs *jobs)
{
	const char *why = export->stopped[0] ? export->stopped
			  : wp_arena_printf(export->cli->arena, "the export was asked to stop (SIG%s)",
					    wp_signal_name(wp_signal_caught()));

	for (size_t i = 0; i < jobs->count;) {
		const struct wp_site_read *read = jobs->items[i].read;
		size_t left = 0;

		for (; i < jobs->count && jobs->items[i].read == read; i++)
			left += !jobs->items[i].done;
		if (left)
			wp_export_leave(export, read, NULL, read->key ? left : 0, why);
	}
}

/* Packages of --only that no class has. */
static void name_missing(struct wp_export *export, const struct jobs *jobs)
{
	for (size_t i = 0; i < export->cli->only.count; i++) {
		const char *id = export->cli->only.items[i];
		bool asked = true;

		for (size_t k = 0; k < jobs->count; k++)
			asked = asked && (!jobs->items[k].guess || jobs->items[k].done || strcmp(jobs->items[k].key, id));
		if (asked && !wp_ids_have(export->read, id))
			wp_export_leave(export, NULL, id, 0, "there is no image, upgrade or boot image package of this name");
	}
}

/* Nothing was read, so nothing is written. */
static int fail_empty(struct wp_export *export, struct wp_error *err)
{
	const char *url = export->connection.url;

	if (export->first.status) {
		*err = export->first;
		return err->status;
	}
	if (export->cli->only.count)
		return wp_fail(err, WP_E_FAILED, "no-records", url,
			       "%s has none of the packages that --only names, or the account may not read them", url);
	return wp_fail(err, WP_E_FAILED, "no-records", url,
		       "%s shows no image, upgrade or boot image package; the site has none, or the account may not read them: "
		       "wimplan-provider(7) lists the rights that it needs",
		       url);
}

static void say_result(struct wp_export *export)
{
	struct wp_cli *cli = export->cli;
	size_t refused = json_array_size(export->refused);
	const char *first = wp_json_get_text(json_array_get(export->refused, 0), "why");
	const char *where = cli->output && strcmp(cli->output, "-") ? cli->output : "standard output";

	wp_export_note(export, "%zu package%s of %s: %s", export->package_count, wp_plural(export->package_count),
		       export->connection.url, where);
	if (refused)
		wp_export_note(export, "not complete: %zu thing%s could not be read, first: %s", refused, wp_plural(refused),
			       first ? first : "");
}

/* A signal came before there was anything to write. */
static int end_early(struct wp_export *export, int number)
{
	wp_export_note(export, "stopped (SIG%s) before a package was read; nothing was written", wp_signal_name(number));
	export->cli->status = WP_BY_SIGNAL + number;
	return WP_OK;
}

static int finish(struct wp_export *export, const struct jobs *jobs, struct wp_error *err)
{
	int number = wp_signal_caught(), status;

	if (export->stopped[0] || number)
		leave_rest(export, jobs);
	if (!export->stopped[0])
		name_missing(export, jobs);
	if (number)
		export->cli->status = WP_BY_SIGNAL + number;
	else if (json_array_size(export->refused))
		export->cli->status = WP_EXIT_INCOMPLETE;
	if (export->writer) {
		status = wp_document_end(export, err);
		if (!status)
			say_result(export);
		return status;
	}
	return number ? end_early(export, number) : fail_empty(export, err);
}

/* --- The call --------------------------------------------------------------------------------------------------------- */

static int read_site(struct wp_export *export, struct wp_error *err)
{
	struct jobs jobs;
	int status = wp_session_open(&export->sessions[0], err);

	if (!status)
		status = find_classes(export, err);
	if (status)
		return wp_signal_caught() ? end_early(export, wp_signal_caught()) : status;
	jobs = list_keys(export);
	wp_jobs_run(export, jobs.items, jobs.count, wp_read_keys);
	if (export->stopped[0] || wp_signal_caught()) {
		leave_rest(export, &jobs);
		jobs.count = 0;
	} else {
		jobs = list_all(export);
		wp_jobs_run(export, jobs.items, jobs.count, wp_read_job);
	}
	return finish(export, &jobs, err);
}

static int check_only(struct wp_export *export)
{
	for (size_t i = 0; i < export->cli->only.count; i++) {
		const char *id = export->cli->only.items[i];

		if (!wp_is_package_id(id))
			return wp_cli_usage(export->cli, "--only", "--only is a PackageID of 8 letters and digits, not '%s'", id);
		wp_ids_add(export->packages, id);
	}
	return WP_OK;
}

/* Makes what is needed before the first request, so that what is wrong with it is said before. */
static int prepare(struct wp_export *export)
{
	struct wp_cli *cli = export->cli;
	struct wp_config config;
	const char *token_file;
	int status = check_only(export);

	if (!status)
		status = wp_connection_read(cli, &config, &export->connection, &token_file);
	if (!status)
		status = wp_connection_secrets(cli, token_file, &export->connection);
	if (!status)
		status = wp_file_probe(cli->output, WP_FILE_TARGET_NAMED, 0, &cli->err);
	if (!status)
		status = wp_progress_open(cli, &export->progress);
	return status;
}

/* Options of an export that have no meaning for a check, and the other way round. */
static int check_options(struct wp_export *export)
{
	struct wp_cli *cli = export->cli;
	const char *other = export->probe ? "--probe" : export->parallel.known ? "--parallel"
			    : export->no_distribution ? "--no-distribution-state"
			    : export->no_sequences    ? "--no-task-sequences"
						      : NULL;

	if (export->site_check && cli->only.count > WP_LIMIT_PROFILE_SAMPLES)
		return wp_cli_usage(cli, "--only", "--site-check looks at %u packages at most", WP_LIMIT_PROFILE_SAMPLES);
	if (export->site_check && other)
		return wp_cli_usage(cli, other, "%s is for an export, and --site-check makes none", other);
	if (!export->site_check && export->account)
		return wp_cli_usage(cli, "--account", "--account is for --site-check");
	return WP_OK;
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_export *export = arguments;
	int status;

	export->cli = cli;
	export->packages = wp_json_must(json_object());
	export->sequences = wp_json_must(json_object());
	export->read = wp_json_must(json_object());
	export->refused = wp_json_must(json_array());
	export->absent = wp_json_must(json_array());
	export->lock = wp_mutex_new();
	status = check_options(export);
	if (!status)
		status = prepare(export);
	if (!status) {
		wp_signals_catch();
		export->connection.way_out = "export on the site with Export-WimplanRecords.ps1";
		export->session_count = export->site_check ? 1 : export->parallel.known ? (unsigned int)export->parallel.value : DEFAULT_PARALLEL;
		export->sessions = wp_arena_alloc(cli->arena, export->session_count * sizeof *export->sessions);
		for (unsigned int i = 0; i < export->session_count; i++)
			export->sessions[i] = (struct wp_session){ .options = &export->connection, .notice = wp_export_waits,
								   .context = export };
		status = export->site_check ? wp_check_run(export, &cli->err) : read_site(export, &cli->err);
		for (unsigned int i = 0; i < export->session_count; i++)
			wp_session_close(&export->sessions[i]);
	}
	if (export->progress.bar)
		wp_tell_over(NULL);
	if (!status)
		status = wp_progress_close(&export->progress, &cli->err);
	json_decref(export->packages);
	json_decref(export->sequences);
	json_decref(export->read);
	json_decref(export->refused);
	json_decref(export->absent);
	wp_mutex_free(export->lock);
	return status;
}

static const struct wp_option options[] = {
	WP_OPTION(struct wp_export, parallel, "parallel", "N", COUNT, "requests at a time (default 4)", .least = 1,
		  .most = WP_LIMIT_JOBS),
	WP_OPTION(struct wp_export, probe, "probe", NULL, FLAG,
		  "ask the provider also what a reload of each source would store (GetImageProperties; nothing is changed)"),
	WP_OPTION(struct wp_export, no_distribution, "no-distribution-state", NULL, FLAG,
		  "leave out distribution points and what they have"),
	WP_OPTION(struct wp_export, no_sequences, "no-task-sequences", NULL, FLAG,
		  "leave out task sequences and their deployments"),
	WP_OPTION(struct wp_export, site_check, "site-check", NULL, FLAG,
		  "find out how this site's AdminService behaves: a report on standard output, and with -o a profile for 'wimplan import "
		  "--profile' and 'wimplan plan --profile'"),
	WP_OPTION(struct wp_export, account, "account", "NAME",
		  TEXT, "with --site-check: who asks, as the site names administrative users (DOMAIN\\user)"),
	{ 0 },
};

static const struct wp_verb verbs[] = { { .run = run } };

const struct wp_command wp_export_command = {
	.help = "Usage: wimplan-export --provider URL [OPTION…] -o FILE\n"
		"       wimplan-export --site-check --provider URL [OPTION…] [-o FILE]\n"
		"Reads the image, upgrade and boot image packages of a site, and what is around\n"
		"them, from its AdminService into one file for 'wimplan import'. Only reads.\n",
	.options = options,
	.size = sizeof(struct wp_export),
	.takes = WP_TAKES_PROVIDER | WP_TAKES_ONLY | WP_TAKES_EVENTS,
	.verbs = verbs,
};
