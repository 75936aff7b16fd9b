/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the set of records of what an import has gathered. */
#include "assembler.h"
#include "record_documents.h"
#include "remarks.h"
#include "site_rows.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

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
		const char *site = assembler->entries[i].source_site;

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

/* What the set's records are read from when the import is over. */
struct texts {
	struct wp_record_texts of_set; /* the first member, so that it leads here */
	const struct wp_documents *documents;
};

static int read_text(const struct wp_record_texts *texts, size_t at, struct wp_buf *ret, struct wp_error *err)
{
	return wp_document_text(((const struct texts *)texts)->documents, at, ret, err);
}

/* The images that a record has by the rows of SMS_ImageInformation alone. */
static int count_images(const struct wp_documents *documents, size_t at, struct wp_record *record, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_record whole = { 0 };
	int status = wp_document_value(documents, at, &document, err);

	if (status)
		return status;
	wp_record_decode_images(scratch, document, json_object_get(document, "properties"), &whole);
	record->images.count = whole.images.count;
	return WP_OK;
}

/* The records as struct wp_record_texts has them. */
static int records_of_texts(struct wp_record_set *set, const struct wp_documents *documents, struct wp_error *err)
{
	int status = WP_OK;

	for (size_t i = 0; i < set->count && !status; i++) {
		const struct wp_entry_row *entry = documents->entries[i];

		set->records[i] = (struct wp_record){
			.class = entry->class,
			.package_id = entry->package_id,
			.source_version = entry->brief.source_version,
			.image_property_state = entry->brief.fetched ? WP_FETCHED_PRESENT : WP_FETCHED_NOT,
			.image_property_error = entry->brief.image_error,
			.probed_error = entry->brief.probed_error,
		};
		if (!entry->brief.fetched && entry->image_rows)
			status = count_images(documents, i, &set->records[i], err);
	}
	return status;
}

/* The rows of SMS_ImageInformation say something of a record that its own row does not. */
static bool wants_images(const struct wp_entry_row *entry, const struct wp_record *record)
{
	return entry->image_rows && (!record->images.count || record->probed || record->probed_error);
}

/* Reads a record from the brief of its own row, where no other says more than numbers; false: from its document. */
static bool read_brief(const struct wp_entry_row *entry, struct wp_arena *arena, struct wp_record *ret, json_t **ret_rest)
{
	const struct wp_brief *own = &entry->brief.own;

	*ret_rest = NULL;
	if (own->bytes && wp_record_read_brief(arena, own->bytes, own->length, ret, ret_rest) && !wants_images(entry, ret))
		return true;
	json_decref(*ret_rest);
	return false;
}

static int make_brief(const struct wp_documents *documents, size_t at, struct wp_arena *arena, struct wp_record *ret, json_t **ret_rest,
		      struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	int status = wp_document_value(documents, at, &document, err);

	*ret_rest = NULL;
	if (!status)
		status = wp_record_decode(scratch, document, ret, err);
	if (!status && !wp_record_make_brief(arena, ret, ret_rest))
		return wp_fail(err, WP_E_FAILED, "record-invalid", documents->entries[at]->package_id,
			       "the record of package %s cannot be made brief; export it again", documents->entries[at]->package_id);
	return status;
}

/* The records from their briefs. */
static int records_of_briefs(struct wp_record_set *set, const struct wp_documents *documents, struct wp_error *err)
{
	int status = WP_OK;

	set->documents = wp_json_must(json_array());
	for (size_t i = 0; i < set->count && !status; i++) {
		struct wp_record *record = &set->records[i];
		json_t *rest, *content __attribute__((cleanup(wp_json_freep))) = NULL;

		if (read_brief(documents->entries[i], set->arena, record, &rest)) {
			status = wp_document_content(documents, i, &content, err);
			wp_record_take_content(content, record);
		} else {
			status = make_brief(documents, i, set->arena, record, &rest, err);
		}
		if (rest)
			wp_json_push(set->documents, rest);
	}
	return status;
}

static int whole_records(struct wp_record_set *set, const struct wp_documents *documents, struct wp_error *err)
{
	int status = WP_OK;

	set->documents = wp_json_must(json_array());
	for (size_t i = 0; i < set->count && !status; i++) {
		json_t *document;

		status = wp_document_value(documents, i, &document, err);
		if (status)
			break;
		wp_json_push(set->documents, document);
		status = wp_record_decode(set->arena, document, &set->records[i], err);
	}
	return status;
}

static int make_records(struct wp_record_set *set, const struct wp_documents *documents, bool briefs, struct wp_error *err)
{
	struct texts *texts;

	if (!documents->spill)
		return whole_records(set, documents, err);
	texts = wp_arena_alloc(set->arena, sizeof *texts);
	*texts = (struct texts){ { read_text }, documents };
	set->texts = &texts->of_set;
	return briefs ? records_of_briefs(set, documents, err) : records_of_texts(set, documents, err);
}

int wp_assembler_settle(struct wp_assembler *assembler, int status, struct wp_error *err)
{
	/* What has failed and was no row's joining came behind all that wait. */
	if (status && !wp_import_has_failed(assembler))
		assembler->failed_row = assembler->row_count + 1;
	for (size_t i = 0; i < assembler->entry_count; i++) {
		struct wp_entry_row *entry = &assembler->entries[i];
		int own = entry->joined && entry->joined->late.count ? wp_record_join(assembler, entry, NULL, err) : WP_OK;

		status = own ? own : status;
	}
	for (size_t i = 0; i < assembler->companion_count; i++) {
		struct wp_companion *companion = &assembler->companions[i];
		int own = companion->late.count ? wp_companion_join(assembler, companion, NULL, err) : WP_OK;

		status = own ? own : status;
	}
	return status;
}

int wp_assembler_finish(struct wp_assembler *assembler, struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	const struct wp_documents *documents;
	int status = wp_assembler_settle(assembler, WP_OK, err);

	if (!status)
		status = check_entries(assembler, err);
	if (!status)
		status = find_site(assembler, err);
	if (status)
		return status;
	wp_remark_on_rest(assembler);
	documents = wp_documents_new(assembler);
	set = wp_must(calloc(1, sizeof *set));
	set->site = wp_site_rows_finish(assembler);
	set->count = assembler->record_count;
	set->taken_at = taken_at(assembler);
	set->partial = missing(assembler);
	wp_columns_finish(assembler);
	set->diags = assembler->diags;
	set->arena = assembler->arena;
	if (assembler->site[0])
		set->site_code = wp_must(strdup(assembler->site));
	set->records = wp_arena_alloc(set->arena, set->count * sizeof *set->records);
	status = make_records(set, documents, assembler->options->briefs, err);
	if (!status)
		wp_remark_on_records(set, documents);
	wp_assembler_release(assembler);
	if (status)
		return status;
	if (set->texts && !assembler->options->briefs) {
		wp_arena_join(set->arena, assembler->rows);
		assembler->rows = NULL;
	}
	wp_remark_on_versions(set);
	wp_sort_remarks(&set->diags);
	*ret_set = set;
	set = NULL;
	return WP_OK;
}
