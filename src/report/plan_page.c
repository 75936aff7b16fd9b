/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a page for a change board: what is asked for, in one table, then what it rests on, then what the words mean. */
#include "plan_evidence.h"

#include "plan_cost.h"
#include "plan_remarks.h"
#include "plan_words.h"
#include "reason_words.h"
#include "words.h"

#include "wimplan/hash.h"
#include "wimplan/report.h"

#include <inttypes.h>
#include <string.h>

static void add_cards(struct wp_page *page, const struct wp_plan *plan)
{
	const struct wp_summary *sum = &plan->summary;
	const struct {
		uint64_t count;
		enum wp_tone tone;
		const char *what;
		bool always;
	} cards[] = {
		{ sum->reload, WP_TONE_CHANGE, "to reload", true },
		{ sum->refresh, WP_TONE_CHANGE, "to refresh", true },
		{ sum->blocked, WP_TONE_BAD, "blocked", true },
		{ sum->unproven, WP_TONE_INFO, "unproven", false },
		{ sum->report_only, WP_TONE_INFO, "only reported", false },
		{ sum->unchanged, WP_TONE_PLAIN, "unchanged", true },
	};

	wp_page_open(page, WP_PART_CARDS, NULL);
	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
		if (cards[i].count || cards[i].always)
			wp_page_card(page, cards[i].count ? cards[i].tone : WP_TONE_PLAIN,
				     wp_words_count(page->arena, cards[i].count), cards[i].what);
	wp_page_close(page);
}

static void add_facts(struct wp_page *page, const struct wp_plan *plan)
{
	const char *uncovered = wp_words_uncovered(plan);

	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, "Plan", plan->id);
	wp_page_fact(page, "Site", plan->site_code);
	wp_page_fact(page, "Made",
		     wp_arena_printf(page->arena, "%s by %s with wimplan %s%s",
				     wp_time_minutes(page->arena, plan->created_at),
				     plan->created_by ? plan->created_by : "(unknown)",
				     plan->tool_version ? plan->tool_version : "(unknown version)", uncovered));
	wp_page_fact(page, "Snapshot",
		     wp_arena_printf(page->arena, "%s of %s%s, %s", wp_hash_short(page->arena, plan->snapshot_id),
				     wp_time_minutes(page->arena, plan->snapshot_taken_at), uncovered,
				     wp_words_counted(page->arena, plan->snapshot_records, "package")));
	wp_page_fact(page, "Complete", plan->complete ? "yes" : "no");
	wp_page_close(page);
}

static void add_package_row(struct wp_page *page, const struct wp_entry *entry, size_t number)
{
	const char *name = wp_words_name(entry->name), *why = wp_words_why(page->arena, entry);

	if (entry->status == WP_ENTRY_UNCHANGED)
		WP_PAGE_ROW(page, wp_cell(entry->package_id), wp_cell(name),
			    wp_cell(wp_confidence_name(wp_words_confidence(entry))), wp_cell(why));
	else
		WP_PAGE_ROW(page, wp_cell_link(wp_plan_evidence_anchor(page->arena, number), entry->package_id), wp_cell(name),
			    wp_cell_badge(wp_plan_evidence_tone(entry), wp_words_to_do(page->arena, entry)), wp_cell(why));
}

/* Many packages behind one missing map are one row, where the first of them stands. */
static void add_group_row(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped *group)
{
	const struct wp_entry *first = group->waiting[0];

	WP_PAGE_ROW(page,
		    wp_cell_link(wp_plan_evidence_anchor(page->arena, (size_t)(first - plan->entries)),
				 wp_words_counted(page->arena, group->alone, "package")),
		    wp_cell(wp_unmapped_names(page->arena, group)),
		    wp_cell_badge(wp_plan_evidence_tone(first), wp_words_to_do(page->arena, first)),
		    wp_cell(wp_arena_printf(page->arena, "%s: %s", wp_words_why(page->arena, first), group->prefix)));
}

