/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The profile of a site: from --profile, else the one that the cache has. */
#ifndef WIMPLAN_CLI_SITE_PROFILE_H
#define WIMPLAN_CLI_SITE_PROFILE_H

#include "cli.h"

#include "wimplan/profile.h"

/* Reads --profile, when it names a file; *@ret stays NULL otherwise. @site_code NULL: any site's. The caller frees *@ret. */
int wp_cli_read_profile(struct wp_cli *cli, const char *site_code, struct wp_profile **ret);

/*
 * What a plan of this site takes: that of --profile, none for "none", else the one in @cache, which may be NULL. The caller frees
 * *@ret.
 */
int wp_cli_find_profile(struct wp_cli *cli, struct wp_cache *cache, const char *site_code, struct wp_profile **ret);

/* Keeps a profile in the cache for its site; @profile NULL: forgets that of @site_code. */
int wp_cli_keep_profile(struct wp_cli *cli, struct wp_cache *cache, const char *site_code, const struct wp_profile *profile);

/* Whether --profile says that there is to be none. */
bool wp_cli_without_profile(const struct wp_cli *cli);

#endif
