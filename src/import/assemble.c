/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes rows in one by one: what each of them is, and to which package it belongs. */
#include "assembler.h"
#include "record_documents.h"
#include "normalize.h"
#include "site_rows.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/json.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wp_assembler *wp_assembler_new(const struct wp_import_options *options, const struct wp_import_bounds *bounds)
{
	struct wp_assembler *assembler = wp_must(calloc(1, sizeof *assembler));

	assembler->arena = wp_arena_new();
	assembler->rows = wp_arena_new();
	assembler->options = options;
	assembler->bounds = *bounds;
	assembler->failed_row = SIZE_MAX;
	wp_columns_init(&assembler->columns);
	assembler->index = wp_json_must(json_object());
	assembler->companion_index = wp_json_must(json_object());
	assembler->site_index = wp_json_must(json_object());
	assembler->word_index = wp_json_must(json_object());
	assembler->lazy_lists = wp_json_must(json_object());
	assembler->skipped = wp_json_must(json_object());
	assembler->unclear = wp_json_must(json_object());
	assembler->refused = wp_json_must(json_object());
	return assembler;
}

void wp_assembler_release(struct wp_assembler *assembler)
{
	for (size_t i = 0; i < assembler->entry_count; i++) {
		struct wp_joined *joined = assembler->entries[i].joined;

		wp_kept_free(&assembler->entries[i].properties);
		if (!joined)
			continue;
		wp_late_free(&joined->late);
		wp_kept_free(&joined->later);
		json_decref(joined->lazy);
	}
	for (size_t i = 0; i < assembler->companion_count; i++) {
		wp_kept_free(&assembler->companions[i].row);
		wp_late_free(&assembler->companions[i].late);
	}
	for (size_t i = 0; i < assembler->waiting_count; i++)
		wp_kept_free(&assembler->waiting[i].clean);
	for (int kind = 0; kind < WP_SITE_KINDS; kind++)
		for (size_t i = 0; i < assembler->site_rows[kind].count; i++)
			json_decref(assembler->site_rows[kind].items[i].row);
	assembler->arena = NULL;
}

void wp_assembler_free(struct wp_assembler *assembler)
{
	struct wp_arena *arena = assembler->arena;

	if (arena)
		wp_assembler_release(assembler);
	wp_columns_free(&assembler->columns);
	json_decref(assembler->index);
	json_decref(assembler->companion_index);
	json_decref(assembler->site_index);
	json_decref(assembler->word_index);
	json_decref(assembler->lazy_lists);
	json_decref(assembler->skipped);
	json_decref(assembler->unclear);
	json_decref(assembler->refused);
	wp_arena_free(arena);
	wp_arena_free(assembler->rows);
	free(assembler);
}

int wp_assembler_claim_site(struct wp_assembler *assembler, const char *site, const char *from, struct wp_error *err)
{
	const char *given = assembler->options->site_code;

	if (given && !wp_ascii_same(given, site))
		return wp_fail(err, WP_E_REFUSED, "site-mismatch", from, "%s is of site %s, not of %s as --site says",
			       from, site, given);
	if (!assembler->site[0]) {
		for (size_t i = 0; i < 3; i++)
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
	strcpy(WP_PUSH(assembler->rows, assembler->entries, assembler->entry_count)->package_id, id);
	return WP_OK;
}

/* An object with names as keys: of equal ones the same one, because most rows of a list name the same. Takes @names over. */
static const json_t *share_lazy(struct wp_assembler *assembler, json_t *names)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *known;

	wp_json_canonical(&text, names);
	known = json_object_get(assembler->lazy_lists, text.data);
	if (known) {
		json_decref(names);
		return known;
	}
	wp_json_set(assembler->lazy_lists, text.data, names);
	return names;
}

/* The lazy names that a row gives, under ConfigMgr's spelling. */
static const json_t *lazy_of(struct wp_assembler *assembler, const json_t *lazy)
{
	json_t *names = wp_lazy_names(lazy), *found;
	const json_t *item;
	size_t i;

	if (!names)
		return NULL;
	found = wp_json_must(json_object());
	json_array_foreach(names, i, item) {
		const char *name = json_string_value(item);
		const struct wp_property *property = wp_property_find(name);

		if (*name && strncmp(name, "__", 2) != 0)
			wp_json_set(found, property ? property->name : name, json_true());
	}
	json_decref(names);
	return share_lazy(assembler, found);
}

static int take(struct wp_assembler *assembler, struct wp_taken_row *row, struct wp_error *err)
{
	size_t entry = 0;
	int status = WP_OK;

	row->number = ++assembler->row_count;
	if (row->sort == WP_ROW_SITE)
		status = wp_site_rows_add(assembler, row, err);
	else
		status = find_entry(assembler, row, &entry, err);
	if (!status && row->sort != WP_ROW_SITE)
		status = row->sort == WP_ROW_COMPANION ? wp_companion_add(assembler, row, entry, err)
					: wp_record_add(assembler, row, entry, err);
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
	taken.lazy = identity->sort == WP_ROW_RECORD ? lazy_of(assembler, facts->lazy) : NULL;
	taken.list = facts->class;
	if (prepared->dates) {
		struct wp_waiting_row *waiting = WP_PUSH(assembler->arena, assembler->waiting, assembler->waiting_count);

		taken.list = wp_assembler_word(assembler, facts->class);
		waiting->row = taken;
		return wp_keep(assembler->options->spill, prepared->clean, &prepared->text, &waiting->clean, err);
	}
	taken.clean = prepared->clean;
	taken.prepared = prepared;
	return take(assembler, &taken, err);
}

int wp_assembler_add(struct wp_assembler *assembler, const struct wp_row *row, struct wp_error *err)
{
	struct wp_prepared prepared;
	int status;

	wp_row_prepare(row, wp_page_class(assembler, row->page), assembler->options, &prepared);
	status = wp_assembler_take(assembler, row, &prepared, err);
	wp_prepared_free(&prepared);
	return status;
}

int wp_assembler_end_file(struct wp_assembler *assembler, const char *file, struct wp_error *err)
{
	int status = WP_OK;

	for (size_t i = 0; i < assembler->waiting_count; i++) {
		struct wp_waiting_row *waiting = &assembler->waiting[i];

		if (!status)
			status = wp_kept_get(assembler->options->spill, &waiting->clean, &waiting->row.clean, err);
		if (!status) {
			wp_columns_settle(assembler, waiting->row.clean);
			status = take(assembler, &waiting->row, err);
		}
		json_decref(waiting->row.clean);
		wp_kept_free(&waiting->clean);
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
	struct wp_time time = wp_time_parse(taken_at);

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
