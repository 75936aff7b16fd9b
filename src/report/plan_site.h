/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan means for the site around its packages: distribution points, task sequences, and what may go wrong. */
#ifndef WIMPLAN_REPORT_PLAN_SITE_H
#define WIMPLAN_REPORT_PLAN_SITE_H

#include "page.h"
#include "plan_view.h"
#include "plan_words.h"

/* Each is a section with a heading; nothing where there is nothing to say. */
void wp_plan_page_points(struct wp_page *page, const struct wp_plan_view *view);
void wp_plan_page_impact(struct wp_page *page, const struct wp_plan_view *view);
void wp_plan_page_notes(struct wp_page *page, const struct wp_plan_view *view);

#endif
