/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document of an export, as it is written piece by piece. */
#ifndef WIMPLAN_EXPORT_DOCUMENT_H
#define WIMPLAN_EXPORT_DOCUMENT_H

#include "export.h"

/*
 * Adds rows, one a line, while the export's lock is held. The document is begun by the first package: without one there is
 * none, and rows of other classes are dropped. A failure stops the export.
 */
void wp_document_add(struct wp_export *export, const struct wp_site_read *read, const struct wp_buf *rows);

/* Ends the document that was begun, and puts it in its place. */
int wp_document_end(struct wp_export *export, struct wp_error *err);

#endif
