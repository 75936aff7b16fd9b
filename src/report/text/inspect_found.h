/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search in a WIM found, in the text of inspect. */
#ifndef WIMPLAN_REPORT_TEXT_INSPECT_FOUND_H
#define WIMPLAN_REPORT_TEXT_INSPECT_FOUND_H

#include "layout.h"

#include "wimplan/search.h"

/* How many paths fit, then a table of them, or a few lines for each where the terminal is too narrow. NULL: nobody could look. */
void wp_inspect_found(const struct wp_layout *out, const struct wp_found_files *found);

#endif
