/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receipt, and every report over what was read. */
#include "fuzz.h"

#include "wimplan/receipt.h"
#include "wimplan/report.h"

#include <stdlib.h>

static void report(const struct wp_receipt *receipt, const struct wp_report_options *options)
{
	struct wp_buf text = { 0 };

	wp_report_receipt_text(receipt, options, &text);
	wp_buf_free(&text);
	wp_report_receipt_markdown(receipt, options, &text);
	fuzz_check_markdown(&text);
	wp_report_receipt_html(receipt, options, &text);
	fuzz_check_html(&text);
	wp_report_receipt_csv(receipt, options, &text);
	fuzz_check_csv(&text, options->delimiter);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_receipt receipt;
	struct wp_error err = { 0 };

	if (!wp_receipt_parse(arena, (const char *)data, size, "fuzz", &receipt, &err)) {
		report(&receipt, &(struct wp_report_options){ .all = true, .columns = 80, .delimiter = ',' });
		report(&receipt, &(struct wp_report_options){ .columns = 40, .delimiter = ';' });
	} else if (err.status != WP_E_REFUSED || !err.message[0]) {
		abort();
	}
	return 0;
}
