/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an import says of what it has read: rows that were left out, values that cannot be read, counts that do not agree. */
#include "remarks.h"
#include "site_rows.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* Packages about which the same is to be said. */
struct group {
	size_t count;
	const char *id, *why; /* of the first */
};

static void tally(struct group *group, const char *id, const char *why)
{
	if (group->count++)
		return;
	group->id = id;
	group->why = why;
}

/* Of one package what is wrong with it; of several how many there are, and the first. */
static void say(struct wp_arena *arena, struct wp_diags *diags, enum wp_severity severity, const char *code,
		const struct group *group, const char *what)
{
	if (group->count == 1)
		wp_diag_add(arena, diags, severity, code, group->id, "%s%s", what, group->why);
	else if (group->count)
		wp_diag_add(arena, diags, severity, code, NULL, "%zu packages, %s first: %s%s", group->count, group->id,
			    what, group->why);
}

void wp_skipped_words(struct wp_buf *buf, const char *what, const json_t *count)
{
	json_int_t rows = json_integer_value(count);

	wp_buf_printf(buf, "%" JSON_INTEGER_FORMAT " row%s of %s", rows, wp_plural((uint64_t)rows), what);
}

static void remark_on_skipped(struct wp_assembler *assembler, const json_t *skipped, enum wp_severity severity,
			      const char *why)
{
	const char *what;
	json_t *count;

	json_object_foreach((json_t *)skipped, what, count) {
		struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_skipped_words(&text, what, count);
		wp_diag_add(assembler->arena, &assembler->diags, severity, "rows-skipped", NULL, "%s left out: %s",
			    wp_buf_text(&text), why);
	}
}

static void remark_on_counts(struct wp_assembler *assembler)
{
	const struct wp_companion *first = NULL;
	char room[WP_WHERE_ROOM];
	size_t count = 0;

	for (size_t i = 0; i < assembler->companion_count; i++) {
		const struct wp_companion *companion = &assembler->companions[i];

		if (companion->kind != WP_COMPANION_CONTENT_INFO || companion->adds_up)
			continue;
		if (!count++)
			first = companion;
	}
	if (first)
		wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "counts-differ",
			    assembler->entries[first->entry].package_id,
			    "%s: the counts of SMS_ObjectContentExtraInfo do not add up to its Targeted%s; where they say more than the rows "
			    "of distribution points, that is taken all the same",
			    wp_where_text(&first->where, room),
			    count > 1 ? wp_arena_printf(assembler->arena, ", first of %zu rows", count) : "");
}

void wp_remark_on_rest(struct wp_assembler *assembler)
{
	size_t orphans = assembler->entry_count - assembler->record_count;
	struct group group = { 0 };

	wp_remark_on_left_out(assembler, "SMS_ObjectContentExtraInfo", &assembler->contradicting_counts, "rows-contradict",
			      "another row of the package says something else, and the later one counts; give exports that were made "
			      "together");
	remark_on_counts(assembler);
	remark_on_skipped(assembler, assembler->skipped, WP_SEVERITY_INFO,
			  "only image, upgrade and boot image packages are planned");
	remark_on_skipped(assembler, assembler->unclear, WP_SEVERITY_WARNING, "nothing that is used stands there");
	for (size_t i = 0; orphans && i < assembler->entry_count; i++)
		if (!assembler->entries[i].has_record)
			tally(&group, assembler->entries[i].package_id, "");
	say(assembler->arena, &assembler->diags, WP_SEVERITY_INFO, "rows-orphaned", &group,
	    "rows were left out, because the package itself is not in the export");
}

void wp_remark_on_records(struct wp_record_set *set, const struct wp_documents *documents)
{
	struct group properties = { 0 }, probes = { 0 }, rows = { 0 };

	for (size_t i = 0; i < set->count; i++) {
		const struct wp_record *record = &set->records[i];

		if (record->image_property_error)
			tally(&properties, record->package_id, record->image_property_error);
		if (record->probed_error)
			tally(&probes, record->package_id, record->probed_error);
		if (documents->entries[i]->image_rows > 1 && documents->entries[i]->unindexed)
			tally(&rows, record->package_id, "");
	}
	say(set->arena, &set->diags, WP_SEVERITY_WARNING, "image-property-invalid", &properties, "ImageProperty cannot be read: ");
	say(set->arena, &set->diags, WP_SEVERITY_WARNING, "image-property-invalid", &probes, "ProbedImageProperty cannot be read: ");
	say(set->arena, &set->diags, WP_SEVERITY_WARNING, "image-information-without-index", &rows,
	    "the rows of SMS_ImageInformation lack their Index and are not used; export them with it");
}

void wp_remark_on_versions(struct wp_record_set *set)
{
	json_t *packages __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_object());
	const json_t *row;
	struct group ahead = { 0 };
	uint64_t version;
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->records[i].source_version.known)
			wp_json_set(packages, set->records[i].package_id, wp_json_u64(set->records[i].source_version.value));
	json_array_foreach(wp_site_rows(set->site, WP_SITE_STATES), i, row) {
		const char *id = wp_json_get_text(row, "PackageID");
		uint64_t made;

		/* Each package once. */
		if (id && wp_json_get_u64(packages, id, &made) && wp_json_get_u64(row, "SourceVersion", &version) && version > made) {
			tally(&ahead, id, "");
			json_object_del(packages, id);
		}
	}
	say(set->arena, &set->diags, WP_SEVERITY_WARNING, "versions-ahead", &ahead,
	    "a distribution point has a newer SourceVersion than the package; give exports that were made together");
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_diags(const void *a, const void *b)
{
	const struct wp_diag *x = a, *y = b;
	int order = (int)y->severity - (int)x->severity;

	order = order ? order : strcmp(x->code, y->code);
	order = order ? order : compare_texts(x->subject, y->subject);
	return order ? order : strcmp(x->summary, y->summary);
}

void wp_sort_remarks(struct wp_diags *diags)
{
	size_t kept = 0;

	if (!diags->count)
		return;
	qsort(diags->items, diags->count, sizeof *diags->items, compare_diags);
	for (size_t i = 0; i < diags->count; i++)
		if (!kept || compare_diags(&diags->items[kept - 1], &diags->items[i]) != 0)
			diags->items[kept++] = diags->items[i];
	diags->count = kept;
}
