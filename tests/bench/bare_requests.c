/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sends the requests that standard input lists ("METHOD URL" a line) over one libcurl handle and does nothing with the
 * answers: bare-requests CA-FILE. Prints the seconds it took and how many answers were no success.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t drop(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
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
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
	began = now();
	while (fgets(line, sizeof line, stdin)) {
		char *url = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (!url)
			return 2;
		*url++ = '\0';
		bad += !send_one(curl, line, url);
	}
	printf("%.6f %lu\n", now() - began, bad);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	curl_global_cleanup();
	return 0;
}
