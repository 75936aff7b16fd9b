/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files of a WIM have a path like the ones that somebody asks for, and in which of its images they are. */
#ifndef WIMPLAN_SEARCH_H
#define WIMPLAN_SEARCH_H

#include "wimplan/tree.h"

enum wp_found_kind {
	WP_FOUND_FILE,
	WP_FOUND_FOLDER,
	WP_FOUND_LINK,    /* a symbolic link or junction */
	WP_FOUND_REPARSE, /* any other reparse point: its data is not what a program would read */
	WP_FOUND_STREAM,  /* a named stream of a file: "\\a.txt:stream" */
};
/* "file", "folder", "link", "reparse-point", "stream". */
const char *wp_found_kind_name(enum wp_found_kind kind);

/* One image that has it. Of a stream these are the file's. */
struct wp_found_in {
	uint32_t image;
	uint32_t attributes; /* enum wp_attribute and others of winnt.h */
	struct wp_time created, written;
};

/* A path with the same data in one image or several. */
struct wp_found_path {
	enum wp_found_kind kind;
	const char *path;          /* "\\Windows\\System32\\winpeshl.ini" */
	struct wp_number size;     /* bytes; not known of folders and links, and where the data is in another file */
	char sha1[WP_SHA1_TEXT];   /* of the data; "" where there is none */
	const char *target;        /* of a link; NULL where it is not known */
	struct wp_found_in *images; /* by number */
	size_t image_count;
};

struct wp_found_files {
	struct wp_found_path *items; /* by path, without regard to case */
	size_t count;
	bool complete; /* every image that was asked for was gone through to its end */
};

/*
 * Looks for paths that fit one of the @count globs (glob.h) in the images of @wim, which is index->wim, or in @only_image
 * alone. Everything is in the wim's arena. Beyond WP_LIMIT_FOUND and WP_LIMIT_FOUND_TEXT nothing more is taken, which is the
 * diagnostic "tree-limit" of the wim; what is odd about the trees goes there as well when @tell_of_trees.
 */
struct wp_found_files *wp_wim_search(struct wp_wim *wim, struct wp_wim_index *index, const char *const *globs, size_t count,
				     uint32_t only_image, bool tell_of_trees) __attribute__((returns_nonnull));

#endif
