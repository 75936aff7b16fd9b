/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up what stands beside the body of a plan. It comes out of a file, where anything may stand. */
#include "plan_view.h"

#include "wimplan/json.h"

enum wp_tone wp_plan_entry_tone(const struct wp_entry *entry)
{
	static const enum wp_tone tones[WP_ENTRY_STATUSES] = {
		[WP_ENTRY_UNCHANGED] = WP_TONE_PLAIN,   [WP_ENTRY_CHANGE] = WP_TONE_CHANGE, [WP_ENTRY_BLOCKED] = WP_TONE_BAD,
		[WP_ENTRY_REPORT_ONLY] = WP_TONE_INFO, [WP_ENTRY_UNPROVEN] = WP_TONE_INFO,
	};

	return tones[entry->status];
}

const char *wp_plan_anchor(struct wp_arena *arena, size_t number)
{
	return wp_arena_printf(arena, "package-%zu", number + 1);
}

enum wp_tone wp_plan_note_tone(enum wp_note_severity severity)
{
	static const enum wp_tone tones[] = {
		[WP_NOTE_SEVERITY_GRAVE] = WP_TONE_BAD,
		[WP_NOTE_SEVERITY_WARNING] = WP_TONE_CHANGE,
		[WP_NOTE_SEVERITY_INFO] = WP_TONE_INFO,
	};

	return tones[severity];
}

/* The view of a package; NULL for one that the plan does not have. */
static struct wp_entry_view *view_of(struct wp_plan_view *view, const json_t *places, const char *package_id)
{
	json_int_t place = package_id ? json_integer_value(json_object_get(places, package_id)) : 0;

	return place ? &view->entries[place - 1] : NULL;
}

static void take_notes(struct wp_plan_view *view, const json_t *places)
{
	const struct wp_plan *plan = view->plan;
	struct wp_entry_view *entry;

	for (size_t i = 0; i < plan->note_count; i++) {
		entry = view_of(view, places, plan->notes[i].package_id);
		if (!entry)
			continue;
		entry->note_counts[plan->notes[i].severity]++;
		*WP_PUSH(view->arena, entry->notes, entry->note_count) = &plan->notes[i];
	}
}

static void take_estimates(struct wp_plan_view *view, const json_t *places)
{
	const json_t *estimates = view->plan->estimates, *packages = json_object_get(estimates, "packages"), *item;
	struct wp_entry_view *entry;
	const char *id;
	json_t *estimate;
	size_t i;

	json_object_foreach((json_t *)packages, id, estimate) {
		entry = view_of(view, places, id);
		if (entry)
			entry->estimate = estimate;
	}
	json_array_foreach(json_object_get(estimates, "deferred"), i, item) {
		entry = view_of(view, places, json_string_value(item));
		if (entry && !entry->deferred) {
			entry->deferred = true;
			view->deferred_count++;
		}
	}
	json_array_foreach(json_object_get(estimates, "order"), i, item) {
		entry = view_of(view, places, json_string_value(item));
		if (!entry || !entry->estimate || entry->ordered)
			continue;
		entry->ordered = true;
		*WP_PUSH(view->arena, view->refreshes, view->refresh_count) = (struct wp_refresh_view){
			view->plan->entries[entry - view->entries].package_id, entry->estimate, entry->deferred };
	}
}

static void take_site(struct wp_plan_view *view, const json_t *places)
{
	const json_t *packages = json_object_get(view->plan->site, "packages"), *item, *step;
	const json_t *sequences = json_object_get(view->plan->site, "task_sequences");
	/* The last sequence that was counted for each entry, from 1: a sequence counts once, however many steps it has. */
	size_t *counted = wp_arena_alloc(view->arena, view->plan->entry_count * sizeof *counted);
	struct wp_entry_view *entry;
	size_t i, k;

	json_array_foreach(packages, i, item) {
		entry = view_of(view, places, wp_json_get_text(item, "package_id"));
		if (entry)
			entry->points = item;
	}
	json_array_foreach(sequences, i, item) {
		json_array_foreach(json_object_get(item, "steps"), k, step) {
			entry = view_of(view, places, wp_json_get_text(step, "package_id"));
			if (!entry || counted[entry - view->entries] == i + 1)
				continue;
			counted[entry - view->entries] = i + 1;
			entry->sequences++;
		}
	}
}

/* What is unchanged has one only where there is a note on it; many packages behind one missing map have one together. */
static void give_sections(struct wp_plan_view *view)
{
	for (size_t i = 0; i < view->plan->entry_count; i++) {
		const struct wp_entry *entry = &view->plan->entries[i];
		const struct wp_unmapped *group = wp_unmapped_for(&view->unmapped, view->plan, entry);

		if (group ? group->waiting[0] != entry : entry->status == WP_ENTRY_UNCHANGED && !view->entries[i].note_count)
			continue;
		view->entries[i].section = view->section_count++ < WP_PAGE_SECTIONS;
	}
}

void wp_plan_view(struct wp_arena *arena, const struct wp_plan *plan, const struct wp_report_options *options,
		  struct wp_plan_view *ret)
{
	json_t *places __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());

	*ret = (struct wp_plan_view){
		.arena = arena, .plan = plan, .options = options,
		.entries = wp_arena_alloc(arena, plan->entry_count * sizeof *ret->entries),
	};
	for (size_t i = 0; i < plan->entry_count; i++)
		wp_json_set(places, plan->entries[i].package_id, json_integer((json_int_t)i + 1));
	take_notes(ret, places);
	take_estimates(ret, places);
	take_site(ret, places);
	ret->group_count = wp_note_groups(arena, plan, &ret->groups);
	ret->unmapped = wp_unmapped(arena, plan);
	give_sections(ret);
}
