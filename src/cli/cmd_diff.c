/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan diff: what became of the images of one .wim file in another, or of a site's record in its source. */
#include "cli.h"
#include "settings.h"

#include "wimplan/diff.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/source.h"
#include "wimplan/text.h"

#include <string.h>

enum {
	OPT_RECORD = 256,
	OPT_MATCH,
	OPT_ONLY_MATCHED,
	OPT_SERVICING,
	OPT_FILES,
	OPT_PATH,
	OPT_DEPTH,
	OPT_LIMIT,
	OPT_FORMAT,
	OPT_ALL,
	OPT_JSON_LINES,
	OPT_DETAILED,
};

static const struct option options[] = {
	{ "record", required_argument, NULL, OPT_RECORD },
	WP_CLI_SNAPSHOT_OPTION,
	WP_CLI_SITE_OPTION,
	WP_CLI_MAP_OPTION,
	{ "match", required_argument, NULL, OPT_MATCH },
	{ "only-matched", no_argument, NULL, OPT_ONLY_MATCHED },
	{ "servicing", no_argument, NULL, OPT_SERVICING },
	{ "files", no_argument, NULL, OPT_FILES },
	{ "path", required_argument, NULL, OPT_PATH },
	{ "depth", required_argument, NULL, OPT_DEPTH },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "json-lines", no_argument, NULL, OPT_JSON_LINES },
	{ "detailed-exitcode", no_argument, NULL, OPT_DETAILED },
	{ 0 },
};

/* What --format takes besides json. */
static const struct writer {
	const char *name;
	void (*write)(const struct wp_diff *diff, const struct wp_report_options *options, struct wp_buf *buf);
} writers[] = {
	{ "text", wp_report_diff_text },
	{ "markdown", wp_report_diff_markdown },
	{ "html", wp_report_diff_html },
};

#define DEFAULT_DEPTH 2u
/* What people read from top to bottom, and a page that they search. */
#define DEFAULT_LIMIT 100u
#define DEFAULT_LIMIT_OF_HTML 2000u
/* Lines are handed on when there are this many bytes of them. */
#define LINES_AT_ONCE ((size_t)256 * 1024)

struct arguments {
	const char *record;
	struct wp_diff_match *matches;
	const struct writer *writer;
	bool json_lines, detailed, narrowed, limited, all;
	struct wp_diff_options diff;
};

static int parse_match(struct wp_cli *cli, const char *text, struct arguments *args)
{
	const char *colon = strchr(text, ':');
	struct wp_diff_match *match;
	uint64_t old, new;

	if (!colon || !wp_parse_u64(wp_arena_strndup(cli->arena, text, (size_t)(colon - text)), false, &old) ||
	    !wp_parse_u64(colon + 1, false, &new) || !old || !new || old > WP_LIMIT_IMAGES || new > WP_LIMIT_IMAGES)
		return wp_cli_usage(cli, "--match", "--match is OLD:NEW, two image numbers, not '%s'", text);
	match = WP_PUSH(cli->arena, args->matches, args->diff.match_count);
	*match = (struct wp_diff_match){ (uint32_t)old, (uint32_t)new };
	return 0;
}

static int parse_number(struct wp_cli *cli, const char *option, const char *text, uint64_t least, uint64_t most,
			uint64_t *ret)
{
	if (!wp_parse_u64(text, false, ret) || *ret < least || *ret > most)
		return wp_cli_usage(cli, option, "%s is a number from %ju to %ju, not '%s'", option, (uintmax_t)least,
				    (uintmax_t)most, text);
	return 0;
}

static int parse_format(struct wp_cli *cli, const char *text, struct arguments *args)
{
	struct wp_buf names __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!strcmp(text, "json")) {
		cli->json = true;
		return 0;
	}
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
		if (!strcmp(text, writers[i].name)) {
			args->writer = &writers[i];
			return 0;
		}
		wp_buf_printf(&names, "%s%s", i ? ", " : "", writers[i].name);
	}
	return wp_cli_usage(cli, "--format", "--format is %s or json, not '%s'", wp_buf_text(&names), text);
}

