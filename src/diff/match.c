/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which image of the old file is which one of the new: by --match, edition, name, index, and what their fields say. */
#include "pair.h"

#include "wimplan/text.h"

#include <string.h>

struct side {
	const struct wp_facts *items;
	size_t count;
	size_t *partner; /* SIZE_MAX: none yet */
};

struct matcher {
	struct side old, new;
	enum wp_match *by; /* of the new image */
};

static size_t find_index(const struct side *side, uint32_t index)
{
	for (size_t i = 0; i < side->count; i++)
		if (side->items[i].index == index)
			return i;
	return SIZE_MAX;
}

static void join(struct matcher *matcher, size_t old, size_t new, enum wp_match by)
{
	matcher->old.partner[old] = new;
	matcher->new.partner[new] = old;
	matcher->by[new] = by;
}

static int take_option(struct matcher *matcher, const struct wp_diff_match *match, struct wp_error *err)
{
	size_t old = find_index(&matcher->old, match->old_index), new = find_index(&matcher->new, match->new_index);

	if (old == SIZE_MAX || new == SIZE_MAX)
		return wp_fail(err, WP_E_USAGE, "no-such-image", "--match",
			       "--match %u:%u: the %s file has no image %u", match->old_index, match->new_index,
			       old == SIZE_MAX ? "old" : "new", old == SIZE_MAX ? match->old_index : match->new_index);
	if (matcher->old.partner[old] != SIZE_MAX || matcher->new.partner[new] != SIZE_MAX)
		return wp_fail(err, WP_E_USAGE, "usage", "--match", "--match %u:%u: an image can be matched only once",
			       match->old_index, match->new_index);
	join(matcher, old, new, WP_MATCH_OPTION);
	return WP_OK;
}

static bool same_text(const char *a, const char *b)
{
	return a && b && *a && wp_text_equal_nocase(a, b);
}

/* Whether the two may be one image by this rule. */
static bool fits(const struct wp_facts *old, const struct wp_facts *new, enum wp_match by, bool name_too)
{
	switch (by) {
	case WP_MATCH_EDITION:
		return same_text(old->edition, new->edition) && (!name_too || same_text(old->name, new->name));
	case WP_MATCH_NAME:
		return same_text(old->name, new->name);
	default:
		/* Two editions that are known to be different are not one image because they stand at one place. */
		return old->index == new->index && !(old->edition && new->edition);
	}
}

static void match_by(struct matcher *matcher, enum wp_match by, bool name_too)
{
	for (size_t n = 0; n < matcher->new.count; n++) {
		for (size_t o = 0; o < matcher->old.count && matcher->new.partner[n] == SIZE_MAX; o++)
			if (matcher->old.partner[o] == SIZE_MAX &&
			    fits(&matcher->old.items[o], &matcher->new.items[n], by, name_too))
				join(matcher, o, n, by);
	}
}

static const struct wp_diff_field *find_field(const struct wp_facts *facts, const char *name, size_t nth)
{
	for (size_t i = 0; i < facts->field_count; i++)
		if (!strcmp(facts->fields[i].field, name) && !nth--)
			return &facts->fields[i];
	return NULL;
}

static void add_field(struct wp_diff *diff, struct wp_diff_image *image, const char *name, const char *old,
		      const char *new)
{
	struct wp_diff_field *field;

	if (old && new && !strcmp(old, new))
		return;
	field = WP_PUSH(diff->arena, image->fields, image->field_count);
	field->field = wp_arena_strdup(diff->arena, name);
	field->old = wp_arena_strdup(diff->arena, old);
	field->new = wp_arena_strdup(diff->arena, new);
	field->lost = old && *old && (!new || !*new);
}

/* How many fields of that name stand before field @at: elements outside the model may be repeated. */
static size_t rank(const struct wp_facts *facts, size_t at)
{
	size_t count = 0;

	for (size_t i = 0; i < at; i++)
		count += !strcmp(facts->fields[i].field, facts->fields[at].field);
	return count;
}

/* Both lists have the order of inspect --json; what only the new one has stands behind its neighbour there. */
static void compare_fields(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_facts *old,
			   const struct wp_facts *new)
{
	size_t n = 0;

	for (size_t o = 0; o < old->field_count; o++) {
		const struct wp_diff_field *was = &old->fields[o];
		const struct wp_diff_field *is = find_field(new, was->field, rank(old, o));

		while (is && new->fields + n < is) {
			if (!find_field(old, new->fields[n].field, rank(new, n)))
				add_field(diff, image, new->fields[n].field, NULL, new->fields[n].old);
			n++;
		}
		if (is && new->fields + n == is)
			n++;
		add_field(diff, image, was->field, was->old, is ? is->old : NULL);
	}
	for (; n < new->field_count; n++)
		if (!find_field(old, new->fields[n].field, rank(new, n)))
			add_field(diff, image, new->fields[n].field, NULL, new->fields[n].old);
}

static void add_image(struct wp_diff *diff, const struct wp_facts *old, const struct wp_facts *new, enum wp_match by)
{
	struct wp_diff_image *image = WP_PUSH(diff->arena, diff->images, diff->image_count);

	image->matched_by = by;
	if (old) {
		image->old_index = old->index;
		image->old_name = wp_arena_strdup(diff->arena, old->name);
	}
	if (new) {
		image->new_index = new->index;
		image->new_name = wp_arena_strdup(diff->arena, new->name);
	}
	image->status = !old ? WP_DIFF_ADDED : !new ? WP_DIFF_REMOVED : WP_DIFF_SAME;
	if (old && new)
		compare_fields(diff, image, old, new);
	if (image->field_count)
		image->status = WP_DIFF_CHANGED;
}

static size_t *no_partners(struct wp_arena *arena, size_t count)
{
	size_t *partners = wp_arena_alloc(arena, count * sizeof *partners);

	for (size_t i = 0; i < count; i++)
		partners[i] = SIZE_MAX;
	return partners;
}

int wp_pair_images(struct wp_diff *diff, const struct wp_facts *old, size_t old_count, const struct wp_facts *new,
		   size_t new_count, const struct wp_diff_options *options, struct wp_error *err)
{
	struct matcher matcher = {
		.old = { old, old_count, no_partners(diff->arena, old_count) },
		.new = { new, new_count, no_partners(diff->arena, new_count) },
		.by = wp_arena_alloc(diff->arena, new_count * sizeof *matcher.by),
	};

	for (size_t i = 0; i < options->match_count; i++)
		if (take_option(&matcher, &options->matches[i], err))
			return WP_E_USAGE;
	match_by(&matcher, WP_MATCH_EDITION, true);
	match_by(&matcher, WP_MATCH_EDITION, false);
	match_by(&matcher, WP_MATCH_NAME, false);
	match_by(&matcher, WP_MATCH_INDEX, false);
	for (size_t n = 0; n < new_count; n++) {
		size_t o = matcher.new.partner[n];

		add_image(diff, o == SIZE_MAX ? NULL : &old[o], &new[n], matcher.by[n]);
	}
	for (size_t o = 0; o < old_count; o++)
		if (matcher.old.partner[o] == SIZE_MAX)
			add_image(diff, &old[o], NULL, WP_MATCH_NONE);
	return WP_OK;
}
