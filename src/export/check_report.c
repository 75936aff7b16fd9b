/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The findings of a check for people: the table of the classes, one of the fields, and what stays open in sentences. */
#include "check.h"

#include "wimplan/json.h"
#include "wimplan/text.h"
#include "wimplan/version.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define LABEL 15u
enum { COLUMNS = 3 };
#define WIDTH 79u

struct report {
	struct wp_arena *arena;
	const json_t *findings;
	struct wp_buf *buf;
	const char **open; /* what is not known, and what to do */
	size_t open_count;
};

static void add_open(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_open(struct report *report, const char *format, ...)
{
	char line[600];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	*WP_PUSH(report->arena, report->open, report->open_count) = wp_arena_strdup(report->arena, line);
}

/* A sentence in lines, behind @mark and indented as it is. */
static void add_sentence(struct wp_buf *buf, const char *mark, const char *text)
{
	wp_buf_puts(buf, mark);
	wp_text_wrap(buf, text, strlen(mark), WIDTH);
}

/* --- The fields ------------------------------------------------------------------------------------------------------- */

/* The form that most have, and how many others there are. */
static const char *first_form(struct report *report, const json_t *forms)
{
	const json_t *item, *best = NULL;
	size_t i;

	json_array_foreach(forms, i, item)
		if (!best || wp_check_number(item, "count") > wp_check_number(best, "count"))
			best = item;
	if (!best)
		return "-";
	return wp_arena_printf(report->arena, "%s%s%s", wp_json_get_text(best, "form"), json_array_size(forms) > 1 ? " …" : "",
			       json_is_true(json_object_get(best, "readable")) ? "" : " (!)");
}

static void add_fields(struct report *report)
{
	static const size_t widths[COLUMNS] = { 26, 17, 20 };
	const char *cells[COLUMNS] = { "form", "stored", "SMS_ImageInformation" };
	const json_t *field;
	bool unread = false;
	size_t i;

	wp_buf_puts(report->buf, "\nImages, by field: the form that a reload would store, whether what is stored\n"
				 "agrees with it, and whether SMS_ImageInformation agrees with what is stored\n");
	wp_check_cells(report->buf, "", LABEL, cells, widths, COLUMNS);
	json_array_foreach(json_object_get(report->findings, "fields"), i, field) {
		const json_t *forms = json_object_get(field, "forms");
		const json_t *probe = json_object_get(forms, "probe");
		const char *label = wp_json_get_text(field, "field");
		const char *form = first_form(report, json_array_size(probe) ? probe : json_object_get(forms, "stored"));

		unread = unread || strstr(form, "(!)");
		cells[0] = wp_text_cut(report->arena, form, widths[0] - 1);
		cells[1] = wp_check_tally(report->arena, json_object_get(field, "stored"));
		cells[2] = wp_check_tally(report->arena, json_object_get(field, "rows"));
		while (wp_check_cells(report->buf, label, LABEL, cells, widths, COLUMNS))
			label = "";
		if (strstr(form, "(!)"))
			add_open(report, "%s has a form that wimplan does not read, so it is not compared.",
				 wp_json_get_text(field, "field"));
	}
	wp_buf_puts(report->buf, "  N: digits; 9: one digit; a, A: a letter; text: whatever people write");
	wp_buf_puts(report->buf, unread ? "\n  (!): not read by wimplan\n" : "\n");
}

/* --- Sentences -------------------------------------------------------------------------------------------------------- */

static const char *plain_class(const json_t *class)
{
	const char *name = wp_json_get_text(class, "class");

	return !strcmp(name, wp_class_name(WP_CLASS_IMAGE)) ? "OS images" :
	       !strcmp(name, wp_class_name(WP_CLASS_BOOT)) ? "boot images" : "upgrade packages";
}

/* How ImageProperty comes in lists, of all classes in one sentence. */
static void add_lists(struct report *report)
{
	const json_t *class, *item, *lists = json_object_get(report->findings, "lists");
	bool given = false, left_out = false, named = true;
	const char *in_list = "null";
	size_t i, k;

	json_array_foreach(json_object_get(report->findings, "packages"), i, class)
		json_array_foreach(json_object_get(class, "lazy"), k, item) {
			if (strcmp(wp_json_get_text(item, "property"), "ImageProperty") ||
			    strcmp(wp_json_get_text(item, "by_key"), "value"))
				continue;
			if (!strcmp(wp_json_get_text(item, "in_list"), "value")) {
				given = true;
				continue;
			}
			left_out = true;
			named = named && json_is_true(json_object_get(item, "named"));
			in_list = wp_json_get_text(item, "in_list");
		}
	wp_buf_puts(report->buf, "\nLists\n");
	if (left_out)
		add_sentence(report->buf, "  ", wp_arena_printf(report->arena, "ImageProperty comes only by key: a list has it %s%s.",
							       in_list, named ? " and names it in __LAZYPROPERTIES" :
							       ", and does not name it in __LAZYPROPERTIES"));
	if (given)
		add_sentence(report->buf, "  ", "A list gives ImageProperty as it stands by key.");
	if (!left_out && !given)
		add_open(report, "Whether a list leaves out lazy properties: no package that was looked at has an ImageProperty.");
	if (wp_check_number(lists, "page_size"))
		add_sentence(report->buf, "  ", wp_arena_printf(report->arena, "They come in pages of %" PRIu64 " row%s.",
							       wp_check_number(lists, "page_size"), wp_plural(wp_check_number(lists, "page_size"))));
	else
		add_sentence(report->buf, "  ", wp_arena_printf(report->arena, "None came in pages; the longest had %" PRIu64 " row%s.",
							       wp_check_number(lists, "longest"), wp_plural(wp_check_number(lists, "longest"))));
}

static void add_around(struct report *report)
{
	struct wp_buf absent __attribute__((cleanup(wp_buf_free))) = { 0 };
	const json_t *item;
	size_t i, count = 0;

	json_array_foreach(json_object_get(report->findings, "around"), i, item) {
		const char *read = wp_json_get_text(item, "read"), *class = wp_json_get_text(item, "class");

		if (!strcmp(read, "absent"))
			wp_buf_printf(&absent, "%s%s", absent.length ? ", " : "", class);
		else if (strcmp(read, "yes") != 0)
			add_open(report, "%s cannot be read (%s).", class, read);
		else
			count += json_is_true(json_object_get(item, "rows"));
	}
	wp_buf_puts(report->buf, "\nAround the packages\n");
	add_sentence(report->buf, "  ", wp_arena_printf(report->arena, "%zu of %zu classes have rows that this account sees. One that may not "
						       "be read can be empty instead.",
						       count, json_array_size(json_object_get(report->findings, "around"))));
	if (absent.length)
		add_sentence(report->buf, "  ", wp_arena_printf(report->arena, "Not there: %s.", wp_buf_text(&absent)));
}

static void find_open(struct report *report)
{
	const char *found = wp_json_get_text(json_object_get(report->findings, "account"), "found");
	const json_t *class;
	size_t i;

	json_array_foreach(json_object_get(report->findings, "packages"), i, class) {
		const char *what = plain_class(class);
		const json_t *probe = json_object_get(class, "probe"), *stored = json_object_get(class, "stored");

		if (!strcmp(wp_json_get_text(class, "read"), "absent"))
			add_open(report, "Of %s nothing: the site does not have the class.", what);
		else if (!wp_check_number(class, "sampled"))
			add_open(report, "Of %s nothing: no package with a source is listed.", what);
		if (!strncmp(wp_check_offer_words(class, "ReloadImageProperties"), "not ", 4) ||
		    !strncmp(wp_check_offer_words(class, "RefreshPkgSource"), "not ", 4))
			add_open(report, "wimplan-apply cannot do all that a plan asks of %s: take the script of wimplan show --format powershell.",
				 what);
		if (wp_check_number(probe, "denied") || wp_check_number(probe, "failed"))
			add_open(report, "What a reload stores of %s that the provider did not read for this account.", what);
		if (wp_check_number(json_object_get(class, "rows"), "without_index"))
			add_open(report, "What SMS_ImageInformation has of %s: a list does not say which image a row is of (Index).", what);
		if (wp_check_number(stored, "unread"))
			add_open(report, "Whether the stored images of %s are what a reload would store: not all of it can be read.", what);
		if (wp_check_number(stored, "different"))
			add_open(report, "Whether the stored images of %s are older than their files, or written otherwise by a reload.", what);
	}
	if (!found || !strcmp(found, "not-named"))
		add_open(report, "Whether this account may reload and refresh: name it with --account, as the site has it (DOMAIN\\user).");
	else if (!strcmp(found, "not-found"))
		add_open(report, "Whether this account may reload and refresh: it is no administrative user by itself, and may be one as a member of a group.");
	else if (strcmp(found, "yes") != 0)
		add_open(report, "Whether this account may reload and refresh: it may not read SMS_Admin and SMS_Role.");
	else
		add_open(report, "Whether the roles suffice: which rights the two methods need is not documented, security scopes may leave packages out, and a group may add roles.");
	add_open(report, "Whether the sizes and dates are those of the .wim: wimplan plan --profile holds what was probed against the files.");
}

void wp_check_report(const struct wp_cli *cli, const json_t *findings, struct wp_buf *buf)
{
	struct report report = { .arena = cli->arena, .findings = findings, .buf = buf };

	wp_buf_printf(buf, "Check of a site, %s, wimplan-export %s\n\n", wp_time_minutes(cli->arena, cli->env->now), WIMPLAN_VERSION);
	wp_check_table(cli->arena, findings, buf);
	add_fields(&report);
	add_lists(&report);
	add_around(&report);
	find_open(&report);
	wp_buf_puts(buf, "\nStill open\n");
	for (size_t i = 0; i < report.open_count; i++)
		add_sentence(buf, "  - ", report.open[i]);
	wp_buf_puts(buf, "\nNothing here names the site, a server, a path, an account or a package.\n");
}
