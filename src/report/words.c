/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phrases for reasons, gates, numbers and for a plan as a whole. */
#include "words.h"

#include "wimplan/hash.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/* Of many packages so many are named. */
#define NAMES_SHOWN ((size_t)3)
/* How many digits of a digest people see: enough to tell two apart by eye; the plan file has all of them. */
#define DIGITS_SHOWN 12

/* Nobody is to state a baseline because of a date that another export would tell. */
static const char *remedy_of(const struct wp_reason *reason, const struct wp_gate_info *info)
{
	struct wp_time sent = wp_time_parse(reason->recorded ? reason->recorded : "");

	if (strcmp(reason->code, "content-unknown") || !reason->recorded ||
	    (sent.known && (sent.zone_known || wp_time_is_never(sent))))
		return info->remedy;
	return sent.known ? "Export SourceDate in UTC, as the AdminService gives it (wimplan-records(5))."
			  : "Export SourceDate in ISO 8601 (wimplan-records(5)).";
}

struct wp_gate_words wp_words_gate(const struct wp_reason *reason)
{
	enum wp_gate gate = wp_gate_find(reason->code);
	const struct wp_gate_info *info = wp_gate_info(gate);

	if (!gate)
		return (struct wp_gate_words){ .code = reason->code, .meaning = reason->code };
	return (struct wp_gate_words){ info->code, info->meaning, remedy_of(reason, info) };
}

const char *wp_words_actions(const struct wp_entry *entry)
{
	if (entry->reload)
		return entry->refresh ? "reload, refresh" : "reload";
	return entry->refresh ? "refresh" : "";
}

enum wp_confidence wp_words_confidence(const struct wp_entry *entry)
{
	enum wp_confidence weakest = WP_PROVEN;

	for (size_t i = 0; i < entry->reason_count; i++)
		if (entry->reasons[i].confidence < weakest)
			weakest = entry->reasons[i].confidence;
	return weakest;
}

/* A value that is a time or a digest as people read it: to the minute, by its first digits. The rest as it is. */
static const char *plain_value(struct wp_arena *arena, const char *text)
{
	struct wp_time time;

	if (!text)
		return NULL;
	if (wp_hash_is(text))
		return wp_arena_strndup(arena, text + 7, DIGITS_SHOWN);
	/* Only what looks like an instant: the export's own text of a date stays. */
	if (strlen(text) >= 19 && text[4] == '-' && text[10] == 'T') {
		time = wp_time_parse(text);
		if (time.known)
			return wp_time_minutes(arena, time);
	}
	return text;
}

/* Both values of @reason as people read them, and never two that differ as if they were one. */
static void plain_values(struct wp_arena *arena, const struct wp_reason *reason, const char **ret_before,
			 const char **ret_after)
{
	/* An image's name may look like anything. */
	bool plain = !reason->field || !strcmp(reason->field, "creation_date");

	*ret_before = plain ? plain_value(arena, reason->recorded) : reason->recorded;
	*ret_after = plain ? plain_value(arena, reason->found) : reason->found;
	if (plain && *ret_before && *ret_after && !strcmp(*ret_before, *ret_after)) {
		*ret_before = reason->recorded;
		*ret_after = reason->found;
	}
}

static const char *from_to(struct wp_arena *arena, const char *note, const char *before, const char *after)
{
	if (before && after)
		return wp_arena_printf(arena, "%s: %s → %s", note, before, after);
	if (before || after)
		return wp_arena_printf(arena, "%s: %s", note, before ? before : after);
	return note;
}

/* One side of a reason for unproven content: a date, and a size behind a semicolon where the site has one. */
static const char *date_and_size(struct wp_arena *arena, const char *text)
{
	const char *semicolon = strchr(text, ';'), *unit = semicolon ? strchr(semicolon + 2, ' ') : NULL;

	if (!unit)
		return plain_value(arena, text);
	return wp_arena_printf(arena, "%s with %s%s",
			       plain_value(arena, wp_arena_strndup(arena, text, (size_t)(semicolon - text))),
			       wp_words_number(arena, wp_arena_strndup(arena, semicolon + 2, (size_t)(unit - semicolon - 2))),
			       unit);
}

