/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole file as inspect reads it: layer 1, and where that lets it wimlib, trees, what is installed and starts it; and every report. */
#include "fuzz.h"

#include "wimplan/report.h"
#include "wimplan/servicing.h"
#include "wimplan/tree.h"

#include <stdlib.h>

/* Sums that cannot be: each is of bytes of the file. */
static void check_content(const struct wp_wim *wim, const struct wp_wim_content *content)
{
	if (content->unreferenced.value > wim->size || content->trailing.value > content->unreferenced.value)
		abort();
}

static void report(const struct wp_inspection *file)
{
	const struct wp_report_options options = { .all = true, .columns = 80 };
	struct wp_buf text = { 0 };
	struct wp_json_out json = { .buf = &text, .form = WP_JSON_FORM_PRETTY };

	wp_report_inspect_text(file, 1, &options, &text);
	wp_buf_free(&text);
	wp_report_inspect_file_json(file, &json);
	fuzz_check_json_text(&text);
	wp_report_inspect_markdown(file, 1, &options, &text);
	fuzz_check_markdown(&text);
	wp_report_inspect_html(file, 1, &options, &text);
	fuzz_check_html(&text);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	/* A file with a name: wimlib resolves the path, which a memfd does not have. */
	char path[] = "/dev/shm/wimplan-fuzz-XXXXXX";

	fuzz_file(path, data, size);

	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = NULL;
	struct wp_inspection file = { .wim = wim };
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_boot_survey *survey;
	struct wp_servicing *installed;

	if (wim->grade != WP_GRADE_ERROR)
		index = wp_wim_index_read(wim);
	if (index) {
		survey = wp_boot_survey_begin(arena, index);
		index->seen = wp_boot_survey_tree;
		index->seen_context = survey;
		wp_wim_read_installed(wim, index, 0, &installed);
		file.boot = wp_boot_survey_end(survey, wp_authorities(), (struct wp_svn){ .known = true, .major = 9 });
		index->seen = NULL;
		file.asked_boot = file.asked_servicing = file.asked_deep = true;
		wp_wim_index_look_deeper(wim, index);
		check_content(wim, &index->content);
		file.content = &index->content;
		file.contents = installed;
	}
	report(&file);
	fuzz_remove(path);
	return 0;
}
