/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trees of the images of a pair: their digests, and with --servicing and --files what is in them. */
#include "comparison.h"

#include "wimplan/limits.h"

#include <string.h>

/* A tree that is read, maybe in a thread of its own. */
struct reading {
	struct wp_wim_index *index;
	uint32_t image;
	struct wp_tree *tree;
};

static void read_tree(void *context)
{
	struct reading *reading = context;

	reading->tree = wp_tree_read(reading->index, reading->image);
}

const uint8_t *wp_tree_digest(const struct wp_diff_file *file, uint32_t image)
{
	return file->index && image <= file->index->image_count ? file->index->images[image - 1].sha1 : NULL;
}

static enum wp_tree_state tree_state(const struct wp_diff_file *old, const struct wp_diff_file *new,
				     const struct wp_diff_image *image)
{
	const uint8_t *was = wp_tree_digest(old, image->old_index), *is = wp_tree_digest(new, image->new_index);

	if (!was || !is)
		return WP_TREE_UNKNOWN;
	return memcmp(was, is, WP_SHA1_SIZE) ? WP_TREE_CHANGED : WP_TREE_SAME;
}

static void check_tree(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_diff_file *file,
		       const struct wp_tree *tree)
{
	wp_diff_copy_diags(diff, &tree->diags, file->side->path);
	if (!tree->node_count)
		image->complete = false;
}

/* What has no room is not shown, and the image is then not all that was asked for. */
static void tell_no_room(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_diff_room *room, const char *what)
{
	wp_diag_add(diff->arena, &diff->diags, WP_SEVERITY_ERROR, "tree-limit",
		    wp_arena_printf(diff->arena, "%s, image %u", diff->new.path, image->new_index),
		    "%s is not shown: with it a diff would hold more than %ju MiB of text; compare fewer images with --match "
		    "and --only-matched",
		    what, (uintmax_t)(room->most >> 20));
	image->complete = false;
}

static void take_contents(struct wp_diff *diff, struct wp_diff_image *image, struct wp_diff_contents *contents,
			  struct wp_diff_room *room)
{
	if (contents && !wp_diff_room_take(room, wp_diff_contents_text(contents)))
		tell_no_room(diff, image, room, "what is installed");
	else
		image->contents = contents;
}

static void compare_contents(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_tree *old,
			     const struct wp_tree *new, struct wp_diff_room *room)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_servicing was, is;

	if (!room->left) {
		tell_no_room(diff, image, room, "what is installed");
		return;
	}
	wp_servicing_read(scratch, old, &was);
	wp_diff_copy_diags(diff, &was.diags, diff->old.path);
	wp_servicing_read(scratch, new, &is);
	wp_diff_copy_diags(diff, &is.diags, diff->new.path);
	take_contents(diff, image, wp_pair_contents(diff->arena, &was, &is), room);
}

static void take_texts(struct wp_diff *diff, struct wp_diff_image *image, struct wp_text_changes *texts, struct wp_diff_room *room)
{
	for (size_t i = 0; texts && i < texts->count; i++) {
		if (!texts->items[i].unread)
			continue;
		wp_diag_add(diff->arena, &diff->diags, WP_SEVERITY_ERROR, "text-unread",
			    wp_arena_printf(diff->arena, "%s, image %u", diff->new.path, image->new_index),
			    "%s differs, and its lines are not compared: %s", texts->items[i].path, texts->items[i].not_shown);
		image->complete = false;
	}
	if (texts && !wp_diff_room_take(room, wp_text_changes_size(texts)))
		tell_no_room(diff, image, room, "what became of texts");
	else
		image->texts = texts;
}

/* Both are read, also where their digests are equal: one of them may be damaged. */
static void compare_trees(struct wp_diff *diff, struct wp_diff_image *image, struct wp_diff_file *old,
			  struct wp_diff_file *new, const struct wp_diff_options *options,
			  struct wp_diff_room *room)
{
	struct reading was = { .index = old->index, .image = image->old_index };
	struct reading is = { .index = new->index, .image = image->new_index };

	wp_diff_for_both(read_tree, &was, &is);
	check_tree(diff, image, old, was.tree);
	check_tree(diff, image, new, is.tree);
	if (was.tree->node_count && is.tree->node_count) {
		if (options->servicing)
			compare_contents(diff, image, was.tree, is.tree, room);
		image->boot = wp_pair_boot_begin(diff, old, was.tree, new, is.tree);
		if (options->files)
			image->files = wp_pair_files(diff->arena, (struct wp_diff_tree){ old->index, was.tree },
						     (struct wp_diff_tree){ new->index, is.tree }, options, room);
		if (options->text_paths.count)
			take_texts(diff, image,
				   wp_pair_texts(diff->arena, (struct wp_diff_tree){ old->index, was.tree }, old->reader,
						 (struct wp_diff_tree){ new->index, is.tree }, new->reader, options),
				   room);
	}
	wp_tree_free(was.tree);
	wp_tree_free(is.tree);
}

/* Which resources were compared, and with which pair: thousands of images may have the same ones. */
struct seen {
	uint32_t old, new; /* the first images that have them; 0: the file has no such resource */
	const struct wp_diff_image *image;
};

