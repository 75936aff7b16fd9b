/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An inspection as a page: what matters first, the files and images in tables, then each file with all that was read of it. */
#include "inspect_page_boot.h"
#include "inspect_page_contents.h"
#include "inspect_view.h"
#include "inspect_words.h"
#include "page.h"
#include "words.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

static const char *file_name(struct wp_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return wp_utf8_repair(arena, slash && slash[1] ? slash + 1 : path);
}

static const char *title_of(struct wp_arena *arena, const struct wp_inspect_view *view)
{
	const struct wp_media *media = view->files[0].media;

	for (size_t i = 1; i < view->count; i++)
		media = view->files[i].media == media ? media : NULL;
	if (media)
		return wp_arena_printf(arena, "What is in %s", file_name(arena, media->path));
	if (view->given == 1)
		return wp_arena_printf(arena, "What is in %s", file_name(arena, view->files[0].wim->path));
	return wp_arena_printf(arena, "What is in %s files", wp_words_count(arena, view->given));
}

static size_t images_of(const struct wp_inspection *file)
{
	size_t count = 0;

	for (size_t i = 0; file->wim->metadata && i < file->wim->metadata->image_count; i++)
		count += wp_inspect_page_shows(file, i);
	return count;
}

static enum wp_tone tone_of(enum wp_grade grade)
{
	static const enum wp_tone tones[] = { WP_TONE_GOOD, WP_TONE_CHANGE, WP_TONE_BAD };

	return tones[grade];
}

static void add_cards(struct wp_page *page, const struct wp_inspect_view *view)
{
	size_t images = 0, grades[WP_GRADE_ERROR + 1] = { 0 }, notes = 0;
	bool expected = false;

	for (size_t i = 0; i < view->count; i++) {
		images += images_of(&view->files[i]);
		grades[view->files[i].wim->grade]++;
		notes += view->files[i].note_count;
		expected = expected || view->files[i].expected;
	}
	wp_page_open(page, WP_PART_CARDS, NULL);
	wp_page_card(page, WP_TONE_PLAIN, wp_words_count(page->arena, view->given), view->given == 1 ? "file" : "files");
	if (view->count > view->given)
		wp_page_card(page, WP_TONE_PLAIN, wp_words_count(page->arena, view->count - view->given),
			     view->count - view->given == 1 ? "recovery environment in them" : "recovery environments in them");
	wp_page_card(page, WP_TONE_PLAIN, wp_words_count(page->arena, images), images == 1 ? "image" : "images");
	if (grades[WP_GRADE_WARNING])
		wp_page_card(page, WP_TONE_CHANGE, wp_words_count(page->arena, grades[WP_GRADE_WARNING]),
			     grades[WP_GRADE_WARNING] == 1 ? "file with something odd" : "files with something odd");
	if (grades[WP_GRADE_ERROR])
		wp_page_card(page, WP_TONE_BAD, wp_words_count(page->arena, grades[WP_GRADE_ERROR]),
			     grades[WP_GRADE_ERROR] == 1 ? "file could not be read" : "files could not be read");
	if (expected)
		wp_page_card(page, notes ? WP_TONE_CHANGE : WP_TONE_GOOD, wp_words_count(page->arena, notes),
			     notes == 1 ? "thing is not as expected" : "things are not as expected");
	wp_inspect_page_boot_cards(page, view);
	wp_page_close(page);
}

static void add_files(struct wp_page *page, const struct wp_inspect_view *view)
{
	if (view->count < 2)
		return;
	wp_page_heading(page, 2, "Files");
	WP_PAGE_TABLE(page, "Files", WP_FOLDING_TEXTS, { "File", WP_COLUMN_NAME }, { "Status", WP_COLUMN_SHORT },
		      { "Images", WP_COLUMN_NUMBER }, { "Size", WP_COLUMN_NUMBER }, { "Remarks", WP_COLUMN_NUMBER });
	for (size_t i = 0; i < view->count; i++) {
		const struct wp_wim *wim = view->files[i].wim;

		WP_PAGE_ROW(page, wp_cell_link(wp_inspect_page_file(page->arena, i), view->names[i]),
			    wp_cell_badge(tone_of(wim->grade), wp_grade_name(wim->grade)),
			    wp_cell(wim->metadata ? wp_words_count(page->arena, images_of(&view->files[i])) : NULL),
			    wp_cell(wim->opened ? wp_words_size(page->arena, wim->size) : NULL),
			    wp_cell(wp_words_count(page->arena, wim->diags.count)));
	}
	wp_page_close(page);
}

