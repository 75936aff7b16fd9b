/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two small files, one behind the other: what differs between them, and every report of it. */
#include "fuzz.h"

#include "wimplan/diff.h"
#include "wimplan/json.h"
#include "wimplan/report.h"

#include <stdlib.h>
#include <string.h>

static void each_path(void *context, uint32_t image, const struct wp_diff_path *path)
{
	struct wp_buf *buf = context;

	struct wp_buf line = { 0 };
	json_t *value = NULL;
	struct wp_error err;

	wp_report_diff_path_json(image, path, &line);
	if (!line.length || line.data[line.length - 1] != '\n' || wp_json_parse(line.data, line.length, "fuzz", &value, &err))
		abort();
	json_decref(value);
	wp_buf_add(buf, line.data, line.length);
	wp_buf_free(&line);
}

static void report(const struct wp_diff *diff)
{
	const struct wp_report_options options = { .all = true, .columns = 80 };
	struct wp_buf text = { 0 };

	wp_report_diff_text(diff, &options, &text);
	wp_buf_free(&text);
	wp_report_diff_markdown(diff, &options, &text);
	fuzz_check_markdown(&text);
	wp_report_diff_html(diff, &options, &text);
	fuzz_check_html(&text);
	fuzz_check_json(wp_report_diff_json(diff));
}

static void compare(const char *old_path, const char *new_path)
{
	struct wp_wim *old __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(old_path);
	struct wp_wim *new __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(new_path);
	struct wp_diff *diff __attribute__((cleanup(wp_diff_freep))) = NULL;
	struct wp_buf lines = { 0 };
	const struct wp_diff_options options = { .servicing = true, .files = true, .depth = 2, .path_limit = 100,
						 .each_path = each_path, .context = &lines };
	struct wp_error err;

	if (!wp_diff_wims(old, new, &options, &diff, &err)) {
		/* A file does not differ from itself. */
		if (!strcmp(old_path, new_path) && wp_diff_has_changes(diff))
			abort();
		report(diff);
	}
	fuzz_check_document(&lines);
}

/* Where the second file begins: at its magic; the end when there is none. */
static size_t second(const uint8_t *data, size_t size)
{
	for (size_t i = 8; i + 8 <= size; i++)
		if (!memcmp(data + i, "MSWIM\0\0", 8))
			return i;
	return size;
}

int fuzz_one(const uint8_t *data, size_t size)
{
	char old[] = "/dev/shm/wimplan-fuzz-XXXXXX", new[] = "/dev/shm/wimplan-fuzz-XXXXXX";
	size_t cut = second(data, size);

	fuzz_file(old, data, cut);
	fuzz_file(new, data + cut, size - cut);
	compare(old, new);
	compare(old, old);
	fuzz_remove(old);
	fuzz_remove(new);
	return 0;
}
