/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a plan, for those who read one for the first time. */
#include "plan_page.h"

#include "plan_words.h"
#include "reason_words.h"

#include <string.h>

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
	[WP_UNKNOWN] = { "unknown", "Nothing tells." },
	[WP_INFERRED] = { "inferred", "It follows from dates, or from a value whose form the site does not document." },
	[WP_PROVEN] = { "proven", "Two digests, or two recorded values, were compared." },
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
		if (action == WP_RELOAD ? plan->entries[i].reload : plan->entries[i].refresh)
			return true;
	return false;
}

static void add(struct wp_page *page, const struct term *term, bool used)
{
	if (used && term->term)
		wp_page_fact(page, term->term, term->meaning);
}

void wp_plan_page_terms(struct wp_page *page, const struct wp_plan *plan)
{
	size_t kind_count;
	const struct wp_reason_kind *kinds = wp_reason_kinds(&kind_count);

	wp_page_open(page, WP_PART_FOLD, "What the words mean");
	wp_page_open(page, WP_PART_FACTS, NULL);
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		add(page, &always[i], true);
	for (enum wp_action action = WP_RELOAD; action <= WP_REFRESH; action++)
		if (any_call(plan, action))
			wp_page_fact(page, action == WP_RELOAD ? "Reload" : "Refresh",
				     wp_arena_printf(page->arena, "%s. %s", wp_action_name(action), wp_words_call(action)));
	for (size_t i = 0; i < WP_ENTRY_STATUSES; i++)
		add(page, &statuses[i], any_with(plan, (enum wp_entry_status)i));
	for (size_t i = 0; i < sizeof confidences / sizeof *confidences; i++)
		add(page, &confidences[i], any_confidence(plan, (enum wp_confidence)i));
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
