/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan inspect: what .wim files say about themselves. */
#include "fail_on.h"
#include "settings.h"

#include "wimplan/diag.h"
#include "wimplan/expect.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"
#include "wimplan/wim.h"

#include <inttypes.h>
#include <string.h>

struct arguments {
	bool xml, deep, servicing, expect;
	struct wp_number image; /* not known: all */
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, image, "image", "N", COUNT, "this image only, with everything that is known of it", .least = 1,
	  .most = WP_LIMIT_IMAGES),
	WP_OPTION(struct arguments, deep, "deep", NULL, FLAG, "content id and blob totals, through wimlib"),
	WP_OPTION(struct arguments, servicing, "servicing", NULL, FLAG,
	  "updates, drivers, apps, languages and boot files, from the tree of each image; --verbose lists all of them"),
	WP_OPTION(struct arguments, expect, "expect", NULL, FLAG, "say what is not as [expect] of the configuration has it"),
	WP_OPTION(struct arguments, xml, "xml", NULL, FLAG, "the file's own XML as UTF-8, of one FILE"),
	{ 0 },
};

static int check(struct wp_cli *cli, const struct arguments *args)
{
	if (cli->fail_on.count && !args->expect)
		return wp_cli_usage(cli, "--fail-on", "--fail-on is about what is expected; give --expect too");
	if (!args->xml)
		return wp_fail_on_check(cli, false);
	if (cli->json)
		return wp_cli_usage(cli, "--xml", "--xml and --json exclude each other");
	if (args->image.known || args->deep || args->servicing || args->expect)
		return wp_cli_usage(cli, "--xml",
				    "--xml prints the whole XML; it goes with none of --image, --deep, --servicing and --expect");
	if (cli->operand_count > 1)
		return wp_cli_usage(cli, "--xml", "--xml takes one file, but there are %zu", cli->operand_count);
	return WP_OK;
}

struct files {
	struct wp_inspection *items;
	size_t count;
};

static void release(struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		for (size_t k = 0; k < files->items[i].note_count; k++)
			json_decref((json_t *)files->items[i].notes[k].facts);
		wp_wim_free((struct wp_wim *)files->items[i].wim);
	}
}

/* What is to be looked for. */
struct wanted {
	const struct arguments *args;
	const struct wp_expect_settings *expect; /* NULL: nothing is expected */
};

/* Reads the blob table, and the trees that are asked for. Gives what was found of what is expected. */
static const struct wp_expect_contents *look_inside(struct wp_cli *cli, const struct wanted *wanted, struct wp_wim *wim,
						    struct wp_inspection *ret)
{
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);
	struct wp_wim_content *content = wp_arena_alloc(cli->arena, sizeof *content);
	bool things = wanted->expect && wp_expect_things(wanted->expect);
	struct wp_servicing *installed = NULL;
	size_t count = 0;

	if (!index)
		return NULL;
	if (wanted->args->servicing || things)
		count = wp_wim_read_installed(wim, index, ret->only_image, &installed);
	if (wanted->args->deep)
		wp_wim_index_look_deeper(wim, index);
	*content = index->content;
	ret->content = wanted->args->servicing || wanted->args->deep ? content : NULL;
	ret->contents = wanted->args->servicing ? installed : NULL;
	return things ? wp_expect_look_inside(cli->arena, wanted->expect, installed, count) : NULL;
}

/* Of a boot image the XML says that it is Windows PE. */
static void judge(struct wp_cli *cli, const struct wanted *wanted, const struct wp_expect_contents *contents,
		  struct wp_inspection *ret)
{
	struct wp_expect_subject subject = {
		.metadata = ret->wim->metadata,
		.only_image = ret->only_image,
		.contents = contents,
		.now = cli->env->now,
	};

	ret->expected = true;
	ret->notes = wp_expect_judge(cli->arena, wanted->expect, &subject, &ret->note_count);
}

