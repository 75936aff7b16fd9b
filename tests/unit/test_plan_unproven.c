/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates that a copy may have kept: what bears them out, and the question that stays open where nothing does. */
#include "plan_fixture.h"

#define SENT "2026-01-09T22:41:00Z"
#define OLDER "2026-01-08T12:00:00Z"
#define NEWER "2026-02-14T03:10:00Z"
#define C FIXTURE_DIGEST("c")
#define KIB(n) ((uint64_t)(n) << 10)

static struct wp_number of(uint64_t value)
{
	return (struct wp_number){ true, value };
}

/* The reason that speaks of the content of the first package. */
static const char *verdict(struct fixture_site *site)
{
	const struct wp_entry *entry = &fixture_plan(site)->entries[0];

	for (size_t i = 0; i < entry->reason_count; i++)
		if (!strncmp(entry->reasons[i].code, "content-", 8))
			return entry->reasons[i].code;
	return "none";
}

Test(plan_unproven, dates_metadata_and_size)
{
	static const struct {
		const char *newest;
		bool differs;
		uint64_t kib; /* 0: the site has no figure */
		const char *code;
		bool refresh, baseline, question;
	} cases[] = {
		{ NEWER, false, 1000, "content-newer", true, false, false },
		{ NEWER, true, 1000, "content-newer", true, false, false },
		{ NEWER, true, 0, "content-newer", true, false, false },
		{ OLDER, false, 1000, "content-same", false, true, false },
		{ OLDER, false, 5, "content-same", false, true, false },
		{ OLDER, false, 0, "content-same", false, true, false },
		{ OLDER, true, 1000, "content-same", false, true, false },
		{ OLDER, true, 5, "content-unproven", false, false, true },
		{ OLDER, true, 0, "content-unproven", false, false, true },
		{ NULL, false, 1000, "content-same", false, false, false },
		{ NULL, true, 1000, "content-same", false, false, false },
		{ NULL, false, 5, "content-unknown", false, false, false },
		{ NULL, true, 0, "content-unknown", false, false, false },
	};
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	site->policy.on_unknown = WP_ON_UNKNOWN_SKIP;
	site->seen[0].bytes = KIB(1000);
	record->package_size_version = of(12);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		record->images.items[0].os_version = cases[i].differs ? "10.0.1.1" : "10.0.22631.3007";
		record->package_size = of(cases[i].kib);
		site->seen[0].newest = wp_time_parse(cases[i].newest);
		cr_expect_str_eq(verdict(site), cases[i].code, "case %zu", i);
		cr_expect_eq(site->plan->entries[0].reload, cases[i].differs, "case %zu: it hides no reload", i);
		cr_expect_eq(site->plan->entries[0].refresh, cases[i].refresh, "case %zu", i);
		cr_expect_eq(site->learned.baseline_count, cases[i].baseline, "case %zu", i);
		cr_expect_eq(site->learned.question_count, cases[i].question, "case %zu", i);
	}
	fixture_free(site);
}

