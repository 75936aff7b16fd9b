/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which source a record wishes, and which records wish the same. */
#include "request.h"

#include "path.h"

#include "wimplan/source.h"

#include <string.h>

static const char *make_key(struct wp_arena *arena, const char *text)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_windows_path path;

	return wp_windows_path_split(scratch, text, &path) ? wp_windows_path_key(arena, &path) : text;
}

bool wp_source_request_of(struct wp_arena *arena, const struct wp_record *record, size_t place, struct wp_source_request *ret,
			  const char **ret_why)
{
	if (!record->source_path || !*record->source_path) {
		*ret_why = "the record has no PkgSourcePath";
		return false;
	}
	if (record->source_flag.known && record->source_flag.value == 1) {
		*ret_why = "PkgSourceFlag is 1: the package has no source files";
		return false;
	}
	*ret = (struct wp_source_request){
		.key = make_key(arena, record->source_path),
		.path = record->source_path,
		.record = place,
		.folder = record->class == WP_CLASS_INSTALL,
	};
	return true;
}

static int compare_sources(const struct wp_source_request *x, const struct wp_source_request *y)
{
	int order = strcmp(x->key, y->key);

	return order ? order : (int)x->folder - (int)y->folder;
}

static int compare_requests(const void *a, const void *b)
{
	const struct wp_source_request *x = a, *y = b;
	int order = compare_sources(x, y);

	if (!order)
		order = strcmp(x->path, y->path);
	return order ? order : (x->record > y->record) - (x->record < y->record);
}

void wp_source_requests_sort(struct wp_source_request *requests, size_t count)
{
	WP_SORT(requests, count, compare_requests);
}

bool wp_source_requests_same(const struct wp_source_request *a, const struct wp_source_request *b)
{
	return !compare_sources(a, b);
}

size_t wp_sources_shared(const struct wp_record *const *records, size_t count, bool *ret_shared)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_source_request *requests = wp_arena_alloc(scratch, count * sizeof *requests);
	size_t wished = 0, alone = 0;
	const char *why;

	for (size_t i = 0; i < count; i++) {
		ret_shared[i] = false;
		wished += wp_source_request_of(scratch, records[i], i, &requests[wished], &why);
	}
	wp_source_requests_sort(requests, wished);
	for (size_t first = 0, end; first < wished; first = end) {
		for (end = first + 1; end < wished && wp_source_requests_same(&requests[first], &requests[end]); end++)
			;
		alone += end - first == 1;
		for (size_t i = first; end - first > 1 && i < end; i++)
			ret_shared[requests[i].record] = true;
	}
	return alone;
}
