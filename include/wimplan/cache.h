/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cache: snapshots of a site's records, content ids of files, and what is believed to
 * have been distributed. SQLite.
 */
#ifndef WIMPLAN_CACHE_H
#define WIMPLAN_CACHE_H

#include "wimplan/crew.h"
#include "wimplan/distribution.h"
#include "wimplan/record.h"
#include "wimplan/source.h"

#include <jansson.h>

struct wp_cache;

enum wp_cache_mode {
	WP_CACHE_READ,  /* never writes, never creates; WP_E_NOT_FOUND when there is none */
	WP_CACHE_WRITE, /* created when it lacks, folders included */
	/*
	 * Like READ, for who can do without: neither waits for another process nor plays back what one has left, and leaves the
	 * file unchecked.
	 */
	WP_CACHE_GLANCE,
};

/*
 * Opens the cache at @path. A damaged file, one that is no cache, one of a newer version and a read-only one that
 * should be written are errors that say so ("cache-damaged", "cache-newer",
 * "cache-read-only"); nothing is changed then.
 */
int wp_cache_open(const char *path, enum wp_cache_mode mode, struct wp_cache **ret_cache, struct wp_error *err);
void wp_cache_close(struct wp_cache *cache);
static inline void wp_cache_closep(struct wp_cache **cache)
{
	wp_cache_close(*cache);
}

struct wp_snapshot {
	char id[WP_HASH_TEXT];
	const char *site_code; /* never NULL: a row without one is damage */
	struct wp_time taken_at;
	struct wp_time imported_at;
	uint64_t records;
	const char *partial; /* as in struct wp_record_set; NULL when the export was whole */
};

/*
 * Stores a set, which has a site code, in one transaction. *@ret_known tells that a snapshot with this id was there
 * already: then it takes over the later of the two times and whether that export was whole, and counts as imported now.
 */
int wp_cache_add_snapshot(struct wp_cache *cache, const struct wp_record_set *set, struct wp_time now,
			  char ret_id[WP_HASH_TEXT], bool *ret_known, struct wp_error *err);

/* All snapshots, the newest taken first, then the one that was imported last, in @arena. */
int wp_cache_list_snapshots(struct wp_cache *cache, struct wp_arena *arena, struct wp_snapshot **ret_items,
			    size_t *ret_count, struct wp_error *err);

/*
 * Finds one snapshot: @id whole or an unambiguous beginning of its hex digits ("sha256:" may be left out); NULL takes
 * the newest of @site_code; that may be NULL only while the cache knows one site (else WP_E_USAGE, "site-required").
 * WP_E_NOT_FOUND says how to import one.
 */
int wp_cache_find_snapshot(struct wp_cache *cache, struct wp_arena *arena, const char *id, const char *site_code,
			   struct wp_snapshot *ret, struct wp_error *err);

/* The records of a snapshot. The caller frees *@ret_set. */
int wp_cache_load_snapshot(struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_record_set **ret_set,
			   struct wp_error *err);

/*
 * The same with records that were read from their briefs, which is what a plan is made of; @crew, which may be NULL, shares the work.
 * *@ret_kept tells that the cache has the briefs; otherwise they were made of the documents, and wp_cache_put_briefs() keeps them.
 */
int wp_cache_load_briefs(struct wp_cache *cache, const struct wp_crew *crew, const struct wp_snapshot *snapshot,
			 struct wp_record_set **ret_set, bool *ret_kept, struct wp_error *err);
/* Keeps the briefs of the records of a snapshot, for them to be loaded sooner the next time. */
int wp_cache_put_briefs(struct wp_cache *cache, const struct wp_record_set *set, struct wp_error *err);

/*
 * The same of one package alone, with what the snapshot says of it: a set without records when it does not have the
 * package. The records are not held against the snapshot's id then.
 */
int wp_cache_load_package(struct wp_cache *cache, const struct wp_snapshot *snapshot, const char *package_id,
			  struct wp_record_set **ret_set, struct wp_error *err);

/*
 * What the export before @set had and @set lacks: the newest other snapshot of its site that was not taken after it
 * goes to *@ret_previous, the PackageIDs, in order, to *@ret_ids. Without such a snapshot *@ret_count is 0. @set need
 * not be in the cache. All in @arena.
 */
