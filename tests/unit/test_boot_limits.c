/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bounds of what is read of one program, from both sides; and what somebody made up to be expensive or to look like another. */
#include "pe_make.h"

#include "wimplan/boot.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <criterion/criterion.h>
#include <openssl/dsa.h>
#include <openssl/param_build.h>

static const struct pe_form form = { 0x8664, { 10, 0, 28000, 317 }, 9, 0, 0x90 };
static const struct wp_authorities nobody;

#define SPC_NESTED "1.3.6.1.4.1.311.2.4.1"
#define SPC_STAMP "1.3.6.1.4.1.311.3.3.1"

struct cast {
	struct wp_arena *arena;
	struct pe_party ca, leaf;
	uint8_t digest[32]; /* of the program without signatures */
};

static void begin(struct cast *cast)
{
	struct pe pe = pe_make(&form);

	pe_add_entry(&pe, (const uint8_t *)"", 0);
	pe_digest(&pe, cast->digest);
	free(pe.bytes);
	cast->arena = wp_arena_new();
	cast->ca = pe_party("Acme CA", NULL);
	cast->leaf = pe_party("Acme", &cast->ca);
}

static void end(struct cast *cast)
{
	pe_party_free(&cast->ca);
	pe_party_free(&cast->leaf);
	wp_arena_free(cast->arena);
}

static uint8_t *sign(const struct cast *cast, int *size)
{
	return pe_pkcs7(cast->digest, &cast->leaf, &cast->ca, size);
}

/* A program whose only entry has these bytes, which are freed. */
static const struct wp_boot_program *read_entry(const struct cast *cast, uint8_t *der, size_t size)
{
	struct pe pe = pe_make(&form);
	const struct wp_boot_program *program;

	pe_add_entry(&pe, der, size);
	program = wp_boot_program_read(cast->arena, pe.bytes, pe.size, nobody);
	free(pe.bytes);
	OPENSSL_free(der);
	return program;
}

static const char *only_summary(const struct wp_boot_program *program)
{
	return program->diags.count == 1 ? program->diags.items[0].summary : program->diags.count ? "many" : "";
}

Test(boot_limits, certificates)
{
	struct cast cast;

	begin(&cast);
	for (unsigned int most = WP_LIMIT_CERTIFICATES; most <= WP_LIMIT_CERTIFICATES + 1; most++) {
		int size;
		uint8_t *der = sign(&cast, &size), *more = NULL;
		const unsigned char *at = der;
		PKCS7 *pkcs7 = d2i_PKCS7(NULL, &at, size);
		const struct wp_boot_program *program;

		for (unsigned int i = 2; i < most; i++)
			cr_assert_eq(PKCS7_add_certificate(pkcs7, cast.ca.certificate), 1);
		cr_assert_eq((unsigned int)sk_X509_num(pkcs7->d.sign->cert), most);
		size = i2d_PKCS7(pkcs7, &more);
		PKCS7_free(pkcs7);
		OPENSSL_free(der);
		program = read_entry(&cast, more, (size_t)size);
		if (most == WP_LIMIT_CERTIFICATES) {
			cr_assert_eq(program->signature_count, 1);
			cr_expect(program->signatures[0].signature_agrees && program->signatures[0].digest_agrees);
			cr_expect_str_eq(only_summary(program), "");
		} else {
			cr_expect_eq(program->signature_count, 0);
			cr_expect_str_eq(only_summary(program), "a signature has more than 64 certificates, and is not looked at");
		}
	}
	end(&cast);
}

