/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is odd about an export, each thing said once. */
#ifndef WIMPLAN_IMPORT_REMARKS_H
#define WIMPLAN_IMPORT_REMARKS_H

#include "record_documents.h"

#include "wimplan/buf.h"

/* "2 rows of distribution points without State" */
void wp_skipped_words(struct wp_buf *buf, const char *what, const json_t *count);

/* Rows without a package, rows of other classes, counts that do not add up: said once, in total. */
void wp_remark_on_rest(struct wp_assembler *assembler);
/* Records of which something cannot be read. */
void wp_remark_on_records(struct wp_record_set *set, const struct wp_documents *documents);
/* Versions on distribution points that the site has not made yet: the packages were exported before them. */
void wp_remark_on_versions(struct wp_record_set *set);
/* In an order that does not depend on that of the files, each once. */
void wp_sort_remarks(struct wp_diags *diags);

#endif
