/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl's words for a failure, and what to do about a certificate that is not trusted. */
#include "failure.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>

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
	long verified = 0;

	if (code == CURLE_PEER_FAILED_VERIFICATION) {
		curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &verified);
		advice = certificate_advice(verified);
	} else if (code == CURLE_SSL_CACERT_BADFILE) {
		advice = "; --ca-file takes a file of certificates in PEM";
	}
	snprintf(room, size, "%.220s%s", *said ? said : curl_easy_strerror(code), advice);
}
