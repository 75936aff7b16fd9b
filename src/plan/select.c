/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packages a plan is about: --only and --exclude, looked up once, before the scan. */
#include "wimplan/ascii.h"
#include "wimplan/plan.h"

#include <stdlib.h>

/* PackageIDs are the same to a site whatever their letter case. */
static int compare_records(const void *a, const void *b)
{
	return wp_ascii_compare((*(const struct wp_record *const *)a)->package_id,
				(*(const struct wp_record *const *)b)->package_id);
}

static int compare_name(const void *name, const void *record)
{
	return wp_ascii_compare(name, (*(const struct wp_record *const *)record)->package_id);
}

static const struct wp_record **sort_records(struct wp_arena *scratch, const struct wp_record_set *set)
{
	const struct wp_record **sorted = wp_arena_alloc(scratch, set->count * sizeof *sorted);

	for (size_t i = 0; i < set->count; i++)
		sorted[i] = &set->records[i];
	WP_SORT(sorted, set->count, compare_records);
	return sorted;
}

/* The records that an option names, marked in @ret_named. */
static int find(const struct wp_record_set *set, const struct wp_record *const *sorted, const char *option,
		struct wp_names names, bool *ret_named, struct wp_error *err)
{
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		const struct wp_record *const *found =
			set->count ? bsearch(name, sorted, set->count, sizeof *sorted, compare_name) : NULL;

		if (!found)
			return wp_fail(err, WP_E_USAGE, "unknown-package", name,
				       "%s %s: no record of site %s has this PackageID; look them up with 'wimplan "
				       "snapshot show', or choose another --site",
				       option, name, set->site_code ? set->site_code : "(unknown)");
		ret_named[*found - set->records] = true;
	}
	return WP_OK;
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
	const struct wp_record **sorted = sort_records(scratch, set);
	bool *in = wp_arena_alloc(scratch, set->count), *out = wp_arena_alloc(scratch, set->count);
	int status = find(set, sorted, "--only", only, in, err);

	if (!status)
		status = find(set, sorted, "--exclude", exclude, out, err);
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
