/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected of images: builds and their families, ages at the border, values, and what is inside. */
#include "expect_fixture.h"

#define DAY 86400

Test(audit_expect, nothing_is_expected)
{
	struct world world __attribute__((cleanup(release)));

	setup(&world);
	cr_expect_str_eq(judge(&world), "");
	world.subject.metadata = NULL;
	cr_expect_str_eq(judge(&world), "");
}

Test(audit_expect, builds)
{
	static const struct {
		const char *release, *least, *version, *codes;
	} cases[] = {
		{ "10.0.26100", "10.0.26100.7171", "10.0.26100.7171", "" },
		{ "10.0.26100", "10.0.26100.7171", "10.0.26100.7172", "" },
		{ "10.0.26100", "10.0.26100.7171", "10.0.26100.7170", "below-expected" },
		/* Families: what the release says it is, what its files say, and the other way round. */
		{ "10.0.22631", "10.0.22631.3007", "10.0.22621.2861", "below-expected" },
		{ "10.0.22631", "10.0.22631.3007", "10.0.22621.3007", "" },
		{ "10.0.22621", "10.0.22621.3007", "10.0.22631.3006", "below-expected" },
		{ "10.0.22631", "10.0.22621.3007", "10.0.22631.3007", "" },
		{ "10.0.19045", "10.0.19045.3930", "10.0.19041.3929", "below-expected" },
		{ "10.0.26200", "10.0.26200.7171", "10.0.26100.7171", "" },
		{ "10.0.26100", "10.0.26100.7171", "10.0.26300.7170", "below-expected" },
		{ "10.0.18363", "10.0.18363.1000", "10.0.18362.999", "below-expected" },
		/* Another release is nothing that was asked for. */
		{ "10.0.26100", "10.0.26100.7171", "10.0.22621.1", "" },
		{ "10.0.22000", "10.0.22000.1000", "10.0.22621.999", "" },
		{ "10.0.19041", "10.0.19041.1000", "10.0.19046.999", "" },
		{ "10.0.26100", "10.0.26100.7171", "10.1.26100.7170", "" },
		{ "10.0.26100", "10.0.26100.7171", "6.0.26100.7170", "" },
		/* A last number that tells of no update. */
		{ "10.0.26100", "10.0.26100.7171", "10.0.26100", "expectation-unknown" },
		{ "10.0.26100", "10.0.26100.7171", "10.0.26100.0", "expectation-unknown" },
		{ "10.0.26100", "10.0.26100.7171", "10.0.26100.1", "expectation-unknown" },
		{ "10.0.26100", "10.0.26100.7171", "10.0.26100.2", "below-expected" },
		{ "10.0.26100", "10.0.26100.1", "10.0.26100.2", "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world world __attribute__((cleanup(release)));

		setup(&world);
		set(&world, cases[i].release, cases[i].least);
		set_version(&world, 0, cases[i].version);
		set_version(&world, 1, "10.0.14393.5000");
		cr_expect_str_eq(judge(&world), cases[i].codes, "%s of %s: %s", cases[i].version, cases[i].release, judge(&world));
		cr_expect(!world.count || world.notes[0].image == 1);
	}
}

Test(audit_expect, builds_of_several_images)
{
	struct world world __attribute__((cleanup(release)));

	setup(&world);
	world.metadata.image_count = 3;
	set(&world, "10.0.26100", "10.0.26100.7171");
	set(&world, "10.0.26200", "10.0.26200.7200");
	set_version(&world, 0, "10.0.26100.7171");
	set_version(&world, 1, "10.0.26200.7171");
	set_version(&world, 2, "10.0.26300.7199");
	/* Each is held against its own release, and one without against the nearest: not all of a family have one number. */
	cr_assert_str_eq(judge(&world), "below-expected");
	cr_expect_str_eq(world.notes[0].summary, "images 2 and 3 have the build 10.0.26200.7171 and 10.0.26300.7199, where "
						 "10.0.26200.7200 is the least that is expected; 26300 and 26200 have the same updates");
	cr_expect_eq(world.notes[0].image, 0);
	cr_expect_eq(json_array_size(json_object_get(world.notes[0].facts, "images")), 2);
	set_version(&world, 0, "10.0.26100.7170");
	cr_expect_str_eq(judge(&world), "below-expected,below-expected");
	world.subject.only_image = 3;
	cr_expect_str_eq(judge(&world), "below-expected");
	cr_expect_eq(world.notes[0].image, 3);
	world.subject.only_image = 0;
	/* Windows PE has updates of its own. */
	world.windows[0].edition_id = "WindowsPE";
	world.windows[1].installation_type = "WindowsPE";
	world.windows[2].version = NULL;
	cr_expect_str_eq(judge(&world), "expectation-unknown");
	world.subject.boot = true;
	cr_expect_str_eq(judge(&world), "");
	world.subject.metadata = NULL;
	cr_expect_str_eq(judge(&world), "", "nothing is expected of a boot image");
	world.subject.boot = false;
	cr_assert_str_eq(judge(&world), "expectation-unknown");
	cr_expect_eq(world.notes[0].image, 0);
}

Test(audit_expect, ages)
{
	static const struct {
		const char *modified, *created, *codes, *says;
	} cases[] = {
		{ "2026-02-01T12:00:00Z", NULL, "", NULL },
		{ "2026-02-01T11:59:59.9999999Z", NULL, "too-old", "28 days ago" },
		{ "2026-02-01T11:59:59Z", NULL, "too-old", "was last modified 28 days ago, and 28 days are the most" },
		/* The same instants, written in other zones. */
		{ "2026-02-01T14:00:00+02:00", NULL, "", NULL },
		{ "2026-02-01T13:59:59+02:00", NULL, "too-old", "28 days ago" },
		{ "2026-02-01T04:00:00-08:00", NULL, "", NULL },
		{ "2026-02-01T03:59:59-08:00", NULL, "too-old", "28 days ago" },
		{ "2025-03-01T12:00:00Z", NULL, "too-old", "365 days ago" },
		{ "2026-06-01T12:00:00Z", NULL, "", NULL },
		/* Serviced since it was made; made, and not said when serviced. */
		{ "2026-02-02T12:00:00Z", "2024-01-01T00:00:00Z", "", NULL },
		{ NULL, "2026-02-01T12:00:00Z", "", NULL },
		{ NULL, "2026-01-01T12:00:00Z", "too-old", "59 days ago" },
		{ NULL, NULL, "expectation-unknown", "image 1 names no time of modification" },
		{ "1601-01-01T00:00:00Z", NULL, "expectation-unknown", NULL },
		{ "1970-01-01T00:00:00Z", NULL, "expectation-unknown", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world world __attribute__((cleanup(release)));

		setup(&world);
		set(&world, "max_age", "28d");
		world.images[0].last_modification_time = wp_time_parse(cases[i].modified ? cases[i].modified : "");
		world.images[0].creation_time = wp_time_parse(cases[i].created ? cases[i].created : "");
		cr_expect_str_eq(judge(&world), cases[i].codes, "%zu: %s", i, judge(&world));
		cr_expect(!cases[i].says || strstr(world.notes[0].summary, cases[i].says), "%s", world.notes[0].summary);
		world.subject.boot = true;
		cr_expect_str_eq(judge(&world), "");
	}
}

Test(audit_expect, age_in_hours)
{
	struct world world __attribute__((cleanup(release)));

	setup(&world);
	set(&world, "max_age", "1h");
	world.images[0].last_modification_time = wp_time_parse("2026-03-01T10:00:00Z");
	world.images[1].last_modification_time = wp_time_parse("2026-02-27T12:00:00Z");
	cr_assert_str_eq(judge(&world), "too-old");
	cr_expect_str_eq(world.notes[0].summary,
			 "both images were last modified up to 2 days ago, and 1 hour are the most that is expected");
	world.subject.now.known = false;
	cr_expect_str_eq(judge(&world), "", "without a clock nobody knows an age");
}

Test(audit_expect, values)
{
	static const struct {
		const char *key, *value, *codes, *says;
	} cases[] = {
		{ "edition", "enterprise", "", NULL },
		{ "edition", "Education, Enterprise", "", NULL },
		{ "edition", "Education, Core", "lacks", "no image has the edition Education or Core; both images are Enterprise" },
		{ "languages", "DE-de", "", NULL },
		{ "languages", "de-DE, fr-FR", "lacks", "both images lack the language fr-FR, and have en-US and de-DE" },
		{ "image_state", "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", "", NULL },
		{ "image_state", "IMAGE_STATE_COMPLETE", "lacks",
		  "both images are in the state IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE, where IMAGE_STATE_COMPLETE is expected" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world world __attribute__((cleanup(release)));

		setup(&world);
		set(&world, cases[i].key, cases[i].value);
		cr_expect_str_eq(judge(&world), cases[i].codes, "%s: %s", cases[i].value, judge(&world));
		if (cases[i].says)
			cr_expect_str_eq(world.notes[0].summary, cases[i].says);
		/* What is not said is not lacking. */
		for (size_t k = 0; k < 2; k++) {
			world.windows[k].edition_id = k ? "" : NULL;
			world.windows[k].language_count = 0;
			world.windows[k].servicing = NULL;
		}
		cr_expect_str_eq(judge(&world), "expectation-unknown", "%s", cases[i].value);
		/* An image that is not Windows says nothing of it. */
		world.images[0].windows = world.images[1].windows = NULL;
		cr_expect_str_eq(judge(&world), "", "%s", cases[i].value);
	}
}

/* Media hold many editions: one that is expected is enough. */
Test(audit_expect, one_edition_is_enough)
{
	struct world world __attribute__((cleanup(release)));

	setup(&world);
	set(&world, "edition", "Education");
	world.windows[1].edition_id = "Education";
	cr_expect_str_eq(judge(&world), "");
	world.windows[1].edition_id = NULL;
	cr_expect_str_eq(judge(&world), "expectation-unknown", "the other one may be it");
}

Test(audit_expect, what_is_inside)
{
	static struct wp_item items[] = {
		{ .group = WP_ITEM_GROUP_PACKAGE, .kind = WP_ITEM_KIND_UPDATE, .name = "Package_for_KB5034765", .kb = "KB5034765" },
		{ .group = WP_ITEM_GROUP_PACKAGE, .kind = WP_ITEM_KIND_FEATURE, .name = "Contoso-FOD-Package" },
		{ .group = WP_ITEM_GROUP_DRIVER, .kind = WP_ITEM_KIND_ADDED, .name = "acmenic.inf" },
		{ .group = WP_ITEM_GROUP_APP, .name = "Contoso.App" },
		{ .group = WP_ITEM_GROUP_PACKAGE, .kind = WP_ITEM_KIND_CUMULATIVE, .name = "Package_for_RollupFix" },
	};
	static const struct {
		const char *thing;
		size_t items, counted, not_understood;
		enum wp_inside inside;
	} cases[] = {
		{ "kb5034765", 4, 0, 0, WP_INSIDE_YES },
		{ "KB503476", 4, 0, 0, WP_INSIDE_NO },
		{ "KB5034001", 4, 0, 0, WP_INSIDE_NO },
		{ "KB5034001", 5, 0, 0, WP_INSIDE_NUMBERLESS },
		{ "KB5034765", 5, 0, 0, WP_INSIDE_YES },
		{ "KB5034001", 4, 9, 0, WP_INSIDE_NO }, /* one with a number is kept whatever its kind */
		{ "KB5034001", 4, 0, 1, WP_INSIDE_NOT_UNDERSTOOD },
		{ "AcmeNIC.inf", 5, 9, 9, WP_INSIDE_YES },
		{ "acme.inf", 5, 9, 0, WP_INSIDE_NO },
		{ "acme.inf", 5, 0, 1, WP_INSIDE_NOT_UNDERSTOOD },
		{ "contoso.app", 4, 0, 0, WP_INSIDE_YES },
		{ "Contoso.Game", 4, 9, 0, WP_INSIDE_NO },
		{ "Contoso.Game", 4, 0, 1, WP_INSIDE_NOT_UNDERSTOOD },
		{ "contoso-fod-package", 4, 9, 0, WP_INSIDE_YES },
		{ "Contoso-Package", 4, 0, 0, WP_INSIDE_NO },
		{ "Contoso-Package", 4, 1, 0, WP_INSIDE_COUNTED },
		{ "Contoso-Package", 4, 0, 1, WP_INSIDE_NOT_UNDERSTOOD },
		{ "Contoso", 4, 1, 0, WP_INSIDE_COUNTED },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_servicing installed = { .known = true, .windows = true, .items = items, .count = cases[i].items,
						  .not_understood = cases[i].not_understood };

		cr_expect_eq(wp_expect_look(cases[i].thing, &installed, cases[i].counted), cases[i].inside, "%zu: %s", i,
			     cases[i].thing);
		installed.windows = false;
		cr_expect_eq(wp_expect_look(cases[i].thing, &installed, 0), WP_INSIDE_NO_WINDOWS);
		installed.known = false;
		cr_expect_eq(wp_expect_look(cases[i].thing, &installed, 0), WP_INSIDE_NOT_READ);
	}
}

Test(audit_expect, contents)
{
	static const struct {
		enum wp_inside first, second;
		const char *must, *must_not;
	} cases[] = {
		{ WP_INSIDE_YES, WP_INSIDE_YES, "", "has" },
		{ WP_INSIDE_NO, WP_INSIDE_YES, "lacks", "has" },
		{ WP_INSIDE_NO, WP_INSIDE_NO, "lacks", "" },
		{ WP_INSIDE_YES, WP_INSIDE_NOT_READ, "expectation-unknown", "has,expectation-unknown" },
		{ WP_INSIDE_NO, WP_INSIDE_NUMBERLESS, "lacks,expectation-unknown", "expectation-unknown" },
		{ WP_INSIDE_COUNTED, WP_INSIDE_NUMBERLESS, "expectation-unknown,expectation-unknown",
		  "expectation-unknown,expectation-unknown" },
		{ WP_INSIDE_NOT_UNDERSTOOD, WP_INSIDE_NOT_UNDERSTOOD, "expectation-unknown", "expectation-unknown" },
		{ WP_INSIDE_YES, WP_INSIDE_NO_WINDOWS, "lacks", "has" },
	};

	for (size_t wanted = 0; wanted < 2; wanted++)
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct world world __attribute__((cleanup(release)));
			const uint8_t inside[] = { (uint8_t)cases[i].first, (uint8_t)cases[i].second };
			const struct wp_expect_contents contents = { inside, 2 };

			setup(&world);
			set(&world, wanted ? "must_have" : "must_not_have", "KB5034765");
			world.subject.found.contents = &contents;
			cr_expect_str_eq(judge(&world), wanted ? cases[i].must : cases[i].must_not, "%zu: %s", i, judge(&world));
			world.subject.found.contents = NULL;
			cr_expect_str_eq(judge(&world), "expectation-unknown");
			cr_expect_str_eq(world.notes[0].summary,
					 "whether KB5034765 is inside of both images is not known: the content was not read");
		}
}

/* Updates of Windows are none of Windows PE, and an image of data needs no driver. */
Test(audit_expect, contents_of_other_images)
{
	struct world world __attribute__((cleanup(release)));
	const uint8_t inside[] = { WP_INSIDE_NO, WP_INSIDE_NO, WP_INSIDE_NO, WP_INSIDE_NO, WP_INSIDE_YES, WP_INSIDE_NO };
	const uint8_t data[] = { WP_INSIDE_NO_WINDOWS, WP_INSIDE_NO_WINDOWS, WP_INSIDE_NO_WINDOWS, WP_INSIDE_NO_WINDOWS,
				 WP_INSIDE_NO_WINDOWS, WP_INSIDE_NO_WINDOWS };
	struct wp_expect_contents contents = { inside, 2 };

	setup(&world);
	set(&world, "must_have", "KB5034765, acmenic.inf");
	set(&world, "must_not_have", "Contoso.Game");
	world.subject.found.contents = &contents;
	world.subject.boot = true;
	cr_assert_str_eq(judge(&world), "lacks,has");
	cr_expect_str_eq(world.notes[0].summary, "both images lack acmenic.inf");
	cr_expect_str_eq(world.notes[1].summary, "image 1 has Contoso.Game inside, which must not be");
	world.subject.boot = false;
	world.images[0].windows = world.images[1].windows = NULL;
	contents.inside = data;
	cr_expect_str_eq(judge(&world), "");
	/* A summary of another number of images is not that of this file. */
	world.images[0].windows = &world.windows[0];
	contents.images = 0;
	cr_expect_str_eq(judge(&world), "expectation-unknown,expectation-unknown,expectation-unknown");
}
