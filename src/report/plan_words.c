/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict in a few words, for a table of many packages, and sentences about a plan as a whole. */
#include "plan_words.h"

#include "reason_words.h"
#include "words.h"

#include "wimplan/hash.h"

#include <inttypes.h>
#include <string.h>

/* Of many packages so many are named. */
#define NAMES_SHOWN ((size_t)3)

const char *wp_words_actions(const struct wp_entry *entry)
{
	if (entry->reload)
		return entry->refresh ? "reload, refresh" : "reload";
	return entry->refresh ? "refresh" : "";
}

enum wp_confidence wp_words_confidence(const struct wp_entry *entry)
{
	enum wp_confidence weakest = WP_CONFIDENCE_PROVEN;

	for (size_t i = 0; i < entry->reason_count; i++)
		if (entry->reasons[i].confidence < weakest)
			weakest = entry->reasons[i].confidence;
	return weakest;
}

const char *wp_words_call(enum wp_action action)
{
	if (action == WP_ACTION_RELOAD)
		return "The site reads the metadata of the images in the source again. Nothing is sent to distribution points.";
	return "The site reads the source again, raises the source version and sends the content to all distribution points "
	       "of the package.";
}

const char *wp_words_to_do(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *actions = wp_words_actions(entry);

	switch (entry->status) {
	case WP_ENTRY_CHANGE:
		return *actions ? actions : "nothing to call";
	case WP_ENTRY_BLOCKED:
		return "blocked";
	case WP_ENTRY_REPORT_ONLY:
		return *actions ? wp_arena_printf(arena, "report only: %s", actions) : "report only";
	case WP_ENTRY_UNPROVEN:
		return "decide";
	default:
		return "nothing";
	}
}

static const char *why_blocked(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < entry->reason_count; i++) {
		struct wp_gate_words gate = wp_words_gate(&entry->reasons[i]);

		if (entry->reasons[i].action == WP_ACTION_NONE && !count++)
			first = gate.meaning;
	}
	return count > 1 ? wp_arena_printf(arena, "%s, and %zu more", first, count - 1) : first;
}

/* "image 1 differs", "3 images differ"; NULL when none does. Reasons stand in the order of the images. */
static const char *why_reload(struct wp_arena *arena, const struct wp_entry *entry)
{
	uint32_t last = 0;
	size_t count = 0;

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];

		if (reason->action != WP_ACTION_RELOAD)
			continue;
		if (!strcmp(reason->code, "never-loaded"))
			return "image properties were never loaded";
		if (reason->image && reason->image != last) {
			last = reason->image;
			count++;
		}
	}
	if (!count)
		return NULL;
	return count == 1 ? wp_arena_printf(arena, "image %" PRIu32 " differs", last)
			  : wp_arena_printf(arena, "%zu images differ", count);
}

static const char *why_refresh(const struct wp_entry *entry)
{
	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason_kind *kind = wp_reason_kind(entry->reasons[i].code);

		if (kind && kind->why)
			return kind->why;
	}
	return NULL;
}

const char *wp_words_why(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *reload = why_reload(arena, entry), *refresh = why_refresh(entry);

	if (entry->status == WP_ENTRY_BLOCKED)
		return why_blocked(arena, entry);
	if (reload && refresh)
		return wp_arena_printf(arena, "%s; %s", reload, refresh);
	if (reload || refresh)
		return reload ? reload : refresh;
	return "nothing differs";
}

const char *wp_words_uncovered(const struct wp_plan *plan)
{
	return plan->beside_covered ? "" : " (not covered by the plan's digest)";
}

char *wp_words_snapshot(struct wp_arena *arena, const struct wp_zone *zone, const struct wp_plan *plan)
{
	const char *taken = wp_words_time(arena, zone, plan->snapshot_taken_at);

	return wp_arena_printf(arena, "Snapshot %s of %s%s", plan->site_code ? plan->site_code : "(no site)",
			       taken ? taken : "unknown date", wp_words_uncovered(plan));
}

char *wp_words_totals(struct wp_arena *arena, const struct wp_zone *zone, const struct wp_plan *plan)
{
	const struct wp_summary *sum = &plan->summary;
	const char *report_only = "", *unproven = "";

	if (sum->report_only)
		report_only = wp_arena_printf(arena, "%" PRIu64 " report only, ", sum->report_only);
	if (sum->unproven)
		unproven = wp_arena_printf(arena, "%" PRIu64 " unproven, ", sum->unproven);
	return wp_arena_printf(arena,
			       "Plan %s: %" PRIu64 " reload, %" PRIu64 " refresh, %" PRIu64 " blocked, %s%s%" PRIu64
			       " unchanged. %s, %" PRIu64 " package%s.",
			       wp_hash_short(arena, plan->id), sum->reload, sum->refresh, sum->blocked, report_only, unproven,
			       sum->unchanged, wp_words_snapshot(arena, zone, plan), plan->snapshot_records,
			       wp_plural(plan->snapshot_records));
}