static const char *unproven_note(struct wp_arena *arena, const char *before, const char *after)
{
	if (!before || !after)
		return "unproven: nothing tells whether it is what was distributed";
	return wp_arena_printf(arena, "unproven: modified %s, distributed %s", date_and_size(arena, after),
			       date_and_size(arena, before));
}

static const char *content_note(struct wp_arena *arena, const char *code, const char *before, const char *after)
{
	if (!strcmp(code, "content-newer"))
		return before && after ? wp_arena_printf(arena, "modified %s, distributed %s", after, before)
				       : from_to(arena, "modified since it was distributed", before, after);
	if (!strcmp(code, "content-same"))
		return "the same as what was distributed";
	if (!strcmp(code, "content-changed"))
		return from_to(arena, "not what was distributed", before, after);
	if (!strcmp(code, "content-rewritten"))
		return "the file was rewritten with the content that was distributed";
	if (!strcmp(code, "content-unknown"))
		return after ? after : "nothing tells what was distributed";
	return from_to(arena, code, before, after);
}

void wp_words_reason(struct wp_arena *arena, const struct wp_reason *reason, struct wp_reason_words *ret)
{
	bool size = reason->field && !strcmp(reason->field, "size");
	const char *before, *after;
	bool content = !strncmp(reason->code, "content-", 8);

	if (size) {
		before = wp_words_number(arena, reason->recorded);
		after = wp_words_number(arena, reason->found);
	} else {
		plain_values(arena, reason, &before, &after);
	}
	*ret = (struct wp_reason_words){ .field = reason->field };
	if (reason->image)
		ret->about = wp_arena_printf(arena, "image %" PRIu32, reason->image);
	else if (reason->action == WP_RELOAD)
		ret->about = "images";
	else
		ret->about = content && reason->action == WP_REFRESH ? "content" : reason->code;

	if (reason->field) {
		ret->before = before ? before : "(none)";
		ret->after = after ? after : "(none)";
	} else if (!strcmp(reason->code, "image-added")) {
		ret->note = from_to(arena, "new in the source", NULL, after);
	} else if (!strcmp(reason->code, "image-removed")) {
		ret->note = from_to(arena, "no longer in the source", before, NULL);
	} else if (!strcmp(reason->code, "never-loaded")) {
		ret->note = "the site has never loaded the image properties";
	} else if (!strcmp(reason->code, "metadata-same")) {
		ret->note = "the site's image properties are those of the source";
	} else if (!strcmp(reason->code, "content-unproven")) {
		ret->note = unproven_note(arena, before, after);
	} else if (reason->action == WP_NO_ACTION) {
		/* What a gate recorded is mostly the path, which stands beside it anyway; what it found is a sentence.
		 */
		ret->note = after ? after : wp_words_gate(reason).meaning;
	} else if (content) {
		ret->note = content_note(arena, reason->code, before, after);
	} else {
		ret->note = from_to(arena, reason->code, before, after);
	}
}

const char *wp_words_plain(struct wp_arena *arena, const char *text)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!text)
		return "";
	wp_text_escape(&buf, text);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

char *wp_words_size(struct wp_arena *arena, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)bytes;
	size_t unit = 0;

	if (bytes < 1024)
		return wp_arena_printf(arena, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
	/* 1023.995 would be shown as 1024.00. */
	while (size >= 1023.995 && unit + 1 < sizeof units / sizeof *units) {
		size /= 1024;
		unit++;
	}
	return wp_arena_printf(arena, "%.2f %s", size, units[unit]);
}

char *wp_words_count(struct wp_arena *arena, uint64_t number)
{
	char digits[24], text[32];
	size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number), at = 0;

	for (size_t i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	return wp_arena_strndup(arena, text, at);
}

char *wp_words_packages(struct wp_arena *arena, uint64_t count)
{
	return wp_arena_printf(arena, "%s package%s", wp_words_count(arena, count), count == 1 ? "" : "s");
}

