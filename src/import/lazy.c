/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lazy properties in answers of the AdminService. In a list they stand as null, "" or [], which they may be, too: but
 * an entity that was read by its key has some that are not empty.
 */
#include "lazy.h"
#include "normalize.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

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

	for (i = 0; name[i] && i < 255; i++)
		ret[i] = (char)wp_ascii_lower(name[i]);
	ret[i] = '\0';
	return !name[i];
}

static bool is_named(const struct wp_lazy *lazy, const char *name)
{
	char folded[256];

	return lazy->names && fold(name, folded) && json_object_get(lazy->names, folded);
}

/* 0 and false say nothing: they stand in lists as well. */
static bool is_filled(const json_t *value)
{
	return json_string_length(value) || json_array_size(value) || json_object_size(value);
}

void wp_lazy_init(struct wp_lazy *lazy, const struct wp_row *row)
{
	const json_t *by_key = wp_row_member(row->properties, "__BY_KEY");
	json_t *names = wp_lazy_names(wp_row_member(row->properties, "__LAZYPROPERTIES"));
	const char *name;
	json_t *value;
	char folded[256];
	size_t i;

	*lazy = (struct wp_lazy){ 0 };
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

void wp_lazy_free(struct wp_lazy *lazy)
{
	json_decref(lazy->names);
}

bool wp_lazy_is_unfetched(const struct wp_lazy *lazy, const char *name, const json_t *value)
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
