/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a PkgSourcePath to a file on this machine, and what was seen there. */
#ifndef WIMPLAN_SOURCE_H
#define WIMPLAN_SOURCE_H

#include "wimplan/boot_facts.h"
#include "wimplan/gate.h"
#include "wimplan/limits.h"
#include "wimplan/record.h"
#include "wimplan/summary.h"
#include "wimplan/wim.h"

#include <stdbool.h>
#include <stddef.h>

/* One --map or [map] entry: a UNC or drive prefix and the folder that stands for it. */
struct wp_map_entry {
	const char *prefix; /* "\\\\server\\share" or "D:\\src" */
	const char *folder;
	const char *key; /* the prefix in the one spelling in which prefixes are compared */
};

struct wp_map {
	struct wp_map_entry *entries;
	size_t count;
};

/* Appends an entry, copied into @arena. A prefix may be given once. */
int wp_map_add(struct wp_arena *arena, struct wp_map *map, const char *prefix, const char *folder,
	       struct wp_error *err);

/* Whether two prefixes mean the same, whatever their letter case, separators and "\\\\?\\" are. */
bool wp_map_same_prefix(const char *a, const char *b);

/* The share or the drive that a Windows path begins with, as it is written there; NULL when it has neither. In @arena. */
char *wp_windows_root(struct wp_arena *arena, const char *path);

/* The entry whose prefix means the same as @prefix, or NULL. */
struct wp_map_entry *wp_map_get(const struct wp_map *map, const char *prefix);

/* The entry with the longest prefix that fits @windows_path at a component's border, or NULL. */
const struct wp_map_entry *wp_map_find(const struct wp_map *map, const char *windows_path);

/*
 * Adds what @mounts, the text of /proc/self/mounts, says of shares (CIFS) and of Windows' drives and shares (drvfs of WSL),
 * behind what @map has already.
 */
void wp_map_add_mounts(struct wp_arena *arena, struct wp_map *map, const char *mounts);

/* Finds names below a folder as Windows does. Keeps the folders that it has listed; safe for several threads. */
struct wp_lookup;

/*
 * Links below a mapped folder are followed as long as they lead to something below it; with @follow_links also where they
 * lead out of it. A mapped folder that is a link itself is always followed.
 */
struct wp_lookup *wp_lookup_new(const struct wp_map *map, bool follow_links) __attribute__((returns_nonnull));
void wp_lookup_free(struct wp_lookup *lookup);

enum wp_found {
	WP_FOUND,
	WP_FOUND_NOT_MAPPED, /* no prefix of the map fits */
	WP_FOUND_MISSING,
	WP_FOUND_AMBIGUOUS,  /* two names that differ only in case; both are named in the detail */
	WP_FOUND_UNREADABLE, /* something on the way could not be opened, or a link leads out of the mapped folder */
};

/* Where a path leads on this machine. */
struct wp_located {
	char *path;         /* NULL when it was not found */
	const char *detail; /* what is wrong, without naming this machine's folders; NULL when it was found */
	/*
	 * What was found: a folder that can be listed, or a file that can be recognized (O_PATH). Whoever opens @path
	 * has to compare, for a link may have come up meanwhile. -1 when it was not found.
	 */
	int fd;
};

/*
 * Finds @windows_path: the longest prefix of the map that fits at a component's border wins, '\\' and '/' both
 * separate, "." and ".." are refused as missing, "\\\\?\\" in front is taken off. The texts are in @arena; the caller
 * ends with wp_located_close().
 */
enum wp_found wp_lookup_find(struct wp_lookup *lookup, struct wp_arena *arena, const char *windows_path,
			     struct wp_located *ret);
void wp_located_close(struct wp_located *located);

/* A gate that a source fails, and why. */
struct wp_source_gate {
	enum wp_gate gate;
	const char *detail; /* a sentence without this machine's paths; NULL when there is no more to say */
};

/*
 * The files of an upgrade package's folder but its .wim, a line "path TAB size TAB seconds" for each, sorted: what the
 * folder's content id is made of besides the .wim.
 */
struct wp_manifest {
	const char *text; /* NULL: none; at most WP_LIMIT_MANIFEST_BYTES */
	size_t length;
};

/* The list of a folder's files, and the content id that was made of it. */
struct wp_known_manifest {
	const char *content_id;
	struct wp_manifest manifest;
};

enum wp_manifest_change { WP_MANIFEST_ADDED, WP_MANIFEST_CHANGED, WP_MANIFEST_REMOVED, WP_MANIFEST_CHANGES };
/* "added", "changed", "removed". */
const char *wp_manifest_change_name(enum wp_manifest_change kind);

/* What became of the files of a folder. */
struct wp_folder_change {
	uint64_t counts[WP_MANIFEST_CHANGES];
	const char *names[WP_MANIFEST_CHANGES][WP_LIMIT_FOLDER_NAMES]; /* the first by name */
	size_t named[WP_MANIFEST_CHANGES];
	uint64_t bytes; /* of the files that were added or changed, as they are now */
};

/*
 * Compares two manifests; names are the same without regard to case, and a file whose size or time is another one has
 * changed. False when one of them is no manifest: it comes out of a file that somebody may have changed.
 */
