/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables for spreadsheets and databases: RFC 4180, with CRLF as it says, and what spreadsheets make of it. */
#include "plan_view.h"

#include "wimplan/json.h"
#include "wimplan/report.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

static const char mark[] = "\xef\xbb\xbf";

/*
 * Excel, LibreOffice and Google Sheets take a cell that begins with one of these for a formula, in quotes as well; so
 * do versions for East Asia with the full-width signs (OWASP, "CSV Injection").
 */
static bool is_formula(const char *value)
{
	static const char *const signs[] = { "=", "+", "-", "@", "＝", "＋", "－", "＠" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (!strncmp(value, signs[i], strlen(signs[i])))
			return true;
	return false;
}

/*
 * Control characters are escaped: people look at such files on a terminal, too. Where a formula could begin an apostrophe
 * makes it text. That is also behind what another separator than ours would be: half of Europe's spreadsheets take the
 * semicolon, for which the quotes of a cell in the middle of a row are letters like others.
 */
static void add_cell(struct wp_buf *buf, struct wp_buf *scratch, const char *text)
{
	const char *at;
	bool begins = true;

	wp_buf_clear(scratch);
	wp_text_escape(scratch, text ? text : "");
	wp_buf_putc(buf, '"');
	for (at = wp_buf_text(scratch); *at;) {
		/* What nothing begins behind goes in one piece. */
		size_t run = 1 + (strchr("\" ,;|", *at) ? 0 : strcspn(at + 1, "\",;|"));

		if (begins && is_formula(at))
			wp_buf_putc(buf, '\'');
		if (*at == '"')
			wp_buf_putc(buf, '"');
		wp_buf_add(buf, at, run);
		/* Blanks and quotes may be taken away from the beginning of a cell. */
		begins = strchr(",;|", *at) || (begins && strchr(" \"", *at));
		at += run;
	}
	wp_buf_putc(buf, '"');
}

static char delimiter_of(const struct wp_report_options *options)
{
	return options->delimiter ? options->delimiter : ',';
}

/* The byte order mark, where one is asked for, and the row of the headings, which are our own. */
static void begin(struct wp_buf *buf, const struct wp_report_options *options, const char *const *headings, size_t count)
{
	wp_buf_puts(buf, options->bom ? mark : "");
	for (size_t i = 0; i < count; i++) {
		wp_buf_puts(buf, headings[i]);
		if (i + 1 < count)
			wp_buf_putc(buf, delimiter_of(options));
	}
	wp_buf_puts(buf, "\r\n");
}

/* One row, each cell in quotes; NULL is an empty cell. Nothing in it is taken for a formula. */
static void add_row(struct wp_buf *buf, const struct wp_report_options *options, const char *const *cells, size_t count)
{
	struct wp_buf scratch __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++) {
		add_cell(buf, &scratch, cells[i]);
		if (i + 1 < count)
			wp_buf_putc(buf, delimiter_of(options));
	}
	wp_buf_puts(buf, "\r\n");
}

/* A plan: one line for each reason, and on each what is said of the package beside the body. */
static const char *const plan_headings[] = { "package_id", "class",      "name",      "source_path", "status",   "actions", "code",
					     "action",     "confidence", "image",     "field",       "recorded", "found",   "bytes_min",
					     "bytes_max",  "points",     "starts_at", "ends_at",     "fits",     "task_sequences",
					     "notes" };
#define PLAN_COLUMNS (sizeof plan_headings / sizeof *plan_headings)

static const char *actions_of(const struct wp_entry *entry)
{
	if (entry->reload && entry->refresh)
		return "ReloadImageProperties RefreshPkgSource";
	if (entry->reload)
		return "ReloadImageProperties";
	return entry->refresh ? "RefreshPkgSource" : "";
}

static const char *figure_of(struct wp_arena *arena, const json_t *object, const char *key)
{
	uint64_t number;

	return wp_json_get_u64(object, key, &number) ? wp_arena_printf(arena, "%" PRIu64, number) : NULL;
}

/* The codes of the notes on a package, each once, the gravest first. */
static const char *codes_of(struct wp_arena *arena, const struct wp_entry_view *entry)
{
	struct wp_buf codes __attribute__((cleanup(wp_buf_free))) = { 0 };

	/* Notes of one code stand together. */
	for (size_t i = 0; i < entry->note_count; i++)
		if (!i || strcmp(entry->notes[i]->code, entry->notes[i - 1]->code) != 0)
			wp_buf_printf(&codes, "%s%s", i ? " " : "", entry->notes[i]->code);
	return wp_arena_strdup(arena, wp_buf_text(&codes));
}

