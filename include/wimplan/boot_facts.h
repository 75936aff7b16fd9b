/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of the programs that firmware starts from a file's images: enough to judge them again without their data. */
#ifndef WIMPLAN_BOOT_FACTS_H
#define WIMPLAN_BOOT_FACTS_H

#include "wimplan/boot.h"

/* JSON for the cache alone. */
struct wp_boot_facts {
	const char *text; /* NULL: none were made */
	size_t length;    /* at most WP_LIMIT_BOOT_FACTS */
	bool lasting;     /* whenever the same file is read again they are the same: nothing failed that may go well the next time */
};

/* Of each image of a file's metadata. */
struct wp_boot_starts {
	const struct wp_boot_image *items;
	size_t count;
};

/*
 * Puts down the programs of @images that firmware starts; images that share a tree share what is kept. Where there is more of it than is
 * kept, no image is known. The text is in @arena.
 */
void wp_boot_facts_make(struct wp_arena *arena, struct wp_boot_starts images, struct wp_boot_facts *ret);
/*
 * Reads it again, and judges. False when it is not what wp_boot_facts_make() of this version makes. Of each program there are version,
 * SVN, signatures but for their times, and the codes of its diagnostics. In @arena.
 */
bool wp_boot_facts_open(struct wp_arena *arena, const struct wp_boot_facts *facts, struct wp_boot_starts *ret);

#endif
