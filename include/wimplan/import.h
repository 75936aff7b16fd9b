/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading exports: five shapes, found from the content, to one set of records. All or nothing. */
#ifndef WIMPLAN_IMPORT_H
#define WIMPLAN_IMPORT_H

#include "wimplan/record.h"
#include "wimplan/spill.h"

/* Which number of a date comes first, where the date itself does not tell: 1/9/2026. */
enum wp_date_order { WP_DATE_ORDER_OPEN, WP_DATE_ORDER_DMY, WP_DATE_ORDER_MDY, WP_DATE_ORDER_YMD };

struct wp_import_options {
	const char *site_code;  /* --site; NULL: from the data */
	struct wp_time taken_at; /* --taken-at; not known: what the export says, else the newest input file's mtime */
	unsigned int threads; /* that look at rows side by side, with the calling one; 0: that alone */
	/*
	 * Where records are kept meanwhile, and afterwards: of those of the set there is then only what struct wp_record_texts says.
	 * NULL: in memory. It lives as long as the set.
	 */
	struct wp_spill *spill;
	/*
	 * Of wp_import_files(), with a spill: the records are read from briefs (record.h), which is all that the set has of them, and it
	 * does not need the spill any more.
	 */
	bool briefs;
	enum wp_date_order date_order; /* --date-order; WP_DATE_ORDER_OPEN: as each column of dates tells */
};

/*
 * Reads all @count files as one export ("-" is standard input) and joins what they say about one package. The first
 * file that cannot be read, or two records that contradict each other, end it: the message names file, line and column
 * or record number. The caller frees *@ret_set.
 */
int wp_import_files(const char *const *paths, size_t count, const struct wp_import_options *options,
		    struct wp_record_set **ret_set, struct wp_error *err);

/*
 * The same with rows as the AdminService gives them, parsed already; @rows is an array. @name stands for the file in messages. The set
 * gets no id: that is of a snapshot, and this is asked for each package that a program looks at.
 */
int wp_import_rows(const json_t *rows, const char *name, const struct wp_import_options *options,
		   struct wp_record_set **ret_set, struct wp_error *err);

/*
 * The same with one row, which is of @class (NULL: it says so itself). Thousands come one by one, so that one of which there is nothing
 * to remark on but its images is not joined with others: its set has no remarks, its document only what the record is made of, and
 * the images wait for wp_record_open().
 */
int wp_import_record(const json_t *properties, const char *class, const char *name, struct wp_record_set **ret_set,
		     struct wp_error *err);

#endif
