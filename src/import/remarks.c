/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what is odd about an import. */
#include "remarks.h"

#include "wimplan/json.h"

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

/* "2 rows of distribution points without State" */
void wp_skipped_words(struct wp_buf *buf, const char *what, const json_t *count)
{
	json_int_t rows = json_integer_value(count);

	wp_buf_printf(buf, "%" JSON_INTEGER_FORMAT " row%s of %s", rows, rows == 1 ? "" : "s", what);
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

/* Rows without a package, rows of other classes: said once, in total. */
void wp_remark_on_rest(struct wp_assembler *assembler)
{
	size_t orphans = assembler->entry_count - assembler->record_count;
	struct group group = { 0 };

	remark_on_skipped(assembler, assembler->skipped, WP_SEVERITY_INFO,
			  "only image, upgrade and boot image packages are planned");
	remark_on_skipped(assembler, assembler->unclear, WP_SEVERITY_WARNING, "nothing that is used stands there");
	for (size_t i = 0; orphans && i < assembler->entry_count; i++)
		if (!assembler->entries[i].has_record)
			tally(&group, assembler->entries[i].package_id, "");
	say(assembler->arena, &assembler->diags, WP_SEVERITY_INFO, "rows-orphaned", &group,
	    "rows were left out, because the package itself is not in the export");
}

static bool lacks_index(const json_t *rows)
{
	const json_t *row;
	uint64_t index;
	size_t i;

	json_array_foreach(rows, i, row)
		if (json_array_size(rows) > 1 && !wp_json_get_u64(row, "Index", &index))
			return true;
	return false;
}

void wp_remark_on_records(struct wp_record_set *set)
{
	struct group properties = { 0 }, probes = { 0 }, rows = { 0 };

	for (size_t i = 0; i < set->count; i++) {
		const struct wp_record *record = &set->records[i];

		if (record->image_property_error)
			tally(&properties, record->package_id, record->image_property_error);
		if (record->probed_error)
			tally(&probes, record->package_id, record->probed_error);
		if (lacks_index(json_object_get(record->json, "image_information")))
			tally(&rows, record->package_id, "");
	}
	say(set->arena, &set->diags, WP_SEVERITY_WARNING, "image-property-invalid", &properties, "ImageProperty cannot be read: ");
	say(set->arena, &set->diags, WP_SEVERITY_WARNING, "image-property-invalid", &probes, "ProbedImageProperty cannot be read: ");
	say(set->arena, &set->diags, WP_SEVERITY_WARNING, "image-information-without-index", &rows,
	    "the rows of SMS_ImageInformation lack their Index and are not used; export them with it");
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

void wp_remarks_sort(struct wp_diags *diags)
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

