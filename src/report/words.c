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

char *wp_words_line(struct wp_arena *arena, const char **at)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *line = *at, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	for (; line < end; line++) {
		if (*line == '\t')
			wp_buf_puts(&buf, "    ");
		else
			wp_buf_putc(&buf, *line);
	}
	*at = end + 1;
	return wp_arena_strdup(arena, wp_words_plain(arena, wp_buf_text(&buf)));
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

char *wp_words_duration(struct wp_arena *arena, uint64_t seconds)
{
	uint64_t minutes = seconds / 60 + (seconds % 60 != 0), hours = seconds / 3600 + (seconds % 3600 != 0);

	if (seconds < 120)
		return wp_arena_printf(arena, "%" PRIu64 " s", seconds);
	if (minutes < 2 * 60)
		return wp_arena_printf(arena, "%" PRIu64 " min", minutes);
	if (minutes < 2 * 24 * 60)
		return wp_arena_printf(arena, "%" PRIu64 " h %02" PRIu64 " min", minutes / 60, minutes % 60);
	return wp_arena_printf(arena, "%s days %02" PRIu64 " h", wp_words_count(arena, hours / 24), hours % 24);
}

char *wp_words_time(struct wp_arena *arena, const struct wp_zone *zone, struct wp_time time)
{
	struct wp_time local = { .known = true };
	char *here, *utc;

	if (!time.known)
		return NULL;
	utc = wp_time_minutes(arena, time);
	if (!zone || !time.zone_known)
		return utc;
	local.ticks = wp_zone_to_local(zone, time.ticks);
	here = wp_time_minutes(arena, local);
	/* The day is said twice only where it is another one. */
	return wp_arena_printf(arena, "%s (%s)", here, strncmp(here, utc, strlen("2026-03-07")) ? utc : utc + strlen("2026-03-07 "));
}

char *wp_words_time_of(struct wp_arena *arena, const struct wp_zone *zone, const json_t *object, const char *key)
{
	const char *text = wp_json_get_text(object, key);

	return text ? wp_words_time(arena, zone, wp_time_parse(text)) : NULL;
}

char *wp_words_range(struct wp_arena *arena, const json_t *object, const char *least, const char *most,
		     char *(*words)(struct wp_arena *arena, uint64_t value))
{
	const char *from_words, *to_words;
	uint64_t from, to;

	if (!wp_json_get_u64(object, least, &from) || !wp_json_get_u64(object, most, &to))
		return NULL;
	from_words = words(arena, from);
	to_words = words(arena, to);
	return strcmp(from_words, to_words) ? wp_arena_printf(arena, "%s to %s", from_words, to_words)
					    : wp_arena_strdup(arena, to_words);
}

char *wp_words_images(struct wp_arena *arena, const uint32_t *images, size_t count)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count;) {
		uint32_t first = images[i], last = first;

		for (i++; i < count && images[i] == last + 1; i++)
			last++;
		wp_buf_printf(&text, "%s%" PRIu32, text.length ? ", " : "", first);
		if (last > first)
			wp_buf_printf(&text, "–%" PRIu32, last);
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

char *wp_words_sentence(struct wp_arena *arena, const char *half)
{
	char *whole;

	if (!half || !*half)
		return NULL;
	whole = wp_arena_printf(arena, "%s.", half);
	if (*whole >= 'a' && *whole <= 'z')
		*whole = (char)(*whole - 'a' + 'A');
	return whole;
}
