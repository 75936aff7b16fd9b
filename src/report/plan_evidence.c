/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verdict on each package rests on. */
#include "plan_evidence.h"

#include "reason_words.h"
#include "remedies.h"
#include "plan_words.h"
#include "reason_words.h"
#include "words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum wp_tone wp_plan_evidence_tone(const struct wp_entry *entry)
{
	static const enum wp_tone tones[WP_ENTRY_STATUSES] = {
		[WP_ENTRY_UNCHANGED] = WP_TONE_PLAIN,   [WP_ENTRY_CHANGE] = WP_TONE_CHANGE, [WP_ENTRY_BLOCKED] = WP_TONE_BAD,
		[WP_ENTRY_REPORT_ONLY] = WP_TONE_INFO, [WP_ENTRY_UNPROVEN] = WP_TONE_INFO,
	};

	return tones[entry->status];
}

const char *wp_plan_evidence_anchor(struct wp_arena *arena, size_t number)
{
	return wp_arena_printf(arena, "package-%zu", number + 1);
}

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

	section->tone = wp_plan_evidence_tone(entry);
	section->target = wp_plan_evidence_anchor(page->arena, (size_t)(entry - plan->entries));
	wp_page_open(page, WP_PART_HEADING, NULL)->level = 3;
	wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, "%s ", title));
	wp_page_badge(page, section->tone, wp_words_to_do(page->arena, entry));
	wp_page_close(page);
}

static void add_entry(struct wp_page *page, const struct wp_plan *plan, const struct wp_entry *entry)
{
	const struct wp_number *version = &entry->preconditions.source_version;

	open_section(page, plan, entry, wp_arena_printf(page->arena, "%s %s", entry->package_id, wp_words_name(entry->name)));
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
	add_reasons(page, entry);
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
	for (size_t i = 0; i < group->alone; i++)
		WP_PAGE_ROW(page, wp_cell(group->waiting[i]->package_id), wp_cell(wp_words_name(group->waiting[i]->name)),
			    wp_cell_as(WP_PART_PATH, group->waiting[i]->source_path));
	wp_page_close(page);
	wp_page_close(page);
	wp_page_close(page);
}

void wp_plan_page_evidence(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped_list *unmapped)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		const struct wp_unmapped *group = wp_unmapped_for(unmapped, plan, entry);

		if (!group && entry->status != WP_ENTRY_UNCHANGED)
			add_entry(page, plan, entry);
		else if (group && group->waiting[0] == entry)
			add_group(page, plan, group);
	}
}

void wp_plan_page_remedies(struct wp_page *page, const struct wp_plan *plan)
{
	struct wp_remedy *remedies;
	size_t count = wp_remedies(page->arena, plan, &remedies);

	if (!count)
		return;
	wp_page_heading(page, 2, "What to do about what is blocked");
	WP_PAGE_TABLE(page, "What to do about what is blocked", WP_FOLDING_NONE, { "Why", WP_COLUMN_SHORT },
		      { "Packages", WP_COLUMN_NUMBER }, { "What to do", WP_COLUMN_TEXT });
	for (size_t i = 0; i < count; i++)
		WP_PAGE_ROW(page, wp_cell_as(WP_PART_CODE, remedies[i].code),
			    wp_cell(wp_words_count(page->arena, remedies[i].packages)), wp_cell(remedies[i].remedy));
	wp_page_close(page);
}
