/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first screen of a plan's page. */
#include "plan_page.h"

#include "plan_cost.h"
#include "plan_words.h"
#include "words.h"

#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

/* Things to decide that are listed of one kind. */
#define DECISIONS 6

static const json_t *total_of(const struct wp_plan_view *view)
{
	return json_object_get(view->plan->estimates, "total");
}

/* "5 packages are reloaded and 4 sent again": the calls. */
static void add_calls(struct wp_buf *text, const struct wp_plan_view *view)
{
	const struct wp_summary *sum = &view->plan->summary;
	uint64_t first = sum->reload ? sum->reload : sum->refresh;

	wp_buf_printf(text, "%s %s %s", wp_words_counted(view->arena, first, "package"), first == 1 ? "is" : "are",
		      sum->reload ? "reloaded" : "sent to the distribution points again");
	if (sum->reload && sum->refresh)
		wp_buf_printf(text, ", and %s %s sent to the distribution points again",
			      wp_words_count(view->arena, sum->refresh), sum->refresh == 1 ? "is" : "are");
}

/* Whether the refreshes fit the window. */
static void add_fit(struct wp_buf *text, const struct wp_plan_view *view)
{
	const char *fits = view->plan->summary.refresh ? wp_words_fits(view, total_of(view)) : NULL;
	const json_t *answer = json_object_get(total_of(view), "fits");

	if (fits)
		wp_buf_puts(text, wp_words_window_over(view) ? ", for which the window is over"
				  : json_is_true(answer)     ? ", which fits the window"
				  : json_is_false(answer)    ? ", which does not all fit the window"
							     : ", which may not all fit the window");
}

/* Whether only a call that is left for later keeps the package from being unchanged: nobody has to decide on it. */
static bool is_left(const struct wp_entry *entry)
{
	return entry->status == WP_ENTRY_REPORT_ONLY &&
	       (wp_entry_has_reason(entry, "deferred-no-fit") || wp_entry_has_reason(entry, "deferred-to-schedule"));
}

/* Whether a person has to say what becomes of the package: of content that is unproven, and of what is only reported. */
static bool is_question(const struct wp_entry *entry)
{
	return (entry->status == WP_ENTRY_REPORT_ONLY && !is_left(entry)) ||
	       (entry->status != WP_ENTRY_BLOCKED && wp_entry_has_reason(entry, "content-unproven"));
}

/* One sentence. */
static const char *verdict(const struct wp_plan_view *view)
{
	const struct wp_summary *sum = &view->plan->summary;
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	uint64_t questions = 0, left = 0;

	for (size_t i = 0; i < view->plan->entry_count; i++) {
		const struct wp_entry *entry = &view->plan->entries[i];

		left += is_left(entry);
		questions += is_question(entry);
	}
	if (!wp_plan_has_changes(view->plan))
		return wp_words_no_changes(view->arena, view->plan);
	add_calls(&text, view);
	add_fit(&text, view);
	if (sum->blocked)
		wp_buf_printf(&text, "; %s %s blocked", wp_words_count(view->arena, sum->blocked), sum->blocked == 1 ? "is" : "are");
	if (left)
		wp_buf_printf(&text, "; %s %s left for later", wp_words_count(view->arena, left), left == 1 ? "is" : "are");
	if (questions)
		wp_buf_printf(&text, "; %s %s for a person to decide", wp_words_count(view->arena, questions),
			      questions == 1 ? "is" : "are");
	wp_buf_putc(&text, '.');
	return wp_arena_strdup(view->arena, wp_buf_text(&text));
}

/* Names of the entries with a status, the first ones, without those that are left for later. */
static const char *names_with(const struct wp_plan_view *view, enum wp_entry_status status, size_t *ret_count)
{
	const char *names[WP_NOTES_SHOWN + 1];
	size_t shown = 0;

	*ret_count = 0;
	for (size_t i = 0; i < view->plan->entry_count; i++)
		if (view->plan->entries[i].status == status && !is_left(&view->plan->entries[i]) && (*ret_count)++ < sizeof names / sizeof *names)
			names[shown++] = view->plan->entries[i].package_id;
	return wp_text_names(view->arena, names, *ret_count, WP_NOTES_SHOWN);
}

static void add_boot_images(struct wp_page *page, const struct wp_plan_view *view)
{
	size_t count;
	const char *names = names_with(view, WP_ENTRY_REPORT_ONLY, &count);

	if (count)
		wp_page_point(page, WP_PART_ITEM, wp_arena_printf(page->arena, "%s only reported:", wp_words_counted(page->arena, count, "package")),
			      wp_arena_printf(page->arena, "%s would change, and the policy leaves the calls to you or to somebody else. "
					      "The evidence says why.", names));
}

