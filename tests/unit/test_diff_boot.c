/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows tell of a program that changed: signature by signature, and without their time stamps. */
#include "../../src/report/diff_boot.h"

#include <criterion/criterion.h>
#include <string.h>

static struct wp_boot_signature signature_of(const char *signer, const char *issuer, int64_t ticks)
{
	return (struct wp_boot_signature){ .signer = signer, .issuer = issuer, .signature_agrees = true, .digest_known = true,
					   .digest_agrees = true, .authority = WP_AUTHORITY_OTHER, .timestamp = { true, true, ticks } };
}

static size_t rows_of(struct wp_arena *arena, const struct wp_boot_program *was, const struct wp_boot_program *is,
		      struct wp_diff_boot_row **ret)
{
	const struct wp_boot_file old = { .path = "p", .program = was }, new = { .path = "p", .program = is };
	const struct wp_boot_change change = { .status = WP_DIFF_CHANGED, .old = &old, .new = &new, .differs = { .signers = true } };
	size_t count;

	*ret = wp_diff_boot_rows(arena, &change, &count);
	return count;
}

/* Every update signs anew: that one of them is by somebody else says nothing of the others. */
Test(diff_boot, a_time_stamp_is_no_other_signature)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_boot_signature old[] = { signature_of("a", "b", 1), signature_of("c", "d", 1) };
	struct wp_boot_signature new[] = { signature_of("a", "b", INT64_C(864000000000)), signature_of("c", NULL, 1) };
	struct wp_boot_program was = { .readable = true, .signatures = old, .signature_count = 2 };
	struct wp_boot_program is = { .readable = true, .signatures = new, .signature_count = 2 };
	struct wp_diff_boot_row *rows;

	cr_expect(wp_boot_same_signature(&old[0], &new[0]));
	cr_expect_not(wp_boot_same_signature(&old[1], &new[1]));
	cr_assert_eq(rows_of(arena, &was, &is, &rows), 1);
	cr_expect_str_eq(rows[0].what, "signature");
	cr_expect(strstr(rows[0].old, "signed by \"c\", under a certificate that is not known, called \"d\"") &&
		  strstr(rows[0].new, "signed by \"c\", under a certificate that is not known and has no name"));
	/* One that came or went has a row, the one in front of it has none. */
	is.signature_count = 1;
	cr_assert_eq(rows_of(arena, &was, &is, &rows), 1);
	cr_expect(strstr(rows[0].old, "signed by \"c\"") && !rows[0].new);
	is.signature_count = 0;
	cr_assert_eq(rows_of(arena, &was, &is, &rows), 2);
	cr_expect_str_eq(rows[0].new, "no signature");
	/* What is no program has no signatures to be without. */
	was.signature_count = 0;
	cr_expect_eq(rows_of(arena, &was, &is, &rows), 0);
	is.readable = false;
	cr_assert_eq(rows_of(arena, &was, &is, &rows), 1);
	cr_expect(!rows[0].new && !strcmp(rows[0].old, "no signature"));
	/* One that cannot be read is another matter than none. */
	is.readable = true;
	wp_diag_add(arena, &is.diags, WP_SEVERITY_WARNING, WP_BOOT_SIGNATURE_UNREAD, NULL, "%s", "");
	cr_assert_eq(rows_of(arena, &was, &is, &rows), 1);
	cr_expect(!strcmp(rows[0].old, "no signature") && !strcmp(rows[0].new, "no signature that can be read"));
}
