/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gates: what keeps a package from being acted on, in which order, and whether the plan stays complete. */
#include "plan_fixture.h"

#define PATH "\\\\srv\\src$\\w11\\install.wim"

static const struct wp_observation unread = { .source_path = PATH };

/* Whether the first package is blocked by the gate called @code alone, which recorded and found these. */
static void expect_blocked(struct fixture_site *site, const char *code, const char *recorded, const char *found,
			   bool complete, const char *label)
{
	const struct wp_entry *entry;

	fixture_expect(site, label, { code, WP_ACTION_NONE, WP_CONFIDENCE_PROVEN, 0, NULL, recorded, found });
	entry = &site->plan->entries[0];
	cr_expect_eq(entry->status, WP_ENTRY_BLOCKED, "%s", label);
	cr_expect(!entry->reload && !entry->refresh, "%s", label);
	cr_expect_eq(entry->judged, complete, "%s", label);
	cr_expect_eq(site->plan->complete, complete, "%s", label);
	cr_expect(!wp_plan_has_changes(site->plan), "%s", label);
	cr_expect_eq(site->plan->summary.blocked, 1, "%s", label);
	cr_expect_eq(site->learned.baseline_count, 0, "%s", label);
}

/* The only gate of the first package's source. */
static void fail_source(struct fixture_site *site, enum wp_gate gate, const char *detail)
{
	struct wp_source_gate *one = wp_arena_alloc(site->arena, sizeof *one);

	*one = (struct wp_source_gate){ gate, detail };
	site->seen[0].gates = one;
	site->seen[0].gate_count = 1;
}

/* A row that is missing would be a package that is blocked for nothing, or a report without advice. */
Test(plan_gates, table_is_whole)
{
	for (enum wp_gate gate = WP_GATE_NONE + 1; gate < WP_GATE_COUNT; gate++) {
		const struct wp_gate_info *info = wp_gate_info(gate);

		cr_assert(info->code && info->meaning && info->remedy, "gate %d", gate);
		cr_expect_eq(wp_gate_find(info->code), gate, "%s", info->code);
		cr_expect(info->severity == WP_SEVERITY_ERROR || info->severity == WP_SEVERITY_WARNING, "%s", info->code);
		cr_expect_eq(info->remedy[strlen(info->remedy) - 1], '.', "%s", info->code);
	}
	cr_expect_eq(wp_gate_find("a-later-version"), WP_GATE_NONE);
	cr_expect_eq(wp_gate_find(""), WP_GATE_NONE);
}

Test(plan_gates, source)
{
	static const struct {
		enum wp_gate gate;
		bool complete;
	} cases[] = {
		{ WP_GATE_NO_INSTALL_WIM, true }, { WP_GATE_SPLIT, true },       { WP_GATE_ENCRYPTED, true },
		{ WP_GATE_NOT_MAPPED, false },    { WP_GATE_MISSING, false },    { WP_GATE_AMBIGUOUS, false },
		{ WP_GATE_UNREADABLE, false },    { WP_GATE_NOT_WIM, false },    { WP_GATE_DAMAGED, false },
		{ WP_GATE_BUSY, false },
	};
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *code = wp_gate_info(cases[i].gate)->code;

		site->seen[0] = unread;
		fail_source(site, cases[i].gate, "why");
		expect_blocked(site, code, PATH, "why", cases[i].complete, code);
		cr_expect_eq(site->plan->entries[0].expected_count, 0);
		cr_expect_str_eq(site->plan->entries[0].source_path, PATH);
		cr_expect_eq(site->plan->entries[0].preconditions.source_version.value, 12);
	}
	/* What the scan could not say is not taken for a source without images. */
	site->seen[0] = unread;
	expect_blocked(site, "source-damaged", PATH, "the images of the source were not read", false, "unread");
	site->observations[0] = NULL;
	expect_blocked(site, "source-damaged", PATH, "the images of the source were not read", false, "none");
	fixture_free(site);
}

Test(plan_gates, no_source)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	/* A source gate has nothing to say where there is no source. */
	site->seen[0] = unread;
	fail_source(site, WP_GATE_MISSING, NULL);
	record->source_flag.value = 1;
	expect_blocked(site, "no-source", PATH, "PkgSourceFlag is 1: the package has no source files", true, "flag");
	record->source_flag.value = 2;
	fail_source(site, WP_GATE_NO_SOURCE, NULL);
	record->source_path = "";
	expect_blocked(site, "no-source", NULL, "the record has no PkgSourcePath", true, "empty");
	record->source_path = NULL;
	record->source_flag.known = false;
	expect_blocked(site, "no-source", NULL, "the record has no PkgSourcePath", true, "absent");
	fixture_free(site);
}

Test(plan_gates, record)
{
	static const char *const actions[] = { NULL, "update", "add", "delete", "4" };
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->source_site = "P02";
	expect_blocked(site, "other-site", "P02", "only site P02 may update it; this is a snapshot of P01", true,
		       "other site");
	record->source_site = NULL;
	cr_expect_eq(fixture_plan(site)->entries[0].status, WP_ENTRY_UNCHANGED, "no site");
	for (size_t i = 1; i < sizeof actions / sizeof actions[0]; i++) {
		record->action_in_progress = (struct wp_number){ true, i };
		expect_blocked(site, "action-in-progress", actions[i],
			       "the site was working on the package when it was exported; export it again later", true,
			       actions[i]);
	}
	record->action_in_progress.value = 0;
	cr_expect_eq(fixture_plan(site)->entries[0].status, WP_ENTRY_UNCHANGED, "no action");
	fixture_free(site);
}

