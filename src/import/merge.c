/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of several rows as one: they may add to each other, not contradict. */
#include "assembler.h"
#include "normalize.h"

#include "wimplan/json.h"

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
