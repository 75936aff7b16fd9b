/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan for a terminal: one line per package with its reasons below, then what they mean, then the totals. */
#include "plan_text.h"

#include "../plan_cost.h"
#include "../plan_remarks.h"
#include "../remedies.h"
#include "../plan_since.h"
#include "../plan_words.h"
#include "../reason_words.h"
#include "../words.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

#define NAME_LEAST 12
#define NAME_MOST 60 /* one long name must not push everything to the right end of a wide terminal */

static const struct {
	char symbol;
	enum wp_tint tint;
	const char *meaning;
} statuses[] = {
	[WP_ENTRY_UNCHANGED] = { '=', WP_TINT_GREEN, "unchanged" },
	[WP_ENTRY_CHANGE] = { '~', WP_TINT_YELLOW, "change" },
	[WP_ENTRY_BLOCKED] = { '!', WP_TINT_RED, "blocked" },
	[WP_ENTRY_REPORT_ONLY] = { '?', WP_TINT_CYAN, "boot image, report only" },
	[WP_ENTRY_UNPROVEN] = { '?', WP_TINT_CYAN, "unproven, for a person to decide" },
};

_Static_assert(sizeof statuses / sizeof *statuses == WP_ENTRY_STATUSES, "a symbol for each status");

static bool is_shown(const struct wp_plan_text *text, const struct wp_entry *entry)
{
	return entry->status != WP_ENTRY_UNCHANGED || text->all;
}

static bool has_own_line(const struct wp_plan_text *text, const struct wp_entry *entry)
{
	return is_shown(text, entry) && !wp_unmapped_for(&text->unmapped, text->plan, entry);
}

static const char *name_of(struct wp_plan_text *text, const struct wp_entry *entry)
{
	return wp_layout_escape(&text->out, wp_words_name(entry->name));
}

/* A plan file has no path for what is unchanged, and the text is the same from the file as from the plan. */
static const char *path_of(struct wp_plan_text *text, const struct wp_entry *entry)
{
	return entry->status == WP_ENTRY_UNCHANGED ? "" : wp_layout_escape(&text->out, entry->source_path);
}

/* How many gates an entry fails; *@ret_first is the code of the first. */
static size_t count_gates(const struct wp_entry *entry, const char **ret_first)
{
	size_t count = 0;

	for (size_t i = 0; i < entry->reason_count; i++)
		if (wp_words_gate(&entry->reasons[i]).remedy && !count++)
			*ret_first = entry->reasons[i].code;
	return count;
}

/* What stands behind the name: "reload, refresh", "blocked: source-missing", "unchanged (inferred)". */
static const char *status_of(struct wp_plan_text *text, const struct wp_entry *entry)
{
	const char *actions = wp_words_actions(entry), *gate = NULL;
	enum wp_confidence confidence;
	size_t gates;

	switch (entry->status) {
	case WP_ENTRY_BLOCKED:
		gates = count_gates(entry, &gate);
		if (gates == 1)
			return wp_arena_printf(text->out.arena, "blocked: %s", gate);
		return gates ? wp_arena_printf(text->out.arena, "blocked: %zu reasons", gates) : "blocked";
	case WP_ENTRY_UNCHANGED:
		confidence = wp_words_confidence(entry);
		return confidence == WP_CONFIDENCE_PROVEN
			       ? "unchanged"
			       : wp_arena_printf(text->out.arena, "unchanged (%s)", wp_confidence_name(confidence));
	case WP_ENTRY_UNPROVEN:
		return "unproven";
	default:
		return *actions ? actions : "nothing to call";
	}
}