/* What a figure says of so many bytes in so many files. */
Test(plan_unproven, sizes)
{
	static const struct {
		const char *label;
		uint64_t package, package_version, content, content_version, bytes, files;
		enum wp_class class;
		bool agrees;
	} cases[] = {
		{ "the same", 1000, 12, 0, 0, KIB(1000), 1, WP_CLASS_IMAGE, true },
		{ "rounded up", 1001, 12, 0, 0, KIB(1000) + 1, 1, WP_CLASS_IMAGE, true },
		{ "rounded down", 1000, 12, 0, 0, KIB(1000) + 1023, 1, WP_CLASS_IMAGE, true },
		{ "one less", 1000, 12, 0, 0, KIB(1001), 1, WP_CLASS_IMAGE, true },
		{ "more than one less", 1000, 12, 0, 0, KIB(1001) + 1, 1, WP_CLASS_IMAGE, false },
		{ "one more", 1000, 12, 0, 0, KIB(999), 1, WP_CLASS_IMAGE, true },
		{ "more than one more", 1000, 12, 0, 0, KIB(999) - 1, 1, WP_CLASS_IMAGE, false },
		{ "one for each file", 1000, 12, 0, 0, KIB(990), 10, WP_CLASS_INSTALL, true },
		{ "more than that", 1000, 12, 0, 0, KIB(990) - 1, 10, WP_CLASS_INSTALL, false },
		{ "another version", 1000, 11, 0, 0, KIB(1000), 1, WP_CLASS_IMAGE, false },
		{ "the row", 0, 12, 1000, 12, KIB(1000), 1, WP_CLASS_IMAGE, true },
		{ "the row of another version", 0, 0, 1000, 13, KIB(1000), 1, WP_CLASS_IMAGE, false },
		{ "both", 1000, 12, 1001, 12, KIB(1000), 1, WP_CLASS_IMAGE, true },
		{ "both, and the row fits", 1001, 12, 1000, 12, KIB(999), 1, WP_CLASS_IMAGE, true },
		{ "they contradict each other", 1000, 12, 1002, 12, KIB(1000), 1, WP_CLASS_IMAGE, false },
		{ "of versions of their own", 1000, 12, 5, 11, KIB(1000), 1, WP_CLASS_IMAGE, true },
		{ "a boot image", 1000, 12, 1000, 12, KIB(1000), 1, WP_CLASS_BOOT, false },
		{ "as large as can be", UINT64_MAX, 12, 0, 0, UINT64_MAX, 1, WP_CLASS_IMAGE, false },
		{ "nothing", 1, 12, 0, 0, 0, 1, WP_CLASS_IMAGE, true },
	};
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->images.items[0].name = "Old";
	site->policy.boot_images = WP_BOOT_IMAGES_PLAN;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		record->class = cases[i].class;
		record->package_size = of(cases[i].package);
		record->package_size_version = of(cases[i].package_version);
		record->content_size = of(cases[i].content);
		record->content_size_version = of(cases[i].content_version);
		site->seen[0].bytes = cases[i].bytes;
		site->seen[0].folder_files = cases[i].files - 1;
		cr_expect_str_eq(verdict(site), cases[i].agrees ? "content-same" : "content-unproven", "%s",
				 cases[i].label);
	}
	record->source_version.known = false;
	cr_expect_str_eq(verdict(site), "content-unproven", "no SourceVersion");
	cr_expect_eq(site->learned.question_count, 0, "a question needs a version");
	fixture_free(site);
}

/* The figure stands with the date where it differs; figures that say nothing do not. */
Test(plan_unproven, reason)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->images = (struct wp_site_images){ .origin = WP_IMAGE_ORIGIN_NOTHING };
	record->image_property_state = WP_FETCHED_EMPTY;
	fixture_expect(site, "no figure", FIXTURE_NEVER_LOADED,
		       { "content-unproven", WP_ACTION_REFRESH, WP_CONFIDENCE_UNKNOWN, 0, NULL, SENT, OLDER });
	record->package_size = of(5);
	record->package_size_version = of(12);
	site->seen[0].bytes = KIB(1000);
	fixture_expect(site, "a figure", FIXTURE_NEVER_LOADED,
		       { "content-unproven", WP_ACTION_REFRESH, WP_CONFIDENCE_UNKNOWN, 0, NULL, SENT "; 5 KiB", OLDER "; 1024000 bytes" });
	record->content_size = of(1000);
	record->content_size_version = of(12);
	fixture_expect(site, "two that contradict each other", FIXTURE_NEVER_LOADED,
		       { "content-unproven", WP_ACTION_REFRESH, WP_CONFIDENCE_UNKNOWN, 0, NULL, SENT, OLDER });
	fixture_free(site);
}

