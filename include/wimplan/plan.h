/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on every package and the plan that says it. Pure: values in, values out. */
#ifndef WIMPLAN_PLAN_H
#define WIMPLAN_PLAN_H

#include "wimplan/config.h"
#include "wimplan/crew.h"
#include "wimplan/diff.h"
#include "wimplan/distribution.h"
#include "wimplan/json.h"
#include "wimplan/profile.h"
#include "wimplan/record.h"
#include "wimplan/source.h"
#include "wimplan/text.h"

enum wp_action { WP_ACTION_NONE, WP_ACTION_RELOAD, WP_ACTION_REFRESH };
/* ConfigMgr's method names; NULL for none. */
const char *wp_action_name(enum wp_action action);

/* Why: one line of a verdict. */
struct wp_reason {
	const char *code;       /* "image-changed", "content-newer", a gate … */
	enum wp_action action;  /* the method that it speaks for; none for a gate */
	enum wp_confidence confidence;
	uint32_t image;         /* index; 0 when it is not about an image */
	const char *field;      /* "os_version" …; NULL */
	const char *recorded;   /* what the site, or the baseline, has; NULL */
	const char *found;      /* what the source has; NULL */
};

enum wp_entry_status {
	WP_ENTRY_UNCHANGED,
	WP_ENTRY_CHANGE,
	WP_ENTRY_BLOCKED,
	WP_ENTRY_REPORT_ONLY,
	WP_ENTRY_UNPROVEN, /* no call, and whether the content is what was distributed is for a person to say */
	WP_ENTRY_STATUSES,
};
/* "unchanged", "change", "blocked", "report_only", "unproven". */
const char *wp_entry_status_name(enum wp_entry_status status);

/* What must still be so when the plan is applied. */
struct wp_preconditions {
	struct wp_number source_version;
	const char *sedo_object_version;
	const char *source_path;
	const char *source_site;
	char image_property_sha256[WP_HASH_TEXT]; /* over the stored text; "" when there is none */
};

/* What the site should say of an image after a reload. */
struct wp_expected_image {
	uint32_t index;
	const char *name;
	const char *os_version;
	struct wp_number architecture;
	const char *language;
};

struct wp_entry {
	const char *package_id;
	enum wp_class class;
	const char *name;
	const char *source_path;
	uint64_t priority;
	enum wp_entry_status status;
	bool reload;
	bool refresh;
	bool judged; /* false: blocked by a gate that leaves the plan incomplete */
	struct wp_reason *reasons;
	size_t reason_count;
	struct wp_preconditions preconditions;
	struct wp_expected_image *expected;
	size_t expected_count;
	char file_id[WP_HASH_TEXT];
	char content_id[WP_HASH_TEXT];
	const struct wp_content_change *content; /* what the new content brings; NULL when it is not known */
};

struct wp_summary {
	uint64_t packages, reload, refresh, blocked, report_only, unchanged;
	uint64_t unproven; /* entries with the reason content-unproven, whatever their status */
};

/* In the order in which they are listed. */
enum wp_note_severity { WP_NOTE_SEVERITY_GRAVE, WP_NOTE_SEVERITY_WARNING, WP_NOTE_SEVERITY_INFO };
/* "grave", "warning", "info". */
const char *wp_note_severity_name(enum wp_note_severity severity);

/* What a plan means for the site: it stands beside the body and changes no call. */
struct wp_note {
	const char *code; /* "export-old" …; those of later versions are kept */
	enum wp_note_severity severity;
	const char *package_id; /* NULL when it is about the plan as a whole */
	uint32_t image;         /* index; 0 when it is not about an image */
	const char *summary;    /* one sentence */
	const json_t *facts;    /* the figures and names that it was made of: an object; owned by the plan */
};

struct wp_plan {
	struct wp_arena *arena;
	char id[WP_HASH_TEXT]; /* plan_id */
	const char *tool_version;
	struct wp_time created_at;
	const char *created_by; /* "user@host" */
	struct wp_time snapshot_taken_at;
	/* body */
	const char *site_code;
	const char *snapshot_id;
	uint64_t snapshot_records;
	const char *profile_id; /* the site's profile, where one made a reason another; NULL */
	bool snapshot_partial; /* it is a page of a longer answer: the plan is not complete */
	json_t *policy; /* every value in force; owned */
	const char **only; /* --only, sorted; the plan says that it was narrowed */
	size_t only_count;
	const char **exclude;
	size_t exclude_count;
	bool complete;
	bool applyable;
	struct wp_summary summary;
	struct wp_entry *entries; /* all packages in execution order, whatever their status */
	size_t entry_count;
	struct wp_diags diags;
	/* Beside the body, with what stands in front of it. */
	struct wp_note *notes; /* in execution order, those about the whole first; then by severity and code */
	size_t note_count;
	json_t *estimates; /* what the refreshes cost, as the plan file has it; NULL: nobody looked; owned */
	json_t *site; /* what the export says around the packages, as the plan file has it; NULL; owned */
	bool beside_covered; /* by beside_id; a plan of format 1.0 has none */
};

