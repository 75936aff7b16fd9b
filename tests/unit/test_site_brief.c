/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a brief keeps of a record, and what is none. */
#include "wimplan/json.h"
#include "wimplan/record.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A record, and what its brief says. */
struct pair {
	struct wp_arena *arena;
	json_t *json, *rest;
	struct wp_record record, is;
	struct wp_buf bytes;
};

static void make(struct pair *pair, const char *json)
{
	struct wp_error err;

	*pair = (struct pair){ .arena = wp_arena_new(), .json = json_loads(json, 0, NULL) };
	cr_assert_not_null(pair->json, "%s", json);
	cr_assert_eq(wp_record_decode(pair->arena, pair->json, &pair->record, &err), WP_OK, "%s", err.message);
	wp_record_shorten(&pair->record, &pair->bytes);
	cr_assert(wp_record_read_brief(pair->arena, (const uint8_t *)pair->bytes.data, pair->bytes.length, &pair->is, &pair->rest), "%s",
		  json);
}

static void done(struct pair *pair)
{
	json_decref(pair->json);
	json_decref(pair->rest);
	wp_buf_free(&pair->bytes);
	wp_arena_free(pair->arena);
}

static void same_text(const char *is, const char *was, const char *json)
{
	cr_expect_str_eq(is ? is : "(none)", was ? was : "(none)", "%s", json);
}

static void same_number(struct wp_number is, struct wp_number was, const char *json)
{
	cr_expect(is.known == was.known && is.value == was.value, "%s", json);
}

static void same_members(const struct wp_record *is, const struct wp_record *was, const char *json)
{
	char a[WP_HASH_TEXT], b[WP_HASH_TEXT];

	cr_expect_eq(is->class, was->class, "%s", json);
	cr_expect_eq(is->image_property_state, was->image_property_state, "%s", json);
	cr_expect_eq(is->probed, was->probed, "%s", json);
	cr_expect_eq(is->source_date.ticks, was->source_date.ticks, "%s", json);
	cr_expect_eq(is->source_date.zone_known, was->source_date.zone_known, "%s", json);
	same_text(is->package_id, was->package_id, json);
	same_text(is->name, was->name, json);
	same_text(is->source_path, was->source_path, json);
	same_text(is->source_site, was->source_site, json);
	same_text(is->source_date_text, was->source_date_text, json);
	same_text(is->sedo_object_version, was->sedo_object_version, json);
	same_text(is->image_path, was->image_path, json);
	same_text(is->image_property_error, was->image_property_error, json);
	same_text(is->probed_error, was->probed_error, json);
	same_number(is->source_flag, was->source_flag, json);
	same_number(is->source_version, was->source_version, json);
	same_number(is->package_size, was->package_size, json);
	same_number(is->package_size_version, was->package_size_version, json);
	same_number(is->content_size, was->content_size, json);
	same_number(is->content_size_version, was->content_size_version, json);
	same_number(is->priority, was->priority, json);
	same_number(is->action_in_progress, was->action_in_progress, json);
	same_number(is->flags, was->flags, json);
	same_number(is->targeted, was->targeted, json);
	same_number(is->errors, was->errors, json);
	wp_record_digest(is, a);
	wp_record_digest(was, b);
	cr_expect_str_eq(a, b, "%s", json);
}

/* @whole: with the properties that are fields as well. */
static void same_images(const struct wp_site_images *is, const struct wp_site_images *was, bool whole, const char *json)
{
	cr_expect_eq(is->origin, was->origin, "%s", json);
	cr_assert_eq(is->count, was->count, "%s", json);
	for (size_t i = 0; i < is->count; i++) {
		const struct wp_site_image *image = &is->items[i];
		size_t at = 0;

		cr_expect_eq(image->index, was->items[i].index, "%s", json);
		for (size_t f = 0; f < WP_SITE_FIELDS; f++)
			same_text(wp_site_image_value(image, &wp_site_fields[f]), wp_site_image_value(&was->items[i], &wp_site_fields[f]), json);
		for (size_t k = 0; k < was->items[i].property_count; k++) {
			const struct wp_bag_property *property = &was->items[i].properties[k];

			if (!whole && wp_site_field_of_property(property->name))
				continue;
			cr_assert_lt(at, image->property_count, "%s", json);
			cr_expect_str_eq(image->properties[at].name, property->name, "%s", json);
			cr_expect_str_eq(image->properties[at++].value, property->value, "%s", json);
		}
		cr_expect_eq(at, image->property_count, "%s", json);
	}
}

#define RECORD(class, properties, more) \
	"{\"class\":\"" class "\",\"package_id\":\"P0100001\",\"properties\":{" properties "}" more "}"
#define IMAGE(index, name, more) "<IMAGE index='" index "'><Property name='Image name'>" name "</Property>" more "</IMAGE>"
#define EDITION(value) "<Property name='Edition'>" value "</Property>"
#define BAG                                                                                               \
	"<WIM>" IMAGE("1", "One", "<Property name='OS version'>10.0.1</Property>" EDITION("Pro"))         \
		IMAGE("2", "Two", "<Property name='OS version'>10.0.1</Property>" EDITION("Pro") EDITION("N")) \
		IMAGE("300", "Two", EDITION("N") EDITION("N")) "<IMAGE index='301'/></WIM>"

