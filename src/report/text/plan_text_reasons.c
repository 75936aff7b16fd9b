/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines below a package: why, in columns of their own. */
#include "plan_text.h"

#include "../plan_boot_words.h"
#include "../plan_words.h"
#include "../reason_words.h"

#include "wimplan/text.h"

#include <string.h>

#define DETAIL_INDENT 2

void wp_plan_text_widen(size_t *width, const char *value, size_t most)
{
	size_t own = wp_text_width(value);

	if (own > most)
		own = most;
	if (own > *width)
		*width = own;
}

/* What stands in front of a line about a reason: a question for a person begins with its symbol. */
static void add_indent(struct wp_plan_text *text, const struct wp_reason *reason)
{
	if (!reason || reason->action == WP_ACTION_NONE || strcmp(reason->code, "content-unproven")) {
		wp_buf_pad(text->out.buf, ' ', DETAIL_INDENT);
		return;
	}
	wp_layout_tint(&text->out, WP_TINT_CYAN, WP_PLAN_TEXT_QUESTION);
	wp_buf_pad(text->out.buf, ' ', DETAIL_INDENT - 1);
}

void wp_plan_text_detail(struct wp_plan_text *text, const struct wp_reason *reason, const char *about,
			 size_t about_width, const char *value)
{
	size_t used;

	add_indent(text, reason);
	used = DETAIL_INDENT + wp_text_pad(text->out.buf, about, about_width) + 2;
	wp_buf_puts(text->out.buf, "  ");
	wp_layout_wrap(&text->out, value, used, DETAIL_INDENT + about_width + 2);
}

/* In one piece, however long it is, so that it can be copied from the terminal. */
static void add_path(struct wp_plan_text *text, size_t about_width, const char *path)
{
	wp_buf_pad(text->out.buf, ' ', DETAIL_INDENT);
	wp_text_pad(text->out.buf, "source", about_width);
	wp_buf_printf(text->out.buf, "  %s\n", path);
}

/* Names and descriptions may be cut, versions and everything else of which a part would mislead may not. */
static bool may_be_cut(const char *field)
{
	return !strcmp(field, "name") || !strcmp(field, "description");
}

static void add_field(struct wp_plan_text *text, const struct wp_reason_words *words, size_t about_width,
		      size_t field_width, const char *suffix)
{
	const char *before = wp_layout_escape(&text->out, *words->before ? words->before : "(empty)");
	const char *after = wp_layout_escape(&text->out, *words->after ? words->after : "(empty)");
	size_t used = DETAIL_INDENT + about_width + 2 + field_width + 2;
	size_t room = text->out.columns > used + 20 ? text->out.columns - used : 20;

	if (may_be_cut(words->field)) {
		before = wp_text_cut(text->out.arena, before, room);
		after = wp_text_cut(text->out.arena, after, room - 2 - wp_text_width(suffix));
	}
	wp_buf_pad(text->out.buf, ' ', DETAIL_INDENT);
	wp_text_pad(text->out.buf, words->about, about_width);
	wp_buf_puts(text->out.buf, "  ");
	wp_text_pad(text->out.buf, words->field, field_width);
	wp_buf_puts(text->out.buf, "  ");
	wp_buf_puts(text->out.buf, before);
	if (wp_text_width(before) + 3 + wp_text_width(after) + wp_text_width(suffix) > room) {
		wp_buf_putc(text->out.buf, '\n');
		wp_buf_pad(text->out.buf, ' ', used);
	} else {
		wp_buf_putc(text->out.buf, ' ');
	}
	wp_buf_printf(text->out.buf, "→ %s%s\n", after, suffix);
}

/* Reasons below an entry. That metadata did not change goes without saying where the content is what changed. */
static bool has_line(const struct wp_plan_text *text, const struct wp_entry *entry, const struct wp_reason *reason)
{
	return entry->status != WP_ENTRY_UNCHANGED && (strcmp(reason->code, "metadata-same") || text->all);
}

