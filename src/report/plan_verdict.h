/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes first on a plan's page: the verdict, what a person has to decide, and the totals. */
#ifndef WIMPLAN_REPORT_PLAN_VERDICT_H
#define WIMPLAN_REPORT_PLAN_VERDICT_H

#include "page.h"
#include "plan_view.h"

void wp_plan_page_verdict(struct wp_page *page, const struct wp_plan_view *view);

#endif
