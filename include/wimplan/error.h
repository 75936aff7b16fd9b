/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a function says that it failed: a status that it returns and an error object that explains it. */
#ifndef WIMPLAN_ERROR_H
#define WIMPLAN_ERROR_H

/* What a function returns: 0 or one of these. The command line turns them into exit statuses. */
enum wp_status {
	WP_OK = 0,
	WP_E_FAILED = -1,    /* could not be done; exit status 1 */
	WP_E_USAGE = -2,     /* the call is wrong: options, configuration file; exit status 2 */
	WP_E_REFUSED = -3,   /* refused before any effect; exit status 4 */
	WP_E_BUSY = -4,      /* another process holds a lock; exit status 5 */
	WP_E_NOT_FOUND = -5, /* a named thing does not exist; exit status 1, callers may expect it */
};

/* Filled by a failing function. The caller owns the object; every function that takes one accepts NULL. */
struct wp_error {
	int status;         /* the wp_status that was returned */
	char code[40];      /* stable word for scripts, such as "cache-damaged" */
	char subject[1024]; /* the thing that the message is about: a path, package ID or option; "" when there is none */
	char message[2048]; /* one sentence for a person: names the thing, what is wrong and what to do */
};

/*
 * Fills @err and returns @status, so that "return wp_fail(...)" is one line. @subject may be NULL. Texts that do not
 * fit are cut at a character's border.
 */
int wp_fail(struct wp_error *err, int status, const char *code, const char *subject, const char *format, ...)
	__attribute__((format(printf, 5, 6), nonnull(3, 5), cold));

/* Puts text in front of the message of a lower layer: "reading the cache: disk I/O error". Returns err->status. */
int wp_fail_prefix(struct wp_error *err, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4), nonnull(3), cold));

#endif
