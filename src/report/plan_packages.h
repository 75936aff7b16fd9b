/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All packages of a plan in one table: what to do, why, what it costs, who uses them, and what may go wrong. */
#ifndef WIMPLAN_REPORT_PLAN_PACKAGES_H
#define WIMPLAN_REPORT_PLAN_PACKAGES_H

#include "page.h"
#include "plan_view.h"

/* A row for each package that is not unchanged; those that are stand below in a list that is folded up. */
void wp_plan_page_packages(struct wp_page *page, const struct wp_plan_view *view);

#endif
