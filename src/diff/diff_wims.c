/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of two WIMs as a whole: headers, images in pairs, blobs, and what could not be read. */
#include "internal.h"

#include "wimplan/limits.h"
#include "wimplan/number.h"

#include <string.h>

static void read_index(void *context)
{
	struct wp_diff_file *file = context;

	if (file->wim->have_header && file->wim->grade != WP_GRADE_ERROR)
		file->index = wp_wim_index_read(file->wim);
	if (file->index)
		file->index->taken = file->taken;
	if (file->index && file->left)
		file->index->left = file->left;
}

/* That the file is the first part of a split set is no remark where the set is what is compared. */
static void copy_file_diags(struct wp_diff *diff, const struct wp_diff_file *file)
{
	const struct wp_diags *diags = &file->wim->diags;
	bool joined = file->index && file->wim->header.part == 1;

	for (size_t i = 0; i < diags->count; i++)
		if (!joined || strcmp(diags->items[i].code, "split-part") != 0)
			wp_diff_copy_diag(diff, &diags->items[i], file->side->path);
}

static void describe_side(struct wp_diff *diff, const struct wp_diff_file *file)
{
	struct wp_diff_side *side = file->side;

	side->path = wp_diff_path_text(diff, file->wim->path);
	side->size = file->index ? file->index->file_bytes : file->wim->size;
	side->header = file->wim->header;
	memcpy(side->file_id, file->wim->file_id, sizeof side->file_id);
	if (file->index)
		memcpy(side->content_id, file->index->content.content_id, sizeof side->content_id);
}

/*
 * A tree with one file or folder has more bytes: its root and that entry take 104 each, and their lists 8 at the end,
 * as the security descriptors do at the beginning (wimlib src/dentry.c, src/security.c).
 */
#define SMALLEST_TREE 224u

/* The digest in words, where it tells who the image is: images in which there is nothing are all alike. */
static const char *tree_text(struct wp_arena *arena, const struct wp_diff_file *file, uint32_t image)
{
	const uint8_t *digest = wp_tree_digest(file, image);
	char *text;

	if (!digest || file->index->images[image - 1].size < SMALLEST_TREE)
		return NULL;
	text = wp_arena_alloc(arena, WP_SHA1_TEXT);
	wp_sha1_text(digest, text);
	return text;
}

static struct wp_facts *facts_of(struct wp_arena *arena, const struct wp_diff_file *file)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	struct wp_facts *facts = wp_arena_alloc(arena, metadata->image_count * sizeof *facts);

	for (size_t i = 0; i < metadata->image_count; i++) {
		facts[i] = wp_facts_of_image(arena, &metadata->images[i]);
		facts[i].tree = tree_text(arena, file, metadata->images[i].index);
	}
	return facts;
}

static bool header_differs(enum wp_header_field field, const struct wp_wim_header *old,
			   const struct wp_wim_header *new)
{
	switch (field) {
	case WP_HEADER_BOOT_INDEX:
		return old->boot_index != new->boot_index;
	case WP_HEADER_COMPRESSION:
		return strcmp(wp_wim_compression(old), wp_wim_compression(new)) != 0;
	case WP_HEADER_CHUNK_SIZE:
		return old->chunk_size != new->chunk_size;
	case WP_HEADER_SOLID:
		return wp_wim_is_solid(old) != wp_wim_is_solid(new);
	case WP_HEADER_INTEGRITY_TABLE:
		return wp_wim_has_integrity_table(old) != wp_wim_has_integrity_table(new);
	case WP_HEADER_PIPABLE:
		return old->pipable != new->pipable;
	case WP_HEADER_FLAGS:
		return (old->flags ^ new->flags) & ~(uint32_t)WP_WIM_FLAGS_OF_COMPRESSION;
	case WP_HEADER_PARTS:
		return old->parts != new->parts;
	case WP_HEADER_FIELDS:
		break;
	}
	return false;
}

static void compare_headers(struct wp_diff *diff)
{
	for (int i = 0; i < WP_HEADER_FIELDS; i++)
		if (header_differs((enum wp_header_field)i, &diff->old.header, &diff->new.header))
			diff->header[diff->header_count++] = (enum wp_header_field)i;
}

