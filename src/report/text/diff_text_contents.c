/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed and what happened to files, for a terminal. */
#include "diff_text_contents.h"

#include "../diff_boot.h"
#include "../diff_texts.h"

#include "../words.h"

/* How many lines a list has before it is cut: what one screen takes. */
#define ITEMS_SHOWN 20
#define FOLDERS_SHOWN 15
#define COMPONENTS_SHOWN 10
#define BAR_MOST 30

static const enum wp_tint tints[] = { [WP_DIFF_SAME] = WP_TINT_NONE,
				      [WP_DIFF_CHANGED] = WP_TINT_YELLOW,
				      [WP_DIFF_ADDED] = WP_TINT_GREEN,
				      [WP_DIFF_REMOVED] = WP_TINT_RED };

void wp_diff_text_symbol(struct diff_text *text, size_t indent, enum wp_diff_status status, const char *symbol)
{
	wp_buf_pad(text->out.buf, ' ', indent);
	wp_layout_tint(&text->out, tints[status], symbol);
	wp_buf_putc(text->out.buf, ' ');
}

static void add_more(struct diff_text *text, size_t indent, uint64_t count, const char *how)
{
	if (!count)
		return;
	wp_layout_line(&text->out, indent, indent + 2,
		       wp_arena_printf(text->out.arena, "… and %s more%s", wp_words_count(text->out.arena, count), how));
}

void wp_diff_text_pair(struct diff_text *text, const char *head, size_t head_width, const char *tail, size_t used)
{
	if (!*tail) {
		wp_buf_puts(text->out.buf, head);
		wp_buf_putc(text->out.buf, '\n');
		return;
	}
	/* A line that has no room for the columns of its list may still have room for itself. */
	if (used + head_width + 2 + wp_text_width(tail) > text->out.columns)
		head_width = wp_text_width(head);
	if (head_width < wp_text_width(head))
		head_width = wp_text_width(head);
	if (used + head_width + 2 + wp_text_width(tail) > text->out.columns) {
		wp_buf_puts(text->out.buf, head);
		wp_buf_putc(text->out.buf, '\n');
		wp_layout_line(&text->out, used + 4, used + 4, tail);
		return;
	}
	wp_text_pad(text->out.buf, head, head_width);
	wp_buf_printf(text->out.buf, "  %s\n", tail);
}

static const char *item_tail(struct diff_text *text, const struct wp_diff_line *line)
{
	const char *old = line->old ? wp_diff_words_item(text->out.arena, line->old, WP_DIFF_DIGITS) : "";
	const char *new = line->new ? wp_diff_words_item(text->out.arena, line->new, WP_DIFF_DIGITS) : "";

	if (line->old && line->new)
		old = wp_arena_printf(text->out.arena, "%s → %s", old, new);
	return wp_layout_escape(&text->out, line->old ? old : new);
}

static const char *item_head(struct diff_text *text, const struct wp_diff_line *line)
{
	if (!*line->about)
		return wp_layout_escape(&text->out, line->name);
	return wp_layout_escape(&text->out, wp_arena_printf(text->out.arena, "%s (%s)", line->name, line->about));
}

/* The lines of one kind, from @from on; returns where the next kind begins. */
static size_t add_kind(struct diff_text *text, const struct wp_diff_lines *lines, size_t from)
{
	const char *title = wp_diff_words_kind(lines->items[from].kind);
	size_t indent = title ? 6 : 4, end = from, shown, width = 0;

	while (end < lines->count && lines->items[end].kind == lines->items[from].kind)
		end++;
	/* Cutting off one line would take a line. */
	shown = text->all || end - from <= ITEMS_SHOWN + 1 ? end : from + ITEMS_SHOWN;
	for (size_t i = from; i < shown; i++) {
		size_t own = wp_text_width(item_head(text, &lines->items[i]));

		/* A long name gets two lines rather than moving the versions of all others away. */
		if (own > width && indent + 2 + own + 2 + 20 <= text->out.columns)
			width = own;
	}
	if (title)
		wp_buf_printf(text->out.buf, "    %s\n", title);
	for (size_t i = from; i < shown; i++) {
		const struct wp_diff_line *line = &lines->items[i];

		text->items[line->status] = true;
		wp_diff_text_symbol(text, indent, line->status, wp_diff_words_symbol(line->status));
		wp_diff_text_pair(text, item_head(text, line), width, item_tail(text, line), indent + 2);
	}
	add_more(text, indent, end - shown, " (--all)");
	return end;
}

