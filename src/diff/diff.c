/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff in the making and when it is done: what all that is compared puts into it, and what it comes to. */
#include "internal.h"

#include "wimplan/text.h"
#include "wimplan/thread.h"

#include <string.h>

WP_NAMES(wp_match_name, enum wp_match,
	[WP_MATCH_NONE] = NULL,         [WP_MATCH_OPTION] = "option", [WP_MATCH_TREE] = "tree",
	[WP_MATCH_EDITION] = "edition", [WP_MATCH_NAME] = "name",     [WP_MATCH_INDEX] = "index")

WP_NAMES(wp_diff_status_name, enum wp_diff_status,
	[WP_DIFF_SAME] = "same",
	[WP_DIFF_CHANGED] = "changed",
	[WP_DIFF_ADDED] = "added",
	[WP_DIFF_REMOVED] = "removed")

WP_NAMES(wp_file_change_name, enum wp_file_change,
	[WP_FILE_CHANGE_ADDED] = "added",     [WP_FILE_CHANGE_REMOVED] = "removed",       [WP_FILE_CHANGE_CHANGED] = "changed",
	[WP_FILE_CHANGE_RENAMED] = "renamed", [WP_FILE_CHANGE_ATTRIBUTES] = "attributes")

WP_NAMES(wp_path_kind_name, enum wp_path_kind,
	[WP_PATH_FILE] = "file",
	[WP_PATH_FOLDER] = "folder",
	[WP_PATH_STREAM] = "stream")

WP_NAMES(wp_text_state_name, enum wp_text_state,
	[WP_TEXT_STATE_SAME] = "same",       [WP_TEXT_STATE_CHANGED] = "changed", [WP_TEXT_STATE_ADDED] = "added",
	[WP_TEXT_STATE_REMOVED] = "removed", [WP_TEXT_STATE_ABSENT] = "absent")

const char *wp_tree_state_name(enum wp_tree_state state)
{
	return state == WP_TREE_SAME ? "same" : state == WP_TREE_CHANGED ? "changed" : NULL;
}

struct wp_diff *wp_diff_new(const struct wp_diff_options *options)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diff *diff = wp_arena_alloc(arena, sizeof *diff);

	diff->arena = arena;
	diff->complete = true;
	diff->with_servicing = options->servicing;
	diff->with_files = options->files;
	return diff;
}

void wp_diff_free(struct wp_diff *diff)
{
	if (!diff)
		return;
	for (size_t i = 0; i < diff->image_count; i++)
		if (diff->images[i].winre)
			wp_diff_free(diff->images[i].winre->diff);
	wp_arena_free(diff->arena);
}

const char *wp_diff_path_text(const struct wp_diff *diff, const char *path)
{
	return wp_arena_strdup(diff->arena, wp_utf8_repair(diff->arena, path));
}

void wp_diff_copy_diag(struct wp_diff *diff, const struct wp_diag *diag, const char *subject)
{
	const char *of = diag->subject && strcmp(diag->subject, subject) != 0
				 ? wp_arena_printf(diff->arena, "%s, %s", subject, diag->subject)
				 : subject;

	wp_diag_add(diff->arena, &diff->diags, diag->severity, diag->code, of, "%s", diag->summary);
	diff->diags.items[diff->diags.count - 1].detail = wp_arena_strdup(diff->arena, diag->detail);
}

void wp_diff_copy_diags(struct wp_diff *diff, const struct wp_diags *diags, const char *subject)
{
	for (size_t i = 0; i < diags->count; i++)
		wp_diff_copy_diag(diff, &diags->items[i], subject);
}

int wp_diff_no_images(const struct wp_wim *wim, struct wp_error *err)
{
	const struct wp_diag *worst = wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR);
	const char *detail = worst ? worst->detail : NULL;

	return wp_fail(err, WP_E_FAILED, worst ? worst->code : "no-images", wim->path, "%s cannot be compared: %s%s%s",
		       wim->path, worst ? worst->summary : "it lists no images", detail ? ": " : "", detail ? detail : "");
}

struct both {
	void (*work)(void *);
	void *sides[2];
};

static void work_on(void *context, unsigned int number)
{
	const struct both *both = context;

	both->work(both->sides[number]);
}

void wp_diff_for_both(void (*work)(void *), void *old, void *new)
{
	wp_threads_run(2, work_on, &(struct both){ work, { old, new } });
}

void wp_diff_settle(struct wp_diff *diff)
{
	for (size_t i = 0; i < diff->image_count; i++)
		diff->complete &= diff->images[i].complete;
}

bool wp_diff_has_changes(const struct wp_diff *diff)
{
	for (size_t i = 0; i < diff->image_count; i++)
		if (diff->images[i].status != WP_DIFF_SAME || diff->images[i].old_index != diff->images[i].new_index)
			return true;
	return diff->header_count || diff->added.count || diff->removed.count;
}

size_t wp_diff_lost(const struct wp_diff *diff)
{
	size_t count = 0;

	for (size_t i = 0; i < diff->image_count; i++)
		for (size_t f = 0; f < diff->images[i].field_count; f++)
			count += diff->images[i].fields[f].lost;
	return count;
}