Test(plan_gates, record_incomplete)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");
	const struct wp_entry *entry;

	record->images = (struct wp_site_images){ .origin = WP_IMAGE_ORIGIN_NOTHING };
	record->image_property_state = WP_FETCHED_NOT;
	record->image_property = NULL;
	expect_blocked(site, "record-incomplete", NULL,
		       "ImageProperty was not fetched: lists leave it out; export the package by key, as the export script "
		       "does, or add the rows of SMS_ImageInformation",
		       false, "not fetched");
	/* The source was read all the same, and the entry says what it is. */
	entry = &site->plan->entries[0];
	cr_assert_eq(entry->expected_count, 2);
	cr_expect_str_eq(entry->expected[0].os_version, "10.0.22631.3007");
	cr_expect_str_eq(entry->file_id, FIXTURE_DIGEST("f"));
	record->image_property_state = WP_FETCHED_PRESENT;
	record->image_property = "<WIM";
	record->image_property_error = "line 1: it ends too early";
	expect_blocked(site, "record-incomplete", NULL,
		       "ImageProperty could not be read (line 1: it ends too early), and there are no SMS_ImageInformation "
		       "rows in its place; export the package again by key",
		       false, "unreadable");
	cr_assert_eq(site->plan->diags.count, 1);
	cr_expect_str_eq(site->plan->diags.items[0].code, "image-property-invalid");
	cr_expect_eq(site->plan->diags.items[0].severity, WP_SEVERITY_WARNING);
	/* Rows in its place serve; the finding stays. */
	record->images = fixture_site_images(site->arena, 2);
	record->images.origin = WP_IMAGE_ORIGIN_IMAGE_INFORMATION;
	cr_expect_eq(fixture_plan(site)->entries[0].status, WP_ENTRY_UNCHANGED);
	cr_expect_eq(site->plan->diags.count, 1);
	fixture_free(site);
}

Test(plan_gates, all_in_order)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->source_site = "P02";
	record->action_in_progress = (struct wp_number){ true, 3 };
	record->images = (struct wp_site_images){ .origin = WP_IMAGE_ORIGIN_NOTHING };
	record->image_property_state = WP_FETCHED_NOT;
	site->seen[0] = unread;
	fail_source(site, WP_GATE_MISSING, NULL);
	cr_assert_eq(fixture_plan(site)->entries[0].reason_count, 4);
	cr_expect_str_eq(site->plan->entries[0].reasons[0].code, "other-site");
	cr_expect_str_eq(site->plan->entries[0].reasons[1].code, "action-in-progress");
	cr_expect_str_eq(site->plan->entries[0].reasons[2].code, "record-incomplete");
	cr_expect_str_eq(site->plan->entries[0].reasons[3].code, "source-missing");
	cr_expect(!site->plan->complete);
	fail_source(site, WP_GATE_SPLIT, NULL);
	fixture_plan(site);
	cr_expect_str_eq(site->plan->entries[0].reasons[2].code, "source-split", "judged gates come first");
	cr_expect_str_eq(site->plan->entries[0].reasons[3].code, "record-incomplete");
	record->source_flag.value = 1;
	fixture_plan(site);
	cr_assert_eq(site->plan->entries[0].reason_count, 4);
	cr_expect_str_eq(site->plan->entries[0].reasons[0].code, "no-source");
	fixture_free(site);
}

Test(plan_gates, more_than_one_of_a_source)
{
	static const struct wp_source_gate gates[] = {
		{ WP_GATE_SPLIT, "part 1" },
		{ WP_GATE_ENCRYPTED, "locked" },
		{ WP_GATE_BUSY, NULL },
	};
	struct fixture_site *site = fixture_new();
	const struct wp_entry *entry;

	fixture_add(site, "P0100001")->source_site = "P02";
	site->seen[0] = unread;
	site->seen[0].gates = gates;
	site->seen[0].gate_count = 3;
	entry = &fixture_plan(site)->entries[0];
	cr_assert_eq(entry->reason_count, 4);
	cr_expect_str_eq(entry->reasons[0].code, "other-site");
	cr_expect_str_eq(entry->reasons[1].code, "source-split");
	cr_expect_str_eq(entry->reasons[1].found, "part 1");
	cr_expect_str_eq(entry->reasons[2].code, "source-encrypted");
	cr_expect_str_eq(entry->reasons[2].found, "locked");
	cr_expect_str_eq(entry->reasons[3].code, "source-busy");
	cr_expect_null(entry->reasons[3].found);
	cr_expect(!site->plan->complete);
	fixture_free(site);
}

Test(plan_gates, unknown_content_beside_others)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->source_site = "P02";
	record->source_date = (struct wp_time){ .known = false };
	cr_assert_eq(fixture_plan(site)->entries[0].reason_count, 2);
	cr_expect_str_eq(site->plan->entries[0].reasons[1].code, "content-unknown");
	cr_expect(!site->plan->complete);
	site->policy.on_unknown = WP_ON_UNKNOWN_SKIP;
	cr_assert_eq(fixture_plan(site)->entries[0].reason_count, 1);
	cr_expect(site->plan->complete);
	fixture_free(site);
}
