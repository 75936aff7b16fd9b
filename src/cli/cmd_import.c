/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan import: an export of a site becomes a snapshot in the cache. */
#include "cli.h"

#include "wimplan/hash.h"
#include "wimplan/import.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <string.h>

enum { OPT_SITE = 256, OPT_TAKEN_AT };

static const struct option options[] = {
	{ "site", required_argument, NULL, OPT_SITE },
	{ "taken-at", required_argument, NULL, OPT_TAKEN_AT },
	{ 0 },
};

static int parse(struct wp_cli *cli, int argc, char **argv, struct wp_import_options *import)
{
	int option;

	while ((option = wp_cli_option(cli, argc, argv, "", options)) >= 0) {
		if (option == OPT_SITE) {
			import->site_code = optarg;
		} else {
			import->taken_at = wp_time_parse(optarg);
			if (!import->taken_at.known || !import->taken_at.zone_known)
				return wp_cli_usage(cli, "--taken-at",
						    "--taken-at is a time such as 2026-02-20T02:10:00Z, not '%s'", optarg);
		}
	}
	if (option == WP_CLI_STOP)
		return cli->status;
	if (optind == argc)
		return wp_cli_usage(cli, NULL, "import needs a file that was exported from the site");
	return -1;
}

static json_t *to_json(struct wp_cli *cli, const struct wp_record_set *set, const char *id, bool known)
{
	return json_pack("{s:s, s:s, s:{s:s, s:o, s:o, s:i}, s:b, s:o}", "format", "wimplan-import", "format_version",
			 "1.0", "snapshot", "id", id, "site_code", wp_json_text(set->site_code), "taken_at",
			 wp_json_text(wp_time_iso(cli->arena, set->taken_at)), "records", (int)set->count, "known", known,
			 "diagnostics", wp_json_diags(&set->diags));
}

static int print(struct wp_cli *cli, const struct wp_record_set *set, const char *id, bool known)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t incomplete = 0;

	if (cli->json)
		return wp_cli_emit_json(cli, to_json(cli, set, id, known));
	for (size_t i = 0; i < set->diags.count; i++)
		if (set->diags.items[i].severity != WP_INFO || cli->verbose)
			wp_cli_note(cli, "%s: %s%s%s", wp_severity_name(set->diags.items[i].severity),
				    set->diags.items[i].subject ? set->diags.items[i].subject : "",
				    set->diags.items[i].subject ? ": " : "", set->diags.items[i].summary);
	for (size_t i = 0; i < set->count; i++)
		incomplete += set->records[i].image_property_state == WP_NOT_FETCHED && !set->records[i].images.count;
	wp_text_line(&buf, "%s snapshot %s: site %s, %zu package%s, taken %s.", known ? "Already there:" : "New",
		     wp_hash_short(cli->arena, id), set->site_code, set->count, set->count == 1 ? "" : "s",
		     wp_time_minutes(cli->arena, set->taken_at));
	if (incomplete)
		wp_buf_printf(&buf, "%zu package%s cannot be judged, because %s image metadata was not exported:\n"
				    "it arrives only by key, see wimplan-records(5).\n",
			      incomplete, incomplete == 1 ? "" : "s", incomplete == 1 ? "its" : "their");
	return wp_cli_emit(cli, &buf);
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct wp_import_options import = { 0 };
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_error err;
	char id[WP_HASH_TEXT];
	bool known;
	int status = parse(cli, argc, argv, &import);

	if (status >= 0)
		return status;
	if (wp_import_files((const char *const *)argv + optind, (size_t)(argc - optind), &import, &set, &err))
		return wp_cli_error(cli, &err);
	if (!set->site_code)
		return wp_cli_usage(cli, argv[optind], "the export does not say of which site it is; give --site CODE");
	/* A pipe has no date, and what comes through one was usually exported just now. */
	if (!set->taken_at.known)
		set->taken_at = cli->env->now;
	if (wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache, &err) ||
	    wp_cache_add_snapshot(cache, set, cli->env->now, id, &known, &err))
		return wp_cli_error(cli, &err);
	return print(cli, set, id, known);
}

const struct wp_command wp_cmd_import = {
	.name = "import",
	.summary = "read a site's export into the cache as a snapshot",
	.help = "Usage: wimplan import [OPTION…] FILE…\n"
		"Reads what a site exported of its image, upgrade and boot image packages, in any\n"
		"supported shape (wimplan-records(5)), as one new snapshot: all of it or nothing.\n"
		"FILE - is standard input.\n\n"
		"      --site CODE       the site code, where the export does not say it\n"
		"      --taken-at TIME   when the export was made, such as 2026-02-20T02:10:00Z\n",
	.run = run,
};