/* One layout for all lines, so that they stand in columns. */
static void measure(struct wp_plan_text *text)
{
	size_t path_width = 0, fixed;

	for (size_t i = 0; i < text->plan->entry_count; i++) {
		const struct wp_entry *entry = &text->plan->entries[i];

		if (!has_own_line(text, entry))
			continue;
		wp_plan_text_widen(&text->id_width, wp_layout_escape(&text->out, entry->package_id), WP_PLAN_TEXT_LABEL);
		wp_plan_text_widen(&text->name_width, name_of(text, entry), NAME_MOST);
		wp_plan_text_widen(&text->status_width, status_of(text, entry), SIZE_MAX);
		wp_plan_text_widen(&path_width, path_of(text, entry), text->out.columns);
	}
	/* Symbol and space, and two spaces behind ID and name. */
	fixed = 2 + text->id_width + 2 + 2 + text->status_width;
	text->paths = fixed + text->name_width + 2 + path_width <= text->out.columns;
	if (fixed + text->name_width > text->out.columns)
		text->name_width = text->out.columns > fixed + NAME_LEAST ? text->out.columns - fixed : NAME_LEAST;
	text->blocked_paths = true;
	for (size_t i = 0; i < text->plan->entry_count; i++) {
		const struct wp_entry *entry = &text->plan->entries[i];

		if (entry->status == WP_ENTRY_BLOCKED && has_own_line(text, entry) &&
		    fixed - text->status_width + text->name_width + wp_text_width(status_of(text, entry)) + 2 +
				    wp_text_width(path_of(text, entry)) > text->out.columns)
			text->blocked_paths = false;
	}
}

/* Returns the path when it is still to be said: where the line had no room for it. */
static const char *add_head(struct wp_plan_text *text, const struct wp_entry *entry)
{
	const char *status = status_of(text, entry), *path = path_of(text, entry);
	char symbol[2] = { statuses[entry->status].symbol, 0 };
	bool wanted = *path && (text->paths || entry->status == WP_ENTRY_BLOCKED);

	wp_layout_tint(&text->out, statuses[entry->status].tint, symbol);
	wp_buf_putc(text->out.buf, ' ');
	wp_text_pad(text->out.buf, wp_layout_escape(&text->out, entry->package_id), text->id_width);
	wp_buf_puts(text->out.buf, "  ");
	wp_text_pad(text->out.buf, wp_text_cut(text->out.arena, name_of(text, entry), text->name_width), text->name_width);
	wp_buf_puts(text->out.buf, "  ");
	wp_layout_tint(&text->out, statuses[entry->status].tint, status);
	if (wanted && text->paths)
		wp_buf_pad(text->out.buf, ' ', text->status_width - wp_text_width(status));
	if (wanted && (text->paths || text->blocked_paths)) {
		wp_buf_puts(text->out.buf, "  ");
		wp_buf_puts(text->out.buf, path);
		wanted = false;
	}
	wp_buf_putc(text->out.buf, '\n');
	return wanted ? path : NULL;
}

/* Many packages behind one missing map are one line, where the first of them stands. */
static void add_group(struct wp_plan_text *text, const struct wp_unmapped *group)
{
	char symbol[2] = { statuses[WP_ENTRY_BLOCKED].symbol, 0 };

	wp_layout_tint(&text->out, statuses[WP_ENTRY_BLOCKED].tint, symbol);
	wp_buf_printf(text->out.buf, " %s  ", wp_words_counted(text->out.arena, group->alone, "package"));
	wp_layout_tint(&text->out, statuses[WP_ENTRY_BLOCKED].tint,
		       status_of(text, group->waiting[0]));
	wp_buf_printf(text->out.buf, "  %s\n", wp_layout_escape(&text->out, group->prefix));
	wp_plan_text_detail(text, NULL, "which", strlen("which"),
			    wp_unmapped_names(text->out.arena, group));
}

static void add_entries(struct wp_plan_text *text)
{
	for (size_t i = 0; i < text->plan->entry_count; i++) {
		const struct wp_entry *entry = &text->plan->entries[i];
		const struct wp_unmapped *group = wp_unmapped_for(&text->unmapped, text->plan, entry);

		if (!group && is_shown(text, entry))
			wp_plan_text_reasons(text, entry, add_head(text, entry));
		else if (group && group->waiting[0] == entry)
			add_group(text, group);
	}
}

