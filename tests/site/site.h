/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stand-in for a site's SMS Provider: what its files share. See README.md beside this file. */
#ifndef SITE_H
#define SITE_H

#include "wimplan/arena.h"
#include "wimplan/source.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sqlite3.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_STATUS,	    /* an HTTP error status */
	FAULT_LOCK,	    /* somebody holds the SEDO lock of the package */
	FAULT_SQL1205,	    /* deadlock victim */
	FAULT_EXTENDED,	    /* any SMS_ExtendedStatus */
	FAULT_RETURN,	    /* the method ran and returned something else than 0, without effect */
	FAULT_NO_EFFECT,    /* the method says 0 and does nothing */
	FAULT_SLOW,	    /* sleeps, then answers */
	FAULT_CLOSE_BEFORE, /* closes the connection before the body is read, without effect */
	FAULT_CLOSE_AFTER,  /* closes it after the effect, without a byte of an answer */
	FAULT_HALF,	    /* effect, then half an answer */
	FAULT_HTML,	    /* a proxy's error page */
	FAULT_CHANGE,	    /* somebody changes a record first */
	FAULT_DIE,	    /* the process ends before the effect */
	FAULT_DIE_AFTER,    /* the process ends after it */
};

/* One line of the fault script. */
struct fault {
	enum fault_kind kind;
	const char *name;
	const char *method; /* NULL: any */
	const char *path;   /* fnmatch pattern over the path; NULL: any */
	bool reused;	    /* only requests that are not the first of their connection */
	int64_t nth;	    /* fires from the nth request that matches; 0: from the first */
	int64_t count;	    /* that many times; 0: for ever */
	double probability;
	uint64_t seed;
	json_t *json; /* the line, for what belongs to its action */
};

/* The answer to a query that goes on in further pages. */
struct kept {
	uint64_t token;
	json_t *rows;
};
enum { KEPT_LISTS = 16 };

struct site {
	struct wp_arena *arena;
	sqlite3 *db;
	pthread_mutex_t mutex; /* over db and everything a request does */
	struct wp_map map;
	const char *site_code;
	const char *token; /* the bearer token that is asked for; NULL: none */
	bool https, bare, bound_actions, needs_commit;
	bool lazy_in_lists, inherited_actions, read_only;
	const char *missing[8]; /* "Class.Method" that $metadata lacks */
	size_t missing_count;
	const char *image_dates; /* strftime() of a creation date in ImageProperty; NULL: ISO 8601 */
	int metadata_classes;
	double settle_min, settle_max; /* seconds until a refresh shows in SourceVersion */
	double lag_min, lag_max;       /* seconds until the first and the last point have a new version */
	double clock_offset;	       /* seconds between the site's clock and this machine's */
	int dps;     /* points that each package is on */
	int points;  /* that there are */
	int groups;  /* of points */
	const char *arrivals; /* a file that says what points have; NULL */
	int dp_fail; /* how many of the last points fail */
	size_t page_size; /* rows on a page of a list; 0: no pages */
	const char *absent[16]; /* classes that there are not */
	size_t absent_count;
	struct kept kept[KEPT_LISTS]; /* lists whose next pages may be asked for */
	uint64_t kept_count;
	uint64_t seed;
	int log;
	uint16_t port;
	struct fault *faults;
	size_t fault_count;
	uint64_t last_request;
};

/* A request as the handlers see it. */
struct call {
	struct site *site;
	uint64_t number;
	const char *method, *path;		  /* the path with escapes undone */
	const char *filter, *select, *top, *skip, *token; /* query options; NULL */
	const char *body;
	size_t body_length;
	const struct fault *fault; /* NULL */
};

struct answer {
	unsigned int status;
	const char *type;     /* Content-Type */
	char *text;	      /* malloc */
	char retry_after[64]; /* "": none */
	bool challenge;	      /* WWW-Authenticate */
};

/* main.c */
_Noreturn void site_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* log.c: one JSON object a line, written at once. @entry is stolen. */
void site_log(struct site *site, json_t *entry);
/* {"type":"effect",…}: what the request with this number changed. @more is stolen, may be NULL. */
void site_log_effect(struct site *site, uint64_t number, const char *effect, const char *package_id, json_t *more);
double site_now(const struct site *site); /* seconds since 1970 on the site's clock */
void site_iso(double seconds, char text[32]);

