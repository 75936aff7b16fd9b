/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of wimplan-apply. */
#ifndef WIMPLAN_APPLY_OPTIONS_H
#define WIMPLAN_APPLY_OPTIONS_H

#include "apply.h"

/* Reads options and configuration into @apply. WP_APPLY_OVER when the call ends here. */
int wp_apply_options(struct wp_apply *apply, int argc, char **argv);

#endif
