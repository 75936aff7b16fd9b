/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses a package: task sequences with their steps, and how these are deployed, as far as an export says so. */
#ifndef WIMPLAN_USAGE_H
#define WIMPLAN_USAGE_H

#include "wimplan/record.h"
#include "wimplan/sequence.h"

/* Where machines can find a deployment (SMS_Advertisement.AdvertFlags, bits 18 and 28). */
enum wp_offer { WP_OFFER_CLIENTS, WP_OFFER_CLIENTS_AND_MEDIA, WP_OFFER_MEDIA, WP_OFFER_UNKNOWN };
/* "clients", "clients, media and PXE", "media and PXE", "not known". */
const char *wp_offer_words(enum wp_offer offer);

/* Texts are NULL, times not known when the rows do not say. */
struct wp_deployment {
	const char *id;
	const char *name;
	const char *collection; /* its name, else its id */
	enum { WP_PURPOSE_UNKNOWN, WP_PURPOSE_REQUIRED, WP_PURPOSE_AVAILABLE } purpose;
	enum wp_offer offer;
	bool hidden; /* WinPE asks for its id */
	struct wp_time start, expires, deadline;
	const char *schedule; /* when machines have to run it, in words */
};

struct wp_task_sequence {
	const char *id;
	const char *name; /* NULL when the export has references to it alone */
	bool enabled;     /* the sequence as a whole */
	bool read;        /* its steps are known; otherwise only that it uses a package */
	struct wp_deployment *deployments; /* by id */
	size_t deployment_count;
	const struct wp_task_sequence **callers; /* sequences with a step that runs this one */
	size_t caller_count;
};

/* One step that uses a package, or a reference in a list. */
struct wp_usage {
	const struct wp_task_sequence *sequence;
	enum wp_use use;
	const char *step; /* "" when only a list of references says so */
	struct wp_number index; /* as in struct wp_sequence_use */
	bool enabled; /* step and groups around it */
	bool boots;   /* it is the sequence's boot image */
};

struct wp_package_usage {
	struct wp_usage *items; /* by sequence, then in the order of its steps */
	size_t count;
};

/* In the arena that it was made in. */
struct wp_usages {
	struct wp_package_usage *packages; /* of each record of the set, in its order */
	struct wp_task_sequence *sequences; /* by id */
	size_t sequence_count;
	size_t unread; /* sequences of which the steps are not known */
};

void wp_usages_read(struct wp_arena *arena, const struct wp_record_set *set, struct wp_usages *ret);

/* Whether machines run the step when they run the sequence; conditions and variables are not looked at. */
static inline bool wp_usage_is_live(const struct wp_usage *usage)
{
	return usage->enabled && usage->sequence->enabled;
}

/*
 * The deployments of a sequence and of those that run it, at any depth, each once, in @arena. At most
 * WP_LIMIT_SEQUENCE_CALLERS sequences are looked at.
 */
void wp_usage_deployments(struct wp_arena *arena, const struct wp_task_sequence *sequence,
			  const struct wp_deployment ***ret_items, size_t *ret_count);

#endif
