/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML as text: escaping, and the frame of a page with its style. */
#ifndef WIMPLAN_REPORT_HTML_H
#define WIMPLAN_REPORT_HTML_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"


struct wp_html {
	struct wp_arena *arena;
	struct wp_buf *buf;
};

/* The style sheet: light, dark and printed. */
const char *wp_html_style(void);

/* The page up to the first heading, which is @title; @kind stands above it in small letters. */
void wp_html_begin(struct wp_html *html, const char *kind, const char *title);
void wp_html_end(struct wp_html *html);

/* Markup of our own, as it is. */
void wp_html_raw(struct wp_html *html, const char *markup);
void wp_html_rawf(struct wp_html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Data as text: control characters made visible, and everything escaped that HTML would take for more than a letter. */
void wp_html_text(struct wp_html *html, const char *data);

/* The same for a path or a name of a component, which may be broken behind a backslash or _. */
void wp_html_path(struct wp_html *html, const char *path);

/* <tag class="class">data</tag>; @class may be NULL. */
void wp_html_element(struct wp_html *html, const char *tag, const char *class, const char *data);

#endif
