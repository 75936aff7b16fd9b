/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration in force: defaults, assignments with their origin, and how it is printed. */
#include "config_keys.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* Keys of the policy that are one word out of a few. */
#define CHOICES 6

static unsigned int word_index(const struct wp_config_key *key, const char *value)
{
	unsigned int i = 0;

	while (key->words[i] && strcmp(key->words[i], value) != 0)
		i++;
	return i;
}

/* Takes the policy over from the settings, which are good values. */
static void apply(struct wp_config *config)
{
	unsigned int words[CHOICES];
	uint64_t tolerance = 0, age = 0;

	for (size_t i = 0; i < CHOICES; i++)
		words[i] = word_index(&wp_config_keys[i], config->settings[i].value);
	wp_parse_u64(wp_config_setting(config, "policy", "clock_tolerance")->value, false, &tolerance);
	wp_duration_parse(wp_config_setting(config, "policy", "snapshot_max_age")->value, &age);
	config->policy = (struct wp_policy){
		.refresh_on = (enum wp_refresh_on)words[0],
		.on_unknown = (enum wp_on_unknown)words[1],
		.on_unproven = (enum wp_on_unproven)words[2],
		.solid_sources = (enum wp_solid_sources)words[3],
		.boot_images = (enum wp_boot_images)words[4],
		.links = (enum wp_links)words[5],
		.clock_tolerance = (uint32_t)tolerance,
		.snapshot_max_age = age,
	};
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

const struct wp_setting *wp_config_setting(const struct wp_config *config, const char *section, const char *name)
{
	size_t i = wp_config_key_find(section, name);

	return i < wp_config_key_count ? &config->settings[i] : NULL;
}

unsigned int wp_config_word(const struct wp_config *config, const char *section, const char *name)
{
	size_t i = wp_config_key_find(section, name);

	return word_index(&wp_config_keys[i], config->settings[i].value);
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
	status = wp_map_add(arena, &config->map, wp_arena_printf(arena, "%s=%s", prefix, folder), err);
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

/* Start and end are judged when both are known; the later one gets the blame. */
static int check_window(const struct wp_config *config, const char *origin, struct wp_error *err)
{
	const char *start = wp_config_setting(config, "window", "start")->value;
	const char *end = wp_config_setting(config, "window", "end")->value;

	if (start && end && wp_time_parse(start).ticks >= wp_time_parse(end).ticks)
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: the window ends at %s, which is not after its start %s; correct one of the two",
			       origin, end, start);
	return WP_OK;
}

static bool is_good(const struct wp_config_key *key, const char *value)
{
	return key->words ? key->words[word_index(key, value)] != NULL : key->check(key, value);
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
	apply(config);
	return check_window(config, origin, err);
}

int wp_config_set(struct wp_arena *arena, struct wp_config *config, const char *section, const char *key,
		  const char *value, const char *origin, struct wp_error *err)
{
	return wp_config_assign(arena, config, section, wp_config_trim(arena, key, strlen(key)),
				wp_config_trim(arena, value, strlen(value)), origin, origin, err);
}

json_t *wp_policy_json(const struct wp_policy *policy)
{
	const unsigned int words[] = { policy->refresh_on, policy->on_unknown, policy->on_unproven,
					policy->solid_sources, policy->boot_images, policy->links };
	json_t *object = json_object();

	for (size_t i = 0; i < CHOICES; i++)
		wp_json_set(object, wp_config_keys[i].name, wp_json_text(wp_config_keys[i].words[words[i]]));
	wp_json_set(object, "clock_tolerance", wp_json_u64(policy->clock_tolerance));
	return object;
}

static void print_section(const struct wp_config *config, const char *section, struct wp_buf *buf)
{
	wp_buf_printf(buf, "%s[%s]\n", buf->length ? "\n" : "", section);
	for (size_t i = 0; i < config->setting_count; i++) {
		const struct wp_setting *setting = &config->settings[i];

		if (strcmp(setting->section, section) != 0)
			continue;
		if (!setting->value) {
			wp_buf_printf(buf, "# not set\n# %s =\n", setting->key);
			continue;
		}
		wp_buf_puts(buf, "# ");
		wp_text_escape(buf, setting->origin);
		wp_buf_printf(buf, "\n%s = %s\n", setting->key, setting->value);
	}
}

void wp_config_print(const struct wp_config *config, struct wp_buf *buf)
{
	for (size_t i = 0; wp_config_sections[i]; i++)
		print_section(config, wp_config_sections[i], buf);
}
