/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON that is put down as text at once, for what there is very much of: a tree of values costs many times as much. */
#ifndef WIMPLAN_JSON_OUT_H
#define WIMPLAN_JSON_OUT_H

#include "wimplan/buf.h"
#include "wimplan/number.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Objects and arrays within each other that such a text has at most, and members of an object in the canonical form. */
#define WP_JSON_OUT_DEPTH 12u
#define WP_JSON_OUT_MEMBERS 16u

enum wp_json_form {
	WP_JSON_FORM_SPACED,    /* as wp_json_spaced() has it */
	WP_JSON_FORM_CANONICAL, /* wp_json_canonical() */
	WP_JSON_FORM_PRETTY,    /* wp_json_pretty_at() */
};

/* From zeros but for where it goes and in which form. More than the bounds above is a mistake of the program, and ends it. */
struct wp_json_out {
	struct wp_buf *buf; /* borrowed */
	enum wp_json_form form;
	unsigned int margin; /* levels of the document around it that are open; of the pretty form alone */
	struct {
		bool object, filled;
		/* In the canonical form the members of an object by name, each from where it begins to where the next one does. */
		const char *keys[WP_JSON_OUT_MEMBERS];
		size_t begins[WP_JSON_OUT_MEMBERS];
		size_t count;
	} open[WP_JSON_OUT_DEPTH];
	unsigned int depth;
	bool keyed; /* the name of the next value stands there */
};

/* Opens an object ('{') or an array ('['), and closes the last one that is open. */
void wp_json_out_open(struct wp_json_out *out, char bracket);
void wp_json_out_close(struct wp_json_out *out);
/* The name of the next value: plain ASCII without quotes, which in the canonical form lives until its object is closed. */
void wp_json_out_key(struct wp_json_out *out, const char *key);
/* Values as wp_json_text(), wp_json_hash(), wp_json_u64() and wp_json_number() have them; and null. */
void wp_json_out_text(struct wp_json_out *out, const char *text);
void wp_json_out_hash(struct wp_json_out *out, const char *text);
void wp_json_out_u64(struct wp_json_out *out, uint64_t value);
void wp_json_out_number(struct wp_json_out *out, struct wp_number number);
void wp_json_out_null(struct wp_json_out *out);
void wp_json_out_boolean(struct wp_json_out *out, bool truth);
/* A value of jansson's, which may be of any depth. Borrowed. */
void wp_json_out_value(struct wp_json_out *out, const json_t *value);
/* What is such a value's text already, in this form and at this depth. */
void wp_json_out_raw(struct wp_json_out *out, const struct wp_buf *text);

/* A member: its name and its value. */
void wp_json_member_text(struct wp_json_out *out, const char *key, const char *text);
void wp_json_member_hash(struct wp_json_out *out, const char *key, const char *text);
void wp_json_member_u64(struct wp_json_out *out, const char *key, uint64_t value);
void wp_json_member_number(struct wp_json_out *out, const char *key, struct wp_number number);

#endif
