/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches the content of refreshes arrive: looks at the site, more and more rarely, keeps what it saw, and says it. */
#ifndef WIMPLAN_APPLY_WATCH_H
#define WIMPLAN_APPLY_WATCH_H

#include "apply.h"
#include "arrival.h"
#include "journal.h"
#include "survey.h"

struct wp_watch {
	struct wp_apply *apply;
	struct wp_journal *journal;   /* keeps what was seen; NULL: there is none, and the receipt does */
	struct wp_journal_runs *runs; /* of the plan, for the receipt */
	struct wp_arrival *arrivals;
	size_t count;
	size_t others; /* refreshes that led to no SourceVersion that anybody knows of */
	struct wp_survey survey;
	int64_t interval_ms, deadline_ms;
	bool looked;          /* there was a look that went well */
	bool unkept;          /* what was seen could not be written */
	bool over_time;       /* it ended because its time was over */
	char trouble[400];    /* why the last look did not go well; "" when it did */
};

/* What the journal or the receipt says of the steps is in them already. End it with wp_watch_end(). */
struct wp_watch wp_watch_begin(struct wp_apply *apply, struct wp_session *session, struct wp_journal *journal,
			       struct wp_journal_runs *runs);
/*
 * Watches until each point has the version or failed, the time of --for is over, or a signal asks for the end; keeps what it
 * saw all the while. No method is called. An error where it cannot go on; what was seen until then is kept.
 */
int wp_watch_run(struct wp_watch *watch, struct wp_error *err);
/* What the steps point to of what was seen goes with it. */
void wp_watch_end(struct wp_watch *watch);

/* The exit status that it comes to: 0 when every refresh has arrived everywhere. */
int wp_watch_status(const struct wp_watch *watch);

/*
 * All of the command watch, from the options on: what was called, the session, watching, the receipt, and the result behind
 * what stands in @apply->result. 0 or a status with the error in the call.
 */
int wp_watch_plan(struct wp_apply *apply);

/* watch_say.c: a point's changes, each look, and the result, for people and as events. */
void wp_watch_say_changes(struct wp_watch *watch, const struct wp_arrival *arrival, const struct wp_arrival_change *changes,
			  size_t count);
void wp_watch_say_counts(struct wp_watch *watch, struct wp_arrival *arrival);
void wp_watch_say_look(struct wp_watch *watch, int64_t pause_ms);
void wp_watch_text(const struct wp_watch *watch, struct wp_buf *buf);

#endif
