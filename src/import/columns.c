/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One decision and one remark for each column. */
#include "columns.h"
#include "assembler.h"
#include "culture_date.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

void wp_columns_init(struct wp_columns *columns)
{
	size_t count = 0;

	while (wp_property_at(count))
		count++;
	columns->items = wp_must(calloc(count, sizeof *columns->items));
}

void wp_columns_free(struct wp_columns *columns)
{
	free(columns->items);
}

static struct wp_column *column_of(struct wp_assembler *assembler, const struct wp_property *property)
{
	return &assembler->columns.items[property - wp_property_at(0)];
}

/* Takes in a value that was not WP_VALUE_GOOD. @id is of the row's package, NULL when it has none. */
static void add(struct wp_assembler *assembler, const struct wp_property *property, enum wp_value_kind kind, const json_t *value,
		const char *id)
{
	struct wp_column *column = column_of(assembler, property);
	struct wp_culture_date date;

	if (kind == WP_VALUE_BAD && !column->bad++) {
		column->bad_value = wp_value_text(assembler->arena, value);
		column->bad_id = wp_arena_strdup(assembler->arena, id);
	}
	if (kind != WP_VALUE_CULTURE || !wp_culture_date_read(json_string_value(value), &date))
		return;
	if (date.order == WP_DATE_ORDER_OPEN && (date.short_year || date.numbers[0] != date.numbers[1])) {
		if (!column->open++)
			column->open_value = wp_arena_strdup(assembler->arena, json_string_value(value));
	} else if (date.order == WP_DATE_ORDER_DMY || date.order == WP_DATE_ORDER_MDY) {
		*(date.order == WP_DATE_ORDER_DMY ? &column->day_first : &column->month_first) += 1;
		if (!column->evidence)
			column->evidence = wp_arena_strdup(assembler->arena, json_string_value(value));
	}
}

void wp_columns_take(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_prepared *prepared)
{
	const char *id = prepared->odd_count ? json_string_value(wp_unwrap(wp_row_member(row->properties, "PackageID"))) : NULL;

	for (size_t i = 0; i < prepared->odd_count; i++)
		add(assembler, prepared->odd[i].property, prepared->odd[i].kind, prepared->odd[i].value, id);
}

/* Letters that became "?": beside a letter, or in a path, which cannot have one. "\\?\" begins a path of Windows. */
static bool has_lost_letters(const char *text, bool is_path)
{
	if (is_path && strncmp(text, "\\\\?\\", 4) == 0)
		text += 4;
	for (const char *at = strchr(text, '?'); at; at = strchr(at + 1, '?'))
		if (is_path || (at > text && wp_ascii_alnum(at[-1]) && wp_ascii_alnum(at[1])))
			return true;
	return strstr(text, "\xef\xbf\xbd") != NULL;
}

void wp_columns_look(struct wp_assembler *assembler, const json_t *clean, const char *id)
{
	static const char *const names[] = { "PkgSourcePath", "ImagePath", "Name" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *text = wp_json_get_text(clean, names[i]);

		if (!text || !has_lost_letters(text, i < 2))
			continue;
		if (!assembler->columns.lost++) {
			assembler->columns.lost_text =
				wp_value_text(assembler->arena, json_object_get(clean, names[i]));
			assembler->columns.lost_id = wp_arena_strdup(assembler->arena, id);
		}
		return;
	}
}

/* The order in which dates of a column are read that could be two things. */
static enum wp_date_order order_of(const struct wp_assembler *assembler, const struct wp_column *column)
{
	if (assembler->options->date_order != WP_DATE_ORDER_OPEN)
		return assembler->options->date_order;
	if (column->day_first && !column->month_first)
		return WP_DATE_ORDER_DMY;
	return column->month_first && !column->day_first ? WP_DATE_ORDER_MDY : WP_DATE_ORDER_OPEN;
}

/* The order in which one date is read; WP_DATE_ORDER_OPEN when it cannot be told. */
static enum wp_date_order order_of_date(const struct wp_assembler *assembler, const struct wp_column *column,
					const struct wp_culture_date *date)
{
	if (date->order != WP_DATE_ORDER_OPEN)
		return date->order;
	if (date->short_year)
		return assembler->options->date_order;
	return date->numbers[0] == date->numbers[1] ? WP_DATE_ORDER_DMY : order_of(assembler, column);
}

