/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escapes of Markdown. */
#include "markdown.h"

#include "layout.h"

#include <stdbool.h>
#include <string.h>

/*
 * What a renderer takes for a link or a mention although nothing marks it: GFM's extended autolinks (GFM 0.29, 6.9) and
 * the @names and #numbers of forges, which look for them behind the rendering, where no backslash is left.
 */
static bool is_taken_for_link(const char *word, size_t length)
{
	static const char *const marks[] = { "://", "www.", "mailto:", "xmpp:" };

	for (size_t at = 0; at < length; at++) {
		if (word[at] == '@')
			return true;
		if (word[at] == '#' && at + 1 < length && word[at + 1] >= '0' && word[at + 1] <= '9')
			return true;
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
			size_t same = 0;

			/* The bit is that of small letters; '.', '/' and ':' have it, too. */
			while (marks[i][same] && at + same < length && (word[at + same] | 0x20) == marks[i][same])
				same++;
			if (!marks[i][same])
				return true;
		}
	}
	return false;
}

/*
 * Everything that CommonMark, GFM tables, HTML or GitHub's $-formulas would take for more than a letter. CommonMark 0.31,
 * "Backslash escapes": any ASCII punctuation may be escaped.
 */
static void add_character(struct wp_buf *buf, char c)
{
	if (c == '<')
		wp_buf_puts(buf, "&lt;");
	else if (c == '>')
		wp_buf_puts(buf, "&gt;");
	else if (c == '&')
		wp_buf_puts(buf, "&amp;");
	else if (strchr("\\`*_[]|~$#", c))
		wp_buf_printf(buf, "\\%c", c);
	else
		wp_buf_putc(buf, c);
}

void wp_markdown_text(struct wp_arena *arena, struct wp_buf *buf, const char *data)
{
	const char *text = wp_layout_escape(arena, data);

	while (*text) {
		/* A cell ends at a '|' even in code (GFM 0.29, 4.10), and code at a '`'. */
		size_t length = strcspn(text, " `|");

		if (is_taken_for_link(text, length)) {
			/* Nothing in code is looked for. */
			wp_buf_printf(buf, "`%.*s`", (int)length, text);
			text += length;
			continue;
		}
		for (const char *end = text + length + !length; text < end; text++)
			add_character(buf, *text);
	}
}
