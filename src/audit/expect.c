/* SPDX-License-Identifier: GPL-3.0-or-later */
/* [expect] against what the metadata of a file says, and against what was found inside: one note for what several images share. */
#include "internal.h"
#include "judging.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>

/* Windows PE has updates and editions of its own, and is in boot images and in some others. */
static bool is_pe(const struct wp_expecting *judge, const struct wp_wim_image *image)
{
	const struct wp_wim_windows *windows = image->windows;

	return judge->subject->boot || (windows && windows->edition_id && wp_ascii_same(windows->edition_id, "WindowsPE")) ||
	       (windows && windows->installation_type && wp_ascii_same(windows->installation_type, "WindowsPE"));
}

/* The build that is expected of an image of this version: its own release's, else that of the nearest one of its family. */
static const struct wp_expected_build *expected_of(const struct wp_expecting *judge, const struct wp_wim_windows *windows)
{
	const struct wp_expected_build *best = NULL;
	uint64_t build = windows->build.value, distance = UINT64_MAX;

	for (size_t i = 0; i < judge->expect->build_count; i++) {
		const struct wp_expected_build *expected = &judge->expect->builds[i];
		uint64_t release = expected->release[2], apart = release > build ? release - build : build - release;

		if (expected->release[0] != windows->major.value || expected->release[1] != windows->minor.value ||
		    wp_build_family(release) != wp_build_family(build) || apart >= distance)
			continue;
		best = expected;
		distance = apart;
	}
	return best;
}

static void judge_build(struct wp_expecting *judge, const struct wp_expected_build *expected)
{
	struct wp_judged below = { 0 }, unknown = { 0 };
	const char *same = "";

	for (size_t i = 0; i < judge->image_count; i++) {
		const struct wp_wim_image *image = judge->images[i];
		const struct wp_wim_windows *windows = image->windows;

		if (is_pe(judge, image) || !windows || !windows->version || expected_of(judge, windows) != expected)
			continue;
		/* What was written without asking Windows has 0 or 1 here. */
		if (!windows->service_pack_build.known || windows->service_pack_build.value < 2)
			wp_judged_add(judge, &unknown, image,
				  wp_arena_printf(judge->arena, "%" PRIu64 ".%" PRIu64 ".%" PRIu64, windows->major.value,
						  windows->minor.value, windows->build.value));
		else if (windows->service_pack_build.value < expected->least[3])
			wp_judged_add(judge, &below, image, windows->version);
		if (windows->build.value != expected->least[2])
			same = wp_arena_printf(judge->arena, "; %" PRIu64 " and %" PRIu64 " have the same updates",
					       windows->build.value, expected->least[2]);
	}
	wp_expect_unknown(judge, &unknown, "build", wp_json_text(expected->value),
			  !unknown.count ? NULL : wp_arena_printf(judge->arena, "update of %s", wp_judged_found(judge, &unknown)));
	if (below.count)
		wp_expect_note(judge, WP_NOTE_BELOW_EXPECTED, &below, wp_judged_facts(&below, "build", wp_json_text(expected->value)),
			       wp_arena_printf(judge->arena, "%s %s the build %s, where %s is the least that is expected%s",
					       wp_judged_words(judge, &below), below.count == 1 ? "has" : "have",
					       wp_judged_found(judge, &below), expected->value, same));
}

static void judge_builds(struct wp_expecting *judge)
{
	struct wp_judged unknown = { 0 };

	for (size_t i = 0; i < judge->expect->build_count; i++)
		judge_build(judge, &judge->expect->builds[i]);
	for (size_t i = 0; judge->expect->build_count && i < judge->image_count; i++)
		if (!is_pe(judge, judge->images[i]) && judge->images[i]->windows && !judge->images[i]->windows->version)
			wp_judged_add(judge, &unknown, judge->images[i], NULL);
	wp_expect_unknown(judge, &unknown, "build", json_null(), "build");
}

