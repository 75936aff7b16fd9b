/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a refresh sends and how long that takes, on both sides of each rule. */
#include "plan_fixture.h"

#include "wimplan/audit.h"
#include "wimplan/buf.h"
#include "wimplan/site.h"

#define B FIXTURE_DIGEST("b")
#define F FIXTURE_DIGEST("f")
#define C FIXTURE_DIGEST("c")
#define WHOLE 1000000u
#define MBIT 1000000u

/* A package that is to be refreshed, and what is around it. */
struct sent {
	const struct wp_content_change *content; /* what the new content brings; NULL: not known */
	struct fixture_site *site;
	struct wp_window_settings window;
	struct wp_time opens, closes;
};

static struct sent sent_new(enum wp_class class, uint64_t flags)
{
	struct sent sent = { .site = fixture_new() };
	struct wp_record *record = fixture_add(sent.site, "P0100001");

	record->class = class;
	record->flags = (struct wp_number){ true, flags };
	sent.site->seen[0].bytes = WHOLE;
	sent.site->seen[0].newest = sent.site->seen[0].newest_file = fixture_time("2026-02-01T00:00:00Z");
	sent.site->set.site = wp_site_new();
	return sent;
}

static void sent_free(struct sent *sent)
{
	json_decref(sent->site->set.site);
	fixture_free(sent->site);
}

static void add_row(struct sent *sent, enum wp_site_kind kind, json_t *row)
{
	wp_json_push((json_t *)wp_site_rows(sent->site->set.site, kind), row);
}

/* "s": standard, "p": pull, "c": cloud, "h": prestaged by hand, "u": nobody describes it, "-": it loses the content. */
static void add_points(struct sent *sent, const char *kinds)
{
	for (size_t i = 0; kinds[i]; i++) {
		char nal[64];

		snprintf(nal, sizeof nal, "\\\\DP%02zu", i);
		add_row(sent, WP_SITE_STATES, json_pack("{s:s,s:s,s:s,s:i,s:i}", "PackageID", "P0100001", "ServerNALPath", nal,
							"SiteCode", "P01", "SourceVersion", 12, "State", kinds[i] == '-' ? 4 : 0));
		if (kinds[i] == 'u')
			continue;
		add_row(sent, WP_SITE_POINTS,
			json_pack("{s:s,s:s,s:b,s:b,s:i,s:i}", "NALPath", nal, "SiteCode", "P01", "IsPullDP", kinds[i] == 'p',
				  "PreStagingAllowed", kinds[i] == 'h', "ServiceType", kinds[i] == 'c', "TransferRate", 0));
	}
}

static void add_amount(struct wp_buf *buf, const json_t *estimate, const char *least, const char *most)
{
	const json_t *a = json_object_get(estimate, least), *b = json_object_get(estimate, most);

	if (!json_is_integer(a))
		wp_buf_puts(buf, " ?");
	else if (json_integer_value(a) == json_integer_value(b))
		wp_buf_printf(buf, " %" JSON_INTEGER_FORMAT, json_integer_value(a));
	else
		wp_buf_printf(buf, " %" JSON_INTEGER_FORMAT "-%" JSON_INTEGER_FORMAT, json_integer_value(a),
			      json_integer_value(b));
}

/* Plans and audits. */
static void make(struct sent *sent, const struct wp_audit_input *input)
{
	struct wp_plan_making *making = wp_plan_begin(&sent->site->input);
	struct wp_audit *audit = wp_audit_begin(input, wp_plan_made(making));
	size_t count;
	const struct wp_record *const *order = wp_plan_order(making, &count);

	for (size_t i = 0; i < count; i++) {
		const struct wp_observation *seen = sent->site->observations[order[i] - sent->site->records];

		cr_assert(wp_plan_judge(making, seen, NULL));
		if (sent->content)
			wp_plan_made(making)->entries[i].content = sent->content;
		wp_audit_package(audit, order[i], seen, NULL);
	}
	wp_plan_free(sent->site->plan);
	sent->site->plan = wp_plan_end(making, &sent->site->learned);
	wp_audit_end(audit);
	wp_audit_free(audit);
}

