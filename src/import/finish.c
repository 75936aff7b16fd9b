/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the set of records of what an import has gathered. */
#include "assembler.h"
#include "normalize.h"
#include "remarks.h"
#include "site_rows.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const companion_keys[WP_COMPANION_KINDS] = {
	[WP_COMPANION_IMAGE_INFORMATION] = "image_information",
	[WP_COMPANION_CONTENT_INFO] = "content_info",
};

static void add_all_skipped(struct wp_buf *buf, const json_t *skipped)
{
	const char *what;
	json_t *count;

	json_object_foreach((json_t *)skipped, what, count) {
		wp_buf_puts(buf, buf->length ? ", " : ", only ");
		wp_skipped_words(buf, what, count);
	}
}

/* Rows that say more of packages, which are not there: the console's export of a task sequence has no others. */
static void add_site_rows(struct wp_buf *buf, const struct wp_assembler *assembler)
{
	for (int kind = 0; kind < WP_SITE_KINDS; kind++)
		if (assembler->site_rows[kind].count)
			wp_buf_printf(buf, "%s%zu of %s", buf->length ? ", " : ", only rows beside packages (",
				      assembler->site_rows[kind].count, wp_site_tables[kind].name);
	if (buf->length)
		wp_buf_puts(buf, "), to be given together with an export of these");
}

static int fail_empty(const struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_buf rest __attribute__((cleanup(wp_buf_free))) = { 0 };

	add_site_rows(&rest, assembler);
	if (rest.length)
		return wp_fail(err, WP_E_FAILED, "no-records", NULL,
			       "there is no image, upgrade or boot image package%s", wp_buf_text(&rest));
	add_all_skipped(&rest, assembler->unclear);
	add_all_skipped(&rest, assembler->skipped);
	if (assembler->entry_count)
		wp_buf_printf(&rest, "%s rows about %zu of them", rest.length ? "," : ", only", assembler->entry_count);
	else if (!rest.length && assembler->page_count)
		wp_buf_puts(&rest, ", only an empty list: the site has none, or the account may not read them");
	return wp_fail(err, WP_E_FAILED, "no-records", NULL,
		       "the export holds no image, upgrade or boot image package%s; export SMS_ImagePackage, "
		       "SMS_OperatingSystemInstallPackage and SMS_BootImagePackage",
		       wp_buf_text(&rest));
}

static int check_entries(struct wp_assembler *assembler, struct wp_error *err)
{
	char room[WP_WHERE_ROOM];

	if (!assembler->record_count)
		return fail_empty(assembler, err);
	for (size_t i = 0; i < assembler->entry_count; i++) {
		const struct wp_entry_row *entry = &assembler->entries[i];

		if (entry->has_record && !entry->class_known)
			return wp_fail(err, WP_E_FAILED, "record-without-class", entry->package_id,
				       "%s: package %s does not say what it is; export its PackageType (257 image, 258 "
				       "boot image, 259 upgrade package) with it",
				       wp_where_text(&entry->where, room), entry->package_id);
	}
	return WP_OK;
}

static int find_site(struct wp_assembler *assembler, struct wp_error *err)
{
	const char *given = assembler->options->site_code;
	const char *common = NULL;

	if (given && !wp_is_site_code(given))
		return wp_fail(err, WP_E_USAGE, "--site", "--site",
			       "--site: a site code has three letters or digits, not '%s'", given);
	if (given)
		return wp_assembler_claim_site(assembler, given, "--site", err);
	if (assembler->site[0])
		return WP_OK;
	for (size_t i = 0; i < assembler->entry_count; i++) {
		const char *site = wp_json_get_text(assembler->entries[i].properties, "SourceSite");

		if (!site || !*site)
			continue;
		if (!wp_is_site_code(site) || (common && !wp_ascii_same(common, site)))
			return WP_OK;
		common = site;
	}
	if (!common)
		return WP_OK;
	wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_INFO, "site-inferred", NULL,
		    "the export does not name its site; all its packages are owned by %s, so that is taken for it",
		    common);
	return wp_assembler_claim_site(assembler, common, "SourceSite", err);
}

