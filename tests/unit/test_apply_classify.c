/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a package stands against its plan, and whether the effect of a call is there. */
#include "../../src/apply/classify.h"
#include "../../src/apply/apply.h"

#include "wimplan/text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define BAG(version)                                                                                                   \
	"<WIM><IMAGE index=\"1\"><Property name=\"Image name\">W11</Property><Property name=\"OS version\">" version   \
	"</Property><Property name=\"Architecture\">x64</Property><Property "                                          \
	"name=\"Language\">en-us</Property></IMAGE></WIM>"
#define OLD BAG("10.0.22631.2861")
#define NEW BAG("10.0.22631.3007")
#define OTHER BAG("10.0.26100.1")
#define TWO "<WIM><IMAGE index=\"1\"/><IMAGE index=\"2\"/></WIM>"

/* A record as it is now; what is NULL or 0 is as the plan found it. */
static const struct now {
	const char *name, *bag, *path, *site, *sedo;
	uint64_t version;
	enum wp_standing reload, refresh;
	const char *words; /* that the conflict has to name */
} cases[] = {
	{ .name = "as planned" },
	{ .name = "edited elsewhere", .sedo = "other" },
	{ .name = "path in other case", .path = "\\\\SRV\\Share\\W11.wim" },
	{ .name = "reloaded", .bag = NEW, .reload = WP_STANDING_SATISFIED },
	{ .name = "refreshed",
	  .version = 4,
	  .reload = WP_STANDING_CONFLICT,
	  .refresh = WP_STANDING_SATISFIED,
	  .words = "SourceVersion is 4 now, and the plan was made for 3" },
	{ .name = "both", .bag = NEW, .version = 5, .reload = WP_STANDING_SATISFIED, .refresh = WP_STANDING_SATISFIED },
	{ .name = "another image",
	  .bag = OTHER,
	  .reload = WP_STANDING_CONFLICT,
	  .refresh = WP_STANDING_CONFLICT,
	  .words = "10.0.26100.1" },
	{ .name = "two images",
	  .bag = TWO,
	  .reload = WP_STANDING_CONFLICT,
	  .refresh = WP_STANDING_CONFLICT,
	  .words = "2 images" },
	{ .name = "no images", .bag = "", .reload = WP_STANDING_CONFLICT, .refresh = WP_STANDING_CONFLICT },
	{ .name = "no XML", .bag = "x", .reload = WP_STANDING_CONFLICT, .refresh = WP_STANDING_CONFLICT },
	{ .name = "an older version",
	  .version = 2,
	  .reload = WP_STANDING_CONFLICT,
	  .refresh = WP_STANDING_CONFLICT,
	  .words = "SourceVersion is 2 now" },
	{ .name = "another path",
	  .path = "\\\\srv\\share\\w12.wim",
	  .reload = WP_STANDING_CONFLICT,
	  .refresh = WP_STANDING_CONFLICT,
	  .words = "\\\\srv\\share\\w12.wim" },
	{ .name = "another path, and refreshed",
	  .path = "\\\\srv\\share\\w12.wim",
	  .version = 4,
	  .bag = NEW,
	  .reload = WP_STANDING_CONFLICT,
	  .refresh = WP_STANDING_CONFLICT,
	  .words = "PkgSourcePath" },
	{ .name = "another owner",
	  .site = "P02",
	  .reload = WP_STANDING_CONFLICT,
	  .refresh = WP_STANDING_CONFLICT,
	  .words = "SourceSite is P02" },
};

static struct wp_expected_image expected = { .index = 1,
					     .name = "W11",
					     .os_version = "10.0.22631.3007",
					     .architecture = { .known = true, .value = 9 },
					     .language = "en-US" };

static struct wp_entry planned(void)
{
	struct wp_entry entry = {
		.package_id = "P0100001",
		.class = WP_CLASS_IMAGE,
		.status = WP_ENTRY_CHANGE,
		.reload = true,
		.refresh = true,
		.preconditions = { .source_version = { .known = true, .value = 3 },
				   .sedo_object_version = "one",
				   .source_path = "\\\\srv\\share\\w11.wim",
				   .source_site = "P01" },
		.expected = &expected,
		.expected_count = 1,
	};

	wp_sha256_text(OLD, strlen(OLD), entry.preconditions.image_property_sha256);
	return entry;
}

static struct wp_record record_of(struct wp_arena *arena, const struct now *now)
{
	struct wp_record record = {
		.class = WP_CLASS_IMAGE,
		.package_id = "P0100001",
		.source_path = now->path ? now->path : "\\\\srv\\share\\w11.wim",
		.source_site = now->site ? now->site : "P01",
		.source_version = { .known = true, .value = now->version ? now->version : 3 },
		.sedo_object_version = now->sedo ? now->sedo : "one",
		.image_property = now->bag ? now->bag : OLD,
	};

	record.image_property_state = *record.image_property ? WP_FETCHED_PRESENT : WP_FETCHED_EMPTY;
	if (*record.image_property)
		wp_image_property_parse(arena, record.image_property, &record.images, &record.image_property_error);
	return record;
}

