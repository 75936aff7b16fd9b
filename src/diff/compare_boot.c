/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of the programs that start an image: who signed them, their versions and SVNs, and what that means together. */
#include "internal.h"

#include <string.h>

struct wp_diff_boot *wp_pair_boot_begin(struct wp_diff *diff, struct wp_diff_file *old, const struct wp_tree *was,
					struct wp_diff_file *new, const struct wp_tree *is)
{
	if (!old->survey || !wp_boot_trees_differ(was, is))
		return NULL;
	wp_boot_survey_tree(old->survey, was);
	wp_boot_survey_tree(new->survey, is);
	return wp_arena_alloc(diff->arena, sizeof(struct wp_diff_boot));
}

void wp_pair_boot_read(struct wp_diff_file *file)
{
	file->starts = wp_boot_survey_end(file->survey, wp_authorities(), (struct wp_svn){ .known = false });
}

static struct wp_boot_image image_of(const struct wp_diff_file *file, uint32_t index)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;

	for (size_t i = 0; i < metadata->image_count; i++)
		if (metadata->images[i].index == index)
			return file->starts[i];
	return (struct wp_boot_image){ .known = false };
}

static void add_change(struct wp_diff *diff, struct wp_diff_boot *boot, const struct wp_boot_file *old, const struct wp_boot_file *new)
{
	if (old && new && !memcmp(old->sha1, new->sha1, sizeof old->sha1))
		return;
	*WP_PUSH(diff->arena, boot->items, boot->count) = (struct wp_boot_change){
		.status = !old ? WP_DIFF_ADDED : !new ? WP_DIFF_REMOVED : WP_DIFF_CHANGED,
		.old = old,
		.new = new,
		.differs = wp_boot_compare(old ? old->program : NULL, new ? new->program : NULL),
	};
}

void wp_pair_boot_end(struct wp_diff *diff, const struct wp_diff_image *image, const struct wp_diff_file *old,
		      const struct wp_diff_file *new)
{
	struct wp_diff_boot *boot = image->boot;

	/* Images with the same trees share one, which is filled once. */
	if (!boot || boot->old.known)
		return;
	boot->old = image_of(old, image->old_index);
	boot->new = image_of(new, image->new_index);
	for (size_t i = 0; i < boot->new.count; i++)
		add_change(diff, boot, wp_boot_find_like(&boot->old, &boot->new.files[i], &boot->new), &boot->new.files[i]);
	for (size_t i = 0; i < boot->old.count; i++)
		if (!wp_boot_find_like(&boot->new, &boot->old.files[i], &boot->old))
			add_change(diff, boot, &boot->old.files[i], NULL);
}

/* What JSON and words have around the names of a file or a signature. */
#define AROUND 512u

static uint64_t file_text(const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file ? file->program : NULL;
	uint64_t text = file ? strlen(file->path) + AROUND : 0;

	for (size_t i = 0; program && i < program->signature_count; i++) {
		const struct wp_boot_signature *signature = &program->signatures[i];

		text += (signature->signer ? strlen(signature->signer) : 0) + (signature->issuer ? strlen(signature->issuer) : 0) + AROUND;
	}
	return text;
}

uint64_t wp_diff_boot_text(const struct wp_diff_boot *boot)
{
	uint64_t text = AROUND;

	for (size_t i = 0; i < boot->count; i++)
		text += file_text(boot->items[i].old) + file_text(boot->items[i].new);
	return text;
}
