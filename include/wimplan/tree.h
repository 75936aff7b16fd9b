/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a WIM holds: its blobs and the tree of files of each image, read without decompressing any file's data. */
#ifndef WIMPLAN_TREE_H
#define WIMPLAN_TREE_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/diag.h"
#include "wimplan/hash.h"
#include "wimplan/wim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One piece of file data. Files with the same content share it, within an image and between images. */
struct wp_blob {
	uint8_t sha1[WP_SHA1_SIZE];
	bool solid;      /* stored together with others: @stored is 0, no part of its own can be told */
	bool compressed;
	bool elsewhere;  /* in another part of a split set */
	bool used;       /* by a tree that was read */
	uint64_t size;   /* bytes when decompressed */
	uint64_t stored; /* bytes in the file */
	uint64_t offset; /* bytes from the start of the file; of a solid one, from the start of what is in its solid resource */
	uint32_t resource; /* of a solid one: which of the index's @solid */
	uint32_t position; /* among the entries of the tables: of those with one SHA-1 the first one counts, and is kept */
};

/* Where an image's tree stands. */
struct wp_metadata_resource {
	uint8_t sha1[WP_SHA1_SIZE]; /* over the decompressed resource: the identity of the image's tree */
	bool compressed;
	bool solid;      /* among others: not read */
	uint64_t offset; /* bytes from the start of the file */
	uint64_t stored; /* bytes in the file */
	uint64_t size;   /* bytes when decompressed */
	uint32_t same_as; /* the first image that has this very resource: its own number, or a lesser one */
	bool tried; /* wp_tree_read() was asked for it */
	bool may_pass; /* it could not be read then, for a reason of which wp_blob_may_pass() says so */
	struct wp_number missing; /* the tree's @missing; not known before wp_tree_read() could read it */
};

/* Bytes of a file. */
struct wp_extent {
	uint64_t begin, end;
};

/* Many blobs that are compressed together. */
struct wp_solid {
	struct wp_extent place;
	uint64_t size; /* bytes of what is in it */
};

/* What may still be read of the files in a WIM and in all WIMs that stand in it: WP_LIMIT_UNPACKED and so on at first. */
struct wp_files_left {
	uint64_t unpacked; /* bytes */
	uint64_t boot_bytes;
	uint32_t boot_programs;
	uint32_t boot_files; /* counted in each image that has them */
};

struct wp_tree;
/* Called with a tree that was read. */
typedef void wp_tree_seen(void *context, const struct wp_tree *tree);

/* The blob table of a WIM or, of a split one, of all parts that stand beside the first. Owned by @arena. */
struct wp_wim_index {
	struct wp_arena *arena;
	const struct wp_wim *wim; /* borrowed: must live as long as the index */
	struct wp_wim_content content; /* content id and totals, of all parts */
	uint64_t file_bytes;      /* of the file, or of all parts */
	uint32_t parts_missing;   /* parts of a split set that were not found or are of another set */
	struct wp_blob *blobs;    /* file data, by SHA-1 */
	size_t blob_count;
	struct wp_solid *solid; /* in no order, maybe several times */
	size_t solid_count;
	unsigned int bucket_bits; /* so many that a bucket holds one or two of few blobs; at most 16 */
	uint32_t *buckets; /* where the blobs with each value of a SHA-1's first bits begin, and their end */
	struct wp_metadata_resource *images; /* of image 1 and so on */
	size_t image_count; /* may be less than the XML lists */
	/* Called with each tree that is read, whoever asks for it; NULL for none. */
	wp_tree_seen *seen;
	void *seen_context;
	/* What the trees that were read so far took, of what limits.h allows one file. */
	struct wp_taken {
		uint64_t bytes, nodes, text;
		uint64_t items; /* of what is installed, as wp_wim_read_installed() counts them */
	} taken;
	struct wp_files_left *left; /* of a WIM in another one to be that one's */
};

/*
 * Reads the blob table; the parts of a split set are found by the first part's name (install.swm,
 * install2.swm …), and one that lacks is the warning "part-missing". Returns NULL for what wimlib refuses ("wimlib-error" with its code and text) and for a table that
 * cannot be read; diagnostics are @wim's. Thread-safe for different files.
 */
struct wp_wim_index *wp_wim_index_read(struct wp_wim *wim);
void wp_wim_index_free(struct wp_wim_index *index);
static inline void wp_wim_index_freep(struct wp_wim_index **index)
{
	wp_wim_index_free(*index);
}

/*
 * Fills content.missing: reads the tree of each metadata resource that was not read yet, each once. Known when all of
 * them could be read, or when one of them lacks data.
 */
void wp_wim_index_count_missing(struct wp_wim_index *index);

/*
 * Reads the trees that were not read yet and fills content.missing, .unreferenced and .trailing. What is odd about the
 * trees goes to the diagnostics of @wim, which is index->wim.
 */
void wp_wim_index_look_deeper(struct wp_wim *wim, struct wp_wim_index *index);

/* The blob with this SHA-1, NULL when the file does not hold it. */
struct wp_blob *wp_wim_index_find(const struct wp_wim_index *index, const uint8_t sha1[WP_SHA1_SIZE]);

/* Attributes of a file that matter here (winnt.h, FILE_ATTRIBUTE_…). */
enum wp_attribute {
	WP_ATTRIBUTE_FOLDER = 0x10,
	WP_ATTRIBUTE_REPARSE_POINT = 0x400,
	WP_ATTRIBUTE_ENCRYPTED = 0x4000,
};

