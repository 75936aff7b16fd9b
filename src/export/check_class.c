/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A class of packages: what its list gives, and of some of them what stands there by key, what a reload would store, and the rows
 * of SMS_ImageInformation, each against the other.
 */
#include "check.h"
#include "probe.h"
#include "telling.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/forms.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <string.h>

static void bump(json_t *object, const char *key)
{
	wp_json_set(object, key, json_integer(json_integer_value(json_object_get(object, key)) + 1));
}

/* --- The list --------------------------------------------------------------------------------------------------------- */

struct listing {
	struct wp_check *check;
	json_t *chosen; /* rows of the list */
	size_t count;
};

static int take_package(void *context, json_t *row, struct wp_error *err)
{
	struct listing *listing = context;
	const struct wp_names *only = &listing->check->export->cli->only;
	const char *id = wp_json_get_text(row, "PackageID"), *path = wp_json_get_text(row, "PkgSourcePath");
	const char *url = listing->check->export->connection.url;

	if (!wp_is_package_id(id))
		return wp_fail(err, WP_E_FAILED, "bad-answer", url, "%s: a package of its list has no PackageID that is one", url);
	if (only->count && !wp_ids_have(listing->check->export->packages, id))
		return WP_OK;
	listing->count++;
	/* One without a source cannot be probed. */
	if (path && *path && (only->count || json_array_size(listing->chosen) < WP_CHECK_SAMPLES))
		wp_json_push(listing->chosen, json_incref(row));
	return WP_OK;
}

/* --- Lazy properties -------------------------------------------------------------------------------------------------- */

/* What stands in the place of a value. */
static const char *content_of(const json_t *value)
{
	if (!value)
		return "absent";
	if (json_is_null(value))
		return "null";
	if ((json_is_string(value) && !*json_string_value(value)) || (json_is_array(value) && !json_array_size(value)))
		return "empty";
	return "value";
}

static bool names(const json_t *entity, const char *property)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(entity, "__LAZYPROPERTIES"), i, name)
		if (json_is_string(name) && wp_ascii_same(json_string_value(name), property))
			return true;
	return false;
}

/* Counts how a property of the packages that were looked at comes in the list and by key. */
static void add_lazy(json_t *list, const char *property, bool named, const char *in_list, const char *by_key)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (!strcmp(wp_json_get_text(item, "property"), property) && !strcmp(wp_json_get_text(item, "in_list"), in_list) &&
		    !strcmp(wp_json_get_text(item, "by_key"), by_key) && json_is_true(json_object_get(item, "named")) == named) {
			bump(item, "count");
			return;
		}
	wp_json_push(list, wp_json_object("property", wp_json_text(property), "named", json_boolean(named), "in_list",
					  wp_json_text(in_list), "by_key", wp_json_text(by_key), "count", json_integer(1), NULL));
}

/* Lazy as documented (memdocs, the classes' pages), and what wimplan lives on. */
static const char *const lazy[] = { "ImageProperty", "ImageDiskLayout", "RefreshSchedule", "ExtendedData", "IconSize" };

static void compare_lazy(json_t *found, const json_t *row, const json_t *entity)
{
	json_t *list = json_object_get(found, "lazy");

	for (size_t i = 0; i < sizeof lazy / sizeof *lazy; i++) {
		const json_t *a = json_object_get(row, lazy[i]), *b = json_object_get(entity, lazy[i]);

		if (a || b || names(row, lazy[i]))
			add_lazy(list, lazy[i], names(row, lazy[i]), content_of(a), content_of(b));
	}
}

/* --- Images ----------------------------------------------------------------------------------------------------------- */

/* Whether wimplan can make images of a bag. */
static bool parse(struct wp_check *check, const char *text, struct wp_site_images *ret)
{
	const char *why;

	*ret = (struct wp_site_images){ 0 };
	return text && *text && !wp_image_property_parse(check->export->cli->arena, text, ret, &why);
}

static void add_forms(struct wp_check *check, const char *whence, const struct wp_site_images *images)
{
	for (size_t i = 0; i < images->count; i++)
		for (size_t k = 0; k < WP_SITE_FIELDS; k++) {
			const char *value = wp_site_image_value(&images->items[i], &wp_site_fields[k]);

			if (value)
				wp_forms_add(json_object_get(json_object_get(json_array_get(check->fields, k), "forms"), whence),
					     &wp_site_fields[k], value);
		}
}

