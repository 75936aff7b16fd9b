/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a diff's page share. */
#ifndef WIMPLAN_REPORT_DIFF_HTML_H
#define WIMPLAN_REPORT_DIFF_HTML_H

#include "diff_words.h"
#include "html.h"

/* What is installed, and what happened to files. @image names the image in captions. */
void wp_diff_html_contents(struct wp_html *html, const char *image, const struct wp_diff_contents *contents);
void wp_diff_html_files(struct wp_html *html, const char *image, const struct wp_diff_files *files);

/* <td class="class">text</td>; @class may be NULL. */
void wp_diff_html_cell(struct wp_html *html, const char *class, const char *text);
/* A cell with a badge: "added", "removed", "changed" … */
void wp_diff_html_badge_cell(struct wp_html *html, const char *name);
/* The bytes of @totals as a bar: new, changed, gone. */
void wp_diff_html_totals_bar(struct wp_html *html, const struct wp_diff_totals *totals, uint64_t whole);
/* What the colours of such bars mean. */
void wp_diff_html_key(struct wp_html *html);

#endif
