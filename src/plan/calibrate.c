/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a profile proves: the site's provider and wimplan have read the same files, and where both have the same in a field of all
 * of them, its meaning is known at this site.
 */
#include "judge.h"
#include "notes.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <string.h>

/* So many contents have to have the site's size before another one is evidence. */
#define ENOUGH_SIZES 2
/* So many files have to speak against a field before it is not compared at all. */
#define ENOUGH_AGAINST 2

struct tally {
	size_t same, different, unread; /* files */
	size_t utc;                     /* of those not read, dates without a zone that are right in UTC */
};

/* Whether the images are the same by all that is known to be compared right. */
static bool are_surely_same(const struct wp_site_images *theirs_all, const struct wp_site_images *own)
{
	const struct wp_site_image *theirs, *ours;
	size_t i = 0, k = 0;

	while (wp_site_images_next(theirs_all, own, &i, &k, &theirs, &ours)) {
		if (!theirs || !ours)
			return false;
		for (size_t f = 0; f < WP_SITE_FIELDS; f++)
			if (wp_site_fields[f].confirmed &&
			    wp_site_values_compare(&wp_site_fields[f], wp_site_image_value(theirs, &wp_site_fields[f]),
						   wp_site_image_value(ours, &wp_site_fields[f])) == WP_COMPARED_DIFFERENT)
				return false;
	}
	return own->count > 0;
}

/*
 * Whether the file is the one that was probed: at the same place, not modified since, and with all that is known to be compared
 * right. A date alone proves nothing, for a copy can keep it.
 */
static bool is_same_file(const struct wp_profile *profile, const struct wp_profile_sample *sample, const struct wp_observation *seen,
			 const struct wp_site_images *own)
{
	return !wp_time_is_never(seen->newest_file) && seen->newest_file.ticks <= profile->taken_at.ticks &&
	       are_surely_same(&sample->images, own);
}

/* Of a field in all images of a file: any difference speaks against it, and a value that says nothing for nothing. */
static void tally_field(const struct wp_site_field *field, const struct wp_site_images *probed, const struct wp_site_images *own,
			struct tally *tally)
{
	struct tally here = { 0 };

	for (size_t i = 0; i < own->count; i++) {
		const char *a = wp_site_image_value(&probed->items[i], field), *b = wp_site_image_value(&own->items[i], field);
		enum wp_compared outcome = wp_site_values_compare(field, a, b);

		if (!a || !b || !*a || !strcmp(a, "0"))
			continue;
		here.same += outcome == WP_COMPARED_SAME || outcome == WP_COMPARED_ALIKE;
		here.different += outcome == WP_COMPARED_DIFFERENT;
		here.unread += outcome == WP_COMPARED_NOT;
		here.utc += outcome == WP_COMPARED_NOT && field->kind == WP_SITE_FIELD_DATE &&
			    wp_judge_compare_utc(a, b) == WP_COMPARED_ALIKE;
	}
	tally->different += here.different > 0;
	tally->unread += !here.different && here.unread > 0;
	tally->utc += !here.different && here.unread > 0 && here.utc == here.unread;
	tally->same += !here.different && !here.unread && here.same > 0;
}

static enum wp_field_state state_of(const struct tally *tally)
{
	if (tally->same && !tally->different && !tally->unread)
		return WP_FIELD_PROVEN;
	if (tally->different >= ENOUGH_AGAINST && !tally->same)
		return WP_FIELD_OTHER;
	if (tally->different)
		return WP_FIELD_MIXED;
	return tally->unread ? WP_FIELD_UNREAD : WP_FIELD_UNSEEN;
}

/* Of a content that is surely the one that was sent, whether the site has its size. */
static void tally_size(const struct wp_plan_input *input, const struct wp_record *record, const struct wp_observation *seen,
		       struct wp_arena *scratch, const struct wp_site_images *own, struct tally *sizes)
{
	const struct wp_judge judge = { .arena = scratch, .scratch = scratch, .input = input, .record = record, .seen = seen };
	enum wp_size_witness witness;
	struct wp_site_images images;
	uint64_t kib;

	if (!record)
		return;
	images = wp_record_images(scratch, record);
	if (!are_surely_same(&images, own) || !wp_judge_is_older(&judge))
		return;
	witness = wp_judge_size(&judge, &kib);
	sizes->same += witness == WP_SIZE_AGREES;
	sizes->different += witness == WP_SIZE_DIFFERS;
}

