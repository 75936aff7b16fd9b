/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in Markdown (GFM). */
#ifndef WIMPLAN_REPORT_MARKDOWN_H
#define WIMPLAN_REPORT_MARKDOWN_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"

/* Data as text: nothing in it is taken for markup. */
void wp_markdown_text(struct wp_arena *arena, struct wp_buf *buf, const char *data);

#endif
