/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan for a terminal: one line per package with its reasons below, then what they mean, then the totals. */
#include "wimplan/report.h"

#include "layout.h"
#include "remarks.h"
#include "remedies.h"
#include "words.h"

#include "wimplan/text.h"

#include <string.h>

#define DETAIL_INDENT 2
#define NAME_LEAST 12
#define NAME_MOST 60 /* one long name must not push everything to the right end of a wide terminal */
#define LABEL_MOST 24 /* ids, codes and fields come from a file that may hold anything: what is wider stands out */

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

struct text {
	struct wp_arena *arena;
	const struct wp_plan *plan;
	const struct wp_report_options *options;
	struct wp_buf *buf;
	size_t columns;
	size_t id_width, name_width, status_width;
	bool paths;         /* every line has room for the path */
	bool blocked_paths; /* every line of what is blocked has */
};

_Static_assert(sizeof statuses / sizeof *statuses == WP_ENTRY_STATUSES, "a symbol for each status");

static bool is_shown(const struct text *text, const struct wp_entry *entry)
{
	return entry->status != WP_ENTRY_UNCHANGED || text->options->all;
}

static const char *name_of(struct text *text, const struct wp_entry *entry)
{
	return entry->name && *entry->name ? wp_layout_escape(text->arena, entry->name) : "(no name)";
}

static const char *escape(struct text *text, const char *value)
{
	return wp_layout_escape(text->arena, value);
}

