/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected of how images start: certificates, SVNs, and what was not looked at. */
#include "expect_fixture.h"

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

Test(audit_expect_boot, certificates)
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
		/* By somebody else, on one side or on both. */
		{ "n-s", "boot-mixed", "boot-mixed", "boot-mixed" },
		{ "s-n", "lacks,boot-mixed", "lacks,boot-mixed", "boot-mixed" },
		{ "s-s", "lacks", "lacks", "" },
		/* Nothing is proven of the start from the network; that is no news where it starts otherwise than is expected anyway. */
		{ "n-f", "expectation-unknown", "expectation-unknown", "" },
		{ "n-r", "expectation-unknown", "expectation-unknown", "" },
		{ "n-x", "expectation-unknown", "expectation-unknown", "" },
		{ "o-f", "boot-2011-only", "boot-2011-only", "" },
		{ "onf", "boot-2011-only", "expectation-unknown", "" },
		{ "n-a", "boot-digest", "boot-digest", "boot-digest" },
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
Test(audit_expect_boot, sentences_on_certificates)
{
	static const struct {
		const char *by, *summary, *expected;
		bool joint; /* the second signature is on the first program */
	} rows[] = {
		{ "o", "the boot manager of image 1 is signed under the certificate of 2011 alone (2011-only): it does not start where that one is "
		       "revoked or was never trusted", "2023", false },
		{ "os", "the boot manager of image 1 is signed under the certificate of 2011 and by somebody else, and not under that of 2023 "
			"(2011-only): it does not start where the certificate of 2011 is revoked, or where neither signer is trusted", "2023", true },
		{ "s", "the boot manager of image 1 is not signed under the certificate of 2023, but under a certificate that is not known, called \"Acme CA\"", "2023", false },
		{ "", "there is no \\Windows\\Boot\\EFI\\bootmgfw.efi in both images", "2023", false },
		{ "n-o", "image 1: a start from a disc and one from the network are signed under different certificates (the known certificate \"New CA\", "
			 "and the known certificate \"Old CA\"), so that where one starts the other may not", NULL, false },
		{ "n-s", "image 1: a start from a disc and one from the network are signed under different certificates (the known certificate \"New CA\", "
			 "and a certificate that is not known, called \"Acme CA\"), so that where one starts the other may not", NULL, false },
		{ "n-f", "whether image 1 starts as is expected is not known: who signed \\Windows\\Boot\\PXE\\wdsmgfw.efi is not proven", NULL, false },
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

Test(audit_expect_boot, svns)
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

Test(audit_expect_boot, what_starts_was_not_looked_at)
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
Test(audit_expect_boot, what_cannot_be_told_is_no_finding)
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
Test(audit_expect_boot, signatures_that_were_not_looked_at)
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
Test(audit_expect_boot, names_beside_what_is_proven)
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
Test(audit_expect_boot, images_that_start_alike)
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
