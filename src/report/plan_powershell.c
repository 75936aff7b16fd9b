/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a PowerShell script that carries it out: the text of powershell/ with the plan's data in the middle. */
#include "wimplan/report.h"

#include "wimplan/text.h"
#include "wimplan/time.h"

#include <inttypes.h>
#include <string.h>

/* Made by the Makefile from powershell/: the file with the parameters, and all others. */
static const char head[] =
#include "powershell_head.inc"
	;
static const char body[] =
#include "powershell_body.inc"
	;

/* In UTF-16, as PowerShell has its texts. */
static void add_code(struct wp_buf *buf, uint32_t c)
{
	if (c < 0x10000) {
		wp_buf_printf(buf, "[char]0x%04X", c);
		return;
	}
	c -= 0x10000;
	wp_buf_printf(buf, "[char]0x%04X, [char]0x%04X", 0xD800 + (c >> 10), 0xDC00 + (c & 0x3FF));
}

static bool is_plain(uint32_t c)
{
	return c >= ' ' && c <= '~';
}

/* Adds the plain characters at the beginning of @text in single quotes, and returns what stands behind them. */
static const char *add_quoted(struct wp_buf *buf, const char *text)
{
	const char *start = text;

	wp_buf_putc(buf, '\'');
	for (; *text && is_plain((unsigned char)*text); text++) {
		if (*text != '\'')
			continue;
		/* With what stands before it, and once more as the first of what comes. */
		wp_buf_add(buf, start, (size_t)(text + 1 - start));
		start = text;
	}
	wp_buf_add(buf, start, (size_t)(text - start));
	wp_buf_putc(buf, '\'');
	return text;
}

/*
 * A text as a PowerShell expression of nothing but printable ASCII. Between single quotes PowerShell expands
 * nothing and ends only at a single quote, for which it takes U+2018..U+201B too. Windows PowerShell reads a
 * script without a byte order mark in the machine's code page, where a byte of any UTF-8 letter may be such a
 * quote: so none stays as it is.
 */
static void add_text(struct wp_buf *buf, const char *text)
{
	size_t start = buf->length;
	const char *separator = "";

	if (!text) {
		wp_buf_puts(buf, "$null");
		return;
	}
	if (!*add_quoted(buf, text))
		return;
	/* Not all of it is plain: once more, in parts. */
	wp_buf_cut(buf, start);
	wp_buf_puts(buf, "(-join (");
	while (*text) {
		wp_buf_puts(buf, separator);
		if (is_plain((unsigned char)*text))
			text = add_quoted(buf, text);
		else
			add_code(buf, wp_utf8_next(&text));
		separator = ", ";
	}
	wp_buf_puts(buf, "))");
}

/* Keys stand in columns. */
static void add_key(struct wp_buf *buf, unsigned int depth, const char *key)
{
	wp_buf_pad(buf, ' ', 4 * (size_t)depth);
	wp_buf_printf(buf, "%-19s = ", key);
}

static void add_text_key(struct wp_buf *buf, unsigned int depth, const char *key, const char *text)
{
	add_key(buf, depth, key);
	add_text(buf, text);
	wp_buf_putc(buf, '\n');
}

static void add_digest_key(struct wp_buf *buf, unsigned int depth, const char *key, const char *digest)
{
	add_text_key(buf, depth, key, *digest ? digest : NULL);
}

static void add_bool_key(struct wp_buf *buf, unsigned int depth, const char *key, bool value)
{
	add_key(buf, depth, key);
	wp_buf_puts(buf, value ? "$true\n" : "$false\n");
}

static void add_number(struct wp_buf *buf, const struct wp_number *number)
{
	if (number->known)
		wp_buf_printf(buf, "%" PRIu64, number->value);
	else
		wp_buf_puts(buf, "$null");
}

/* The model of a plan expects no description, but one that was proven to differ is among the reasons for a reload. */
static const char *expected_description(const struct wp_entry *entry, uint32_t image)
{
	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];

		if (reason->action == WP_ACTION_RELOAD && reason->confidence == WP_CONFIDENCE_PROVEN && reason->image == image &&
		    reason->field && !strcmp(reason->field, "description"))
			return reason->found;
	}
	return NULL;
}

static void add_image(struct wp_buf *buf, const struct wp_entry *entry, const struct wp_expected_image *image)
{
	wp_buf_printf(buf, "                @{ Index = %" PRIu32 "; Name = ", image->index);
	add_text(buf, image->name);
	wp_buf_puts(buf, "; Description = ");
	add_text(buf, expected_description(entry, image->index));
	wp_buf_puts(buf, "; OSVersion = ");
	add_text(buf, image->os_version);
	wp_buf_puts(buf, "; Architecture = ");
	add_number(buf, &image->architecture);
	wp_buf_puts(buf, "; Language = ");
	add_text(buf, image->language);
	wp_buf_puts(buf, " }\n");
}

static void add_package(struct wp_buf *buf, const struct wp_entry *entry)
{
	const struct wp_preconditions *conditions = &entry->preconditions;

	wp_buf_puts(buf, "        @{\n");
	add_text_key(buf, 3, "PackageId", entry->package_id);
	add_text_key(buf, 3, "Class", wp_class_name(entry->class));
	add_text_key(buf, 3, "Name", entry->name);
	add_bool_key(buf, 3, "Reload", entry->reload);
	add_bool_key(buf, 3, "Refresh", entry->refresh);
	add_key(buf, 3, "SourceVersion");
	add_number(buf, &conditions->source_version);
	wp_buf_putc(buf, '\n');
	add_text_key(buf, 3, "SedoObjectVersion", conditions->sedo_object_version);
	add_text_key(buf, 3, "PkgSourcePath", conditions->source_path);
	add_text_key(buf, 3, "SourceSite", conditions->source_site);
	add_digest_key(buf, 3, "ImagePropertySha256", conditions->image_property_sha256);
	add_bool_key(buf, 3, "NeverLoaded", wp_entry_never_loaded(entry));
	add_digest_key(buf, 3, "ContentId", entry->content_id);
	add_digest_key(buf, 3, "FileId", entry->file_id);
	add_key(buf, 3, "Images");
	wp_buf_puts(buf, "@(\n");
	for (size_t i = 0; i < entry->expected_count; i++)
		add_image(buf, entry, &entry->expected[i]);
	wp_buf_puts(buf, "            )\n        }\n");
}

void wp_report_plan_powershell(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	(void)options;
	wp_buf_puts(buf, head);
	wp_buf_puts(buf, "# What is to be called, and what the site has to look like for it. "
			 "To change it, make another plan.\n"
			 "$plan = @{\n");
	add_text_key(buf, 1, "Id", plan->id);
	add_text_key(buf, 1, "SiteCode", plan->site_code);
	add_text_key(buf, 1, "CreatedAt", wp_time_iso(arena, plan->created_at));
	add_text_key(buf, 1, "CreatedBy", plan->created_by);
	add_text_key(buf, 1, "Tool", wp_arena_printf(arena, "wimplan %s", plan->tool_version));
	add_key(buf, 1, "Packages");
	wp_buf_puts(buf, "@(\n");
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		if (entry->status == WP_ENTRY_CHANGE && (entry->reload || entry->refresh))
			add_package(buf, entry);
	}
	wp_buf_puts(buf, "    )\n}\n\n");
	wp_buf_puts(buf, body);
}
