/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to say of the sources of several packages together. */
#include "internal.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

#define MOST_IN_FACTS 100

static int compare_sources(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : x->place < y->place ? -1 : 1;
}

static const char *fold(struct wp_arena *arena, const char *path)
{
	char *folded = wp_text_fold(arena, path);

	for (char *at = folded; *at; at++)
		if (*at == '/')
			*at = '\\';
	for (size_t length = strlen(folded); length && folded[length - 1] == '\\'; length--)
		folded[length - 1] = '\0';
	return folded;
}

static void note_group(struct wp_audit *audit, const struct source *sources, size_t count)
{
	const char **names = wp_arena_alloc(audit->scratch, count * sizeof *names);
	json_t *facts = json_object(), *packages = json_array();

	for (size_t i = 0; i < count; i++) {
		names[i] = sources[i].package_id;
		if (i < MOST_IN_FACTS)
			wp_json_push(packages, wp_json_text(sources[i].package_id));
	}
	wp_json_set(facts, "count", wp_json_u64(count));
	wp_json_set(facts, "packages", packages);
	wp_note_add(audit->plan, WP_NOTE_SHARED_SOURCE, sources[0].package_id, 0, facts,
		    "one source makes %zu packages: %s", count, wp_text_names(audit->scratch, names, count, WP_AUDIT_NAMES));
}

/* Packages that are made from one source: what changes one of them changes all. */
static void find_shared(struct wp_audit *audit)
{
	struct source *sources = audit->sources;
	size_t count = audit->source_count;

	if (count)
		qsort(sources, count, sizeof *sources, compare_sources);
	for (size_t first = 0, end; first < count; first = end) {
		bool unchanged = sources[first].unchanged;

		for (end = first + 1; end < count && !strcmp(sources[end].path, sources[first].path); end++)
			unchanged = unchanged && sources[end].unchanged;
		if (end - first > 1 && !unchanged)
			note_group(audit, sources + first, end - first);
	}
}

void wp_audit_gather_source(struct wp_audit *audit, const struct audited *package)
{
	const char *path = package->record->source_path;

	if (path && *path)
		*WP_PUSH(audit->scratch, audit->sources, audit->source_count) =
			(struct source){ fold(audit->scratch, path), package->record->package_id, audit->source_count,
					 package->entry->status == WP_ENTRY_UNCHANGED };
}

void wp_audit_find_newer(struct wp_audit *audit, const struct audited *package)
{
	struct wp_time taken = audit->input->plan->set->taken_at;

	if (wp_audit_sends(package) && package->seen && package->seen->newest_file.known && taken.known &&
	    taken.zone_known && package->seen->newest_file.ticks > taken.ticks)
		*WP_PUSH(audit->scratch, audit->newer, audit->newer_count) = package->record->package_id;
}

void wp_audit_find_sources(struct wp_audit *audit)
{
	json_t *facts, *packages;

	find_shared(audit);
	if (!audit->newer_count)
		return;
	facts = json_object();
	packages = json_array();
	for (size_t i = 0; i < audit->newer_count && i < MOST_IN_FACTS; i++)
		wp_json_push(packages, wp_json_text(audit->newer[i]));
	wp_json_set(facts, "taken_at", wp_json_time(audit->input->plan->set->taken_at));
	wp_json_set(facts, "count", wp_json_u64(audit->newer_count));
	wp_json_set(facts, "packages", packages);
	wp_note_add(audit->plan, WP_NOTE_SOURCE_NEWER_THAN_EXPORT, NULL, 0, facts,
		    "the export of %s is older than the source of %zu package%s to be sent again: %s",
		    wp_time_minutes(audit->scratch, audit->input->plan->set->taken_at), audit->newer_count,
		    wp_plural(audit->newer_count),
		    wp_text_names(audit->scratch, audit->newer, audit->newer_count, WP_AUDIT_NAMES));
}