/* One row for each package that is @unchanged, or that is not, in execution order. */
static void add_packages(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped_list *unmapped,
			 const char *caption, bool unchanged)
{
	WP_PAGE_TABLE(page, caption, WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT }, { "Name", WP_COLUMN_NAME },
		      { unchanged ? "Confidence" : "What to do", WP_COLUMN_SHORT }, { "Why", WP_COLUMN_TEXT });
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		const struct wp_unmapped *group = wp_unmapped_for(unmapped, plan, entry);

		if (!group && (entry->status == WP_ENTRY_UNCHANGED) == unchanged)
			add_package_row(page, entry, i);
		else if (group && group->waiting[0] == entry && !unchanged)
			add_group_row(page, plan, group);
	}
	wp_page_close(page);
}

static void add_notes(struct wp_page *page, const struct wp_plan *plan)
{
	static const enum wp_tone tones[] = {
		[WP_NOTE_SEVERITY_GRAVE] = WP_TONE_BAD,
		[WP_NOTE_SEVERITY_WARNING] = WP_TONE_CHANGE,
		[WP_NOTE_SEVERITY_INFO] = WP_TONE_INFO,
	};

	if (!plan->note_count)
		return;
	wp_page_heading(page, 2, wp_arena_printf(page->arena, "What it means for the site%s", wp_words_uncovered(plan)));
	WP_PAGE_TABLE(page, "Notes", WP_FOLDING_TEXTS, { "Severity", WP_COLUMN_SHORT }, { "Code", WP_COLUMN_SHORT },
		      { "Package", WP_COLUMN_SHORT }, { "Note", WP_COLUMN_TEXT });
	for (size_t i = 0; i < plan->note_count; i++) {
		const struct wp_note *note = &plan->notes[i];

		WP_PAGE_ROW(page, wp_cell_badge(tones[note->severity], wp_note_severity_name(note->severity)),
			    wp_cell_as(WP_PART_CODE, note->code), wp_cell(note->package_id), wp_cell(note->summary));
	}
	wp_page_close(page);
}

static void add_unchanged(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped_list *unmapped,
			  bool open)
{
	uint64_t count = plan->summary.unchanged;

	if (!count)
		return;
	wp_page_open(page, WP_PART_FOLD,
		     wp_arena_printf(page->arena, "Unchanged packages: %s", wp_words_count(page->arena, count)))
		->open = open;
	add_packages(page, plan, unmapped, "Unchanged packages", true);
	wp_page_close(page);
}

static const struct term {
	const char *term, *meaning;
} always[] = {
	{ "Plan", "The calls that would bring the site in line, and what each rests on. Its id is a digest over all of that: "
		  "two plans with one id ask for the same." },
	{ "Snapshot", "What the site said of its packages when it was exported." },
	{ "Source version", "A number that the site raises with each refresh. A plan is carried out only while it is the one "
			    "that the plan names." },
	{ "Unchanged", "Nothing calls for a reload or a refresh." },
};

static const struct term statuses[WP_ENTRY_STATUSES] = {
	[WP_ENTRY_BLOCKED] = { "Blocked", "The package cannot be acted on until its reason is put right. Nothing is called "
					  "for it." },
	[WP_ENTRY_REPORT_ONLY] = { "Report only", "A boot image that would change. Nothing is called for it, because a "
						  "refresh rebuilds it on the server." },
	[WP_ENTRY_UNPROVEN] = { "Decide", "Whether the content is what was distributed is not proven, and a person has to "
					  "say. Nothing is called for it." },
};

static const struct term confidences[] = {
	[WP_CONFIDENCE_UNKNOWN] = { "unknown", "Nothing tells." },
	[WP_CONFIDENCE_INFERRED] = { "inferred", "It follows from dates, or from a value whose form the site does not document." },
	[WP_CONFIDENCE_PROVEN] = { "proven", "Two digests, or two recorded values, were compared." },
};

static bool any_with(const struct wp_plan *plan, enum wp_entry_status status)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].status == status)
			return true;
	return false;
}

static bool any_reason(const struct wp_plan *plan, const char *code)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].status != WP_ENTRY_UNCHANGED && wp_entry_has_reason(&plan->entries[i], code))
			return true;
	return false;
}

static bool any_confidence(const struct wp_plan *plan, enum wp_confidence confidence)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		for (size_t k = 0; k < plan->entries[i].reason_count; k++)
			if (plan->entries[i].reasons[k].confidence == confidence)
				return true;
	return false;
}