#define NAMES_SHOWN ((size_t)3)

/* Why an old date alone is not believed. */
enum doubt {
	DOUBT_NEVER_LOADED, /* the site knows no images */
	DOUBT_DIFFERS,      /* it knows other ones */
	DOUBT_ASKED,        /* it knows these by now, and did not when somebody was asked first */
	DOUBT_HIDDEN,       /* the entry is blocked, and does not say which of them */
	DOUBTS,
};

static enum doubt doubt_about(const struct wp_entry *entry)
{
	if (entry->status == WP_ENTRY_BLOCKED)
		return DOUBT_HIDDEN;
	if (wp_entry_has_reason(entry, "never-loaded"))
		return DOUBT_NEVER_LOADED;
	return wp_entry_has_reason(entry, "metadata-same") ? DOUBT_ASKED : DOUBT_DIFFERS;
}

/* Whether the site has a size of what was distributed, which is another one. */
static bool is_sized(const struct wp_entry *entry)
{
	for (size_t i = 0; i < entry->reason_count; i++)
		if (!strcmp(entry->reasons[i].code, "content-unproven"))
			return entry->reasons[i].recorded && strchr(entry->reasons[i].recorded, ';');
	return false;
}

static void add_about(struct wp_arena *arena, struct wp_buf *text, const char *begin, const struct wp_names *names, const char *end)
{
	if (names->count)
		wp_buf_printf(text, "%s%s%s", begin, wp_text_names(arena, names->items, names->count, NAMES_SHOWN), end);
}

char *wp_words_unproven(struct wp_arena *arena, const struct wp_plan *plan)
{
	static const struct {
		const char *begin, *end;
	} doubts[DOUBTS] = {
		[DOUBT_NEVER_LOADED] = { " The site has never loaded the image properties of ", "." },
		[DOUBT_DIFFERS] = { " The site's image properties of ", " are not the source's." },
		[DOUBT_ASKED] = { " The site's image properties of ", " are the source's by now, but were not when this was first asked, and nobody "
								      "has answered." },
		[DOUBT_HIDDEN] = { " The site's image properties of ", " are not the source's, or were not when this was first asked." },
	};
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_names of[DOUBTS] = { 0 }, sized = { 0 };
	uint64_t count = plan->summary.unproven;
	bool may_be_sized = false;

	if (!count)
		return NULL;
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		struct wp_names *names;

		if (!wp_entry_has_reason(entry, "content-unproven"))
			continue;
		names = &of[doubt_about(entry)];
		*WP_PUSH(arena, names->items, names->count) = entry->package_id;
		if (is_sized(entry))
			*WP_PUSH(arena, sized.items, sized.count) = entry->package_id;
		/* A boot image's size is never held against its source's. */
		else
			may_be_sized = may_be_sized || entry->class != WP_CLASS_BOOT;
	}
	wp_buf_printf(&text, "Unproven: whether the content of %" PRIu64 " package%s is what was distributed. The source is not newer, but a copy "
			     "can keep an old date.", count, wp_plural(count));
	for (size_t i = 0; i < DOUBTS; i++)
		add_about(arena, &text, doubts[i].begin, &of[i], doubts[i].end);
	add_about(arena, &text, " The size that the site has of ", &sized,
		  " is another one too, which proves nothing where it is not known how the site counts.");
	wp_buf_printf(&text, " Look at the source to settle it: wimplan baseline adopt says that it was distributed, a refresh distributes it%s.",
		      may_be_sized ? ", and an export with sizes (SMS_ObjectContentExtraInfo) may tell" : "");
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

/* Packages whose content nobody could judge and that the policy skips. */
static uint64_t count_skipped(const struct wp_plan *plan)
{
	uint64_t count = 0;

	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		for (size_t k = 0; entry->status != WP_ENTRY_BLOCKED && !entry->refresh && k < entry->reason_count; k++)
			count += !strcmp(entry->reasons[k].code, "content-unknown");
	}
	return count;
}

char *wp_words_skipped(struct wp_arena *arena, const struct wp_plan *plan)
{
	uint64_t count = count_skipped(plan);

	if (!count)
		return NULL;
	return wp_arena_printf(arena,
			       "Not known: nothing tells whether the content of %" PRIu64 " package%s is what was "
			       "distributed, and the policy skips that question (on_unknown = skip).",
			       count, wp_plural(count));
}

char *wp_words_no_changes(struct wp_arena *arena, const struct wp_plan *plan)
{
	uint64_t compared = plan->summary.packages - plan->summary.blocked;

	if (wp_plan_has_changes(plan))
		return NULL;
	if (!compared)
		return wp_arena_strdup(arena, plan->summary.blocked ? "No changes. Each package is blocked." :
								      "No changes. There is no package to look at.");
	if (plan->summary.report_only)
		return wp_arena_printf(arena,
				       "No changes to make. %" PRIu64 " boot image%s would change and %s only reported "
				       "(boot_images = report).",
				       plan->summary.report_only, wp_plural(plan->summary.report_only),
				       plan->summary.report_only == 1 ? "is" : "are");
	if (plan->summary.unproven)
		return wp_arena_strdup(arena, "No changes to make, but see what is unproven.");
	return wp_arena_printf(
		arena,
		"No changes. What the site has stored%s was compared with the sources of %" PRIu64
		" package%s, and nothing calls for a reload or a refresh.",
		count_skipped(plan) ? "" : " and distributed", compared, wp_plural(compared));
}