Test(apply_classify, standings)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_entry entry = planned();
	struct wp_step reload = { .entry = &entry, .action = WP_ACTION_RELOAD };
	struct wp_step refresh = { .entry = &entry, .action = WP_ACTION_REFRESH, .reload = &reload };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record record = record_of(arena, &cases[i]);
		struct wp_verdict verdict;

		wp_classify(&reload, &record, arena, &verdict);
		cr_expect_eq(verdict.standing, cases[i].reload, "reload, %s: %s", cases[i].name, verdict.why ? verdict.why : "");
		cr_expect(!cases[i].words || (verdict.why && strstr(verdict.why, cases[i].words)), "%s: %s",
			  cases[i].name, verdict.why);
		wp_classify(&refresh, &record, arena, &verdict);
		cr_expect_eq(verdict.standing, cases[i].refresh, "refresh, %s: %s", cases[i].name, verdict.why);
		cr_expect_eq(!!verdict.note, !!cases[i].sedo, "%s: %s", cases[i].name, verdict.note);
	}
	wp_arena_free(arena);
}

/* What a call needs of a record is the plan's, where the record is as planned in all of it; and only there. */
Test(apply_classify, as_planned)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_entry entry = planned();
	struct wp_step reload = { .entry = &entry, .action = WP_ACTION_RELOAD, .found_action = { .known = true, .value = 1 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record record = record_of(arena, &cases[i]);
		struct wp_before recalled, wanted;
		struct wp_verdict verdict;

		wp_classify(&reload, &record, arena, &verdict);
		cr_expect_eq(wp_classify_as_planned(&reload, &record, &verdict), cases[i].reload == WP_STANDING_PENDING, "%s", cases[i].name);
		if (cases[i].reload != WP_STANDING_PENDING)
			continue;
		wp_before_recall(&reload, &recalled);
		wp_before_take(&record, &wanted);
		cr_expect_str_eq(recalled.image_property_sha256, wanted.image_property_sha256, "%s", cases[i].name);
		cr_expect_eq(recalled.source_version.value, wanted.source_version.value, "%s", cases[i].name);
		cr_expect(recalled.source_version.known && recalled.action_in_progress.value == 1, "%s", cases[i].name);
	}
	/* The plan knows no digest: what is there then is in no plan. */
	entry.preconditions.image_property_sha256[0] = '\0';
	{
		struct wp_record record = record_of(arena, &cases[0]);
		struct wp_verdict verdict;

		wp_classify(&reload, &record, arena, &verdict);
		cr_expect_eq(verdict.standing, WP_STANDING_PENDING);
		cr_expect_not(wp_classify_as_planned(&reload, &record, &verdict));
	}
	wp_arena_free(arena);
}

/* Without a digest the plan was made from SMS_ImageInformation, or the site had never loaded the properties. */
Test(apply_classify, plan_without_a_digest)
{
	static const struct now as_planned = { .name = "as planned" }, loaded = { .bag = OTHER }, empty = { .bag = "" };
	struct wp_reason reason = { .code = "never-loaded", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN };
	struct wp_arena *arena = wp_arena_new();
	struct wp_entry entry = planned();
	struct wp_step reload = { .entry = &entry, .action = WP_ACTION_RELOAD };
	struct wp_record record = record_of(arena, &as_planned);
	struct wp_verdict verdict;

	entry.preconditions.image_property_sha256[0] = '\0';
	wp_classify(&reload, &record, arena, &verdict);
	cr_expect_eq(verdict.standing, WP_STANDING_PENDING, "rows: %s", verdict.why);

	entry.reasons = &reason;
	entry.reason_count = 1;
	record = record_of(arena, &empty);
	wp_classify(&reload, &record, arena, &verdict);
	cr_expect_eq(verdict.standing, WP_STANDING_PENDING, "never loaded: %s", verdict.why);
	record = record_of(arena, &loaded);
	wp_classify(&reload, &record, arena, &verdict);
	cr_expect_eq(verdict.standing, WP_STANDING_CONFLICT, "loaded since");
	wp_arena_free(arena);
}

Test(apply_classify, package_is_gone)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_entry entry = planned();
	struct wp_step step = { .entry = &entry, .action = WP_ACTION_REFRESH };
	struct wp_verdict verdict;

	wp_classify(&step, NULL, arena, &verdict);
	cr_expect_eq(verdict.standing, WP_STANDING_CONFLICT);
	cr_expect(strstr(verdict.why, "P0100001"));
	wp_arena_free(arena);
}

