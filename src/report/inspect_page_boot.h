/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts a computer, on the page of inspect. */
#ifndef WIMPLAN_REPORT_INSPECT_PAGE_BOOT_H
#define WIMPLAN_REPORT_INSPECT_PAGE_BOOT_H

#include "inspect_view.h"
#include "page.h"

/* What starts the images: a card for each verdict that there is, the table of all of them, and what the words mean. */
void wp_inspect_page_boot_cards(struct wp_page *page, const struct wp_inspect_view *view);
void wp_inspect_page_boot_summary(struct wp_page *page, const struct wp_inspect_view *view);
void wp_inspect_page_boot_terms(struct wp_page *page);
/* A label with the verdict of the image with this number, behind its heading. */
void wp_inspect_page_boot_badge(struct wp_page *page, const struct wp_inspection *file, size_t number);
/* The same of the medium in which the file is. */
void wp_inspect_page_medium_badge(struct wp_page *page, const struct wp_inspection *file);
void wp_inspect_page_medium_boot(struct wp_page *page, const struct wp_inspection *file);
/* Its boot files; nothing where nobody asked. @at is the number of the file on the page. */
void wp_inspect_page_boot(struct wp_page *page, const struct wp_inspection *file, size_t at, size_t number);

#endif