static const char *join(struct wp_arena *arena, const char **items, size_t count)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++) {
		wp_buf_puts(&buf, i ? ", " : "");
		wp_buf_puts(&buf, items[i]);
	}
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

char *wp_words_narrowed(struct wp_arena *arena, const struct wp_plan *plan)
{
	bool both = plan->only_count && plan->exclude_count;

	if (!plan->only_count && !plan->exclude_count)
		return NULL;
	return wp_arena_printf(arena, "Narrowed to %" PRIu64 " of %" PRIu64 " packages%s%s%s%s%s.",
			       plan->summary.packages, plan->snapshot_records, plan->only_count ? " by --only " : "",
			       join(arena, plan->only, plan->only_count), both ? " and" : "",
			       plan->exclude_count ? " by --exclude " : "",
			       join(arena, plan->exclude, plan->exclude_count));
}

char *wp_words_incomplete(struct wp_arena *arena, const struct wp_plan *plan)
{
	const char *names[NAMES_SHOWN];
	size_t count = 0;

	if (plan->complete)
		return NULL;
	for (size_t i = 0; i < plan->entry_count; i++) {
		if (plan->entries[i].status != WP_ENTRY_BLOCKED || plan->entries[i].judged)
			continue;
		if (count < NAMES_SHOWN)
			names[count] = plan->entries[i].package_id;
		count++;
	}
	if (!count)
		return wp_arena_strdup(arena, plan->snapshot_partial ?
				       "Incomplete: the export has not all packages of the site. Export all of it, or import "
				       "all its pages together, and plan again; what is planned stands." :
				       "Incomplete: not every package could be judged.");
	return wp_arena_printf(arena,
			       "Incomplete: %zu package%s could not be judged (%s%s). Put that right and plan again; "
			       "what is planned for the others stands.",
			       count, wp_plural(count), join(arena, names, count < NAMES_SHOWN ? count : NAMES_SHOWN),
			       count > NAMES_SHOWN ? wp_arena_printf(arena, " and %zu more", count - NAMES_SHOWN) : "");
}

/* "boot 2011-only → 2023-in-place", "boot 2023-in-place"; nothing where it is not known what the new one is. */
static void add_boot(struct wp_arena *arena, const struct wp_content_change *change, struct wp_buf *text)
{
	const struct wp_names *was = &change->boot_old, *is = &change->boot_new;
	const char *old = was->count ? wp_text_names(arena, was->items, was->count, NAMES_SHOWN) : "";
	const char *new = is->count ? wp_text_names(arena, is->items, is->count, NAMES_SHOWN) : "";

	if (is->count)
		wp_buf_printf(text, "%sboot %s%s%s", text->length ? ", " : "", strcmp(old, new) ? old : "",
			      *old && strcmp(old, new) ? " → " : "", new);
}

char *wp_words_content(struct wp_arena *arena, const struct wp_content_change *change)
{
	static const char *const groups[] = {
		[WP_ITEM_GROUP_PACKAGE] = "package",   [WP_ITEM_GROUP_DRIVER] = "driver",       [WP_ITEM_GROUP_APP] = "app",
		[WP_ITEM_GROUP_LANGUAGE] = "language", [WP_ITEM_GROUP_BOOT_FILE] = "boot file",
	};
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < change->update_count; i++)
		wp_buf_printf(&text, "%s%s", i ? ", " : "", change->updates[i]);
	if (change->update_count)
		wp_buf_puts(&text, " added");
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		const struct wp_group_change *group = &change->groups[i];
		/* Come, gone or replaced: the diff has room to tell them apart. The named updates are told of already. */
		uint64_t named = i == WP_ITEM_GROUP_PACKAGE ? change->update_count : 0;
		uint64_t count = group->added + group->removed + group->changed;

		if (count > named)
			wp_buf_printf(&text, "%s%" PRIu64 " %s%s changed", text.length ? ", " : "", count - named, groups[i],
				      wp_plural(count - named));
	}
	add_boot(arena, change, &text);
	if (text.length)
		wp_buf_puts(&text, ", ");
	if (change->bytes && change->bytes_new == change->bytes)
		wp_buf_printf(&text, "all %s new, uncompressed", wp_words_size(arena, change->bytes));
	else
		wp_buf_printf(&text, "%s of %s new, uncompressed",
			      change->bytes_new ? wp_words_size(arena, change->bytes_new) : "none",
			      wp_words_size(arena, change->bytes));
	return wp_arena_strdup(arena, wp_buf_text(&text));
}
