/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed, what was found, and what is expected, as tables of a page. */
#include "inspect_page_contents.h"

#include "diff_words.h"
#include "found_words.h"
#include "inspect_view.h"
#include "inspect_words.h"
#include "words.h"

#include "wimplan/note.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/* A SHA-1 in full: people compare them with lists. */
#define ALL_DIGITS 64
/* Paths that a page shows; a browser gets through some ten thousand rows. */
#define PATHS_SHOWN 2000u

static void add_item(struct wp_page *page, const struct wp_item *item)
{
	const char *state = wp_diff_words_item(page->arena, item, ALL_DIGITS);

	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_cell(page, wp_cell_as(WP_PART_PATH, wp_item_label(page->arena, item)));
	wp_page_cell(page, wp_cell(wp_arena_printf(page->arena, "%s%s%s", state, item->superseded && *state ? ", " : "",
						   item->superseded ? "superseded" : "")));
	wp_page_close(page);
}

static void add_group(struct wp_page *page, const char *image, const struct wp_servicing *servicing, enum wp_item_group group,
		      bool all)
{
	size_t at = servicing->first[group], end = servicing->first[group + 1];
	const char *title = wp_inspect_group(group);

	wp_page_open(page, WP_PART_HEADING, NULL)->level = 4;
	wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, "%s: ", title));
	wp_page_add(page, WP_PART_SOFT, wp_words_count(page->arena, end - at));
	wp_page_close(page);
	WP_PAGE_TABLE(page, wp_arena_printf(page->arena, "%s of %s", title, image), WP_FOLDING_TEXTS, { "Name", WP_COLUMN_NAME },
		      { "Version or data", WP_COLUMN_VALUE });
	while (at < end) {
		const struct wp_item *first = &servicing->items[at];
		bool listed = all || !wp_inspect_is_many(first);
		size_t next = at;

		while (next < end && servicing->items[next].kind == first->kind)
			next++;
		if (first->kind)
			wp_page_add(page, WP_PART_GROUP,
				    wp_arena_printf(page->arena, "%s: %s%s", wp_diff_words_kind(first->kind),
						    wp_words_count(page->arena, next - at), listed ? "" : ", which --verbose lists"));
		for (; listed && at < next; at++)
			add_item(page, &servicing->items[at]);
		at = next;
	}
	wp_page_close(page);
}

void wp_inspect_page_contents(struct wp_page *page, const char *image, const struct wp_servicing *servicing, bool all)
{
	const char **none = NULL;
	size_t none_count = 0;

	if (!servicing->known || !servicing->windows) {
		wp_page_line(page, WP_PART_PARAGRAPH,
			     !servicing->known ? "What is installed is not known: its tree could not be read."
					       : "Nothing is installed: there is no Windows folder in it.");
		return;
	}
	for (int g = 0; g < WP_ITEM_GROUPS; g++) {
		if (servicing->first[g] < servicing->first[g + 1])
			add_group(page, image, servicing, (enum wp_item_group)g, all);
		else
			*WP_PUSH(page->arena, none, none_count) = wp_inspect_group((enum wp_item_group)g);
	}
	if (none_count)
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena, "There is nothing of these in it: %s.", wp_text_join(page->arena, none, none_count)));
}

void wp_inspect_page_winres(struct wp_page *page, const struct wp_inspection *file, size_t at)
{
	size_t below = at;

	if (!file->winre)
		return;
	wp_page_heading(page, 3, "Recovery environments");
	wp_page_open(page, WP_PART_LIST, NULL);
	for (size_t i = 0; i < file->wim->metadata->image_count; i++) {
		const struct wp_winre *winre = &file->winre[i];
		const char *images;

		if (winre->same_as || (!winre->file && !wp_inspect_page_shows(file, i)))
			continue;
		wp_page_open(page, WP_PART_ITEM, NULL);
		if (winre->file) {
			images = wp_arena_printf(page->arena, "%s of %s", winre->file->name, wp_inspect_sharers(page->arena, file, i));
			if (winre->wim)
				wp_page_link(page, wp_inspect_page_file(page->arena, ++below), images);
			else
				wp_page_add(page, WP_PART_TEXT, images);
			if (winre->not_read)
				wp_page_add(page, WP_PART_TEXT,
					    wp_arena_printf(page->arena, " %s: %s.", winre->wim ? "could not be read in full" : "is not read",
							    winre->not_read));
		} else {
			wp_page_add(page, WP_PART_TEXT,
				    wp_arena_printf(page->arena, winre->known ? "Image %" PRIu32 " has no Winre.wim."
									      : "Whether image %" PRIu32 " has one is not known.",
						    file->wim->metadata->images[i].index));
		}
		wp_page_close(page);
	}
	wp_page_close(page);
}

