/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this layer share. */
#ifndef WIMPLAN_WIM_INTERNAL_H
#define WIMPLAN_WIM_INTERNAL_H

#include "wimplan/bytes.h"
#include "wimplan/file.h"
#include "wimplan/wim.h"

/* True when wimlib may open a file with this header: it allocates what the header says (wimlib src/wim.c). */
bool wp_wim_header_safe(const struct wp_wim_header *header, uint64_t file_size);

/* In the flags of a resource: compressed; stored together with others (wimlib include/wimlib/header.h). */
#define WP_WIM_RESOURCE_COMPRESSED 0x4u
#define WP_WIM_RESOURCE_SOLID 0x10u

/* struct blob_descriptor_disk (wimlib src/blob_table.c): how long it is, and where its SHA-1 stands. */
#define WP_BLOB_ENTRY_SIZE 50u
#define WP_BLOB_ENTRY_SHA1 30u

/* The resource header at @bytes, of which there are 24. */
struct wp_reshdr wp_wim_take_resource(const uint8_t *bytes);

/* How many blobs the header's blob table has room for. */
uint64_t wp_wim_blobs(const struct wp_wim_header *header);

/* How the SHA-1s of blob tables are spread over the places of a hash table. */
struct wp_spread {
	uint32_t places[65536];
	uint64_t count; /* blobs */
	uint64_t steps; /* that looking each of them up once takes */
};

/*
 * Counts the blob table of @wim into @spread, which begins with zeroes. NULL, or why wimlib must not get to see the
 * file: it cannot be read, or its SHA-1s were made up to meet in few places of wimlib's hash table.
 */
const char *wp_wim_count_spread(const struct wp_wim *wim, struct wp_spread *spread);

/* True when the resource is stored compressed. */
bool wp_wim_resource_compressed(const struct wp_reshdr *resource);

/* From UTF-16LE to UTF-8 without BOM, in @text_arena; on failure false and a diagnostic, in @arena. */
bool wp_wim_xml_decode(struct wp_arena *arena, const uint8_t *bytes, size_t length, struct wp_arena *text_arena,
		       const char **ret_text, size_t *ret_length, struct wp_diags *diags);

struct WIMStruct;
struct wp_blob_table;
/* Where blobs come from: wimlib has the file open, or it stands inside of another one and its table was read. */
struct wp_blob_source {
	struct WIMStruct *opened; /* NULL: @table */
	struct wp_blob_table *table;
};
/* Called while they can be asked; returns 0, a code of wimlib's, or WP_E_FAILED when a diagnostic says why not. */
typedef int wp_wim_visit(const struct wp_blob_source *blobs, void *context);

struct wimlib_resource_entry;
/* Tells of the metadata resources in the order of the images, then of each blob once. 0, a code of wimlib's or @take's. */
int wp_blobs_each(const struct wp_blob_source *blobs,
		  int (*take)(const struct wimlib_resource_entry *resource, void *context), void *context);

/* wp_wim_read_content() that calls @visit, which may be NULL, before it closes the file. */
int wp_wim_visit_content(struct wp_wim *wim, struct wp_wim_content *ret, wp_wim_visit *visit, void *context);

/* Adds a finding about the file; wp_wim_settle() gives it its subject. */
#define WP_WIM_DIAG(wim, severity, code, ...) \
	wp_diag_add((wim)->arena, &(wim)->diags, (severity), (code), NULL, __VA_ARGS__)

/* Brings grade and subjects up to date with the diagnostics. */
void wp_wim_settle(struct wp_wim *wim);

/* Adds what is odd about the tree of an image: "image N: …". */
void wp_wim_tell(struct wp_wim *wim, uint32_t image, const struct wp_diags *diags);

/* True when the status is still that of the file that @wim was read from. */
static inline bool wp_wim_same_file(const struct wp_wim *wim, const struct wp_file_status *status)
{
	return status->kind == WP_FILE_KIND_REGULAR && status->size == wim->file_size &&
	       status->modified.known == wim->modified.known && status->modified.ticks == wim->modified.ticks;
}

/* wp_file_read_at() that does not see what stands around the WIM. */
static inline ptrdiff_t wp_wim_pread(const struct wp_wim *wim, int fd, void *bytes, size_t length, uint64_t offset)
{
	if (offset >= wim->size)
		return 0;
	if (length > wim->size - offset)
		length = (size_t)(wim->size - offset);
	return wp_file_read_at(fd, bytes, length, wim->offset + offset);
}

#endif
