/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs for the tests of src/boot: headers, a section, resources and signatures, all made here with keys of a moment. */
#ifndef PE_MAKE_H
#define PE_MAKE_H

#include "wimplan/arena.h"
#include "wimplan/hash.h"

#include <openssl/asn1t.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Places in a program that pe_make() made. */
enum {
	PE_HEADER = 0x80,
	PE_SECTIONS = PE_HEADER + 6,
	PE_HEADERS_SIZE = PE_HEADER + 84,
	PE_CHECKSUM = PE_HEADER + 88,
	PE_DIRECTORIES = PE_HEADER + 136,
	PE_CERTIFICATES = PE_DIRECTORIES + 32,
	PE_SECTION_TABLE = PE_HEADER + 24 + 240,
	PE_TEXT = 0x400, /* 512 bytes of code */
	PE_RESOURCES = 0x600, /* 512 bytes, loaded at 0x2000 */
	PE_END = 0x800,
};

struct pe {
	uint8_t *bytes;
	size_t size;
};

__attribute__((unused)) static void pe_put(uint8_t *bytes, size_t at, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		bytes[at + i] = (uint8_t)(value >> 8 * i);
}

struct pe_form {
	uint16_t machine;
	uint16_t version[4]; /* of all 0 there is none */
	int svn_major, svn_minor; /* a major of -1: there is none */
	uint8_t fill; /* of the code, so that programs differ */
};

/* A directory of @named and @numbered entries at @at in the resources. */
static void pe_directory(uint8_t *resources, size_t at, unsigned int named, unsigned int numbered)
{
	pe_put(resources, at + 12, 2, named);
	pe_put(resources, at + 14, 2, numbered);
}

static void pe_entry(uint8_t *resources, size_t at, uint32_t key, uint32_t value)
{
	pe_put(resources, at, 4, key);
	pe_put(resources, at + 4, 4, value);
}

/* Types 10 and 16 at 0; names at 0x20 and 0x38; languages at 0x50 and 0x68; data entries at 0x80 and 0x90; the name; the data. */
static void pe_fill_resources(uint8_t *resources, const struct pe_form *form)
{
	static const char name[] = "BOOTMGRSECURITYVERSIONNUMBER";
	const uint32_t folder = 0x80000000u;

	pe_directory(resources, 0, 0, 2);
	pe_entry(resources, 0x10, form->svn_major < 0 ? 9 : 10, folder | 0x20);
	pe_entry(resources, 0x18, form->version[0] || form->version[2] ? 16 : 17, folder | 0x38);
	pe_directory(resources, 0x20, 1, 0);
	pe_entry(resources, 0x30, folder | 0xa0, folder | 0x50);
	pe_directory(resources, 0x38, 0, 1);
	pe_entry(resources, 0x48, 1, folder | 0x68);
	pe_directory(resources, 0x50, 0, 1);
	pe_entry(resources, 0x60, 0x409, 0x80);
	pe_directory(resources, 0x68, 0, 1);
	pe_entry(resources, 0x78, 0x409, 0x90);
	pe_entry(resources, 0x80, 0x2100, 4);
	pe_entry(resources, 0x90, 0x2110, 92);
	pe_put(resources, 0xa0, 2, sizeof name - 1);
	for (size_t i = 0; i < sizeof name - 1; i++)
		pe_put(resources, 0xa2 + 2 * i, 2, (uint8_t)name[i]);
	pe_put(resources, 0x100, 2, (uint16_t)form->svn_minor);
	pe_put(resources, 0x102, 2, (uint16_t)form->svn_major);
	/* VS_VERSIONINFO: length, length of the value, kind, its key, padding, VS_FIXEDFILEINFO. */
	pe_put(resources, 0x110, 2, 92);
	pe_put(resources, 0x112, 2, 52);
	for (size_t i = 0; i < 15; i++)
		pe_put(resources, 0x116 + 2 * i, 2, (uint8_t)"VS_VERSION_INFO"[i]);
	pe_put(resources, 0x138, 4, 0xfeef04bd);
	pe_put(resources, 0x140, 2, form->version[1]);
	pe_put(resources, 0x142, 2, form->version[0]);
	pe_put(resources, 0x144, 2, form->version[3]);
	pe_put(resources, 0x146, 2, form->version[2]);
}

