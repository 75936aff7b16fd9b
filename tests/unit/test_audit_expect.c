/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected of images: builds and their families, ages at the border, values, and what is inside. */
#include "wimplan/expect.h"
#include "wimplan/json.h"

#include <criterion/criterion.h>
#include <string.h>

#define DAY 86400

struct world {
	struct wp_arena *arena;
	struct wp_config config;
	struct wp_wim_windows windows[3];
	struct wp_wim_servicing servicing[3];
	struct wp_wim_image images[3];
	struct wp_wim_metadata metadata;
	struct wp_expect_subject subject;
	struct wp_note *notes;
	size_t count;
};

static const char *languages[] = { "en-US", "de-DE" };

/* Two images of Windows 11, both with everything that a test may expect. */
static void setup(struct world *world)
{
	*world = (struct world){ .arena = wp_arena_new() };
	wp_config_init(world->arena, &world->config);
	for (uint32_t i = 0; i < 3; i++) {
		world->servicing[i].image_state = "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE";
		world->windows[i] = (struct wp_wim_windows){
			.edition_id = "Enterprise",
			.languages = languages,
			.language_count = 2,
			.servicing = &world->servicing[i],
		};
		world->images[i] = (struct wp_wim_image){
			.index = i + 1,
			.name = "Windows 11",
			.windows = &world->windows[i],
			.last_modification_time = wp_time_parse("2026-02-01T12:00:00Z"),
		};
	}
	world->metadata = (struct wp_wim_metadata){ .images = world->images, .image_count = 2 };
	world->subject = (struct wp_expect_subject){ .metadata = &world->metadata,
						     .now = wp_time_parse("2026-03-01T12:00:00Z") };
}

static void release(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		json_decref((json_t *)world->notes[i].facts);
	wp_arena_free(world->arena);
}

static void set(struct world *world, const char *key, const char *value)
{
	struct wp_error err;

	cr_assert_eq(wp_config_set(world->arena, &world->config, "expect", key, value, wp_arena_printf(world->arena, "%s=%s", key, value),
				   &err), WP_OK, "%s", err.message);
}

static void set_version(struct world *world, size_t i, const char *version)
{
	struct wp_wim_windows *windows = &world->windows[i];
	uint64_t parts[WP_BUILD_PARTS] = { 0 };
	bool revision = wp_build_parse(version, WP_BUILD_PARTS, parts);

	cr_assert(revision || wp_build_parse(version, WP_BUILD_PARTS - 1, parts), "%s", version);
	windows->version = version;
	windows->major = (struct wp_number){ true, parts[0] };
	windows->minor = (struct wp_number){ true, parts[1] };
	windows->build = (struct wp_number){ true, parts[2] };
	windows->service_pack_build = (struct wp_number){ revision, parts[3] };
}

/* Judges, and gives the codes of the notes between commas. */
static const char *judge(struct world *world)
{
	struct wp_buf codes __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < world->count; i++)
		json_decref((json_t *)world->notes[i].facts);
	world->notes = wp_expect_judge(world->arena, &world->config.expect, &world->subject, &world->count);
	for (size_t i = 0; i < world->count; i++)
		wp_buf_printf(&codes, "%s%s", i ? "," : "", world->notes[i].code);
	return wp_arena_strdup(world->arena, wp_buf_text(&codes));
}

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

/* A boot manager and what lies beside it, as --boot reads them. */
struct starting {
	struct wp_boot_signature signatures[4];
	struct wp_boot_program programs[4];
	struct wp_boot_file files[4];
	struct wp_boot_image images[2];
};

static const enum wp_boot_role roles[] = { WP_BOOT_MANAGER, WP_BOOT_MANAGER_EX, WP_BOOT_NETWORK, WP_BOOT_MEDIA_MANAGER };
static const char *const paths[] = { "\\Windows\\Boot\\EFI\\bootmgfw.efi", "\\Windows\\Boot\\EFI_EX\\bootmgfw_EX.efi",
				     "\\Windows\\Boot\\PXE\\wdsmgfw.efi", "\\Windows\\Boot\\EFI\\bootmgr.efi" };

