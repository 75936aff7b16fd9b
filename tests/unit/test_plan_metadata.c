/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ReloadImageProperties: what the site stores against what the source says, field by field. */
#include "plan_fixture.h"

/* An old date bears nothing out where the metadata differ. */
#define UNPROVEN_CONTENT \
	"content-unproven refresh unknown 0 - 2026-01-09T22:41:00Z>2026-01-08T12:00:00Z"
#define SAME_METADATA "metadata-same reload proven 0 - ->-|content-same refresh inferred 0 - ->-"

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
	/* What the record has in image 2, and the reasons for it; NULL where it is the same. */
	static const struct {
		const char *field, *recorded, *reasons;
	} cases[] = {
		{ "name", "Windows 10", "image-changed reload proven 2 name Windows 10>Windows 11 #2" },
		{ "name", "windows 11 #2", "image-changed reload proven 2 name windows 11 #2>Windows 11 #2" },
		{ "description", "", "image-changed reload proven 2 description >Windows 11" },
		{ "os_version", "10.0.22631.2861",
		  "image-changed reload proven 2 os_version 10.0.22631.2861>10.0.22631.3007" },
		{ "architecture", "0", "image-changed reload proven 2 architecture 0>9" },
		{ "architecture", "arm64", "image-changed reload proven 2 architecture arm64>9" },
		{ "architecture", "pdp11", "image-changed reload proven 2 architecture pdp11>9" },
		{ "architecture", "X64", NULL },
		{ "architecture", "amd64", NULL },
		{ "language", "de-DE", "image-changed reload proven 2 language de-DE>en-US" },
		{ "language", "EN-us", NULL },
		{ "product_type", "ServerNT", "image-changed reload inferred 2 product_type ServerNT>WinNT" },
		{ "hal_type", "hal", "image-changed reload inferred 2 hal_type hal>acpiapic" },
		{ "size", "17116351718", "image-changed reload inferred 2 size 17116351718>17116351717" },
		{ "size", "017116351717", NULL },
		{ "size", "15.9 GB", NULL },
		{ "creation_date", "2026-01-08 10:00:00Z", NULL },
		{ "creation_date", "20260108110000.000000+060", NULL },
		{ "creation_date", "08.01.2026 11:00", NULL },
		{ "creation_date", "2026-01-08T11:00:00", NULL },
	};
	static const char *const names[] = { "name",	     "description", "os_version", "architecture", "language",
					     "product_type", "hal_type",    "size",	  "creation_date" };
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	fixture_expect(site, SAME_METADATA, "unchanged");
	cr_expect_eq(site->plan->entries[0].status, WP_ENTRY_UNCHANGED);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *expected = cases[i].reasons
					       ? wp_arena_printf(site->arena, "%s|" UNPROVEN_CONTENT, cases[i].reasons)
					       : SAME_METADATA;

		fixture_site_image(site->arena, 2, &record->images.items[1]);
		*field_of(&record->images.items[1], cases[i].field) = cases[i].recorded;
		fixture_expect(site, expected,
			       wp_arena_printf(site->arena, "%s = %s", cases[i].field, cases[i].recorded));
		cr_expect_eq(site->plan->entries[0].reload, cases[i].reasons != NULL, "%s", cases[i].field);
	}
	/* A field that the site lacks is not compared. */
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		fixture_site_image(site->arena, 2, &record->images.items[1]);
		*field_of(&record->images.items[1], names[i]) = NULL;
		fixture_expect(site, SAME_METADATA, names[i]);
	}
	fixture_free(site);
}

Test(plan_metadata, field_that_the_source_lacks)
{
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001");
	fixture_images(site, 0)[0].description = NULL;
	fixture_images(site, 0)[1].windows = NULL;
	fixture_expect(site, SAME_METADATA, "absent");
	fixture_images(site, 0)[0].description = "";
	fixture_expect(site, "image-changed reload proven 1 description Windows 11>|" UNPROVEN_CONTENT, "empty");
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
	cr_expect_eq(entry->reasons[0].confidence, WP_INFERRED);
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
	fixture_expect(site,
		       "image-changed reload proven 1 name Old>Windows 11 #1|"
		       "image-changed reload inferred 1 hal_type hal>acpiapic|"
		       "image-changed reload proven 2 description Old>Windows 11|"
		       "image-changed reload proven 2 language de-DE>en-US|" UNPROVEN_CONTENT,
		       "two images");
	fixture_free(site);
}

Test(plan_metadata, added_and_removed)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->images.count = 1;
	fixture_expect(site, "image-added reload proven 2 - ->Windows 11 #2 (10.0.22631.3007)|" UNPROVEN_CONTENT,
		       "added");
	record->images = fixture_site_images(site->arena, 3);
	record->images.items[2].os_version = NULL;
	fixture_expect(site, "image-removed reload proven 3 - Windows 11 #3>-|" UNPROVEN_CONTENT, "removed");
	/* Images are matched by their index, not by their place. */
	record->images = fixture_site_images(site->arena, 2);
	record->images.items[1].index = 5;
	record->images.items[1].name = NULL;
	fixture_expect(site,
		       "image-added reload proven 2 - ->Windows 11 #2 (10.0.22631.3007)|"
		       "image-removed reload proven 5 - 10.0.22631.3007>-|" UNPROVEN_CONTENT,
		       "renumbered");
	record->images.count = 0;
	fixture_images(site, 0)[0].name = "";
	fixture_images(site, 0)[0].windows = NULL;
	fixture_expect(site,
		       "image-added reload proven 1 - ->-|"
		       "image-added reload proven 2 - ->Windows 11 #2 (10.0.22631.3007)|" UNPROVEN_CONTENT,
		       "a bag without images");
	fixture_free(site);
}

Test(plan_metadata, never_loaded)
{
	struct fixture_site *site = fixture_new();
	struct wp_record *record = fixture_add(site, "P0100001");

	record->image_property_state = WP_EMPTY;
	record->image_property = "";
	record->images = (struct wp_site_images){ .origin = WP_FROM_NOTHING };
	fixture_expect(site, "never-loaded reload proven 0 - ->-|" UNPROVEN_CONTENT, "empty");
	cr_expect(site->plan->entries[0].reload);
	cr_expect_str_eq(site->plan->entries[0].preconditions.image_property_sha256, "");
	/* Rows of SMS_ImageInformation are as good as the property. */
	record->images = fixture_site_images(site->arena, 2);
	record->images.origin = WP_FROM_IMAGE_INFORMATION;
	fixture_expect(site, SAME_METADATA, "rows");
	record->image_property_state = WP_NOT_FETCHED;
	record->image_property = NULL;
	record->images.items[0].os_version = "10.0.1.1";
	fixture_expect(site, "image-changed reload proven 1 os_version 10.0.1.1>10.0.22631.3007|" UNPROVEN_CONTENT,
		       "rows that differ");
	fixture_free(site);
}
