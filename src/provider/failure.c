/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl's words for a failure, and what to do about a certificate that is not trusted. */
#include "failure.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

bool wp_failure_is_final(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_LOGIN_DENIED:
	case CURLE_AUTH_ERROR:
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
