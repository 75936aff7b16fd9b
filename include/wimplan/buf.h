/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text that grows: what writers (reports, JSON, messages) write into. */
#ifndef WIMPLAN_BUF_H
#define WIMPLAN_BUF_H

#include <stddef.h>

/* Start with { 0 }. @data is NUL-terminated once something was added, NULL before; owned by the buffer. */
struct wp_buf {
	char *data;
	size_t length; /* bytes, without the NUL */
	size_t capacity;
};

void wp_buf_add(struct wp_buf *buf, const void *bytes, size_t length);
void wp_buf_puts(struct wp_buf *buf, const char *text);
void wp_buf_putc(struct wp_buf *buf, char c);
void wp_buf_pad(struct wp_buf *buf, char c, size_t count);
void wp_buf_printf(struct wp_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));
/*
 * Room for @most bytes at the end of the text, and what was put down there made part of it: for who writes a text himself. The room is
 * gone with whatever is added next.
 */
char *wp_buf_room(struct wp_buf *buf, size_t most) __attribute__((returns_nonnull));
void wp_buf_take(struct wp_buf *buf, size_t length);
/* Makes it empty, and keeps its room. */
void wp_buf_clear(struct wp_buf *buf);
/* Cuts it to its first @length bytes, which it has. */
void wp_buf_cut(struct wp_buf *buf, size_t length);
/* Its ASCII letters in lower case. */
void wp_buf_lower(struct wp_buf *buf);
/* The text so far, "" when nothing was added. Borrowed. */
const char *wp_buf_text(const struct wp_buf *buf);
/* Frees the text and makes the buffer empty again. */
void wp_buf_free(struct wp_buf *buf);

/* Where a text goes that is made piece by piece. It cannot fail; what comes of it is asked where it ends. */
struct wp_sink {
	void (*add)(void *context, const char *text, size_t length);
	void *context; /* borrowed */
};

#endif
