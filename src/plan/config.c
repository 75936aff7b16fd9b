/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration: its defaults, and what its values are set to. */
#include "config_keys.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <string.h>

const char *wp_config_value(const struct wp_config *config, const char *section, const char *name)
{
	size_t i = wp_config_key_find(section, name);

	return i < wp_config_key_count ? config->settings[i].value : NULL;
}

unsigned int wp_config_choice(const struct wp_config *config, const char *section, const char *name)
{
	size_t i = wp_config_key_find(section, name);
	unsigned int choice = 0;

	/* What is in force is one of the words. */
	wp_choice_find(wp_config_keys[i].words, config->settings[i].value, &choice);
	return choice;
}

/* Takes the window over from the settings, which are good values. */
static void apply_window(struct wp_config *config)
{
	const char *start = wp_config_value(config, "window", "start");
	const char *end = wp_config_value(config, "window", "end");
	const char *duration = wp_config_value(config, "window", "duration");
	const char *every = wp_config_value(config, "window", "every");
	const char *bandwidth = wp_config_value(config, "window", "bandwidth");
	const char *parallel = wp_config_value(config, "window", "parallel");
	struct wp_window_settings *window = &config->window;

	window->start = wp_time_parse(start);
	window->end = wp_time_parse(end);
	window->timezone = wp_config_value(config, "window", "timezone");
	window->recurs = every && wp_window_every_parse(every, &window->every);
	if (window->recurs && window->start.known)
		/* Every other week counts from there. */
		window->every.start = wp_civil_from_ticks(window->start.ticks);
	if (duration)
		wp_duration_parse(duration, &window->duration);
	window->bandwidth.known = bandwidth && wp_bandwidth_parse(bandwidth, &window->bandwidth.value);
	window->parallel.known = parallel && wp_parse_u64(parallel, false, &window->parallel.value);
}

/* Takes [expect] over from the settings, which are good values. */
static void apply_expect(struct wp_arena *arena, struct wp_config *config)
{
	struct wp_expect_settings *expect = &config->expect;
	const struct {
		const char *key;
		struct wp_names *names;
	} lists[] = {
		{ "edition", &expect->edition },     { "languages", &expect->languages },
		{ "image_state", &expect->image_state }, { "must_have", &expect->must_have },
		{ "must_not_have", &expect->must_not_have },
	};
	const char *max_age = wp_config_value(config, "expect", "max_age"), *svn = wp_config_value(config, "expect", "svn");

	if (max_age)
		wp_duration_parse(max_age, &expect->max_age);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		*lists[i].names = wp_config_list(arena, wp_config_value(config, "expect", lists[i].key));
	if (wp_config_value(config, "expect", "boot"))
		expect->boot = (enum wp_expect_boot)(WP_EXPECT_BOOT_2023 + wp_config_choice(config, "expect", "boot"));
	if (svn)
		wp_svn_parse(svn, &expect->svn);
}

/* Takes the policy over from the settings, which are good values. */
static void apply(struct wp_config *config)
{
	uint64_t tolerance = 0, age = 0;

	wp_parse_u64(wp_config_value(config, "policy", "clock_tolerance"), false, &tolerance);
	wp_duration_parse(wp_config_value(config, "policy", "snapshot_max_age"), &age);
	config->policy = (struct wp_policy){
		.refresh_on = (enum wp_refresh_on)wp_config_choice(config, "policy", "refresh_on"),
		.on_unknown = (enum wp_on_unknown)wp_config_choice(config, "policy", "on_unknown"),
		.on_unproven = (enum wp_on_unproven)wp_config_choice(config, "policy", "on_unproven"),
		.solid_sources = (enum wp_solid_sources)wp_config_choice(config, "policy", "solid_sources"),
		.boot_images = (enum wp_boot_images)wp_config_choice(config, "policy", "boot_images"),
		.links = (enum wp_links)wp_config_choice(config, "policy", "links"),
		.on_no_fit = (enum wp_on_no_fit)wp_config_choice(config, "policy", "on_no_fit"),
		.defer_to_schedule = wp_config_choice(config, "policy", "defer_to_schedule"),
		.clock_tolerance = (uint32_t)tolerance,
		.snapshot_max_age = age,
	};
	apply_window(config);
}

