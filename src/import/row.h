/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every reader turns its file into: rows of named values, with where they stood. */
#ifndef WIMPLAN_IMPORT_ROW_H
#define WIMPLAN_IMPORT_ROW_H

#include "input.h"

#include "wimplan/arena.h"
#include "wimplan/record.h"
#include "wimplan/site.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct wp_assembler;

/* Where something was said, for messages. */
struct wp_where {
	const char *file;
	size_t number; /* of the record in its file, from 1 */
	size_t line;   /* where it begins, from 1; 0 when there is no saying */
};

/* Classes whose rows belong to a package of another row. */
enum wp_companion_kind { WP_COMPANION_IMAGE_INFORMATION, WP_COMPANION_CONTENT_INFO, WP_COMPANION_KINDS };

/* What a row is of. */
enum wp_row_sort { WP_ROW_RECORD, WP_ROW_COMPANION, WP_ROW_SITE, WP_ROW_OTHER };

/* One record of a file as it came, noise included. Everything is borrowed. */
struct wp_row {
	struct wp_where where;
	const char *class_text; /* what the shape itself says: CLASSNAME, a type's name, "#TYPE …"; NULL */
	json_t *properties;     /* object: name → value as read, null for none */
	bool empty_is_none;     /* CSV, which cannot tell "" from nothing in a lazy property */
	size_t page;            /* of wp_page_begin(); 0 when it stands in none */
};

/* "SMS_ImagePackage", "root\sms\site_P01" and the like, as a row itself says it. */
struct wp_row_facts {
	char class[128]; /* "" when it does not say */
	char site[4];    /* "" when it does not say */
	json_t *lazy;    /* __LAZYPROPERTIES; borrowed, NULL */
};

void wp_row_facts(const struct wp_row *row, struct wp_row_facts *ret);

/* What a row is. */
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

/*
 * The names in __LAZYPROPERTIES, also where a list became one text (ConvertTo-Json -Depth). New reference; NULL when
 * there are none.
 */
json_t *wp_lazy_names(const json_t *property);

/* A value by its name without regard to case. Borrowed; NULL when there is none. */
const json_t *wp_row_member(const json_t *properties, const char *name);

/* Whether an object says of which package it is, or of which class: then it is a record, whatever else it holds. */
bool wp_row_is_record(const json_t *object);

/* @value without what PowerShell may have put around it ({"value":…,"PSPath":…}). */
const json_t *wp_unwrap(const json_t *value);

/* The class that a path, type name or URL ends in: "…#root/sms/site_P01/SMS_ImagePackage". False: there is none. */
bool wp_class_in_text(const char *text, char *ret_class, size_t room);

/* What PowerShell, WMI, OData or the console's objects add to a record, which is no property of the package. */
bool wp_row_is_noise(const char *name);

/* A value for a message: short, and without line ends. */
const char *wp_value_text(struct wp_arena *arena, const json_t *value);

/* "FILE, record N (line L)". */
#define WP_WHERE_ROOM 1200
const char *wp_where_text(const struct wp_where *where, char room[WP_WHERE_ROOM]);

/*
 * The readers. Each hands its rows to @assembler and ends at the first thing that is wrong, with a message that names
 * file, line and column or record number.
 */
int wp_json_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err);
/* JSON inside of a JSON string, whose quote is next; lines are then those of the JSON in it. */
int wp_json_text_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err);
int wp_csv_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err);
/* CLIXML and CIM-XML, told apart by the root. */
int wp_xml_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err);
/* The archive that @fd, which stands behind @bytes, can be read from; seeks where it can. */
int wp_zip_rows(const char *name, struct wp_bytes bytes, int fd, size_t record_limit, struct wp_assembler *assembler,
		struct wp_error *err);

#endif
