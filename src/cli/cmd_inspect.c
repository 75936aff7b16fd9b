/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan inspect: what .wim files say about themselves. */
#include "cli.h"

#include "wimplan/diag.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"
#include "wimplan/wim.h"

#include <inttypes.h>
#include <string.h>

enum { OPT_XML = 256, OPT_IMAGE, OPT_DEEP, OPT_SERVICING };

static const struct option options[] = {
	{ "xml", no_argument, NULL, OPT_XML },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "deep", no_argument, NULL, OPT_DEEP },
	{ "servicing", no_argument, NULL, OPT_SERVICING },
	{ 0 },
};

struct arguments {
	bool xml;
	bool deep;
	bool servicing;
	uint32_t image; /* 0: all */
};

static int parse_image(struct wp_cli *cli, const char *text, uint32_t *ret_image)
{
	uint64_t number;

	if (!wp_parse_u64(text, false, &number) || number < 1 || number > WP_LIMIT_IMAGES)
		return wp_cli_usage(cli, "--image", "--image is a number from 1 to %u, not '%s'", WP_LIMIT_IMAGES,
				    text);
	*ret_image = (uint32_t)number;
	return 0;
}

/* Returns -1 when the call goes on, otherwise the exit status. */
static int parse(struct wp_cli *cli, int argc, char **argv, struct arguments *args)
{
	int option;

	while ((option = wp_cli_option(cli, argc, argv, "", options)) >= 0) {
		if (option == OPT_XML)
			args->xml = true;
		else if (option == OPT_DEEP)
			args->deep = true;
		else if (option == OPT_SERVICING)
			args->servicing = true;
		else if (parse_image(cli, optarg, &args->image))
			return WP_EXIT_USAGE;
	}
	if (option == WP_CLI_STOP)
		return cli->status;
	if (optind == argc)
		return wp_cli_usage(cli, NULL, "inspect needs a .wim file");
	if (args->xml && cli->json)
		return wp_cli_usage(cli, "--xml", "--xml and --json exclude each other");
	if (args->xml && (args->image || args->deep || args->servicing))
		return wp_cli_usage(cli, "--xml",
				    "--xml prints the whole XML; it goes with none of --image, --deep and --servicing");
	if (args->xml && argc - optind > 1)
		return wp_cli_usage(cli, "--xml", "--xml takes one file, but there are %d", argc - optind);
	return -1;
}

struct files {
	struct wp_inspection *items;
	size_t count;
};

static void release(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		wp_wim_free((struct wp_wim *)files->items[i].wim);
}

/* Reads the blob table, and the trees that are asked for. */
static void look_inside(const struct arguments *args, struct wp_wim *wim, struct wp_wim_content *content,
			struct wp_inspection *ret)
{
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);
	struct wp_servicing *installed = NULL;

	if (!index)
		return;
	if (args->servicing)
		wp_wim_read_installed(wim, index, args->image, &installed);
	if (args->deep)
		wp_wim_index_look_deeper(wim, index);
	*content = index->content;
	ret->content = content;
	ret->contents = installed;
}

static void read_files(struct wp_cli *cli, const struct arguments *args, char **paths, size_t count,
		       struct files *files)
{
	files->items = wp_arena_alloc(cli->arena, count * sizeof *files->items);
	for (size_t i = 0; i < count; i++) {
		struct wp_wim_content *content = wp_arena_alloc(cli->arena, sizeof *content);
		struct wp_wim *wim = args->xml ? wp_wim_read_with_text(paths[i]) : wp_wim_read(paths[i]);

		files->items[files->count] = (struct wp_inspection){ .wim = wim, .only_image = args->image };
		if (wim->grade != WP_GRADE_ERROR && (args->servicing || args->deep))
			look_inside(args, wim, content, &files->items[files->count]);
		files->count++;
	}
}

/* A number that a readable file does not have is a mistake of the call; of an unreadable one nothing can be said. */
static int check_image(const struct files *files, uint32_t image, struct wp_error *err)
{
	for (size_t i = 0; image && i < files->count; i++) {
		const struct wp_wim *wim = files->items[i].wim;
		bool found = !wim->metadata;

		for (size_t k = 0; !found && k < wim->metadata->image_count; k++)
			found = wim->metadata->images[k].index == image;
		if (!found)
			return wp_fail(err, WP_E_FAILED, "no-such-image", wim->path,
				       "%s has no image %" PRIu32
				       "; it has %zu, which wimplan inspect without --image lists",
				       wim->path, image, wim->metadata->image_count);
	}
	return WP_OK;
}

static int print_xml(struct wp_cli *cli, const struct wp_wim *wim)
{
	const struct wp_diag *worst = wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR);
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_error err;

	if (wim->xml_text) {
		wp_buf_add(&buf, wim->xml_text, wim->xml_text_length);
		/* The prompt gets a line of its own. */
		if (cli->env->stdout_terminal && (!cli->output || !strcmp(cli->output, "-")))
			wp_buf_putc(&buf, '\n');
		return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &buf);
	}
	wp_fail(&err, WP_E_FAILED, worst ? worst->code : "xml-invalid", wim->path, "%s: the XML cannot be shown: %s",
		wim->path, worst ? worst->summary : "it is no UTF-16");
	return wp_cli_error(cli, &err);
}

static int print(struct wp_cli *cli, const struct files *files)
{
	struct wp_report_options report = wp_cli_report_options(cli);
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (cli->json)
		return wp_cli_emit_json(cli, wp_report_inspect_json(files->items, files->count));
	report.all = cli->verbose;
	wp_report_inspect_text(files->items, files->count, &report, &buf);
	return wp_cli_emit(cli, &buf);
}

static int grade_status(const struct files *files)
{
	size_t failed = 0;

	for (size_t i = 0; i < files->count; i++)
		failed += files->items[i].wim->grade == WP_GRADE_ERROR;
	if (!failed)
		return WP_EXIT_DONE;
	return failed == files->count ? WP_EXIT_FAILED : WP_EXIT_INCOMPLETE;
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct files files __attribute__((cleanup(release))) = { 0 };
	struct arguments args = { 0 };
	struct wp_error err;
	int status = parse(cli, argc, argv, &args);

	if (status >= 0)
		return status;
	read_files(cli, &args, argv + optind, (size_t)(argc - optind), &files);
	if (args.xml)
		return print_xml(cli, files.items[0].wim);
	if (check_image(&files, args.image, &err))
		return wp_cli_error(cli, &err);
	status = print(cli, &files);
	return status ? status : grade_status(&files);
}

const struct wp_command wp_cmd_inspect = {
	.name = "inspect",
	.summary = "show what .wim files say about themselves",
	.help = "Usage: wimplan inspect [OPTION…] FILE…\n"
		"Shows header, images and oddities of .wim, .esd and .swm files. Reads only the\n"
		"header and the XML of a file unless --deep is given.\n\n"
		"      --image N         this image only, with everything that is known of it\n"
		"      --deep            content id and blob totals, through wimlib\n"
		"      --servicing       updates, drivers, apps, languages and boot files, from\n"
		"                        the tree of each image; --verbose lists all of them\n"
		"      --xml             the file's own XML as UTF-8, of one FILE\n",
	.run = run,
};
