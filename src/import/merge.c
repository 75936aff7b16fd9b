/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of several rows as one: they may add to each other, not contradict. */
#include "assembler.h"
#include "normalize.h"

#include "wimplan/json.h"

int wp_merge_properties(struct wp_assembler *assembler, struct wp_merging *merging, const json_t *add, const struct wp_where *where,
			struct wp_error *err)
{
	const char *name;
	json_t *value;
	bool stored = false;

	json_object_foreach((json_t *)add, name, value) {
		json_t *known = json_object_get(merging->properties, name);
		const struct wp_where *from = merging->where;
		char room[WP_WHERE_ROOM], other_room[WP_WHERE_ROOM];

		if (!known) {
			wp_json_set(merging->properties, name, json_incref(value));
			merging->changed = true;
			if (!merging->later)
				continue;
			if (!stored)
				*WP_PUSH(assembler->arena, assembler->wheres, assembler->where_count) = *where;
			stored = true;
			wp_json_set(merging->later, name, json_integer((json_int_t)assembler->where_count - 1));
			continue;
		}
		if (wp_property_same(wp_property_find(name), known, value)) {
			/* Of text and a typed value that mean the same the typed one stays, whichever came first. */
			if (json_is_string(known) && !json_is_string(value)) {
				wp_json_set(merging->properties, name, json_incref(value));
				merging->changed = true;
			}
			continue;
		}
		if (merging->later && json_object_get(merging->later, name))
			from = &assembler->wheres[json_integer_value(json_object_get(merging->later, name))];
		return wp_fail(err, WP_E_FAILED, "records-contradict", merging->subject,
			       "package %s: %s is %s in %s, but %s in %s; give exports that were made together",
			       merging->subject, name, wp_value_text(assembler->arena, known), wp_where_text(from, room),
			       wp_value_text(assembler->arena, value), wp_where_text(where, other_room));
	}
	return WP_OK;
}