/* Counts how fields of the images agree, under the name of what is held against @images: what it comes to for all of them. */
static const char *compare_images(struct wp_check *check, const char *whence, const struct wp_site_images *images,
			   const struct wp_site_images *others)
{
	static const char *const outcomes[] = { [WP_COMPARED_NOT] = "unread", [WP_COMPARED_SAME] = "same",
						[WP_COMPARED_ALIKE] = "alike", [WP_COMPARED_DIFFERENT] = "different" };
	const struct wp_site_image *one, *other;
	size_t i = 0, j = 0;
	bool different = false, unread = false;

	while (wp_site_images_next(images, others, &i, &j, &one, &other)) {
		if (!one || !other) {
			different = true;
			continue;
		}
		for (size_t k = 0; k < WP_SITE_FIELDS; k++) {
			const char *a = wp_site_image_value(one, &wp_site_fields[k]), *b = wp_site_image_value(other, &wp_site_fields[k]);
			enum wp_compared outcome = wp_site_values_compare(&wp_site_fields[k], a, b);

			if (!a && !b)
				continue;
			bump(json_object_get(json_array_get(check->fields, k), whence), a && b ? outcomes[outcome] : "missing");
			different = different || outcome == WP_COMPARED_DIFFERENT;
			unread = unread || (a && b && outcome == WP_COMPARED_NOT);
		}
	}
	return different ? "different" : unread ? "unread" : "alike";
}

/* The names of a bag's properties, as the site spells them. */
static void add_properties(struct wp_check *check, const struct wp_site_images *images)
{
	static const size_t most = 64;

	for (size_t i = 0; i < images->count; i++)
		for (size_t k = 0; k < images->items[i].property_count; k++) {
			const char *name = images->items[i].properties[k].name;
			const struct wp_site_field *field = wp_site_field_of_property(name);
			json_t *item = NULL;
			size_t at;

			if (!wp_forms_is_name(name, strlen(name)))
				continue;
			json_array_foreach(check->properties, at, item)
				if (!strcmp(wp_json_get_text(item, "name"), name))
					break;
			if (at < json_array_size(check->properties))
				bump(item, "count");
			else if (at < most)
				wp_json_push(check->properties, wp_json_object("name", wp_json_text(name), "field",
									       wp_json_text(field ? field->name : NULL), "count",
									       json_integer(1), NULL));
		}
}

struct rows {
	struct wp_arena *arena;
	struct wp_site_images images;
	const char *package_id;
	size_t count, without_index;
};

