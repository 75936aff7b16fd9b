/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading a tree keeps while it goes through a metadata resource. */
#ifndef WIMPLAN_WIM_TREE_READ_H
#define WIMPLAN_WIM_TREE_READ_H

#include "claims.h"
#include "internal.h"

#include "wimplan/tree.h"

/* What Windows could not have made and is left out or repaired. */
enum wp_oddity {
	WP_ODDITY_DOTS,
	WP_ODDITY_EMPTY,
	WP_ODDITY_NUL,
	WP_ODDITY_DUPLICATE,
	WP_ODDITY_SEPARATOR,
	WP_ODDITY_NOT_UTF16,
	WP_ODDITY_CHILDREN,
	WP_ODDITY_MISSING,
	WP_ODDITIES,
};

/* How much one tree may take; see limits.h, from which tests differ: so many entries fill half a GiB. */
struct wp_tree_limits {
	uint64_t nodes; /* files, folders and streams */
	uint64_t text;  /* bytes of names */
};

struct wp_tree_reader {
	const struct wp_wim_index *index;
	struct wp_tree *tree;
	const uint8_t *bytes;
	size_t size;
	struct wp_tree_limits limits;
	struct wp_claims claims;
	uint32_t *units; /* of each node's path */
	uint64_t *ids;   /* of each node's hard links; 0: none */
	size_t stream_capacity, text_capacity;
	struct {
		uint64_t count;
		uint32_t folder;  /* of the first one */
		const char *name; /* of the first one, NULL: the folder itself */
	} odd[WP_ODDITIES];
};

/*
 * The bytes of a metadata resource as @tree, which has its arena and the image's number. The bytes are used up: much of them is 0
 * behind it. A failure: it is none, and a diagnostic says so.
 */
int wp_tree_parse(struct wp_tree *tree, const struct wp_wim_index *index, uint8_t *bytes, size_t size,
		  struct wp_tree_limits limits);

/* An entry of a folder's list, as it is stored. */
struct wp_raw_entry {
	const uint8_t *fixed; /* the fields up to the name */
	const uint8_t *name;  /* UTF-16LE */
	size_t name_length;   /* bytes */
	const uint8_t *streams;
	size_t stream_count;
};

/*
 * Reads the entry at *@at, a multiple of 8, and moves *@at behind it and its streams. 1: there is one, 0: the list ends, a failure:
 * the bytes cannot be one, and a diagnostic says so.
 */
int wp_tree_raw_entry(struct wp_tree_reader *reader, uint64_t *at, struct wp_raw_entry *ret);

/*
 * Fills the node's streams, hashes and sizes; @units is the length of its path. A failure: a stream's path is too long, and a
 * diagnostic says so.
 */
int wp_tree_take_streams(struct wp_tree_reader *reader, const struct wp_raw_entry *entry, struct wp_node *node,
			 uint32_t units);

/* Adds UTF-16LE to the tree's text, with U+FFFD for lone surrogates; *@ret_repaired tells whether there were any. */
uint32_t wp_tree_add_text(struct wp_tree_reader *reader, const uint8_t *bytes, size_t length, bool *ret_repaired);

/* Numbers the files that have several names: nodes of one id and the same data. */
void wp_tree_number_links(struct wp_tree_reader *reader);

void wp_tree_odd(struct wp_tree_reader *reader, enum wp_oddity oddity, uint32_t folder, const char *name);

/* Says what was odd about the entries. */
void wp_tree_tell_odd(const struct wp_tree_reader *reader);

/* Adds an error and returns a failure: the tree cannot be had. */
int wp_tree_fail(struct wp_tree *tree, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));

int wp_tree_path_too_long(struct wp_tree *tree);

#endif