/* A signature whose DER has so many bytes, by an attribute that nobody knows. */
static uint8_t *signature_of_size(const struct cast *cast, int wanted)
{
	int filling = wanted - 4096;

	for (;;) {
		uint8_t *filler = wp_must(calloc(1, (size_t)filling)), *der;
		int size;

		/* SEQUENCE { OCTET STRING }, whose lengths take three bytes each. */
		memcpy(filler, "\x30\x83", 2);
		pe_put(filler, 2, 1, (uint64_t)(filling - 5) >> 16);
		pe_put(filler, 3, 1, (uint64_t)(filling - 5) >> 8);
		pe_put(filler, 4, 1, (uint64_t)(filling - 5));
		memcpy(filler + 5, "\x04\x83", 2);
		pe_put(filler, 7, 1, (uint64_t)(filling - 10) >> 16);
		pe_put(filler, 8, 1, (uint64_t)(filling - 10) >> 8);
		pe_put(filler, 9, 1, (uint64_t)(filling - 10));
		der = sign(cast, &size);
		der = pe_beside(der, &size, "1.2.3.4.5", filler, filling);
		free(filler);
		if (size == wanted)
			return der;
		filling += wanted - size;
		OPENSSL_free(der);
	}
}

/* All entries of a program together: what does not fit is not looked at. */
Test(boot_limits, bytes_of_signatures)
{
	struct cast cast;

	begin(&cast);
	for (int more = 0; more < 2; more++) {
		struct pe pe = pe_make(&form);
		/* None has more than its length of two bytes can say. */
		enum { MIDDLE = 43000 };
		int size, rest;
		uint8_t *first = sign(&cast, &size), *middle = signature_of_size(&cast, MIDDLE), *last;
		const struct wp_boot_program *program;

		/* Each has eight bytes in front. */
		rest = (int)WP_LIMIT_SIGNATURE_BYTES - 8 - size - 2 * (8 + MIDDLE) - 8 + more;
		last = signature_of_size(&cast, rest);
		pe_add_entry(&pe, first, (size_t)size);
		pe_add_entry(&pe, middle, MIDDLE);
		pe_add_entry(&pe, middle, MIDDLE);
		pe_add_entry(&pe, last, (size_t)rest);
		program = wp_boot_program_read(cast.arena, pe.bytes, pe.size, nobody);
		cr_assert_eq(program->signature_count, more ? 3 : 4);
		for (size_t i = 0; i < program->signature_count; i++)
			cr_expect(program->signatures[i].signature_agrees && program->signatures[i].digest_agrees);
		cr_expect_str_eq(only_summary(program), more ? "its signatures have more than 128 KiB together, and no more are looked at" : "");
		OPENSSL_free(first);
		OPENSSL_free(middle);
		OPENSSL_free(last);
		free(pe.bytes);
	}
	end(&cast);
}

/* Each within the one before it. */
static uint8_t *nest(const struct cast *cast, unsigned int depth, int *size)
{
	uint8_t *der = pe_pkcs7(cast->digest, &cast->leaf, NULL, size);

	while (depth--) {
		int inner = *size;
		uint8_t *value = der;

		der = pe_beside(pe_pkcs7(cast->digest, &cast->leaf, NULL, size), size, SPC_NESTED, value, inner);
		OPENSSL_free(value);
	}
	return der;
}

Test(boot_limits, depth_of_signatures)
{
	static const unsigned int depths[] = { WP_LIMIT_SIGNATURE_DEPTH, WP_LIMIT_SIGNATURE_DEPTH + 1, 40 };
	struct cast cast;

	begin(&cast);
	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
		int size;
		uint8_t *der = nest(&cast, depths[i], &size);
		const struct wp_boot_program *program = read_entry(&cast, der, (size_t)size);

		cr_assert_eq(program->signature_count, 1 + WP_LIMIT_SIGNATURE_DEPTH, "%u", depths[i]);
		for (size_t k = 0; k < program->signature_count; k++) {
			cr_expect_eq(program->signatures[k].nested, k > 0);
			cr_expect(program->signatures[k].signature_agrees && program->signatures[k].digest_agrees);
		}
		cr_expect_str_eq(only_summary(program), i ? "there are more signatures within signatures than are looked at" : "");
		/* Firmware looks at none of these: what is said of the outer one stands. */
		cr_expect_not(wp_boot_is_known_in_part(program));
	}
	end(&cast);
}

