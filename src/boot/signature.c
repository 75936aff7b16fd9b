/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The signatures of a program: PKCS #7 in the entries of its certificate table, and in one another. libcrypto's CMS functions refuse
 * what Microsoft signs, whose content is no OCTET STRING, so that its PKCS #7 functions read it.
 */
#include "der.h"
#include "pe.h"
#include "timestamp.h"

#include "wimplan/text.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <string.h>

#define SPC_INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"
#define SPC_NESTED "1.3.6.1.4.1.311.2.4.1"
#define SPC_TIME_STAMP "1.3.6.1.4.1.311.3.3.1"
/*
 * WIN_CERTIFICATE: length with the header, revision, type; entries begin at multiples of 8. UEFI adds two types (UEFI Specification, 32.2):
 * one of PKCS #1, and one whose kind a GUID tells, which may be PKCS #7 as well. Firmware that is made of EDK II takes that one and passes
 * over all else (SecurityPkg/Library/DxeImageVerificationLib); what other firmware does with what UEFI has names for nobody knows.
 */
#define ENTRY_HEADER 8u
#define ENTRY_PKCS7 2u
#define ENTRY_UEFI_PKCS1 0xef0u
#define ENTRY_UEFI_GUID 0xef1u
static const uint8_t guid_of_pkcs7[16] = { 0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49, 0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7 };
/*
 * How the length of a signature is written: in the two bytes behind this one. EDK II's HashPeImageByType() refuses all else but for three
 * or more bytes, and finds no kind of digest then, for which it looks at a fixed place.
 */
#define LENGTH_OF_TWO_BYTES 0x82u
/* What a signature may have behind it to reach such a multiple. */
#define MOST_PADDING 7u
#define LONGEST_NAME 256
#define LONGEST_OID 80

struct reader {
	struct wp_arena *arena;
	const struct wp_pe *pe;
	struct wp_authorities authorities;
	struct wp_boot_program *program;
	unsigned int nested; /* signatures within others so far */
	struct {
		const EVP_MD *kind;
		uint8_t bytes[EVP_MAX_MD_SIZE];
		unsigned int length; /* 0: it cannot be told */
	} digest; /* of the program, that was asked for last: its signatures mostly ask for one kind */
};

static void odd(struct reader *reader, const char *what)
{
	wp_diag_add(reader->arena, &reader->program->diags, WP_SEVERITY_WARNING, "boot-signature-odd", NULL, "%s", what);
}

/*
 * What is left out may be what starts the program: nothing that is said of it may rest on its not being there. That is not so of what
 * stands within another signature, at which firmware does not look.
 */
static void leave_out(struct reader *reader, unsigned int depth, const char *what)
{
	wp_diag_add(reader->arena, &reader->program->diags, WP_SEVERITY_WARNING, depth ? "boot-signature-odd" : WP_BOOT_SIGNATURE_UNREAD, NULL,
		    "%s", what);
}

static bool is_oid(const ASN1_OBJECT *object, const char *oid)
{
	char text[LONGEST_OID];

	return object && OBJ_obj2txt(text, sizeof text, object, 1) > 0 && !strcmp(text, oid);
}

/* A common name as text; one with a NUL in it is no name, for it would look like another one. */
static const char *common_name(struct wp_arena *arena, const X509_NAME *name)
{
	int at = name ? X509_NAME_get_index_by_NID(name, NID_commonName, -1) : -1;
	unsigned char *utf8 = NULL;
	const char *ret = NULL;
	int length = at < 0 ? -1 : ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));

	if (length > 0 && length <= LONGEST_NAME && !memchr(utf8, 0, (size_t)length))
		ret = wp_utf8_repair(arena, wp_arena_printf(arena, "%.*s", length, utf8));
	OPENSSL_free(utf8);
	return ret;
}

/* The DER of a value that is a SEQUENCE. */
static const ASN1_STRING *sequence_of(const ASN1_TYPE *type)
{
	return type && type->type == V_ASN1_SEQUENCE ? type->value.sequence : NULL;
}