static uint32_t resource_of(const struct wp_diff_file *file, uint32_t image)
{
	return image <= file->index->image_count ? file->index->images[image - 1].same_as : 0;
}

/* There are no more of them than WP_LIMIT_IMAGES. */
static const struct wp_diff_image *find_seen(const struct seen *seen, size_t count, uint32_t old, uint32_t new)
{
	for (size_t i = 0; i < count; i++)
		if (seen[i].old == old && seen[i].new == new)
			return seen[i].image;
	return NULL;
}

/* Takes what was found out of another pair with the same trees; false where each path has to be told again. */
static bool take_seen(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_diff_image *other,
		      const struct wp_diff_options *options, struct wp_diff_room *room)
{
	if (!other || (options->each_path && other->files && !wp_totals_empty(&other->files->totals)))
		return false;
	if (!other->complete)
		image->complete = false;
	take_contents(diff, image, other->contents, room);
	image->boot = other->boot;
	take_texts(diff, image, other->texts, room);
	if (other->files && !wp_diff_room_take(room, wp_diff_files_text(other->files)))
		tell_no_room(diff, image, room, "what happened to files");
	else
		image->files = other->files;
	return true;
}

/* Reads the programs of all pairs, each once however many images have it, and compares them. */
static void compare_boot(struct wp_diff *diff, struct wp_diff_file *old, struct wp_diff_file *new, struct wp_diff_room *room)
{
	bool any = false;

	for (size_t i = 0; i < diff->image_count; i++)
		any = any || diff->images[i].boot;
	if (!any)
		return;
	wp_pair_boot_read(old);
	wp_pair_boot_read(new);
	for (size_t i = 0; i < diff->image_count; i++) {
		struct wp_diff_image *image = &diff->images[i];

		wp_pair_boot_end(diff, image, old, new);
		if (!image->boot || wp_diff_room_take(room, wp_diff_boot_text(image->boot)))
			continue;
		tell_no_room(diff, image, room, "what starts it");
		image->boot = NULL;
	}
}

static void read_trees(struct wp_diff *diff, struct wp_diff_file *old, struct wp_diff_file *new,
		       const struct wp_diff_options *options)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	uint64_t most = options->inner ? WP_LIMIT_INNER_DIFF_TEXT : WP_LIMIT_DIFF_TEXT;
	struct wp_diff_room room = { most, most };
	struct seen *seen = NULL;
	size_t count = 0;

	old->reader = wp_blob_reader_new(old->index);
	new->reader = wp_blob_reader_new(new->index);
	if (options->servicing) {
		old->survey = wp_boot_survey_begin(diff->arena, old->index);
		new->survey = wp_boot_survey_begin(diff->arena, new->index);
	}
	for (size_t i = 0; i < diff->image_count; i++) {
		struct wp_diff_image *image = &diff->images[i];
		uint32_t was, is;

		if (!image->old_index || !image->new_index)
			continue;
		was = resource_of(old, image->old_index);
		is = resource_of(new, image->new_index);
		if (take_seen(diff, image, find_seen(seen, count, was, is), options, &room))
			continue;
		compare_trees(diff, image, old, new, options, &room);
		if (was && is)
			*WP_PUSH(scratch, seen, count) = (struct seen){ was, is, image };
	}
	compare_boot(diff, old, new, &room);
	wp_blob_reader_free(old->reader);
	wp_blob_reader_free(new->reader);
}

/* One remark for all images whose tree the file does not hold. */
static void tell_missing(struct wp_diff *diff, const struct wp_diff_file *file, bool is_new)
{
	uint32_t first = 0;
	size_t count = 0;

	for (size_t i = 0; file->index && i < diff->image_count; i++) {
		uint32_t image = is_new ? diff->images[i].new_index : diff->images[i].old_index;

		if (!diff->images[i].old_index || !diff->images[i].new_index || wp_tree_digest(file, image))
			continue;
		first = count++ ? first : image;
	}
	if (count == 1)
		wp_diag_add(diff->arena, &diff->diags, WP_SEVERITY_WARNING, "tree-missing", file->side->path,
			    "the file holds no tree of image %u, so nothing is known of the files in it", first);
	else if (count)
		wp_diag_add(diff->arena, &diff->diags, WP_SEVERITY_WARNING, "tree-missing", file->side->path,
			    "the file holds no tree of %zu images, the first is image %u, so nothing is known of the files "
			    "in them",
			    count, first);
}

void wp_pair_trees(struct wp_diff *diff, struct wp_diff_file *old, struct wp_diff_file *new,
		   const struct wp_diff_options *options)
{
	for (size_t i = 0; i < diff->image_count; i++) {
		struct wp_diff_image *image = &diff->images[i];

		if (!image->old_index || !image->new_index)
			continue;
		image->tree = tree_state(old, new, image);
		if (image->tree == WP_TREE_CHANGED)
			image->status = WP_DIFF_CHANGED;
		if (image->tree == WP_TREE_UNKNOWN)
			image->complete = false;
	}
	if (!options->servicing && !options->files && !options->text_paths.count) {
		tell_missing(diff, old, false);
		tell_missing(diff, new, true);
	} else if (old->index && new->index) {
		read_trees(diff, old, new, options);
	}
}
