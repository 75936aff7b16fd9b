/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed and what happened to files, as tables and bars of a page. */
#include "diff_html.h"

#include "words.h"

#include <string.h>

/* A SHA-1 in full: people compare them with lists. */
#define ALL_DIGITS 64

static void add_state(struct wp_html *html, const struct wp_item *item)
{
	const char *text = item ? wp_diff_words_item(html->arena, item, ALL_DIGITS) : "";

	wp_diff_html_cell(html, item && item->has_data && !item->version ? "value" : "version", text);
}

/* What a group has nothing to say of gets no column. */
struct columns {
	bool about, state;
	size_t count;
};

static struct columns columns_of(const struct wp_diff_lines *lines)
{
	struct columns columns = { .count = 2 };

	for (size_t i = 0; i < lines->count; i++) {
		const struct wp_item *item = lines->items[i].new ? lines->items[i].new : lines->items[i].old;

		columns.about = columns.about || *lines->items[i].about;
		columns.state = columns.state || item->version || item->has_data || item->group == WP_ITEM_DRIVER;
	}
	columns.count += columns.about + 2 * (size_t)columns.state;
	return columns;
}

static void add_line(struct wp_html *html, const struct wp_diff_line *line, const struct columns *columns)
{
	wp_html_raw(html, "<tr>");
	wp_diff_html_badge_cell(html, wp_diff_status_name(line->status));
	wp_html_raw(html, "<td class=\"name\">");
	wp_html_path(html, line->name);
	wp_html_raw(html, "</td>");
	if (columns->about)
		wp_diff_html_cell(html, "about", line->about);
	if (columns->state) {
		add_state(html, line->old);
		add_state(html, line->new);
	}
	wp_html_raw(html, "</tr>\n");
}

static void add_group(struct wp_html *html, const char *image, const struct wp_diff_group *group,
		      enum wp_item_group number)
{
	const char *headings[5] = { "Change", "Name" };
	struct wp_diff_lines lines;
	struct columns columns;

	wp_diff_lines(html->arena, group, number, &lines);
	if (!lines.count)
		return;
	columns = columns_of(&lines);
	headings[2] = columns.about ? "For" : "Old";
	headings[3] = columns.about ? "Old" : "New";
	headings[4] = "New";
	wp_html_rawf(html, "<h3>%s <small>", lines.title);
	wp_html_text(html, wp_diff_words_counts(html->arena, group));
	wp_html_raw(html, "</small></h3>\n");
	wp_html_table(html, wp_arena_printf(html->arena, "%s of %s", lines.title, image), headings, columns.count);
	for (size_t i = 0; i < lines.count; i++) {
		const char *kind = wp_diff_words_kind(lines.items[i].kind);

		if (kind && (!i || lines.items[i - 1].kind != lines.items[i].kind))
			wp_html_row_heading(html, kind, columns.count);
		add_line(html, &lines.items[i], &columns);
	}
	wp_html_table_end(html);
}

void wp_diff_html_contents(struct wp_html *html, const char *image, const struct wp_diff_contents *contents)
{
	const char *windows = wp_diff_words_windows(contents);
	const char *unchanged = wp_diff_words_unchanged(html->arena, contents);

	if (windows)
		wp_html_element(html, "p", NULL, windows);
	for (size_t i = 0; i < WP_ITEM_GROUPS; i++)
		add_group(html, image, &contents->groups[i], (enum wp_item_group)i);
	if (unchanged)
		wp_html_element(html, "p", "soft",
				wp_arena_printf(html->arena, "Installed and the same: %s.", unchanged));
}