/* Notes that are grave, or that say that not all fits: what they find, and what to do about it. */
static void add_grave(struct wp_page *page, const struct wp_plan_view *view)
{
	for (size_t i = 0, shown = 0; i < view->group_count && shown < DECISIONS; i++) {
		const struct wp_note_group *group = &view->groups[i];
		const char *meaning = wp_words_sentence(page->arena, group->meaning ? group->meaning : group->code);

		if (group->severity != WP_NOTE_SEVERITY_GRAVE &&
		    wp_note_words_find(group->code) != wp_note_words(WP_NOTE_DOES_NOT_FIT))
			continue;
		shown++;
		wp_page_open(page, WP_PART_ITEM, NULL);
		wp_page_add(page, WP_PART_STRONG, meaning);
		wp_page_add(page, WP_PART_TEXT, group->count == 1
						? wp_arena_printf(page->arena, " %s", wp_words_sentence(page->arena, wp_note_sentence(page->arena, group->notes[0])))
						: wp_arena_printf(page->arena, " %s on %s.",
								  wp_words_counted(page->arena, group->count, "note"),
								  wp_note_group_names(page->arena, group)));
		wp_page_add(page, WP_PART_TEXT, group->remedy ? wp_arena_printf(page->arena, " %s (", group->remedy) : " (");
		wp_page_add(page, WP_PART_CODE, group->code);
		wp_page_add(page, WP_PART_TEXT, ")");
		wp_page_close(page);
	}
}

static size_t count_warnings(const struct wp_plan_view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < view->group_count; i++)
		if (view->groups[i].severity == WP_NOTE_SEVERITY_WARNING)
			count += view->groups[i].count;
	return count;
}

static void add_decisions(struct wp_page *page, const struct wp_plan_view *view)
{
	const struct wp_plan *plan = view->plan;
	size_t warnings = count_warnings(view), blocked;
	const char *names = names_with(view, WP_ENTRY_BLOCKED, &blocked), *unproven = wp_words_unproven(page->arena, plan);

	if (!unproven && !plan->summary.report_only && !warnings && !blocked && !view->group_count)
		return;
	wp_page_heading(page, 2, "What a person has to decide");
	wp_page_open(page, WP_PART_LIST, NULL);
	add_grave(page, view);
	wp_page_line(page, WP_PART_ITEM, unproven);
	add_boot_images(page, view);
	if (blocked)
		wp_page_point(page, WP_PART_ITEM, wp_arena_printf(page->arena, "%s blocked:", wp_words_counted(page->arena, blocked, "package")),
			      wp_arena_printf(page->arena, "%s. Put right what blocks them, or go without them.", names));
	if (warnings) {
		wp_page_open(page, WP_PART_ITEM, NULL);
		wp_page_add(page, WP_PART_STRONG, wp_words_counted(page->arena, warnings, "warning"));
		wp_page_add(page, WP_PART_TEXT, ": see ");
		wp_page_link(page, "notes", "what it means for the site");
		wp_page_add(page, WP_PART_TEXT, ".");
		wp_page_close(page);
	}
	wp_page_close(page);
}

static void add_cost_cards(struct wp_page *page, const struct wp_plan_view *view)
{
	const json_t *total = total_of(view), *fits = json_object_get(total, "fits");
	const char *window = wp_words_fits(view, total);
	uint64_t bytes;

	if (!view->plan->summary.refresh || !view->refresh_count)
		return;
	wp_page_card(page, WP_TONE_PLAIN, wp_json_get_u64(total, "bytes_max", &bytes) ? wp_words_amount(page->arena, bytes) : "?",
		     "to be sent at most");
	if (wp_words_window_over(view)) {
		wp_page_card(page, WP_TONE_BAD, "over", "the window");
		return;
	}
	wp_page_card(page, json_is_true(fits) ? WP_TONE_GOOD : json_is_false(fits) ? WP_TONE_BAD : WP_TONE_PLAIN,
		     json_is_true(fits) ? "yes" : json_is_false(fits) ? "no" : window ? "perhaps" : "–",
		     window ? "fits the window" : "no window is configured");
}

static void add_cards(struct wp_page *page, const struct wp_plan_view *view)
{
	const struct wp_summary *sum = &view->plan->summary;
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
	add_cost_cards(page, view);
	wp_page_close(page);
}

/* What the page is about, in a line. */
static void add_origin(struct wp_page *page, const struct wp_plan_view *view)
{
	const struct wp_report_options *options = view->options;
	const char *made = wp_words_time(page->arena, options->zone, view->plan->created_at);
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_printf(&text, "Plan %s, made %s. %s.", wp_hash_short(page->arena, view->plan->id), made ? made : "at an unknown time",
		      wp_words_snapshot(page->arena, options->zone, view->plan));
	for (size_t i = 0; i < options->pair_count; i++)
		wp_buf_printf(&text, " %s: %s.", options->pairs[i].name, options->pairs[i].value);
	if (options->zone)
		wp_buf_printf(&text, " Times are those of %s, and with a Z those of UTC.", options->zone->name);
	wp_page_open(page, WP_PART_PARAGRAPH, NULL);
	wp_page_add(page, WP_PART_SOFT, wp_arena_strdup(page->arena, wp_buf_text(&text)));
	wp_page_close(page);
}

void wp_plan_page_verdict(struct wp_page *page, const struct wp_plan_view *view)
{
	wp_page_banner(page, "This plan does not cover every package", wp_words_incomplete(page->arena, view->plan));
	wp_page_line(page, WP_PART_LEAD, verdict(view));
	add_origin(page, view);
	add_cards(page, view);
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_cost(view));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_skipped(page->arena, view->plan));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_narrowed(page->arena, view->plan));
	add_decisions(page, view);
}
