/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check of a site: what nobody can know of it without asking, asked by GET and by GetImageProperties alone. */
#ifndef WIMPLAN_EXPORT_CHECK_H
#define WIMPLAN_EXPORT_CHECK_H

#include "export.h"

enum { WP_CHECK_CLASSES = 3 };
/* Packages of each class that are looked at in detail: the provider opens the .wim of each. */
#define WP_CHECK_SAMPLES 3u

/*
 * What was found is JSON from the beginning: "findings" of the format wimplan-profile, which names nothing of the site, and
 * what does.
 */
struct wp_check {
	struct wp_export *export;
	struct wp_session *session;
	json_t *packages;   /* one object for each class, in the order of enum wp_class */
	json_t *around;     /* the other classes */
	json_t *fields;     /* one object for each of wp_site_fields */
	json_t *properties; /* of the bags, by their spelling */
	json_t *skeleton;   /* the first bag's markup; NULL: none was seen */
	json_t *samples;    /* with names: for the site's own part */
	json_t *account;    /* what its roles allow */
	uint64_t page_size, longest; /* rows on the first page of a list that has more; 0: none has. Rows of the longest list */
	size_t asked;   /* steps that are through, for the bar */
	bool unanswered; /* a question was refused or failed */
	struct wp_error first; /* the first of those */
};

/*
 * Asks all. @account: whom the site knows the caller as ("DOMAIN\user"); NULL: nobody says. Without a single package that could be read
 * it is an error. Ends early with WP_OK at a signal.
 */
int wp_check_site(struct wp_check *check, const char *account, struct wp_error *err);
void wp_check_free(struct wp_check *check);

/* One class of packages. An error is one that leaves nothing to ask any more. */
int wp_check_class(struct wp_check *check, enum wp_class class, bool offered, struct wp_error *err);
/* What the account's roles allow, by SMS_Admin and SMS_Role. */
int wp_check_account(struct wp_check *check, const char *account, struct wp_error *err);

/*
 * Reads a list, and counts its rows and pages. *@ret_read is "yes", "absent", "denied" or "failed". @row may end it with
 * WP_CHECK_ENOUGH, which is no error. The error is as above.
 */
int wp_check_list(struct wp_check *check, const char *class, const char *filter,
		  int (*row)(void *context, json_t *row, struct wp_error *err), void *context, const char **ret_read,
		  struct wp_error *err);
#define WP_CHECK_ENOUGH 1
/* Takes what a question came to: whether there is more to ask. *@ret_read as above. */
int wp_check_took(struct wp_check *check, int status, const char **ret_read, struct wp_error *err);

/* The whole profile, and its "findings" alone. New references. */
json_t *wp_check_document(const struct wp_check *check);
json_t *wp_check_findings(const struct wp_check *check);
/* The report for people, out of the findings. */
void wp_check_report(const struct wp_cli *cli, const json_t *findings, struct wp_buf *buf);


/*
 * Parts of it: the table of the classes; a number of an object, 0 where there is none; "2 same, 1 different" of a tally, "-" of an
 * empty one; and how a class offers a method, in words.
 */
void wp_check_table(struct wp_arena *arena, const json_t *findings, struct wp_buf *buf);
uint64_t wp_check_number(const json_t *object, const char *key);
const char *wp_check_tally(struct wp_arena *arena, const json_t *object);
const char *wp_check_offer_words(const json_t *class, const char *method);
/*
 * A line of cells, with what fits into their columns; each is moved on to the rest of it, which stands behind a comma. True while
 * there is one: the next line is for it.
 */
bool wp_check_cells(struct wp_buf *buf, const char *label, size_t label_width, const char **cells, const size_t *widths, size_t count);

/* The whole of --site-check: asks, and puts out what was found. */
int wp_check_run(struct wp_export *export, struct wp_error *err);

#endif