Test(boot_limits, signatures_beside_each_other)
{
	struct cast cast;

	begin(&cast);
	for (unsigned int count = WP_LIMIT_SIGNATURES_NESTED; count <= WP_LIMIT_SIGNATURES_NESTED + 1; count++) {
		int size, inner;
		uint8_t *der = sign(&cast, &size), *value = sign(&cast, &inner);
		const struct wp_boot_program *program;

		for (unsigned int i = 0; i < count; i++)
			der = pe_beside(der, &size, SPC_NESTED, value, inner);
		OPENSSL_free(value);
		program = read_entry(&cast, der, (size_t)size);
		cr_expect_eq(program->signature_count, 1 + WP_LIMIT_SIGNATURES_NESTED);
		cr_expect_str_eq(only_summary(program), count > WP_LIMIT_SIGNATURES_NESTED ?
			"there are more signatures within signatures than are looked at" : "");
	}
	end(&cast);
}

/* A token is about one signature, and says nothing of another one. */
Test(boot_limits, time_stamps)
{
	struct cast cast;
	const struct wp_boot_program *program;
	ASN1_STRING *other = ASN1_OCTET_STRING_new();
	uint8_t *value = NULL, *good = NULL, *der;
	int size, length, good_length;
	const unsigned char *at;
	struct pe pe;
	PKCS7 *pkcs7;

	begin(&cast);
	for (enum pe_beside kind = PE_COUNTERSIGNED; kind <= PE_STAMPED; kind++) {
		pe = pe_make(&form);
		pe_sign_beside(&pe, &cast.leaf, &cast.ca, kind, &cast.ca, NULL);
		program = wp_boot_program_read(cast.arena, pe.bytes, pe.size, nobody);
		free(pe.bytes);
		cr_assert_eq(program->signature_count, 1);
		cr_expect(program->signatures[0].timestamp.known);
		cr_expect_str_eq(wp_time_iso(cast.arena, program->signatures[0].timestamp), "2023-11-14T22:13:20Z");
	}
	ASN1_STRING_set(other, "another signature", 17);
	length = pe_token(&cast.ca, other, &value);
	der = sign(&cast, &size);
	der = pe_beside(der, &size, SPC_STAMP, value, length);
	program = read_entry(&cast, der, (size_t)size);
	cr_assert_eq(program->signature_count, 1);
	cr_expect(!program->signatures[0].timestamp.known);
	/* One of each kind is looked at: there may be thousands. */
	der = sign(&cast, &size);
	at = der;
	pkcs7 = d2i_PKCS7(NULL, &at, size);
	good_length = pe_token(&cast.ca, sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(pkcs7), 0)->enc_digest, &good);
	PKCS7_free(pkcs7);
	/* DER has the shorter one first, which is empty. */
	der = pe_beside(der, &size, SPC_STAMP, (const uint8_t *)"\x30", 2);
	der = pe_beside(der, &size, SPC_STAMP, good, good_length);
	program = read_entry(&cast, der, (size_t)size);
	cr_assert_eq(program->signature_count, 1);
	cr_expect(!program->signatures[0].timestamp.known);
	OPENSSL_free(good);
	OPENSSL_free(value);
	ASN1_STRING_free(other);
	end(&cast);
}

/* Nobody signs programs with DSA, and its keys cost far more than those of RSA. */
Test(boot_limits, kinds_of_keys)
{
	static const struct {
		const char *kind;
		bool agrees;
	} kinds[] = { { "RSA", true }, { "EC", true }, { "DSA", false } };
	struct cast cast;

	begin(&cast);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct pe_party party = { .certificate = X509_dup(cast.leaf.certificate) };
		EVP_PKEY_CTX *maker;
		EVP_PKEY *params = NULL;
		const struct wp_boot_program *program;
		int size;
		uint8_t *der;

		if (!strcmp(kinds[i].kind, "DSA")) {
			maker = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
			EVP_PKEY_paramgen_init(maker);
			EVP_PKEY_CTX_set_dsa_paramgen_bits(maker, 1024);
			cr_assert_eq(EVP_PKEY_paramgen(maker, &params), 1);
			EVP_PKEY_CTX_free(maker);
			maker = EVP_PKEY_CTX_new(params, NULL);
			EVP_PKEY_keygen_init(maker);
			cr_assert_eq(EVP_PKEY_keygen(maker, &party.key), 1);
			EVP_PKEY_CTX_free(maker);
			EVP_PKEY_free(params);
		} else {
			party.key = *kinds[i].kind == 'E' ? EVP_EC_gen("P-256") : EVP_RSA_gen(1024);
		}
		X509_set_pubkey(party.certificate, party.key);
		cr_assert(X509_sign(party.certificate, cast.ca.key, EVP_sha256()));
		der = pe_pkcs7(cast.digest, &party, &cast.ca, &size);
		program = read_entry(&cast, der, (size_t)size);
		cr_assert_eq(program->signature_count, 1, "%s", kinds[i].kind);
		cr_expect_eq(program->signatures[0].signature_agrees, kinds[i].agrees, "%s", kinds[i].kind);
		cr_expect(program->signatures[0].digest_agrees, "%s", kinds[i].kind);
		pe_party_free(&party);
	}
	end(&cast);
}

