/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the plan says of the packages that it has calls for. A plan of thousands of packages is not held in memory: the
 * steps know where their entries stand, and an entry is read from the file again when it is needed.
 */
#ifndef WIMPLAN_APPLY_TARGET_H
#define WIMPLAN_APPLY_TARGET_H

#include "step.h"

#include "wimplan/error.h"

struct wp_planned;

/*
 * Opens the plan at @path, "-" for standard input, and checks it as wp_plan_read() does. The caller closes
 * *@ret_planned.
 */
int wp_planned_open(const char *path, struct wp_planned **ret_planned, struct wp_error *err);
/* NULL is allowed. */
void wp_planned_close(struct wp_planned *planned);

/* The plan without its entries. Borrowed. */
const struct wp_plan *wp_planned_plan(const struct wp_planned *planned);

/* The packages of status change, in order of execution. Borrowed. */
const struct wp_target *wp_planned_targets(const struct wp_planned *planned, size_t *ret_count);

/* The entry of @target, good until the next call. WP_E_REFUSED when the file was changed after it was opened. */
int wp_planned_entry(struct wp_planned *planned, const struct wp_target *target, const struct wp_entry **ret_entry,
		     struct wp_error *err);

#endif
