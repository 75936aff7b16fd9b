/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run: which step is next, what becomes of it, and when there is an end. */
#ifndef WIMPLAN_APPLY_RUN_H
#define WIMPLAN_APPLY_RUN_H

#include "ledger.h"

/* Carries the steps out, as far as they are pending, or looks for what earlier runs left open. */
void wp_run_steps(struct wp_run *run);

#endif
