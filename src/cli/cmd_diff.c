/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan diff: what became of the images of one .wim file in another, or of a site's record in its source. */
#include "cli.h"
#include "settings.h"
#include "showing.h"
#include "wims.h"

#include "wimplan/diff.h"
#include "wimplan/limits.h"
#include "wimplan/source.h"
#include "wimplan/text.h"

#include <string.h>

#define DEFAULT_DEPTH 2u
/* What people read from top to bottom, and a page that they search. */
#define DEFAULT_LIMIT 100u
#define DEFAULT_LIMIT_OF_HTML 2000u
/* Lines are handed on when there are this many bytes of them. */
#define LINES_AT_ONCE ((size_t)256 * 1024)

/* What writes them; JSON is none of them. */
static void (*const writers[])(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf) = {
	[WP_PAGE_TEXT] = wp_report_diff_text,
	[WP_PAGE_MARKDOWN] = wp_report_diff_markdown,
	[WP_PAGE_HTML] = wp_report_diff_html,
};

struct arguments {
	const char *record;
	struct wp_names pairs; /* --match */
	struct wp_number depth, limit;
	enum wp_page_format format;
	bool json_lines, all;
	struct wp_diff_options diff;
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, diff.servicing, "servicing", NULL, FLAG, "updates, drivers, apps, languages and boot files"),
	WP_OPTION(struct arguments, diff.files, "files", NULL, FLAG, "files added, removed, changed and renamed"),
	WP_OPTION(struct arguments, diff.text_paths, "content", "PATH", LIST, "lines of the text at this path, such as Windows\\\\System32\\\\winpeshl.ini"),
	WP_OPTION(struct arguments, diff.path_glob, "path", "GLOB", TEXT, "with --files: only paths like '*.sys' or 'INF\\*'"),
	WP_OPTION(struct arguments, depth, "depth", "N", COUNT, "with --files: totals of folders N levels deep (2)", .least = 1,
	  .most = WP_LIMIT_DEPTH),
	WP_OPTION(struct arguments, limit, "limit", "N", COUNT, "with --files: list at most N paths of an image (100; html: 2000)",
	  .most = WP_LIMIT_TREE_NODES),
	WP_OPTION(struct arguments, json_lines, "json-lines", NULL, FLAG, "with --files: every path as a line of JSON"),
	WP_OPTION(struct arguments, pairs, "match", "OLD:NEW", LIST, "compare image OLD with image NEW, whatever their names"),
	WP_OPTION(struct arguments, diff.only_matched, "only-matched", NULL, FLAG, "with --match: compare no other images"),
	WP_PAGE_FORMAT_OPTION(struct arguments, format),
	WP_OPTION(struct arguments, all, "all", NULL, FLAG, "lists in full, where the text would cut them"),
	WP_OPTION(struct arguments, record, "record", "PACKAGEID", TEXT, "what is recorded of the package, with its source"),
	{ 0 },
};

static int parse_match(struct wp_cli *cli, const char *text, struct wp_diff_match *ret)
{
	const char *colon = strchr(text, ':');
	uint64_t old, new;

	if (!colon || !wp_parse_u64(wp_arena_strndup(cli->arena, text, (size_t)(colon - text)), false, &old) ||
	    !wp_parse_u64(colon + 1, false, &new) || !old || !new || old > WP_LIMIT_IMAGES || new > WP_LIMIT_IMAGES)
		return wp_cli_usage(cli, "--match", "--match is OLD:NEW, two image numbers, not '%s'", text);
	*ret = (struct wp_diff_match){ (uint32_t)old, (uint32_t)new };
	return WP_OK;
}

