/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of findings. Their texts are repaired to valid UTF-8, because they end up in JSON. */
#include "wimplan/diag.h"
#include "wimplan/text.h"

#include <stdarg.h>
#include <string.h>

void wp_diag_add(struct wp_arena *arena, struct wp_diags *diags, enum wp_severity severity, const char *code,
		 const char *subject, const char *format, ...)
{
	struct wp_diag *diag;
	va_list args;
	char *summary;

	va_start(args, format);
	summary = wp_arena_vprintf(arena, format, args);
	va_end(args);
	diag = WP_PUSH(arena, diags->items, diags->count);
	diag->severity = severity;
	diag->code = code;
	diag->summary = wp_utf8_repair(arena, summary);
	if (subject)
		diag->subject = wp_utf8_repair(arena, wp_arena_strdup(arena, subject));
}

void wp_diag_detail(struct wp_arena *arena, struct wp_diags *diags, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diags->items[diags->count - 1].detail = wp_arena_vprintf(arena, format, args);
	va_end(args);
}

const struct wp_diag *wp_diags_worst(const struct wp_diags *diags, enum wp_severity at_least)
{
	for (size_t i = 0; i < diags->count; i++)
		if (diags->items[i].severity >= at_least)
			return &diags->items[i];
	return NULL;
}

bool wp_diags_have(const struct wp_diags *diags, const char *code)
{
	for (size_t i = 0; i < diags->count; i++)
		if (strcmp(diags->items[i].code, code) == 0)
			return true;
	return false;
}

const char *wp_severity_name(enum wp_severity severity)
{
	static const char *const names[] = {
		[WP_SEVERITY_INFO] = "info", [WP_SEVERITY_WARNING] = "warning", [WP_SEVERITY_ERROR] = "error"
	};

	return names[severity];
}
