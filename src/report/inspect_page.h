/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the page of inspect. */
#ifndef WIMPLAN_REPORT_INSPECT_PAGE_H
#define WIMPLAN_REPORT_INSPECT_PAGE_H

#include "page.h"

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

/* What starts the images: a card for each verdict that there is, the table of all of them, and what the words mean. */
void wp_inspect_page_boot_cards(struct wp_page *page, const struct wp_inspect_view *view);
void wp_inspect_page_boot_summary(struct wp_page *page, const struct wp_inspect_view *view);
void wp_inspect_page_boot_terms(struct wp_page *page);
/* A label with the verdict of the image with this number, behind its heading. */
void wp_inspect_page_boot_badge(struct wp_page *page, const struct wp_inspection *file, size_t number);
/* The same of the medium in which the file is. */
void wp_inspect_page_medium_badge(struct wp_page *page, const struct wp_inspection *file);
void wp_inspect_page_medium_boot(struct wp_page *page, const struct wp_inspection *file);
/* Its boot files; nothing where nobody asked. @at is the number of the file on the page. */
void wp_inspect_page_boot(struct wp_page *page, const struct wp_inspection *file, size_t at, size_t number);

/* What is installed in an image. */
void wp_inspect_page_contents(struct wp_page *page, const char *image, const struct wp_servicing *servicing, bool all);
/* The recovery environments of its images. @at is the number of the file on the page. */
void wp_inspect_page_winres(struct wp_page *page, const struct wp_inspection *file, size_t at);
/* The paths that fit. */
void wp_inspect_page_found(struct wp_page *page, const struct wp_inspection *file);
/* What is not as it is expected. */
void wp_inspect_page_notes(struct wp_page *page, const struct wp_inspection *file);

#endif
