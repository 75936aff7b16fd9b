/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which programs a plan says to start images otherwise than before: what is told once, what cannot be, how much of it, and as JSON. */
#include "wimplan/limits.h"

#include "../../src/plan/plan_boot.h"
#include "../../src/report/boot_words.h"
#include "../../src/report/plan_boot_words.h"

#include <criterion/criterion.h>
#include <string.h>

#define MANAGER "\\Windows\\Boot\\EFI\\bootmgfw.efi"

static struct wp_boot_signature signature_of(const char *signer)
{
	return (struct wp_boot_signature){ .signer = signer, .issuer = "CA", .signature_agrees = true, .digest_known = true,
					   .digest_agrees = true, .authority = WP_AUTHORITY_OTHER };
}

static struct wp_boot_program program_of(struct wp_boot_signature *signature, const char *version, uint16_t svn)
{
	return (struct wp_boot_program){ .readable = true, .version = version, .has_svn = true, .svn_major = svn, .signatures = signature,
					 .signature_count = 1 };
}

static struct wp_boot_file file_of(const char *path, const struct wp_boot_program *program)
{
	return (struct wp_boot_file){ .role = WP_BOOT_MANAGER, .path = path, .program = program };
}

static struct wp_boot_image image_of(struct wp_boot_file *file)
{
	return (struct wp_boot_image){ .known = true, .verdict = WP_BOOT_2023, .files = file, .count = 1 };
}

static void leave_signature_unread(struct wp_arena *arena, struct wp_boot_program *program)
{
	wp_diag_add(arena, &program->diags, WP_SEVERITY_WARNING, WP_BOOT_SIGNATURE_UNREAD, NULL, "%s", "");
}

static struct wp_content_change *compare(struct wp_arena *arena, const struct wp_boot_image *old, size_t old_count,
					 const struct wp_boot_image *new, size_t new_count)
{
	const struct wp_boot_starts was = { old, old_count }, is = { new, new_count };
	struct wp_content_change *change = wp_arena_alloc(arena, sizeof *change);

	wp_plan_boot_compare(arena, &was, &is, change);
	return change;
}

/* Writes it, and reads that again. */
static struct wp_content_change *read_again(struct wp_arena *arena, const struct wp_content_change *change)
{
	json_t *first = wp_plan_boot_json(change), *second;
	struct wp_decoder decoder = { .arena = arena };
	struct wp_content_change *read = wp_arena_alloc(arena, sizeof *read);

	wp_plan_decode_boot(&decoder, first, read);
	cr_expect_null(decoder.damage, "%s", decoder.damage);
	second = wp_plan_boot_json(read);
	cr_expect(json_equal(first, second));
	json_decref(first);
	json_decref(second);
	return read;
}

static const char *text_of(struct wp_arena *arena, const struct wp_content_change *change)
{
	struct wp_buf text = { 0 };
	const char *rest = wp_plan_boot_rest(arena, change), *kept;

	for (size_t i = 0; i < change->boot_file_count; i++) {
		size_t count;
		const struct wp_diff_boot_row *rows = wp_plan_boot_rows(arena, &change->boot_files[i], &count);

		wp_buf_printf(&text, "%s\n", wp_plan_boot_line(arena, &change->boot_files[i]));
		for (size_t k = 0; k < count; k++)
			if (rows[k].sentence)
				wp_buf_printf(&text, "- %s\n+ %s\n", rows[k].old ? rows[k].old : "", rows[k].new ? rows[k].new : "");
	}
	wp_buf_puts(&text, rest ? rest : "");
	kept = wp_arena_strdup(arena, wp_buf_text(&text));
	wp_buf_free(&text);
	return kept;
}

