/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of a report: what is wrong with them, and what they come to. */
#include "showing.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"

#include <string.h>

const char *const wp_showing_formats[] = { "text", "markdown", "html", "csv", "powershell", "json", NULL };

/* What separates the cells of CSV; 0 for what would not be read again. */
static char delimiter_of(const char *given)
{
	if (!strcmp(given, "tab"))
		return '\t';
	return *given && strchr(",;|\t", *given) && !given[1] ? *given : '\0';
}

/* The options that a format has no place for. */
static int check_format(struct wp_cli *cli, const struct wp_showing *showing)
{
	bool csv = showing->format == WP_SHOWING_TEXT + WP_REPORT_CSV;
	bool page = showing->format == WP_SHOWING_TEXT + WP_REPORT_MARKDOWN || showing->format == WP_SHOWING_TEXT + WP_REPORT_HTML;

	if ((showing->bom || showing->delimiter) && !csv)
		return wp_cli_usage(cli, showing->bom ? "--bom" : "--delimiter", "%s belongs to --format csv",
				    showing->bom ? "--bom" : "--delimiter");
	if (showing->pairs.count && !page)
		return wp_cli_usage(cli, "--set", "--set belongs to --format markdown and html");
	if (showing->since && !page && showing->format != WP_SHOWING_TEXT && showing->format != WP_SHOWING_JSON)
		return wp_cli_usage(cli, "--since", "--since belongs to --format text, markdown, html and json");
	if (showing->timezone && !page && showing->format != WP_SHOWING_TEXT)
		return wp_cli_usage(cli, "--timezone", "--timezone belongs to --format text, markdown and html");
	return WP_OK;
}

static struct wp_report_pair pair_of(struct wp_cli *cli, const char *given)
{
	const char *equals = strchr(given, '=');

	return (struct wp_report_pair){ wp_arena_strndup(cli->arena, given, (size_t)(equals - given)), equals + 1 };
}

static int check_pairs(struct wp_cli *cli, const struct wp_names *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		const char *equals = strchr(pairs->items[i], '=');

		if (!equals || equals == pairs->items[i])
			return wp_cli_usage(cli, "--set", "--set takes a name and a value, as in Change=CHG0012345, not '%s'",
					    pairs->items[i]);
		for (size_t k = 0; k < i; k++)
			if (wp_ascii_same(pair_of(cli, pairs->items[i]).name, pair_of(cli, pairs->items[k]).name))
				return wp_cli_usage(cli, "--set", "--set gives %s two values", pair_of(cli, pairs->items[i]).name);
	}
	return WP_OK;
}

int wp_showing_check(struct wp_cli *cli, struct wp_showing *showing)
{
	int status;

	if (cli->json && showing->format && showing->format != WP_SHOWING_JSON)
		return wp_format_refuse(cli, wp_showing_formats[showing->format - WP_SHOWING_TEXT]);
	if (!showing->format)
		showing->format = cli->json ? WP_SHOWING_JSON : WP_SHOWING_TEXT;
	if (showing->delimiter && !delimiter_of(showing->delimiter))
		return wp_cli_usage(cli, "--delimiter",
				    "--delimiter is a comma, a semicolon, a bar or the word tab, not '%s'", showing->delimiter);
	status = check_format(cli, showing);
	if (!status)
		status = check_pairs(cli, &showing->pairs);
	if (!status && showing->since)
		status = wp_program_plan(cli, showing->since, &showing->earlier, &cli->err);
	return status;
}

void wp_showing_end(struct wp_showing *const *showing)
{
	wp_plan_free((*showing)->earlier);
}

/* The zone that was asked for, or for a page that of this machine; NULL for UTC. */
static int find_zone(struct wp_cli *cli, const struct wp_showing *showing, struct wp_time when, const struct wp_zone **ret)
{
	const char *name = showing->timezone;
	struct wp_zone *zone = wp_arena_alloc(cli->arena, sizeof *zone);
	int status;

	*ret = NULL;
	/* In text a plan is the same from its file as from where it was made. */
	if (!name && showing->format != WP_SHOWING_TEXT)
		name = wp_zone_here(cli->arena);
	if (!name)
		return WP_OK;
	status = wp_zone_load(cli->arena, name, when.known ? when : cli->env->now, zone, &cli->err);
	if (!status)
		*ret = zone;
	return status;
}

int wp_showing_options(struct wp_cli *cli, const struct wp_showing *showing, struct wp_time when,
		       struct wp_report_options *ret)
{
	struct wp_report_pair *pairs = NULL;

	*ret = wp_cli_report_options(cli);
	ret->all = showing->all;
	ret->bom = showing->bom;
	ret->delimiter = showing->delimiter ? delimiter_of(showing->delimiter) : ',';
	for (size_t i = 0; i < showing->pairs.count; i++)
		*WP_PUSH(cli->arena, pairs, ret->pair_count) = pair_of(cli, showing->pairs.items[i]);
	ret->pairs = pairs;
	return find_zone(cli, showing, when, &ret->zone);
}

/* *@ret_given is @since where there is an earlier plan. */
static int compare(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_plan *plan, struct wp_since *since,
		   const struct wp_since **ret_given)
{
	*ret_given = showing->earlier ? since : NULL;
	return showing->earlier ? wp_plan_since(cli->arena, plan, showing->earlier, since, &cli->err) : WP_OK;
}

int wp_showing_json(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_plan *plan, json_t *document)
{
	const struct wp_since *given;
	struct wp_since since;
	int status = compare(cli, showing, plan, &since, &given);

	if (!status && given)
		wp_plan_add_since(document, given);
	return status;
}

int wp_showing_plan(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_plan *plan, struct wp_buf *buf)
{
	struct wp_report_options options;
	struct wp_since since;
	int status = wp_showing_options(cli, showing, plan->created_at, &options);

	if (!status)
		status = compare(cli, showing, plan, &since, &options.since);
	if (!status)
		wp_report_plan(plan, wp_showing_report(showing), &options, buf);
	return status;
}
