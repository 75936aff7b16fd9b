/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two plans of one site side by side: which packages and notes are new, and which are gone. */
#include "wimplan/since.h"

#include "notes.h"
#include "plan_json.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

WP_NAMES(wp_since_kind_name, enum wp_since_kind, "new", "other", "gone")

/* PackageID → place and 1. New reference. */
static json_t *index_of(const struct wp_plan *plan)
{
	json_t *index = wp_json_must(json_object());

	for (size_t i = 0; i < plan->entry_count; i++)
		wp_json_set(index, plan->entries[i].package_id, json_integer((json_int_t)i + 1));
	return index;
}

static const struct wp_entry *find(const struct wp_plan *plan, const json_t *index, const char *package_id)
{
	size_t place = (size_t)json_integer_value(json_object_get(index, package_id));

	return place ? &plan->entries[place - 1] : NULL;
}

/* A package that a narrowed plan does not have was not looked at: whether anything is new of it nobody knows. */
static bool is_narrowed(const struct wp_plan *plan)
{
	return plan->only_count || plan->exclude_count;
}

/* What is planned in the two entries, and of which source. */
static bool asks_the_same(const struct wp_entry *was, const struct wp_entry *is)
{
	return was->status == is->status && was->reload == is->reload && was->refresh == is->refresh &&
	       !strcmp(was->file_id, is->file_id) && !strcmp(was->content_id, is->content_id);
}

static void compare_entries(struct wp_arena *arena, const struct wp_plan *plan, const json_t *before, const json_t *now,
			    struct wp_since *since)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *is = &plan->entries[i], *was = find(since->earlier, before, is->package_id);
		bool open = is->status != WP_ENTRY_UNCHANGED, opened = was && was->status != WP_ENTRY_UNCHANGED;

		if (!was && is_narrowed(since->earlier))
			continue;
		if (open != opened || (open && !asks_the_same(was, is)))
			*WP_PUSH(arena, since->entries, since->entry_count) = (struct wp_since_entry){
				.kind = !opened ? WP_SINCE_NEW : open ? WP_SINCE_OTHER : WP_SINCE_GONE,
				.was = was,
				.is = is,
			};
	}
	for (size_t i = 0; !is_narrowed(plan) && i < since->earlier->entry_count; i++) {
		const struct wp_entry *was = &since->earlier->entries[i];

		if (was->status != WP_ENTRY_UNCHANGED && !find(plan, now, was->package_id))
			*WP_PUSH(arena, since->entries, since->entry_count) = (struct wp_since_entry){
				.kind = WP_SINCE_GONE,
				.was = was,
			};
	}
}

/* A note with what makes two of them the same one. */
struct keyed {
	const struct wp_note *note;
	const char *key;
	bool paired;
};

/* The names of what a note is about, wherever its facts have them: points, packages, task sequences, deployments. */
static void put_names(struct wp_buf *key, const json_t *facts)
{
	static const char *const names[] = { "name", "id", "task_sequence" };
	const char *member;
	json_t *value;
	size_t i;

	json_array_foreach(facts, i, value)
		if (json_is_string(value))
			wp_buf_printf(key, "%s\n", json_string_value(value));
		else
			put_names(key, value);
	json_object_foreach((json_t *)facts, member, value) {
		for (i = 0; json_is_string(value) && i < sizeof names / sizeof *names; i++)
			if (!strcmp(member, names[i]))
				wp_buf_printf(key, "%s\n", json_string_value(value));
		put_names(key, value);
	}
}

/*
 * The package, the code, the image, whom the note names, and the sentence without its figures, which are the words that
 * begin with a digit: "59 days ago" is "60 days ago", and dp01 is not dp02.
 */
static const char *key_of(struct wp_arena *arena, const struct wp_note *note)
{
	struct wp_buf key __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool figure = false, inside = false;

	wp_buf_printf(&key, "%s %s %u ", note->package_id ? note->package_id : "", note->code, (unsigned int)note->image);
	for (const char *c = note->summary; *c; c++) {
		figure = inside ? figure : wp_ascii_digit(*c);
		inside = *c != ' ';
		if (!figure || !wp_ascii_digit(*c))
			wp_buf_putc(&key, *c);
	}
	wp_buf_putc(&key, '\n');
	put_names(&key, note->facts);
	return wp_arena_strdup(arena, wp_buf_text(&key));
}

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *const *x = a, *const *y = b;
	int order = strcmp((*x)->key, (*y)->key);

	return order ? order : (*x)->note < (*y)->note ? -1 : (*x)->note > (*y)->note;
}

