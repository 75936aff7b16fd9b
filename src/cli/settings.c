/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in force: the configuration, and the maps of the call over it. */
#include "settings.h"

#include <string.h>

int wp_cli_load_config(struct wp_cli *cli, struct wp_config *ret)
{
	int status = wp_cli_config(cli, ret);

	if (status)
		return status;
	for (size_t i = 0; i < cli->maps.count; i++) {
		const char *text = cli->maps.items[i], *equals = strchr(text, '=');

		if (!equals)
			return wp_fail(&cli->err, WP_E_USAGE, "usage", "--map",
				       "--map '%s' has no '='; write --map 'PREFIX=FOLDER', such as "
				       "'\\\\server\\share=/mnt/share'", text);
		status = wp_config_set(cli->arena, ret, "map",
				       wp_arena_strndup(cli->arena, text, (size_t)(equals - text)), equals + 1, "--map",
				       &cli->err);
		if (status)
			return status;
	}
	return WP_OK;
}
