/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan file: what is written, that it reads back as it was, and what is refused. */
#include "plan_fixture.h"

#include "wimplan/thread.h"

/* One package to change, one blocked, one boot image, one unchanged; the order of execution mixes them. */
static struct fixture_site *make_site(void)
{
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001");
	fixture_add(site, "P0100002")->images.items[0].os_version = "10.0.22631.2861";
	site->records[1].source_version = (struct wp_number){ true, (UINT64_C(1) << 53) + 1 };
	site->seen[1].newest = fixture_time("2026-02-14T03:10:00Z");
	fixture_add(site, "P0100003")->class = WP_CLASS_BOOT;
	site->records[2].images.count = 1;
	site->records[2].priority = (struct wp_number){ true, 1 };
	fixture_add(site, "P0100004")->name = NULL;
	site->observations[3] = NULL;
	fixture_add(site, "P0100005")->source_date_text = NULL;
	site->records[4].source_date.known = false;
	wp_diag_add(site->arena, &site->wims[0].diags, WP_SEVERITY_WARNING, "bad-value", "x", "One value is \"odd\"");
	return site;
}

static char *text_of(struct wp_arena *arena, json_t *json)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_pretty(&text, json);
	json_decref(json);
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static char *canonical_of(struct wp_arena *arena, json_t *json)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&text, json);
	json_decref(json);
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static char *canonical_body(struct wp_arena *arena, const struct wp_plan *plan)
{
	json_t *document __attribute__((cleanup(wp_json_freep))) = fixture_plan_json(arena, plan);

	return canonical_of(arena, json_incref(json_object_get(document, "body")));
}

Test(plan_json, body)
{
	const char *only[] = { "P0100002" };
	struct fixture_site *site = fixture_new();
	const struct wp_plan *plan;

	fixture_add(site, "P0100001");
	fixture_add(site, "P0100002")->images.items[0].os_version = "10.0.22631.2861";
	site->records[1].source_version.known = false;
	fixture_images(site, 1)[1].windows = NULL;
	site->only = (struct wp_names){ only, 1 };
	plan = fixture_plan(site);
	cr_expect_str_eq(
		canonical_body(site->arena, plan),
		"{\"applyable\":true,\"changes\":[{\"actions\":[\"ReloadImageProperties\"],\"class\":\"SMS_"
		"ImagePackage\","
		"\"expect\":{\"content_id\":\"" FIXTURE_DIGEST("c") "\",\"file_id\":\"" FIXTURE_DIGEST(
			"f") "\","
			     "\"images\":[{\"architecture_code\":9,\"index\":1,\"language\":\"en-US\",\"name\":"
			     "\"Windows 11 #1\","
			     "\"os_version\":\"10.0.22631.3007\"},{\"architecture_code\":null,\"index\":2,"
			     "\"language\":null,"
			     "\"name\":\"Windows 11 #2\",\"os_version\":null}]},\"name\":\"Windows "
			     "11\",\"package_id\":\"P0100002\","
			     "\"preconditions\":{\"PkgSourcePath\":\"\\\\\\\\srv\\\\src$\\\\w11\\\\install.wim\","
			     "\"SedoObjectVersion\":\"8082CADE-BFFE-44C9-96BF-EB620D1C662C\",\"SourceSite\":\"P01\","
			     "\"SourceVersion\":null,\"image_property_sha256\":"
			     "\"sha256:cf5ccf70dc414071cc2e4b299192994ec85dff49224e2e0d8d6d4572ad884414\"},"
			     "\"priority\":2,"
			     "\"reasons\":[{\"action\":\"ReloadImageProperties\",\"code\":\"image-changed\","
			     "\"confidence\":\"proven\","
			     "\"field\":\"os_version\",\"found\":\"10.0.22631.3007\",\"image\":1,\"recorded\":\"10.0."
			     "22631.2861\"},"
			     "{\"action\":\"RefreshPkgSource\",\"code\":\"content-unproven\",\"confidence\":\"unknown\","
			     "\"field\":null,"
			     "\"found\":\"2026-01-08T12:00:00Z\",\"image\":null,"
			     "\"recorded\":\"2026-01-09T22:41:00Z\"}],"
			     "\"source_path\":\"\\\\\\\\srv\\\\src$\\\\w11\\\\install.wim\",\"status\":\"change\"}],"
			     "\"complete\":true,"
			     "\"diagnostics\":[],\"inputs\":{\"exclude\":null,\"only\":[\"P0100002\"],"
			     "\"policy\":{\"boot_images\":\"report\",\"clock_tolerance\":120,\"defer_to_schedule\":\"no\","
			     "\"links\":\"inside\",\"on_no_fit\":\"note\",\"on_unknown\":"
			     "\"block\",\"on_unproven\":\"note\","
			     "\"refresh_on\":\"content\",\"solid_sources\":\"note\"},\"snapshot\":{\"id\":\"" FIXTURE_DIGEST(
				     "5") "\",\"partial\":false,\"records\":2}},"
					  "\"site_code\":\"P01\",\"summary\":{\"blocked\":0,\"packages\":1,"
					  "\"refresh\":0,\"reload\":1,"
					  "\"report_only\":0,\"unchanged\":0,\"unproven\":1},\"unchanged\":[]}");
	site->exclude = site->only;
	site->only.count = 0;
	plan = fixture_plan(site);
	cr_expect(strstr(
		canonical_body(site->arena, plan),
		"\"unchanged\":[{\"class\":\"SMS_ImagePackage\",\"name\":\"Windows 11\",\"package_id\":\"P0100001\","
		"\"priority\":2,\"reasons\":[{\"action\":\"ReloadImageProperties\",\"code\":\"metadata-same\","
		"\"confidence\":\"proven\",\"field\":null,\"found\":null,\"image\":null,\"recorded\":null},"));
	fixture_free(site);
}