__attribute__((unused)) static struct pe pe_make(const struct pe_form *form)
{
	struct pe pe = { wp_must(calloc(1, PE_END)), PE_END };
	uint8_t *bytes = pe.bytes;

	memcpy(bytes, "MZ", 2);
	pe_put(bytes, 0x3c, 4, PE_HEADER);
	memcpy(bytes + PE_HEADER, "PE\0\0", 4);
	pe_put(bytes, PE_HEADER + 4, 2, form->machine);
	pe_put(bytes, PE_SECTIONS, 2, 2);
	pe_put(bytes, PE_HEADER + 20, 2, 240);
	pe_put(bytes, PE_HEADER + 22, 2, 0x22e);
	pe_put(bytes, PE_HEADER + 24, 2, 0x20b);
	pe_put(bytes, PE_HEADER + 24 + 32, 4, 0x1000); /* sections in memory */
	pe_put(bytes, PE_HEADER + 24 + 36, 4, 0x200);  /* and in the file */
	pe_put(bytes, PE_HEADER + 24 + 56, 4, 0x3000);
	pe_put(bytes, PE_HEADERS_SIZE, 4, PE_TEXT);
	pe_put(bytes, PE_CHECKSUM, 4, 0x12345);
	pe_put(bytes, PE_HEADER + 24 + 68, 2, 10); /* an application of EFI */
	pe_put(bytes, PE_DIRECTORIES - 4, 4, 16);
	pe_put(bytes, PE_DIRECTORIES + 16, 4, 0x2000);
	pe_put(bytes, PE_DIRECTORIES + 20, 4, 0x200);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *section = bytes + PE_SECTION_TABLE + 40 * i;

		memcpy(section, i ? ".rsrc" : ".text", 5);
		pe_put(section, 8, 4, 0x200);
		pe_put(section, 12, 4, i ? 0x2000 : 0x1000);
		pe_put(section, 16, 4, 0x200);
		pe_put(section, 20, 4, i ? PE_RESOURCES : PE_TEXT);
	}
	memset(bytes + PE_TEXT, form->fill, 0x200);
	pe_fill_resources(bytes + PE_RESOURCES, form);
	return pe;
}

/* A certificate with its key. */
struct pe_party {
	EVP_PKEY *key;
	X509 *certificate;
	char sha256[72]; /* of the certificate: "sha256:…" */
};

/*
 * A certificate whose common name is these bytes of a string type of ASN.1 (V_ASN1_…), or of MBSTRING_UTF8, for which libcrypto finds
 * one. @by: who issues it; NULL: itself.
 */
static struct pe_party pe_party_named(int type, const void *name, size_t length, const struct pe_party *by)
{
	static long serial = 1;
	struct pe_party party = { .key = EVP_RSA_gen(1024), .certificate = X509_new() };
	X509_NAME *subject = X509_NAME_new();
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int size;

	X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const unsigned char *)"Test Only", -1, -1, 0);
	X509_NAME_add_entry_by_txt(subject, "CN", type, name, (int)length, -1, 0);
	X509_set_version(party.certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(party.certificate), serial++);
	X509_set_subject_name(party.certificate, subject);
	X509_set_issuer_name(party.certificate, by ? X509_get_subject_name(by->certificate) : subject);
	ASN1_TIME_set(X509_getm_notBefore(party.certificate), 1300000000);
	ASN1_TIME_set(X509_getm_notAfter(party.certificate), 1400000000);
	X509_set_pubkey(party.certificate, party.key);
	wp_must(X509_sign(party.certificate, by ? by->key : party.key, EVP_sha256()) ? party.key : NULL);
	X509_NAME_free(subject);
	X509_digest(party.certificate, EVP_sha256(), digest, &size);
	memcpy(party.sha256, "sha256:", 7);
	wp_hex(digest, size, party.sha256 + 7);
	return party;
}

__attribute__((unused)) static struct pe_party pe_party(const char *name, const struct pe_party *by)
{
	return pe_party_named(MBSTRING_UTF8, name, strlen(name), by);
}

__attribute__((unused)) static void pe_party_free(struct pe_party *party)
{
	EVP_PKEY_free(party->key);
	X509_free(party->certificate);
}

/* The digest as the specification's words have it, independent of src/boot: everything but three holes. */
__attribute__((unused)) static void pe_digest(const struct pe *pe, uint8_t ret[32])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint32_t table = 0;

	for (size_t i = 4; i--;)
		table = table << 8 | pe->bytes[PE_CERTIFICATES + i];
	EVP_DigestInit_ex(context, EVP_sha256(), NULL);
	EVP_DigestUpdate(context, pe->bytes, PE_CHECKSUM);
	EVP_DigestUpdate(context, pe->bytes + PE_CHECKSUM + 4, PE_CERTIFICATES - PE_CHECKSUM - 4);
	EVP_DigestUpdate(context, pe->bytes + PE_CERTIFICATES + 8, (table ? table : pe->size) - PE_CERTIFICATES - 8);
	EVP_DigestFinal_ex(context, ret, NULL);
	EVP_MD_CTX_free(context);
}