void wp_config_init(struct wp_arena *arena, struct wp_config *config)
{
	*config = (struct wp_config){ .setting_count = 0 };
	for (size_t i = 0; i < wp_config_key_count; i++)
		*WP_PUSH(arena, config->settings, config->setting_count) = (struct wp_setting){
			.section = wp_config_keys[i].section,
			.key = wp_config_keys[i].name,
			.value = wp_config_keys[i].fallback,
			.origin = "default",
		};
	apply(config);
}

static bool comes_from(const struct wp_setting *setting, const char *source)
{
	return !strncmp(setting->origin, source, strlen(source));
}

static int fail_twice(struct wp_error *err, const char *origin, const char *name, const struct wp_setting *first)
{
	return wp_fail(err, WP_E_USAGE, "config", origin, "%s: %s is given twice, first at %s; keep one of the two",
		       origin, name, first->origin);
}

/*
 * A map entry. One from a later source takes the place of an earlier one, so that an option beats the file, however
 * the prefix is spelled there.
 */
static int assign_map(struct wp_arena *arena, struct wp_config *config, const char *prefix, const char *folder,
		      const char *source, const char *origin, struct wp_error *err)
{
	struct wp_map_entry *entry = wp_map_get(&config->map, prefix);
	struct wp_setting *setting = entry ? &config->settings[wp_config_key_count + (entry - config->map.entries)] : NULL;
	int status;

	if (setting && comes_from(setting, source))
		return fail_twice(err, origin, prefix, setting);
	if (setting && *folder) {
		setting->value = entry->folder = wp_arena_strdup(arena, folder);
		setting->origin = wp_arena_strdup(arena, origin);
		return WP_OK;
	}
	status = wp_map_add(arena, &config->map, prefix, folder, err);
	if (status)
		return wp_fail_prefix(err, status, "%s", origin);
	entry = &config->map.entries[config->map.count - 1];
	*WP_PUSH(arena, config->settings, config->setting_count) = (struct wp_setting){
		.section = "map",
		.key = entry->prefix,
		.value = entry->folder,
		.origin = wp_arena_strdup(arena, origin),
	};
	return WP_OK;
}

/* "bandwidth S01": what all points of one site get together. One from a later source takes the place of an earlier one. */
static int assign_bandwidth(struct wp_arena *arena, struct wp_config *config, const char *name, const char *value,
			    const char *source, const char *origin, struct wp_error *err)
{
	const char *site = name + strlen("bandwidth ");
	struct wp_window_settings *window = &config->window;
	struct wp_site_bandwidth *item = NULL;
	uint64_t bits;

	site += strspn(site, " ");
	if (!wp_is_site_code(site))
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: '%s' names no site behind bandwidth; a site code has three letters or digits", origin, name);
	if (!wp_bandwidth_parse(value, &bits))
		return wp_fail(err, WP_E_USAGE, "config", origin, "%s: %s is '%s', but must be " WP_BANDWIDTH_RULE, origin,
			       name, value);
	for (size_t i = 0; i < window->site_count; i++)
		if (wp_ascii_same(window->sites[i].site, site))
			item = &window->sites[i];
	if (item && !strncmp(item->origin, source, strlen(source)))
		return wp_fail(err, WP_E_USAGE, "config", origin, "%s: %s is given twice, first at %s; keep one of the two",
			       origin, name, item->origin);
	if (!item)
		item = WP_PUSH(arena, window->sites, window->site_count);
	*item = (struct wp_site_bandwidth){ wp_arena_strdup(arena, site), bits, wp_arena_strdup(arena, value),
					    wp_arena_strdup(arena, origin) };
	return WP_OK;
}

