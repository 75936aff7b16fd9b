/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check has found of the three classes of packages, side by side. */
#include "check.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

#define LABEL 24u

struct table {
	struct wp_arena *arena;
	const json_t *findings;
};

uint64_t wp_check_number(const json_t *object, const char *key)
{
	uint64_t value = 0;

	wp_json_get_u64(object, key, &value);
	return value;
}

/* "2 same, 1 different" of a tally; "-" of an empty one. */
const char *wp_check_tally(struct wp_arena *arena, const json_t *object)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		const char *word = !strcmp(key, "not_given") ? "not given" : key;

		wp_buf_printf(&text, "%s%" JSON_INTEGER_FORMAT " %s", text.length ? ", " : "", json_integer_value(value), word);
	}
	return wp_arena_strdup(arena, text.length ? wp_buf_text(&text) : "-");
}

static const char *cell_read(struct table *table, const json_t *class)
{
	const char *read = wp_json_get_text(class, "read");

	return strcmp(read, "yes") ? read : wp_arena_printf(table->arena, "%" PRIu64, wp_check_number(class, "count"));
}

static const char *cell_sampled(struct table *table, const json_t *class)
{
	return wp_arena_printf(table->arena, "%" PRIu64, wp_check_number(class, "sampled"));
}

const char *wp_check_offer_words(const json_t *class, const char *method)
{
	static const char *const words[][2] = {
		{ "class", "bound to it" },
		{ "inherited", "bound, inherited" },
		{ "bound", "bound" },
		{ "unbound", "not bound" },
		{ "no", "not offered" },
	};
	const char *offer = wp_json_get_text(json_object_get(class, "actions"), method);

	for (size_t i = 0; offer && i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i][0], offer))
			return words[i][1];
	return "-";
}

static const char *cell_reload(struct table *table, const json_t *class)
{
	(void)table;
	return wp_check_offer_words(class, "ReloadImageProperties");
}

static const char *cell_refresh(struct table *table, const json_t *class)
{
	(void)table;
	return wp_check_offer_words(class, "RefreshPkgSource");
}

static const char *cell_by_key(struct table *table, const json_t *class)
{
	return wp_check_tally(table->arena, json_object_get(class, "by_key"));
}

static const char *cell_probe(struct table *table, const json_t *class)
{
	return wp_check_tally(table->arena, json_object_get(class, "probe"));
}

static const char *cell_stored(struct table *table, const json_t *class)
{
	return wp_check_tally(table->arena, json_object_get(class, "stored"));
}

static const char *cell_rows(struct table *table, const json_t *class)
{
	const json_t *rows = json_object_get(class, "rows");
	uint64_t with = wp_check_number(rows, "packages"), without = wp_check_number(rows, "none");

	return with + without ? wp_arena_printf(table->arena, "%" PRIu64 " of %" PRIu64, with, with + without) : "-";
}

static const json_t *rights_of(const struct table *table, const json_t *class)
{
	const json_t *list = json_object_get(json_object_get(table->findings, "account"), "rights"), *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (!strcmp(wp_json_get_text(item, "class"), wp_json_get_text(class, "class")))
			return item;
	return NULL;
}

static const char *cell_may_reload(struct table *table, const json_t *class)
{
	const json_t *rights = rights_of(table, class);

	if (!rights)
		return "not known";
	return json_is_true(json_object_get(rights, "read")) && json_is_true(json_object_get(rights, "modify")) ? "yes" : "no";
}

static const char *cell_may_refresh(struct table *table, const json_t *class)
{
	const char *reload = cell_may_reload(table, class);

	return strcmp(reload, "yes") || json_is_true(json_object_get(rights_of(table, class), "copy")) ? reload : "no";
}

static const struct {
	const char *label;
	const char *(*cell)(struct table *table, const json_t *class);
} rows[] = {
	{ "Packages that it lists", cell_read },
	{ "Looked at one by one", cell_sampled },
	{ "  read by key", cell_by_key },
	{ "  GetImageProperties", cell_probe },
	{ "  stored as it says", cell_stored },
	{ "  SMS_ImageInformation", cell_rows },
	{ "ReloadImageProperties", cell_reload },
	{ "RefreshPkgSource", cell_refresh },
	{ "Reload by the roles", cell_may_reload },
	{ "Refresh by the roles", cell_may_refresh },
};

/* What of a cell stands in one line of @width columns: all of it, or up to its last comma that fits. */
static size_t fitting(const char *cell, size_t width)
{
	size_t length = strlen(cell);

	while (length >= width) {
		const char *comma = memrchr(cell, ',', length - 1);

		if (!comma)
			return length;
		length = (size_t)(comma - cell);
	}
	return cell[length] ? length + 1 : length;
}

bool wp_check_cells(struct wp_buf *buf, const char *label, size_t label_width, const char **cells, const size_t *widths, size_t count)
{
	bool more = false;

	wp_buf_printf(buf, "  %-*s", (int)label_width, label);
	for (size_t i = 0; i < count; i++) {
		size_t length = fitting(cells[i], widths[i]), from = buf->length, width;

		wp_buf_add(buf, cells[i], length);
		width = wp_text_width(wp_buf_text(buf) + from);
		wp_buf_pad(buf, ' ', i + 1 < count && width < widths[i] ? widths[i] - width : 0);
		cells[i] += length + strspn(cells[i] + length, " ");
		more = more || *cells[i];
	}
	while (buf->length && buf->data[buf->length - 1] == ' ')
		wp_buf_cut(buf, buf->length - 1);
	wp_buf_putc(buf, '\n');
	return more;
}

void wp_check_table(struct wp_arena *arena, const json_t *findings, struct wp_buf *buf)
{
	static const size_t widths[WP_CHECK_CLASSES] = { 18, 18, 18 };
	struct table table = { .arena = arena, .findings = findings };
	const json_t *packages = json_object_get(findings, "packages");
	const char *cells[WP_CHECK_CLASSES] = { "OS images", "upgrade packages", "boot images" };

	wp_check_cells(buf, "", LABEL, cells, widths, WP_CHECK_CLASSES);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *label = rows[i].label;

		for (size_t k = 0; k < WP_CHECK_CLASSES; k++) {
			const json_t *class = json_array_get(packages, k);

			cells[k] = class ? rows[i].cell(&table, class) : "-";
		}
		while (wp_check_cells(buf, label, LABEL, cells, widths, WP_CHECK_CLASSES))
			label = "";
	}
}
