/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site's profile, as wimplan-export --site-check writes it: what the site would store of some of its sources. */
#ifndef WIMPLAN_PROFILE_H
#define WIMPLAN_PROFILE_H

#include "wimplan/hash.h"
#include "wimplan/record.h"

#include <jansson.h>

#define WP_PROFILE_FORMAT "wimplan-profile"

/* A package that the site's provider has looked at. */
struct wp_profile_sample {
	enum wp_class class;
	const char *package_id;
	const char *source_path;      /* PkgSourcePath at that time */
	struct wp_site_images images; /* what a reload would store; without images where that is not known */
};

struct wp_profile {
	struct wp_arena *arena;
	char id[WP_HASH_TEXT]; /* the digest of its canonical form */
	const char *site_code;
	struct wp_time taken_at; /* in UTC */
	struct wp_profile_sample *samples;
	size_t count;
	json_t *document; /* all of it; owned */
};

/*
 * Reads a profile: WP_E_REFUSED for what is none, has an unknown major version, or lacks the part with which it can be compared.
 * @subject is the path. The caller frees *@ret.
 */
int wp_profile_parse(const char *text, size_t length, const char *subject, struct wp_profile **ret, struct wp_error *err);
void wp_profile_free(struct wp_profile *profile);
static inline void wp_profile_freep(struct wp_profile **profile)
{
	wp_profile_free(*profile);
}

/* WP_E_REFUSED when the profile is of another site than @site_code, which is known. */
int wp_profile_check_site(const struct wp_profile *profile, const char *site_code, const char *subject, struct wp_error *err);

#endif
