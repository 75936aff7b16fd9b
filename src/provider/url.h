/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths below an AdminService. */
#ifndef WIMPLAN_PROVIDER_URL_H
#define WIMPLAN_PROVIDER_URL_H

/* "wmi/Class('key')", each part encoded for a URL; owned by the caller (free()). @method NULL: the instance itself. */
char *wp_provider_path(const char *class, const char *key, const char *method);

/* "wmi/Class?$filter=…", or without a filter where it is NULL; owned by the caller (free()). */
char *wp_provider_list_path(const char *class, const char *filter);

/*
 * Where a page of a class says that the next one is (@odata.nextLink), as a path below our own AdminService: owned by the
 * caller (free()). NULL when it leads to anything else than a list of this class, or is no link.
 */
char *wp_provider_next_path(const char *class, const char *link);

#endif