/* The lazy properties of its class, and those that it named itself, that have no value. Sorted. */
static json_t *not_fetched(struct wp_assembler *assembler, const struct wp_entry_row *entry)
{
	json_t *array = wp_json_must(json_array());
	const struct wp_property *property;
	const char **names = NULL;
	size_t count = 0;
	const char *name;
	json_t *value;

	for (size_t i = 0; (property = wp_property_at(i)); i++)
		if (property->lazy & (1u << entry->class))
			*WP_PUSH(assembler->arena, names, count) = property->name;
	json_object_foreach(entry->lazy, name, value) {
		property = wp_property_find(name);
		if (!property || !(property->lazy & (1u << entry->class)))
			*WP_PUSH(assembler->arena, names, count) = name;
	}
	qsort(names, count, sizeof *names, wp_text_compare_items);
	for (size_t i = 0; i < count; i++)
		if (!json_object_get(entry->properties, names[i]))
			wp_json_push(array, json_string(names[i]));
	return array;
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

/* The rows of an entry, which stand together after sorting; *@at moves behind them. */
static void add_companions(struct wp_assembler *assembler, size_t entry, size_t *at, json_t *document)
{
	json_t *rows[WP_COMPANION_KINDS];

	for (int kind = 0; kind < WP_COMPANION_KINDS; kind++) {
		rows[kind] = wp_json_must(json_array());
		wp_json_set(document, companion_keys[kind], rows[kind]);
	}
	for (; *at < assembler->companion_count && assembler->companions[*at].entry == entry; (*at)++)
		wp_json_push(rows[assembler->companions[*at].kind], json_incref(assembler->companions[*at].row));
}

static json_t *make_document(struct wp_assembler *assembler, size_t at, size_t *companion)
{
	const struct wp_entry_row *entry = &assembler->entries[at];
	json_t *document = wp_json_object("class", json_string(wp_class_name(entry->class)),
					  "package_id", json_string(entry->package_id),
					  "properties", json_incref(entry->properties),
					  "not_fetched", not_fetched(assembler, entry), NULL);

	add_companions(assembler, at, companion, document);
	/* Was there before the rows of distribution points got a place beside the records: ids of snapshots stay the same. */
	wp_json_set(document, "distribution_points", json_array());
	return document;
}

static int compare_documents(const void *a, const void *b)
{
	return strcmp(wp_json_get_text(*(json_t *const *)a, "package_id"),
		      wp_json_get_text(*(json_t *const *)b, "package_id"));
}

/* All records as JSON, by PackageID. */
static json_t *make_documents(struct wp_assembler *assembler)
{
	json_t **documents = wp_must(calloc(assembler->record_count, sizeof *documents));
	json_t *array = wp_json_must(json_array());
	size_t count = 0, companion = 0;

	WP_SORT(assembler->companions, assembler->companion_count, compare_companions);
	for (size_t i = 0; i < assembler->entry_count; i++) {
		if (assembler->entries[i].has_record)
			documents[count++] = make_document(assembler, i, &companion);
		while (companion < assembler->companion_count && assembler->companions[companion].entry == i)
			companion++;
	}
	qsort(documents, count, sizeof *documents, compare_documents);
	for (size_t i = 0; i < count; i++)
		wp_json_push(array, documents[i]);
	free(documents);
	return array;
}

static struct wp_time taken_at(const struct wp_assembler *assembler)
{
	if (assembler->options->taken_at.known)
		return assembler->options->taken_at;
	return assembler->taken_at.known ? assembler->taken_at : assembler->modified;
}

/* Everything that the export has not, whatever the reason. */
static const char *missing(struct wp_assembler *assembler)
{
	const char *pages = wp_pages_missing(assembler), *refused = wp_refused_missing(assembler);

	return pages && refused ? wp_arena_printf(assembler->arena, "%s, %s", refused, pages) : refused ? refused : pages;
}

int wp_assembler_finish(struct wp_assembler *assembler, struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	int status = check_entries(assembler, err);

	if (!status)
		status = find_site(assembler, err);
	if (status)
		return status;
	wp_remark_on_rest(assembler);
	set = wp_must(calloc(1, sizeof *set));
	set->documents = make_documents(assembler);
	set->site = wp_site_rows_finish(assembler);
	set->count = assembler->record_count;
	set->taken_at = taken_at(assembler);
	set->partial = missing(assembler);
	wp_columns_finish(assembler);
	set->diags = assembler->diags;
	set->arena = assembler->arena;
	assembler->arena = NULL;
	if (assembler->site[0])
		set->site_code = wp_must(strdup(assembler->site));
	set->records = wp_arena_alloc(set->arena, set->count * sizeof *set->records);
	for (size_t i = 0; i < set->count; i++) {
		status = wp_record_decode(set->arena, json_array_get(set->documents, i), &set->records[i], err);
		if (status)
			return status;
	}
	wp_remark_on_records(set);
	wp_remark_on_versions(set);
	wp_sort_remarks(&set->diags);
	*ret_set = set;
	set = NULL;
	return WP_OK;
}
