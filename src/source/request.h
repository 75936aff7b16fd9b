/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records' wishes for sources: those of several records that mean the same stand together when they are sorted. */
#ifndef WIMPLAN_SOURCE_REQUEST_H
#define WIMPLAN_SOURCE_REQUEST_H

#include "wimplan/record.h"

struct wp_source_request {
	const char *key;  /* the same for all spellings of one source */
	const char *path; /* as the record has it */
	size_t record;    /* its place */
	bool folder;      /* of an upgrade package */
	size_t source;    /* its place among the sources, for who makes them */
};

/*
 * Fills @ret for the record at a place, with a key in @arena; its path is borrowed. False where the record has no source, with the
 * reason in *@ret_why.
 */
bool wp_source_request_of(struct wp_arena *arena, const struct wp_record *record, size_t place, struct wp_source_request *ret,
			  const char **ret_why);

/* Sorts by source, then by path as it is spelled, then by place. */
void wp_source_requests_sort(struct wp_source_request *requests, size_t count);
bool wp_source_requests_same(const struct wp_source_request *a, const struct wp_source_request *b);

#endif
