/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans: gates, shared sources, threads, and what known contents change (nothing but the time). */
#include "wimplan/source.h"

#include "temporary.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wimlib.h>

struct place {
	char root[TEMPORARY_SIZE];
	struct wp_arena *arena;
	struct wp_map map;
	struct wp_record *records;
	size_t count;
};

static void setup(struct place *place)
{
	memset(place, 0, sizeof *place);
	temporary_make(place->root);
	place->arena = wp_arena_new();
	cr_assert_eq(wp_map_add(place->arena, &place->map, "\\\\srv\\src", place->root, NULL), WP_OK);
}

static void cleanup(struct place *place)
{
	temporary_remove(place->root);
	wp_arena_free(place->arena);
}

static const char *below(struct place *place, const char *path)
{
	return wp_arena_printf(place->arena, "%s/%s", place->root, path);
}

/* A WIM with one empty image. */
static void make_wim(struct place *place, const char *path, const char *name)
{
	WIMStruct *wim;

	cr_assert_eq(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_NONE, &wim), 0);
	cr_assert_eq(wimlib_add_empty_image(wim, name, NULL), 0);
	cr_assert_eq(wimlib_write(wim, below(place, path), WIMLIB_ALL_IMAGES, 0, 1), 0);
	wimlib_free(wim);
}

static void touch(struct place *place, const char *path, time_t modified)
{
	struct timespec times[2] = { { .tv_sec = modified }, { .tv_sec = modified } };

	cr_assert_eq(utimensat(AT_FDCWD, below(place, path), times, 0), 0, "%s", path);
}

static void make_file(struct place *place, const char *path, const char *text, time_t modified)
{
	int fd = open(below(place, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	touch(place, path, modified);
}

/* Writes @length bytes over what stands at @offset, and keeps the time. */
static void patch(struct place *place, const char *path, off_t offset, const void *bytes, size_t length)
{
	int fd = open(below(place, path), O_WRONLY);
	struct stat status;

	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(fstat(fd, &status), 0);
	cr_assert_eq(pwrite(fd, bytes, length, offset), (ssize_t)length);
	close(fd);
	touch(place, path, status.st_mtim.tv_sec);
}

static uint64_t read_u64(struct place *place, const char *path, off_t offset)
{
	int fd = open(below(place, path), O_RDONLY);
	uint64_t value;

	cr_assert_eq(pread(fd, &value, sizeof value, offset), (ssize_t)sizeof value);
	close(fd);
	return value;
}

static void add_record(struct place *place, enum wp_class class, const char *source_path)
{
	struct wp_record *record = WP_PUSH(place->arena, place->records, place->count);

	record->class = class;
	record->package_id = wp_arena_printf(place->arena, "P01%05zu", place->count);
	record->source_path = source_path;
	record->source_flag = (struct wp_number){ true, 2 };
}

/* A memory of contents that counts. */
struct memory {
	struct wp_file_content items[64];
	char ids[64][WP_HASH_TEXT];
	size_t count, found;
};

static void recall(struct memory *memory, struct wp_file_content *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cr_expect(!i || strcmp(files[i - 1].file_id, files[i].file_id) < 0, "each once, in order");
		cr_expect_eq(files[i].state, WP_CONTENT_UNKNOWN);
		for (size_t k = 0; k < memory->count; k++) {
			if (strcmp(memory->ids[k], files[i].file_id))
				continue;
			files[i].content = memory->items[k].content;
			files[i].state = WP_CONTENT_KNOWN;
			memory->found++;
		}
	}
}

static void learn(struct memory *memory, const struct wp_file_content *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (files[i].state != WP_CONTENT_LEARNED)
			continue;
		cr_assert_lt(memory->count, 64);
		strcpy(memory->ids[memory->count], files[i].file_id);
		memory->items[memory->count++] = files[i];
	}
}

