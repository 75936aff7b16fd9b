/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markdown (GFM) as both reports in it write it: escaped text, tables. */
#ifndef WIMPLAN_REPORT_MARKDOWN_H
#define WIMPLAN_REPORT_MARKDOWN_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"

#include <stddef.h>

/* Data as text: nothing in it is taken for markup. */
void wp_markdown_text(struct wp_arena *arena, struct wp_buf *buf, const char *data);

/* Headings are ours and need no escaping. */
void wp_markdown_head(struct wp_buf *buf, const char *const *headings, size_t count);
void wp_markdown_row(struct wp_arena *arena, struct wp_buf *buf, const char *const *cells, size_t count);

#endif
