/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record as JSON, out of what was kept of its package: as a value, or as the same text without a value in between. */
#include "record_documents.h"
#include "normalize.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* A package's row stands one level below its record, another row of it, in a list, two. */
_Static_assert(WP_LIMIT_EXPORT_NESTING + 2 <= WP_LIMIT_NESTING, "a record could not be read again");

static const char *const companion_keys[WP_COMPANION_KINDS] = {
	[WP_COMPANION_IMAGE_INFORMATION] = "image_information",
	[WP_COMPANION_CONTENT_INFO] = "content_info",
};

/* The lazy properties of its class, and those that it named itself, that have no value. Sorted. New reference. */
static json_t *not_fetched(const struct wp_entry_row *entry, const json_t *properties)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_property *property;
	const char **names = NULL;
	size_t count = 0, kept = 0;
	const char *name;
	json_t *value;

	for (size_t i = 0; (property = wp_property_at(i)); i++)
		if (property->lazy & (1u << entry->class))
			*WP_PUSH(scratch, names, count) = property->name;
	json_object_foreach((json_t *)entry->lazy, name, value) {
		property = wp_property_find(name);
		if (!property || !(property->lazy & (1u << entry->class)))
			*WP_PUSH(scratch, names, count) = name;
	}
	for (size_t i = 0; i < count; i++)
		if (!json_object_get(properties, names[i]))
			names[kept++] = names[i];
	WP_SORT(names, kept, wp_text_compare_items);
	return wp_json_texts(names, kept);
}

void wp_not_fetched_text(const struct wp_entry_row *entry, const json_t *properties, struct wp_buf *ret)
{
	json_t *names = not_fetched(entry, properties);

	wp_json_canonical(ret, names);
	json_decref(names);
}

static int compare_companions(const void *a, const void *b)
{
	const struct wp_companion *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->key, y->key);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp((*(struct wp_entry_row *const *)a)->package_id, (*(struct wp_entry_row *const *)b)->package_id);
}

struct wp_documents *wp_documents_new(struct wp_assembler *assembler)
{
	struct wp_documents *documents = wp_arena_alloc(assembler->arena, sizeof *documents);

	documents->spill = assembler->options->spill;
	WP_SORT(assembler->companions, assembler->companion_count, compare_companions);
	for (size_t i = assembler->companion_count; i--;)
		assembler->entries[assembler->companions[i].entry].companions = &assembler->companions[i];
	documents->entries = wp_arena_alloc(assembler->arena, assembler->record_count * sizeof *documents->entries);
	for (size_t i = 0; i < assembler->entry_count; i++)
		if (assembler->entries[i].has_record)
			documents->entries[documents->count++] = &assembler->entries[i];
	qsort(documents->entries, documents->count, sizeof *documents->entries, compare_entries);
	return documents;
}

/* The rows of an entry of one kind; *@ret_first is the first of them. */
static size_t rows_of(const struct wp_entry_row *entry, enum wp_companion_kind kind, const struct wp_companion **ret_first)
{
	const struct wp_companion *at = entry->companions;
	size_t left = entry->companion_count, count = 0;

	for (; left && at->kind != kind; left--)
		at++;
	*ret_first = at;
	for (; left && at->kind == kind; left--, at++)
		count++;
	return count;
}

int wp_document_content(const struct wp_documents *documents, size_t at, json_t **ret_row, struct wp_error *err)
{
	const struct wp_companion *companion;

	*ret_row = NULL;
	return rows_of(documents->entries[at], WP_COMPANION_CONTENT_INFO, &companion)
		       ? wp_kept_get(documents->spill, &companion->row, ret_row, err)
		       : WP_OK;
}

int wp_document_value(const struct wp_documents *documents, size_t at, json_t **ret_json, struct wp_error *err)
{
	const struct wp_entry_row *entry = documents->entries[at];
	json_t *document = wp_json_object("class", json_string(wp_class_name(entry->class)), "package_id",
					  json_string(entry->package_id), NULL);
	json_t *properties, *row;
	const struct wp_companion *companion;
	size_t count;
	int status = wp_kept_get(documents->spill, &entry->properties, &properties, err);

	if (!status)
		wp_json_put(document, "properties", properties, "not_fetched", not_fetched(entry, properties), NULL);
	for (int kind = 0; kind < WP_COMPANION_KINDS && !status; kind++) {
		json_t *rows = wp_json_must(json_array());

		wp_json_set(document, companion_keys[kind], rows);
		for (count = rows_of(entry, (enum wp_companion_kind)kind, &companion); count-- && !status; companion++) {
			status = wp_kept_get(documents->spill, &companion->row, &row, err);
			if (!status)
				wp_json_push(rows, row);
		}
	}
	/* Was there before the rows of distribution points got a place beside the records: ids of snapshots stay the same. */
	wp_json_set(document, "distribution_points", json_array());
	if (status)
		json_decref(document);
	else
		*ret_json = document;
	return status;
}

static int add_rows(const struct wp_documents *documents, const struct wp_entry_row *entry, enum wp_companion_kind kind,
		    struct wp_buf *ret, struct wp_error *err)
{
	const struct wp_companion *companion;
	size_t count = rows_of(entry, kind, &companion);
	int status = WP_OK;

	wp_buf_printf(ret, "\"%s\":[", companion_keys[kind]);
	for (size_t i = 0; i < count && !status; i++) {
		if (i)
			wp_buf_putc(ret, ',');
		status = wp_spill_read(documents->spill, companion[i].row.span, ret, err);
	}
	wp_buf_puts(ret, "],");
	return status;
}

int wp_document_text(const struct wp_documents *documents, size_t at, struct wp_buf *ret, struct wp_error *err)
{
	const struct wp_entry_row *entry = documents->entries[at];
	int status;

	/* In the order of the canonical form. Neither a class nor an id has anything to escape. */
	wp_buf_printf(ret, "{\"class\":\"%s\",", wp_class_name(entry->class));
	status = add_rows(documents, entry, WP_COMPANION_CONTENT_INFO, ret, err);
	wp_buf_puts(ret, "\"distribution_points\":[],");
	if (!status)
		status = add_rows(documents, entry, WP_COMPANION_IMAGE_INFORMATION, ret, err);
	wp_buf_printf(ret, "\"not_fetched\":%s,\"package_id\":\"%s\",\"properties\":", entry->brief.not_fetched, entry->package_id);
	if (!status)
		status = wp_spill_read(documents->spill, entry->properties.span, ret, err);
	wp_buf_putc(ret, '}');
	return status;
}
