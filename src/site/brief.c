/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as a plan needs them, in bytes: written once, and read without JSON and XML as often as a plan is made. */
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/record.h"

#include <stddef.h>
#include <string.h>

/*
 * The bytes: class and state of the ImageProperty as a byte each; the texts and the numbers of the tables below, each table with a
 * mask of those that are there in front; the digest of an ImageProperty that is present; the JSON, "" for none; the images.
 * Of these first where they came from as a byte and how many they are; of each its index, a mask of the fields that it has, one of those
 * that are as in the image before, and the texts of the others; how many properties it has that are no field, and of each a byte that says whether
 * name (1) and value (2) are as of the one at its place in the image before, and the texts that are not. Texts end with a NUL; numbers
 * and masks have seven bits in a byte, the lowest first, and the eighth bit says that there is another.
 */
#define SAME_NAME 1u
#define SAME_VALUE 2u

#define FIELD(member) offsetof(struct wp_record, member)

static const size_t texts[] = {
	FIELD(package_id),       FIELD(name),       FIELD(source_path),          FIELD(source_site),  FIELD(source_date_text),
	FIELD(sedo_object_version), FIELD(image_path), FIELD(image_property_error), FIELD(probed_error),
};
static const size_t numbers[] = {
	FIELD(source_flag),  FIELD(source_version),       FIELD(package_size), FIELD(package_size_version),
	FIELD(content_size), FIELD(content_size_version), FIELD(priority),     FIELD(action_in_progress),
	FIELD(flags),        FIELD(targeted),             FIELD(errors),
};
#define COUNT(list) (sizeof(list) / sizeof *(list))
#define BIT(i) (UINT64_C(1) << (i))

/* Where @record keeps a member of one of the tables. */
static void *member(const struct wp_record *record, size_t offset)
{
	return (char *)(uintptr_t)record + offset;
}

static const char **text_of(const struct wp_record *record, size_t i)
{
	return member(record, texts[i]);
}

static struct wp_number *number_of(const struct wp_record *record, size_t i)
{
	return member(record, numbers[i]);
}

/* --- Writing ---------------------------------------------------------------------------------------------------------- */

static void put_number(struct wp_buf *buf, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		wp_buf_putc(buf, (char)(uint8_t)(value | 0x80));
	wp_buf_putc(buf, (char)(uint8_t)value);
}

static void put_text(struct wp_buf *buf, const char *text)
{
	wp_buf_add(buf, text, strlen(text) + 1);
}

static void put_members(struct wp_buf *buf, const struct wp_record *record)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < COUNT(texts); i++)
		mask |= *text_of(record, i) ? BIT(i) : 0;
	put_number(buf, mask);
	for (size_t i = 0; i < COUNT(texts); i++)
		if (mask & BIT(i))
			put_text(buf, *text_of(record, i));
	mask = 0;
	for (size_t i = 0; i < COUNT(numbers); i++)
		mask |= number_of(record, i)->known ? BIT(i) : 0;
	put_number(buf, mask);
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (mask & BIT(i))
			put_number(buf, number_of(record, i)->value);
}

static void keep(json_t *ret, const json_t *from, const char *name)
{
	if (json_object_get(from, name))
		wp_json_set(ret, name, json_incref(json_object_get(from, name)));
}

/* Probes are rare, and both bags are held against each other property by property: so they stay as they are. */
static json_t *rest_of(const struct wp_record *record)
{
	static const char *const probe[] = { "ImageProperty", "ProbedImageProperty" };
	const json_t *all = json_object_get(record->json, "properties"), *schedule = json_object_get(all, "RefreshSchedule");
	bool probed = record->probed || record->probed_error;
	json_t *properties = wp_json_must(json_object()), *rest = wp_json_must(json_object());

	/* One without tokens is what most packages have. */
	if (!json_is_array(schedule) || json_array_size(schedule))
		keep(properties, all, "RefreshSchedule");
	for (size_t i = 0; probed && i < COUNT(probe); i++)
		keep(properties, all, probe[i]);
	if (probed)
		keep(rest, record->json, "image_information");
	if (json_object_size(properties))
		wp_json_set(rest, "properties", json_incref(properties));
	json_decref(properties);
	return rest;
}

static void put_rest(struct wp_buf *buf, const struct wp_record *record)
{
	json_t *rest = rest_of(record);

	if (json_object_size(rest))
		wp_json_canonical(buf, rest);
	wp_buf_putc(buf, '\0');
	json_decref(rest);
}

