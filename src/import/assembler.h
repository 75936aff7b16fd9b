/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joins the rows of all files into one set of records: what they add to each other, and where they contradict. What an
 * import holds while it runs: packages and companion rows as far as they are known.
 */
#ifndef WIMPLAN_IMPORT_ASSEMBLER_H
#define WIMPLAN_IMPORT_ASSEMBLER_H

#include "columns.h"
#include "kept.h"
#include "late_rows.h"
#include "prepare.h"

#include "wimplan/import.h"
#include "wimplan/site.h"

#include <stdint.h>
#include <string.h>

/* Bounds of one import: those of limits.h, less in tests. */
struct wp_import_bounds {
	size_t record_bytes;
	size_t packages;
	size_t site_rows;
};

/* What else there is to know of a record whose properties are outside of memory. Texts live as long as the assembler's arena. */
struct wp_entry_brief {
	struct wp_number source_version;
	bool fetched;            /* its ImageProperty was */
	const char *image_error; /* why that, and what was probed, cannot be read; NULL */
	const char *probed_error;
	const char *not_fetched; /* as JSON; NULL while its class is not known */
	struct wp_brief own; /* the bytes of the only row that it has, where the caller wants briefs; NULL */
};

/* What there is of a package with several rows. */
struct wp_joined {
	struct wp_late_rows late;
	struct wp_kept later; /* property → index into wheres, for what a later row added */
	json_t *lazy;         /* names of several rows, which are in no list of lazy_lists; owned; NULL */
	size_t lazy_bytes;    /* of all its lazy names */
};

struct wp_entry_row {
	char package_id[9];
	bool has_record; /* false: only companion rows so far */
	bool class_known;
	enum wp_class class;
	struct wp_where where;
	const char *source_site;   /* SourceSite, as it stands; NULL */
	const json_t *lazy;        /* names that __LAZYPROPERTIES gave, as keys; of lazy_lists or @joined; NULL when none */
	struct wp_kept properties;
	struct wp_joined *joined;  /* NULL while it has one row */
	struct wp_entry_brief brief; /* empty where @properties are in memory */
	struct wp_companion *companions; /* the first, when all are sorted */
	size_t companion_count;
	size_t image_rows, unindexed; /* SMS_ImageInformation: how many of them, and how many without their Index */
};

struct wp_companion {
	size_t entry;
	enum wp_companion_kind kind;
	const char *key; /* tells rows of one package apart */
	struct wp_where where;
	struct wp_kept row;
	struct wp_late_rows late;
	bool adds_up; /* its counts, where it is of WP_COMPANION_CONTENT_INFO */
};

/* A row of a site (site.h). */
struct wp_site_row {
	const char *key;
	json_t *row; /* owned */
};

/* Rows that were left out for one reason. */
struct wp_left_out {
	size_t count;
	size_t number;     /* of the first of them, as in struct wp_taken_row */
	const char *first; /* where that stood */
};

/* The rows of one kind. */
struct wp_site_rows {
	struct wp_site_row *items;
	size_t count;
	struct wp_left_out contradicting; /* one of their key says something else */
	struct wp_left_out pointless; /* they should be about a distribution point, and name none */
};

/* One answer to a request for a list, which may go on in another one. */
struct wp_page {
	const char *class; /* of its rows, as it says itself; "" */
	const char *list;  /* the same, or that of the first row which says it */
	const char *file; /* where it stood */
	bool goes_on;     /* it says that another page follows */
	bool companions;  /* its rows are no packages */
	bool rows;        /* it has some */
};

/* A package that stands on a page. */
struct wp_page_row {
	size_t page, entry; /* indices */
};

/* A row as far as it says itself what it is. */
struct wp_taken_row {
	size_t number; /* in the order in which rows are taken in, from 1 */
	struct wp_where where;
	size_t page;
	const char *list; /* the class that it names, "" when none */
	enum wp_row_sort sort;
	enum wp_companion_kind kind; /* of a companion */
	enum wp_site_kind site_kind; /* of a row of the site */
	bool class_known;            /* of a record */
	enum wp_class class;
	json_t *clean;      /* its properties; owned; NULL while it waits */
	const json_t *lazy; /* its __LAZYPROPERTIES, as in struct wp_entry_row */
	const struct wp_prepared *prepared; /* while it is taken in at once; NULL when it has waited */
};

