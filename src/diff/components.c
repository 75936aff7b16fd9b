/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Components: the folders of Windows\WinSxS are ARCHITECTURE_NAME_TOKEN_VERSION_LANGUAGE_HASH. */
#include "files.h"

#include "wimplan/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct parts {
	const char *architecture, *name, *version, *language;
};

/* Cuts the last part off @text and gives it; NULL when there is none. */
static char *cut_last(char *text)
{
	char *last = strrchr(text, '_');

	if (!last || last == text || !last[1])
		return NULL;
	*last = '\0';
	return last + 1;
}

static bool is_version(const char *text)
{
	size_t numbers = 0;

	for (; *text; text++) {
		size_t digits = strspn(text, "0123456789");

		if (!digits)
			return false;
		numbers++;
		text += digits;
		if (*text != '.')
			break;
	}
	return !*text && numbers == 4;
}

/* The name itself may have '_' in it, so the other parts are taken from both ends. */
static bool take_apart(char *text, struct parts *ret)
{
	char *hash = cut_last(text), *language = hash ? cut_last(text) : NULL;
	char *version = language ? cut_last(text) : NULL, *token = version ? cut_last(text) : NULL;
	char *name = strchr(text, '_');

	if (!token || !name || !name[1] || !is_version(version))
		return false;
	*name = '\0';
	*ret = (struct parts){ text, name + 1, version, strcasecmp(language, "none") ? language : NULL };
	return true;
}

static size_t hash(const char *key)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (; *key; key++)
		value = (value ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
	return (size_t)(value ^ value >> 32);
}

static size_t find_slot(const struct wp_comparison *comparison, const char *key)
{
	size_t slot = hash(key) & (comparison->component_slots - 1);

	while (comparison->component_table[slot] != WP_NO_COMPONENT &&
	       strcmp(comparison->components[comparison->component_table[slot]].key, key) != 0)
		slot = (slot + 1) & (comparison->component_slots - 1);
	return slot;
}

static void make_room(struct wp_comparison *comparison)
{
	if (2 * (size_t)comparison->component_count < comparison->component_slots)
		return;
	comparison->component_slots = comparison->component_slots ? 2 * comparison->component_slots : 256;
	comparison->component_table = reallocarray(comparison->component_table, comparison->component_slots,
						   sizeof *comparison->component_table);
	if (!comparison->component_table)
		abort();
	memset(comparison->component_table, 0xff, comparison->component_slots * sizeof *comparison->component_table);
	for (uint32_t i = 0; i < comparison->component_count; i++)
		comparison->component_table[find_slot(comparison, comparison->components[i].key)] = i;
}

static void take_version(struct wp_comparison *comparison, const char **version, const char *found)
{
	if (!*version || wp_version_compare(*version, found) < 0)
		*version = wp_arena_strdup(comparison->arena, found);
}

uint32_t wp_files_component(struct wp_comparison *comparison, const char *folder, bool is_new)
{
	char text[512], key[3 * sizeof text];
	struct wp_total_component *component;
	struct parts parts;
	size_t slot, length = strlen(folder);

	if (length >= sizeof text)
		return WP_NO_COMPONENT;
	memcpy(text, folder, length + 1);
	if (!take_apart(text, &parts))
		return WP_NO_COMPONENT;
	snprintf(key, sizeof key, "%s_%s_%s", parts.name, parts.architecture, parts.language ? parts.language : "");
	for (char *c = key; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
	make_room(comparison);
	slot = find_slot(comparison, key);
	if (comparison->component_table[slot] == WP_NO_COMPONENT) {
		comparison->component_table[slot] = comparison->component_count;
		component = WP_PUSH(comparison->arena, comparison->components, comparison->component_count);
		component->key = wp_arena_strdup(comparison->arena, key);
		component->component.name = wp_arena_strdup(comparison->arena, parts.name);
		component->component.architecture = wp_arena_strdup(comparison->arena, parts.architecture);
		component->component.language = wp_arena_strdup(comparison->arena, parts.language);
	}
	component = &comparison->components[comparison->component_table[slot]];
	take_version(comparison, is_new ? &component->component.new_version : &component->component.old_version,
		     parts.version);
	return comparison->component_table[slot];
}
