/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row is. */
#ifndef WIMPLAN_IMPORT_ROW_IDENTITY_H
#define WIMPLAN_IMPORT_ROW_IDENTITY_H

#include "assembler.h"
#include "row.h"

struct wp_identity {
	enum wp_row_sort sort;
	bool class_known; /* of a record */
	enum wp_class class;
	enum wp_companion_kind kind; /* of a companion */
	enum wp_site_kind site_kind; /* of a row of the site */
	const char *unclear; /* what it is that is WP_ROW_OTHER and yet about a package; NULL */
};

struct wp_identity wp_row_identify(const struct wp_row *row, const struct wp_row_facts *facts);

/* Does the class of @name matter to an import: a package's or a companion's? */
bool wp_class_is_read(const char *name);

/* SMS_PackageBaseclass.PackageType of a row that has one. */
bool wp_row_package_type(const struct wp_row *row, uint64_t *ret_type);

#endif
