/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The AdminService of an SMS Provider: requests, what their answers mean, and packages by their keys. */
#ifndef WIMPLAN_PROVIDER_H
#define WIMPLAN_PROVIDER_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/env.h"
#include "wimplan/error.h"
#include "wimplan/json.h"
#include "wimplan/record.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* In the order of the words of [provider] auth (wp_config_choice()). */
enum wp_auth { WP_AUTH_NEGOTIATE, WP_AUTH_NTLM, WP_AUTH_BEARER, WP_AUTH_NONE };

/* Everything is borrowed and has to live as long as the session. */
struct wp_provider_options {
	const char *url; /* ends in /AdminService */
	enum wp_auth auth;
	const char *user;     /* NTLM; NULL: none */
	const char *password; /* NTLM; NULL: none */
	const char *token;    /* bearer */
	const char *ca_file;  /* NULL: the system's */
	const char *proxy;    /* NULL: none, whatever the environment says */
	uint32_t timeout;     /* seconds for one request */
	const char *agent;    /* the program, as the server's log names it */
	void (*tick)(void *context); /* called about once a second while something is waited for; NULL: nothing is */
	void *tick_context;
	const char *way_out;  /* what to do where the provider is of no use: a clause for messages */
};

/* Whether the URL is plain HTTP to this very machine, the only place to which TLS is not needed. */
bool wp_provider_is_loopback(const char *url);

/*
 * Adds "host:port/path" of a URL. Whether the port is given that is the default one, the name of the host ends in the
 * root's dot, or letters are encoded makes no difference.
 */
void wp_provider_name(const char *url, struct wp_buf *buf);

/*
 * Reads what @options->auth needs into @options: a token from @token_file ("-" is standard input, NULL: none given) or
 * WIMPLAN_TOKEN, a password from WIMPLAN_PASSWORD or from the terminal. No core file is written from then on. Strings
 * live in @arena. *@ret_warning is a sentence about a file that others may read; NULL for none. WP_E_USAGE when
 * something is missing.
 */
int wp_provider_secrets(const struct wp_env *env, struct wp_arena *arena, const char *token_file,
			struct wp_provider_options *options, const char **ret_warning, struct wp_error *err);

enum wp_said {
	WP_SAID_DONE,    /* a success; for a call with return value 0 or none */
	WP_SAID_NO,      /* refused or failed for good */
	WP_SAID_AGAIN,   /* not now: it was not done, and may succeed later */
	WP_SAID_DENIED,  /* who calls may not, or is not known */
	WP_SAID_MISSING, /* there is no such object */
	WP_SAID_NOTHING, /* no telling whether the call was carried out */
};

struct wp_answer {
	enum wp_said said;
	long status;  /* of HTTP; 0: none */
	json_t *json; /* the document of a success; owned; NULL when there is none */
	bool has_return_value;
	int64_t return_value;
	long retry_after; /* seconds; -1: not given */
	char why[900];    /* one clause for people, when it is no success */
};
void wp_answer_free(struct wp_answer *answer);

/* Told when something has to be asked again in so many milliseconds, and why. */
typedef void wp_session_notice(void *context, const char *why, int64_t milliseconds);

struct wp_session {
	const struct wp_provider_options *options;
	const char *site_code; /* objects of another site are refused */
	wp_session_notice *notice; /* NULL: none */
	void *context; /* for @notice */
	bool met;     /* there is a server at the URL */
	bool denied;  /* 401 or 403 was the answer: nothing more is sent */
	long status;  /* of HTTP, of the last question; 0: none */
	bool unreachable; /* it did not answer for as long as is waited for it */
	char *next; /* the path of what is most likely read behind the next read; NULL: that is not known */
	struct wp_provider *provider; /* set by wp_session_open() */
};

/* A method that has to be bound to instances of a class. */
struct wp_method {
	enum wp_class class;
	const char *name;
};

/* How $metadata offers a method to instances of a class; from WP_OFFER_BOUND on it can be called. */
enum wp_offer {
	WP_OFFER_NONE,
	WP_OFFER_UNBOUND,   /* only as one that is called without an instance */
	WP_OFFER_BOUND,     /* bound, and not said to what */
	WP_OFFER_INHERITED, /* bound to a class that this one derives from */
	WP_OFFER_CLASS,     /* bound to the class */
};

/* Makes the connection's settings from the fields of @session. WP_E_FAILED where this libcurl cannot do it. */
int wp_session_open(struct wp_session *session, struct wp_error *err);
void wp_session_close(struct wp_session *session);

/* Reads $metadata. WP_E_FAILED names all that the provider does not offer of @methods. */
int wp_session_offers(struct wp_session *session, const struct wp_method *methods, size_t count,
		      struct wp_error *err);

