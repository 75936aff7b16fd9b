/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the model knows of an element, and the values that elements give: model.c walks, elements.c stores. */
#ifndef WIMPLAN_WIM_ELEMENTS_H
#define WIMPLAN_WIM_ELEMENTS_H

#include "model.h"

/* The element of the model that counts here; NULL when there is none, or when it was there already. */
const struct wp_wim_field *wp_element_find(struct wp_model *model, enum wp_place place, const char *name);

/* Whether there may be any number of them in one place. */
bool wp_element_repeats(const struct wp_wim_field *element);

/* A box begins or ends: what is allocated for it, and what its parts make together. @inside as in wp_frame. */
void wp_element_begin_box(struct wp_model *model, enum wp_place inside);
void wp_element_end_box(struct wp_model *model, enum wp_place inside);

/* Any other element ends: keeps its @text, or finds that it is no good value. */
void wp_element_end_leaf(struct wp_model *model, const struct wp_wim_field *element, const char *text, size_t length);

#endif
