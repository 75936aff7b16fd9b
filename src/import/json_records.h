/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records in the objects of a JSON export. */
#ifndef WIMPLAN_IMPORT_JSON_RECORDS_H
#define WIMPLAN_IMPORT_JSON_RECORDS_H

#include "feed.h"

struct wp_json_records {
	struct wp_assembler *assembler;
	const char *name; /* of the file */
	struct wp_error *err;
	size_t page;    /* the page that is being read; 0 outside of one */
	bool described; /* the document that is being read is a wimplan-records, and its version is known */
	size_t number;  /* records so far */
};

/* An object that is whole: a record, what holds lists of them, or the AdminService's word for a failure. */
int wp_json_records_take(struct wp_json_records *records, struct wp_fed_row *fed);

/* What stands around the records of a page, in front of them or behind them. */
int wp_json_records_in_part(struct wp_json_records *records, json_t *part, size_t line);

/* Fails for a record that became text. */
int wp_json_records_fail_cut_off(struct wp_json_records *records, size_t line);

#endif