static void add_facts(struct wp_page *page, const struct wp_facts *facts)
{
	wp_page_open(page, WP_PART_FACTS, NULL);
	for (size_t i = 0; i < facts->count; i++)
		wp_page_fact(page, facts->items[i].label, facts->items[i].value);
	wp_page_close(page);
}

static void add_media(struct wp_page *page, const struct wp_inspection *file, size_t at)
{
	const struct wp_media *media = file->media;
	const struct wp_facts facts = wp_inspect_media_facts(page->arena, media);

	wp_page_open(page, WP_PART_SECTION, NULL)->target = wp_inspect_page_medium(page->arena, at);
	wp_page_open(page, WP_PART_HEADING, NULL)->level = 2;
	wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, "%s: installation media", wp_utf8_repair(page->arena, media->path)));
	wp_inspect_page_medium_badge(page, file);
	wp_page_close(page);
	add_facts(page, &facts);
	wp_inspect_page_medium_boot(page, file);
	wp_page_close(page);
}

static bool any(const char *(*rows)[WP_IMAGE_CELLS], size_t count, enum wp_image_cell cell)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i][cell], "-") != 0)
			return true;
	return false;
}

/* Columns that no image fills are left out. @linked: there is a section for each image. */
static void add_image_table(struct wp_page *page, const struct wp_inspection *file, size_t at, bool linked)
{
	static const struct {
		enum wp_image_cell cell;
		struct wp_page_column column;
	} all[] = {
		{ WP_IMAGE_VERSION, { "Version", WP_COLUMN_WORDS } },	  { WP_IMAGE_ARCH, { "Architecture", WP_COLUMN_WORDS } },
		{ WP_IMAGE_EDITION, { "Edition", WP_COLUMN_WORDS } },	  { WP_IMAGE_TYPE, { "Type", WP_COLUMN_WORDS } },
		{ WP_IMAGE_LANGUAGES, { "Languages", WP_COLUMN_WORDS } }, { WP_IMAGE_SIZE, { "Size", WP_COLUMN_NUMBER } },
		{ WP_IMAGE_CREATED, { "Created", WP_COLUMN_TIME } },	  { WP_IMAGE_MODIFIED, { "Modified", WP_COLUMN_TIME } },
	};
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	const char *(*rows)[WP_IMAGE_CELLS] = wp_arena_alloc(page->arena, metadata->image_count * sizeof *rows);
	struct wp_page_column columns[WP_IMAGE_CELLS] = { { "Image", WP_COLUMN_NAME } };
	enum wp_image_cell used[WP_IMAGE_CELLS];
	size_t count = 1;

	for (size_t i = 0; i < metadata->image_count; i++)
		wp_inspect_cells(page->arena, &metadata->images[i], rows[i]);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (!any(rows, metadata->image_count, all[i].cell))
			continue;
		used[count] = all[i].cell;
		columns[count++] = all[i].column;
	}
	wp_page_table(page, "Images", WP_FOLDING_TEXTS, columns, count);
	for (size_t i = 0; i < metadata->image_count; i++) {
		const struct wp_wim_image *image = &metadata->images[i];
		const char *name = wp_arena_printf(page->arena, "%" PRIu32 " %s", image->index, wp_words_name(image->name));

		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_cell(page, linked ? wp_cell_link(wp_inspect_page_image(page->arena, at, image->index), name) : wp_cell(name));
		for (size_t k = 1; k < count; k++)
			wp_page_cell(page, wp_cell(strcmp(rows[i][used[k]], "-") ? rows[i][used[k]] : NULL));
		wp_page_close(page);
	}
	wp_page_close(page);
}

