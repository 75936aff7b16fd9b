/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signatures of one program: what is proven, and what is refused. */
#include "boot_fixture.h"

#include "wimplan/boot_facts.h"
#include "wimplan/limits.h"

#include <criterion/criterion.h>

Test(boot_signature, proven)
{
	struct cast cast;
	struct pe pe = pe_make(&form);
	const struct wp_boot_program *program;

	begin(&cast);
	pe_sign(&pe, &cast.by_known, &cast.known);
	program = read_pe(&cast, &pe);
	cr_assert_eq(program->signature_count, 1);
	cr_expect_str_eq(program->signatures[0].signer, "Microsoft Windows");
	cr_expect_str_eq(program->signatures[0].issuer, "Microsoft Windows Production PCA 2011");
	cr_expect(program->signatures[0].known && program->signatures[0].signature_agrees && program->signatures[0].digest_agrees);
	cr_expect_eq(program->signatures[0].authority, WP_AUTHORITY_WINDOWS_2011);
	cr_expect(!program->signatures[0].nested && !program->signatures[0].timestamp.known);
	cr_expect_str_eq(only_code(program), "");
	end(&cast);
}

/* Each of the checks is needed, for each is all that stands against one forgery. */
Test(boot_signature, not_proven)
{
	struct cast cast;
	struct pe pe = pe_make(&form);
	const struct wp_boot_signature *signature;

	begin(&cast);
	pe_sign(&pe, &cast.by_forged, &cast.forged);
	signature = read_pe(&cast, &pe)->signatures;
	cr_expect(!signature->known, "a certificate that only has the name");
	cr_expect_eq(signature->authority, WP_AUTHORITY_WINDOWS_2011);
	cr_expect(signature->signature_agrees && signature->digest_agrees);

	pe = pe_make(&form);
	pe_sign(&pe, &cast.by_forged, &cast.known);
	signature = read_pe(&cast, &pe)->signatures;
	cr_expect(!signature->known, "the real certificate beside a signer that another one of that name issued");

	pe = pe_make(&form);
	pe_sign(&pe, &cast.by_known, NULL);
	signature = read_pe(&cast, &pe)->signatures;
	cr_expect(!signature->known && signature->signature_agrees, "a certificate that is not there");

	pe = pe_make(&form);
	pe_sign(&pe, &cast.by_known, &cast.known);
	pe.bytes[PE_TEXT + 3] ^= 1;
	signature = read_pe(&cast, &pe)->signatures;
	cr_expect(signature->known && signature->signature_agrees && !signature->digest_agrees, "a byte of the code");

	pe = pe_make(&form);
	pe_sign(&pe, &cast.by_known, &cast.known);
	/* The last bytes are the signature's value, then padding. */
	for (size_t i = 9; i < 20; i++)
		pe.bytes[pe.size - i] ^= 1;
	signature = read_pe(&cast, &pe)->signatures;
	cr_expect(signature && signature->known && !signature->signature_agrees && signature->digest_agrees, "a byte of the signature");
	end(&cast);
}

Test(boot_signature, part_of_a_name_is_none)
{
	struct cast cast;
	struct pe_party like = pe_party("Microsoft Windows Production PCA 2011 ", NULL), leaf = pe_party("x", &like);
	struct pe pe = pe_make(&form);

	begin(&cast);
	pe_sign(&pe, &leaf, &like);
	cr_expect_eq(read_pe(&cast, &pe)->signatures[0].authority, WP_AUTHORITY_OTHER);
	end(&cast);
	pe_party_free(&like);
	pe_party_free(&leaf);
}

Test(boot_signature, several_entries)
{
	struct cast cast;
	struct pe pe = pe_make(&form);
	const struct wp_boot_program *program;

	begin(&cast);
	for (size_t i = 0; i < WP_LIMIT_SIGNATURE_ENTRIES; i++)
		pe_sign(&pe, i % 2 ? &cast.by_forged : &cast.by_known, i % 2 ? &cast.forged : &cast.known);
	program = wp_boot_program_read(cast.arena, pe.bytes, pe.size, cast.authorities);
	cr_expect_eq(program->signature_count, WP_LIMIT_SIGNATURE_ENTRIES);
	cr_expect(program->signatures[0].known && !program->signatures[1].known);
	cr_expect(program->signatures[0].digest_agrees && program->signatures[15].digest_agrees);
	cr_expect_str_eq(only_code(program), "");
	pe_sign(&pe, &cast.by_known, &cast.known);
	program = read_pe(&cast, &pe);
	cr_expect_eq(program->signature_count, WP_LIMIT_SIGNATURE_ENTRIES);
	cr_expect_str_eq(only_code(program), WP_BOOT_SIGNATURE_UNREAD);
	end(&cast);
}

