/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts that grow by doubling. Running out of memory ends the process, as in an arena. */
#include "wimplan/buf.h"
#include "wimplan/arena.h"
#include "wimplan/ascii.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY ((size_t)256)

static void grow(struct wp_buf *buf, size_t more)
{
	size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
	char *data;

	if (more > PTRDIFF_MAX / 2 - buf->length - 1)
		wp_out_of_memory();
	while (capacity <= buf->length + more)
		capacity *= 2;
	data = wp_must(realloc(buf->data, capacity));
	buf->data = data;
	buf->capacity = capacity;
}

/* Makes room for @more bytes and a NUL, for which there mostly is some. */
static inline void reserve(struct wp_buf *buf, size_t more)
{
	if (more >= buf->capacity - buf->length)
		grow(buf, more);
}

char *wp_buf_room(struct wp_buf *buf, size_t most)
{
	reserve(buf, most);
	return buf->data + buf->length;
}

void wp_buf_take(struct wp_buf *buf, size_t length)
{
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void wp_buf_add(struct wp_buf *buf, const void *bytes, size_t length)
{
	reserve(buf, length);
	if (length)
		memcpy(buf->data + buf->length, bytes, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void wp_buf_puts(struct wp_buf *buf, const char *text)
{
	wp_buf_add(buf, text, strlen(text));
}

void wp_buf_putc(struct wp_buf *buf, char c)
{
	wp_buf_add(buf, &c, 1);
}

void wp_buf_pad(struct wp_buf *buf, char c, size_t count)
{
	reserve(buf, count);
	memset(buf->data + buf->length, c, count);
	buf->length += count;
	buf->data[buf->length] = '\0';
}

void wp_buf_printf(struct wp_buf *buf, const char *format, ...)
{
	va_list args;
	size_t room;
	int length;

	/* Most texts are formatted once. */
	reserve(buf, FIRST_CAPACITY);
	room = buf->capacity - buf->length;
	va_start(args, format);
	length = vsnprintf(buf->data + buf->length, room, format, args);
	va_end(args);
	if (length < 0)
		abort();
	if ((size_t)length >= room) {
		reserve(buf, (size_t)length);
		va_start(args, format);
		vsnprintf(buf->data + buf->length, (size_t)length + 1, format, args);
		va_end(args);
	}
	buf->length += (size_t)length;
}

void wp_buf_clear(struct wp_buf *buf)
{
	wp_buf_cut(buf, 0);
}

void wp_buf_cut(struct wp_buf *buf, size_t length)
{
	if (length > buf->length)
		abort();
	buf->length = length;
	if (buf->data)
		buf->data[length] = '\0';
}

void wp_buf_lower(struct wp_buf *buf)
{
	for (size_t i = 0; i < buf->length; i++)
		buf->data[i] = (char)wp_ascii_lower(buf->data[i]);
}

const char *wp_buf_text(const struct wp_buf *buf)
{
	return buf->data ? buf->data : "";
}

void wp_buf_free(struct wp_buf *buf)
{
	free(buf->data);
	*buf = (struct wp_buf){ 0 };
}
