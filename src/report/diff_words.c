/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences about a diff as a whole and about its images. */
#include "diff_words.h"

#include "words.h"

#include "wimplan/number.h"

#include <inttypes.h>
#include <string.h>

char *wp_diff_words_amount(struct wp_arena *arena, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)bytes / 1024;
	size_t unit = 0;

	if (!bytes)
		return wp_arena_strdup(arena, "0");
	if (bytes < 1024)
		return wp_words_size(arena, bytes);
	/* 1023.6 would be shown as 1024. */
	while (size >= 1023.5 && unit + 1 < sizeof units / sizeof *units) {
		size /= 1024;
		unit++;
	}
	return wp_arena_printf(arena, size < 9.95 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

const char *wp_diff_words_symbol(enum wp_diff_status status)
{
	static const char *const symbols[] = {
		[WP_DIFF_SAME] = "=", [WP_DIFF_CHANGED] = "~", [WP_DIFF_ADDED] = "+", [WP_DIFF_REMOVED] = "-"
	};

	return symbols[status];
}

const char *wp_diff_words_file_symbol(enum wp_file_change change)
{
	static const char *const symbols[] = { [WP_FILE_ADDED] = "+",
					       [WP_FILE_REMOVED] = "-",
					       [WP_FILE_CHANGED] = "~",
					       [WP_FILE_RENAMED] = ">",
					       [WP_FILE_ATTRIBUTES] = "@" };

	return symbols[change];
}

/* "; 280 MiB of the old file is gone"; nothing where nothing is. */
static const char *gone(struct wp_arena *arena, uint64_t bytes, const char *what)
{
	return bytes ? wp_arena_printf(arena, "; %s of the old %s is gone", wp_diff_words_amount(arena, bytes), what) : "";
}

/* The stored bytes are what a file transfer brings; where resources are solid only the uncompressed ones are known. */
char *wp_diff_words_blobs(struct wp_arena *arena, const struct wp_diff *diff)
{
	const struct wp_diff_blobs *added = &diff->added, *removed = &diff->removed;
	const char *new_size = wp_diff_words_amount(arena, diff->new.size);
	bool stored = added->stored_bytes.known && removed->stored_bytes.known;

	if (!diff->blobs_known)
		return NULL;
	if (!added->count)
		return wp_arena_printf(arena, "The new file is %s, and none of its file data is new%s.", new_size,
				       stored ? gone(arena, removed->stored_bytes.value, "file")
					      : gone(arena, removed->bytes, "data"));
	if (stored)
		return wp_arena_printf(arena, "The new file is %s, of which %s is new%s.", new_size,
				       wp_diff_words_amount(arena, added->stored_bytes.value),
				       gone(arena, removed->stored_bytes.value, "file"));
	return wp_arena_printf(arena,
			       "The new file is %s. Of the %s of file data in it %s is new%s (uncompressed, since one of "
			       "the files is solid).",
			       new_size, wp_diff_words_amount(arena, wp_sum(diff->shared.bytes, added->bytes)),
			       wp_diff_words_amount(arena, added->bytes), gone(arena, removed->bytes, "data"));
}

static bool is_moved(const struct wp_diff_image *image)
{
	return image->old_index && image->new_index && image->old_index != image->new_index;
}

/* The metadata is the same, and of the files nobody knows: one of the trees is not there. */
static bool is_half_known(const struct wp_diff *diff, const struct wp_diff_image *image)
{
	return image->status == WP_DIFF_SAME && image->tree == WP_TREE_UNKNOWN && !diff->old.record;
}

static void add_count(struct wp_buf *buf, size_t count, const char *what)
{
	if (!count)
		return;
	if (!buf->length)
		wp_buf_printf(buf, "%zu image%s %s", count, count == 1 ? "" : "s", what);
	else
		wp_buf_printf(buf, ", %zu %s", count, what);
}

char *wp_diff_words_totals(struct wp_arena *arena, const struct wp_diff *diff)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t counts[4] = { 0 }, half_known = 0, moved = 0;

	for (size_t i = 0; i < diff->image_count; i++) {
		if (is_half_known(diff, &diff->images[i]))
			half_known++;
		else
			counts[diff->images[i].status]++;
		moved += is_moved(&diff->images[i]);
	}
	if (!wp_diff_has_changes(diff)) {
		const char *sides = diff->new.record || diff->old.record
					    ? "what the site has recorded and what the source says are"
					    : "metadata and contents are";

		return wp_arena_printf(arena, "No changes: %s the same in %zu image%s.", sides, diff->image_count,
				       diff->image_count == 1 ? "" : "s");
	}
	add_count(&buf, counts[WP_DIFF_CHANGED], "changed");
	add_count(&buf, counts[WP_DIFF_ADDED], "added");
	add_count(&buf, counts[WP_DIFF_REMOVED], "removed");
	add_count(&buf, counts[WP_DIFF_SAME], "the same");
	add_count(&buf, half_known, "the same as far as is known");
	add_count(&buf, moved, "at another index");
	wp_buf_putc(&buf, '.');
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

char *wp_diff_words_lost(struct wp_arena *arena, const struct wp_diff *diff)
{
	size_t lost = wp_diff_lost(diff);

	if (!lost)
		return NULL;
	return wp_arena_printf(
		arena,
		"%zu value%s that the old image had %s now empty or gone. Windows Setup and Configuration "
		"Manager read such values and may refuse an image without them.",
		lost, lost == 1 ? "" : "s", lost == 1 ? "is" : "are");
}

char *wp_diff_words_incomplete(struct wp_arena *arena, const struct wp_diff *diff)
{
	if (diff->complete)
		return NULL;
	return wp_arena_strdup(arena,
			       "Incomplete: something could not be read, as the remarks say. What is shown stands.");
}

const char *wp_diff_words_name(const struct wp_diff_image *image)
{
	const char *name = image->new_index ? image->new_name : image->old_name;

	return name && *name ? name : "(no name)";
}

char *wp_diff_words_status(struct wp_arena *arena, const struct wp_diff *diff, const struct wp_diff_image *image)
{
	const char *known = is_half_known(diff, image) ? " as far as is known" : "";
	const char *status = wp_diff_status_name(image->status);

	if (is_moved(image))
		return wp_arena_printf(arena, "%s%s, was image %" PRIu32, status, known, image->old_index);
	return wp_arena_printf(arena, "%s%s", status, known);
}

char *wp_diff_words_match(struct wp_arena *arena, const struct wp_diff_image *image)
{
	const char *name = wp_match_name(image->matched_by);

	if (image->matched_by == WP_MATCH_OPTION)
		return wp_arena_strdup(arena, "matched by --match");
	return name ? wp_arena_printf(arena, "matched by %s", name) : NULL;
}

const char *wp_diff_words_tree(const struct wp_diff *diff, const struct wp_diff_image *image)
{
	if (image->files || !image->old_index || !image->new_index)
		return NULL;
	if (image->tree == WP_TREE_SAME)
		return "they are the same";
	if (image->tree == WP_TREE_CHANGED && !diff->with_files)
		return diff->with_servicing ? "they differ; --files tells which"
					    : "they differ; --servicing and --files tell how";
	return NULL;
}

struct wp_diags wp_diff_words_remarks(struct wp_arena *arena, const struct wp_diff *diff)
{
	struct wp_diags remarks = { .items = wp_arena_alloc(arena, diff->diags.count * sizeof *remarks.items) };

	/* The image's own lines say that there is no Windows folder. */
	for (size_t i = 0; i < diff->diags.count; i++)
		if (strcmp(diff->diags.items[i].code, "no-windows-tree") != 0)
			remarks.items[remarks.count++] = diff->diags.items[i];
	return remarks;
}

static bool is_counted(const struct wp_diff_field *field)
{
	static const char *const counted[] = { "dir_count", "file_count", "total_bytes", "hard_link_bytes" };

	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
		if (!strcmp(field->field, counted[i]))
			return true;
	return false;
}

const char *wp_diff_words_value(struct wp_arena *arena, const struct wp_diff_field *field, const char *value)
{
	if (!value)
		return "(absent)";
	if (!*value)
		return "(empty)";
	return is_counted(field) ? wp_words_number(arena, value) : value;
}