/* A row of SMS_ImageInformation as an image. Index is documented as lazy, so that a list may have rows that do not say which. */
static int take_row(void *context, json_t *row, struct wp_error *err)
{
	struct rows *rows = context;
	const char *id = wp_json_get_text(row, "PackageID");
	struct wp_site_image *image;
	uint64_t index;

	(void)err;
	if (!id || !wp_ascii_same(id, rows->package_id) || rows->count++ >= WP_LIMIT_IMAGES)
		return WP_OK;
	if (!wp_json_get_u64(row, "Index", &index) || !index || index > UINT32_MAX) {
		rows->without_index++;
		return WP_OK;
	}
	image = WP_PUSH(rows->arena, rows->images.items, rows->images.count);
	image->index = (uint32_t)index;
	for (size_t k = 0; k < WP_SITE_FIELDS; k++) {
		const json_t *value = json_object_get(row, wp_site_fields[k].column);

		if (json_is_integer(value))
			*wp_site_image_field(image, &wp_site_fields[k]) =
				wp_arena_printf(rows->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		else if (json_is_string(value))
			*wp_site_image_field(image, &wp_site_fields[k]) = wp_arena_strdup(rows->arena, json_string_value(value));
	}
	return WP_OK;
}

/* --- One package ------------------------------------------------------------------------------------------------------ */

/* What is stored, against what a reload would store. */
static void compare_stored(struct wp_check *check, json_t *found, const json_t *entity, const char *probed)
{
	const char *stored = wp_json_get_text(entity, "ImageProperty");
	json_t *tally = json_object_get(found, "stored");
	struct wp_site_images old, new;
	bool has_old = parse(check, stored, &old), has_new = parse(check, probed, &new);

	if (!stored || !*stored)
		bump(tally, stored ? "empty" : "not_given");
	else if (!has_old)
		bump(tally, "unread");
	if (has_old)
		add_forms(check, "stored", &old);
	if (has_new)
		add_forms(check, "probe", &new);
	add_properties(check, has_new ? &new : &old);
	if (has_old && has_new) {
		const char *outcome = compare_images(check, "stored", &new, &old);

		bump(tally, !strcmp(stored, probed) ? "same" : outcome);
	}
	if (!check->skeleton && (has_new || has_old)) {
		struct wp_buf skeleton __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_forms_skeleton(has_new ? probed : stored, &skeleton);
		check->skeleton = wp_json_text(wp_buf_text(&skeleton));
	}
}

static int compare_rows(struct wp_check *check, json_t *found, const json_t *entity, struct wp_error *err)
{
	const char *id = wp_json_get_text(entity, "PackageID"), *read = NULL;
	struct rows rows = { .arena = check->export->cli->arena, .package_id = id };
	json_t *tally = json_object_get(found, "rows");
	struct wp_site_images stored;
	int status = wp_check_list(check, "SMS_ImageInformation", wp_arena_printf(rows.arena, "PackageID eq '%s'", id), take_row, &rows,
				   &read, err);

	if (status || strcmp(read, "yes") != 0)
		return status;
	wp_site_images_sort(&rows.images);
	bump(tally, rows.count ? "packages" : "none");
	if (rows.without_index)
		bump(tally, "without_index");
	add_forms(check, "rows", &rows.images);
	if (parse(check, wp_json_get_text(entity, "ImageProperty"), &stored) && rows.images.count)
		compare_images(check, "rows", &stored, &rows.images);
	return WP_OK;
}

static void probe(struct wp_check *check, json_t *found, const char *class, const json_t *entity, struct wp_probed *probed)
{
	json_t *tally = json_object_get(found, "probe");

	check->session->denied = false;
	wp_probe_ask(check->session, class, entity, probed);
	if (!probed->path)
		return;
	if (probed->property) {
		bump(tally, "answered");
		return;
	}
	check->unanswered = true;
	bump(tally, probed->answer.said == WP_SAID_DENIED ? "denied" : "failed");
	wp_export_note(check->export, "%s: the provider could not read %s: %s", wp_json_get_text(entity, "PackageID"), probed->path,
		       probed->why);
}

static void keep_sample(struct wp_check *check, const char *class, const json_t *entity, const char *probed)
{
	wp_json_push(check->samples, wp_json_object("package_id", wp_json_text(wp_json_get_text(entity, "PackageID")), "class",
						    wp_json_text(class), "source_path",
						    wp_json_text(wp_json_get_text(entity, "PkgSourcePath")), "probed",
						    wp_json_text(probed), NULL));
}

static int check_package(struct wp_check *check, json_t *found, const char *class, const json_t *row, struct wp_error *err)
{
	json_t *entity __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_probed probed __attribute__((cleanup(wp_probed_free))) = { 0 };
	const char *id = wp_json_get_text(row, "PackageID"), *read;
	int status;

	check->session->denied = false;
	status = wp_check_took(check, wp_session_object(check->session, class, id, &entity, err), &read, err);
	if (status || !entity) {
		bump(json_object_get(found, "by_key"), entity || strcmp(read, "yes") == 0 ? "absent" : read);
		return status;
	}
	bump(json_object_get(found, "by_key"), "yes");
	wp_export_take_site(check->export, entity);
	compare_lazy(found, row, entity);
	probe(check, found, class, entity, &probed);
	compare_stored(check, found, entity, probed.property);
	keep_sample(check, class, entity, probed.property);
	return compare_rows(check, found, entity, err);
}

int wp_check_class(struct wp_check *check, enum wp_class class, bool offered, struct wp_error *err)
{
	const char *name = wp_class_name(class), *read = "absent";
	struct listing listing = { .check = check, .chosen = wp_json_must(json_array()) };
	json_t *found = wp_json_object("class", wp_json_text(name), "offered", json_boolean(offered), "read", json_null(), "count",
				       json_integer(0), "sampled", json_integer(0), "actions", json_object(), "by_key", json_object(),
				       "lazy", json_array(), "probe", json_object(), "stored", json_object(), "rows", json_object(),
				       NULL);
	const json_t *row;
	int status = WP_OK;
	size_t i;

	wp_json_push(check->packages, found);
	if (offered)
		status = wp_check_list(check, name, NULL, take_package, &listing, &read, err);
	wp_json_set(found, "read", wp_json_text(read));
	wp_json_set(found, "count", wp_json_u64(listing.count));
	wp_json_set(found, "sampled", wp_json_u64(json_array_size(listing.chosen)));
	json_array_foreach(listing.chosen, i, row) {
		if (status || wp_signal_caught())
			break;
		status = check_package(check, found, name, row, err);
	}
	json_decref(listing.chosen);
	return status;
}