/* A row with dates that cannot be told before the end of its file. */
struct wp_waiting_row {
	struct wp_taken_row row;
	struct wp_kept clean;
};

struct wp_feed;

struct wp_assembler {
	struct wp_arena *arena;
	struct wp_arena *rows; /* of entries and companions: most of what there is, and of use to a set only while it has @texts */
	const struct wp_import_options *options;
	struct wp_feed *feed; /* on which readers send their rows; borrowed */
	struct wp_import_bounds bounds;
	struct wp_diags diags;
	size_t row_count;  /* that were taken in */
	size_t failed_row; /* the one that the import fails with; SIZE_MAX while there is none */
	json_t *index; /* PackageID → index into entries */
	struct wp_entry_row *entries;
	size_t entry_count;
	size_t record_count; /* entries with a record */
	json_t *companion_index; /* "entry/kind/key" → index into companions */
	struct wp_companion *companions;
	size_t companion_count;
	struct wp_left_out contradicting_counts; /* rows of WP_COMPANION_CONTENT_INFO */
	json_t *site_index; /* key → index into the items of its kind */
	struct wp_site_rows site_rows[WP_SITE_KINDS];
	size_t site_row_count; /* in all */
	struct wp_where *wheres;
	size_t where_count;
	struct wp_columns columns;
	struct wp_waiting_row *waiting; /* of the present file */
	size_t waiting_count;
	struct wp_page *pages;
	size_t page_count;
	struct wp_page_row *page_rows;
	size_t page_row_count;
	/* What the site refused when it was exported, by class: how many objects, of which the first, and why. Owned. */
	json_t *refused;
	json_t *word_index; /* text → index into words, which many entries share */
	const char **words;
	size_t word_count;
	json_t *lazy_lists; /* canonical text of names → them as keys of an object */
	/* What rows were left out are → how many: other classes, and what says too little of packages. Owned. */
	json_t *skipped, *unclear;
	const char *file; /* the last one, for wp_where */
	char site[4];     /* "" until something says it */
	const char *site_from;
	struct wp_time taken_at; /* as the export says */
	struct wp_time modified; /* of the newest file */
};

/* wp_import_files() with bounds. */
int wp_import_files_bounded(const char *const *paths, size_t count, const struct wp_import_options *options,
			    const struct wp_import_bounds *bounds, struct wp_record_set **ret_set,
			    struct wp_error *err);

struct wp_assembler *wp_assembler_new(const struct wp_import_options *options, const struct wp_import_bounds *bounds);
void wp_assembler_free(struct wp_assembler *assembler);
/* Frees what was kept of rows. The arena is the caller's from then on; nothing more is taken in. */
void wp_assembler_release(struct wp_assembler *assembler);

/* Takes one row in. Fails when it cannot be told what it is, or when it contradicts an earlier one. */
int wp_assembler_add(struct wp_assembler *assembler, const struct wp_row *row, struct wp_error *err);
/* The same with what wp_row_prepare() has told of the row. */
int wp_assembler_take(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_prepared *prepared,
		      struct wp_error *err);

/* Takes in what the export script says of the export: {"format_version":"1.0","taken_at":…,"site_code":…}. */
int wp_assembler_describe(struct wp_assembler *assembler, const json_t *description, const char *file,
			  struct wp_error *err);
/* The same of its other end, where an export says what could be said only then. */
int wp_assembler_describe_rest(struct wp_assembler *assembler, const json_t *description, const char *file,
			       struct wp_error *err);

/* The file that rows were taken from has ended. */
int wp_assembler_end_file(struct wp_assembler *assembler, const char *file, struct wp_error *err);

/* An input file's mtime, which serves when nothing better tells when the export was made. */
void wp_assembler_modified(struct wp_assembler *assembler, struct wp_time modified);

