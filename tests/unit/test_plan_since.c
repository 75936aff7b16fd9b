/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is new since an earlier plan: packages, notes, what counts as the same, and the plan file that says it. */
#include "plan_fixture.h"

#include "wimplan/note.h"
#include "wimplan/since.h"

/* Two plans with entries and notes that a test sets. */
struct pair {
	struct wp_arena *arena;
	struct wp_plan plans[2]; /* earlier, now */
	struct wp_since since;
};

static void setup(struct pair *pair)
{
	*pair = (struct pair){ .arena = wp_arena_new() };
	for (int i = 0; i < 2; i++) {
		pair->plans[i].arena = pair->arena;
		pair->plans[i].site_code = "P01";
		pair->plans[i].policy = json_object();
		memcpy(pair->plans[i].id, FIXTURE_DIGEST("a"), WP_HASH_TEXT);
	}
}

static void release(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; k < pair->plans[i].note_count; k++)
			json_decref((json_t *)pair->plans[i].notes[k].facts);
		json_decref(pair->plans[i].policy);
	}
	wp_arena_free(pair->arena);
}

static struct wp_entry *add_entry(struct pair *pair, int which, const char *package_id, enum wp_entry_status status, bool refresh)
{
	struct wp_plan *plan = &pair->plans[which];
	struct wp_entry *entry = WP_PUSH(pair->arena, plan->entries, plan->entry_count);

	*entry = (struct wp_entry){ .package_id = package_id, .name = "Client", .status = status, .refresh = refresh };
	return entry;
}

static void add_note(struct pair *pair, int which, enum wp_note_kind kind, const char *package_id, uint32_t image,
		     const char *sequence, const char *summary)
{
	json_t *facts = json_object();

	if (sequence)
		wp_json_set(facts, "task_sequence", wp_json_text(sequence));
	wp_note_add(&pair->plans[which], kind, package_id, image, facts, "%s", summary);
}

/* "new P0100001, gone P0100002; new lacks" */
static const char *compare(struct pair *pair)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_error err;

	cr_assert_eq(wp_plan_since(pair->arena, &pair->plans[1], &pair->plans[0], &pair->since, &err), WP_OK, "%s", err.message);
	for (size_t i = 0; i < pair->since.entry_count; i++) {
		const struct wp_since_entry *entry = &pair->since.entries[i];

		wp_buf_printf(&buf, "%s %s;", wp_since_kind_name(entry->kind), (entry->is ? entry->is : entry->was)->package_id);
	}
	for (size_t i = 0; i < pair->since.note_count; i++)
		wp_buf_printf(&buf, "%s %s;", wp_since_kind_name(pair->since.notes[i].kind), pair->since.notes[i].note->code);
	return wp_arena_strdup(pair->arena, wp_buf_text(&buf));
}

Test(plan_since, packages)
{
	struct pair pair __attribute__((cleanup(release)));
	struct wp_entry *entry;

	setup(&pair);
	cr_expect_str_eq(compare(&pair), "", "two empty plans");
	add_entry(&pair, 0, "P0100001", WP_ENTRY_UNCHANGED, false);
	add_entry(&pair, 1, "P0100001", WP_ENTRY_UNCHANGED, false);
	add_entry(&pair, 0, "P0100002", WP_ENTRY_UNCHANGED, false);
	add_entry(&pair, 1, "P0100002", WP_ENTRY_CHANGE, true);
	add_entry(&pair, 0, "P0100003", WP_ENTRY_CHANGE, true);
	add_entry(&pair, 1, "P0100003", WP_ENTRY_UNCHANGED, false);
	add_entry(&pair, 0, "P0100004", WP_ENTRY_BLOCKED, false);
	add_entry(&pair, 1, "P0100004", WP_ENTRY_CHANGE, true);
	add_entry(&pair, 0, "P0100005", WP_ENTRY_CHANGE, true);
	entry = add_entry(&pair, 1, "P0100005", WP_ENTRY_CHANGE, true);
	add_entry(&pair, 0, "P0100006", WP_ENTRY_CHANGE, true);
	add_entry(&pair, 0, "P0100007", WP_ENTRY_UNCHANGED, false);
	add_entry(&pair, 1, "P0100008", WP_ENTRY_UNPROVEN, false);
	add_entry(&pair, 1, "P0100009", WP_ENTRY_UNCHANGED, false);
	cr_expect_str_eq(compare(&pair), "new P0100002;gone P0100003;other P0100004;new P0100008;gone P0100006;");
	cr_expect_null(pair.since.entries[3].was);
	cr_expect_null(pair.since.entries[4].is);
	/* The same call for another source is another one. */
	memcpy(entry->file_id, FIXTURE_DIGEST("b"), WP_HASH_TEXT);
	cr_expect_str_eq(compare(&pair),
			 "new P0100002;gone P0100003;other P0100004;other P0100005;new P0100008;gone P0100006;");
	entry->reload = true;
	memset(entry->file_id, 0, WP_HASH_TEXT);
	cr_expect(strstr(compare(&pair), "other P0100005;"));
}