/* The plan wants a reload for the description alone: the fields that it expects are right already. */
Test(apply_classify, difference_outside_the_expected_fields)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_entry entry = planned();
	struct wp_reason reason = { .code = "image-changed", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN, .image = 1,
				    .field = "description", .recorded = "old", .found = "new" };
	struct wp_step step = { .entry = &entry, .action = WP_ACTION_RELOAD, .state = WP_STATE_ACCEPTED };
	struct now now = { .bag = NEW };
	struct wp_record record = record_of(arena, &now);
	struct wp_verdict verdict;
	char why[300];

	entry.reasons = &reason;
	entry.reason_count = 1;
	wp_sha256_text(NEW, strlen(NEW), entry.preconditions.image_property_sha256);
	record.images.items[0].description = "old";
	wp_classify(&step, &record, arena, &verdict);
	cr_expect_eq(verdict.standing, WP_STANDING_PENDING, "%s", verdict.why);
	cr_expect_not(wp_classify_effect(&step, &record, why, sizeof why));
	record.images.items[0].description = "new";
	cr_expect(wp_classify_effect(&step, &record, why, sizeof why), "%s", why);
	wp_arena_free(arena);
}

Test(apply_classify, effects)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_entry entry = planned();
	struct wp_step refresh = { .entry = &entry, .action = WP_ACTION_REFRESH, .state = WP_STATE_STARTED,
				   .version_before = { .known = true, .value = 7 } };
	struct wp_step reload = { .entry = &entry, .action = WP_ACTION_RELOAD, .state = WP_STATE_STARTED };
	struct now now = { .version = 7, .bag = NEW };
	struct wp_record record = record_of(arena, &now);
	char why[300];

	/* What counts is the version before the call, not the one in the plan. */
	cr_expect_not(wp_classify_effect(&refresh, &record, why, sizeof why));
	cr_expect(strstr(why, "still 7"), "%s", why);
	record.source_version.value = 8;
	cr_expect(wp_classify_effect(&refresh, &record, why, sizeof why));
	/* Without an answer, metadata that was right before the call proves nothing. */
	wp_record_digest(&record, reload.property_before);
	cr_expect_not(wp_classify_effect(&reload, &record, why, sizeof why));
	reload.state = WP_STATE_ACCEPTED;
	cr_expect(wp_classify_effect(&reload, &record, why, sizeof why));
	reload.state = WP_STATE_STARTED;
	reload.property_before[0] = '\0';
	cr_expect(wp_classify_effect(&reload, &record, why, sizeof why));
	wp_arena_free(arena);
}

Test(apply_step, errors_are_utf8)
{
	struct wp_step step = { 0 };
	char text[2 * WP_STEP_ERROR];

	wp_step_error(&step, "caf\xe9 %s", "d\xc3\xa9j\xc3\xa0 \xff");
	cr_expect_str_eq(step.error, "caf? d\xc3\xa9j\xc3\xa0 ?");
	memset(text, 0, sizeof text);
	for (size_t i = 0; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	wp_step_error(&step, "x%s", text);
	cr_expect_eq(wp_utf8_valid(step.error, strlen(step.error)), strlen(step.error));
	cr_expect_eq(strlen(step.error), WP_STEP_ERROR - 1);
	/* A part of the old error may go into the new one. */
	wp_step_error(&step, "%.20s", step.error);
	cr_expect_str_eq(step.error, "x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9?");
	wp_step_clear_error(&step);
	cr_expect_null(step.error);
}

Test(apply_step, states)
{
	static const char *const outcomes[] = {
		"skipped",    "unknown", "unverified", "done",	  "satisfied",
		"unverified", "failed",	 "conflict",   "skipped", "unknown",
	};

	for (size_t i = 0; i < WP_STATES; i++) {
		enum wp_state state;

		cr_expect_str_eq(wp_state_name(wp_state_ended((enum wp_state)i)), outcomes[i]);
		cr_expect(wp_state_from_name(wp_state_name((enum wp_state)i), &state) && state == (enum wp_state)i);
	}
	cr_expect_not(wp_state_from_name("else", &(enum wp_state){ 0 }));
}

static bool is_open(const char *text, const char *now)
{
	struct wp_window window;
	const char *wrong = wp_window_parse(text, &window);

	cr_assert_null(wrong, "%s: %s", text, wrong);
	return wp_window_is_open(&window, wp_time_parse(now));
}

Test(apply_window, times)
{
	static const char *const bad[] = {
		"", "/", "2026-02-14T20:00:00Z", "2026-02-14T20:00:00/2026-02-14T22:00:00Z", "a/b",
		"2026-02-14T20:00:00Z/2026-02-14T20:00:00Z", "2026-02-14T20:00:00Z/2026-02-15T20:00:00Z/",
	};
	struct wp_window window;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_not_null(wp_window_parse(bad[i], &window), "%s", bad[i]);
	cr_expect(is_open("2026-02-14T20:00:00Z/2026-02-14T22:00:00Z", "2026-02-14T20:00:00Z"));
	cr_expect_not(is_open("2026-02-14T20:00:00Z/2026-02-14T22:00:00Z", "2026-02-14T22:00:00Z"));
	cr_expect_not(is_open("2026-02-14T20:00:00Z/2026-02-14T22:00:00Z", "2026-02-14T19:59:59Z"));
	cr_expect(is_open("2026-02-14T20:00:00+02:00/", "2026-02-14T18:00:00Z"));
	cr_expect_not(is_open("/2026-02-14T22:00:00Z", "2026-02-15T00:00:00Z"));
}