/* One row for what is told, whatever it is made of. */
Test(plan_boot, what_of_a_program_is_told)
{
	enum { SAME, VERSION, SVN, NO_SVN, SIGNER, ISSUER, KNOWN, TIME, UNREAD, BOTH_UNREAD, OLD_NOT_READ, NEITHER_READ, GONE };
	static const struct {
		int what;
		const char *text; /* "%s": the row of a signature */
	} cases[] = {
		{ SAME, "" },
		{ VERSION, MANAGER " of image 1: version 1.0 → 2.0\n" },
		{ SVN, MANAGER " of image 1: SVN 9.0 → 2.0\n" },
		{ NO_SVN, MANAGER " of image 1: SVN 9.0 → none\n" },
		{ SIGNER, "%s" },
		{ ISSUER, "%s" },
		{ KNOWN, "%s" },
		{ TIME, "" },
		{ UNREAD, MANAGER " of image 1:\n- \n+ not all of its signatures were looked at, so that who signed it cannot be compared\n" },
		{ BOTH_UNREAD, "" },
		{ OLD_NOT_READ, MANAGER " of image 1:\n- not read: it is damaged\n+ \n" },
		{ NEITHER_READ, "" },
		{ GONE, "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		struct wp_boot_signature a = signature_of("a"), b = signature_of(cases[i].what == SIGNER ? "b" : "a");
		struct wp_boot_program was = program_of(&a, "1.0", 9), is = program_of(&b, cases[i].what == VERSION ? "2.0" : "1.0", 9);
		struct wp_boot_file before = file_of(MANAGER, &was), after = file_of(MANAGER, &is);
		struct wp_boot_image old = image_of(&before), new = image_of(&after);
		const struct wp_content_change *change;
		const char *wanted;

		is.svn_major = cases[i].what == SVN ? 2 : 9;
		is.has_svn = cases[i].what != NO_SVN;
		b.issuer = cases[i].what == ISSUER ? "other CA" : "CA";
		b.known = cases[i].what == KNOWN;
		b.timestamp.known = cases[i].what == TIME;
		if (cases[i].what == UNREAD || cases[i].what == BOTH_UNREAD)
			leave_signature_unread(arena, &is);
		if (cases[i].what == BOTH_UNREAD)
			leave_signature_unread(arena, &was);
		if (cases[i].what == OLD_NOT_READ || cases[i].what == NEITHER_READ)
			before = (struct wp_boot_file){ .role = WP_BOOT_MANAGER, .path = MANAGER, .not_read = "it is damaged" };
		if (cases[i].what == NEITHER_READ)
			after = before;
		new.count = cases[i].what != GONE;
		wanted = cases[i].text;
		if (!strcmp(wanted, "%s"))
			wanted = wp_arena_printf(arena, MANAGER " of image 1:\n- %s\n+ %s\n", wp_boot_words_signature(arena, &a),
						 wp_boot_words_signature(arena, &b));
		change = compare(arena, &old, 1, &new, 1);
		cr_expect_str_eq(text_of(arena, change), wanted);
		cr_expect_str_eq(text_of(arena, read_again(arena, change)), wanted);
	}
}

/* Images of one change stand together, also where they are of other trees; and nothing is said of what there is nothing to hold against. */
Test(plan_boot, images)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_boot_signature signature = signature_of("a");
	struct wp_boot_program nine = program_of(&signature, "1.0", 9), two = program_of(&signature, "1.0", 2), like = two;
	struct wp_boot_file before = file_of(MANAGER, &nine), after = file_of("\\windows\\boot\\efi\\BOOTMGFW.EFI", &two), twin = after;
	const struct wp_boot_image old[] = { image_of(&before), image_of(&before), image_of(&after), { .known = false }, image_of(&before) };
	struct wp_boot_image new[] = { image_of(&after), image_of(&after), image_of(&before), image_of(&after), image_of(&after),
				       image_of(&after) };
	const struct wp_content_change *change;

	twin.program = &like;
	new[4].files = &twin;
	change = compare(arena, old, 5, new, 6);
	cr_expect_str_eq(text_of(arena, read_again(arena, change)),
			 "\\windows\\boot\\efi\\BOOTMGFW.EFI of images 1–2, 5: SVN 9.0 → 2.0\n" MANAGER " of image 3: SVN 2.0 → 9.0\n"
			 "What starts 1 image is not known of both contents.");
	/* Nothing of one content. */
	change = compare(arena, old, 0, new, 6);
	cr_expect(!change->boot_old.count && change->boot_new.count == 1 && !change->boot_file_count && !change->boot_unknown);
	cr_expect_str_eq(text_of(arena, read_again(arena, change)), "");
}

/* A plan takes so much of it, and what is beyond is counted. */
Test(plan_boot, is_bounded)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	static char name[WP_LIMIT_PLAN_BOOT];
	/* All that is not the name: of the file, of its sides, of their signatures, the path, both versions, the other names, an image. */
	const size_t most = WP_LIMIT_PLAN_BOOT - 5 * 200 - strlen(MANAGER) - 2 * strlen("1.0") - 2 * strlen("CA") - strlen("a") - 8;
	struct wp_boot_signature a = signature_of("a"), b = signature_of(name);
	struct wp_boot_program was = program_of(&a, "1.0", 9), is = program_of(&b, "1.0", 9);
	struct wp_boot_file before = file_of(MANAGER, &was), after = file_of(MANAGER, &is);
	struct wp_boot_image old[600], new[600];
	const struct wp_content_change *change;

	for (size_t i = 0; i < 600; i++) {
		old[i] = image_of(&before);
		new[i] = image_of(&after);
	}
	memset(name, 'x', most);
	change = compare(arena, old, 1, new, 1);
	cr_expect(change->boot_file_count == 1 && !change->boot_left_out);
	change = compare(arena, old, 2, new, 2);
	cr_expect(change->boot_file_count == 1 && change->boot_left_out == 1, "there is no room for the number of the second image");
	cr_assert_str_eq(wp_plan_boot_rest(arena, change), "1 more boot file of images that start otherwise is not listed.");
	name[most] = 'x';
	change = compare(arena, old, 3, new, 3);
	cr_expect(!change->boot_file_count && change->boot_left_out == 3);
	cr_expect_str_eq(text_of(arena, read_again(arena, change)), "3 more boot files of images that start otherwise are not listed.");
	/* What every image has in common costs little. */
	name[1] = '\0';
	change = compare(arena, old, 600, new, 600);
	cr_assert_eq(change->boot_file_count, 1);
	cr_expect(change->boot_files[0].image_count == 600 && !change->boot_left_out);
}

