/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options and remarks of exports. */
#include "exports.h"

#include <string.h>

int wp_cli_read_date_order(struct wp_cli *cli, const char *text, enum wp_date_order *ret)
{
	static const char *const names[] = {
		[WP_DATE_ORDER_DMY] = "dmy",
		[WP_DATE_ORDER_MDY] = "mdy",
		[WP_DATE_ORDER_YMD] = "ymd",
	};

	for (size_t i = WP_DATE_ORDER_DMY; i < sizeof names / sizeof *names; i++) {
		if (strcmp(text, names[i]))
			continue;
		*ret = (enum wp_date_order)i;
		return 0;
	}
	return wp_cli_usage(cli, "--date-order", "--date-order is dmy, mdy or ymd, not '%s'", text);
}

void wp_cli_note_remarks(const struct wp_cli *cli, const struct wp_diags *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];

		if (diag->severity != WP_INFO || cli->verbose)
			wp_cli_note(cli, "%s: %s%s%s", wp_severity_name(diag->severity),
				    diag->subject ? diag->subject : "", diag->subject ? ": " : "", diag->summary);
	}
}
