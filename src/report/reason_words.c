/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reasons and gates say. A WIM of thousands of images gives thousands of reasons, so those that say the same are sorted. */
#include "reason_words.h"

#include "words.h"

#include "wimplan/hash.h"

#include <inttypes.h>
#include <string.h>

/* How many digits of a digest people see: enough to tell two apart by eye; the plan file has all of them. */
#define DIGITS_SHOWN 12

static const struct wp_reason_kind kinds[] = {
	{ "image-added", "The source has an image that the site does not know.", NULL, "new in the source",
	  WP_REASON_SHOWS_FOUND },
	{ "image-removed", "The site knows an image that the source no longer has.", NULL, "no longer in the source",
	  WP_REASON_SHOWS_RECORDED },
	{ .code = "image-changed", .meaning = "The site has another value for a field of an image than the source." },
	{ "never-loaded", "The site has never loaded the image properties of the package.", NULL,
	  "the site has never loaded the image properties", 0 },
	{ "metadata-same", NULL, NULL, "the site's image properties are those of the source", 0 },
	{ "content-newer", "The source was modified after it was distributed.", "content is newer than distributed",
	  "modified since it was distributed", WP_REASON_SHOWS_RECORDED | WP_REASON_SHOWS_FOUND },
	{ .code = "content-resized", .meaning = "The source has neither the images nor the size that the site has of what was distributed.",
	  .why = "content has another size than distributed" },
	{ "content-same", NULL, NULL, "the same as what was distributed", 0 },
	{ "content-changed", "The source is not the one that is known to have been distributed.",
	  "content is not what was distributed", "not what was distributed",
	  WP_REASON_SHOWS_RECORDED | WP_REASON_SHOWS_FOUND },
	{ "deferred-to-schedule", "The refresh is left to the package's own RefreshSchedule, as the policy says.",
	  "left to its schedule", "left to the package's own RefreshSchedule", 0 },
	{ "deferred-no-fit", "The refresh does not fit the window, and the policy leaves it to another one.",
	  "does not fit the window", "does not fit the window", 0 },
	{ "content-rewritten", "The file was written anew, and what is in it is what was distributed.",
	  "file was rewritten, content is the same", "the file was rewritten with the content that was distributed", 0 },
	{ .code = "content-unproven",
	  .meaning = "The dates speak for the content that was distributed, and the metadata against it.",
	  .why = "content is not proven" },
	{ "content-unknown", "Neither a baseline nor a date tells what was distributed.",
	  "nothing tells what was distributed", "nothing tells what was distributed", 0 },
};

const struct wp_reason_kind *wp_reason_kinds(size_t *ret_count)
{
	*ret_count = sizeof kinds / sizeof *kinds;
	return kinds;
}

const struct wp_reason_kind *wp_reason_kind(const char *code)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(code, kinds[i].code))
			return &kinds[i];
	return NULL;
}

/* Nobody is to state a baseline because of a date that another export would tell. */
static const char *remedy_of(const struct wp_reason *reason, const struct wp_gate_info *info)
{
	struct wp_time sent = wp_time_parse(reason->recorded ? reason->recorded : "");

	if (strcmp(reason->code, "content-unknown") || !reason->recorded ||
	    (sent.known && (sent.zone_known || wp_time_is_never(sent))))
		return info->remedy;
	return sent.known ? "Export SourceDate in UTC, as the AdminService gives it (wimplan-records(5))."
			  : "Export SourceDate in ISO 8601 (wimplan-records(5)).";
}

struct wp_gate_words wp_words_gate(const struct wp_reason *reason)
{
	enum wp_gate gate = wp_gate_find(reason->code);
	const struct wp_gate_info *info = wp_gate_info(gate);

	if (!gate)
		return (struct wp_gate_words){ .code = reason->code, .meaning = reason->code };
	return (struct wp_gate_words){ info->code, info->meaning, remedy_of(reason, info) };
}

