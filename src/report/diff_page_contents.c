/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed and what happened to files, as tables of a page. */
#include "diff_page_contents.h"

#include "diff_boot.h"
#include "diff_texts.h"
#include "words.h"

#include <stdint.h>

/* A SHA-1 in full: people compare them with lists. */
#define ALL_DIGITS 64
/* What a ticket takes of each list: the heaviest, and the first ones of a kind. */
#define ITEMS_SHOWN 50u
#define FOLDERS_SHOWN 50u
#define COMPONENTS_SHOWN 20u

enum wp_tone wp_diff_page_tone(enum wp_diff_status status)
{
	static const enum wp_tone tones[] = {
		[WP_DIFF_SAME] = WP_TONE_PLAIN,
		[WP_DIFF_CHANGED] = WP_TONE_CHANGE,
		[WP_DIFF_ADDED] = WP_TONE_GOOD,
		[WP_DIFF_REMOVED] = WP_TONE_BAD,
	};

	return tones[status];
}

void wp_diff_page_bar_cell(struct wp_page *page, const struct wp_diff_totals *totals, uint64_t whole)
{
	const struct wp_page_share shares[] = { { WP_TONE_GOOD, totals->bytes_added - totals->bytes_changed },
						{ WP_TONE_CHANGE, totals->bytes_changed },
						{ WP_TONE_BAD, totals->bytes_removed } };

	wp_page_open(page, WP_PART_CELL, NULL);
	wp_page_bar(page, shares, sizeof shares / sizeof *shares, whole);
	wp_page_close(page);
}

void wp_diff_page_key(struct wp_page *page)
{
	wp_page_open(page, WP_PART_KEY, NULL);
	wp_page_badge(page, WP_TONE_GOOD, "data of new files");
	wp_page_badge(page, WP_TONE_CHANGE, "new data of changed files");
	wp_page_badge(page, WP_TONE_BAD, "data that is gone");
	wp_page_close(page);
}

/* What a group has nothing to say of gets no column. */
struct columns {
	bool about, state;
};

static struct columns columns_of(const struct wp_diff_lines *lines)
{
	struct columns columns = { 0 };

	for (size_t i = 0; i < lines->count; i++) {
		const struct wp_item *item = lines->items[i].new ? lines->items[i].new : lines->items[i].old;

		columns.about = columns.about || *lines->items[i].about;
		columns.state = columns.state || item->version || item->has_data || item->group == WP_ITEM_GROUP_DRIVER;
	}
	return columns;
}

static void open_table(struct wp_page *page, const char *caption, const struct columns *columns)
{
	struct wp_page_column all[5] = { { "Change", WP_COLUMN_SHORT }, { "Name", WP_COLUMN_NAME } };
	size_t count = 2;

	if (columns->about)
		all[count++] = (struct wp_page_column){ "For", WP_COLUMN_WORDS };
	if (columns->state) {
		all[count++] = (struct wp_page_column){ "Old", WP_COLUMN_VALUE };
		all[count++] = (struct wp_page_column){ "New", WP_COLUMN_VALUE };
	}
	wp_page_table(page, caption, WP_FOLDING_TEXTS, all, count);
}

static void add_state(struct wp_page *page, const struct wp_item *item)
{
	wp_page_cell(page, wp_cell(item ? wp_diff_words_item(page->arena, item, ALL_DIGITS) : NULL));
}

static void add_path_cell(struct wp_page *page, const char *path, const char *besides)
{
	wp_page_open(page, WP_PART_CELL, NULL);
	wp_page_add(page, WP_PART_PATH, path);
	if (besides) {
		wp_page_add(page, WP_PART_BREAK, "");
		wp_page_add(page, WP_PART_SOFT, besides);
	}
	wp_page_close(page);
}

static void add_line(struct wp_page *page, const struct wp_diff_line *line, const struct columns *columns)
{
	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_cell(page, wp_cell_badge(wp_diff_page_tone(line->status), wp_diff_status_name(line->status)));
	add_path_cell(page, line->name, NULL);
	if (columns->about)
		wp_page_cell(page, wp_cell(line->about));
	if (columns->state) {
		add_state(page, line->old);
		add_state(page, line->new);
	}
	wp_page_close(page);
}

static void add_more(struct wp_page *page, uint64_t count)
{
	if (count)
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena, "And %s more (--all).", wp_words_count(page->arena, count)));
}