/* No name is shown that could look like another one: those with a NUL or of more than 256 bytes are none. */
Test(boot_limits, names_of_strangers)
{
	char longest[258];
	const struct {
		const char *label, *name;
		bool none;
	} cases[] = {
		{ "control characters", "Acme\x1b[31m\r\nMicrosoft Windows", false },
		{ "markup", "<script>alert(1)</script>|`*_", false },
		{ "from right to left", "Acme \xe2\x80\xaesmodniW", false },
		{ "256 bytes", longest + 1, false },
		{ "257 bytes", longest, true },
	};
	struct cast cast;

	memset(longest, 'n', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	begin(&cast);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pe_party party = { .key = EVP_RSA_gen(1024), .certificate = NULL };
		const struct wp_boot_program *program;
		X509_NAME *name = X509_NAME_new();
		X509_NAME_ENTRY *entry;
		int size;
		uint8_t *der;

		party.certificate = X509_dup(cast.leaf.certificate);
		/* The bound of libcrypto's own on names is 64 characters. */
		entry = X509_NAME_ENTRY_create_by_NID(NULL, NID_commonName, V_ASN1_UTF8STRING, (const unsigned char *)cases[i].name,
						      (int)strlen(cases[i].name));
		/* It is copied. */
		cr_assert_eq(X509_NAME_add_entry(name, entry, -1, 0), 1, "%s", cases[i].label);
		X509_NAME_ENTRY_free(entry);
		X509_set_subject_name(party.certificate, name);
		X509_set_pubkey(party.certificate, party.key);
		cr_assert(X509_sign(party.certificate, cast.ca.key, EVP_sha256()));
		der = pe_pkcs7(cast.digest, &party, &cast.ca, &size);
		program = read_entry(&cast, der, (size_t)size);
		cr_assert_eq(program->signature_count, 1, "%s", cases[i].label);
		if (cases[i].none)
			cr_expect_null(program->signatures[0].signer, "%s", cases[i].label);
		else
			cr_expect_str_eq(program->signatures[0].signer, cases[i].name, "%s", cases[i].label);
		X509_NAME_free(name);
		pe_party_free(&party);
	}
	end(&cast);
}

/*
 * A key of so many bits for which one signature is good that nobody needs to calculate: the signature is chosen first, and the modulus
 * is its cube less what is signed, whose cube root with the exponent 3 it is.
 */
