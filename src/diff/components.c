/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Components: the folders of Windows\WinSxS are ARCHITECTURE_NAME_TOKEN_VERSION_LANGUAGE_HASH. */
#include "comparison.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

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
	*ret = (struct parts){ text, name + 1, version, wp_ascii_same(language, "none") ? NULL : language };
	return true;
}

/* One side of a folder, taken apart. */
struct entry {
	struct parts parts; /* texts in a scratch arena */
	const struct wp_total_folder *folder;
	bool is_new;
	bool counts; /* the folder's totals are taken with this one */
};

static int compare_entries(const void *a, const void *b)
{
	const struct parts *x = &((const struct entry *)a)->parts, *y = &((const struct entry *)b)->parts;
	int order = wp_text_compare_nocase(x->name, y->name);

	order = order ? order : wp_text_compare_nocase(x->architecture, y->architecture);
	return order ? order : wp_text_compare_nocase(x->language ? x->language : "", y->language ? y->language : "");
}

static void add_entry(struct wp_arena *scratch, struct entry *entries, size_t *count, const char *name, bool is_new,
		      const struct wp_total_folder *folder, bool counts)
{
	struct parts parts;

	if (take_apart(wp_arena_strdup(scratch, name), &parts))
		entries[(*count)++] = (struct entry){ parts, folder, is_new, counts };
}

/* All folders of Windows\WinSxS, by component. */
static struct entry *sorted_entries(struct wp_arena *scratch, const struct wp_comparison *comparison, size_t *ret_count)
{
	struct entry *entries = wp_arena_alloc(scratch, 2 * (size_t)comparison->stored_count * sizeof *entries);
	size_t count = 0;

	for (uint32_t i = 0; i < comparison->stored_count; i++) {
		const struct wp_total_folder *folder = &comparison->stored[i];
		bool has_new = folder->new_node != WP_NO_NODE;

		if (has_new)
			add_entry(scratch, entries, &count, wp_tree_name(comparison->new, folder->new_node), true, folder,
				  true);
		if (folder->old_node != WP_NO_NODE)
			add_entry(scratch, entries, &count, wp_tree_name(comparison->old, folder->old_node), false,
				  folder, !has_new);
	}
	WP_SORT(entries, count, compare_entries);
	*ret_count = count;
	return entries;
}

static void take_version(const char **version, const char *found)
{
	if (!*version || wp_version_compare(*version, found) < 0)
		*version = found;
}

/* The component of @count entries that belong together, with texts that are theirs. */
static struct wp_diff_component join(const struct entry *entries, size_t count)
{
	struct wp_diff_component component = {
		.name = entries->parts.name,
		.architecture = entries->parts.architecture,
		.language = entries->parts.language,
	};

	for (size_t i = 0; i < count; i++) {
		take_version(entries[i].is_new ? &component.new_version : &component.old_version, entries[i].parts.version);
		if (entries[i].counts)
			wp_totals_add(&component.totals, &entries[i].folder->totals);
	}
	return component;
}

void wp_files_components(const struct wp_comparison *comparison, struct wp_diff_files *files)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t count, end;
	struct entry *entries = sorted_entries(scratch, comparison, &count);

	for (size_t i = 0; i < count; i = end) {
		struct wp_diff_component component;

		for (end = i + 1; end < count && !compare_entries(&entries[i], &entries[end]);)
			end++;
		component = join(entries + i, end - i);
		if (wp_totals_empty(&component.totals))
			continue;
		component.name = wp_arena_strdup(comparison->arena, component.name);
		component.architecture = wp_arena_strdup(comparison->arena, component.architecture);
		component.language = wp_arena_strdup(comparison->arena, component.language);
		component.old_version = wp_arena_strdup(comparison->arena, component.old_version);
		component.new_version = wp_arena_strdup(comparison->arena, component.new_version);
		*WP_PUSH(comparison->arena, files->components, files->component_count) = component;
	}
}
