/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of strangers: what they may not look like, and what stands in front of them. */
#include "../../src/report/boot_words.h"

#include <criterion/criterion.h>
#include <string.h>

Test(boot_names, in_quotes)
{
	static const struct {
		const char *name, *shown;
	} rows[] = {
		{ "Windows UEFI CA 2023", "\"Windows UEFI CA 2023\"" },
		{ "Windows UEFI CA 2023, a known certificate", "\"Windows UEFI CA 2023, a known certificate\"" },
		{ "A\", under the known certificate \"B", "\"A\\\", under the known certificate \\\"B\"" },
		{ "A\\\"; B", "\"A\\\\\\\"; B\"" },
		/* Blanks at the ends, and those behind others; alone; none. */
		{ " A B ", "\"<U+0020>A B<U+0020>\"" },
		{ "A  B", "\"A <U+0020>B\"" },
		{ " ", "\"<U+0020>\"" },
		{ "", "\"\"" },
		/* Other blanks, and what looks like quotes. */
		{ "A\u00a0B\u1680\u2003\u3000", "\"A<U+00A0>B<U+1680><U+2003><U+3000>\"" },
		{ "A\u201d; \u02ba\u2033\uff02\u3003 ''B'", "\"A<U+201D>; <U+02BA><U+2033><U+FF02><U+3003> '<U+0027>B'\"" },
		{ "O'Brien", "\"O'Brien\"" },
		/* Other scripts beside letters of Latin, and alone; accents. */
		{ "Windows UEFI C\u0410 2023", "\"Windows UEFI C<U+0410> 2023\"" },
		{ "\uff37indows", "\"<U+FF37>indows\"" },
		{ "Wi\u0301ndows", "\"Wi<U+0301>ndows\"" },
		{ "\u041e\u041e\u041e 7", "\"\u041e\u041e\u041e 7\"" },
		{ "Soci\u00e9t\u00e9 \u0141\u00f3d\u017a \u1ec6", "\"Soci\u00e9t\u00e9 \u0141\u00f3d\u017a \u1ec6\"" },
		/* What is hidden is for those who write it. */
		{ "A\x1b[31m", "\"A\x1b[31m\"" },
	};
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(wp_boot_name(arena, rows[i].name), rows[i].shown, "row %zu: %s", i, wp_boot_name(arena, rows[i].name));
}

/* What is proven stands in front of the name, and no name can say it. */
Test(boot_names, behind_what_is_proven)
{
	static const struct {
		struct wp_boot_signature signature;
		const char *words;
	} rows[] = {
		{ { .signer = "a", .issuer = "b", .authority = WP_AUTHORITY_WINDOWS_2023, .known = true, .signature_agrees = true },
		  "signed by \"a\", under the known certificate \"b\"" },
		{ { .signer = "a", .issuer = "b, a known certificate", .authority = WP_AUTHORITY_OTHER, .signature_agrees = true },
		  "signed by \"a\", under a certificate that is not known, called \"b, a known certificate\"" },
		{ { .signer = "a", .issuer = "b", .authority = WP_AUTHORITY_WINDOWS_2023, .signature_agrees = true },
		  "signed by \"a\", under a certificate that only is named like the known one, \"b\"" },
		{ { .signer = "a", .authority = WP_AUTHORITY_OTHER, .signature_agrees = true },
		  "signed by \"a\", under a certificate that is not known and has no name" },
		{ { .issuer = "b", .authority = WP_AUTHORITY_OTHER, .signature_agrees = true },
		  "signed by somebody without a name, under a certificate that is not known, called \"b\"" },
		{ { .signer = "a", .issuer = "b", .authority = WP_AUTHORITY_WINDOWS_2023, .known = true },
		  "signature in the name of \"a\", under the known certificate \"b\"; THE SIGNATURE IS NOT OF THIS SIGNER" },
		/* A certificate without a name is one. */
		{ { .issuer = "b", .authority = WP_AUTHORITY_WINDOWS_2023, .known = true },
		  "signature in the name of somebody without a name, under the known certificate \"b\"; THE SIGNATURE IS NOT OF THIS SIGNER" },
		{ { .issuer = "b; time stamp 2024-01-01 00:00Z", .authority = WP_AUTHORITY_OTHER },
		  "signature without the certificate of who made it, under a certificate that is not known, called \"b; time stamp 2024-01-01 "
		  "00:00Z\"; so it could not be verified" },
	};
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wp_boot_signature signature = rows[i].signature;

		signature.digest_known = signature.digest_agrees = true;
		cr_expect_str_eq(wp_boot_words_signature(arena, &signature), rows[i].words, "row %zu: %s", i,
				 wp_boot_words_signature(arena, &signature));
	}
}
