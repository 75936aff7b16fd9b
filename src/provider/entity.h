/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package as the AdminService gives it by key. */
#ifndef WIMPLAN_PROVIDER_ENTITY_H
#define WIMPLAN_PROVIDER_ENTITY_H

#include "wimplan/record.h"

#include <jansson.h>

/*
 * Reads the entity of a package out of an answer, by the rules of an import. *@ret_set stays NULL when the answer holds
 * none. WP_E_REFUSED when it is of another site than @site_code.
 */
int wp_entity_read(const json_t *answer, enum wp_class class, const char *package_id, const char *site_code,
		   struct wp_record_set **ret_set, struct wp_error *err);

/*
 * What a write-back sends: the entity as read, without annotations, lazy properties and nulls. Owned (free()). NULL when
 * nothing is left of it, or when it cannot be made a text: then nothing may be sent.
 */
char *wp_entity_write_back(const json_t *answer);

#endif