static const char *const records[] = {
	RECORD("SMS_ImagePackage", "", ""),
	RECORD("SMS_BootImagePackage",
	       "\"Name\":\"W\xc3\xa4hrung\",\"PkgSourceFlag\":2,\"PkgSourcePath\":\"a\",\"SourceSite\":\"\",\"SourceVersion\":\"18446744073709551615\","
	       "\"SourceDate\":\"2026-01-09T22:41:06\",\"PackageSize\":127,\"StoredPkgVersion\":128,\"SedoObjectVersion\":\"s\",\"Priority\":0,"
	       "\"ActionInProgress\":1,\"ImagePath\":\"i\",\"PkgFlags\":16384,\"ImageProperty\":\"\"",
	       ",\"content_info\":[{\"SourceSize\":5,\"SourceVersion\":6,\"Targeted\":7,\"NumberErrors\":9223372036854775807}]"),
	RECORD("SMS_ImagePackage", "\"SourceVersion\":9223372036854775807,\"ImageProperty\":\"" BAG "\"", ""),
	RECORD("SMS_OperatingSystemInstallPackage", "\"ImageProperty\":\"<WIM\"", ""),
	RECORD("SMS_OperatingSystemInstallPackage", "\"ImageProperty\":\"<WIM\"",
	       ",\"image_information\":[{\"Index\":2,\"Name\":\"Row\",\"Size\":9,\"Extra\":\"x\"},{\"Index\":1,\"Extra\":1}]"),
	RECORD("SMS_ImagePackage", "\"ImageProperty\":\"" BAG "\",\"ProbedImageProperty\":\"" BAG "\"", ""),
	RECORD("SMS_ImagePackage", "\"ImageProperty\":\"<WIM\",\"ProbedImageProperty\":\"<WIM\"",
	       ",\"image_information\":[{\"Name\":\"Row\"}]"),
};

Test(brief, says_what_its_record_says)
{
	for (size_t i = 0; i < COUNT(records); i++) {
		struct wp_site_images images;
		struct pair pair;

		make(&pair, records[i]);
		images = wp_record_images(pair.arena, &pair.is);
		same_members(&pair.is, &pair.record, records[i]);
		same_images(&images, &pair.record.images, pair.record.probed || pair.record.probed_error, records[i]);
		same_images(&pair.is.probed_images, &pair.record.probed_images, true, records[i]);
		done(&pair);
	}
}

/* Whole records give the images that they have. */
Test(brief, images_of_a_whole_record_are_its_own)
{
	struct pair pair;

	make(&pair, records[2]);
	cr_expect_eq(pair.record.images.count, 4);
	cr_expect_eq(wp_record_images(pair.arena, &pair.record).items, pair.record.images.items);
	cr_expect_null(pair.is.images.items);
	done(&pair);
}

Test(brief, keeps_a_schedule_that_there_is)
{
	static const struct {
		const char *record;
		bool kept;
	} cases[] = {
		{ RECORD("SMS_ImagePackage", "", ""), false },
		{ RECORD("SMS_ImagePackage", "\"RefreshSchedule\":[]", ""), false },
		{ RECORD("SMS_ImagePackage", "\"RefreshSchedule\":[{\"DaySpan\":1}]", ""), true },
		{ RECORD("SMS_ImagePackage", "\"RefreshSchedule\":\"0001170000100008\"", ""), true },
		{ RECORD("SMS_ImagePackage", "\"RefreshSchedule\":{}", ""), true },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const json_t *was, *is;
		struct pair pair;

		make(&pair, cases[i].record);
		was = json_object_get(json_object_get(pair.json, "properties"), "RefreshSchedule");
		is = json_object_get(json_object_get(pair.is.json, "properties"), "RefreshSchedule");
		cr_expect_eq(pair.rest != NULL, cases[i].kept, "%s", cases[i].record);
		cr_expect(cases[i].kept ? json_equal(is, was) : !is, "%s", cases[i].record);
		done(&pair);
	}
}

/* No beginning of a brief is one, nor is one with something behind it; and whatever a byte is, reading ends. */
Test(brief, other_bytes_are_none)
{
	for (size_t i = 0; i < COUNT(records); i++) {
		struct wp_record record;
		struct pair pair;
		uint8_t *bytes;

		make(&pair, records[i]);
		for (size_t length = 0; length <= pair.bytes.length + 1; length++) {
			json_t *rest;

			if (length == pair.bytes.length)
				continue;
			bytes = calloc(1, length + 1);
			memcpy(bytes, pair.bytes.data, length < pair.bytes.length ? length : pair.bytes.length);
			cr_expect_not(wp_record_read_brief(pair.arena, bytes, length, &record, &rest), "%s, %zu", records[i], length);
			json_decref(rest);
			free(bytes);
		}
		bytes = malloc(pair.bytes.length);
		for (size_t at = 0; at < 8 * pair.bytes.length; at++) {
			json_t *rest;

			memcpy(bytes, pair.bytes.data, pair.bytes.length);
			bytes[at / 8] ^= (uint8_t)(1u << at % 8);
			if (wp_record_read_brief(pair.arena, bytes, pair.bytes.length, &record, &rest))
				wp_record_images(pair.arena, &record);
			json_decref(rest);
		}
		free(bytes);
		done(&pair);
	}
}