static const char *confidence_suffix(struct wp_plan_text *text, const struct wp_reason *reason)
{
	/* Of image fields everybody expects a proof; of content the reader must know what it rests on. */
	if (reason->action == WP_ACTION_NONE || (reason->action == WP_ACTION_RELOAD && reason->confidence == WP_CONFIDENCE_PROVEN))
		return "";
	if (!strcmp(reason->code, "content-unproven"))
		return ""; /* its words say it */
	return wp_arena_printf(text->out.arena, " (%s)", wp_confidence_name(reason->confidence));
}

static const char *about_of(struct wp_plan_text *text, const struct wp_entry *entry,
			    const struct wp_reason_group *group, const struct wp_reason_words *words)
{
	/* The head has named an only gate. */
	if (entry->status == WP_ENTRY_BLOCKED && entry->reason_count == 1 && !words->field)
		return "why";
	return wp_layout_escape(&text->out, wp_reason_about(text->out.arena, group, words));
}

static void add_boot(struct wp_plan_text *text, const struct wp_content_boot *file, size_t about_width)
{
	struct wp_arena *arena = text->out.arena;
	size_t count, indent = DETAIL_INDENT + about_width + 2;
	const struct wp_diff_boot_row *rows = wp_plan_boot_rows(arena, file, &count);

	wp_plan_text_detail(text, NULL, "boot", about_width,
			    wp_arena_printf(arena, "%s%s", wp_plan_boot_line(arena, file), wp_words_uncovered(text->plan)));
	/* The pairs are in that line; a signature, or why there is none to compare, has its own, as in a diff. */
	for (size_t i = 0; i < count; i++)
		if (rows[i].sentence)
			wp_layout_change(&text->out, indent, rows[i].old, rows[i].new);
}

static void add_content(struct wp_plan_text *text, const struct wp_content_change *content, size_t about_width)
{
	struct wp_arena *arena = text->out.arena;
	const char *rest = wp_plan_boot_rest(arena, content);

	wp_plan_text_detail(text, NULL, "inside", about_width,
			    wp_arena_printf(arena, "%s%s", wp_words_content(arena, content), wp_words_uncovered(text->plan)));
	for (size_t i = 0; i < content->boot_file_count; i++)
		add_boot(text, &content->boot_files[i], about_width);
	if (rest)
		wp_plan_text_detail(text, NULL, "boot", about_width, rest);
}

void wp_plan_text_reasons(struct wp_plan_text *text, const struct wp_entry *entry, const char *path)
{
	struct wp_reason_group *groups;
	size_t count = wp_reason_groups(text->out.arena, entry, &groups), about_width = 0, field_width = 0;
	struct wp_reason_words *words = wp_arena_alloc(text->out.arena, count * sizeof *words);

	if (path)
		wp_plan_text_widen(&about_width, "source", WP_PLAN_TEXT_LABEL);
	if (entry->content)
		wp_plan_text_widen(&about_width, "inside", WP_PLAN_TEXT_LABEL);
	for (size_t i = 0; i < count; i++) {
		wp_words_reason(text->out.arena, groups[i].reason, &words[i]);
		if (!has_line(text, entry, groups[i].reason))
			continue;
		words[i].about = about_of(text, entry, &groups[i], &words[i]);
		wp_plan_text_widen(&about_width, words[i].about, WP_PLAN_TEXT_LABEL);
		if (words[i].field)
			wp_plan_text_widen(&field_width, words[i].field = wp_layout_escape(&text->out, words[i].field),
					   WP_PLAN_TEXT_LABEL);
	}
	if (path)
		add_path(text, about_width, path);
	for (size_t i = 0; i < count; i++) {
		const char *suffix = confidence_suffix(text, groups[i].reason);

		if (!has_line(text, entry, groups[i].reason))
			continue;
		if (words[i].field)
			add_field(text, &words[i], about_width, field_width, suffix);
		else
			wp_plan_text_detail(text, groups[i].reason, words[i].about, about_width,
					    wp_arena_printf(text->out.arena, "%s%s", words[i].note, suffix));
	}
	if (entry->content)
		add_content(text, entry->content, about_width);
}
