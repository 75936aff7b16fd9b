/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles out of files and out of the cache. */
#include "site_profile.h"

#include "wimplan/file.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <string.h>

bool wp_cli_without_profile(const struct wp_cli *cli)
{
	return cli->profile && !strcmp(cli->profile, "none");
}

int wp_cli_read_profile(struct wp_cli *cli, const char *site_code, struct wp_profile **ret)
{
	const char *subject = cli->profile && !strcmp(cli->profile, "-") ? "standard input" : cli->profile;
	char *text;
	size_t length;
	int status;

	*ret = NULL;
	if (!cli->profile || wp_cli_without_profile(cli))
		return WP_OK;
	status = wp_file_read_text(cli->arena, cli->profile, WP_LIMIT_PROFILE_BYTES, &text, &length, &cli->err);
	if (!status)
		status = wp_profile_parse(text, length, subject, ret, &cli->err);
	if (!status && site_code)
		status = wp_profile_check_site(*ret, site_code, subject, &cli->err);
	return status;
}

int wp_cli_find_profile(struct wp_cli *cli, struct wp_cache *cache, const char *site_code, struct wp_profile **ret)
{
	struct wp_error why;
	const char *text;
	size_t length;
	int status = wp_cli_read_profile(cli, site_code, ret);

	if (status || *ret || !cache || !site_code || wp_cli_without_profile(cli))
		return status;
	status = wp_cache_find_profile(cache, cli->arena, site_code, &text, &length, &cli->err);
	if (status || !text)
		return status;
	if (wp_profile_parse(text, length, "its text", ret, &why))
		return wp_fail(&cli->err, WP_E_FAILED, "cache-damaged", site_code,
			       "the profile of site %s in the cache cannot be read (%s); give it again with `wimplan import --profile FILE`, "
			       "or plan without it with --profile none",
			       site_code, why.message);
	return WP_OK;
}

int wp_cli_keep_profile(struct wp_cli *cli, struct wp_cache *cache, const char *site_code, const struct wp_profile *profile)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!profile)
		return wp_cache_put_profile(cache, site_code, (struct wp_time){ 0 }, NULL, &cli->err);
	wp_json_canonical(&text, profile->document);
	return wp_cache_put_profile(cache, profile->site_code, profile->taken_at, wp_buf_text(&text), &cli->err);
}
