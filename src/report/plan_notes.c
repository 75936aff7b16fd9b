/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many notes say the same of many packages: they are told by their code. */
#include "plan_notes.h"

#include "words.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static int compare_notes(const void *a, const void *b)
{
	const struct wp_note *x = *(const struct wp_note *const *)a, *y = *(const struct wp_note *const *)b;
	int order;

	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	order = strcmp(x->code, y->code);
	/* They stand in one array, in the plan's order. */
	return order ? order : x < y ? -1 : x > y;
}

/* The remedy that all points of all notes in a group have, where it is one. */
static const char *point_remedy(const struct wp_note_group *group)
{
	const char *remedy = NULL;
	const json_t *point;
	size_t k;

	for (size_t i = 0; i < group->count; i++) {
		json_array_foreach(json_object_get(group->notes[i]->facts, "points"), k, point) {
			const char *is = wp_json_get_text(point, "remedy");

			if (!is || (remedy && strcmp(is, remedy) != 0))
				return NULL;
			remedy = is;
		}
	}
	return remedy;
}

/* What the notes found says more than their code, where it says one thing. */
static const char *remedy_of(struct wp_arena *arena, const struct wp_note_group *group)
{
	const struct wp_note_words *words = wp_note_words_find(group->code);
	const char *found = NULL;

	if (words == wp_note_words(WP_NOTE_DP_FAILED))
		found = point_remedy(group);
	return wp_words_sentence(arena, found ? found : words ? words->remedy : NULL);
}

size_t wp_note_groups(struct wp_arena *arena, const struct wp_plan *plan, struct wp_note_group **ret_groups)
{
	const struct wp_note **notes = wp_arena_alloc(arena, plan->note_count * sizeof(*notes));
	struct wp_note_group *groups = NULL;
	size_t count = 0;

	for (size_t i = 0; i < plan->note_count; i++)
		notes[i] = &plan->notes[i];
	if (plan->note_count)
		qsort(notes, plan->note_count, sizeof(*notes), compare_notes);
	for (size_t i = 0; i < plan->note_count; i++) {
		struct wp_note_group *last = count ? &groups[count - 1] : NULL;

		if (last && last->severity == notes[i]->severity && !strcmp(last->code, notes[i]->code))
			last->count++;
		else
			*WP_PUSH(arena, groups, count) = (struct wp_note_group){
				.code = notes[i]->code, .severity = notes[i]->severity, .notes = notes + i, .count = 1 };
	}
	for (size_t i = 0; i < count; i++) {
		const struct wp_note_words *words = wp_note_words_find(groups[i].code);

		groups[i].meaning = words ? words->meaning : NULL;
		groups[i].remedy = remedy_of(arena, &groups[i]);
	}
	*ret_groups = groups;
	return count;
}

const char *wp_note_group_names(struct wp_arena *arena, const struct wp_note_group *group)
{
	const char *names[WP_NOTES_SHOWN + 1];
	size_t count = 0, shown = 0;

	/* Notes of one package stand together. */
	for (size_t i = 0; i < group->count; i++) {
		const char *id = group->notes[i]->package_id;

		if (!id || (i && group->notes[i - 1]->package_id && !strcmp(id, group->notes[i - 1]->package_id)))
			continue;
		if (count++ < sizeof names / sizeof *names)
			names[shown++] = id;
	}
	return count ? wp_text_names(arena, names, count, WP_NOTES_SHOWN) : "the plan as a whole";
}

const char *wp_note_sentence(struct wp_arena *arena, const struct wp_note *note)
{
	return note->package_id ? wp_arena_printf(arena, "%s: %s", note->package_id, note->summary) : note->summary;
}
