/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the list of differences between two trees to totals, and to the lines that people and scripts read. */
#include "comparison.h"

#include "wimplan/limits.h"
#include "wimplan/number.h"

#include <stdlib.h>
#include <string.h>

struct output {
	struct wp_comparison *comparison;
	struct wp_diff_files *files;
	/* Files with several names whose bytes were counted, in the totals and in those of the components. */
	bool *old_counted, *new_counted, *old_counted_there, *new_counted_there;
	struct wp_buf path, old_path, old_link, new_link, old_target, new_target;
};

static struct wp_name_pair *no_pairs(struct wp_arena *arena, size_t count)
{
	struct wp_name_pair *pairs = wp_arena_alloc(arena, count * sizeof *pairs);

	for (size_t i = 0; i < count; i++)
		pairs[i] = (struct wp_name_pair){ WP_NO_NODE, WP_NO_NODE };
	return pairs;
}

static bool *flags(struct wp_arena *arena, size_t count)
{
	return wp_arena_alloc(arena, count * sizeof(bool));
}

/* What the data of a file counts for: that of one with several names once, and not while another name keeps it. */
static uint64_t counted_bytes(const struct wp_node *node, const bool *kept, bool *counted)
{
	if (node->links == WP_NO_LINKS)
		return node->size;
	if (kept[node->links] || counted[node->links])
		return 0;
	counted[node->links] = true;
	return node->size;
}

static bool has_old_data(const struct wp_change *change)
{
	return change->change == WP_FILE_CHANGE_REMOVED || change->change == WP_FILE_CHANGE_CHANGED;
}

static bool has_new_data(const struct wp_change *change)
{
	return change->change == WP_FILE_CHANGE_ADDED || change->change == WP_FILE_CHANGE_CHANGED;
}

static void data_of(struct output *output, const struct wp_change *change, bool there, uint64_t *ret_old,
		    uint64_t *ret_new)
{
	const struct wp_comparison *comparison = output->comparison;
	const struct wp_node *old = wp_old_node(comparison, change), *new = wp_new_node(comparison, change);

	*ret_old = *ret_new = 0;
	if (change->kind == WP_PATH_STREAM) {
		if (change->old_stream != WP_NO_STREAM)
			*ret_old = comparison->old->streams[change->old_stream].size;
		if (change->new_stream != WP_NO_STREAM)
			*ret_new = comparison->new->streams[change->new_stream].size;
		return;
	}
	if (old && has_old_data(change) && !wp_node_is_folder(old))
		*ret_old = counted_bytes(old, comparison->old_kept, there ? output->old_counted_there : output->old_counted);
	if (new && has_new_data(change) && !wp_node_is_folder(new))
		*ret_new = counted_bytes(new, comparison->new_kept, there ? output->new_counted_there : output->new_counted);
}

static void count(struct output *output, const struct wp_change *change)
{
	struct wp_comparison *comparison = output->comparison;
	uint64_t old, new;

	output->files->links_lost += (change->what & WP_FILE_WHAT_LINK_LOST) != 0;
	output->files->links_made += (change->what & WP_FILE_WHAT_LINK_MADE) != 0;
	data_of(output, change, false, &old, &new);
	wp_files_count(&output->files->totals, change, old, new);
	wp_files_count(&comparison->folders[change->folder].totals, change, old, new);
	if (change->stored == WP_NOT_STORED)
		return;
	data_of(output, change, true, &old, &new);
	wp_files_count(&comparison->stored[change->stored].totals, change, old, new);
}

static void write_path(const struct wp_tree *tree, uint32_t node, uint32_t stream, struct wp_buf *buf)
{
	wp_buf_clear(buf);
	wp_tree_path(tree, node, buf);
	if (stream != WP_NO_STREAM)
		wp_buf_printf(buf, ":%s", wp_stream_shown(tree->text + tree->streams[stream].name));
}

static void set_data(uint64_t size, bool missing, const uint8_t *sha1, struct wp_number *ret_size, char *ret_sha1)
{
	*ret_size = (struct wp_number){ .known = !missing, .value = size };
	if (!wp_sha1_is_zero(sha1))
		wp_sha1_text(sha1, ret_sha1);
}