/* What is written in pieces has a line for each package, and the digest that the body has as a whole. */
Test(plan_json, a_line_for_each_package)
{
	struct fixture_site *sites[] = { make_site(), fixture_new() };

	fixture_add(sites[1], "P0100001");
	for (size_t i = 0; i < 2; i++) {
		const struct wp_plan *plan = fixture_plan(sites[i]);
		const char *text = fixture_plan_text(sites[i]->arena, plan);
		size_t lines = 0;

		for (const char *at = text; (at = strstr(at, "\n      {\"package_id\": \"")); at++) {
			lines++;
			cr_expect(strchr(at + 1, '\n')[-1] == '}' || strchr(at + 1, '\n')[-1] == ',');
		}
		cr_expect_eq(lines, plan->entry_count);
		cr_expect_eq(text[strlen(text) - 1], '\n');
		cr_expect_eq(strstr(text, "\n\n"), NULL);
		fixture_free(sites[i]);
	}
}

static void count_text(void *context, const char *text, size_t length)
{
	(void)text;
	*(size_t *)context += length;
}

Test(plan_json, no_larger_than_its_readers_take)
{
	struct fixture_site *site = make_site();
	const struct wp_plan *plan = fixture_plan(site);
	json_t *envelope __attribute__((cleanup(wp_json_freep))) = wp_plan_envelope_json(plan);
	size_t length = strlen(fixture_plan_text(site->arena, plan)), written = 0;
	const struct wp_sink sink = { count_text, &written };

	cr_expect(wp_plan_write(NULL, plan, envelope, length, &sink));
	cr_expect_eq(written, length);
	cr_expect_not(wp_plan_write(NULL, plan, envelope, length - 1, &sink));
	written = 0;
	cr_expect_not(wp_plan_write(NULL, plan, envelope, length / 2, &sink));
	cr_expect_lt(written, length, "it goes on though nobody reads it");
	fixture_free(site);
}

/* What is certain before the scan, what is certain of the verdicts, and the file: none is more than the next. */
Test(plan_json, too_large_is_said_as_soon_as_it_is_certain)
{
	struct fixture_site *site = make_site();
	const struct wp_plan *plan = fixture_plan(site);
	size_t written = strlen(fixture_plan_text(site->arena, plan)), least = wp_plan_least(&site->set, NULL), verdicts = 0;
	bool none[SITE_PACKAGES] = { false };

	cr_expect_eq(wp_plan_least(&site->set, none), 0);
	cr_expect_gt(least, 100 * site->set.count);
	cr_expect_lt(least, written);
	/* The least limit under which there is a plan. */
	for (size_t low = 1, high = written; low <= high;) {
		size_t half = low + (high - low) / 2;
		struct wp_plan *made;

		site->input.limit = half;
		made = fixture_make(site);
		if (made)
			high = (verdicts = half) - 1;
		else
			low = half + 1;
		wp_plan_free(made);
	}
	cr_expect(least <= verdicts && verdicts < written, "%zu, %zu, %zu", least, verdicts, written);
	cr_expect_gt(verdicts, written / 3, "with all that is in reasons");
	fixture_free(site);
}

