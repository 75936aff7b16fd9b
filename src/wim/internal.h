/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this layer share. */
#ifndef WIMPLAN_WIM_INTERNAL_H
#define WIMPLAN_WIM_INTERNAL_H

#include "wimplan/bytes.h"
#include "wimplan/file.h"
#include "wimplan/wim.h"

/* True when what the header says may be allocated and read, by wimlib (src/wim.c) as well. */
bool wp_wim_header_safe(const struct wp_wim_header *header, uint64_t file_size);

/* In the flags of a resource: compressed; stored together with others (wimlib include/wimlib/header.h). */
#define WP_WIM_RESOURCE_COMPRESSED 0x4u
#define WP_WIM_RESOURCE_SOLID 0x10u

/* struct blob_descriptor_disk (wimlib src/blob_table.c): how long it is, and where its SHA-1 stands. */
#define WP_BLOB_ENTRY_SIZE 50u
#define WP_BLOB_ENTRY_SHA1 30u

/* The resource header at @bytes, of which there are 24. */
struct wp_reshdr wp_wim_take_resource(const uint8_t *bytes);

/* wimlib src/wim.c, wim_ctype_info; @compression as wp_wim_compression() has it. */
bool wp_wim_chunk_size_is_valid(const char *compression, uint32_t size);

/* How many blobs the header's blob table has room for. */
uint64_t wp_wim_blobs(const struct wp_wim_header *header);

/*
 * Looks through the blob table before wimlib does. NULL, or why wimlib must not get to see the file: it cannot be read, or its SHA-1s
 * were made up to meet in few places of wimlib's hash table.
 */
const char *wp_wim_check_spread(const struct wp_wim *wim);

/* From UTF-16LE to UTF-8 without BOM, in @text_arena; on failure false and a diagnostic, in @arena. */
bool wp_wim_xml_decode(struct wp_arena *arena, const uint8_t *bytes, size_t length, struct wp_arena *text_arena,
		       const char **ret_text, size_t *ret_length, struct wp_diags *diags);

/*
 * The code with which wimlib refuses the file that layer 1 has read (wimlib src/wim.c, begin_read(), and src/xml.c); 0 when it does
 * not, as far as header and XML go.
 */
int wp_wim_refusal(const struct wp_wim *wim);

/* Says that wimlib refuses the file with this code; @why, which may be NULL, is what is wrong with it. Returns a failure. */
int wp_wim_fail(struct wp_wim *wim, int code, const char *why);

/*
 * Says why a blob table cannot be used: that of the file, or that of a @part of its set, 0 for none. Of one that could not be read, or
 * that was changed meanwhile, nobody knows what it is like: that is no damage. Returns a failure.
 */
int wp_wim_no_table(struct wp_wim *wim, unsigned int part, const char *why);

/* Says that the file was changed, and takes its identity away. Returns a failure. */
int wp_wim_changed(struct wp_wim *wim);

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

/*
 * Up to @length bytes at @offset, fewer only where the WIM ends or the file was changed; an errno below 0. Nothing that stands
 * around the WIM is seen. Opens the file again where it was closed, and gives -ESTALE where it is another one now.
 */
ptrdiff_t wp_wim_pread(const struct wp_wim *wim, void *bytes, size_t length, uint64_t offset);

/* Whether all that was read is of one file that nobody has changed meanwhile. Costs nothing when nothing was read since it was asked. */
bool wp_wim_is_still(const struct wp_wim *wim);

#endif
