/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of two programs that start a computer is not the same, for those who compare what they were with what they are. */
#include "wimplan/boot.h"

#include "wimplan/text.h"

#include <string.h>

bool wp_boot_same_signature(const struct wp_boot_signature *a, const struct wp_boot_signature *b)
{
	return wp_text_equal(a->signer, b->signer) && wp_text_equal(a->issuer, b->issuer) && a->nested == b->nested &&
	       a->signature_agrees == b->signature_agrees && a->digest_known == b->digest_known &&
	       a->digest_agrees == b->digest_agrees && a->authority == b->authority && a->known == b->known;
}

static bool same_signers(const struct wp_boot_program *a, const struct wp_boot_program *b)
{
	if (a->signature_count != b->signature_count || wp_boot_is_known_in_part(a) != wp_boot_is_known_in_part(b))
		return false;
	for (size_t i = 0; i < a->signature_count; i++)
		if (!wp_boot_same_signature(&a->signatures[i], &b->signatures[i]))
			return false;
	return true;
}

static bool same_svn(const struct wp_boot_program *a, const struct wp_boot_program *b)
{
	return a->has_svn == b->has_svn && (!a->has_svn || (a->svn_major == b->svn_major && a->svn_minor == b->svn_minor));
}

struct wp_boot_difference wp_boot_compare(const struct wp_boot_program *a, const struct wp_boot_program *b)
{
	if (!a || !b)
		return (struct wp_boot_difference){ .signers = false };
	return (struct wp_boot_difference){
		.signers = !same_signers(a, b),
		.version = !wp_text_equal(a->version, b->version),
		.svn = !same_svn(a, b),
	};
}

const struct wp_boot_file *wp_boot_find_like(const struct wp_boot_image *image, const struct wp_boot_file *file)
{
	const struct wp_boot_file *like = NULL;

	for (size_t i = 0; i < image->count; i++) {
		if (image->files[i].role != file->role || !wp_text_equal_nocase(image->files[i].path, file->path))
			continue;
		/* An image may have several whose paths are the same but for their case. */
		if (!strcmp(image->files[i].path, file->path))
			return &image->files[i];
		like = like ? like : &image->files[i];
	}
	return like;
}