/*
 * Signatures under both certificates, and an entry that takes the room: of a kind that is none of a signature it takes none, and otherwise
 * nothing is said of what stands behind it, now or out of what is remembered; nor where it is of a kind that only firmware may know.
 */
Test(boot_signature, what_stands_behind_a_large_entry)
{
	static const struct {
		const char *order; /* of the signatures under 2011 and 2023, and the entry */
		uint16_t kind;
		enum wp_boot_verdict verdict;
	} rows[] = {
		{ "13x", 2, WP_BOOT_BOTH },    { "1x3", 2, WP_BOOT_UNPROVEN },    { "3x1", 2, WP_BOOT_UNPROVEN },
		{ "1x3", 1, WP_BOOT_BOTH },	   { "1x", 1, WP_BOOT_2011_ONLY },	  { "x", 2, WP_BOOT_UNPROVEN },
		{ "1x3", 0xef0, WP_BOOT_BOTH },	   { "1x", 0xef0, WP_BOOT_UNPROVEN },	  { "x3", 0xef0, WP_BOOT_UNPROVEN },
		{ "1x3", 0xef1, WP_BOOT_BOTH },	   { "1x", 0xef1, WP_BOOT_UNPROVEN },	  { "x3", 0xef1, WP_BOOT_UNPROVEN },
	};
	static uint8_t large[WP_LIMIT_SIGNATURE_BYTES];
	struct cast cast;
	struct pe_party new = pe_party("Windows UEFI CA 2023", NULL), by_new = pe_party("Microsoft Windows", &new);
	struct wp_authority_row both[2];

	begin(&cast);
	both[0] = cast.row;
	both[1] = (struct wp_authority_row){ WP_AUTHORITY_WINDOWS_2023, "Windows UEFI CA 2023", new.sha256 };
	cast.authorities = (struct wp_authorities){ both, 2 };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pe pe = pe_make(&form);
		struct wp_boot_file file = { .role = WP_BOOT_MANAGER, .path = "bootmgfw.efi" };
		struct wp_boot_image image = { .known = true, .files = &file, .count = 1 };
		struct wp_boot_starts starts;
		struct wp_boot_facts facts;

		for (const char *what = rows[i].order; *what; what++) {
			size_t at = pe.size;

			if (*what == 'x') {
				pe_add_entry(&pe, large, sizeof large);
				pe_put(pe.bytes, at + 6, 2, rows[i].kind);
			} else {
				pe_sign(&pe, *what == '1' ? &cast.by_known : &by_new, *what == '1' ? &cast.known : &new);
			}
		}
		file.program = read_pe(&cast, &pe);
		wp_boot_judge(cast.arena, &image, (struct wp_svn){ 0 });
		cr_expect_eq(image.verdict, rows[i].verdict, "row %zu: %s", i, wp_boot_verdict_name(image.verdict));
		cr_expect_eq(!!strstr(wp_boot_verdict_sentence(cast.arena, &image), ": not all of its signatures were looked at."),
			     rows[i].verdict == WP_BOOT_UNPROVEN, "row %zu", i);
		wp_boot_facts_make(cast.arena, (struct wp_boot_starts){ &image, 1 }, &facts);
		cr_assert(wp_boot_facts_open(cast.arena, &facts, &starts));
		cr_expect_eq(starts.items[0].verdict, rows[i].verdict, "row %zu, remembered", i);
	}
	end(&cast);
	pe_party_free(&by_new);
	pe_party_free(&new);
}

