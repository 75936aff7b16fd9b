/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON as text at once, in the forms that documents and digests have. What is not plain ASCII is left to the writers of
 * values, so that there is one opinion on it.
 */
#include "wimplan/json_out.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static void begin_line(struct wp_json_out *out)
{
	size_t spaces = (size_t)(out->margin + out->depth) * WP_JSON_INDENT;
	char *room = wp_buf_room(out->buf, spaces + 1);

	room[0] = '\n';
	memset(room + 1, ' ', spaces);
	wp_buf_take(out->buf, spaces + 1);
}

static void begin_item(struct wp_json_out *out)
{
	if (!out->depth)
		return;
	if (out->open[out->depth - 1].filled)
		wp_buf_add(out->buf, ", ", out->form == WP_JSON_FORM_SPACED ? 2 : 1);
	out->open[out->depth - 1].filled = true;
	if (out->form == WP_JSON_FORM_PRETTY)
		begin_line(out);
}

static void begin_value(struct wp_json_out *out)
{
	if (!out->keyed)
		begin_item(out);
	out->keyed = false;
}

void wp_json_out_open(struct wp_json_out *out, char bracket)
{
	if (out->depth == WP_JSON_OUT_DEPTH)
		abort();
	begin_value(out);
	wp_buf_putc(out->buf, bracket);
	out->open[out->depth].object = bracket == '{';
	out->open[out->depth].filled = false;
	out->open[out->depth++].count = 0;
}

/* Puts the members of the innermost object into the order of their names. They are few: each is moved past those behind it. */
static void sort_members(struct wp_json_out *out)
{
	const char **keys = out->open[out->depth - 1].keys;
	const size_t *begins = out->open[out->depth - 1].begins;
	size_t order[WP_JSON_OUT_MEMBERS], count = out->open[out->depth - 1].count, length = out->buf->length;
	struct wp_buf members __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool moved = false;

	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at && wp_json_compare_keys(&keys[order[at - 1]], &keys[i]) > 0; at--)
			order[at] = order[at - 1];
		moved = moved || at != i;
		order[at] = i;
	}
	if (!moved)
		return;
	wp_buf_add(&members, out->buf->data + begins[0], length - begins[0]);
	wp_buf_cut(out->buf, begins[0]);
	for (size_t i = 0; i < count; i++) {
		size_t begin = begins[order[i]];
		/* Without the comma in front of the next one. */
		size_t end = order[i] + 1 < count ? begins[order[i] + 1] - 1 : length;

		if (i)
			wp_buf_putc(out->buf, ',');
		wp_buf_add(out->buf, members.data + (begin - begins[0]), end - begin);
	}
}

void wp_json_out_close(struct wp_json_out *out)
{
	bool object = out->open[out->depth - 1].object;

	if (object && out->form == WP_JSON_FORM_CANONICAL)
		sort_members(out);
	out->depth--;
	if (out->form == WP_JSON_FORM_PRETTY && out->open[out->depth].filled)
		begin_line(out);
	wp_buf_putc(out->buf, object ? '}' : ']');
}

/* Where a member begins, for it may have to go elsewhere. */
static void note_member(struct wp_json_out *out, const char *key)
{
	size_t *count = &out->open[out->depth - 1].count;

	if (*count == WP_JSON_OUT_MEMBERS)
		abort();
	out->open[out->depth - 1].keys[*count] = key;
	out->open[out->depth - 1].begins[(*count)++] = out->buf->length;
}

void wp_json_out_key(struct wp_json_out *out, const char *key)
{
	bool canonical = out->form == WP_JSON_FORM_CANONICAL;
	size_t length = strlen(key);
	char *room;

	begin_item(out);
	if (canonical)
		note_member(out, key);
	room = wp_buf_room(out->buf, length + 4);
	room[0] = '"';
	memcpy(room + 1, key, length);
	memcpy(room + 1 + length, "\": ", 3);
	wp_buf_take(out->buf, length + (canonical ? 3 : 4));
	out->keyed = true;
}

static void add_value(struct wp_json_out *out, const json_t *value)
{
	if (out->form == WP_JSON_FORM_CANONICAL)
		wp_json_canonical(out->buf, value);
	else if (out->form == WP_JSON_FORM_PRETTY)
		wp_json_pretty_at(out->buf, value, out->margin + out->depth);
	else
		wp_json_spaced(out->buf, value);
}

/* What is neither plain ASCII nor short to escape. */
static void add_other(struct wp_json_out *out, const char *text)
{
	json_t *value __attribute__((cleanup(wp_json_freep))) = wp_json_text(text);

	add_value(out, value);
}

void wp_json_out_text(struct wp_json_out *out, const char *text)
{
	const char *whole = text;
	char *room, *to;

	begin_value(out);
	if (!text) {
		wp_buf_add(out->buf, "null", 4);
		return;
	}
	/* Each character with a backslash in front of it, and the quotes. */
	room = to = wp_buf_room(out->buf, 2 * strlen(text) + 2);
	*to++ = '"';
	for (; *text >= ' ' && *text <= '~'; *to++ = *text++)
		if (*text == '"' || *text == '\\')
			*to++ = '\\';
	if (*text) {
		add_other(out, whole);
		return;
	}
	*to++ = '"';
	wp_buf_take(out->buf, (size_t)(to - room));
}

void wp_json_out_hash(struct wp_json_out *out, const char *text)
{
	wp_json_out_text(out, text && *text ? text : NULL);
}

void wp_json_out_u64(struct wp_json_out *out, uint64_t value)
{
	bool quoted = value > WP_JSON_EXACT_INTEGERS;
	char digits[WP_DIGITS];
	size_t count = wp_text_u64(value, digits);

	begin_value(out);
	if (quoted)
		wp_buf_putc(out->buf, '"');
	wp_buf_add(out->buf, digits, count);
	if (quoted)
		wp_buf_putc(out->buf, '"');
}

void wp_json_out_number(struct wp_json_out *out, struct wp_number number)
{
	if (number.known)
		wp_json_out_u64(out, number.value);
	else
		wp_json_out_null(out);
}

void wp_json_out_null(struct wp_json_out *out)
{
	wp_json_out_text(out, NULL);
}

void wp_json_out_boolean(struct wp_json_out *out, bool truth)
{
	begin_value(out);
	wp_buf_puts(out->buf, truth ? "true" : "false");
}

void wp_json_out_value(struct wp_json_out *out, const json_t *value)
{
	begin_value(out);
	add_value(out, value);
}

void wp_json_out_raw(struct wp_json_out *out, const struct wp_buf *text)
{
	begin_value(out);
	wp_buf_add(out->buf, wp_buf_text(text), text->length);
}

void wp_json_member_text(struct wp_json_out *out, const char *key, const char *text)
{
	wp_json_out_key(out, key);
	wp_json_out_text(out, text);
}

void wp_json_member_hash(struct wp_json_out *out, const char *key, const char *text)
{
	wp_json_out_key(out, key);
	wp_json_out_hash(out, text);
}

void wp_json_member_u64(struct wp_json_out *out, const char *key, uint64_t value)
{
	wp_json_out_key(out, key);
	wp_json_out_u64(out, value);
}

void wp_json_member_number(struct wp_json_out *out, const char *key, struct wp_number number)
{
	wp_json_out_key(out, key);
	wp_json_out_number(out, number);
}
