/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of packages themselves: the first of a package, and what further ones say of it. */
#include "assembler.h"
#include "record_documents.h"
#include "site_rows.h"

#include "wimplan/json.h"

#include <string.h>

/* Bytes of a lazy name as JSON has it, in a list. */
static size_t name_bytes(const char *name)
{
	return strlen(name) + strlen("\"\",");
}

static size_t names_bytes(const json_t *names)
{
	const char *name;
	json_t *value;
	size_t bytes = 0;

	json_object_foreach((json_t *)names, name, value)
		bytes += name_bytes(name);
	return bytes;
}

static bool has_all(const json_t *names, const json_t *of)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)of, name, value)
		if (!json_object_get(names, name))
			return false;
	return true;
}

/*
 * Adds the lazy names of a further row, in a time that grows with these. Of most packages every row names the same, or one of
 * them all, so that the list is one that many share; the others get one that grows.
 */
static void join_lazy(struct wp_entry_row *entry, const json_t *names)
{
	struct wp_joined *joined = entry->joined;
	const char *name;
	json_t *value;
	size_t bytes;

	if (!names || names == entry->lazy || (entry->lazy && has_all(entry->lazy, names)))
		return;
	bytes = names_bytes(names);
	if (!entry->lazy || (joined->lazy_bytes <= bytes && has_all(names, entry->lazy))) {
		json_decref(joined->lazy);
		joined->lazy = NULL;
		entry->lazy = names;
		joined->lazy_bytes = bytes;
		return;
	}
	if (!joined->lazy)
		entry->lazy = joined->lazy = wp_json_must(json_copy((json_t *)entry->lazy));
	json_object_foreach((json_t *)names, name, value) {
		if (json_object_get(joined->lazy, name))
			continue;
		wp_json_set(joined->lazy, name, json_true());
		joined->lazy_bytes += name_bytes(name);
	}
}

/* What is known of an entry beside its properties, now that it has these. @prepared: with them alone; NULL: still to be found out. */
static void know(struct wp_assembler *assembler, struct wp_entry_row *entry, const json_t *properties,
		 const struct wp_prepared *prepared)
{
	struct wp_buf names __attribute__((cleanup(wp_buf_free))) = { 0 };
	const struct wp_image_facts *facts = prepared ? &prepared->images : NULL;
	struct wp_image_facts own = { 0 };

	entry->source_site = wp_assembler_word(assembler, wp_json_get_text(properties, "SourceSite"));
	if (!assembler->options->spill)
		return;
	if (!facts)
		wp_image_facts_read(properties, &own);
	facts = facts ? facts : &own;
	if (entry->class_known)
		wp_not_fetched_text(entry, properties, &names);
	entry->brief = (struct wp_entry_brief){
		.fetched = facts->fetched,
		.image_error = wp_assembler_word(assembler, facts->image_error),
		.probed_error = wp_assembler_word(assembler, facts->probed_error),
		.not_fetched = wp_assembler_word(assembler, names.data),
	};
	if (prepared && prepared->brief.length)
		entry->brief.own = (struct wp_brief){
			.bytes = (const uint8_t *)wp_arena_strndup(assembler->arena, prepared->brief.data, prepared->brief.length),
			.length = prepared->brief.length,
		};
	entry->brief.source_version.known =
		wp_json_get_u64(properties, "SourceVersion", &entry->brief.source_version.value);
	wp_image_facts_free(&own);
}

/* An entry, and what it becomes. */
struct joining {
	struct wp_assembler *assembler;
	struct wp_merging merging;
};

static int join_row(void *context, const struct wp_taken_row *row, struct wp_error *err)
{
	struct joining *joining = context;

	return wp_merge_properties(joining->assembler, &joining->merging, row->clean, &row->where, err);
}

static void free_joining(struct joining *joining)
{
	json_decref(joining->merging.properties);
	json_decref(joining->merging.later);
}

int wp_record_join(struct wp_assembler *assembler, struct wp_entry_row *entry, const struct wp_taken_row *last, struct wp_error *err)
{
	struct wp_spill *spill = assembler->options->spill;
	struct joining joining __attribute__((cleanup(free_joining))) = {
		.assembler = assembler,
		.merging = { .subject = entry->package_id, .where = &entry->where },
	};
	struct wp_merging *merging = &joining.merging;
	int status = wp_kept_get(spill, &entry->properties, &merging->properties, err);

	if (!status)
		status = wp_kept_get(spill, &entry->joined->later, &merging->later, err);
	if (!merging->later)
		merging->later = wp_json_must(json_object());
	if (!status)
		status = wp_late_join(assembler, &entry->joined->late, last, join_row, &joining, err);
	if (status || wp_import_has_failed(assembler))
		return status;
	if (merging->changed)
		status = wp_keep(spill, merging->properties, NULL, &entry->properties, err);
	if (!status && merging->changed)
		status = wp_keep(spill, merging->later, NULL, &entry->joined->later, err);
	if (!status)
		know(assembler, entry, merging->properties, NULL);
	return status;
}

/* A further row of a package. */
static int add_further(struct wp_assembler *assembler, const struct wp_taken_row *row, struct wp_entry_row *entry, struct wp_error *err)
{
	struct wp_joined *joined = entry->joined;
	bool waits = false;
	int status = WP_OK;

	if (!joined) {
		joined = entry->joined = wp_arena_alloc(assembler->arena, sizeof *joined);
		joined->lazy_bytes = names_bytes(entry->lazy);
	}
	join_lazy(entry, row->lazy);
	if (assembler->options->spill)
		status = wp_late_add(assembler, &joined->late, row, names_bytes(row->lazy),
				     entry->properties.span.length + joined->lazy_bytes, &waits, err);
	return status || waits ? status : wp_record_join(assembler, entry, row, err);
}

int wp_record_add(struct wp_assembler *assembler, const struct wp_taken_row *row, size_t at, struct wp_error *err)
{
	struct wp_entry_row *entry = &assembler->entries[at];
	const struct wp_prepared *prepared = row->prepared;
	char room[WP_WHERE_ROOM], other_room[WP_WHERE_ROOM];

	if (entry->has_record && entry->class_known && row->class_known && entry->class != row->class)
		return wp_fail(err, WP_E_FAILED, "records-contradict", entry->package_id,
			       "package %s: its class is %s in %s, but %s in %s; give exports that were made together",
			       entry->package_id, wp_class_name(entry->class), wp_where_text(&entry->where, room),
			       wp_class_name(row->class), wp_where_text(&row->where, other_room));
	if (row->class_known) {
		entry->class_known = true;
		entry->class = row->class;
	}
	if (entry->has_record)
		return add_further(assembler, row, entry, err);
	if (assembler->record_count == assembler->bounds.packages)
		return wp_fail(err, WP_E_FAILED, "too-many-packages", row->where.file,
			       "%s: these are more than %zu packages; import one site at a time",
			       wp_where_text(&row->where, room), assembler->bounds.packages);
	assembler->record_count++;
	entry->has_record = true;
	entry->where = row->where;
	entry->lazy = row->lazy;
	wp_columns_look(assembler, row->clean, entry->package_id);
	wp_schedule_check(assembler, &row->where, entry->package_id, row->clean, "RefreshSchedule",
			  "whether the site sends the package by itself");
	know(assembler, entry, row->clean, prepared);
	return wp_keep(assembler->options->spill, row->clean, prepared ? &prepared->text : NULL, &entry->properties, err);
}
