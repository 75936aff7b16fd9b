/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect for a terminal: per file its facts, its images as a table or as blocks, and what is odd about it. */
#include "../diff_words.h"
#include "../inspect_words.h"
#include "../words.h"
#include "inspect_boot.h"
#include "inspect_found.h"
#include "inspect_image.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

static const char *describe(const struct wp_layout *out, const struct wp_item *item)
{
	const char *state = wp_diff_words_item(out->arena, item, 40);

	return wp_arena_printf(out->arena, "%s%s%s%s", wp_item_label(out->arena, item), *state ? "  " : "", state,
			       item->superseded ? ", superseded" : "");
}

static void add_group(const struct wp_layout *out, const struct wp_servicing *servicing, enum wp_item_group group,
		      bool all)
{
	size_t at = servicing->first[group], end = servicing->first[group + 1];

	if (at == end) {
		if (group != WP_ITEM_GROUP_PENDING)
			wp_layout_line(out, 2, 4, wp_arena_printf(out->arena, "%s: none", wp_inspect_group(group)));
		return;
	}
	wp_layout_line(out, 2, 4,
		       wp_arena_printf(out->arena, "%s: %s", wp_inspect_group(group), wp_words_count(out->arena, end - at)));
	while (at < end) {
		const struct wp_item *first = &servicing->items[at];
		size_t next = at, indent = first->kind ? 6 : 4;

		while (next < end && servicing->items[next].kind == first->kind)
			next++;
		if (first->kind)
			wp_layout_line(out, 4, 6,
				       wp_arena_printf(out->arena, "%s: %s", wp_diff_words_kind(first->kind),
						       wp_words_count(out->arena, next - at)));
		for (; at < next && (all || !wp_inspect_is_many(first)); at++)
			wp_layout_line(out, indent, indent + 2, describe(out, &servicing->items[at]));
		at = next;
	}
}

/* What is installed in an image; packages and drivers without interest are only counted unless @all. */
static void add_contents_of(const struct wp_layout *out, uint32_t image, const struct wp_servicing *servicing, bool all)
{
	wp_buf_printf(out->buf, "\nInstalled in image %" PRIu32 "\n", image);
	if (!servicing->known)
		wp_layout_line(out, 2, 4, "It is not known what, for its tree could not be read.");
	else if (!servicing->windows)
		wp_layout_line(out, 2, 4, "There is no Windows folder in it.");
	for (int g = 0; servicing->windows && g < WP_ITEM_GROUPS; g++)
		add_group(out, servicing, (enum wp_item_group)g, all);
}

/* Labels and the digest behind them take exactly 80 columns together, so no digest need be cut. */
#define LABEL_WIDTH 9

static void add_fact(const struct wp_layout *out, const char *label, const char *value)
{
	wp_layout_label(out, 0, label, LABEL_WIDTH, value);
}

/* The medium, in front of what is in it. */
static void add_media(const struct wp_layout *out, const struct wp_inspection *file)
{
	const struct wp_media *media = file->media;
	const struct wp_facts facts = wp_inspect_media_facts(out->arena, media);

	wp_layout_tint(out, WP_TINT_BOLD, wp_layout_escape(out, wp_utf8_repair(out->arena, media->path)));
	wp_buf_puts(out->buf, ": installation media\n");
	for (size_t i = 0; i < facts.count; i++)
		add_fact(out, i && !strcmp(facts.items[i - 1].label, facts.items[i].label) ? "" : facts.items[i].label,
			 facts.items[i].value);
	wp_inspect_boot_medium(out, file);
	wp_buf_putc(out->buf, '\n');
}

static void add_header(const struct wp_layout *out, const struct wp_inspection *file)
{
	const struct wp_facts facts = wp_inspect_facts(out->arena, file);

	for (size_t i = 0; i < facts.count; i++)
		add_fact(out, facts.items[i].label, facts.items[i].value);
}

/* @alone: an only image is shown with everything. */
static void add_images(const struct wp_layout *out, const struct wp_inspection *file, bool alone)
{
	const struct wp_wim_metadata *metadata = file->wim->metadata;
	struct wp_wim_image *images;
	size_t count = 0;

	if (!metadata || !metadata->image_count)
		return;
	images = wp_arena_alloc(out->arena, metadata->image_count * sizeof *images);
	for (size_t i = 0; i < metadata->image_count; i++)
		if (!file->only_image || metadata->images[i].index == file->only_image)
			images[count++] = metadata->images[i];
	wp_buf_putc(out->buf, '\n');
	if (count == 1 && (alone || file->only_image))
		wp_inspect_detail(out, &images[0]);
	else if (!wp_inspect_table(out, images, count))
		wp_inspect_blocks(out, images, count);
}

/* Another image than the one that was asked for may be known as well, for it has the same tree. */
static bool is_shown(const struct wp_inspection *file, size_t number)
{
	return !file->only_image || file->only_image == file->wim->metadata->images[number].index;
}

static void add_installed(const struct wp_layout *out, const struct wp_inspection *file, bool all)
{
	for (size_t i = 0; file->contents && i < file->wim->metadata->image_count; i++)
		if (is_shown(file, i))
			add_contents_of(out, file->wim->metadata->images[i].index, &file->contents[i], all);
}

