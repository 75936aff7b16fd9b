/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the set of records of what an import has gathered. */
#include "assembler.h"
#include "normalize.h"
#include "site_rows.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
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

/* "2 rows of distribution points without State" */
static void skipped_words(struct wp_buf *buf, const char *what, const json_t *count)
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

		skipped_words(&text, what, count);
		wp_diag_add(assembler->arena, &assembler->diags, severity, "rows-skipped", NULL, "%s left out: %s",
			    wp_buf_text(&text), why);
	}
}

/* Whether the states of a row of SMS_ObjectContentExtraInfo, where it has all of them, are as many as it says are targeted. */
static bool adds_up(const json_t *row)
{
	static const char *const states[] = { "NumberSuccess", "NumberInProgress", "NumberErrors", "NumberUnknown" };
	uint64_t targeted, count, sum = 0;

	if (!wp_json_get_u64(row, "Targeted", &targeted))
		return true;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		if (!wp_json_get_u64(row, states[i], &count))
			return true;
		sum = wp_sum(sum, count);
	}
	return sum == targeted;
}

static void remark_on_counts(struct wp_assembler *assembler)
{
	const struct wp_companion *first = NULL;
	char room[WP_WHERE_ROOM];
	size_t count = 0;

	for (size_t i = 0; i < assembler->companion_count; i++) {
		const struct wp_companion *companion = &assembler->companions[i];

		if (companion->kind != WP_COMPANION_CONTENT_INFO || adds_up(companion->row))
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

/* Rows without a package, rows of other classes, counts that do not add up: said once, in total. */
static void remark_on_rest(struct wp_assembler *assembler)
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

/* Records of which something cannot be read. */
static void remark_on_records(struct wp_record_set *set)
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

/* Versions on distribution points that the site has not made yet: the packages were exported before them. */
static void remark_on_versions(struct wp_record_set *set)
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

/* In an order that does not depend on that of the files, each once. */
static void sort_remarks(struct wp_diags *diags)
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
		skipped_words(buf, what, count);
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
	remark_on_rest(assembler);
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
	remark_on_records(set);
	remark_on_versions(set);
	sort_remarks(&set->diags);
	*ret_set = set;
	set = NULL;
	return WP_OK;
}
