/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ConfigMgr's properties: their spelling, type and laziness, and one form of their values for every export shape. */
#ifndef WIMPLAN_IMPORT_NORMALIZE_H
#define WIMPLAN_IMPORT_NORMALIZE_H

#include "wimplan/record.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum wp_property_type {
	WP_PROPERTY_TEXT,
	WP_PROPERTY_NUMBER,
	WP_PROPERTY_FLAG,
	WP_PROPERTY_DATE,
	WP_PROPERTY_TREE, /* arrays and embedded objects, kept as JSON */
	WP_PROPERTY_SCHEDULE, /* SMS_ScheduleToken: kept as text of tokens, what is none as it came */
};

struct wp_property {
	const char *name;
	enum wp_property_type type;
	unsigned int lazy; /* a bit (1 << enum wp_class) for each class in which it is */
};

/* By name without regard to case; NULL for a property that is not known. */
const struct wp_property *wp_property_find(const char *name);
/* The known ones, by index from 0; NULL behind the last. In the order of wp_ascii_compare(). */
const struct wp_property *wp_property_at(size_t i);

/* Does @text stand for a number of the property, as cmdlets write it: "High" of Priority? */
bool wp_property_word(const struct wp_property *property, const char *text, int *ret_number);

enum wp_value_kind {
	WP_VALUE_GOOD,
	WP_VALUE_BAD,     /* of a known type, and could not be read: kept as it stands */
	WP_VALUE_CULTURE, /* a date as a culture writes it, kept as it stands: columns.h knows what becomes of it */
};

/*
 * The value in the form that records keep (record.h); NULL when there is none. New reference. @property is NULL for
 * an unknown one.
 */
json_t *wp_property_normalize(const struct wp_property *property, const json_t *value, bool empty_is_none,
			      enum wp_value_kind *ret_kind);

/* Equal values; for a property that is not known also where one shape has text for what another has a type for. */
bool wp_property_same(const struct wp_property *property, const json_t *a, const json_t *b);

#endif
