/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan file, and every report over what was read. */
#include "wimplan/plan.h"
#include "wimplan/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wp_report_options options = { .all = true, .columns = 80 };
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	struct wp_error err;

	if (wp_plan_parse((const char *)data, size, "fuzz", &plan, &err))
		return 0;
	wp_report_plan_text(plan, &options, &text);
	wp_report_plan_markdown(plan, &options, &text);
	wp_report_plan_csv(plan, &options, &text);
	return 0;
}
