/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading a plan entry by entry and reading it as a whole share. */
#ifndef WIMPLAN_PLAN_READ_H
#define WIMPLAN_PLAN_READ_H

#include "contents_json.h"

#include "wimplan/plan.h"

/*
 * Reads a plan and gives its entries to @visit. With @kept, which is empty then and gets "contents", all of it and what
 * the entries point to stays in the plan's arena, and the plan has its notes; with NULL both lists are looked at alike,
 * and nothing of them stays.
 */
int wp_plan_read_document(struct wp_json_doc *doc, struct wp_plan_contents *kept, wp_plan_visit *visit, void *context,
			  struct wp_plan **ret_plan, struct wp_error *err);

#endif