/* A package of which no more is said than that it is unchanged, by the shortest of all. */
Test(plan_json, least_is_not_more_than_the_shortest_entry)
{
	struct fixture_site *site = fixture_new();
	struct wp_entry *entry;
	size_t length;

	fixture_add(site, "P0100001")->name = NULL;
	entry = fixture_plan(site)->entries;
	cr_assert_eq(entry->status, WP_ENTRY_UNCHANGED);
	/* One reason with the shortest of everything. */
	entry->reason_count = 1;
	entry->reasons[0] = (struct wp_reason){ .code = "", .image = 1, .field = "", .recorded = "", .found = "" };
	length = strlen(fixture_plan_text(site->arena, site->plan));
	entry->reason_count = 0;
	site->plan->entry_count = 0;
	length -= strlen(fixture_plan_text(site->arena, site->plan));
	cr_expect_leq(wp_plan_least(&site->set, NULL), length);
	cr_expect_geq(wp_plan_least(&site->set, NULL) + 40, length, "and close to it");
	fixture_free(site);
}

Test(plan_json, envelope)
{
	struct fixture_site *site = make_site();
	json_t *json = fixture_plan_json(site->arena, fixture_plan(site));
	char digest[WP_HASH_TEXT];
	const char *body = canonical_of(site->arena, json_incref(json_object_get(json, "body")));

	wp_sha256_text(body, strlen(body), digest);
	cr_expect_str_eq(wp_json_get_text(json, "plan_id"), digest);
	cr_expect_str_eq(site->plan->id, digest);
	cr_expect_str_eq(wp_json_get_text(json, "format"), "wimplan-plan");
	cr_expect_str_eq(wp_json_get_text(json, "format_version"), "1.1");
	cr_expect_str_eq(wp_json_get_text(json_object_get(json, "tool"), "name"), "wimplan");
	cr_expect_str_eq(wp_json_get_text(json_object_get(json, "tool"), "version"), "1.0.0");
	cr_expect_str_eq(wp_json_get_text(json, "created_at"), "2026-02-20T03:00:00Z");
	cr_expect_str_eq(wp_json_get_text(json, "created_by"), "ann@desk");
	cr_expect_str_eq(wp_json_get_text(json, "snapshot_taken_at"), "2026-02-20T02:10:00Z");
	cr_expect_eq(json_object_size(json), 11);
	cr_expect(!strstr(body, "/mnt"), "no path of this machine");
	cr_expect(strstr(body, "\"SourceVersion\":\"9007199254740993\""));
	json_decref(json);
	fixture_free(site);
}

static void expect_same(const struct wp_entry *a, const struct wp_entry *b)
{
	cr_expect_str_eq(a->package_id, b->package_id);
	cr_expect_eq(a->status, b->status, "%s", a->package_id);
	cr_expect_eq(a->priority, b->priority, "%s", a->package_id);
	cr_expect_eq(a->judged, b->judged, "%s", a->package_id);
	cr_expect_eq(a->class, b->class, "%s", a->package_id);
	cr_expect_eq(a->reload, b->reload, "%s", a->package_id);
	cr_expect_eq(a->refresh, b->refresh, "%s", a->package_id);
	cr_expect_eq(a->expected_count, b->expected_count, "%s", a->package_id);
	cr_expect_eq(!a->source_path, !b->source_path, "%s", a->package_id);
	cr_expect_str_eq(a->file_id, b->file_id, "%s", a->package_id);
}

Test(plan_json, reads_back_as_it_was)
{
	struct fixture_site *site = make_site();
	const struct wp_plan *plan = fixture_plan(site);
	struct wp_plan *read = NULL;
	const char *text = fixture_plan_text(site->arena, plan);

	cr_assert_eq(wp_plan_parse(NULL, text, strlen(text), "plan.json", &read, &site->err), WP_OK, "%s",
		     site->err.message);
	cr_expect_str_eq(fixture_plan_text(site->arena, read), text);
	cr_expect_str_eq(read->id, plan->id);
	cr_expect_eq(read->complete, plan->complete);
	cr_expect_eq(wp_plan_has_changes(read), wp_plan_has_changes(plan));
	cr_expect_eq(read->created_at.ticks, plan->created_at.ticks);
	cr_assert_eq(read->entry_count, plan->entry_count);
	for (size_t i = 0; i < plan->entry_count; i++) {
		expect_same(&plan->entries[i], &read->entries[i]);
		fixture_expect_reasons(&read->entries[i], plan->entries[i].reasons, plan->entries[i].reason_count, "read back");
	}
	cr_assert_eq(read->diags.count, 1);
	cr_expect_eq(read->diags.items[0].severity, WP_SEVERITY_WARNING);
	cr_expect_str_eq(read->diags.items[0].summary, "One value is \"odd\"");
	wp_plan_free(read);
	fixture_free(site);
}