static void put_fields(struct wp_buf *buf, const struct wp_site_image *image, const struct wp_site_image *before)
{
	uint64_t has = 0, same = 0;

	for (size_t i = 0; i < WP_SITE_FIELDS; i++) {
		const char *value = wp_site_image_value(image, &wp_site_fields[i]);
		const char *old = wp_site_image_value(before, &wp_site_fields[i]);

		has |= value ? BIT(i) : 0;
		same |= value && old && !strcmp(value, old) ? BIT(i) : 0;
	}
	put_number(buf, has);
	put_number(buf, same);
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		if (has & ~same & BIT(i))
			put_text(buf, wp_site_image_value(image, &wp_site_fields[i]));
}

/* Whether the name of a property is that of a field; mostly it is the one that the field was taken from. */
static bool is_field(const struct wp_site_image *image, const struct wp_bag_property *property)
{
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		if (wp_site_image_value(image, &wp_site_fields[i]) == property->value)
			return true;
	return wp_site_field_of_property(property->name);
}

/* The next property from *@at on that is no field; NULL behind the last. */
static const struct wp_bag_property *next_other(const struct wp_site_image *image, size_t *at)
{
	while (*at < image->property_count) {
		const struct wp_bag_property *property = &image->properties[(*at)++];

		if (!is_field(image, property))
			return property;
	}
	return NULL;
}

static void put_others(struct wp_buf *buf, const struct wp_site_image *image, const struct wp_site_image *before)
{
	const struct wp_bag_property *property, *old;
	size_t count = 0;

	for (size_t at = 0; next_other(image, &at);)
		count++;
	put_number(buf, count);
	for (size_t at = 0, old_at = 0; (property = next_other(image, &at));) {
		bool name, value;

		old = next_other(before, &old_at);
		name = old && !strcmp(property->name, old->name);
		value = old && !strcmp(property->value, old->value);
		wp_buf_putc(buf, (char)((name ? SAME_NAME : 0) | (value ? SAME_VALUE : 0)));
		if (!name)
			put_text(buf, property->name);
		if (!value)
			put_text(buf, property->value);
	}
}

static void put_images(struct wp_buf *buf, const struct wp_site_images *images)
{
	static const struct wp_site_image none;

	wp_buf_putc(buf, (char)images->origin);
	put_number(buf, images->count);
	for (size_t i = 0; i < images->count; i++) {
		const struct wp_site_image *before = i ? &images->items[i - 1] : &none;

		put_number(buf, images->items[i].index);
		put_fields(buf, &images->items[i], before);
		put_others(buf, &images->items[i], before);
	}
}

void wp_record_shorten(const struct wp_record *record, struct wp_buf *ret)
{
	uint8_t digest[WP_SHA256_SIZE];

	wp_buf_putc(ret, (char)record->class);
	wp_buf_putc(ret, (char)record->image_property_state);
	put_members(ret, record);
	if (record->image_property_state == WP_FETCHED_PRESENT) {
		wp_sha256(record->image_property, strlen(record->image_property), digest);
		wp_buf_add(ret, digest, sizeof digest);
	}
	put_rest(ret, record);
	put_images(ret, &record->images);
}

bool wp_record_make_brief(struct wp_arena *arena, struct wp_record *record, json_t **ret_json)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *bytes;

	wp_record_shorten(record, &buf);
	bytes = wp_arena_strndup(arena, buf.data, buf.length);
	return wp_record_read_brief(arena, (const uint8_t *)bytes, buf.length, record, ret_json);
}

/* --- Reading ---------------------------------------------------------------------------------------------------------- */

/* What is left to read. Behind the first thing that cannot be, all is zero and empty. */
struct reader {
	const uint8_t *at, *end;
	bool bad;
};

static const uint8_t *take(struct reader *reader, size_t length)
{
	const uint8_t *at = reader->at;

	if (reader->bad || length > (size_t)(reader->end - at)) {
		reader->bad = true;
		return NULL;
	}
	reader->at += length;
	return at;
}

/* A byte below @end; 0 for another one. */
static unsigned int take_byte(struct reader *reader, unsigned int end)
{
	const uint8_t *byte = take(reader, 1);

	if (byte && *byte < end)
		return *byte;
	reader->bad = true;
	return 0;
}

static uint64_t take_number(struct reader *reader)
{
	uint64_t value = 0;
	const uint8_t *byte;

	for (unsigned int shift = 0; shift < 64 && (byte = take(reader, 1)); shift += 7) {
		value |= (uint64_t)(*byte & 0x7f) << shift;
		if (!(*byte & 0x80))
			return value;
	}
	reader->bad = true;
	return 0;
}

static const char *take_text(struct reader *reader)
{
	const uint8_t *at = reader->at, *nul = reader->bad ? NULL : memchr(at, '\0', (size_t)(reader->end - at));

	if (!nul) {
		reader->bad = true;
		return NULL;
	}
	reader->at = nul + 1;
	return (const char *)at;
}