static struct wp_scan *scan_with(struct place *place, struct wp_scan_options options, struct memory *memory)
{
	struct wp_scan *scan;
	struct wp_file_content *files;
	size_t count;

	options.lookup = wp_lookup_new(&place->map, false);
	scan = wp_scan_begin(place->records, place->count, &options);
	wp_scan_wait(scan);
	wp_lookup_free(options.lookup);
	files = wp_scan_files(scan, &count);

	if (memory)
		recall(memory, files, count);
	wp_scan_finish(scan, 0);
	if (memory)
		learn(memory, files, count);
	return scan;
}

static struct wp_scan *scan(struct place *place, unsigned int jobs, struct memory *memory)
{
	return scan_with(place, (struct wp_scan_options){ .jobs = jobs, .finders = jobs }, memory);
}

static void free_scan(struct wp_scan **scan)
{
	wp_scan_free(*scan);
}

/* The code of the first gate that a source fails; NULL when it fails none. */
static const char *gate_of(const struct wp_observation *observation)
{
	return observation->gate_count ? wp_gate_info(observation->gates->gate)->code : NULL;
}

Test(source, scan_reads_images_and_gates)
{
	static const struct {
		enum wp_class class;
		const char *path, *gate, *detail;
	} cases[] = {
		{ WP_CLASS_IMAGE, "\\\\SRV\\src\\good.WIM", NULL, NULL },
		{ WP_CLASS_BOOT, "\\\\srv\\src\\boot.wim", NULL, NULL },
		{ WP_CLASS_INSTALL, "\\\\srv\\src\\media", NULL, NULL },
		{ WP_CLASS_INSTALL, "\\\\srv\\src\\media\\", NULL, NULL },
		{ WP_CLASS_IMAGE, NULL, "no-source", "the record has no PkgSourcePath" },
		{ WP_CLASS_IMAGE, "", "no-source", "the record has no PkgSourcePath" },
		{ WP_CLASS_IMAGE, "\\\\srv2\\src\\good.wim", "source-not-mapped", "--map" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\gone.wim", "source-missing", "no \"gone.wim\"" },
		{ WP_CLASS_INSTALL, "\\\\srv\\src\\gone", "source-missing", "no \"gone\"" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\twice.wim", "source-ambiguous", "\"Twice.wim\" and \"twice.wim\"" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\media", "source-not-wim", "folder" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\fifo", "source-not-wim", "" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\text.wim", "source-not-wim", "" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\small.wim", "source-not-wim", "" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\split.wim", "source-split", "part 1 of 2" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\busy.wim", "source-busy", "" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\cut.wim", "source-damaged", "" },
		{ WP_CLASS_IMAGE, "\\\\srv\\src\\blobs.wim", "source-damaged", "wimlib" },
		{ WP_CLASS_INSTALL, "\\\\srv\\src\\good.wim", "no-install-wim", "this is a file" },
		{ WP_CLASS_INSTALL, "\\\\srv\\src\\bare", "no-install-wim", "no sources\\install.wim" },
		{ WP_CLASS_INSTALL, "\\\\srv\\src\\esd", "no-install-wim", "install.esd" },
		{ WP_CLASS_INSTALL, "\\\\srv\\src\\swm", "no-install-wim", "install.swm" },
	};
	static const uint16_t two = 2;
	static const uint8_t busy = 0x40, junk[64] = { 0xff, 0xff, 0xff };
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_scan *seen __attribute__((cleanup(free_scan))) = NULL;

	setup(&place);
	for (const char *const *folder = (const char *const[]){ "media", "media/Sources", "bare", "bare/sources", "esd",
	     "esd/sources", "swm", "swm/sources", NULL }; *folder; folder++)
		cr_assert_eq(mkdir(below(&place, *folder), 0755), 0);
	for (const char *const *wim =
		     (const char *const[]){ "good.wim", "boot.wim", "media/Sources/Install.wim", "Twice.wim",
					    "twice.wim", "split.wim", "busy.wim", "cut.wim", "blobs.wim", NULL };
	     *wim; wim++)
		make_wim(&place, *wim, "An image");
	make_file(&place, "text.wim",
		  "This is a text that is much longer than the header of a WIM, which takes 208 bytes. It begins with "
		  "none of the magic numbers, and so it is no WIM, whatever its name says; nothing else of it is "
		  "looked at by anybody.",
		  1000);
	make_file(&place, "small.wim", "MSWIM", 1000);
	make_file(&place, "esd/sources/INSTALL.esd", "", 1000);
	make_file(&place, "swm/sources/install.swm", "", 1000);
	cr_assert_eq(mkfifo(below(&place, "fifo"), 0644), 0);
	patch(&place, "split.wim", 0x2a, &two, sizeof two);
	patch(&place, "busy.wim", 0x10, &busy, sizeof busy);
	cr_assert_eq(truncate(below(&place, "cut.wim"), 300), 0);
	/* An unknown flag and an impossible place in the blob table, which layer 1 does not read. */
	patch(&place, "blobs.wim", (off_t)read_u64(&place, "blobs.wim", 0x38), junk, 16);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		add_record(&place, cases[i].class, cases[i].path);
	seen = scan(&place, 2, NULL);
	for (size_t i = 0; i < place.count; i++) {
		const struct wp_observation *observation = wp_scan_observation(seen, i);
		const char *path = cases[i].path ? cases[i].path : "(null)", *gate = gate_of(observation), *detail;

		cr_expect_eq(!gate, !cases[i].gate, "%s: %s", path, gate);
		if (cases[i].path)
			cr_expect_str_eq(observation->source_path, cases[i].path);
		if (!gate || !cases[i].gate) {
			cr_expect(observation->local_path && observation->wim && observation->wim->metadata, "%s",
				  path);
			cr_expect_eq(strlen(observation->file_id), 71, "%s", path);
			cr_expect_eq(strlen(observation->content_id), 71, "%s", path);
			continue;
		}
		detail = observation->gates->detail;
		cr_expect_str_eq(gate, cases[i].gate, "%s: %s", path, detail);
		cr_expect(strstr(detail, cases[i].detail), "%s: %s", path, detail);
		cr_expect(!strstr(detail, place.root), "%s: %s", path, detail);
		cr_expect_str_empty(observation->content_id, "%s", path);
	}
	cr_expect_null(wp_scan_observation(seen, place.count));
}

Test(source, scan_takes_no_source_from_the_flag)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_scan *seen __attribute__((cleanup(free_scan))) = NULL;

	setup(&place);
	add_record(&place, WP_CLASS_IMAGE, "\\\\srv\\src\\a.wim");
	place.records[0].source_flag.value = 1;
	seen = scan(&place, 1, NULL);
	cr_expect_str_eq(gate_of(wp_scan_observation(seen, 0)), "no-source");
	cr_expect_str_eq(wp_scan_observation(seen, 0)->source_path, "\\\\srv\\src\\a.wim");
}

