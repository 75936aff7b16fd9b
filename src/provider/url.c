/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses: which of them are this very machine or one and the same, and the paths below an AdminService. */
#include "url.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/provider.h"

#include <curl/curl.h>
#include <string.h>

bool wp_provider_is_loopback(const char *url)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		size_t length = strlen(hosts[i]);

		/* A user name could hide another host behind this one. */
		if (wp_ascii_begins(url, hosts[i]) && (url[length] == ':' || url[length] == '/') &&
		    !strchr(url, '@'))
			return true;
	}
	return false;
}

void wp_provider_name(const char *url, struct wp_buf *buf)
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
	/* What libcurl cannot take apart it cannot connect to either, so that may stay as it is. */
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

char *wp_provider_path(const char *class, const char *package_id, const char *method)
{
	struct wp_buf buf = { 0 };

	wp_buf_printf(&buf, "wmi/%s('", class);
	for (const char *at = package_id; *at; at++) {
		unsigned char c = (unsigned char)*at;

		/* OData doubles a quote inside a literal. */
		if (c == '\'')
			wp_buf_puts(&buf, "%27%27");
		else if (wp_ascii_alnum(*at))
			wp_buf_putc(&buf, (char)c);
		else
			wp_buf_printf(&buf, "%%%02X", c);
	}
	wp_buf_puts(&buf, "')");
	if (method)
		wp_buf_printf(&buf, "/AdminService.%s", method);
	return buf.data;
}
