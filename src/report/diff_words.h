/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words and the orders that every report of a diff uses, so that text, Markdown and HTML say the same. */
#ifndef WIMPLAN_REPORT_DIFF_WORDS_H
#define WIMPLAN_REPORT_DIFF_WORDS_H

#include "wimplan/diff.h"

/* How many digits of a SHA-1 people see where a line is short. */
#define WP_DIFF_DIGITS 12

/* "+", "-", "~", "=" */
const char *wp_diff_words_symbol(enum wp_diff_status status);
/* "+", "-", "~", ">", "@" */
const char *wp_diff_words_file_symbol(enum wp_file_change change);

/* Fields that differ, of one image or of several; borrowed from the diff. */
struct wp_diff_fields {
	const char *images; /* of several: "images 1–4, 6"; otherwise NULL */
	const struct wp_diff_field **items;
	size_t count;
};

struct wp_diff_metadata {
	struct wp_diff_fields *common; /* what is the same of several images, by them */
	size_t common_count;
	struct wp_diff_fields *own; /* of each image of the diff what is not among these */
};

void wp_diff_words_metadata(struct wp_arena *arena, const struct wp_diff *diff, struct wp_diff_metadata *ret);

/* How many images have become what; one that is the same as far as it could be read counts there alone. */
struct wp_diff_counts {
	size_t status[WP_DIFF_REMOVED + 1];
	size_t half_known;
	size_t moved; /* among the others: at another index */
};

struct wp_diff_counts wp_diff_count_images(const struct wp_diff *diff);

/* Sentences about the diff as a whole; NULL when there is nothing to say. */
char *wp_diff_words_blobs(struct wp_arena *arena, const struct wp_diff *diff);
char *wp_diff_words_totals(struct wp_arena *arena, const struct wp_diff *diff);
char *wp_diff_words_lost(struct wp_arena *arena, const struct wp_diff *diff);
char *wp_diff_words_incomplete(struct wp_arena *arena, const struct wp_diff *diff);

/* The image's name; "(no name)". */
const char *wp_diff_words_name(const struct wp_diff_image *image);
/* "changed, was image 2", "same", "same as far as it could be read", "added" */
char *wp_diff_words_status(struct wp_arena *arena, const struct wp_diff_image *image);
/* "same", "same as far as it could be read", "changed" */
const char *wp_diff_words_state(const struct wp_diff_image *image);
/* Whether there is more to say of the image than its line. */
bool wp_diff_words_has_more(const struct wp_diff *diff, const struct wp_diff_image *image);
/* "matched by edition", NULL for an image that has no match. */
char *wp_diff_words_match(struct wp_arena *arena, const struct wp_diff_image *image);
/* What is known of the tree where nobody asked for its files; NULL when it is shown or there is nothing to say. */
const char *wp_diff_words_tree(const struct wp_diff *diff, const struct wp_diff_image *image);

/* The diagnostics, except what the lines of the images say. What is said of several images is said once. */
struct wp_diags wp_diff_words_remarks(struct wp_arena *arena, const struct wp_diff *diff);

/*
 * Both values of @field for people: "(absent)", "(empty)", "(could not be read)", sizes and counts as "1,600,000", and
 * told apart as wp_diff_words_apart() does it.
 */
void wp_diff_words_values(struct wp_arena *arena, const struct wp_diff_field *field, const char **ret_old,
			  const char **ret_new);

/*
 * Two texts that differ, either may be NULL: where they look alike, the characters in which they differ are replaced by
 * their numbers, "<U+00A0>". Not escaped.
 */
void wp_diff_words_apart(struct wp_arena *arena, const char **old, const char **new);

/* A value that was lost, in one image or in several. */
struct wp_diff_lost {
	const char *images; /* "image 2", "images 1–4, 6" */
	uint32_t first;     /* the first of them */
	const char *field;
	const char *value; /* what it was, as wp_diff_words_values() has it */
};

struct wp_diff_lost *wp_diff_words_lost_values(struct wp_arena *arena, const struct wp_diff *diff, size_t *ret_count);

