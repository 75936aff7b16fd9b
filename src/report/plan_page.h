/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sections of a plan's page, in the order in which they stand; each adds nothing where there is nothing to say. */
#ifndef WIMPLAN_REPORT_PLAN_PAGE_H
#define WIMPLAN_REPORT_PLAN_PAGE_H

#include "page.h"
#include "plan_view.h"

/* What comes first: the verdict in one sentence, the totals, and what a person has to decide. */
void wp_plan_page_verdict(struct wp_page *page, const struct wp_plan_view *view);

/* A row for each package that is not unchanged; those that are stand below in a list that is folded up. */
void wp_plan_page_packages(struct wp_page *page, const struct wp_plan_view *view);

/* What to do about each gate, once, however many packages stand before it. */
void wp_plan_page_remedies(struct wp_page *page, const struct wp_plan_view *view);

/* What is sent and when it ends: a timeline, a row for each refresh and each site, and what the figures rest on. */
void wp_plan_page_cost(struct wp_page *page, const struct wp_plan_view *view);
/* Its timeline: a bar for each refresh in its order, and those that are left out behind the window. */
void wp_plan_page_timeline(struct wp_page *page, const struct wp_plan_view *view);

/* What the plan means for the site: distribution points, task sequences, and notes by what they say. */
void wp_plan_page_points(struct wp_page *page, const struct wp_plan_view *view);
void wp_plan_page_impact(struct wp_page *page, const struct wp_plan_view *view);
void wp_plan_page_notes(struct wp_page *page, const struct wp_plan_view *view);

/* A section for each package that is not unchanged, or that there is a note on: the calls, every reason, every note. */
void wp_plan_page_evidence(struct wp_page *page, const struct wp_plan_view *view);

/* A glossary that is folded up: every term that the page uses, for those who read a plan for the first time. */
void wp_plan_page_terms(struct wp_page *page, const struct wp_plan_view *view);

#endif
