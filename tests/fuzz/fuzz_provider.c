/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers of a provider, without the network. The first byte says what is asked for, the second which status and type of content
 * comes back; bodies follow, the pages of a list with a record separator (0x1e) between them.
 */
#include "../../src/provider/ask.h"
#include "../../src/provider/entity.h"
#include "../../src/provider/extended.h"
#include "../../src/provider/odata.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASK_LIST, ASK_OBJECT, ASK_PACKAGE, ASK_ANSWER, ASK_KINDS };

#define SEPARATOR 0x1e

static const long statuses[] = { 200, 201, 204, 200, 301, 400, 401, 403, 404, 405, 429, 500, 503, 0 };
static const char *const types[] = { "application/json", "text/html", "", "text/plain" };

/* What is left to be given as answers. */
struct wp_provider {
	const uint8_t *data;
	size_t size;
	uint8_t kind; /* the second byte */
	unsigned int asked;
};

void __wrap_wp_ask(struct wp_session *session, const char *path, enum wp_request request, bool patient, struct wp_http *http,
		   struct wp_answer *ret);

static void next_answer(struct wp_provider *provider, struct wp_http *http)
{
	const uint8_t *end = provider->size ? memchr(provider->data, SEPARATOR, provider->size) : NULL;
	size_t length = end ? (size_t)(end - provider->data) : provider->size;

	*http = (struct wp_http){ .status = statuses[provider->kind % (sizeof statuses / sizeof *statuses)], .retry_after = -1 };
	http->transport = http->status ? WP_TRANSPORT_ANSWERED : provider->kind % 2 ? WP_TRANSPORT_LOST : WP_TRANSPORT_NOT_SENT;
	snprintf(http->type, sizeof http->type, "%s", types[provider->kind / 64]);
	snprintf(http->why, sizeof http->why, "it was not answered");
	wp_buf_add(&http->body, provider->data, length);
	provider->data += length + !!end;
	provider->size -= length + !!end;
}

void __wrap_wp_ask(struct wp_session *session, const char *path, enum wp_request request, bool patient, struct wp_http *http,
		   struct wp_answer *ret)
{
	const char *query = strchr(path, '?'), *climbs = strstr(path, "..");

	(void)patient;
	/* Below the provider, and nowhere else: behind a question mark nothing leads anywhere. */
	if (strncmp(path, "wmi/", 4) != 0 || (climbs && (!query || climbs < query)) || strpbrk(path, "\r\n #"))
		abort();
	if (session->provider->asked++ > 1000)
		abort();
	next_answer(session->provider, http);
	wp_answer_read(http, request, ret);
}

static int take_row(void *context, json_t *row, struct wp_json_excerpt text, struct wp_error *err)
{
	size_t *rows = context;

	(void)err;
	if (!json_is_object(row) || !text.length || ++*rows > 1000)
		abort();
	return WP_OK;
}

static void check_error(int status, const struct wp_error *err)
{
	if (status && !err->message[0])
		abort();
}

static void read_answer(struct wp_provider *provider, uint8_t choice)
{
	struct wp_extended extended = { 0 };
	struct wp_answer answer;
	struct wp_http http;
	bool many = false;
	char *text;

	next_answer(provider, &http);
	wp_answer_read(&http, choice / ASK_KINDS % (WP_REQUEST_WRITE + 1), &answer);
	if (answer.said != WP_SAID_DONE && !answer.why[0])
		abort();
	wp_extended_find_text(wp_buf_text(&http.body), &extended);
	if (answer.json) {
		wp_answer_entity(answer.json, &many);
		text = wp_entity_write_back(answer.json);
		free(text);
	}
	wp_answer_free(&answer);
	wp_http_free(&http);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	const struct wp_provider_options options = { .url = "https://cm01.contoso.com/AdminService", .timeout = 300 };
	struct wp_provider provider = { .data = data + 2, .size = size - 2 };
	struct wp_session session = { .options = &options, .site_code = "P01", .met = true, .provider = &provider };
	struct wp_record_set *set = NULL;
	struct wp_error err = { 0 };
	json_t *entity = NULL;
	size_t rows = 0;
	const struct wp_list_reader reader = { .row = take_row, .context = &rows, .limit = 100 };
	struct wp_answer answer = { 0 };
	int status;

	if (size < 2)
		return 0;
	provider.kind = data[1];
	switch (data[0] % ASK_KINDS) {
	case ASK_LIST:
		check_error(wp_session_list(&session, "SMS_ImagePackage", data[0] & 0x80 ? "PackageID eq 'P0100001'" : NULL, &reader, &err), &err);
		break;
	case ASK_OBJECT:
		check_error(wp_session_object(&session, "SMS_ImagePackage", "P0100001", &entity, &err), &err);
		json_decref(entity);
		break;
	case ASK_PACKAGE:
		status = wp_session_read(&session, WP_CLASS_IMAGE, "P0100001", false, &set, &answer, &err);
		check_error(status, &err);
		if (!status)
			wp_answer_free(&answer);
		wp_record_set_free(set);
		break;
	default:
		read_answer(&provider, data[0]);
	}
	return 0;
}
