/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading a plan entry by entry and reading it as a whole share. */
#ifndef WIMPLAN_PLAN_READ_H
#define WIMPLAN_PLAN_READ_H

#include "wimplan/plan.h"

/*
 * Reads a plan and gives its entries to @visit. With @keep what they point to stays in the plan's arena, and
 * *@ret_contents gets a new reference to "contents", NULL when there is none; without it @ret_contents is NULL.
 */
int wp_plan_read_document(struct wp_json_doc *doc, bool keep, wp_plan_visit *visit, void *context,
			  struct wp_plan **ret_plan, json_t **ret_contents, struct wp_error *err);

#endif