/* The notes of a plan in their order, and in *@ret_sorted by their keys. */
static struct keyed *keys_of(struct wp_arena *arena, const struct wp_plan *plan, struct keyed ***ret_sorted)
{
	struct keyed *items = wp_arena_alloc(arena, plan->note_count * sizeof *items);
	struct keyed **sorted = wp_arena_alloc(arena, plan->note_count * sizeof(struct keyed *));

	for (size_t i = 0; i < plan->note_count; i++) {
		items[i] = (struct keyed){ .note = &plan->notes[i], .key = key_of(arena, &plan->notes[i]) };
		sorted[i] = &items[i];
	}
	if (plan->note_count)
		qsort(sorted, plan->note_count, sizeof *sorted, compare_keyed);
	*ret_sorted = sorted;
	return items;
}

/* Whether @note, which @plan does not have, is about something that it looked at. @index is of its entries. */
static bool is_missed(const struct wp_plan *plan, const json_t *index, const struct wp_note *note)
{
	return !is_narrowed(plan) || !note->package_id || find(plan, index, note->package_id);
}

static void compare_notes(struct wp_arena *arena, const struct wp_plan *plan, const json_t *before, const json_t *now,
			  struct wp_since *since)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct keyed **were, **are, *old = keys_of(scratch, since->earlier, &were), *new = keys_of(scratch, plan, &are);
	size_t i = 0, k = 0;

	while (i < since->earlier->note_count && k < plan->note_count) {
		int order = strcmp(were[i]->key, are[k]->key);

		if (!order)
			were[i]->paired = are[k]->paired = true;
		i += order <= 0;
		k += order >= 0;
	}
	for (k = 0; k < plan->note_count; k++)
		if (!new[k].paired && is_missed(since->earlier, before, new[k].note))
			*WP_PUSH(arena, since->notes, since->note_count) = (struct wp_since_note){ WP_SINCE_NEW, new[k].note };
	for (i = 0; i < since->earlier->note_count; i++)
		if (!old[i].paired && is_missed(plan, now, old[i].note))
			*WP_PUSH(arena, since->notes, since->note_count) = (struct wp_since_note){ WP_SINCE_GONE, old[i].note };
}

int wp_plan_since(struct wp_arena *arena, const struct wp_plan *plan, const struct wp_plan *earlier, struct wp_since *ret,
		  struct wp_error *err)
{
	json_t *before __attribute__((cleanup(wp_json_freep))) = NULL, *now __attribute__((cleanup(wp_json_freep))) = NULL;

	*ret = (struct wp_since){ .earlier = earlier };
	if (!wp_ascii_same(plan->site_code, earlier->site_code))
		return wp_fail(err, WP_E_REFUSED, "wrong-site", "--since",
			       "the earlier plan is of the site %s, and this one of %s; give a plan of the same site",
			       earlier->site_code, plan->site_code);
	before = index_of(earlier);
	now = index_of(plan);
	compare_entries(arena, plan, before, now, ret);
	compare_notes(arena, plan, before, now, ret);
	return WP_OK;
}

static json_t *entry_json(const struct wp_entry *entry)
{
	json_t *actions;

	if (!entry)
		return json_null();
	actions = json_array();
	if (entry->reload)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_RELOAD)));
	if (entry->refresh)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_REFRESH)));
	return wp_json_object("status", wp_json_text(wp_entry_status_name(entry->status)), "actions", actions, NULL);
}

static json_t *since_json(const struct wp_since *since)
{
	json_t *changes = json_array(), *notes = json_array();

	for (size_t i = 0; i < since->entry_count; i++) {
		const struct wp_since_entry *entry = &since->entries[i];

		wp_json_push(changes, wp_json_object("kind", wp_json_text(wp_since_kind_name(entry->kind)), "package_id",
						     wp_json_text((entry->is ? entry->is : entry->was)->package_id),
						     "was", entry_json(entry->was), "is", entry_json(entry->is), NULL));
	}
	for (size_t i = 0; i < since->note_count; i++) {
		json_t *note = wp_note_json(since->notes[i].note);

		wp_json_set(note, "kind", wp_json_text(wp_since_kind_name(since->notes[i].kind)));
		wp_json_push(notes, note);
	}
	return wp_json_object("plan_id", wp_json_hash(since->earlier->id),
			      "created_at", wp_json_time(since->earlier->created_at), "changes", changes, "notes", notes, NULL);
}

void wp_plan_add_since(json_t *document, const struct wp_since *since)
{
	wp_json_set(document, "since", since_json(since));
	if (json_object_get(document, "beside_id"))
		wp_plan_cover(document);
}
