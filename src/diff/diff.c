/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of two WIMs as a whole: images in pairs, blobs, and what could not be read. */
#include "pair.h"

#include "wimplan/number.h"
#include "wimplan/text.h"

#include <pthread.h>
#include <string.h>

/* One of the two files while they are compared. */
struct file {
	struct wp_wim *wim;
	struct wp_wim_index *index; /* NULL: wimlib refused */
	struct wp_diff_side *side;
	uint32_t image;       /* whose tree is wanted */
	struct wp_tree *tree; /* that tree */
};

/* Does the same for both files, the old one in a thread of its own. Each has its own memory: nothing is shared. */
static void for_both(void *(*work)(void *), struct file *old, struct file *new)
{
	pthread_t thread;
	bool started = !pthread_create(&thread, NULL, work, old);

	work(new);
	if (started)
		pthread_join(thread, NULL);
	else
		work(old);
}

static void *read_index(void *context)
{
	struct file *file = context;

	if (file->wim->have_header && file->wim->grade != WP_GRADE_ERROR)
		file->index = wp_wim_index_read(file->wim);
	return NULL;
}

static void *read_tree(void *context)
{
	struct file *file = context;

	file->tree = wp_tree_read(file->index, file->image);
	return NULL;
}

static void copy_diag(struct wp_diff *diff, const struct wp_diag *diag, const char *subject)
{
	const char *of = diag->subject && strcmp(diag->subject, subject) != 0
				 ? wp_arena_printf(diff->arena, "%s, %s", subject, diag->subject)
				 : subject;

	wp_diag_add(diff->arena, &diff->diags, diag->severity, diag->code, of, "%s", diag->summary);
	diff->diags.items[diff->diags.count - 1].detail = wp_arena_strdup(diff->arena, diag->detail);
}

static void copy_diags(struct wp_diff *diff, const struct wp_diags *diags, const char *subject)
{
	for (size_t i = 0; i < diags->count; i++)
		copy_diag(diff, &diags->items[i], subject);
}

/* That the file is the first part of a split set is no remark where the set is what is compared. */
static void copy_file_diags(struct wp_diff *diff, const struct file *file)
{
	const struct wp_diags *diags = &file->wim->diags;
	bool joined = file->index && file->wim->header.part == 1;

	for (size_t i = 0; i < diags->count; i++)
		if (!joined || strcmp(diags->items[i].code, "split-part") != 0)
			copy_diag(diff, &diags->items[i], file->side->path);
}

static const char *repaired(const struct wp_diff *diff, const char *path)
{
	return wp_arena_strdup(diff->arena, wp_utf8_repair(diff->arena, path));
}

static void describe_side(struct wp_diff *diff, struct file *file)
{
	struct wp_diff_side *side = file->side;

	side->path = repaired(diff, file->wim->path);
	side->size = file->index ? file->index->file_bytes : file->wim->size;
	memcpy(side->file_id, file->wim->file_id, sizeof side->file_id);
	if (file->index)
		memcpy(side->content_id, file->index->content.content_id, sizeof side->content_id);
}

/* The SHA-1 of the image's tree, as the blob table has it; NULL when it has none. */
static const uint8_t *tree_digest(const struct file *file, uint32_t image)
{
	return file->index && image <= file->index->image_count ? file->index->images[image - 1].sha1 : NULL;
}

/*
 * A tree with one file or folder has more bytes: its root and that entry take 104 each, and their lists 8 at the end,
 * as the security descriptors do at the beginning (wimlib src/dentry.c, src/security.c).
 */
#define SMALLEST_TREE 224u

/* The digest in words, where it tells who the image is: images in which there is nothing are all alike. */
static const char *tree_text(struct wp_arena *arena, const struct file *file, uint32_t image)
{
	const uint8_t *digest = tree_digest(file, image);
	char *text;

	if (!digest || file->index->images[image - 1].size < SMALLEST_TREE)
		return NULL;
	text = wp_arena_alloc(arena, WP_SHA1_TEXT);
	wp_sha1_text(digest, text);
	return text;
}

static struct wp_facts *facts_of(struct wp_arena *arena, const struct file *file)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	struct wp_facts *facts = wp_arena_alloc(arena, metadata->image_count * sizeof *facts);

	for (size_t i = 0; i < metadata->image_count; i++) {
		facts[i] = wp_facts_of_image(arena, &metadata->images[i]);
		facts[i].tree = tree_text(arena, file, metadata->images[i].index);
	}
	return facts;
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