static int check(struct wp_cli *cli, const struct arguments *args)
{
	bool narrowed = args->diff.path_glob || args->depth.known || args->limit.known;

	if (!args->record && cli->operand_count != 2)
		return wp_cli_usage(cli, NULL, "diff takes two files, OLD and NEW, but %s", wp_cli_given(cli));
	if (args->record && cli->operand_count)
		return wp_cli_usage(cli, "--record", "--record compares a package with its source and takes no file");
	if (!args->record && (cli->snapshot || cli->site))
		return wp_cli_usage(cli, "--record", "--snapshot and --site need --record");
	if (args->diff.only_matched && !args->pairs.count)
		return wp_cli_usage(cli, "--only-matched", "--only-matched compares the pairs of --match, and there is none");
	if (args->record && (args->diff.files || args->diff.servicing || args->diff.text_paths.count))
		return wp_cli_usage(cli, "--record",
				    "a record says nothing of files: --record goes with none of --servicing, --files and --content");
	if (args->json_lines && args->format != WP_PAGE_TEXT)
		return wp_cli_usage(cli, "--format", "--json-lines and --format %s exclude each other",
				    wp_page_formats[args->format - WP_PAGE_TEXT]);
	if (!args->diff.files && (narrowed || args->json_lines))
		return wp_cli_usage(cli, "--files", "--path, --depth, --limit and --json-lines need --files");
	if (args->json_lines && (cli->json || args->diff.servicing || args->diff.text_paths.count))
		return wp_cli_usage(cli, "--json-lines",
				    "--json-lines writes paths alone; it goes with none of --json, --servicing and --content");
	return WP_OK;
}

/* From what was given to what is compared. */
static int take(struct wp_cli *cli, struct arguments *args)
{
	struct wp_diff_match *matches = wp_arena_alloc(cli->arena, args->pairs.count * sizeof *matches);
	int status = WP_OK;

	for (size_t i = 0; !status && i < args->pairs.count; i++)
		status = parse_match(cli, args->pairs.items[i], &matches[i]);
	if (!status)
		status = wp_page_format_check(cli, &args->format);
	args->diff.matches = matches;
	args->diff.match_count = args->pairs.count;
	args->diff.depth = args->depth.known ? (unsigned int)args->depth.value : DEFAULT_DEPTH;
	args->diff.path_limit = args->limit.known		 ? args->limit.value
				: args->format == WP_PAGE_HTML ? DEFAULT_LIMIT_OF_HTML
							      : DEFAULT_LIMIT;
	return status ? status : check(cli, args);
}

/* The paths of --json-lines on their way out. */
struct lines {
	struct wp_cli *cli;
	struct wp_buf buf;
	bool straight; /* to standard output; a file is written whole */
	int status; /* of the first that could not be written */
};

static void flush(struct lines *lines)
{
	if (!lines->status && lines->buf.length)
		lines->status = wp_print(NULL, WP_TEXT_DOCUMENT, &lines->buf, &lines->cli->err);
	wp_buf_clear(&lines->buf);
}

static void add_line(void *context, uint32_t image, const struct wp_diff_path *path)
{
	struct lines *lines = context;

	wp_report_diff_path_json(image, path, &lines->buf);
	if (lines->straight && lines->buf.length >= LINES_AT_ONCE)
		flush(lines);
}

static int compare_files(struct wp_cli *cli, const struct wp_diff_options *diff, struct wp_diff **ret)
{
	struct wp_cli_wims wims __attribute__((cleanup(wp_cli_wims_close))) = { 0 };
	struct wp_wim *old __attribute__((cleanup(wp_wim_freep))) = NULL;
	struct wp_wim *new __attribute__((cleanup(wp_wim_freep))) = NULL;
	const struct wp_cli_wim *places[2];
	int status = wp_cli_find_wims(cli, &wims);

	for (size_t i = 0; i < 2 && !status; i++)
		status = wp_cli_choose_wim(cli, &wims, i, &places[i]);
	if (status)
		return status;
	old = wp_wim_read_place(&places[0]->place, 0);
	new = wp_wim_read_place(&places[1]->place, 0);
	return wp_diff_wims(old, new, diff, ret, &cli->err);
}