static void add_noted_heading(struct wp_page *page, unsigned int level, const char *text, const char *note)
{
	wp_page_open(page, WP_PART_HEADING, NULL)->level = level;
	wp_page_add(page, WP_PART_TEXT, text);
	wp_page_add(page, WP_PART_TEXT, ": ");
	wp_page_add(page, WP_PART_SOFT, note);
	wp_page_close(page);
}

static void add_group(struct wp_page *page, const char *image, const struct wp_diff_group *group,
		      enum wp_item_group number, bool all)
{
	struct wp_diff_lines lines;
	struct columns columns;
	uint64_t omitted = 0;

	wp_diff_lines(page->arena, group, number, &lines);
	if (!lines.count)
		return;
	columns = columns_of(&lines);
	add_noted_heading(page, 3, lines.title, wp_diff_words_counts(page->arena, group));
	open_table(page, wp_arena_printf(page->arena, "%s of %s", lines.title, image), &columns);
	for (size_t i = 0, of_kind = 0; i < lines.count; i++, of_kind++) {
		bool first = !i || lines.items[i - 1].kind != lines.items[i].kind;

		if (first) {
			of_kind = 0;
			wp_page_add(page, WP_PART_GROUP, wp_diff_words_kind(lines.items[i].kind));
		}
		if (all || of_kind < ITEMS_SHOWN)
			add_line(page, &lines.items[i], &columns);
		else
			omitted++;
	}
	wp_page_close(page);
	add_more(page, omitted);
}

void wp_diff_page_contents(struct wp_page *page, const char *image, const struct wp_diff_contents *contents, bool all)
{
	const char *unchanged = wp_diff_words_unchanged(page->arena, contents);

	wp_page_line(page, WP_PART_PARAGRAPH, wp_diff_words_windows(contents));
	for (size_t i = 0; i < WP_ITEM_GROUPS; i++)
		add_group(page, image, &contents->groups[i], (enum wp_item_group)i, all);
	if (unchanged)
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena, "Installed and the same: %s.", unchanged));
}

static void add_shares(struct wp_page *page, const char *what, const struct wp_diff_share *shares, size_t count,
		       size_t shown, uint64_t most)
{
	shown = shown < count ? shown : count;
	WP_PAGE_TABLE(page, what, WP_FOLDING_TEXTS, { what, WP_COLUMN_PATH }, { "Paths", WP_COLUMN_NUMBER },
		      { "Came", WP_COLUMN_NUMBER }, { "Went", WP_COLUMN_NUMBER }, { "", WP_COLUMN_BAR });
	for (size_t i = 0; i < shown; i++) {
		const struct wp_diff_totals *totals = shares[i].totals;

		wp_page_open(page, WP_PART_ROW, NULL);
		add_path_cell(page, shares[i].label, shares[i].versions);
		wp_page_cell(page, wp_cell(wp_words_count(page->arena, shares[i].count)));
		wp_page_cell(page, wp_cell(wp_words_amount(page->arena, totals->bytes_added)));
		wp_page_cell(page, wp_cell(wp_words_amount(page->arena, totals->bytes_removed)));
		wp_diff_page_bar_cell(page, totals, most);
		wp_page_close(page);
	}
	wp_page_close(page);
	add_more(page, count - shown);
}

static void add_size(struct wp_page *page, struct wp_number size)
{
	wp_page_cell(page, wp_cell(size.known ? wp_words_count(page->arena, size.value) : NULL));
}

static enum wp_tone tone_of(enum wp_file_change change)
{
	switch (change) {
	case WP_FILE_CHANGE_ADDED:
		return WP_TONE_GOOD;
	case WP_FILE_CHANGE_REMOVED:
		return WP_TONE_BAD;
	case WP_FILE_CHANGE_ATTRIBUTES:
		return WP_TONE_INFO;
	default:
		return WP_TONE_CHANGE;
	}
}

static void add_path(struct wp_page *page, const struct wp_diff_path *path)
{
	struct wp_diff_path about = *path;
	const char *shown, *was;

	wp_diff_words_names(page->arena, path, &shown, &was);
	/* The sizes have columns of their own. */
	about.old_size.known = about.new_size.known = false;
	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_cell(page, wp_cell_badge(tone_of(path->change), wp_file_change_name(path->change)));
	add_path_cell(page, shown, was ? wp_arena_printf(page->arena, "was %s", was) : NULL);
	add_size(page, path->old_size);
	add_size(page, path->new_size);
	wp_page_cell(page, wp_cell(wp_diff_words_path(page->arena, &about)));
	wp_page_close(page);
}

