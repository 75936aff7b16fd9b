/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an export or the cache to what a plan is made from, and back into the cache what it learned. */
#include "plan_inputs.h"
#include "batch.h"
#include "events.h"
#include "objects.h"
#include "settings.h"
#include "site_profile.h"

#include "wimplan/import.h"
#include "wimplan/text.h"

#include <string.h>

void wp_plan_inputs_free(struct wp_plan_inputs *in)
{
	wp_record_set_free(in->set);
	wp_profile_free(in->profile);
	wp_cache_close(in->cache);
	*in = (struct wp_plan_inputs){ 0 };
}

static void note_not_kept(const struct wp_cli *cli, const struct wp_error *err)
{
	wp_cli_note(cli, "%s; the plan is made without keeping what it learns", err->message);
}

/*
 * The cache is opened for writing, because content ids and inferred baselines are kept in it. A cache that may only be
 * read serves as well: then nothing is kept, which changes nothing in the plan.
 */
static int open_cache(struct wp_cli *cli, struct wp_plan_inputs *in, bool needed)
{
	int status = wp_cli_open_cache(cli, WP_CACHE_WRITE, &in->cache);
	bool nowhere = status == WP_E_USAGE && !needed; /* no place for a cache: an export can be planned without */
	struct wp_error first;

	in->keeps = !status;
	if (!status || (strcmp(cli->err.code, "cache-read-only") && !nowhere))
		return status;
	first = cli->err;
	status = nowhere ? WP_OK : wp_cli_open_cache(cli, WP_CACHE_READ, &in->cache);
	if (status && (status != WP_E_NOT_FOUND || needed))
		return status;
	note_not_kept(cli, &first);
	return WP_OK;
}

static int load_snapshot(struct wp_cli *cli, struct wp_plan_inputs *in)
{
	struct wp_crew crew = wp_program_crew(cli);
	struct wp_snapshot snapshot;
	int status = wp_cache_find_snapshot(in->cache, cli->arena, cli->snapshot, cli->site, &snapshot, &cli->err);

	if (status)
		return status;
	in->from_cache = true;
	return wp_cache_load_briefs(in->cache, &crew, &snapshot, &in->set, &in->has_briefs, &cli->err);
}

int wp_cli_import(struct wp_cli *cli, const char *const *files, size_t count, struct wp_import_options import,
		  struct wp_record_set **ret_set)
{
	import.site_code = cli->site;
	import.date_order = cli->date_order;
	import.threads = cli->env->processors;

	if (cli->taken_at)
		import.taken_at = wp_time_parse(cli->taken_at);
	if (cli->taken_at && (!import.taken_at.known || !import.taken_at.zone_known))
		return wp_cli_usage(cli, "--taken-at", "--taken-at is a time such as 2026-02-20T02:10:00Z, not '%s'",
				    cli->taken_at);
	return wp_import_files(files, count, &import, ret_set, &cli->err);
}

/* Where files go that are of no use to anybody later; the folder for large ones is that of file-hierarchy(7). */
static const char *temporary_folder(const struct wp_cli *cli)
{
	const char *folder = cli->env->get("TMPDIR");

	return folder ? folder : "/var/tmp";
}

/* Reads exports with no more than the briefs of their records in memory, which is what a plan from the cache is made of, too. */
static int read_exports(struct wp_cli *cli, const char *const *exports, size_t count, struct wp_record_set **ret_set)
{
	struct wp_spill *spill __attribute__((cleanup(wp_spill_freep))) = wp_spill_new_in(temporary_folder(cli), WP_CLI_IMPORT_MEMORY);

	return wp_cli_import(cli, exports, count, (struct wp_import_options){ .spill = spill, .briefs = true }, ret_set);
}