static int compare_record(struct wp_cli *cli, const struct arguments *args, struct wp_diff **ret)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	const struct wp_observation *seen;
	const struct wp_record *record;
	struct wp_snapshot snapshot;
	struct wp_config config;
	struct wp_scan *scan;
	int status;

	if (wp_cli_load_config(cli, &config) || wp_cli_open_cache(cli, WP_CACHE_READ, &cache) ||
	    wp_cache_find_snapshot(cache, cli->arena, cli->snapshot, cli->site, &snapshot, &cli->err) ||
	    wp_cache_load_snapshot(cache, &snapshot, &set, &cli->err))
		return cli->err.status;
	record = wp_record_set_find(set, args->record);
	if (!record)
		return wp_fail(&cli->err, WP_E_FAILED, "no-such-package", args->record,
			       "the snapshot has no package %s; wimplan snapshot show lists them", args->record);
	scan = wp_cli_scan(cli, record, 1, &config, (struct wp_cli_scan){ .cache = cache });
	seen = wp_scan_observation(scan, 0);
	/* Without a file there is a gate that says why. */
	if (seen->wim)
		status = wp_diff_record(record, seen->wim, &args->diff, ret, &cli->err);
	else
		status = wp_fail(&cli->err, WP_E_FAILED, wp_gate_info(seen->gates->gate)->code, args->record,
				 "%s has no source that could be read: %s", record->package_id,
				 seen->gates->detail ? seen->gates->detail : wp_gate_info(seen->gates->gate)->meaning);
	wp_scan_free(scan);
	return status;
}

static int print(struct wp_cli *cli, const struct arguments *args, const struct wp_diff *diff, struct lines *lines)
{
	struct wp_report_options report = wp_cli_report_options(cli);
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (args->json_lines) {
		if (!lines->straight)
			return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &lines->buf);
		flush(lines);
		for (size_t i = 0; i < diff->diags.count; i++)
			wp_cli_note(cli, "%s: %s", diff->diags.items[i].subject, diff->diags.items[i].summary);
		return lines->status;
	}
	if (cli->json)
		return wp_cli_emit_json(cli, wp_report_diff_json(diff));
	report.all = args->all;
	writers[args->format](diff, &report, &text);
	return wp_cli_emit_as(cli, args->format == WP_PAGE_TEXT ? WP_TEXT_PLAIN : WP_TEXT_DOCUMENT, &text);
}

static int compare(struct wp_cli *cli, const struct arguments *args, struct lines *lines)
{
	struct wp_diff *diff __attribute__((cleanup(wp_diff_freep))) = NULL;
	int status;

	if (args->record)
		status = compare_record(cli, args, &diff);
	else
		status = compare_files(cli, &args->diff, &diff);
	if (status)
		return status;
	if (!diff->complete)
		cli->status = WP_EXIT_INCOMPLETE;
	else if (cli->detailed && wp_diff_has_changes(diff))
		cli->status = WP_EXIT_CHANGES;
	return print(cli, args, diff, lines);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct arguments *args = arguments;
	struct lines lines = { .cli = cli };
	int status = take(cli, args);

	if (!status && args->json_lines) {
		lines.straight = !cli->output || !strcmp(cli->output, "-");
		args->diff.each_path = add_line;
		args->diff.context = &lines;
		args->diff.path_limit = 0;
	}
	if (!status)
		status = compare(cli, args, &lines);
	wp_buf_free(&lines.buf);
	return status;
}

const struct wp_command wp_cmd_diff = {
	.name = "diff",
	.summary = "say what changed inside the images",
	.help = "Usage: wimplan diff [OPTION…] OLD NEW\n"
		"       wimplan diff [OPTION…] --record PACKAGEID\n"
		"Compares the images of two .wim, .esd or .swm files (of a split set the first\n"
		"part), or what the site has recorded of a package with its source. Of the files\n"
		"inside an image nothing is read but where links lead, what --content names, and\n"
		"with --servicing programs that start it, where they differ.\n"
		"--site and --snapshot go with --record. A file may be an .iso, whose install.wim\n"
		"is taken, or a file in one, 'w11.iso:sources/boot.wim'; and a path of Windows\n"
		"that --map or a mount leads to.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_SITE | WP_TAKES_SNAPSHOT | WP_TAKES_MAP | WP_TAKES_DETAILED,
	.verbs = (const struct wp_verb[]){ { NULL, 0, SIZE_MAX, NULL, run } },
};
