/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canonical form of RFC 8785 (JCS): what digests of documents are taken over. */
#include "wimplan/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * RFC 8785, 3.2.3. Bytes of UTF-8 order alike but for one thing: characters above U+FFFF (first byte F0 or more) are
 * surrogates in UTF-16 and come before U+E000 to U+FFFF (first byte EE or EF).
 */
int wp_json_compare_keys(const void *a, const void *b)
{
	const unsigned char *x = *(const unsigned char *const *)a;
	const unsigned char *y = *(const unsigned char *const *)b;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	if (*x >= 0xee && *y >= 0xee && (*x >= 0xf0) != (*y >= 0xf0))
		return *x >= 0xf0 ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

static void add_string(struct wp_buf *buf, const char *text, size_t length)
{
	size_t start = 0;
	size_t at;

	wp_buf_putc(buf, '"');
	for (at = 0; at < length; at++) {
		/* The escapes of two characters and what they stand for, in the same order. */
		static const char plain[] = "\b\t\n\f\r\"\\";
		static const char letters[] = "btnfr\"\\";
		unsigned char c = (unsigned char)text[at];
		const char *found;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		wp_buf_add(buf, text + start, at - start);
		start = at + 1;
		found = c ? strchr(plain, c) : NULL;
		if (found) {
			wp_buf_putc(buf, '\\');
			wp_buf_putc(buf, letters[found - plain]);
		} else {
			wp_buf_printf(buf, "\\u%04x", c);
		}
	}
	wp_buf_add(buf, text + start, length - start);
	wp_buf_putc(buf, '"');
}

/*
 * A double as ECMAScript writes it (ECMA-262, Number::toString): the fewest digits that read back as the same value,
 * an exponent only from 1e21 up and below 1e-6. Our documents have none; records of a site may.
 */
static void add_real(struct wp_buf *buf, double value)
{
	char text[40], digits[24];
	int precision, point, count = 0;
	const char *at;

	if (value == 0) {
		wp_buf_putc(buf, '0');
		return;
	}
	for (precision = 0; precision < 17; precision++) {
		snprintf(text, sizeof text, "%.*e", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	at = text;
	if (*at == '-') {
		wp_buf_putc(buf, '-');
		at++;
	}
	/* Whatever stands for the decimal point in this locale is skipped with everything else that is no digit. */
	for (; *at != 'e'; at++)
		if (*at >= '0' && *at <= '9')
			digits[count++] = *at;
	/* NOLINTNEXTLINE(cert-err34-c): the exponent that snprintf() wrote */
	point = atoi(at + 1) + 1; /* digits before the decimal point; 0 or less: zeros behind it */
	if (point > 21 || point <= -6) {
		wp_buf_putc(buf, digits[0]);
		if (count > 1) {
			wp_buf_putc(buf, '.');
			wp_buf_add(buf, digits + 1, (size_t)count - 1);
		}
		wp_buf_printf(buf, "e%+d", point - 1);
	} else if (point <= 0) {
		wp_buf_puts(buf, "0.");
		wp_buf_pad(buf, '0', (size_t)-point);
		wp_buf_add(buf, digits, (size_t)count);
	} else if (count <= point) {
		wp_buf_add(buf, digits, (size_t)count);
		wp_buf_pad(buf, '0', (size_t)(point - count));
	} else {
		wp_buf_add(buf, digits, (size_t)point);
		wp_buf_putc(buf, '.');
		wp_buf_add(buf, digits + point, (size_t)(count - point));
	}
}

/* Its key comes first, as wp_json_compare_keys() has it. */
struct member {
	const char *key;
	const json_t *value;
};

/* Objects of a record, a plan or a receipt have no more, and need no memory of their own. */
#define FEW_MEMBERS 48

static void add_object(struct wp_buf *buf, const json_t *object)
{
	/* jansson's iterators take an object that could be changed; this does not change it. */
	json_t *borrowed = (json_t *)object;
	size_t count = json_object_size(object);
	struct member few[FEW_MEMBERS], *members = few;
	size_t i = 0;
	void *iter;

	if (count > FEW_MEMBERS)
		members = wp_must(calloc(count, sizeof *members));
	for (iter = json_object_iter(borrowed); iter; iter = json_object_iter_next(borrowed, iter))
		members[i++] = (struct member){ json_object_iter_key(iter), json_object_iter_value(iter) };
	qsort(members, count, sizeof *members, wp_json_compare_keys);
	wp_buf_putc(buf, '{');
	for (i = 0; i < count; i++) {
		if (i)
			wp_buf_putc(buf, ',');
		add_string(buf, members[i].key, strlen(members[i].key));
		wp_buf_putc(buf, ':');
		wp_json_canonical(buf, members[i].value);
	}
	wp_buf_putc(buf, '}');
	if (members != few)
		free(members);
}

void wp_json_canonical(struct wp_buf *buf, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		add_object(buf, value);
		break;
	case JSON_ARRAY:
		wp_buf_putc(buf, '[');
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i)
				wp_buf_putc(buf, ',');
			wp_json_canonical(buf, json_array_get(value, i));
		}
		wp_buf_putc(buf, ']');
		break;
	case JSON_STRING:
		add_string(buf, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		wp_buf_printf(buf, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		add_real(buf, json_real_value(value));
		break;
	case JSON_TRUE:
		wp_buf_puts(buf, "true");
		break;
	case JSON_FALSE:
		wp_buf_puts(buf, "false");
		break;
	case JSON_NULL:
		wp_buf_puts(buf, "null");
		break;
	}
}
