/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of the images of one WIM in another: metadata, contents, files and the amount of new data. */
#ifndef WIMPLAN_DIFF_H
#define WIMPLAN_DIFF_H

#include "wimplan/blob.h"
#include "wimplan/boot.h"
#include "wimplan/error.h"
#include "wimplan/record.h"
#include "wimplan/servicing.h"
#include "wimplan/tree.h"
#include "wimplan/summary.h"
#include "wimplan/text.h"

/* How two images were found to be the same one at two times (the first that fits, each image once). */
enum wp_match {
	WP_MATCH_NONE,    /* added or removed */
	WP_MATCH_OPTION,  /* --match OLD:NEW */
	WP_MATCH_TREE,    /* the recorded digests of their trees are equal */
	WP_MATCH_EDITION, /* edition, installation type, architecture and default language are equal */
	WP_MATCH_NAME,
	WP_MATCH_INDEX,
};
/* "option", "tree", "edition", "name", "index"; NULL for none. */
const char *wp_match_name(enum wp_match match);

enum wp_diff_status { WP_DIFF_SAME, WP_DIFF_CHANGED, WP_DIFF_ADDED, WP_DIFF_REMOVED };
/* "same", "changed", "added", "removed". */
const char *wp_diff_status_name(enum wp_diff_status status);

/* A metadata field that differs. Texts as inspect --json has them; NULL is absent, "" empty. */
struct wp_diff_field {
	const char *field; /* "os_version", "languages", "other:PATH" … */
	const char *old;
	const char *new;
	/* The value is there and could not be read: then it is NULL, and what became of it is not known. */
	bool old_unread, new_unread;
	bool lost; /* one that Windows Setup reads: there was a value, and now it is empty or gone */
};

/* An item that is in both images and differs in version, hash or data. */
struct wp_item_change {
	struct wp_item old;
	struct wp_item new;
};

/* Added, removed and changed items exclude each other: one that is in @changed is in neither of the others. */
struct wp_diff_group {
	struct wp_item *added;
	size_t added_count;
	struct wp_item *removed;
	size_t removed_count;
	struct wp_item_change *changed;
	size_t changed_count;
	size_t same_count;
};

/* What is installed: one group for each of enum wp_item_group. */
struct wp_diff_contents {
	struct wp_diff_group groups[WP_ITEM_GROUPS];
	bool windows_old, windows_new; /* whether there is a Windows tree at all */
};

/* A file that starts an image or lies beside those, and came, went or has other data. */
struct wp_boot_change {
	enum wp_diff_status status;
	const struct wp_boot_file *old, *new; /* NULL on the side that lacks it */
	struct wp_boot_difference differs; /* of its programs: nothing where one side has none or was not read */
};

/* What starts an image, of a pair in which files that do differ. */
struct wp_diff_boot {
	struct wp_boot_image old, new;
	struct wp_boot_change *items; /* in the order of wp_boot_image.files */
	size_t count;
};

enum wp_file_change {
	WP_FILE_CHANGE_ADDED,
	WP_FILE_CHANGE_REMOVED,
	WP_FILE_CHANGE_CHANGED,    /* other data (SHA-1), or a file became a folder or the reverse */
	WP_FILE_CHANGE_RENAMED,    /* the same data at another path, and nothing at the old one */
	WP_FILE_CHANGE_ATTRIBUTES, /* the same data; attributes, times, security, reparse tag or hard links differ */
	WP_FILE_CHANGES,
};
/* "added", "removed", "changed", "renamed", "attributes". */
const char *wp_file_change_name(enum wp_file_change change);

/* What differs besides the data: bits in wp_diff_path.what. */
enum wp_file_what {
	WP_FILE_WHAT_ATTRIBUTES = 1,
	WP_FILE_WHAT_TIMES = 2, /* creation or last write; the last access is not compared */
	WP_FILE_WHAT_SECURITY = 4,
	WP_FILE_WHAT_REPARSE_TAG = 8,
	WP_FILE_WHAT_TYPE = 16, /* file and folder */
	/* Hard links between two names that are on both sides with the same data: they were one file, or are one now. */
	WP_FILE_WHAT_LINK_LOST = 32,
	WP_FILE_WHAT_LINK_MADE = 64,
};

