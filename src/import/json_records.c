/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the objects of a JSON export mean: records, what holds lists of them, what a document says of itself. */
#include "json_records.h"

#include "assembler.h"
#include "shape.h"

#include <string.h>

static const char became_text[] = "the records became text, because ConvertTo-Json was called with too small a -Depth; "
				  "export again with -Depth 8";

/* A record that the text has become of ("@{PackageID=…"), or the name of a list's type. */
static bool is_cut_off(const json_t *value)
{
	const char *text = json_string_value(value);

	return text && (strncmp(text, "@{", 2) == 0 || strcmp(text, "System.Object[]") == 0);
}

int wp_json_records_fail_cut_off(struct wp_json_records *records, size_t line)
{
	return wp_fail(records->err, WP_E_FAILED, "export-truncated", records->name, "%s: line %zu: %s",
		       records->name, line, became_text);
}

static int emit_row(struct wp_json_records *records, json_t *object, size_t line)
{
	struct wp_row row = { .where = { records->name, ++records->number, line },
			      .page = records->page,
			      .properties = object };

	return wp_assembler_add(records->assembler, &row, records->err);
}

static int emit_lists(struct wp_json_records *records, json_t *object, size_t line, bool *ret_found);

/* The records of a list that stands under a name, which may be that of their class. */
static int emit_list(struct wp_json_records *records, const char *name, json_t *list, size_t line, bool *ret_found)
{
	size_t outer = records->page, i;
	int status = WP_OK;
	json_t *item;

	if (json_array_size(list) && is_cut_off(json_array_get(list, 0)))
		return wp_json_records_fail_cut_off(records, line);
	if (!json_is_object(json_array_get(list, 0)))
		return WP_OK;
	*ret_found = true;
	records->page = wp_page_begin(records->assembler, name, outer, records->name);
	json_array_foreach(list, i, item) {
		bool found = false;

		if (status || !json_is_object(item))
			continue;
		if (!wp_row_is_record(item))
			status = emit_lists(records, item, line, &found);
		if (!status && !found)
			status = emit_row(records, item, line);
	}
	records->page = outer;
	return status;
}

/* The lists in an object that is no record, also further down. */
static int emit_lists(struct wp_json_records *records, json_t *object, size_t line, bool *ret_found)
{
	const char *name;
	json_t *value;
	int status = WP_OK;

	json_object_foreach(object, name, value) {
		if (status || wp_row_is_noise(name))
			continue;
		if (is_cut_off(value))
			return wp_json_records_fail_cut_off(records, line);
		if (json_is_array(value))
			status = emit_list(records, name, value, line, ret_found);
		else if (json_is_object(value) && wp_row_is_record(value)) {
			*ret_found = true;
			status = emit_row(records, value, line);
		} else if (json_is_object(value)) {
			status = emit_lists(records, value, line, ret_found);
		}
	}
	return status;
}

/*
 * What a document says of itself: the export script under a name, wimplan-export in its own head and tail, which hold no
 * records.
 */
static int describe(struct wp_json_records *records, const json_t *object)
{
	const char *format = json_string_value(json_object_get(object, "format"));
	const json_t *description = json_object_get(object, "wimplan_export");
	const char *own = format ? wp_shape_of_document(format) : NULL;

	if (own)
		return wp_fail(records->err, WP_E_FAILED, "export-invalid", records->name, "%s: %s", records->name, own);
	if (format && !strcmp(format, "wimplan-records"))
		description = object;
	else if (records->described)
		return wp_assembler_describe_rest(records->assembler, object, records->name, records->err);
	records->described = description == object;
	return description ? wp_assembler_describe(records->assembler, description, records->name, records->err) : WP_OK;
}

/* An object that is whole: a record, what holds lists of them, or the AdminService's word for a failure. */
int wp_json_records_take(struct wp_json_records *records, struct wp_fed_row *fed)
{
	json_t *object = fed->row.properties;
	const json_t *fault = json_object_get(object, "error");
	size_t line = fed->piece.line;
	bool found;
	int status;

	if (json_is_object(fault) && json_object_size(object) == 1) {
		const char *message = json_string_value(json_object_get(fault, "message"));

		return wp_fail(records->err, WP_E_FAILED, "export-is-error", records->name,
			       "%s: line %zu, column %zu: this is the AdminService's answer to a request that failed "
			       "(%s), not an export; export again", records->name, line, fed->piece.column,
			       message ? message : "without a message");
	}
	/* Not of each row; a description without rows holds none of its own. */
	status = records->page ? WP_OK : describe(records, object);
	found = records->described && !records->page;
	if (!status && !found && !wp_row_is_record(object))
		status = emit_lists(records, object, line, &found);
	if (status || found)
		return status;
	if (!fed->is_prepared)
		return emit_row(records, object, line);
	fed->row.where.number = ++records->number;
	return wp_assembler_take(records->assembler, &fed->row, &fed->prepared, records->err);
}

int wp_json_records_in_part(struct wp_json_records *records, json_t *part, size_t line)
{
	bool found = false;
	int status = describe(records, part);

	/* Lists under other names may stand beside those of a page. */
	return status || records->described || wp_row_is_record(part) ? status : emit_lists(records, part, line, &found);
}
