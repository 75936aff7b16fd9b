/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a receipt is for people: it ends, says what it has not, and what went wrong is on it. */
#include "report_fixture.h"

#include "wimplan/receipt.h"

enum { ROWS = 4000 };

/* A page of so many steps, the last @failed of which failed; with @points: of each refresh so many that have not got it. */
static char *page_of(size_t count, size_t failed, size_t points)
{
	const struct wp_report_options options = { .columns = 80 };
	struct wp_receipt_step *steps = calloc(count, sizeof *steps);
	struct wp_receipt_point *missing = calloc(points + 1, sizeof *missing);
	struct wp_receipt_distribution distribution = { .targeted = points, .points = missing, .count = points };
	struct wp_receipt receipt = { .plan_id = "sha256:0", .site_code = "P01", .provider = "https://cm01/AdminService",
				      .by = "ann@adm01", .steps = steps, .count = count };
	struct wp_buf buf = { 0 };

	for (size_t i = 0; i < points; i++)
		missing[i] = (struct wp_receipt_point){ .name = "dp01", .state = "waiting" };
	for (size_t i = 0; i < count; i++)
		steps[i] = (struct wp_receipt_step){ .package_id = "P0100001", .action = WP_ACTION_REFRESH,
						     .outcome = i < count - failed ? WP_OUTCOME_DONE : WP_OUTCOME_FAILED,
						     .distribution = points ? &distribution : NULL };
	wp_report_receipt_html(&receipt, &options, &buf);
	free(steps);
	free(missing);
	report_expect_balanced(wp_buf_text(&buf));
	return buf.data;
}

Test(report, receipt_page_ends)
{
	char *page = page_of(ROWS, 3, 0);

	cr_expect_lacks(page, "not on this page");
	cr_expect_eq(report_occurrences(page, ">P0100001<"), ROWS);
	free(page);
	page = page_of(ROWS + 1, 3, 0);
	cr_expect_contains(page, "<p>And 1 more step, which is not on this page: the receipt has it.</p>");
	cr_expect_eq(report_occurrences(page, ">failed</span></td>"), 3, "they stand behind all others");
	free(page);
	page = page_of(40000, ROWS + 5, 0);
	cr_expect_contains(page, "<p>And 36,000 more steps, which are not on this page: the receipt has them.</p>");
	cr_expect_eq(report_occurrences(page, ">failed</span></td>"), ROWS);
	free(page);
	page = page_of(10000, 0, 10);
	cr_expect_contains(page, "<p>And 6,000 more packages, which are not on this page: the receipt has them.</p>");
	cr_expect_contains(page, "<p>And 96,000 more points, which are not on this page: the receipt has them.</p>");
	cr_expect_lt(strlen(page), 5 << 20, "%zu bytes", strlen(page));
	free(page);
}
