/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which image of the old file is which one of the new: by --match, tree, edition, name and index, in this order. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

/* What may tell that two images are one. Each text is a number here, so that rounds compare numbers alone. */
enum property {
	PROPERTY_NOTHING,
	PROPERTY_TREE,
	PROPERTY_EDITION,
	PROPERTY_NAME,
	/* The same whatever the language: known only where each file is of one language, and they are of two. */
	PROPERTY_EDITION_OF_ANY_LANGUAGE,
	PROPERTY_NAME_OF_ANY_LANGUAGE,
	PROPERTY_INDEX,
	PROPERTIES,
};

/* In each round the images that are left and have all of these in common are one, the first with the first. */
static const struct round {
	enum wp_match by;
	enum property properties[3];
} rounds[] = {
	/* Of several images with one tree those that are most alike. */
	{ WP_MATCH_TREE, { PROPERTY_TREE, PROPERTY_EDITION, PROPERTY_NAME } },
	{ WP_MATCH_TREE, { PROPERTY_TREE, PROPERTY_EDITION } },
	{ WP_MATCH_TREE, { PROPERTY_TREE, PROPERTY_NAME } },
	{ WP_MATCH_TREE, { PROPERTY_TREE, PROPERTY_INDEX } },
	{ WP_MATCH_TREE, { PROPERTY_TREE } },
	{ WP_MATCH_EDITION, { PROPERTY_EDITION, PROPERTY_NAME } },
	{ WP_MATCH_EDITION, { PROPERTY_EDITION } },
	{ WP_MATCH_EDITION, { PROPERTY_EDITION_OF_ANY_LANGUAGE, PROPERTY_NAME } },
	{ WP_MATCH_EDITION, { PROPERTY_EDITION_OF_ANY_LANGUAGE } },
	{ WP_MATCH_NAME, { PROPERTY_NAME } },
	{ WP_MATCH_NAME, { PROPERTY_NAME_OF_ANY_LANGUAGE } },
	{ WP_MATCH_INDEX, { PROPERTY_INDEX } },
};

struct side {
	const struct wp_facts *items;
	size_t count;
	uint32_t (*values)[PROPERTIES]; /* 0: not known */
	size_t *partner;                /* SIZE_MAX: none yet */
};

struct matcher {
	struct wp_arena *arena; /* scratch */
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

/* A text of an image, and where its number goes. */
struct text {
	const char *folded;
	uint32_t *value;
};

static int compare_texts(const void *a, const void *b)
{
	return strcmp(((const struct text *)a)->folded, ((const struct text *)b)->folded);
}

/* Text of an image that tells who it is; NULL where it is not known. May be made in @arena. */
typedef const char *wp_text_of(struct wp_arena *arena, const struct wp_facts *facts);

/* Numbers the texts of both sides, without regard to case: those that are equal have one number. */
static void number_texts(struct matcher *matcher, enum property property, wp_text_of *text_of)
{
	struct side *sides[] = { &matcher->old, &matcher->new };
	struct text *texts =
		wp_arena_alloc(matcher->arena, (matcher->old.count + matcher->new.count) * sizeof *texts);
	size_t count = 0;
	uint32_t number = 0;

	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < sides[s]->count; i++) {
			const char *text = text_of(matcher->arena, &sides[s]->items[i]);

			if (text && *text)
				texts[count++] = (struct text){ wp_text_fold(matcher->arena, text),
								&sides[s]->values[i][property] };
		}
	WP_SORT(texts, count, compare_texts);
	for (size_t i = 0; i < count; i++)
		*texts[i].value = i && !compare_texts(&texts[i - 1], &texts[i]) ? number : ++number;
}

static const char *tree_of(struct wp_arena *arena, const struct wp_facts *facts)
{
	(void)arena;
	return facts->tree;
}

static const char *edition_of(struct wp_arena *arena, const struct wp_facts *facts)
{
	if (!facts->edition || !facts->language)
		return NULL;
	return wp_arena_printf(arena, "%s\n%s", facts->edition, facts->language);
}

static const char *name_of(struct wp_arena *arena, const struct wp_facts *facts)
{
	(void)arena;
	return facts->name;
}

static const char *edition_of_any_language(struct wp_arena *arena, const struct wp_facts *facts)
{
	(void)arena;
	return facts->edition;
}

/* The name without the tag of its own language in it: "Windows 11 Pro de-DE". */
static const char *name_of_any_language(struct wp_arena *arena, const struct wp_facts *facts)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t length = facts->language ? strlen(facts->language) : 0;

	if (!facts->name || !length)
		return NULL;
	for (const char *at = facts->name; *at;) {
		if (wp_ascii_begins(at, facts->language))
			at += length;
		else
			wp_buf_putc(&buf, *at++);
	}
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

/* The language of a file whose images are all of one; NULL when there are several, or none is known. */
static const char *language_of(const struct side *side)
{
	const char *language = NULL;

	for (size_t i = 0; i < side->count; i++) {
		const char *own = side->items[i].language;

		if (language && own && !wp_ascii_same(language, own))
			return NULL;
		language = language ? language : own;
	}
	return language;
}

