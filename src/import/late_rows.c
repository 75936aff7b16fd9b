/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that wait for others of the same package, so that they are joined together. */
#include "late_rows.h"
#include "assembler.h"

#include "wimplan/arena.h"
#include "wimplan/json.h"

#include <stdlib.h>

/* Room for one row more; the capacity is the next power of two. */
static struct wp_late_row *push(struct wp_late_rows *late)
{
	if (!(late->count & (late->count - 1)))
		late->items = wp_take_more(late->items, (late->count ? late->count * 2 : 1) * sizeof *late->items);
	return &late->items[late->count];
}

/* A row as it stands, in the order of its properties and not in that of the canonical form: which of them is named first counts. */
static struct wp_buf text_of(const struct wp_taken_row *row)
{
	struct wp_buf text = { 0 };
	char *dump = wp_must(json_dumps(row->clean, JSON_COMPACT));

	wp_buf_puts(&text, dump);
	free(dump);
	return text;
}

int wp_late_add(struct wp_assembler *assembler, struct wp_late_rows *late, const struct wp_taken_row *row, size_t beside, size_t known,
		bool *ret_waits, struct wp_error *err)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_spill *spill = assembler->options->spill;
	struct wp_late_row item = { row->number, row->where, { 0 } };
	size_t bytes = row->prepared ? row->prepared->text.length : 0;
	int status;

	if (spill && !bytes) {
		text = text_of(row);
		bytes = text.length;
	}
	*ret_waits = late->bytes + bytes + beside < known;
	if (!*ret_waits)
		return WP_OK;
	if (spill && !text.length)
		text = text_of(row);
	status = wp_keep(spill, row->clean, &text, &item.clean, err);
	if (status)
		return status;
	*push(late) = item;
	late->count++;
	late->bytes += bytes + beside;
	return WP_OK;
}

int wp_late_join(struct wp_assembler *assembler, struct wp_late_rows *late, const struct wp_taken_row *last,
		 int (*join)(void *context, const struct wp_taken_row *row, struct wp_error *err), void *context, struct wp_error *err)
{
	struct wp_taken_row row = { 0 };
	int status = WP_OK;

	for (size_t i = 0; i < late->count && !status && late->items[i].number < assembler->failed_row; i++) {
		row.number = late->items[i].number;
		row.where = late->items[i].where;
		status = wp_kept_get(assembler->options->spill, &late->items[i].clean, &row.clean, err);
		if (!status)
			status = join(context, &row, err);
		json_decref(row.clean);
		row.clean = NULL;
	}
	if (!status && last) {
		row.number = last->number;
		status = join(context, last, err);
	}
	if (status)
		assembler->failed_row = row.number;
	wp_late_free(late);
	return status;
}

void wp_late_free(struct wp_late_rows *late)
{
	for (size_t i = 0; i < late->count; i++)
		wp_kept_free(&late->items[i].clean);
	free(late->items);
	*late = (struct wp_late_rows){ 0 };
}
