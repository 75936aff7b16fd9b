/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes rows in one by one: what each of them is, and to which package it belongs. */
#include "assemble.h"
#include "assembler.h"
#include "normalize.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const companion_classes[WP_COMPANION_KINDS] = {
	[WP_IMAGE_INFORMATION] = "SMS_ImageInformation",
	[WP_CONTENT_INFO] = "SMS_ObjectContentExtraInfo",
	[WP_DISTRIBUTION_POINTS] = "SMS_PackageStatusDistPointsSummarizer",
};

/* What a row is. */
struct identity {
	enum { ROW_RECORD, ROW_COMPANION, ROW_OTHER } sort;
	bool class_known;
	enum wp_class class;
	enum wp_companion_kind kind;
	const char *unclear; /* what it is that is ROW_OTHER and yet about a package; NULL */
};

bool wp_class_is_read(const char *name)
{
	enum wp_class class;

	for (int kind = 0; kind < WP_COMPANION_KINDS; kind++)
		if (wp_ascii_same(name, companion_classes[kind]))
			return true;
	return wp_class_from_name(name, &class);
}

static json_t *new_object(void)
{
	json_t *object = json_object();

	if (!object)
		wp_out_of_memory();
	return object;
}

struct wp_assembler *wp_assembler_new(const struct wp_import_options *options, const struct wp_import_bounds *bounds)
{
	struct wp_assembler *assembler = calloc(1, sizeof *assembler);

	if (!assembler)
		wp_out_of_memory();
	assembler->arena = wp_arena_new();
	assembler->options = options;
	assembler->bounds = *bounds;
	assembler->index = new_object();
	assembler->companion_index = new_object();
	assembler->skipped = new_object();
	assembler->unclear = new_object();
	return assembler;
}

void wp_assembler_free(struct wp_assembler *assembler)
{
	if (!assembler)
		return;
	for (size_t i = 0; i < assembler->entry_count; i++) {
		json_decref(assembler->entries[i].properties);
		json_decref(assembler->entries[i].lazy);
		json_decref(assembler->entries[i].later);
	}
	for (size_t i = 0; i < assembler->companion_count; i++)
		json_decref(assembler->companions[i].row);
	json_decref(assembler->index);
	json_decref(assembler->companion_index);
	json_decref(assembler->skipped);
	json_decref(assembler->unclear);
	if (assembler->arena)
		wp_arena_free(assembler->arena);
	free(assembler);
}

struct wp_where wp_assembler_where(struct wp_assembler *assembler, const struct wp_where *where)
{
	struct wp_where copy = *where;

	if (!assembler->file || strcmp(assembler->file, where->file) != 0)
		assembler->file = wp_arena_strdup(assembler->arena, where->file);
	copy.file = assembler->file;
	return copy;
}

int wp_assembler_claim_site(struct wp_assembler *assembler, const char *site, const char *from, struct wp_error *err)
{
	const char *given = assembler->options->site_code;

	if (given && !wp_ascii_same(given, site))
		return wp_fail(err, WP_E_REFUSED, "site-mismatch", from, "%s is of site %s, not of %s as --site says",
			       from, site, given);
	if (!assembler->site[0]) {
		for (size_t i = 0; i < 3 && site[i]; i++)
			assembler->site[i] = (char)wp_ascii_upper(site[i]);
		assembler->site_from = wp_arena_strdup(assembler->arena, from);
	} else if (!wp_ascii_same(assembler->site, site)) {
		return wp_fail(err, WP_E_FAILED, "site-mismatch", from,
			       "%s is of site %s, but %s is of site %s; import "
			       "one site at a time",
			       from, site, assembler->site_from, assembler->site);
	}
	return WP_OK;
}

static bool has(const struct wp_row *row, const char *name)
{
	return wp_row_member(row->properties, name) != NULL;
}

static bool package_type(const struct wp_row *row, uint64_t *ret_type)
{
	const json_t *value = wp_row_member(row->properties, "PackageType");

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*ret_type = (uint64_t)json_integer_value(value);
		return true;
	}
	return json_is_string(value) && wp_parse_u64(json_string_value(value), false, ret_type);
}

