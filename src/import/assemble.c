/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes rows in one by one: what each of them is, and to which package it belongs. */
#include "assembler.h"
#include "normalize.h"
#include "site_rows.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void drop(struct wp_taken_row *row)
{
	json_decref(row->clean);
	json_decref(row->lazy);
}

struct wp_assembler *wp_assembler_new(const struct wp_import_options *options, const struct wp_import_bounds *bounds)
{
	struct wp_assembler *assembler = wp_must(calloc(1, sizeof *assembler));

	assembler->arena = wp_arena_new();
	assembler->options = options;
	assembler->bounds = *bounds;
	wp_columns_init(&assembler->columns);
	assembler->index = wp_json_must(json_object());
	assembler->companion_index = wp_json_must(json_object());
	assembler->site_index = wp_json_must(json_object());
	assembler->skipped = wp_json_must(json_object());
	assembler->unclear = wp_json_must(json_object());
	assembler->refused = wp_json_must(json_object());
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
	for (size_t i = 0; i < assembler->waiting_count; i++)
		drop(&assembler->waiting[i]);
	wp_columns_free(&assembler->columns);
	json_decref(assembler->index);
	for (int kind = 0; kind < WP_SITE_KINDS; kind++)
		for (size_t i = 0; i < assembler->site_rows[kind].count; i++)
			json_decref(assembler->site_rows[kind].items[i].row);
	json_decref(assembler->companion_index);
	json_decref(assembler->site_index);
	json_decref(assembler->skipped);
	json_decref(assembler->unclear);
	json_decref(assembler->refused);
	if (assembler->arena)
		wp_arena_free(assembler->arena);
	free(assembler);
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
			       "%s is of site %s, but %s is of site %s; import one site at a time",
			       from, site, assembler->site_from, assembler->site);
	}
	return WP_OK;
}

/* Counts a row that is left out, under what it is. */
static void skip(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_row_facts *facts,
		 const char *unclear)
{
	json_t *counts = unclear ? assembler->unclear : assembler->skipped;
	char what[sizeof facts->class + 128];
	uint64_t type = 0;

	wp_row_package_type(row, &type);
	if (unclear || facts->class[0])
		snprintf(what, sizeof what, "%s", unclear ? unclear : facts->class);
	else
		snprintf(what, sizeof what, "PackageType %" PRIu64, type);
	wp_json_set(counts, what, json_integer(json_integer_value(json_object_get(counts, what)) + 1));
}

/* The package that a row is about: found, or made. */
static int find_entry(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t *ret_entry,
		      struct wp_error *err)
{
	const char *id = wp_json_get_text(row->clean, "PackageID");
	char room[WP_WHERE_ROOM];
	json_t *known;

	/* The key of SMS_ObjectContentExtraInfo, which is the PackageID for packages. */
	if (!id)
		id = wp_json_get_text(row->clean, "ObjectID");
	if (!id || !*id)
		return wp_fail(err, WP_E_FAILED, "record-invalid", row->where.file,
			       "%s has no PackageID; is it an export of packages?", wp_where_text(&row->where, room));
	if (!wp_is_package_id(id))
		return wp_fail(err, WP_E_FAILED, "record-invalid", row->where.file,
			       "%s: its PackageID is \"%.40s\", where 8 letters and digits belong; correct it or "
			       "export again",
			       wp_where_text(&row->where, room), id);
	known = json_object_get(assembler->index, id);
	if (known) {
		*ret_entry = (size_t)json_integer_value(known);
		return WP_OK;
	}
	*ret_entry = assembler->entry_count;
	wp_json_set(assembler->index, id, json_integer((json_int_t)*ret_entry));
	WP_PUSH(assembler->arena, assembler->entries, assembler->entry_count)->package_id =
		wp_arena_strdup(assembler->arena, id);
	return WP_OK;
}

/* The lazy names that the row gives, under ConfigMgr's spelling. */
static void keep_lazy(struct wp_entry_row *entry, const json_t *lazy)
{
	json_t *names = wp_lazy_names(lazy);
	const json_t *item;
	size_t i;

	json_array_foreach(names, i, item) {
		const char *name = json_string_value(item);
		const struct wp_property *property = wp_property_find(name);

		if (!*name || strncmp(name, "__", 2) == 0)
			continue;
		if (!entry->lazy)
			entry->lazy = wp_json_must(json_object());
		wp_json_set(entry->lazy, property ? property->name : name, json_true());
	}
	json_decref(names);
}

