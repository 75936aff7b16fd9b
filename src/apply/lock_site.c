/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lock of one provider and site. */
#include "lock_site.h"

#include "wimplan/buf.h"
#include "wimplan/hash.h"
#include "wimplan/lock.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * "host:port/path" of a URL: whether the port is given that is the default one, the name of the host ends in the root's
 * dot, or letters are encoded makes no difference. What libcurl cannot take apart it cannot connect to either, so that
 * may stay as it is.
 */
static void add_provider(struct wp_buf *buf, const char *url)
{
	CURLU *parts = curl_url();
	char *host = NULL, *port = NULL, *path = NULL;
	CURLUcode result = parts ? curl_url_set(parts, CURLUPART_URL, url, 0) : CURLUE_OUT_OF_MEMORY;

	if (!result)
		result = curl_url_get(parts, CURLUPART_HOST, &host, 0);
	if (!result)
		result = curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
	if (!result)
		result = curl_url_get(parts, CURLUPART_PATH, &path, CURLU_URLDECODE);
	if (result == CURLUE_OUT_OF_MEMORY)
		wp_out_of_memory();
	if (!result) {
		size_t length = strlen(host);

		wp_buf_add(buf, host, length && host[length - 1] == '.' ? length - 1 : length);
		wp_buf_printf(buf, ":%s%s", port, path);
	} else {
		wp_buf_puts(buf, url);
	}
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_url_cleanup(parts);
}

int wp_lock_site(const char *provider, const char *site_code, int *ret_fd, struct wp_error *err)
{
	struct wp_buf key __attribute__((cleanup(wp_buf_free))) = { 0 };
	char digest[WP_HASH_TEXT], name[sizeof digest + 16], who[100];
	int error;

	add_provider(&key, provider);
	wp_buf_printf(&key, "\n%s", site_code);
	/* Host names and paths of the provider do not tell upper from lower case. */
	wp_buf_lower(&key);
	/* Anybody can see the name, so it says nothing but a digest. */
	wp_sha256_text(wp_buf_text(&key), key.length, digest);
	snprintf(name, sizeof name, "wimplan-apply-%s", digest + strlen("sha256:"));
	error = wp_lock_name(name, ret_fd, who, sizeof who);
	if (!error)
		return WP_OK;
	if (error != EADDRINUSE)
		return wp_fail(err, WP_E_FAILED, "lock", provider, "the lock of %s cannot be made: %s", provider,
			       strerror(error));
	return wp_fail(err, WP_E_BUSY, "busy", provider,
		       "%s is applying a plan at %s, site %s; wait until it has ended", who, provider, site_code);
}