/* That it has no signature is not said of a program whose table cannot be read, nor that who signed it is the same. */
Test(boot_signature, tables_that_cannot_be_read)
{
	enum { AS_IT_IS, CUT, HUGE, OUTSIDE, NO_LENGTH, GARBAGE, NONE };
	static const struct {
		const char *doubt;
		bool is_unsigned, in_part;
	} rows[] = {
		[AS_IT_IS] = { NULL, false, false },
		[CUT] = { "not all of its signatures were looked at", false, true },
		[HUGE] = { "not all of its signatures were looked at", false, true },
		[OUTSIDE] = { "not all of its signatures were looked at", false, true },
		[NO_LENGTH] = { "not all of its signatures were looked at", false, true },
		[GARBAGE] = { "its signature cannot be read", false, true },
		[NONE] = { "it has no signature", true, false },
	};
	struct cast cast;

	begin(&cast);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pe pe = pe_make(&form);
		struct wp_boot_file file = { .role = WP_BOOT_MANAGER, .path = "bootmgfw.efi" };
		struct wp_boot_difference differs;

		if (i == GARBAGE)
			pe_add_entry(&pe, (const uint8_t *)"0", 1);
		else if (i != NONE)
			pe_sign(&pe, &cast.by_known, &cast.known);
		pe.size -= i == CUT ? 100 : 0;
		if (i == HUGE)
			pe_put(pe.bytes, PE_CERTIFICATES + 4, 4, 0xffffffff);
		if (i == OUTSIDE)
			pe_put(pe.bytes, PE_CERTIFICATES, 4, pe.size + 1);
		if (i == NO_LENGTH)
			pe_put(pe.bytes, PE_END, 4, 0);
		file.program = read_pe(&cast, &pe);
		cr_expect_eq(wp_boot_is_unsigned(file.program), rows[i].is_unsigned, "row %zu", i);
		cr_expect_eq(wp_boot_is_known_in_part(file.program), rows[i].in_part, "row %zu", i);
		cr_expect_eq(wp_boot_is_unproven(&file), rows[i].doubt != NULL, "row %zu", i);
		differs = wp_boot_compare(file.program, &(struct wp_boot_program){ .readable = true });
		cr_expect_eq(differs.signers, i == AS_IT_IS, "row %zu", i);
		cr_expect_eq(differs.signers_unknown, rows[i].in_part, "row %zu", i);
		if (rows[i].doubt)
			cr_expect_str_eq(wp_boot_doubt(&file), rows[i].doubt, "row %zu", i);
	}
	end(&cast);
}

Test(boot_signature, entries_that_lie)
{
	static const uint64_t lengths[] = { 0, 7, 0xffffffff, 0x7fffffff };

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct cast cast = { .arena = wp_arena_new() };
		struct pe pe = pe_make(&form);

		pe_add_entry(&pe, (const uint8_t *)"0", 1);
		pe_put(pe.bytes, PE_END, 4, lengths[i]);
		cr_expect_str_eq(only_code(read_pe(&cast, &pe)), WP_BOOT_SIGNATURE_UNREAD, "%zu", i);
		wp_arena_free(cast.arena);
	}
}

/* An entry whose kind a GUID tells has a signature as good as any other where that is the one of PKCS #7. */
Test(boot_signature, entries_of_uefi)
{
	static const uint8_t guid[] = { 0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49, 0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7 };
	static const struct {
		size_t flipped, length; /* a byte of the GUID, bytes of the entry; 0: none, all */
		const char *code;
	} rows[] = { { 0, 0, "" }, { 15, 0, WP_BOOT_SIGNATURE_UNREAD }, { 0, 24, "boot-signature-odd" }, { 0, 23, WP_BOOT_SIGNATURE_UNREAD }, { 0, 8, WP_BOOT_SIGNATURE_UNREAD } };
	struct cast cast;

	begin(&cast);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pe pe = pe_make(&form);
		const struct wp_boot_program *program;
		uint8_t digest[32], *der, *entry;
		int size;

		pe_digest(&pe, digest);
		der = pe_pkcs7(digest, &cast.by_known, &cast.known, &size);
		entry = wp_must(malloc(sizeof guid + (size_t)size));
		memcpy(entry, guid, sizeof guid);
		memcpy(entry + sizeof guid, der, (size_t)size);
		entry[rows[i].flipped] ^= rows[i].flipped ? 1 : 0;
		pe_add_entry(&pe, entry, rows[i].length ? rows[i].length - 8 : sizeof guid + (size_t)size);
		pe_put(pe.bytes, PE_END + 6, 2, 0xef1);
		program = read_pe(&cast, &pe);
		cr_expect_str_eq(only_code(program), rows[i].code, "row %zu: %s", i, only_code(program));
		cr_expect_not(wp_boot_is_unsigned(program), "row %zu", i);
		cr_assert_eq(program->signature_count, i == 0, "row %zu", i);
		if (i == 0)
			cr_expect(program->signatures[0].known && program->signatures[0].digest_agrees && program->signatures[0].signature_agrees);
		OPENSSL_free(der);
		free(entry);
	}
	end(&cast);
}