enum wp_path_kind { WP_PATH_FILE, WP_PATH_FOLDER, WP_PATH_STREAM };
/* "file", "folder", "stream". */
const char *wp_path_kind_name(enum wp_path_kind kind);

/* One line of what happened to the files. Alternate streams have lines of their own: "\\Windows\\a.txt:zone". */
struct wp_diff_path {
	enum wp_file_change change;
	enum wp_path_kind kind; /* in the new image, as long as it is there */
	unsigned int what;    /* enum wp_file_what */
	const char *path;     /* in the new image; in the old one where it is removed */
	const char *old_path; /* where it is renamed, or where only the case of a letter changed; otherwise NULL */
	struct wp_number old_size, new_size; /* not known for folders, for missing data and on the side that lacks it */
	char old_sha1[WP_SHA1_TEXT], new_sha1[WP_SHA1_TEXT]; /* "" where there is no data */
	bool linked; /* the file has several names; its bytes count once */
	const char *old_link; /* with WP_FILE_WHAT_LINK_LOST: the path with which it was one file; otherwise NULL */
	const char *new_link; /* with WP_FILE_WHAT_LINK_MADE: the path with which it is one now */
	/* Where a symbolic link or junction that came, went or changed leads; NULL for anything else and where it is not known. */
	const char *old_target, *new_target;
};

/* How many and how much. Files and streams count, folders on their own. */
struct wp_diff_totals {
	uint64_t files[WP_FILE_CHANGES];
	uint64_t folders[WP_FILE_CHANGES];
	uint64_t bytes_added;   /* data of added files, new data of changed ones; that of a hard-linked file once */
	uint64_t bytes_removed; /* data of removed files, old data of changed ones; the same */
	uint64_t bytes_changed; /* of @bytes_added: new data of changed files */
};

/* Totals below a folder. */
struct wp_diff_folder {
	const char *path; /* "\\Windows\\System32" */
	struct wp_diff_totals totals; /* of this folder and everything below, except what has an entry of its own */
};

/* Totals of a component: folders in Windows\WinSxS whose names differ in version and hash only. */
struct wp_diff_component {
	const char *name; /* "microsoft-windows-notepad" */
	const char *architecture; /* "amd64" */
	const char *language;     /* NULL when neutral ("none") */
	const char *old_version;  /* the newest one that is in the old image; NULL when there is none */
	const char *new_version;
	struct wp_diff_totals totals;
};

struct wp_diff_files {
	struct wp_diff_totals totals;
	uint64_t links_lost, links_made; /* hard links: how many names have WP_FILE_WHAT_LINK_LOST and WP_FILE_WHAT_LINK_MADE */
	bool differs; /* anything at all does, whatever wp_diff_options.path_glob lets count */
	uint64_t unchanged; /* files that are the same in every respect, of those that wp_diff_options.path_glob lets count */
	struct wp_diff_folder *folders; /* that have changes, by path; down to wp_diff_options.depth */
	size_t folder_count;
	struct wp_diff_component *components; /* that have changes, by name, architecture, language */
	size_t component_count;
	struct wp_diff_path *paths; /* by path, at most wp_diff_options.path_limit of them */
	size_t path_count;
	size_t path_omitted; /* how many there are besides */
};

/* What became of a text that was asked for by its path. */
enum wp_text_state {
	WP_TEXT_STATE_SAME,
	WP_TEXT_STATE_CHANGED,
	WP_TEXT_STATE_ADDED,
	WP_TEXT_STATE_REMOVED,
	WP_TEXT_STATE_ABSENT, /* neither image has it */
};
/* "same", "changed", "added", "removed", "absent". */
const char *wp_text_state_name(enum wp_text_state state);

struct wp_text_side {
	bool there;            /* the image has a file at the path */
	struct wp_number size; /* bytes; not known where the data is in another file */
	char sha1[WP_SHA1_TEXT]; /* "" for no data */
	/*
	 * What the data was read as; NULL: it was not read, or is no text. "ascii", "utf-8", "utf-8-marked" and "utf-16le", "utf-16be" with
	 * a byte order mark, "utf-16le-unmarked", "8-bit": some code page, bytes above ASCII stand as "\\xE4".
	 */
	const char *encoding;
	const char *line_ends; /* "crlf", "lf", "mixed"; NULL: there are none */
};

