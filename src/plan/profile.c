/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a site's profile: the part that names the site, for the findings beside it are for people. */
#include "receipt_keys.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/profile.h"

#include <stdio.h>
#include <stdlib.h>

#define MAJOR_VERSION 1

static const struct wp_key profile_keys[] = { { "taken_at", WP_KEY_TIME }, { "site", WP_KEY_ANY } };
static const struct wp_key site_keys[] = { { "site_code", WP_KEY_SITE_CODE }, { "samples", WP_KEY_LIST } };
static const struct wp_key sample_keys[] = {
	{ "package_id", WP_KEY_PACKAGE_ID },
	{ "class", WP_KEY_TEXT },
	{ "source_path", WP_KEY_TEXT_OR_NULL },
	{ "probed", WP_KEY_ANY },
};

static int check_format(const json_t *document, const char *subject, struct wp_error *err)
{
	const char *format = wp_json_get_text(document, "format"), *version = wp_json_get_text(document, "format_version");
	enum wp_format known = wp_json_format(document, WP_PROFILE_FORMAT, MAJOR_VERSION, NULL);

	if (known == WP_FORMAT_OTHER)
		return wp_fail(err, WP_E_REFUSED, "not-a-profile", subject,
			       "%s is no profile of wimplan-export --site-check: its format is %s", subject, format ? format : "not given");
	if (known != WP_FORMAT_KNOWN)
		return wp_fail(err, WP_E_REFUSED, "unknown-version", subject, "%s has format version %s, but this wimplan reads %d.x",
			       subject, version ? version : "(none)", MAJOR_VERSION);
	if (!json_is_object(json_object_get(document, "site")))
		return wp_fail(err, WP_E_REFUSED, "profile-without-site", subject,
			       "%s has no \"site\": it is the part that is passed on, with which nothing can be compared; give the file that "
			       "wimplan-export --site-check wrote",
			       subject);
	return WP_OK;
}

static int read_sample(struct wp_profile *profile, const json_t *object, size_t number, const char *subject, struct wp_error *err)
{
	struct wp_profile_sample *sample = &profile->samples[number];
	const json_t *probed;
	const char *why;
	char what[40];

	snprintf(what, sizeof what, "sample %zu", number + 1);
	if (WP_KEYS_CHECK(object, sample_keys, subject, what, err))
		return err->status;
	probed = json_object_get(object, "probed");
	if (!json_is_string(probed) && !json_is_null(probed))
		return wp_fail(err, WP_E_REFUSED, "bad-profile", subject, "%s: probed of %s must be a text or null", subject, what);
	if (!wp_class_from_name(wp_json_get_text(object, "class"), &sample->class))
		return wp_fail(err, WP_E_REFUSED, "bad-profile", subject, "%s: class of %s is none of the three of image packages", subject,
			       what);
	sample->package_id = wp_json_get_text(object, "package_id");
	sample->source_path = wp_json_get_text(object, "source_path");
	/* What the site would store and wimplan cannot read proves nothing, and is none of the profile's faults. */
	if (json_is_string(probed) && wp_image_property_parse(profile->arena, json_string_value(probed), &sample->images, &why))
		sample->images = (struct wp_site_images){ 0 };
	return WP_OK;
}

static int read_site(struct wp_profile *profile, const json_t *site, const char *subject, struct wp_error *err)
{
	const json_t *samples = json_object_get(site, "samples"), *item;
	int status = WP_KEYS_CHECK(site, site_keys, subject, "its site", err);
	size_t i;

	if (status)
		return status;
	profile->site_code = wp_json_get_text(site, "site_code");
	if (json_array_size(samples) > WP_LIMIT_PROFILE_SAMPLES)
		return wp_fail(err, WP_E_REFUSED, "bad-profile", subject, "%s has more than %u samples", subject, WP_LIMIT_PROFILE_SAMPLES);
	profile->count = json_array_size(samples);
	profile->samples = wp_arena_alloc(profile->arena, profile->count * sizeof *profile->samples);
	json_array_foreach(samples, i, item) {
		status = read_sample(profile, item, i, subject, err);
		if (status)
			return status;
	}
	return WP_OK;
}

static int read_document(struct wp_profile *profile, const char *subject, struct wp_error *err)
{
	struct wp_buf canonical __attribute__((cleanup(wp_buf_free))) = { 0 };
	int status = check_format(profile->document, subject, err);

	if (!status)
		status = WP_KEYS_CHECK(profile->document, profile_keys, subject, "the profile", err);
	if (status)
		return status;
	profile->taken_at = wp_time_parse(wp_json_get_text(profile->document, "taken_at"));
	if (!profile->taken_at.zone_known)
		return wp_fail(err, WP_E_REFUSED, "bad-profile", subject, "%s: taken_at of the profile must be a time in ISO 8601 with its zone",
			       subject);
	status = read_site(profile, json_object_get(profile->document, "site"), subject, err);
	if (status)
		return status;
	wp_json_canonical(&canonical, profile->document);
	wp_sha256_text(canonical.data, canonical.length, profile->id);
	return WP_OK;
}

/* The canonical form has whole numbers alone. */
static bool has_fraction(const json_t *value)
{
	const json_t *item;
	const char *key;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, item)
			if (has_fraction(item))
				return true;
		return false;
	}
	json_object_foreach((json_t *)(uintptr_t)value, key, item)
		if (has_fraction(item))
			return true;
	return json_is_real(value);
}

/* Each value takes a hundred times the memory of its text, and stands behind one of these; those in texts count as well. */
static bool has_too_many_values(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += text[i] == ',' || text[i] == '[' || text[i] == '{';
	return count > WP_LIMIT_PROFILE_VALUES;
}

int wp_profile_parse(const char *text, size_t length, const char *subject, struct wp_profile **ret, struct wp_error *err)
{
	struct wp_profile *profile __attribute__((cleanup(wp_profile_freep))) = wp_must(calloc(1, sizeof *profile));
	int status;

	profile->arena = wp_arena_new();
	if (length > WP_LIMIT_PROFILE_BYTES || has_too_many_values(text, length))
		return wp_fail(err, WP_E_REFUSED, "too-large", subject, "%s is larger than any profile of wimplan-export --site-check", subject);
	status = wp_json_parse(text, length, subject, &profile->document, err);
	if (status)
		return status;
	if (!json_is_object(profile->document) || has_fraction(profile->document))
		return wp_fail(err, WP_E_REFUSED, "not-a-profile", subject, "%s is no profile of wimplan-export --site-check", subject);
	status = read_document(profile, subject, err);
	if (status)
		return status;
	*ret = profile;
	profile = NULL;
	return WP_OK;
}

void wp_profile_free(struct wp_profile *profile)
{
	if (!profile)
		return;
	json_decref(profile->document);
	wp_arena_free(profile->arena);
	free(profile);
}

int wp_profile_check_site(const struct wp_profile *profile, const char *site_code, const char *subject, struct wp_error *err)
{
	if (wp_ascii_same(profile->site_code, site_code))
		return WP_OK;
	return wp_fail(err, WP_E_REFUSED, "other-site", subject, "%s is the profile of site %s, and this is site %s; check that one with "
		       "wimplan-export --site-check",
		       subject, profile->site_code, site_code);
}