/* "2 points, 1000000-2000000 bytes, 8 s: whole-file" of the one package. */
static const char *cost(struct sent *sent)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_audit_input input = { .plan = &sent->site->input, .window = &sent->window, .opens = sent->opens,
					.closes = sent->closes };
	const json_t *estimate, *assumption;
	size_t i;

	make(sent, &input);
	estimate = json_object_get(json_object_get(sent->site->plan->estimates, "packages"), "P0100001");
	if (!estimate)
		return "not sent";
	if (json_is_integer(json_object_get(estimate, "points")))
		wp_buf_printf(&buf, "%" JSON_INTEGER_FORMAT " points,",
			      json_integer_value(json_object_get(estimate, "points")));
	else
		wp_buf_puts(&buf, "? points,");
	add_amount(&buf, estimate, "bytes_min", "bytes_max");
	wp_buf_puts(&buf, " bytes,");
	add_amount(&buf, estimate, "seconds_min", "seconds_max");
	wp_buf_puts(&buf, " s:");
	json_array_foreach(json_object_get(estimate, "assumptions"), i, assumption)
		wp_buf_printf(&buf, " %s", json_string_value(assumption));
	return wp_arena_strdup(sent->site->arena, wp_buf_text(&buf));
}

#define NO_FLAGS 0u
#define DELTA 67108864u /* bit 26 */

