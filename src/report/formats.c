/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms in which a plan and a receipt can be shown. */
#include "wimplan/report.h"

static const struct {
	void (*plan)(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf);
	void (*receipt)(const struct wp_receipt *receipt, const struct wp_report_options *options, struct wp_buf *buf);
} writers[] = {
	[WP_REPORT_TEXT] = { wp_report_plan_text, wp_report_receipt_text },
	[WP_REPORT_MARKDOWN] = { wp_report_plan_markdown, wp_report_receipt_markdown },
	[WP_REPORT_HTML] = { wp_report_plan_html, wp_report_receipt_html },
	[WP_REPORT_CSV] = { wp_report_plan_csv, wp_report_receipt_csv },
	[WP_REPORT_POWERSHELL] = { wp_report_plan_powershell, NULL },
};

void wp_report_plan(const struct wp_plan *plan, enum wp_report_format format, const struct wp_report_options *options,
		    struct wp_buf *buf)
{
	writers[format].plan(plan, options, buf);
}

bool wp_report_receipt(const struct wp_receipt *receipt, enum wp_report_format format,
		       const struct wp_report_options *options, struct wp_buf *buf)
{
	if (!writers[format].receipt)
		return false;
	writers[format].receipt(receipt, options, buf);
	return true;
}