/*
 * A page of a list begins in @file. @class_text says the class of its rows (@odata.context), NULL when nothing does;
 * then it is that of the page @outer, 0 for none. Gives the number that its rows carry, from 1. wp_page_goes_on() says
 * that another page follows (@odata.nextLink).
 */
size_t wp_page_begin(struct wp_assembler *assembler, const char *class_text, size_t outer, const char *file);
void wp_page_goes_on(struct wp_assembler *assembler, size_t page);
/* The class of its rows, as it says itself; "" for page 0. Lives as long as the assembler. */
const char *wp_page_class(const struct wp_assembler *assembler, size_t page);

/*
 * Joins whatever waits in an import that has come to its end, or has failed with @status already: the earliest row that cannot be
 * joined is then what it fails with. Gives the status.
 */
int wp_assembler_settle(struct wp_assembler *assembler, int status, struct wp_error *err);

/* Makes the set, without its id (wp_record_set_identify()). The caller frees *@ret_set. */
int wp_assembler_finish(struct wp_assembler *assembler, struct wp_record_set **ret_set, struct wp_error *err);

/* A copy of @text, the same one for equal texts, that lives as long as the assembler's arena; NULL for NULL. */
const char *wp_assembler_word(struct wp_assembler *assembler, const char *text);

/* A copy of @where that lives as long as the assembler. */
static inline struct wp_where wp_assembler_where(struct wp_assembler *assembler, const struct wp_where *where)
{
	struct wp_where copy = *where;

	if (!assembler->file || strcmp(assembler->file, where->file) != 0)
		assembler->file = wp_arena_strdup(assembler->arena, where->file);
	copy.file = assembler->file;
	return copy;
}

/* Whether what is joined now is of no use but for what it may fail with. */
static inline bool wp_import_has_failed(const struct wp_assembler *assembler)
{
	return assembler->failed_row != SIZE_MAX;
}

/* Counts a row that is left out. */
void wp_leave_out(struct wp_assembler *assembler, struct wp_left_out *left_out, const struct wp_taken_row *row);

/* Takes in that the export is of @site, as @from says. */
int wp_assembler_claim_site(struct wp_assembler *assembler, const char *site, const char *from, struct wp_error *err);

/* What rows are put over. */
struct wp_merging {
	const char *subject; /* its package */
	json_t *properties;
	const struct wp_where *where; /* where they came from */
	json_t *later; /* as in struct wp_joined; NULL to keep none */
	bool changed;  /* something was put over them */
};

/* Puts @add over what is there. Gives WP_E_FAILED when a value differs. */
int wp_merge_properties(struct wp_assembler *assembler, struct wp_merging *merging, const json_t *add, const struct wp_where *where,
			struct wp_error *err);

/* Takes in a row of the package @at itself. */
int wp_record_add(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t at, struct wp_error *err);
/* Joins the rows of it that wait, and @last behind them (NULL: none). */
int wp_record_join(struct wp_assembler *assembler, struct wp_entry_row *entry, const struct wp_taken_row *last, struct wp_error *err);
/* Takes in a row that belongs to the entry @at. */
int wp_companion_add(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t at, struct wp_error *err);
/* As wp_record_join(). */
int wp_companion_join(struct wp_assembler *assembler, struct wp_companion *companion, const struct wp_taken_row *last,
		      struct wp_error *err);

/* Takes in that a row, which belongs to @entry (a row of the site to none), is on the page it says. */
void wp_pages_add(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t entry);
/*
 * The lists that go on behind the pages that are there, as wp_record_set.partial has them; NULL when none does. Remarks
 * on each.
 */
const char *wp_pages_missing(struct wp_assembler *assembler);
/* Takes in what a description says of the parts of the site that could not be read (complete, refused). */
void wp_refused_take(struct wp_assembler *assembler, const json_t *description, const char *file);
/* The same for wp_record_set.partial: "refused: …" where packages are missing; remarks on everything. NULL: nothing is. */
const char *wp_refused_missing(struct wp_assembler *assembler);
#endif
