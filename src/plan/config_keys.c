/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of keys and what is a good value for each. */
#include "config_keys.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

static bool check_text(const struct wp_config_key *key, const char *value)
{
	(void)key;
	return *value;
}

static bool check_number(const struct wp_config_key *key, const char *value)
{
	uint64_t number;

	return wp_parse_u64(value, false, &number) && number >= key->least && number <= key->most;
}

static bool check_duration(const struct wp_config_key *key, const char *value)
{
	uint64_t seconds;

	return wp_duration_parse(value, &seconds) && seconds >= key->least && seconds <= key->most;
}

/* TLS is always verified, so there is no way around https. What stands before an @ would get into receipts. */
static bool check_url(const struct wp_config_key *key, const char *value)
{
	static const char scheme[] = "https://", end[] = "/AdminService";
	size_t length = strlen(value);

	(void)key;
	return length > sizeof scheme + sizeof end - 2 && wp_ascii_begins(value, scheme) &&
	       wp_ascii_ends(value, end) && !strpbrk(value, " \t?#@");
}

/* A local time without its zone would mean another hour on another machine. */
static bool check_time(const struct wp_config_key *key, const char *value)
{
	struct wp_time time = wp_time_parse(value);

	(void)key;
	return strlen(value) >= 16 && value[4] == '-' && time.known && time.zone_known;
}

bool wp_bandwidth_parse(const char *text, uint64_t *ret_bits)
{
	static const struct {
		const char *unit;
		uint64_t bits;
	} units[] = { { "kbit/s", 1000 }, { "Mbit/s", 1000000 }, { "Gbit/s", 1000000000 } };
	size_t digits = strspn(text, "0123456789");
	char number[8];

	if (!digits || digits >= sizeof number)
		return false;
	memcpy(number, text, digits);
	number[digits] = '\0';
	text += digits;
	text += strspn(text, " ");
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!wp_ascii_same(text, units[i].unit) || !wp_parse_u64(number, false, ret_bits))
			continue;
		*ret_bits *= units[i].bits;
		return true;
	}
	return false;
}

static bool check_bandwidth(const struct wp_config_key *key, const char *value)
{
	uint64_t bits;

	(void)key;
	return wp_bandwidth_parse(value, &bits);
}

bool wp_window_every_parse(const char *text, struct wp_schedule *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_schedule *items;
	const char *why;
	size_t count;

	if (wp_schedule_from_words(text, ret))
		return true;
	if (wp_schedule_parse(scratch, text, &items, &count, &why) || count != 1 || items->recurrence < WP_RECURRENCE_WEEKLY)
		return false;
	*ret = *items;
	return true;
}

static bool check_schedule(const struct wp_config_key *key, const char *value)
{
	struct wp_schedule schedule;

	(void)key;
	return wp_window_every_parse(value, &schedule);
}

static bool check_svn(const struct wp_config_key *key, const char *value)
{
	struct wp_svn svn;

	(void)key;
	return wp_svn_parse(value, &svn);
}

static const char *const refresh_on_words[] = { "content", "file", NULL };
static const char *const on_unknown_words[] = { "block", "refresh", "skip", NULL };
static const char *const on_unproven_words[] = { "note", "refresh", "block", NULL };
static const char *const solid_sources_words[] = { "note", "block", NULL };
static const char *const boot_images_words[] = { "report", "plan", NULL };
static const char *const links_words[] = { "inside", "follow", NULL };
static const char *const on_no_fit_words[] = { "note", "defer", NULL };
static const char *const boot_words[] = { "2023", "2023-beside", NULL };
static const char *const no_yes_words[] = { "no", "yes", NULL };
static const char *const auth_words[] = { "negotiate", "ntlm", "bearer", "none", NULL };

#define BANDWIDTH WP_BANDWIDTH_RULE
#define LIST "names between commas, each once, such as "
#define CONTENTS LIST "\"KB5034765, acmenic.inf\"; the number of an update has six digits at least"
#define SECONDS_OF_A_DAY 86400
#define ZONED_TIME "a time in ISO 8601 with its zone, such as 2026-02-14T20:00:00Z"