/* Returns 0, or the exit status after having said what is wrong. */
static int take(struct wp_cli *cli, int option, struct arguments *args)
{
	uint64_t value = 0;
	int status = 0;

	switch (option) {
	case OPT_RECORD:
		args->record = optarg;
		break;
	case OPT_MATCH:
		return parse_match(cli, optarg, args);
	case OPT_ONLY_MATCHED:
		args->diff.only_matched = true;
		break;
	case OPT_SERVICING:
		args->diff.servicing = true;
		break;
	case OPT_FILES:
		args->diff.files = true;
		break;
	case OPT_PATH:
		args->diff.path_glob = optarg;
		args->narrowed = true;
		break;
	case OPT_DEPTH:
		status = parse_number(cli, "--depth", optarg, 1, WP_LIMIT_DEPTH, &value);
		args->diff.depth = (unsigned int)value;
		args->narrowed = true;
		break;
	case OPT_LIMIT:
		status = parse_number(cli, "--limit", optarg, 0, WP_LIMIT_TREE_NODES, &value);
		args->diff.path_limit = value;
		args->narrowed = args->limited = true;
		break;
	case OPT_FORMAT:
		return parse_format(cli, optarg, args);
	case OPT_ALL:
		args->all = true;
		break;
	case OPT_JSON_LINES:
		args->json_lines = true;
		break;
	case OPT_DETAILED:
		args->detailed = true;
		break;
	}
	return status;
}

/* Returns -1 when the call goes on, otherwise the exit status. */
static int check(struct wp_cli *cli, int operands, const struct arguments *args)
{
	bool trees = args->diff.files || args->diff.servicing;

	if (!args->record && operands != 2)
		return wp_cli_usage(cli, NULL, "diff takes two files, OLD and NEW, but there %s %d",
				    operands == 1 ? "is" : "are", operands);
	if (args->record && operands)
		return wp_cli_usage(cli, "--record", "--record compares a package with its source and takes no file");
	if (!args->record && (cli->snapshot || cli->site || cli->map_count))
		return wp_cli_usage(cli, "--record", "--snapshot, --site and --map need --record");
	if (args->diff.only_matched && !args->diff.match_count)
		return wp_cli_usage(cli, "--only-matched", "--only-matched compares the pairs of --match, and there is none");
	if (args->record && trees)
		return wp_cli_usage(cli, "--record",
				    "a record says nothing of files: --record goes with neither --servicing nor --files");
	if (cli->json && args->writer != &writers[0])
		return wp_cli_usage(cli, "--format", "--json and --format %s exclude each other", args->writer->name);
	if (args->json_lines && args->writer != &writers[0])
		return wp_cli_usage(cli, "--format", "--json-lines and --format %s exclude each other", args->writer->name);
	if (!args->diff.files && (args->narrowed || args->json_lines))
		return wp_cli_usage(cli, "--files", "--path, --depth, --limit and --json-lines need --files");
	if (args->json_lines && (cli->json || args->diff.servicing))
		return wp_cli_usage(cli, "--json-lines",
				    "--json-lines writes paths alone; it goes with neither --json nor --servicing");
	return -1;
}

static int parse(struct wp_cli *cli, int argc, char **argv, struct arguments *args)
{
	int option;

	while ((option = wp_cli_option(cli, argc, argv, "", options)) >= 0) {
		int status = take(cli, option, args);

		if (status)
			return status;
	}
	if (option == WP_CLI_STOP)
		return cli->status;
	args->diff.matches = args->matches;
	if (!args->limited && args->writer->write == wp_report_diff_html)
		args->diff.path_limit = DEFAULT_LIMIT_OF_HTML;
	return check(cli, argc - optind, args);
}

/* The paths of --json-lines on their way out. */
struct lines {
	struct wp_cli *cli;
	struct wp_buf buf;
	bool straight; /* to standard output; a file is written whole */
	bool failed;
	struct wp_error err;
};

static void flush(struct lines *lines)
{
	if (!lines->failed && lines->buf.length &&
	    wp_print(NULL, WP_TEXT_DOCUMENT, &lines->buf, &lines->err))
		lines->failed = true;
	wp_buf_clear(&lines->buf);
}

static void add_line(void *context, uint32_t image, const struct wp_diff_path *path)
{
	struct lines *lines = context;

	wp_report_diff_path_json(image, path, &lines->buf);
	if (lines->straight && lines->buf.length >= LINES_AT_ONCE)
		flush(lines);
}

static int compare_files(const char *old_path, const char *new_path, const struct wp_diff_options *diff,
			 struct wp_diff **ret, struct wp_error *err)
{
	struct wp_wim *old __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(old_path);
	struct wp_wim *new __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(new_path);

