/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three shapes in which inspect shows images. */
#include "inspect_image.h"

#include "../inspect_words.h"
#include "grid.h"

#include <inttypes.h>
#include <string.h>

#define DETAIL_WIDTH 14

static const struct wp_column columns[WP_IMAGE_CELLS] = {
	[WP_IMAGE_INDEX] = { .heading = "#", .number = true, .always = true },
	[WP_IMAGE_NAME] = { .heading = "NAME", .always = true },
	[WP_IMAGE_VERSION] = { .heading = "VERSION" },
	[WP_IMAGE_ARCH] = { .heading = "ARCH" },
	[WP_IMAGE_EDITION] = { .heading = "EDITION" },
	[WP_IMAGE_TYPE] = { .heading = "TYPE" },
	[WP_IMAGE_LANGUAGES] = { .heading = "LANGUAGES" },
	[WP_IMAGE_SIZE] = { .heading = "SIZE", .number = true },
	[WP_IMAGE_BYTES] = { .heading = "BYTES", .number = true, .spare = true },
	[WP_IMAGE_CREATED] = { .heading = "CREATED" },
	[WP_IMAGE_MODIFIED] = { .heading = "MODIFIED" },
};

bool wp_inspect_table(const struct wp_layout *out, const struct wp_wim_image *images, size_t count)
{
	const char *(*rows)[WP_IMAGE_CELLS] = wp_arena_alloc(out->arena, count * sizeof *rows);

	for (size_t i = 0; i < count; i++)
		wp_inspect_cells(out->arena, &images[i], rows[i]);
	return wp_table_add(out, columns, WP_IMAGE_CELLS, rows[0], count);
}

/* Parts that are there, in a line. */
static void add_parts(const struct wp_layout *out, const char *const *parts, size_t count, size_t indent)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (!parts[i] || !*parts[i] || !strcmp(parts[i], "-"))
			continue;
		wp_buf_puts(&line, line.length ? ", " : "");
		wp_buf_puts(&line, parts[i]);
	}
	if (line.length)
		wp_layout_line(out, indent, indent, wp_buf_text(&line));
}

void wp_inspect_blocks(const struct wp_layout *out, const struct wp_wim_image *images, size_t count)
{
	size_t width = (size_t)snprintf(NULL, 0, "%" PRIu32, images[count - 1].index), indent = width + 2;

	for (size_t i = 0; i < count; i++) {
		const char *cells[WP_IMAGE_CELLS];
		bool same;

		wp_inspect_cells(out->arena, &images[i], cells);
		/* WindowsPE is both. */
		same = strcmp(cells[WP_IMAGE_EDITION], cells[WP_IMAGE_TYPE]) == 0;
		wp_layout_label(out, width - strlen(cells[WP_IMAGE_INDEX]), cells[WP_IMAGE_INDEX], strlen(cells[WP_IMAGE_INDEX]) + 2,
				strcmp(cells[WP_IMAGE_NAME], "-") ? cells[WP_IMAGE_NAME] : "(no name)");
		add_parts(out,
			  (const char *const[]){ cells[WP_IMAGE_VERSION], cells[WP_IMAGE_ARCH], cells[WP_IMAGE_EDITION],
						 same ? NULL : cells[WP_IMAGE_TYPE], cells[WP_IMAGE_LANGUAGES] },
			  5, indent);
		add_parts(out,
			  (const char *const[]){ cells[WP_IMAGE_SIZE],
						 images[i].creation_time.known
							 ? wp_arena_printf(out->arena, "created %s", cells[WP_IMAGE_CREATED])
							 : NULL,
						 images[i].last_modification_time.known
							 ? wp_arena_printf(out->arena, "modified %s", cells[WP_IMAGE_MODIFIED])
							 : NULL },
			  3, indent);
	}
}

void wp_inspect_detail(const struct wp_layout *out, const struct wp_wim_image *image)
{
	const struct wp_facts facts = wp_inspect_image_facts(out->arena, image);

	wp_buf_printf(out->buf, "Image %" PRIu32 "\n", image->index);
	for (size_t i = 0; i < facts.count; i++)
		wp_layout_label(out, 2, facts.items[i].label, DETAIL_WIDTH, facts.items[i].value);
}
