/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is not known is said to be so: a side that was not read has neither version nor signature to be compared. */
#include "plan_boot_words.h"

#include "words.h"

struct wp_diff_boot_row *wp_plan_boot_rows(struct wp_arena *arena, const struct wp_content_boot *file, size_t *ret_count)
{
	const struct wp_boot_change *change = &file->change;
	struct wp_diff_boot_row *rows = wp_diff_boot_rows(arena, change, ret_count);

	/* The first one says why it was not read, and for the others there is nothing to hold against each other. */
	if (!change->old->program || !change->new->program)
		*ret_count = 1;
	return rows;
}

const char *wp_plan_boot_value(const struct wp_diff_boot_row *row, const char *value)
{
	return value || row->sentence ? value : "none";
}

const char *wp_plan_boot_line(struct wp_arena *arena, const struct wp_content_boot *file)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count, told = 0;
	const struct wp_diff_boot_row *rows = wp_plan_boot_rows(arena, file, &count);

	wp_buf_printf(&text, "%s of image%s %s", file->change.new->path, wp_plural(file->image_count),
		      wp_words_images(arena, file->images, file->image_count));
	for (size_t i = 0; i < count; i++)
		if (!rows[i].sentence)
			wp_buf_printf(&text, "%s%s %s → %s", told++ ? ", " : ": ", rows[i].what, wp_plan_boot_value(&rows[i], rows[i].old),
				      wp_plan_boot_value(&rows[i], rows[i].new));
	if (!told)
		wp_buf_putc(&text, ':');
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

const char *wp_plan_boot_rest(struct wp_arena *arena, const struct wp_content_change *change)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (change->boot_left_out)
		wp_buf_printf(&text, "%s of images that start otherwise %s not listed.", wp_words_counted(arena, change->boot_left_out, "more boot file"),
			      change->boot_left_out == 1 ? "is" : "are");
	if (change->boot_unknown)
		wp_buf_printf(&text, "%sWhat starts %s is not known of both contents.", text.length ? " " : "",
			      wp_words_counted(arena, change->boot_unknown, "image"));
	return text.length ? wp_arena_strdup(arena, wp_buf_text(&text)) : NULL;
}
