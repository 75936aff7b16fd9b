/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verdict on each package rests on. */
#include "plan_page.h"

#include "plan_boot_words.h"
#include "plan_words.h"
#include "reason_words.h"
#include "words.h"

#include "wimplan/json.h"

#include <inttypes.h>

/* Sections that are unfolded when there are no more. */
#define SECTIONS_OPEN ((size_t)3)
/* Packages that are listed of many behind one missing map. */
#define MAPPED_SHOWN ((size_t)200)

/* A change board approves calls, so they have ConfigMgr's own names here. */
static const char *calls_of(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *reload = wp_action_name(WP_ACTION_RELOAD), *refresh = wp_action_name(WP_ACTION_REFRESH);

	if (entry->reload && entry->refresh)
		return wp_arena_printf(arena, "%s, then %s", reload, refresh);
	if (entry->reload)
		return reload;
	return entry->refresh ? refresh : NULL;
}

static void add_field(struct wp_page *page, const struct wp_reason_group *group, const struct wp_reason_words *words)
{
	WP_PAGE_ROW(page, wp_cell(group->images ? group->images : "all"), wp_cell_as(WP_PART_CODE, words->field),
		    wp_cell(*words->before ? words->before : "(empty)"), wp_cell(*words->after ? words->after : "(empty)"),
		    wp_cell(wp_confidence_name(group->reason->confidence)));
}

static void add_sentence(struct wp_page *page, const struct wp_reason_group *group, const struct wp_reason_words *words)
{
	const struct wp_reason *reason = group->reason;

	wp_page_open(page, WP_PART_ITEM, NULL);
	if (reason->action == WP_ACTION_NONE)
		wp_page_add(page, WP_PART_CODE, words->about);
	else
		wp_page_add(page, WP_PART_TEXT, wp_reason_about(page->arena, group, words));
	wp_page_add(page, WP_PART_TEXT,
		    reason->action == WP_ACTION_NONE ? wp_arena_printf(page->arena, ": %s", words->note)
						   : wp_arena_printf(page->arena, ": %s (%s)", words->note,
								     wp_confidence_name(reason->confidence)));
	wp_page_close(page);
}

/* Reasons that name a recorded and a found value go into the table, the others are sentences. */
static void add_reasons(struct wp_page *page, const struct wp_entry *entry)
{
	struct wp_reason_group *groups;
	size_t count = wp_reason_groups(page->arena, entry, &groups), fields = 0;
	struct wp_reason_words *words = wp_arena_alloc(page->arena, count * sizeof *words);

	wp_page_open(page, WP_PART_LIST, NULL);
	for (size_t i = 0; i < count; i++) {
		wp_words_reason(page->arena, groups[i].reason, &words[i]);
		if (words[i].field)
			fields++;
		else
			add_sentence(page, &groups[i], &words[i]);
	}
	wp_page_close(page);
	if (!fields)
		return;
	WP_PAGE_TABLE(page, wp_arena_printf(page->arena, "Image metadata of %s", entry->package_id), WP_FOLDING_PAIRS,
		      { "Image", WP_COLUMN_NUMBER }, { "Field", WP_COLUMN_SHORT }, { "Site has", WP_COLUMN_VALUE },
		      { "Source has", WP_COLUMN_VALUE }, { "Confidence", WP_COLUMN_SHORT });
	for (size_t i = 0; i < count; i++)
		if (words[i].field)
			add_field(page, &groups[i], &words[i]);
	wp_page_close(page);
}

static void open_section(struct wp_page *page, const struct wp_plan *plan, const struct wp_entry *entry,
			 const char *title)
{
	struct wp_part *section = wp_page_open(page, WP_PART_ENTRY, NULL);

	section->tone = wp_plan_entry_tone(entry);
	section->target = wp_plan_anchor(page->arena, (size_t)(entry - plan->entries));
	wp_page_open(page, WP_PART_HEADING, NULL)->level = 3;
	wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, "%s ", title));
	wp_page_badge(page, section->tone, wp_words_to_do(page->arena, entry));
	wp_page_close(page);
}

