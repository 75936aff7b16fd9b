/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page of inspect is made of, and what its sections are called. */
#ifndef WIMPLAN_REPORT_INSPECT_VIEW_H
#define WIMPLAN_REPORT_INSPECT_VIEW_H

#include "wimplan/report.h"

#include <inttypes.h>

/* What the page is made of. */
struct wp_inspect_view {
	const struct wp_inspection *files; /* behind each the recovery environments in it, which are WIMs too */
	const char *const *names;          /* of each of them */
	size_t count;
	size_t given; /* of them those that the call named */
	bool all; /* packages and drivers without interest are listed, and each image with everything that is known of it */
};

/* The names of sections. @file counts from 0, @image is an index. */
static inline const char *wp_inspect_page_file(struct wp_arena *arena, size_t file)
{
	return wp_arena_printf(arena, "file-%zu", file + 1);
}
static inline const char *wp_inspect_page_medium(struct wp_arena *arena, size_t first_file)
{
	return wp_arena_printf(arena, "medium-%zu", first_file + 1);
}
static inline const char *wp_inspect_page_image(struct wp_arena *arena, size_t file, uint32_t image)
{
	return wp_arena_printf(arena, "file-%zu-image-%" PRIu32, file + 1, image);
}

/* Whether the file is the first one of a medium, which is shown in front of it. */
static inline bool wp_inspect_page_begins_medium(const struct wp_inspect_view *view, size_t at)
{
	return view->files[at].media && (!at || view->files[at - 1].media != view->files[at].media);
}

/* Whether the image with this number among those of the metadata is to be shown. */
static inline bool wp_inspect_page_shows(const struct wp_inspection *file, size_t number)
{
	return !file->only_image || file->wim->metadata->images[number].index == file->only_image;
}

#endif
