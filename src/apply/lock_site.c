/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A name that only one process of the machine can bind, and that the kernel frees when the process ends. */
#include "lock.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/file.h"
#include "wimplan/hash.h"

#include <curl/curl.h>
#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

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

/* An abstract name (unix(7)): no file, no permissions. Anybody can see it, so it says nothing but a digest. */
static socklen_t make_address(const char *provider, const char *site_code, struct sockaddr_un *ret)
{
	struct wp_buf key __attribute__((cleanup(wp_buf_free))) = { 0 };
	char digest[WP_HASH_TEXT];
	int length;

	add_provider(&key, provider);
	wp_buf_printf(&key, "\n%s", site_code);
	/* Host names and paths of the provider do not tell upper from lower case. */
	for (size_t i = 0; i < key.length; i++)
		key.data[i] = (char)wp_ascii_lower(key.data[i]);
	wp_sha256_text(key.data, key.length, digest);
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	length = snprintf(ret->sun_path + 1, sizeof ret->sun_path - 1, "wimplan-apply-%s", digest + strlen("sha256:"));
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

/*
 * Who listens under the name: a client sees the process that called listen(), and its user (SO_PEERCRED, unix(7)). One
 * that was bound a moment ago and does not listen yet, or has just ended, refuses and stays unknown.
 */
static void describe_holder(const struct sockaddr_un *address, socklen_t length, char *who, size_t room)
{
	/* The holder never accepts: without SOCK_NONBLOCK a full queue would keep connect() waiting for its end. */
	int fd __attribute__((cleanup(wp_closep))) = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct ucred holder;
	socklen_t size = sizeof holder;
	const struct passwd *user;
	int at;

	snprintf(who, room, "another process");
	if (fd < 0 || connect(fd, (const struct sockaddr *)address, length) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &holder, &size))
		return;
	/* 0: a process that this PID namespace does not see. */
	at = holder.pid ? snprintf(who, room, "process %ld", (long)holder.pid) : (int)strlen(who);
	user = getpwuid(holder.uid);
	if (user)
		snprintf(who + at, room - (size_t)at, " of the user %s", user->pw_name);
	else
		snprintf(who + at, room - (size_t)at, " of the user %lu", (unsigned long)holder.uid);
}

int wp_lock_site(const char *provider, const char *site_code, int *ret_fd, struct wp_error *err)
{
	struct sockaddr_un address;
	socklen_t length = make_address(provider, site_code, &address);
	int fd __attribute__((cleanup(wp_closep))) = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char who[100];

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, length) && !listen(fd, SOMAXCONN)) {
		*ret_fd = fd;
		fd = -1;
		return WP_OK;
	}
	if (fd < 0 || errno != EADDRINUSE)
		return wp_fail(err, WP_E_FAILED, "lock", provider, "the lock of %s cannot be made: %s", provider,
			       strerror(errno));
	describe_holder(&address, length, who, sizeof who);
	return wp_fail(err, WP_E_BUSY, "busy", provider,
		       "%s is applying a plan at %s, site %s; wait until it has ended", who, provider, site_code);
}
