/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar, and the file of --events. */
#include "wimplan/progress.h"
#include "wimplan/print.h"

int wp_progress_open(struct wp_cli *cli, struct wp_progress *ret)
{
	*ret = (struct wp_progress){
		.bar = cli->env->stderr_terminal && !cli->quiet,
		.columns = cli->env->columns,
	};
	if (wp_lines_open(cli->events, WP_LINES_NEW, &ret->events, &cli->err))
		return cli->err.status;
	wp_progress_event(ret, json_pack("{s:s, s:s, s:s}", "type", "version", "format", "wimplan-events",
					 "format_version", "1.0"));
	return WP_OK;
}

bool wp_progress_wanted(const struct wp_progress *progress)
{
	return progress->bar || progress->events.file;
}

void wp_progress_draw(struct wp_progress *progress, uint64_t done, uint64_t total, const char *words)
{
	struct wp_buf bar __attribute__((cleanup(wp_buf_free))) = { 0 };
	uint64_t permille = total ? (uint64_t)((double)done / (double)total * 1000) : 1000;
	size_t width = progress->columns > 70 ? 40 : progress->columns - 30, filled;

	if (!progress->bar || (permille + 1 == progress->shown && done != total))
		return;
	permille = permille > 1000 ? 1000 : permille;
	filled = width * (size_t)permille / 1000;
	progress->shown = permille + 1;
	wp_buf_putc(&bar, '[');
	wp_buf_pad(&bar, '=', filled);
	wp_buf_pad(&bar, ' ', width - filled);
	wp_buf_printf(&bar, "] %s", words);
	wp_tell_over(wp_buf_text(&bar));
	if (done == total)
		wp_tell_over(NULL);
}

void wp_progress_event(struct wp_progress *progress, json_t *line)
{
	wp_lines_add(&progress->events, line);
}

int wp_progress_close(struct wp_progress *progress, struct wp_error *err)
{
	return wp_lines_close(&progress->events, err);
}
