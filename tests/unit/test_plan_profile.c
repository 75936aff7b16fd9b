/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles: whatever a file may hold in their place, and what one proves of a site's values. */
#include "plan_fixture.h"

#include "wimplan/limits.h"
#include "wimplan/profile.h"

#include <criterion/criterion.h>

#define HEAD "\"format\":\"wimplan-profile\",\"format_version\":\"1.0\",\"taken_at\":\"2026-02-20T02:10:00Z\""
#define SAMPLE(class, probed) \
	"{\"package_id\":\"P0100001\",\"class\":\"" class "\",\"source_path\":\"\\\\\\\\srv\\\\src$\\\\w11\\\\install.wim\",\"probed\":" probed "}"
#define DOCUMENT(samples) "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[" samples "]}}"
#define IMAGE "SMS_ImagePackage"

static int parse(const char *text, struct wp_profile **ret, struct wp_error *err)
{
	*ret = NULL;
	return wp_profile_parse(text, strlen(text), "profile.json", ret, err);
}

Test(plan_profile, good_ones)
{
	static const struct {
		const char *text;
		size_t samples, images;
	} cases[] = {
		{ DOCUMENT(""), 0, 0 },
		{ DOCUMENT(SAMPLE(IMAGE, "null")), 1, 0 },
		{ DOCUMENT(SAMPLE(IMAGE, "\"\"")), 1, 0 },
		{ DOCUMENT(SAMPLE(IMAGE, "\"no XML\"")), 1, 0 },
		{ DOCUMENT(SAMPLE(IMAGE, "\"<WIM><IMAGE index='1'/></WIM>\"")), 1, 1 },
		{ "{\"later\":[{}]," HEAD ",\"findings\":{\"x\":[1]},\"site\":{\"later\":1,\"site_code\":\"p01\",\"samples\":[]}}", 0, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_profile *profile;
		struct wp_error err = { 0 };

		cr_assert_eq(parse(cases[i].text, &profile, &err), WP_OK, "%zu: %s", i, err.message);
		cr_expect_eq(profile->count, cases[i].samples, "%zu", i);
		if (profile->count)
			cr_expect_eq(profile->samples[0].images.count, cases[i].images, "%zu", i);
		cr_expect(wp_hash_is(profile->id), "%zu", i);
		cr_expect_eq(wp_profile_check_site(profile, "P01", "profile.json", &err), WP_OK, "%zu", i);
		cr_expect_eq(wp_profile_check_site(profile, "P02", "profile.json", &err), WP_E_REFUSED, "%zu", i);
		wp_profile_free(profile);
	}
}

/* Each place of a profile with each kind of value that does not belong there. */
Test(plan_profile, places_with_other_values)
{
	static const char *const values[] = { "null", "true", "7", "-1", "1.5", "1e400", "\"\"", "\"x\"", "[]", "{}", "[[]]", "\"\\u0000\"",
					      "99999999999999999999" };
	static const struct {
		const char *name, *before, *after;
		const char *good; /* of the values, those that are no error */
	} places[] = {
		{ "format", "{\"format_version\":\"1.0\",\"taken_at\":\"2026-02-20T02:10:00Z\",\"site\":{\"site_code\":\"P01\",\"samples\":[]},\"format\":",
		  "}", "" },
		{ "version", "{\"format\":\"wimplan-profile\",\"taken_at\":\"2026-02-20T02:10:00Z\",\"site\":{\"site_code\":\"P01\",\"samples\":[]},"
			     "\"format_version\":", "}", "" },
		{ "time", "{\"format\":\"wimplan-profile\",\"format_version\":\"1.0\",\"site\":{\"site_code\":\"P01\",\"samples\":[]},\"taken_at\":",
		  "}", "" },
		{ "site", "{" HEAD ",\"site\":", "}", "" },
		{ "site_code", "{" HEAD ",\"site\":{\"samples\":[],\"site_code\":", "}}", "" },
		{ "samples", "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":", "}}", "[]" },
		{ "sample", "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[", "]}}", "" },
		{ "package_id", "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[{\"class\":\"" IMAGE "\",\"source_path\":null,\"probed\":null,"
				"\"package_id\":", "}]}}", "" },
		{ "class", "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[{\"package_id\":\"P0100001\",\"source_path\":null,\"probed\":null,"
			   "\"class\":", "}]}}", "" },
		{ "source_path", "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[{\"package_id\":\"P0100001\",\"class\":\"" IMAGE
				 "\",\"probed\":null,\"source_path\":", "}]}}", "null \"x\"" },
		{ "probed", "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[{\"package_id\":\"P0100001\",\"class\":\"" IMAGE
			    "\",\"source_path\":null,\"probed\":", "}]}}", "null \"x\" \"\"" },
	};

	for (size_t p = 0; p < sizeof places / sizeof *places; p++)
		for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
			struct wp_buf text = { 0 };
			struct wp_profile *profile;
			struct wp_error err = { 0 };
			bool good = strstr(places[p].good, values[v]) != NULL;

			wp_buf_printf(&text, "%s%s%s", places[p].before, values[v], places[p].after);
			cr_expect_eq(!parse(text.data, &profile, &err), good, "%s: %s: %s", places[p].name, values[v], err.message);
			cr_expect(good || (err.message[0] && strstr(err.message, "profile.json")), "%s: %s: %s", places[p].name, values[v],
				  err.message);
			wp_profile_free(profile);
			wp_buf_free(&text);
		}
}

