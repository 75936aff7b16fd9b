/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The findings of a check for people: a table of the three classes, one of the fields, and what stays open in sentences. */
#include "check.h"

#include "wimplan/json.h"
#include "wimplan/text.h"
#include "wimplan/version.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define LABEL 24u
#define CELL 18u
#define FORM 26u
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
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	char line[600];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	*WP_PUSH(report->arena, report->open, report->open_count) = wp_arena_strdup(report->arena, line);
}

/* A sentence in lines, behind @mark and indented as it is. */
static void add_wrapped(struct wp_buf *buf, const char *mark, const char *text)
{
	size_t column = strlen(mark);

	wp_buf_puts(buf, mark);
	while (*text) {
		size_t length = strcspn(text, " ");

		if (column > strlen(mark) && column + 1 + length > WIDTH) {
			wp_buf_putc(buf, '\n');
			wp_buf_pad(buf, ' ', strlen(mark));
			column = strlen(mark);
		} else if (column > strlen(mark)) {
			wp_buf_putc(buf, ' ');
			column++;
		}
		wp_buf_add(buf, text, length);
		column += length;
		text += length + strspn(text + length, " ");
	}
	wp_buf_putc(buf, '\n');
}

static uint64_t number(const json_t *object, const char *key)
{
	uint64_t value = 0;

	wp_json_get_u64(object, key, &value);
	return value;
}

/* "2 same, 1 different" of a tally; "-" of an empty one. */
static const char *tally(struct wp_arena *arena, const json_t *object)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		const char *word = !strcmp(key, "not_given") ? "not given" : key;

		wp_buf_printf(&text, "%s%" JSON_INTEGER_FORMAT " %s", text.length ? ", " : "", json_integer_value(value), word);
	}
	return wp_arena_strdup(arena, text.length ? wp_buf_text(&text) : "-");
}

/* --- The classes ------------------------------------------------------------------------------------------------------ */

static const char *cell_read(struct report *report, const json_t *class)
{
	const char *read = wp_json_get_text(class, "read");

	return strcmp(read, "yes") ? read : wp_arena_printf(report->arena, "%" PRIu64, number(class, "count"));
}

static const char *cell_sampled(struct report *report, const json_t *class)
{
	return wp_arena_printf(report->arena, "%" PRIu64, number(class, "sampled"));
}

static const char *offer_words(const json_t *class, const char *method)
{
	static const char *const words[][2] = {
		{ "class", "bound to it" },
		{ "inherited", "bound, inherited" },
		{ "bound", "bound" },
		{ "unbound", "not bound" },
		{ "no", "not offered" },
	};
	const char *offer = wp_json_get_text(json_object_get(class, "actions"), method);

	for (size_t i = 0; offer && i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i][0], offer))
			return words[i][1];
	return "-";
}

static const char *cell_reload(struct report *report, const json_t *class)
{
	(void)report;
	return offer_words(class, "ReloadImageProperties");
}

static const char *cell_refresh(struct report *report, const json_t *class)
{
	(void)report;
	return offer_words(class, "RefreshPkgSource");
}

static const char *cell_by_key(struct report *report, const json_t *class)
{
	return tally(report->arena, json_object_get(class, "by_key"));
}

static const char *cell_probe(struct report *report, const json_t *class)
{
	return tally(report->arena, json_object_get(class, "probe"));
}

static const char *cell_stored(struct report *report, const json_t *class)
{
	return tally(report->arena, json_object_get(class, "stored"));
}

static const char *cell_rows(struct report *report, const json_t *class)
{
	const json_t *rows = json_object_get(class, "rows");
	uint64_t with = number(rows, "packages"), without = number(rows, "none");

	return with + without ? wp_arena_printf(report->arena, "%" PRIu64 " of %" PRIu64, with, with + without) : "-";
}

static const json_t *rights_of(const struct report *report, const json_t *class)
{
	const json_t *list = json_object_get(json_object_get(report->findings, "account"), "rights"), *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (!strcmp(wp_json_get_text(item, "class"), wp_json_get_text(class, "class")))
			return item;
	return NULL;
}

static const char *cell_may_reload(struct report *report, const json_t *class)
{
	const json_t *rights = rights_of(report, class);

	if (!rights)
		return "not known";
	return json_is_true(json_object_get(rights, "read")) && json_is_true(json_object_get(rights, "modify")) ? "yes" : "no";
}

static const char *cell_may_refresh(struct report *report, const json_t *class)
{
	const char *reload = cell_may_reload(report, class);

	return strcmp(reload, "yes") || json_is_true(json_object_get(rights_of(report, class), "copy")) ? reload : "no";
}

static const struct {
	const char *label;
	const char *(*cell)(struct report *report, const json_t *class);
} rows[] = {
	{ "Packages that it lists", cell_read },
	{ "Looked at one by one", cell_sampled },
	{ "  read by key", cell_by_key },
	{ "  GetImageProperties", cell_probe },
	{ "  stored as it says", cell_stored },
	{ "  SMS_ImageInformation", cell_rows },
	{ "ReloadImageProperties", cell_reload },
	{ "RefreshPkgSource", cell_refresh },
	{ "Reload by the roles", cell_may_reload },
	{ "Refresh by the roles", cell_may_refresh },
};