static void add_shares(struct wp_html *html, const struct wp_diff_share *shares, size_t count, uint64_t most)
{
	wp_html_raw(html, "<ul class=\"shares\">\n");
	for (size_t i = 0; i < count; i++) {
		const struct wp_diff_totals *totals = shares[i].totals;

		wp_html_raw(html, "<li><span>");
		wp_html_path(html, shares[i].label);
		if (shares[i].versions) {
			wp_html_raw(html, " <span class=\"soft\">");
			wp_html_text(html, shares[i].versions);
			wp_html_raw(html, "</span>");
		}
		wp_html_raw(html, "</span>");
		wp_diff_html_totals_bar(html, totals, most);
		wp_html_raw(html, "<span class=\"numbers\">");
		wp_html_text(html,
			     wp_arena_printf(html->arena, "%s, %s path%s", wp_diff_words_bytes(html->arena, totals),
					     wp_words_count(html->arena, shares[i].count),
					     shares[i].count == 1 ? "" : "s"));
		wp_html_raw(html, "</span></li>\n");
	}
	wp_html_raw(html, "</ul>\n");
}

static void add_size(struct wp_html *html, struct wp_number size)
{
	wp_diff_html_cell(html, "number", size.known ? wp_words_count(html->arena, size.value) : "");
}

static void add_path(struct wp_html *html, const struct wp_diff_path *path)
{
	struct wp_diff_path about = *path;
	const char *shown, *was;

	wp_diff_words_names(html->arena, path, &shown, &was);
	/* The sizes have columns of their own. */
	about.old_size.known = about.new_size.known = false;
	wp_html_raw(html, "<tr>");
	wp_diff_html_badge_cell(html, wp_file_change_name(path->change));
	wp_html_raw(html, "<td class=\"path\">");
	wp_html_path(html, shown);
	if (was) {
		wp_html_raw(html, "<br><span class=\"soft\">was ");
		wp_html_path(html, was);
		wp_html_raw(html, "</span>");
	}
	wp_html_raw(html, "</td>");
	add_size(html, path->old_size);
	add_size(html, path->new_size);
	wp_diff_html_cell(html, "note", wp_diff_words_path(html->arena, &about));
	wp_html_raw(html, "</tr>\n");
}

static void add_paths(struct wp_html *html, const char *image, const struct wp_diff_files *files)
{
	static const char *const headings[] = { "Change", "Path", "#Old bytes", "#New bytes", "Besides" };

	if (!files->path_count)
		return;
	wp_html_element(html, "h4", NULL, "Paths");
	wp_html_table(html, wp_arena_printf(html->arena, "Paths of %s", image), headings, 5);
	for (size_t i = 0; i < files->path_count; i++)
		add_path(html, &files->paths[i]);
	wp_html_table_end(html);
	if (files->path_omitted)
		wp_html_element(
			html, "p", NULL,
			wp_arena_printf(html->arena,
					"%s more paths are not listed here. --limit N lists more, --path GLOB chooses "
					"some, and --json-lines writes all of them.",
					wp_words_count(html->arena, files->path_omitted)));
}

void wp_diff_html_files(struct wp_html *html, const char *image, const struct wp_diff_files *files)
{
	const char *folders = wp_diff_words_folders(html->arena, files), *links = wp_diff_words_links(html->arena, files);
	struct wp_diff_share *shares;
	uint64_t most;

	wp_html_raw(html, "<h3>Files <small>");
	wp_html_text(html, wp_diff_words_bytes(html->arena, &files->totals));
	wp_html_raw(html, "</small></h3>\n");
	wp_html_element(html, "p", NULL, wp_arena_printf(html->arena, "%s.", wp_diff_words_files(html->arena, files)));
	if (folders)
		wp_html_element(html, "p", NULL, wp_arena_printf(html->arena, "%s.", folders));
	if (links)
		wp_html_element(html, "p", NULL, wp_arena_printf(html->arena, "%s.", links));
	if (files->folder_count) {
		wp_html_element(html, "h4", NULL, "Where in the tree");
		wp_diff_html_key(html);
		shares = wp_diff_shares_of_folders(html->arena, files, &most);
		add_shares(html, shares, files->folder_count, most);
	}
	if (files->component_count) {
		wp_html_element(html, "h4", NULL, "By component");
		shares = wp_diff_shares_of_components(html->arena, files, &most);
		add_shares(html, shares, files->component_count, most);
	}
	add_paths(html, image, files);
}
