/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be told of a row by itself: what it is of, and its properties in their normal form. Nothing here knows of another
 * row, so that threads may do it side by side.
 */
#include "prepare.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What a row says of its lazy properties. In a list of the AdminService they stand as null, "" or [], which they may be,
 * too: but an entity that was read by its key has some that are not empty.
 */
struct lazy {
	const struct wp_row *row; /* that it is of; NULL: nobody has looked yet */
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

	*lazy = (struct lazy){ .row = row };
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

/* Was the property of @row with this name and value not fetched? */
static bool lazy_is_unfetched(struct lazy *lazy, const struct wp_row *row, const char *name, const json_t *value)
{
	const struct wp_property *property;

	/* OData has no null for a list: that it is empty says nothing, while other shapes leave it out. */
	if (is_filled(value) || (!json_is_array(value) && !json_is_string(value)))
		return false;
	if (!lazy->row)
		lazy_init(lazy, row);
	if (lazy->read == WP_READ_OPEN || lazy->read == WP_READ_BY_KEY || (json_is_string(value) && lazy->read == WP_READ_LIKE_KEY))
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

static void note_odd(struct wp_prepared *ret, const struct wp_property *property, enum wp_value_kind kind, json_t *value)
{
	ret->odd = wp_take_more(ret->odd, (ret->odd_count + 1) * sizeof *ret->odd);
	ret->odd[ret->odd_count++] = (struct wp_odd_value){ property, kind, json_incref(value) };
	ret->dates = ret->dates || kind == WP_VALUE_CULTURE;
}

/* The properties as records keep them, or of a row of the site those that @table keeps (NULL for others). */
static void normalize(const struct wp_row *row, const struct wp_site_table *table, struct wp_prepared *ret)
{
	struct lazy lazy __attribute__((cleanup(lazy_free))) = { 0 };
	const char *key;
	json_t *value;

	ret->clean = wp_json_must(json_object());
	json_object_foreach(row->properties, key, value) {
		const struct wp_property *property = wp_property_find(key);
		const char *name = property ? property->name : key;
		enum wp_value_kind kind;
		json_t *kept, *twin;

		/* No property has the name of noise. */
		if (!is_kept(table, name) || !*key || (!property && wp_row_is_noise(key)) || lazy_is_unfetched(&lazy, row, key, value))
			continue;
		kept = wp_property_normalize(property, value, row->empty_is_none, &kind);
		if (!kept)
			continue;
		twin = json_object_get(ret->clean, name);
		if (twin && !wp_property_same(property, twin, kept)) {
			ret->twice = name;
			json_decref(kept);
			return;
		}
		if (kind != WP_VALUE_GOOD)
			note_odd(ret, property, kind, kept);
		wp_json_set(ret->clean, name, kept);
	}
}

static struct wp_image_facts facts_of(const struct wp_record *record)
{
	return (struct wp_image_facts){
		.fetched = record->image_property_state != WP_FETCHED_NOT,
		.image_error = record->image_property_error ? wp_take_copy(record->image_property_error) : NULL,
		.probed_error = record->probed_error ? wp_take_copy(record->probed_error) : NULL,
	};
}

void wp_image_facts_read(const json_t *properties, struct wp_image_facts *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_record record = { 0 };

	wp_record_decode_images(scratch, NULL, properties, &record);
	*ret = facts_of(&record);
}

json_t *wp_row_document(const struct wp_prepared *prepared)
{
	return wp_json_object("class", wp_json_text(wp_class_name(prepared->identity.class)), "package_id",
			      json_incref(json_object_get(prepared->clean, "PackageID")), "properties", json_incref(prepared->clean), NULL);
}

/* Its images are read once for both. False where it cannot be said yet what record this is of. */
static bool make_brief(struct wp_prepared *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_record record;
	struct wp_error err;

	/* A row without a package is refused when its turn comes. */
	if (!ret->identity.class_known || ret->dates || !json_object_get(ret->clean, "PackageID"))
		return false;
	document = wp_row_document(ret);
	if (wp_record_decode(scratch, document, &record, &err))
		return false;
	wp_record_shorten(&record, &ret->brief);
	ret->images = facts_of(&record);
	return true;
}

void wp_image_facts_free(struct wp_image_facts *facts)
{
	free(facts->image_error);
	free(facts->probed_error);
	*facts = (struct wp_image_facts){ 0 };
}

void wp_row_prepare(const struct wp_row *row, const char *page_class, const struct wp_import_options *options, struct wp_prepared *ret)
{
	*ret = (struct wp_prepared){ 0 };
	wp_row_facts(row, &ret->facts);
	if (!ret->facts.class[0])
		snprintf(ret->facts.class, sizeof ret->facts.class, "%s", page_class);
	ret->identity = wp_row_identify(row, &ret->facts);
	if (ret->identity.sort != WP_ROW_OTHER)
		normalize(row, ret->identity.sort == WP_ROW_SITE ? &wp_site_tables[ret->identity.site_kind] : NULL, ret);
	if (!options->spill || !ret->clean || ret->twice)
		return;
	wp_json_canonical(&ret->text, ret->clean);
	/* Dates that wait may leave a record with other values, but its images are what they are. */
	if (ret->identity.sort == WP_ROW_RECORD && !(options->briefs && make_brief(ret)))
		wp_image_facts_read(ret->clean, &ret->images);
}

void wp_prepared_free(struct wp_prepared *prepared)
{
	for (size_t i = 0; i < prepared->odd_count; i++)
		json_decref(prepared->odd[i].value);
	free(prepared->odd);
	json_decref(prepared->clean);
	wp_buf_free(&prepared->text);
	wp_buf_free(&prepared->brief);
	wp_image_facts_free(&prepared->images);
	*prepared = (struct wp_prepared){ 0 };
}