struct wp_text_change {
	const char *path; /* as it was asked for: "\\Windows\\System32\\winpeshl.ini" */
	enum wp_text_state state; /* by the SHA-1s in the trees, whether or not the data can be read */
	struct wp_text_side old, new;
	const char *hunks;     /* of a unified diff, lines ended by "\n"; "": no line differs; NULL: not compared, or not to be shown */
	const char *not_shown; /* why, as the end of a sentence; otherwise NULL */
	bool unread; /* because the data could not be had */
	size_t lines_added, lines_removed;
};

struct wp_text_changes {
	struct wp_text_change *items;
	size_t count;
};

/* Whether the trees of a pair are the same; known without reading them, by the SHA-1s of their metadata resources. */
enum wp_tree_state { WP_TREE_UNKNOWN, WP_TREE_SAME, WP_TREE_CHANGED };
/* "same", "changed"; NULL for unknown. */
const char *wp_tree_state_name(enum wp_tree_state state);

struct wp_diff;

/* What became of an image's Winre.wim, which is a WIM itself and differs. */
struct wp_diff_winre {
	uint32_t same_as; /* the new index of an image before it, of which the very same two were compared; 0: none */
	const char *not_read; /* why one of the two is not compared, as the end of a sentence; otherwise NULL */
	struct wp_diff *diff; /* what is installed and more; NULL: see @same_as and @not_read */
};

struct wp_diff_image {
	uint32_t old_index; /* 0: the image is added */
	uint32_t new_index; /* 0: it is removed */
	const char *old_name; /* NULL: no NAME */
	const char *new_name;
	enum wp_match matched_by;
	enum wp_diff_status status; /* same: neither metadata nor tree differ, at whatever index it stands */
	enum wp_tree_state tree; /* by the recorded digests: that of a damaged tree may be equal to that of a sound one */
	bool complete; /* all that was asked for of the image could be read; what was not is said to be the same by no report */
	struct wp_diff_field *fields; /* in the order of inspect --json */
	size_t field_count;
	struct wp_diff_contents *contents; /* NULL: not asked for, or a tree could not be read */
	struct wp_diff_boot *boot;         /* the same, and where none of these files differ: then none is read */
	struct wp_diff_winre *winre;       /* the same, and where it is not in both images, or is the same in both */
	struct wp_diff_files *files;       /* the same */
	struct wp_text_changes *texts;     /* the same */
};

/* Distinct blobs of file data over a whole WIM. */
struct wp_diff_blobs {
	uint64_t count;
	uint64_t bytes;                /* uncompressed */
	struct wp_number stored_bytes; /* not known where a resource is solid. Of shared ones: as the new file stores them */
};

struct wp_diff_side {
	const char *path;
	uint64_t size; /* bytes of the file; of a split set, of all parts that were found; 0 for a record */
	struct wp_wim_header header; /* of a file */
	char file_id[WP_HASH_TEXT];
	char content_id[WP_HASH_TEXT];
	bool record; /* this side is what a site has recorded, not a file */
};

struct wp_diff {
	struct wp_arena *arena;
	struct wp_diff_side old, new;
	struct wp_diff_image *images; /* by the new index, then the removed ones by the old index */
	size_t image_count;
	enum wp_header_field header[WP_HEADER_FIELDS]; /* what differs in the headers of both sides */
	size_t header_count;
	bool blobs_known; /* false with --record and --only-matched, and where wimlib refused a file */
	struct wp_diff_blobs shared, added, removed;
	bool with_servicing, with_files; /* what was asked for */
	bool complete;       /* everything that was asked for could be read */
	struct wp_diags diags; /* of both files; the subject is the path, or "PATH, image N" */
};

/* One pair of --match. */
struct wp_diff_match {
	uint32_t old_index, new_index;
};