static int add_record(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t at, struct wp_error *err)
{
	struct wp_entry_row *entry = &assembler->entries[at];
	char room[WP_WHERE_ROOM], other_room[WP_WHERE_ROOM];
	int status = WP_OK;

	if (entry->has_record && entry->class_known && row->class_known && entry->class != row->class)
		return wp_fail(err, WP_E_FAILED, "records-contradict", entry->package_id,
			       "package %s: its class is %s in %s, but %s in %s; give exports that were made together",
			       entry->package_id, wp_class_name(entry->class), wp_where_text(&entry->where, room),
			       wp_class_name(row->class), wp_where_text(&row->where, other_room));
	if (row->class_known) {
		entry->class_known = true;
		entry->class = row->class;
	}
	if (!entry->has_record) {
		if (assembler->record_count == assembler->bounds.packages)
			return wp_fail(err, WP_E_FAILED, "too-many-packages", row->where.file,
				       "%s: these are more than %zu packages; import one site at a time",
				       wp_where_text(&row->where, room), assembler->bounds.packages);
		assembler->record_count++;
		entry->has_record = true;
		entry->where = row->where;
		entry->properties = json_incref(row->clean);
		wp_columns_look(assembler, row->clean, entry->package_id);
		wp_schedule_check(assembler, &row->where, entry->package_id, row->clean, "RefreshSchedule",
				  "whether the site sends the package by itself");
	} else {
		status = wp_merge_properties(assembler, entry->package_id, entry->properties, &entry->where,
					     &entry->later, row->clean, &row->where, err);
	}
	keep_lazy(entry, row->lazy);
	return status;
}

/* What tells the rows of a package apart, as text that sorts. */
static const char *companion_key(struct wp_arena *arena, enum wp_companion_kind kind, const json_t *row)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	uint64_t index;

	if (kind == WP_COMPANION_CONTENT_INFO)
		return "";
	if (kind == WP_COMPANION_IMAGE_INFORMATION && wp_json_get_u64(row, "Index", &index))
		return wp_arena_printf(arena, "%020" PRIu64, index);
	/* Without a key only an equal row is the same one. */
	wp_json_canonical(&buf, row);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

static void free_texts(struct wp_buf (*texts)[2])
{
	wp_buf_free(&(*texts)[0]);
	wp_buf_free(&(*texts)[1]);
}

/*
 * Counts move while they are exported: of two rows that contradict each other the one of the later LastUpdateDate counts, of one
 * time the same one in whatever order they come.
 */
static void join_counts(struct wp_assembler *assembler, struct wp_companion *known, const struct wp_taken_row *row)
{
	struct wp_buf texts[2] __attribute__((cleanup(free_texts))) = { { 0 }, { 0 } };
	const json_t *rows[2] = { known->row, row->clean };

	if (wp_rows_join(known->row, row->clean))
		return;
	wp_leave_out(assembler, &assembler->contradicting_counts, &row->where);
	for (size_t i = 0; i < 2; i++) {
		const char *time = wp_json_get_text(rows[i], "LastUpdateDate");

		wp_buf_printf(&texts[i], "%s\n", time ? time : "");
		wp_json_canonical(&texts[i], rows[i]);
	}
	if (strcmp(wp_buf_text(&texts[0]), wp_buf_text(&texts[1])) >= 0)
		return;
	json_decref(known->row);
	known->row = json_incref(row->clean);
	known->where = row->where;
}

static int add_companion(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t entry,
			 struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *key = companion_key(scratch, row->kind, row->clean);
	const char *whole = wp_arena_printf(scratch, "%zu/%d/%s", entry, (int)row->kind, key);
	const json_t *known = json_object_get(assembler->companion_index, whole);
	struct wp_companion *companion;

	if (known) {
		companion = &assembler->companions[json_integer_value(known)];
		if (row->kind == WP_COMPANION_CONTENT_INFO) {
			join_counts(assembler, companion, row);
			return WP_OK;
		}
		return wp_merge_properties(assembler, assembler->entries[entry].package_id, companion->row,
					   &companion->where, NULL, row->clean, &row->where, err);
	}
	wp_json_set(assembler->companion_index, whole, json_integer((json_int_t)assembler->companion_count));
	companion = WP_PUSH(assembler->arena, assembler->companions, assembler->companion_count);
	companion->entry = entry;
	companion->kind = row->kind;
	companion->key = wp_arena_strdup(assembler->arena, key);
	companion->where = row->where;
	companion->row = json_incref(row->clean);
	return WP_OK;
}

