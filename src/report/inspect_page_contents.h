/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed in an image and found in a file, on the page of inspect. */
#ifndef WIMPLAN_REPORT_INSPECT_PAGE_CONTENTS_H
#define WIMPLAN_REPORT_INSPECT_PAGE_CONTENTS_H

#include "page.h"

#include "wimplan/report.h"

/* What is installed in an image. */
void wp_inspect_page_contents(struct wp_page *page, const char *image, const struct wp_servicing *servicing, bool all);
/* The recovery environments of its images. @at is the number of the file on the page. */
void wp_inspect_page_winres(struct wp_page *page, const struct wp_inspection *file, size_t at);
/* The paths that fit. */
void wp_inspect_page_found(struct wp_page *page, const struct wp_inspection *file);
/* What is not as it is expected. */
void wp_inspect_page_notes(struct wp_page *page, const struct wp_inspection *file);

#endif
