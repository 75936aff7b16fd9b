/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the files by their paths in the trees of a WIM, and reads each once in the order in which they are stored. */
#include "places.h"

#include "wimplan/blob.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* A program that one image or several have. */
struct wanted {
	uint8_t sha1[WP_SHA1_SIZE];
	const struct wp_blob *blob; /* NULL: not in the file */
	const struct wp_boot_program *program;
	const char *not_read;
	bool may_pass;
};

struct wp_boot_survey {
	struct wp_arena *arena;
	const struct wp_wim_index *index;
	struct wp_boot_image *resources; /* of each metadata resource: the first image that has it */
	struct wanted *wanted;
	size_t wanted_count;
	bool started_alone;
};

struct wp_boot_survey *wp_boot_survey_begin(struct wp_arena *arena, const struct wp_wim_index *index)
{
	struct wp_boot_survey *survey = wp_arena_alloc(arena, sizeof *survey);

	survey->arena = arena;
	survey->index = index;
	survey->resources = wp_arena_alloc(arena, index->image_count * sizeof *survey->resources);
	return survey;
}

void wp_boot_survey_started_alone(struct wp_boot_survey *survey)
{
	survey->started_alone = true;
}

static struct wanted *find_wanted(const struct wp_boot_survey *survey, const uint8_t sha1[WP_SHA1_SIZE])
{
	for (size_t i = 0; i < survey->wanted_count; i++)
		if (!memcmp(survey->wanted[i].sha1, sha1, WP_SHA1_SIZE))
			return &survey->wanted[i];
	return NULL;
}

static void want(struct wp_boot_survey *survey, struct wp_boot_file *file)
{
	struct wanted *wanted = find_wanted(survey, file->sha1);

	if (survey->started_alone && !wp_boot_is_started(file->role)) {
		file->left_out = true;
		file->not_read = "the verdict does not rest on it; --boot reads it";
		return;
	}
	if (wanted)
		return;
	if (!survey->index->left->boot_programs) {
		file->not_read = "the file has more programs of this kind than are read";
		return;
	}
	survey->index->left->boot_programs--;
	wanted = WP_PUSH(survey->arena, survey->wanted, survey->wanted_count);
	memcpy(wanted->sha1, file->sha1, WP_SHA1_SIZE);
	wanted->blob = wp_wim_index_find(survey->index, file->sha1);
}

/* By data, and by path: of two languages one may have come and one have gone. */
static bool same_file(const struct wp_tree *a, uint32_t x, const struct wp_tree *b, uint32_t y)
{
	struct wp_buf path_a __attribute__((cleanup(wp_buf_free))) = { 0 }, path_b __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_tree_path(a, x, &path_a);
	wp_tree_path(b, y, &path_b);
	return !memcmp(a->nodes[x].sha1, b->nodes[y].sha1, WP_SHA1_SIZE) && wp_text_equal_nocase(wp_buf_text(&path_a), wp_buf_text(&path_b));
}

bool wp_boot_trees_differ(const struct wp_tree *a, const struct wp_tree *b)
{
	size_t count;
	const struct wp_boot_place *places = wp_boot_places(&count);

	for (size_t i = 0; i < count; i++) {
		struct wp_boot_found x, y;

		wp_boot_place_find(&places[i], a, &x);
		wp_boot_place_find(&places[i], b, &y);
		if (x.count != y.count)
			return true;
		for (size_t k = 0; k < x.count; k++)
			if (!same_file(a, x.nodes[k], b, y.nodes[k]))
				return true;
	}
	return false;
}

static void take_file(struct wp_boot_survey *survey, const struct wp_boot_place *place, const struct wp_tree *tree, uint32_t at,
		      struct wp_boot_image *image)
{
	const struct wp_node *node = &tree->nodes[at];
	struct wp_buf path __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_boot_file *file = WP_PUSH(survey->arena, image->files, image->count);

	wp_tree_path(tree, at, &path);
	*file = (struct wp_boot_file){
		.role = place->role,
		.path = wp_arena_strdup(survey->arena, wp_buf_text(&path)),
		.missing = node->missing,
		.size = node->size,
	};
	memcpy(file->sha1, node->sha1, sizeof file->sha1);
	if (!place->program)
		return;
	file->not_read = wp_node_elsewhere(node);
	if (!file->not_read && node->missing)
		file->not_read = "its data is in another file";
	if (!file->not_read)
		want(survey, file);
}

/* The last @count files of @image are those of one place. The verdict takes the first file of each role. */
static void tell_alike(struct wp_boot_survey *survey, struct wp_boot_image *image, size_t count)
{
	const struct wp_boot_file *files = count ? &image->files[image->count - count] : NULL;
	bool judged = files && wp_boot_is_started(files->role) && files->role != WP_BOOT_MEDIA_START;

	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < i; k++) {
			if (!wp_text_equal_nocase(files[i].path, files[k].path))
				continue;
			wp_diag_add(survey->arena, &image->diags, WP_SEVERITY_WARNING, "boot-name-twice", NULL,
				    "%s and %s differ by the case of letters alone: Windows finds only one of them%s", files[k].path, files[i].path,
				    judged ? ", and the verdict rests on the former where they are signed alike" : "");
			return;
		}
}

