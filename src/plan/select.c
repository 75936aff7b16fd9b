/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packages a plan is about: --only and --exclude, looked up once. */
#include "wimplan/ascii.h"
#include "wimplan/plan.h"

#include <stdlib.h>
#include <string.h>

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
	if (set->count)
		qsort(sorted, set->count, sizeof *sorted, compare_records);
	return sorted;
}

/* The records that an option names, marked in @ret_named. */
static int find(const struct wp_record_set *set, const struct wp_record *const *sorted, const char *option,
		const char *const *names, size_t count, bool *ret_named, struct wp_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct wp_record *const *found =
			set->count ? bsearch(names[i], sorted, set->count, sizeof *sorted, compare_name) : NULL;

		if (!found)
			return wp_fail(err, WP_E_USAGE, "unknown-package", names[i],
				       "%s %s: no record of site %s has this PackageID; look them up with 'wimplan "
				       "snapshot show', or choose another --site",
				       option, names[i], set->site_code ? set->site_code : "(unknown)");
		ret_named[*found - set->records] = true;
	}
	return WP_OK;
}

/* The names of marked records; a set's records are sorted. */
static void list(struct wp_arena *arena, const struct wp_record_set *set, const bool *named, const char ***ret_names,
		 size_t *ret_count)
{
	for (size_t i = 0; i < set->count; i++)
		if (named[i])
			*WP_PUSH(arena, *ret_names, *ret_count) = wp_arena_strdup(arena, set->records[i].package_id);
}

int wp_plan_select(const struct wp_plan_input *input, struct wp_arena *arena, struct wp_selection *ret,
		   struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_record_set *set = input->set;
	const struct wp_record **sorted = sort_records(scratch, set);
	bool *only = wp_arena_alloc(scratch, set->count), *exclude = wp_arena_alloc(scratch, set->count);
	int status = find(set, sorted, "--only", input->only, input->only_count, only, err);

	if (!status)
		status = find(set, sorted, "--exclude", input->exclude, input->exclude_count, exclude, err);
	if (status)
		return status;
	*ret = (struct wp_selection){ .chosen = wp_arena_alloc(arena, set->count) };
	list(arena, set, only, &ret->only, &ret->only_count);
	list(arena, set, exclude, &ret->exclude, &ret->exclude_count);
	for (size_t i = 0; i < set->count; i++)
		ret->chosen[i] = (only[i] || !input->only_count) && !exclude[i];
	return WP_OK;
}