Test(source, scan_shares_sources_and_finds_times)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_scan *seen __attribute__((cleanup(free_scan))) = NULL;
	const struct wp_observation *file, *other, *folder;
	const time_t past = 1600000000, future = 4000000000;

	setup(&place);
	mkdir(below(&place, "m"), 0755);
	mkdir(below(&place, "m/sources"), 0755);
	make_wim(&place, "m/sources/install.wim", "An image");
	touch(&place, "m/sources/install.wim", past);
	make_file(&place, "m/setup.exe", "x", future);
	make_file(&place, "m/old.exe", "x", 1);
	add_record(&place, WP_CLASS_IMAGE, "\\\\srv\\src\\m\\sources\\install.wim");
	add_record(&place, WP_CLASS_BOOT, "\\\\SRV\\src\\M\\sources\\install.wim");
	add_record(&place, WP_CLASS_IMAGE, "\\\\srv\\src\\m\\sources\\install.wim");
	add_record(&place, WP_CLASS_INSTALL, "\\\\srv\\src\\m");
	seen = scan(&place, 2, NULL);
	file = wp_scan_observation(seen, 0);
	other = wp_scan_observation(seen, 1);
	folder = wp_scan_observation(seen, 3);
	cr_expect_eq(file, wp_scan_observation(seen, 2));
	cr_expect_eq(file->wim, other->wim, "another spelling of the same source");
	cr_expect_str_eq(other->source_path, "\\\\SRV\\src\\M\\sources\\install.wim");
	cr_expect_eq(file->newest_file.ticks, wp_time_from_unix(past, 0).ticks);
	/* wimlib has set LASTMODIFICATIONTIME when the image was made: now. */
	cr_expect_gt(file->newest.ticks, file->newest_file.ticks);
	cr_expect_eq(file->folder_files, 0);
	cr_expect_eq(folder->folder_files, 2);
	cr_expect_eq(folder->newest_file.ticks, wp_time_from_unix(future, 0).ticks);
	cr_expect_eq(folder->newest.ticks, folder->newest_file.ticks);
	cr_expect_str_eq(folder->file_id, file->file_id);
	cr_expect_str_neq(folder->content_id, file->content_id, "the folder's holds its other files");
}