static void count_blob(struct wp_diff_blobs *blobs, const struct wp_blob *blob)
{
	blobs->count++;
	blobs->bytes = wp_sum(blobs->bytes, blob->size);
	blobs->stored_bytes.value = wp_sum(blobs->stored_bytes.value, blob->stored);
	blobs->stored_bytes.known &= !blob->solid;
}

static void finish_blobs(struct wp_diff_blobs *blobs)
{
	if (!blobs->stored_bytes.known)
		blobs->stored_bytes.value = 0;
}

/* Both tables are in the order of the SHA-1s. */
static void compare_blobs(struct wp_diff *diff, const struct wp_wim_index *old, const struct wp_wim_index *new)
{
	diff->blobs_known = true;
	diff->shared.stored_bytes.known = diff->added.stored_bytes.known = diff->removed.stored_bytes.known = true;
	for (size_t o = 0, n = 0; o < old->blob_count || n < new->blob_count;) {
		int order = o == old->blob_count ? 1
			    : n == new->blob_count
				    ? -1
				    : memcmp(old->blobs[o].sha1, new->blobs[n].sha1, WP_SHA1_SIZE);

		if (order < 0)
			count_blob(&diff->removed, &old->blobs[o]);
		else
			count_blob(order ? &diff->added : &diff->shared, &new->blobs[n]);
		o += order <= 0;
		n += order >= 0;
	}
	finish_blobs(&diff->shared);
	finish_blobs(&diff->added);
	finish_blobs(&diff->removed);
}

static int compare_files(struct wp_diff_file *old, struct wp_diff_file *new, const struct wp_diff_options *options,
			 struct wp_diff **ret_diff, struct wp_error *err);

/* One of two Winre.wim. */
struct winre {
	struct wp_blob_view *view;
	struct wp_diff_file file;
};

/* NULL, or why it is not compared. Of what it takes @outer has taken its part. */
static const char *open_winre(const struct wp_diff_file *outer, const struct wp_item *item, struct winre *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_diag *worst;
	struct wp_wim_place place;
	const char *why;

	if (item->elsewhere)
		return item->elsewhere;
	ret->view = wp_blob_view_open(outer->index, item->sha1, &why);
	if (!ret->view)
		return why;
	place = wp_blob_view_place(ret->view, wp_arena_printf(scratch, "%s:%s", outer->wim->path, item->name));
	ret->file.wim = wp_wim_read_place(&place, 0);
	ret->file.taken = outer->index->taken;
	ret->file.left = outer->index->left;
	why = wp_blob_view_why(ret->view);
	worst = wp_diags_worst(&ret->file.wim->diags, WP_SEVERITY_ERROR);
	return why || ret->file.wim->metadata ? why : worst ? worst->summary : "it has no images";
}

static void close_winre(struct wp_diff_file *outer, struct winre *winre)
{
	if (winre->file.index)
		outer->index->taken = winre->file.index->taken;
	wp_wim_index_free(winre->file.index);
	wp_wim_free(winre->file.wim);
	wp_blob_view_close(winre->view);
}

/* What is inside was asked for, and is not told: as with a tree that could not be read. */
static void not_compared(struct wp_diff *diff, struct wp_diff_image *image, const char *name, const char *why)
{
	image->winre->not_read = why;
	image->complete = false;
	wp_diag_add(diff->arena, &diff->diags, WP_SEVERITY_ERROR, "winre-unread",
		    wp_arena_printf(diff->arena, "%s, image %u", diff->new.path, image->new_index),
		    "%s differs, and what is inside is not compared: %s", name, why);
}

/* Compares the two files of a change as WIMs. What could not be read of them is told of the whole diff. */
static void compare_winre(struct wp_diff *diff, struct wp_diff_image *image, struct wp_diff_file *old, struct wp_diff_file *new,
			  const struct wp_item_change *change)
{
	static const struct wp_diff_options options = { .servicing = true, .inner = true };
	struct winre was = { 0 }, is = { 0 };
	struct wp_error err = { 0 };
	const char *why = open_winre(old, &change->old, &was), *which = "old";

	if (!why) {
		why = open_winre(new, &change->new, &is);
		which = "new";
	}
	if (why) {
		not_compared(diff, image, change->new.name, wp_arena_printf(diff->arena, "the %s one is not read: %s", which, why));
	} else if (compare_files(&was.file, &is.file, &options, &image->winre->diff, &err)) {
		not_compared(diff, image, change->new.name, wp_arena_strdup(diff->arena, err.message));
	} else {
		const struct wp_diags *diags = &image->winre->diff->diags;

		for (size_t i = 0; i < diags->count; i++)
			wp_diag_add(diff->arena, &diff->diags, diags->items[i].severity, diags->items[i].code,
				    wp_arena_strdup(diff->arena, diags->items[i].subject), "%s", diags->items[i].summary);
		image->complete &= image->winre->diff->complete;
	}
	close_winre(old, &was);
	close_winre(new, &is);
}

