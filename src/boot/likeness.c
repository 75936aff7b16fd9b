/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of two programs that start a computer is not the same, for those who compare what they were with what they are. */
#include "wimplan/boot.h"

#include "wimplan/json.h"
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
	if (a->signature_count != b->signature_count)
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
	bool in_part, other_in_part, differ;

	if (!a || !b)
		return (struct wp_boot_difference){ .signers = false };
	in_part = wp_boot_is_known_in_part(a);
	other_in_part = wp_boot_is_known_in_part(b);
	differ = !same_signers(a, b);
	return (struct wp_boot_difference){
		.signers = differ && !in_part && !other_in_part,
		.signers_unknown = (differ && (in_part || other_in_part)) || in_part != other_in_part,
		.version = !wp_text_equal(a->version, b->version),
		.svn = !same_svn(a, b),
	};
}

json_t *wp_boot_differs_in(const struct wp_boot_difference *differs)
{
	json_t *names = json_array();

	if (differs->signers)
		wp_json_push(names, json_string("signers"));
	if (differs->version)
		wp_json_push(names, json_string("version"));
	if (differs->svn)
		wp_json_push(names, json_string("svn"));
	return names;
}

static bool has_path(const struct wp_boot_image *image, const struct wp_boot_file *file)
{
	for (size_t i = 0; i < image->count; i++)
		if (image->files[i].role == file->role && !strcmp(image->files[i].path, file->path))
			return true;
	return false;
}

const struct wp_boot_file *wp_boot_find_like(const struct wp_boot_image *image, const struct wp_boot_file *file,
					     const struct wp_boot_image *other)
{
	const struct wp_boot_file *like = NULL;

	for (size_t i = 0; i < image->count; i++) {
		if (image->files[i].role != file->role || !wp_text_equal_nocase(image->files[i].path, file->path))
			continue;
		/* An image may have several whose paths are the same but for their case. */
		if (!strcmp(image->files[i].path, file->path))
			return &image->files[i];
		/* One that is there under its very name as well is what became of that one. */
		if (!like && !has_path(other, &image->files[i]))
			like = &image->files[i];
	}
	return like;
}