static void expect_same(const struct wp_scan *a, const struct wp_scan *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct wp_observation *x = wp_scan_observation(a, i), *y = wp_scan_observation(b, i);

		cr_expect_str_eq(x->file_id, y->file_id, "%s", x->source_path);
		cr_expect_str_eq(x->content_id, y->content_id, "%s", x->source_path);
		cr_expect_eq(x->newest.ticks, y->newest.ticks, "%s", x->source_path);
		cr_expect_eq(x->gate_count, y->gate_count, "%s", x->source_path);
		for (size_t k = 0; k < x->gate_count && k < y->gate_count; k++) {
			cr_expect_eq(x->gates[k].gate, y->gates[k].gate, "%s", x->source_path);
			cr_expect_str_eq(x->gates[k].detail, y->gates[k].detail, "%s", x->source_path);
		}
		if (x->wim && y->wim) {
			cr_expect_eq(x->wim->grade, y->wim->grade, "%s", x->source_path);
			cr_expect_eq(x->wim->diags.count, y->wim->diags.count, "%s", x->source_path);
		}
	}
}

static void count_progress(void *context, size_t total)
{
	atomic_size_t *done = context;

	cr_expect_lt(atomic_fetch_add(done, 1), total);
}

Test(source, scan_is_the_same_for_threads_and_known_contents)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct memory memory = { 0 };
	struct wp_scan *one __attribute__((cleanup(free_scan))) = NULL,
			    *many __attribute__((cleanup(free_scan))) = NULL,
			    *warm __attribute__((cleanup(free_scan))) = NULL;
	struct wp_scan_options options = { .jobs = 8, .finders = 8 };
	atomic_size_t progress = 0;

	setup(&place);
	for (int i = 0; i < 20; i++) {
		const char *name = wp_arena_printf(place.arena, "f%d.wim", i);

		make_wim(&place, name, name);
		if (i % 5 == 0)
			cr_assert_eq(truncate(below(&place, name), 300), 0);
		add_record(&place, WP_CLASS_IMAGE, wp_arena_printf(place.arena, "\\\\srv\\src\\F%d.wim", i));
	}
	one = scan(&place, 1, NULL);
	options.progress = count_progress;
	options.progress_context = &progress;
	many = scan_with(&place, options, &memory);
	cr_expect_eq(progress, 20);
	cr_expect_eq(memory.count, 16);
	expect_same(one, many, place.count);
	memory.found = 0;
	warm = scan(&place, 2, &memory);
	cr_expect_eq(memory.found, 16);
	cr_expect_eq(memory.count, 16, "nothing new");
	expect_same(one, warm, place.count);
}

