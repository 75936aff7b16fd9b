/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts entries, the same way for a plan that is made and for one that is read. */
#include "decode.h"

#include "wimplan/ascii.h"

#include <inttypes.h>
#include <stdlib.h>

static bool has_foreign_gate(const struct wp_entry *entry)
{
	for (size_t i = 0; i < entry->reason_count; i++)
		if (!wp_gate_find(entry->reasons[i].code))
			return true;
	return false;
}

/* A PackageID has eight letters or digits, so that it fits into eight bytes. */
static void add_package(struct wp_tally *tally, const char *package_id)
{
	uint64_t number = 0;

	for (; *package_id; package_id++)
		number = number << 8 | (uint64_t)wp_ascii_upper(*package_id);
	if (tally->package_count == tally->package_room) {
		tally->package_room = tally->package_room ? 2 * tally->package_room : 64;
		tally->packages = wp_must(reallocarray(tally->packages, tally->package_room, sizeof *tally->packages));
	}
	tally->packages[tally->package_count++] = number;
}

void wp_tally_add(struct wp_tally *tally, const struct wp_entry *entry)
{
	struct wp_summary *summary = &tally->summary;

	add_package(tally, entry->package_id);
	summary->packages++;
	summary->unproven += wp_entry_has_reason(entry, "content-unproven");
	switch (entry->status) {
	case WP_ENTRY_UNCHANGED:
		summary->unchanged++;
		break;
	case WP_ENTRY_CHANGE:
		summary->reload += entry->reload;
		summary->refresh += entry->refresh;
		tally->applyable = true;
		break;
	case WP_ENTRY_BLOCKED:
		summary->blocked++;
		tally->unjudged = tally->unjudged || !entry->judged;
		tally->foreign = tally->foreign || has_foreign_gate(entry);
		break;
	case WP_ENTRY_REPORT_ONLY:
		summary->report_only++;
		break;
	case WP_ENTRY_UNPROVEN:
	case WP_ENTRY_STATUSES:
		break;
	}
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A package that is listed twice would get its calls twice, or be both changed and unchanged. */
static void check_packages(struct wp_tally *tally, struct wp_decoder *decoder)
{
	WP_SORT(tally->packages, tally->package_count, compare_ids);
	for (size_t i = 1; i < tally->package_count; i++) {
		char id[9] = "", *at = id + 8;

		if (tally->packages[i] != tally->packages[i - 1])
			continue;
		for (uint64_t rest = tally->packages[i]; rest; rest >>= 8)
			*--at = (char)rest;
		wp_decode_fail(decoder, "package %s is listed twice", at);
	}
}

static void check_summary(const struct wp_summary *said, const struct wp_summary *are, struct wp_decoder *decoder)
{
	const struct {
		const char *name;
		uint64_t said, is;
	} counts[] = {
		{ "packages", said->packages, are->packages },
		{ "reload", said->reload, are->reload },
		{ "refresh", said->refresh, are->refresh },
		{ "blocked", said->blocked, are->blocked },
		{ "report_only", said->report_only, are->report_only },
		{ "unchanged", said->unchanged, are->unchanged },
		{ "unproven", said->unproven, are->unproven },
	};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (counts[i].said != counts[i].is)
			wp_decode_fail(decoder, "its summary says %" PRIu64 " for %s, and its entries come to %" PRIu64,
				       counts[i].said, counts[i].name, counts[i].is);
}

void wp_tally_check(struct wp_tally *tally, const struct wp_plan *plan, bool known_version,
		    struct wp_decoder *decoder)
{
	bool whole = !tally->unjudged && !plan->snapshot_partial;

	check_packages(tally, decoder);
	check_summary(&plan->summary, &tally->summary, decoder);
	if (plan->applyable != tally->applyable)
		wp_decode_fail(decoder, "applyable does not go with its changes");
	if (plan->complete && !whole)
		wp_decode_fail(decoder, "complete is true, and something in it could not be judged");
	if (!plan->complete && whole && !tally->foreign && known_version)
		wp_decode_fail(decoder, "complete is false, and everything in it was judged");
}

void wp_tally_free(struct wp_tally *tally)
{
	free(tally->packages);
	*tally = (struct wp_tally){ .packages = NULL };
}
