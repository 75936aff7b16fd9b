/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes beside the body: what is said of the export, in which order, and that none of it moves the plan's id. */
#include "plan_fixture.h"

#include "../../src/plan/notes.h"

static const char *fact(const struct wp_note *note, const char *name)
{
	return wp_json_get_text(note->facts, name);
}

Test(plan_notes, age_of_the_export)
{
	static const struct {
		const char *now;
		uint64_t most;     /* seconds */
		const char *since; /* NULL: no note */
	} cases[] = {
		{ "2026-02-27T02:10:00Z", 604800, NULL },
		{ "2026-02-27T02:10:00.9Z", 604800, NULL },
		{ "2026-02-27T02:10:01Z", 604800, "7 days ago" },
		{ "2026-02-19T00:00:00Z", 0, NULL },
		{ "2026-02-20T02:10:00Z", 0, NULL },
		{ "2026-02-20T02:10:01Z", 0, "0 hours ago" },
		{ "2026-02-20T03:10:00Z", 60, "1 hour ago" },
		{ "2026-02-22T02:09:59Z", 60, "47 hours ago" },
		{ "2026-02-22T02:10:00Z", 60, "2 days ago" },
		{ "2027-02-20T02:10:00Z", 604800, "365 days ago" },
	};
	struct fixture_site *site = fixture_new();
	char id[WP_HASH_TEXT] = "";

	fixture_add(site, "P0100001");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct wp_plan *plan;

		site->input.now = fixture_time(cases[i].now);
		site->policy.snapshot_max_age = cases[i].most;
		plan = fixture_plan(site);
		cr_expect_eq(plan->note_count, cases[i].since ? 1 : 0, "%s", cases[i].now);
		cr_expect(!*id || !strcmp(id, plan->id), "%s: neither the clock nor the bound is in the body", cases[i].now);
		strcpy(id, plan->id);
		if (!cases[i].since || !plan->note_count)
			continue;
		cr_expect_str_eq(plan->notes[0].code, "export-old");
		cr_expect_eq(plan->notes[0].severity, WP_NOTE_SEVERITY_WARNING);
		cr_expect_null(plan->notes[0].package_id);
		cr_expect(strstr(plan->notes[0].summary, cases[i].since), "%s", plan->notes[0].summary);
		cr_expect_str_eq(fact(&plan->notes[0], "taken_at"), "2026-02-20T02:10:00Z");
	}
	site->set.taken_at = (struct wp_time){ .known = false };
	cr_expect_eq(fixture_plan(site)->note_count, 0, "of an unknown time nothing is said");
	fixture_free(site);
}

Test(plan_notes, export_that_is_not_whole)
{
	static const char *const missing[] = { "P0100002", "P0100003", "P0100004", "P0100005", "P0100006", "P0100007" };
	struct fixture_site *site = fixture_new();
	const struct wp_plan *plan;
	char whole[WP_HASH_TEXT];

	fixture_add(site, "P0100001");
	strcpy(whole, fixture_plan(site)->id);
	cr_expect(site->plan->complete);
	site->input.missing = missing;
	site->input.missing_count = 1;
	site->input.previous_taken_at = fixture_time("2026-02-13T02:10:00Z");
	plan = fixture_plan(site);
	cr_assert_eq(plan->note_count, 1);
	cr_expect_str_eq(plan->notes[0].code, "export-partial");
	cr_expect_str_eq(plan->notes[0].summary,
			 "the export of 2026-02-13 02:10Z had 1 package that this one lacks: P0100002; unless the site no "
			 "longer has it, export the whole site again");
	cr_expect(plan->complete, "the site may have deleted it");
	cr_expect_str_eq(plan->id, whole, "what depends on another export is not in the body");
	site->input.missing_count = 6;
	plan = fixture_plan(site);
	cr_expect(strstr(plan->notes[0].summary, "had 6 packages that this one lacks: P0100002, P0100003, P0100004, "
						 "P0100005, P0100006 and 1 more; unless the site no longer has them"),
		  "%s", plan->notes[0].summary);
	cr_expect_eq(json_array_size(json_object_get(plan->notes[0].facts, "packages")), 6);
	site->input.missing_count = 0;
	site->set.partial = "SMS_ImagePackage";
	plan = fixture_plan(site);
	cr_assert_eq(plan->note_count, 1);
	cr_expect_str_eq(plan->notes[0].code, "export-partial");
	cr_expect_str_eq(fact(&plan->notes[0], "lists"), "SMS_ImagePackage");
	cr_expect(!plan->complete && plan->snapshot_partial);
	cr_expect_str_neq(plan->id, whole, "a page makes another plan");
	fixture_free(site);
}

