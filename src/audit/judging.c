/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and notes for images that share a finding. */
#include "judging.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

void wp_judged_add(struct wp_expecting *judge, struct wp_judged *group, const struct wp_wim_image *image, const char *found)
{
	size_t count = group->count;

	*WP_PUSH(judge->arena, group->found, count) = found;
	*WP_PUSH(judge->arena, group->images, group->count) = image;
}

const char *wp_judged_words(const struct wp_expecting *judge, const struct wp_judged *group)
{
	const char **names = wp_arena_alloc(judge->arena, group->count * sizeof *names);

	if (group->count > 1 && group->count == judge->image_count)
		return group->count == 2 ? "both images" : wp_arena_printf(judge->arena, "all %zu images", group->count);
	for (size_t i = 0; i < group->count; i++)
		names[i] = wp_arena_printf(judge->arena, "%" PRIu32, group->images[i]->index);
	return wp_arena_printf(judge->arena, "image%s %s", wp_plural(group->count),
			       wp_text_names(judge->arena, names, group->count, WP_JUDGED_NAMES));
}

const char *wp_judged_found(const struct wp_expecting *judge, const struct wp_judged *group)
{
	const char **names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++) {
		bool again = false;

		for (size_t k = 0; k < count && !again; k++)
			again = !strcmp(names[k], group->found[i]);
		if (!again)
			*WP_PUSH(judge->arena, names, count) = group->found[i];
	}
	return wp_text_names(judge->arena, names, count, WP_JUDGED_NAMES);
}

json_t *wp_judged_names_json(const struct wp_names *names)
{
	json_t *array = json_array();

	for (size_t i = 0; i < names->count; i++)
		wp_json_push(array, wp_json_text(names->items[i]));
	return array;
}

json_t *wp_judged_facts(const struct wp_judged *group, const char *what, json_t *expected)
{
	json_t *images = json_array();

	for (size_t i = 0; i < group->count; i++)
		wp_json_push(images, wp_json_object("image", wp_json_u64(group->images[i]->index), "name",
						    wp_json_text(group->images[i]->name), "found",
						    wp_json_text(group->found[i]), NULL));
	return wp_json_object("what", wp_json_text(what), "expected", expected, "images", images, NULL);
}

void wp_expect_note(struct wp_expecting *judge, enum wp_note_kind kind, const struct wp_judged *group, json_t *facts,
		    const char *summary)
{
	uint32_t image = group && group->count == 1 ? group->images[0]->index : 0;

	*WP_PUSH(judge->arena, judge->notes, judge->note_count) = wp_note_make(kind, image, facts, summary);
}

void wp_expect_unknown(struct wp_expecting *judge, const struct wp_judged *group, const char *what, json_t *expected,
		       const char *words)
{
	if (group->count)
		wp_expect_note(judge, WP_NOTE_EXPECT_UNKNOWN, group, wp_judged_facts(group, what, expected),
			      wp_arena_printf(judge->arena, "%s %s no %s, so that nothing can be held against what is expected",
					      wp_judged_words(judge, group), group->count == 1 ? "names" : "name", words));
	else
		json_decref(expected);
}
