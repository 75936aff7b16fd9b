/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict in a sentence, then each file with what it is and who signed it; what is not proven is said as such. */
#include "inspect_boot.h"

#include "../boot_words.h"
#include "../words.h"

#include <inttypes.h>

static void add_file(const struct wp_layout *out, const struct wp_boot_file *file, bool whole)
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
	if (program->readable && !program->signature_count)
		wp_layout_line(out, 4, 6, "no signature");
	for (size_t i = 0; whole && i < program->signature_count; i++)
		wp_layout_line(out, 4, 6, wp_boot_words_signature(out->arena, &program->signatures[i]));
	for (size_t i = 0; i < program->diags.count; i++)
		wp_layout_line(out, 4, 6,
			       wp_arena_printf(out->arena, "%s: %s", program->diags.items[i].code, program->diags.items[i].summary));
}

/* @whole: who signed each of them too, not only what the verdict rests on. */
static void add_boot(const struct wp_layout *out, const struct wp_boot_image *image, const char *sentence, bool whole)
{
	size_t left_out = 0;

	wp_layout_tint(out, WP_TINT_BOLD, wp_boot_verdict_name(image->verdict));
	wp_buf_putc(out->buf, '\n');
	wp_layout_line(out, 2, 2, sentence);
	for (size_t i = 0; i < image->count; i++) {
		left_out += image->files[i].left_out;
		if (!image->files[i].left_out)
			add_file(out, &image->files[i], whole);
	}
	for (size_t i = 0; i < image->diags.count; i++)
		wp_layout_finding(out, image->diags.items[i].severity,
				  wp_arena_printf(out->arena, "%s: %s", image->diags.items[i].code, image->diags.items[i].summary));
	if (!whole && image->count)
		wp_layout_line(out, 2, 2, wp_boot_words_left_out(out->arena, left_out));
}

void wp_inspect_boot(const struct wp_layout *out, const struct wp_inspection *file)
{
	for (size_t i = 0; file->boot && i < file->wim->metadata->image_count; i++) {
		uint32_t index = file->wim->metadata->images[i].index;

		/* Another image may be known as well, for it has the same tree. */
		if (!file->boot[i].known || (file->only_image && file->only_image != index))
			continue;
		wp_buf_printf(out->buf, "\nWhat starts image %" PRIu32 ": ", index);
		add_boot(out, &file->boot[i], wp_boot_verdict_sentence(file->boot[i].verdict), file->asked_boot);
	}
}

void wp_inspect_boot_medium(const struct wp_layout *out, const struct wp_inspection *file)
{
	if (!file->media_boot)
		return;
	wp_buf_puts(out->buf, "\nWhat starts the medium: ");
	add_boot(out, file->media_boot, wp_boot_medium_sentence(file->media_boot->verdict), true);
}