static void take_members(struct reader *reader, struct wp_record *ret)
{
	uint64_t mask = take_number(reader);

	for (size_t i = 0; i < COUNT(texts); i++)
		if (mask & BIT(i))
			*text_of(ret, i) = take_text(reader);
	mask = take_number(reader);
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (mask & BIT(i))
			*number_of(ret, i) = (struct wp_number){ true, take_number(reader) };
}

/* Makes the fields of the image before those of the next one. */
static void take_fields(struct reader *reader, struct wp_site_image *image)
{
	uint64_t has = take_number(reader), same = take_number(reader);

	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		if (!(has & same & BIT(i)))
			*wp_site_image_field(image, &wp_site_fields[i]) = has & BIT(i) ? take_text(reader) : NULL;
}

/* The same of properties; without an arena they are counted alone. */
static void take_others(struct reader *reader, struct wp_arena *arena, struct wp_site_image *image)
{
	const struct wp_bag_property *before = image->properties;
	size_t before_count = image->property_count;
	uint64_t count = take_number(reader);

	image->properties = NULL;
	image->property_count = 0;
	for (size_t i = 0; i < count && !reader->bad; i++) {
		unsigned int same = take_byte(reader, (SAME_NAME | SAME_VALUE) + 1);
		struct wp_bag_property property = { 0 };

		reader->bad = reader->bad || (same && i >= before_count);
		if (same && before && !reader->bad)
			property = before[i];
		if (!(same & SAME_NAME))
			property.name = take_text(reader);
		if (!(same & SAME_VALUE))
			property.value = take_text(reader);
		if (arena)
			*WP_PUSH(arena, image->properties, image->property_count) = property;
		else
			image->property_count++;
	}
}

/* The images into @items, which has room for all of them, with the rest of them in @arena; both NULL: they are counted alone. */
static struct wp_site_images take_images(struct reader *reader, struct wp_arena *arena, struct wp_site_image *items)
{
	struct wp_site_images images = { .items = items };
	struct wp_site_image image = { 0 };
	uint64_t count;

	images.origin = (enum wp_image_origin)take_byte(reader, WP_IMAGE_ORIGIN_IMAGE_INFORMATION + 1);
	count = take_number(reader);
	for (; images.count < count && !reader->bad; images.count++) {
		image.index = (uint32_t)take_number(reader);
		take_fields(reader, &image);
		take_others(reader, arena, &image);
		if (items)
			items[images.count] = image;
	}
	return images;
}

/* What of the record is JSON still, in @json. */
static bool read_rest(struct wp_arena *arena, const char *text, struct wp_record *ret, json_t **json)
{
	struct wp_error err;

	if (!*text)
		return true;
	if (wp_json_parse(text, strlen(text), ret->package_id, json, &err))
		return false;
	ret->json = *json;
	if (json_object_get(json_object_get(*json, "properties"), "ProbedImageProperty"))
		wp_record_decode_images(arena, *json, json_object_get(*json, "properties"), ret);
	return true;
}

bool wp_record_read_brief(struct wp_arena *arena, const uint8_t *bytes, size_t length, struct wp_record *ret, json_t **ret_json)
{
	struct reader reader = { bytes, bytes + length, false };
	const char *rest;

	*ret = (struct wp_record){ .brief = { .bytes = bytes, .length = length } };
	*ret_json = NULL;
	ret->class = (enum wp_class)take_byte(&reader, WP_CLASS_BOOT + 1);
	ret->image_property_state = (enum wp_fetched)take_byte(&reader, WP_FETCHED_PRESENT + 1);
	take_members(&reader, ret);
	if (ret->image_property_state == WP_FETCHED_PRESENT)
		ret->brief.digest = take(&reader, WP_SHA256_SIZE);
	rest = take_text(&reader);
	ret->brief.images = reader.at;
	ret->images = take_images(&reader, NULL, NULL);
	if (reader.bad || reader.at != reader.end || !wp_is_package_id(ret->package_id))
		return false;
	ret->source_date = wp_time_parse(ret->source_date_text);
	return read_rest(arena, rest, ret, ret_json);
}

struct wp_site_images wp_record_images(struct wp_arena *arena, const struct wp_record *record)
{
	const struct wp_brief *brief = &record->brief;
	struct reader reader = { brief->images, brief->bytes + brief->length, false };

	if (record->images.items || !record->images.count)
		return record->images;
	return take_images(&reader, arena, wp_arena_alloc(arena, record->images.count * sizeof *record->images.items));
}
