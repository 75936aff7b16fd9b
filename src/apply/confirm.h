/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question before a run. */
#ifndef WIMPLAN_APPLY_CONFIRM_H
#define WIMPLAN_APPLY_CONFIRM_H

#include "apply.h"
#include "classify.h"

/* Asks on the terminal whether the plan's calls are to be made, and names them. True to go on. */
bool wp_apply_confirm(struct wp_apply *apply, const struct wp_verdict *verdicts);

#endif