int wp_cache_missing_packages(struct wp_cache *cache, struct wp_arena *arena, const struct wp_record_set *set,
			      struct wp_snapshot *ret_previous, const char ***ret_ids, size_t *ret_count,
			      struct wp_error *err);

/*
 * Loads the export before @set, as wp_cache_missing_packages() has it, with records that were read from their briefs; *@ret_set is
 * NULL when there is none. The caller frees it. @crew as above.
 */
int wp_cache_load_previous(struct wp_cache *cache, const struct wp_crew *crew, const struct wp_record_set *set,
			   struct wp_record_set **ret_set, struct wp_error *err);

/* A package of a snapshot. */
struct wp_package_name {
	const char *id;
	const char *name; /* NULL: not known, or not asked for */
};

/*
 * The packages, by id, whose ids begin with @begin: of the newest snapshot of @site_code, or of each site where that is NULL.
 * In @arena. Names only where there are few.
 */
int wp_cache_list_packages(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, const char *begin,
			   struct wp_package_name **ret_items, size_t *ret_count, struct wp_error *err);

/* Removes a snapshot with its records; baselines stay. */
int wp_cache_remove_snapshot(struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_error *err);

/*
 * Stores baselines in one transaction; one for the same site, package and version is replaced, a
 * proven one only by a proven one. A proven one closes the package's questions at its version and below.
 */
int wp_cache_put_baselines(struct wp_cache *cache, const struct wp_baseline *items, size_t count, struct wp_error *err);
/* All baselines of a site (NULL: of all sites), by site, package and version, in @arena. */
int wp_cache_list_baselines(struct wp_cache *cache, struct wp_arena *arena, const char *site_code,
			    struct wp_baseline **ret_items, size_t *ret_count, struct wp_error *err);
/* Forgets the baselines of a package at all versions; *@ret_count tells how many there were. */
int wp_cache_forget_baselines(struct wp_cache *cache, const char *site_code, const char *package_id,
			      size_t *ret_count, struct wp_error *err);

/*
 * Stores questions in one transaction. One that is there already stays as it is; those of the package at older
 * SourceVersions are closed, for the site has sent another content since.
 */
int wp_cache_put_questions(struct wp_cache *cache, const struct wp_question *items, size_t count, struct wp_error *err);
/*
 * The open questions of a site (NULL: of all sites), by site, package, version and content, in @arena. What counts for a
 * source is a question about its own content at the record's SourceVersion.
 */
int wp_cache_list_questions(struct wp_cache *cache, struct wp_arena *arena, const char *site_code,
			    struct wp_question **ret_items, size_t *ret_count, struct wp_error *err);

/*
 * Remembers the sources of a plan under its plan_id; one that is known stays as it is. The oldest plans are forgotten
 * (WP_LIMIT_PLANS).
 */
int wp_cache_put_plan(struct wp_cache *cache, const char *plan_id, const struct wp_planned_source *sources,
		      size_t count, struct wp_error *err);
/* The sources of a plan by package, in @arena; *@ret_known is false when the plan is not known. */
int wp_cache_find_plan(struct wp_cache *cache, struct wp_arena *arena, const char *plan_id,
		       struct wp_planned_source **ret_sources, size_t *ret_count, bool *ret_known,
		       struct wp_error *err);

/* Keeps lists of files; the oldest are forgotten, those of baselines last (WP_LIMIT_MANIFESTS). */
int wp_cache_put_manifests(struct wp_cache *cache, const struct wp_known_manifest *items, size_t count,
			   struct wp_error *err);
/* The list of the folder with this content id, in @arena: 1, 0 when there is none, or a failure as of wp_cache_find_contents(). */
int wp_cache_find_manifest(struct wp_cache *cache, struct wp_arena *arena, const char *content_id,
			   struct wp_manifest *ret, struct wp_error *err);

/* Keeps a site's profile, a JSON text, in the place of the one that there was; @text NULL: only forgets that. */
int wp_cache_put_profile(struct wp_cache *cache, const char *site_code, struct wp_time taken_at, const char *text,
			 struct wp_error *err);