static const char *age_words(struct wp_arena *arena, uint64_t seconds)
{
	bool days = seconds >= 2 * 86400;
	uint64_t count = seconds / (days ? 86400 : 3600);

	return wp_arena_printf(arena, "%" PRIu64 " %s%s", count, days ? "day" : "hour", wp_plural(count));
}

static void judge_ages(struct wp_expecting *judge)
{
	uint64_t most = judge->expect->max_age, oldest = 0;
	struct wp_judged old = { 0 }, unknown = { 0 };

	for (size_t i = 0; most && judge->subject->now.known && i < judge->image_count; i++) {
		const struct wp_wim_image *image = judge->images[i];
		struct wp_time time = image->last_modification_time.known ? image->last_modification_time : image->creation_time;
		int64_t age = judge->subject->now.ticks - time.ticks;
		uint64_t seconds = age > 0 ? (uint64_t)(age / WP_TICKS_PER_SECOND) : 0;

		if (is_pe(judge, image))
			continue;
		if (wp_time_is_never(time) || !time.ticks)
			wp_judged_add(judge, &unknown, image, NULL);
		else if (seconds > most || (seconds == most && age % WP_TICKS_PER_SECOND)) {
			wp_judged_add(judge, &old, image, wp_time_iso(judge->arena, time));
			oldest = seconds > oldest ? seconds : oldest;
		}
	}
	wp_expect_unknown(judge, &unknown, "max_age", wp_json_u64(most), "time of modification");
	if (old.count)
		wp_expect_note(judge, WP_NOTE_TOO_OLD, &old, wp_judged_facts(&old, "max_age", wp_json_u64(most)),
			       wp_arena_printf(judge->arena, "%s %s last modified %s%s ago, and %s are the most that is expected",
					       wp_judged_words(judge, &old), old.count == 1 ? "was" : "were",
					       old.count == 1 ? "" : "up to ", age_words(judge->arena, oldest),
					       age_words(judge->arena, most)));
}

static const char *choice_words(const struct wp_expecting *judge, const struct wp_names *names)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < names->count; i++)
		wp_buf_printf(&buf, "%s%s", !i ? "" : i + 1 < names->count ? ", " : " or ", names->items[i]);
	return wp_arena_strdup(judge->arena, wp_buf_text(&buf));
}

/* One image with an expected edition suffices: media hold many. */
static void judge_edition(struct wp_expecting *judge)
{
	const struct wp_names *expected = &judge->expect->edition;
	struct wp_judged others = { 0 }, unknown = { 0 };

	for (size_t i = 0; expected->count && i < judge->image_count; i++) {
		const struct wp_wim_image *image = judge->images[i];
		const char *edition = image->windows ? image->windows->edition_id : NULL;

		if (is_pe(judge, image) || !image->windows)
			continue;
		if (!edition || !*edition)
			wp_judged_add(judge, &unknown, image, NULL);
		else if (wp_names_have(*expected, edition))
			return;
		else
			wp_judged_add(judge, &others, image, edition);
	}
	if (unknown.count)
		wp_expect_unknown(judge, &unknown, "edition", wp_judged_names_json(expected), "edition");
	else if (others.count)
		wp_expect_note(judge, WP_NOTE_LACKS, &others, wp_judged_facts(&others, "edition", wp_judged_names_json(expected)),
			       wp_arena_printf(judge->arena, "no image has the edition %s; %s %s %s", choice_words(judge, expected),
					       wp_judged_words(judge, &others), others.count == 1 ? "is" : "are",
					       wp_judged_found(judge, &others)));
}