Test(plan_profile, cut_and_limits)
{
	static const char whole[] = DOCUMENT(SAMPLE(IMAGE, "\"<WIM><IMAGE index='1'/></WIM>\""));
	struct wp_profile *profile;
	struct wp_error err;

	for (size_t length = 0; length < sizeof whole - 1; length++) {
		profile = NULL;
		cr_expect_neq(wp_profile_parse(whole, length, "profile.json", &profile, &err), WP_OK, "cut at %zu", length);
	}
	for (size_t more = 0; more < 2; more++) {
		struct wp_buf text = { 0 };

		wp_buf_puts(&text, "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[");
		for (size_t i = 0; i < WP_LIMIT_PROFILE_SAMPLES + more; i++)
			wp_buf_printf(&text, "%s%s", i ? "," : "", SAMPLE(IMAGE, "null"));
		wp_buf_puts(&text, "]}}");
		cr_expect_eq(parse(text.data, &profile, &err), more ? WP_E_REFUSED : WP_OK, "%zu more", more);
		wp_profile_free(profile);
		wp_buf_free(&text);
	}
	for (size_t more = 0; more < 2; more++) {
		struct wp_buf text = { 0 };

		/* Those of the document itself are counted, too. */
		wp_buf_puts(&text, "{" HEAD ",\"site\":{\"site_code\":\"P01\",\"samples\":[]},\"later\":[0");
		for (size_t i = 9; i < WP_LIMIT_PROFILE_VALUES + more; i++)
			wp_buf_puts(&text, ",0");
		wp_buf_puts(&text, "]}");
		cr_expect_eq(parse(text.data, &profile, &err), more ? WP_E_REFUSED : WP_OK, "%zu values more", more);
		wp_profile_free(profile);
		wp_buf_free(&text);
	}
	profile = NULL;
	cr_expect_eq(wp_profile_parse(whole, (size_t)WP_LIMIT_PROFILE_BYTES + 1, "profile.json", &profile, &err), WP_E_REFUSED);
	cr_expect_str_eq(err.code, "too-large");
	cr_expect_eq(parse("{" HEAD ",\"findings\":{}}", &profile, &err), WP_E_REFUSED);
	cr_expect_str_eq(err.code, "profile-without-site");
	cr_expect_eq(parse("{\"format\":\"wimplan-profile\",\"format_version\":\"2.0\"}", &profile, &err), WP_E_REFUSED);
	cr_expect_str_eq(err.code, "unknown-version");
	cr_expect_eq(parse("{\"format\":\"wimplan-plan\",\"format_version\":\"1.0\"}", &profile, &err), WP_E_REFUSED);
	cr_expect_str_eq(err.code, "not-a-profile");
}

/* --- What a profile proves -------------------------------------------------------------------------------------------- */

/* The images of a sample as the site has them, for a test to change; as many samples as there are packages. */
static struct wp_profile *add_profile(struct fixture_site *site)
{
	struct wp_profile *profile = wp_arena_alloc(site->arena, sizeof *profile);

	*profile = (struct wp_profile){ .id = FIXTURE_DIGEST("9"), .site_code = "P01", .taken_at = fixture_time("2026-02-01T00:00:00Z"),
					.count = site->set.count };
	profile->samples = wp_arena_alloc(site->arena, profile->count * sizeof *profile->samples);
	for (size_t i = 0; i < profile->count; i++)
		profile->samples[i] = (struct wp_profile_sample){ .package_id = site->records[i].package_id,
								  .source_path = site->records[i].source_path,
								  .images = fixture_site_images(site->arena, 2) };
	site->input.profile = profile;
	site->input.samples = site->observations;
	return profile;
}

/* A site with two packages, the first with another size than its file. */
static struct fixture_site *new_site(void)
{
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001")->images.items[0].size = "1";
	fixture_add(site, "P0100002");
	return site;
}

