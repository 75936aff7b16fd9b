/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins the rows of all files into one set of records: what they add to each other, and where they contradict. */
#ifndef WIMPLAN_IMPORT_ASSEMBLE_H
#define WIMPLAN_IMPORT_ASSEMBLE_H

#include "row.h"

#include "wimplan/import.h"

/* Bounds of one import: those of limits.h, less in tests. */
struct wp_import_bounds {
	size_t record_bytes;
	size_t packages;
	size_t site_rows;
};

/* wp_import_files() with bounds. */
int wp_import_files_bounded(const char *const *paths, size_t count, const struct wp_import_options *options,
			    const struct wp_import_bounds *bounds, struct wp_record_set **ret_set,
			    struct wp_error *err);

struct wp_assembler;

struct wp_assembler *wp_assembler_new(const struct wp_import_options *options, const struct wp_import_bounds *bounds);
void wp_assembler_free(struct wp_assembler *assembler);

/* Takes one row in. Fails when it cannot be told what it is, or when it contradicts an earlier one. */
int wp_assembler_add(struct wp_assembler *assembler, const struct wp_row *row, struct wp_error *err);

/* Takes in what the export script says of the export: {"format_version":"1.0","taken_at":…,"site_code":…}. */
int wp_assembler_describe(struct wp_assembler *assembler, const json_t *description, const char *file,
			  struct wp_error *err);

/* The file that rows were taken from has ended. */
int wp_assembler_end_file(struct wp_assembler *assembler, const char *file, struct wp_error *err);

/* An input file's mtime, which serves when nothing better tells when the export was made. */
void wp_assembler_modified(struct wp_assembler *assembler, struct wp_time modified);

/*
 * A page of a list begins in @file. @class_text says the class of its rows (@odata.context), NULL when nothing does;
 * then it is that of the page @outer, 0 for none. Gives the number that its rows carry, from 1. wp_page_goes_on() says
 * that another page follows (@odata.nextLink).
 */
size_t wp_page_begin(struct wp_assembler *assembler, const char *class_text, size_t outer, const char *file);
void wp_page_goes_on(struct wp_assembler *assembler, size_t page);

/* Makes the set. The caller frees *@ret_set. */
int wp_assembler_finish(struct wp_assembler *assembler, struct wp_record_set **ret_set, struct wp_error *err);

#endif