static void judge_language(struct wp_expecting *judge, const char *language)
{
	struct wp_judged lacking = { 0 };

	for (size_t i = 0; i < judge->image_count; i++) {
		const struct wp_wim_image *image = judge->images[i];
		struct wp_names has = { 0 };

		if (is_pe(judge, image) || !image->windows || !image->windows->language_count)
			continue;
		has = (struct wp_names){ image->windows->languages, image->windows->language_count };
		if (!wp_names_have(has, language))
			wp_judged_add(judge, &lacking, image, wp_text_names(judge->arena, has.items, has.count, WP_JUDGED_NAMES));
	}
	if (lacking.count)
		wp_expect_note(judge, WP_NOTE_LACKS, &lacking, wp_judged_facts(&lacking, "languages", wp_json_text(language)),
			       wp_arena_printf(judge->arena, "%s %s the language %s, and %s %s", wp_judged_words(judge, &lacking),
					       lacking.count == 1 ? "lacks" : "lack", language, lacking.count == 1 ? "has" : "have",
					       wp_judged_found(judge, &lacking)));
}

static void judge_languages(struct wp_expecting *judge)
{
	const struct wp_names *expected = &judge->expect->languages;
	struct wp_judged unknown = { 0 };

	for (size_t i = 0; i < expected->count; i++)
		judge_language(judge, expected->items[i]);
	for (size_t i = 0; expected->count && i < judge->image_count; i++)
		if (!is_pe(judge, judge->images[i]) && judge->images[i]->windows && !judge->images[i]->windows->language_count)
			wp_judged_add(judge, &unknown, judge->images[i], NULL);
	wp_expect_unknown(judge, &unknown, "languages", wp_judged_names_json(expected), "languages");
}

static void judge_state(struct wp_expecting *judge)
{
	const struct wp_names *expected = &judge->expect->image_state;
	struct wp_judged others = { 0 }, unknown = { 0 };

	for (size_t i = 0; expected->count && i < judge->image_count; i++) {
		const struct wp_wim_image *image = judge->images[i];
		const struct wp_wim_servicing *servicing = image->windows ? image->windows->servicing : NULL;

		if (is_pe(judge, image) || !image->windows)
			continue;
		if (!servicing || !servicing->image_state || !*servicing->image_state)
			wp_judged_add(judge, &unknown, image, NULL);
		else if (!wp_names_have(*expected, servicing->image_state))
			wp_judged_add(judge, &others, image, servicing->image_state);
	}
	wp_expect_unknown(judge, &unknown, "image_state", wp_judged_names_json(expected), "state (IMAGESTATE)");
	if (others.count)
		wp_expect_note(judge, WP_NOTE_LACKS, &others, wp_judged_facts(&others, "image_state", wp_judged_names_json(expected)),
			       wp_arena_printf(judge->arena, "%s %s in the state %s, where %s is expected", wp_judged_words(judge, &others),
					       others.count == 1 ? "is" : "are", wp_judged_found(judge, &others),
					       choice_words(judge, expected)));
}

static const char *why_unknown(enum wp_inside inside)
{
	switch (inside) {
	case WP_INSIDE_NUMBERLESS:
		return "cumulative updates and their like are inside and do not say their numbers; expect a build instead";
	case WP_INSIDE_COUNTED:
		return "of packages of no known kind only the number was kept; look with `wimplan inspect --expect`";
	case WP_INSIDE_NOT_UNDERSTOOD:
		return "there are names of packages, drivers or apps that tell nothing";
	default:
		return "the content was not read";
	}
}

/* Whether image @i is one that has to have @thing. */
static bool must_have(const struct wp_expecting *judge, const struct wp_wim_image *image, const char *thing, enum wp_inside inside)
{
	if (is_pe(judge, image))
		return wp_ascii_ends(thing, ".inf");
	return image->windows || inside != WP_INSIDE_NO_WINDOWS;
}

