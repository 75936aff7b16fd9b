/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What writing and reading a plan file share. */
#ifndef WIMPLAN_PLAN_JSON_H
#define WIMPLAN_PLAN_JSON_H

#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/plan.h"

#define WP_PLAN_FORMAT "wimplan-plan"
/* Readers refuse another major version. */
#define WP_PLAN_MAJOR 1u
#define WP_PLAN_MINOR 1u
#define WP_PLAN_VERSION "1.1"

/* plan_id: the digest of the canonical form of a plan's body, which is never there as a whole. @crew shares the work, and NULL is nobody. */
void wp_plan_body_digest(const struct wp_crew *crew, const struct wp_plan *plan, char ret_id[WP_HASH_TEXT]);

/* The body with both lists of entries empty. New reference. */
json_t *wp_plan_body_head(const struct wp_plan *plan);
/* Adds an entry as it stands in one of them: for the digest of the body, or as a line of the file. */
void wp_plan_entry_text(const struct wp_entry *entry, bool canonical, struct wp_buf *buf);

/* Bytes of the shortest entries that there can be, with one reason, and of one reason more. */
struct wp_plan_frames {
	uint64_t unchanged, other, reason;
};
void wp_plan_frames(struct wp_plan_frames *ret);
/* Bytes that the entry takes at least as a line of the file. */
uint64_t wp_plan_least_entry(const struct wp_plan_frames *frames, const struct wp_entry *entry);

/* Sets beside_id of a plan file: the digest of everything in it but the body and the digests. */
void wp_plan_cover(json_t *document);

#endif
