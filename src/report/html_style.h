/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The style sheet of the HTML reports: light, dark and printed. */
#ifndef WIMPLAN_REPORT_HTML_STYLE_H
#define WIMPLAN_REPORT_HTML_STYLE_H

const char *wp_html_style(void);

#endif
