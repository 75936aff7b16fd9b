/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses: which of them are this very machine, and the paths below an AdminService. */
#include "url.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/provider.h"

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
