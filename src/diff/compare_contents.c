/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What came and went of what is installed: items by name first, then by version; and what one content brings over
 * another, by their summaries alone.
 */
#include "internal.h"

#include "wimplan/number.h"
#include "wimplan/summary.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

typedef const struct wp_item *item_ref;

/* By what the item is, the newest version first. */
static int compare_refs(const void *a, const void *b)
{
	item_ref x = *(const item_ref *)a, y = *(const item_ref *)b;
	int order = wp_item_compare_key(x, y);

	order = order ? order : wp_version_compare(y->version, x->version);
	return order ? order : wp_text_compare_nocase(x->id ? x->id : "", y->id ? y->id : "");
}

static item_ref *sorted(const struct wp_servicing *servicing)
{
	item_ref *refs = wp_must(malloc((servicing->count + 1) * sizeof *refs));

	for (size_t i = 0; i < servicing->count; i++)
		refs[i] = &servicing->items[i];
	WP_SORT(refs, servicing->count, compare_refs);
	return refs;
}

static bool same_text(const char *a, const char *b)
{
	return wp_text_equal_nocase(a ? a : "", b ? b : "");
}

static bool is_same(const struct wp_item *old, const struct wp_item *new)
{
	return same_text(old->version, new->version) && same_text(old->id, new->id) &&
	       !memcmp(old->sha1, new->sha1, WP_SHA1_SIZE);
}

static struct wp_item copy(struct wp_arena *arena, const struct wp_item *item)
{
	struct wp_item own = *item;

	own.name = wp_arena_strdup(arena, item->name);
	own.architecture = wp_arena_strdup(arena, item->architecture);
	own.language = wp_arena_strdup(arena, item->language);
	own.version = wp_arena_strdup(arena, item->version);
	own.id = wp_arena_strdup(arena, item->id);
	own.kb = wp_arena_strdup(arena, item->kb);
	return own;
}

static void add_change(struct wp_arena *arena, struct wp_diff_contents *contents, item_ref old, item_ref new)
{
	struct wp_diff_group *group = &contents->groups[(old ? old : new)->group];

	if (old && new)
		*WP_PUSH(arena, group->changed, group->changed_count) =
			(struct wp_item_change){ copy(arena, old), copy(arena, new) };
	else if (old)
		*WP_PUSH(arena, group->removed, group->removed_count) = copy(arena, old);
	else
		*WP_PUSH(arena, group->added, group->added_count) = copy(arena, new);
}

/* What is on both sides leaves both lists, which are in one order. */
static void take_equal(struct wp_diff_contents *contents, item_ref *old, size_t old_count, item_ref *new,
		       size_t new_count)
{
	for (size_t o = 0, n = 0; o < old_count && n < new_count;) {
		int order = compare_refs(&old[o], &new[n]);

		if (!order && is_same(old[o], new[n])) {
			contents->groups[old[o]->group].same_count++;
			old[o] = new[n] = NULL;
		}
		o += order <= 0;
		n += order >= 0;
	}
}

/*
 * All versions of one item on both sides, the newest first. Where versions are known the newest is what the image has,
 * and older ones are what is left of former updates: the item changed from the newest to the newest, whatever else came
 * and went. Of drivers, whose folders have a hash alone, what differs is paired as it comes.
 */
static void pair_versions(struct wp_arena *arena, struct wp_diff_contents *contents, item_ref *old, size_t old_count,
			  item_ref *new, size_t new_count)
{
	bool versions = old_count && new_count && old[0]->version && new[0]->version;
	item_ref was = versions ? old[0] : NULL, is = versions ? new[0] : NULL;
	size_t o = 0, n = 0;

	take_equal(contents, old, old_count, new, new_count);
	if (versions && !is_same(was, is)) {
		add_change(arena, contents, was, is);
		old[0] = new[0] = NULL;
	}
	for (;;) {
		while (o < old_count && !old[o])
			o++;
		while (n < new_count && !new[n])
			n++;
		if (o == old_count && n == new_count)
			return;
		if (versions && o < old_count && n < new_count) {
			add_change(arena, contents, old[o++], NULL);
			continue;
		}
		add_change(arena, contents, o < old_count ? old[o] : NULL, n < new_count ? new[n] : NULL);
		o += o < old_count;
		n += n < new_count;
	}
}

static int compare_shown(const struct wp_item *x, const struct wp_item *y)
{
	int order = (int)x->kind - (int)y->kind;

	order = order ? order : wp_item_compare_key(x, y);
	return order ? order : wp_version_compare(x->version, y->version);
}

static int compare_items(const void *a, const void *b)
{
	return compare_shown(a, b);
}

static int compare_changes(const void *a, const void *b)
{
	return compare_shown(&((const struct wp_item_change *)a)->new, &((const struct wp_item_change *)b)->new);
}

static size_t run_length(item_ref *items, size_t count, item_ref key)
{
	size_t length = 0;

	while (length < count && !wp_item_compare_key(items[length], key))
		length++;
	return length;
}

