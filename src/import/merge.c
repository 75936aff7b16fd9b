/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of a row in their normal form, and of several rows as one: they may add to each other, not contradict. */
#include "assembler.h"
#include "normalize.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/site.h"

#include <string.h>

/*
 * What a row says of its lazy properties. In a list of the AdminService they stand as null, "" or [], which they may be,
 * too: but an entity that was read by its key has some that are not empty.
 */
struct lazy {
	json_t *names; /* those that __LAZYPROPERTIES names, in lower case, as keys; owned; NULL when it names none */
	/* Nothing tells; as a list; it has what only a read by key gives; it says so. */
	enum { WP_READ_OPEN, WP_READ_AS_LIST, WP_READ_LIKE_KEY, WP_READ_BY_KEY } read;
};

json_t *wp_lazy_names(const json_t *property)
{
	const char *text = json_string_value(property);
	json_t *names, *name;
	size_t i, length;

	if (!text && !json_array_size(property))
		return NULL;
	names = wp_json_must(json_array());
	json_array_foreach(property, i, name)
		if (json_is_string(name) && json_array_append(names, name) != 0)
			wp_out_of_memory();
	for (; text && *(text += strspn(text, " ,")); text += length) {
		length = strcspn(text, " ,");
		wp_json_push(names, json_stringn(text, length));
	}
	return names;
}

/* @name in lower case, into @ret; false for one that is longer than any. */
static bool fold(const char *name, char ret[256])
{
	size_t i;

	for (i = 0; i < 255 && name[i]; i++)
		ret[i] = (char)wp_ascii_lower(name[i]);
	ret[i] = '\0';
	return !name[i];
}

static bool is_named(const struct lazy *lazy, const char *name)
{
	char folded[256];

	return lazy->names && fold(name, folded) && json_object_get(lazy->names, folded);
}

/* 0 and false say nothing: they stand in lists as well. */
static bool is_filled(const json_t *value)
{
	return json_string_length(value) || json_array_size(value) || json_object_size(value);
}

static void lazy_init(struct lazy *lazy, const struct wp_row *row)
{
	const json_t *by_key = wp_row_member(row->properties, "__BY_KEY");
	json_t *names = wp_lazy_names(wp_row_member(row->properties, "__LAZYPROPERTIES"));
	const char *name;
	json_t *value;
	char folded[256];
	size_t i;

	*lazy = (struct lazy){ 0 };
	if (names)
		lazy->names = wp_json_must(json_object());
	json_array_foreach(names, i, value)
		if (fold(json_string_value(value), folded))
			wp_json_set(lazy->names, folded, json_true());
	json_decref(names);
	if (json_is_boolean(by_key)) {
		lazy->read = json_is_true(by_key) ? WP_READ_BY_KEY : WP_READ_AS_LIST;
		return;
	}
	if (!lazy->names)
		return;
	lazy->read = WP_READ_AS_LIST;
	json_object_foreach(row->properties, name, value)
		if (strncmp(name, "__", 2) != 0 && is_filled(value) && is_named(lazy, name))
			lazy->read = WP_READ_LIKE_KEY;
}

static void lazy_free(struct lazy *lazy)
{
	json_decref(lazy->names);
}

/* Was the property with this name and value not fetched? */
static bool lazy_is_unfetched(const struct lazy *lazy, const char *name, const json_t *value)
{
	const struct wp_property *property;

	if (is_filled(value) || lazy->read == WP_READ_OPEN || lazy->read == WP_READ_BY_KEY)
		return false;
	/* OData has no null for a list: that it is empty says nothing, while other shapes leave it out. */
	if (!json_is_array(value) && (!json_is_string(value) || lazy->read == WP_READ_LIKE_KEY))
		return false;
	if (lazy->names)
		return is_named(lazy, name);
	property = wp_property_find(name);
	return property && property->lazy;
}

/* Whether a row of the site is kept with this column; of a package everything is. */
static bool is_kept(const struct wp_site_table *table, const char *name)
{
	const char *const *lists[] = { table ? table->keys : NULL, table ? table->columns : NULL };

	for (size_t i = 0; table && i < sizeof lists / sizeof *lists; i++)
		for (const char *const *column = lists[i]; *column; column++)
			if (!strcmp(*column, name))
				return true;
	return !table;
}

json_t *wp_row_normalize(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_site_table *table,
			 bool *ret_dates, struct wp_error *err)
{
	const char *id = json_string_value(wp_unwrap(wp_row_member(row->properties, "PackageID")));
	struct lazy lazy __attribute__((cleanup(lazy_free)));
	json_t *clean = wp_json_must(json_object());
	const char *key;
	json_t *value;

	lazy_init(&lazy, row);
	*ret_dates = false;
	json_object_foreach(row->properties, key, value) {
		const struct wp_property *property = wp_property_find(key);
		const char *name = property ? property->name : key;
		enum wp_value_kind kind;
		char room[WP_WHERE_ROOM];
		json_t *kept, *twin;

		if (!is_kept(table, name) || !*key || wp_row_is_noise(key) || lazy_is_unfetched(&lazy, key, value))
			continue;
		kept = wp_property_normalize(property, value, row->empty_is_none, &kind);
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
		if (kind != WP_VALUE_GOOD)
			wp_columns_add(assembler, property, kind, kept, id);
		*ret_dates = *ret_dates || kind == WP_VALUE_CULTURE;
		wp_json_set(clean, name, kept);
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
			wp_json_set(old, name, json_incref(value));
			if (!later)
				continue;
			if (!*later)
				*later = json_object();
			if (!stored)
				*WP_PUSH(assembler->arena, assembler->wheres, assembler->where_count) = *where;
			stored = true;
			wp_json_set(*later, name, json_integer((json_int_t)assembler->where_count - 1));
			continue;
		}
		if (wp_property_same(wp_property_find(name), known, value)) {
			/* Of text and a typed value that mean the same the typed one stays, whichever came first. */
			if (json_is_string(known) && !json_is_string(value))
				wp_json_set(old, name, json_incref(value));
			continue;
		}
		if (later && json_object_get(*later, name))
			from = &assembler->wheres[json_integer_value(json_object_get(*later, name))];
		return wp_fail(err, WP_E_FAILED, "records-contradict", subject,
			       "package %s: %s is %s in %s, but %s in %s; give exports that were made together",
			       subject, name, wp_value_text(assembler->arena, known), wp_where_text(from, room),
			       wp_value_text(assembler->arena, value), wp_where_text(where, other_room));
	}
	return WP_OK;
}