/* A value that is a time or a digest as people read it: to the minute, by its first digits. The rest as it is. */
static const char *plain_value(struct wp_arena *arena, const char *text)
{
	struct wp_time time;

	if (!text)
		return NULL;
	if (wp_hash_is(text))
		return wp_arena_strndup(arena, text + 7, DIGITS_SHOWN);
	/* Only what looks like an instant: the export's own text of a date stays. */
	if (strlen(text) >= 19 && text[4] == '-' && text[10] == 'T') {
		time = wp_time_parse(text);
		if (time.known)
			return wp_time_minutes(arena, time);
	}
	return text;
}

/* Both values of @reason as people read them, and never two that differ as if they were one. */
static void plain_values(struct wp_arena *arena, const struct wp_reason *reason, const char **ret_before,
			 const char **ret_after)
{
	bool size = reason->field && !strcmp(reason->field, "size");
	/* An image's name may look like anything. */
	bool plain = !reason->field || !strcmp(reason->field, "creation_date");

	*ret_before = plain ? plain_value(arena, reason->recorded) : reason->recorded;
	*ret_after = plain ? plain_value(arena, reason->found) : reason->found;
	if (size) {
		*ret_before = wp_words_number(arena, reason->recorded);
		*ret_after = wp_words_number(arena, reason->found);
	}
	if (plain && *ret_before && *ret_after && !strcmp(*ret_before, *ret_after)) {
		*ret_before = reason->recorded;
		*ret_after = reason->found;
	}
}

static const char *from_to(struct wp_arena *arena, const char *note, const char *before, const char *after)
{
	if (before && after)
		return wp_arena_printf(arena, "%s: %s → %s", note, before, after);
	if (before || after)
		return wp_arena_printf(arena, "%s: %s", note, before ? before : after);
	return note;
}

/* One side of a reason for unproven content: a date, and a size behind a semicolon where the site has one. */
static const char *date_and_size(struct wp_arena *arena, const char *text)
{
	const char *semicolon = strchr(text, ';'), *unit = semicolon ? strchr(semicolon + 2, ' ') : NULL;

	if (!unit)
		return plain_value(arena, text);
	return wp_arena_printf(arena, "%s with %s%s",
			       plain_value(arena, wp_arena_strndup(arena, text, (size_t)(semicolon - text))),
			       wp_words_number(arena, wp_arena_strndup(arena, semicolon + 2, (size_t)(unit - semicolon - 2))),
			       unit);
}

/* @word: what its dates and sizes mean for the content. */
static const char *dated_note(struct wp_arena *arena, const char *word, const char *before, const char *after)
{
	if (!before || !after)
		return wp_arena_printf(arena, "%s: nothing tells whether it is what was distributed", word);
	return wp_arena_printf(arena, "%s: modified %s, distributed %s", word, date_and_size(arena, after),
			       date_and_size(arena, before));
}

/* A reason that is not about a field, as a sentence. */
static const char *note_of(struct wp_arena *arena, const struct wp_reason *reason, const char *before, const char *after)
{
	const struct wp_reason_kind *kind = wp_reason_kind(reason->code);
	bool content = !strncmp(reason->code, "content-", 8);

	if (!strcmp(reason->code, "content-unproven"))
		return dated_note(arena, "unproven", before, after);
	if (!strcmp(reason->code, "content-resized"))
		return dated_note(arena, "another size", before, after);
	/* What a gate recorded is mostly the path, which stands beside it anyway; what it found is a sentence. */
	if (reason->action == WP_ACTION_NONE && (content || !kind))
		return after ? after : wp_words_gate(reason).meaning;
	if (!kind || !kind->note)
		return from_to(arena, reason->code, before, after);
	if (before && after && !strcmp(reason->code, "content-newer"))
		return wp_arena_printf(arena, "modified %s, distributed %s", after, before);
	if (after && !strcmp(reason->code, "content-unknown"))
		return after;
	return from_to(arena, kind->note, kind->shows & WP_REASON_SHOWS_RECORDED ? before : NULL,
		       kind->shows & WP_REASON_SHOWS_FOUND ? after : NULL);
}