static int load_exports(struct wp_cli *cli, struct wp_plan_inputs *in, const char *const *exports, size_t count)
{
	int status = read_exports(cli, exports, count, &in->set);

	if (status)
		return status;
	if (!in->set->site_code)
		return wp_fail(&cli->err, WP_E_USAGE, "usage", exports[0],
			       "%s does not say of which site it is; give --site CODE", exports[0]);
	wp_cli_note_remarks(cli, &in->set->diags);
	return WP_OK;
}

int wp_plan_inputs_open(struct wp_cli *cli, const char *const *exports, size_t count, struct wp_plan_inputs *ret)
{
	int status;

	*ret = (struct wp_plan_inputs){ 0 };
	status = open_cache(cli, ret, !count);
	if (status)
		return status;
	return count ? load_exports(cli, ret, exports, count) : load_snapshot(cli, ret);
}

int wp_plan_inputs_open_exports(struct wp_cli *cli, const char *const *exports, size_t count, struct wp_plan_inputs *ret)
{
	*ret = (struct wp_plan_inputs){ 0 };
	if (wp_cli_open_cache(cli, WP_CACHE_READ, &ret->cache) && cli->err.status != WP_E_NOT_FOUND &&
	    cli->err.status != WP_E_USAGE)
		wp_cli_note(cli, "warning: %s; the plan is made without the cache", cli->err.message);
	return load_exports(cli, ret, exports, count);
}

int wp_plan_inputs_remembered(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_input *input)
{
	struct wp_error *err = &cli->err;
	struct wp_baseline *baselines = NULL;
	struct wp_question *questions = NULL;
	struct wp_snapshot previous = { 0 };
	const char **missing = NULL;
	int status = WP_OK;

	if (in->cache)
		status = wp_cache_list_baselines(in->cache, cli->arena, in->set->site_code, &baselines,
						 &input->baseline_count, err);
	if (in->cache && !status)
		status = wp_cache_list_questions(in->cache, cli->arena, in->set->site_code, &questions,
						 &input->question_count, err);
	/* An export that is planned from without being kept may be of one package on purpose. */
	if (in->from_cache && !status)
		status = wp_cache_missing_packages(in->cache, cli->arena, in->set, &previous, &missing,
						   &input->missing_count, err);
	input->baselines = baselines;
	input->questions = questions;
	input->missing = missing;
	input->previous_taken_at = input->missing_count ? previous.taken_at : (struct wp_time){ .known = false };
	return status;
}

int wp_plan_inputs_profile(struct wp_cli *cli, struct wp_plan_inputs *in, struct wp_plan_input *input)
{
	int status = wp_cli_find_profile(cli, in->cache, in->set->site_code, &in->profile);

	input->profile = in->profile;
	return status;
}

/*
 * The next baseline of @record's package, from *@at = 0 on; NULL behind the last. Both lists are in the order of the
 * packages, and the baselines of one in that of its versions.
 */
static const struct wp_baseline *next_baseline(const struct wp_plan_input *input, const struct wp_record *record,
					       size_t *at)
{
	while (*at < input->baseline_count && strcmp(input->baselines[*at].package_id, record->package_id) < 0)
		++*at;
	if (*at == input->baseline_count || strcmp(input->baselines[*at].package_id, record->package_id) != 0)
		return NULL;
	return &input->baselines[(*at)++];
}

static bool is_of_version(const struct wp_baseline *baseline, const struct wp_record *record)
{
	return record->source_version.known && baseline->source_version == record->source_version.value;
}

