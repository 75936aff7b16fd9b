/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of distribution points, as far as rows name them: which packages were given to each, and how many points it has. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/distribution.h"
#include "wimplan/json.h"

#include <stdio.h>
#include <string.h>

/* SMS_PackageContentServerInfo.ContentServerType */
enum { SERVER_IS_GROUP = 2 };

struct gathering {
	struct wp_arena *arena;
	struct wp_point_groups *ret;
	json_t *packages; /* PackageID → place in the set, of those that are asked for */
	json_t *groups;   /* id in small letters → index into ret->items */
	json_t *seen;     /* "group/p/package" and "group/d/point" */
};

/* Room for a key: there are millions of messages, so none is made in the arena. Longer names are told apart by their beginning. */
#define KEY 300

static void make_key(char key[KEY], size_t group, char kind, const char *what)
{
	snprintf(key, KEY, "%zu/%c/%s", group, kind, what);
	for (char *at = key; *at; at++)
		*at = (char)wp_ascii_lower(*at);
}

/* True the first time that it is asked about @what, a @kind, in the group. */
static bool is_new(struct gathering *g, size_t group, char kind, const char *what)
{
	char key[KEY];
	size_t place;

	make_key(key, group, kind, what);
	if (wp_place_find(g->seen, key, &place))
		return false;
	wp_place_keep(g->seen, key, 0);
	return true;
}

/* The group that a row names in @column, made when it is new; it is given the row's package. NULL when it names none of both. */
static struct wp_point_group *group_of(struct gathering *g, const json_t *row, const char *column)
{
	const char *package = wp_json_get_text(row, "PackageID"), *id = wp_json_get_text(row, column);
	struct wp_point_group *group;
	size_t place, at;
	char key[KEY];

	if (!id || !*id || !wp_place_find(g->packages, package, &place))
		return NULL;
	make_key(key, 0, 'g', id);
	if (!wp_place_find(g->groups, key, &at)) {
		at = g->ret->count;
		wp_place_keep(g->groups, key, at);
		group = WP_PUSH(g->arena, g->ret->items, g->ret->count);
		group->id = group->name = wp_arena_strdup(g->arena, id);
	}
	group = &g->ret->items[at];
	if (is_new(g, at, 'p', package))
		*WP_PUSH(g->arena, group->packages, group->package_count) = place;
	return group;
}

static void take_target(struct gathering *g, const json_t *row)
{
	struct wp_number type = wp_column_number(row, "ContentServerType");
	struct wp_point_group *group = NULL;

	if (type.known && type.value == SERVER_IS_GROUP)
		group = group_of(g, row, "ContentServerID");
	if (group && group->name == group->id && wp_column_text(g->arena, row, "Name"))
		group->name = wp_column_text(g->arena, row, "Name");
}

/* A message about a point of a group; those of the class for single points have no group. */
static void take_message(struct gathering *g, const json_t *row)
{
	struct wp_point_group *group = group_of(g, row, "GroupID");
	const char *point = group ? wp_point_name(g->arena, WP_SITE_MESSAGES, row) : NULL;

	if (point && is_new(g, (size_t)(group - g->ret->items), 'd', point))
		group->points++;
}

static int compare_places(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Those whose points no row names come last: nobody knows how many they are. */
static int compare_groups(const void *a, const void *b)
{
	const struct wp_point_group *x = a, *y = b;
	int order;

	if (x->points != y->points)
		return x->points && (!y->points || x->points < y->points) ? -1 : 1;
	order = wp_ascii_compare(x->name, y->name);
	return order ? order : strcmp(x->id, y->id);
}

void wp_point_groups_read(struct wp_arena *arena, const struct wp_record_set *set, const bool *wanted,
			  struct wp_point_groups *ret)
{
	struct gathering g = { .arena = arena, .ret = ret, .packages = json_object(), .groups = json_object(),
			       .seen = json_object() };
	const json_t *row;
	size_t i;

	*ret = (struct wp_point_groups){ 0 };
	for (i = 0; i < set->count; i++)
		if (wanted[i])
			wp_place_keep(g.packages, set->records[i].package_id, i);
	/* Rows of other packages are left at their first column. */
	json_array_foreach(wp_site_rows(set->site, WP_SITE_TARGETS), i, row)
		take_target(&g, row);
	json_array_foreach(wp_site_rows(set->site, WP_SITE_MESSAGES), i, row)
		take_message(&g, row);
	for (i = 0; i < ret->count; i++)
		WP_SORT(ret->items[i].packages, ret->items[i].package_count, compare_places);
	WP_SORT(ret->items, ret->count, compare_groups);
	json_decref(g.packages);
	json_decref(g.groups);
	json_decref(g.seen);
}
