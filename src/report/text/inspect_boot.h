/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs that start a computer, in the text of inspect. */
#ifndef WIMPLAN_REPORT_TEXT_INSPECT_BOOT_H
#define WIMPLAN_REPORT_TEXT_INSPECT_BOOT_H

#include "layout.h"

/* The verdict of each image with its files, and that of the medium; nothing where nobody looked. */
void wp_inspect_boot(const struct wp_layout *out, const struct wp_inspection *file);
void wp_inspect_boot_medium(const struct wp_layout *out, const struct wp_inspection *file);

#endif