static void add_image(struct wp_page *page, const struct wp_inspection *file, size_t at, size_t number, bool detailed, bool all)
{
	const struct wp_wim_image *image = &file->wim->metadata->images[number];
	const struct wp_facts facts = wp_inspect_image_facts(page->arena, image);

	wp_page_open(page, WP_PART_SECTION, NULL)->target = wp_inspect_page_image(page->arena, at, image->index);
	wp_page_open(page, WP_PART_HEADING, NULL)->level = 3;
	wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, "Image %" PRIu32 ": %s", image->index, wp_words_name(image->name)));
	wp_inspect_page_boot_badge(page, file, number);
	wp_page_close(page);
	if (detailed)
		add_facts(page, &facts);
	wp_inspect_page_boot(page, file, at, number);
	if (file->contents)
		wp_inspect_page_contents(page, wp_arena_printf(page->arena, "image %" PRIu32, image->index), &file->contents[number], all);
	wp_page_close(page);
}

/* Everything is shown of an only image, and of the one that was asked for. */
static void add_images(struct wp_page *page, const struct wp_inspect_view *view, size_t at)
{
	const struct wp_inspection *file = &view->files[at];
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	bool detailed = view->all || file->only_image || ((view->given == 1 || file->wim->read) && metadata && metadata->image_count == 1);
	bool sections = detailed || file->boot || file->contents;

	if (!metadata || !metadata->image_count)
		return;
	if (!detailed || (metadata->image_count > 1 && !file->only_image))
		add_image_table(page, file, at, sections);
	for (size_t i = 0; sections && i < metadata->image_count; i++)
		if (wp_inspect_page_shows(file, i))
			add_image(page, file, at, i, detailed, view->all);
}

static void add_other(struct wp_page *page, const struct wp_wim_metadata *metadata)
{
	if (!metadata || !metadata->other_count)
		return;
	wp_page_heading(page, 3, "Outside of the images");
	wp_page_open(page, WP_PART_LIST, NULL);
	for (size_t i = 0; i < metadata->other_count; i++)
		wp_page_line(page, WP_PART_ITEM, wp_inspect_other(page->arena, &metadata->other[i]));
	wp_page_close(page);
}

/* What was odd about the file; that it is about this file its place says. */
static void add_remarks(struct wp_page *page, const struct wp_wim *wim)
{
	struct wp_diags remarks = { 0 };

	for (size_t i = 0; i < wim->diags.count; i++) {
		struct wp_diag *remark = WP_PUSH(page->arena, remarks.items, remarks.count);

		*remark = wim->diags.items[i];
		remark->subject = NULL;
		if (remark->detail)
			remark->summary = wp_arena_printf(page->arena, "%s (%s)", remark->summary, remark->detail);
	}
	wp_page_remarks(page, 3, &remarks);
}

static void add_file(struct wp_page *page, const struct wp_inspect_view *view, size_t at)
{
	const struct wp_inspection *file = &view->files[at];
	const struct wp_facts facts = wp_inspect_facts(page->arena, file);

	if (wp_inspect_page_begins_medium(view, at))
		add_media(page, file, at);
	wp_page_open(page, WP_PART_SECTION, NULL)->target = wp_inspect_page_file(page->arena, at);
	wp_page_open(page, WP_PART_HEADING, NULL)->level = 2;
	wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, "%s ", view->names[at]));
	wp_page_badge(page, tone_of(file->wim->grade), wp_grade_name(file->wim->grade));
	wp_page_close(page);
	add_facts(page, &facts);
	add_images(page, view, at);
	wp_inspect_page_winres(page, file, at);
	wp_inspect_page_found(page, file);
	add_other(page, file->wim->metadata);
	add_remarks(page, file->wim);
	wp_inspect_page_notes(page, file);
	wp_page_close(page);
}

