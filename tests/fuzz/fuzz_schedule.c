/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A schedule as a record keeps it, as text or as JSON, and as the configuration says it in words. What is read is written as the
 * same token again, is said in words that mean the same, and runs next when it may run.
 */
#include "fuzz.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/schedule.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static void check(struct wp_arena *arena, const struct wp_schedule *schedule)
{
	struct wp_time after = wp_time_from_unix(1771552200, 0), next;
	const char *words = wp_schedule_words(arena, schedule);
	char token[WP_TOKEN_TEXT], once_more[WP_TOKEN_TEXT];
	struct wp_schedule *again, said;
	size_t count;
	const char *why;

	if (!*words)
		abort();
	next = wp_schedule_next(schedule, NULL, after);
	if (next.known && next.ticks < after.ticks)
		abort();
	if (wp_schedule_from_words(words, &said) && strcmp(wp_schedule_words(arena, &said), words) != 0)
		abort();
	if (!wp_schedule_has_token(schedule))
		return;
	wp_schedule_token(schedule, token);
	if (wp_schedule_parse(arena, token, &again, &count, &why) || count != 1)
		abort();
	wp_schedule_token(again, once_more);
	if (strcmp(token, once_more) != 0)
		abort();
}

static void check_all(struct wp_arena *arena, int status, const struct wp_schedule *items, size_t count, const char *why)
{
	if (status ? !why || !*why : count > WP_LIMIT_SCHEDULE_TOKENS)
		abort();
	for (size_t i = 0; !status && i < count; i++)
		check(arena, &items[i]);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *text = wp_utf8_repair(arena, wp_arena_strndup(arena, (const char *)data, size)), *why = NULL;
	json_t *value __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_schedule *items = NULL, said;
	struct wp_error err;
	size_t count = 0;
	int status = wp_schedule_parse(arena, text, &items, &count, &why);

	check_all(arena, status, items, count, why);
	if (wp_schedule_from_words(text, &said))
		check(arena, &said);
	if (wp_json_parse(text, strlen(text), "fuzz", &value, &err))
		return 0;
	why = NULL;
	status = wp_schedule_decode(arena, value, &items, &count, &why);
	check_all(arena, status, items, count, why);
	return 0;
}
