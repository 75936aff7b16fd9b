/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package as the AdminService gives it by key. */
#ifndef WIMPLAN_APPLY_ENTITY_H
#define WIMPLAN_APPLY_ENTITY_H

#include "step.h"

#include "wimplan/record.h"

#include <jansson.h>

/*
 * Reads the entity of @target's package out of an answer, by the rules of an import. *@ret_set stays NULL when the
 * answer holds none. WP_E_REFUSED when it is of another site than @site_code.
 */
int wp_entity_read(const json_t *answer, const struct wp_target *target, const char *site_code,
		   struct wp_record_set **ret_set, struct wp_error *err);

/* What a write-back sends: the entity as read, without annotations, lazy properties and nulls. Owned (free()). */
char *wp_entity_write_back(const json_t *answer);

#endif
