/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the entity of an answer to a record, and back to the text that commits it. */
#include "entity.h"
#include "odata.h"

#include "wimplan/ascii.h"
#include "wimplan/import.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <string.h>

int wp_entity_read(const json_t *answer, enum wp_class class, const char *package_id, const char *site_code,
		   struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_record_set *set = NULL;
	bool many;
	json_t *entity = wp_answer_entity(answer, &many);
	const char *said;
	int status;

	*ret_set = NULL;
	if (many)
		return wp_fail(err, WP_E_FAILED, "bad-answer", package_id,
			       "%s: the provider gave several objects for one key", package_id);
	if (!entity)
		return WP_OK;
	if (!json_is_object(entity))
		return wp_fail(err, WP_E_FAILED, "bad-answer", package_id,
			       "%s: the provider's answer is no object; see whether a proxy or another server answers",
			       package_id);
	/* The path of the request says what the entity is where it does not say so itself. */
	said = json_object_get(entity, "__CLASS") ? NULL : wp_class_name(class);
	status = wp_import_record(entity, said, "the provider's answer", &set, err);
	if (status)
		return status;
	if (set->count != 1 || !wp_ascii_same(set->records[0].package_id, package_id))
		status = wp_fail(err, WP_E_FAILED, "bad-answer", package_id,
				 "%s: the provider answered with another object", package_id);
	else if (set->site_code && !wp_ascii_same(set->site_code, site_code))
		status = wp_fail(
			err, WP_E_REFUSED, "wrong-site", package_id,
			"the provider is of site %s, and this is for site %s; give that site's provider", set->site_code,
			site_code);
	if (status)
		wp_record_set_free(set);
	else
		*ret_set = set;
	return status;
}

static const char *lower(struct wp_arena *arena, const char *name)
{
	return wp_text_lower(arena, name, strlen(name));
}

/* The properties that are not written back, in small letters, as keys. New reference. */
static json_t *lazy_names(struct wp_arena *arena, const json_t *entity)
{
	/* In case the list is not there: the properties whose stale value would undo the call, or make one. */
	static const char *const always[] = { "ImageProperty", "ImageDiskLayout", "RefreshPkgSourceFlag",
					      "RefreshSchedule" };
	const json_t *list = json_object_get(entity, "__LAZYPROPERTIES"), *item;
	json_t *names = wp_json_must(json_object());
	size_t i;

	for (i = 0; i < sizeof always / sizeof *always; i++)
		wp_json_set(names, lower(arena, always[i]), json_true());
	json_array_foreach(list, i, item)
		if (json_is_string(item))
			wp_json_set(names, lower(arena, json_string_value(item)), json_true());
	return names;
}

char *wp_entity_write_back(const json_t *answer)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	bool many;
	json_t *entity = wp_answer_entity(answer, &many), *value;
	json_t *written __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());
	json_t *lazy __attribute__((cleanup(wp_json_freep))) = lazy_names(arena, entity);
	const char *name;

	json_object_foreach(entity, name, value)
		if (strncmp(name, "__", 2) != 0 && !strchr(name, '@') && !json_is_null(value) &&
		    !json_object_get(lazy, lower(arena, name)))
			wp_json_set(written, name, json_incref(value));
	/* An object without properties would say that all of them are gone. */
	return json_object_size(written) ? json_dumps(written, JSON_COMPACT) : NULL;
}