/*
 * BER may leave lengths out and write them longer than they are. Of a signature as a whole firmware takes neither; of what is in one it
 * may, so that nothing is said of it.
 */
Test(boot_signature, signatures_in_ber)
{
	enum { AS_IT_IS, OUTER, INNER, LONGER };
	static const struct {
		const char *code;
		size_t count;
	} rows[] = { [AS_IT_IS] = { "", 1 }, [OUTER] = { "boot-signature-odd", 0 }, [INNER] = { WP_BOOT_SIGNATURE_UNREAD, 0 }, [LONGER] = { "boot-signature-odd", 0 } };
	struct cast cast;

	begin(&cast);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pe pe = pe_make(&form);
		const struct wp_boot_program *program;
		uint8_t digest[32], *der, *ber;
		/* The signature is a SEQUENCE of an identifier, which takes 11 bytes, and of the rest. */
		size_t at = i == INNER ? 4 + 11 : 0, length;
		const unsigned char *read;
		PKCS7 *pkcs7;
		int size;

		pe_digest(&pe, digest);
		der = pe_pkcs7(digest, &cast.by_known, &cast.known, &size);
		length = (size_t)size;
		ber = wp_must(malloc(length + 1));
		memcpy(ber, der, length);
		cr_assert_eq(der[at + 1], 0x82);
		if (i == OUTER || i == INNER) {
			/* Two bytes of length less, and two that mark the end. */
			ber[at + 1] = 0x80;
			memcpy(ber + at + 2, der + at + 4, length - at - 4);
			memset(ber + length - 2, 0, 2);
		} else if (i == LONGER) {
			ber[1] = 0x83;
			ber[2] = 0;
			memcpy(ber + 3, der + 2, length++ - 2);
		}
		/* libcrypto takes all of them. */
		read = ber;
		pkcs7 = d2i_PKCS7(NULL, &read, (long)length);
		cr_assert(pkcs7 && read == ber + length, "row %zu", i);
		PKCS7_free(pkcs7);
		pe_add_entry(&pe, ber, length);
		program = read_pe(&cast, &pe);
		cr_expect_str_eq(only_code(program), rows[i].code, "row %zu: %s", i, only_code(program));
		cr_assert_eq(program->signature_count, rows[i].count, "row %zu", i);
		cr_expect_not(wp_boot_is_unsigned(program), "row %zu", i);
		if (rows[i].count)
			cr_expect(program->signatures[0].known && program->signatures[0].digest_agrees && program->signatures[0].signature_agrees);
		OPENSSL_free(der);
		free(ber);
	}
	end(&cast);
}

Test(boot_signature, der_that_lies)
{
	static const struct {
		const char *label, *bytes;
		size_t size;
	} cases[] = {
		{ "nothing", "", 0 },
		{ "a length of 4 GiB", "\x30\x84\xff\xff\xff\xff\x06\x01\x2a", 9 },
		{ "an indefinite length", "\x30\x80\x06\x01\x2a\x00\x00", 7 },
		{ "data", "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 13 },
	};
	uint8_t deep[4096];

	for (size_t i = 0; i < sizeof deep; i += 2)
		memcpy(deep + i, "\x30\x80", 2);
	for (size_t i = 0; i <= sizeof cases / sizeof *cases; i++) {
		bool last = i == sizeof cases / sizeof *cases;
		struct cast cast = { .arena = wp_arena_new() };
		struct pe pe = pe_make(&form);

		pe_add_entry(&pe, last ? deep : (const uint8_t *)cases[i].bytes, last ? sizeof deep : cases[i].size);
		cr_expect_str_eq(only_code(read_pe(&cast, &pe)), "boot-signature-odd", "%s", last ? "deep" : cases[i].label);
		wp_arena_free(cast.arena);
	}
}

Test(boot_signature, table_of_authorities)
{
	struct wp_authorities ours = wp_authorities();

	/* The table itself: four certificates, each digest once, names that are not parts of each other's. */
	cr_assert_eq(ours.count, 4);
	for (size_t i = 0; i < ours.count; i++) {
		cr_expect(wp_hash_is(ours.rows[i].sha256), "%zu", i);
		for (size_t k = 0; k < i; k++)
			cr_expect_str_neq(ours.rows[i].sha256, ours.rows[k].sha256);
	}
}
