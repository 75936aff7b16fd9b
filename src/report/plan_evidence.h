/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verdict on each package rests on, as parts of a plan's page. */
#ifndef WIMPLAN_REPORT_PLAN_EVIDENCE_H
#define WIMPLAN_REPORT_PLAN_EVIDENCE_H

#include "page.h"
#include "remedies.h"

#include "wimplan/plan.h"

/* The colour of an entry's status. */
enum wp_tone wp_plan_evidence_tone(const struct wp_entry *entry);

/* The name of the section with the evidence of the entry with this place in the plan. */
const char *wp_plan_evidence_anchor(struct wp_arena *arena, size_t number);

/* A section for each package that is not unchanged, or for many that no map leads to: the calls, and every reason. */
void wp_plan_page_evidence(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped_list *unmapped);

/* What to do about each gate, once, however many packages stand before it. */
void wp_plan_page_remedies(struct wp_page *page, const struct wp_plan *plan);

#endif