void wp_plan_free(struct wp_plan *plan);
static inline void wp_plan_freep(struct wp_plan **plan)
{
	wp_plan_free(*plan);
}

/* What --only and --exclude come to. In the arena that it was made in. */
struct wp_selection {
	bool *chosen; /* of each record of the set, whether it is judged */
	struct wp_names only, exclude; /* as the records spell them, sorted, each once */
};

/*
 * Marks in @ret_named those of @ids that @names name, whatever their letter case. Returns the first name that none of them
 * is, or NULL.
 */
const char *wp_names_find(struct wp_names ids, struct wp_names names, bool *ret_named);

/* Looks the names of both options up; one that no record has is WP_E_USAGE. */
int wp_plan_select(struct wp_arena *arena, const struct wp_record_set *set, struct wp_names only,
		   struct wp_names exclude, struct wp_selection *ret, struct wp_error *err);

/* What is known of the file with this id. */
struct wp_known_summary {
	const char *file_id;
	struct wp_content_summary summary;
	struct wp_boot_starts starts; /* what starts its images; none where that is not known */
};

/* What a plan is made from. All borrowed. */
struct wp_plan_input {
	const struct wp_record_set *set;
	const char *snapshot_id;
	/* Baselines of the site, sorted by package and version. */
	const struct wp_baseline *baselines;
	size_t baseline_count;
	/* The questions of the site that are open, sorted by package, version and content. */
	const struct wp_question *questions;
	size_t question_count;
	/* Summaries of contents, sorted by file id, as far as they are known. */
	const struct wp_known_summary *summaries;
	size_t summary_count;
	/* Lists of files of the baselines' folders by content id, as far as they are known. */
	const struct wp_known_manifest *manifests;
	size_t manifest_count;
	const struct wp_policy *policy;
	const struct wp_selection *selection; /* NULL: all packages */
	/* What is known of the site beside its records; NULL. With the observation of each of its samples, NULL where there is none. */
	const struct wp_profile *profile;
	const struct wp_observation *const *samples;
	/* Outside the body. */
	const char *const *missing; /* packages that the site's export before this one had, as far as one is known */
	size_t missing_count;
	struct wp_time previous_taken_at; /* when that one was made */
	struct wp_time now;
	const char *created_by;
	const char *tool_version;
	const struct wp_crew *crew; /* shares the work; NULL: nobody */
	uint64_t limit; /* bytes that its file may have (WP_LIMIT_DOCUMENT_BYTES, less in tests); 0: none is written */
};

/* What was learned in making a plan and should be remembered. Owned by the plan. */
struct wp_learned {
	struct wp_baseline *baselines; /* observations that became inferred baselines */
	size_t baseline_count;
	struct wp_question *questions; /* contents of which a person has to say whether they were distributed */
	size_t question_count;
};

/*
 * Bytes that a plan of the chosen records (NULL: all) takes at least, whatever is found of them: with an entry for each that says no
 * more than that it is unchanged.
 */
uint64_t wp_plan_least(const struct wp_record_set *set, const bool *chosen);

/*
 * A plan in the making. Packages are judged one after the other (wimplan-plan(1), "Judging a package"), so that what was seen of one
 * source needs to be there for as long alone.
 */
struct wp_plan_making;

/*
 * Begins it. @input has to live until the end; all of it but its summaries and manifests is filled. wp_plan_end() or wp_plan_abandon()
 * ends it.
 */
struct wp_plan_making *wp_plan_begin(const struct wp_plan_input *input) __attribute__((returns_nonnull));
/* The records of the packages in the order of execution, in which they are judged. Borrowed. */
const struct wp_record *const *wp_plan_order(const struct wp_plan_making *making, size_t *ret_count);
/* The plan with the entries that are judged so far; there is room for all, so that they stay where they are. Borrowed. */
struct wp_plan *wp_plan_made(const struct wp_plan_making *making);
/*
 * Judges the next package by what was @seen of its source, NULL where nobody looked, and of a boot image's ImagePath where that is
 * another file, else NULL. Nothing of them is kept. False as soon as it is certain that the plan's file would have more bytes than it
 * may.
 */
