/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sources of many records, looked at by several threads: headers and XML of all, then, when the caller has said
 * which contents it knows, the others. Each thread takes the next source from one list; what it writes belongs to that
 * source alone, so the result does not depend on who came first.
 */
#include "wimplan/source.h"

#include "observe.h"
#include "request.h"

#include "wimplan/limits.h"
#include "wimplan/thread.h"

#include <stdatomic.h>
#include <string.h>

/* What the threads do with one source after the other. */
struct work {
	struct wp_scan *scan;
	void (*step)(struct wp_scan *scan, struct wp_arena *arena, struct wp_source *source);
	atomic_size_t next;
};

struct wp_scan {
	struct wp_arena *arena;
	struct wp_scan_options options;
	struct wp_arena **thread_arenas; /* as many as the larger number of threads */
	unsigned int finders, thread_count;
	struct wp_source_request *requests; /* sorted */
	size_t request_count;
	struct wp_source *sources;
	size_t source_count;
	struct wp_file_content *files; /* by file id */
	size_t file_count;
	const struct wp_observation **observations; /* of each record */
	size_t count;
	struct work finding;
	struct wp_threads *threads; /* that find; NULL when all is found */
	atomic_size_t steps; /* a source takes two */
	atomic_size_t kept; /* bytes of files that were read whole and whose content may be wanted */
};

/* Files are not kept open from finding them to reading them, for there may be 100,000: only bytes of small ones, so many in all. */
#define KEPT_BYTES (4u << 20)

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
static void collect(struct wp_scan *scan, const struct wp_record *records)
{
	for (size_t i = 0; i < scan->count; i++) {
		struct wp_source_request *request = &scan->requests[scan->request_count];
		const char *why;

		if (wp_source_request_of(scan->arena, &records[i], i, request, &why)) {
			request->path = wp_arena_strdup(scan->arena, request->path);
			scan->request_count++;
		} else {
			scan->observations[i] = no_source(scan, &records[i], why);
		}
	}
	wp_source_requests_sort(scan->requests, scan->request_count);
}

/* Makes one source of the requests that mean the same, spelled as the first of them in byte order. */
static void make_sources(struct wp_scan *scan)
{
	size_t folders = 0;

	scan->sources = wp_arena_alloc(scan->arena, scan->request_count * sizeof *scan->sources);
	for (size_t i = 0; i < scan->request_count; i++) {
		struct wp_source_request *request = &scan->requests[i];

		if (!i || !wp_source_requests_same(request - 1, request)) {
			scan->sources[scan->source_count++] = (struct wp_source){
				.path = request->path,
				.folder = request->folder,
				.keep_manifest = request->folder && folders++ < scan->options.manifests,
			};
		}
		request->source = scan->source_count - 1;
	}
}

/* Each source is told once, when both of its steps are done: having read the header is not half of what there is. */
static void advance(struct wp_scan *scan, size_t steps)
{
	const struct wp_scan_options *options = &scan->options;
	size_t before = atomic_fetch_add(&scan->steps, steps), done = (before + steps) / 2 - before / 2;

	while (options->progress && done--)
		options->progress(options->progress_context, scan->source_count);
}

/* Takes sources until there are none: a system that gives fewer threads only costs time. */
static void run_worker(void *context, unsigned int number)
{
	struct work *work = context;
	struct wp_scan *scan = work->scan;

	for (size_t i; (i = atomic_fetch_add(&work->next, 1)) < scan->source_count;)
		work->step(scan, scan->thread_arenas[number], &scan->sources[i]);
}

static void find_source(struct wp_scan *scan, struct wp_arena *arena, struct wp_source *source)
{
	size_t kept;

	wp_source_find(scan->options.lookup, scan->options.identify, arena, source);
	if (source->wim) {
		kept = source->wanted ? wp_wim_close_file(source->wim) : 0;
		if (!kept || atomic_fetch_add(&scan->kept, kept) + kept > KEPT_BYTES)
			wp_wim_close(source->wim);
	}
	advance(scan, source->wanted ? 1 : 2);
}

static void read_source(struct wp_scan *scan, struct wp_arena *arena, struct wp_source *source)
{
	if (!source->wanted)
		return;
	if (!source->file || source->file->state != WP_CONTENT_KNOWN) {
		wp_source_read(arena, source);
		advance(scan, 1);
	}
	wp_wim_close(source->wim);
}

static int compare_file_ids(const void *a, const void *b)
{
	const struct wp_source *const *x = a, *const *y = b;

	return strcmp((*x)->wim->file_id, (*y)->wim->file_id);
}

/* One file of all that have one id; copies of it are asked for once. */
static void make_files(struct wp_scan *scan)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_source **wanted = wp_arena_alloc(scratch, scan->source_count * sizeof *wanted);
	size_t count = 0;

	for (size_t i = 0; i < scan->source_count; i++)
		if (scan->sources[i].wanted && scan->sources[i].wim->file_id[0])
			wanted[count++] = &scan->sources[i];
	WP_SORT(wanted, count, compare_file_ids);
	scan->files = wp_arena_alloc(scan->arena, count * sizeof *scan->files);
	for (size_t i = 0; i < count; i++) {
		if (!i || compare_file_ids(&wanted[i - 1], &wanted[i]))
			scan->files[scan->file_count++].file_id = wanted[i]->wim->file_id;
		wanted[i]->file = &scan->files[scan->file_count - 1];
	}
}