/* What to do about each gate, once, however many packages stand before it. */
static void add_remedies(struct wp_plan_text *text)
{
	struct wp_remedy *remedies;
	size_t count = wp_remedies(text->out.arena, text->plan, &remedies), width = 0;

	for (size_t i = 0; i < count; i++)
		wp_plan_text_widen(&width, remedies[i].code, WP_PLAN_TEXT_LABEL);
	if (count)
		wp_buf_puts(text->out.buf, "\nWhat to do about what is blocked:\n");
	for (size_t i = 0; i < count; i++)
		wp_plan_text_detail(text, NULL, remedies[i].code, width, remedies[i].remedy);
}

static bool add_diagnostics(struct wp_plan_text *text)
{
	const struct wp_diags remarks = wp_plan_remarks(text->out.arena, text->plan);

	if (remarks.count && text->out.buf->length)
		wp_buf_putc(text->out.buf, '\n');
	for (size_t i = 0; i < remarks.count; i++) {
		const struct wp_diag *diag = &remarks.items[i];

		wp_layout_line(&text->out, 0, 2,
			       wp_arena_printf(text->out.arena, "%s %s: %s%s%s", wp_severity_name(diag->severity), diag->code,
					       diag->subject ? diag->subject : "", diag->subject ? ": " : "",
					       diag->summary));
	}
	return remarks.count > 0;
}

/*
 * Behind the remarks, whose form they have, with what to do about each kind once. Of many that are alike the first ones
 * stand for all, but with --all.
 */
static void add_notes(struct wp_plan_text *text, const struct wp_plan_view *view, bool first)
{
	if (first && view->group_count && text->out.buf->length)
		wp_buf_putc(text->out.buf, '\n');
	for (size_t i = 0; i < view->group_count; i++) {
		const struct wp_note_group *group = &view->groups[i];
		size_t shown = group->count <= WP_NOTES_SHOWN + 1 || text->all ? group->count : WP_NOTES_SHOWN;
		const char *head = wp_arena_printf(text->out.arena, "%s %s", wp_note_severity_name(group->severity), group->code);

		for (size_t k = 0; k < shown; k++)
			wp_layout_line(&text->out, 0, 2,
				       wp_arena_printf(text->out.arena, "%s: %s%s", head,
						       wp_note_sentence(text->out.arena, group->notes[k]),
						       wp_words_uncovered(text->plan)));
		if (shown < group->count)
			wp_layout_line(&text->out, 0, 2,
				       wp_arena_printf(text->out.arena, "%s: and %s more, %s in all", head,
						       wp_words_count(text->out.arena, group->count - shown),
						       wp_words_count(text->out.arena, group->count)));
		if (group->remedy)
			wp_layout_line(&text->out, 2, 4, wp_arena_printf(text->out.arena, "→ %s", group->remedy));
	}
}

/* Packages in the list of what is new, but with --all. */
#define SINCE_SHOWN ((size_t)30)

static bool is_alike(const struct wp_since_note *a, const struct wp_since_note *b)
{
	return a->kind == b->kind && !strcmp(a->note->code, b->note->code);
}

static int compare_since(const void *a, const void *b)
{
	const struct wp_since_note *x = *(const struct wp_since_note *const *)a, *y = *(const struct wp_since_note *const *)b;
	int order = x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->note->code, y->note->code);

	return order ? order : x < y ? -1 : x > y;
}

/* By code; of many that are alike the first ones, but with --all. */
static void add_since_notes(struct wp_plan_text *text, const struct wp_since *since)
{
	const struct wp_since_note **notes = wp_arena_alloc(text->out.arena, since->note_count * sizeof *notes);
	size_t last, count, shown;

	for (size_t i = 0; i < since->note_count; i++)
		notes[i] = &since->notes[i];
	if (since->note_count)
		qsort(notes, since->note_count, sizeof *notes, compare_since);
	for (size_t i = 0; i < since->note_count; i = last) {
		for (last = i; last < since->note_count && is_alike(notes[i], notes[last]); last++)
			;
		count = last - i;
		shown = count <= WP_NOTES_SHOWN + 1 || text->all ? count : WP_NOTES_SHOWN;
		for (size_t k = 0; k < shown; k++)
			wp_layout_line(&text->out, 2, 4, wp_words_since_note(text->out.arena, notes[i + k]));
		if (shown < count)
			wp_layout_line(&text->out, 2, 4,
				       wp_arena_printf(text->out.arena, "%s %s: and %s more, %s in all",
						       wp_words_since_kind(notes[i]->kind), notes[i]->note->code,
						       wp_words_count(text->out.arena, count - shown),
						       wp_words_count(text->out.arena, count)));
	}
}

