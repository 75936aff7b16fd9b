/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan import: an export of a site becomes a snapshot in the cache. */
#include "cli.h"
#include "events.h"
#include "objects.h"
#include "plan_inputs.h"
#include "site_profile.h"

#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

/* Packages that a sentence names at most, and one. */
#define MOST_NAMES 10

/* Says which packages the export before this one had and this one lacks: deleted since, or left out. */
static int remark_on_missing(struct wp_cli *cli, struct wp_cache *cache, struct wp_record_set *set)
{
	struct wp_snapshot previous;
	const char **ids;
	size_t count;
	int status = wp_cache_missing_packages(cache, set->arena, set, &previous, &ids, &count, &cli->err);

	if (!status && count)
		wp_diag_add(set->arena, &set->diags, WP_SEVERITY_WARNING, "packages-missing", NULL,
			    "the export of %s had %zu package%s that this one lacks: %s; unless the site no longer has "
			    "%s, export the whole site again",
			    wp_time_minutes(cli->arena, previous.taken_at), count, wp_plural(count),
			    wp_text_names(cli->arena, ids, count, MOST_NAMES), count == 1 ? "it" : "them");
	return status;
}

static json_t *profile_json(const struct wp_profile *profile)
{
	return wp_json_object("id", wp_json_hash(profile->id), "site_code", wp_json_text(profile->site_code), "taken_at",
			      wp_json_time(profile->taken_at), "samples", wp_json_u64(profile->count), NULL);
}

/* What became of --profile. @site_code: the site whose profile was forgotten for "none". */
static void add_profile(struct wp_cli *cli, const char *site_code, const struct wp_profile *profile, struct wp_buf *buf)
{
	if (profile)
		wp_text_line(buf, "Profile of site %s of %s, %zu package%s looked at: plans of this site take it.", profile->site_code,
			     wp_time_minutes(cli->arena, profile->taken_at), profile->count, wp_plural(profile->count));
	else if (wp_cli_without_profile(cli))
		wp_text_line(buf, "The cache has no profile of site %s any more.", site_code);
}

static int print(struct wp_cli *cli, const struct wp_record_set *set, const struct wp_snapshot *snapshot, bool known,
		 const struct wp_profile *profile)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char **incomplete = NULL;
	size_t incomplete_count = 0;

	if (cli->json) {
		json_t *document = wp_json_put(wp_json_document("wimplan-import", "1.1"), "snapshot",
					       wp_cli_snapshot_json(cli->arena, snapshot), "known", json_boolean(known), "diagnostics",
					       wp_json_diags(&set->diags), NULL);

		if (profile)
			wp_json_set(document, "profile", profile_json(profile));
		return wp_cli_emit_json(cli, document);
	}
	wp_cli_note_remarks(cli, &set->diags);
	for (size_t i = 0; i < set->count; i++)
		if (set->records[i].image_property_state == WP_FETCHED_NOT && !set->records[i].images.count)
			*WP_PUSH(cli->arena, incomplete, incomplete_count) = set->records[i].package_id;
	wp_text_line(&buf, "%s snapshot %s: site %s, %zu package%s, taken %s.", known ? "Already there:" : "New",
		     wp_hash_short(cli->arena, snapshot->id), snapshot->site_code, set->count,
		     wp_plural(set->count), wp_time_minutes(cli->arena, snapshot->taken_at));
	if (incomplete)
		wp_buf_printf(&buf, "%zu package%s cannot be judged, because %s image metadata was not exported:\n%s. It arrives "
				    "only by key, see wimplan-records(5).\n",
			      incomplete_count, wp_plural(incomplete_count), incomplete_count == 1 ? "its" : "their",
			      wp_text_names(cli->arena, incomplete, incomplete_count, MOST_NAMES));
	add_profile(cli, snapshot->site_code, profile, &buf);
	return wp_cli_emit(cli, &buf);
}

