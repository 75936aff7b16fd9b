/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an audit needs beside the plan: the window, the site's time zone, and the export before this one. */
#include "auditing.h"

#include <string.h>

/* Nobody can mean it, and nothing is estimated from it. */
static void note_no_bandwidth(const struct wp_cli *cli, const struct wp_config *config)
{
	const struct wp_window_settings *window = &config->window;

	for (size_t i = 0; i < config->setting_count; i++)
		if (!strcmp(config->settings[i].section, "window") && !strcmp(config->settings[i].key, "bandwidth") &&
		    window->bandwidth.known && !window->bandwidth.value)
			wp_cli_note(cli, "warning: %s: bandwidth is 0, and how long a refresh takes is not estimated from it",
				    config->settings[i].origin);
	for (size_t i = 0; i < window->site_count; i++)
		if (!window->sites[i].bits)
			wp_cli_note(cli, "warning: %s: bandwidth of site %s is 0, and how long a refresh takes is not estimated "
				    "from it", window->sites[i].origin, window->sites[i].site);
}

void wp_auditing_begin(struct wp_cli *cli, const struct wp_plan_inputs *in, const struct wp_plan_input *input,
		       const struct wp_config *config, struct wp_plan *plan, struct wp_auditing *ret)
{
	struct wp_crew crew = wp_program_crew(cli);
	struct wp_audit_input *audit = &ret->input;
	struct wp_error err;

	*ret = (struct wp_auditing){ .input = { .plan = input, .window = &config->window, .expect = &config->expect } };
	if (wp_program_window(cli->arena, &config->window, cli->env->now, &ret->zone, &audit->opens, &audit->closes, &err))
		wp_cli_note(cli, "warning: %s; %s", err.message,
			    audit->opens.known || audit->closes.known ? "schedules of the site are taken for UTC"
								      : "what is said of times is said without the window");
	audit->zone = ret->zone.count ? &ret->zone : NULL;
	note_no_bandwidth(cli, config);

	/* Loaded for the images at a step's index alone. */
	if (in->cache && json_array_size(wp_site_rows(in->set->site, WP_SITE_SEQUENCES)) &&
	    wp_cache_load_previous(in->cache, &crew, in->set, &ret->previous, &err))
		wp_cli_note(cli, "warning: %s; what the steps of task sequences were made for is taken from this export alone",
			    err.message);
	audit->previous = ret->previous;
	ret->audit = wp_audit_begin(audit, plan);
}

void wp_auditing_free(struct wp_auditing *auditing)
{
	wp_audit_free(auditing->audit);
	wp_record_set_free(auditing->previous);
}
