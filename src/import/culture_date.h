/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates as the culture of a Windows writes them, of which no more than one can be told what they mean. */
#ifndef WIMPLAN_IMPORT_CULTURE_DATE_H
#define WIMPLAN_IMPORT_CULTURE_DATE_H

#include "wimplan/import.h"

#include <stdbool.h>

/* A date and time of day without a zone, its numbers in the order in which they stand. */
struct wp_culture_date {
	int numbers[3];
	bool short_year; /* none of them has four digits */
	/* What the text itself tells; WP_DATE_ORDER_OPEN when day and month could change places. */
	enum wp_date_order order;
	int hour, minute, second;
};

/* Reads "09.01.2026 23:41:00", "1/9/2026 10:41:00 PM", "2026/01/09". False when it is anything else. */
bool wp_culture_date_read(const char *text, struct wp_culture_date *ret);

/* The date in ISO 8601 without a zone, into @ret. False when it is none in this order. */
bool wp_culture_date_iso(const struct wp_culture_date *date, enum wp_date_order order, char ret[32]);

#endif
