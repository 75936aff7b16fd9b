/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verdict on each package rests on, as parts of a plan's page. */
#ifndef WIMPLAN_REPORT_PLAN_EVIDENCE_H
#define WIMPLAN_REPORT_PLAN_EVIDENCE_H

#include "page.h"
#include "plan_view.h"

#include "wimplan/plan.h"

/* A section for each package that is not unchanged, or that there is a note on: the calls, every reason, every note. */
void wp_plan_page_evidence(struct wp_page *page, const struct wp_plan_view *view);

/* What to do about each gate, once, however many packages stand before it. */
void wp_plan_page_remedies(struct wp_page *page, const struct wp_plan *plan);

#endif