/* SpcIndirectDataContent with this digest, as DER; the value begins at byte 2. */
static size_t pe_indirect(const uint8_t digest[32], uint8_t ret[128])
{
	/* data: SPC_PE_IMAGE_DATA with flags that are empty; then sha256 and the digest. */
	static const uint8_t head[] = { 0x30, 0x17, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0f, 0x30, 0x09,
					0x03, 0x01, 0x00, 0xa0, 0x04, 0xa2, 0x02, 0x80, 0x00, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
					0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };

	ret[0] = 0x30;
	ret[1] = sizeof head + 32;
	memcpy(ret + 2, head, sizeof head);
	memcpy(ret + 2 + sizeof head, digest, 32);
	return 2 + sizeof head + 32;
}

/* A signature over @digest by @leaf; @ca, which may be NULL, is put beside it. DER, to be freed by OPENSSL_free(). */
__attribute__((unused)) static uint8_t *pe_pkcs7(const uint8_t digest[32], const struct pe_party *leaf, const struct pe_party *ca,
						 int *ret_size)
{
	PKCS7 *pkcs7 = PKCS7_new(), *content = PKCS7_new();
	uint8_t indirect[128], *der = NULL;
	size_t size = pe_indirect(digest, indirect);
	PKCS7_SIGNER_INFO *info;
	BIO *bio;

	PKCS7_set_type(pkcs7, NID_pkcs7_signed);
	info = PKCS7_add_signature(pkcs7, leaf->certificate, leaf->key, EVP_sha256());
	PKCS7_add_signed_attribute(info, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_txt2obj("1.3.6.1.4.1.311.2.1.4", 1));
	PKCS7_add_certificate(pkcs7, leaf->certificate);
	if (ca)
		PKCS7_add_certificate(pkcs7, ca->certificate);
	PKCS7_content_new(pkcs7, NID_pkcs7_data);
	bio = PKCS7_dataInit(pkcs7, NULL);
	BIO_write(bio, indirect + 2, (int)size - 2);
	PKCS7_dataFinal(pkcs7, bio);
	BIO_free_all(bio);
	ASN1_OBJECT_free(content->type);
	content->type = OBJ_txt2obj("1.3.6.1.4.1.311.2.1.4", 1);
	content->d.other = ASN1_TYPE_new();
	content->d.other->type = V_ASN1_SEQUENCE;
	content->d.other->value.sequence = ASN1_STRING_new();
	ASN1_STRING_set(content->d.other->value.sequence, indirect, (int)size);
	PKCS7_set_content(pkcs7, content);
	*ret_size = i2d_PKCS7(pkcs7, &der);
	PKCS7_free(pkcs7);
	return wp_must(der);
}

/* Adds an entry with these bytes to the certificate table at the end of the program. */
__attribute__((unused)) static void pe_add_entry(struct pe *pe, const uint8_t *der, size_t size)
{
	size_t padded = (8 + size + 7) & ~(size_t)7, table = 0, at = pe->size;

	for (size_t i = 4; i--;)
		table = table << 8 | pe->bytes[PE_CERTIFICATES + i];
	pe->bytes = wp_must(realloc(pe->bytes, at + padded));
	memset(pe->bytes + at, 0, padded);
	pe->size += padded;
	pe_put(pe->bytes, at, 4, 8 + size);
	pe_put(pe->bytes, at + 4, 2, 0x200);
	pe_put(pe->bytes, at + 6, 2, 2);
	memcpy(pe->bytes + at + 8, der, size);
	table = table ? table : at;
	pe_put(pe->bytes, PE_CERTIFICATES, 4, table);
	pe_put(pe->bytes, PE_CERTIFICATES + 4, 4, pe->size - table);
}

__attribute__((unused)) static void pe_sign(struct pe *pe, const struct pe_party *leaf, const struct pe_party *ca)
{
	uint8_t digest[32], *der;
	int size;

	pe_digest(pe, digest);
	der = pe_pkcs7(digest, leaf, ca, &size);
	pe_add_entry(pe, der, (size_t)size);
	OPENSSL_free(der);
}

/* What a signature has beside it that it does not sign itself: the times are PE_TIME. */
enum pe_beside { PE_NESTED = 1, PE_COUNTERSIGNED, PE_STAMPED };
#define PE_TIME 1700000000

