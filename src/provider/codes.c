/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Codes of WMI (WbemErrorEnum), of the SMS Provider and of Win32 that such calls are known to fail with; then those of
 * libcurl, and what to do about a certificate that is not trusted.
 */
#include "codes.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

static const struct code {
	uint32_t code;
	const char *meaning;
} codes[] = {
	{ 0x80041001, "the provider failed" },
	{ 0x80041002, "the object was not found" },
	{ 0x80041003, "access denied" },
	{ 0x80041004, "the provider failed after it was loaded" },
	{ 0x80041005, "type mismatch" },
	{ 0x80041006, "out of memory" },
	{ 0x80041007, "invalid context" },
	{ 0x80041008, "invalid parameter" },
	{ 0x80041009, "not available" },
	{ 0x8004100c, "not supported" },
	{ 0x8004100e, "invalid namespace" },
	{ 0x8004100f, "invalid object" },
	{ 0x80041010, "invalid class" },
	{ 0x80041013, "the provider could not be loaded" },
	{ 0x80041015, "network error between WMI and the provider" },
	{ 0x80041016, "invalid operation" },
	{ 0x80041017, "invalid query" },
	{ 0x80041019, "it exists already" },
	{ WP_CODE_SEDO_LOCK, "another user has locked the object" },
	{ 0x80460a05, "only the site that made the package may update it" },
	{ 2, "Win32: the file or share was not found" },
	{ 3, "Win32: the path was not found" },
	{ 5, "Win32: access denied" },
	{ 13, "Win32: invalid data or file" },
	{ 32, "Win32: another process uses the file" },
	{ 53, "Win32: the network path was not found" },
	{ 67, "Win32: the network name was not found" },
	{ 112, "Win32: the disk is full" },
	{ 183, "Win32: it exists already" },
	{ 1326, "Win32: wrong user name or password" },
	{ 1633, "Win32: not supported on this processor" },
	{ 0x80070002, "Win32: the file was not found" },
	{ 0x80070003, "Win32: the path was not found" },
	{ 0x80070005, "Win32: access denied" },
	{ 0x80070020, "Win32: another process uses the file" },
	{ 0x80070035, "Win32: the network path was not found" },
	{ 0x80070043, "Win32: the network name was not found" },
	{ 0x80070070, "Win32: the disk is full" },
};

const char *wp_code_meaning(uint32_t code)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == code)
			return codes[i].meaning;
	return NULL;
}

void wp_code_text(int64_t code, char *room, size_t size)
{
	const char *meaning = wp_code_meaning((uint32_t)code);

	snprintf(room, size, "%lld (0x%08X%s%s)", (long long)code, (unsigned int)(uint32_t)code, meaning ? ": " : "",
		 meaning ? meaning : "");
}

bool wp_failure_is_final(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_URL_MALFORMAT:
	case CURLE_LOGIN_DENIED:
	case CURLE_AUTH_ERROR:
	case CURLE_WEIRD_SERVER_REPLY: /* what answers speaks no HTTP */
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
		return true;
	default:
		return false;
	}
}

bool wp_failure_is_nobody(CURLcode code)
{
	return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT;
}

/* @verified: OpenSSL's verdict on the chain. libcurl looks at the name first, and has none then. */
static const char *certificate_advice(long verified)
{
	switch (verified) {
	case X509_V_OK:
	case X509_V_ERR_UNSPECIFIED:
		return "; the URL has to have the name that stands in the certificate";
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "; have it renewed, or set the clock of this machine right";
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return "; name the root certificate of the site with --ca-file, wimplan-provider(7) says where it is";
	default:
		return "; wimplan-provider(7) says how to see what the server presents";
	}
}

void wp_failure_text(CURL *curl, CURLcode code, const char *said, char *room, size_t size)
{
	const char *advice = "";
	long verified = 0, reason = 0;
	char why[80] = "";

	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		/* Without the verdict: how to see what the server presents. */
		if (curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &verified) != CURLE_OK)
			verified = -1;
		advice = certificate_advice(verified);
		break;
	case CURLE_SSL_CACERT_BADFILE:
		advice = "; --ca-file takes a file of certificates in PEM";
		break;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		advice = "; check the name of the host, and that this machine can resolve names";
		break;
	case CURLE_COULDNT_CONNECT:
		/* libcurl's own words leave out whether it was refused, or there is no way. */
		if (curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &reason) == CURLE_OK && reason)
			snprintf(why, sizeof why, " (%s)", strerror((int)reason));
		advice = "; check the host and port of the URL, and that the AdminService runs there";
		break;
	default:
		break;
	}
	snprintf(room, size, "%.220s%s%s", *said ? said : curl_easy_strerror(code), why, advice);
}
