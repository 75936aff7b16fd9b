/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 4180, with CRLF as it says, and what spreadsheets make of it. */
#include "csv.h"

#include "wimplan/text.h"

#include <string.h>

static const char mark[] = "\xef\xbb\xbf";

/*
 * Excel, LibreOffice and Google Sheets take a cell that begins with one of these for a formula, in quotes as well; so
 * do versions for East Asia with the full-width signs (OWASP, "CSV Injection").
 */
static bool is_formula(const char *value)
{
	static const char *const signs[] = { "=", "+", "-", "@", "＝", "＋", "－", "＠" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (!strncmp(value, signs[i], strlen(signs[i])))
			return true;
	return false;
}

/*
 * Control characters are escaped: people look at such files on a terminal, too. Where a formula could begin an apostrophe
 * makes it text. That is also behind what another separator than ours would be: half of Europe's spreadsheets take the
 * semicolon, for which the quotes of a cell in the middle of a row are letters like others.
 */
static void add_cell(struct wp_buf *buf, const char *text)
{
	struct wp_buf cell __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool begins = true;

	wp_text_escape(&cell, text ? text : "");
	wp_buf_putc(buf, '"');
	for (const char *at = wp_buf_text(&cell); *at; at++) {
		if (begins && is_formula(at))
			wp_buf_putc(buf, '\'');
		if (*at == '"')
			wp_buf_putc(buf, '"');
		wp_buf_putc(buf, *at);
		/* Blanks and quotes may be taken away from the beginning of a cell. */
		begins = strchr(",;|", *at) || (begins && strchr(" \"", *at));
	}
	wp_buf_putc(buf, '"');
}

static char delimiter_of(const struct wp_report_options *options)
{
	return options->delimiter ? options->delimiter : ',';
}

void wp_csv_begin(struct wp_buf *buf, const struct wp_report_options *options, const char *const *headings,
		  size_t count)
{
	wp_buf_puts(buf, options->bom ? mark : "");
	for (size_t i = 0; i < count; i++) {
		wp_buf_puts(buf, headings[i]);
		if (i + 1 < count)
			wp_buf_putc(buf, delimiter_of(options));
	}
	wp_buf_puts(buf, "\r\n");
}

void wp_csv_row(struct wp_buf *buf, const struct wp_report_options *options, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add_cell(buf, cells[i]);
		if (i + 1 < count)
			wp_buf_putc(buf, delimiter_of(options));
	}
	wp_buf_puts(buf, "\r\n");
}