#define SIDE(fields) "{\"not_read\":null,\"program\":true,\"file_version\":\"1\",\"signatures\":[],\"signatures_complete\":true" fields "}"
#define SIGNATURE(authority) \
	"{\"program\":true,\"signatures\":[{\"nested\":false,\"signature_agrees\":true,\"known\":true,\"authority\":\"" authority \
	"\"}],\"signatures_complete\":true}"
#define FILE_OF(role, images, old) \
	"{\"old\":[\"both\"],\"new\":[\"both\"],\"files_left_out\":0,\"images_unknown\":0,\"files\":[{\"role\":\"" role "\",\"path\":\"p\",\"images\":" \
	images ",\"old\":" old ",\"new\":" SIDE(",\"svn\":\"2.0\"") "}]}"

/* What a later version may write is counted; what is nothing that any version writes is damage. */
Test(plan_boot, odd_json)
{
	static const struct {
		const char *json, *damage;
		uint64_t files, left_out;
	} cases[] = {
		{ "null", NULL, 0, 0 },
		{ "{\"old\":[\"both\"],\"new\":[\"both\"]}", NULL, 0, 0 },
		{ FILE_OF("boot-manager", "[1,4294967295]", SIDE(",\"svn\":\"65535.65535\"")), NULL, 1, 0 },
		{ FILE_OF("boot-manager", "[1]", SIDE(",\"svn\":\"2.0\"")), NULL, 0, 0 },
		{ FILE_OF("kitten", "[1,2]", SIDE(",\"svn\":\"9.0\"")), NULL, 0, 2 },
		{ FILE_OF("boot-manager", "[1]", SIGNATURE("other")), NULL, 1, 0 },
		{ FILE_OF("boot-manager", "[1]", SIGNATURE("windows-2040")), NULL, 0, 1 },
		{ FILE_OF("boot-manager", "[0]", SIDE(",\"svn\":\"9.0\"")), "images of boot holds what is none", 1, 0 },
		{ FILE_OF("boot-manager", "[4294967296]", SIDE(",\"svn\":\"9.0\"")), "images of boot holds what is none", 1, 0 },
		{ FILE_OF("boot-manager", "1", SIDE(",\"svn\":\"9.0\"")), "images is missing or no array", 0, 0 },
		{ FILE_OF("boot-manager", "[1]", SIDE(",\"svn\":\"65536.0\"")), "an svn of boot is none", 0, 0 },
		{ FILE_OF("boot-manager", "[1]", "null"), "signatures is missing or no array", 0, 0 },
		{ FILE_OF("boot-manager", "[1]", SIDE(",\"program\":1")), "program is missing or neither", 0, 0 },
		{ "{\"files\":[],\"files_left_out\":-1,\"images_unknown\":0}", "files_left_out is missing or no whole number", 0, 0 },
		{ "{\"files\":1}", "files is missing or no array", 0, 0 },
		{ "{\"old\":[1]}", "old of boot holds something that is no text", 0, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		json_t *boot = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		struct wp_decoder decoder = { .arena = arena };
		struct wp_content_change change = { .update_count = 0 };

		cr_assert(boot, "%s", cases[i].json);
		wp_plan_decode_boot(&decoder, boot, &change);
		cr_expect_eq(!decoder.damage, !cases[i].damage, "%s: %s", cases[i].json, decoder.damage);
		if (decoder.damage && cases[i].damage)
			cr_expect(strstr(decoder.damage, cases[i].damage), "%s: %s", cases[i].json, decoder.damage);
		cr_expect_eq(change.boot_file_count, cases[i].files, "%s", cases[i].json);
		cr_expect_eq(change.boot_left_out, cases[i].left_out, "%s", cases[i].json);
		json_decref(boot);
	}
}