/* An image before this one of which the same two files were compared; there are no more than WP_LIMIT_IMAGES. */
static const struct wp_diff_image *find_compared(const struct wp_diff *diff, size_t at, const struct wp_item_change *change)
{
	for (size_t i = 0; i < at; i++) {
		const struct wp_diff_image *image = &diff->images[i];
		const struct wp_item_change *other =
			image->winre && !image->winre->same_as ? image->contents->groups[WP_ITEM_GROUP_RECOVERY].changed : NULL;

		if (other && !memcmp(other->old.sha1, change->old.sha1, WP_SHA1_SIZE) &&
		    !memcmp(other->new.sha1, change->new.sha1, WP_SHA1_SIZE))
			return image;
	}
	return NULL;
}

/* Looks into the recovery environments that differ, each pair once. */
static void compare_winres(struct wp_diff *diff, struct wp_diff_file *old, struct wp_diff_file *new)
{
	size_t read = 0;

	for (size_t i = 0; i < diff->image_count; i++) {
		struct wp_diff_image *image = &diff->images[i];
		const struct wp_diff_group *group = image->contents ? &image->contents->groups[WP_ITEM_GROUP_RECOVERY] : NULL;
		const struct wp_diff_image *other;

		if (!group || !group->changed_count)
			continue;
		image->winre = wp_arena_alloc(diff->arena, sizeof *image->winre);
		other = find_compared(diff, i, group->changed);
		if (other) {
			image->winre->same_as = other->new_index;
			image->complete &= other->winre->diff && other->winre->diff->complete;
		} else if (read++ < WP_LIMIT_INNER_WIMS) {
			compare_winre(diff, image, old, new, group->changed);
		} else {
			not_compared(diff, image, group->changed->new.name, "the files have more different ones than are read");
		}
	}
}

static int compare(struct wp_diff *diff, struct wp_diff_file *old, struct wp_diff_file *new, const struct wp_diff_options *options,
		   struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	int result;

	wp_diff_for_both(read_index, old, new);
	describe_side(diff, old);
	describe_side(diff, new);
	if (!old->wim->metadata || !new->wim->metadata)
		return wp_diff_no_images(old->wim->metadata ? new->wim : old->wim, err);
	copy_file_diags(diff, old);
	copy_file_diags(diff, new);
	result = wp_pair_images(diff, facts_of(scratch, old), old->wim->metadata->image_count, facts_of(scratch, new),
				new->wim->metadata->image_count, options, err);
	if (result)
		return result;
	if (!old->index || !new->index)
		diff->complete = false;
	wp_pair_trees(diff, old, new, options);
	if (!options->inner)
		compare_winres(diff, old, new);
	wp_diff_settle(diff);
	/* What is said of whole files is not what was asked for. */
	if (options->only_matched)
		return WP_OK;
	compare_headers(diff);
	if (old->index && new->index)
		compare_blobs(diff, old->index, new->index);
	return WP_OK;
}

/* The caller frees the indexes of both, which may be there when the call fails. */
static int compare_files(struct wp_diff_file *old, struct wp_diff_file *new, const struct wp_diff_options *options,
			 struct wp_diff **ret_diff, struct wp_error *err)
{
	struct wp_diff *diff = wp_diff_new(options);
	int result;

	old->side = &diff->old;
	new->side = &diff->new;
	result = compare(diff, old, new, options, err);
	if (result)
		wp_diff_free(diff);
	else
		*ret_diff = diff;
	return result;
}

int wp_diff_wims(struct wp_wim *old, struct wp_wim *new, const struct wp_diff_options *options,
		 struct wp_diff **ret_diff, struct wp_error *err)
{
	struct wp_diff_file a = { .wim = old }, b = { .wim = new };
	int result = compare_files(&a, &b, options, ret_diff, err);

	wp_wim_index_free(a.index);
	wp_wim_index_free(b.index);
	return result;
}