/* Of what a narrowed plan did not look at nothing is said, in either direction. */
Test(plan_since, narrowed_plans)
{
	static const char *only[] = { "P0100001" };

	for (int which = 0; which < 2; which++) {
		struct pair pair __attribute__((cleanup(release)));

		setup(&pair);
		for (int i = 0; i < 2; i++) {
			add_entry(&pair, i, "P0100001", WP_ENTRY_UNCHANGED, false);
			if (i == which)
				continue;
			add_entry(&pair, i, "P0100002", WP_ENTRY_CHANGE, true);
			add_note(&pair, i, WP_NOTE_LACKS, "P0100002", 1, NULL, "image 1 lacks KB5034765");
			add_note(&pair, i, WP_NOTE_LACKS, "P0100001", 1, NULL, "image 1 lacks KB5034765");
			add_note(&pair, i, WP_NOTE_EXPORT_OLD, NULL, 0, NULL, "old");
		}
		cr_expect_str_eq(compare(&pair), which ? "gone P0100002;gone lacks;gone lacks;gone export-old;"
						       : "new P0100002;new lacks;new lacks;new export-old;");
		if (which)
			pair.plans[which].only = only;
		pair.plans[which].only_count = which;
		pair.plans[which].exclude_count = !which;
		cr_expect_str_eq(compare(&pair), which ? "gone lacks;gone export-old;" : "new lacks;new export-old;");
	}
}

Test(plan_since, notes)
{
	struct pair pair __attribute__((cleanup(release)));

	setup(&pair);
	/* Figures alone make no other note. */
	add_note(&pair, 0, WP_NOTE_EXPORT_OLD, NULL, 0, NULL, "the export was made 9 days ago");
	add_note(&pair, 1, WP_NOTE_EXPORT_OLD, NULL, 0, NULL, "the export was made 16 days ago");
	cr_expect_str_eq(compare(&pair), "");
	/* The package, the image, the code, the words and the task sequence do. */
	add_note(&pair, 0, WP_NOTE_LACKS, "P0100001", 1, NULL, "image 1 lacks KB5034765");
	add_note(&pair, 1, WP_NOTE_LACKS, "P0100002", 1, NULL, "image 1 lacks KB5034765");
	cr_expect_str_eq(compare(&pair), "new lacks;gone lacks;");
	add_note(&pair, 1, WP_NOTE_LACKS, "P0100001", 1, NULL, "image 1 lacks KB5034765");
	cr_expect_str_eq(compare(&pair), "new lacks;");
	cr_expect_str_eq(pair.since.notes[0].note->package_id, "P0100002");
	add_note(&pair, 1, WP_NOTE_LACKS, "P0100001", 2, NULL, "image 2 lacks KB5034765");
	add_note(&pair, 1, WP_NOTE_LACKS, "P0100001", 1, NULL, "image 1 lacks acmenic.inf");
	cr_expect_str_eq(compare(&pair), "new lacks;new lacks;new lacks;");
	add_note(&pair, 0, WP_NOTE_INDEX_GONE, "P0100001", 1, "P0100050", "step \"Pro\" installs image 1, which is not there");
	add_note(&pair, 1, WP_NOTE_INDEX_GONE, "P0100001", 1, "P0100051", "step \"Pro\" installs image 1, which is not there");
	cr_expect_str_eq(compare(&pair), "new lacks;new lacks;new lacks;new index-gone;gone index-gone;");
}

