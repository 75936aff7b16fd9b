/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of a CSV's columns, as tools write them and as ConfigMgr has them. */
#ifndef WIMPLAN_IMPORT_CSV_HEADER_H
#define WIMPLAN_IMPORT_CSV_HEADER_H

#include "csv_line.h"

#include "wimplan/arena.h"

struct wp_csv_header {
	struct wp_arena *arena; /* borrowed */
	const char **names;
	size_t count;
	size_t key;        /* the column with the PackageID */
	const char *class; /* that the columns name: "SMS_ImagePackage[PackageID]"; "" */
};

/*
 * Makes the header of a line. @type is what #TYPE says, "" when it says nothing. Fails when no column has a PackageID,
 * when two are the same, or when they say too little of a package; the message names the columns that are there.
 */
int wp_csv_read_header(struct wp_csv_header *header, const struct wp_csv_line *line, const char *type);

/* Is it a header once more, as files that were put together have it? */
bool wp_csv_is_header(const struct wp_csv_line *line);

#endif
