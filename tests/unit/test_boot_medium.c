/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one verdict on all programs by which firmware starts a medium. */
#include "wimplan/boot.h"

#include <criterion/criterion.h>
#include <string.h>

enum by { NOT_READ, NOBODY, THIRD, FOURTH, BY_2011, BY_2023, BOTH, FORGED, ALTERED, NONE, JOINT, ALL };

static struct wp_boot_signature signature_of(enum wp_authority authority, bool known)
{
	return (struct wp_boot_signature){ .signer = "a", .issuer = "b", .signature_agrees = true, .digest_known = true, .digest_agrees = true,
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
	program->signatures = wp_arena_alloc(arena, 3 * sizeof *program->signatures);
	if (by == THIRD || by == JOINT || by == ALL)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_OTHER, false);
	if (by == FOURTH) {
		program->signatures[program->signature_count] = signature_of(WP_AUTHORITY_OTHER, false);
		program->signatures[program->signature_count++].issuer = "c";
	}
	if (by == BY_2011 || by == BOTH || by == JOINT || by == ALL)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_WINDOWS_2011, true);
	if (by == BY_2023 || by == BOTH || by == ALL)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_WINDOWS_2023, true);
	if (by == FORGED)
		program->signatures[program->signature_count++] = signature_of(WP_AUTHORITY_WINDOWS_2023, false);
	if (by == ALTERED) {
		program->signatures[program->signature_count] = signature_of(WP_AUTHORITY_WINDOWS_2023, true);
		program->signatures[program->signature_count++].digest_agrees = false;
	}
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
		{ THIRD, FOURTH, WP_BOOT_MIXED },        { THIRD, THIRD, WP_BOOT_THIRD_PARTY },
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
			cr_expect(*wp_boot_medium_sentence(arena, &medium), "row %zu has no sentence", i);
			wp_arena_free(arena);
		}
	}
}

