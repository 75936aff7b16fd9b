/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packages and images a task sequence uses: the XML in SMS_TaskSequencePackage.Sequence. */
#ifndef WIMPLAN_SEQUENCE_H
#define WIMPLAN_SEQUENCE_H

#include "wimplan/arena.h"
#include "wimplan/wim.h"

#include <stdbool.h>
#include <stddef.h>

enum wp_use {
	WP_USE_IMAGE,      /* applies an operating system image: SMS_TaskSequence_ApplyOperatingSystemAction */
	WP_USE_DATA_IMAGE, /* SMS_TaskSequence_ApplyDataImageAction */
	WP_USE_INSTALL,    /* scripted installation from an upgrade package, by the same step as an image */
	WP_USE_UPGRADE,    /* SMS_TaskSequence_UpgradeOperatingSystemAction */
	WP_USE_DOWNLOAD,   /* SMS_TaskSequence_DownloadPackageContentAction */
	WP_USE_SEQUENCE,   /* runs another task sequence: @package_id is its */
	WP_USE_OTHER,      /* a package of drivers, scripts or the like, or one in the list of references alone */
};
/* "image", "data-image", "install", "upgrade", "download", "sequence", "other". */
const char *wp_use_name(enum wp_use use);

/* One package that one step uses. */
struct wp_sequence_use {
	enum wp_use use;
	const char *package_id; /* as the step has it; never empty */
	const char *step;       /* the step's name; "" for what only the list of references has */
	/*
	 * The image that the step takes by default: variables of the running sequence can override it. Not known where
	 * the step has none, and for downloads, sequences and others.
	 */
	struct wp_number index;
	bool enabled; /* neither the step nor a group around it is switched off */
};

/*
 * Reads a sequence into @arena, in document order. Steps of kinds that are not known are passed over. Returns 0, or WP_E_FAILED
 * with half a sentence in *@ret_why: what "the sequence" is or has.
 */
int wp_sequence_parse(struct wp_arena *arena, const char *text, struct wp_sequence_use **ret_items, size_t *ret_count,
		      const char **ret_why);

#endif
