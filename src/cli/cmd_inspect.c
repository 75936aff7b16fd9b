/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan inspect: what .wim files say about themselves. */
#include "fail_on.h"
#include "hand_on.h"
#include "inspecting.h"
#include "showing.h"

#include "wimplan/diag.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"
#include "wimplan/wim.h"

#include <inttypes.h>
#include <string.h>

struct arguments {
	bool xml, deep, servicing, boot, winre, expect;
	const char *min_svn;
	struct wp_names globs; /* --path */
	struct wp_number image; /* not known: all */
	enum wp_page_format format;
};

/* What writes them; JSON is none of them. */
static void (*const writers[])(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
			       struct wp_buf *buf) = {
	[WP_PAGE_TEXT] = wp_report_inspect_text,
	[WP_PAGE_MARKDOWN] = wp_report_inspect_markdown,
	[WP_PAGE_HTML] = wp_report_inspect_html,
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, image, "image", "N", COUNT, "this image only, with everything that is known of it", .least = 1,
	  .most = WP_LIMIT_IMAGES),
	WP_OPTION(struct arguments, deep, "deep", NULL, FLAG, "content id and blob totals, from blob table and trees"),
	WP_OPTION(struct arguments, servicing, "servicing", NULL, FLAG,
	  "updates, drivers, apps, languages and boot files, from the tree of each image, and the verdict of --boot on it; --verbose lists all "
	  "of them"),
	WP_OPTION(struct arguments, boot, "boot", NULL, FLAG,
	  "who signed the programs that start a computer, in which version, and what that means"),
	WP_OPTION(struct arguments, min_svn, "min-svn", "N.N", TEXT,
	  "the same, and say which of them have a lesser secure version number, such as 9.0"),
	WP_OPTION(struct arguments, winre, "winre", NULL, FLAG,
	  "the recovery environment of each image: what its Winre.wim is, and what is installed in it"),
	WP_OPTION(struct arguments, globs, "path", "GLOB", LIST,
	  "files with a path like '*\\bootmgfw.efi', and the images that have them; may be given several times"),
	WP_PAGE_FORMAT_OPTION(struct arguments, format),
	WP_OPTION(struct arguments, expect, "expect", NULL, FLAG, "say what is not as [expect] of the configuration has it"),
	WP_OPTION(struct arguments, xml, "xml", NULL, FLAG, "the file's own XML as UTF-8, of one FILE"),
	{ 0 },
};

/* Whether header and XML are not enough. */
static bool is_deeper(const struct arguments *args)
{
	return args->deep || args->servicing || args->boot || args->min_svn || args->winre || args->expect || args->globs.count;
}

static int check(struct wp_cli *cli, struct arguments *args)
{
	bool format = args->format != WP_PAGE_OPEN;

	if (wp_page_format_check(cli, &args->format))
		return cli->err.status;
	if (cli->fail_on.count && !args->expect)
		return wp_cli_usage(cli, "--fail-on", "--fail-on is about what is expected; give --expect too");
	if (!args->xml)
		return wp_fail_on_check(cli, false);
	if (cli->json && !format)
		return wp_cli_usage(cli, "--xml", "--xml and --json exclude each other");
	if (args->image.known || is_deeper(args) || format)
		return wp_cli_usage(cli, "--xml",
				    "--xml prints the whole XML; it goes with none of --image, --deep, --servicing, --boot, --winre, --path, "
				    "--expect and --format");
	if (cli->operand_count > 1)
		return wp_cli_usage(cli, "--xml", "--xml takes one file, but there are %zu", cli->operand_count);
	return WP_OK;
}

struct files {
	struct wp_inspected *items;
	size_t count;
};

static void release(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		wp_inspected_free(&files->items[i]);
	files->count = 0;
}

/* Files that could not be read and are named on standard error. */
#define UNREAD_NAMED ((size_t)10)

/* What is remembered of files that were looked at and let go. */
struct outcome {
	size_t files, failed;
	struct wp_diags unread; /* the first of those that failed, and why */
	size_t found; /* paths that fit */
	struct wp_note *notes; /* nothing but the codes that --fail-on asks for */
	size_t note_count;
};

static void remember_unread(struct wp_cli *cli, const struct wp_wim *wim, struct outcome *outcome)
{
	const struct wp_diag *worst = wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR);

	if (outcome->failed++ < UNREAD_NAMED && worst)
		wp_diag_add(cli->arena, &outcome->unread, worst->severity, worst->code, wim->path, "%s", worst->summary);
}

static void remember(struct wp_cli *cli, const struct wp_inspection *file, struct outcome *outcome)
{
	outcome->files++;
	if (file->wim->grade == WP_GRADE_ERROR)
		remember_unread(cli, file->wim, outcome);
	outcome->found += file->found ? file->found->count : 0;
	for (size_t k = 0; cli->fail_on.count && k < file->note_count; k++)
		*WP_PUSH(cli->arena, outcome->notes, outcome->note_count) = (struct wp_note){ .code = file->notes[k].code };
}

