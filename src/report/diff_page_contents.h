/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed and what happened to files, as parts of a diff's page. */
#ifndef WIMPLAN_REPORT_DIFF_PAGE_CONTENTS_H
#define WIMPLAN_REPORT_DIFF_PAGE_CONTENTS_H

#include "diff_words.h"
#include "page.h"

/* The colour of what became of something. */
enum wp_tone wp_diff_page_tone(enum wp_diff_status status);

/* A cell with the bytes of @totals as a bar: new, changed, gone. */
void wp_diff_page_bar_cell(struct wp_page *page, const struct wp_diff_totals *totals, uint64_t whole);
/* What the colours of such bars mean. */
void wp_diff_page_key(struct wp_page *page);

/* What is installed, and what happened to files. @image names the image in captions; lists are cut unless @all. */
void wp_diff_page_contents(struct wp_page *page, const char *image, const struct wp_diff_contents *contents, bool all);
void wp_diff_page_files(struct wp_page *page, const char *image, const struct wp_diff_files *files, bool all);

/* The texts that were asked for by their paths, with the lines that differ. */
void wp_diff_page_texts(struct wp_page *page, const struct wp_text_changes *texts);
/* What starts the image called @image. */
void wp_diff_page_boot(struct wp_page *page, const char *image, const struct wp_diff_boot *boot);

#endif
