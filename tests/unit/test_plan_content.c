/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RefreshPkgSource: baselines, dates with their tolerance and zones, and what is not known. */
#include "plan_fixture.h"

#define A FIXTURE_DIGEST("a")
#define B FIXTURE_DIGEST("b")
#define C FIXTURE_DIGEST("c")
#define F FIXTURE_DIGEST("f")
#define NO_BASELINE "there is no baseline for SourceVersion 12, and "

Test(plan_content, baseline)
{
	/* The source has file f with content c. */
	static const struct {
		const char *label, *file_id, *content_id;
		enum wp_confidence confidence;
		enum wp_refresh_on refresh_on;
		bool refresh;
		struct wp_reason reason;
	} cases[] = {
		{ "same", F, C, WP_CONFIDENCE_PROVEN, WP_REFRESH_ON_FILE, false, { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_PROVEN } },
		{ "same, inferred", F, C, WP_CONFIDENCE_INFERRED, WP_REFRESH_ON_CONTENT, false,
		  { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_INFERRED } },
		{ "changed", A, B, WP_CONFIDENCE_PROVEN, WP_REFRESH_ON_CONTENT, true,
		  { "content-changed", WP_ACTION_REFRESH, WP_CONFIDENCE_PROVEN, 0, NULL, B, C } },
		{ "changed, inferred", A, B, WP_CONFIDENCE_INFERRED, WP_REFRESH_ON_CONTENT, true,
		  { "content-changed", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, B, C } },
		{ "changed beside the .wim", F, B, WP_CONFIDENCE_PROVEN, WP_REFRESH_ON_CONTENT, true,
		  { "content-changed", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, B, C } },
		{ "rewritten", A, C, WP_CONFIDENCE_PROVEN, WP_REFRESH_ON_CONTENT, false,
		  { "content-rewritten", WP_ACTION_REFRESH, WP_CONFIDENCE_PROVEN, 0, NULL, A, F } },
		{ "rewritten, inferred", A, C, WP_CONFIDENCE_INFERRED, WP_REFRESH_ON_CONTENT, false,
		  { "content-rewritten", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, A, F } },
		{ "rewritten, by file", A, C, WP_CONFIDENCE_PROVEN, WP_REFRESH_ON_FILE, true,
		  { "content-rewritten", WP_ACTION_REFRESH, WP_CONFIDENCE_PROVEN, 0, NULL, A, F } },
		{ "file not known", "", C, WP_CONFIDENCE_PROVEN, WP_REFRESH_ON_FILE, false,
		  { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_PROVEN } },
		/* Without a content id to compare the dates are asked. */
		{ "content not known", F, "", WP_CONFIDENCE_PROVEN, WP_REFRESH_ON_CONTENT, false,
		  { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_INFERRED } },
	};
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		/* Neighbours on both sides, so that the right one has to be found. */
		const struct wp_baseline baselines[] = {
			{ .package_id = "P0100000", .source_version = 12, .file_id = A, .content_id = A },
			{ .package_id = "P0100001", .source_version = 11, .file_id = A, .content_id = A },
			{ .package_id = "P0100001",
			  .source_version = 12,
			  .file_id = cases[i].file_id,
			  .content_id = cases[i].content_id,
			  .confidence = cases[i].confidence },
			{ .package_id = "P0100001", .source_version = 13, .file_id = A, .content_id = A },
			{ .package_id = "P0100002", .source_version = 12, .file_id = A, .content_id = A },
		};

		site->input.baselines = baselines;
		site->input.baseline_count = sizeof baselines / sizeof baselines[0];
		site->policy.refresh_on = cases[i].refresh_on;
		fixture_expect(site, cases[i].label, FIXTURE_SAME_METADATA, cases[i].reason);
		cr_expect_eq(site->plan->entries[0].refresh, cases[i].refresh, "%s", cases[i].label);
		cr_expect_eq(site->plan->entries[0].status, cases[i].refresh ? WP_ENTRY_CHANGE : WP_ENTRY_UNCHANGED,
			     "%s", cases[i].label);
		cr_expect_eq(site->learned.baseline_count, cases[i].content_id[0] ? 0 : 1, "%s", cases[i].label);
	}
	fixture_free(site);
}