static EVP_PKEY *forge_key(unsigned int bits, const uint8_t digest[32], uint8_t *signature, size_t size)
{
	static const uint8_t sha256[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
	BN_CTX *context = BN_CTX_new();
	BIGNUM *root = BN_new(), *modulus = BN_new(), *exponent = BN_new(), *message;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	uint8_t *padded = wp_must(malloc(size));
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	/* PKCS #1: 00 01 FF … FF 00, the kind of digest, the digest. */
	memset(padded, 0xff, size);
	memcpy(padded, "\0\1", 2);
	padded[size - 32 - sizeof sha256 - 1] = 0;
	memcpy(padded + size - 32 - sizeof sha256, sha256, sizeof sha256);
	memcpy(padded + size - 32, digest, 32);
	message = BN_bin2bn(padded, (int)size, NULL);
	/* 2^n and some eighths of it: the cube of one of them has as many bits as are wanted. */
	for (unsigned int eighths = 1; eighths < 8 && BN_num_bits(modulus) != (int)bits; eighths++) {
		BN_set_word(root, 8 + eighths);
		BN_lshift(root, root, (int)(bits - 1) / 3 - 3);
		/* A modulus is odd. */
		if (!BN_is_odd(message))
			BN_add_word(root, 1);
		BN_sqr(modulus, root, context);
		BN_mul(modulus, modulus, root, context);
		BN_sub(modulus, modulus, message);
	}
	cr_assert_eq(BN_num_bits(modulus), (int)bits);
	BN_set_word(exponent, 3);
	OSSL_PARAM_BLD_push_BN(build, "n", modulus);
	OSSL_PARAM_BLD_push_BN(build, "e", exponent);
	params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_fromdata_init(maker);
	cr_assert_eq(EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
	cr_assert_eq(BN_bn2binpad(root, signature, (int)size), (int)size);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(maker);
	BN_free(root);
	BN_free(modulus);
	BN_free(exponent);
	BN_free(message);
	BN_CTX_free(context);
	free(padded);
	return key;
}

Test(boot_limits, bits_of_a_key)
{
	struct cast cast;

	begin(&cast);
	for (unsigned int bits = WP_LIMIT_KEY_BITS; bits <= WP_LIMIT_KEY_BITS + 1; bits++) {
		int size, length;
		size_t room = (bits + 7) / 8;
		uint8_t *der = sign(&cast, &size), *attributes = NULL, *signature = wp_must(malloc(room)), digest[32], *more = NULL;
		const unsigned char *at = der;
		PKCS7 *pkcs7 = d2i_PKCS7(NULL, &at, size);
		PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(pkcs7), 0);
		X509 *certificate = X509_dup(cast.leaf.certificate);
		const struct wp_boot_program *program;
		EVP_PKEY *key;

		length = ASN1_item_i2d((ASN1_VALUE *)info->auth_attr, &attributes, ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY));
		cr_assert_gt(length, 0);
		EVP_Digest(attributes, (size_t)length, digest, NULL, EVP_sha256(), NULL);
		key = forge_key(bits, digest, signature, room);
		ASN1_STRING_set(info->enc_digest, signature, (int)room);
		X509_set_pubkey(certificate, key);
		cr_assert(X509_sign(certificate, cast.ca.key, EVP_sha256()));
		X509_free(sk_X509_shift(pkcs7->d.sign->cert));
		PKCS7_add_certificate(pkcs7, certificate);
		size = i2d_PKCS7(pkcs7, &more);
		program = read_entry(&cast, more, (size_t)size);
		cr_assert_eq(program->signature_count, 1);
		cr_expect_str_eq(program->signatures[0].signer, "Acme");
		cr_expect_eq(program->signatures[0].signature_agrees, bits == WP_LIMIT_KEY_BITS, "%u", bits);
		cr_expect(program->signatures[0].digest_agrees);
		EVP_PKEY_free(key);
		X509_free(certificate);
		PKCS7_free(pkcs7);
		OPENSSL_free(attributes);
		OPENSSL_free(der);
		free(signature);
	}
	end(&cast);
}

/* What only costs: sequences in each other to the last byte, with lengths and without. */
Test(boot_limits, sequences_without_an_end)
{
	struct cast cast = { .arena = wp_arena_new() };
	size_t size = WP_LIMIT_SIGNATURE_BYTES - 8;

	for (int definite = 0; definite < 2; definite++) {
		uint8_t *der = OPENSSL_malloc(size);

		for (size_t i = 0; i + 6 <= size; i += definite ? 6 : 2) {
			if (!definite) {
				memcpy(der + i, "\x30\x80", 2);
				continue;
			}
			memcpy(der + i, "\x30\x84", 2);
			for (size_t k = 0; k < 4; k++)
				der[i + 2 + k] = (uint8_t)((size - i - 6) >> 8 * (3 - k));
		}
		cr_expect_str_eq(only_summary(read_entry(&cast, der, size)), "a signature cannot be read: it is no PKCS #7");
	}
	wp_arena_free(cast.arena);
}

