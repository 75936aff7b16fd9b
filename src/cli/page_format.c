/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How what is no plan is to be shown: its formats, colours and width. */
#include "showing.h"

#include <string.h>

const char *const wp_page_formats[] = { "text", "markdown", "html", "json", NULL };

struct wp_report_options wp_cli_report_options(const struct wp_cli *cli)
{
	const char *no_color = cli->env->get("NO_COLOR"), *term = cli->env->get("TERM");
	bool to_terminal = cli->env->stdout_terminal && (!cli->output || !strcmp(cli->output, "-"));
	/* https://no-color.org: counts when it is set and not empty, as every variable here does. */
	bool automatic = to_terminal && !no_color && !(term && !strcmp(term, "dumb"));

	return (struct wp_report_options){
		.color = cli->color == WP_COLOR_ALWAYS || (cli->color == WP_COLOR_AUTO && automatic),
		.columns = cli->env->columns,
	};
}

int wp_format_refuse(struct wp_cli *cli, const char *format)
{
	return wp_cli_usage(cli, "--format", "--json and --format %s exclude each other", format);
}

int wp_page_format_check(struct wp_cli *cli, enum wp_page_format *format)
{
	if (cli->json && *format != WP_PAGE_OPEN && *format != WP_PAGE_JSON)
		return wp_format_refuse(cli, wp_page_formats[*format - WP_PAGE_TEXT]);
	cli->json = cli->json || *format == WP_PAGE_JSON;
	if (*format == WP_PAGE_OPEN || *format == WP_PAGE_JSON)
		*format = WP_PAGE_TEXT;
	return WP_OK;
}
