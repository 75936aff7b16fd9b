/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan file, read piece by piece and held against the same text read at once; and every report over what was read. */
#include "fuzz.h"

#include "wimplan/json.h"
#include "wimplan/plan.h"
#include "wimplan/report.h"

#include <stdlib.h>
#include <string.h>

/* Both are to agree on what is JSON, and on the digest of what is a plan. */
static void compare(const uint8_t *data, size_t size, const struct wp_plan *plan, const struct wp_error *err)
{
	struct wp_buf body __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	char digest[WP_HASH_TEXT];
	struct wp_error why;

	if (wp_json_parse((const char *)data, size, "fuzz", &document, &why)) {
		if (plan)
			abort();
		return;
	}
	if (!plan) {
		/* At the beginning: what a plan says may be quoted behind it. */
		if (!strncmp(err->message, "fuzz: line", strlen("fuzz: line")) && strstr(err->message, "not valid JSON"))
			abort();
		return;
	}
	wp_json_canonical(&body, json_object_get(document, "body"));
	wp_sha256_text(body.data, body.length, digest);
	if (strcmp(digest, plan->id) != 0)
		abort();
}

static void report(const struct wp_plan *plan, const struct wp_report_options *options)
{
	struct wp_buf text = { 0 };

	wp_report_plan_text(plan, options, &text);
	wp_buf_free(&text);
	wp_report_plan_markdown(plan, options, &text);
	fuzz_check_markdown(&text);
	wp_report_plan_html(plan, options, &text);
	fuzz_check_html(&text);
	wp_report_plan_csv(plan, options, &text);
	fuzz_check_csv(&text, options->delimiter);
	wp_report_plan_powershell(plan, options, &text);
	fuzz_check_powershell(&text);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	struct wp_error err;
	int status = wp_plan_parse(NULL, (const char *)data, size, "fuzz", &plan, &err);

	compare(data, size, plan, &err);
	if (status)
		return 0;
	report(plan, &(struct wp_report_options){ .all = true, .columns = 80, .delimiter = ',' });
	report(plan, &(struct wp_report_options){ .columns = 40, .delimiter = ';' });
	return 0;
}