/* The key is of a kind that programs are signed with, and may be calculated with: a made-up one would take hours. */
static bool is_usable(const X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	int bits = key ? EVP_PKEY_get_bits(key) : 0;

	return bits > 0 && bits <= (int)WP_LIMIT_KEY_BITS && (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "EC"));
}

/* Whether the authority's very certificate is in the signature and made the signer's. */
static void find_authority(const struct reader *reader, STACK_OF(X509) *certificates, X509 *signer,
			   struct wp_boot_signature *signature)
{
	const struct wp_authority_row *row = NULL;

	signature->authority = WP_AUTHORITY_OTHER;
	for (size_t i = 0; i < reader->authorities.count && signature->issuer; i++)
		if (!strcmp(signature->issuer, reader->authorities.rows[i].name))
			row = &reader->authorities.rows[i];
	if (!row)
		return;
	signature->authority = row->authority;
	for (int i = 0; i < sk_X509_num(certificates) && !signature->known; i++) {
		X509 *certificate = sk_X509_value(certificates, i);
		uint8_t digest[EVP_MAX_MD_SIZE];
		char text[72] = "sha256:";
		unsigned int length = 0;

		if (X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(signer)) != 0 ||
		    X509_digest(certificate, EVP_sha256(), digest, &length) != 1)
			continue;
		wp_hex(digest, length, text + strlen(text));
		signature->known = !strcmp(text, row->sha256) && is_usable(certificate) &&
				   X509_verify(signer, X509_get0_pubkey(certificate)) == 1;
	}
}

static void take_digest(struct reader *reader, const EVP_MD *kind)
{
	if (reader->digest.kind == kind)
		return;
	reader->digest.kind = kind;
	if (!wp_pe_digest(reader->pe, kind, reader->digest.bytes, &reader->digest.length))
		reader->digest.length = 0;
}

/* SpcIndirectDataContent: a sequence of what it is about and of a DigestInfo. */
static void compare_digest(struct reader *reader, const uint8_t *at, const uint8_t *end, struct wp_boot_signature *ret)
{
	const uint8_t *data_end = wp_der_enter(&at, end, V_ASN1_SEQUENCE), *info_end, *algorithm_end, *value_end, *algorithm;
	ASN1_OBJECT *object;
	const EVP_MD *kind;

	if (!data_end)
		return;
	at = data_end;
	info_end = wp_der_enter(&at, end, V_ASN1_SEQUENCE);
	algorithm_end = info_end ? wp_der_enter(&at, info_end, V_ASN1_SEQUENCE) : NULL;
	if (!algorithm_end)
		return;
	algorithm = at;
	object = d2i_ASN1_OBJECT(NULL, &algorithm, algorithm_end - at);
	kind = EVP_get_digestbyobj(object);
	ASN1_OBJECT_free(object);
	at = algorithm_end;
	value_end = wp_der_enter(&at, info_end, V_ASN1_OCTET_STRING);
	if (!value_end || !kind)
		return;
	switch (EVP_MD_get_type(kind)) {
	case NID_sha1:
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
		take_digest(reader, kind);
		ret->digest_known = reader->digest.length;
		ret->digest_agrees = reader->digest.length && value_end - at == (ptrdiff_t)reader->digest.length &&
				     !memcmp(at, reader->digest.bytes, reader->digest.length);
	}
}

/* What PKCS7_verify() does without looking at who issued what; that one forgets its copy of a content whose digests are not known. */
static bool signature_agrees(PKCS7 *pkcs7, PKCS7_SIGNER_INFO *info, const uint8_t *content, size_t length, X509 *signer)
{
	BIO *bio, *digests;
	char room[4096];
	bool agrees;

	if (!is_usable(signer))
		return false;
	bio = BIO_new_mem_buf(content, (int)length);
	digests = bio ? PKCS7_dataInit(pkcs7, bio) : NULL;
	if (!digests) {
		BIO_free(bio);
		return false;
	}
	while (BIO_read(digests, room, sizeof room) > 0)
		;
	agrees = PKCS7_signatureVerify(digests, pkcs7, info, signer) == 1;
	BIO_free_all(digests);
	return agrees;
}