static enum wp_tree_state tree_state(const struct file *old, const struct file *new, const struct wp_diff_image *image)
{
	const uint8_t *was = tree_digest(old, image->old_index), *is = tree_digest(new, image->new_index);

	if (!was || !is)
		return WP_TREE_UNKNOWN;
	return memcmp(was, is, WP_SHA1_SIZE) ? WP_TREE_CHANGED : WP_TREE_SAME;
}

static void check_tree(struct wp_diff *diff, const struct file *file)
{
	copy_diags(diff, &file->tree->diags, file->side->path);
	if (!file->tree->node_count)
		diff->complete = false;
}

static void compare_contents(struct wp_diff *diff, struct wp_diff_image *image, const struct file *old_file,
			     const struct wp_tree *old, const struct file *new_file)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_servicing was, is;

	wp_servicing_read(scratch, old, &was);
	copy_diags(diff, &was.diags, old_file->side->path);
	wp_servicing_read(scratch, new_file->tree, &is);
	copy_diags(diff, &is.diags, new_file->side->path);
	image->contents = wp_pair_contents(diff->arena, &was, &is);
}

/* Two trees of the same metadata resource are read once. */
static void compare_trees(struct wp_diff *diff, struct wp_diff_image *image, struct file *old, struct file *new,
			  const struct wp_diff_options *options)
{
	bool same = image->tree == WP_TREE_SAME;
	const struct wp_tree *was;

	old->image = image->old_index;
	new->image = image->new_index;
	if (same)
		read_tree(new);
	else
		for_both(read_tree, old, new);
	if (!same)
		check_tree(diff, old);
	check_tree(diff, new);
	was = same ? new->tree : old->tree;
	if (options->servicing && was->node_count && new->tree->node_count)
		compare_contents(diff, image, old, was, new);
	if (options->files && was->node_count && new->tree->node_count)
		image->files = wp_pair_files(diff->arena, was, new->tree, image->new_index, options);
	wp_tree_free(old->tree);
	wp_tree_free(new->tree);
	old->tree = new->tree = NULL;
}

static void compare_image(struct wp_diff *diff, struct wp_diff_image *image, struct file *old, struct file *new,
			  const struct wp_diff_options *options)
{
	if (!image->old_index || !image->new_index)
		return;
	image->tree = tree_state(old, new, image);
	if (image->tree == WP_TREE_CHANGED)
		image->status = WP_DIFF_CHANGED;
	if (!options->servicing && !options->files)
		return;
	if (!old->index || !new->index)
		diff->complete = false;
	else
		compare_trees(diff, image, old, new, options);
}

static int no_images(const struct file *file, struct wp_error *err)
{
	const struct wp_diag *worst = wp_diags_worst(&file->wim->diags, WP_ERROR);

	return wp_fail(err, WP_E_FAILED, worst ? worst->code : "no-images", file->wim->path,
		       "%s cannot be compared: %s", file->wim->path, worst ? worst->summary : "it lists no images");
}

static int compare_files(struct wp_diff *diff, struct file *old, struct file *new,
			 const struct wp_diff_options *options, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	int result;

	for_both(read_index, old, new);
	describe_side(diff, old);
	describe_side(diff, new);
	if (!old->wim->metadata || !new->wim->metadata)
		return no_images(old->wim->metadata ? new : old, err);
	copy_file_diags(diff, old);
	copy_file_diags(diff, new);
	result = wp_pair_images(diff, facts_of(scratch, old), old->wim->metadata->image_count, facts_of(scratch, new),
				new->wim->metadata->image_count, options, err);
	if (result)
		return result;
	if (old->index && new->index)
		compare_blobs(diff, old->index, new->index);
	else
		diff->complete = false;
	for (size_t i = 0; i < diff->image_count; i++)
		compare_image(diff, &diff->images[i], old, new, options);
	return WP_OK;
}

static struct wp_diff *make(const struct wp_diff_options *options)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diff *diff = wp_arena_alloc(arena, sizeof *diff);

	diff->arena = arena;
	diff->complete = true;
	diff->with_servicing = options->servicing;
	diff->with_files = options->files;
	return diff;
}

