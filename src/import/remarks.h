/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of an import that is done: of each kind once, however many packages it is about. */
#ifndef WIMPLAN_IMPORT_REMARKS_H
#define WIMPLAN_IMPORT_REMARKS_H

#include "assembler.h"

#include "wimplan/buf.h"

/* Adds "2 rows of distribution points without State". */
void wp_skipped_words(struct wp_buf *buf, const char *what, const json_t *count);

/* Rows without a package, and rows that were left out. */
void wp_remark_on_rest(struct wp_assembler *assembler);
/* Records of which something cannot be read. */
void wp_remark_on_records(struct wp_record_set *set);

/* In an order that does not depend on that of the files, each once. */
void wp_remarks_sort(struct wp_diags *diags);

#endif
