/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distribution, task sequences and deployments as an import finds them. */
#include "site_rows.h"

#include "wimplan/distribution.h"
#include "wimplan/json.h"
#include "wimplan/schedule.h"
#include "wimplan/sequence.h"
#include "wimplan/text.h"

#include <string.h>

/* What tells a row of its kind from others; a row without any of these columns is told by all it has. */
static const char *key_of(struct wp_arena *arena, enum wp_site_kind kind, const json_t *row)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool keyed = false;

	wp_buf_printf(&buf, "%d", (int)kind);
	for (const char *const *name = wp_site_tables[kind].keys; *name; name++) {
		const json_t *value = json_object_get(row, *name);

		wp_buf_putc(&buf, '\n');
		if (value)
			wp_json_canonical(&buf, value);
		keyed = keyed || value;
	}
	if (!keyed)
		wp_json_canonical(&buf, row);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

/* The columns of a row that are kept. New reference. */
static json_t *reduce(enum wp_site_kind kind, const json_t *row)
{
	const char *const *const lists[] = { wp_site_tables[kind].keys, wp_site_tables[kind].columns };
	json_t *kept = json_object();

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		for (const char *const *name = lists[i]; *name; name++) {
			json_t *value = json_object_get(row, *name);

			if (value)
				wp_json_set(kept, *name, json_incref(value));
		}
	}
	return kept;
}

/* The steps of a sequence in the place of its XML, which holds accounts and product keys that nobody needs here. */
static void read_sequence(struct wp_assembler *assembler, const struct wp_where *where, json_t *row)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *text = wp_json_get_text(row, "Sequence"), *id = wp_json_get_text(row, "PackageID"), *why;
	struct wp_sequence_use *items;
	char room[WP_WHERE_ROOM];
	json_t *uses;
	size_t count;

	if (!text || !*text)
		return;
	if (wp_sequence_parse(scratch, text, &items, &count, &why)) {
		wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "sequence-invalid", id,
			    "%s: the task sequence %s; which images its steps use is not known",
			    wp_where_text(where, room), why);
		json_object_del(row, "Sequence");
		return;
	}
	uses = json_array();
	for (size_t i = 0; i < count; i++) {
		wp_json_push(uses, wp_json_object("use", wp_json_text(wp_use_name(items[i].use)),
						  "package_id", wp_json_text(items[i].package_id),
						  "step", wp_json_text(items[i].step),
						  "index", wp_json_number(items[i].index),
						  "enabled", json_boolean(items[i].enabled), NULL));
	}
	json_object_del(row, "Sequence");
	wp_json_set(row, "uses", uses);
}

bool wp_schedule_check(struct wp_assembler *assembler, const struct wp_where *where, const char *subject, const json_t *row,
		       const char *column, const char *missing)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const json_t *schedule = json_object_get(row, column);
	struct wp_schedule *items;
	char room[WP_WHERE_ROOM];
	const char *why;
	size_t count;

	if (!schedule || !wp_schedule_decode(scratch, schedule, &items, &count, &why))
		return true;
	wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "schedule-invalid", subject,
		    "%s: its %s cannot be read: %s; %s is not known", wp_where_text(where, room), column, why, missing);
	return false;
}

void wp_leave_out(struct wp_assembler *assembler, struct wp_left_out *left_out, const struct wp_taken_row *row)
{
	char room[WP_WHERE_ROOM];

	/* Rows that waited may come behind later ones. */
	if (left_out->count++ && left_out->number < row->number)
		return;
	left_out->number = row->number;
	left_out->first = wp_arena_strdup(assembler->arena, wp_where_text(&row->where, room));
}

bool wp_rows_join(json_t *known, const json_t *row)
{
	const char *name;
	json_t *value, *old;

	json_object_foreach((json_t *)row, name, value) {
		old = json_object_get(known, name);
		if (old && !json_equal(old, value))
			return false;
	}
	if (json_object_update_missing(known, (json_t *)row) != 0)
		wp_out_of_memory();
	return true;
}

