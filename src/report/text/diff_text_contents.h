/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a diff's text share. */
#ifndef WIMPLAN_REPORT_TEXT_DIFF_TEXT_CONTENTS_H
#define WIMPLAN_REPORT_TEXT_DIFF_TEXT_CONTENTS_H

#include "layout.h"

#include "../diff_words.h"

#include "wimplan/text.h"

struct diff_text {
	struct wp_layout out;
	const struct wp_diff *diff;
	bool inner; /* of WIMs in others, into whose files no option leads */
	bool all; /* lists in full */
	struct wp_diff_metadata metadata;
	size_t name_width; /* of the images */
	int index_width; /* of the greatest of their numbers */
	bool items[WP_DIFF_REMOVED + 1]; /* symbols that lines have used, for the legend */
	bool renamed, attributes;
};

/* What is installed, and what happened to files. */
void wp_diff_text_contents(struct diff_text *text, const struct wp_diff_contents *contents);
void wp_diff_text_files(struct diff_text *text, const struct wp_diff_files *files);

/* What starts an image. */
void wp_diff_text_boot(struct diff_text *text, const struct wp_diff_boot *boot);
void wp_diff_text_texts(struct diff_text *text, const struct wp_text_changes *texts);

/* The symbol in the colour of @status, and a space. */
void wp_diff_text_symbol(struct diff_text *text, size_t indent, enum wp_diff_status status, const char *symbol);
/* The escaped @tail behind the escaped @head, or below it where the line, with @used columns in front, has no room. */
void wp_diff_text_pair(struct diff_text *text, const char *head, size_t head_width, const char *tail, size_t used);

#endif
