/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a changed content does to what starts its images. Images are compared by their places, as a site and its task sequences name
 * them; what is the same of several images is told once.
 */
#include "plan_boot.h"

#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <string.h>

/* The verdicts on what starts the images, each once, in the order of the images. */
static struct wp_names verdicts_of(struct wp_arena *arena, const struct wp_boot_starts *images)
{
	bool told[WP_BOOT_NOT_READ + 1] = { false };
	struct wp_names names = { 0 };

	for (size_t i = 0; i < images->count; i++) {
		enum wp_boot_verdict verdict = images->items[i].known ? images->items[i].verdict : WP_BOOT_NOT_READ;

		if (!told[verdict])
			*WP_PUSH(arena, names.items, names.count) = wp_boot_verdict_name(verdict);
		told[verdict] = true;
	}
	return names;
}

static bool is_in_part(const struct wp_boot_file *file)
{
	return file->program && wp_boot_is_known_in_part(file->program);
}

bool wp_content_boot_make(const struct wp_boot_file *old, const struct wp_boot_file *new, struct wp_content_boot *ret)
{
	struct wp_boot_difference differs = wp_boot_compare(old->program, new->program);

	*ret = (struct wp_content_boot){
		.change = {
			.status = WP_DIFF_CHANGED,
			.old = old,
			.new = new,
			.differs = differs,
		},
	};
	return differs.signers || differs.signers_unknown || differs.version || differs.svn || !old->program != !new->program;
}

/* Whether two files say the same of themselves. */
static bool is_like(const struct wp_boot_file *a, const struct wp_boot_file *b)
{
	struct wp_boot_difference differs;

	if (a == b)
		return true;
	if (a->role != b->role || !a->program != !b->program || !wp_text_equal(a->path, b->path) || !wp_text_equal(a->not_read, b->not_read))
		return false;
	differs = wp_boot_compare(a->program, b->program);
	return !differs.signers && !differs.signers_unknown && !differs.version && !differs.svn &&
	       (!a->program || (a->program->readable == b->program->readable && is_in_part(a) == is_in_part(b)));
}

/* What JSON has around the names of a file, of one side of it and of a signature, and what it has for an image. */
#define AROUND 200u
#define IMAGE 8u

static uint64_t length_of(const char *text)
{
	return text ? strlen(text) : 0;
}

static uint64_t side_bytes(const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file->program;
	uint64_t bytes = AROUND + length_of(file->not_read) + (program ? length_of(program->version) : 0);

	for (size_t i = 0; program && i < program->signature_count; i++)
		bytes += AROUND + length_of(program->signatures[i].signer) + length_of(program->signatures[i].issuer);
	return bytes;
}

/* While a content is looked at. */
struct telling {
	struct wp_arena *arena;
	struct wp_content_change *change;
	uint64_t left;   /* bytes that may be told yet */
	uint64_t missed; /* files of the image before that were not told */
};

static bool take(struct telling *telling, uint64_t bytes)
{
	if (bytes > telling->left) {
		telling->change->boot_left_out++;
		telling->missed++;
		return false;
	}
	telling->left -= bytes;
	return true;
}

/* @item is of the image in place @image. */
static void tell(struct telling *telling, const struct wp_content_boot *item, uint32_t image)
{
	struct wp_content_change *change = telling->change;
	struct wp_content_boot *told = NULL;

	for (size_t i = 0; i < change->boot_file_count && !told; i++)
		if (is_like(change->boot_files[i].change.new, item->change.new) && is_like(change->boot_files[i].change.old, item->change.old))
			told = &change->boot_files[i];
	if (!take(telling, told ? IMAGE : AROUND + IMAGE + length_of(item->change.new->path) + side_bytes(item->change.old) +
					  side_bytes(item->change.new)))
		return;
	if (!told) {
		told = WP_PUSH(telling->arena, change->boot_files, change->boot_file_count);
		*told = *item;
	}
	*WP_PUSH(telling->arena, told->images, told->image_count) = image;
}

static struct wp_boot_program *keep_program(struct wp_arena *arena, const struct wp_boot_program *program)
{
	struct wp_boot_program *kept = wp_arena_alloc(arena, sizeof *kept);

	*kept = (struct wp_boot_program){
		.readable = program->readable,
		.version = wp_arena_strdup(arena, program->version),
		.has_svn = program->has_svn,
		.svn_major = program->svn_major,
		.svn_minor = program->svn_minor,
	};
	for (size_t i = 0; i < program->signature_count; i++) {
		struct wp_boot_signature *signature = WP_PUSH(arena, kept->signatures, kept->signature_count);

		*signature = program->signatures[i];
		signature->signer = wp_arena_strdup(arena, signature->signer);
		signature->issuer = wp_arena_strdup(arena, signature->issuer);
	}
	if (wp_boot_is_known_in_part(program))
		wp_diag_add(arena, &kept->diags, WP_SEVERITY_WARNING, WP_BOOT_SIGNATURE_UNREAD, NULL, "%s", "");
	return kept;
}

static const struct wp_boot_file *keep_file(struct wp_arena *arena, const struct wp_boot_file *file)
{
	struct wp_boot_file *kept = wp_arena_alloc(arena, sizeof *kept);

	kept->role = file->role;
	kept->path = wp_arena_strdup(arena, file->path);
	kept->not_read = wp_arena_strdup(arena, file->not_read);
	kept->program = file->program ? keep_program(arena, file->program) : NULL;
	return kept;
}

/* The images in place @image of both. */
static void compare_images(struct telling *telling, const struct wp_boot_image *old, const struct wp_boot_image *new, uint32_t image)
{
	struct wp_content_boot item;

	telling->missed = 0;
	for (size_t i = 0; i < new->count; i++) {
		const struct wp_boot_file *was = wp_boot_find_like(old, &new->files[i], new);

		if (was && wp_content_boot_make(was, &new->files[i], &item))
			tell(telling, &item, image);
	}
}

/* The same of an image with the trees of the one before it: thousands of images may share one. */
static void repeat_image(struct telling *telling, uint32_t image)
{
	struct wp_content_change *change = telling->change;

	change->boot_left_out += telling->missed;
	for (size_t i = 0; i < change->boot_file_count; i++) {
		struct wp_content_boot *told = &change->boot_files[i];

		if (told->images[told->image_count - 1] == image - 1 && take(telling, IMAGE))
			*WP_PUSH(telling->arena, told->images, told->image_count) = image;
	}
}

void wp_plan_boot_compare(struct wp_arena *arena, const struct wp_boot_starts *old, const struct wp_boot_starts *new,
			  struct wp_content_change *change)
{
	struct telling telling = { arena, change, WP_LIMIT_PLAN_BOOT, 0 };

	change->boot_old = verdicts_of(arena, old);
	change->boot_new = verdicts_of(arena, new);
	for (size_t i = 0; i < old->count && i < new->count; i++) {
		const struct wp_boot_image *was = &old->items[i], *is = &new->items[i];

		if (!was->known || !is->known)
			change->boot_unknown++;
		else if (i && is->count && was[-1].files == was->files && is[-1].files == is->files)
			repeat_image(&telling, (uint32_t)i + 1);
		else
			compare_images(&telling, was, is, (uint32_t)i + 1);
	}
	for (size_t i = 0; i < change->boot_file_count; i++) {
		struct wp_boot_change *kept = &change->boot_files[i].change;

		kept->old = keep_file(arena, kept->old);
		kept->new = keep_file(arena, kept->new);
	}
}
