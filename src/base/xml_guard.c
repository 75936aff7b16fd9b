/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libxml2 compares each attribute of an element with all before it (parser.c, xmlParseStartTag2; until 2.12), and
 * tells of the element only then: 16 MiB could cost an hour. It keeps the whole of a tag or an instruction in
 * memory, too. So they are counted before it sees them.
 */
#include "xml_guard.h"

#include "wimplan/limits.h"

#include <string.h>

static const char many_attributes[] = "has too many attributes";
static const char long_markup[] = "has a tag or instruction that is too long";

static void enter(struct wp_xml_guard *guard, enum wp_xml_guard_state state)
{
	guard->state = state;
	guard->quote = '\0';
	guard->attributes = guard->length = guard->run = 0;
}

static const char *in_tag(struct wp_xml_guard *guard, char c)
{
	/* A "<" ends it in any case: the parser takes none inside of a tag. */
	if (c == '<')
		enter(guard, WP_XML_GUARD_BEHIND_LESS);
	else if (guard->quote)
		guard->quote = c == guard->quote ? '\0' : guard->quote;
	else if (c == '"' || c == '\'')
		guard->quote = c;
	else if (c == '>')
		enter(guard, WP_XML_GUARD_IN_TEXT);
	else if (c == '=' && ++guard->attributes > WP_LIMIT_XML_ATTRIBUTES)
		return many_attributes;
	return NULL;
}

/* A declaration of a document type comes here as well: libxml2 tells of it before it reads what is in it. */
static void behind_exclamation(struct wp_xml_guard *guard, char c)
{
	static const char comment[] = "--", cdata[] = "[CDATA[";
	size_t at = guard->length - 1;

	if (guard->run == 0)
		guard->run = c == '-' ? 1 : 2;
	if (c != (guard->run == 1 ? comment : cdata)[at])
		enter(guard, WP_XML_GUARD_IN_TEXT);
	else if (guard->run == 1 && at + 1 == sizeof comment - 1)
		enter(guard, WP_XML_GUARD_IN_COMMENT);
	else if (guard->run == 2 && at + 1 == sizeof cdata - 1)
		enter(guard, WP_XML_GUARD_IN_CDATA);
}

/* Leaves what ends with @count or more times @mark and a ">". */
static void until(struct wp_xml_guard *guard, char c, char mark, size_t count)
{
	if (c == '>' && guard->run >= count)
		enter(guard, WP_XML_GUARD_IN_TEXT);
	else
		guard->run = c == mark ? guard->run + 1 : 0;
}

static const char *step(struct wp_xml_guard *guard, char c)
{
	guard->length++;
	switch (guard->state) {
	case WP_XML_GUARD_IN_TEXT:
		break;
	case WP_XML_GUARD_BEHIND_LESS:
		if (c == '!')
			enter(guard, WP_XML_GUARD_BEHIND_EXCLAMATION);
		else if (c == '?')
			enter(guard, WP_XML_GUARD_IN_INSTRUCTION);
		else if (c != '<')
			enter(guard, c == '>' ? WP_XML_GUARD_IN_TEXT : WP_XML_GUARD_IN_TAG);
		break;
	case WP_XML_GUARD_IN_TAG:
		return in_tag(guard, c);
	case WP_XML_GUARD_BEHIND_EXCLAMATION:
		behind_exclamation(guard, c);
		break;
	case WP_XML_GUARD_IN_COMMENT:
		until(guard, c, '-', 2);
		guard->length = 0; /* nobody wants it: libxml2 passes over it */
		break;
	case WP_XML_GUARD_IN_INSTRUCTION:
		until(guard, c, '?', 1);
		break;
	case WP_XML_GUARD_IN_CDATA:
		until(guard, c, ']', 2);
		guard->length = 0; /* it is text, and given piece by piece */
		break;
	}
	return NULL;
}

static void count_line(struct wp_xml_guard *guard, char c)
{
	guard->column++;
	if (c == '\n') {
		guard->lines++;
		guard->column = 0;
	}
}

/* Passes over text, of which most of a document is. Gives how many bytes of it there are. */
static size_t pass_text(struct wp_xml_guard *guard, const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '<', length), *line;

	if (end)
		length = (size_t)(end - bytes);
	end = bytes + length;
	while ((line = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		guard->lines++;
		guard->column = 0;
		bytes = line + 1;
	}
	guard->column += (size_t)(end - bytes);
	return length;
}

/* Passes over what means nothing in a tag, as far as its length is allowed and one byte more. Gives how many bytes that are. */
static size_t pass_tag(struct wp_xml_guard *guard, const char *bytes, size_t length)
{
	static const bool means[256] = { ['<'] = true, ['>'] = true, ['='] = true, ['"'] = true, ['\''] = true, ['\n'] = true };
	size_t most = WP_LIMIT_XML_MARKUP + 1 - guard->length, passed = 0;

	most = most < length ? most : length;
	while (passed < most && !means[(unsigned char)bytes[passed]])
		passed++;
	guard->length += passed;
	guard->column += passed;
	return passed;
}

const char *wp_xml_guard(struct wp_xml_guard *guard, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		bool in_text = guard->state == WP_XML_GUARD_IN_TEXT;
		const char *why;

		if (in_text)
			i += pass_text(guard, bytes + i, length - i);
		else if (guard->state == WP_XML_GUARD_IN_TAG)
			i += pass_tag(guard, bytes + i, length - i);
		if (guard->length > WP_LIMIT_XML_MARKUP)
			return long_markup;
		if (i == length)
			break;
		count_line(guard, bytes[i]);
		if (in_text) {
			enter(guard, WP_XML_GUARD_BEHIND_LESS);
			continue;
		}
		why = step(guard, bytes[i]);
		if (why)
			return why;
		if (guard->length > WP_LIMIT_XML_MARKUP)
			return long_markup;
	}
	return NULL;
}

bool wp_xml_needs_guard(const char *text, size_t length)
{
	const char *end = text + length;
	size_t attributes = 0;

	if (length > WP_LIMIT_XML_MARKUP)
		return true;
	while (attributes <= WP_LIMIT_XML_ATTRIBUTES && (text = memchr(text, '=', (size_t)(end - text)))) {
		attributes++;
		text++;
	}
	return attributes > WP_LIMIT_XML_ATTRIBUTES;
}