/* What stands in a cell; nothing where there is nothing. */
static struct wp_page_cell cell_of(const char *cell)
{
	return wp_cell(strcmp(cell, "-") ? cell : NULL);
}

static void add_found(struct wp_page *page, const struct wp_found_path *found, bool kinds)
{
	const char *cells[WP_FOUND_CELLS];

	wp_found_cells(page->arena, found, kinds, cells);
	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_open(page, WP_PART_CELL, NULL);
	wp_page_add(page, WP_PART_PATH, cells[WP_FOUND_CELL_PATH]);
	if (*found->sha1) {
		wp_page_add(page, WP_PART_BREAK, "");
		wp_page_add(page, WP_PART_SOFT, wp_arena_printf(page->arena, "SHA-1 %s", cells[WP_FOUND_CELL_SHA1]));
	}
	wp_page_close(page);
	wp_page_cell(page, cell_of(cells[WP_FOUND_CELL_IMAGES]));
	if (kinds)
		wp_page_cell(page, cell_of(cells[WP_FOUND_CELL_KIND]));
	wp_page_cell(page, wp_cell(found->size.known ? wp_inspect_bytes(page->arena, found->size.value) : NULL));
	wp_page_cell(page, cell_of(cells[WP_FOUND_CELL_CREATED]));
	wp_page_cell(page, cell_of(cells[WP_FOUND_CELL_WRITTEN]));
	wp_page_cell(page, cell_of(cells[WP_FOUND_CELL_ATTRIBUTES]));
	wp_page_close(page);
}

void wp_inspect_page_found(struct wp_page *page, const struct wp_inspection *file)
{
	const struct wp_found_files *found = file->found;
	struct wp_page_column columns[7] = { { "Path", WP_COLUMN_PATH }, { "In images", WP_COLUMN_WORDS } };
	size_t count = 2, shown = found && found->count < PATHS_SHOWN ? found->count : PATHS_SHOWN;
	bool kinds = found && wp_found_has_kinds(found);

	if (!file->searched)
		return;
	wp_page_heading(page, 3, "Paths that were looked for");
	wp_page_line(page, WP_PART_PARAGRAPH, wp_found_sentence(page->arena, found));
	if (!found || !found->count)
		return;
	if (kinds)
		columns[count++] = (struct wp_page_column){ "Kind", WP_COLUMN_WORDS };
	columns[count++] = (struct wp_page_column){ "Size", WP_COLUMN_WORDS };
	columns[count++] = (struct wp_page_column){ "Created", WP_COLUMN_TIME };
	columns[count++] = (struct wp_page_column){ "Written", WP_COLUMN_TIME };
	columns[count++] = (struct wp_page_column){ "Attributes", WP_COLUMN_WORDS };
	wp_page_table(page, "Paths that fit", WP_FOLDING_TEXTS, columns, count);
	for (size_t i = 0; i < shown; i++)
		add_found(page, &found->items[i], kinds);
	wp_page_close(page);
	if (shown < found->count)
		wp_page_line(page, WP_PART_PARAGRAPH,
			     wp_arena_printf(page->arena, "%s more paths are not on this page: the text and --json have all of them.",
					     wp_words_count(page->arena, found->count - shown)));
}

void wp_inspect_page_notes(struct wp_page *page, const struct wp_inspection *file)
{
	if (!file->expected)
		return;
	wp_page_heading(page, 3, "What is expected of it");
	if (!file->note_count) {
		wp_page_line(page, WP_PART_PARAGRAPH, "Everything that is expected of it is so.");
		return;
	}
	WP_PAGE_TABLE(page, "What is not as it is expected", WP_FOLDING_TEXTS, { "Code", WP_COLUMN_SHORT }, { "Image", WP_COLUMN_NUMBER },
		      { "Finding", WP_COLUMN_TEXT }, { "What to do", WP_COLUMN_TEXT });
	for (size_t i = 0; i < file->note_count; i++) {
		const struct wp_note *note = &file->notes[i];
		const struct wp_note_words *words = wp_note_words_find(note->code);

		WP_PAGE_ROW(page, wp_cell_badge(WP_TONE_CHANGE, note->code),
			    wp_cell(note->image ? wp_arena_printf(page->arena, "%" PRIu32, note->image) : NULL),
			    wp_cell(wp_words_sentence(page->arena, note->summary)),
			    wp_cell(words ? wp_words_sentence(page->arena, words->remedy) : NULL));
	}
	wp_page_close(page);
}
