/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of a plan: their codes, their order, and their place in the plan file. */
#include "notes.h"

#include "wimplan/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *code;
	enum wp_note_severity severity;
} kinds[WP_NOTE_KINDS] = {
	[WP_NOTE_BOOT_ORIGINAL_DIFFERS] = { "boot-original-differs", WP_NOTE_WARNING },
	[WP_NOTE_BOOT_ORIGINAL_NEWER] = { "boot-original-newer", WP_NOTE_WARNING },
	[WP_NOTE_EXPORT_OLD] = { "export-old", WP_NOTE_WARNING },
	[WP_NOTE_EXPORT_PARTIAL] = { "export-partial", WP_NOTE_WARNING },
	[WP_NOTE_FOLDER_FILES] = { "folder-files", WP_NOTE_INFO },
};

static bool is_same_package(const struct wp_note *a, const struct wp_note *b)
{
	return a->package_id && b->package_id ? !strcmp(a->package_id, b->package_id) : a->package_id == b->package_id;
}

/* Of two notes about one package, or about the whole. */
static bool comes_later(const struct wp_note *a, const struct wp_note *b)
{
	return a->severity != b->severity ? a->severity > b->severity : strcmp(a->code, b->code) > 0;
}

void wp_note_add(struct wp_plan *plan, enum wp_note_kind kind, const char *package_id, uint32_t image, json_t *facts,
		 const char *format, ...)
{
	struct wp_note note = {
		.code = kinds[kind].code,
		.severity = kinds[kind].severity,
		.package_id = wp_arena_strdup(plan->arena, package_id),
		.image = image,
		.facts = facts,
	};
	va_list args;
	size_t at;

	va_start(args, format);
	note.summary = wp_arena_vprintf(plan->arena, format, args);
	va_end(args);
	(void)WP_PUSH(plan->arena, plan->notes, plan->note_count);
	for (at = plan->note_count - 1; at; at--) {
		const struct wp_note *before = &plan->notes[at - 1];

		if (!is_same_package(before, &note) || !comes_later(before, &note))
			break;
		plan->notes[at] = *before;
	}
	plan->notes[at] = note;
}

json_t *wp_plan_notes_json(const struct wp_plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->note_count; i++) {
		const struct wp_note *note = &plan->notes[i];
		json_t *object = json_object();

		wp_json_set(object, "code", wp_json_text(note->code));
		wp_json_set(object, "severity", wp_json_text(wp_note_severity_name(note->severity)));
		wp_json_set(object, "package_id", wp_json_text(note->package_id));
		wp_json_set(object, "image", note->image ? wp_json_u64(note->image) : json_null());
		wp_json_set(object, "summary", wp_json_text(note->summary));
		wp_json_set(object, "facts", json_incref((json_t *)note->facts));
		wp_json_push(array, object);
	}
	return array;
}

static enum wp_note_severity severity_of(struct wp_decoder *decoder, const json_t *object)
{
	const char *name = wp_decode_text(decoder, object, "severity");

	for (enum wp_note_severity severity = WP_NOTE_GRAVE; name && severity <= WP_NOTE_INFO; severity++)
		if (!strcmp(name, wp_note_severity_name(severity)))
			return severity;
	if (name)
		wp_decode_fail(decoder, "the severity \"%s\" of a note is not known", name);
	return WP_NOTE_INFO;
}

void wp_plan_decode_note(struct wp_decoder *decoder, const json_t *object, struct wp_note *ret)
{
	json_t *facts = json_object_get(object, "facts");

	ret->code = wp_decode_text(decoder, object, "code");
	ret->severity = severity_of(decoder, object);
	ret->package_id = wp_decode_optional_text(decoder, object, "package_id");
	ret->image = wp_decode_optional_index(decoder, object, "image");
	ret->summary = wp_decode_text(decoder, object, "summary");
	ret->facts = json_is_object(facts) ? json_incref(facts) : json_object();
	if (!json_is_object(facts))
		wp_decode_fail(decoder, "facts of a note is missing or no object");
}