/* Properties of packages that no row of another kind has: PackageType alone stands in rows of distribution points, too. */
static bool has_package_property(const struct wp_row *row)
{
	static const char *const names[] = { "PkgSourcePath", "PkgSourceFlag", "SourceDate", "ImageProperty",
					     "SedoObjectVersion", "PkgFlags", "ProbedImageProperty", "StoredPkgPath",
					     "StoredPkgVersion", "ShareName", "RefreshSchedule" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (has(row, names[i]))
			return true;
	return false;
}

/* For a row that does not say its class. Companion rows have a PackageType too: their columns come first. */
static struct identity identify_by_columns(const struct wp_row *row)
{
	struct identity identity = { .sort = ROW_RECORD };
	uint64_t type;

	if (has(row, "Index") && has(row, "OSVersion"))
		return (struct identity){ .sort = ROW_COMPANION, .kind = WP_IMAGE_INFORMATION };
	if (has(row, "Targeted") && has(row, "SourceSize"))
		return (struct identity){ .sort = ROW_COMPANION, .kind = WP_CONTENT_INFO };
	if (has(row, "ServerNALPath") && has(row, "State"))
		return (struct identity){ .sort = ROW_COMPANION, .kind = WP_DISTRIBUTION_POINTS };
	if (has_package_property(row)) {
		/* SMS_PackageBaseclass.PackageType */
		if (package_type(row, &type)) {
			identity.sort = type >= 257 && type <= 259 ? ROW_RECORD : ROW_OTHER;
			identity.class_known = true;
			identity.class = type == 257 ? WP_CLASS_IMAGE : type == 258 ? WP_CLASS_BOOT : WP_CLASS_INSTALL;
		}
		return identity;
	}
	if (has(row, "Targeted"))
		return (struct identity){ .sort = ROW_OTHER, .unclear = "distribution without SourceSize" };
	if (has(row, "ServerNALPath") || has(row, "DistributionPoint") || has(row, "ContentServerID"))
		return (struct identity){ .sort = ROW_OTHER, .unclear = "distribution points without State" };
	if (package_type(row, &type)) {
		identity.sort = ROW_OTHER;
		if (type >= 257 && type <= 259)
			identity.unclear = "packages without a property that only packages have, such as PkgSourcePath,";
	}
	return identity;
}

static struct identity identify(const struct wp_row *row, const struct wp_row_facts *facts)
{
	struct identity identity = { .sort = ROW_RECORD };

	if (!facts->class[0] || wp_ascii_same(facts->class, "SMS_PackageBaseclass"))
		return identify_by_columns(row);
	identity.class_known = wp_class_from_name(facts->class, &identity.class);
	if (identity.class_known)
		return identity;
	identity.sort = ROW_OTHER;
	for (int kind = 0; kind < WP_COMPANION_KINDS; kind++) {
		if (!wp_ascii_same(facts->class, companion_classes[kind]))
			continue;
		identity.sort = ROW_COMPANION;
		identity.kind = (enum wp_companion_kind)kind;
	}
	return identity;
}

/* Counts a row that is left out, under what it is. */
static void skip(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_row_facts *facts,
		 const char *unclear)
{
	json_t *counts = unclear ? assembler->unclear : assembler->skipped;
	char what[sizeof facts->class + 128];
	uint64_t type = 0;
	json_t *count;

	package_type(row, &type);
	if (unclear || facts->class[0])
		snprintf(what, sizeof what, "%s", unclear ? unclear : facts->class);
	else
		snprintf(what, sizeof what, "PackageType %" PRIu64, type);
	count = json_integer(json_integer_value(json_object_get(counts, what)) + 1);
	if (!count || json_object_set_new(counts, what, count) != 0)
		wp_out_of_memory();
}

/* The package that a row is about: found, or made. */
static int find_entry(struct wp_assembler *assembler, const struct wp_row *row, const json_t *clean, size_t *ret_entry,
		      struct wp_error *err)
{
	const char *id = wp_json_get_text(clean, "PackageID");
	char room[WP_WHERE_ROOM];
	json_t *known;

	/* The key of SMS_ObjectContentExtraInfo, which is the PackageID for packages. */
	if (!id)
		id = wp_json_get_text(clean, "ObjectID");
	if (!id || !*id)
		return wp_fail(err, WP_E_FAILED, "record-invalid", row->where.file,
			       "%s has no PackageID; is it an export of packages?", wp_where_text(&row->where, room));
	if (!wp_is_package_id(id))
		return wp_fail(err, WP_E_FAILED, "record-invalid", row->where.file,
			       "%s: its PackageID is \"%.40s\", where 8 letters and digits belong; correct it or export "
			       "again",
			       wp_where_text(&row->where, room), id);
	known = json_object_get(assembler->index, id);
	if (known) {
		*ret_entry = (size_t)json_integer_value(known);
		return WP_OK;
	}
	*ret_entry = assembler->entry_count;
	if (json_object_set_new(assembler->index, id, json_integer((json_int_t)*ret_entry)) != 0)
		wp_out_of_memory();
	WP_PUSH(assembler->arena, assembler->entries, assembler->entry_count)->package_id =
		wp_arena_strdup(assembler->arena, id);
	return WP_OK;
}

/* The lazy names that the row gives, under ConfigMgr's spelling. */
static void keep_lazy(struct wp_entry_row *entry, const json_t *lazy)
{
	const json_t *item;
	size_t i;

	json_array_foreach(lazy, i, item) {
		const char *name = json_string_value(item);
		const struct wp_property *property = name ? wp_property_find(name) : NULL;

		if (!name || !*name || strncmp(name, "__", 2) == 0)
			continue;
		if (!entry->lazy)
			entry->lazy = new_object();
		if (json_object_set_new(entry->lazy, property ? property->name : name, json_true()) != 0)
			wp_out_of_memory();
	}
}

static int add_record(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_row_facts *facts,
		      const struct identity *identity, size_t at, json_t *clean, struct wp_error *err)
{
	struct wp_entry_row *entry = &assembler->entries[at];
	struct wp_where where = wp_assembler_where(assembler, &row->where);
	char room[WP_WHERE_ROOM], other_room[WP_WHERE_ROOM];
	int status = WP_OK;

	if (entry->has_record && entry->class_known && identity->class_known && entry->class != identity->class)
		return wp_fail(err, WP_E_FAILED, "records-contradict", entry->package_id,
			       "package %s: its class is %s in %s, but %s in %s; give exports that were made together",
			       entry->package_id, wp_class_name(entry->class), wp_where_text(&entry->where, room),
			       wp_class_name(identity->class), wp_where_text(&where, other_room));
	if (identity->class_known) {
		entry->class_known = true;
		entry->class = identity->class;
	}
	if (!entry->has_record) {
		if (assembler->record_count == assembler->bounds.packages)
			return wp_fail(err, WP_E_FAILED, "too-many-packages", row->where.file,
				       "%s: these are more than %zu packages; import one site at a time",
				       wp_where_text(&where, room), assembler->bounds.packages);
		assembler->record_count++;
		entry->has_record = true;
		entry->where = where;
		entry->properties = json_incref(clean);
	} else {
		status = wp_merge_properties(assembler, entry->package_id, entry->properties, &entry->where,
					     &entry->later, clean, &where, err);
	}
	keep_lazy(entry, facts->lazy);
	return status;
}

/* What tells the rows of a package apart, as text that sorts. */
static const char *companion_key(struct wp_arena *arena, enum wp_companion_kind kind, const json_t *row)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *nal = wp_json_get_text(row, "ServerNALPath");
	const char *site = wp_json_get_text(row, "SiteCode");
	uint64_t index;

	if (kind == WP_CONTENT_INFO)
		return "";
	if (kind == WP_IMAGE_INFORMATION && wp_json_get_u64(row, "Index", &index))
		return wp_arena_printf(arena, "%020" PRIu64, index);
	if (kind == WP_DISTRIBUTION_POINTS && nal)
		return wp_arena_printf(arena, "%s %s", nal, site ? site : "");
	/* Without a key only an equal row is the same one. */
	wp_json_canonical(&buf, row);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

static int add_companion(struct wp_assembler *assembler, const struct wp_row *row, enum wp_companion_kind kind,
			 size_t entry, json_t *clean, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_where where = wp_assembler_where(assembler, &row->where);
	const char *key = companion_key(scratch, kind, clean);
	const char *whole = wp_arena_printf(scratch, "%zu/%d/%s", entry, (int)kind, key);
	const json_t *known = json_object_get(assembler->companion_index, whole);
	struct wp_companion *companion;

	if (known) {
		companion = &assembler->companions[json_integer_value(known)];
		return wp_merge_properties(assembler, assembler->entries[entry].package_id, companion->row,
					   &companion->where, NULL, clean, &where, err);
	}
	if (json_object_set_new(assembler->companion_index, whole,
				json_integer((json_int_t)assembler->companion_count)) != 0)
		wp_out_of_memory();
	companion = WP_PUSH(assembler->arena, assembler->companions, assembler->companion_count);
	companion->entry = entry;
	companion->kind = kind;
	companion->key = wp_arena_strdup(assembler->arena, key);
	companion->where = where;
	companion->row = json_incref(clean);
	return WP_OK;
}

int wp_assembler_add(struct wp_assembler *assembler, const struct wp_row *row, struct wp_error *err)
{
	struct wp_row_facts facts;
	struct identity identity;
	char room[WP_WHERE_ROOM];
	json_t *clean;
	size_t entry = 0;
	int status;

	wp_row_facts(row, &facts);
	if (!facts.class[0] && row->page)
		snprintf(facts.class, sizeof facts.class, "%s", assembler->pages[row->page - 1].class);
	identity = identify(row, &facts);
	if (identity.sort == ROW_OTHER) {
		skip(assembler, row, &facts, identity.unclear);
		return WP_OK;
	}
	if (facts.site[0] &&
	    (status = wp_assembler_claim_site(assembler, facts.site, wp_where_text(&row->where, room), err)) != WP_OK)
		return status;
	clean = wp_row_normalize(assembler, row, facts.lazy, err);
	if (!clean)
		return WP_E_FAILED;
	status = find_entry(assembler, row, clean, &entry, err);
	if (!status && identity.sort == ROW_RECORD)
		status = add_record(assembler, row, &facts, &identity, entry, clean, err);
	else if (!status)
		status = add_companion(assembler, row, identity.kind, entry, clean, err);
	if (!status)
		wp_pages_add(assembler, row, &facts, identity.sort == ROW_COMPANION, entry);
	json_decref(clean);
	return status;
}

static void take_newer(struct wp_time *time, struct wp_time other)
{
	if (other.known && (!time->known || other.ticks > time->ticks))
		*time = other;
}

void wp_assembler_modified(struct wp_assembler *assembler, struct wp_time modified)
{
	take_newer(&assembler->modified, modified);
}

int wp_assembler_describe(struct wp_assembler *assembler, const json_t *description, const char *file,
			  struct wp_error *err)
{
	const char *version = wp_json_get_text(description, "format_version");
	const char *taken_at = wp_json_get_text(description, "taken_at");
	const char *site = wp_json_get_text(description, "site_code");
	struct wp_time time = taken_at ? wp_time_parse(taken_at) : (struct wp_time){ 0 };

	if (!version || strncmp(version, "1.", 2) != 0)
		return wp_fail(
			err, WP_E_FAILED, "export-version", file,
			"%s: an export of format_version %s, of which this wimplan knows only 1; use a newer wimplan",
			file, version ? version : "(none)");
	if (taken_at && !time.known)
		wp_diag_add(assembler->arena, &assembler->diags, WP_WARNING, "bad-value", file,
			    "taken_at is \"%.60s\", which is no date of a known form; it is left out", taken_at);
	take_newer(&assembler->taken_at, time);
	return site && strlen(site) == 3 ? wp_assembler_claim_site(assembler, site, file, err) : WP_OK;
}
