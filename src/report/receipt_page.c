/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receipt as a page: the report after the change. */
#include "page.h"

#include "receipt_words.h"
#include "plan_words.h"
#include "words.h"

#include "wimplan/distribution.h"
#include "wimplan/report.h"

#include <string.h>

/* Rows of a table that the page has at most: each of the three has some 300 bytes a row. */
#define ROWS ((size_t)4000)

static enum wp_tone tone_of(enum wp_outcome outcome)
{
	static const enum wp_tone tones[WP_OUTCOMES] = {
		[WP_OUTCOME_DONE] = WP_TONE_GOOD,     [WP_OUTCOME_SATISFIED] = WP_TONE_GOOD,
		[WP_OUTCOME_UNVERIFIED] = WP_TONE_CHANGE, [WP_OUTCOME_FAILED] = WP_TONE_BAD,
		[WP_OUTCOME_CONFLICT] = WP_TONE_BAD,  [WP_OUTCOME_SKIPPED] = WP_TONE_CHANGE,
		[WP_OUTCOME_UNKNOWN] = WP_TONE_CHANGE,
	};

	return tones[outcome];
}

static void add_cards(struct wp_page *page, const struct wp_receipt *receipt)
{
	size_t counts[WP_OUTCOMES];

	wp_receipt_count(receipt, counts);
	wp_page_open(page, WP_PART_CARDS, NULL);
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (counts[i] || i == WP_OUTCOME_DONE)
			wp_page_card(page, counts[i] ? tone_of((enum wp_outcome)i) : WP_TONE_PLAIN,
				     wp_words_count(page->arena, counts[i]), wp_outcome_name((enum wp_outcome)i));
	wp_page_close(page);
}

static void add_facts(struct wp_page *page, const struct wp_receipt *receipt, const struct wp_report_options *options)
{
	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, "Plan", receipt->plan_id);
	wp_page_fact(page, "Site", receipt->site_code);
	wp_page_fact(page, "Provider", receipt->provider);
	wp_page_fact(page, "Run", wp_receipt_words_when(page->arena, options->zone, receipt));
	wp_page_fact(page, "By", receipt->by ? receipt->by : "(the receipt does not say)");
	for (size_t i = 0; i < options->pair_count; i++)
		wp_page_fact(page, options->pairs[i].name, options->pairs[i].value);
	wp_page_close(page);
}

/* What was done as planned makes room on the page for what was not. */
static void add_steps(struct wp_page *page, const struct wp_receipt *receipt, const struct wp_zone *zone)
{
	size_t others = 0, done = 0, shown = 0, room;

	for (size_t i = 0; i < receipt->count; i++)
		others += !wp_outcome_is_good(receipt->steps[i].outcome);
	room = others < ROWS ? ROWS - others : 0;
	wp_page_heading(page, 2, "Steps");
	WP_PAGE_TABLE(page, "Steps in execution order", WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "Call", WP_COLUMN_SHORT }, { "Outcome", WP_COLUMN_SHORT }, { "When", WP_COLUMN_SHORT },
		      { "Source version", WP_COLUMN_SHORT }, { "Remark", WP_COLUMN_TEXT });
	for (size_t i = 0; i < receipt->count && shown < ROWS; i++) {
		const struct wp_receipt_step *step = &receipt->steps[i];

		if (wp_outcome_is_good(step->outcome) && done++ >= room)
			continue;
		shown++;
		WP_PAGE_ROW(page, wp_cell(step->package_id), wp_cell(wp_action_name(step->action)),
			    wp_cell_badge(tone_of(step->outcome), wp_outcome_name(step->outcome)),
			    wp_cell(wp_words_time(page->arena, zone, step->finished_at)),
			    wp_cell(wp_receipt_words_version(page->arena, step)),
			    wp_cell(wp_receipt_words_remark(page->arena, step)));
	}
	wp_page_close(page);
	wp_page_cut(page, shown, receipt->count, "step");
}

static enum wp_tone tone_of_distribution(const struct wp_receipt_distribution *found)
{
	return found->failed ? WP_TONE_BAD : found->have < found->targeted ? WP_TONE_CHANGE : WP_TONE_GOOD;
}

/* A label for a state that is known; what another program calls one may be any text. */
static struct wp_page_cell state_cell(const struct wp_receipt_point *point)
{
	for (int state = 0; state < WP_POINT_STATES; state++)
		if (!strcmp(point->state, wp_point_state_name((enum wp_point_state)state)))
			return wp_cell_badge(state == WP_POINT_FAILED ? WP_TONE_BAD : WP_TONE_CHANGE, point->state);
	return wp_cell(point->state);
}