/* Words stand in the order of their enums: wp_config_choice() counts on it. */
const struct wp_config_key wp_config_keys[] = {
	{ .section = "policy", .name = "refresh_on", .fallback = "content", .words = refresh_on_words },
	{ .section = "policy", .name = "on_unknown", .fallback = "block", .words = on_unknown_words },
	{ .section = "policy", .name = "on_unproven", .fallback = "note", .words = on_unproven_words },
	{ .section = "policy", .name = "solid_sources", .fallback = "note", .words = solid_sources_words },
	{ .section = "policy", .name = "boot_images", .fallback = "report", .words = boot_images_words },
	{ .section = "policy", .name = "links", .fallback = "inside", .words = links_words },
	{ .section = "policy", .name = "on_no_fit", .fallback = "note", .words = on_no_fit_words },
	{ .section = "policy", .name = "defer_to_schedule", .fallback = "no", .words = no_yes_words },
	{ .section = "policy",
	  .name = "clock_tolerance",
	  .fallback = "120",
	  .check = check_number,
	  .must_be = "a number of seconds from 0 to 86400",
	  .most = SECONDS_OF_A_DAY },
	{ .section = "policy",
	  .name = "snapshot_max_age",
	  .fallback = "7d",
	  .check = check_duration,
	  .must_be = "a duration such as 36h or 7d, up to 3650d",
	  .most = 3650 * (uint64_t)SECONDS_OF_A_DAY },
	{ .section = "provider",
	  .name = "url",
	  .check = check_url,
	  .must_be = "a URL without a user's name that begins with https:// and ends in /AdminService" },
	{ .section = "provider", .name = "auth", .fallback = "negotiate", .words = auth_words },
	{ .section = "provider", .name = "user", .check = check_text, .must_be = "a user's name" },
	{ .section = "provider", .name = "token_file", .check = check_text, .must_be = "the path of a file" },
	{ .section = "provider", .name = "ca_file", .check = check_text, .must_be = "the path of a file" },
	{ .section = "provider",
	  .name = "timeout",
	  .check = check_number,
	  .must_be = "a number of seconds from 1 to 86400",
	  .least = 1,
	  .most = SECONDS_OF_A_DAY },
	{ .section = "provider",
	  .name = "settle",
	  .fallback = "900",
	  .check = check_number,
	  .must_be = "a number of seconds from 0 to 86400",
	  .most = SECONDS_OF_A_DAY },
	{ .section = "window", .name = "start", .check = check_time, .must_be = ZONED_TIME },
	{ .section = "window", .name = "end", .check = check_time, .must_be = ZONED_TIME },
	{ .section = "window",
	  .name = "duration",
	  .check = check_duration,
	  .must_be = "a duration such as 90m or 4h, from 1m to 31d",
	  .least = 60,
	  .most = 31 * (uint64_t)SECONDS_OF_A_DAY },
	{ .section = "window",
	  .name = "every",
	  .check = check_schedule,
	  .must_be = "a weekly or monthly schedule, such as \"every week on Sunday at 22:00\" or \"on the second Tuesday of "
		     "every month at 20:00\", or the 16 digits that a site has for it" },
	{ .section = "window", .name = "timezone", .check = check_text, .must_be = "the name of a time zone" },
	{ .section = "window",
	  .name = "bandwidth",
	  .check = check_bandwidth,
	  .must_be = BANDWIDTH },
	{ .section = "window",
	  .name = "parallel",
	  .check = check_number,
	  .must_be = "a number of distribution points from 1 to 1000",
	  .least = 1,
	  .most = 1000 },
	{ .section = "expect",
	  .name = "max_age",
	  .check = check_duration,
	  .must_be = "a duration such as 45d, from 1h to 3650d",
	  .least = 3600,
	  .most = 3650 * (uint64_t)SECONDS_OF_A_DAY },
	{ .section = "expect", .name = "edition", .check = wp_config_list_is_good, .must_be = LIST "\"Enterprise, Education\"" },
	{ .section = "expect", .name = "languages", .check = wp_config_list_is_good, .must_be = LIST "\"en-US, de-DE\"" },
	{ .section = "expect",
	  .name = "image_state",
	  .check = wp_config_list_is_good,
	  .must_be = LIST "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE" },
	{ .section = "expect", .name = "must_have", .check = wp_config_list_is_good, .must_be = CONTENTS },
	{ .section = "expect", .name = "must_not_have", .check = wp_config_list_is_good, .must_be = CONTENTS },
	{ .section = "expect", .name = "boot", .words = boot_words },
	{ .section = "expect", .name = "svn", .check = check_svn, .must_be = "a secure version number such as 9.0" },
};
const size_t wp_config_key_count = sizeof wp_config_keys / sizeof wp_config_keys[0];

const char *const wp_config_sections[] = { "map", "policy", "provider", "window", "expect", NULL };

size_t wp_config_key_find(const char *section, const char *name)
{
	size_t i = 0;

	while (i < wp_config_key_count &&
	       (strcmp(wp_config_keys[i].section, section) != 0 || strcmp(wp_config_keys[i].name, name) != 0))
		i++;
	return i;
}

bool wp_config_section_known(const char *section)
{
	for (size_t i = 0; wp_config_sections[i]; i++)
		if (!strcmp(wp_config_sections[i], section))
			return true;
	return false;
}

static const char *finish(struct wp_arena *arena, struct wp_buf *list)
{
	const char *text = wp_arena_strdup(arena, wp_buf_text(list));

	wp_buf_free(list);
	return text;
}

const char *wp_config_section_list(struct wp_arena *arena)
{
	struct wp_buf list = { 0 };

	for (size_t i = 0; wp_config_sections[i]; i++)
		wp_buf_printf(&list, "%s[%s]", i ? ", " : "", wp_config_sections[i]);
	return finish(arena, &list);
}

const char *wp_config_key_list(struct wp_arena *arena, const char *section)
{
	struct wp_buf list = { 0 };

	for (size_t i = 0; i < wp_config_key_count; i++)
		if (!strcmp(wp_config_keys[i].section, section))
			wp_buf_printf(&list, "%s%s", list.length ? ", " : "", wp_config_keys[i].name);
	if (!strcmp(section, "expect"))
		wp_buf_puts(&list, ", and releases such as 10.0.26100");
	return finish(arena, &list);
}

const char *wp_config_key_rule(struct wp_arena *arena, const struct wp_config_key *key)
{
	return key->words ? wp_choice_list(arena, key->words) : key->must_be;
}
