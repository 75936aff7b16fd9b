/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is new in a plan since an earlier one of the same site. Pure. */
#ifndef WIMPLAN_SINCE_H
#define WIMPLAN_SINCE_H

#include "wimplan/plan.h"

enum wp_since_kind {
	WP_SINCE_NEW,
	WP_SINCE_OTHER, /* an entry that asks for something else than it did, or of another source */
	WP_SINCE_GONE,
	WP_SINCE_KINDS,
};
/* "new", "other", "gone". */
const char *wp_since_kind_name(enum wp_since_kind kind);

/* A package of which something else is said than before. */
struct wp_since_entry {
	enum wp_since_kind kind;
	const struct wp_entry *was; /* in the earlier plan; NULL: it was not in it */
	const struct wp_entry *is;  /* NULL: the plan does not have it */
};

/* A note that only one of the two plans has. Notes that differ in figures alone are the same. */
struct wp_since_note {
	enum wp_since_kind kind; /* new or gone */
	const struct wp_note *note;
};

/* Borrowed from both plans and an arena. */
struct wp_since {
	const struct wp_plan *earlier;
	struct wp_since_entry *entries; /* in execution order of the plan; behind them those that it does not have */
	size_t entry_count;
	struct wp_since_note *notes; /* new ones first, in the order of their plans */
	size_t note_count;
};

/*
 * Compares. Of a package that one of the plans does not have, because it was narrowed, nothing is said. WP_E_REFUSED when the
 * plans are of two sites.
 */
int wp_plan_since(struct wp_arena *arena, const struct wp_plan *plan, const struct wp_plan *earlier, struct wp_since *ret,
		  struct wp_error *err);

/*
 * Puts it beside the body of @document, which is a plan's, as "since", and lets the digest cover it where there is one: what else
 * the document has stays as it is.
 */
void wp_plan_add_since(json_t *document, const struct wp_since *since);

#endif