static uint64_t item_text(const struct wp_item *item)
{
	const char *texts[] = { item->name, item->architecture, item->language, item->version, item->id };
	uint64_t text = sizeof *item;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		text += texts[i] ? strlen(texts[i]) : 0;
	return text;
}

uint64_t wp_diff_contents_text(const struct wp_diff_contents *contents)
{
	uint64_t text = 0;

	for (int g = 0; g < WP_ITEM_GROUPS; g++) {
		const struct wp_diff_group *group = &contents->groups[g];

		for (size_t i = 0; i < group->added_count; i++)
			text += item_text(&group->added[i]);
		for (size_t i = 0; i < group->removed_count; i++)
			text += item_text(&group->removed[i]);
		for (size_t i = 0; i < group->changed_count; i++)
			text += item_text(&group->changed[i].old) + item_text(&group->changed[i].new);
	}
	return text;
}

struct wp_diff_contents *wp_pair_contents(struct wp_arena *arena, const struct wp_servicing *old,
					  const struct wp_servicing *new)
{
	struct wp_diff_contents *contents = wp_arena_alloc(arena, sizeof *contents);
	item_ref *a = sorted(old), *b = sorted(new);

	contents->windows_old = old->windows;
	contents->windows_new = new->windows;
	for (size_t i = 0, k = 0; i < old->count || k < new->count;) {
		item_ref key = i == old->count ? b[k] : a[i];
		size_t x, y;

		if (i < old->count && k < new->count && wp_item_compare_key(b[k], a[i]) < 0)
			key = b[k];
		x = run_length(a + i, old->count - i, key);
		y = run_length(b + k, new->count - k, key);
		pair_versions(arena, contents, a + i, x, b + k, y);
		i += x;
		k += y;
	}
	free(a);
	free(b);
	for (int g = 0; g < WP_ITEM_GROUPS; g++) {
		struct wp_diff_group *group = &contents->groups[g];

		WP_SORT(group->added, group->added_count, compare_items);
		WP_SORT(group->removed, group->removed_count, compare_items);
		WP_SORT(group->changed, group->changed_count, compare_changes);
	}
	return contents;
}

static void compare_blobs(const struct wp_opened_summary *old, const struct wp_opened_summary *new, struct wp_content_change *ret)
{
	for (uint64_t o = 0, n = 0; n < new->blob_count; n++) {
		const uint8_t *blob = new->blobs + n * WP_SUMMARY_BLOB;
		uint64_t size = 0;

		for (unsigned int i = 8; i-- > 0;)
			size = size << 8 | blob[4 + i];
		while (o < old->blob_count && memcmp(old->blobs + o * WP_SUMMARY_BLOB, blob, 4) < 0)
			o++;
		ret->bytes = wp_sum(ret->bytes, size);
		/* Two pieces of data with the same 32 bits and the same size are one, but for one in four thousand millions. */
		if (o == old->blob_count || memcmp(old->blobs + o * WP_SUMMARY_BLOB, blob, WP_SUMMARY_BLOB) != 0)
			ret->bytes_new = wp_sum(ret->bytes_new, size);
		else
			o++;
	}
}

static void take_updates(struct wp_arena *arena, const struct wp_diff_group *packages, struct wp_content_change *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < packages->added_count; i++)
		if (packages->added[i].kb)
			*WP_PUSH(arena, ret->updates, ret->update_count) = packages->added[i].kb;
	if (!ret->update_count)
		return;
	qsort(ret->updates, ret->update_count, sizeof *ret->updates, wp_text_compare_items);
	for (size_t i = 0; i < ret->update_count; i++)
		if (!count || strcmp(ret->updates[count - 1], ret->updates[i]) != 0)
			ret->updates[count++] = ret->updates[i];
	ret->update_count = count;
}

bool wp_content_summary_compare(struct wp_arena *arena, const struct wp_content_summary *old,
				const struct wp_content_summary *new, struct wp_content_change *ret)
{
	struct wp_diff_contents *contents;
	struct wp_opened_summary a, b;
	unsigned int version;

	*ret = (struct wp_content_change){ 0 };
	if (!wp_content_summary_open(arena, old, &a) || !wp_content_summary_open(arena, new, &b))
		return false;
	version = a.version < b.version ? a.version : b.version;
	wp_content_summary_lower(&a, version);
	wp_content_summary_lower(&b, version);
	contents = wp_pair_contents(arena, &a.servicing, &b.servicing);
	for (int g = 0; g < WP_ITEM_GROUPS; g++) {
		const struct wp_diff_group *group = &contents->groups[g];

		ret->groups[g] = (struct wp_group_change){ group->added_count, group->removed_count, group->changed_count };
	}
	take_updates(arena, &contents->groups[WP_ITEM_GROUP_PACKAGE], ret);
	compare_blobs(&a, &b, ret);
	return true;
}