/* Start and end are judged when both are known; the later one gets the blame. */
static int check_window(const struct wp_config *config, const char *origin, struct wp_error *err)
{
	const char *start = wp_config_value(config, "window", "start");
	const char *end = wp_config_value(config, "window", "end");

	if (start && end && wp_time_parse(start).ticks >= wp_time_parse(end).ticks)
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: the window ends at %s, which is not after its start %s; correct one of the two",
			       origin, end, start);
	return WP_OK;
}

static bool is_good(const struct wp_config_key *key, const char *value)
{
	unsigned int choice;

	return key->words ? wp_choice_find(key->words, value, &choice) : key->check(key, value);
}

/* What could not be printed and read again as one line. */
static bool has_control(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return true;
	return false;
}

int wp_config_assign(struct wp_arena *arena, struct wp_config *config, const char *section, const char *name,
		     const char *value, const char *source, const char *origin, struct wp_error *err)
{
	size_t place = wp_config_key_find(section, name);
	const struct wp_config_key *key = &wp_config_keys[place];
	struct wp_setting *setting;

	if (!wp_config_section_known(section))
		return wp_fail(err, WP_E_USAGE, "config", origin, "%s: unknown section [%s]; there are %s", origin,
			       section, wp_config_section_list(arena));
	if (has_control(name) || has_control(value))
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: there is a control character in the key or the value; take it out", origin);
	if (!strcmp(section, "map"))
		return assign_map(arena, config, name, value, source, origin, err);
	if (!strcmp(section, "window") && !strncmp(name, "bandwidth ", strlen("bandwidth ")))
		return assign_bandwidth(arena, config, name, value, source, origin, err);
	if (!strcmp(section, "expect") && wp_ascii_digit(*name))
		return wp_config_assign_build(arena, config, name, value, source, origin, err);
	if (place == wp_config_key_count)
		return wp_fail(err, WP_E_USAGE, "config", origin, "%s: unknown key '%s' in [%s]; there are %s",
			       origin, name, section, wp_config_key_list(arena, section));
	setting = &config->settings[place];
	if (comes_from(setting, source))
		return fail_twice(err, origin, name, setting);
	/* A password in it would come out again in messages, journals and receipts: in this message it does not. */
	if (!strcmp(key->section, "provider") && !strcmp(key->name, "url") && strchr(value, '@'))
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: %s has an '@', as behind a user name or password; leave that out, auth and user say "
			       "who signs in",
			       origin, name);
	if (!is_good(key, value))
		return wp_fail(err, WP_E_USAGE, "config", origin, "%s: %s is '%s', but must be %s", origin, name,
			       value, wp_config_key_rule(arena, key));
	setting->value = wp_arena_strdup(arena, value);
	setting->origin = wp_arena_strdup(arena, origin);
	if (!strcmp(section, "expect")) {
		apply_expect(arena, config);
		return wp_config_check_expect(&config->expect, origin, err);
	}
	apply(config);
	return check_window(config, origin, err);
}

int wp_config_set(struct wp_arena *arena, struct wp_config *config, const char *section, const char *key,
		  const char *value, const char *origin, struct wp_error *err)
{
	return wp_config_assign(arena, config, section, wp_text_trimmed(arena, key, strlen(key)),
				wp_text_trimmed(arena, value, strlen(value)), origin, origin, err);
}

json_t *wp_policy_json(const struct wp_policy *policy)
{
	const struct {
		const char *key;
		unsigned int value;
	} choices[] = {
		{ "refresh_on", policy->refresh_on },   { "on_unknown", policy->on_unknown },
		{ "on_unproven", policy->on_unproven }, { "solid_sources", policy->solid_sources },
		{ "boot_images", policy->boot_images }, { "links", policy->links },
		{ "on_no_fit", policy->on_no_fit },     { "defer_to_schedule", policy->defer_to_schedule },
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		const struct wp_config_key *key = &wp_config_keys[wp_config_key_find("policy", choices[i].key)];

		wp_json_set(object, key->name, wp_json_text(key->words[choices[i].value]));
	}
	wp_json_set(object, "clock_tolerance", wp_json_u64(policy->clock_tolerance));
	return object;
}
