/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of a row in their normal form, and of several rows as one: they may add to each other, not contradict. */
#include "assembler.h"
#include "normalize.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static void set_new(json_t *object, const char *key, json_t *value)
{
	if (!value || json_object_set_new(object, key, value) != 0)
		wp_out_of_memory();
}

/* A value for a message: short, and without line ends. */
static const char *value_text(struct wp_arena *arena, const json_t *value)
{
	char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	const char *end;
	char *text;

	if (!dump)
		wp_out_of_memory();
	for (end = dump; *end && end - dump < 60;)
		wp_utf8_next(&end);
	text = wp_arena_printf(arena, "%.*s%s", (int)(end - dump), dump, *end ? "…" : "");
	free(dump);
	return text;
}

static const char *type_words(const struct wp_property *property)
{
	switch (property->type) {
	case WP_PROPERTY_NUMBER:
		return "no whole number";
	case WP_PROPERTY_FLAG:
		return "neither true nor false";
	case WP_PROPERTY_DATE:
		return "no date of a known form";
	case WP_PROPERTY_TEXT:
	case WP_PROPERTY_TREE:
		break;
	}
	return "no text";
}

/* An empty list that __LAZYPROPERTIES names: a list cannot be null in OData, so it may stand for "not fetched". */
static bool is_unfetched_list(const char *name, const json_t *value, const json_t *lazy)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(value) || json_array_size(value))
		return false;
	json_array_foreach(lazy, i, item)
		if (json_is_string(item) && wp_ascii_same(json_string_value(item), name))
			return true;
	return false;
}

json_t *wp_row_normalize(struct wp_assembler *assembler, const struct wp_row *row, const json_t *lazy,
			 struct wp_error *err)
{
	json_t *clean = json_object();
	const char *key;
	json_t *value;

	if (!clean)
		wp_out_of_memory();
	json_object_foreach(row->properties, key, value) {
		const struct wp_property *property = wp_property_find(key);
		const char *name = property ? property->name : key;
		char room[WP_WHERE_ROOM];
		json_t *kept, *twin;
		bool bad;

		if (!*key || wp_row_is_noise(key) || is_unfetched_list(key, value, lazy))
			continue;
		kept = wp_property_normalize(property, value, row->empty_is_none, &bad);
		if (!kept)
			continue;
		twin = json_object_get(clean, name);
		if (twin && !wp_property_same(property, twin, kept)) {
			wp_fail(err, WP_E_FAILED, "records-contradict", row->where.file,
				"%s: %s is there twice with different values; export again",
				wp_where_text(&row->where, room), name);
			json_decref(kept);
			json_decref(clean);
			return NULL;
		}
		if (bad) {
			const json_t *id = wp_row_member(row->properties, "PackageID");

			wp_diag_add(assembler->arena, &assembler->diags, WP_WARNING, "bad-value", json_string_value(id),
				    "%s is %s, which is %s; it is kept as it stands%s", name,
				    value_text(assembler->arena, value), type_words(property),
				    property->type == WP_PROPERTY_DATE ? " and compared with nothing: export dates in "
									 "ISO 8601" : "");
		}
		set_new(clean, name, kept);
	}
	return clean;
}

int wp_merge_properties(struct wp_assembler *assembler, const char *subject, json_t *old,
			const struct wp_where *old_where, json_t **later, const json_t *add,
			const struct wp_where *where, struct wp_error *err)
{
	const char *name;
	json_t *value;
	bool stored = false;

	json_object_foreach((json_t *)add, name, value) {
		json_t *known = json_object_get(old, name);
		const struct wp_where *from = old_where;
		char room[WP_WHERE_ROOM], other_room[WP_WHERE_ROOM];

		if (!known) {
			set_new(old, name, json_incref(value));
			if (!later)
				continue;
			if (!*later)
				*later = json_object();
			if (!stored)
				*WP_PUSH(assembler->arena, assembler->wheres, assembler->where_count) = *where;
			stored = true;
			set_new(*later, name, json_integer((json_int_t)assembler->where_count - 1));
			continue;
		}
		if (wp_property_same(wp_property_find(name), known, value)) {
			/* Of text and a typed value that mean the same the typed one stays, whichever came first. */
			if (json_is_string(known) && !json_is_string(value))
				set_new(old, name, json_incref(value));
			continue;
		}
		if (later && json_object_get(*later, name))
			from = &assembler->wheres[json_integer_value(json_object_get(*later, name))];
		return wp_fail(err, WP_E_FAILED, "records-contradict", subject,
			       "package %s: %s is %s in %s, but %s in %s; give exports that were made together",
			       subject, name, value_text(assembler->arena, known), wp_where_text(from, room),
			       value_text(assembler->arena, value), wp_where_text(where, other_room));
	}
	return WP_OK;
}
