/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How functions say that they failed, and lists of findings. Their texts are repaired to valid UTF-8, because they end up in JSON. */
#include "wimplan/error.h"

#include "wimplan/diag.h"
#include "wimplan/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Copies @text into @room bytes: invalid bytes become U+FFFD, and what does not fit is cut before a character. */
static void copy_valid(char *to, size_t room, const char *text)
{
	size_t used = 0;

	while (*text) {
		char shape[4];
		uint32_t c;
		size_t taken = wp_utf8_decode(text, &c);
		size_t size = wp_utf8_encode(taken ? c : WP_REPLACEMENT, shape);

		if (used + size >= room)
			break;
		memcpy(to + used, shape, size);
		used += size;
		text += taken ? taken : 1;
	}
	to[used] = '\0';
}

/* Cuts a half character that vsnprintf() may have left at the end of a full buffer. */
static void cut_half_character(char *text, size_t length)
{
	size_t at = length;
	uint32_t c;

	while (at > 0 && length - at < 3 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
		at--;
	if (at > 0 && (unsigned char)text[at - 1] >= 0xc0 && !wp_utf8_decode(text + at - 1, &c))
		text[at - 1] = '\0';
}

__attribute__((format(printf, 3, 0)))
static void format_message(char *text, size_t room, const char *format, va_list args)
{
	int length = vsnprintf(text, room, format, args);

	if (length < 0)
		text[0] = '\0';
	else if ((size_t)length >= room)
		cut_half_character(text, room - 1);
}

int wp_fail(struct wp_error *err, int status, const char *code, const char *subject, const char *format, ...)
{
	/* A caller may pass texts of @err itself, so nothing is written there before all of them were read. */
	struct wp_error made;
	char message[sizeof made.message];
	va_list args;

	if (!err)
		return status;
	va_start(args, format);
	format_message(message, sizeof message, format, args);
	va_end(args);
	made.status = status;
	copy_valid(made.code, sizeof made.code, code);
	copy_valid(made.subject, sizeof made.subject, subject ? subject : "");
	copy_valid(made.message, sizeof made.message, message);
	*err = made;
	return status;
}

int wp_fail_prefix(struct wp_error *err, int status, const char *format, ...)
{
	char prefix[sizeof err->message];
	char message[2 * sizeof err->message + 2];
	va_list args;

	if (!err)
		return status;
	va_start(args, format);
	format_message(prefix, sizeof prefix, format, args);
	va_end(args);
	snprintf(message, sizeof message, "%s: %s", prefix, err->message);
	err->status = status;
	copy_valid(err->message, sizeof err->message, message);
	return err->status;
}

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

WP_NAMES(wp_severity_name, enum wp_severity,
	[WP_SEVERITY_INFO] = "info", [WP_SEVERITY_WARNING] = "warning", [WP_SEVERITY_ERROR] = "error")