static void settle(struct wp_assembler *assembler, json_t *clean, const struct wp_property *property, json_t *value)
{
	enum wp_date_order order;
	struct wp_culture_date date;
	char iso[32];

	if (!wp_culture_date_read(json_string_value(value), &date))
		return;
	order = order_of_date(assembler, column_of(assembler, property), &date);
	if (order == WP_DATE_ORDER_OPEN)
		return;
	if (!wp_culture_date_iso(&date, order, iso)) {
		add(assembler, property, WP_VALUE_BAD, value, wp_json_get_text(clean, "PackageID"));
		return;
	}
	if (strncmp(iso, "0001-", 5) == 0) {
		json_object_del(clean, property->name);
		return;
	}
	wp_json_set(clean, property->name, json_string(iso));
}

void wp_columns_settle(struct wp_assembler *assembler, json_t *clean)
{
	const struct wp_property *property;
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(clean, next, name, value) {
		property = wp_property_find(name);
		if (property && property->type == WP_PROPERTY_DATE && json_is_string(value))
			settle(assembler, clean, property, value);
	}
}

/* The part of a command that exports a column of dates in ISO 8601. */
#define EXPORT_ISO \
	"export the dates in ISO 8601, with Select-Object -ExcludeProperty %s -Property *, @{ n = '%s'; e = { " \
	"$_.%s.ToUniversalTime().ToString('o') } } in front of Export-Csv"

void wp_columns_end_file(struct wp_assembler *assembler, const char *file)
{
	const struct wp_property *property;

	for (size_t i = 0; (property = wp_property_at(i)); i++) {
		struct wp_column *column = &assembler->columns.items[i];
		enum wp_date_order order = order_of(assembler, column);
		const char *name = property->name;

		if (column->open && order == WP_DATE_ORDER_OPEN)
			wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "date-order", file,
				    "%s of %zu row%s, such as %s: whether the day or the month comes first cannot be "
				    "told, so "
				    "it is compared with nothing; say it with --date-order dmy or mdy, or " EXPORT_ISO,
				    name, column->open, wp_plural(column->open), column->open_value, name, name,
				    name);
		else if (column->open && assembler->options->date_order == WP_DATE_ORDER_OPEN)
			wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_INFO, "date-order", file,
				    "%s of %zu row%s, such as %s, is read with the %s in front, because of %s", name,
				    column->open, wp_plural(column->open), column->open_value,
				    order == WP_DATE_ORDER_DMY ? "day" : "month", column->evidence);
		column->day_first = column->month_first = column->open = 0;
		column->evidence = column->open_value = NULL;
	}
}

static const char *type_words(const struct wp_property *property)
{
	switch (property->type) {
	case WP_PROPERTY_NUMBER:
		return "no whole number";
	case WP_PROPERTY_FLAG:
		return "neither true nor false";
	case WP_PROPERTY_DATE:
		return "no date of a known form";
	case WP_PROPERTY_TEXT:
	case WP_PROPERTY_TREE:
	case WP_PROPERTY_SCHEDULE:
		break;
	}
	return "no text";
}

void wp_columns_finish(struct wp_assembler *assembler)
{
	const struct wp_columns *columns = &assembler->columns;
	struct wp_arena *arena = assembler->arena;
	const struct wp_property *property;

	for (size_t i = 0; (property = wp_property_at(i)); i++) {
		const struct wp_column *column = &columns->items[i];
		const char *name = property->name, *advice = "";

		if (!column->bad)
			continue;
		if (property->type == WP_PROPERTY_DATE)
			advice = wp_arena_printf(arena, " and compared with nothing; " EXPORT_ISO, name, name, name);
		if (column->bad == 1)
			wp_diag_add(arena, &assembler->diags, WP_SEVERITY_WARNING, "bad-value", column->bad_id,
				    "%s is %s, which is %s; it is kept as it stands%s", name, column->bad_value,
				    type_words(property), advice);
		else
			wp_diag_add(arena, &assembler->diags, WP_SEVERITY_WARNING, "bad-value", NULL,
				    "%s of %zu rows is %s, the first being %s of %s; it is kept as it stands%s", name,
				    column->bad, type_words(property), column->bad_value,
				    column->bad_id ? column->bad_id : "a row without PackageID", advice);
	}
	if (columns->lost)
		wp_diag_add(arena, &assembler->diags, WP_SEVERITY_WARNING, "lost-letters",
			    columns->lost == 1 ? columns->lost_id : NULL,
			    "the name or path of %zu package%s has a \"?\" where letters were (%s of %s): the export "
			    "lost what its encoding does not have; Export-Csv and Out-File of Windows PowerShell need "
			    "-Encoding UTF8",
			    columns->lost, wp_plural(columns->lost), columns->lost_text, columns->lost_id);
}
