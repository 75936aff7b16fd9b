/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed in an image, as JSON: of inspect and of diff. */
#ifndef WIMPLAN_REPORT_CONTENTS_JSON_H
#define WIMPLAN_REPORT_CONTENTS_JSON_H

#include "wimplan/diff.h"

#include <jansson.h>

/* An array for each group, by its name. New reference. */
json_t *wp_contents_json(const struct wp_servicing *servicing);
/* The same with what was added, removed and changed. New reference. */
json_t *wp_diff_contents_json(const struct wp_diff_contents *contents);

#endif