static void describe_side(const struct wp_change *change, const struct wp_tree *tree, const struct wp_node *node,
			  uint32_t stream, struct wp_number *ret_size, char *ret_sha1)
{
	if (change->kind == WP_PATH_STREAM) {
		if (stream != WP_NO_STREAM)
			set_data(tree->streams[stream].size, tree->streams[stream].missing, tree->streams[stream].sha1,
				 ret_size, ret_sha1);
	} else if (node && !wp_node_is_folder(node)) {
		set_data(node->size, node->missing, node->sha1, ret_size, ret_sha1);
	}
}

/* The line of a change; its texts are the output's until the next one. */
static struct wp_diff_path describe(struct output *output, const struct wp_change *change)
{
	const struct wp_comparison *comparison = output->comparison;
	const struct wp_node *old = wp_old_node(comparison, change), *new = wp_new_node(comparison, change);
	struct wp_diff_path path = { .change = change->change, .kind = change->kind, .what = change->what };

	if (old)
		write_path(comparison->old, change->old_node, change->old_stream, &output->old_path);
	if (new)
		write_path(comparison->new, change->new_node, change->new_stream, &output->path);
	/* A stream that is gone from a file that stays has its name on the old side only. */
	if (!new || (change->kind == WP_PATH_STREAM && change->new_stream == WP_NO_STREAM))
		path.path = wp_buf_text(&output->old_path);
	else
		path.path = wp_buf_text(&output->path);
	if (change->change == WP_FILE_CHANGE_RENAMED)
		path.old_path = wp_buf_text(&output->old_path);
	describe_side(change, comparison->old, old, change->old_stream, &path.old_size, path.old_sha1);
	describe_side(change, comparison->new, new, change->new_stream, &path.new_size, path.new_sha1);
	if (path.what & WP_FILE_WHAT_LINK_LOST) {
		write_path(comparison->old, comparison->old_first[old->links].old, WP_NO_STREAM, &output->old_link);
		path.old_link = wp_buf_text(&output->old_link);
	}
	if (path.what & WP_FILE_WHAT_LINK_MADE) {
		write_path(comparison->new, comparison->new_first[new->links].new, WP_NO_STREAM, &output->new_link);
		path.new_link = wp_buf_text(&output->new_link);
	}
	path.linked = (old && old->links != WP_NO_LINKS) || (new && new->links != WP_NO_LINKS);
	return path;
}

static const char *target(const struct wp_wim_index *index, const struct wp_node *node, struct wp_buf *buf)
{
	wp_buf_clear(buf);
	return node && wp_link_target(index, node, buf) ? wp_buf_text(buf) : NULL;
}

/* Where links lead is their data, which is read only for paths that somebody gets to see. */
static void add_targets(struct output *output, const struct wp_change *change, struct wp_diff_path *path)
{
	const struct wp_comparison *comparison = output->comparison;

	if (change->kind == WP_PATH_STREAM)
		return;
	if (has_old_data(change))
		path->old_target = target(comparison->old_index, wp_old_node(comparison, change), &output->old_target);
	if (has_new_data(change))
		path->new_target = target(comparison->new_index, wp_new_node(comparison, change), &output->new_target);
}

static uint64_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static uint64_t text_of(const struct wp_diff_path *path)
{
	return sizeof *path + length(path->path) + length(path->old_path) + length(path->old_link) +
	       length(path->new_link) + length(path->old_target) + length(path->new_target);
}

static void take(struct output *output, const struct wp_change *change)
{
	const struct wp_diff_options *options = output->comparison->options;
	struct wp_diff_files *files = output->files;
	bool listed = files->path_count < options->path_limit;
	struct wp_diff_path path;

	if (!change->wanted)
		return;
	count(output, change);
	if (options->each_path || listed) {
		path = describe(output, change);
		add_targets(output, change, &path);
	}
	if (options->each_path)
		options->each_path(options->context, output->comparison->new->image, &path);
	if (!listed || !wp_diff_room_take(output->comparison->room, text_of(&path))) {
		files->path_omitted++;
		return;
	}
	path.path = wp_arena_strdup(output->comparison->arena, path.path);
	path.old_path = wp_arena_strdup(output->comparison->arena, path.old_path);
	path.old_link = wp_arena_strdup(output->comparison->arena, path.old_link);
	path.new_link = wp_arena_strdup(output->comparison->arena, path.new_link);
	path.old_target = wp_arena_strdup(output->comparison->arena, path.old_target);
	path.new_target = wp_arena_strdup(output->comparison->arena, path.new_target);
	*WP_PUSH(output->comparison->arena, files->paths, files->path_count) = path;
}