static const char *unread_words(struct wp_arena *arena, const struct wp_inspect_view *view)
{
	const char **names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < view->count; i++)
		if (view->files[i].wim->grade == WP_GRADE_ERROR)
			*WP_PUSH(arena, names, count) = view->names[i];
	if (!count)
		return NULL;
	return wp_arena_printf(arena, "Nothing is known of the images of %s%s. Why stands below.",
			       wp_text_join(arena, names, count < 5 ? count : 5),
			       count > 5 ? wp_arena_printf(arena, " and %s more", wp_words_count(arena, count - 5)) : "");
}

/* What is not shown, so that silence is not taken for an answer. @file: any, for the call asks the same of all. */
static const char *left_words(struct wp_arena *arena, const struct wp_inspection *file)
{
	const struct {
		bool done;
		const char *what;
	} all[] = {
		{ file->asked_boot, file->asked_servicing ? "who signed the other programs that start a computer (--boot)"
							   : "who signed what starts them (--boot)" },
		{ file->asked_servicing, "what is installed (--servicing)" },
		{ file->asked_winre, "the recovery environments (--winre)" },
		{ file->asked_deep, "totals of blobs and unused bytes (--deep)" },
		{ file->searched, "single files (--path)" },
	};
	const char **not = NULL;
	size_t count = 0;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!all[i].done)
			*WP_PUSH(arena, not, count) = all[i].what;
	if (!count)
		return NULL;
	return wp_arena_printf(arena, "Not on this page, because nobody asked for it: %s.", wp_text_join(arena, not, count));
}

/* The files with the recovery environments in them behind each. */
static struct wp_inspect_view view_of(struct wp_arena *arena, const struct wp_inspection *files, size_t count, bool all)
{
	struct wp_inspection *items = NULL;
	const char **names = NULL;
	size_t item_count = 0, name_count = 0;

	for (size_t i = 0; i < count; i++) {
		const struct wp_inspection *file = &files[i];

		*WP_PUSH(arena, items, item_count) = *file;
		*WP_PUSH(arena, names, name_count) = wp_utf8_repair(arena, file->wim->path);
		for (size_t k = 0; file->winre && k < file->wim->metadata->image_count; k++) {
			struct wp_inspection *inner;

			if (!file->winre[k].wim)
				continue;
			inner = WP_PUSH(arena, items, item_count);
			*inner = *file->winre[k].wim;
			/* It is in the same medium, which is shown once. */
			inner->media = file->media;
			*WP_PUSH(arena, names, name_count) = wp_arena_printf(arena, "%s, in %s", wp_utf8_repair(arena, inner->wim->path),
									     wp_inspect_sharers(arena, file, k));
		}
	}
	return (struct wp_inspect_view){ items, names, item_count, count, all };
}

static void render(const struct wp_inspection *files, size_t count, bool all, struct wp_buf *buf,
		   void (*rendering)(const struct wp_page *, struct wp_buf *))
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_inspect_view view = view_of(arena, files, count, all);
	struct wp_page page;
	bool boot = false;

	/* Of a recovery environment it is always asked. */
	for (size_t i = 0; i < view.count; i++)
		boot = boot || view.files[i].asked_boot || view.files[i].asked_servicing;
	wp_page_init(&page, arena, "wimplan inspect", title_of(arena, &view), "document of inspect --json");
	wp_page_banner(&page, "Not everything could be read", unread_words(arena, &view));
	add_cards(&page, &view);
	if (boot)
		wp_inspect_page_boot_summary(&page, &view);
	add_files(&page, &view);
	for (size_t i = 0; i < view.count; i++)
		add_file(&page, &view, i);
	if (boot)
		wp_inspect_page_boot_terms(&page);
	wp_page_line(&page, WP_PART_PARAGRAPH, left_words(arena, files));
	rendering(&page, buf);
}

void wp_report_inspect_markdown(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
				struct wp_buf *buf)
{
	render(files, count, options->all, buf, wp_page_markdown);
}

void wp_report_inspect_html(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
			    struct wp_buf *buf)
{
	render(files, count, options->all, buf, wp_page_html);
}
