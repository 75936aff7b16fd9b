/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One source, looked at by one thread at a time: first header and XML, then, where that is not known, the content. */
#ifndef WIMPLAN_SOURCE_OBSERVE_H
#define WIMPLAN_SOURCE_OBSERVE_H

#include "folder.h"

#include "wimplan/source.h"

struct wp_source {
	const char *path; /* as the site writes it */
	bool folder;      /* of an upgrade package: the WIM is sources\install.wim below it */
	bool keep_manifest;
	struct wp_observation observation;
	struct wp_folder files; /* of an upgrade package, besides the .wim */
	struct wp_wim *wim;     /* owned */
	bool failed[WP_GATE_COUNT];
	const char *details[WP_GATE_COUNT];
	bool wanted;                       /* its content has to be known; found out by wp_source_find() */
	struct wp_file_content *file;      /* that has this file id; NULL: not wanted, or it has no id */
	bool summarize;                    /* a summary of the content is to be made when it is read */
	bool read;                         /* the content was read, or refused */
	struct wp_wim_content content;     /* of the .wim alone */
	struct wp_content_summary summary; /* bytes are NULL: none was made */
	struct wp_boot_facts boot;         /* where file->look_at_boot asks for it; without text: none was made */
};

/*
 * Finds the source and reads all but the content; @identify as in struct wp_scan_options. The texts are allocated from
 * @arena, which no other thread uses meanwhile.
 */
void wp_source_find(struct wp_lookup *lookup, bool identify, struct wp_arena *arena, struct wp_source *source);

/* Reads the content. */
void wp_source_read(struct wp_arena *arena, struct wp_source *source);

/* Fills what the observation says of the source as a whole; its content is what @source has by now. */
void wp_source_finish(struct wp_arena *arena, struct wp_source *source);

#endif
