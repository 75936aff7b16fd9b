/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the model knows of an element, and the values that elements give: model.c walks, elements.c stores. */
#ifndef WIMPLAN_WIM_ELEMENTS_H
#define WIMPLAN_WIM_ELEMENTS_H

#include "model.h"

enum wp_element_kind {
	WP_KIND_BOX,      /* holds other elements */
	WP_KIND_TEXT,
	WP_KIND_NUMBER,
	WP_KIND_BOOLEAN,
	WP_KIND_PART,     /* half of a FILETIME */
	WP_KIND_LANGUAGE, /* may be repeated */
	WP_KIND_FALLBACK, /* may be repeated */
};

/* What the offset is taken from. */
enum wp_element_base {
	WP_BASE_METADATA,
	WP_BASE_IMAGE,
	WP_BASE_WINDOWS,
	WP_BASE_SERVICING,
	WP_BASE_MODEL,
};

struct wp_element {
	enum wp_place place;
	const char *name;
	enum wp_element_kind kind;
	enum wp_element_base base;
	size_t offset;
	enum wp_place inside; /* of a box */
};

/* The element of the model that counts here; NULL when there is none, or when it was there already. */
const struct wp_element *wp_element_find(struct wp_model *model, enum wp_place place, const char *name);

/* Whether there may be any number of them in one place. */
bool wp_element_repeats(const struct wp_element *element);

/* A box begins or ends: what is allocated for it, and what its parts make together. @inside as in wp_frame. */
void wp_element_begin_box(struct wp_model *model, enum wp_place inside);
void wp_element_end_box(struct wp_model *model, enum wp_place inside);

/* Any other element ends: keeps its @text, or finds that it is no good value. */
void wp_element_end_leaf(struct wp_model *model, const struct wp_element *element, const char *text, size_t length);

#endif