static void add_points(struct wp_page *page, const struct wp_receipt *receipt, size_t count)
{
	size_t shown = 0;

	wp_page_heading(page, 3, "Points that have not got it");
	WP_PAGE_TABLE(page, "Points without the new version", WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "Point", WP_COLUMN_NAME }, { "State", WP_COLUMN_VALUE }, { "What it reports, and what helps", WP_COLUMN_TEXT });
	for (size_t i = 0; i < receipt->count; i++) {
		const struct wp_receipt_step *step = &receipt->steps[i];

		for (size_t k = 0; step->distribution && k < step->distribution->count && shown < ROWS; k++, shown++) {
			const struct wp_receipt_point *point = &step->distribution->points[k];

			WP_PAGE_ROW(page, wp_cell(step->package_id), wp_cell(wp_receipt_words_point(page->arena, point)),
				    state_cell(point), wp_cell(point->message));
		}
	}
	wp_page_close(page);
	wp_page_cut(page, shown, count, "point");
}

/* Where the content of the refreshes was, as far as somebody has looked. */
static void add_distribution(struct wp_page *page, const struct wp_receipt *receipt, const struct wp_zone *zone)
{
	size_t seen = 0, behind = 0, shown = 0;

	for (size_t i = 0; i < receipt->count; i++) {
		seen += receipt->steps[i].distribution != NULL;
		behind += receipt->steps[i].distribution ? receipt->steps[i].distribution->count : 0;
	}
	if (!seen)
		return;
	wp_page_heading(page, 2, "Distribution");
	WP_PAGE_TABLE(page, "Distribution points of each refresh", WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "Source version", WP_COLUMN_SHORT }, { "Points", WP_COLUMN_WORDS }, { "Seen", WP_COLUMN_SHORT });
	for (size_t i = 0; i < receipt->count && shown < ROWS; i++) {
		const struct wp_receipt_step *step = &receipt->steps[i];

		if (!step->distribution)
			continue;
		shown++;
		WP_PAGE_ROW(page, wp_cell(step->package_id), wp_cell(wp_receipt_words_version(page->arena, step)),
			    wp_cell_badge(tone_of_distribution(step->distribution), wp_receipt_words_distribution(page->arena, step)),
			    wp_cell(wp_words_time(page->arena, zone, step->distribution->at)));
	}
	wp_page_close(page);
	wp_page_cut(page, shown, seen, "package");
	if (behind)
		add_points(page, receipt, behind);
}

static bool any_call(const struct wp_receipt *receipt, enum wp_action action)
{
	for (size_t i = 0; i < receipt->count; i++)
		if (receipt->steps[i].action == action)
			return true;
	return false;
}

static void add_terms(struct wp_page *page, const struct wp_receipt *receipt)
{
	size_t counts[WP_OUTCOMES];

	wp_receipt_count(receipt, counts);
	wp_page_open(page, WP_PART_FOLD, "What the words mean");
	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, "Plan", "The calls that were approved. Its id is a digest over all that it asks for.");
	for (enum wp_action action = WP_ACTION_RELOAD; action <= WP_ACTION_REFRESH; action++)
		if (any_call(receipt, action))
			wp_page_fact(page, wp_action_name(action), wp_words_call(action));
	wp_page_fact(page, "Source version", "A number that the site raises with each refresh.");
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (counts[i])
			wp_page_fact(page, wp_outcome_name((enum wp_outcome)i),
				     wp_outcome_meaning((enum wp_outcome)i));
	wp_page_close(page);
	wp_page_close(page);
}

static void render(const struct wp_receipt *receipt, const struct wp_report_options *options, struct wp_buf *buf,
		   void (*rendering)(const struct wp_page *, struct wp_buf *))
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_page page;

	wp_page_init(&page, arena, "wimplan receipt",
		     wp_arena_printf(arena, "Image package change, site %s: what was done", receipt->site_code), "receipt");
	wp_page_banner(&page, "Not all of the plan was carried out", wp_receipt_words_left(arena, receipt));
	wp_page_banner(&page, "Not all of the content has arrived", wp_receipt_words_behind(arena, receipt));
	add_cards(&page, receipt);
	add_facts(&page, receipt, options);
	add_steps(&page, receipt, options->zone);
	add_distribution(&page, receipt, options->zone);
	add_terms(&page, receipt);
	wp_page_line(&page, WP_PART_PARAGRAPH, wp_receipt_words_totals(arena, receipt));
	rendering(&page, buf);
}

void wp_report_receipt_markdown(const struct wp_receipt *receipt, const struct wp_report_options *options,
				struct wp_buf *buf)
{
	render(receipt, options, buf, wp_page_markdown);
}

void wp_report_receipt_html(const struct wp_receipt *receipt, const struct wp_report_options *options,
			    struct wp_buf *buf)
{
	render(receipt, options, buf, wp_page_html);
}