void wp_words_reason(struct wp_arena *arena, const struct wp_reason *reason, struct wp_reason_words *ret)
{
	const char *before, *after;

	*ret = (struct wp_reason_words){ .field = reason->field };
	if (reason->image)
		ret->about = wp_arena_printf(arena, "image %" PRIu32, reason->image);
	else if (reason->action == WP_ACTION_RELOAD)
		ret->about = "images";
	else
		ret->about = reason->action == WP_ACTION_REFRESH && !strncmp(reason->code, "content-", 8) ? "content" : reason->code;
	plain_values(arena, reason, &before, &after);
	if (reason->field) {
		ret->before = before ? before : "(none)";
		ret->after = after ? after : "(none)";
	} else {
		ret->note = note_of(arena, reason, before, after);
	}
}

static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* 0 for two that say the same, each of its image; what is about no image stands for itself. */
static int compare_words(const struct wp_reason *x, const struct wp_reason *y)
{
	int order = strcmp(x->code, y->code);

	order = order ? order : compare_texts(x->field, y->field);
	order = order ? order : compare_texts(x->recorded, y->recorded);
	order = order ? order : compare_texts(x->found, y->found);
	order = order ? order : (int)x->action - (int)y->action;
	order = order ? order : (int)x->confidence - (int)y->confidence;
	if (!order && (!x->image || !y->image))
		order = (x > y) - (x < y);
	return order;
}

/* Reasons of one entry lie in one array, by image. */
static int compare_reasons(const void *a, const void *b)
{
	const struct wp_reason *x = *(const struct wp_reason *const *)a, *y = *(const struct wp_reason *const *)b;
	int order = compare_words(x, y);

	return order ? order : (x > y) - (x < y);
}

static int compare_groups(const void *a, const void *b)
{
	const struct wp_reason *x = ((const struct wp_reason_group *)a)->reason,
			       *y = ((const struct wp_reason_group *)b)->reason;

	return (x > y) - (x < y);
}

static const char *images_of(struct wp_arena *arena, const struct wp_reason *const *reasons, size_t count)
{
	uint32_t *images = wp_arena_alloc(arena, count * sizeof *images);

	for (size_t i = 0; i < count; i++)
		images[i] = reasons[i]->image;
	return wp_words_images(arena, images, count);
}

size_t wp_reason_groups(struct wp_arena *arena, const struct wp_entry *entry, struct wp_reason_group **ret_groups)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_reason **sorted = wp_arena_alloc(scratch, entry->reason_count * sizeof *sorted);
	struct wp_reason_group *groups = wp_arena_alloc(arena, entry->reason_count * sizeof *groups);
	size_t count = 0, end;

	for (size_t i = 0; i < entry->reason_count; i++)
		sorted[i] = &entry->reasons[i];
	WP_SORT(sorted, entry->reason_count, compare_reasons);
	for (size_t i = 0; i < entry->reason_count; i = end) {
		for (end = i + 1; end < entry->reason_count && !compare_words(sorted[i], sorted[end]); end++)
			;
		groups[count] = (struct wp_reason_group){ .reason = sorted[i] };
		if (sorted[i]->image) {
			groups[count].images = images_of(arena, &sorted[i], end - i);
			groups[count].count = end - i;
		}
		count++;
	}
	WP_SORT(groups, count, compare_groups);
	*ret_groups = groups;
	return count;
}

const char *wp_reason_about(struct wp_arena *arena, const struct wp_reason_group *group,
			    const struct wp_reason_words *words)
{
	return group->count > 1 ? wp_arena_printf(arena, "images %s", group->images) : words->about;
}
