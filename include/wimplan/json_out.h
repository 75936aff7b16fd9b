/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON that is put down as text at once, for what there is very much of: a tree of values costs many times as much. */
#ifndef WIMPLAN_JSON_OUT_H
#define WIMPLAN_JSON_OUT_H

#include "wimplan/buf.h"
#include "wimplan/number.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Objects and arrays within each other, and members of one object, that such a text has at most. */
#define WP_JSON_OUT_DEPTH 6u
#define WP_JSON_OUT_MEMBERS 16u

/* From zeros but for where it goes and in which form. More than the bounds above is a mistake of the program, and ends it. */
struct wp_json_out {
	struct wp_buf *buf; /* borrowed */
	bool canonical;     /* as wp_json_canonical() has it; else as wp_json_spaced() */
	struct {
		bool object, filled;
		/* The members of an object by name, each from where it begins to where the next one does. */
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
/* The name of the next value: plain ASCII, which lives until its object is closed. */
void wp_json_out_key(struct wp_json_out *out, const char *key);
/* Values as wp_json_text(), wp_json_hash(), wp_json_u64() and wp_json_number() have them; and null. */
void wp_json_out_text(struct wp_json_out *out, const char *text);
void wp_json_out_hash(struct wp_json_out *out, const char *text);
void wp_json_out_u64(struct wp_json_out *out, uint64_t value);
void wp_json_out_number(struct wp_json_out *out, struct wp_number number);
void wp_json_out_null(struct wp_json_out *out);

#endif
