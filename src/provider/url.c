/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses: which of them are this very machine or one and the same, and the paths below an AdminService. */
#include "url.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/limits.h"
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

static void add_encoded(struct wp_buf *buf, char c)
{
	if (wp_ascii_alnum(c))
		wp_buf_putc(buf, c);
	else
		wp_buf_printf(buf, "%%%02X", (unsigned char)c);
}

char *wp_provider_path(const char *class, const char *key, const char *method)
{
	struct wp_buf buf = { 0 };

	wp_buf_printf(&buf, "wmi/%s('", class);
	for (const char *at = key; *at; at++) {
		/* OData doubles a quote inside a literal. */
		if (*at == '\'')
			add_encoded(&buf, *at);
		add_encoded(&buf, *at);
	}
	wp_buf_puts(&buf, "')");
	if (method)
		wp_buf_printf(&buf, "/AdminService.%s", method);
	return buf.data;
}

char *wp_provider_list_path(const char *class, const char *filter)
{
	struct wp_buf buf = { 0 };

	wp_buf_printf(&buf, "wmi/%s%s", class, filter ? "?$filter=" : "");
	for (; filter && *filter; filter++)
		add_encoded(&buf, *filter);
	return buf.data;
}

/* What stands behind the route in the path of a link, which has a query; the link itself where it has no route. */
static const char *behind_route(const char *link, const char *query)
{
	static const char route[] = "/wmi/";
	const char *rest = link;

	for (const char *at = link; at < query; at++)
		if (wp_ascii_begins(at, route))
			rest = at + strlen(route);
	return rest == link && wp_ascii_begins(link, route + 1) ? link + strlen(route) - 1 : rest;
}

/*
 * Only what stands behind the route is taken from the link: whatever host it names, a request with our credentials goes to
 * no other server than ours, and to no other class.
 */
char *wp_provider_next_path(const char *class, const char *link)
{
	const char *query = strchr(link, '?'), *rest;
	struct wp_buf buf = { 0 };

	if (!query || strlen(link) > WP_LIMIT_LINK)
		return NULL;
	rest = behind_route(link, query);
	if (!wp_ascii_begins(rest, class) || rest + strlen(class) != query)
		return NULL;
	wp_buf_printf(&buf, "wmi/%s", class);
	for (; *query; query++) {
		if (*query == '#') {
			wp_buf_free(&buf);
			return NULL;
		}
		if (*query > ' ' && *query <= '~')
			wp_buf_putc(&buf, *query);
		else
			add_encoded(&buf, *query);
	}
	return buf.data;
}