int wp_site_rows_add(struct wp_assembler *assembler, const struct wp_taken_row *row, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_site_rows *rows = &assembler->site_rows[row->site_kind];
	json_t *kept = reduce(row->site_kind, row->clean);
	const char *key = key_of(scratch, row->site_kind, kept);
	const json_t *known = json_object_get(assembler->site_index, key);
	char room[WP_WHERE_ROOM];
	struct wp_site_row *item;

	if (row->site_kind == WP_SITE_SEQUENCES)
		read_sequence(assembler, &row->where, kept);
	if (row->site_kind == WP_SITE_DEPLOYMENTS &&
	    !wp_schedule_check(assembler, &row->where, wp_json_get_text(kept, "AdvertisementID"), kept, "AssignedSchedule",
			       "when machines have to run the deployment"))
		json_object_del(kept, "AssignedSchedule");
	if (wp_row_has_point(row->site_kind, kept) && !wp_point_name(scratch, row->site_kind, kept)) {
		wp_leave_out(assembler, &rows->pointless, row);
		json_decref(kept);
		return WP_OK;
	}
	if (known) {
		if (!wp_rows_join(rows->items[json_integer_value(known)].row, kept))
			wp_leave_out(assembler, &rows->contradicting, row);
		json_decref(kept);
		return WP_OK;
	}
	if (assembler->site_row_count == assembler->bounds.site_rows) {
		json_decref(kept);
		return wp_fail(err, WP_E_FAILED, "too-many-rows", row->where.file,
			       "%s: these are more than %zu rows of distribution and task sequences; leave rows of other "
			       "packages out of the export",
			       wp_where_text(&row->where, room), assembler->bounds.site_rows);
	}
	assembler->site_row_count++;
	wp_json_set(assembler->site_index, key, json_integer((json_int_t)rows->count));
	item = WP_PUSH(assembler->arena, rows->items, rows->count);
	item->key = wp_arena_strdup(assembler->arena, key);
	item->row = kept;
	return WP_OK;
}

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct wp_site_row *)a)->key, ((const struct wp_site_row *)b)->key);
}

/* Is the row's package one that the export has itself? */
static bool is_of_record(const struct wp_assembler *assembler, enum wp_site_kind kind, const json_t *row)
{
	const char *column = wp_site_tables[kind].package, *id = column ? wp_json_get_text(row, column) : NULL;
	const json_t *entry = id ? json_object_get(assembler->index, id) : NULL;

	return !column || (entry && assembler->entries[json_integer_value(entry)].has_record);
}

void wp_remark_on_left_out(struct wp_assembler *assembler, const char *class, const struct wp_left_out *left_out,
			   const char *code, const char *why)
{
	if (left_out->count)
		wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, code, NULL,
			    "%zu row%s of %s left out, %s first: %s", left_out->count, wp_plural(left_out->count), class,
			    left_out->first, why);
}

static void remark(struct wp_assembler *assembler, enum wp_site_kind kind, size_t foreign)
{
	const struct wp_site_rows *rows = &assembler->site_rows[kind];
	const char *class = wp_site_tables[kind].classes[0];

	if (foreign)
		wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_INFO, "rows-orphaned", NULL,
			    "%zu row%s of %s left out: the package itself is not in the export", foreign,
			    wp_plural(foreign), class);
	wp_remark_on_left_out(assembler, class, &rows->pointless, "rows-without-point",
			      "no distribution point is named there, and what they say is in no figure");
	wp_remark_on_left_out(assembler, class, &rows->contradicting, "rows-contradict",
			      "an earlier row of the same key says something else; give exports that were made together");
}

json_t *wp_site_rows_finish(struct wp_assembler *assembler)
{
	json_t *site = wp_site_new();

	for (int kind = 0; kind < WP_SITE_KINDS; kind++) {
		struct wp_site_rows *rows = &assembler->site_rows[kind];
		json_t *array = json_object_get(site, wp_site_tables[kind].name);
		size_t foreign = 0;

		WP_SORT(rows->items, rows->count, compare_rows);
		for (size_t i = 0; i < rows->count; i++) {
			if (!is_of_record(assembler, (enum wp_site_kind)kind, rows->items[i].row))
				foreign++;
			else
				wp_json_push(array, json_incref(rows->items[i].row));
		}
		remark(assembler, (enum wp_site_kind)kind, foreign);
	}
	return site;
}