/* PKCS #9: who signs the time as well. */
__attribute__((unused)) static int pe_countersignature(const struct pe_party *by, uint8_t **ret)
{
	PKCS7_SIGNER_INFO *info = PKCS7_SIGNER_INFO_new();
	int size;

	PKCS7_SIGNER_INFO_set(info, by->certificate, by->key, EVP_sha256());
	PKCS7_add_signed_attribute(info, NID_pkcs9_signingTime, V_ASN1_UTCTIME, ASN1_UTCTIME_set(NULL, PE_TIME));
	size = i2d_PKCS7_SIGNER_INFO(info, ret);
	PKCS7_SIGNER_INFO_free(info);
	return size;
}

/* RFC 3161: a time and the digest of @about. */
__attribute__((unused)) static int pe_token(const struct pe_party *by, const ASN1_STRING *about, uint8_t **ret)
{
	ASN1_GENERALIZEDTIME *time = ASN1_GENERALIZEDTIME_set(NULL, PE_TIME);
	ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1), *type = OBJ_nid2obj(NID_id_smime_ct_TSTInfo);
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	TS_TST_INFO *info = TS_TST_INFO_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	uint8_t digest[EVP_MAX_MD_SIZE], *content = NULL;
	unsigned int length;
	CMS_ContentInfo *cms;
	int size;
	BIO *bio;

	EVP_Digest(ASN1_STRING_get0_data(about), (size_t)ASN1_STRING_length(about), digest, &length, EVP_sha256(), NULL);
	X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
	TS_MSG_IMPRINT_set_algo(imprint, algorithm);
	TS_MSG_IMPRINT_set_msg(imprint, digest, (int)length);
	TS_TST_INFO_set_version(info, 1);
	TS_TST_INFO_set_policy_id(info, policy);
	TS_TST_INFO_set_msg_imprint(info, imprint);
	TS_TST_INFO_set_time(info, time);
	size = i2d_TS_TST_INFO(info, &content);
	bio = BIO_new_mem_buf(content, size);
	cms = CMS_sign(by->certificate, by->key, NULL, NULL, CMS_PARTIAL | CMS_BINARY);
	CMS_set1_eContentType(cms, type);
	CMS_final(cms, bio, NULL, CMS_BINARY);
	size = i2d_CMS_ContentInfo(cms, ret);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	OPENSSL_free(content);
	X509_ALGOR_free(algorithm);
	TS_TST_INFO_free(info);
	TS_MSG_IMPRINT_free(imprint);
	ASN1_OBJECT_free(policy);
	ASN1_GENERALIZEDTIME_free(time);
	return size;
}

/* @der, of *@size bytes, with an attribute that is not signed; what was at @der is freed. */
__attribute__((unused)) static uint8_t *pe_beside(uint8_t *der, int *size, const char *oid, const uint8_t *value, int length)
{
	const unsigned char *at = der;
	PKCS7 *pkcs7 = wp_must(d2i_PKCS7(NULL, &at, *size));
	PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(pkcs7), 0);
	uint8_t *ret = NULL;

	if (!info->unauth_attr)
		info->unauth_attr = sk_X509_ATTRIBUTE_new_null();
	sk_X509_ATTRIBUTE_push(info->unauth_attr, X509_ATTRIBUTE_create_by_txt(NULL, oid, V_ASN1_SEQUENCE, value, length));
	*size = i2d_PKCS7(pkcs7, &ret);
	PKCS7_free(pkcs7);
	OPENSSL_free(der);
	return wp_must(ret);
}

/* Signs as pe_sign() does; beside the signature is what @beside says, by @other, whom @other_ca issued. */
__attribute__((unused)) static void pe_sign_beside(struct pe *pe, const struct pe_party *leaf, const struct pe_party *ca,
						   enum pe_beside beside, const struct pe_party *other, const struct pe_party *other_ca)
{
	static const char *const oids[] = { [PE_NESTED] = "1.3.6.1.4.1.311.2.4.1", [PE_COUNTERSIGNED] = "1.2.840.113549.1.9.6",
					    [PE_STAMPED] = "1.3.6.1.4.1.311.3.3.1" };
	uint8_t digest[32], *der, *value = NULL;
	const unsigned char *at;
	int size, length;
	PKCS7 *pkcs7;

	pe_digest(pe, digest);
	der = pe_pkcs7(digest, leaf, ca, &size);
	at = der;
	pkcs7 = wp_must(d2i_PKCS7(NULL, &at, size));
	if (beside == PE_NESTED)
		value = pe_pkcs7(digest, other, other_ca, &length);
	else if (beside == PE_COUNTERSIGNED)
		length = pe_countersignature(other, &value);
	else
		length = pe_token(other, sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(pkcs7), 0)->enc_digest, &value);
	PKCS7_free(pkcs7);
	der = pe_beside(der, &size, oids[beside], value, length);
	pe_add_entry(pe, der, (size_t)size);
	OPENSSL_free(value);
	OPENSSL_free(der);
}

#endif
