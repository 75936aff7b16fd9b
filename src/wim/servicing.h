/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two files about an image's contents share. */
#ifndef WIMPLAN_WIM_SERVICING_H
#define WIMPLAN_WIM_SERVICING_H

#include "wimplan/servicing.h"

struct wp_gather {
	struct wp_arena *arena;
	struct wp_item *items;
	size_t count;
	size_t unknown; /* names that could not be read */
	const char *first_unknown;
};

void wp_gather_unknown(struct wp_gather *gather, const char *name);

/* Take a name apart; false when it is not made like that. Texts are copied into @arena. */
bool wp_name_package(struct wp_arena *arena, const char *name, size_t length, struct wp_item *ret);
bool wp_name_driver(struct wp_arena *arena, const char *name, struct wp_item *ret);
bool wp_name_app(struct wp_arena *arena, const char *name, struct wp_item *ret);
/* "de-DE", "sr-Latn-RS": a tag of RFC 5646 with a region or script, as Windows names the folders of languages. */
bool wp_name_is_language(const char *name);

#endif