Test(plan_unproven, policies)
{
	static const struct {
		enum wp_on_unproven policy;
		bool differs; /* a reload is needed as well */
		enum wp_entry_status status;
		bool refresh, changes;
	} cases[] = {
		{ WP_ON_UNPROVEN_NOTE, true, WP_ENTRY_CHANGE, false, true },
		{ WP_ON_UNPROVEN_NOTE, false, WP_ENTRY_UNPROVEN, false, false },
		{ WP_ON_UNPROVEN_REFRESH, true, WP_ENTRY_CHANGE, true, true },
		{ WP_ON_UNPROVEN_REFRESH, false, WP_ENTRY_CHANGE, true, true },
		{ WP_ON_UNPROVEN_BLOCK, true, WP_ENTRY_BLOCKED, false, false },
		{ WP_ON_UNPROVEN_BLOCK, false, WP_ENTRY_BLOCKED, false, false },
	};
	static const struct wp_question question = {
		.site_code = "P01", .package_id = "P0100001", .source_version = 12, .content_id = C
	};
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	site->input.questions = &question;
	site->input.question_count = 1;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct wp_entry *entry;

		site->policy.on_unproven = cases[i].policy;
		record->images.items[0].name = cases[i].differs ? "Old" : "Windows 11 #1";
		entry = &fixture_plan(site)->entries[0];
		cr_expect_eq(entry->status, cases[i].status, "case %zu", i);
		cr_expect_eq(entry->refresh, cases[i].refresh, "case %zu", i);
		cr_expect(entry->judged, "case %zu", i);
		cr_expect(wp_entry_has_reason(entry, "content-unproven"), "case %zu", i);
		cr_expect_eq(site->plan->summary.unproven, 1, "case %zu: whatever its status", i);
		cr_expect(site->plan->complete, "case %zu", i);
		cr_expect_eq(wp_plan_has_changes(site->plan), cases[i].changes, "case %zu", i);
		cr_expect_eq(site->learned.question_count, 1, "case %zu", i);
		cr_expect_str_eq(entry->file_id, FIXTURE_DIGEST("f"), "case %zu", i);
	}
	fixture_free(site);
}

/* A reload makes the metadata the same, and answers nothing. */
Test(plan_unproven, question_stays_open)
{
	static const struct {
		const char *label, *package_id, *content_id;
		uint64_t version;
		bool open;
	} cases[] = {
		{ "its own", "P0100002", C, 12, true },
		{ "another content", "P0100002", FIXTURE_DIGEST("d"), 12, false },
		{ "an older version", "P0100002", C, 11, false },
		{ "a later version", "P0100002", C, 13, false },
		{ "another package", "P0100001", C, 12, false },
	};
	struct fixture_site *site = fixture_new();
	struct wp_question questions[3] = {
		{ .site_code = "P01", .package_id = "P0100000", .source_version = 12, .content_id = C },
		{ .site_code = "P01" },
		{ .site_code = "P01", .package_id = "P0100003", .source_version = 12, .content_id = C },
	};
	struct wp_baseline adopted = { .site_code = "P01",
				       .package_id = "P0100002",
				       .source_version = 12,
				       .file_id = FIXTURE_DIGEST("f"),
				       .content_id = C,
				       .confidence = WP_CONFIDENCE_PROVEN,
				       .origin = "adopted" };

	fixture_add(site, "P0100002");
	site->input.questions = questions;
	site->input.question_count = 3;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		questions[1].package_id = cases[i].package_id;
		questions[1].content_id = cases[i].content_id;
		questions[1].source_version = cases[i].version;
		cr_expect_str_eq(verdict(site), cases[i].open ? "content-unproven" : "content-same", "%s",
				 cases[i].label);
		cr_expect_eq(site->learned.baseline_count, !cases[i].open, "%s", cases[i].label);
	}
	questions[1] = (struct wp_question){ "P01", "P0100002", 12, C, { .known = false } };
	site->records[0].package_size = site->records[0].package_size_version = of(12);
	site->seen[0].bytes = KIB(12);
	cr_expect_str_eq(verdict(site), "content-same", "the size answers it");
	site->records[0].package_size.known = false;
	site->seen[0].newest = fixture_time(NEWER);
	cr_expect_str_eq(verdict(site), "content-newer", "a newer date does");
	site->seen[0].newest = fixture_time(OLDER);
	site->input.baselines = &adopted;
	site->input.baseline_count = 1;
	cr_expect_str_eq(verdict(site), "content-same", "a baseline does");
	fixture_free(site);
}
