/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One source, looked at by one thread. */
#ifndef WIMPLAN_SOURCE_OBSERVE_H
#define WIMPLAN_SOURCE_OBSERVE_H

#include "wimplan/source.h"
#include "wimplan/thread.h"

struct wp_source {
	const char *path; /* as the site writes it */
	bool folder;      /* of an upgrade package: the WIM is sources\install.wim below it */
	bool keep_manifest;
	struct wp_observation observation;
	struct wp_wim *wim;            /* owned */
	struct wp_wim_content content; /* of the .wim alone */
	bool wants_summary;            /* it is new to the store, and within the bound of one scan */
	struct wp_content_summary summary; /* bytes are NULL: none was made */
	bool content_read;             /* wimlib was asked for it: the store may learn it when no gate says otherwise */
};

/* What all threads share. */
struct wp_observer {
	struct wp_lookup *lookup;
	bool identify; /* as in struct wp_scan_options */
	const struct wp_identity_store *store; /* NULL for none */
	struct wp_mutex *store_lock; /* also of the count below */
	size_t summaries;           /* that this scan makes */
};

/* Fills @source. The texts of the observation are allocated from @arena, which no other thread uses. */
void wp_source_observe(struct wp_observer *observer, struct wp_arena *arena, struct wp_source *source);

#endif