void wp_diff_text_contents(struct diff_text *text, const struct wp_diff_contents *contents)
{
	const char *unchanged = wp_diff_words_unchanged(text->out.arena, contents);

	wp_layout_line(&text->out, 2, 2, wp_diff_words_windows(contents));
	for (size_t i = 0; i < WP_ITEM_GROUPS; i++) {
		struct wp_diff_lines lines;

		wp_diff_lines(text->out.arena, &contents->groups[i], (enum wp_item_group)i, &lines);
		if (!lines.count)
			continue;
		wp_buf_printf(text->out.buf, "  %s: %s\n", lines.title,
			      wp_diff_words_counts(text->out.arena, &contents->groups[i]));
		for (size_t at = 0; at < lines.count;)
			at = add_kind(text, &lines, at);
	}
	if (unchanged)
		wp_layout_line(&text->out, 2, 4, wp_arena_printf(text->out.arena, "Installed and the same: %s", unchanged));
}

/* How many of @width signs stand for @bytes of @most; what is not nothing has one. */
static size_t bar_part(uint64_t bytes, uint64_t most, size_t width)
{
	size_t part = most ? (size_t)((double)bytes / (double)most * (double)width + 0.5) : 0;

	return bytes && !part ? 1 : part;
}

static void add_bar(struct diff_text *text, const struct wp_diff_totals *totals, uint64_t most, size_t width)
{
	size_t plus = bar_part(totals->bytes_added, most, width), minus = bar_part(totals->bytes_removed, most, width);
	struct wp_buf bar __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!plus && !minus)
		return;
	wp_buf_puts(text->out.buf, "  ");
	wp_buf_pad(&bar, '+', plus);
	wp_layout_tint(&text->out, WP_TINT_GREEN, wp_buf_text(&bar));
	wp_buf_free(&bar);
	wp_buf_pad(&bar, '-', minus);
	wp_layout_tint(&text->out, WP_TINT_RED, wp_buf_text(&bar));
}

static void add_shares(struct diff_text *text, const char *title, const struct wp_diff_share *shares, size_t count,
		       size_t most_shown, uint64_t most)
{
	size_t shown = text->all || count <= most_shown + 1 ? count : most_shown, width = 0, bar, fixed;
	const size_t numbers = 7 + 2 + 9 + 2 + 9; /* paths, came, went: "200,000", "512 bytes" */

	/* Folders in which only times differ say little beside those that carry the bytes. */
	while (!text->all && most && shown && !wp_diff_share_bytes(&shares[shown - 1]))
		shown--;
	for (size_t i = 0; i < shown; i++) {
		size_t own = wp_text_width(wp_layout_escape(&text->out, shares[i].label));

		width = own > width ? own : width;
	}
	fixed = 4 + 2 + numbers;
	if (fixed + width > text->out.columns)
		width = text->out.columns - fixed;
	width = width < 12 ? 12 : width;
	bar = text->out.columns > fixed + width + 4 ? text->out.columns - fixed - width - 4 : 0;
	bar = bar > BAR_MOST ? BAR_MOST : bar;
	wp_buf_puts(text->out.buf, "    ");
	wp_text_pad(text->out.buf, title, width);
	wp_buf_printf(text->out.buf, "  %7s  %9s  %9s\n", "paths", "came", "went");
	for (size_t i = 0; i < shown; i++) {
		const struct wp_diff_totals *totals = shares[i].totals;
		const char *label = wp_layout_escape(&text->out, shares[i].label);

		wp_buf_puts(text->out.buf, "    ");
		/* What a folder is called stands at its end as well, so it gets a line of its own rather than a cut. */
		if (wp_text_width(label) > width) {
			wp_buf_printf(text->out.buf, "%s\n    ", label);
			label = "";
		}
		wp_text_pad(text->out.buf, label, width);
		wp_buf_printf(text->out.buf, "  %7s  %9s  %9s", wp_words_count(text->out.arena, shares[i].count),
			      wp_words_amount(text->out.arena, totals->bytes_added),
			      wp_words_amount(text->out.arena, totals->bytes_removed));
		if (bar >= 6)
			add_bar(text, totals, most, bar);
		wp_buf_putc(text->out.buf, '\n');
		wp_layout_line(&text->out, 6, 6, shares[i].versions);
	}
	add_more(text, 4, count - shown, " (--all)");
}

static enum wp_diff_status status_of(enum wp_file_change change)
{
	if (change == WP_FILE_CHANGE_ADDED)
		return WP_DIFF_ADDED;
	return change == WP_FILE_CHANGE_REMOVED ? WP_DIFF_REMOVED : WP_DIFF_CHANGED;
}

static void add_path(struct diff_text *text, const struct wp_diff_path *path)
{
	size_t room = text->out.columns - 6;
	const char *shown, *was;

	wp_diff_words_names(text->out.arena, path, &shown, &was);
	shown = wp_layout_escape(&text->out, shown);
	wp_diff_text_symbol(text, 4, status_of(path->change), wp_diff_words_file_symbol(path->change));
	wp_diff_text_pair(text, shown, wp_text_width(shown) < room ? wp_text_width(shown) : room,
			  wp_diff_words_path(text->out.arena, path), 6);
	if (was)
		wp_buf_printf(text->out.buf, "      was %s\n", wp_layout_escape(&text->out, was));
	text->items[status_of(path->change)] |= path->change <= WP_FILE_CHANGE_CHANGED;
	text->renamed = text->renamed || path->change == WP_FILE_CHANGE_RENAMED;
	text->attributes = text->attributes || path->change == WP_FILE_CHANGE_ATTRIBUTES;
}

