/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache: opened, and what it knows for a shell that completes a word: quickly, and nothing where that is not possible. */
#include "cli.h"
#include "objects.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

int wp_cli_open_cache(struct wp_cli *cli, enum wp_cache_mode mode, struct wp_cache **ret_cache)
{
	const char *path = wp_cli_cache_path(cli);

	if (!path)
		return wp_fail(&cli->err, WP_E_USAGE, "usage", "--cache",
			       "neither --cache, WIMPLAN_CACHE, XDG_CACHE_HOME nor HOME says where the cache is; give --cache FILE");
	return wp_cache_open(path, mode, ret_cache, &cli->err);
}

static void add_packages(struct wp_cli *cli, struct wp_cache *cache, const char *begin, struct wp_buf *buf)
{
	struct wp_package_name *items;
	size_t count;

	if (wp_cache_list_packages(cache, cli->arena, cli->site, begin, &items, &count, &cli->err))
		return;
	for (size_t i = 0; i < count; i++) {
		wp_buf_puts(buf, items[i].id);
		if (items[i].name) {
			wp_buf_putc(buf, '\t');
			wp_text_escape(buf, items[i].name);
		}
		wp_buf_putc(buf, '\n');
	}
}

/* Each site once, or the digits of each snapshot. */
static void add_snapshots(struct wp_cli *cli, struct wp_cache *cache, bool sites, const char *begin, struct wp_buf *buf)
{
	struct wp_snapshot *items;
	const char *last = "";
	size_t count;

	if (wp_cache_list_snapshots(cache, cli->arena, &items, &count, &cli->err))
		return;
	for (size_t i = 0; i < count; i++) {
		const char *word = sites ? items[i].site_code : wp_cli_snapshot_name(cli->arena, &items[i]);

		if (strncmp(word, begin, strlen(begin)) != 0 || (sites && !strcmp(word, last)) ||
		    (!sites && cli->site && !wp_ascii_same(items[i].site_code, cli->site)))
			continue;
		last = word;
		wp_buf_puts(buf, word);
		if (!sites)
			wp_buf_printf(buf, "\t%s", wp_cli_snapshot_words(cli->arena, &items[i]));
		wp_buf_putc(buf, '\n');
	}
}

void wp_cli_known(struct wp_cli *cli, enum wp_known what, const char *begin, struct wp_buf *buf)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;

	if (wp_cli_open_cache(cli, WP_CACHE_GLANCE, &cache))
		return;
	if (what == WP_KNOWN_PACKAGES)
		add_packages(cli, cache, begin, buf);
	else
		add_snapshots(cli, cache, what == WP_KNOWN_SITES, begin, buf);
}