/* @by: for each role the first letter of who signed it: o(ld), n(ew), s(omebody), f(orged), a(ltered), u(nsigned), r (not read), x (no program). */
static void start(struct world *world, struct starting *starting, const char *by, int svn)
{
	static const struct wp_boot_image data = { .known = true };

	*starting = (struct starting){ .images = { { .known = true, .files = starting->files }, data } };
	for (size_t i = 0; by[i]; i++) {
		struct wp_boot_program *program = &starting->programs[i];
		bool old = by[i] == 'o', somebody = by[i] == 's';

		if (by[i] == '-')
			continue;
		starting->signatures[i] = (struct wp_boot_signature){
			.signer = "Microsoft Windows",
			.issuer = old ? "Old CA" : somebody ? "Acme CA" : "New CA",
			.signature_agrees = true,
			.digest_known = true,
			.digest_agrees = by[i] != 'a',
			.authority = old ? WP_AUTHORITY_WINDOWS_2011 : somebody ? WP_AUTHORITY_OTHER : WP_AUTHORITY_WINDOWS_2023,
			.known = by[i] != 'f' && !somebody,
		};
		*program = (struct wp_boot_program){ .readable = by[i] != 'x', .machine = "x64", .has_svn = svn >= 0 && by[i] != 'x',
						     .svn_major = (uint16_t)(svn > 0 ? svn : 0), .signatures = &starting->signatures[i],
						     .signature_count = by[i] != 'u' && by[i] != 'x' };
		starting->files[starting->images[0].count++] = (struct wp_boot_file){
			.role = roles[i],
			.path = paths[i],
			.program = by[i] == 'r' ? NULL : program,
			.not_read = by[i] == 'r' ? "its data is in another file" : NULL,
		};
	}
	wp_boot_judge(world->arena, &starting->images[0], (struct wp_svn){ 0 });
	wp_boot_judge(world->arena, &starting->images[1], (struct wp_svn){ 0 });
	world->subject.found.starts = starting->images;
}

