/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every HTML report shares: escaping, the frame with its style, tables, cards and bars. */
#ifndef WIMPLAN_REPORT_HTML_H
#define WIMPLAN_REPORT_HTML_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/*
 * A table in a container that scrolls by itself. @caption is for those who do not see it. A heading that begins with
 * '#' stands over numbers.
 */
void wp_html_table(struct wp_html *html, const char *caption, const char *const *headings, size_t count);
/*
 * The same for a table that is folded on a phone. @kind is "pairs" for the columns field, old, new or
 * image, field, old, new, confidence: old and new stand side by side below the others. Or it is "texts":
 * each cell stands below the last.
 */
void wp_html_folding_table(struct wp_html *html, const char *kind, const char *caption, const char *const *headings,
			   size_t count);
void wp_html_table_end(struct wp_html *html);
/* A row that is a heading over the rows that follow. */
void wp_html_row_heading(struct wp_html *html, const char *text, size_t columns);

/* A number with what it counts, among others between wp_html_raw() of <div class="cards"> and </div>. */
void wp_html_card(struct wp_html *html, const char *class, const char *number, const char *what);

/* A small label with a colour: "added", "removed", "changed", "same", "blocked". */
void wp_html_badge(struct wp_html *html, const char *class, const char *text);

/* A term and its value in a <dl class="facts">; nothing for NULL. */
void wp_html_fact(struct wp_html *html, const char *term, const char *value);

/* One part of a bar: its colour is that of the class. */
struct wp_html_part {
	const char *class;
	uint64_t amount;
};
/* A bar of @count parts, as long in its track as their sum is of @whole. Numbers stand beside it: it is only to see. */
void wp_html_bar(struct wp_html *html, const struct wp_html_part *parts, size_t count, uint64_t whole);

/* A paragraph; nothing for NULL. @class may be NULL. */
void wp_html_paragraph(struct wp_html *html, const char *class, const char *sentence);

/* The diagnostics under a heading of their own; nothing when there are none. */
void wp_html_remarks(struct wp_html *html, const struct wp_diags *diags);

#endif