Test(plan_content, baseline_of_another_version)
{
	static const struct wp_baseline baseline = {
		.package_id = "P0100001", .source_version = 11, .file_id = A, .content_id = A, .confidence = WP_CONFIDENCE_PROVEN
	};
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	site->input.baselines = &baseline;
	site->input.baseline_count = 1;
	fixture_expect(site, "another version", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	record->source_version.known = false;
	fixture_expect(site, "no version", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	cr_expect_eq(site->learned.baseline_count, 0, "a baseline needs a version");
	fixture_free(site);
}

Test(plan_content, dates)
{
	/* SourceDate, the source's newest date, the tolerance in seconds, and the reason. */
	static const struct {
		const char *sent, *newest;
		uint32_t tolerance;
		struct wp_reason reason;
	} cases[] = {
		{ "2026-01-09T22:41:00Z", "2026-01-09T22:43:00Z", 120, { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_INFERRED } },
		{ "2026-01-09T22:41:00Z", "2026-01-09T22:43:00.0000001Z", 120,
		  { "content-newer", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, "2026-01-09T22:41:00Z", "2026-01-09T22:43:00.0000001Z" } },
		{ "2026-01-09T22:41:00Z", "2026-01-09T22:41:00Z", 0, { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_INFERRED } },
		{ "2026-01-09T22:41:00Z", "2026-01-09T22:41:01Z", 0,
		  { "content-newer", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, "2026-01-09T22:41:00Z", "2026-01-09T22:41:01Z" } },
		{ "20260109224100.000000+060", "2026-01-09T21:43:01Z", 120,
		  { "content-newer", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, "2026-01-09T21:41:00Z", "2026-01-09T21:43:01Z" } },
		/* Without a zone the date is somewhere from 14 hours before to 12 hours after what it says. */
		{ "20260109120000.000000+***", "2026-01-08T22:02:00Z", 120, { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_INFERRED } },
		{ "20260109120000.000000+***", "2026-01-10T00:02:01Z", 120,
		  { "content-newer", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, "2026-01-09T12:00:00", "2026-01-10T00:02:01Z" } },
	};
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool newer = !strcmp(cases[i].reason.code, "content-newer");

		record->source_date_text = cases[i].sent;
		record->source_date = fixture_time(cases[i].sent);
		site->seen[0].newest = fixture_time(cases[i].newest);
		site->policy.clock_tolerance = cases[i].tolerance;
		fixture_expect(site, cases[i].newest, FIXTURE_SAME_METADATA, cases[i].reason);
		cr_expect_eq(site->plan->entries[0].refresh, newer);
		cr_expect_eq(site->learned.baseline_count, !newer);
		cr_expect_eq(site->plan->diags.count, 0);
	}
	fixture_free(site);
}

Test(plan_content, unknown)
{
	static const struct {
		const char *sent, *newest, *recorded, *found;
	} cases[] = {
		{ NULL, "2026-01-08T12:00:00Z", NULL, "the record has no SourceDate" },
		{ "soon", "2026-01-08T12:00:00Z", "soon", "SourceDate \"soon\" is a date in a form that cannot be told; export it as wimplan-records(5) shows" },
		{ "1970-01-01T00:00:00Z", "2026-01-08T12:00:00Z", "1970-01-01T00:00:00Z",
		  "SourceDate says that it was never sent" },
		{ "19900101000000.000000+***", "2026-01-08T12:00:00Z", "1990-01-01T00:00:00",
		  "SourceDate says that it was never sent" },
		{ "2026-01-09T22:41:00Z", "1980-01-01T01:00:00Z", "2026-01-09T22:41:00Z",
		  "the source has no date to go by" },
		{ "2026-01-09T22:41:00Z", NULL, "2026-01-09T22:41:00Z", "the source has no date to go by" },
	};
	static const struct {
		enum wp_on_unknown on_unknown;
		enum wp_entry_status status;
		bool complete, refresh;
	} policies[] = {
		{ WP_ON_UNKNOWN_BLOCK, WP_ENTRY_BLOCKED, false, false },
		{ WP_ON_UNKNOWN_REFRESH, WP_ENTRY_CHANGE, true, true },
		{ WP_ON_UNKNOWN_SKIP, WP_ENTRY_UNCHANGED, true, false },
	};
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *found = wp_arena_printf(site->arena, NO_BASELINE "%s", cases[i].found);

		record->source_date_text = cases[i].sent;
		record->source_date = wp_time_parse(cases[i].sent);
		site->seen[0].newest = wp_time_parse(cases[i].newest);
		for (size_t k = 0; k < sizeof policies / sizeof policies[0]; k++) {
			site->policy.on_unknown = policies[k].on_unknown;
			if (policies[k].complete)
				fixture_expect(site, found, FIXTURE_SAME_METADATA,
					       { "content-unknown", WP_ACTION_REFRESH, WP_CONFIDENCE_UNKNOWN, 0, NULL, cases[i].recorded, found });
			else
				fixture_expect(site, found, { "content-unknown", WP_ACTION_NONE, WP_CONFIDENCE_UNKNOWN, 0, NULL,
							      cases[i].recorded, found });
			cr_expect_eq(site->plan->entries[0].status, policies[k].status);
			cr_expect_eq(site->plan->entries[0].refresh, policies[k].refresh);
			cr_expect_eq(site->plan->entries[0].judged, policies[k].complete);
			cr_expect_eq(site->plan->complete, policies[k].complete);
			cr_expect_eq(wp_plan_has_changes(site->plan), policies[k].refresh);
			cr_expect_eq(site->learned.baseline_count, 0);
		}
	}
	fixture_free(site);
}

