/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one verdict on all programs by which firmware starts a medium. */
#include "wimplan/boot.h"

#include <criterion/criterion.h>
#include <string.h>

enum by { NOT_READ, NOBODY, THIRD, BY_2011, BY_2023, BOTH, FORGED, NONE };

static struct wp_boot_signature signature_of(enum wp_authority authority, bool known)
{
	return (struct wp_boot_signature){ .signer = "a", .issuer = "b", .signature_agrees = true, .digest_agrees = true,
					   .authority = authority, .known = known };
}

/* A file that is signed by them. */
static void make(struct wp_arena *arena, enum by by, enum wp_boot_role role, struct wp_boot_file *ret)
{
	struct wp_boot_program *program = wp_arena_alloc(arena, sizeof *program);

	*ret = (struct wp_boot_file){ .role = role, .path = "efi/boot/bootx64.efi" };
	if (by == NOT_READ)
		return;
	ret->program = program;
	program->readable = true;
	program->signatures = wp_arena_alloc(arena, 2 * sizeof *program->signatures);
	if (by == THIRD)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_OTHER, false);
	if (by == BY_2011 || by == BOTH)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_WINDOWS_2011, true);
	if (by == BY_2023 || by == BOTH)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_WINDOWS_2023, true);
	if (by == FORGED)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_WINDOWS_2023, false);
}

Test(boot_medium, verdicts)
{
	static const struct {
		enum by first, second;
		enum wp_boot_verdict verdict;
	} rows[] = {
		{ NONE, NONE, WP_BOOT_NO_MANAGER },      { BY_2011, NONE, WP_BOOT_2011_ONLY },   { BY_2023, NONE, WP_BOOT_2023 },
		{ BOTH, NONE, WP_BOOT_BOTH },	         { THIRD, NONE, WP_BOOT_THIRD_PARTY },   { NOBODY, NONE, WP_BOOT_UNPROVEN },
		{ FORGED, NONE, WP_BOOT_UNPROVEN },      { NOT_READ, NONE, WP_BOOT_NOT_READ },   { BY_2011, BY_2011, WP_BOOT_2011_ONLY },
		{ BY_2011, BY_2023, WP_BOOT_MIXED },     { BY_2011, THIRD, WP_BOOT_MIXED },      { BY_2023, BOTH, WP_BOOT_MIXED },
		{ BY_2011, NOBODY, WP_BOOT_UNPROVEN },   { NOBODY, NOT_READ, WP_BOOT_NOT_READ }, { BY_2023, NOT_READ, WP_BOOT_NOT_READ },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		/* In either order; what firmware does not start does not count. */
		for (int turned = 0; turned < 2; turned++) {
			struct wp_arena *arena = wp_arena_new();
			struct wp_boot_file files[3];
			struct wp_boot_image medium = { .known = true, .files = files };
			const enum by order[] = { turned ? rows[i].second : rows[i].first, turned ? rows[i].first : rows[i].second };

			make(arena, BY_2023, WP_BOOT_MEDIA_MANAGER, &files[medium.count++]);
			for (size_t k = 0; k < 2; k++)
				if (order[k] != NONE)
					make(arena, order[k], WP_BOOT_MEDIA_START, &files[medium.count++]);
			wp_boot_judge_medium(arena, &medium, (struct wp_svn){ 0 });
			cr_expect_eq(medium.verdict, rows[i].verdict, "row %zu, turned %d: %s", i, turned, wp_boot_verdict_name(medium.verdict));
			cr_expect(wp_boot_medium_sentence(medium.verdict), "row %zu has no sentence", i);
			wp_arena_free(arena);
		}
	}
}

Test(boot_medium, svn)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_boot_file file;
	struct wp_boot_image medium = { .known = true, .files = &file, .count = 1 };

	make(arena, BY_2023, WP_BOOT_MEDIA_START, &file);
	((struct wp_boot_program *)file.program)->has_svn = true;
	((struct wp_boot_program *)file.program)->svn_major = 8;
	wp_boot_judge_medium(arena, &medium, (struct wp_svn){ true, 8, 0 });
	cr_expect_eq(medium.diags.count, 0);
	wp_boot_judge_medium(arena, &medium, (struct wp_svn){ true, 8, 1 });
	cr_assert_eq(medium.diags.count, 1);
	cr_expect_str_eq(medium.diags.items[0].code, "boot-svn-low");
	/* What a disc starts by counts its SVNs in a series of its own. */
	file.role = WP_BOOT_DISC_START;
	medium.diags.count = 0;
	wp_boot_judge_medium(arena, &medium, (struct wp_svn){ true, 8, 1 });
	cr_expect_eq(medium.diags.count, 0);
	wp_arena_free(arena);
}
