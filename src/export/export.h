/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of wimplan-export: its options, what it has found out, and what is still to be read. */
#ifndef WIMPLAN_EXPORT_EXPORT_H
#define WIMPLAN_EXPORT_EXPORT_H

#include "wimplan/buf.h"
#include "wimplan/file.h"
#include "wimplan/program.h"
#include "wimplan/progress.h"
#include "wimplan/provider.h"
#include "wimplan/site.h"
#include "wimplan/thread.h"

#include <jansson.h>
#include <stdbool.h>

/* Exit statuses of a call that a signal has ended begin here. */
#define WP_BY_SIGNAL 128

/* One thing to read: an object by its key, or a list. */
struct wp_job {
	const struct wp_site_read *read;
	const char *key;    /* NULL: a list */
	const char *filter; /* of a list; NULL: none */
	bool guess;         /* nobody has said that there is such an object */
	bool done;
	struct wp_buf text; /* the rows, one a line; given away in the order of the jobs */
};

/* An object that a list has named. */
struct wp_listed {
	const struct wp_site_read *read;
	const char *key;
	const char *of; /* the package that it belongs to; NULL: it is one itself */
};

struct wp_export {
	struct wp_cli *cli;
	/* Options. */
	bool probe, no_distribution, no_sequences, site_check;
	const char *account; /* --account; NULL: not given */
	struct wp_number parallel; /* requests at a time */
	struct wp_provider_options connection;
	/* What is under way. All below belongs to who holds the lock. */
	struct wp_mutex *lock;
	struct wp_progress progress;
	struct wp_session *sessions; /* one for each request at a time */
	unsigned int session_count;
	struct wp_job *jobs;
	size_t job_count, next, given; /* the next to be begun, and to be given away */
	void (*work)(struct wp_export *export, struct wp_session *session, struct wp_job *job);
	char stopped[700]; /* why nothing more is asked for; "" while that is not so */
	/* What was found. */
	struct wp_listed *listed; /* in the arena of the call */
	size_t listed_count;
	json_t *packages, *sequences; /* PackageIDs in capitals, as keys: whose rows are wanted */
	json_t *read;                 /* of packages that were read, the same */
	json_t *refused, *absent;
	size_t package_count; /* written */
	char site_code[4]; /* "" until an object says it */
	struct wp_error first; /* the first refusal */
	struct wp_file_writer *writer; /* NULL until a package was read */
	bool written; /* a row was */
};

/* Which classes are wanted at all. */
bool wp_export_wants(const struct wp_export *export, const struct wp_site_read *read);

/*
 * Adds a list (@key NULL) or an object that could not be read; stops everything where more of it would be the same. Like the
 * others, for who holds the lock.
 */
void wp_export_refuse(struct wp_export *export, const struct wp_session *session, const struct wp_site_read *read,
		      const char *key, const struct wp_error *err);
/* The same of what nobody asked for (any more): an object, a list or, with a @count above 0, so many objects of it. @read may be NULL. */
void wp_export_leave(struct wp_export *export, const struct wp_site_read *read, const char *key, size_t count,
		     const char *why);
/* Adds a class that the site does not have, which is no refusal. */
void wp_export_lacks(struct wp_export *export, const char *class);
bool wp_export_is_absent(const struct wp_export *export, const char *class);

/* Takes the site's code out of "root\sms\site_P01", as an object names the place where it stands, when none is known yet. */
void wp_export_take_site(struct wp_export *export, const json_t *entity);

/* Sets of PackageIDs, which are the same whatever their letters' case. @id NULL is in none. */
bool wp_ids_have(const json_t *ids, const char *id);
void wp_ids_add(json_t *ids, const char *id);

extern const struct wp_command wp_export_command;

#endif
