/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a verdict share: one package on its way through gates, metadata and content. */
#ifndef WIMPLAN_PLAN_JUDGE_H
#define WIMPLAN_PLAN_JUDGE_H

#include "wimplan/plan.h"

/* What is known of a field at this site. */
enum wp_field_state {
	WP_FIELD_UNSEEN, /* nothing: no file with it was read by the site and by wimplan */
	WP_FIELD_PROVEN, /* the site and wimplan have the same of all files */
	WP_FIELD_MIXED,  /* of some */
	WP_FIELD_OTHER,  /* of none, so that it means something else there */
	WP_FIELD_UNREAD, /* the site's form cannot be read */
};

struct wp_calibration {
	enum wp_field_state fields[WP_SITE_FIELDS];
	bool dates_are_utc; /* dates of images that do not say their zone */
	bool sizes_agree;   /* the site's figures of contents are those of their sources */
	size_t looked_at, held; /* samples with a source that was read, and that still is the one that was probed */
};

struct wp_judge {
	struct wp_arena *arena;   /* the plan's: for what goes into the plan */
	struct wp_arena *scratch; /* until the package is done */
	const struct wp_plan_input *input;
	const struct wp_record *record;
	const struct wp_observation *seen; /* NULL when the source was not looked at */
	const struct wp_observation *original; /* of a boot image's ImagePath; NULL where there is none beside the source */
	struct wp_entry *entry;
	struct wp_diags *diags;
	const struct wp_calibration *calibration; /* NULL: none */
	bool *profile_used; /* set where it makes a difference; NULL with it */
};

/* The verdict on the content, before the policy on unknown content is applied to gates. */
struct wp_content_verdict {
	struct wp_reason reason;
	bool refresh;          /* the content has to be sent again */
	bool unknown;          /* nothing to go by: content-unknown */
	bool unproven;         /* an old date and nothing that bears it out: content-unproven */
	bool becomes_baseline; /* dates, metadata or size say that the source is what was distributed */
};

/* What of a package is to be remembered. */
struct wp_judge_learned {
	bool baseline; /* its observation becomes an inferred baseline */
	bool question; /* whether its content was distributed is for a person to say */
};

/* Fills the entry and adds findings. */
struct wp_judge_learned wp_judge_package(struct wp_judge *judge);

/* Holds the profile of @input, if there is one, against what wimplan reads of the same files. */
void wp_judge_calibrate(const struct wp_plan_input *input, struct wp_arena *scratch, struct wp_calibration *ret);
/* What the site's figure of a content's size says of a source. */
enum wp_size_witness {
	WP_SIZE_SAYS_NOTHING, /* there is none of this SourceVersion, or two that contradict each other */
	WP_SIZE_AGREES,
	WP_SIZE_DIFFERS,
};
/* @ret_kib gets the figure where there is one. */
enum wp_size_witness wp_judge_size(const struct wp_judge *judge, uint64_t *ret_kib);
/* Whether the source was, by its dates, surely not modified since the content was sent. */
bool wp_judge_is_older(const struct wp_judge *judge);

/* Two dates of which one does not say its zone, as if it were UTC. */
enum wp_compared wp_judge_compare_utc(const char *a, const char *b);
/* The images of a source that was read, as the site would have them. */
struct wp_site_images wp_judge_own_images(struct wp_arena *arena, const struct wp_observation *seen);

/* Priority of a record for the order of execution: 1 high, 2 normal, 3 low. */
uint64_t wp_judge_priority(const struct wp_record *record);

/* Appends @reason to the entry. Its texts have to live until the package is done. */
void wp_judge_add(struct wp_judge *judge, struct wp_reason reason);
/* A copy of @text, which may be NULL, or @same where it is that: images of one package have most in common. */
const char *wp_judge_keep(struct wp_arena *arena, const char *text, const char *same);
/* Moves the reasons, which are in the scratch until then, with their texts into the plan: there are no more to come. */
void wp_judge_keep_reasons(struct wp_judge *judge);

/* Whether the source of the record fails no gate and its images are known. */
bool wp_judge_source_was_read(const struct wp_judge *judge);

/* Whether the source of an image package is solid, as an .esd is: a warning, or a gate where the policy says so. */
bool wp_judge_is_solid(const struct wp_judge *judge);

/*
 * Adds every gate that the package fails, in the documented order. @content is NULL when the source could not be
 * read. Returns how many there are; entry->judged tells whether the plan stays complete.
 */
size_t wp_judge_gates(struct wp_judge *judge, const struct wp_content_verdict *content);

/*
 * Adds the reasons for or against ReloadImageProperties, and sets entry->reload. The source was read and the record has images or
 * an empty ImageProperty.
 */
void wp_judge_metadata(struct wp_judge *judge);

/*
 * The verdict on the content of a source that was read. @differs: what the site stores about the images is not what
 * the source says. Adds findings, no reason.
 */
struct wp_content_verdict wp_judge_content(struct wp_judge *judge, bool differs);

/* Whether what was modified last at @newest was modified after the record's SourceDate; false when nobody can tell. */
bool wp_judge_is_newer(const struct wp_judge *judge, struct wp_time newest);

/* Holds the original of a boot image against the file that the site made of it, and says where it was not looked at. */
void wp_judge_boot_original(struct wp_plan *plan, struct wp_judge *judge);

/* Fills entry->content where the summaries of both contents are known. */
void wp_judge_content_change(struct wp_judge *judge);

#endif