/* Chooses the folders that are shown: those with changes, as far as their paths have room. The others count above. */
static void choose_folders(struct wp_comparison *comparison)
{
	struct wp_diff_room room = { WP_LIMIT_FOLDER_TEXT, WP_LIMIT_FOLDER_TEXT };

	for (uint32_t i = 0; i < comparison->folder_count; i++) {
		struct wp_total_folder *folder = &comparison->folders[i];

		folder->shown = !i || (!wp_totals_empty(&folder->totals) && wp_diff_room_take(&room, folder->path) &&
				       wp_diff_room_take(comparison->room, folder->path));
	}
	/* A folder stands in front of those in it. */
	for (uint32_t i = comparison->folder_count; i-- > 1;) {
		struct wp_total_folder *folder = &comparison->folders[i];

		if (!folder->shown)
			wp_totals_add(&comparison->folders[folder->above].totals, &folder->totals);
	}
}

static void take_folders(struct output *output)
{
	struct wp_comparison *comparison = output->comparison;
	struct wp_diff_files *files = output->files;

	choose_folders(comparison);
	for (uint32_t i = 0; i < comparison->folder_count; i++) {
		const struct wp_total_folder *folder = &comparison->folders[i];
		struct wp_diff_folder *shown;

		if (!folder->shown || wp_totals_empty(&folder->totals))
			continue;
		wp_buf_clear(&output->path);
		if (folder->new_node != WP_NO_NODE)
			wp_tree_path(comparison->new, folder->new_node, &output->path);
		else
			wp_tree_path(comparison->old, folder->old_node, &output->path);
		shown = WP_PUSH(comparison->arena, files->folders, files->folder_count);
		shown->path = wp_arena_strdup(comparison->arena, wp_buf_text(&output->path));
		shown->totals = folder->totals;
	}
}

static void make_output(struct wp_comparison *comparison, struct wp_diff_files *files)
{
	struct output output = {
		.comparison = comparison,
		.files = files,
		.old_counted = flags(comparison->scratch, comparison->old->link_count),
		.new_counted = flags(comparison->scratch, comparison->new->link_count),
		.old_counted_there = flags(comparison->scratch, comparison->old->link_count),
		.new_counted_there = flags(comparison->scratch, comparison->new->link_count),
	};

	for (size_t i = 0; i < comparison->change_count; i++)
		if (!comparison->changes[i].gone)
			take(&output, &comparison->changes[i]);
	files->unchanged = comparison->unchanged;
	files->differs = comparison->change_count > 0;
	take_folders(&output);
	wp_files_components(comparison, files);
	wp_buf_free(&output.path);
	wp_buf_free(&output.old_path);
	wp_buf_free(&output.old_link);
	wp_buf_free(&output.new_link);
	wp_buf_free(&output.old_target);
	wp_buf_free(&output.new_target);
}

uint64_t wp_diff_files_text(const struct wp_diff_files *files)
{
	uint64_t text = 0;

	for (size_t i = 0; i < files->path_count; i++)
		text += text_of(&files->paths[i]);
	for (size_t i = 0; i < files->folder_count; i++)
		text += sizeof files->folders[i] + length(files->folders[i].path);
	for (size_t i = 0; i < files->component_count; i++)
		text += sizeof files->components[i] + length(files->components[i].name);
	return text;
}

struct wp_diff_files *wp_pair_files(struct wp_arena *arena, struct wp_diff_tree old, struct wp_diff_tree new,
				    const struct wp_diff_options *options, struct wp_diff_room *room)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_diff_files *files = wp_arena_alloc(arena, sizeof *files);
	struct wp_comparison comparison = {
		.arena = arena,
		.scratch = scratch,
		.old = old.tree,
		.new = new.tree,
		.old_index = old.index,
		.new_index = new.index,
		.options = options,
		.room = room,
		.old_store = wp_tree_find(old.tree, 0, "Windows\\WinSxS"),
		.new_store = wp_tree_find(new.tree, 0, "Windows\\WinSxS"),
		.old_kept = flags(scratch, old.tree->link_count),
		.new_kept = flags(scratch, new.tree->link_count),
		.old_first = no_pairs(scratch, old.tree->link_count),
		.new_first = no_pairs(scratch, new.tree->link_count),
	};

	wp_files_merge(&comparison);
	wp_files_join_renamed(&comparison);
	make_output(&comparison, files);
	free(comparison.changes);
	free(comparison.folders);
	free(comparison.stored);
	return files;
}