static int take(struct wp_assembler *assembler, const struct wp_taken_row *row, struct wp_error *err)
{
	size_t entry = 0;
	int status = WP_OK;

	if (row->sort == WP_ROW_SITE)
		status = wp_site_rows_add(assembler, row, err);
	else
		status = find_entry(assembler, row, &entry, err);
	if (!status && row->sort != WP_ROW_SITE)
		status = row->sort == WP_ROW_COMPANION ? add_companion(assembler, row, entry, err)
					: add_record(assembler, row, entry, err);
	if (!status)
		wp_pages_add(assembler, row, entry);
	return status;
}

int wp_assembler_take(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_prepared *prepared,
		      struct wp_error *err)
{
	const struct wp_row_facts *facts = &prepared->facts;
	const struct wp_identity *identity = &prepared->identity;
	struct wp_taken_row taken = { .page = row->page };
	char room[WP_WHERE_ROOM];
	int status;

	if (identity->sort == WP_ROW_OTHER) {
		skip(assembler, row, facts, identity->unclear);
		return WP_OK;
	}
	if (facts->site[0] &&
	    (status = wp_assembler_claim_site(assembler, facts->site, wp_where_text(&row->where, room), err)) != WP_OK)
		return status;
	wp_columns_take(assembler, row, prepared);
	if (prepared->twice)
		return wp_fail(err, WP_E_FAILED, "records-contradict", row->where.file,
			       "%s: %s is there twice with different values; export again", wp_where_text(&row->where, room),
			       prepared->twice);
	taken.where = wp_assembler_where(assembler, &row->where);
	taken.sort = identity->sort;
	taken.kind = identity->kind;
	taken.site_kind = identity->site_kind;
	taken.class_known = identity->class_known;
	taken.class = identity->class;
	taken.clean = json_incref(prepared->clean);
	taken.lazy = json_incref(facts->lazy);
	taken.list = facts->class;
	if (prepared->dates) {
		taken.list = wp_arena_strdup(assembler->arena, facts->class);
		*WP_PUSH(assembler->arena, assembler->waiting, assembler->waiting_count) = taken;
		return WP_OK;
	}
	status = take(assembler, &taken, err);
	drop(&taken);
	return status;
}

int wp_assembler_add(struct wp_assembler *assembler, const struct wp_row *row, struct wp_error *err)
{
	struct wp_prepared prepared;
	int status;

	wp_row_prepare(row, wp_page_class(assembler, row->page), &prepared);
	status = wp_assembler_take(assembler, row, &prepared, err);
	wp_prepared_free(&prepared);
	return status;
}

int wp_assembler_end_file(struct wp_assembler *assembler, const char *file, struct wp_error *err)
{
	int status = WP_OK;

	for (size_t i = 0; i < assembler->waiting_count; i++) {
		struct wp_taken_row *row = &assembler->waiting[i];

		wp_columns_settle(assembler, row->clean);
		if (!status)
			status = take(assembler, row, err);
		drop(row);
	}
	assembler->waiting = NULL;
	assembler->waiting_count = 0;
	wp_columns_end_file(assembler, file);
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

int wp_assembler_describe_rest(struct wp_assembler *assembler, const json_t *description, const char *file,
			       struct wp_error *err)
{
	const char *taken_at = wp_json_get_text(description, "taken_at");
	const char *site = wp_json_get_text(description, "site_code");
	struct wp_time time = taken_at ? wp_time_parse(taken_at) : (struct wp_time){ 0 };

	if (taken_at && !time.known)
		wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "bad-value", file,
			    "taken_at is \"%.60s\", which is no date of a known form; it is left out", taken_at);
	take_newer(&assembler->taken_at, time);
	wp_refused_take(assembler, description, file);
	return site && strlen(site) == 3 ? wp_assembler_claim_site(assembler, site, file, err) : WP_OK;
}

int wp_assembler_describe(struct wp_assembler *assembler, const json_t *description, const char *file,
			  struct wp_error *err)
{
	const char *version = wp_json_get_text(description, "format_version");

	if (wp_json_format(description, NULL, 1, NULL) != WP_FORMAT_KNOWN)
		return wp_fail(
			err, WP_E_FAILED, "export-version", file,
			"%s: an export of format_version %s, of which this wimplan knows only 1; use a newer wimplan",
			file, version ? version : "(none)");
	return wp_assembler_describe_rest(assembler, description, file, err);
}