/* A cell goes on in the next line where it is too wide, at its commas. */
static bool add_cells(struct wp_buf *buf, const char *label, const char **cells)
{
	bool more = false;

	wp_buf_printf(buf, "  %-*s", (int)LABEL, label);
	for (size_t i = 0; i < WP_CHECK_CLASSES; i++) {
		size_t length = strlen(cells[i]);

		while (length >= CELL) {
			const char *comma = memrchr(cells[i], ',', length - 1);

			length = comma ? (size_t)(comma + 1 - cells[i]) : CELL - 1;
			if (length < CELL)
				break;
			length--;
		}
		wp_buf_add(buf, cells[i], length);
		wp_buf_pad(buf, ' ', i + 1 < WP_CHECK_CLASSES ? CELL - length : 0);
		cells[i] += length + strspn(cells[i] + length, " ");
		more = more || *cells[i];
	}
	while (buf->length && buf->data[buf->length - 1] == ' ')
		wp_buf_cut(buf, buf->length - 1);
	wp_buf_putc(buf, '\n');
	return more;
}

static void add_classes(struct report *report)
{
	const json_t *packages = json_object_get(report->findings, "packages");
	const char *cells[WP_CHECK_CLASSES] = { "OS images", "upgrade packages", "boot images" };

	add_cells(report->buf, "", cells);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *label = rows[i].label;

		for (size_t k = 0; k < WP_CHECK_CLASSES; k++) {
			const json_t *class = json_array_get(packages, k);

			cells[k] = class ? rows[i].cell(report, class) : "-";
		}
		while (add_cells(report->buf, label, cells))
			label = "";
	}
}

/* --- The fields ------------------------------------------------------------------------------------------------------- */

/* The form that most have, and how many others there are. */
static const char *first_form(struct report *report, const json_t *forms)
{
	const json_t *item, *best = NULL;
	size_t i;

	json_array_foreach(forms, i, item)
		if (!best || number(item, "count") > number(best, "count"))
			best = item;
	if (!best)
		return "-";
	return wp_arena_printf(report->arena, "%s%s%s", wp_json_get_text(best, "form"), json_array_size(forms) > 1 ? " …" : "",
			       json_is_true(json_object_get(best, "readable")) ? "" : " (!)");
}

static void add_fields(struct report *report)
{
	const json_t *field;
	bool unread = false;
	size_t i;

	wp_buf_printf(report->buf, "\nImages, by field: the form that a reload would store, whether what is stored\nagrees with it, and whether SMS_ImageInformation agrees with what is stored\n"
				   "  %-15s%-*s%-17s%s\n", "", (int)FORM, "form", "stored", "SMS_ImageInformation");
	json_array_foreach(json_object_get(report->findings, "fields"), i, field) {
		const json_t *forms = json_object_get(field, "forms");
		const json_t *probe = json_object_get(forms, "probe");
		const char *form = first_form(report, json_array_size(probe) ? probe : json_object_get(forms, "stored"));

		unread = unread || strstr(form, "(!)");
		wp_buf_printf(report->buf, "  %-15s", wp_json_get_text(field, "field"));
		wp_text_pad(report->buf, wp_text_cut(report->arena, form, FORM - 1), FORM);
		wp_buf_printf(report->buf, "%-17s%s\n", tally(report->arena, json_object_get(field, "stored")),
			      tally(report->arena, json_object_get(field, "rows")));
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
		add_wrapped(report->buf, "  ", wp_arena_printf(report->arena, "ImageProperty comes only by key: a list has it %s%s.",
							       in_list, named ? " and names it in __LAZYPROPERTIES" :
							       ", and does not name it in __LAZYPROPERTIES"));
	if (given)
		add_wrapped(report->buf, "  ", "A list gives ImageProperty as it stands by key.");
	if (!left_out && !given)
		add_open(report, "Whether a list leaves out lazy properties: no package that was looked at has an ImageProperty.");
	if (number(lists, "page_size"))
		add_wrapped(report->buf, "  ", wp_arena_printf(report->arena, "They come in pages of %" PRIu64 " row%s.",
							       number(lists, "page_size"), wp_plural(number(lists, "page_size"))));
	else
		add_wrapped(report->buf, "  ", wp_arena_printf(report->arena, "None came in pages; the longest had %" PRIu64 " row%s.",
							       number(lists, "longest"), wp_plural(number(lists, "longest"))));
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
	add_wrapped(report->buf, "  ", wp_arena_printf(report->arena, "%zu of %zu classes have rows that this account sees. One that may not "
						       "be read can be empty instead.",
						       count, json_array_size(json_object_get(report->findings, "around"))));
	if (absent.length)
		add_wrapped(report->buf, "  ", wp_arena_printf(report->arena, "Not there: %s.", wp_buf_text(&absent)));
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
		else if (!number(class, "sampled"))
			add_open(report, "Of %s nothing: no package with a source is listed.", what);
		if (!strncmp(offer_words(class, "ReloadImageProperties"), "not ", 4) ||
		    !strncmp(offer_words(class, "RefreshPkgSource"), "not ", 4))
			add_open(report, "wimplan-apply cannot do all that a plan asks of %s: take the script of wimplan show --format powershell.",
				 what);
		if (number(probe, "denied") || number(probe, "failed"))
			add_open(report, "What a reload stores of %s that the provider did not read for this account.", what);
		if (number(stored, "unread"))
			add_open(report, "Whether the stored images of %s are what a reload would store: not all of it can be read.", what);
		if (number(stored, "different"))
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
	add_classes(&report);
	add_fields(&report);
	add_lists(&report);
	add_around(&report);
	find_open(&report);
	wp_buf_puts(buf, "\nStill open\n");
	for (size_t i = 0; i < report.open_count; i++)
		add_wrapped(buf, "  - ", report.open[i]);
	wp_buf_puts(buf, "\nNothing here names the site, a server, a path, an account or a package.\n");
}
