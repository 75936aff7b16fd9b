/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration and the scan as the commands need them. */
#ifndef WIMPLAN_CLI_SETTINGS_H
#define WIMPLAN_CLI_SETTINGS_H

#include "cli.h"

#include "wimplan/config.h"
#include "wimplan/source.h"

#include <stdio.h>

/*
 * What is in force: the defaults, then --config or else the first that exists of $XDG_CONFIG_HOME/wimplan/wimplan.conf
 * (~/.config when that is unset) and /etc/wimplan.conf, then the --map options. Strings live in cli->arena.
 */
int wp_cli_load_config(struct wp_cli *cli, const char *const *maps, size_t map_count, struct wp_config *ret,
		       struct wp_error *err);

/* Reads --jobs. Returns 0 and the number, or the exit status after having said what is wrong. */
int wp_cli_parse_jobs(struct wp_cli *cli, const char *text, unsigned int *ret_jobs);

/*
 * Scans the sources of @count records. @jobs 0 takes as many threads as there are processors. @cache may
 * be NULL. Shows a progress bar on standard error when it is a terminal, and writes progress lines to
 * @events when that is not NULL.
 */
struct wp_scan *wp_cli_scan(struct wp_cli *cli, const struct wp_record *records, size_t count,
			    const struct wp_config *config, unsigned int jobs, struct wp_cache *cache, FILE *events);

#endif