int wp_diff_wims(struct wp_wim *old, struct wp_wim *new, const struct wp_diff_options *options,
		 struct wp_diff **ret_diff, struct wp_error *err)
{
	struct wp_diff *diff = make(options);
	struct file a = { .wim = old, .side = &diff->old }, b = { .wim = new, .side = &diff->new };
	int result = compare_files(diff, &a, &b, options, err);

	wp_wim_index_free(a.index);
	wp_wim_index_free(b.index);
	if (result) {
		wp_diff_free(diff);
		return result;
	}
	*ret_diff = diff;
	return WP_OK;
}

static void add(struct wp_arena *arena, struct wp_facts *facts, const char *field, const char *value)
{
	struct wp_diff_field *item;

	if (!value)
		return;
	item = WP_PUSH(arena, facts->fields, facts->field_count);
	item->field = field;
	item->old = value;
}

/* What both a site and a WIM say of an image. The site's creation date is left out: its form is not established. */
static struct wp_facts facts_of_record(struct wp_arena *arena, const struct wp_site_image *image)
{
	struct wp_facts facts = { .index = image->index, .name = image->name };
	const char *architecture = image->architecture;
	uint64_t code;

	if (architecture && wp_architecture_code(architecture, &code) && wp_architecture_name(code))
		architecture = wp_architecture_name(code);
	add(arena, &facts, "name", image->name);
	add(arena, &facts, "description", image->description);
	add(arena, &facts, "total_bytes", image->size);
	add(arena, &facts, "architecture", architecture);
	add(arena, &facts, "product_type", image->product_type);
	add(arena, &facts, "hal", image->hal_type);
	add(arena, &facts, "default_language", image->language);
	add(arena, &facts, "os_version", image->os_version);
	return facts;
}

static struct wp_facts *facts_of_source(struct wp_arena *arena, const struct wp_wim_metadata *metadata)
{
	struct wp_facts *facts = wp_arena_alloc(arena, metadata->image_count * sizeof *facts);

	for (size_t i = 0; i < metadata->image_count; i++) {
		struct wp_site_image image = { 0 };

		wp_site_image_from_wim(arena, &metadata->images[i], &image);
		facts[i] = facts_of_record(arena, &image);
	}
	return facts;
}

int wp_diff_record(const struct wp_record *record, const struct wp_wim *source, const struct wp_diff_options *options,
		   struct wp_diff **ret_diff, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_diff *diff __attribute__((cleanup(wp_diff_freep))) = make(options);
	struct file file = { .wim = (struct wp_wim *)source };
	struct wp_facts *old = wp_arena_alloc(scratch, record->images.count * sizeof *old);
	int result;

	if (!source->metadata)
		return no_images(&file, err);
	if (record->images.origin == WP_FROM_NOTHING)
		return wp_fail(err, WP_E_FAILED, "no-images", record->package_id,
			       "%s cannot be compared: the export has no images of it; export it by key", record->package_id);
	for (size_t i = 0; i < record->images.count; i++)
		old[i] = facts_of_record(scratch, &record->images.items[i]);
	diff->old.record = true;
	diff->old.path = wp_arena_strdup(diff->arena, record->package_id);
	diff->new.path = repaired(diff, source->path);
	diff->new.size = source->size;
	memcpy(diff->new.file_id, source->file_id, sizeof diff->new.file_id);
	copy_diags(diff, &source->diags, diff->new.path);
	result = wp_pair_images(diff, old, record->images.count, facts_of_source(scratch, source->metadata),
				source->metadata->image_count, options, err);
	if (result)
		return result;
	*ret_diff = diff;
	diff = NULL;
	return WP_OK;
}

void wp_diff_free(struct wp_diff *diff)
{
	if (diff)
		wp_arena_free(diff->arena);
}

bool wp_diff_has_changes(const struct wp_diff *diff)
{
	for (size_t i = 0; i < diff->image_count; i++)
		if (diff->images[i].status != WP_DIFF_SAME || diff->images[i].old_index != diff->images[i].new_index)
			return true;
	return diff->added.count || diff->removed.count;
}

size_t wp_diff_lost(const struct wp_diff *diff)
{
	size_t count = 0;

	for (size_t i = 0; i < diff->image_count; i++)
		for (size_t f = 0; f < diff->images[i].field_count; f++)
			count += diff->images[i].fields[f].lost;
	return count;
}
