/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the entity of an answer to a record, and back to the text that commits it. */
#include "entity.h"
#include "odata.h"

#include "wimplan/import.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The path of the request says what the entity is where it does not say so itself. */
static json_t *with_class(json_t *entity, enum wp_class class)
{
	json_t *copy = json_copy(entity);

	if (!copy || (!json_object_get(copy, "__CLASS") &&
		      json_object_set_new(copy, "__CLASS", json_string(wp_class_name(class)))))
		abort();
	return copy;
}

int wp_entity_read(const json_t *answer, const struct wp_target *target, const char *site_code,
		   struct wp_record_set **ret_set, struct wp_error *err)
{
	static const struct wp_import_options options = { 0 };
	struct wp_record_set *set = NULL;
	bool many;
	json_t *entity = wp_answer_entity(answer, &many);
	json_t *whole;
	int status;

	*ret_set = NULL;
	if (many)
		return wp_fail(err, WP_E_FAILED, "bad-answer", target->package_id,
			       "%s: the provider gave several objects for one key", target->package_id);
	if (!entity)
		return WP_OK;
	if (!json_is_object(entity))
		return wp_fail(err, WP_E_FAILED, "bad-answer", target->package_id,
			       "%s: the provider's answer is no object; see whether a proxy or another server answers",
			       target->package_id);
	whole = with_class(entity, target->class);
	status = wp_import_entity(whole, "the provider's answer", &options, &set, err);
	json_decref(whole);
	if (status)
		return status;
	if (set->count != 1 || strcasecmp(set->records[0].package_id, target->package_id))
		status = wp_fail(err, WP_E_FAILED, "bad-answer", target->package_id,
				 "%s: the provider answered with another object", target->package_id);
	else if (set->site_code && strcasecmp(set->site_code, site_code))
		status = wp_fail(
			err, WP_E_REFUSED, "wrong-site", target->package_id,
			"the provider is of site %s, and the plan was made for site %s; give that site's provider",
			set->site_code, site_code);
	if (status)
		wp_record_set_free(set);
	else
		*ret_set = set;
	return status;
}

static bool is_lazy(const json_t *lazy, const char *name)
{
	for (size_t i = 0; i < json_array_size(lazy); i++) {
		const char *item = json_string_value(json_array_get(lazy, i));

		if (item && !strcasecmp(item, name))
			return true;
	}
	/* In case the list is not there: the properties whose stale value would undo the call, or make one. */
	return !strcasecmp(name, "ImageProperty") || !strcasecmp(name, "ImageDiskLayout") ||
	       !strcasecmp(name, "RefreshPkgSourceFlag") || !strcasecmp(name, "RefreshSchedule");
}

char *wp_entity_write_back(const json_t *answer)
{
	bool many;
	json_t *entity = wp_answer_entity(answer, &many), *value;
	json_t *written __attribute__((cleanup(wp_json_freep))) = json_object();
	const json_t *lazy = json_object_get(entity, "__LAZYPROPERTIES");
	const char *name;

	json_object_foreach(entity, name, value) {
		if (!strncmp(name, "__", 2) || strchr(name, '@') || json_is_null(value) || is_lazy(lazy, name))
			continue;
		json_object_set(written, name, value);
	}
	return json_dumps(written, JSON_COMPACT);
}
