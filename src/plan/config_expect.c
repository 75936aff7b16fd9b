/* SPDX-License-Identifier: GPL-3.0-or-later */
/* [expect]: lists between commas, and the least build of a release. */
#include "config_keys.h"

#include "wimplan/ascii.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <string.h>

/*
 * Releases that an enablement package makes of each other: they have the same files, get the same updates, and a .wim has the
 * build of the first. Microsoft Learn, "What's new in Windows 10, version 22H2" and "What's new in Windows 11, version 23H2"
 * (KB5015684, KB5027397), the support article of KB5054156 for 25H2; 26300 after release notes of 26H2.
 */
static const struct {
	uint64_t first, builds[4];
} families[] = {
	{ 18362, { 18363 } },
	{ 19041, { 19042, 19043, 19044, 19045 } },
	{ 22621, { 22631 } },
	{ 26100, { 26200, 26300 } },
};

uint64_t wp_build_family(uint64_t build)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		for (size_t k = 0; k < sizeof families->builds / sizeof *families->builds; k++)
			if (build && families[i].builds[k] == build)
				return families[i].first;
	return build;
}

bool wp_build_parse(const char *text, size_t parts, uint64_t *ret_parts)
{
	char number[11];

	for (size_t i = 0; i < parts; i++) {
		size_t digits = strspn(text, "0123456789");

		if (!digits || digits >= sizeof number)
			return false;
		memcpy(number, text, digits);
		number[digits] = '\0';
		if (!wp_parse_u64(number, false, &ret_parts[i]) || text[digits] != (i + 1 < parts ? '.' : '\0'))
			return false;
		text += digits + 1;
	}
	return true;
}

bool wp_expect_boots(const struct wp_expect_settings *expect)
{
	return expect->boot != WP_EXPECT_BOOT_ANY || expect->svn.known;
}

bool wp_expect_nothing(const struct wp_expect_settings *expect)
{
	return !expect->build_count && !expect->max_age && !expect->edition.count && !expect->languages.count &&
	       !expect->image_state.count && !expect->must_have.count && !expect->must_not_have.count && !wp_expect_boots(expect);
}

struct wp_names wp_config_list(struct wp_arena *arena, const char *text)
{
	struct wp_names names = { 0 };

	while (text) {
		const char *comma = strchr(text, ',');

		*WP_PUSH(arena, names.items, names.count) =
			wp_text_trimmed(arena, text, comma ? (size_t)(comma - text) : strlen(text));
		text = comma ? comma + 1 : NULL;
	}
	return names;
}

/* "KB" and a digit begin the number of an update, which has six digits at least. */
static bool is_update_or_name(const char *item)
{
	size_t digits = strspn(item + 2 * wp_ascii_begins(item, "KB"), "0123456789");

	return !wp_ascii_begins(item, "KB") || !digits || (digits >= 6 && digits <= 8 && !item[2 + digits]);
}

bool wp_config_list_is_good(const struct wp_config_key *key, const char *text)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_names names = wp_config_list(scratch, text);
	bool contents = wp_ascii_begins(key->name, "must_");

	if (names.count > WP_LIMIT_EXPECTED_NAMES)
		return false;
	for (size_t i = 0; i < names.count; i++)
		if (!*names.items[i] || strpbrk(names.items[i], " \t/\\") || wp_names_have((struct wp_names){ names.items, i }, names.items[i]) ||
		    (contents && !is_update_or_name(names.items[i])))
			return false;
	return true;
}

int wp_config_assign_build(struct wp_arena *arena, struct wp_config *config, const char *name, const char *value,
			   const char *source, const char *origin, struct wp_error *err)
{
	struct wp_expect_settings *expect = &config->expect;
	struct wp_expected_build build, *item = NULL;

	if (!wp_build_parse(name, WP_BUILD_PARTS - 1, build.release))
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: '%s' is no release; it has three numbers, such as 10.0.26100", origin, name);
	if (!wp_build_parse(value, WP_BUILD_PARTS, build.least))
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: %s is '%s', but must be the least build of that release, such as %s.1742", origin, name,
			       value, name);
	if (build.release[0] != build.least[0] || build.release[1] != build.least[1] ||
	    wp_build_family(build.release[2]) != wp_build_family(build.least[2]))
		return wp_fail(err, WP_E_USAGE, "config", origin,
			       "%s: %s is no build of the release %s; correct one of the two", origin, value, name);
	for (size_t i = 0; i < expect->build_count; i++)
		if (!memcmp(expect->builds[i].release, build.release, sizeof build.release))
			item = &expect->builds[i];
	if (item && !strncmp(item->origin, source, strlen(source)))
		return wp_fail(err, WP_E_USAGE, "config", origin, "%s: %s is given twice, first at %s; keep one of the two",
			       origin, name, item->origin);
	if (!item && expect->build_count == WP_LIMIT_EXPECTED_NAMES)
		return wp_fail(err, WP_E_USAGE, "config", origin, "%s: there are more than %u releases", origin,
			       WP_LIMIT_EXPECTED_NAMES);
	if (!item)
		item = WP_PUSH(arena, expect->builds, expect->build_count);
	build.key = wp_arena_strdup(arena, name);
	build.value = wp_arena_strdup(arena, value);
	build.origin = wp_arena_strdup(arena, origin);
	*item = build;
	return WP_OK;
}

int wp_config_check_expect(const struct wp_expect_settings *expect, const char *origin, struct wp_error *err)
{
	for (size_t i = 0; i < expect->must_have.count; i++)
		if (wp_names_have(expect->must_not_have, expect->must_have.items[i]))
			return wp_fail(err, WP_E_USAGE, "config", origin,
				       "%s: '%s' is in must_have and in must_not_have; take it out of one of the two", origin,
				       expect->must_have.items[i]);
	return WP_OK;
}

void wp_config_print_builds(const struct wp_config *config, struct wp_buf *buf)
{
	for (size_t i = 0; i < config->expect.build_count; i++) {
		wp_buf_puts(buf, "# ");
		wp_text_escape(buf, config->expect.builds[i].origin);
		wp_buf_printf(buf, "\n%s = %s\n", config->expect.builds[i].key, config->expect.builds[i].value);
	}
}
