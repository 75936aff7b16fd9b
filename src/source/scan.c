/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sources of many records, looked at by several threads. Each takes the next source from one list; what it writes
 * belongs to that source alone, so the result does not depend on who came first.
 */
#include "wimplan/source.h"

#include "observe.h"
#include "path.h"

#include "wimplan/limits.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct wp_scan {
	struct wp_arena *arena;
	struct wp_arena **thread_arenas;
	unsigned int thread_count;
	struct wp_source *sources;
	size_t source_count;
	const struct wp_observation **observations; /* of each record */
	size_t count;
};

/* A record's wish for a source. */
struct request {
	const char *key; /* the same for all spellings of one source */
	const char *path;
	size_t record;
	bool folder;
	size_t source;
};

struct work {
	struct wp_scan *scan;
	const struct wp_scan_options *options;
	struct wp_observer observer;
	atomic_size_t next;
	struct wp_mutex *progress_lock;
	size_t done;
};

static int compare_requests(const void *a, const void *b)
{
	const struct request *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (!order)
		order = (int)x->folder - (int)y->folder;
	if (!order)
		order = strcmp(x->path, y->path);
	return order ? order : (x->record > y->record) - (x->record < y->record);
}

static const char *make_key(struct wp_arena *arena, const char *text)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_windows_path path;

	return wp_windows_path_split(scratch, text, &path) ? wp_windows_path_key(arena, &path) : text;
}

static const struct wp_observation *no_source(struct wp_scan *scan, const struct wp_record *record, const char *detail)
{
	struct wp_observation *observation = wp_arena_alloc(scan->arena, sizeof *observation);
	struct wp_source_gate *gate = wp_arena_alloc(scan->arena, sizeof *gate);

	observation->source_path = wp_arena_strdup(scan->arena, record->source_path);
	*gate = (struct wp_source_gate){ WP_GATE_NO_SOURCE, detail };
	observation->gates = gate;
	observation->gate_count = 1;
	return observation;
}

/* One request per record that has a source; the others get their observation at once. */
static size_t collect(struct wp_scan *scan, struct wp_arena *scratch, const struct wp_record *records,
		      struct request *requests)
{
	size_t count = 0;

	for (size_t i = 0; i < scan->count; i++) {
		const struct wp_record *record = &records[i];

		if (record->source_flag.known && record->source_flag.value == 1) {
			scan->observations[i] =
				no_source(scan, record, "PkgSourceFlag is 1: the package has no source files");
		} else if (!record->source_path || !*record->source_path) {
			scan->observations[i] = no_source(scan, record, "PkgSourcePath is empty");
		} else {
			requests[count].path = wp_arena_strdup(scan->arena, record->source_path);
			requests[count].key = make_key(scratch, requests[count].path);
			requests[count].folder = record->class == WP_CLASS_INSTALL;
			requests[count++].record = i;
		}
	}
	return count;
}

/* Makes one source of the requests that mean the same, spelled as the first of them in byte order. */
static void make_sources(struct wp_scan *scan, struct request *requests, size_t count)
{
	size_t folders = 0;

	if (count)
		qsort(requests, count, sizeof *requests, compare_requests);
	scan->sources = wp_arena_alloc(scan->arena, count * sizeof *scan->sources);
	for (size_t i = 0; i < count; i++) {
		struct request *request = &requests[i];

		if (!i || strcmp(request[-1].key, request->key) || request[-1].folder != request->folder) {
			scan->sources[scan->source_count++] = (struct wp_source){
				.path = request->path,
				.folder = request->folder,
				.keep_manifest = request->folder && folders++ < WP_LIMIT_SCAN_MANIFESTS,
			};
		}
		request->source = scan->source_count - 1;
	}
}

static void tell_progress(struct work *work)
{
	const struct wp_scan_options *options = work->options;

	if (!options->progress)
		return;
	wp_mutex_lock(work->progress_lock);
	options->progress(options->progress_context, ++work->done, work->scan->source_count);
	wp_mutex_unlock(work->progress_lock);
}

/* Takes sources until there are none: a system that gives fewer threads only costs time. */
static void run_worker(void *context, unsigned int number)
{
	struct work *work = context;

	for (;;) {
		size_t i = atomic_fetch_add(&work->next, 1);

		if (i >= work->scan->source_count)
			return;
		wp_source_observe(&work->observer, work->scan->thread_arenas[number], &work->scan->sources[i]);
		tell_progress(work);
	}
}

