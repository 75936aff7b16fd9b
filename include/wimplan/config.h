/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in force: policy, map and where each value came from (default, file and line, option). */
#ifndef WIMPLAN_CONFIG_H
#define WIMPLAN_CONFIG_H

#include "wimplan/boot.h"
#include "wimplan/buf.h"
#include "wimplan/error.h"
#include "wimplan/schedule.h"
#include "wimplan/source.h"
#include "wimplan/text.h"

#include <jansson.h>

enum wp_refresh_on { WP_REFRESH_ON_CONTENT, WP_REFRESH_ON_FILE };
enum wp_on_unknown { WP_ON_UNKNOWN_BLOCK, WP_ON_UNKNOWN_REFRESH, WP_ON_UNKNOWN_SKIP };
enum wp_on_unproven { WP_ON_UNPROVEN_NOTE, WP_ON_UNPROVEN_REFRESH, WP_ON_UNPROVEN_BLOCK };
enum wp_solid_sources { WP_SOLID_SOURCES_NOTE, WP_SOLID_SOURCES_BLOCK };
enum wp_links { WP_LINKS_INSIDE, WP_LINKS_FOLLOW };
enum wp_on_no_fit { WP_ON_NO_FIT_NOTE, WP_ON_NO_FIT_DEFER };
/* What has to be signed under the certificate of 2023: nothing; the boot manager; it, or one that lies beside it. */
enum wp_expect_boot { WP_EXPECT_BOOT_ANY, WP_EXPECT_BOOT_2023, WP_EXPECT_BOOT_2023_BESIDE };
enum wp_boot_images { WP_BOOT_IMAGES_REPORT, WP_BOOT_IMAGES_PLAN };

/* [policy] */
struct wp_policy {
	enum wp_refresh_on refresh_on;
	enum wp_on_unknown on_unknown;
	enum wp_on_unproven on_unproven;
	enum wp_solid_sources solid_sources;
	enum wp_boot_images boot_images;
	enum wp_links links; /* below a mapped folder */
	enum wp_on_no_fit on_no_fit; /* refreshes that do not fit the window */
	bool defer_to_schedule;      /* a refresh is left to the package's own RefreshSchedule */
	uint32_t clock_tolerance; /* seconds; 120 */
	uint64_t snapshot_max_age; /* seconds; 7 days. For a note beside the body: it is no part of wp_policy_json() */
};

/* Bits per second that all distribution points of a site get together. */
struct wp_site_bandwidth {
	const char *site; /* its code */
	uint64_t bits;    /* 0: it was given as that, which nobody can mean */
	const char *value, *origin; /* as in struct wp_setting */
};

/* [window] */
struct wp_window_settings {
	struct wp_time start, end;
	uint64_t duration; /* seconds; 0: not given */
	bool recurs;       /* it opens as @every says, not at @start */
	struct wp_schedule every;
	const char *timezone; /* of @every, and of schedules of the site in its local time; NULL: UTC */
	struct wp_number bandwidth; /* bits per second that one distribution point gets */
	struct wp_site_bandwidth *sites;
	size_t site_count;
	struct wp_number parallel; /* distribution points that a site sends to at a time */
};

/* A version of Windows: major, minor, build, revision. */
enum { WP_BUILD_PARTS = 4 };

/* The least build that an image of a release has to have. */
struct wp_expected_build {
	uint64_t release[WP_BUILD_PARTS - 1]; /* the key: "10.0.26100" */
	uint64_t least[WP_BUILD_PARTS];       /* of the same family */
	const char *key, *value, *origin;     /* as in struct wp_setting */
};

/* [expect]: what every image should be like. It decides about no call. */
struct wp_expect_settings {
	struct wp_expected_build *builds; /* each release once */
	size_t build_count;
	uint64_t max_age; /* seconds since an image was modified; 0: any */
	struct wp_names edition;       /* one image has one of these */
	struct wp_names languages;     /* every image of Windows has all of these */
	struct wp_names image_state;   /* every image of Windows has one of these */
	struct wp_names must_have;     /* "KB5034765", "acmenic.inf", names of packages and apps */
	struct wp_names must_not_have;
	enum wp_expect_boot boot;
	struct wp_svn svn; /* the least one of boot managers */
};

/* One key in force; kept in the documented order. */
struct wp_setting {
	const char *section; /* "policy", "map", "provider", "window", "expect" */
	const char *key;
	const char *value;  /* NULL when it is not set and has no default */
	const char *origin; /* "default", "FILE:LINE", "--map" … */
};

struct wp_config {
	struct wp_policy policy;
	struct wp_map map;
	struct wp_window_settings window;
	struct wp_expect_settings expect;
	struct wp_setting *settings; /* every known key, then the map's entries in the order of their adding */
	size_t setting_count;
};

/* The defaults. Everything is allocated from @arena. */
void wp_config_init(struct wp_arena *arena, struct wp_config *config);

/*
 * Reads INI text over what is there. An unknown section or key, a bad value and a key given twice are WP_E_USAGE with
 * file and line in the message. @path is for messages and origins.
 */
int wp_config_parse(struct wp_arena *arena, struct wp_config *config, const char *path, const char *text, size_t length,
		    struct wp_error *err);

/* Sets one key as an option of the command line does; @origin names the option. Sections as in the file. */
int wp_config_set(struct wp_arena *arena, struct wp_config *config, const char *section, const char *key,
		  const char *value, const char *origin, struct wp_error *err);

/* What is in force for a key; NULL when that is nothing, or there is no such key. */
const char *wp_config_value(const struct wp_config *config, const char *section, const char *name);
/* The same for a key with a choice of words, as the value of its enum. */
unsigned int wp_config_choice(const struct wp_config *config, const char *section, const char *name);

/*
 * When the window is open: as it is given, or the occurrence of its schedule that is open at @now or opens next. Either end may
 * stay unknown. @zone is that of the settings' timezone, NULL for UTC. WP_E_USAGE for a schedule without a duration.
 */
int wp_window_resolve(const struct wp_window_settings *window, const struct wp_zone *zone, struct wp_time now,
		      struct wp_time *ret_start, struct wp_time *ret_end, struct wp_error *err);

/* Reads so many numbers between dots, and nothing behind them; false when it is anything else. */
bool wp_build_parse(const char *text, size_t parts, uint64_t *ret_parts);
/*
 * The build that the releases of a family say that they are: those that one enablement package tells apart have the same
 * files, and a .wim has the number of the first. A build that is in no family is one itself.
 */
uint64_t wp_build_family(uint64_t build);
/* Whether nothing is expected, so that nothing has to be looked at. */
bool wp_expect_nothing(const struct wp_expect_settings *expect);
/* Whether something is expected of the programs that start a computer, so that these have to be read. */
bool wp_expect_boots(const struct wp_expect_settings *expect);

/* The policy as the plan's body records it: every value in force that a verdict may depend on. New reference. */
json_t *wp_policy_json(const struct wp_policy *policy);

/*
 * The configuration as an INI text that can be read again, with a comment above each value
 * that says where it came from.
 */
void wp_config_print(const struct wp_config *config, struct wp_buf *buf);

#endif