/* A point that a note names, with what it has. */
static void add_point(struct wp_page *page, const struct wp_plan_view *view, const json_t *point)
{
	const char *message = wp_json_get_text(point, "message");
	uint64_t id, version;

	if (wp_json_get_u64(point, "message_id", &id))
		message = wp_arena_printf(page->arena, "%s (message %" PRIu64 ")", message ? message : "what this means is not known",
					  id);
	WP_PAGE_ROW(page, wp_cell(wp_json_get_text(point, "name")), wp_cell(wp_json_get_text(point, "site")),
		    wp_cell(wp_json_get_text(point, "state")),
		    wp_cell(wp_json_get_u64(point, "source_version", &version) ? wp_words_count(page->arena, version) : NULL),
		    wp_cell(wp_words_time_of(page->arena, view->options->zone, point, "last_copied")), wp_cell(message));
}

static void add_note_points(struct wp_page *page, const struct wp_plan_view *view, const struct wp_note *note)
{
	const json_t *points = json_object_get(note->facts, "points"), *point;
	size_t i, count = json_array_size(points);

	if (!count)
		return;
	WP_PAGE_TABLE(page, wp_arena_printf(page->arena, "Distribution points of %s: %s", note->package_id, note->code),
		      WP_FOLDING_TEXTS, { "Distribution point", WP_COLUMN_NAME }, { "Site", WP_COLUMN_SHORT },
		      { "State", WP_COLUMN_SHORT }, { "Version", WP_COLUMN_NUMBER }, { "Last copied", WP_COLUMN_TIME },
		      { "Last reported", WP_COLUMN_WORDS });
	json_array_foreach(points, i, point)
		if (i < WP_PAGE_NOTE_POINTS)
			add_point(page, view, point);
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_NOTE_POINTS, count, "distribution point");
}

static void add_entry_notes(struct wp_page *page, const struct wp_plan_view *view, const struct wp_entry_view *entry)
{
	size_t shown = entry->note_count < WP_PAGE_NOTE_POINTS ? entry->note_count : WP_PAGE_NOTE_POINTS;

	if (!shown)
		return;
	wp_page_open(page, WP_PART_LIST, NULL);
	for (size_t i = 0; i < shown; i++) {
		const struct wp_note *note = entry->notes[i];

		wp_page_open(page, WP_PART_ITEM, NULL);
		wp_page_badge(page, wp_plan_note_tone(note->severity), wp_note_severity_name(note->severity));
		wp_page_add(page, WP_PART_TEXT, " ");
		wp_page_add(page, WP_PART_CODE, note->code);
		wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, ": %s", note->summary));
		wp_page_close(page);
	}
	wp_page_close(page);
	wp_page_cut(page, shown, entry->note_count, "note");
	for (size_t i = 0; i < shown; i++)
		add_note_points(page, view, entry->notes[i]);
}

static void add_boot_file(struct wp_page *page, const struct wp_content_boot *file)
{
	size_t count;
	const struct wp_diff_boot_row *rows = wp_plan_boot_rows(page->arena, file, &count);

	for (size_t i = 0; i < count; i++)
		WP_PAGE_ROW(page, wp_cell(i ? "" : wp_words_images(page->arena, file->images, file->image_count)),
			    wp_cell_as(WP_PART_PATH, i ? "" : file->change.new->path), wp_cell(rows[i].what),
			    wp_cell(wp_plan_boot_value(&rows[i], rows[i].old)), wp_cell(wp_plan_boot_value(&rows[i], rows[i].new)));
}

