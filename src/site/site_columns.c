/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a row's columns, and places by key. */
#include "internal.h"

#include "wimplan/json.h"

const char *wp_column_text(struct wp_arena *arena, const json_t *row, const char *column)
{
	const char *text = wp_json_get_text(row, column);

	return text && *text ? wp_arena_strdup(arena, text) : NULL;
}

struct wp_number wp_column_number(const json_t *row, const char *column)
{
	struct wp_number number = { 0 };

	number.known = wp_json_get_u64(row, column, &number.value);
	return number;
}

struct wp_time wp_column_time(const json_t *row, const char *column)
{
	const char *text = wp_json_get_text(row, column);
	struct wp_time time = text ? wp_time_parse(text) : (struct wp_time){ 0 };

	return time.known && !wp_time_is_never(time) ? time : (struct wp_time){ 0 };
}

bool wp_place_find(const json_t *places, const char *key, size_t *ret)
{
	const json_t *found = key ? json_object_get(places, key) : NULL;

	*ret = (size_t)json_integer_value(found);
	return found != NULL;
}

void wp_place_keep(json_t *places, const char *key, size_t place)
{
	wp_json_set(places, key, json_integer((json_int_t)place));
}