/* A digit in a name is no figure, and a name that no sentence has room for is one of its facts. */
Test(plan_since, notes_that_name_something_else)
{
	static const struct {
		const char *was, *is, *was_facts, *is_facts;
		const char *found;
	} cases[] = {
		{ "1 of 12 points failed, dp101.contoso.com", "1 of 12 points failed, dp102.contoso.com", "{}", "{}",
		  "new dp-failed;gone dp-failed;" },
		{ "1 of 12 points failed, dp101.contoso.com", "1 of 13 points failed, dp101.contoso.com", "{}", "{}", "" },
		{ "required by P0100050", "required by P0100051", "{}", "{}", "new dp-failed;gone dp-failed;" },
		{ "5 and 7 more failed", "5 and 7 more failed", "{\"points\":[{\"name\":\"10.0.0.1\",\"source_version\":3}]}",
		  "{\"points\":[{\"name\":\"10.0.0.2\",\"source_version\":3}]}", "new dp-failed;gone dp-failed;" },
		{ "5 and 7 more failed", "6 and 8 more failed",
		  "{\"points\":[{\"name\":\"dp1\",\"last_copied\":\"2026-01-01T00:00:00Z\"}],\"count\":12}",
		  "{\"points\":[{\"name\":\"dp1\",\"last_copied\":\"2026-01-02T00:00:00Z\"}],\"count\":14}", "" },
		{ "one source makes 2 packages", "one source makes 2 packages", "{\"packages\":[\"P0100001\",\"P0100002\"]}",
		  "{\"packages\":[\"P0100001\",\"P0100003\"]}", "new dp-failed;gone dp-failed;" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pair pair __attribute__((cleanup(release)));

		setup(&pair);
		for (int k = 0; k < 2; k++)
			wp_note_add(&pair.plans[k], WP_NOTE_DP_FAILED, "P0100001", 0,
				    json_loads(k ? cases[i].is_facts : cases[i].was_facts, 0, NULL), "%s",
				    k ? cases[i].is : cases[i].was);
		cr_expect_str_eq(compare(&pair), cases[i].found, "%zu: %s", i, compare(&pair));
	}
}

/* Of several that look the same each stands for one. */
Test(plan_since, notes_that_look_the_same)
{
	struct pair pair __attribute__((cleanup(release)));

	setup(&pair);
	for (int i = 0; i < 3; i++)
		add_note(&pair, 0, WP_NOTE_LACKS, "P0100001", 0, NULL, "images 1 and 2 lack KB5034765");
	for (int i = 0; i < 5; i++)
		add_note(&pair, 1, WP_NOTE_LACKS, "P0100001", 0, NULL, "images 3 and 4 lack KB5034765");
	cr_expect_str_eq(compare(&pair), "new lacks;new lacks;");
}

Test(plan_since, of_two_sites_is_refused)
{
	struct pair pair __attribute__((cleanup(release)));
	struct wp_error err;

	setup(&pair);
	pair.plans[0].site_code = "p01";
	cr_expect_eq(wp_plan_since(pair.arena, &pair.plans[1], &pair.plans[0], &pair.since, &err), WP_OK);
	pair.plans[0].site_code = "P02";
	cr_assert_eq(wp_plan_since(pair.arena, &pair.plans[1], &pair.plans[0], &pair.since, &err), WP_E_REFUSED);
	cr_expect_str_eq(err.code, "wrong-site");
	cr_expect(strstr(err.message, "of the site P02, and this one of P01"), "%s", err.message);
}

/* The plan file that says it is read again with all checks; without a digest beside the body none is made up. */
Test(plan_since, in_the_plan_file)
{
	struct fixture_site *site = fixture_new();
	struct wp_since since;
	struct wp_error err;
	struct wp_plan *again = NULL;

	fixture_add(site, "P0100001");
	fixture_plan(site);
	cr_assert_eq(wp_plan_since(site->arena, site->plan, site->plan, &since, &err), WP_OK);
	for (int covered = 0; covered < 2; covered++) {
		json_t *document = fixture_plan_json(site->arena, site->plan);
		struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

		if (!covered)
			json_object_del(document, "beside_id");
		wp_plan_add_since(document, &since);
		cr_expect_str_eq(wp_json_get_text(json_object_get(document, "since"), "plan_id"), site->plan->id);
		cr_expect_eq(json_object_get(document, "beside_id") != NULL, covered);
		wp_json_pretty(&text, document);
		json_decref(document);
		cr_assert_eq(wp_plan_parse(NULL, wp_buf_text(&text), text.length, "plan.json", &again, &err), WP_OK, "%s", err.message);
		cr_expect_eq(again->beside_covered, covered);
		cr_expect_str_eq(again->id, site->plan->id);
		wp_plan_free(again);
	}
	fixture_free(site);
}