bool wp_manifest_compare(struct wp_arena *arena, const struct wp_manifest *old, const struct wp_manifest *new,
			 struct wp_folder_change *ret);

/* "2 added (a.dll, b.dll), 1 removed (c.dll)", with a few names of each kind; "" when nothing did. */
char *wp_folder_change_words(struct wp_arena *arena, const struct wp_folder_change *change);

/* What was seen of a source. Borrowed from the scan. */
struct wp_observation {
	const char *source_path; /* as the site writes it: PkgSourcePath */
	const char *local_path;  /* the .wim file; NULL when there is none */
	const struct wp_source_gate *gates; /* all that it fails, in the documented order */
	size_t gate_count;
	const struct wp_wim *wim; /* NULL when no file was read */
	bool solid; /* an .esd, or written like one */
	char file_id[WP_HASH_TEXT];
	char content_id[WP_HASH_TEXT]; /* with the folder's manifest, for a folder; "" when not known */
	struct wp_time newest; /* newest mtime of the source's files and of the images' LASTMODIFICATIONTIME */
	struct wp_time newest_file; /* newest mtime of the source's files alone */
	uint64_t folder_files; /* files besides the .wim in an upgrade package's folder */
	uint64_t bytes;        /* of the .wim, and of these files */
	const char *newest_path; /* of an upgrade package: which file @newest is of, relative to the folder, with '\\' */
	struct wp_manifest manifest; /* of those files; text is NULL when there is none, or no room for it */
};

/* How far the content of a file is known. */
enum wp_content_state {
	WP_CONTENT_UNKNOWN,
	WP_CONTENT_KNOWN,    /* by the caller: nothing of it is read */
	WP_CONTENT_LEARNED,  /* read by the scan, and the same wherever a file with this id stands */
	WP_CONTENT_DISPUTED, /* read, but a source with this file has a gate, or two copies were read differently */
};

/* The content of all files with one id. */
struct wp_file_content {
	const char *file_id;
	enum wp_content_state state;
	struct wp_wim_content content;     /* when it is known or learned */
	struct wp_content_summary summary; /* of a learned one; bytes are NULL: none was made */
	bool look_at_boot; /* asked by the caller: when it is read, the programs that firmware starts are read as well */
	struct wp_boot_facts boot; /* what these say, known by the caller or of a learned one; without text: it is not known */
};

struct wp_scan_options {
	/* Finds the sources; it may serve several scans, one after the other. */
	struct wp_lookup *lookup;
	unsigned int jobs; /* threads, at least 1, for what takes processor and memory: reading contents */
	/* Threads that find the sources and read their headers, which is waiting for the file server; at least 1. */
	unsigned int finders;
	/*
	 * Only to recognize files: header and XML, for the file id. The content id is found as well where that is not
	 * enough, of an upgrade package's folder and of a file whose XML is compressed.
	 */
	bool identify;
	size_t manifests; /* of so many folders they are kept */
	/* Called for each source that is done with how many there are, by any thread; NULL for none. */
	void (*progress)(void *context, size_t total);
	void *progress_context;
};

/*
 * Marks in @ret_shared the records whose source another one of them has as well, so that one scan should look at all of them. Returns
 * how many of the others have a source.
 */
size_t wp_sources_shared(const struct wp_record *const *records, size_t count, bool *ret_shared);

struct wp_scan;

/*
 * Looks at the source of each of @count records, headers and XML alone; records with one source share one observation.
 * The result is the same for every number of threads. Records without a source path have an observation with the gate
 * WP_GATE_NO_SOURCE. Other threads go on with that behind the caller, who comes to wp_scan_wait() and then to wp_scan_finish().
 */
struct wp_scan *wp_scan_begin(const struct wp_record *records, size_t count, const struct wp_scan_options *options)
	__attribute__((returns_nonnull));
/* Helps them until all sources are found. Returns of how many folders the scan has the manifests. */
size_t wp_scan_wait(struct wp_scan *scan);
/*
 * The files whose contents have to be known, each id once and by id. Whoever knows one sets state, content and boot before
 * wp_scan_finish(); after it they say what was learned. Borrowed.
 */
struct wp_file_content *wp_scan_files(const struct wp_scan *scan, size_t *ret_count);
/* The one of them with this id; NULL when there is none. Borrowed. */
const struct wp_file_content *wp_scan_file(const struct wp_scan *scan, const char *file_id);
/* Reads the contents that nobody knew, and completes the observations. At most @summaries are made of what is read; returns how many were. */
size_t wp_scan_finish(struct wp_scan *scan, size_t summaries);
/* The observation of record @i. Borrowed. */
const struct wp_observation *wp_scan_observation(const struct wp_scan *scan, size_t i);
/* Waits where wp_scan_wait() was not come to. NULL is allowed. */
void wp_scan_free(struct wp_scan *scan);

/* A source that a plan wants to be distributed, as the plan found it. */
struct wp_planned_source {
	const char *package_id;
	enum wp_class class; /* an upgrade package's source is a folder */
	const char *source_path;
	const char *file_id;
	const char *content_id; /* "" when it is not known */
};

#endif