/* The one who signed it, when it is what Authenticode makes; otherwise it is odd. */
static PKCS7_SIGNER_INFO *only_signer(struct reader *reader, PKCS7 *pkcs7, unsigned int depth)
{
	STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_type_is_signed(pkcs7) ? PKCS7_get_signer_info(pkcs7) : NULL;
	PKCS7_SIGNED *sign = infos ? pkcs7->d.sign : NULL;

	if (!sign || !sign->contents || !is_oid(sign->contents->type, SPC_INDIRECT_DATA) || !sequence_of(sign->contents->d.other))
		odd(reader, "a signature is none of a program");
	else if (sk_PKCS7_SIGNER_INFO_num(infos) != 1)
		leave_out(reader, depth, "a signature has not one signer but several or none, and is not looked at");
	else if (sk_X509_num(sign->cert) > (int)WP_LIMIT_CERTIFICATES)
		leave_out(reader, depth, "a signature has more than 64 certificates, and is not looked at");
	else
		return sk_PKCS7_SIGNER_INFO_value(infos, 0);
	return NULL;
}

static void take_signature(struct reader *reader, const uint8_t *bytes, size_t size, unsigned int depth);

/* Of each kind of time stamp a signature has one: that it has thousands is made up. */
static void take_attributes(struct reader *reader, const PKCS7_SIGNER_INFO *info, unsigned int depth, size_t at)
{
	bool stamped[2] = { false, false };

	for (int i = 0; i < sk_X509_ATTRIBUTE_num(info->unauth_attr); i++) {
		X509_ATTRIBUTE *attribute = sk_X509_ATTRIBUTE_value(info->unauth_attr, i);
		const ASN1_OBJECT *object = X509_ATTRIBUTE_get0_object(attribute);
		bool nested = is_oid(object, SPC_NESTED), token = is_oid(object, SPC_TIME_STAMP);

		if (!nested && !token && OBJ_obj2nid(object) != NID_pkcs9_countersignature)
			continue;
		for (int k = 0; k < X509_ATTRIBUTE_count(attribute); k++) {
			const ASN1_STRING *der = sequence_of(X509_ATTRIBUTE_get0_type(attribute, k));
			struct wp_time *time = &reader->program->signatures[at].timestamp;

			if (!der)
				continue;
			if (!nested) {
				if (!time->known && !stamped[token])
					*time = token ? wp_timestamp_of_token(der, info) : wp_timestamp_of_countersignature(der);
				stamped[token] = true;
				break;
			}
			if (depth == WP_LIMIT_SIGNATURE_DEPTH || reader->nested == WP_LIMIT_SIGNATURES_NESTED) {
				leave_out(reader, depth + 1, "there are more signatures within signatures than are looked at");
				return;
			}
			reader->nested++;
			take_signature(reader, ASN1_STRING_get0_data(der), (size_t)ASN1_STRING_length(der), depth + 1);
		}
	}
}

static void describe(struct reader *reader, PKCS7 *pkcs7, PKCS7_SIGNER_INFO *info, struct wp_boot_signature *signature)
{
	const PKCS7_ISSUER_AND_SERIAL *who = info->issuer_and_serial;
	STACK_OF(X509) *certificates = pkcs7->d.sign->cert;
	const ASN1_STRING *sequence = sequence_of(pkcs7->d.sign->contents->d.other);
	const uint8_t *content = ASN1_STRING_get0_data(sequence), *end = content + ASN1_STRING_length(sequence);
	X509 *signer = X509_find_by_issuer_and_serial(certificates, who->issuer, who->serial);

	signature->issuer = common_name(reader->arena, who->issuer);
	signature->authority = WP_AUTHORITY_OTHER;
	end = wp_der_enter(&content, end, V_ASN1_SEQUENCE);
	if (end)
		compare_digest(reader, content, end, signature);
	if (!signer)
		return;
	signature->signer = common_name(reader->arena, X509_get_subject_name(signer));
	find_authority(reader, certificates, signer, signature);
	signature->signature_agrees = end && signature_agrees(pkcs7, info, content, (size_t)(end - content), signer);
}

