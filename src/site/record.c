/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records out of the JSON form that the cache keeps, and the id of a set of them. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

static const char *const class_names[] = {
	[WP_CLASS_IMAGE] = "SMS_ImagePackage",
	[WP_CLASS_INSTALL] = "SMS_OperatingSystemInstallPackage",
	[WP_CLASS_BOOT] = "SMS_BootImagePackage",
};

const char *wp_class_name(enum wp_class class)
{
	return class_names[class];
}

bool wp_class_from_name(const char *name, enum wp_class *ret)
{
	for (size_t i = 0; name && i < sizeof class_names / sizeof *class_names; i++) {
		if (wp_ascii_same(name, class_names[i])) {
			*ret = (enum wp_class)i;
			return true;
		}
	}
	return false;
}

static bool is_alnum_of(const char *text, size_t length)
{
	size_t i;

	for (i = 0; text && i < length; i++)
		if (!wp_ascii_alnum(text[i]))
			return false;
	return text && !text[i];
}

bool wp_is_site_code(const char *text)
{
	return is_alnum_of(text, 3);
}

bool wp_is_package_id(const char *text)
{
	return is_alnum_of(text, 8);
}

void wp_record_set_free(struct wp_record_set *set)
{
	if (!set)
		return;
	json_decref(set->documents);
	json_decref(set->site);
	free(set->site_code);
	wp_arena_free(set->arena);
	free(set);
}

static int compare_id(const void *id, const void *record)
{
	return strcmp(id, ((const struct wp_record *)record)->package_id);
}

const struct wp_record *wp_record_set_get(const struct wp_record_set *set, const char *package_id)
{
	return set->count ? bsearch(package_id, set->records, set->count, sizeof *set->records, compare_id) : NULL;
}

bool wp_record_set_place(const struct wp_record_set *set, const char *package_id, size_t *ret)
{
	const struct wp_record *found = package_id ? wp_record_set_get(set, package_id) : NULL;

	*ret = found ? (size_t)(found - set->records) : 0;
	return found != NULL;
}

const struct wp_record *wp_record_set_find(const struct wp_record_set *set, const char *package_id)
{
	const struct wp_record *found = wp_record_set_get(set, package_id);

	/* In another letter case it stands elsewhere, which is what a person gives now and then. */
	for (size_t i = 0; !found && i < set->count; i++)
		if (wp_ascii_same(set->records[i].package_id, package_id))
			found = &set->records[i];
	return found;
}

static struct wp_number number(const json_t *properties, const char *name)
{
	struct wp_number number = { 0 };

	number.known = wp_json_get_u64(properties, name, &number.value);
	return number;
}

/* A column of a row as text; NULL when it is absent. */
static const char *column(struct wp_arena *arena, const json_t *row, const char *name)
{
	const json_t *value = json_object_get(row, name);

	if (json_is_integer(value))
		return wp_arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return json_string_value(value);
}

static int compare_property(const void *a, const void *b)
{
	return strcmp(((const struct wp_bag_property *)a)->name, ((const struct wp_bag_property *)b)->name);
}

/* Every column but those that say which image it is. */
static void add_columns(struct wp_arena *arena, struct wp_site_image *image, const json_t *row)
{
	static const char *const keys[] = { "PackageID", "Index", "PackageType", "ObjectType" };
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)row, name, value) {
		const char *text = column(arena, row, name);
		struct wp_bag_property *property;
		bool key = !text;

		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			key = key || strcmp(name, keys[i]) == 0;
		if (key)
			continue;
		property = WP_PUSH(arena, image->properties, image->property_count);
		property->name = name;
		property->value = text;
	}
	WP_SORT(image->properties, image->property_count, compare_property);
}

/* Rows of SMS_ImageInformation as images. Its Index is lazy: without it only a single row can be told apart. */
static void images_from_rows(struct wp_arena *arena, const json_t *rows, struct wp_site_images *ret)
{
	const json_t *row;
	size_t i;

	memset(ret, 0, sizeof *ret);
	json_array_foreach(rows, i, row) {
		struct wp_number index = number(row, "Index");
		struct wp_site_image *image;

		if (!index.known && json_array_size(rows) == 1)
			index = (struct wp_number){ true, 1 };
		if (!index.known || index.value == 0 || index.value > INT32_MAX)
			continue;
		image = WP_PUSH(arena, ret->items, ret->count);
		image->index = (uint32_t)index.value;
		for (size_t k = 0; k < WP_SITE_FIELDS; k++)
			*wp_site_image_field(image, &wp_site_fields[k]) = column(arena, row, wp_site_fields[k].column);
		add_columns(arena, image, row);
	}
	if (!ret->count)
		return;
	ret->origin = WP_IMAGE_ORIGIN_IMAGE_INFORMATION;
	wp_site_images_sort(ret);
}

static void take_image_property(const json_t *properties, struct wp_record *record)
{
	const char *text = record->image_property = wp_json_get_text(properties, "ImageProperty");

	record->image_property_state = !text ? WP_FETCHED_NOT : !*text ? WP_FETCHED_EMPTY : WP_FETCHED_PRESENT;
}

static void decode_own_images(struct wp_arena *arena, const json_t *json, struct wp_record *record)
{
	if (record->image_property_state == WP_FETCHED_EMPTY)
		return;
	if (record->image_property_state == WP_FETCHED_PRESENT &&
	    !wp_image_property_parse(arena, record->image_property, &record->images, &record->image_property_error))
		return;
	images_from_rows(arena, json_object_get(json, "image_information"), &record->images);
}

