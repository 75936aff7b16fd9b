/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The call of one step. */
#ifndef WIMPLAN_APPLY_CALL_H
#define WIMPLAN_APPLY_CALL_H

#include "ledger.h"

/* From the look at its record to the answer. */
void wp_run_call(struct wp_run *run, struct wp_step *step);

#endif