static int keep(struct wp_cli *cli, struct wp_cache *cache, const struct wp_record_set *set, const struct wp_profile *profile,
		char ret_id[WP_HASH_TEXT], bool *ret_known)
{
	int status = wp_cache_begin(cache, &cli->err);

	if (status)
		return status;
	status = wp_cache_add_snapshot(cache, set, cli->env->now, ret_id, ret_known, &cli->err);
	if (!status)
		status = wp_cli_log_import(cli, cache, set, ret_id, *ret_known);
	if (!status && cli->profile)
		status = wp_cli_keep_profile(cli, cache, set->site_code, profile);
	return wp_cache_end(cache, status, &cli->err);
}

/* --profile alone: there is no export. */
static int run_profile(struct wp_cli *cli)
{
	struct wp_profile *profile __attribute__((cleanup(wp_profile_freep))) = NULL;
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (wp_cli_without_profile(cli) && !cli->site)
		return wp_cli_usage(cli, "--profile", "--profile none needs --site CODE, the site whose profile is to go");
	if (wp_cli_read_profile(cli, cli->site, &profile) || wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache) ||
	    wp_cli_keep_profile(cli, cache, cli->site, profile))
		return cli->err.status;
	if (cli->json)
		return wp_cli_emit_document(cli, "wimplan-import", "1.1", "snapshot", json_null(), "known", json_false(), "diagnostics",
					    json_array(), "profile", profile ? profile_json(profile) : json_null(), NULL);
	add_profile(cli, cli->site, profile, &buf);
	return wp_cli_emit(cli, &buf);
}

static int run(struct wp_cli *cli, void *arguments)
{
	const char *path = wp_cli_cache_path(cli);
	struct wp_profile *profile __attribute__((cleanup(wp_profile_freep))) = NULL;
	/* Nothing says where the cache is: that is said when it is to be opened. */
	struct wp_spill *spill __attribute__((cleanup(wp_spill_freep))) = path ? wp_spill_new(path, WP_CLI_IMPORT_MEMORY) : NULL;
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_snapshot snapshot;
	char id[WP_HASH_TEXT];
	bool known;

	(void)arguments;
	if (!cli->operand_count)
		return cli->profile ? run_profile(cli)
				    : wp_cli_usage(cli, NULL, "import needs a file that was exported from the site");
	if (wp_cli_import(cli, (const char *const *)cli->operands, cli->operand_count,
			  (struct wp_import_options){ .spill = spill }, &set))
		return cli->err.status;
	if (!set->site_code)
		return wp_cli_usage(cli, cli->operands[0],
				    "the export does not say of which site it is; give --site CODE");
	/* A pipe has no date, and what comes through one was usually exported just now. */
	if (!set->taken_at.known)
		set->taken_at = cli->env->now;
	if (wp_cli_read_profile(cli, set->site_code, &profile) || wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache) ||
	    remark_on_missing(cli, cache, set) || keep(cli, cache, set, profile, id, &known) ||
	    wp_cache_find_snapshot(cache, cli->arena, id, NULL, &snapshot, &cli->err))
		return cli->err.status;
	return print(cli, set, &snapshot, known, profile);
}

const struct wp_command wp_cmd_import = {
	.name = "import",
	.summary = "read a site's export into the cache as a snapshot",
	.help = "Usage: wimplan import [OPTION…] FILE…\n"
		"       wimplan import --profile FILE\n"
		"Reads what a site exported of its image, upgrade and boot image packages, in any\n"
		"supported shape (wimplan-records(5)), as one new snapshot: all of it or nothing.\n"
		"FILE - is standard input. --site names the site where an export does not.\n",
	.takes = WP_TAKES_PROFILE | WP_TAKES_SITE | WP_TAKES_DATE_ORDER | WP_TAKES_TAKEN_AT,
	.verbs = (const struct wp_verb[]){ { NULL, 0, SIZE_MAX, NULL, run } },
};