/* A plan file has no path for what is unchanged, and the text is the same from the file as from the plan. */
static const char *path_of(struct text *text, const struct wp_entry *entry)
{
	return entry->status == WP_ENTRY_UNCHANGED ? "" : escape(text, entry->source_path);
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
static const char *status_of(struct text *text, const struct wp_entry *entry)
{
	const char *actions = wp_words_actions(entry), *gate = NULL;
	enum wp_confidence confidence;
	size_t gates;

	switch (entry->status) {
	case WP_ENTRY_BLOCKED:
		gates = count_gates(entry, &gate);
		if (gates == 1)
			return wp_arena_printf(text->arena, "blocked: %s", gate);
		return gates ? wp_arena_printf(text->arena, "blocked: %zu reasons", gates) : "blocked";
	case WP_ENTRY_UNCHANGED:
		confidence = wp_words_confidence(entry);
		return confidence == WP_PROVEN
			       ? "unchanged"
			       : wp_arena_printf(text->arena, "unchanged (%s)", wp_confidence_name(confidence));
	case WP_ENTRY_UNPROVEN:
		return "unproven";
	default:
		return *actions ? actions : "nothing to call";
	}
}

static void widen(size_t *width, const char *value, size_t most)
{
	size_t own = wp_text_width(value);

	if (own > most)
		own = most;
	if (own > *width)
		*width = own;
}

/* One layout for all lines, so that they stand in columns. */
static void measure(struct text *text)
{
	size_t path_width = 0, fixed;

	for (size_t i = 0; i < text->plan->entry_count; i++) {
		const struct wp_entry *entry = &text->plan->entries[i];

		if (!is_shown(text, entry))
			continue;
		widen(&text->id_width, escape(text, entry->package_id), LABEL_MOST);
		widen(&text->name_width, name_of(text, entry), NAME_MOST);
		widen(&text->status_width, status_of(text, entry), SIZE_MAX);
		widen(&path_width, path_of(text, entry), text->columns);
	}
	/* Symbol and space, and two spaces behind ID and name. */
	fixed = 2 + text->id_width + 2 + 2 + text->status_width;
	text->paths = fixed + text->name_width + 2 + path_width <= text->columns;
	if (fixed + text->name_width > text->columns)
		text->name_width = text->columns > fixed + NAME_LEAST ? text->columns - fixed : NAME_LEAST;
	text->blocked_paths = true;
	for (size_t i = 0; i < text->plan->entry_count; i++) {
		const struct wp_entry *entry = &text->plan->entries[i];

		if (entry->status == WP_ENTRY_BLOCKED &&
		    fixed - text->status_width + text->name_width + wp_text_width(status_of(text, entry)) + 2 +
				    wp_text_width(path_of(text, entry)) > text->columns)
			text->blocked_paths = false;
	}
}

/* What stands in front of a line about a reason: a question for a person begins with its symbol. */
static void add_indent(struct text *text, const struct wp_reason *reason)
{
	char symbol[2] = { statuses[WP_ENTRY_UNPROVEN].symbol, 0 };

	if (!reason || reason->action == WP_NO_ACTION || strcmp(reason->code, "content-unproven")) {
		wp_buf_pad(text->buf, ' ', DETAIL_INDENT);
		return;
	}
	wp_layout_tint(text->buf, text->options->color, statuses[WP_ENTRY_UNPROVEN].tint, symbol);
	wp_buf_pad(text->buf, ' ', DETAIL_INDENT - 1);
}

static void add_detail(struct text *text, const struct wp_reason *reason, const char *about, size_t about_width,
		       const char *value)
{
	size_t used;

	add_indent(text, reason);
	used = DETAIL_INDENT + wp_text_pad(text->buf, about, about_width) + 2;
	wp_buf_puts(text->buf, "  ");
	wp_layout_wrap(text->buf, value, used, DETAIL_INDENT + about_width + 2, text->columns);
}

/* In one piece, however long it is, so that it can be copied from the terminal. */
static void add_path(struct text *text, size_t about_width, const char *path)
{
	wp_buf_pad(text->buf, ' ', DETAIL_INDENT);
	wp_text_pad(text->buf, "source", about_width);
	wp_buf_printf(text->buf, "  %s\n", path);
}

/* Returns the path when it is still to be said: where the line had no room for it. */
static const char *add_head(struct text *text, const struct wp_entry *entry)
{
	const char *status = status_of(text, entry), *path = path_of(text, entry);
	char symbol[2] = { statuses[entry->status].symbol, 0 };
	bool wanted = *path && (text->paths || entry->status == WP_ENTRY_BLOCKED);

	wp_layout_tint(text->buf, text->options->color, statuses[entry->status].tint, symbol);
	wp_buf_putc(text->buf, ' ');
	wp_text_pad(text->buf, escape(text, entry->package_id), text->id_width);
	wp_buf_puts(text->buf, "  ");
	wp_text_pad(text->buf, wp_text_cut(text->arena, name_of(text, entry), text->name_width), text->name_width);
	wp_buf_puts(text->buf, "  ");
	wp_layout_tint(text->buf, text->options->color, statuses[entry->status].tint, status);
	if (wanted && text->paths)
		wp_buf_pad(text->buf, ' ', text->status_width - wp_text_width(status));
	if (wanted && (text->paths || text->blocked_paths)) {
		wp_buf_puts(text->buf, "  ");
		wp_buf_puts(text->buf, path);
		wanted = false;
	}
	wp_buf_putc(text->buf, '\n');
	return wanted ? path : NULL;
}

/* Names and descriptions may be cut, versions and everything else of which a part would mislead may not. */
static bool may_be_cut(const char *field)
{
	return !strcmp(field, "name") || !strcmp(field, "description");
}

static void add_field(struct text *text, const struct wp_reason_words *words, size_t about_width, size_t field_width,
		      const char *suffix)
{
	const char *before = escape(text, *words->before ? words->before : "(empty)");
	const char *after = escape(text, *words->after ? words->after : "(empty)");
	size_t used = DETAIL_INDENT + about_width + 2 + field_width + 2;
	size_t room = text->columns > used + 20 ? text->columns - used : 20;

	if (may_be_cut(words->field)) {
		before = wp_text_cut(text->arena, before, room);
		after = wp_text_cut(text->arena, after, room - 2 - wp_text_width(suffix));
	}
	wp_buf_pad(text->buf, ' ', DETAIL_INDENT);
	wp_text_pad(text->buf, words->about, about_width);
	wp_buf_puts(text->buf, "  ");
	wp_text_pad(text->buf, words->field, field_width);
	wp_buf_puts(text->buf, "  ");
	wp_buf_puts(text->buf, before);
	if (wp_text_width(before) + 3 + wp_text_width(after) + wp_text_width(suffix) > room) {
		wp_buf_putc(text->buf, '\n');
		wp_buf_pad(text->buf, ' ', used);
	} else {
		wp_buf_putc(text->buf, ' ');
	}
	wp_buf_printf(text->buf, "→ %s%s\n", after, suffix);
}

/* Reasons below an entry. That metadata did not change goes without saying where the content is what changed. */
static bool has_line(const struct text *text, const struct wp_entry *entry, const struct wp_reason *reason)
{
	return entry->status != WP_ENTRY_UNCHANGED && (strcmp(reason->code, "metadata-same") || text->options->all);
}

static const char *confidence_suffix(struct text *text, const struct wp_reason *reason)
{
	/* Of image fields everybody expects a proof; of content the reader must know what it rests on. */
	if (reason->action == WP_NO_ACTION || (reason->action == WP_RELOAD && reason->confidence == WP_PROVEN))
		return "";
	if (!strcmp(reason->code, "content-unproven"))
		return ""; /* its words say it */
	return wp_arena_printf(text->arena, " (%s)", wp_confidence_name(reason->confidence));
}

static void add_reasons(struct text *text, const struct wp_entry *entry, const char *path)
{
	struct wp_reason_words *words = wp_arena_alloc(text->arena, entry->reason_count * sizeof *words);
	size_t about_width = 0, field_width = 0;

	if (path)
		widen(&about_width, "source", LABEL_MOST);
	if (entry->content)
		widen(&about_width, "inside", LABEL_MOST);

	for (size_t i = 0; i < entry->reason_count; i++) {
		wp_words_reason(text->arena, &entry->reasons[i], &words[i]);
		if (!has_line(text, entry, &entry->reasons[i]))
			continue;
		/* The head has named an only gate. */
		if (entry->status == WP_ENTRY_BLOCKED && entry->reason_count == 1 && !words[i].field)
			words[i].about = "why";
		words[i].about = escape(text, words[i].about);
		widen(&about_width, words[i].about, LABEL_MOST);
		if (words[i].field)
			widen(&field_width, words[i].field = escape(text, words[i].field), LABEL_MOST);
	}
	if (path)
		add_path(text, about_width, path);
	for (size_t i = 0; i < entry->reason_count; i++) {
		const char *suffix = confidence_suffix(text, &entry->reasons[i]);

		if (!has_line(text, entry, &entry->reasons[i]))
			continue;
		if (words[i].field)
			add_field(text, &words[i], about_width, field_width, suffix);
		else
			add_detail(text, &entry->reasons[i], words[i].about, about_width,
				   wp_arena_printf(text->arena, "%s%s", escape(text, words[i].note), suffix));
	}
	if (entry->content)
		add_detail(text, NULL, "inside", about_width,
			   wp_arena_printf(text->arena, "%s%s",
					   escape(text, wp_words_content(text->arena, entry->content)),
					   wp_words_uncovered(text->plan)));
}

/* What to do about each gate, once, however many packages stand before it. */
static void add_remedies(struct text *text)
{
	struct wp_remedy *remedies;
	size_t count = wp_remedies(text->arena, text->plan, &remedies), width = 0;

	for (size_t i = 0; i < count; i++)
		widen(&width, remedies[i].code, LABEL_MOST);
	if (count)
		wp_buf_puts(text->buf, "\nWhat to do about what is blocked:\n");
	for (size_t i = 0; i < count; i++)
		add_detail(text, NULL, remedies[i].code, width, remedies[i].remedy);
}

static bool add_diagnostics(struct text *text)
{
	const struct wp_diag **remarks;
	size_t count = wp_remarks(text->arena, text->plan, &remarks);

	if (count && text->buf->length)
		wp_buf_putc(text->buf, '\n');
	for (size_t i = 0; i < count; i++) {
		const struct wp_diag *diag = remarks[i];

		wp_layout_wrap(
			text->buf,
			escape(text, wp_arena_printf(text->arena, "%s %s: %s%s%s", wp_severity_name(diag->severity),
						     diag->code, diag->subject ? diag->subject : "",
						     diag->subject ? ": " : "", diag->summary)),
			0, 2, text->columns);
	}
	return count > 0;
}

/* Behind the remarks, whose form they have. */
static bool add_notes(struct text *text, bool first)
{
	const struct wp_plan *plan = text->plan;

	if (first && plan->note_count && text->buf->length)
		wp_buf_putc(text->buf, '\n');
	for (size_t i = 0; i < plan->note_count; i++) {
		const struct wp_note *note = &plan->notes[i];

		wp_layout_wrap(text->buf,
			       escape(text, wp_arena_printf(text->arena, "%s %s: %s%s%s%s",
							    wp_note_severity_name(note->severity), note->code,
							    note->package_id ? note->package_id : "",
							    note->package_id ? ": " : "", note->summary,
							    wp_words_uncovered(plan))),
			       0, 2, text->columns);
	}
	return plan->note_count > 0;
}

/* Whether the symbol of @status stands before the entry, or before a line below it. */
static bool has_symbol(const struct text *text, const struct wp_entry *entry, enum wp_entry_status status)
{
	if (status == WP_ENTRY_UNPROVEN && entry->status != WP_ENTRY_BLOCKED &&
	    wp_entry_has_reason(entry, "content-unproven"))
		return true;
	return entry->status == status && is_shown(text, entry);
}

static void add_legend(struct text *text)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *begin = "Legend: ", *meaning;

	for (size_t status = 0; status < sizeof statuses / sizeof *statuses; status++) {
		bool used = false;

		for (size_t i = 0; i < text->plan->entry_count && !used; i++)
			used = has_symbol(text, &text->plan->entries[i], (enum wp_entry_status)status);
		if (!used)
			continue;
		meaning = wp_arena_printf(text->arena, "%c %s", statuses[status].symbol, statuses[status].meaning);
		if (line.length && line.length + 3 + strlen(meaning) > text->columns) {
			wp_buf_printf(text->buf, "%s\n", wp_buf_text(&line));
			line.length = 0;
			wp_buf_printf(&line, "%*s%s", (int)strlen(begin), "", meaning);
			continue;
		}
		wp_buf_printf(&line, "%s%s", line.length ? "   " : begin, meaning);
	}
	if (line.length)
		wp_buf_printf(text->buf, "%s\n", wp_buf_text(&line));
}

