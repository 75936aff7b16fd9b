/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * [expect] held against the images of one file: what their metadata says, and what is installed in them. Pure. It never says
 * that something lacks where nobody looked, or where the names that were looked at do not tell.
 */
#ifndef WIMPLAN_EXPECT_H
#define WIMPLAN_EXPECT_H

#include "wimplan/note.h"
#include "wimplan/servicing.h"
#include "wimplan/summary.h"
#include "wimplan/wim.h"

/* Whether something is inside of an image, or why that is not known. */
enum wp_inside {
	WP_INSIDE_YES,
	WP_INSIDE_NO,
	WP_INSIDE_NO_WINDOWS,     /* nor is a Windows folder */
	WP_INSIDE_NOT_READ,       /* its tree was not looked at */
	WP_INSIDE_NUMBERLESS,     /* of an update: some that are there carry no number, as cumulative ones do */
	WP_INSIDE_COUNTED,        /* of a package: those of no known kind are only counted */
	WP_INSIDE_NOT_UNDERSTOOD, /* names of packages, drivers or apps are there that tell nothing */
};

/*
 * Looks for @thing, a name of must_have or must_not_have, in one image: the number of an update, a driver's .inf, an app where it
 * has a dot and neither '-' nor '_', or else the name of a package or an app. @counted: packages that are no items.
 */
enum wp_inside wp_expect_look(const char *thing, const struct wp_servicing *installed, size_t counted);

/* What was found of each thing in each image: that of thing t, must_have first, in image i stands at t * images + i. */
struct wp_expect_contents {
	const uint8_t *inside; /* enum wp_inside */
	size_t images;
};

/* How many things there are to look for. */
size_t wp_expect_things(const struct wp_expect_settings *expect);
/* Looks into @images images of which the trees were read. In @arena. */
struct wp_expect_contents *wp_expect_look_inside(struct wp_arena *arena, const struct wp_expect_settings *expect,
						 const struct wp_servicing *installed, size_t images);
/* The same by a summary. NULL when it does not tell images apart, or is none. */
struct wp_expect_contents *wp_expect_look_up(struct wp_arena *arena, const struct wp_expect_settings *expect,
					     const struct wp_content_summary *summary);

/* What was found inside of a file. */
struct wp_expect_found {
	const struct wp_expect_contents *contents; /* NULL: nobody looked */
	const struct wp_boot_image *starts; /* of each image of the metadata, what starts it; NULL: it is not known */
};

/* What is held against the expectations: one file. All borrowed. */
struct wp_expect_subject {
	const struct wp_wim_metadata *metadata; /* NULL: it could not be read */
	uint32_t only_image;                    /* index; 0: all */
	bool boot; /* a boot image: of what is expected of Windows only drivers, and what must not be inside, count for it */
	struct wp_expect_found found;
	struct wp_time now;
};

/*
 * The notes on what is not as it should be, or not known; and on programs that start an image and cannot be right, whatever is
 * expected. Without a package; texts are in @arena, and each note's facts are a new reference.
 */
struct wp_note *wp_expect_judge(struct wp_arena *arena, const struct wp_expect_settings *expect,
				const struct wp_expect_subject *subject, size_t *ret_count);

#endif