static bool any_call(const struct wp_plan *plan, enum wp_action action)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		if (action == WP_ACTION_RELOAD ? plan->entries[i].reload : plan->entries[i].refresh)
			return true;
	return false;
}

static void add_term(struct wp_page *page, const struct term *term, bool used)
{
	if (used && term->term)
		wp_page_fact(page, term->term, term->meaning);
}

/* Every term that the page uses, explained, for those who read a plan for the first time. */
static void add_terms(struct wp_page *page, const struct wp_plan *plan)
{
	size_t kind_count;
	const struct wp_reason_kind *kinds = wp_reason_kinds(&kind_count);

	wp_page_open(page, WP_PART_FOLD, "What the words mean");
	wp_page_open(page, WP_PART_FACTS, NULL);
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		add_term(page, &always[i], true);
	for (enum wp_action action = WP_ACTION_RELOAD; action <= WP_ACTION_REFRESH; action++)
		if (any_call(plan, action))
			wp_page_fact(page, action == WP_ACTION_RELOAD ? "Reload" : "Refresh",
				     wp_arena_printf(page->arena, "%s. %s", wp_action_name(action), wp_words_call(action)));
	for (size_t i = 0; i < WP_ENTRY_STATUSES; i++)
		add_term(page, &statuses[i], any_with(plan, (enum wp_entry_status)i));
	for (size_t i = 0; i < sizeof confidences / sizeof *confidences; i++)
		add_term(page, &confidences[i], any_confidence(plan, (enum wp_confidence)i));
	for (size_t i = 0; i < kind_count; i++)
		if (any_reason(plan, kinds[i].code))
			wp_page_fact(page, kinds[i].code, kinds[i].meaning);
	for (enum wp_gate gate = WP_GATE_NONE + 1; gate < WP_GATE_COUNT; gate++) {
		const struct wp_gate_info *info = wp_gate_info(gate);

		/* Those of the content have their explanation above, with what they are about. */
		if (gate < WP_GATE_CONTENT_UNKNOWN && any_reason(plan, info->code))
			wp_page_fact(page, info->code, wp_arena_printf(page->arena, "Blocked: %s.", info->meaning));
	}
	if (!plan->complete)
		wp_page_fact(page, "Incomplete", "Some package could not be judged at all: what it needs is not in this plan.");
	wp_page_close(page);
	wp_page_close(page);
}

static void build(struct wp_page *page, const struct wp_plan *plan, const struct wp_report_options *options)
{
	const struct wp_unmapped_list unmapped = wp_unmapped(page->arena, plan);
	const struct wp_diags remarks = wp_plan_remarks(page->arena, plan);
	bool any = plan->summary.unchanged < plan->entry_count;

	wp_page_banner(page, "This plan does not cover every package", wp_words_incomplete(page->arena, plan));
	wp_page_line(page, WP_PART_LEAD, wp_words_no_changes(page->arena, plan));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_unproven(page->arena, plan));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_skipped(page->arena, plan));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_narrowed(page->arena, plan));
	add_cards(page, plan);
	add_facts(page, plan);
	if (any) {
		wp_page_heading(page, 2, "Packages");
		add_packages(page, plan, &unmapped, "Packages, what to do and why", false);
	}
	add_unchanged(page, plan, &unmapped, options->all);
	wp_plan_page_cost(page, plan);
	add_notes(page, plan);
	if (any) {
		wp_page_heading(page, 2, "What it rests on");
		wp_plan_page_evidence(page, plan, &unmapped);
	}
	wp_plan_page_remedies(page, plan);
	wp_page_remarks(page, &remarks);
	add_terms(page, plan);
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_totals(page->arena, plan));
}

static void render(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf,
		   void (*rendering)(const struct wp_page *, struct wp_buf *))
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_page page;

	wp_page_init(&page, arena, "wimplan plan",
		     wp_arena_printf(arena, "Image package change report, site %s",
				     plan->site_code ? plan->site_code : "(no site)"));
	build(&page, plan, options);
	rendering(&page, buf);
}

void wp_report_plan_markdown(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	render(plan, options, buf, wp_page_markdown);
}

void wp_report_plan_html(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	render(plan, options, buf, wp_page_html);
}