void wp_diff_text_files(struct diff_text *text, const struct wp_diff_files *files)
{
	const char *links = wp_diff_words_links(text->out.arena, files);
	struct wp_diff_share *shares;
	uint64_t most;

	wp_layout_line(&text->out, 2, 4,
		       wp_arena_printf(text->out.arena, "Files: %s", wp_diff_words_files(text->out.arena, files)));
	wp_layout_line(&text->out, 4, 4, wp_diff_words_folders(text->out.arena, files));
	if (links)
		wp_buf_printf(text->out.buf, "    %s\n", links);
	if (files->totals.bytes_added || files->totals.bytes_removed)
		wp_buf_printf(text->out.buf, "    %s\n", wp_diff_words_bytes(text->out.arena, &files->totals));
	if (files->folder_count) {
		shares = wp_diff_shares_of_folders(text->out.arena, files, &most);
		add_shares(text, "By folder", shares, files->folder_count, FOLDERS_SHOWN, most);
	}
	if (files->component_count) {
		shares = wp_diff_shares_of_components(text->out.arena, files, &most);
		add_shares(text, "By component", shares, files->component_count, COMPONENTS_SHOWN, most);
	}
	if (!files->path_count)
		return;
	wp_buf_puts(text->out.buf, "    Paths\n");
	for (size_t i = 0; i < files->path_count; i++)
		add_path(text, &files->paths[i]);
	add_more(text, 4, files->path_omitted, " (--limit N, --path GLOB; all of them with --json-lines)");
}

static void add_hunk_line(struct diff_text *text, const char *line)
{
	wp_buf_pad(text->out.buf, ' ', 6);
	wp_layout_tint(&text->out,
		       *line == '+' ? WP_TINT_GREEN : *line == '-' ? WP_TINT_RED : *line == '@' ? WP_TINT_CYAN : WP_TINT_NONE, line);
	wp_buf_putc(text->out.buf, '\n');
}

void wp_diff_text_texts(struct diff_text *text, const struct wp_text_changes *texts)
{
	static const enum wp_diff_status symbols[] = {
		[WP_TEXT_STATE_SAME] = WP_DIFF_SAME,   [WP_TEXT_STATE_CHANGED] = WP_DIFF_CHANGED,
		[WP_TEXT_STATE_ADDED] = WP_DIFF_ADDED, [WP_TEXT_STATE_REMOVED] = WP_DIFF_REMOVED,
		[WP_TEXT_STATE_ABSENT] = WP_DIFF_SAME,
	};

	wp_buf_puts(text->out.buf, "  Texts\n");
	for (size_t i = 0; i < texts->count; i++) {
		const struct wp_text_change *item = &texts->items[i];
		const char *line, *at = item->hunks ? item->hunks : "";

		text->items[symbols[item->state]] = true;
		wp_diff_text_symbol(text, 4, symbols[item->state], wp_diff_words_symbol(symbols[item->state]));
		wp_layout_wrap(&text->out,
			       wp_arena_printf(text->out.arena, "%s  %s", item->path, wp_diff_words_text(text->out.arena, item)), 6, 6);
		while ((line = wp_words_line(text->out.arena, &at)))
			add_hunk_line(text, line);
	}
}

/* A short pair stands on one line; each sentence on its own. */
static void add_boot_row(struct diff_text *text, const struct wp_diff_boot_row *row)
{
	if (row->sentence) {
		wp_layout_change(&text->out, 6, row->old, row->new);
	} else {
		wp_layout_label(&text->out, 6, row->what, 9,
				wp_arena_printf(text->out.arena, "%s → %s", row->old ? row->old : "none", row->new ? row->new : "none"));
	}
}

void wp_diff_text_boot(struct diff_text *text, const struct wp_diff_boot *boot)
{
	wp_layout_line(&text->out, 2, 4, wp_arena_printf(text->out.arena, "What starts it: %s", wp_diff_boot_verdict(text->out.arena, boot)));
	wp_layout_line(&text->out, 4, 4, wp_diff_boot_sentence(text->out.arena, boot));
	for (size_t i = 0; i < boot->count; i++) {
		const struct wp_boot_change *change = &boot->items[i];
		size_t count;
		const struct wp_diff_boot_row *rows = wp_diff_boot_rows(text->out.arena, change, &count);

		text->items[change->status] = true;
		wp_diff_text_symbol(text, 4, change->status, wp_diff_words_symbol(change->status));
		wp_layout_wrap(&text->out, (change->new ? change->new : change->old)->path, 6, 6);
		for (size_t k = 0; k < count; k++)
			add_boot_row(text, &rows[k]);
		wp_layout_line(&text->out, 6, 8, wp_diff_boot_same(change));
	}
}