void wp_plan_inputs_note_old(const struct wp_cli *cli, const struct wp_plan_inputs *in,
			     const struct wp_plan_input *input)
{
	const struct wp_baseline *baseline;
	const char *first = NULL;
	size_t count = 0, at = 0;

	for (size_t i = 0; i < in->set->count; i++) {
		const struct wp_record *record = &in->set->records[i];
		uint64_t newest = 0;

		while ((baseline = next_baseline(input, record, &at)))
			/* One from dates was made at the version that the record had then. */
			if (strcmp(baseline->origin, "dates") && baseline->source_version > newest)
				newest = baseline->source_version;
		if (!input->selection->chosen[i] || !record->source_version.known || newest <= record->source_version.value)
			continue;
		if (!count++)
			first = record->package_id;
	}
	if (count)
		wp_cli_note(cli, "warning: %s%s distributed again after this export, as the baselines show; export the "
				 "site again and import that before planning",
			    count == 1 ? first : wp_arena_printf(cli->arena, "%s and %zu more package%s", first,
								 count - 1, wp_plural(count - 1)),
			    count == 1 ? " was" : " were");
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The file ids of contents that are not those of their baselines, and of these baselines. */
static size_t changed_files(struct wp_plan_batch *batch, const struct wp_plan_input *input, const char ***ret_ids)
{
	size_t count = 0;

	for (size_t i = 0; i < batch->count; i++) {
		const struct wp_record *record = batch->records[i];
		const char *now = batch->seen[i]->file_id;
		const struct wp_baseline *baselines;
		size_t baseline_count = *now ? wp_plan_baselines(input, record->package_id, &baselines) : 0;

		for (size_t k = 0; k < baseline_count; k++) {
			if (!baselines[k].file_id || !is_of_version(&baselines[k], record) || !strcmp(baselines[k].file_id, now))
				continue;
			*WP_PUSH(batch->arena, *ret_ids, count) = baselines[k].file_id;
			*WP_PUSH(batch->arena, *ret_ids, count) = now;
		}
	}
	return count;
}

/* What the scans of a batch have seen of a file; NULL: nothing. */
static const struct wp_file_content *find_file(const struct wp_plan_batch *batch, const char *id)
{
	const struct wp_file_content *file = batch->scan ? wp_scan_file(batch->scan, id) : NULL;

	return file || !batch->shared ? file : wp_scan_file(batch->shared, id);
}

/* The summary of a file, out of this scan or of an earlier one. */
static bool find_summary(struct wp_cli *cli, const struct wp_plan_inputs *in, const struct wp_plan_batch *batch, const char *id,
			 struct wp_content_summary *ret)
{
	const struct wp_file_content *file = find_file(batch, id);
	struct wp_error err;
	int found;

	if (file && file->state == WP_CONTENT_LEARNED && file->summary.bytes) {
		*ret = file->summary;
		return true;
	}
	found = wp_cache_find_summary(in->cache, batch->arena, id, ret, &err);
	if (found < 0)
		wp_cli_note_lost(cli, &err);
	return found > 0;
}

/* What starts the images of the files with these ids, which are in their order. The scan has asked the cache of its own ones. */
static struct wp_boot_facts *find_starts(struct wp_cli *cli, const struct wp_plan_inputs *in, const struct wp_plan_batch *batch,
					 const char *const *ids, size_t count)
{
	struct wp_boot_facts *facts = wp_arena_alloc(batch->arena, count * sizeof *facts);
	struct wp_file_content *others = wp_arena_alloc(batch->arena, count * sizeof *others);
	size_t asked = 0, answered = 0;
	struct wp_error err;

	for (size_t i = 0; i < count; i++)
		if (!find_file(batch, ids[i]))
			others[asked++].file_id = ids[i];
	if (wp_cache_find_boot(in->cache, batch->arena, others, asked, &err))
		wp_cli_note_lost(cli, &err);
	for (size_t i = 0; i < count; i++) {
		const struct wp_file_content *file = find_file(batch, ids[i]);

		facts[i] = file ? file->boot : others[answered++].boot;
	}
	return facts;
}

void wp_plan_inputs_summaries(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_batch *batch,
			      struct wp_plan_input *input)
{
	struct wp_known_summary *known = NULL;
	struct wp_boot_facts *starts;
	const char **ids = NULL;
	size_t count = in->cache ? changed_files(batch, input, &ids) : 0;

	input->summaries = NULL;
	input->summary_count = 0;
	if (!count)
		return;
	WP_SORT(ids, count, compare_ids);
	starts = find_starts(cli, in, batch, ids, count);
	/* Once for all packages that are made from a file. */
	for (size_t i = 0; i < count; i++) {
		struct wp_content_summary summary;
		struct wp_known_summary *item;

		if ((i && !strcmp(ids[i], ids[i - 1])) || !find_summary(cli, in, batch, ids[i], &summary))
			continue;
		item = WP_PUSH(batch->arena, known, input->summary_count);
		*item = (struct wp_known_summary){ .file_id = ids[i], .summary = summary };
		wp_boot_facts_open(batch->arena, &starts[i], &item->starts);
	}
	input->summaries = known;
}

/* The list of the files that a baseline was made of. */
static bool find_manifest(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_arena *arena, const char *content_id,
			  struct wp_manifest *ret)
{
	struct wp_error err;
	int found = wp_cache_find_manifest(in->cache, arena, content_id, ret, &err);

	if (found < 0)
		wp_cli_note_lost(cli, &err);
	return found > 0;
}

void wp_plan_inputs_manifests(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_batch *batch,
			      struct wp_plan_input *input)
{
	struct wp_known_manifest *known = NULL;
	struct wp_manifest manifest;

	input->manifest_count = 0;
	for (size_t i = 0; in->cache && i < batch->count; i++) {
		const struct wp_record *record = batch->records[i];
		const struct wp_observation *seen = batch->seen[i];
		const struct wp_baseline *baselines;
		size_t count = 0;

		if (record->class == WP_CLASS_INSTALL && seen->manifest.text)
			count = wp_plan_baselines(input, record->package_id, &baselines);
		for (size_t k = 0; k < count; k++)
			if (is_of_version(&baselines[k], record) && strcmp(baselines[k].content_id, seen->content_id) != 0 &&
			    find_manifest(cli, in, batch->arena, baselines[k].content_id, &manifest))
				*WP_PUSH(batch->arena, known, input->manifest_count) =
					(struct wp_known_manifest){ baselines[k].content_id, manifest };
	}
	input->manifests = known;
}

/* What `record` will need to tell whether a refresh sent what this plan has found. */
static int keep_plan(struct wp_cli *cli, const struct wp_plan_inputs *in, const struct wp_plan *plan)
{
	struct wp_planned_source *sources = NULL, source;
	size_t count = 0;

	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].refresh && wp_planned_source_of(&plan->entries[i], &source))
			*WP_PUSH(cli->arena, sources, count) = source;
	return count ? wp_cache_put_plan(in->cache, plan->id, sources, count, &cli->err) : WP_OK;
}

void wp_plan_inputs_keep(struct wp_cli *cli, struct wp_plan_inputs *in, const struct wp_plan *plan, const struct wp_batches *batches,
			 const struct wp_learned *learned)
{
	struct wp_error *err = &cli->err;
	bool failed;

	if (!in->keeps)
		return;
	failed = wp_cache_begin(in->cache, err);
	if (!failed) {
		failed = (in->from_cache && !in->has_briefs && wp_cache_put_briefs(in->cache, in->set, err)) ||
			 wp_learned_files_keep(&batches->learned, in->cache, err) ||
			 (cli->profile && in->profile && wp_cli_keep_profile(cli, in->cache, NULL, in->profile)) ||
			 (plan && (wp_cache_put_baselines(in->cache, learned->baselines, learned->baseline_count, err) ||
				   wp_cache_put_questions(in->cache, learned->questions, learned->question_count, err) ||
				   keep_plan(cli, in, plan) || wp_cli_log_plan(cli, in->cache, plan)));
		failed = wp_cache_end(in->cache, failed ? err->status : WP_OK, err);
	}
	/* A disk that is full or a cache that another process holds must not cost the plan, which is made already. */
	if (failed)
		note_not_kept(cli, err);
}