const char *wp_words_number(struct wp_arena *arena, const char *text)
{
	uint64_t number;

	return wp_parse_u64(text ? text : "", false, &number) ? wp_words_count(arena, number) : text;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

const char *wp_words_uncovered(const struct wp_plan *plan)
{
	return plan->beside_covered ? "" : " (not covered by the plan's digest)";
}

char *wp_words_snapshot(struct wp_arena *arena, const struct wp_plan *plan)
{
	const char *taken = wp_time_minutes(arena, plan->snapshot_taken_at);

	return wp_arena_printf(arena, "Snapshot %s of %s%s", plan->site_code ? plan->site_code : "(no site)",
			       plan->snapshot_taken_at.known ? taken : "unknown date", wp_words_uncovered(plan));
}

char *wp_words_totals(struct wp_arena *arena, const struct wp_plan *plan)
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
			       sum->unchanged, wp_words_snapshot(arena, plan), plan->snapshot_records,
			       plural(plan->snapshot_records));
}

char *wp_words_unproven(struct wp_arena *arena, const struct wp_plan *plan)
{
	uint64_t count = plan->summary.unproven;

	if (!count)
		return NULL;
	return wp_arena_printf(
		arena,
		"Unproven: whether the content of %" PRIu64 " package%s is what was distributed. The source is not newer, "
		"but a copy can keep an old date, and the site did not know these images. Look at the source to settle it: "
		"wimplan baseline adopt says that it was distributed, a refresh distributes it, and an export with sizes "
		"(SMS_ObjectContentExtraInfo) may tell.",
		count, plural(count));
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
			       count, plural(count));
}

char *wp_words_no_changes(struct wp_arena *arena, const struct wp_plan *plan)
{
	uint64_t compared = plan->summary.packages - plan->summary.blocked;

	if (wp_plan_has_changes(plan))
		return NULL;
	if (!compared)
		return wp_arena_strdup(arena, "No changes. No package could be compared with its source.");
	if (plan->summary.report_only)
		return wp_arena_printf(arena,
				       "No changes to make. %" PRIu64 " boot image%s would change and %s only reported "
				       "(boot_images = report).",
				       plan->summary.report_only, plural(plan->summary.report_only),
				       plan->summary.report_only == 1 ? "is" : "are");
	if (plan->summary.unproven)
		return wp_arena_strdup(arena, "No changes to make, but see what is unproven.");
	return wp_arena_printf(
		arena,
		"No changes. What the site has stored%s was compared with the sources of %" PRIu64
		" package%s, and nothing calls for a reload or a refresh.",
		count_skipped(plan) ? "" : " and distributed", compared, plural(compared));
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
				       "Incomplete: the export is a page of a longer answer. Import all its pages "
				       "together and plan again; what is planned stands." :
				       "Incomplete: not every package could be judged.");
	return wp_arena_printf(arena,
			       "Incomplete: %zu package%s could not be judged (%s%s). Put that right and plan again; "
			       "what is planned for the others stands.",
			       count, plural(count), join(arena, names, count < NAMES_SHOWN ? count : NAMES_SHOWN),
			       count > NAMES_SHOWN ? wp_arena_printf(arena, " and %zu more", count - NAMES_SHOWN) : "");
}

char *wp_words_content(struct wp_arena *arena, const struct wp_content_change *change)
{
	static const struct {
		enum wp_item_group group;
		const char *one, *many;
	} groups[] = {
		{ WP_ITEM_PACKAGE, "package", "packages" },   { WP_ITEM_DRIVER, "driver", "drivers" },
		{ WP_ITEM_APP, "app", "apps" },               { WP_ITEM_LANGUAGE, "language", "languages" },
		{ WP_ITEM_BOOT_FILE, "boot file", "boot files" },
	};
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < change->update_count; i++)
		wp_buf_printf(&text, "%s%s", i ? ", " : "", change->updates[i]);
	if (change->update_count)
		wp_buf_puts(&text, " added");
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		const struct wp_group_change *group = &change->groups[groups[i].group];
		/* Come, gone or replaced: the diff has room to tell them apart. The named updates are told of already. */
		uint64_t named = groups[i].group == WP_ITEM_PACKAGE ? change->update_count : 0;
		uint64_t count = group->added + group->removed + group->changed;

		if (count > named)
			wp_buf_printf(&text, "%s%" PRIu64 " %s changed", text.length ? ", " : "", count - named,
				      count - named == 1 ? groups[i].one : groups[i].many);
	}
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