/* The profile of a site, in @arena; *@ret_text is NULL when there is none. */
int wp_cache_find_profile(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, const char **ret_text,
			  size_t *ret_length, struct wp_error *err);

/* What was done over time. */
enum wp_event_kind {
	WP_EVENT_IMPORT,
	WP_EVENT_PLAN,
	WP_EVENT_RECEIPT,
	WP_EVENT_BASELINE,
	WP_EVENT_FORGET,
	WP_EVENT_KINDS,
};
/* "import", "plan", "receipt", "baseline", "forget". */
const char *wp_event_kind_name(enum wp_event_kind kind);

struct wp_event {
	struct wp_time at; /* when it was done; of a package in a receipt, when its step ended */
	enum wp_event_kind kind;
	const char *site_code;  /* NULL where none is known */
	const char *package_id; /* NULL: it is about all packages that it concerned */
	const char *plan_id;    /* NULL */
	const char *by;         /* "user@host"; NULL where none is known */
	json_t *facts;          /* an object, as wimplan-log(1) has it for each kind */
	size_t number;          /* its place among those of one time and kind, for whoever sorts them */
};

/* Events and who owns what they say. */
struct wp_history {
	struct wp_event *items;
	size_t count;
	json_t *facts; /* of all items */
};
void wp_history_free(struct wp_history *history);

/*
 * Begins a change that is kept as a whole or not at all; those of the functions here that are called until its end are
 * parts of it. wp_cache_end() keeps it when @status is 0, else undoes it and returns @status.
 */
int wp_cache_begin(struct wp_cache *cache, struct wp_error *err);
int wp_cache_end(struct wp_cache *cache, int status, struct wp_error *err);

/* What an event was for each of its packages, made when it is written: of a hundred thousand it would be a lot in memory. */
struct wp_event_packages {
	size_t count;
	/* Called for each, in their order, or not at all. Of the event package_id, at and facts count; facts is a new reference. */
	struct wp_event (*next)(void *context, size_t number);
	void *context;
};

/*
 * Adds an event, and what it was for packages; NULL: for none. A plan that is the last of its site already, and a receipt
 * that is there already, are not added again. The oldest events are forgotten (WP_LIMIT_EVENTS, WP_LIMIT_EVENT_PACKAGES).
 */
int wp_cache_log(struct wp_cache *cache, const struct wp_event *event, const struct wp_event_packages *packages,
		 struct wp_error *err);
/*
 * The events of a site (NULL: of all sites), by time, in @arena; @package_id NULL: whole ones, otherwise what they were
 * for this package. Freed by wp_history_free().
 */
int wp_cache_history(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, const char *package_id,
		     struct wp_history *ret, struct wp_error *err);

/*
 * Fills in what is known of @count files of a scan. What cannot be read is not known: the first of these
 * functions that fails on a cache says why, and after that nothing is known.
 */
int wp_cache_find_contents(struct wp_cache *cache, struct wp_file_content *files, size_t count, struct wp_error *err);
/*
 * Keeps what was learned of files, in one transaction, and marks those that are known as seen, of which only the id is asked; the
 * oldest are forgotten (WP_LIMIT_IDENTITIES, WP_LIMIT_SUMMARIES).
 */
int wp_cache_put_contents(struct wp_cache *cache, const struct wp_file_content *files, size_t count,
			  struct wp_error *err);
/* The summary of the file with this id, in @arena: 1, 0 when there is none, or a failure as of wp_cache_find_contents(). */
int wp_cache_find_summary(struct wp_cache *cache, struct wp_arena *arena, const char *file_id,
			  struct wp_content_summary *ret, struct wp_error *err);
/*
 * Fills boot of those of @files of which it is known what starts their images, whatever their state. In
 * @arena; fails as wp_cache_find_contents() does.
 */
int wp_cache_find_boot(struct wp_cache *cache, struct wp_arena *arena, struct wp_file_content *files, size_t count,
		       struct wp_error *err);
/*
 * Keeps of the files that a scan has learned what starts their images, where that was asked for and is the same whenever they are read; the
 * oldest are forgotten (WP_LIMIT_BOOT_KNOWN).
 */
int wp_cache_put_boot(struct wp_cache *cache, const struct wp_file_content *files, size_t count, struct wp_error *err);

#endif