/* A number that a readable file does not have is a mistake of the call; of an unreadable one nothing can be said. */
static int check_image(const struct files *files, uint64_t image, struct wp_error *err)
{
	for (size_t i = 0; image && i < files->count; i++) {
		const struct wp_wim *wim = files->items[i].file.wim;
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
	const char *detail = worst ? worst->detail : NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (wim->xml_text) {
		wp_buf_add(&buf, wim->xml_text, wim->xml_text_length);
		/* The prompt gets a line of its own. */
		if (cli->env->stdout_terminal && (!cli->output || !strcmp(cli->output, "-")))
			wp_buf_putc(&buf, '\n');
		return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &buf);
	}
	return wp_fail(&cli->err, WP_E_FAILED, worst ? worst->code : "xml-invalid", wim->path,
		       "%s: the XML cannot be shown: %s%s%s", wim->path, worst ? worst->summary : "it is no UTF-16",
		       detail ? ": " : "", detail ? detail : "");
}

static int print_report(struct wp_cli *cli, const struct files *files, enum wp_page_format format)
{
	struct wp_report_options report = wp_cli_report_options(cli);
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_inspection *items = wp_arena_alloc(cli->arena, files->count * sizeof *items);

	for (size_t i = 0; i < files->count; i++)
		items[i] = files->items[i].file;
	report.all = cli->verbose;
	writers[format](items, files->count, &report, &buf);
	return wp_cli_emit_as(cli, format == WP_PAGE_TEXT ? WP_TEXT_PLAIN : WP_TEXT_DOCUMENT, &buf);
}

/* A result in a file is not seen yet, so that what is wrong in it is said here too. */
static void say_unread(const struct wp_cli *cli, const struct outcome *outcome)
{
	if (!cli->output || !strcmp(cli->output, "-"))
		return;
	for (size_t i = 0; i < outcome->unread.count; i++)
		wp_cli_note(cli, "%s: %s", outcome->unread.items[i].subject, outcome->unread.items[i].summary);
	if (outcome->failed > outcome->unread.count)
		wp_cli_note(cli, "and %zu more that could not be read", outcome->failed - outcome->unread.count);
}

/*
 * The exit status of the grades; 11 where --fail-on says so; a call that read no file, or found nothing of what it looked for,
 * has failed, whatever is expected.
 */
static void end(struct wp_cli *cli, const struct outcome *outcome, bool searched)
{
	const struct wp_note_list notes = { outcome->notes, outcome->note_count };

	cli->status = searched && !outcome->found	   ? WP_EXIT_FAILED
		      : !outcome->failed		   ? WP_EXIT_DONE
		      : outcome->failed == outcome->files ? WP_EXIT_FAILED
							  : WP_EXIT_INCOMPLETE;
	say_unread(cli, outcome);
	wp_fail_on_notes(cli, &notes, 1);
}

/* The files while they come in. */
struct taking {
	struct wp_cli *cli;
	struct outcome outcome;
	struct files *kept; /* that are wanted together */
	struct wp_json_stream *stream; /* where they go otherwise */
};

static void keep(void *context, struct wp_inspected *inspected)
{
	struct taking *taking = context;

	remember(taking->cli, &inspected->file, &taking->outcome);
	taking->kept->items[taking->kept->count++] = *inspected;
}

static void write_json(void *context, struct wp_inspected *inspected)
{
	struct taking *taking = context;

	remember(taking->cli, &inspected->file, &taking->outcome);
	wp_json_stream_text(taking->stream, &inspected->json);
	wp_inspected_free(inspected);
}

/* What the small program cannot read. */
static bool is_beyond(const struct wp_cli *cli, const struct files *files)
{
	const struct wp_wim *wim = files->count ? files->items[0].file.wim : NULL;

	return !cli->program->inside && wim && wim->have_header && wp_wim_resource_compressed(&wim->header.xml);
}

/* All files, for a page begins with a table of them, and of --image it is known before anything is said. */
static int inspect_whole(struct wp_cli *cli, const struct wp_inspect_wanted *wanted, const struct wp_cli_wims *wims,
			 struct files *files)
{
	struct taking taking = { .cli = cli, .kept = files };
	int status;

	files->items = wp_arena_alloc(cli->arena, wims->count * sizeof *files->items);
	wp_inspect_files(wanted, wims->items, wims->count, keep, &taking);
	if (is_beyond(cli, files))
		return wp_hand_on(cli);
	if (wanted->with_text)
		return print_xml(cli, files->items[0].file.wim);
	status = check_image(files, wanted->only_image, &cli->err);
	end(cli, &taking.outcome, wanted->globs.count > 0);
	return status;
}

