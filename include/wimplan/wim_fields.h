/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elements of a WIM's XML: one table for reading them, for inspect and for comparing images. */
#ifndef WIMPLAN_WIM_FIELDS_H
#define WIMPLAN_WIM_FIELDS_H

#include "wimplan/wim.h"

/* Where an element stands: the children that the model knows there. */
enum wp_place {
	WP_PLACE_NOTHING, /* nothing below it is known */
	WP_PLACE_WIM,
	WP_PLACE_IMAGE,
	WP_PLACE_WINDOWS,
	WP_PLACE_SERVICING,
	WP_PLACE_LANGUAGES,
	WP_PLACE_VERSION,
	WP_PLACE_CREATION,
	WP_PLACE_MODIFICATION,
};

/* How a value is kept. */
enum wp_wim_kind {
	WP_WIM_KIND_BOX,          /* a pointer to what the elements below it fill; NULL without the element */
	WP_WIM_KIND_TEXT,         /* const char * */
	WP_WIM_KIND_NUMBER,       /* struct wp_number */
	WP_WIM_KIND_FILES,        /* the same, in dir_count folders */
	WP_WIM_KIND_BYTES,        /* the same */
	WP_WIM_KIND_BOOLEAN,      /* the same, 0 or 1 */
	WP_WIM_KIND_ARCHITECTURE, /* the same, a PROCESSOR_ARCHITECTURE number */
	WP_WIM_KIND_VERSION,      /* const char *, made of the numbers below it */
	WP_WIM_KIND_TIME,         /* struct wp_time, made of the halves below it */
	WP_WIM_KIND_HALF,         /* for the reader alone */
	WP_WIM_KIND_LANGUAGE,     /* one of windows->languages; may be repeated */
	WP_WIM_KIND_FALLBACK,     /* one of windows->fallbacks; may be repeated */
};

/* What keeps it. */
enum wp_wim_base {
	WP_WIM_BASE_METADATA,
	WP_WIM_BASE_IMAGE,
	WP_WIM_BASE_WINDOWS,
	WP_WIM_BASE_SERVICING,
	WP_WIM_BASE_MODEL, /* of the reader */
};

struct wp_wim_field {
	enum wp_place place;
	const char *element;
	enum wp_wim_kind kind;
	enum wp_wim_base base;
	size_t offset;        /* in what @base says; of lists there is none */
	enum wp_place inside; /* of an element that holds others */
	const char *key;      /* in inspect --json; NULL: it is not there */
	const char *fact;     /* what a diff calls it; NULL: it is not compared, or with the version that it is a part of */
	const char *label;    /* on the page of inspect; NULL: it has no line of its own */
	unsigned int line;    /* its place there, from 1 on */
	bool setup;           /* Windows Setup reads it: without it, it may refuse the image or offer it for what it is not */
};

/* In the order of the document and of inspect --json, what stands below an element right behind it. */
extern const struct wp_wim_field wp_wim_fields[];
extern const size_t wp_wim_field_count;

/* Where @image keeps the value, as its kind says; NULL when that is not there, or is not of an image. */
const void *wp_wim_field_value(const struct wp_wim_image *image, const struct wp_wim_field *field);

/* Whether the element, or one below it, could not be read: its value is not known, and yet not absent. */
bool wp_wim_field_is_bad(const struct wp_wim_image *image, const struct wp_wim_field *field);

#endif
