/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which properties of a row have a value that says nothing, because they were not fetched. */
#ifndef WIMPLAN_IMPORT_LAZY_H
#define WIMPLAN_IMPORT_LAZY_H

#include "row.h"

/* What a row says of its lazy properties. */
struct wp_lazy {
	json_t *names; /* those that __LAZYPROPERTIES names, in lower case, as keys; owned; NULL when it names none */
	/* Nothing tells; as a list; it has what only a read by key gives; it says so. */
	enum { WP_READ_OPEN, WP_READ_AS_LIST, WP_READ_LIKE_KEY, WP_READ_BY_KEY } read;
};

void wp_lazy_init(struct wp_lazy *lazy, const struct wp_row *row);
void wp_lazy_free(struct wp_lazy *lazy);

/* Was the property with this name and value not fetched? */
bool wp_lazy_is_unfetched(const struct wp_lazy *lazy, const char *name, const json_t *value);

/*
 * The names in __LAZYPROPERTIES, also where a list became one text (ConvertTo-Json -Depth). New reference; NULL when
 * there are none.
 */
json_t *wp_lazy_names(const json_t *property);

#endif
