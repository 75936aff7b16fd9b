/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sends the requests that standard input lists ("METHOD URL" a line) over one libcurl handle and does nothing with the
 * answers but to follow the link to the next page of a list: bare-requests CA-FILE. Prints the seconds it took and how many
 * answers were no success.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* An answer, of which only what is behind its rows is looked at. */
struct answer {
	char *text; /* not terminated */
	size_t length, room;
};

static size_t keep(char *bytes, size_t size, size_t count, void *context)
{
	struct answer *answer = context;

	if (answer->room - answer->length < size * count) {
		answer->room = 2 * answer->room + size * count;
		answer->text = realloc(answer->text, answer->room);
		if (!answer->text)
			abort();
	}
	memcpy(answer->text + answer->length, bytes, size * count);
	answer->length += size * count;
	return size * count;
}

/* The next page by the name under which this one was reached; false where there is none. */
static bool next_page(const struct answer *answer, char url[], size_t room)
{
	static const char mark[] = "\"@odata.nextLink\"", service[] = "/AdminService/";
	const char *at = memmem(answer->text, answer->length, mark, sizeof mark - 1), *end;
	char *place = strstr(url, service);

	if (!at || !place)
		return false;
	at = memmem(at, answer->length - (size_t)(at - answer->text), service, sizeof service - 1);
	end = at ? memchr(at, '"', answer->length - (size_t)(at - answer->text)) : NULL;
	return end && snprintf(place, room - (size_t)(place - url), "%.*s", (int)(end - at), at) > 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool send_one(CURL *curl, const char *method, const char *url)
{
	long status = 0;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	if (strcmp(method, "GET") == 0)
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	else
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "{}");
	if (curl_easy_perform(curl))
		return false;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

int main(int argc, char **argv)
{
	struct curl_slist *headers;
	struct answer answer = { 0 };
	unsigned long bad = 0;
	char line[2048];
	double began;
	CURL *curl;

	if (argc != 2) {
		fputs("usage: bare-requests CA-FILE\n", stderr);
		return 2;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	headers = curl_slist_append(NULL, "Content-Type: application/json");
	if (!curl || !headers)
		return 1;
	curl_easy_setopt(curl, CURLOPT_CAINFO, argv[1]);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	began = now();
	while (fgets(line, sizeof line, stdin)) {
		char *url = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (!url)
			return 2;
		*url++ = '\0';
		do {
			answer.length = 0;
			bad += !send_one(curl, line, url);
		} while (next_page(&answer, url, sizeof line - (size_t)(url - line)));
	}
	printf("%.6f %lu\n", now() - began, bad);
	free(answer.text);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	curl_global_cleanup();
	return 0;
}
