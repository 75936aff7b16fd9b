/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs that start an image, as JSON. */
#ifndef WIMPLAN_REPORT_BOOT_JSON_H
#define WIMPLAN_REPORT_BOOT_JSON_H

#include "wimplan/boot.h"
#include "wimplan/json.h"

/* Null for an image that could not be looked into; the sentence is that of its verdict. New reference. */
json_t *wp_boot_json(struct wp_arena *arena, const struct wp_boot_image *image, const char *sentence);
/* One file of it. New reference. */
json_t *wp_boot_file_json(struct wp_arena *arena, const struct wp_boot_file *file);

#endif