/* One thing that is installed and that came, went or changed. */
struct wp_diff_line {
	enum wp_diff_status status;
	enum wp_item_kind kind;
	const struct wp_item *old, *new; /* NULL on the side that lacks it */
	const char *name;  /* "KB5034765", "netwtw08.inf", a path */
	const char *about; /* "amd64, de-DE"; "" when there is nothing to say */
};

struct wp_diff_lines {
	const char *title; /* "Drivers" */
	struct wp_diff_line *items; /* by kind, name, then what went before what came */
	size_t count;
};

void wp_diff_lines(struct wp_arena *arena, const struct wp_diff_group *group, enum wp_item_group number,
		   struct wp_diff_lines *ret);

/* "Cumulative updates"; NULL where the group has no kinds. */
const char *wp_diff_words_kind(enum wp_item_kind kind);

/* "3 added, 2 removed, 5 changed, 812 the same"; what there is none of is left out. */
char *wp_diff_words_counts(struct wp_arena *arena, const struct wp_diff_group *group);

/* "34 apps, 1 language": what is installed in groups without a change; NULL when there is none. */
char *wp_diff_words_unchanged(struct wp_arena *arena, const struct wp_diff_contents *contents);

/* What stands in front of what became of a Winre.wim that differs, or why nothing is told of it. */
const char *wp_diff_words_winre(struct wp_arena *arena, const struct wp_diff_winre *winre);

/* Why there is nothing to compare: an image without a Windows folder. NULL when both have one. */
const char *wp_diff_words_windows(const struct wp_diff_contents *contents);

/*
 * What tells two states of an item apart: its version, a driver's hash, or a file's size and SHA-1, with @digits of its
 * digits. "" when there is nothing.
 */
const char *wp_diff_words_item(struct wp_arena *arena, const struct wp_item *item, size_t digits);

/* "10 files added, 3 removed, 5 changed …"; "no file differs". */
char *wp_diff_words_files(struct wp_arena *arena, const struct wp_diff_files *files);
/* That the trees differ although nothing that is compared does; NULL otherwise. */
const char *wp_diff_words_beyond(const struct wp_diff_image *image);
/* "118 folders added, 103 removed"; NULL when no folder differs. */
char *wp_diff_words_folders(struct wp_arena *arena, const struct wp_diff_files *files);
/* "3 hard links lost, 1 made"; NULL when there is none. */
char *wp_diff_words_links(struct wp_arena *arena, const struct wp_diff_files *files);
/* "5.1 GiB came, 4.9 GiB went" */
char *wp_diff_words_bytes(struct wp_arena *arena, const struct wp_diff_totals *totals);

/* A folder or a component with what it weighs in the diff. */
struct wp_diff_share {
	const char *label; /* "\\Windows\\System32"; "\\Windows, elsewhere"; "microsoft-windows-notepad, amd64" */
	const char *versions; /* of a component: "1.0 → 2.0"; NULL */
	const struct wp_diff_totals *totals;
	uint64_t count; /* files, streams and folders that came, went or changed in any way */
};

/* The bytes that came and went together: what it weighs. */
uint64_t wp_diff_share_bytes(const struct wp_diff_share *share);

/* The heaviest first; equal ones in the order of the model. *@ret_most is the largest sum of bytes. */
struct wp_diff_share *wp_diff_shares_of_folders(struct wp_arena *arena, const struct wp_diff_files *files,
						uint64_t *ret_most);
struct wp_diff_share *wp_diff_shares_of_components(struct wp_arena *arena, const struct wp_diff_files *files,
						   uint64_t *ret_most);

/* The path, and what it was called before or NULL; told apart as wp_diff_words_apart() does it. */
void wp_diff_words_names(struct wp_arena *arena, const struct wp_diff_path *path, const char **ret_path,
			 const char **ret_old);

/* What a path's line says behind it: "1.2 MiB → 1.3 MiB, times, hard link"; "" when there is nothing. */
char *wp_diff_words_path(struct wp_arena *arena, const struct wp_diff_path *path);

#endif
