/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a site writes a value, without the value: what may be passed on. */
#ifndef WIMPLAN_FORMS_H
#define WIMPLAN_FORMS_H

#include "wimplan/buf.h"
#include "wimplan/record.h"

#include <jansson.h>

/*
 * Counts the form of a value in a list of {"form":…,"count":…,"readable":…}. Of free text the form is "text"; of others letters
 * are a or A, each digit of a date is 9 and any other run of digits N, and the rest of ASCII stands as it is. At most FORMS_MOST
 * forms are told apart, and the others counted as "other".
 */
void wp_forms_add(json_t *list, const struct wp_site_field *field, const char *value);
#define WP_FORMS_MOST 16u

/*
 * The markup of an ImageProperty without what it says: "<WIM><IMAGE index=\"N\"><Property name=\"OS version\">…". Each image but
 * the first is left out. Text and the values of attributes become "…", but for numbers and for names of properties.
 */
void wp_forms_skeleton(const char *xml, struct wp_buf *buf);

/* Whether a property's name is one that may be passed on: letters, digits, spaces and "_.-", and no more than 40 of them. */
bool wp_forms_is_name(const char *name, size_t length);

#endif
