/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration that is in force: from where it stands, and what options put over it. */
#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/program.h"

/* Reads one file over @config. WP_E_NOT_FOUND when there is none. */
static int read_file(struct wp_arena *arena, const char *path, struct wp_config *config, struct wp_error *err)
{
	char *text;
	size_t length;
	int status = wp_file_read_text(arena, path, WP_LIMIT_CONFIG_BYTES, &text, &length, err);

	return status ? status : wp_config_parse(arena, config, path, text, length, err);
}

struct wp_config_places wp_cli_config_places(const struct wp_cli *cli)
{
	const char *xdg = cli->env->get("XDG_CONFIG_HOME"), *home = cli->env->get("HOME");
	struct wp_config_places places = { { NULL, "/etc/wimplan.conf" } };

	/* XDG Base Directory Specification: a relative path there is invalid and counts as unset. */
	if (xdg && xdg[0] == '/')
		places.items[0] = wp_arena_printf(cli->arena, "%s/wimplan/wimplan.conf", xdg);
	else if (home)
		places.items[0] = wp_arena_printf(cli->arena, "%s/.config/wimplan/wimplan.conf", home);
	return places;
}

static int read_default(const struct wp_cli *cli, struct wp_config *config, struct wp_error *err)
{
	struct wp_config_places places = wp_cli_config_places(cli);

	for (size_t i = 0; i < sizeof places.items / sizeof *places.items; i++) {
		int status = places.items[i] ? read_file(cli->arena, places.items[i], config, err) : WP_E_NOT_FOUND;

		if (status != WP_E_NOT_FOUND)
			return status;
	}
	return WP_OK;
}

int wp_cli_config(struct wp_cli *cli, struct wp_config *ret)
{
	struct wp_error *err = &cli->err;
	int status;

	wp_config_init(cli->arena, ret);
	status = cli->config ? read_file(cli->arena, cli->config, ret, err) : read_default(cli, ret, err);
	for (size_t i = 0; !status && i < cli->given_count; i++) {
		const struct wp_option *option = cli->given[i].option;

		status = wp_config_set(cli->arena, ret, option->section, option->key, cli->given[i].value,
				       wp_arena_printf(cli->arena, "--%s", option->name), err);
	}
	/* Whatever is wrong with it, it is the configuration that is: exit status 2. */
	return status ? err->status = WP_E_USAGE : WP_OK;
}
