/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that carry what the site itself would store: bags are compared as they are, and wimplan is calibrated. */
#include "plan_fixture.h"

#define BAG(name, version, notes)                                                                                    \
	"<WIM><IMAGE index=\"1\"><Property name=\"Image name\">" name "</Property>"                                  \
	"<Property name=\"OS version\">" version "</Property><Property name=\"Size\">16 GB</Property>" notes         \
	"</IMAGE></WIM>"
#define NOTE(name, value) "<Property name=\"" name "\">" value "</Property>"

/* One package with one image, whose probe and ImageProperty are read from these texts. */
static struct wp_record *add_probed(struct fixture_site *site, const char *stored, const char *probed)
{
	struct wp_record *record = fixture_add(site, "P0100001");
	const char *why = NULL;

	site->seen[0].wim->metadata->image_count = 1;
	fixture_images(site, 0)[0].name = "A";
	fixture_images(site, 0)[0].windows->version = "10.0.1.1";
	fixture_images(site, 0)[0].total_bytes.known = false;
	cr_assert_eq(wp_image_property_parse(site->arena, stored, &record->images, &why), 0, "%s", why);
	cr_assert_eq(wp_image_property_parse(site->arena, probed, &record->probed_images, &why), 0, "%s", why);
	record->probed = true;
	return record;
}

Test(plan_probe, bags_as_they_are)
{
	static const struct {
		const char *label, *stored, *probed;
		struct wp_reason reasons[4];
	} cases[] = {
		{ "same",
		  BAG("A", "10.0.1.1", NOTE("Created by", "x")),
		  BAG("A", "10.0.1.1", NOTE("created BY", "x")),
		  { FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE } },
		{ "known field",
		  BAG("A", "10.0.0.1", ""),
		  BAG("A", "10.0.1.1", ""),
		  { FIXTURE_CHANGED(1, "os_version", "10.0.0.1", "10.0.1.1"), FIXTURE_UNPROVEN_CONTENT } },
		{ "unknown name",
		  BAG("A", "10.0.1.1", NOTE("Created by", "x")),
		  BAG("A", "10.0.1.1", NOTE("Created by", "y")),
		  { FIXTURE_CHANGED(1, "Created by", "x", "y"), FIXTURE_UNPROVEN_CONTENT } },
		{ "unknown names are compared byte by byte",
		  BAG("A", "10.0.1.1", NOTE("Flags", "x")),
		  BAG("A", "10.0.1.1", NOTE("Flags", "X")),
		  { FIXTURE_CHANGED(1, "Flags", "x", "X"), FIXTURE_UNPROVEN_CONTENT } },
		{ "missing in the probe",
		  BAG("A", "10.0.1.1", NOTE("Flags", "") NOTE("HAL type", "hal")),
		  BAG("A", "10.0.1.1", ""),
		  { FIXTURE_CHANGED(1, "hal_type", "hal", NULL), FIXTURE_CHANGED(1, "Flags", "", NULL),
		    FIXTURE_UNPROVEN_CONTENT } },
		{ "missing in the record",
		  BAG("A", "10.0.1.1", ""),
		  BAG("A", "10.0.1.1", NOTE("Flags", "x") NOTE("Language", "")),
		  { FIXTURE_CHANGED(1, "language", NULL, ""), FIXTURE_CHANGED(1, "Flags", NULL, "x"),
		    FIXTURE_UNPROVEN_CONTENT } },
		{ "known fields keep their comparison",
		  BAG("A", "10.0.1.1", NOTE("Architecture", "9")),
		  BAG("A", "10.0.1.1", NOTE("Architecture", "x64")),
		  { FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE } },
		{ "a date of unknown form",
		  BAG("A", "10.0.1.1", NOTE("Creation date", "1.2.2026")),
		  BAG("A", "10.0.1.1", NOTE("Creation date", "2.2.2026")),
		  { FIXTURE_CHANGED(1, "creation_date", "1.2.2026", "2.2.2026"), FIXTURE_UNPROVEN_CONTENT } },
		{ "a name twice",
		  BAG("A", "10.0.1.1", NOTE("F", "1") NOTE("F", "2") NOTE("G", "1")),
		  BAG("A", "10.0.1.1", NOTE("F", "1") NOTE("f", "3") NOTE("F", "4")),
		  { FIXTURE_CHANGED(1, "F", "2", "3"), FIXTURE_CHANGED(1, "F", NULL, "4"),
		    FIXTURE_CHANGED(1, "G", "1", NULL), FIXTURE_UNPROVEN_CONTENT } },
		{ "a second name for a known field",
		  BAG("A", "10.0.1.1", NOTE("Name", "B")),
		  BAG("A", "10.0.1.1", NOTE("Name", "C")),
		  { FIXTURE_CHANGED(1, "Name", "B", "C"), FIXTURE_UNPROVEN_CONTENT } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fixture_site *site = fixture_new();

		add_probed(site, cases[i].stored, cases[i].probed);
		fixture_expect_reasons(&fixture_plan(site)->entries[0], cases[i].reasons, 4, cases[i].label);
		fixture_free(site);
	}
}

Test(plan_probe, images_that_only_the_probe_has)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = add_probed(site, "<WIM/>", BAG("A", "10.0.1.1", ""));

	fixture_expect(site, "added", FIXTURE_ADDED(1, "A (10.0.1.1)"), FIXTURE_UNPROVEN_CONTENT);
	record->image_property_state = WP_FETCHED_EMPTY;
	record->images = (struct wp_site_images){ .origin = WP_IMAGE_ORIGIN_NOTHING };
	fixture_expect(site, "never loaded", FIXTURE_NEVER_LOADED, FIXTURE_UNPROVEN_CONTENT);
	fixture_free(site);
}