/*
 * Takes over what the caller knows, and chooses the files of which a summary is made: of what is read anyway. Returns how many sources
 * are left to be read.
 */
static size_t take_known(struct wp_scan *scan, size_t summaries)
{
	size_t known = 0, left = 0;

	for (size_t i = 0; i < scan->source_count; i++) {
		struct wp_source *source = &scan->sources[i];

		if (source->file && source->file->state == WP_CONTENT_KNOWN) {
			source->content = source->file->content;
			known++;
			continue;
		}
		left += source->wanted;
		if (source->file && summaries) {
			source->summarize = true;
			summaries--;
		}
	}
	advance(scan, known);
	return left;
}

/* What the copies of a file say of its content: nothing is learned where one of them says otherwise, or has a gate. */
static void learn(struct wp_scan *scan)
{
	for (size_t i = 0; i < scan->source_count; i++) {
		const struct wp_source *source = &scan->sources[i];
		struct wp_file_content *file = source->file;

		if (!source->read || !file)
			continue;
		if (source->observation.gate_count ||
		    (file->state == WP_CONTENT_LEARNED &&
		     strcmp(file->content.content_id, source->content.content_id) != 0)) {
			file->state = WP_CONTENT_DISPUTED;
		} else if (file->state == WP_CONTENT_UNKNOWN) {
			file->state = WP_CONTENT_LEARNED;
			file->content = source->content;
			file->summary = source->summary;
			if (file->look_at_boot)
				file->boot = source->boot;
		}
	}
}

/* Every record gets the observation of its source, with the path in its own spelling. */
static void hand_out(struct wp_scan *scan)
{
	for (size_t i = 0; i < scan->request_count; i++) {
		const struct wp_source_request *request = &scan->requests[i];
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

/* No more than there are @sources. */
static unsigned int threads_of(size_t sources, unsigned int wanted)
{
	unsigned int count = wanted < WP_LIMIT_JOBS ? wanted : WP_LIMIT_JOBS;

	if (count > sources)
		count = (unsigned int)sources;
	return count ? count : 1;
}

static void make_threads(struct wp_scan *scan)
{
	unsigned int readers = threads_of(scan->source_count, scan->options.jobs);

	scan->finders = threads_of(scan->source_count, scan->options.finders);
	scan->thread_count = scan->finders > readers ? scan->finders : readers;
	scan->thread_arenas = wp_arena_alloc(scan->arena, scan->thread_count * sizeof *scan->thread_arenas);
	for (unsigned int i = 0; i < scan->thread_count; i++)
		scan->thread_arenas[i] = wp_arena_new();
}

struct wp_scan *wp_scan_begin(const struct wp_record *records, size_t count, const struct wp_scan_options *options)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_scan *scan = wp_arena_alloc(arena, sizeof *scan);

	scan->arena = arena;
	scan->options = *options;
	scan->count = count;
	scan->observations = wp_arena_alloc(arena, count * sizeof *scan->observations);
	scan->requests = wp_arena_alloc(arena, count * sizeof *scan->requests);
	collect(scan, records);
	make_sources(scan);
	make_threads(scan);
	scan->finding = (struct work){ .scan = scan, .step = find_source };
	scan->threads = wp_threads_begin(scan->finders, run_worker, &scan->finding);
	return scan;
}

size_t wp_scan_wait(struct wp_scan *scan)
{
	size_t manifests = 0;

	wp_threads_end(scan->threads);
	scan->threads = NULL;
	make_files(scan);
	for (size_t i = 0; i < scan->source_count; i++)
		manifests += scan->sources[i].files.manifest.text != NULL;
	return manifests;
}

struct wp_file_content *wp_scan_files(const struct wp_scan *scan, size_t *ret_count)
{
	*ret_count = scan->file_count;
	return scan->files;
}

static int compare_file(const void *id, const void *file)
{
	return strcmp(id, ((const struct wp_file_content *)file)->file_id);
}

const struct wp_file_content *wp_scan_file(const struct wp_scan *scan, const char *file_id)
{
	return scan->file_count ? bsearch(file_id, scan->files, scan->file_count, sizeof *scan->files, compare_file) : NULL;
}

size_t wp_scan_finish(struct wp_scan *scan, size_t summaries)
{
	size_t left = take_known(scan, summaries), made = 0;

	wp_threads_run(threads_of(left, scan->options.jobs), run_worker, &(struct work){ .scan = scan, .step = read_source });
	for (size_t i = 0; i < scan->source_count; i++) {
		wp_source_finish(scan->arena, &scan->sources[i]);
		made += scan->sources[i].summary.bytes != NULL;
	}
	learn(scan);
	hand_out(scan);
	return made;
}

const struct wp_observation *wp_scan_observation(const struct wp_scan *scan, size_t i)
{
	return i < scan->count ? scan->observations[i] : NULL;
}

void wp_scan_free(struct wp_scan *scan)
{
	if (!scan)
		return;
	if (scan->threads)
		wp_threads_end(scan->threads);
	for (size_t i = 0; i < scan->source_count; i++)
		wp_wim_free(scan->sources[i].wim);
	for (unsigned int i = 0; i < scan->thread_count; i++)
		wp_arena_free(scan->thread_arenas[i]);
	wp_arena_free(scan->arena);
}
