/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of an import as JSON (record.h), in the order of their ids. */
#ifndef WIMPLAN_IMPORT_RECORD_DOCUMENTS_H
#define WIMPLAN_IMPORT_RECORD_DOCUMENTS_H

#include "assembler.h"

struct wp_documents {
	struct wp_spill *spill; /* where what they are made of is; NULL: in memory; borrowed */
	struct wp_entry_row **entries;
	size_t count;
};

/* Adds the array of names that "not_fetched" is, as text. The entry's class has to be known. */
void wp_not_fetched_text(const struct wp_entry_row *entry, const json_t *properties, struct wp_buf *ret);

/* Puts them in their order. Lives as long as the assembler's arena. */
struct wp_documents *wp_documents_new(struct wp_assembler *assembler);

/* The row of SMS_ObjectContentExtraInfo of a record; NULL: there is none. New reference. */
int wp_document_content(const struct wp_documents *documents, size_t at, json_t **ret_row, struct wp_error *err);
/* A document as a value. New reference. */
int wp_document_value(const struct wp_documents *documents, size_t at, json_t **ret_json, struct wp_error *err);
/* The canonical text of it, where all of it is outside of memory; added to @ret. */
int wp_document_text(const struct wp_documents *documents, size_t at, struct wp_buf *ret, struct wp_error *err);

#endif
