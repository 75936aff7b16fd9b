/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ReloadImageProperties: what the site stores against what the source says, field by field. */
#include "plan_fixture.h"

#define REMOVED(number, what) \
	{ .code = "image-removed", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN, .image = (number), .recorded = (what) }

static const char **field_of(struct wp_site_image *image, const char *name)
{
	const struct {
		const char *name;
		const char **value;
	} fields[] = {
		{ "name", &image->name },
		{ "description", &image->description },
		{ "os_version", &image->os_version },
		{ "architecture", &image->architecture },
		{ "language", &image->language },
		{ "product_type", &image->product_type },
		{ "hal_type", &image->hal_type },
		{ "size", &image->size },
		{ "creation_date", &image->creation_date },
	};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (!strcmp(fields[i].name, name))
			return fields[i].value;
	cr_assert(false, "no field %s", name);
	return NULL;
}

Test(plan_metadata, fields)
{
	/* What the record has in image 2, what is found there, and how sure that is; NULL where both are the same. */
	static const struct {
		const char *field, *recorded, *found;
		enum wp_confidence confidence;
	} cases[] = {
		{ "name", "Windows 10", "Windows 11 #2", WP_CONFIDENCE_PROVEN },
		{ "name", "windows 11 #2", "Windows 11 #2", WP_CONFIDENCE_PROVEN },
		{ "description", "", "Windows 11", WP_CONFIDENCE_PROVEN },
		{ "os_version", "10.0.22631.2861", "10.0.22631.3007", WP_CONFIDENCE_PROVEN },
		{ "architecture", "0", "9", WP_CONFIDENCE_PROVEN },
		{ "architecture", "arm64", "9", WP_CONFIDENCE_PROVEN },
		{ "architecture", "pdp11", "9", WP_CONFIDENCE_PROVEN },
		{ "architecture", "X64", NULL, 0 },
		{ "architecture", "amd64", NULL, 0 },
		{ "language", "de-DE", "en-US", WP_CONFIDENCE_PROVEN },
		{ "language", "EN-us", NULL, 0 },
		{ "product_type", "ServerNT", "WinNT", WP_CONFIDENCE_INFERRED },
		{ "hal_type", "hal", "acpiapic", WP_CONFIDENCE_INFERRED },
		{ "size", "17116351718", "17116351717", WP_CONFIDENCE_INFERRED },
		{ "size", "017116351717", NULL, 0 },
		{ "size", "15.9 GB", NULL, 0 },
		{ "creation_date", "2026-01-08 10:00:00Z", NULL, 0 },
		{ "creation_date", "20260108110000.000000+060", NULL, 0 },
		{ "creation_date", "08.01.2026 11:00", NULL, 0 },
		{ "creation_date", "2026-01-08T11:00:00", NULL, 0 },
	};
	static const char *const names[] = { "name",	     "description", "os_version", "architecture", "language",
					     "product_type", "hal_type",    "size",	  "creation_date" };
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	fixture_expect(site, "unchanged", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	cr_expect_eq(site->plan->entries[0].status, WP_ENTRY_UNCHANGED);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *label = wp_arena_printf(site->arena, "%s = %s", cases[i].field, cases[i].recorded);

		fixture_site_image(site->arena, 2, &record->images.items[1]);
		*field_of(&record->images.items[1], cases[i].field) = cases[i].recorded;
		if (cases[i].found)
			fixture_expect(site, label,
				       { "image-changed", WP_ACTION_RELOAD, cases[i].confidence, 2, cases[i].field,
					 cases[i].recorded, cases[i].found },
				       FIXTURE_UNPROVEN_CONTENT);
		else
			fixture_expect(site, label, FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
		cr_expect_eq(site->plan->entries[0].reload, cases[i].found != NULL, "%s", cases[i].field);
	}
	/* A field that the site lacks is not compared. */
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		fixture_site_image(site->arena, 2, &record->images.items[1]);
		*field_of(&record->images.items[1], names[i]) = NULL;
		fixture_expect(site, names[i], FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	}
	fixture_free(site);
}

Test(plan_metadata, field_that_the_source_lacks)
{
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001");
	fixture_images(site, 0)[0].description = NULL;
	fixture_images(site, 0)[1].windows = NULL;
	fixture_expect(site, "absent", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	fixture_images(site, 0)[0].description = "";
	fixture_expect(site, "empty", FIXTURE_CHANGED(1, "description", "Windows 11", ""), FIXTURE_UNPROVEN_CONTENT);
	fixture_free(site);
}

Test(plan_metadata, creation_date_of_another_day)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");
	const struct wp_entry *entry;

	record->images.items[0].creation_date = "2026-01-07T10:00:00Z";
	entry = &fixture_plan(site)->entries[0];
	cr_assert_eq(entry->reason_count, 2);
	cr_expect_str_eq(entry->reasons[0].field, "creation_date");
	cr_expect_eq(entry->reasons[0].confidence, WP_CONFIDENCE_INFERRED);
	cr_expect_str_eq(entry->reasons[0].recorded, "2026-01-07T10:00:00Z");
	fixture_free(site);
}

Test(plan_metadata, order_of_reasons)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->images.items[0].hal_type = "hal";
	record->images.items[0].name = "Old";
	record->images.items[1].language = "de-DE";
	record->images.items[1].description = "Old";
	fixture_expect(site, "two images", FIXTURE_CHANGED(1, "name", "Old", "Windows 11 #1"),
		       { "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_INFERRED, 1, "hal_type", "hal", "acpiapic" },
		       FIXTURE_CHANGED(2, "description", "Old", "Windows 11"),
		       FIXTURE_CHANGED(2, "language", "de-DE", "en-US"), FIXTURE_UNPROVEN_CONTENT);
	fixture_free(site);
}

Test(plan_metadata, added_and_removed)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->images.count = 1;
	fixture_expect(site, "added", FIXTURE_ADDED(2, "Windows 11 #2 (10.0.22631.3007)"), FIXTURE_UNPROVEN_CONTENT);
	record->images = fixture_site_images(site->arena, 3);
	record->images.items[2].os_version = NULL;
	fixture_expect(site, "removed", REMOVED(3, "Windows 11 #3"), FIXTURE_UNPROVEN_CONTENT);
	/* Images are matched by their index, not by their place. */
	record->images = fixture_site_images(site->arena, 2);
	record->images.items[1].index = 5;
	record->images.items[1].name = NULL;
	fixture_expect(site, "renumbered", FIXTURE_ADDED(2, "Windows 11 #2 (10.0.22631.3007)"),
		       REMOVED(5, "10.0.22631.3007"), FIXTURE_UNPROVEN_CONTENT);
	record->images.count = 0;
	fixture_images(site, 0)[0].name = "";
	fixture_images(site, 0)[0].windows = NULL;
	fixture_expect(site, "a bag without images", FIXTURE_ADDED(1, NULL),
		       FIXTURE_ADDED(2, "Windows 11 #2 (10.0.22631.3007)"), FIXTURE_UNPROVEN_CONTENT);
	fixture_free(site);
}

Test(plan_metadata, never_loaded)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->image_property_state = WP_FETCHED_EMPTY;
	record->image_property = "";
	record->images = (struct wp_site_images){ .origin = WP_IMAGE_ORIGIN_NOTHING };
	fixture_expect(site, "empty", FIXTURE_NEVER_LOADED, FIXTURE_UNPROVEN_CONTENT);
	cr_expect(site->plan->entries[0].reload);
	cr_expect_str_eq(site->plan->entries[0].preconditions.image_property_sha256, "");
	/* Rows of SMS_ImageInformation are as good as the property. */
	record->images = fixture_site_images(site->arena, 2);
	record->images.origin = WP_IMAGE_ORIGIN_IMAGE_INFORMATION;
	fixture_expect(site, "rows", FIXTURE_SAME_METADATA, FIXTURE_SAME_BY_DATE);
	record->image_property_state = WP_FETCHED_NOT;
	record->image_property = NULL;
	record->images.items[0].os_version = "10.0.1.1";
	fixture_expect(site, "rows that differ", FIXTURE_CHANGED(1, "os_version", "10.0.1.1", "10.0.22631.3007"),
		       FIXTURE_UNPROVEN_CONTENT);
	fixture_free(site);
}
