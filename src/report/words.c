/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes and numbers as people read them. */
#include "words.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

const char *wp_words_plain(struct wp_arena *arena, const char *text)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!text)
		return "";
	wp_text_escape(&buf, text);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

/* Divides @size until it is below @most of a unit, and returns that unit: KiB and so on. */
static const char *scale(double *size, double most)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;

	for (*size /= 1024; *size >= most && unit + 1 < sizeof units / sizeof *units; unit++)
		*size /= 1024;
	return units[unit];
}

char *wp_words_size(struct wp_arena *arena, uint64_t bytes)
{
	double size = (double)bytes;
	const char *unit;

	if (bytes < 1024)
		return wp_arena_printf(arena, "%" PRIu64 " byte%s", bytes, wp_plural(bytes));
	/* 1023.995 would be shown as 1024.00. */
	unit = scale(&size, 1023.995);
	return wp_arena_printf(arena, "%.2f %s", size, unit);
}

char *wp_words_amount(struct wp_arena *arena, uint64_t bytes)
{
	double size = (double)bytes;
	const char *unit;

	if (!bytes)
		return wp_arena_strdup(arena, "0");
	if (bytes < 1024)
		return wp_words_size(arena, bytes);
	/* 1023.6 would be shown as 1024. */
	unit = scale(&size, 1023.5);
	return wp_arena_printf(arena, size < 9.95 ? "%.1f %s" : "%.0f %s", size, unit);
}

char *wp_words_count(struct wp_arena *arena, uint64_t number)
{
	const char *digits = wp_arena_printf(arena, "%" PRIu64, number);
	size_t length = strlen(digits), at = 0;
	char text[32];

	for (size_t i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	return wp_arena_strndup(arena, text, at);
}

char *wp_words_counted(struct wp_arena *arena, uint64_t count, const char *what)
{
	return wp_arena_printf(arena, "%s %s%s", wp_words_count(arena, count), what, wp_plural(count));
}

const char *wp_words_number(struct wp_arena *arena, const char *text)
{
	uint64_t number;

	return wp_parse_u64(text ? text : "", false, &number) ? wp_words_count(arena, number) : text;
}