/* Replaces the first @from by @to and, with @sign, gives the plan the ids that it then has. */
static const char *tamper(struct fixture_site *site, const char *text, const char *from, const char *to, bool sign)
{
	const char *at = strstr(text, from), *body;
	char digest[WP_HASH_TEXT];
	char *changed;
	json_t *json = NULL, *beside;

	cr_assert(at, "%s is not there", from);
	changed = wp_arena_printf(site->arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	if (!sign)
		return changed;
	cr_assert_eq(wp_json_parse(changed, strlen(changed), "plan.json", &json, &site->err), WP_OK, "%s",
		     site->err.message);
	body = canonical_of(site->arena, json_incref(json_object_get(json, "body")));
	wp_sha256_text(body, strlen(body), digest);
	json_object_set_new(json, "plan_id", json_string(digest));
	beside = json_copy(json);
	json_object_del(beside, "body");
	json_object_del(beside, "plan_id");
	json_object_del(beside, "beside_id");
	body = canonical_of(site->arena, beside);
	wp_sha256_text(body, strlen(body), digest);
	json_object_set_new(json, "beside_id", json_string(digest));
	return text_of(site->arena, json);
}

static void expect_refused(struct fixture_site *site, const char *text, const char *code, const char *part)
{
	struct wp_plan *plan = NULL;

	cr_expect_eq(wp_plan_parse(NULL, text, strlen(text), "plan.json", &plan, &site->err), WP_E_REFUSED, "%s", part);
	cr_expect_str_eq(site->err.code, code, "%s: %s", part, site->err.message);
	cr_expect(strstr(site->err.message, part), "%s: %s", part, site->err.message);
	cr_expect(!strncmp(site->err.message, "plan.json", 9), "%s", site->err.message);
	cr_expect_eq(wp_plan_parse(NULL, text, strlen(text), "plan.json", &plan, NULL), WP_E_REFUSED,
		     "without an error object");
	cr_expect_null(plan);
}

Test(plan_json, refuses)
{
	static const struct {
		const char *from, *to, *code, *part;
	} cases[] = {
		{ "\"wimplan-plan\"", "\"wimplan-diff\"", "not-a-plan", "its format is \"wimplan-diff\"" },
		{ "\"format\": \"wimplan-plan\",", "", "not-a-plan", "its format is missing" },
		{ "\"1.1\"", "\"2.0\"", "unknown-version", "format version 2.0" },
		{ "\"1.1\"", "\"11.0\"", "unknown-version", "format version 11.0" },
		{ "\"1.1\"", "\"0.9\"", "unknown-version", "format version 0.9" },
		{ "\"1.1\"", "\"1\"", "not-a-plan", "format_version" },
		{ "\"1.1\"", "\"1.x\"", "not-a-plan", "format_version" },
		{ "\"1.1\"", "\"1.0.0\"", "not-a-plan", "format_version" },
		{ "\"1.1\"", "\"99999999999999999999999.0\"", "not-a-plan", "format_version" },
		{ "\"1.1\"", "1.0", "not-a-plan", "format_version" },
		{ "\"plan_id\"", "\"plan_ib\"", "plan-damaged", "has no plan_id" },
		{ "\"body\"", "\"body_\"", "plan-damaged", "has no body" },
		{ "\"refresh\": 1", "\"refresh\": 2", "digest-mismatch", "was changed after it was made" },
		{ "10.0.22631.2861", "10.0.22631.2862", "digest-mismatch", "was changed" },
		{ "\"complete\": false", "\"complete\": true", "digest-mismatch", "was changed" },
		{ "\"body\": {", "\"body\": { \"more\": 1.5,", "digest-mismatch", "was changed" },
		{ "{", "{{", "not-a-plan", "line 1, column 2" },
		{ "{", "{ \"format\": 1,", "not-a-plan", "duplicate" },
	};
	struct fixture_site *site = make_site();
	const char *text = fixture_plan_text(site->arena, fixture_plan(site));

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		expect_refused(site, tamper(site, text, cases[i].from, cases[i].to, false), cases[i].code,
			       cases[i].part);
	expect_refused(site, "", "not-a-plan", "not valid JSON");
	expect_refused(site, "[]", "not-a-plan", "its format is missing");
	/* Both ids are named. */
	expect_refused(site, tamper(site, text, "\"refresh\": 1", "\"refresh\": 2", false), "digest-mismatch",
		       site->plan->id);
	fixture_free(site);
}

/* What somebody signed is still held to the form. */
Test(plan_json, refuses_what_is_no_whole_plan)
{
	static const struct {
		const char *from, *to, *part;
	} cases[] = {
		{ "\"created_by\"", "\"created_at_\"", "which user made it" },
		{ "\"tool\"", "\"tool_\"", "which tool" },
		{ "\"site_code\"", "\"site_code_\"", "site_code is missing" },
		{ "\"inputs\"", "\"inputs_\"", "id is missing" },
		{ "\"records\": 5", "\"records\": \"many\"", "records is missing or no whole number" },
		{ "\"policy\": {", "\"policy\": null, \"x\": {", "policy is missing" },
		{ "\"only\": null", "\"only\": [1]", "only holds something" },
		{ "\"complete\": false", "\"complete\": 0", "complete is missing" },
		{ "\"applyable\": true", "\"applyable\": false", "applyable does not go" },
		{ "\"changes\": [", "\"changes\": null, \"x\": [", "changes is missing" },
		{ "\"summary\"", "\"summary_\"", "packages is missing" },
		{ "\"diagnostics\": [", "\"diagnostics\": {}, \"x\": [", "diagnostics is missing" },
		{ "\"package_id\": \"P0100002\"", "\"package_id\": 2", "package_id is missing" },
		{ "\"SMS_ImagePackage\"", "\"SMS_Package\"", "class \"SMS_Package\"" },
		{ "\"class\": \"SMS_ImagePackage\",", "", "class is missing" },
		{ "\"status\": \"change\"", "\"status\": \"unchanged\"", "status \"unchanged\"" },
		{ "\"status\": \"change\"", "\"status\": \"later\"", "status \"later\"" },
		{ "\"status\": \"change\"", "\"status\": \"blocked\"", "does not go with the actions" },
		{ "\"status\": \"change\"", "\"status\": null", "status is missing" },
		{ "\"RefreshPkgSource\"]", "\"Unlock\"]", "action \"Unlock\"" },
		{ "\"RefreshPkgSource\"]", "7]", "an action is no text" },
		{ "\"code\": \"image-changed\"", "\"code\": null", "code is missing" },
		{ "\"confidence\": \"proven\"", "\"confidence\": \"sure\"", "confidence" },
		{ "\"image\": 1", "\"image\": 4294967296", "image is out of range" },
		{ "\"reasons\": [", "\"reasons\": 1, \"x\": [", "reasons is missing" },
		{ "\"images\": [", "\"images\": 1, \"x\": [", "images is missing" },
		{ "\"file_id\": \"sha256:f", "\"file_id\": \"sha256:ff", "file_id is no hash" },
		{ "\"summary\": \"One", "\"zummary\": \"One", "summary is missing" },
		{ "\"notes\": [", "\"notes\": {}, \"x\": [", "notes is no array" },
		{ "\"notes\": [", "\"notes\": null, \"x\": [", "notes is no array" },
		{ "\"notes\": [",
		  "\"notes\": [ { \"code\": \"x\", \"severity\": \"fatal\", \"summary\": \"s\", \"facts\": {} } ], \"x\": [",
		  "severity \"fatal\"" },
		{ "\"contents\": [", "\"contents\": 1, \"x\": [", "contents is no array" },
		{ "\"contents\": [", "\"contents\": [ { \"package_id\": \"P0100001\" } ], \"x\": [", "updates_added is missing" },
	};
	struct fixture_site *site = make_site();
	const char *text = fixture_plan_text(site->arena, fixture_plan(site));

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		expect_refused(site, tamper(site, text, cases[i].from, cases[i].to, true), "plan-damaged",
			       cases[i].part);
	fixture_free(site);
}

/*
 * A plan of more packages than are read at a time, half of them unchanged. @wrong: what stands in the third piece of the changes, and
 * again further on, in the place of a class; NULL: all is in order.
 */
static const char *make_long(struct fixture_site *site, const char *wrong)
{
	enum { COUNT = 2400 };
	struct wp_plan *plan;
	struct wp_entry *entries = wp_arena_alloc(site->arena, COUNT * sizeof *entries);
	size_t classes = 0;
	char *text;

	fixture_add(site, "P0100001");
	fixture_add(site, "P0100002")->images.items[0].os_version = "10.0.22631.2861";
	fixture_plan(site);
	plan = site->plan;
	for (size_t i = 0; i < COUNT; i++) {
		entries[i] = plan->entries[i % 2];
		entries[i].package_id = wp_arena_printf(site->arena, "P01%05zX", i + 1);
	}
	plan->entries = entries;
	plan->entry_count = COUNT;
	wp_plan_seal(NULL, plan);
	text = wp_arena_strdup(site->arena, fixture_plan_text(site->arena, plan));
	for (char *at = text; wrong && (at = strstr(at, "SMS_ImagePackage")); at++)
		if (++classes == 1100 || classes == 1150)
			memcpy(at, wrong, strlen(wrong));
	return text;
}

/* Hands that come one after the other, the last one first. */
static void run_backwards(unsigned int count, void (*work)(void *context, unsigned int number), void *context)
{
	while (count)
		work(context, --count);
}

/* Digest and file as well: both are those that the plan was read from. */
static void expect_written(const struct wp_crew *crew, struct wp_plan *plan, const char *text)
{
	struct wp_buf written __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *envelope __attribute__((cleanup(wp_json_freep))) = NULL;

	memset(plan->id, 0, sizeof plan->id);
	wp_plan_seal(crew, plan);
	envelope = wp_plan_envelope_json(plan);
	cr_expect(wp_plan_write(crew, plan, envelope, SIZE_MAX, &(struct wp_sink){ fixture_add_text, &written }));
	cr_expect(!strcmp(wp_buf_text(&written), text));
	cr_expect_not(wp_plan_write(crew, plan, envelope, strlen(text) / 2, &(struct wp_sink){ fixture_add_text, &written }));
}

/* However many hands read or write it: the same plan, or the same sentence. */
Test(plan_json, the_same_for_any_number_of_hands)
{
	const struct wp_crew crews[] = { { 1, wp_threads_run }, { 2, wp_threads_run }, { 7, wp_threads_run }, { 3, run_backwards } };
	/* Another digest, and no JSON. */
	static const char *const wrong[] = { NULL, "SMS_BootPackage", "SMS_\"" };

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct fixture_site *site = fixture_new();
		const char *text = make_long(site, wrong[i]), *whole = NULL, *message = NULL;

		for (size_t k = 0; k <= sizeof crews / sizeof *crews; k++) {
			struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
			int status = wp_plan_parse(k ? &crews[k - 1] : NULL, text, strlen(text), "plan.json", &plan, &site->err);

			cr_assert_eq(status, wrong[i] ? WP_E_REFUSED : WP_OK, "%s", site->err.message);
			if (!k) {
				whole = status ? "" : fixture_plan_text(site->arena, plan);
				message = wp_arena_strdup(site->arena, status ? site->err.message : "");
				cr_expect(status || !strcmp(whole, text));
			} else {
				cr_expect_str_eq(status ? site->err.message : "", message);
				cr_expect(status || !strcmp(fixture_plan_text(site->arena, plan), whole));
			}
			if (!status)
				expect_written(k ? &crews[k - 1] : NULL, plan, text);
		}
		fixture_free(site);
	}
}

/* Keys of a later minor version are part of the digest and passed over. */
Test(plan_json, tolerates_a_later_minor_version)
{
	struct fixture_site *site = make_site();
	const char *text = fixture_plan_text(site->arena, fixture_plan(site));
	struct wp_plan *plan = NULL;

	text = tamper(site, text, "\"1.1\"", "\"1.17\"", true);
	text = tamper(site, text, "\"site_code\"", "\"traffic\": {\"bytes\": 1.5e3}, \"site_code\"", true);
	text = tamper(site, text, "\"SourceSite\"", "\"Later\": [], \"SourceSite\"", true);
	text = tamper(site, text, "\"tool\"", "\"signature\": \"\", \"tool\"", true);
	cr_assert_eq(wp_plan_parse(NULL, text, strlen(text), "plan.json", &plan, &site->err), WP_OK, "%s",
		     site->err.message);
	cr_expect_eq(plan->entry_count, 5);
	cr_expect_str_neq(plan->id, site->plan->id);
	wp_plan_free(plan);
	fixture_free(site);
}
