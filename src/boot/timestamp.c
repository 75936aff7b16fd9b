/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When a program was signed, as somebody else says. libcrypto's PKCS #7 functions refuse Microsoft's time stamps, so that its CMS functions
 * read these.
 */
#include "timestamp.h"

#include <openssl/asn1.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <string.h>
#include <time.h>

static struct wp_time take_time(const ASN1_TIME *time)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1 || tm.tm_year < 50 || tm.tm_year > 200)
		return (struct wp_time){ 0 };
	return wp_time_from_civil(&(struct wp_civil){ .year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday,
						      .hour = tm.tm_hour, .minute = tm.tm_min, .second = tm.tm_sec });
}

/* RFC 3161: a token whose content names a time and the digest of what it is about. */
struct wp_time wp_timestamp_of_token(const ASN1_STRING *der, const PKCS7_SIGNER_INFO *info)
{
	const unsigned char *at = ASN1_STRING_get0_data(der);
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, ASN1_STRING_length(der));
	ASN1_OCTET_STRING **content = cms ? CMS_get0_content(cms) : NULL;
	struct wp_time time = { 0 };
	TS_TST_INFO *token = NULL;

	if (content && *content) {
		at = ASN1_STRING_get0_data(*content);
		token = d2i_TS_TST_INFO(NULL, &at, ASN1_STRING_length(*content));
	}
	if (token) {
		TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(token);
		const ASN1_OBJECT *algorithm = NULL;
		const ASN1_OCTET_STRING *message = TS_MSG_IMPRINT_get_msg(imprint);
		uint8_t digest[EVP_MAX_MD_SIZE];
		unsigned int length = 0;
		const EVP_MD *kind;

		X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
		kind = EVP_get_digestbyobj(algorithm);
		if (kind && EVP_Digest(ASN1_STRING_get0_data(info->enc_digest), (size_t)ASN1_STRING_length(info->enc_digest), digest,
				       &length, kind, NULL) == 1 &&
		    (int)length == ASN1_STRING_length(message) && !memcmp(digest, ASN1_STRING_get0_data(message), length))
			time = take_time(TS_TST_INFO_get_time(token));
	}
	TS_TST_INFO_free(token);
	CMS_ContentInfo_free(cms);
	return time;
}

/* PKCS #9: a signer's information about the signature, with a time among what it signed. */
struct wp_time wp_timestamp_of_countersignature(const ASN1_STRING *der)
{
	const unsigned char *at = ASN1_STRING_get0_data(der);
	PKCS7_SIGNER_INFO *info = d2i_PKCS7_SIGNER_INFO(NULL, &at, ASN1_STRING_length(der));
	const ASN1_TYPE *signing = info ? PKCS7_get_signed_attribute(info, NID_pkcs9_signingTime) : NULL;
	struct wp_time time = { 0 };

	if (signing && (signing->type == V_ASN1_UTCTIME || signing->type == V_ASN1_GENERALIZEDTIME))
		time = take_time(signing->value.asn1_string);
	PKCS7_SIGNER_INFO_free(info);
	return time;
}
