/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scans have learned of files and folders, until all have been looked at: two copies of a file may contradict each other. */
#ifndef WIMPLAN_CLI_LEARNED_H
#define WIMPLAN_CLI_LEARNED_H

#include "wimplan/cache.h"
#include "wimplan/source.h"

/* From zeros, with an arena. */
struct wp_learned_files {
	struct wp_arena *arena; /* owned */
	struct wp_file_content **items; /* learned or disputed */
	size_t count;
	const char **known; /* ids of files that were known before: they were seen */
	size_t known_count;
	struct wp_known_manifest *manifests;
	size_t manifest_count;
};

/* Takes over what a scan that is finished says. */
void wp_learned_files_add(struct wp_learned_files *learned, const struct wp_scan *scan);
/* Takes over the list of a folder's files, where there is one. */
void wp_learned_files_add_folder(struct wp_learned_files *learned, const struct wp_observation *seen);
/* Keeps it in the cache, which is open for writing: nothing of a file of which two scans say different things. */
int wp_learned_files_keep(const struct wp_learned_files *learned, struct wp_cache *cache, struct wp_error *err);
void wp_learned_files_free(struct wp_learned_files *learned);

#endif