/*
 * libcrypto takes BER. Of a signature as a whole that is nothing to firmware; of values in it most firmware takes it, for it parses them by
 * libcrypto: they may start the program, and prove nothing here. What stands within another signature was seen with that.
 */
static bool is_der(struct reader *reader, const uint8_t *bytes, size_t size, unsigned int depth)
{
	if (depth)
		return true;
	if (bytes[1] != LENGTH_OF_TWO_BYTES)
		odd(reader, "a signature does not write its length in two bytes, as firmware asks for");
	else if (!wp_der_has_lengths(bytes, bytes + size))
		leave_out(reader, depth, "a signature is not DER, and is not looked at");
	else
		return true;
	return false;
}

static void take_signature(struct reader *reader, const uint8_t *bytes, size_t size, unsigned int depth)
{
	struct wp_boot_program *program = reader->program;
	const unsigned char *at = bytes;
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &at, (long)size);
	PKCS7_SIGNER_INFO *info;

	if (!pkcs7)
		odd(reader, "a signature cannot be read: it is no PKCS #7");
	else if ((size_t)(bytes + size - at) > MOST_PADDING)
		odd(reader, "there is something behind a signature that does not belong to it");
	info = pkcs7 && is_der(reader, bytes, (size_t)(at - bytes), depth) ? only_signer(reader, pkcs7, depth) : NULL;
	if (info) {
		size_t number = program->signature_count;
		struct wp_boot_signature *signature = WP_PUSH(reader->arena, program->signatures, program->signature_count);

		signature->nested = depth > 0;
		describe(reader, pkcs7, info, signature);
		take_attributes(reader, info, depth, number);
	}
	PKCS7_free(pkcs7);
	/* What libcrypto did not like is said in our words. */
	ERR_clear_error();
}

/* The signature that is in an entry of @length bytes; false: there is none that can be read. */
static bool find_signature(struct reader *reader, size_t at, size_t length, size_t *ret_skip)
{
	const uint8_t *entry = reader->pe->bytes + at;
	uint16_t type = wp_get16(entry + 6);

	*ret_skip = ENTRY_HEADER + (type == ENTRY_UEFI_GUID ? sizeof guid_of_pkcs7 : 0);
	if (type == ENTRY_PKCS7 || (type == ENTRY_UEFI_GUID && length >= *ret_skip &&
				    !memcmp(entry + ENTRY_HEADER, guid_of_pkcs7, sizeof guid_of_pkcs7)))
		return true;
	if (type == ENTRY_UEFI_GUID || type == ENTRY_UEFI_PKCS1)
		leave_out(reader, 0, "an entry of its certificate table is none of PKCS #7, but of a kind that firmware may know");
	else
		odd(reader, "an entry of its certificate table is none of a signature");
	return false;
}

void wp_pe_signatures(struct wp_arena *arena, const struct wp_pe *pe, struct wp_authorities authorities,
		      struct wp_boot_program *ret)
{
	struct reader reader = { .arena = arena, .pe = pe, .authorities = authorities, .program = ret };
	size_t at = pe->certificates, end = at + (size_t)pe->certificates_size, left = WP_LIMIT_SIGNATURE_BYTES, skip;
	unsigned int entries = 0;

	if (pe->certificates_outside)
		leave_out(&reader, 0, "its certificate table lies outside of it, so that none of its signatures can be read");
	while (at < end) {
		size_t length = end - at >= ENTRY_HEADER ? wp_get32(pe->bytes + at) : 0;

		if (length < ENTRY_HEADER || length > end - at) {
			leave_out(&reader, 0, "its certificate table is damaged, and no more of it is looked at");
			return;
		}
		if (++entries > WP_LIMIT_SIGNATURE_ENTRIES) {
			leave_out(&reader, 0, "its certificate table has more than 16 entries, and no more are looked at");
			return;
		}
		if (find_signature(&reader, at, length, &skip)) {
			if (length > left) {
				leave_out(&reader, 0, "its signatures have more than 128 KiB together, and no more are looked at");
				return;
			}
			left -= length;
			take_signature(&reader, pe->bytes + at + skip, length - skip, 0);
		}
		length = (length + 7) & ~(size_t)7;
		at = length < end - at ? at + length : end;
	}
}
