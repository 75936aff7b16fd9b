/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an export says that it has not, because the site refused it or the export was interrupted: "complete" and "refused" of
 * the format wimplan-records. Packages that are missing make a snapshot partial; rows beside them are only remarked on.
 */
#include "assembler.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/json.h"

/* Of what is refused without a class: packages that were asked for by name, or all of it. */
static const char packages[] = "packages";

static void count(struct wp_assembler *assembler, const char *class, const char *key, const char *why, const char *file)
{
	json_t *group = json_object_get(assembler->refused, class);

	if (!group) {
		group = wp_json_must(json_object());
		wp_json_set(group, "first", wp_json_text(key));
		wp_json_set(group, "why", wp_json_text(why));
		wp_json_set(group, "file", wp_json_text(file));
		wp_json_set(assembler->refused, class, group);
	}
	wp_json_set(group, "count", json_integer(json_integer_value(json_object_get(group, "count")) + 1));
}

void wp_refused_take(struct wp_assembler *assembler, const json_t *description, const char *file)
{
	const json_t *list = json_object_get(description, "refused"), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		const char *class = wp_json_get_text(item, "class"), *why = wp_json_get_text(item, "why");

		count(assembler, class ? class : packages, wp_json_get_text(item, "key"), why ? why : "it does not say why", file);
	}
	if (json_is_false(json_object_get(description, "complete")) && !json_object_size(assembler->refused))
		count(assembler, packages, NULL, "it does not say why", file);
}

/* Whether packages, or what is in them, are missing with it. */
static bool is_of_packages(const char *class)
{
	enum wp_class known;

	return !strcmp(class, packages) || wp_class_from_name(class, &known) ||
	       wp_ascii_same(class, "SMS_ImageInformation");
}

const char *wp_refused_missing(struct wp_assembler *assembler)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *class;
	json_t *group;

	json_object_foreach(assembler->refused, class, group) {
		const char *first = wp_json_get_text(group, "first");
		json_int_t number = json_integer_value(json_object_get(group, "count"));

		wp_diag_add(assembler->arena, &assembler->diags, WP_SEVERITY_WARNING, "export-partial",
			    wp_json_get_text(group, "file"),
			    "not all of %.60s could be read when the site was exported (%" JSON_INTEGER_FORMAT " refused%s%.60s: %.300s); "
			    "export again",
			    class, number, first ? ", first " : "", first ? first : "", wp_json_get_text(group, "why"));
		if (is_of_packages(class))
			wp_buf_printf(&text, "%s%.60s", text.length ? ", " : "refused: ", class);
	}
	return text.length ? wp_arena_strdup(assembler->arena, wp_buf_text(&text)) : NULL;
}