/* An image whose files come behind too many others. */
static const struct wp_boot_image not_told = { .known = true, .in_part = true, .verdict = WP_BOOT_NOT_READ };

/* Takes files of what may be told of; false: there are more than that. */
static bool take_left(const struct wp_boot_survey *survey, size_t count)
{
	uint32_t *left = &survey->index->left->boot_files;

	if (count > *left)
		return false;
	*left -= (uint32_t)count;
	return true;
}

void wp_boot_survey_tree(void *context, const struct wp_tree *tree)
{
	struct wp_boot_survey *survey = context;
	struct wp_boot_image *image;
	size_t count;
	const struct wp_boot_place *places = wp_boot_places(&count);

	if (tree->image < 1 || tree->image > survey->index->image_count)
		return;
	image = &survey->resources[survey->index->images[tree->image - 1].same_as - 1];
	/* One that was seen already. */
	if (image->known)
		return;
	image->known = tree->node_count > 0;
	for (size_t i = 0; image->known && i < count; i++) {
		struct wp_boot_found found;

		wp_boot_place_find(&places[i], tree, &found);
		if (!take_left(survey, found.count)) {
			*image = not_told;
			return;
		}
		for (size_t k = 0; k < found.count; k++)
			take_file(survey, &places[i], tree, found.nodes[k], image);
		tell_alike(survey, image, found.count);
		if (found.more)
			wp_diag_add(survey->arena, &image->diags, WP_SEVERITY_WARNING, "boot-more", NULL,
				    "there are more than %u files \\%s: those behind them are not shown", WP_LIMIT_BOOT_AT_PLACE, places[i].path);
	}
}

/* As they are stored: those that lie in one chunk of a solid resource behind each other. */
static int compare_stored(const void *a, const void *b)
{
	const struct wp_blob *x = ((const struct wanted *)a)->blob, *y = ((const struct wanted *)b)->blob;

	if (!x || !y)
		return (x != NULL) - (y != NULL);
	if (x->solid != y->solid || x->resource != y->resource)
		return x->solid != y->solid ? (int)x->solid - (int)y->solid : (x->resource > y->resource) - (x->resource < y->resource);
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static void read_wanted(struct wp_boot_survey *survey, struct wp_authorities authorities)
{
	struct wp_blob_reader *reader __attribute__((cleanup(wp_blob_reader_freep))) = wp_blob_reader_new(survey->index);
	uint64_t *left = &survey->index->left->boot_bytes;

	WP_SORT(survey->wanted, survey->wanted_count, compare_stored);
	for (size_t i = 0; i < survey->wanted_count; i++) {
		struct wanted *wanted = &survey->wanted[i];
		uint8_t *bytes = NULL;
		uint64_t size;

		if (wanted->blob && wanted->blob->size <= WP_LIMIT_FILE_DATA && wanted->blob->size > *left) {
			wanted->not_read = "the programs of this kind in the file have more bytes together than are read";
			continue;
		}
		wanted->not_read = wp_blob_read(reader, wanted->sha1, WP_LIMIT_FILE_DATA, &bytes, &size);
		wanted->may_pass = wanted->not_read && wp_blob_may_pass(wanted->not_read);
		/* What turns out to be damaged has been read as well. */
		*left -= size <= WP_LIMIT_FILE_DATA ? size : 0;
		if (wanted->not_read)
			continue;
		wanted->program = wp_boot_program_read(survey->arena, bytes, (size_t)size, authorities);
		free(bytes);
	}
}

static bool is_program(enum wp_boot_role role)
{
	return role != WP_BOOT_REVOKED && role != WP_BOOT_DISC && role != WP_BOOT_DISC_EX;
}

struct wp_boot_image *wp_boot_survey_end(struct wp_boot_survey *survey, struct wp_authorities authorities, struct wp_svn least)
{
	const struct wp_wim_index *index = survey->index;
	const struct wp_wim_metadata *metadata = index->wim->metadata;
	struct wp_boot_image *images = wp_arena_alloc(survey->arena, metadata->image_count * sizeof *images);

	read_wanted(survey, authorities);
	for (size_t i = 0; i < index->image_count; i++) {
		struct wp_boot_image *image = &survey->resources[i];

		for (size_t k = 0; k < image->count; k++) {
			struct wp_boot_file *file = &image->files[k];
			const struct wanted *wanted =
				is_program(file->role) && !file->not_read ? find_wanted(survey, file->sha1) : NULL;

			file->program = wanted ? wanted->program : NULL;
			file->not_read = wanted ? wanted->not_read : file->not_read;
			file->may_pass = wanted && wanted->may_pass;
		}
		image->may_pass = !image->known && (index->images[i].may_pass || !index->images[i].tried);
		if (image->known)
			wp_boot_judge(survey->arena, image, least);
	}
	for (size_t i = 0; i < metadata->image_count; i++) {
		uint32_t image = metadata->images[i].index, first;

		if (image < 1 || image > index->image_count)
			continue;
		first = index->images[image - 1].same_as;
		/* Whoever shows them shows them for each image. */
		images[i] = first == image || take_left(survey, survey->resources[first - 1].count) ? survey->resources[first - 1] : not_told;
	}
	return images;
}