Test(plan_probe, rows_are_no_bag)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record =
		add_probed(site, BAG("A", "10.0.1.1", NOTE("Rows only", "1")),
			   BAG("A", "10.0.1.1", NOTE("Language", "en-US") NOTE("Probe only", "2")));

	record->images.origin = WP_IMAGE_ORIGIN_IMAGE_INFORMATION;
	record->images.items[0].size = "17116351717";
	fixture_expect(site, "rows", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	record->images.items[0].language = "de-DE";
	fixture_expect(site, "rows that differ", FIXTURE_CHANGED(1, "language", "de-DE", "en-US"), FIXTURE_UNPROVEN_CONTENT);
	fixture_free(site);
}

/* A probe counts as long as the file is the one that was probed; otherwise wimplan's own reading does. */
Test(plan_probe, holds_until_the_source_is_modified)
{
	static const struct {
		const char *newest, *taken_at;
		bool holds;
	} cases[] = {
		{ "2026-02-20T02:10:00Z", "2026-02-20T02:10:00Z", true },
		{ "2026-02-20T02:10:01Z", "2026-02-20T02:10:00Z", false },
		{ NULL, "2026-02-20T02:10:00Z", false },
		{ "1980-01-01T00:00:00Z", "2026-02-20T02:10:00Z", false },
		{ "2026-02-20T02:10:00Z", NULL, false },
		{ "2026-02-20T02:10:00Z", "2026-02-20T02:10:00", false },
	};
	struct fixture_site *site = fixture_new();

	/* The site has what the probe says, and wimplan reads another version. */
	add_probed(site, BAG("A", "10.0.2.2", ""), BAG("A", "10.0.2.2", ""));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		site->seen[0].newest_file = wp_time_parse(cases[i].newest);
		site->set.taken_at = wp_time_parse(cases[i].taken_at);
		if (cases[i].holds)
			fixture_expect(site, cases[i].newest, FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
		else
			fixture_expect(site, fixture_or_none(cases[i].newest),
				       FIXTURE_CHANGED(1, "os_version", "10.0.2.2", "10.0.1.1"), FIXTURE_UNPROVEN_CONTENT);
		cr_expect_eq(site->plan->diags.count, cases[i].holds ? 1 : 0, "case %zu", i);
	}
	fixture_free(site);
}

Test(plan_probe, calibration)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record =
		add_probed(site, BAG("B", "10.0.2.2", ""),
			   BAG("A", "10.0.2.2", NOTE("Architecture", "x64") NOTE("Creation date", "8.1.2026")));
	const struct wp_entry *entry;

	entry = &fixture_plan(site)->entries[0];
	cr_assert_eq(site->plan->diags.count, 2);
	cr_expect_str_eq(site->plan->diags.items[0].code, "calibration-differs");
	cr_expect_eq(site->plan->diags.items[0].severity, WP_SEVERITY_WARNING);
	cr_expect_str_eq(site->plan->diags.items[0].subject, "P0100001");
	cr_expect_str_eq(site->plan->diags.items[0].summary,
			 "image 1, os_version: the site's probe says \"10.0.2.2\", wimplan reads \"10.0.1.1\"");
	cr_expect_str_eq(site->plan->diags.items[1].summary,
			 "image 1, creation_date: the site's probe says \"8.1.2026\", wimplan reads "
			 "\"2026-01-08T10:00:00.1234567Z\"");
	/* After a reload the site will say what its probe said. */
	cr_assert_eq(entry->expected_count, 1);
	cr_expect_str_eq(entry->expected[0].os_version, "10.0.2.2");
	cr_expect_eq(entry->expected[0].architecture.value, 9);
	record->probed_images.count = 0;
	fixture_plan(site);
	cr_assert_eq(site->plan->diags.count, 1);
	cr_expect_str_eq(site->plan->diags.items[0].summary, "image 1: only wimplan's own reading has it");
	fixture_free(site);
}