/* faults.c */
void site_faults_load(struct site *site, const char *path);
/* The fault that hits this request; NULL. Counts it. */
const struct fault *site_fault_pick(struct site *site, const char *method, const char *path, bool reused);
/* How often a server was started on this state, this time included. */
int64_t site_count_start(struct site *site);
bool site_chance(double probability, uint64_t seed, uint64_t number);

/* state.c */
void site_state_open(struct site *site, const char *path);
void site_state_load(struct site *site, const char *path);
sqlite3_stmt *site_sql(struct site *site, const char *sql);
bool site_step(struct site *site, sqlite3_stmt *statement); /* true: a row */
json_t *site_column_json(sqlite3_stmt *statement, int column);
/* The object; NULL. With the class in its documented spelling. New reference. */
json_t *site_object(struct site *site, const char *package_id);
void site_object_store(struct site *site, const char *package_id, json_t *object, bool new_version);
/* Lets the refreshes whose time has come show in SourceVersion. */
void site_settle(struct site *site);

/* objects.c: packages, queries and $metadata */
const char *site_class(const char *name); /* documented spelling of a package class, whatever the case; NULL */
bool site_is_lazy(const char *class, const char *property);
json_t *site_entity(struct call *call, json_t *object, bool by_key);
char *site_metadata(const struct site *site);
/* An answer to an OData query over @rows, an array that is stolen: $filter, $select, $top, $skip. NULL: bad filter. */
json_t *site_query(struct call *call, json_t *rows);

/* lists.c: lists, objects beside the packages, and pages */
bool site_is_absent(const struct site *site, const char *class);
bool site_is_missing(const struct site *site, const char *class, const char *method);
const char *site_companion_class(const struct site *site, size_t at); /* the classes beside the packages; NULL behind them */
json_t *site_list(struct call *call, const char *class); /* NULL: no such class */
json_t *site_companion(struct site *site, const char *class, const char *key); /* NULL: no such object */
/* The first page of rows, an array that is stolen; *@ret_link: where the next one is (free()), NULL: nowhere. */
json_t *site_first_page(struct call *call, const char *class, json_t *rows, char **ret_link);
/* A later one; NULL: it is not kept any more. */
json_t *site_page(struct call *call, const char *class, uint64_t token, size_t offset, char **ret_link);

/* points.c: what distribution points have. NULL: the class is about something else. @named NULL: of all packages; else of those whose ids stand in it. */
json_t *site_points_list(struct site *site, const char *class, const char *named);

/* actions.c: writing */
void site_instance_call(struct call *call, const char *class, const char *package_id, const char *action,
			struct answer *answer);
void site_static_call(struct call *call, const char *class, const char *action, struct answer *answer);
void site_write(struct call *call, const char *class, const char *package_id, bool whole, struct answer *answer);
void site_change(struct call *call, const char *package_id, const json_t *set);

/* image.c */

/* The property bag and SMS_ImageInformation rows of the WIM at a Windows path. Returns 0, or a Win32 error code. */
int site_read_image(struct site *site, const char *class, const char *windows_path, char **ret_property,
		    json_t **ret_rows);

/* answers.c */
void site_answer_json(struct answer *answer, unsigned int status, json_t *json); /* @json is stolen */
void site_answer_error(struct answer *answer, unsigned int status, const char *code, const char *message);
void site_answer_html(struct answer *answer, unsigned int status);
/* The provider's error: 500 with SMS_ExtendedStatus, as an object or, with @text_shape, only as text. */
void site_answer_extended(struct answer *answer, uint32_t error_code, const char *description, int sql_status,
			  const char *operation, const char *class, bool text_shape);
char *site_context(const struct site *site, const char *fragment);

/* route.c */
void site_handle(struct call *call, struct answer *answer);

/* http.c */
struct MHD_Daemon;
struct MHD_Daemon *site_http_start(struct site *site, const char *cert, const char *key);

#endif