static void read_files(struct wp_cli *cli, const struct wanted *wanted, struct files *files)
{
	const struct arguments *args = wanted->args;
	bool inside = args->servicing || args->deep || (wanted->expect && wp_expect_things(wanted->expect));

	files->items = wp_arena_alloc(cli->arena, cli->operand_count * sizeof *files->items);
	for (size_t i = 0; i < cli->operand_count; i++) {
		const char *path = cli->operands[i];
		struct wp_wim *wim = args->xml ? wp_wim_read_with_text(path) : wp_wim_read(path);
		struct wp_inspection *file = &files->items[files->count++];
		const struct wp_expect_contents *contents = NULL;

		*file = (struct wp_inspection){ .wim = wim, .only_image = (uint32_t)args->image.value };
		if (wim->grade != WP_GRADE_ERROR && inside)
			contents = look_inside(cli, wanted, wim, file);
		if (wanted->expect)
			judge(cli, wanted, contents, file);
	}
}

/* A number that a readable file does not have is a mistake of the call; of an unreadable one nothing can be said. */
static int check_image(const struct files *files, uint64_t image, struct wp_error *err)
{
	for (size_t i = 0; image && i < files->count; i++) {
		const struct wp_wim *wim = files->items[i].wim;
		bool found = !wim->metadata;

		for (size_t k = 0; !found && k < wim->metadata->image_count; k++)
			found = wim->metadata->images[k].index == image;
		if (!found)
			return wp_fail(err, WP_E_FAILED, "no-such-image", wim->path,
				       "%s has no image %" PRIu64
				       "; it has %zu, which wimplan inspect without --image lists",
				       wim->path, image, wim->metadata->image_count);
	}
	return WP_OK;
}

static int print_xml(struct wp_cli *cli, const struct wp_wim *wim)
{
	const struct wp_diag *worst = wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR);
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (wim->xml_text) {
		wp_buf_add(&buf, wim->xml_text, wim->xml_text_length);
		/* The prompt gets a line of its own. */
		if (cli->env->stdout_terminal && (!cli->output || !strcmp(cli->output, "-")))
			wp_buf_putc(&buf, '\n');
		return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &buf);
	}
	return wp_fail(&cli->err, WP_E_FAILED, worst ? worst->code : "xml-invalid", wim->path,
		       "%s: the XML cannot be shown: %s", wim->path, worst ? worst->summary : "it is no UTF-16");
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

/* Ends the call with 11 where --fail-on says so; a call that read no file has failed, whatever it finds. */
static void fail_on(struct wp_cli *cli, const struct files *files)
{
	struct wp_note_list *lists = wp_arena_alloc(cli->arena, files->count * sizeof *lists);

	for (size_t i = 0; i < files->count; i++)
		lists[i] = (struct wp_note_list){ files->items[i].notes, files->items[i].note_count };
	wp_fail_on_notes(cli, lists, files->count);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct files files __attribute__((cleanup(release))) = { 0 };
	const struct arguments *args = arguments;
	struct wanted wanted = { .args = args };
	struct wp_config config;
	int status = check(cli, args);

	if (!status && args->expect)
		status = wp_cli_config(cli, &config);
	if (!status)
		status = wp_cli_find_operands(cli);
	if (status)
		return status;
	if (args->expect)
		wanted.expect = &config.expect;
	if (args->expect && wp_expect_nothing(&config.expect))
		return wp_cli_usage(cli, "--expect",
				    "nothing is expected: the configuration has nothing in [expect], see wimplan.conf(5)");
	read_files(cli, &wanted, &files);
	if (args->xml)
		return print_xml(cli, files.items[0].wim);
	status = check_image(&files, args->image.value, &cli->err);
	cli->status = grade_status(&files);
	fail_on(cli, &files);
	return status ? status : print(cli, &files);
}

const struct wp_command wp_cmd_inspect = {
	.name = "inspect",
	.summary = "show what .wim files say about themselves",
	.help = "Usage: wimplan inspect [OPTION…] FILE…\n"
		"Shows header, images and oddities of .wim, .esd and .swm files. Reads only the\n"
		"header and the XML of a file unless --deep is given. FILE may be a path of\n"
		"Windows, in quotes, that --map or a mount leads to.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_FAIL_ON | WP_TAKES_MAP,
	.verbs = (const struct wp_verb[]){ { NULL, 1, SIZE_MAX, "a .wim file", run } },
};
