/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict in a sentence, then each file with what it is and who signed it; what is not proven is said as such. */
#include "inspect_boot.h"

#include "../words.h"

#include <inttypes.h>

static const char *name_or_none(const char *name)
{
	return name ? name : "somebody without a name";
}

static const char *signature_words(struct wp_arena *arena, const struct wp_boot_signature *signature)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool named = signature->authority != WP_AUTHORITY_OTHER;

	if (!signature->signer)
		wp_buf_printf(&text, "signature without the certificate of who made it, which %s issued",
			      name_or_none(signature->issuer));
	else if (signature->known)
		wp_buf_printf(&text, "signed by %s, under %s, a known certificate", signature->signer, signature->issuer);
	else if (named)
		wp_buf_printf(&text, "signed by %s, under a certificate named like %s, which is not proven to be it", signature->signer,
			      signature->issuer);
	else
		wp_buf_printf(&text, "signed by %s, under %s", signature->signer, name_or_none(signature->issuer));
	if (signature->nested)
		wp_buf_puts(&text, "; within the signature above, where firmware does not see it");
	if (!signature->digest_agrees)
		wp_buf_puts(&text, "; THE FILE IS NOT WHAT WAS SIGNED");
	if (!signature->signature_agrees)
		wp_buf_puts(&text, signature->signer ? "; THE SIGNATURE IS NOT OF THIS SIGNER" : "; so it could not be verified");
	if (signature->timestamp.known)
		wp_buf_printf(&text, "; time stamp %s", wp_time_minutes(arena, signature->timestamp));
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static void add_file(const struct wp_layout *out, const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file->program;
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&line, file->path);
	if (program && program->readable)
		wp_buf_printf(&line, "  %s", program->machine);
	if (program && program->version)
		wp_buf_printf(&line, ", version %s", program->version);
	if (program && program->has_svn)
		wp_buf_printf(&line, ", SVN %u.%u", program->svn_major, program->svn_minor);
	if (!program && !file->not_read)
		wp_buf_printf(&line, "  %s", wp_words_size(out->arena, file->size));
	wp_layout_line(out, 2, 4, wp_buf_text(&line));
	if (file->not_read)
		wp_layout_line(out, 4, 6, wp_arena_printf(out->arena, "not read: %s", file->not_read));
	if (!program)
		return;
	if (program->readable && !program->signature_count)
		wp_layout_line(out, 4, 6, "no signature");
	for (size_t i = 0; i < program->signature_count; i++)
		wp_layout_line(out, 4, 6, signature_words(out->arena, &program->signatures[i]));
	for (size_t i = 0; i < program->diags.count; i++)
		wp_layout_line(out, 4, 6,
			       wp_arena_printf(out->arena, "%s: %s", program->diags.items[i].code, program->diags.items[i].summary));
}

static void add_image(const struct wp_layout *out, uint32_t number, const struct wp_boot_image *image)
{
	if (!image->known)
		return;
	wp_buf_printf(out->buf, "\nWhat starts image %" PRIu32 ": ", number);
	wp_layout_tint(out, WP_TINT_BOLD, wp_boot_verdict_name(image->verdict));
	wp_buf_putc(out->buf, '\n');
	wp_layout_line(out, 2, 2, wp_boot_verdict_sentence(image->verdict));
	for (size_t i = 0; i < image->count; i++)
		add_file(out, &image->files[i]);
	for (size_t i = 0; i < image->diags.count; i++)
		wp_layout_finding(out, image->diags.items[i].severity,
				  wp_arena_printf(out->arena, "%s: %s", image->diags.items[i].code, image->diags.items[i].summary));
}

void wp_inspect_boot(const struct wp_layout *out, const struct wp_inspection *file)
{
	for (size_t i = 0; file->boot && i < file->wim->metadata->image_count; i++)
		add_image(out, file->wim->metadata->images[i].index, &file->boot[i]);
}