/* Where there may be others, nothing is said of all, nor that there is none. */
Test(boot_medium, in_part)
{
	static const struct {
		enum by by;
		const char *words;
	} rows[] = {
		{ NONE, "It is not known whether there is an efi/boot/boot*.efi on it" }, { BY_2011, "Not all of its file system was read" },
		{ NOBODY, "Not all of its file system was read" },			  { NOT_READ, "Not all of its file system was read" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_boot_file files[2];
		struct wp_boot_image medium = { .known = true, .in_part = true, .files = files };

		make(arena, BY_2023, WP_BOOT_MEDIA_MANAGER, &files[medium.count++]);
		if (rows[i].by != NONE)
			make(arena, rows[i].by, WP_BOOT_MEDIA_START, &files[medium.count++]);
		wp_boot_judge_medium(arena, &medium, (struct wp_svn){ 0 });
		cr_expect_eq(medium.verdict, WP_BOOT_NOT_READ, "row %zu: %s", i, wp_boot_verdict_name(medium.verdict));
		cr_expect(strstr(wp_boot_medium_sentence(arena, &medium), rows[i].words), "row %zu: %s", i, wp_boot_medium_sentence(arena, &medium));
		wp_arena_free(arena);
	}
}

/* That firmware never trusted the certificate of 2011 is no reason where somebody else has signed the program too. */
Test(boot_medium, sentences)
{
	static const struct {
		enum by by;
		const char *image, *medium; /* what is in the sentence */
		bool rests;
	} rows[] = {
		{ BY_2011, "Its boot manager is signed under the certificate of 2011 alone: ", "What firmware starts it by is signed under the certificate of 2011 alone", true },
		{ JOINT, "neither signer is trusted", "neither signer is trusted", true },
		{ BY_2023, "firmware knows only that of 2011", "firmware knows only that of 2011", false },
		{ BOTH, "trusts neither of them", "trusts neither of them", true },
		{ ALL, "trusts none of them", "trusts none of them", true },
		{ NOBODY, "Who signed its boot manager is not proven: it has no signature.", "Who signed what firmware starts it by is not proven: it has no signature.", false },
		{ FORGED, "only has the name of a known certificate", "only has the name of a known certificate", false },
		{ NOT_READ, "Its boot manager could not be read", "What firmware starts it by could not be read", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_boot_file file;
		struct wp_boot_image image = { .known = true, .files = &file, .count = 1 };

		make(arena, rows[i].by, WP_BOOT_MANAGER, &file);
		wp_boot_judge(arena, &image, (struct wp_svn){ 0 });
		cr_expect(strstr(wp_boot_verdict_sentence(arena, &image), rows[i].image), "row %zu: %s", i, wp_boot_verdict_sentence(arena, &image));
		cr_expect_eq(wp_boot_rests_on_2011(&image), rows[i].rests, "row %zu", i);
		file.role = WP_BOOT_MEDIA_START;
		wp_boot_judge_medium(arena, &image, (struct wp_svn){ 0 });
		cr_expect(strstr(wp_boot_medium_sentence(arena, &image), rows[i].medium), "row %zu: %s", i, wp_boot_medium_sentence(arena, &image));
		wp_arena_free(arena);
	}
}

/* Each cause by itself, and several. */
Test(boot_medium, doubts)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_boot_signature signatures[2] = { signature_of(WP_AUTHORITY_WINDOWS_2011, true), signature_of(WP_AUTHORITY_WINDOWS_2011, true) };
	struct wp_boot_program program = { .readable = true, .signatures = signatures, .signature_count = 1 };
	struct wp_boot_file file = { .role = WP_BOOT_MANAGER, .path = "bootmgfw.efi", .program = &program };
	struct wp_boot_image image = { .known = true, .files = &file, .count = 1 };

#define EXPECT_DOUBT(text) \
	wp_boot_judge(arena, &image, (struct wp_svn){ 0 }); \
	cr_expect_str_eq(wp_boot_verdict_sentence(arena, &image), "Who signed its boot manager is not proven: " text ".")

	signatures[0].digest_agrees = false;
	EXPECT_DOUBT("it is not what was signed, for its digest is another one");
	signatures[0].digest_known = false;
	EXPECT_DOUBT("whether it is what was signed cannot be told");
	signatures[1].signature_agrees = false;
	program.signature_count = 2;
	EXPECT_DOUBT("there are several reasons, which are shown");
	signatures[0] = signatures[1];
	EXPECT_DOUBT("its signature does not agree with the certificate that it names");
	/* What stands within another signature counts for nothing. */
	signatures[1].nested = true;
	signatures[1].digest_known = false;
	EXPECT_DOUBT("its signature does not agree with the certificate that it names");
	wp_diag_add(arena, &program.diags, WP_SEVERITY_WARNING, WP_BOOT_SIGNATURE_UNREAD, NULL, "too many");
	EXPECT_DOUBT("there are several reasons, which are shown");
	signatures[0] = signature_of(WP_AUTHORITY_WINDOWS_2011, true);
	EXPECT_DOUBT("not all of its signatures were looked at");
	signatures[0].authority = WP_AUTHORITY_OTHER;
	EXPECT_DOUBT("not all of its signatures were looked at");
	program.signature_count = 0;
	EXPECT_DOUBT("not all of its signatures were looked at");
	cr_expect_not(wp_boot_is_unsigned(&program));
	program.diags.count = 0;
	wp_diag_add(arena, &program.diags, WP_SEVERITY_WARNING, "boot-signature-odd", NULL, "odd");
	EXPECT_DOUBT("its signature cannot be read");
	program.readable = false;
	EXPECT_DOUBT("it is no program that can be read");
#undef EXPECT_DOUBT
	wp_arena_free(arena);
}

/*
 * What starts from the network beside a boot manager: signed by another one it makes the verdict, whoever that is; where it is not proven
 * who signed it the verdict is that of the boot manager, and the sentence and a finding say so.
 */
Test(boot_medium, start_from_the_network)
{
	static const struct {
		enum by manager, network;
		enum wp_boot_verdict verdict;
		const char *doubt; /* of the finding; NULL: none. "": the sentence alone says that it was not read. */
	} rows[] = {
		{ BY_2023, BY_2023, WP_BOOT_2023, NULL },
		{ BY_2023, NONE, WP_BOOT_2023, NULL },
		{ BY_2023, BY_2011, WP_BOOT_MIXED, NULL },
		{ BY_2023, BOTH, WP_BOOT_2023, NULL },
		{ BY_2023, THIRD, WP_BOOT_MIXED, NULL },
		{ BOTH, THIRD, WP_BOOT_MIXED, NULL },
		{ THIRD, BY_2023, WP_BOOT_MIXED, NULL },
		{ THIRD, THIRD, WP_BOOT_THIRD_PARTY, NULL },
		{ THIRD, FOURTH, WP_BOOT_MIXED, NULL },
		{ JOINT, THIRD, WP_BOOT_2011_ONLY, NULL },
		{ BY_2023, NOBODY, WP_BOOT_2023, "it has no signature" },
		{ BY_2023, FORGED, WP_BOOT_2023, "its signature only has the name of a known certificate" },
		{ BY_2011, ALTERED, WP_BOOT_2011_ONLY, "it is not what was signed, for its digest is another one" },
		{ THIRD, FORGED, WP_BOOT_THIRD_PARTY, "its signature only has the name of a known certificate" },
		{ BY_2023, NOT_READ, WP_BOOT_2023, "" },
		{ NONE, NOBODY, WP_BOOT_NO_MANAGER, "it has no signature" },
		{ NOBODY, FORGED, WP_BOOT_UNPROVEN, "its signature only has the name of a known certificate" },
		{ NOT_READ, NOT_READ, WP_BOOT_NOT_READ, NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_boot_file files[2];
		struct wp_boot_image image = { .known = true, .files = files };
		const char *doubt = rows[i].doubt, *sentence;
		bool judged = rows[i].verdict != WP_BOOT_UNPROVEN;

		if (rows[i].manager != NONE)
			make(arena, rows[i].manager, WP_BOOT_MANAGER, &files[image.count++]);
		if (rows[i].network != NONE)
			make(arena, rows[i].network, WP_BOOT_NETWORK, &files[image.count++]);
		wp_boot_judge(arena, &image, (struct wp_svn){ 0 });
		cr_expect_eq(image.verdict, rows[i].verdict, "row %zu: %s", i, wp_boot_verdict_name(image.verdict));
		cr_expect_eq(image.diags.count, doubt && *doubt, "row %zu", i);
		if (image.diags.count) {
			cr_expect_str_eq(image.diags.items[0].code, "boot-network-unproven");
			cr_expect_str_eq(image.diags.items[0].summary,
					 wp_arena_printf(arena, "who signed efi/boot/bootx64.efi is not proven: %s", doubt));
		}
		sentence = wp_boot_verdict_sentence(arena, &image);
		cr_expect_eq(!!strstr(sentence, " Who signed its program for a start from the network is not proven."), doubt && *doubt && judged,
			     "row %zu: %s", i, sentence);
		cr_expect_eq(!!strstr(sentence, " Its program for a start from the network could not be read."), doubt && !*doubt, "row %zu: %s", i,
			     sentence);
		wp_arena_free(arena);
	}
}

/* That two are signed under different certificates is not said where one of them may be signed under both. */
Test(boot_medium, known_in_part)
{
	static const struct {
		enum by manager, network;
		bool manager_in_part, network_in_part;
		enum wp_boot_verdict verdict;
	} rows[] = {
		{ BY_2011, BY_2023, false, false, WP_BOOT_MIXED },   { BY_2011, BY_2023, false, true, WP_BOOT_2011_ONLY },
		{ BY_2011, BY_2023, true, false, WP_BOOT_UNPROVEN }, { BY_2023, BY_2023, true, false, WP_BOOT_UNPROVEN },
		{ THIRD, BY_2023, true, false, WP_BOOT_UNPROVEN },   { BOTH, BY_2023, true, true, WP_BOOT_BOTH },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_boot_file files[2];
		struct wp_boot_image image = { .known = true, .files = files, .count = 2 };
		const bool in_part[] = { rows[i].manager_in_part, rows[i].network_in_part };

		make(arena, rows[i].manager, WP_BOOT_MANAGER, &files[0]);
		make(arena, rows[i].network, WP_BOOT_NETWORK, &files[1]);
		for (size_t k = 0; k < 2; k++)
			if (in_part[k])
				wp_diag_add(arena, &((struct wp_boot_program *)files[k].program)->diags, WP_SEVERITY_WARNING,
					    WP_BOOT_SIGNATURE_UNREAD, NULL, "too many");
		wp_boot_judge(arena, &image, (struct wp_svn){ 0 });
		cr_expect_eq(image.verdict, rows[i].verdict, "row %zu: %s", i, wp_boot_verdict_name(image.verdict));
		wp_arena_free(arena);
	}
}

/* Firmware needs no certificate in the program: one that is only named may be the real one, unless something else speaks against it. */
Test(boot_medium, a_name_beside_what_is_proven)
{
	enum { IS_OLD, IS_NEW, IS_OTHER };
	static const enum wp_authority authorities[] = { WP_AUTHORITY_WINDOWS_2011, WP_AUTHORITY_WINDOWS_2023, WP_AUTHORITY_OTHER };
	static const struct {
		int proven, named;
		struct wp_boot_signature but; /* what of the latter is otherwise */
		enum wp_boot_verdict verdict;
	} rows[] = {
		{ IS_OLD, IS_NEW, { 0 }, WP_BOOT_UNPROVEN },
		{ IS_NEW, IS_OLD, { 0 }, WP_BOOT_UNPROVEN },
		{ IS_OTHER, IS_OLD, { 0 }, WP_BOOT_UNPROVEN },
		{ IS_OLD, IS_OLD, { 0 }, WP_BOOT_2011_ONLY },
		{ IS_NEW, IS_NEW, { 0 }, WP_BOOT_2023 },
		{ IS_OLD, IS_NEW, { .nested = true }, WP_BOOT_2011_ONLY },
		{ IS_OLD, IS_NEW, { .digest_agrees = true }, WP_BOOT_2011_ONLY },
		{ IS_OLD, IS_NEW, { .signature_agrees = true }, WP_BOOT_2011_ONLY },
		{ IS_OLD, IS_NEW, { .known = true }, WP_BOOT_BOTH },
	};
	struct wp_arena *arena = wp_arena_new();
	struct wp_boot_file network;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wp_boot_signature signatures[] = { signature_of(authorities[rows[i].proven], true), signature_of(authorities[rows[i].named], false) };
		struct wp_boot_program program = { .readable = true, .signatures = signatures, .signature_count = 2 };
		struct wp_boot_file files[] = { { .role = WP_BOOT_MANAGER, .path = "bootmgfw.efi", .program = &program }, { 0 } };
		struct wp_boot_image image = { .known = true, .files = files, .count = 1 };

		signatures[1].nested = rows[i].but.nested;
		signatures[1].known = rows[i].but.known;
		signatures[1].digest_agrees = !rows[i].but.digest_agrees;
		signatures[1].signature_agrees = !rows[i].but.signature_agrees;
		wp_boot_judge(arena, &image, (struct wp_svn){ 0 });
		cr_expect_eq(image.verdict, rows[i].verdict, "row %zu: %s", i, wp_boot_verdict_name(image.verdict));
		cr_expect_eq(wp_boot_is_doubtful(&files[0]), rows[i].verdict == WP_BOOT_UNPROVEN, "row %zu", i);
		if (rows[i].verdict == WP_BOOT_UNPROVEN)
			cr_expect_str_eq(wp_boot_verdict_sentence(arena, &image), "Who signed its boot manager is not proven: one of its signatures "
										  "only has the name of a known certificate.");
		/* As the program for a start from the network: that they are different is not said either. */
		files[1] = files[0];
		files[1].role = WP_BOOT_NETWORK;
		make(arena, rows[i].proven == IS_OLD ? BY_2023 : BY_2011, WP_BOOT_MANAGER, &files[0]);
		image.count = 2;
		wp_boot_judge(arena, &image, (struct wp_svn){ 0 });
		cr_expect_eq(image.verdict == WP_BOOT_MIXED, rows[i].verdict == WP_BOOT_2011_ONLY || rows[i].verdict == WP_BOOT_2023, "row %zu", i);
	}
	make(arena, NOT_READ, WP_BOOT_NETWORK, &network);
	cr_expect_not(wp_boot_is_doubtful(&network) || wp_boot_is_doubtful(NULL));
	wp_arena_free(arena);
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