/* First what is about the whole, then package by package; the graver one first, then by code. */
Test(plan_notes, order)
{
	struct fixture_site *site = fixture_new();
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_plan *plan;
	json_t *json __attribute__((cleanup(wp_json_freep))) = NULL;

	fixture_add(site, "P0100001");
	fixture_add(site, "P0100002");
	plan = (struct wp_plan *)fixture_plan(site);
	wp_note_add(plan, WP_NOTE_EXPORT_PARTIAL, NULL, 0, json_object(), "b");
	wp_note_add(plan, WP_NOTE_EXPORT_OLD, NULL, 0, json_object(), "a");
	wp_note_add(plan, WP_NOTE_BOOT_ORIGINAL_NEWER, "P0100002", 0, json_object(), "d");
	wp_note_add(plan, WP_NOTE_BOOT_ORIGINAL_DIFFERS, "P0100002", 2, json_object(), "c");
	wp_note_add(plan, WP_NOTE_BOOT_ORIGINAL_DIFFERS, "P0100001", 0, json_object(), "e");
	wp_note_add(plan, WP_NOTE_INDEX_GONE, "P0100001", 0, json_object(), "f");
	wp_notes_sort(plan);
	for (size_t i = 0; i < plan->note_count; i++)
		wp_buf_puts(&text, plan->notes[i].summary);
	cr_expect_str_eq(wp_buf_text(&text), "abfecd");
	json = wp_notes_json(plan->notes, plan->note_count);
	text.length = 0;
	wp_json_canonical(&text, json_array_get(json, 4));
	cr_expect_str_eq(wp_buf_text(&text), "{\"code\":\"boot-original-differs\",\"facts\":{},\"image\":2,\"package_id\":"
					     "\"P0100002\",\"severity\":\"warning\",\"summary\":\"c\"}");
	fixture_free(site);
}

/* A code of a later version is kept, a severity that nobody knows is not. */
Test(plan_notes, are_read)
{
	static const struct {
		const char *json, *damage;
	} cases[] = {
		{ "{\"code\":\"later\",\"severity\":\"grave\",\"package_id\":\"P0100001\",\"image\":3,\"summary\":\"s\","
		  "\"facts\":{\"points\":2},\"more\":1}",
		  NULL },
		{ "1", "code is missing" },
		{ "{\"code\":\"x\",\"severity\":\"fatal\",\"summary\":\"s\",\"facts\":{}}", "severity \"fatal\"" },
		{ "{\"code\":\"x\",\"severity\":\"info\",\"image\":0,\"summary\":\"s\",\"facts\":{}}", "image is out of range" },
		{ "{\"code\":\"x\",\"severity\":\"info\",\"image\":1.0,\"summary\":\"s\",\"facts\":{}}", "image is no whole" },
		{ "{\"code\":\"x\",\"severity\":\"info\",\"package_id\":5,\"summary\":\"s\",\"facts\":{}}", "package_id is no" },
		{ "{\"code\":\"x\",\"severity\":\"info\",\"facts\":{}}", "summary is missing" },
		{ "{\"code\":\"x\",\"severity\":\"info\",\"summary\":\"s\"}", "facts of a note" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		struct fixture_site *site = fixture_new();
		struct wp_decoder decoder = { .arena = site->arena };
		struct wp_note note;

		cr_assert(json, "%s", cases[i].json);
		wp_plan_decode_note(&decoder, json, &note);
		cr_expect_eq(!decoder.damage, !cases[i].damage, "%s: %s", cases[i].json, decoder.damage);
		if (decoder.damage && cases[i].damage)
			cr_expect(strstr(decoder.damage, cases[i].damage), "%s: %s", cases[i].json, decoder.damage);
		if (!cases[i].damage) {
			cr_expect_str_eq(note.code, "later");
			cr_expect_eq(note.severity, WP_NOTE_SEVERITY_GRAVE);
			cr_expect_eq(note.image, 3);
		}
		json_decref((json_t *)note.facts);
		json_decref(json);
		fixture_free(site);
	}
}