	return wp_diff_wims(old, new, diff, ret, err);
}

static int compare_record(struct wp_cli *cli, const struct arguments *args, struct wp_diff **ret, struct wp_error *err)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	const struct wp_observation *seen;
	const struct wp_record *record;
	struct wp_snapshot snapshot;
	struct wp_config config;
	struct wp_scan *scan;
	int status;

	if (wp_cli_load_config(cli, &config, err) ||
	    wp_cli_open_cache(cli, WP_CACHE_READ, &cache, err) ||
	    wp_cache_find_snapshot(cache, cli->arena, cli->snapshot, cli->site, &snapshot, err) ||
	    wp_cache_load_snapshot(cache, &snapshot, &set, err))
		return err->status;
	record = wp_record_set_find(set, args->record);
	if (!record)
		return wp_fail(err, WP_E_FAILED, "no-such-package", args->record,
			       "the snapshot has no package %s; wimplan snapshot show lists them", args->record);
	scan = wp_cli_scan(cli, record, 1, &config, (struct wp_cli_scan){ .cache = cache });
	seen = wp_scan_observation(scan, 0);
	/* Without a file there is a gate that says why. */
	if (seen->wim)
		status = wp_diff_record(record, seen->wim, &args->diff, ret, err);
	else
		status = wp_fail(err, WP_E_FAILED, wp_gate_info(seen->gates->gate)->code, args->record,
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
		return lines->failed ? wp_cli_error(cli, &lines->err) : 0;
	}
	if (cli->json)
		return wp_cli_emit_json(cli, wp_report_diff_json(diff));
	report.all = args->all;
	args->writer->write(diff, &report, &text);
	return wp_cli_emit_as(cli, args->writer == writers ? WP_TEXT_PLAIN : WP_TEXT_DOCUMENT, &text);
}

static int run_with(struct wp_cli *cli, struct arguments *args, char **argv, struct lines *lines)
{
	struct wp_diff *diff __attribute__((cleanup(wp_diff_freep))) = NULL;
	struct wp_error err;
	int status;

	if (args->record)
		status = compare_record(cli, args, &diff, &err);
	else
		status = compare_files(argv[optind], argv[optind + 1], &args->diff, &diff, &err);
	if (status)
		return wp_cli_error(cli, &err);
	status = print(cli, args, diff, lines);
	if (status)
		return status;
	if (!diff->complete)
		return WP_EXIT_INCOMPLETE;
	return args->detailed && wp_diff_has_changes(diff) ? WP_EXIT_CHANGES : WP_EXIT_DONE;
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct arguments args = {
		.writer = &writers[0],
		.diff = { .depth = DEFAULT_DEPTH, .path_limit = DEFAULT_LIMIT },
	};
	struct lines lines = { .cli = cli };
	int status = parse(cli, argc, argv, &args);

	if (status >= 0)
		return status;
	if (args.json_lines) {
		lines.straight = !cli->output || !strcmp(cli->output, "-");
		args.diff.each_path = add_line;
		args.diff.context = &lines;
		args.diff.path_limit = 0;
	}
	status = run_with(cli, &args, argv, &lines);
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
		"inside an image nothing is read but where links lead.\n\n"
		"      --servicing       updates, drivers, apps, languages and boot files\n"
		"      --files           files added, removed, changed and renamed\n"
		"      --path GLOB       with --files: only paths like '*.sys' or 'INF\\*'\n"
		"      --depth N         with --files: totals of folders N levels deep (2)\n"
		"      --limit N         with --files: list at most N paths of an image (100;\n"
		"                        html: 2000)\n"
		"      --json-lines      with --files: every path as a line of JSON\n"
		"      --match OLD:NEW   compare image OLD with image NEW, whatever their names\n"
		"      --only-matched    with --match: compare no other images\n"
		"      --format FORMAT   text (default), markdown, html or json\n"
		"      --all             lists in full, where the text would cut them\n"
		"      --record ID       what is recorded of the package, with its source\n"
		"      --snapshot ID     with --record: the snapshot (default: the newest)\n"
		"      --site CODE       with --record: the newest snapshot of this site\n"
		"      --map PREFIX=DIR  with --record: where a share is mounted\n"
		"      --detailed-exitcode   exit status 10 when something differs\n",
	.run = run,
};
