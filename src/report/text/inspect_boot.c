/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict in a sentence, then each file with what it is and who signed it; what is not proven is said as such. */
#include "inspect_boot.h"

#include "../boot_words.h"
#include "../words.h"

#include <inttypes.h>

static void add_file(const struct wp_layout *out, const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file->program;
	const char *version = program ? wp_boot_words_version(out->arena, program) : NULL;
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&line, file->path);
	if (program && program->readable)
		wp_buf_printf(&line, "  %s", program->machine);
	if (version)
		wp_buf_printf(&line, ", %s", version);
	if (!program && !file->not_read)
		wp_buf_printf(&line, "  %s", wp_words_size(out->arena, file->size));
	wp_layout_line(out, 2, 4, wp_buf_text(&line));
	if (file->not_read)
		wp_layout_line(out, 4, 6, wp_arena_printf(out->arena, "not read: %s", file->not_read));
	if (!program)
		return;
	if (wp_boot_words_unsigned(program))
		wp_layout_line(out, 4, 6, wp_boot_words_unsigned(program));
	for (size_t i = 0; i < program->signature_count; i++)
		wp_layout_line(out, 4, 6, wp_boot_words_signature(out->arena, &program->signatures[i]));
	for (size_t i = 0; i < program->diags.count; i++)
		wp_layout_line(out, 4, 6,
			       wp_arena_printf(out->arena, "%s: %s", program->diags.items[i].code, program->diags.items[i].summary));
}

/* Below the heading. */
static void add_boot(const struct wp_layout *out, const struct wp_boot_image *image, const char *sentence)
{
	size_t left_out = 0;

	wp_buf_puts(out->buf, "  ");
	wp_layout_tint(out, WP_TINT_BOLD, wp_boot_verdict_name(image->verdict));
	wp_buf_putc(out->buf, '\n');
	wp_layout_line(out, 2, 2, sentence);
	for (size_t i = 0; i < image->count; i++) {
		left_out += image->files[i].left_out;
		if (!image->files[i].left_out)
			add_file(out, &image->files[i]);
	}
	wp_layout_line(out, 2, 2, wp_boot_words_left_out(out->arena, left_out));
	for (size_t i = 0; i < image->diags.count; i++)
		wp_layout_finding(out, image->diags.items[i].severity,
				  wp_arena_printf(out->arena, "%s: %s", image->diags.items[i].code, image->diags.items[i].summary));
}

/* Behind the last verdict of a file, however many of them rest on that certificate. */
static void add_expired(const struct wp_layout *out, bool rests)
{
	if (!rests)
		return;
	wp_buf_putc(out->buf, '\n');
	wp_layout_line(out, 0, 0, WP_BOOT_WORDS_EXPIRED);
}

void wp_inspect_boot(const struct wp_layout *out, const struct wp_inspection *file)
{
	bool rests = false;

	for (size_t i = 0; file->boot && i < file->wim->metadata->image_count; i++) {
		const struct wp_wim_image *image = &file->wim->metadata->images[i];

		/* Another image may be known as well, for it has the same tree. */
		if (file->only_image && file->only_image != image->index)
			continue;
		wp_buf_putc(out->buf, '\n');
		wp_layout_line(out, 0, 2,
			       wp_arena_printf(out->arena, "What starts image %" PRIu32 ", %s:", image->index, wp_words_name(image->name)));
		if (file->boot[i].known)
			add_boot(out, &file->boot[i], wp_boot_verdict_sentence(out->arena, &file->boot[i]));
		else
			wp_layout_line(out, 2, 4, "It is not known, for its tree could not be read.");
		rests = rests || (file->boot[i].known && wp_boot_rests_on_2011(&file->boot[i]));
	}
	add_expired(out, rests);
}

void wp_inspect_boot_medium(const struct wp_layout *out, const struct wp_inspection *file)
{
	if (!file->media_boot)
		return;
	wp_buf_puts(out->buf, "\nWhat starts the medium:\n");
	add_boot(out, file->media_boot, wp_boot_medium_sentence(out->arena, file->media_boot));
	add_expired(out, wp_boot_rests_on_2011(file->media_boot));
}
