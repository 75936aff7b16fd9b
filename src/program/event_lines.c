/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of --events: lines that are written while a call goes on, and what became of the first that was not. */
#include "wimplan/progress.h"

#include <errno.h>
#include <string.h>

int wp_lines_open(const char *path, enum wp_lines_how how, struct wp_lines *ret, struct wp_error *err)
{
	*ret = (struct wp_lines){ .path = path };
	if (!path)
		return WP_OK;
	ret->file = fopen(path, how == WP_LINES_FOLLOWED ? "ae" : "we");
	if (!ret->file)
		return wp_fail(err, WP_E_FAILED, "unwritable", path, "%s cannot be written: %s; give another --events FILE", path,
			       strerror(errno));
	if (how == WP_LINES_FOLLOWED)
		setvbuf(ret->file, NULL, _IOLBF, 0);
	return WP_OK;
}

/* Of several failures the first is the reason; what comes later may even get through. */
static void keep_reason(struct wp_lines *lines, bool failed)
{
	if (failed && !lines->reason)
		lines->reason = errno;
}

void wp_lines_add(struct wp_lines *lines, json_t *line)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (lines->file) {
		wp_json_line(&text, line);
		keep_reason(lines, fputs(wp_buf_text(&text), lines->file) < 0);
	}
	json_decref(line);
}

int wp_lines_close(struct wp_lines *lines, struct wp_error *err)
{
	if (!lines->file)
		return WP_OK;
	keep_reason(lines, fflush(lines->file) != 0);
	/* Network file systems report a full disk as late as here. After a signal it is closed all the same (close(2)). */
	keep_reason(lines, fclose(lines->file) != 0 && errno != EINTR);
	lines->file = NULL;
	if (!lines->reason)
		return WP_OK;
	return wp_fail(err, WP_E_FAILED, "unwritable", lines->path, "%s could not be written to its end: %s", lines->path,
		       strerror(lines->reason));
}
