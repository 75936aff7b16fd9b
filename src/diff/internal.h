/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a diff share: pairs of images and what is found out about each. */
#ifndef WIMPLAN_DIFF_INTERNAL_H
#define WIMPLAN_DIFF_INTERNAL_H

#include "wimplan/diff.h"

/* One line of an image's metadata. */
struct wp_fact {
	const char *field; /* as inspect --json calls it */
	const char *value; /* NULL: there is one, and it could not be read */
	bool setup;        /* Windows Setup reads it, as in struct wp_wim_field */
};

/* An image as far as matching and comparing fields goes, of a WIM or of a record. */
struct wp_facts {
	uint32_t index;
	const char *name;
	/* Who it is, beside its name; NULL: not known. */
	const char *edition;  /* EDITIONID, installation type and architecture in one text */
	const char *language; /* the default one */
	const char *tree;     /* SHA-1 of its metadata resource */
	struct wp_fact *items; /* by the order of inspect --json */
	size_t count;
	bool complete; /* all values could be read */
};

/* The facts of an image of a WIM. Texts are in @arena or borrowed from @image. */
struct wp_facts wp_facts_of_image(struct wp_arena *arena, const struct wp_wim_image *image);

/* One of the two files while they are compared. */
struct wp_diff_file {
	struct wp_wim *wim;
	struct wp_wim_index *index; /* NULL: wimlib refused */
	struct wp_diff_side *side;
	struct wp_blob_reader *reader; /* while texts are compared */
	struct wp_boot_survey *survey; /* of the programs that start images; NULL: nobody asked */
	const struct wp_boot_image *starts; /* what it found, of each image of the metadata */
	/* Of what limits.h allows one file, before its index was read: of a WIM in another one. */
	struct wp_taken taken;
	struct wp_files_left *left; /* NULL: it is in no other one */
};

/* Calls @work for both, one of them in a thread of its own. Each has its own memory: nothing is shared. */
void wp_diff_for_both(void (*work)(void *), void *old, void *new);

/* An empty diff for these options, with an arena of its own. */
struct wp_diff *wp_diff_new(const struct wp_diff_options *options);

/* @path as text, in @diff's arena. */
const char *wp_diff_path_text(const struct wp_diff *diff, const char *path);

/* That a file lists no images, and why. Returns the status. */
int wp_diff_no_images(const struct wp_wim *wim, struct wp_error *err);

/* Says of the diff as a whole what its images say: to be called when they are done. */
void wp_diff_settle(struct wp_diff *diff);

/* Copies a diagnostic, or all, of the file called @subject, or of its images, to the diff. */
void wp_diff_copy_diag(struct wp_diff *diff, const struct wp_diag *diag, const char *subject);
void wp_diff_copy_diags(struct wp_diff *diff, const struct wp_diags *diags, const char *subject);

/*
 * Fills diff->images with the pairs, and the added and removed ones. The fields' texts are copied into diff->arena.
 */
int wp_pair_images(struct wp_diff *diff, const struct wp_facts *old, size_t old_count, const struct wp_facts *new,
		   size_t new_count, const struct wp_diff_options *options, struct wp_error *err);

/* Fills image->fields with those that differ. */
void wp_pair_fields(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_facts *old,
		    const struct wp_facts *new);

/* The SHA-1 of an image's tree, as the blob table has it; NULL when it has none. */
const uint8_t *wp_tree_digest(const struct wp_diff_file *file, uint32_t image);

/* Compares the trees of all pairs: by their digests, and what is in them as far as @options asks for it. */
void wp_pair_trees(struct wp_diff *diff, struct wp_diff_file *old, struct wp_diff_file *new,
		   const struct wp_diff_options *options);

/* What was installed, removed and replaced. In diff's arena. */
struct wp_diff_contents *wp_pair_contents(struct wp_arena *arena, const struct wp_servicing *old,
					  const struct wp_servicing *new);

/*
 * What is left of the text that a diff may show of its images (WP_LIMIT_DIFF_TEXT): a file of some kilobytes can name
 * paths of gigabytes. Once something has no room, nothing that follows has.
 */
struct wp_diff_room {
	uint64_t left, most; /* bytes */
};

/* Takes so much of the room; false when there is not enough. */
static inline bool wp_diff_room_take(struct wp_diff_room *room, uint64_t bytes)
{
	bool enough = bytes <= room->left;

	room->left = enough ? room->left - bytes : 0;
	return enough;
}

/* A tree and the file that it is of. */
struct wp_diff_tree {
	const struct wp_wim_index *index;
	const struct wp_tree *tree;
};

/*
 * What became of the files. In diff's arena. The paths are those of new.tree->image for options->each_path. Paths that
 * have no @room are counted as omitted, and folders in those above them.
 */
struct wp_diff_files *wp_pair_files(struct wp_arena *arena, struct wp_diff_tree old, struct wp_diff_tree new,
				    const struct wp_diff_options *options, struct wp_diff_room *room);

/* What became of the texts of options->text_paths. In diff's arena. */
struct wp_text_changes *wp_pair_texts(struct wp_arena *arena, struct wp_diff_tree old, struct wp_blob_reader *old_reader,
				      struct wp_diff_tree new, struct wp_blob_reader *new_reader,
				      const struct wp_diff_options *options);

/* Takes note of the programs of a pair that are to be compared, when all trees are read; NULL where none differ. In @diff's arena. */
struct wp_diff_boot *wp_pair_boot_begin(struct wp_diff *diff, struct wp_diff_file *old, const struct wp_tree *was,
					struct wp_diff_file *new, const struct wp_tree *is);
/* Reads the programs of one file that were taken note of. */
void wp_pair_boot_read(struct wp_diff_file *file);
/* Fills what wp_pair_boot_begin() gave. */
void wp_pair_boot_end(struct wp_diff *diff, const struct wp_diff_image *image, const struct wp_diff_file *old,
		      const struct wp_diff_file *new);

/* Bytes of the text that a report of these shows, about. */
uint64_t wp_diff_boot_text(const struct wp_diff_boot *boot);
uint64_t wp_text_changes_size(const struct wp_text_changes *texts);
uint64_t wp_diff_contents_text(const struct wp_diff_contents *contents);
uint64_t wp_diff_files_text(const struct wp_diff_files *files);

#endif