Test(plan_content, unknown_beside_a_reload)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");
	const struct wp_entry *entry;

	record->images.count = 1;
	record->source_date = (struct wp_time){ .known = false };
	entry = &fixture_plan(site)->entries[0];
	cr_expect_eq(entry->status, WP_ENTRY_BLOCKED, "block holds whatever a reload would say");
	cr_expect(!entry->reload && !entry->refresh);
	cr_expect_eq(entry->reason_count, 1);
	site->policy.on_unknown = WP_ON_UNKNOWN_SKIP;
	entry = &fixture_plan(site)->entries[0];
	cr_expect_eq(entry->status, WP_ENTRY_CHANGE);
	cr_expect(entry->reload && !entry->refresh, "with skip the reload goes ahead");
	site->policy.on_unknown = WP_ON_UNKNOWN_REFRESH;
	entry = &fixture_plan(site)->entries[0];
	cr_expect(entry->reload && entry->refresh);
	cr_expect_eq(site->plan->summary.reload, 1);
	cr_expect_eq(site->plan->summary.refresh, 1);
	fixture_free(site);
}

Test(plan_content, date_without_its_zone)
{
	static const char *const near[] = { "2026-01-08T22:02:00.0000001Z", "2026-01-09T12:00:00Z",
					    "2026-01-10T00:02:00Z" };
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->source_date_text = "20260109120000.000000+***";
	record->source_date = fixture_time(record->source_date_text);
	for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
		site->seen[0].newest = fixture_time(near[i]);
		fixture_expect(site, near[i],
			       { "content-unknown", WP_ACTION_NONE, WP_CONFIDENCE_UNKNOWN, 0, NULL, "2026-01-09T12:00:00",
				 wp_arena_printf(site->arena,
						 NO_BASELINE "SourceDate 2026-01-09T12:00:00, in a time zone that it does "
							     "not name, is too near to the source's date %s; the "
							     "AdminService would give it in UTC",
						 near[i]) });
		cr_assert_eq(site->plan->diags.count, 1);
		cr_expect_str_eq(site->plan->diags.items[0].code, "date-zone-unknown");
		cr_expect_eq(site->plan->diags.items[0].severity, WP_SEVERITY_INFO);
		cr_expect_str_eq(site->plan->diags.items[0].subject, "P0100001");
	}
	fixture_free(site);
}

/* What the dates say the first time, the baseline that they made says the second time, byte by byte. */
Test(plan_content, inferred_baseline_changes_nothing)
{
	struct fixture_site *site = fixture_new();
	char first[WP_HASH_TEXT];

	fixture_add(site, "P0100001");
	fixture_add(site, "P0100002");
	/* What the metadata do not bear out, the size does. */
	fixture_images(site, 1)[0].name = "New";
	site->records[1].package_size = site->records[1].package_size_version = (struct wp_number){ true, 12 };
	site->seen[1].bytes = 12 << 10;
	fixture_plan(site);
	memcpy(first, site->plan->id, sizeof first);
	cr_assert_eq(site->learned.baseline_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct wp_baseline *baseline = &site->learned.baselines[i];

		cr_expect_str_eq(baseline->site_code, "P01");
		cr_expect_str_eq(baseline->package_id, site->records[i].package_id);
		cr_expect_eq(baseline->source_version, 12);
		cr_expect_str_eq(baseline->file_id, F);
		cr_expect_str_eq(baseline->content_id, C);
		cr_expect_eq(baseline->confidence, WP_CONFIDENCE_INFERRED);
		cr_expect_str_eq(baseline->origin, "dates");
		cr_expect_eq(baseline->recorded_at.ticks, site->input.now.ticks);
	}
	site->input.baselines = memcpy(wp_arena_alloc(site->arena, 2 * sizeof *site->learned.baselines), site->learned.baselines,
				       2 * sizeof *site->learned.baselines);
	site->input.baseline_count = 2;
	/* The plan that owns their texts goes away with the next one. */
	for (size_t i = 0; i < 2; i++) {
		struct wp_baseline *baseline = (struct wp_baseline *)&site->input.baselines[i];

		baseline->site_code = "P01";
		baseline->package_id = site->records[i].package_id;
		baseline->file_id = F;
		baseline->content_id = C;
		baseline->origin = "dates";
	}
	fixture_plan(site);
	cr_expect_str_eq(site->plan->id, first);
	cr_expect_eq(site->learned.baseline_count, 0);
	fixture_free(site);
}

Test(plan_content, no_baseline_of_a_blocked_or_unknown_content)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->source_site = "P02";
	fixture_plan(site);
	cr_expect_eq(site->learned.baseline_count, 0, "blocked");
	record->source_site = "P01";
	site->seen[0].content_id[0] = '\0';
	fixture_plan(site);
	cr_expect_eq(site->learned.baseline_count, 0, "no content id");
	fixture_free(site);
}