bool wp_plan_judge(struct wp_plan_making *making, const struct wp_observation *seen, const struct wp_observation *original);
/* The plan of the packages that were judged, with its id. The caller frees it. */
struct wp_plan *wp_plan_end(struct wp_plan_making *making, struct wp_learned *ret_learned);
void wp_plan_abandon(struct wp_plan_making *making);

/*
 * Leaves an entry's refresh to somebody else, as the policy says: @code becomes its reason ("deferred-to-schedule",
 * "deferred-no-fit"). wp_plan_seal() has to follow.
 */
void wp_plan_defer(struct wp_plan *plan, size_t entry, const char *code);
/* Sums a plan up again and gives it the id of what it says now. @crew shares the work, and NULL is nobody. */
void wp_plan_seal(const struct wp_crew *crew, struct wp_plan *plan);

/*
 * The images of a package as the site should have them after a reload, by index, in @arena: as the source has them or, as long as
 * that is what the site has probed, as the probe says. Returns their number, 0 when the source was not read.
 */
size_t wp_plan_expected(struct wp_arena *arena, const struct wp_plan_input *input, const struct wp_record *record,
			const struct wp_observation *seen, struct wp_expected_image **ret_items);

/* The baselines of a package, in the order of their versions. Returns their number. */
size_t wp_plan_baselines(const struct wp_plan_input *input, const char *package_id, const struct wp_baseline **ret_items);

/* The one answer to "are there changes?": text, JSON, reports and exit status all take it from here. */
bool wp_plan_has_changes(const struct wp_plan *plan);

/* Whether one of the entry's reasons has this code. */
bool wp_entry_has_reason(const struct wp_entry *entry, const char *code);
/* The plan knows that the site had no ImageProperty, which is more than having no text of it to compare with. */
bool wp_entry_never_loaded(const struct wp_entry *entry);

/* The plan file without its body. New reference. */
json_t *wp_plan_envelope_json(const struct wp_plan *plan);
/*
 * Hands @sink the whole text of a plan file, line feed included: @envelope, and the body that is made of @plan. False when it
 * would have more than @limit bytes (WP_LIMIT_DOCUMENT_BYTES; less in tests): then what went out is no plan file. @crew shares the
 * work, and NULL is nobody.
 */
bool wp_plan_write(const struct wp_crew *crew, const struct wp_plan *plan, const json_t *envelope, size_t limit,
		   const struct wp_sink *sink);

/*
 * Reads a plan file: refuses (WP_E_REFUSED) what is no plan, has an unknown major version, or does not have the digest
 * that it claims; the message says which. @subject is the path; @crew shares the work, and NULL is nobody. The caller frees
 * *@ret_plan.
 */
int wp_plan_parse(const struct wp_crew *crew, const char *text, size_t length, const char *subject,
		  struct wp_plan **ret_plan, struct wp_error *err);

/* What became of a source that a plan names. */
enum wp_source_state {
	WP_SOURCE_SAME,
	WP_SOURCE_CHANGED,
	WP_SOURCE_MISSING,
	WP_SOURCE_DAMAGED,    /* the same file, with data that does not fit its digests */
	WP_SOURCE_UNREADABLE, /* also one that is not mapped */
	WP_SOURCE_STATES,
};
/* "same", "changed", "missing", "damaged", "unreadable". */
const char *wp_source_state_name(enum wp_source_state state);

/* A source, looked at again. */
struct wp_recheck {
	const struct wp_planned_source *source;
	const struct wp_observation *seen;
	enum wp_source_state state;
	const char *detail; /* why it is not the same; NULL when it is. Borrowed from what was seen, or in an arena */
};

/* The source of an entry that has one which was read when the plan was made; false for the others. */
bool wp_planned_source_of(const struct wp_entry *entry, struct wp_planned_source *ret);

/*
 * Fills the state and detail of @recheck, which has its source and what was seen. @before: the files that the plan has found
 * in the source's folder; NULL where they are not known.
 */
void wp_source_recheck(struct wp_arena *arena, const struct wp_manifest *before, struct wp_recheck *recheck);

#endif