/* Reads $metadata for classes and methods: @ret_has tells of each of @names whether it is there, @ret_offers of each of @methods. */
int wp_session_describe(struct wp_session *session, const char *const *names, size_t count, bool *ret_has,
			const struct wp_method *methods, size_t method_count, enum wp_offer *ret_offers,
			struct wp_error *err);

/* Reads $metadata for classes: @ret_has tells of each of @names whether it is there. */
int wp_session_classes(struct wp_session *session, const char *const *names, size_t count, bool *ret_has,
		       struct wp_error *err);

/* Who is told of a list while it is read. */
struct wp_list_reader {
	/* Each row, borrowed, and the text that it was read from. What it returns, when it is not 0, ends the list with @err. */
	int (*row)(void *context, json_t *row, struct wp_json_excerpt text, struct wp_error *err);
	void (*page)(void *context); /* the rows so far were a whole page; NULL: nobody */
	void *context;
	size_t limit; /* rows of the list; more of them end it */
};

/*
 * Reads a list of objects, page after page as each says where the next one is. @filter is OData's $filter, NULL for none; a
 * provider that does not take it is asked for all of the list, so rows may be among it that do not fit. WP_E_NOT_FOUND when
 * there is no such class; what was told before an error was so.
 */
int wp_session_list(struct wp_session *session, const char *class, const char *filter,
		    const struct wp_list_reader *reader, struct wp_error *err);

/* A filter of rows about these packages: "PackageID eq 'P0100001' or …" with the name of the @column that holds the id. */
char *wp_session_filter(struct wp_arena *arena, const char *column, const char *const *ids, size_t count);

/* Reads a list as above and adds its rows to @rows, an array, each with its class as "__CLASS" in any case. */
int wp_session_rows(struct wp_session *session, const char *class, const char *filter, json_t *rows, struct wp_error *err);

/*
 * Reads an object of any class by its key, with its lazy properties. *@ret_entity stays NULL when there is none; new
 * reference.
 */
int wp_session_object(struct wp_session *session, const char *class, const char *key, json_t **ret_entity,
		      struct wp_error *err);

/*
 * Reads the record of a package. *@ret_set stays NULL when there is none. @ret_answer, when not NULL, gets the
 * answer itself (wp_answer_free()). @patient: tries again what may succeed later. WP_E_REFUSED for an object of another
 * site.
 */
int wp_session_read(struct wp_session *session, enum wp_class class, const char *package_id, bool patient,
		    struct wp_record_set **ret_set, struct wp_answer *ret_answer, struct wp_error *err);

/*
 * The same, patiently, of what was perhaps read before: @digest is that of the answer then, "" for none, and gets that of this one.
 * *@ret_same: this one is the same, byte for byte, so that all is as it was; *@ret_set stays NULL then too.
 */
int wp_session_read_known(struct wp_session *session, enum wp_class class, const char *package_id, char digest[WP_HASH_TEXT],
			  bool *ret_same, struct wp_record_set **ret_set, struct wp_error *err);

/* What was read so long ago, in milliseconds, is read again before something is decided by it. */
#define WP_FRESH_MS 100

/*
 * Says what is most likely read right behind the next wp_session_read(): it is begun as soon as that has its answer, so that the
 * provider is at work meanwhile. An answer that is not asked for within WP_FRESH_MS is not used.
 */
void wp_session_expect(struct wp_session *session, enum wp_class class, const char *package_id);

/* Calls a method of a package, once; only an answer 401 to the very request lets it go out again. */
void wp_session_call(struct wp_session *session, enum wp_class class, const char *package_id, const char *method,
		     struct wp_answer *ret);

/* Calls a static method of a class, once, with what stands in an object for its parameters. */
void wp_session_call_static(struct wp_session *session, const char *class, const char *method, const json_t *arguments,
			    struct wp_answer *ret);

/* Writes a package back as it was read (@entity: the answer's document), without what a write-back must not touch. */
void wp_session_write(struct wp_session *session, enum wp_class class, const char *package_id, const json_t *entity,
		      struct wp_answer *ret);

/* What to do about an answer WP_SAID_DENIED. */
const char *wp_session_advice(const struct wp_session *session, const struct wp_answer *answer);

/*
 * How long to wait before attempt @tries + 1 of what was put off for @waited so far, in milliseconds. Below 0: the provider asks for
 * longer than WP_LIMIT_WAIT_SECONDS in all, which @answer says too from then on, and there is no other attempt.
 */
int64_t wp_session_pause(unsigned int tries, int64_t waited, struct wp_answer *answer);
/* A wait of so many milliseconds is said, and not only drawn. */
#define WP_WAIT_SAID_MS 10000
/* Attempts that are made of one request or step before it counts as failed. */
#define WP_TRIES 8u

#endif