Test(source, scan_teaches_nothing_that_two_copies_contradict)
{
	static const uint8_t junk[16] = { 0xff, 0xff };
	struct place place __attribute__((cleanup(cleanup)));
	struct memory memory = { 0 };
	struct wp_scan *seen __attribute__((cleanup(free_scan))) = NULL;

	setup(&place);
	make_wim(&place, "a.wim", "An image");
	temporary_copy(below(&place, "a.wim"), below(&place, "b.wim"));
	patch(&place, "b.wim", (off_t)read_u64(&place, "b.wim", 0x38), junk, sizeof junk);
	add_record(&place, WP_CLASS_IMAGE, "\\\\srv\\src\\a.wim");
	add_record(&place, WP_CLASS_IMAGE, "\\\\srv\\src\\b.wim");
	seen = scan(&place, 1, &memory);
	cr_expect_eq(wp_scan_observation(seen, 0)->gate_count, 0);
	cr_expect_str_eq(gate_of(wp_scan_observation(seen, 1)), "source-damaged");
	cr_expect_str_eq(wp_scan_observation(seen, 0)->file_id, wp_scan_observation(seen, 1)->file_id);
	cr_expect_eq(memory.count, 0);
}

Test(source, scan_of_nothing)
{
	struct wp_scan *seen = wp_scan_begin(NULL, 0, &(struct wp_scan_options){ .jobs = 4, .finders = 4 });

	cr_expect_eq(wp_scan_wait(seen), 0);
	cr_expect_eq(wp_scan_finish(seen, 1), 0);
	cr_expect_null(wp_scan_observation(seen, 0));
	wp_scan_free(seen);
	wp_scan_free(NULL);
}

struct swap {
	const char *link, *outside;
	bool stop;
};

/* Puts a link to a file of the folder in the place of one to a file outside of it, and back. */
static void *swap_links(void *context)
{
	struct swap *swap = context;
	char other[256];

	snprintf(other, sizeof other, "%s.new", swap->link);
	for (int i = 0; !__atomic_load_n(&swap->stop, __ATOMIC_RELAXED); i++)
		if (symlink(i % 2 ? "inside.wim" : swap->outside, other) || rename(other, swap->link))
			break;
	return NULL;
}

/* What is read is what was found below the mapped folder, whoever puts something in its place in between. */
Test(source, scan_reads_nothing_outside)
{
	struct place place __attribute__((cleanup(cleanup))), other __attribute__((cleanup(cleanup)));
	struct swap swap = { 0 };
	pthread_t thread;
	size_t read = 0, refused = 0;

	setup(&place);
	setup(&other);
	make_wim(&place, "inside.wim", "inside");
	make_wim(&other, "outside.wim", "outside");
	cr_assert_eq(symlink("inside.wim", below(&place, "link.wim")), 0);
	add_record(&place, WP_CLASS_IMAGE, "\\\\srv\\src\\link.wim");
	swap.link = below(&place, "link.wim");
	swap.outside = below(&other, "outside.wim");
	cr_assert_eq(pthread_create(&thread, NULL, swap_links, &swap), 0);
	/* A busy machine may let the thread stand still for a while, with the link to outside in place: it goes on until both were seen. */
	for (int i = 0; i < 1500 || (i < 200000 && (!read || !refused)); i++) {
		struct wp_scan *result __attribute__((cleanup(free_scan))) = scan(&place, 1, NULL);
		const struct wp_observation *seen = wp_scan_observation(result, 0);

		if (!seen->wim) {
			refused++;
			sched_yield();
			continue;
		}
		read++;
		cr_assert(!seen->wim->metadata || !strcmp(seen->wim->metadata->images[0].name, "inside"));
	}
	__atomic_store_n(&swap.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	cr_expect_gt(read, 0);
	cr_expect_gt(refused, 0);
}