static void number_all(struct matcher *matcher)
{
	struct side *sides[] = { &matcher->old, &matcher->new };
	const char *old = language_of(&matcher->old), *new = language_of(&matcher->new);

	for (size_t s = 0; s < 2; s++) {
		sides[s]->values = wp_arena_alloc(matcher->arena, sides[s]->count * sizeof *sides[s]->values);
		for (size_t i = 0; i < sides[s]->count; i++)
			sides[s]->values[i][PROPERTY_INDEX] = sides[s]->items[i].index;
	}
	number_texts(matcher, PROPERTY_TREE, tree_of);
	number_texts(matcher, PROPERTY_EDITION, edition_of);
	number_texts(matcher, PROPERTY_NAME, name_of);
	if (!old || !new || wp_ascii_same(old, new))
		return;
	number_texts(matcher, PROPERTY_EDITION_OF_ANY_LANGUAGE, edition_of_any_language);
	number_texts(matcher, PROPERTY_NAME_OF_ANY_LANGUAGE, name_of_any_language);
}

/* An image that a round may match. */
struct candidate {
	uint32_t key[3];
	size_t at;
};

static int compare_keys(const struct candidate *x, const struct candidate *y)
{
	int order = 0;

	for (size_t i = 0; i < 3 && !order; i++)
		order = (x->key[i] > y->key[i]) - (x->key[i] < y->key[i]);
	return order;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = compare_keys(x, y);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Sets the image's key in this round; false when it lacks a part of it. */
static bool make_key(const struct side *side, size_t at, const struct round *round, struct candidate *ret)
{
	*ret = (struct candidate){ .at = at };
	for (size_t i = 0; i < 3 && round->properties[i] != PROPERTY_NOTHING; i++) {
		ret->key[i] = side->values[at][round->properties[i]];
		if (!ret->key[i])
			return false;
	}
	return true;
}

static size_t take_candidates(const struct side *side, const struct round *round, struct candidate *candidates)
{
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++)
		if (side->partner[i] == SIZE_MAX && make_key(side, i, round, &candidates[count]))
			count++;
	WP_SORT(candidates, count, compare_candidates);
	return count;
}

/* Two editions that are known to be different are not one image because they stand at one place. */
static bool may_join(const struct matcher *matcher, size_t old, size_t new, enum wp_match by)
{
	return by != WP_MATCH_INDEX || !matcher->old.values[old][PROPERTY_EDITION] ||
	       !matcher->new.values[new][PROPERTY_EDITION];
}

static void play(struct matcher *matcher, const struct round *round)
{
	struct candidate *old = wp_arena_alloc(matcher->arena, matcher->old.count * sizeof *old);
	struct candidate *new = wp_arena_alloc(matcher->arena, matcher->new.count * sizeof *new);
	size_t old_count = take_candidates(&matcher->old, round, old);
	size_t new_count = take_candidates(&matcher->new, round, new);

	for (size_t o = 0, n = 0; o < old_count && n < new_count;) {
		int order = compare_keys(&old[o], &new[n]);

		if (!order && may_join(matcher, old[o].at, new[n].at, round->by))
			join(matcher, old[o].at, new[n].at, round->by);
		o += order <= 0;
		n += order >= 0;
	}
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
	image->complete = (!old || old->complete) && (!new || new->complete);
	image->status = !old ? WP_DIFF_ADDED : !new ? WP_DIFF_REMOVED : WP_DIFF_SAME;
	if (old && new)
		wp_pair_fields(diff, image, old, new);
	if (image->field_count)
		image->status = WP_DIFF_CHANGED;
}

static struct side make_side(struct wp_arena *arena, const struct wp_facts *items, size_t count)
{
	struct side side = { .items = items, .count = count };

	side.partner = wp_arena_alloc(arena, count * sizeof *side.partner);
	for (size_t i = 0; i < count; i++)
		side.partner[i] = SIZE_MAX;
	return side;
}

int wp_pair_images(struct wp_diff *diff, const struct wp_facts *old, size_t old_count, const struct wp_facts *new,
		   size_t new_count, const struct wp_diff_options *options, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct matcher matcher = {
		.arena = scratch,
		.old = make_side(scratch, old, old_count),
		.new = make_side(scratch, new, new_count),
		.by = wp_arena_alloc(scratch, new_count * sizeof *matcher.by),
	};

	for (size_t i = 0; i < options->match_count; i++)
		if (take_option(&matcher, &options->matches[i], err))
			return WP_E_USAGE;
	if (!options->only_matched) {
		number_all(&matcher);
		for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++)
			play(&matcher, &rounds[i]);
	}
	for (size_t n = 0; n < new_count; n++) {
		size_t o = matcher.new.partner[n];

		if (o != SIZE_MAX || !options->only_matched)
			add_image(diff, o == SIZE_MAX ? NULL : &old[o], &new[n], matcher.by[n]);
	}
	for (size_t o = 0; o < old_count && !options->only_matched; o++)
		if (matcher.old.partner[o] == SIZE_MAX)
			add_image(diff, &old[o], NULL, WP_MATCH_NONE);
	return WP_OK;
}