static int compare_file_ids(const void *a, const void *b)
{
	const struct wp_source *const *x = a, *const *y = b;

	return strcmp((*x)->wim->file_id, (*y)->wim->file_id);
}

/*
 * Tells the store what wimlib read: when all is done, and not where two files of one file id were read differently. So
 * what a scan says does not depend on which of two copies came first.
 */
static void teach_store(const struct wp_scan *scan, const struct wp_identity_store *store, struct wp_arena *scratch)
{
	const struct wp_source **read = wp_arena_alloc(scratch, scan->source_count * sizeof *read);
	size_t count = 0;

	for (size_t i = 0; i < scan->source_count; i++)
		if (scan->sources[i].content_read && scan->sources[i].wim->file_id[0])
			read[count++] = &scan->sources[i];
	if (count)
		qsort(read, count, sizeof *read, compare_file_ids);
	for (size_t i = 0, end; i < count; i = end) {
		bool same = !read[i]->observation.gate_count;

		for (end = i + 1; end < count && !compare_file_ids(&read[i], &read[end]); end++)
			same &= !read[end]->observation.gate_count &&
				!strcmp(read[end]->content.content_id, read[i]->content.content_id);
		if (same)
			store->add(store->context, read[i]->wim->file_id, &read[i]->content);
		if (same && read[i]->summary.bytes)
			store->add_summary(store->context, read[i]->wim->file_id, &read[i]->summary);
	}
}

/* Every record gets the observation of its source, with the path in its own spelling. */
static void hand_out(struct wp_scan *scan, const struct request *requests, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct request *request = &requests[i];
		const struct wp_observation *shared = &scan->sources[request->source].observation;

		if (i && request[-1].source == request->source)
			shared = scan->observations[request[-1].record];
		if (strcmp(shared->source_path, request->path)) {
			struct wp_observation *own = wp_arena_alloc(scan->arena, sizeof *own);

			*own = *shared;
			own->source_path = request->path;
			shared = own;
		}
		scan->observations[request->record] = shared;
	}
}

struct wp_scan *wp_scan_run(const struct wp_record *records, size_t count, const struct wp_scan_options *options)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_arena *arena = wp_arena_new();
	struct wp_scan *scan = wp_arena_alloc(arena, sizeof *scan);
	struct request *requests = wp_arena_alloc(scratch, count * sizeof *requests);
	struct work work = {
		.scan = scan,
		.options = options,
		.observer = { .identify = options->identify, .store = options->store },
	};

	scan->arena = arena;
	scan->count = count;
	scan->observations = wp_arena_alloc(arena, count * sizeof *scan->observations);
	count = collect(scan, scratch, records, requests);
	make_sources(scan, requests, count);
	scan->thread_count = options->jobs < WP_LIMIT_JOBS ? options->jobs : WP_LIMIT_JOBS;
	if (scan->thread_count > scan->source_count)
		scan->thread_count = (unsigned int)scan->source_count;
	if (!scan->thread_count)
		scan->thread_count = 1;
	scan->thread_arenas = wp_arena_alloc(arena, scan->thread_count * sizeof *scan->thread_arenas);
	work.observer.lookup = wp_lookup_new(options->map, options->follow_links);
	work.observer.store_lock = wp_mutex_new();
	work.progress_lock = wp_mutex_new();
	for (unsigned int i = 0; i < scan->thread_count; i++)
		scan->thread_arenas[i] = wp_arena_new();
	wp_threads_run(scan->thread_count, run_worker, &work);
	if (options->store)
		teach_store(scan, options->store, scratch);
	hand_out(scan, requests, count);
	wp_mutex_free(work.progress_lock);
	wp_mutex_free(work.observer.store_lock);
	wp_lookup_free(work.observer.lookup);
	return scan;
}

const struct wp_observation *wp_scan_observation(const struct wp_scan *scan, size_t i)
{
	return i < scan->count ? scan->observations[i] : NULL;
}

void wp_scan_free(struct wp_scan *scan)
{
	if (!scan)
		return;
	for (size_t i = 0; i < scan->source_count; i++)
		wp_wim_free(scan->sources[i].wim);
	for (unsigned int i = 0; i < scan->thread_count; i++)
		wp_arena_free(scan->thread_arenas[i]);
	wp_arena_free(scan->arena);
}