#define SIZE_DIFFERS(how) \
	{ .code = "image-changed", .action = WP_ACTION_RELOAD, .confidence = (how), .image = 1, .field = "size", .recorded = "1", .found = "17116351717" }

static const struct wp_note *profile_note(const struct fixture_site *site)
{
	for (size_t i = 0; i < site->plan->note_count; i++)
		if (!strcmp(site->plan->notes[i].code, "site-profile"))
			return &site->plan->notes[i];
	return NULL;
}

Test(plan_profile, what_is_inferred_becomes_proven)
{
	struct fixture_site *site = new_site();

	fixture_expect(site, "without", SIZE_DIFFERS(WP_CONFIDENCE_INFERRED), FIXTURE_UNPROVEN_CONTENT);
	cr_expect_null(site->plan->profile_id);
	cr_expect_null(profile_note(site));
	add_profile(site);
	fixture_expect(site, "with", SIZE_DIFFERS(WP_CONFIDENCE_PROVEN), FIXTURE_UNPROVEN_CONTENT);
	cr_expect_str_eq(fixture_or_none(site->plan->profile_id), FIXTURE_DIGEST("9"));
	cr_assert_not_null(profile_note(site));
	cr_expect_str_eq(profile_note(site)->summary, "the site's profile of 2026-02-01 00:00Z, held against 2 files; proven: product_type, "
						      "hal_type, size, creation_date");
	/* Where nothing is another reason, the plan is the same as without. */
	site->records[0].images.items[0].size = "17116351717";
	fixture_expect(site, "nothing to say", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	cr_expect_null(site->plan->profile_id);
	fixture_free(site);
}

/* What was probed counts only where the file surely is the one that was. */
Test(plan_profile, only_files_that_were_probed)
{
	for (int which = 0; which < 8; which++) {
		struct fixture_site *site = new_site();
		struct wp_profile *profile = add_profile(site);

		for (size_t i = 0; i < 2; i++) {
			struct wp_profile_sample *sample = &profile->samples[i];

			switch (which) {
			case 0: site->seen[i].newest_file = fixture_time("2026-02-01T00:00:01Z"); break;
			case 1: site->seen[i].newest_file = (struct wp_time){ 0 }; break;
			case 2: sample->images.items[1].os_version = "10.0.22631.1"; break;
			case 3: sample->images.count = 1; break;
			case 4: sample->images.items[1].index = 3; break;
			case 5: sample->images.count = 0; break;
			case 6: site->input.samples = NULL; break;
			default: site->seen[i].wim = NULL; break;
			}
		}
		if (which == 7) {
			fixture_plan(site);
		} else {
			fixture_expect(site, "nothing was held", SIZE_DIFFERS(WP_CONFIDENCE_INFERRED), FIXTURE_UNPROVEN_CONTENT);
		}
		cr_expect_null(site->plan->profile_id, "%d", which);
		cr_expect(strstr(profile_note(site)->summary, "proves nothing here"), "%d: %s", which, profile_note(site)->summary);
		fixture_free(site);
	}
}

Test(plan_profile, a_field_with_another_meaning)
{
	struct fixture_site *site = new_site();
	struct wp_profile *profile = add_profile(site);

	/* One file against it: nothing is known. */
	profile->samples[0].images.items[1].size = "5";
	fixture_expect(site, "mixed", SIZE_DIFFERS(WP_CONFIDENCE_INFERRED), FIXTURE_UNPROVEN_CONTENT);
	cr_expect(strstr(profile_note(site)->summary, "the same in some files and not in others: size"), "%s", profile_note(site)->summary);
	/* All of them: a reload would never make it the same. */
	profile->samples[1].images.items[1].size = "5";
	fixture_expect(site, "other", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	cr_expect_str_eq(fixture_or_none(site->plan->profile_id), FIXTURE_DIGEST("9"));
	cr_expect(strstr(profile_note(site)->summary, "of another meaning there, and not compared: size"), "%s", profile_note(site)->summary);
	/* Values that say nothing are none. */
	for (size_t i = 0; i < 4; i++)
		profile->samples[i / 2].images.items[i % 2].size = i % 2 ? "0" : NULL;
	fixture_expect(site, "unseen", SIZE_DIFFERS(WP_CONFIDENCE_INFERRED), FIXTURE_UNPROVEN_CONTENT);
	for (size_t i = 0; i < 4; i++)
		profile->samples[i / 2].images.items[i % 2].size = "16 GB";
	fixture_expect(site, "unread", SIZE_DIFFERS(WP_CONFIDENCE_INFERRED), FIXTURE_UNPROVEN_CONTENT);
	cr_expect(strstr(profile_note(site)->summary, "their form cannot be read: size"), "%s", profile_note(site)->summary);
	fixture_free(site);
}

/* Dates without a zone are compared once it is known that they are in UTC. */
Test(plan_profile, dates_without_a_zone)
{
	struct fixture_site *site = new_site();
	struct wp_profile *profile = add_profile(site);

	site->records[0].images.items[0].size = "17116351717";
	site->records[0].images.items[0].creation_date = "2026-01-07T10:00:00";
	for (size_t i = 0; i < 4; i++)
		profile->samples[i / 2].images.items[i % 2].creation_date = "2026-01-08T11:00:00";
	fixture_expect(site, "of another zone", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	for (size_t i = 0; i < 4; i++)
		profile->samples[i / 2].images.items[i % 2].creation_date = "2026-01-08T10:00:00";
	fixture_expect(site, "in UTC", FIXTURE_CHANGED(1, "creation_date", "2026-01-07T10:00:00", "2026-01-08T10:00:00.1234567Z"),
		       FIXTURE_UNPROVEN_CONTENT);
	cr_expect_str_eq(fixture_or_none(site->plan->profile_id), FIXTURE_DIGEST("9"));
	profile->samples[1].images.items[1].creation_date = "2026-01-08T11:00:00";
	fixture_expect(site, "not all of them", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	fixture_free(site);
}

/* Both packages were surely distributed, with the site's size of them. */
static void add_sizes(struct fixture_site *site)
{
	for (size_t i = 0; i < site->set.count; i++) {
		site->seen[i].bytes = 5000 * 1024;
		site->records[i].package_size = (struct wp_number){ true, 5000 };
		site->records[i].package_size_version = site->records[i].source_version;
	}
}

#define RESIZED \
	{ .code = "content-resized", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_INFERRED, \
	  .recorded = "2026-01-09T22:41:00Z; 7000 KiB", .found = "2026-01-08T12:00:00Z; 5120000 bytes" }
#define UNPROVEN_SIZE \
	{ .code = "content-unproven", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_UNKNOWN, \
	  .recorded = "2026-01-09T22:41:00Z; 7000 KiB", .found = "2026-01-08T12:00:00Z; 5120000 bytes" }

/* A size that differs is evidence where sizes are known to agree, and metadata speak against the content as well. */
Test(plan_profile, sizes_of_contents)
{
	static const struct {
		const char *label;
		int against; /* which of the changes below is made */
		bool resized;
	} cases[] = {
		{ "two that agree", 0, true },	{ "one that agrees", 1, false },     { "one that differs", 2, false },
		{ "no profile", 3, false },	{ "one is a boot image", 4, false }, { "one whose metadata differ", 5, false },
	};

	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		struct fixture_site *site = fixture_new();
		struct wp_reason changed = FIXTURE_CHANGED(1, "name", "Before", "Windows 11 #1");

		for (int i = 0; i < 3; i++)
			fixture_add(site, (const char *const[]){ "P0100001", "P0100002", "P0100003" }[i]);
		add_sizes(site);
		add_profile(site);
		/* The first is not what was distributed, and is none of those that prove something. */
		site->records[0].images.items[0].name = "Before";
		site->records[0].package_size.value = 7000;
		switch (cases[c].against) {
		case 1: site->records[2].package_size_version.value = 11; break;
		case 2: site->records[2].package_size.value = 4000; break;
		case 3: site->input.profile = NULL; break;
		case 4: site->records[2].class = WP_CLASS_BOOT; break;
		case 5: site->records[2].images.items[0].name = "Before"; break;
		default: break;
		}
		if (cases[c].resized)
			fixture_expect(site, cases[c].label, changed, RESIZED);
		else
			fixture_expect(site, cases[c].label, changed, UNPROVEN_SIZE);
		cr_expect_eq(site->plan->profile_id != NULL, cases[c].resized, "%s", cases[c].label);
		cr_expect_eq(site->plan->entries[0].refresh, cases[c].resized, "%s", cases[c].label);
		fixture_free(site);
	}
}

/* A plan file keeps the profile that it was made with, also when it is read. */
Test(plan_profile, in_the_plan_file)
{
	struct fixture_site *site = new_site();
	struct wp_plan *read = NULL;
	const char *text;

	add_profile(site);
	text = fixture_plan_text(site->arena, fixture_plan(site));
	cr_assert_eq(wp_plan_parse(NULL, text, strlen(text), "plan.json", &read, &site->err), WP_OK, "%s", site->err.message);
	cr_expect_str_eq(fixture_or_none(read->profile_id), FIXTURE_DIGEST("9"));
	cr_expect_str_eq(read->id, site->plan->id);
	wp_plan_free(read);
	fixture_free(site);
}
