/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site's profile; and what is passed on of an ImageProperty, whatever stands in its place. */
#include "fuzz.h"

#include "wimplan/forms.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/profile.h"

#include <stdlib.h>
#include <string.h>

static void read_again(const struct wp_profile *profile)
{
	struct wp_buf text = { 0 };
	struct wp_profile *again = NULL;
	struct wp_error err;

	wp_json_canonical(&text, profile->document);
	if (wp_profile_parse(text.data, text.length, "again", &again, &err) || strcmp(again->id, profile->id) != 0)
		abort();
	wp_profile_free(again);
	wp_buf_free(&text);
}

static void mask(const uint8_t *data, size_t size)
{
	struct wp_buf skeleton = { 0 };
	char *text = wp_take(size + 1);
	json_t *forms = json_array();

	memcpy(text, data, size);
	text[size] = '\0';
	wp_forms_skeleton(text, &skeleton);
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		wp_forms_add(forms, &wp_site_fields[i], text);
	if (json_array_size(forms) > WP_SITE_FIELDS)
		abort();
	json_decref(forms);
	wp_buf_free(&skeleton);
	free(text);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_profile *profile = NULL;
	struct wp_error err = { 0 };

	if (!wp_profile_parse((const char *)data, size, "fuzz", &profile, &err))
		read_again(profile);
	else if ((err.status != WP_E_REFUSED && err.status != WP_E_FAILED) || !err.message[0])
		abort();
	wp_profile_free(profile);
	mask(data, size);
	return 0;
}