#define WP_NO_NODE UINT32_MAX
#define WP_NO_LINKS UINT32_MAX
#define WP_NO_SECURITY UINT32_MAX

/*
 * A named stream of a file, or the data of a file that is a reparse point as well (its name is then ""). Those of one
 * file are ordered as wp_text_compare_nocase() has it.
 */
struct wp_stream {
	uint32_t name; /* offset in the tree's @text */
	bool missing;  /* its blob is not in the file: @size is 0 and not known */
	uint8_t sha1[WP_SHA1_SIZE]; /* all 0: empty */
	uint64_t size;
};

/*
 * A file or folder; one with several names (hard links) has a node for each. The children of a folder stand one after
 * the other, ordered as wp_text_compare_nocase() has it, behind every node of a lesser depth.
 */
struct wp_node {
	uint32_t name;   /* offset in the tree's @text: valid UTF-8; "" for the root */
	uint32_t parent; /* WP_NO_NODE for the root */
	uint32_t first_child;
	uint32_t child_count;
	uint32_t attributes;
	uint32_t reparse_tag; /* 0 without WP_ATTRIBUTE_REPARSE_POINT; unknown tags are kept as they are */
	uint32_t security;    /* which of the tree's @security; WP_NO_SECURITY: none */
	uint32_t links;       /* the same number in all names of one file; WP_NO_LINKS where there is one name */
	uint32_t first_stream;
	uint16_t stream_count;
	bool missing; /* the blob is not in the file: @size is 0 and not known */
	uint8_t sha1[WP_SHA1_SIZE]; /* of the data, or of a reparse point's data; all 0: empty */
	uint64_t size;              /* bytes of that data */
	uint64_t created, written; /* ticks of a FILETIME */
};

/* The tree of one image. Node 0 is the root. Everything is owned by the tree. */
struct wp_tree {
	struct wp_arena *arena;
	uint32_t image; /* index */
	struct wp_node *nodes;
	uint32_t node_count;
	struct wp_stream *streams;
	uint32_t stream_count;
	const char *text; /* the names, each with a NUL */
	uint32_t text_length;
	uint8_t (*security)[WP_SHA1_SIZE]; /* SHA-1s of the security descriptors, so that two images' can be compared */
	uint32_t security_count;
	uint32_t link_count; /* files with several names */
	uint64_t missing;    /* files and streams whose data is not in the WIM */
	struct wp_diags diags; /* what was odd; the subject is "image N" */
};

/*
 * Reads the tree of image @image out of its metadata resource. Always returns an object; an unreadable tree has
 * @node_count 0 and a diagnostic of severity error:
 *   tree-missing     the file has no metadata resource for the image (a part other than the first, a delta)
 *   tree-unreadable  it cannot be read or decompressed, or does not have the SHA-1 of the blob table
 *   tree-invalid     an entry reaches over the resource's end or has impossible lengths
 *   tree-cycle       a folder's list is the list of another folder as well, or entries share bytes
 *   tree-limit       more entries, names or bytes than limits.h allows, or longer paths
 * Entries that Windows could not have are left out or repaired, with a warning that tells the number and the first one:
 *   tree-name-dots (".", ".."), tree-name-empty, tree-name-nul, tree-name-duplicate, tree-name-separator (kept),
 *   tree-name-not-utf16 (kept, with U+FFFD), tree-children-of-file;
 *   tree-blobs-missing says that data of files or streams is elsewhere.
 */
struct wp_tree *wp_tree_read(struct wp_wim_index *index, uint32_t image) __attribute__((returns_nonnull));
void wp_tree_free(struct wp_tree *tree);
static inline void wp_tree_freep(struct wp_tree **tree)
{
	wp_tree_free(*tree);
}

static inline const char *wp_tree_name(const struct wp_tree *tree, uint32_t node)
{
	return tree->text + tree->nodes[node].name;
}

static inline bool wp_node_is_folder(const struct wp_node *node)
{
	return node->attributes & WP_ATTRIBUTE_FOLDER;
}

/* Whether the node is a symbolic link or a junction: its data is where it leads. */
bool wp_node_is_link(const struct wp_node *node);

/*
 * Why what the image has of a file is not the file: as the end of a sentence that begins with its name. NULL: it is, as far as the tree
 * tells. A reparse point's data is a mark that says where Windows keeps the file's: a link, a file that is deduplicated or compressed.
 */
const char *wp_node_elsewhere(const struct wp_node *node);

/* What Windows calls a stream: the data of a file, of which a reparse point is shown as the file itself, has no name. */
static inline const char *wp_stream_shown(const char *name)
{
	return *name ? name : ":$DATA";
}

/*
 * Adds where a link leads, as Windows follows it. False for anything else, and where its data is damaged, solid or in
 * another file.
 */
bool wp_link_target(const struct wp_wim_index *index, const struct wp_node *node, struct wp_buf *ret);

/* The child of that name without regard to case, WP_NO_NODE when there is none. */
uint32_t wp_tree_child(const struct wp_tree *tree, uint32_t folder, const char *name, size_t length);

/* The node at @path, which is relative to @from and separated by '\\'. WP_NO_NODE when there is none. */
uint32_t wp_tree_find(const struct wp_tree *tree, uint32_t from, const char *path);

/* Adds the node's path: "\\Windows\\System32"; "\\" for the root. */
void wp_tree_path(const struct wp_tree *tree, uint32_t node, struct wp_buf *buf);

#endif