static void judge_thing(struct wp_expecting *judge, size_t at, const char *thing, bool wanted)
{
	const struct wp_wim_metadata *metadata = judge->subject->metadata;
	const struct wp_expect_contents *contents = judge->subject->found.contents;
	struct wp_judged bad = { 0 }, unknown[WP_INSIDE_NOT_UNDERSTOOD + 1] = { 0 };

	for (size_t i = 0; i < judge->image_count; i++) {
		size_t place = (size_t)(judge->images[i] - metadata->images);
		enum wp_inside inside = contents && place < contents->images ?
						(enum wp_inside)contents->inside[at * contents->images + place] : WP_INSIDE_NOT_READ;

		if (wanted && !must_have(judge, judge->images[i], thing, inside))
			continue;
		if (inside >= WP_INSIDE_NOT_READ)
			wp_judged_add(judge, &unknown[inside], judge->images[i], NULL);
		else if ((inside == WP_INSIDE_YES) != wanted)
			wp_judged_add(judge, &bad, judge->images[i], NULL);
	}
	if (bad.count)
		wp_expect_note(judge, wanted ? WP_NOTE_LACKS : WP_NOTE_HAS, &bad,
			       wp_judged_facts(&bad, wanted ? "must_have" : "must_not_have", wp_json_text(thing)),
			       wp_arena_printf(judge->arena, "%s %s %s%s", wp_judged_words(judge, &bad),
					       wanted ? bad.count == 1 ? "lacks" : "lack" : bad.count == 1 ? "has" : "have", thing,
					       wanted ? "" : " inside, which must not be"));
	for (enum wp_inside why = WP_INSIDE_NOT_READ; why <= WP_INSIDE_NOT_UNDERSTOOD; why++)
		if (unknown[why].count)
			wp_expect_note(judge, WP_NOTE_EXPECT_UNKNOWN, &unknown[why],
				       wp_judged_facts(&unknown[why], wanted ? "must_have" : "must_not_have", wp_json_text(thing)),
				       wp_arena_printf(judge->arena, "whether %s is inside of %s is not known: %s", thing,
						       wp_judged_words(judge, &unknown[why]), why_unknown(why)));
}

struct wp_note *wp_expect_judge(struct wp_arena *arena, const struct wp_expect_settings *expect,
				const struct wp_expect_subject *subject, size_t *ret_count)
{
	struct wp_expecting judge = { .arena = arena, .expect = expect, .subject = subject };

	*ret_count = 0;
	if (wp_expect_nothing(expect) && !subject->found.starts)
		return NULL;
	for (size_t i = 0; subject->metadata && i < subject->metadata->image_count; i++)
		if (!subject->only_image || subject->metadata->images[i].index == subject->only_image)
			*WP_PUSH(arena, judge.images, judge.image_count) = &subject->metadata->images[i];
	if (!subject->metadata && !(subject->boot && !wp_expect_things(expect) && !wp_expect_boots(expect)))
		wp_expect_note(&judge, WP_NOTE_EXPECT_UNKNOWN, NULL, json_object(),
			       "its images were not read, so that nothing can be held against what is expected");
	judge_builds(&judge);
	judge_ages(&judge);
	judge_edition(&judge);
	judge_languages(&judge);
	judge_state(&judge);
	for (size_t i = 0; i < expect->must_have.count; i++)
		judge_thing(&judge, i, expect->must_have.items[i], true);
	for (size_t i = 0; i < expect->must_not_have.count; i++)
		judge_thing(&judge, expect->must_have.count + i, expect->must_not_have.items[i], false);
	wp_expect_judge_boot(&judge);
	*ret_count = judge.note_count;
	return judge.notes;
}

void wp_audit_find_expected(struct wp_audit *audit, const struct audited *package)
{
	const struct wp_observation *seen = package->seen;
	struct wp_expect_subject subject = {
		.metadata = seen && seen->wim ? seen->wim->metadata : NULL,
		.boot = package->record->class == WP_CLASS_BOOT,
		.found = package->found,
		.now = audit->plan->created_at,
	};
	struct wp_plan *plan = audit->plan;
	struct wp_note *notes;
	size_t count;

	if (!audit->input->expect)
		return;
	notes = wp_expect_judge(plan->arena, audit->input->expect, &subject, &count);
	for (size_t i = 0; i < count; i++) {
		notes[i].package_id = package->entry->package_id;
		*WP_PUSH(plan->arena, plan->notes, plan->note_count) = notes[i];
	}
}
