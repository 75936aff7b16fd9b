/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the source still is what was distributed. */
#include "judge.h"
#include "plan_boot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * WP_TICKS_PER_SECOND)
/* Local time is at most 14 hours ahead of UTC (Kiribati) and 12 behind it (the ships' zone UTC-12). */
#define MOST_AHEAD (14 * HOUR)
#define MOST_BEHIND (12 * HOUR)

size_t wp_plan_baselines(const struct wp_plan_input *input, const char *package_id, const struct wp_baseline **ret_items)
{
	size_t low = 0, high = input->baseline_count, count = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(input->baselines[middle].package_id, package_id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_items = low < input->baseline_count ? &input->baselines[low] : NULL;
	while (low + count < input->baseline_count && !strcmp((*ret_items)[count].package_id, package_id))
		count++;
	return count;
}

/* The baseline for the record's SourceVersion, or NULL. */
static const struct wp_baseline *find_baseline(const struct wp_judge *judge)
{
	const struct wp_record *record = judge->record;
	const struct wp_baseline *items;
	size_t count = wp_plan_baselines(judge->input, record->package_id, &items);

	for (size_t i = 0; record->source_version.known && i < count; i++)
		if (items[i].source_version == record->source_version.value)
			return &items[i];
	return NULL;
}

static struct wp_reason make_reason(const char *code, enum wp_confidence confidence, const char *recorded,
				    const char *found)
{
	return (struct wp_reason){
		.code = code,
		.action = WP_ACTION_REFRESH,
		.confidence = confidence,
		.recorded = recorded,
		.found = found,
	};
}

static struct wp_content_verdict compare_with(const struct wp_judge *judge, const struct wp_baseline *baseline)
{
	const struct wp_observation *seen = judge->seen;
	bool same_file = !baseline->file_id || !*baseline->file_id || !strcmp(baseline->file_id, seen->file_id);
	enum wp_confidence confidence = baseline->confidence;
	struct wp_content_verdict verdict = { .refresh = false };

	if (strcmp(baseline->content_id, seen->content_id) != 0) {
		/* The .wim is the same: other files of the folder differ, known by name, size and date. */
		if (same_file && confidence == WP_CONFIDENCE_PROVEN)
			confidence = WP_CONFIDENCE_INFERRED;
		verdict.reason = make_reason("content-changed", confidence, baseline->content_id, seen->content_id);
		verdict.refresh = true;
	} else if (!same_file) {
		verdict.reason = make_reason("content-rewritten", confidence, baseline->file_id, seen->file_id);
		verdict.refresh = judge->input->policy->refresh_on == WP_REFRESH_ON_FILE;
	} else {
		/* No values, so that this reads the same whether the baseline or the dates said it. */
		verdict.reason = make_reason("content-same", confidence, NULL, NULL);
	}
	return verdict;
}

/* The recorded SourceDate as it can be shown: in ISO 8601, else as the export has it. */
static const char *source_date(const struct wp_judge *judge)
{
	const struct wp_record *record = judge->record;

	return record->source_date.known ? wp_time_iso(judge->scratch, record->source_date)
					 : record->source_date_text;
}

static struct wp_content_verdict unknown_content(const struct wp_judge *judge, const char *why)
{
	struct wp_number version = judge->record->source_version;
	const char *which = version.known ? wp_arena_printf(judge->scratch, "SourceVersion %" PRIu64, version.value)
					  : "the package, which has no SourceVersion";

	return (struct wp_content_verdict){
		.reason = make_reason("content-unknown", WP_CONFIDENCE_UNKNOWN, source_date(judge),
				      wp_arena_printf(judge->scratch, "there is no baseline for %s, and %s", which,
						      why)),
		.refresh = judge->input->policy->on_unknown == WP_ON_UNKNOWN_REFRESH,
		.unknown = true,
	};
}

/* What the dates say of the source. */
enum age {
	AGE_NEWER,   /* it was modified after it was distributed */
	AGE_OLDER,   /* it was not; but a copy can keep a date */
	AGE_UNKNOWN, /* nothing */
};

/* SourceDate against a time of the source's. */
static enum age age_of(const struct wp_judge *judge, struct wp_time newest)
{
	const struct wp_time sent = judge->record->source_date;
	int64_t tolerance = (int64_t)judge->input->policy->clock_tolerance * WP_TICKS_PER_SECOND;

	if (!sent.known || wp_time_is_never(sent) || wp_time_is_never(newest))
		return AGE_UNKNOWN;
	if (newest.ticks > sent.ticks + (sent.zone_known ? 0 : MOST_BEHIND) + tolerance)
		return AGE_NEWER;
	return newest.ticks <= sent.ticks - (sent.zone_known ? 0 : MOST_AHEAD) + tolerance ? AGE_OLDER : AGE_UNKNOWN;
}

bool wp_judge_is_newer(const struct wp_judge *judge, struct wp_time newest)
{
	return age_of(judge, newest) == AGE_NEWER;
}

bool wp_judge_is_older(const struct wp_judge *judge)
{
	return age_of(judge, judge->seen->newest) == AGE_OLDER;
}

/* Why the dates say nothing. */
static const char *why_unknown(struct wp_judge *judge)
{
	const struct wp_time sent = judge->record->source_date, newest = judge->seen->newest;

	if (!sent.known && judge->record->source_date_text)
		return wp_arena_printf(judge->scratch,
				       "SourceDate \"%s\" is a date in a form that cannot be told; export it as "
				       "wimplan-records(5) shows",
				       judge->record->source_date_text);
	if (!sent.known)
		return "the record has no SourceDate";
	if (wp_time_is_never(sent))
		return "SourceDate says that it was never sent";
	if (wp_time_is_never(newest))
		return "the source has no date to go by";
	wp_diag_add(judge->arena, judge->diags, WP_SEVERITY_INFO, "date-zone-unknown", judge->record->package_id,
		    "SourceDate %s does not say in which time zone it is, and the source's date %s is too near to tell "
		    "which of them is newer; export through the AdminService, which gives UTC",
		    source_date(judge), wp_time_iso(judge->scratch, newest));
	return wp_arena_printf(judge->scratch,
			       "SourceDate %s, in a time zone that it does not name, is too near to the source's date "
			       "%s; the AdminService would give it in UTC",
			       source_date(judge), wp_time_iso(judge->scratch, newest));
}

static int compare_questions(const struct wp_question *question, const struct wp_judge *judge)
{
	uint64_t version = judge->record->source_version.value;
	int order = strcmp(question->package_id, judge->record->package_id);

	if (!order)
		order = (question->source_version > version) - (question->source_version < version);
	return order ? order : strcmp(question->content_id, judge->seen->content_id);
}

/* Whether somebody was asked about this content at this SourceVersion before, and has not answered. */
static bool is_asked(const struct wp_judge *judge)
{
	size_t low = 0, high = judge->input->question_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_questions(&judge->input->questions[middle], judge);

		if (!order)
			return judge->record->source_version.known;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* With the dates, and where the site has one the size, on either side. */
static struct wp_reason dated_reason(const struct wp_judge *judge, const char *code, enum wp_confidence confidence, bool sized,
				     uint64_t kib)
{
	const char *newest = wp_time_iso(judge->scratch, judge->seen->newest), *sent = source_date(judge);

	if (!sized)
		return make_reason(code, confidence, sent, newest);
	return make_reason(code, confidence, wp_arena_printf(judge->scratch, "%s; %" PRIu64 " KiB", sent ? sent : "", kib),
			   wp_arena_printf(judge->scratch, "%s; %" PRIu64 " bytes", newest ? newest : "", judge->seen->bytes));
}

static struct wp_content_verdict unproven_content(const struct wp_judge *judge, bool sized, uint64_t kib)
{
	return (struct wp_content_verdict){
		.reason = dated_reason(judge, "content-unproven", WP_CONFIDENCE_UNKNOWN, sized, kib),
		.refresh = judge->input->policy->on_unproven == WP_ON_UNPROVEN_REFRESH,
		.unproven = true,
	};
}

/*
 * An old date alone says that the content is the one that was sent; metadata and size both say that it is not. The size does so
 * where a profile has shown that sizes agree at this site.
 */
static struct wp_content_verdict resized_content(const struct wp_judge *judge, uint64_t kib)
{
	*judge->profile_used = true;
	return (struct wp_content_verdict){
		.reason = dated_reason(judge, "content-resized", WP_CONFIDENCE_INFERRED, true, kib),
		.refresh = true,
	};
}

/*
 * The size of what was distributed as a second witness beside the dates. PackageSize and SourceSize are documented as
 * kilobytes; captured values are those of 1024 bytes. How a site rounds is not established, so each file may be off by
 * one, and a figure that differs proves nothing unless a profile of the site has shown that they agree there.
 */
#define KIB 1024

static bool is_of_version(struct wp_number size, struct wp_number version, struct wp_number wanted)
{
	return size.known && size.value && version.known && wanted.known && version.value == wanted.value;
}

/* Whether a size in KiB can be one of so many bytes, within one KiB for each of @files. */
static bool fits(uint64_t kib, uint64_t bytes, uint64_t files)
{
	uint64_t low = bytes / KIB, high = low + (bytes % KIB != 0);

	return kib > low ? kib - low <= files : high - kib <= files;
}

enum wp_size_witness wp_judge_size(const struct wp_judge *judge, uint64_t *ret_kib)
{
	const struct wp_record *record = judge->record;
	bool package = is_of_version(record->package_size, record->package_size_version, record->source_version);
	bool content = is_of_version(record->content_size, record->content_size_version, record->source_version);
	uint64_t files = judge->seen->folder_files + 1, bytes = judge->seen->bytes;
	uint64_t a = record->package_size.value, b = record->content_size.value;

	/* The figure of a boot image is of something else: the console shows its decompressed size. */
	if (record->class == WP_CLASS_BOOT || (!package && !content))
		return WP_SIZE_SAYS_NOTHING;
	if (package && content && (a > b ? a - b : b - a) > files)
		return WP_SIZE_SAYS_NOTHING;
	*ret_kib = package && (!content || fits(a, bytes, files)) ? a : b;
	return fits(*ret_kib, bytes, files) ? WP_SIZE_AGREES : WP_SIZE_DIFFERS;
}

/*
 * Without a baseline: the dates, and because a copy can keep those of another file, what bears them out. An old source
 * with the metadata that the site knows, or of the size that it knows, is what was sent.
 */
static struct wp_content_verdict weigh(struct wp_judge *judge, bool differs)
{
	uint64_t kib = 0;
	enum age age = age_of(judge, judge->seen->newest);
	enum wp_size_witness size = wp_judge_size(judge, &kib);
	struct wp_content_verdict same = { .reason = make_reason("content-same", WP_CONFIDENCE_INFERRED, NULL, NULL) };

	if (age == AGE_NEWER)
		return (struct wp_content_verdict){
			.reason = make_reason("content-newer", WP_CONFIDENCE_INFERRED, source_date(judge),
					      wp_time_iso(judge->scratch, judge->seen->newest)),
			.refresh = true,
		};
	if (age == AGE_OLDER && size == WP_SIZE_DIFFERS && judge->calibration && judge->calibration->sizes_agree &&
	    (differs || is_asked(judge)))
		return resized_content(judge, kib);
	if (age == AGE_OLDER && size != WP_SIZE_AGREES && (differs || is_asked(judge)))
		return unproven_content(judge, size == WP_SIZE_DIFFERS, kib);
	if (age == AGE_UNKNOWN && size != WP_SIZE_AGREES)
		return unknown_content(judge, why_unknown(judge));
	same.becomes_baseline = age == AGE_OLDER && judge->record->source_version.known && judge->seen->content_id[0];
	return same;
}

static int compare_file_id(const void *file_id, const void *known)
{
	return strcmp(file_id, ((const struct wp_known_summary *)known)->file_id);
}

static const struct wp_known_summary *find_summary(const struct wp_plan_input *input, const char *file_id)
{
	const struct wp_known_summary *known = NULL;

	if (file_id && input->summary_count)
		known = bsearch(file_id, input->summaries, input->summary_count, sizeof *known, compare_file_id);
	return known;
}

void wp_judge_content_change(struct wp_judge *judge)
{
	const struct wp_baseline *baseline = find_baseline(judge);
	const struct wp_known_summary *old = baseline ? find_summary(judge->input, baseline->file_id) : NULL;
	const struct wp_known_summary *new = find_summary(judge->input, judge->seen->file_id);
	struct wp_content_change *change;

	if (!old || !new || old == new)
		return;
	change = wp_arena_alloc(judge->arena, sizeof *change);
	/* The updates' names are the summaries', which do not live as long as the plan. */
	if (!wp_content_summary_compare(judge->scratch, &old->summary, &new->summary, change))
		return;
	for (size_t i = 0; i < change->update_count; i++)
		change->updates[i] = wp_arena_strdup(judge->arena, change->updates[i]);
	if (change->update_count) {
		const char **own = wp_arena_alloc(judge->arena, change->update_count * sizeof *own);

		memcpy(own, change->updates, change->update_count * sizeof *own);
		change->updates = own;
	}
	wp_plan_boot_compare(judge->arena, &old->starts, &new->starts, change);
	judge->entry->content = change;
}

struct wp_content_verdict wp_judge_content(struct wp_judge *judge, bool differs)
{
	const struct wp_baseline *baseline = find_baseline(judge);

	/* A content id that is missing on one side proves nothing; then other evidence is weighed. */
	if (baseline && baseline->content_id && *baseline->content_id && judge->seen->content_id[0])
		return compare_with(judge, baseline);
	return weigh(judge, differs);
}