static void add_sample(const struct wp_plan_input *input, size_t i, struct wp_arena *scratch, struct wp_calibration *ret,
		       struct tally *tallies, struct tally *sizes)
{
	const struct wp_profile_sample *sample = &input->profile->samples[i];
	const struct wp_observation *seen = input->samples[i];
	struct wp_site_images own;

	if (!seen || seen->gate_count || !seen->wim || !seen->wim->metadata || !sample->images.count)
		return;
	own = wp_judge_own_images(scratch, seen);
	ret->looked_at++;
	if (!is_same_file(input->profile, sample, seen, &own))
		return;
	ret->held++;
	for (size_t f = 0; f < WP_SITE_FIELDS; f++)
		tally_field(&wp_site_fields[f], &sample->images, &own, &tallies[f]);
	tally_size(input, wp_record_set_find(input->set, sample->package_id), seen, scratch, &own, sizes);
}

void wp_judge_calibrate(const struct wp_plan_input *input, struct wp_arena *scratch, struct wp_calibration *ret)
{
	struct tally tallies[WP_SITE_FIELDS] = { 0 }, sizes = { 0 };

	*ret = (struct wp_calibration){ 0 };
	for (size_t i = 0; input->profile && input->samples && i < input->profile->count; i++)
		add_sample(input, i, scratch, ret, tallies, &sizes);
	ret->sizes_agree = sizes.same >= ENOUGH_SIZES && !sizes.different;
	for (size_t f = 0; f < WP_SITE_FIELDS; f++) {
		struct tally *tally = &tallies[f];

		if (tally->utc && tally->utc == tally->unread && !tally->different && !tally->same) {
			ret->dates_are_utc = true;
			tally->same = tally->utc;
			tally->unread = 0;
		}
		ret->fields[f] = state_of(tally);
	}
}

/* --- The note --------------------------------------------------------------------------------------------------------- */

/* The fields in a state, of those whose meaning is not known without a profile. */
static json_t *names_of(const struct wp_calibration *calibration, enum wp_field_state state, struct wp_buf *buf)
{
	json_t *list = wp_json_must(json_array());

	for (size_t f = 0; f < WP_SITE_FIELDS; f++) {
		if (wp_site_fields[f].confirmed || calibration->fields[f] != state)
			continue;
		wp_buf_printf(buf, "%s%s", json_array_size(list) ? ", " : "", wp_site_fields[f].name);
		wp_json_push(list, wp_json_text(wp_site_fields[f].name));
	}
	return list;
}

void wp_note_profile(struct wp_plan *plan, const struct wp_plan_input *input, const struct wp_calibration *calibration)
{
	static const struct {
		enum wp_field_state state;
		const char *key, *words;
	} states[] = {
		{ WP_FIELD_PROVEN, "proven", "proven" },
		{ WP_FIELD_OTHER, "not_compared", "of another meaning there, and not compared" },
		{ WP_FIELD_MIXED, "mixed", "the same in some files and not in others" },
		{ WP_FIELD_UNREAD, "unread", "not proven, as their form cannot be read" },
		{ WP_FIELD_UNSEEN, "unseen", "not proven, as no file has them" },
	};
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *facts;

	if (!input->profile)
		return;
	facts = wp_json_object("profile", wp_json_text(input->profile->id), "taken_at", wp_json_time(input->profile->taken_at), "samples",
			       wp_json_u64(input->profile->count), "held", wp_json_u64(calibration->held), "sizes",
			       json_boolean(calibration->sizes_agree), NULL);
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		struct wp_buf names __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_json_set(facts, states[i].key, names_of(calibration, states[i].state, &names));
		if (names.length)
			wp_buf_printf(&text, "; %s: %s", states[i].words, wp_buf_text(&names));
	}
	if (calibration->sizes_agree)
		wp_buf_puts(&text, "; sizes of contents agree with their sources");
	if (!calibration->held)
		wp_note_add(plan, WP_NOTE_SITE_PROFILE, NULL, 0, facts,
			    "the site's profile of %s proves nothing here: of its %zu package%s none has a source that can be looked at and "
			    "is as it was then",
			    wp_time_minutes(plan->arena, input->profile->taken_at), input->profile->count, wp_plural(input->profile->count));
	else
		wp_note_add(plan, WP_NOTE_SITE_PROFILE, NULL, 0, facts, "the site's profile of %s, held against %zu file%s%s",
			    wp_time_minutes(plan->arena, input->profile->taken_at), calibration->held, wp_plural(calibration->held),
			    wp_buf_text(&text));
}
