/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a plan's page, explained. */
#ifndef WIMPLAN_REPORT_PLAN_TERMS_H
#define WIMPLAN_REPORT_PLAN_TERMS_H

#include "page.h"
#include "plan_view.h"

/* A glossary that is folded up: every term that the page uses, for those who read a plan for the first time. */
void wp_plan_page_terms(struct wp_page *page, const struct wp_plan_view *view);

#endif