static void add_reason(struct wp_buf *buf, const struct wp_plan_view *view, size_t number, const struct wp_reason *reason)
{
	const struct wp_entry *entry = &view->plan->entries[number];
	const struct wp_entry_view *beside = &view->entries[number];
	const json_t *estimate = beside->estimate, *fits = json_object_get(estimate, "fits");
	const char *points = figure_of(view->arena, estimate, "points");

	add_row(buf, view->options,
		(const char *const[PLAN_COLUMNS]){
			entry->package_id, wp_class_name(entry->class), entry->name, entry->source_path,
			wp_entry_status_name(entry->status), actions_of(entry), reason ? reason->code : NULL,
			reason ? wp_action_name(reason->action) : NULL, reason ? wp_confidence_name(reason->confidence) : NULL,
			reason && reason->image ? wp_arena_printf(view->arena, "%" PRIu32, reason->image) : NULL,
			reason ? reason->field : NULL, reason ? reason->recorded : NULL, reason ? reason->found : NULL,
			figure_of(view->arena, estimate, "bytes_min"), figure_of(view->arena, estimate, "bytes_max"),
			points ? points : figure_of(view->arena, beside->points, "points"), wp_json_get_text(estimate, "starts_at"),
			wp_json_get_text(estimate, "ends_at"),
			beside->deferred ? "deferred" : json_is_boolean(fits) ? json_is_true(fits) ? "true" : "false" : NULL,
			beside->sequences ? wp_arena_printf(view->arena, "%zu", beside->sequences) : NULL,
			codes_of(view->arena, beside) },
		PLAN_COLUMNS);
}

void wp_report_plan_csv(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_plan_view view;

	wp_plan_view(arena, plan, options, &view);
	begin(buf, options, plan_headings, PLAN_COLUMNS);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		if (entry->status == WP_ENTRY_UNCHANGED && !options->all)
			continue;
		for (size_t k = 0; k < entry->reason_count; k++)
			add_reason(buf, &view, i, &entry->reasons[k]);
		if (!entry->reason_count)
			add_reason(buf, &view, i, NULL);
	}
}

/* A receipt: one line for each step, with the keys of the receipt. */
static const char *const step_headings[] = {
	"package_id", "action", "outcome", "looked_up", "return_value", "started_at", "finished_at", "attempts",
	"source_version_before", "source_version_after", "content_id", "file_id", "error",
	/* Of its distribution. */
	"targeted", "have", "failed", "seen_at", "points",
};
#define STEP_COLUMNS (sizeof step_headings / sizeof *step_headings)

static const char *number(struct wp_arena *arena, struct wp_number number)
{
	return number.known ? wp_arena_printf(arena, "%" PRIu64, number.value) : NULL;
}

/* The points that have not got it: "DP04 failed, DP05 running". */
static const char *points_of(struct wp_arena *arena, const struct wp_receipt_distribution *distribution)
{
	const char **texts = wp_arena_alloc(arena, distribution->count * sizeof *texts);

	for (size_t i = 0; i < distribution->count; i++)
		texts[i] = wp_arena_printf(arena, "%s %s", distribution->points[i].name, distribution->points[i].state);
	return wp_text_join(arena, texts, distribution->count);
}

static void add_step(struct wp_arena *arena, const struct wp_receipt_step *step,
		     const struct wp_report_options *options, struct wp_buf *buf)
{
	static const struct wp_receipt_distribution nothing;
	const struct wp_receipt_distribution *seen = step->distribution ? step->distribution : &nothing;
	bool known = step->distribution;

	add_row(buf, options,
		(const char *const[STEP_COLUMNS]){
			step->package_id, wp_action_name(step->action), wp_outcome_name(step->outcome),
			step->looked_up ? "true" : "false",
			step->has_return_value ? wp_arena_printf(arena, "%" PRId64, step->return_value) : NULL,
			wp_time_iso(arena, step->started_at), wp_time_iso(arena, step->finished_at),
			wp_arena_printf(arena, "%" PRIu64, step->attempts), number(arena, step->source_version_before),
			number(arena, step->source_version_after), step->content_id, step->file_id, step->error,
			number(arena, (struct wp_number){ known, seen->targeted }),
			number(arena, (struct wp_number){ known, seen->have }),
			number(arena, (struct wp_number){ known, seen->failed }), wp_time_iso(arena, seen->at),
			points_of(arena, seen) },
		STEP_COLUMNS);
}

void wp_report_receipt_csv(const struct wp_receipt *receipt, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	begin(buf, options, step_headings, STEP_COLUMNS);
	for (size_t i = 0; i < receipt->count; i++)
		add_step(arena, &receipt->steps[i], options, buf);
}