Test(boot_limits, a_thousand_entries)
{
	struct wp_arena *arena = wp_arena_new();
	struct pe pe = pe_make(&form);
	const struct wp_boot_program *program;

	for (size_t i = 0; i < 1000; i++)
		pe_add_entry(&pe, (const uint8_t *)"\x30", 1);
	program = wp_boot_program_read(arena, pe.bytes, pe.size, nobody);
	cr_expect_eq(program->signature_count, 0);
	cr_expect_eq(program->diags.count, WP_LIMIT_SIGNATURE_ENTRIES + 1);
	cr_expect_str_eq(program->diags.items[WP_LIMIT_SIGNATURE_ENTRIES].summary,
			 "its certificate table has more than 16 entries, and no more are looked at");
	free(pe.bytes);
	wp_arena_free(arena);
}

Test(boot_limits, sections)
{
	struct wp_arena *arena = wp_arena_new();

	for (unsigned int count = WP_LIMIT_PE_SECTIONS; count <= WP_LIMIT_PE_SECTIONS + 1; count++) {
		struct pe pe = pe_make(&form);
		const struct wp_boot_program *program;

		/* None of them has any bytes. */
		pe.bytes = wp_must(realloc(pe.bytes, 0x2000));
		memset(pe.bytes + PE_SECTION_TABLE, 0, 0x2000 - PE_SECTION_TABLE);
		pe_put(pe.bytes, PE_HEADERS_SIZE, 4, 0x1800);
		pe_put(pe.bytes, PE_SECTIONS, 2, count);
		program = wp_boot_program_read(arena, pe.bytes, 0x2000, nobody);
		cr_expect_eq(program->readable, count == WP_LIMIT_PE_SECTIONS);
		cr_expect_str_eq(only_summary(program), program->readable ? "" : "it has more than 96 sections");
		free(pe.bytes);
	}
	wp_arena_free(arena);
}

/* The type that is looked for stands behind so many others. */
Test(boot_limits, entries_of_resources)
{
	struct wp_arena *arena = wp_arena_new();
	const uint32_t folder = 0x80000000u;

	for (unsigned int before = WP_LIMIT_PE_RESOURCES - 1; before <= WP_LIMIT_PE_RESOURCES; before++) {
		struct pe pe = pe_make(&form);
		size_t size = 0x10 + 8 * ((size_t)before + 1), all = size + 0x200;
		uint8_t *resources;
		const struct wp_boot_program *program;

		pe.bytes = wp_must(realloc(pe.bytes, PE_RESOURCES + all));
		resources = pe.bytes + PE_RESOURCES;
		/* The folders below the root stand behind its entries; what they lead to counts from the root. */
		memmove(resources + size, resources, 0x200);
		memset(resources, 0, size);
		pe_put(resources, 0x0e, 2, before + 1);
		for (unsigned int i = 0; i < before; i++)
			pe_put(resources, 0x10 + 8 * (size_t)i, 4, 3);
		pe_entry(resources, size - 8, 10, folder | (uint32_t)(size + 0x20));
		pe_entry(resources, size + 0x30, folder | (uint32_t)(size + 0xa0), folder | (uint32_t)(size + 0x50));
		pe_entry(resources, size + 0x60, 0x409, (uint32_t)size + 0x80);
		pe_entry(resources, size + 0x80, (uint32_t)(0x2000 + size + 0x100), 4);
		pe_put(pe.bytes, PE_SECTION_TABLE + 40 + 8, 4, all);
		pe_put(pe.bytes, PE_SECTION_TABLE + 40 + 16, 4, all);
		program = wp_boot_program_read(arena, pe.bytes, PE_RESOURCES + all, nobody);
		cr_expect_eq(program->has_svn, before < WP_LIMIT_PE_RESOURCES, "%u", before);
		free(pe.bytes);
	}
	wp_arena_free(arena);
}