void wp_record_decode_images(struct wp_arena *arena, const json_t *json, const json_t *properties, struct wp_record *ret)
{
	const char *probe = wp_json_get_text(properties, "ProbedImageProperty");

	take_image_property(properties, ret);
	decode_own_images(arena, json, ret);
	if (probe && *probe)
		ret->probed = wp_image_property_parse(arena, probe, &ret->probed_images, &ret->probed_error) == 0;
}

void wp_record_take_content(const json_t *row, struct wp_record *record)
{
	record->content_size = number(row, "SourceSize");
	record->content_size_version = number(row, "SourceVersion");
	record->targeted = number(row, "Targeted");
	record->errors = number(row, "NumberErrors");
}

int wp_record_decode_closed(const json_t *json, struct wp_record *ret, struct wp_error *err)
{
	const json_t *properties = json_object_get(json, "properties");

	memset(ret, 0, sizeof *ret);
	ret->json = json;
	ret->package_id = wp_json_get_text(json, "package_id");
	if (!wp_is_package_id(ret->package_id) || !json_is_object(properties) ||
	    !wp_class_from_name(wp_json_get_text(json, "class"), &ret->class))
		return wp_fail(
			err, WP_E_FAILED, "record-invalid", ret->package_id,
			"the stored record of package %s has no class, ID or properties; import the export again",
			ret->package_id ? ret->package_id : "(unknown)");
	ret->name = wp_json_get_text(properties, "Name");
	ret->source_flag = number(properties, "PkgSourceFlag");
	ret->source_path = wp_json_get_text(properties, "PkgSourcePath");
	ret->source_site = wp_json_get_text(properties, "SourceSite");
	ret->source_version = number(properties, "SourceVersion");
	ret->source_date_text = wp_json_get_text(properties, "SourceDate");
	ret->source_date = wp_time_parse(ret->source_date_text);
	ret->package_size = number(properties, "PackageSize");
	ret->package_size_version = number(properties, "StoredPkgVersion");
	/* Its key is the package: there is one row. */
	wp_record_take_content(json_array_get(json_object_get(json, "content_info"), 0), ret);
	ret->sedo_object_version = wp_json_get_text(properties, "SedoObjectVersion");
	ret->flags = number(properties, "PkgFlags");
	ret->priority = number(properties, "Priority");
	ret->action_in_progress = number(properties, "ActionInProgress");
	if (ret->class == WP_CLASS_BOOT)
		ret->image_path = wp_json_get_text(properties, "ImagePath");
	take_image_property(properties, ret);
	return WP_OK;
}

int wp_record_decode(struct wp_arena *arena, const json_t *json, struct wp_record *ret, struct wp_error *err)
{
	int status = wp_record_decode_closed(json, ret, err);

	if (!status)
		wp_record_decode_images(arena, json, json_object_get(json, "properties"), ret);
	return status;
}

void wp_record_open(struct wp_arena *arena, struct wp_record *record)
{
	if (record->image_property && !record->images.count && !record->image_property_error)
		decode_own_images(arena, record->json, record);
}

void wp_record_digest(const struct wp_record *record, char ret[WP_HASH_TEXT])
{
	ret[0] = '\0';
	if (record->brief.digest)
		wp_sha256_write(record->brief.digest, ret);
	else if (record->image_property_state == WP_FETCHED_PRESENT && record->image_property)
		wp_sha256_text(record->image_property, strlen(record->image_property), ret);
}

struct wp_sha256 *wp_snapshot_id_begin(void)
{
	struct wp_sha256 *hash = wp_sha256_new();

	wp_sha256_add(hash, "{\"records\":[", 12);
	return hash;
}

void wp_snapshot_id_add(struct wp_sha256 *hash, size_t at, const char *record, size_t length)
{
	if (at)
		wp_sha256_add(hash, ",", 1);
	wp_sha256_add(hash, record, length);
}

void wp_snapshot_id_end(struct wp_sha256 *hash, const char *site_code, char ret_id[WP_HASH_TEXT])
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *site = wp_json_text(site_code);

	wp_buf_puts(&buf, "],\"site_code\":");
	wp_json_canonical(&buf, site);
	wp_buf_putc(&buf, '}');
	wp_sha256_add(hash, buf.data, buf.length);
	wp_sha256_finish(hash, ret_id);
	json_decref(site);
}

int wp_record_text(const struct wp_record_set *set, size_t at, struct wp_buf *ret, struct wp_error *err)
{
	if (set->texts)
		return set->texts->read(set->texts, at, ret, err);
	wp_json_canonical(ret, set->records[at].json);
	return WP_OK;
}

int wp_record_set_identify(struct wp_record_set *set, struct wp_error *err)
{
	/* One record at a time, so that the text of all of them is never in memory. */
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_sha256 *hash = wp_snapshot_id_begin();
	int status = WP_OK;

	for (size_t i = 0; i < set->count && !status; i++) {
		wp_buf_clear(&text);
		status = wp_record_text(set, i, &text, err);
		wp_snapshot_id_add(hash, i, text.data, text.length);
	}
	wp_snapshot_id_end(hash, set->site_code, set->id);
	return status;
}