Test(cost, who_gets_how_much)
{
	static const struct {
		uint64_t flags;
		const char *points, *cost;
		enum wp_class class;
	} cases[] = {
		{ NO_FLAGS, "ss", "2 points, 2000000 bytes, ? s: whole-file no-bandwidth", 0 },
		/* The bits beside it are others. */
		{ 33554432u, "s", "1 points, 1000000 bytes, ? s: whole-file no-bandwidth", 0 },
		{ 134217728u, "s", "1 points, 1000000 bytes, ? s: whole-file no-bandwidth", 0 },
		{ DELTA, "ss", "2 points, 0-2000000 bytes, ? s: binary-delta no-bandwidth", 0 },
		{ DELTA, "p", "1 points, 1000000 bytes, ? s: binary-delta no-bandwidth", 0 },
		{ DELTA, "c", "1 points, 1000000 bytes, ? s: binary-delta no-bandwidth", 0 },
		{ DELTA, "spc", "3 points, 2000000-3000000 bytes, ? s: binary-delta no-bandwidth", 0 },
		{ DELTA, "u", "1 points, 0-1000000 bytes, ? s: binary-delta kind-unknown no-bandwidth", 0 },
		{ NO_FLAGS, "u", "1 points, 1000000 bytes, ? s: whole-file no-bandwidth", 0 },
		{ NO_FLAGS, "sh", "1 points, 1000000 bytes, ? s: whole-file prestaged-left-out no-bandwidth", 0 },
		{ NO_FLAGS, "h", "0 points, 0 bytes, 0 s: whole-file prestaged-left-out parallel-unknown", 0 },
		{ NO_FLAGS, "s-", "1 points, 1000000 bytes, ? s: whole-file no-bandwidth", 0 },
		{ NO_FLAGS, "", "? points, ? bytes, ? s: whole-file points-unknown", 0 },
		/* Of a folder only cloud points get all. */
		{ NO_FLAGS, "sp", "2 points, 0-2000000 bytes, ? s: changed-files-unknown no-bandwidth", WP_CLASS_INSTALL },
		{ NO_FLAGS, "c", "1 points, 1000000 bytes, ? s: changed-files-unknown no-bandwidth", WP_CLASS_INSTALL },
		{ DELTA, "sc", "2 points, 1000000-2000000 bytes, ? s: changed-files-unknown binary-delta no-bandwidth",
		  WP_CLASS_INSTALL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent = sent_new(cases[i].class, cases[i].flags);

		add_points(&sent, cases[i].points);
		cr_expect_str_eq(cost(&sent), cases[i].cost, "%zu", i);
		sent_free(&sent);
	}
}

Test(cost, a_source_of_unknown_size_is_not_guessed)
{
	struct sent sent = sent_new(WP_CLASS_IMAGE, NO_FLAGS);

	add_points(&sent, "s");
	sent.site->seen[0].bytes = 0;
	cr_expect_str_eq(cost(&sent), "? points, ? bytes, ? s: size-unknown");
	sent_free(&sent);
}

/* With what is new in the file known, a delta costs at least that share; everything where all is new or nothing is there. */
Test(cost, a_delta_costs_at_least_what_is_new)
{
	static const struct {
		uint64_t bytes_new, bytes;
		const char *cost;
	} cases[] = {
		{ 0, 500, "1 points, 0-1000000 bytes, ? s: binary-delta no-bandwidth" },
		{ 200, 500, "1 points, 400000-1000000 bytes, ? s: binary-delta no-bandwidth" },
		{ 500, 500, "1 points, 1000000 bytes, ? s: binary-delta no-bandwidth" },
		{ 0, 0, "1 points, 1000000 bytes, ? s: binary-delta no-bandwidth" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent = sent_new(WP_CLASS_IMAGE, DELTA);
		struct wp_content_change change = { .bytes_new = cases[i].bytes_new, .bytes = cases[i].bytes };

		add_points(&sent, "s");
		sent.content = &change;
		cr_expect_str_eq(cost(&sent), cases[i].cost, "%zu", i);
		sent_free(&sent);
	}
}

/* An upgrade package of which is known what was distributed: files by size and time, the .wim by its id. */
Test(cost, a_folder_costs_its_changed_files)
{
	static const struct wp_baseline baseline = { .site_code = "P01", .package_id = "P0100001", .source_version = 12,
						     .file_id = F, .content_id = B, .confidence = WP_CONFIDENCE_PROVEN };
	static const struct {
		uint64_t flags;
		const char *points, *file_id, *cost;
	} cases[] = {
		/* setup.exe alone has changed, of 300 bytes. */
		{ NO_FLAGS, "sp", F, "2 points, 600 bytes, ? s: changed-files no-bandwidth" },
		{ NO_FLAGS, "sc", F, "2 points, 1000300 bytes, ? s: changed-files no-bandwidth" },
		{ NO_FLAGS, "su", F, "2 points, 600-1000300 bytes, ? s: changed-files kind-unknown no-bandwidth" },
		/* And the .wim, of 500,000. */
		{ NO_FLAGS, "sp", C, "2 points, 1000600 bytes, ? s: changed-files no-bandwidth" },
		{ DELTA, "s", C, "1 points, 0-500300 bytes, ? s: changed-files binary-delta no-bandwidth" },
		{ DELTA, "p", C, "1 points, 500300 bytes, ? s: changed-files binary-delta no-bandwidth" },
	};
	static const char old[] = "a.dll\t100\t10\nsetup.exe\t200\t10\n", new[] = "a.dll\t100\t10\nsetup.exe\t300\t11\n";
	static const struct wp_known_manifest known = { B, { old, sizeof old - 1 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent = sent_new(WP_CLASS_INSTALL, cases[i].flags);
		struct wp_observation *seen = &sent.site->seen[0];

		sent.site->input.baselines = &baseline;
		sent.site->input.baseline_count = 1;
		sent.site->input.manifests = &known;
		sent.site->input.manifest_count = 1;
		memcpy(seen->file_id, cases[i].file_id, sizeof seen->file_id);
		seen->manifest = (struct wp_manifest){ new, sizeof new - 1 };
		sent.site->wims[0].size = 500000;
		add_points(&sent, cases[i].points);
		cr_expect_str_eq(cost(&sent), cases[i].cost, "%zu", i);
		sent_free(&sent);
	}
}

/* Points that the site counts and no row names cost as much as others may; fewer than the rows name change nothing. */
Test(cost, points_that_are_only_counted)
{
	static const struct {
		uint64_t targeted;
		const char *points, *cost;
	} cases[] = {
		{ 3, "s", "3 points, 3000000 bytes, ? s: whole-file points-by-count no-bandwidth" },
		{ 1, "s", "1 points, 1000000 bytes, ? s: whole-file no-bandwidth" },
		{ 0, "ss", "2 points, 2000000 bytes, ? s: whole-file points-by-rows no-bandwidth" },
		{ 2, "s-", "2 points, 2000000 bytes, ? s: whole-file points-by-count no-bandwidth" },
		{ 0, "", "0 points, 0 bytes, 0 s: whole-file parallel-unknown" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent = sent_new(WP_CLASS_IMAGE, NO_FLAGS);

		sent.site->records[0].targeted = (struct wp_number){ true, cases[i].targeted };
		add_points(&sent, cases[i].points);
		cr_expect_str_eq(cost(&sent), cases[i].cost, "%zu", i);
		sent_free(&sent);
	}
}

/* Counts that no machine has are no sum that has gone round. */
Test(cost, sums_do_not_go_round)
{
	struct sent sent = sent_new(WP_CLASS_IMAGE, NO_FLAGS);

	sent.site->records[0].targeted = (struct wp_number){ true, INT64_MAX };
	sent.site->seen[0].bytes = UINT64_MAX / 2;
	fixture_plan(sent.site);
	cost(&sent);
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(sent.site->plan->estimates, "total"), "bytes_max")),
			 "18446744073709551615");
	sent_free(&sent);
}

Test(cost, how_long_it_takes)
{
	static const struct wp_site_bandwidth site = { .site = "P01", .bits = 2 * MBIT }, other = { .site = "P02", .bits = 1 },
					      none = { .site = "P01", .bits = 0 };
	static const struct {
		struct wp_number bandwidth, parallel;
		const struct wp_site_bandwidth *site;
		const char *cost;
	} cases[] = {
		/* A point takes 8 seconds: all four at a time, or one after the other. */
		{ { true, MBIT }, { 0 }, NULL, "4 points, 4000000 bytes, 8-32 s: whole-file parallel-unknown" },
		{ { true, MBIT }, { true, 1 }, NULL, "4 points, 4000000 bytes, 32 s: whole-file" },
		{ { true, MBIT }, { true, 2 }, NULL, "4 points, 4000000 bytes, 16-24 s: whole-file" },
		{ { true, MBIT }, { true, 4 }, NULL, "4 points, 4000000 bytes, 8-16 s: whole-file" },
		{ { true, MBIT }, { true, 100 }, NULL, "4 points, 4000000 bytes, 8-9 s: whole-file" },
		/* Two megabits for all of a site: 16 seconds whoever waits for whom. Those of another site and of 0 say nothing. */
		{ { true, MBIT }, { 0 }, &site, "4 points, 4000000 bytes, 16 s: whole-file parallel-unknown" },
		{ { 0 }, { 0 }, &site, "4 points, 4000000 bytes, 16 s: whole-file parallel-unknown" },
		{ { 0 }, { 0 }, &other, "4 points, 4000000 bytes, ? s: whole-file no-bandwidth" },
		{ { 0 }, { 0 }, &none, "4 points, 4000000 bytes, ? s: whole-file no-bandwidth" },
		{ { true, 0 }, { 0 }, NULL, "4 points, 4000000 bytes, ? s: whole-file no-bandwidth" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent = sent_new(WP_CLASS_IMAGE, NO_FLAGS);

		sent.window.bandwidth = cases[i].bandwidth;
		sent.window.parallel = cases[i].parallel;
		sent.window.sites = (struct wp_site_bandwidth *)cases[i].site;
		sent.window.site_count = cases[i].site != NULL;
		add_points(&sent, "ssss");
		cr_expect_str_eq(cost(&sent), cases[i].cost, "%zu", i);
		sent_free(&sent);
	}
}

/* To the second on both sides of the window's end, and of the moment at which it may fit. */
Test(cost, whether_it_fits)
{
	static const struct {
		const char *closes;
		struct wp_number parallel;
		int fits; /* -1: nobody knows */
	} cases[] = {
		{ "2026-03-07T20:00:32Z", { true, 1 }, 1 },
		{ "2026-03-07T20:00:31Z", { true, 1 }, 0 },
		/* Between 8 and 32 seconds. */
		{ "2026-03-07T20:00:32Z", { 0 }, 1 },
		{ "2026-03-07T20:00:31Z", { 0 }, -1 },
		{ "2026-03-07T20:00:08Z", { 0 }, -1 },
		{ "2026-03-07T20:00:07Z", { 0 }, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sent sent = sent_new(WP_CLASS_IMAGE, NO_FLAGS);
		const json_t *fits;

		sent.opens = fixture_time("2026-03-07T20:00:00Z");
		sent.closes = fixture_time(cases[i].closes);
		sent.window.bandwidth = (struct wp_number){ true, MBIT };
		sent.window.parallel = cases[i].parallel;
		add_points(&sent, "ssss");
		cost(&sent);
		fits = json_object_get(json_object_get(json_object_get(sent.site->plan->estimates, "packages"), "P0100001"), "fits");
		cr_expect_eq(json_is_null(fits) ? -1 : json_is_true(fits), cases[i].fits, "%zu", i);
		sent_free(&sent);
	}
}