struct wp_diff_options {
	const struct wp_diff_match *matches;
	size_t match_count;
	bool only_matched; /* compare the pairs of @matches and nothing else: neither other images nor the files as wholes */
	bool servicing; /* goes into the Winre.wim of images where it differs */
	bool inner; /* the two are WIMs in other ones, and in them is no further one */
	bool files;
	struct wp_names text_paths; /* texts to compare, by their paths in both images; '/' is '\\' */
	const char *path_glob;  /* only these paths count and are listed; NULL: all. What it means: wimplan/glob.h */
	unsigned int depth;     /* of the folders with totals; 1: \Windows, \Users … */
	size_t path_limit;      /* how many paths an image keeps */
	/* Called for every path in order, whatever the limit, with the index of the new image; NULL for none. */
	void (*each_path)(void *context, uint32_t image, const struct wp_diff_path *path);
	void *context;
};

/*
 * Compares two files that layer 1 has read. @old and @new are borrowed until the call returns. Pairs of images are
 * compared one after the other, so that no more than two trees are in memory. What cannot be read is a diagnostic; the
 * call fails only for a --match that names no image (WP_E_USAGE) and for files without any image (WP_E_FAILED).
 */
int wp_diff_wims(struct wp_wim *old, struct wp_wim *new, const struct wp_diff_options *options,
		 struct wp_diff **ret_diff, struct wp_error *err);

/* Compares what a site has recorded of a package with its source: metadata only. */
int wp_diff_record(const struct wp_record *record, const struct wp_wim *source, const struct wp_diff_options *options,
		   struct wp_diff **ret_diff, struct wp_error *err);

void wp_diff_free(struct wp_diff *diff);
static inline void wp_diff_freep(struct wp_diff **diff)
{
	wp_diff_free(*diff);
}

/* The one answer to "are there changes?": an image that is not "same", an index or a header that changed, or blobs. */
bool wp_diff_has_changes(const struct wp_diff *diff);

/* How many fields were lost, over all images. */
size_t wp_diff_lost(const struct wp_diff *diff);

/*
 * The packages that are not the same in both sets, by PackageID:
 *   [{"package_id","class","name","status":"added|removed|changed",
 *     "properties":[{"property","old","new"}],
 *     "images":[{"index","status":"added|removed|changed","fields":[{"field","old","new"}]}],
 *     "rows":["content_info"]}]
 * A property that one of the two exports did not fetch is not compared. rows names the companion rows that
 * differ. *@ret_same counts the packages that are the same in both. New reference.
 */
json_t *wp_diff_snapshots(const struct wp_record_set *old, const struct wp_record_set *new, size_t *ret_same);

/* How many items of a group came, went or have another version. */
struct wp_group_change {
	uint64_t added, removed, changed;
};

/* A program that firmware starts, which images of both contents have, and which is not the same program. */
struct wp_content_boot {
	/*
	 * Of the files there are path, role and why one was not read, of the programs what boot_facts.h keeps; and of their notes whether
	 * signatures were not looked at.
	 */
	struct wp_boot_change change;
	uint32_t *images;     /* which have it, by their places in the file from 1 on: their indexes, unless the file leaves one out */
	size_t image_count;
};

/* The short form of a diff. */
struct wp_content_change {
	const char **updates; /* what the added updates are called: "KB5034765", sorted, each once */
	size_t update_count;
	struct wp_group_change groups[WP_ITEM_GROUPS];
	/* The verdicts on what starts the images, each once; none where that is not known. wp_boot_verdict_name() */
	struct wp_names boot_old, boot_new;
	/* What of that became another program, of images in the same place of both; where of one content nothing is known, nothing. */
	struct wp_content_boot *boot_files;
	size_t boot_file_count;
	uint64_t boot_left_out; /* such files of images that there was no room to tell */
	uint64_t boot_unknown;  /* images of which it is not known on one side */
	uint64_t bytes_new; /* uncompressed file data that the old file did not have */
	uint64_t bytes;     /* all file data of the new one */
};

/* False when one of the two is not what wp_content_summary_make() makes. */
bool wp_content_summary_compare(struct wp_arena *arena, const struct wp_content_summary *old,
				const struct wp_content_summary *new, struct wp_content_change *ret);

#endif