static void add_sentence(struct text *text, const char *sentence)
{
	if (sentence)
		wp_layout_wrap(text->buf, escape(text, sentence), 0, 0, text->columns);
}

void wp_report_plan_text(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct text text = {
		.arena = arena,
		.plan = plan,
		.options = options,
		.buf = buf,
		.columns = options->columns < 40 ? 40 : options->columns,
	};
	bool remarks, notes;
	size_t shown = 0;

	measure(&text);
	for (size_t i = 0; i < plan->entry_count; i++) {
		if (!is_shown(&text, &plan->entries[i]))
			continue;
		add_reasons(&text, &plan->entries[i], add_head(&text, &plan->entries[i]));
		shown++;
	}
	add_remedies(&text);
	remarks = add_diagnostics(&text);
	notes = add_notes(&text, !remarks);
	if (remarks || notes || shown)
		wp_buf_putc(buf, '\n');
	add_legend(&text);
	add_sentence(&text, wp_words_no_changes(arena, plan));
	add_sentence(&text, wp_words_unproven(arena, plan));
	add_sentence(&text, wp_words_skipped(arena, plan));
	add_sentence(&text, wp_words_narrowed(arena, plan));
	add_sentence(&text, wp_words_incomplete(arena, plan));
	add_sentence(&text, wp_words_totals(arena, plan));
}
