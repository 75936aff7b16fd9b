/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the words of a plan mean: those that this plan uses, and no others. */
#include "plan_page.h"

#include "plan_words.h"
#include "reason_words.h"

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

static const struct term of_cost[] = {
	{ "To be sent", "What changes, once for each distribution point that gets it: from the least to the most, because how much of "
			"a file has to travel again is not known beforehand." },
	{ "Ends at", "When the last point has the package at the latest, if the refreshes are made one after the other from the "
		     "beginning of the window on." },
	{ "Window", "The time in which the refreshes are meant to run, from the configuration of the plan." },
};

static const struct term of_points[] = {
	{ "Failed", "What the point last reported of the package is a failure." },
	{ "Behind", "The point serves an older version of the package as if it were good. A refresh of the package sends it to all "
		    "points; a redistribution to this point alone is enough." },
	{ "On their way", "The site is still sending the package to the point, or tries again." },
	{ "Not known", "The point should have the package; the export does not say what it has." },
};

static const struct term of_sequences[] = {
	{ "Index", "The number of the image in its file that a step installs. It stays in the step when the images of the file change "
		   "their order." },
	{ "Required", "Machines run the task sequence by themselves, at its deadline at the latest. An available one is started by "
		      "somebody." },
};

static const struct term of_notes[] = {
	{ "Grave", "A machine would get something else than it was meant to get." },
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

static void add_terms(struct wp_page *page, const struct term *terms, size_t count, bool used)
{
	for (size_t i = 0; i < count; i++)
		add_term(page, &terms[i], used);
}

void wp_plan_page_terms(struct wp_page *page, const struct wp_plan_view *view)
{
	const struct wp_plan *plan = view->plan;
	size_t kind_count;
	const struct wp_reason_kind *kinds = wp_reason_kinds(&kind_count);

	wp_page_open(page, WP_PART_FOLD, "What the words mean");
	wp_page_open(page, WP_PART_FACTS, NULL);
	add_terms(page, always, sizeof always / sizeof *always, true);
	for (enum wp_action action = WP_ACTION_RELOAD; action <= WP_ACTION_REFRESH; action++)
		if (any_call(plan, action))
			wp_page_fact(page, action == WP_ACTION_RELOAD ? "Reload" : "Refresh",
				     wp_arena_printf(page->arena, "%s. %s", wp_action_name(action), wp_words_call(action)));
	add_terms(page, of_cost, sizeof of_cost / sizeof *of_cost, view->refresh_count);
	add_terms(page, of_points, sizeof of_points / sizeof *of_points,
		  json_array_size(json_object_get(plan->site, "points")));
	add_terms(page, of_sequences, sizeof of_sequences / sizeof *of_sequences,
		  json_array_size(json_object_get(plan->site, "task_sequences")));
	add_terms(page, of_notes, sizeof of_notes / sizeof *of_notes,
		  view->group_count && view->groups[0].severity == WP_NOTE_SEVERITY_GRAVE);
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
