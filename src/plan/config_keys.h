/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sections and keys of a configuration, and what a value has to be like. */
#ifndef WIMPLAN_CONFIG_KEYS_H
#define WIMPLAN_CONFIG_KEYS_H

#include "wimplan/config.h"

/* A key. Its value is one of @words when there are some, otherwise @check judges it. */
struct wp_config_key {
	const char *section;
	const char *name;
	const char *fallback; /* NULL: none */
	const char *const *words;
	bool (*check)(const struct wp_config_key *key, const char *value);
	const char *must_be;  /* for the message: "a number of seconds from 0 to 86400" */
	uint64_t least, most; /* of a number */
};

/* In the documented order, in which they also stand in struct wp_config's settings. Map entries are no keys. */
extern const struct wp_config_key wp_config_keys[];
extern const size_t wp_config_key_count;
/* "map" and the sections of the keys, in the documented order; NULL at the end. */
extern const char *const wp_config_sections[];

#define WP_BANDWIDTH_RULE "a number of kbit/s, Mbit/s or Gbit/s, such as \"20 Mbit/s\""
/* Reads "20 Mbit/s" into bits per second; false when it is anything else. */
bool wp_bandwidth_parse(const char *text, uint64_t *ret_bits);
/* Reads a weekly or monthly schedule in words or as one token of a site; false when it is anything else. */
bool wp_window_every_parse(const char *text, struct wp_schedule *ret);

/* The key's place in the table; wp_config_key_count when there is none. */
size_t wp_config_key_find(const char *section, const char *name);
/* Whether the section is known, "map" included. */
bool wp_config_section_known(const char *section);
/* "[map], [policy], …" and "refresh_on, on_unknown, …" for messages. */
const char *wp_config_section_list(struct wp_arena *arena);
const char *wp_config_key_list(struct wp_arena *arena, const char *section);
/* "content or file", "a number of seconds …". */
const char *wp_config_key_rule(struct wp_arena *arena, const struct wp_config_key *key);

/* The texts between the commas of @text; none of NULL. */
struct wp_names wp_config_list(struct wp_arena *arena, const char *text);
/* Whether @text is a list of texts between commas, each good as @key's, and none of them twice. */
bool wp_config_list_is_good(const struct wp_config_key *key, const char *text);

/*
 * What [expect] has besides its keys: a release and the least build of it, "10.0.26100 = 10.0.26100.7171". @source and @origin
 * as in wp_config_assign().
 */
int wp_config_assign_build(struct wp_arena *arena, struct wp_config *config, const char *name, const char *value,
			   const char *source, const char *origin, struct wp_error *err);
/* WP_E_USAGE where something must be and must not be inside. */
int wp_config_check_expect(const struct wp_expect_settings *expect, const char *origin, struct wp_error *err);
void wp_config_print_builds(const struct wp_config *config, struct wp_buf *buf);

/*
 * Sets a key. @origin is "FILE:LINE" or the option; the message of an error begins with it. @source is what all
 * origins of one file or option begin with: the same key twice from one source is an error.
 */
int wp_config_assign(struct wp_arena *arena, struct wp_config *config, const char *section, const char *name,
		     const char *value, const char *source, const char *origin, struct wp_error *err);

#endif
