/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window of a plan with its refreshes in it. */
#ifndef WIMPLAN_REPORT_PLAN_TIMELINE_H
#define WIMPLAN_REPORT_PLAN_TIMELINE_H

#include "page.h"
#include "plan_view.h"

/* A bar for each refresh in its order, and those that are left out behind the window; nothing where no time is known. */
void wp_plan_page_timeline(struct wp_page *page, const struct wp_plan_view *view);

#endif
