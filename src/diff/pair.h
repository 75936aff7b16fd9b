/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a diff share: pairs of images and what is found out about each. */
#ifndef WIMPLAN_DIFF_PAIR_H
#define WIMPLAN_DIFF_PAIR_H

#include "wimplan/diff.h"

/* An image as far as matching and comparing fields goes, of a WIM or of a record. */
struct wp_facts {
	uint32_t index;
	const char *name;
	/* Who it is, beside its name; NULL: not known. */
	const char *edition;  /* EDITIONID, installation type and architecture in one text */
	const char *language; /* the default one */
	const char *tree;     /* SHA-1 of its metadata resource */
	struct wp_diff_field *fields; /* @old has the value; by the order of inspect --json */
	size_t field_count;
};

/* The facts of an image of a WIM. Texts are in @arena or borrowed from @image. */
struct wp_facts wp_facts_of_image(struct wp_arena *arena, const struct wp_wim_image *image);

/*
 * Fills diff->images with the pairs, and the added and removed ones. The fields' texts are copied into diff->arena.
 */
int wp_pair_images(struct wp_diff *diff, const struct wp_facts *old, size_t old_count, const struct wp_facts *new,
		   size_t new_count, const struct wp_diff_options *options, struct wp_error *err);

/* Fills image->fields with those that differ. */
void wp_pair_fields(struct wp_diff *diff, struct wp_diff_image *image, const struct wp_facts *old,
		    const struct wp_facts *new);

/* What was installed, removed and replaced. In diff's arena. */
struct wp_diff_contents *wp_pair_contents(struct wp_arena *arena, const struct wp_servicing *old,
					  const struct wp_servicing *new);

/* What became of the files. In diff's arena. @image is the new index, for options->each_path. */
struct wp_diff_files *wp_pair_files(struct wp_arena *arena, const struct wp_tree *old, const struct wp_tree *new,
				    uint32_t image, const struct wp_diff_options *options);

#endif