static void add_paths(struct wp_page *page, const char *image, const struct wp_diff_files *files)
{
	if (!files->path_count)
		return;
	wp_page_heading(page, 4, "Paths");
	WP_PAGE_TABLE(page, wp_arena_printf(page->arena, "Paths of %s", image), WP_FOLDING_TEXTS, { "Change", WP_COLUMN_SHORT },
		      { "Path", WP_COLUMN_PATH }, { "Old bytes", WP_COLUMN_NUMBER }, { "New bytes", WP_COLUMN_NUMBER },
		      { "Besides", WP_COLUMN_WORDS });
	for (size_t i = 0; i < files->path_count; i++)
		add_path(page, &files->paths[i]);
	wp_page_close(page);
	if (files->path_omitted)
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena,
					     "%s more paths are not listed here. --limit N lists more, --path GLOB chooses "
					     "some, and --json-lines writes all of them.",
					     wp_words_count(page->arena, files->path_omitted)));
}

static void add_sentence(struct wp_page *page, const char *words)
{
	if (words)
		wp_page_line(page, WP_PART_PARAGRAPH, wp_arena_printf(page->arena, "%s.", words));
}

void wp_diff_page_files(struct wp_page *page, const char *image, const struct wp_diff_files *files, bool all)
{
	struct wp_diff_share *shares;
	uint64_t most;

	add_noted_heading(page, 3, "Files", wp_diff_words_bytes(page->arena, &files->totals));
	add_sentence(page, wp_diff_words_files(page->arena, files));
	add_sentence(page, wp_diff_words_folders(page->arena, files));
	add_sentence(page, wp_diff_words_links(page->arena, files));
	if (files->folder_count) {
		wp_page_heading(page, 4, "Where in the tree");
		wp_diff_page_key(page);
		shares = wp_diff_shares_of_folders(page->arena, files, &most);
		add_shares(page, "Folder", shares, files->folder_count, all ? SIZE_MAX : FOLDERS_SHOWN, most);
	}
	if (files->component_count) {
		wp_page_heading(page, 4, "By component");
		shares = wp_diff_shares_of_components(page->arena, files, &most);
		add_shares(page, "Component", shares, files->component_count, all ? SIZE_MAX : COMPONENTS_SHOWN, most);
	}
	add_paths(page, image, files);
}

void wp_diff_page_texts(struct wp_page *page, const struct wp_text_changes *texts)
{
	wp_page_heading(page, 3, "Texts");
	for (size_t i = 0; i < texts->count; i++) {
		const struct wp_text_change *text = &texts->items[i];

		wp_page_open(page, WP_PART_PARAGRAPH, NULL);
		wp_page_add(page, WP_PART_CODE, text->path);
		wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, " %s", wp_diff_words_text(page->arena, text)));
		wp_page_close(page);
		if (text->hunks && *text->hunks)
			wp_page_add(page, WP_PART_LISTING, text->hunks);
	}
}

static void add_boot_change(struct wp_page *page, const struct wp_boot_change *change)
{
	const char *path = (change->new ? change->new : change->old)->path, *same = wp_diff_boot_same(change);
	size_t count;
	const struct wp_diff_boot_row *rows = wp_diff_boot_rows(page->arena, change, &count);

	for (size_t i = 0; i < count || !i; i++) {
		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_cell(page, i ? wp_cell("") : wp_cell_badge(wp_diff_page_tone(change->status), wp_diff_status_name(change->status)));
		add_path_cell(page, i ? "" : path, i ? NULL : same);
		wp_page_cell(page, wp_cell(i < count ? rows[i].what : ""));
		wp_page_cell(page, wp_cell(i < count ? rows[i].old : NULL));
		wp_page_cell(page, wp_cell(i < count ? rows[i].new : NULL));
		wp_page_close(page);
	}
}

void wp_diff_page_boot(struct wp_page *page, const char *image, const struct wp_diff_boot *boot)
{
	const char *sentence = wp_diff_boot_sentence(page->arena, boot);

	add_noted_heading(page, 3, "What starts it", wp_diff_boot_verdict(page->arena, boot));
	if (sentence)
		wp_page_line(page, WP_PART_PARAGRAPH, sentence);
	WP_PAGE_TABLE(page, wp_arena_printf(page->arena, "What starts %s", image), WP_FOLDING_TEXTS, { "Change", WP_COLUMN_SHORT },
		      { "File", WP_COLUMN_PATH }, { "What", WP_COLUMN_SHORT }, { "Old", WP_COLUMN_WORDS }, { "New", WP_COLUMN_WORDS });
	for (size_t i = 0; i < boot->count; i++)
		add_boot_change(page, &boot->items[i]);
	wp_page_close(page);
}
