/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was found and what was not: sets of packages, classes that are absent, refusals. */
#include "export.h"
#include "telling.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <stdio.h>
#include <string.h>

/* In capitals. Longer ones than there are packages' stay apart by their first letters, which no PackageID has. */
static const char *fold(const char *id, char room[64])
{
	size_t i;

	for (i = 0; i < 63 && id[i]; i++)
		room[i] = wp_ascii_upper(id[i]);
	room[i] = '\0';
	return room;
}

bool wp_ids_have(const json_t *ids, const char *id)
{
	char room[64];

	return id && json_object_get(ids, fold(id, room));
}

void wp_ids_add(json_t *ids, const char *id)
{
	char room[64];

	wp_json_set(ids, fold(id, room), json_true());
}

bool wp_export_wants(const struct wp_export *export, const struct wp_site_read *read)
{
	if (read->part == WP_SITE_PART_DISTRIBUTION)
		return !export->no_distribution;
	return read->part != WP_SITE_PART_SEQUENCES || !export->no_sequences;
}

bool wp_export_is_absent(const struct wp_export *export, const char *class)
{
	json_t *name;
	size_t i;

	json_array_foreach(export->absent, i, name)
		if (!strcmp(json_string_value(name), class))
			return true;
	return false;
}

void wp_export_lacks(struct wp_export *export, const char *class)
{
	if (!wp_export_is_absent(export, class))
		wp_json_push(export->absent, wp_json_text(class));
}

static json_t *add_refusal(struct wp_export *export, const struct wp_site_read *read, const char *key, const char *why)
{
	const char *class = read ? read->class : NULL;
	json_t *object = wp_json_object("class", wp_json_text(class), "key", wp_json_text(key), "why", wp_json_text(why), NULL);

	wp_json_push(export->refused, object);
	wp_export_event(export, "refused", class, key, -1, why);
	return object;
}

void wp_export_refuse(struct wp_export *export, const struct wp_session *session, const struct wp_site_read *read,
		      const char *key, const struct wp_error *err)
{
	/* A right that is missing for one class may be there for others; a sign-in that failed fails again. */
	bool for_good = session->unreachable || (session->denied && session->status != 403);

	add_refusal(export, read, key, err->message);
	if (!export->first.status)
		export->first = *err;
	if (for_good && !export->stopped[0])
		snprintf(export->stopped, sizeof export->stopped, "%.600s", err->message);
}

void wp_export_leave(struct wp_export *export, const struct wp_site_read *read, const char *key, size_t count,
		     const char *why)
{
	json_t *object = add_refusal(export, read, key, why);

	if (count)
		wp_json_set(object, "count", wp_json_u64(count));
}

void wp_export_take_site(struct wp_export *export, const json_t *entity)
{
	static const char mark[] = "\\site_";
	const char *space = wp_json_get_text(entity, "__NAMESPACE"), *site = space ? wp_ascii_find(space, mark) : NULL;

	if (export->site_code[0] || !site || !wp_is_site_code(site + strlen(mark)))
		return;
	for (int i = 0; i < 3; i++)
		export->site_code[i] = wp_ascii_upper(site[strlen(mark) + (size_t)i]);
}