Test(audit_expect, certificates)
{
	static const struct {
		const char *by, *strict, *beside, *nothing;
	} cases[] = {
		{ "o", "boot-2011-only", "boot-2011-only", "" },
		{ "on", "boot-2011-only", "", "" },
		{ "of", "boot-2011-only", "boot-2011-only", "" },
		{ "or", "boot-2011-only", "expectation-unknown", "" },
		{ "n", "", "", "" },
		{ "no", "", "", "" },
		{ "n-n", "", "", "" },
		{ "n-o", "boot-mixed", "boot-mixed", "boot-mixed" },
		{ "o-n", "boot-2011-only,boot-mixed", "boot-2011-only,boot-mixed", "boot-mixed" },
		{ "s", "lacks", "lacks", "" },
		{ "f", "expectation-unknown", "expectation-unknown", "" },
		{ "u", "boot-unsigned", "boot-unsigned", "boot-unsigned" },
		{ "a", "boot-digest", "boot-digest", "boot-digest" },
		{ "r", "expectation-unknown", "expectation-unknown", "" },
		{ "x", "expectation-unknown", "expectation-unknown", "" },
		/* Beside a sound boot manager. */
		{ "na", "boot-digest", "boot-digest", "boot-digest" },
		{ "n-u", "boot-unsigned", "boot-unsigned", "boot-unsigned" },
		{ "", "", "", "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const wanted[] = { cases[i].strict, cases[i].beside, cases[i].nothing };
		static const char *const values[] = { "2023", "2023-beside" };

		for (size_t k = 0; k < 3; k++) {
			struct world world __attribute__((cleanup(release)));
			struct starting starting;

			setup(&world);
			if (k < 2)
				set(&world, "boot", values[k]);
			start(&world, &starting, cases[i].by, -1);
			cr_expect_str_eq(judge(&world), wanted[k], "%s with %s: %s", cases[i].by, k < 2 ? values[k] : "nothing", judge(&world));
			cr_expect(!world.count || world.notes[0].image == 1);
		}
	}
}

/* Each sentence as a whole; what is no matter of [expect] has no value that is expected. */
Test(audit_expect, sentences_on_certificates)
{
	static const struct {
		const char *by, *summary, *expected;
		bool joint; /* the second signature is on the first program */
	} rows[] = {
		{ "o", "the boot manager of image 1 is signed under the certificate of 2011 alone (2011-only): it does not start where that one is "
		       "revoked or was never trusted", "2023", false },
		{ "os", "the boot manager of image 1 is signed under the certificate of 2011 and by somebody else, and not under that of 2023 "
			"(2011-only): it does not start where the certificate of 2011 is revoked, or where neither signer is trusted", "2023", true },
		{ "s", "the boot manager of image 1 is not signed under the certificate of 2023, but under Acme CA", "2023", false },
		{ "", "there is no \\Windows\\Boot\\EFI\\bootmgfw.efi in both images", "2023", false },
		{ "n-o", "image 1: a start from a disc and one from the network are signed under different certificates (New CA, and Old CA), so that "
			 "where one starts the other may not", NULL, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world __attribute__((cleanup(release)));
		struct starting starting;

		setup(&world);
		set(&world, "boot", "2023");
		world.subject.boot = !*rows[i].by;
		start(&world, &starting, rows[i].by, -1);
		if (rows[i].joint) {
			starting.images[0].count = 1;
			starting.programs[0].signature_count = 2;
			wp_boot_judge(world.arena, &starting.images[0], (struct wp_svn){ 0 });
		}
		judge(&world);
		cr_assert(world.count, "row %zu", i);
		cr_expect_str_eq(world.notes[0].summary, rows[i].summary);
		cr_expect_eq(!json_is_null(json_object_get(world.notes[0].facts, "expected")), rows[i].expected != NULL, "row %zu", i);
	}
}

Test(audit_expect, svns)
{
	static const struct {
		const char *by;
		int svn;
		const char *codes;
	} cases[] = {
		{ "o", 8, "below-expected" }, { "o", 9, "" }, { "o", 10, "" }, { "o", -1, "below-expected" },
		{ "oo", 8, "below-expected,below-expected" },
		/* Another series; one that is only for media, and of a plan not read; and a program that has none. */
		{ "--o", 2, "" }, { "---o", 2, "" }, { "s", -1, "" }, { "s", 8, "below-expected" },
		{ "r", 9, "expectation-unknown" }, { "or", 9, "expectation-unknown" }, { "x", 9, "expectation-unknown" },
		{ "u", 9, "boot-unsigned" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world world __attribute__((cleanup(release)));
		struct starting starting;

		setup(&world);
		set(&world, "svn", "9.0");
		start(&world, &starting, cases[i].by, cases[i].svn);
		cr_expect_str_eq(judge(&world), cases[i].codes, "%s with %d: %s", cases[i].by, cases[i].svn, judge(&world));
	}
}

Test(audit_expect, what_starts_was_not_looked_at)
{
	struct world world __attribute__((cleanup(release)));
	struct starting starting;

	setup(&world);
	set(&world, "boot", "2023");
	set(&world, "svn", "9.0");
	cr_assert_str_eq(judge(&world), "expectation-unknown");
	cr_expect_str_eq(world.notes[0].summary, "whether both images start as is expected is not known: it was not read");
	start(&world, &starting, "n", 9);
	starting.images[1].known = false;
	cr_assert_str_eq(judge(&world), "expectation-unknown");
	cr_expect_eq(world.notes[0].image, 2);
	/* A boot image has to start; one of data does not. */
	starting.images[1].known = true;
	cr_expect_str_eq(judge(&world), "");
	world.subject.boot = true;
	cr_assert_str_eq(judge(&world), "lacks");
	cr_expect_eq(world.notes[0].image, 2);
	world.subject.metadata = NULL;
	world.subject.found.starts = NULL;
	cr_expect_str_eq(judge(&world), "expectation-unknown");
}

/* What could be a signature and was not understood is not none; nor is a digest another one that could not be told. */
Test(audit_expect, what_cannot_be_told_is_no_finding)
{
	struct world world __attribute__((cleanup(release)));
	struct starting starting;

	setup(&world);
	start(&world, &starting, "u", 9);
	cr_assert_str_eq(judge(&world), "boot-unsigned");
	cr_expect_str_eq(world.notes[0].summary, "\\Windows\\Boot\\EFI\\bootmgfw.efi of image 1 has no signature, which firmware with "
						 "Secure Boot asks for");
	wp_diag_add(world.arena, &starting.programs[0].diags, WP_SEVERITY_WARNING, "boot-signature-odd", NULL, "it is damaged");
	cr_expect_str_eq(judge(&world), "");
	starting.programs[0].diags.items[0].code = WP_BOOT_SIGNATURE_UNREAD;
	cr_expect_str_eq(judge(&world), "");
	start(&world, &starting, "a", 9);
	cr_assert_str_eq(judge(&world), "boot-digest");
	cr_expect_eq(world.notes[0].severity, WP_NOTE_SEVERITY_GRAVE);
	starting.signatures[0].digest_known = false;
	cr_expect_str_eq(judge(&world), "");
	/* One that firmware does not see. */
	starting.signatures[0].digest_known = starting.signatures[0].nested = true;
	cr_expect_str_eq(judge(&world), "boot-unsigned");
}

/* What was not looked at may be a signature under 2023, and takes nothing from one that is proven. */
Test(audit_expect, signatures_that_were_not_looked_at)
{
	static const struct {
		const char *by, *notes;
		size_t signatures; /* the second is altered */
	} rows[] = {
		{ "oa", "expectation-unknown", 1 }, { "na", "", 1 }, { "sa", "expectation-unknown", 1 }, { "oa", "expectation-unknown,boot-digest", 2 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world __attribute__((cleanup(release)));
		struct starting starting;

		setup(&world);
		set(&world, "boot", "2023");
		start(&world, &starting, rows[i].by, 9);
		starting.images[0].count = 1;
		starting.programs[0].signature_count = rows[i].signatures;
		wp_diag_add(world.arena, &starting.programs[0].diags, WP_SEVERITY_WARNING, WP_BOOT_SIGNATURE_UNREAD, NULL, "too many");
		wp_boot_judge(world.arena, &starting.images[0], (struct wp_svn){ 0 });
		cr_expect_str_eq(judge(&world), rows[i].notes, "row %zu: %s", i, judge(&world));
	}
}

/* Nor is one that only has the name of 2023 held to be none; a proven one suffices beside one that has that of 2011. */
Test(audit_expect, names_beside_what_is_proven)
{
	static const struct {
		const char *by, *notes;
		enum wp_authority named;
	} rows[] = {
		{ "of", "expectation-unknown", WP_AUTHORITY_WINDOWS_2023 },
		{ "sf", "expectation-unknown", WP_AUTHORITY_WINDOWS_2023 },
		{ "of", "boot-2011-only", WP_AUTHORITY_WINDOWS_2011 },
		{ "nf", "", WP_AUTHORITY_WINDOWS_2011 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world __attribute__((cleanup(release)));
		struct starting starting;

		setup(&world);
		set(&world, "boot", "2023");
		start(&world, &starting, rows[i].by, 9);
		starting.images[0].count = 1;
		starting.programs[0].signature_count = 2;
		starting.signatures[1].authority = rows[i].named;
		wp_boot_judge(world.arena, &starting.images[0], (struct wp_svn){ 0 });
		cr_expect_str_eq(judge(&world), rows[i].notes, "row %zu: %s", i, judge(&world));
	}
}

/* Paths are one whatever their letter case; what several images have alike is one note. */
Test(audit_expect, images_that_start_alike)
{
	struct world world __attribute__((cleanup(release)));
	struct starting starting;

	setup(&world);
	set(&world, "svn", "9.0");
	start(&world, &starting, "o", 7);
	starting.images[1] = starting.images[0];
	cr_assert_str_eq(judge(&world), "below-expected");
	cr_expect_str_eq(world.notes[0].summary, "\\Windows\\Boot\\EFI\\bootmgfw.efi of both images has the SVN 7.0, where the SVN 9.0 is the "
						 "least that is expected");
	cr_expect_str_eq(json_string_value(json_object_get(world.notes[0].facts, "expected")), "9.0");
	cr_expect_str_eq(json_string_value(json_object_get(world.notes[0].facts, "path")), "\\Windows\\Boot\\EFI\\bootmgfw.efi");
}