/* Of what was asked for that nobody could look at; the diagnostics say why. */
static void add_unknown(const struct wp_layout *out, const struct wp_inspection *file)
{
	const char *what[3];
	size_t count = 0;

	if (!file->wim->metadata || !file->wim->metadata->image_count)
		return;
	if ((file->asked_boot || file->asked_servicing) && !file->boot)
		what[count++] = "what starts its images";
	if (file->asked_servicing && !file->contents)
		what[count++] = "what is installed in them";
	if (file->asked_winre && !file->winre)
		what[count++] = "whether they have a Winre.wim";
	if (!count)
		return;
	wp_buf_putc(out->buf, '\n');
	wp_layout_line(out, 0, 2, wp_arena_printf(out->arena, "Not known: %s.", wp_text_join(out->arena, what, count)));
}

static void add_other(const struct wp_layout *out, const struct wp_wim_metadata *metadata)
{
	if (!metadata || !metadata->other_count)
		return;
	wp_buf_puts(out->buf, "\nOutside of the images\n");
	for (size_t i = 0; i < metadata->other_count; i++)
		wp_layout_line(out, 2, 4, wp_inspect_other(out->arena, &metadata->other[i]));
}

static void add_diagnostics(const struct wp_layout *out, const struct wp_wim *wim)
{
	const struct wp_diags *diags = &wim->diags;

	if (diags->count && wim->opened)
		wp_buf_putc(out->buf, '\n');
	for (size_t i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];

		wp_layout_finding(out, diag->severity,
				  wp_arena_printf(out->arena, "%s: %s%s%s%s", diag->code, diag->summary,
						  diag->detail ? " (" : "", diag->detail ? diag->detail : "",
						  diag->detail ? ")" : ""));
	}
}

/* Behind the diagnostics, whose form they have. */
static void add_notes(const struct wp_layout *out, const struct wp_inspection *file)
{
	if (file->expected)
		wp_buf_putc(out->buf, '\n');
	if (file->expected && !file->note_count)
		wp_layout_line(out, 0, 0, "Everything that is expected of it is so.");
	for (size_t i = 0; i < file->note_count; i++)
		wp_layout_finding(out, WP_SEVERITY_WARNING,
				  wp_arena_printf(out->arena, "%s: %s", file->notes[i].code, file->notes[i].summary));
}

/* Behind the title, which has no end yet. */
static void add_file(const struct wp_layout *out, const struct wp_inspection *file, bool alone, bool all)
{
	static const enum wp_tint tints[] = { WP_TINT_GREEN, WP_TINT_YELLOW, WP_TINT_RED };
	const struct wp_wim *wim = file->wim;

	wp_buf_puts(out->buf, ": ");
	wp_layout_tint(out, tints[wim->grade], wp_grade_name(wim->grade));
	wp_buf_putc(out->buf, '\n');
	add_header(out, file);
	add_images(out, file, alone);
	add_installed(out, file, all);
	wp_inspect_boot(out, file);
	add_unknown(out, file);
	if (file->searched)
		wp_inspect_found(out, file->found);
	add_other(out, wim->metadata);
	add_diagnostics(out, wim);
	add_notes(out, file);
}

/* The recovery environments, each once, as files behind the file that they are in. */
static void add_winres(const struct wp_layout *out, const struct wp_inspection *file, bool all)
{
	for (size_t i = 0; file->winre && i < file->wim->metadata->image_count; i++) {
		const struct wp_winre *winre = &file->winre[i];
		const char *images;

		if (!winre->file && is_shown(file, i))
			wp_buf_printf(out->buf,
				      winre->known ? "\nImage %" PRIu32 " has no Winre.wim.\n"
						   : "\nWhether image %" PRIu32 " has a Winre.wim is not known, for its tree could not be read.\n",
				      file->wim->metadata->images[i].index);
		if (!winre->file || winre->same_as)
			continue;
		images = wp_inspect_sharers(out->arena, file, i);
		wp_buf_putc(out->buf, '\n');
		if (winre->wim) {
			wp_layout_tint(out, WP_TINT_BOLD, wp_layout_escape(out, wp_utf8_repair(out->arena, winre->wim->wim->path)));
			wp_buf_printf(out->buf, ", in %s", images);
			add_file(out, winre->wim, true, all);
		}
		if (winre->not_read)
			wp_layout_finding(out, WP_SEVERITY_WARNING,
					  wp_arena_printf(out->arena, "%s of %s %s: %s", winre->file->name, images,
							  winre->wim ? "could not be read in full" : "is not read", winre->not_read));
	}
}

void wp_report_inspect_text(const struct wp_inspection *files, size_t count, const struct wp_report_options *options,
			    struct wp_buf *buf)
{
	for (size_t i = 0; i < count; i++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		const struct wp_layout out = wp_layout_begin(arena, options, buf);

		wp_buf_puts(buf, i ? "\n" : "");
		if (files[i].media && (!i || files[i - 1].media != files[i].media))
			add_media(&out, &files[i]);
		wp_layout_tint(&out, WP_TINT_BOLD, wp_layout_escape(&out, wp_utf8_repair(arena, files[i].wim->path)));
		add_file(&out, &files[i], count == 1, options->all);
		add_winres(&out, &files[i], options->all);
	}
}
