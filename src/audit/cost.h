/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one refresh costs. */
#ifndef WIMPLAN_AUDIT_COST_H
#define WIMPLAN_AUDIT_COST_H

#include "internal.h"

#include "wimplan/limits.h"

enum fit { FIT_UNKNOWN, FIT_YES, FIT_NO };

/* What the points of one site get. */
struct site_traffic {
	const char *site; /* its code; "" when it is not known */
	uint64_t points;
	uint64_t bytes_least, bytes_most;
};

struct cost {
	const struct wp_entry *entry;
	struct wp_number bytes_least, bytes_most; /* in all, to all points */
	struct wp_number points;
	struct wp_number seconds_least, seconds_most; /* from its begin to the last point */
	struct site_traffic *sites;
	size_t site_count;
	json_t *assumptions; /* codes; owned */
	/* In the window, where there is one: at the latest. */
	struct wp_time starts, ends;
	enum fit fits;
	bool deferred;
};

/* Fills @ret but for what the window says. */
void wp_audit_cost(struct wp_audit *audit, const struct audited *package, struct cost *ret);

/* Puts the refreshes into the window, and their estimates into the plan. */
void wp_audit_window(struct wp_audit *audit);

#endif