static void add_since(struct wp_plan_text *text, const struct wp_since *since)
{
	struct wp_arena *arena = text->out.arena;
	size_t shown;

	if (!since)
		return;
	shown = since->entry_count <= SINCE_SHOWN + 1 || text->all ? since->entry_count : SINCE_SHOWN;
	wp_buf_puts(text->out.buf, text->out.buf->length ? "\n" : "");
	wp_layout_line(&text->out, 0, 0, wp_words_since(arena, since));
	for (size_t i = 0; i < shown; i++)
		wp_layout_line(&text->out, 2, 4, wp_words_since_package(arena, &since->entries[i]));
	if (shown < since->entry_count)
		wp_layout_line(&text->out, 2, 4,
			       wp_arena_printf(arena, "and %s more; --all shows them",
					       wp_words_counted(arena, since->entry_count - shown, "package")));
	add_since_notes(text, since);
}

/* Whether the symbol of @status stands before the entry, or before a line below it. */
static bool has_symbol(const struct wp_plan_text *text, const struct wp_entry *entry, enum wp_entry_status status)
{
	if (status == WP_ENTRY_UNPROVEN && entry->status != WP_ENTRY_BLOCKED &&
	    wp_entry_has_reason(entry, "content-unproven"))
		return true;
	return entry->status == status && is_shown(text, entry);
}

static void add_legend(struct wp_plan_text *text)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *begin = "Legend: ", *meaning;

	for (size_t status = 0; status < sizeof statuses / sizeof *statuses; status++) {
		bool used = false;

		for (size_t i = 0; i < text->plan->entry_count && !used; i++)
			used = has_symbol(text, &text->plan->entries[i], (enum wp_entry_status)status);
		if (!used)
			continue;
		meaning = wp_arena_printf(text->out.arena, "%c %s", statuses[status].symbol, statuses[status].meaning);
		if (line.length && line.length + 3 + strlen(meaning) > text->out.columns) {
			wp_buf_printf(text->out.buf, "%s\n", wp_buf_text(&line));
			wp_buf_clear(&line);
			wp_buf_printf(&line, "%*s%s", (int)strlen(begin), "", meaning);
			continue;
		}
		wp_buf_printf(&line, "%s%s", line.length ? "   " : begin, meaning);
	}
	if (line.length)
		wp_buf_printf(text->out.buf, "%s\n", wp_buf_text(&line));
}

void wp_report_plan_text(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_plan_text text = {
		.out = wp_layout_begin(arena, options, buf),
		.plan = plan,
		.all = options->all,
	};
	struct wp_plan_view view;
	bool remarks;

	wp_plan_view(arena, plan, options, &view);
	text.unmapped = view.unmapped;
	measure(&text);
	add_entries(&text);
	add_remedies(&text);
	remarks = add_diagnostics(&text);
	add_notes(&text, &view, !remarks);
	add_since(&text, options->since);
	if (buf->length)
		wp_buf_putc(buf, '\n');
	add_legend(&text);
	wp_layout_line(&text.out, 0, 0, wp_words_no_changes(arena, plan));
	wp_layout_line(&text.out, 0, 0, wp_words_unproven(arena, plan));
	wp_layout_line(&text.out, 0, 0, wp_words_skipped(arena, plan));
	wp_layout_line(&text.out, 0, 0, wp_words_narrowed(arena, plan));
	wp_layout_line(&text.out, 0, 0, wp_words_incomplete(arena, plan));
	wp_layout_line(&text.out, 0, 0, wp_words_cost(&view));
	wp_layout_line(&text.out, 0, 0, wp_words_totals(arena, options->zone, plan));
}
