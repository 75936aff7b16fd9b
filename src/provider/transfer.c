/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What libcurl takes and brings while a request is under way. What it repeats by itself it needs the body for once more, and gets it only
 * where the server has refused the first one.
 */
#include "transfer.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long reads go on together when the run was asked to stop: enough to verify the current step. */
#define READS_AFTER_SIGNAL_MS 10000

size_t wp_transfer_give(char *room, size_t size, size_t count, void *context)
{
	struct wp_guard *guard = context;
	size_t left = guard->length - guard->at;

	if (!guard->body || (!guard->at && guard->out))
		return CURL_READFUNC_ABORT;
	if (!guard->at)
		guard->reads++;
	guard->out = true;
	left = left < size * count ? left : size * count;
	memcpy(room, guard->body + guard->at, left);
	guard->at += left;
	return left;
}

int wp_transfer_rewind(void *context, curl_off_t offset, int origin)
{
	struct wp_guard *guard = context;

	if (offset || origin != SEEK_SET || guard->out)
		return CURL_SEEKFUNC_FAIL;
	guard->at = 0;
	return CURL_SEEKFUNC_OK;
}

/* An answer begins. False when libcurl must not go on with this request. */
static bool take_status(struct wp_provider *provider, long status)
{
	struct wp_guard *guard = &provider->guard;

	wp_buf_free(&provider->reply.body);
	provider->reply.status = status;
	provider->reply.retry_after = -1;
	provider->reply.type[0] = '\0';
	if (status == 401 || status == 407)
		guard->out = false;
	/*
	 * For NTLM libcurl begins with a request without its body (lib/http.c, authneg), and repeats it with the body
	 * when the server did not mind. A server that has acted on the first one would do so twice.
	 */
	guard->suspect = guard->body && !guard->at && status >= 200 && status < 300;
	return !guard->suspect;
}

/* Whether the line is the field @name; its value goes into @value, without white space around it. */
static bool is_field(const char *line, size_t length, const char *name, char *value, size_t room)
{
	size_t name_length = strlen(name);

	if (length <= name_length || !wp_ascii_begins(line, name) || line[name_length] != ':')
		return false;
	line += name_length + 1;
	length -= name_length + 1;
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	while (length && (line[length - 1] == '\r' || line[length - 1] == '\n' || line[length - 1] == ' '))
		length--;
	snprintf(value, room, "%.*s", (int)(length < room ? length : room - 1), line);
	return true;
}

/* The seconds that a Retry-After asks for (RFC 9110, 10.2.3: seconds, or a date); -1 when it cannot be understood. */
static long read_retry_after(const char *value)
{
	char *end;
	long seconds = strtol(value, &end, 10);
	time_t date;

	if (*value && !*end)
		return seconds >= 0 ? seconds : -1;
	date = curl_getdate(value, NULL);
	if (date < 0)
		return -1;
	seconds = (long)(date - (time_t)wp_clock_unix());
	return seconds > 0 ? seconds : 0;
}

size_t wp_transfer_take_header(char *line, size_t size, size_t count, void *context)
{
	struct wp_provider *provider = context;
	size_t length = size * count;
	char value[64];

	provider->header += length;
	provider->header_too_large = provider->header > WP_LIMIT_HEADER_BYTES;
	if (provider->header_too_large)
		return 0;
	if (length > 9 && wp_ascii_begins(line, "HTTP/")) {
		const char *space = memchr(line, ' ', length);
		long status = space && length - (size_t)(space - line) > 3 ? strtol(space, NULL, 10) : 0;

		if (status >= 200 && !take_status(provider, status))
			return 0;
	} else if (is_field(line, length, "Retry-After", value, sizeof value)) {
		provider->reply.retry_after = read_retry_after(value);
	} else if (is_field(line, length, "Content-Type", value, sizeof value)) {
		size_t type = strcspn(value, "; \t");

		for (size_t i = 0; i <= type && i < sizeof value; i++)
			provider->reply.type[i] =
				i == type ? '\0' : (char)wp_ascii_lower(value[i]);
	}
	return length;
}

size_t wp_transfer_take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct wp_provider *provider = context;
	size_t length = size * count;

	if (length > provider->limit - provider->reply.body.length) {
		provider->too_large = true;
		return 0;
	}
	wp_buf_add(&provider->reply.body, bytes, length);
	return length;
}

/*
 * Called about once a second. Who asks the run to stop does not wait for a server that hangs: a read ends soon. A call
 * does not, for its answer is what is wanted most.
 */
int wp_transfer_watch(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct wp_provider *provider = context;

	(void)down_total, (void)down, (void)up_total, (void)up;
	if (provider->options.tick)
		provider->options.tick(provider->options.tick_context);
	if (provider->guard.body || !wp_signal_caught())
		return 0;
	if (!provider->asked_ms)
		provider->asked_ms = wp_clock_ms();
	return wp_clock_ms() - provider->asked_ms > READS_AFTER_SIGNAL_MS;
}