static int print_json(struct wp_cli *cli, const struct wp_inspect_wanted *wanted, const struct wp_cli_wims *wims,
		      const struct files *all)
{
	json_t *head __attribute__((cleanup(wp_json_freep))) = wp_report_inspect_head_json(), *value;
	struct wp_printer *printer;
	struct wp_sink sink = { wp_print_add_to, NULL };
	struct wp_json_stream stream = { .sink = &sink };
	struct taking taking = { .cli = cli, .stream = &stream };
	const char *key;
	int status = wp_print_begin(cli->output, WP_TEXT_DOCUMENT, &printer, &cli->err);

	if (status)
		return status;
	sink.context = printer;
	wp_json_stream_open(&stream, '{');
	json_object_foreach(head, key, value) {
		wp_json_stream_key(&stream, key);
		wp_json_stream_value(&stream, value);
	}
	wp_json_stream_key(&stream, "files");
	wp_json_stream_open(&stream, '[');
	for (size_t i = 0; i < all->count; i++)
		wp_json_stream_text(&stream, &all->items[i].json);
	if (!all->count)
		wp_inspect_files(wanted, wims->items, wims->count, write_json, &taking);
	wp_json_stream_close(&stream);
	wp_json_stream_close(&stream);
	wp_json_stream_end(&stream);
	if (!all->count)
		end(cli, &taking.outcome, wanted->globs.count > 0);
	return wp_print_end(printer, &cli->err);
}

static int take_svn(struct wp_cli *cli, const char *text, struct wp_svn *ret)
{
	const char *whole = wp_arena_printf(cli->arena, "%s.0", text);

	if (wp_svn_parse(text, ret))
		return WP_OK;
	return wp_cli_usage(cli, "--min-svn", "--min-svn takes a secure version number such as 9.0, not \"%s\"%s", text,
			    wp_svn_parse(whole, ret) ? wp_arena_printf(cli->arena, "; did you mean %s", whole) : "");
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_cli_wims wims __attribute__((cleanup(wp_cli_wims_close))) = { 0 };
	struct files files __attribute__((cleanup(release))) = { 0 };
	struct arguments *args = arguments;
	struct wp_inspect_wanted wanted = {
		.with_text = args->xml,
		.deep = args->deep,
		.servicing = args->servicing,
		.boot = args->boot || args->min_svn,
		.winre = args->winre,
		.globs = args->globs,
		.only_image = (uint32_t)args->image.value,
		.now = cli->env->now,
		.threads = cli->env->processors,
	};
	struct wp_config config;
	int status = check(cli, args);

	if (!status && is_deeper(args)) {
		wanted.inside = cli->program->inside;
		if (!wanted.inside)
			return wp_hand_on(cli);
	}
	wanted.as_json = cli->json;
	if (!status && args->min_svn)
		status = take_svn(cli, args->min_svn, &wanted.least_svn);
	if (!status && args->expect)
		status = wp_cli_config(cli, &config);
	if (!status)
		status = wp_cli_find_wims(cli, &wims);
	if (status)
		return status;
	/* What the small one gains by starting quickly is nothing for many files, and nothing has been said yet. */
	if (!cli->program->inside && wims.count > 1)
		return wp_hand_on(cli);
	if (args->xml && wims.count > 1)
		return wp_cli_usage(cli, "--xml", "--xml takes one file, and there are %zu in %s: give one of them, such as '%s'",
				    wims.count, cli->operands[0], wims.items[0].place.path);
	if (args->expect)
		wanted.expect = &config.expect;
	if (args->expect && wp_expect_nothing(&config.expect))
		return wp_cli_usage(cli, "--expect",
				    "nothing is expected: the configuration has nothing in [expect], see wimplan.conf(5)");
	if (wanted.inside)
		wanted.inside->media(&wanted, cli->arena, &wims);
	if (!cli->json || wanted.only_image || !cli->program->inside)
		status = inspect_whole(cli, &wanted, &wims, &files);
	if (status || args->xml)
		return status;
	return cli->json ? print_json(cli, &wanted, &wims, &files) : print_report(cli, &files, args->format);
}

const struct wp_command wp_cmd_inspect = {
	.name = "inspect",
	.summary = "show what .wim files say about themselves",
	.help = "Usage: wimplan inspect [OPTION…] FILE…\n"
		"Shows header, images and oddities of .wim, .esd and .swm files. Reads only the\n"
		"header and the XML of a file unless --deep is given. FILE may be an .iso with\n"
		"WIMs in it, or a file in one, 'w11.iso:sources/boot.wim', and a path of Windows,\n"
		"in quotes, that --map or a mount leads to.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_FAIL_ON | WP_TAKES_MAP,
	.verbs = (const struct wp_verb[]){ { NULL, 1, SIZE_MAX, "a .wim file", run } },
};