/* Which programs that start the images are others than before. */
static void add_boot(struct wp_page *page, const struct wp_plan *plan, const struct wp_entry *entry)
{
	const struct wp_content_change *content = entry->content;
	const char *rest = content ? wp_plan_boot_rest(page->arena, content) : NULL;

	if (content && content->boot_file_count) {
		wp_page_line(page, WP_PART_PARAGRAPH, wp_arena_printf(page->arena, "Programs that start its images, as they were and as they are%s:", wp_words_uncovered(plan)));
		WP_PAGE_TABLE(page, wp_arena_printf(page->arena, "What starts the images of %s", entry->package_id), WP_FOLDING_TEXTS,
			      { "Image", WP_COLUMN_SHORT }, { "File", WP_COLUMN_PATH }, { "What", WP_COLUMN_SHORT }, { "Old", WP_COLUMN_WORDS },
			      { "New", WP_COLUMN_WORDS });
		for (size_t i = 0; i < content->boot_file_count; i++)
			add_boot_file(page, &content->boot_files[i]);
		wp_page_close(page);
	}
	wp_page_line(page, WP_PART_PARAGRAPH, rest);
}

static void add_entry(struct wp_page *page, const struct wp_plan_view *view, size_t number)
{
	const struct wp_plan *plan = view->plan;
	const struct wp_entry *entry = &plan->entries[number];
	const struct wp_number *version = &entry->preconditions.source_version;
	const char *why = wp_words_why(page->arena, entry);

	open_section(page, plan, entry, wp_arena_printf(page->arena, "%s %s", entry->package_id, wp_words_name(entry->name)));
	wp_page_open(page, WP_PART_FOLD, why ? why : "blocked")->open = view->section_count <= SECTIONS_OPEN;
	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, entry->status == WP_ENTRY_CHANGE ? "Do" : "Would need", calls_of(page->arena, entry));
	wp_page_fact(page, "Class", wp_class_name(entry->class));
	wp_page_path_fact(page, "Source", entry->source_path);
	if (version->known)
		wp_page_fact(page, "Source version now", wp_arena_printf(page->arena, "%" PRIu64, version->value));
	if (entry->content)
		wp_page_fact(page, "Inside",
			     wp_arena_printf(page->arena, "%s%s", wp_words_content(page->arena, entry->content),
					     wp_words_uncovered(plan)));
	wp_page_close(page);
	add_boot(page, plan, entry);
	if (entry->status != WP_ENTRY_UNCHANGED)
		add_reasons(page, entry);
	add_entry_notes(page, view, &view->entries[number]);
	wp_page_close(page);
	wp_page_close(page);
}

/* Many packages behind one missing map: one reason for all of them, and which they are. */
static void add_group(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped *group)
{
	const char *packages = wp_words_counted(page->arena, group->alone, "package");

	open_section(page, plan, group->waiting[0], packages);
	add_reasons(page, group->waiting[0]);
	wp_page_open(page, WP_PART_FOLD, wp_arena_printf(page->arena, "The %s", packages));
	WP_PAGE_TABLE(page, wp_arena_printf(page->arena, "The %s", packages), WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "Name", WP_COLUMN_NAME }, { "Source", WP_COLUMN_PATH });
	for (size_t i = 0; i < group->alone && i < MAPPED_SHOWN; i++)
		WP_PAGE_ROW(page, wp_cell(group->waiting[i]->package_id), wp_cell(wp_words_name(group->waiting[i]->name)),
			    wp_cell_as(WP_PART_PATH, group->waiting[i]->source_path));
	wp_page_close(page);
	wp_page_cut(page, MAPPED_SHOWN, group->alone, "package");
	wp_page_close(page);
	wp_page_close(page);
}

void wp_plan_page_evidence(struct wp_page *page, const struct wp_plan_view *view)
{
	if (!view->section_count)
		return;
	wp_page_heading(page, 2, "What it rests on");
	for (size_t i = 0; i < view->plan->entry_count; i++) {
		const struct wp_unmapped *group = wp_unmapped_for(&view->unmapped, view->plan, &view->plan->entries[i]);

		if (view->entries[i].section && group)
			add_group(page, view->plan, group);
		else if (view->entries[i].section)
			add_entry(page, view, i);
	}
	wp_page_cut(page, WP_PAGE_SECTIONS, view->section_count, "section");
}
