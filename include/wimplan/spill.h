/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts that a program keeps while it works and that are too many for memory: the first megabytes stay there, the rest goes into
 * a file without a name, which the system takes away with the process, however that ends.
 */
#ifndef WIMPLAN_SPILL_H
#define WIMPLAN_SPILL_H

#include "wimplan/buf.h"
#include "wimplan/error.h"

#include <stddef.h>
#include <stdint.h>

struct wp_spill;

/* A text that is kept. */
struct wp_span {
	uint64_t offset;
	size_t length; /* bytes */
};

/*
 * @beside: the file is made in the folder of this path, which is made, too, when it is needed; copied. @most: bytes that stay in
 * memory before it is.
 */
struct wp_spill *wp_spill_new(const char *beside, size_t most) __attribute__((returns_nonnull));
/*
 * The same in a folder for such files, which is not made: where it takes none, as on a system that may not be written, all texts stay in
 * memory.
 */
struct wp_spill *wp_spill_new_in(const char *folder, size_t most) __attribute__((returns_nonnull));
/* NULL is allowed. */
void wp_spill_free(struct wp_spill *spill);
static inline void wp_spill_freep(struct wp_spill **spill)
{
	wp_spill_free(*spill);
}

/* Keeps a text. Fails where there is no room for it; then everything that was kept before is still there. */
int wp_spill_add(struct wp_spill *spill, const void *text, size_t length, struct wp_span *ret, struct wp_error *err);
/* Adds a text that is kept to @ret. */
int wp_spill_read(const struct wp_spill *spill, struct wp_span span, struct wp_buf *ret, struct wp_error *err);

#endif
