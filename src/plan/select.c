/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packages are meant: --only and --exclude, looked up once, before anything is scanned or called. */
#include "wimplan/ascii.h"
#include "wimplan/plan.h"

#include <stdlib.h>

/* PackageIDs are the same to a site whatever their letter case. */
static int compare_ids(const void *a, const void *b)
{
	return wp_ascii_compare(**(const char **const *)a, **(const char **const *)b);
}

const char *wp_names_find(struct wp_names ids, struct wp_names names, bool *ret_named)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char ***sorted = wp_arena_alloc(scratch, ids.count * sizeof *sorted), ***end = sorted + ids.count;

	for (size_t i = 0; i < ids.count; i++)
		sorted[i] = &ids.items[i];
	WP_SORT(sorted, ids.count, compare_ids);
	for (size_t i = 0; i < names.count; i++) {
		const char **key = &names.items[i], ***found;

		found = ids.count ? bsearch(&key, sorted, ids.count, sizeof *sorted, compare_ids) : NULL;
		if (!found)
			return *key;
		while (found > sorted && wp_ascii_same(*found[-1], *key))
			found--;
		for (; found < end && wp_ascii_same(**found, *key); found++)
			ret_named[*found - ids.items] = true;
	}
	return NULL;
}

/* The records that an option names, marked in @ret_named. */
static int find(const struct wp_record_set *set, struct wp_names ids, const char *option, struct wp_names names,
		bool *ret_named, struct wp_error *err)
{
	const char *unknown = wp_names_find(ids, names, ret_named);

	if (!unknown)
		return WP_OK;
	return wp_fail(err, WP_E_USAGE, "unknown-package", unknown,
		       "%s %s: no record of site %s has this PackageID; look them up with 'wimplan snapshot show', or "
		       "choose another --site",
		       option, unknown, set->site_code ? set->site_code : "(unknown)");
}

/* The names of marked records; a set's records are sorted. */
static struct wp_names list(struct wp_arena *arena, const struct wp_record_set *set, const bool *named)
{
	struct wp_names names = { 0 };

	for (size_t i = 0; i < set->count; i++)
		if (named[i])
			*WP_PUSH(arena, names.items, names.count) = set->records[i].package_id;
	return names;
}

int wp_plan_select(struct wp_arena *arena, const struct wp_record_set *set, struct wp_names only,
		   struct wp_names exclude, struct wp_selection *ret, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_names ids = { wp_arena_alloc(scratch, set->count * sizeof *ids.items), set->count };
	bool *in = wp_arena_alloc(scratch, set->count), *out = wp_arena_alloc(scratch, set->count);
	int status;

	for (size_t i = 0; i < set->count; i++)
		ids.items[i] = set->records[i].package_id;
	status = find(set, ids, "--only", only, in, err);
	if (!status)
		status = find(set, ids, "--exclude", exclude, out, err);
	if (status)
		return status;
	*ret = (struct wp_selection){
		.chosen = wp_arena_alloc(arena, set->count),
		.only = list(arena, set, in),
		.exclude = list(arena, set, out),
	};
	for (size_t i = 0; i < set->count; i++)
		ret->chosen[i] = (in[i] || !only.count) && !out[i];
	return WP_OK;
}
