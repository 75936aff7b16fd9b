/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gates: what keeps a package from being acted on (wimplan-plan(5), GATES). One table for all. */
#ifndef WIMPLAN_GATE_H
#define WIMPLAN_GATE_H

#include "wimplan/diag.h"

#include <stdbool.h>

/* In the order in which a package's gates are listed: first those with which the plan stays complete. */
enum wp_gate {
	WP_GATE_NONE,
	WP_GATE_NO_SOURCE,
	WP_GATE_OTHER_SITE,
	WP_GATE_ACTION_IN_PROGRESS,
	WP_GATE_NO_INSTALL_WIM,
	WP_GATE_SPLIT,
	WP_GATE_ENCRYPTED,
	WP_GATE_INCOMPLETE,
	WP_GATE_PIPABLE,
	WP_GATE_SOLID,
	WP_GATE_RECORD_INCOMPLETE,
	WP_GATE_NOT_MAPPED,
	WP_GATE_MISSING,
	WP_GATE_AMBIGUOUS,
	WP_GATE_UNREADABLE,
	WP_GATE_NOT_WIM,
	WP_GATE_DAMAGED,
	WP_GATE_BUSY,
	WP_GATE_CONTENT_UNKNOWN,
	WP_GATE_CONTENT_UNPROVEN,
	WP_GATE_COUNT,
};

struct wp_gate_info {
	const char *code;          /* as plans have it: "source-missing" */
	enum wp_severity severity; /* WP_SEVERITY_ERROR: it blocks always; WP_SEVERITY_WARNING: where the policy says so */
	bool judged;               /* the plan stays complete */
	const char *meaning;       /* half a sentence */
	const char *remedy;        /* a sentence: what a person can do about it */
};

/* What is known of @gate, which is one of those between WP_GATE_NONE and WP_GATE_COUNT. */
const struct wp_gate_info *wp_gate_info(enum wp_gate gate) __attribute__((returns_nonnull));

/* The gate with this code; WP_GATE_NONE when there is none, as in a plan of a later version. */
enum wp_gate wp_gate_find(const char *code);

/* The gate that a file with this finding fails; WP_GATE_NONE when it can be acted on all the same. */
enum wp_gate wp_gate_of_finding(const struct wp_diag *finding);

#endif
