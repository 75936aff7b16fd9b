/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the elements of the XML, one after the other, to the metadata: wim_xml.c walks, elements.c stores. */
#ifndef WIMPLAN_WIM_MODEL_H
#define WIMPLAN_WIM_MODEL_H

#include "wimplan/buf.h"
#include "wimplan/limits.h"
#include "wimplan/wim_fields.h"
#include "wimplan/xml.h"

/* An element that was begun and not yet ended. */
struct wp_frame {
	const struct wp_wim_field *element; /* NULL: outside the model */
	enum wp_place inside;
	bool image; /* an IMAGE that was accepted */
	bool has_children;
	size_t text; /* where its text begins */
	size_t path; /* length of the path of what it stands in */
};

/* HIGHPART or LOWPART. */
struct wp_part {
	bool present;
	struct wp_number number; /* known when it could be read */
};

struct wp_model {
	struct wp_arena *arena;
	struct wp_diags *diags;
	struct wp_wim_metadata *metadata;
	struct wp_frame frames[WP_LIMIT_NESTING];
	size_t depth;
	struct wp_buf text; /* of all elements that were begun, the inner ones' behind the outer ones' */
	struct wp_buf path; /* below IMAGE or, outside of the images, below WIM */
	size_t kept;        /* bytes of values and of the paths in every "other" */
	size_t other_count; /* entries of every "other" */
	uint64_t seen;      /* lines of the table that have counted, in the present image */
	uint64_t seen_file; /* the same outside of the images */
	size_t found;       /* the line of the table that was found last */
	bool in_image;
	size_t findings;       /* about values and indexes */
	struct wp_part high, low;
	const char *fallback_language;
};

/* The image that is being read. */
static inline struct wp_wim_image *wp_model_image(struct wp_model *model)
{
	return &model->metadata->images[model->metadata->image_count - 1];
}

/* More findings of one kind tell a reader nothing new, and a hostile file could have hundreds of thousands. */
#define WP_FINDINGS_TOLD 64u

/* A finding about a value or an index: after a number of them only their sum is told. */
void wp_model_note(struct wp_model *model, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

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
