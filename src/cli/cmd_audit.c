/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan audit: import, scan, plan and report in one call that keeps nothing. */
#include "fail_on.h"
#include "planning.h"
#include "settings.h"
#include "showing.h"

#include "wimplan/json.h"
#include "wimplan/plan.h"

struct arguments {
	struct wp_showing showing;
};

static const struct wp_option options[] = { WP_SHOWING_OPTIONS(struct arguments, showing), { 0 } };

static int print(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_plan *plan)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *envelope __attribute__((cleanup(wp_json_freep))) = NULL;
	int status;

	if (showing->format == WP_SHOWING_JSON) {
		envelope = wp_plan_envelope_json(plan);
		status = wp_showing_json(cli, showing, plan, envelope);
		return status ? status : wp_planning_emit(cli, plan, json_incref(envelope));
	}
	status = wp_showing_plan(cli, showing, plan, &buf);
	if (status)
		return status;
	return wp_cli_emit_as(cli, showing->format == WP_SHOWING_TEXT ? WP_TEXT_PLAIN : WP_TEXT_DOCUMENT, &buf);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_showing *showing __attribute__((cleanup(wp_showing_end))) = &((struct arguments *)arguments)->showing;
	struct wp_planning planning __attribute__((cleanup(wp_planning_free))) = { 0 };
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	struct wp_config config;

	if (wp_fail_on_check(cli, true) || wp_showing_check(cli, showing) || wp_cli_load_config(cli, &config) ||
	    wp_plan_inputs_open_exports(cli, (const char *const *)cli->operands, cli->operand_count, &planning.inputs))
		return cli->err.status;
	planning.writes = showing->format == WP_SHOWING_JSON;
	if (wp_planning_make(cli, &config, &planning, &plan))
		return cli->err.status;
	return print(cli, showing, plan);
}

const struct wp_command wp_cmd_audit = {
	.name = "audit",
	.summary = "import, scan, plan and report in one call that keeps nothing",
	.help = "Usage: wimplan audit [OPTION…] FILE…\n"
		"Reads what a site exported, looks at the sources, and says what differs and what\n"
		"that means, as plan and show do. Keeps nothing: no snapshot, and what is in the\n"
		"cache is only read. For scheduled jobs: --fail-on and --since.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_PROFILE | WP_TAKES_SITE | WP_TAKES_DATE_ORDER | WP_TAKES_TAKEN_AT | WP_TAKES_MAP | WP_TAKES_JOBS | WP_TAKES_ONLY |
		 WP_TAKES_EXCLUDE | WP_TAKES_EVENTS | WP_TAKES_DETAILED | WP_TAKES_FAIL_ON,
	.verbs = (const struct wp_verb[]){ { NULL, 1, SIZE_MAX, "a file that was exported from the site", run } },
};
