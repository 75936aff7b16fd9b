/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds of the structure of pages and scripts: HTML, Markdown and PowerShell. */
#include "fuzz.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* libxml2 knows the elements of HTML 4 alone; every other remark of its is about the structure. */
static void take_remark(void *context, const xmlError *error)
{
	(void)context;
	if (error->code != XML_HTML_UNKNOWN_TAG)
		abort();
}

static void check_attribute(const xmlAttr *attribute)
{
	const char *name = (const char *)attribute->name;
	const char *value = attribute->children ? (const char *)attribute->children->content : "";

	/* No script, and nothing that leads elsewhere. */
	if (!strncasecmp(name, "on", 2) || !strcasecmp(name, "src"))
		abort();
	/* Lengths of bars, and nothing that could load a thing. */
	if (!strcasecmp(name, "style") && value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789.%:;-")])
		abort();
	if ((!strcasecmp(name, "href") || strstr(name, ":href")) && value[0] != '#')
		abort();
}

static void check_elements(const xmlNode *node)
{
	static const char *const foreign[] = { "script", "iframe", "object", "embed", "base", "form", "link", "img" };

	for (; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
			if (!strcasecmp((const char *)node->name, foreign[i]))
				abort();
		for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
			check_attribute(attribute);
		check_elements(node->children);
	}
}

void fuzz_check_html(struct wp_buf *buf)
{
	htmlParserCtxt *parser = htmlNewParserCtxt();
	xmlDoc *document;

	if (!parser)
		abort();
	xmlSetStructuredErrorFunc(NULL, (xmlStructuredErrorFunc)take_remark);
	document = htmlCtxtReadMemory(parser, wp_buf_text(buf), (int)buf->length, NULL, "UTF-8", HTML_PARSE_NONET);
	xmlSetStructuredErrorFunc(NULL, NULL);
	if (!document)
		abort();
	check_elements(document->children);
	xmlFreeDoc(document);
	htmlFreeParserCtxt(parser);
	fuzz_check_document(buf);
}

/* Behind the code that begins at @at, which is a '`'. What is in it is nothing but text. */
static const char *skip_code(const char *at)
{
	const char *end = strchr(at + 1, '`');

	if (!end || memchr(at, '\n', (size_t)(end - at)))
		abort();
	return end + 1;
}

void fuzz_check_markdown(struct wp_buf *buf)
{
	static const char *const tags[] = { "<br>", "<details>", "<details open>", "</details>", "<summary>", "</summary>" };
	static const char *const links[] = { "://", "www.", "mailto:", "xmpp:", "](", "][", "![" };
	const char *at = wp_buf_text(buf);
	bool begins = true;

	while (*at) {
		if (*at == '`') {
			at = skip_code(at);
			begins = false;
			continue;
		}
		if (*at == '\\') {
			at += 1 + !!at[1];
			begins = false;
			continue;
		}
		for (size_t i = 0; i < sizeof links / sizeof *links; i++)
			if (!strncasecmp(at, links[i], strlen(links[i])))
				abort();
		if (*at == '[' || *at == ']' || *at == '@' || *at == '$' || *at == '~')
			abort();
		/* A heading is at the beginning. */
		if (*at == '#' && !begins && at[-1] != '#')
			abort();
		if (*at == '<') {
			size_t i = 0;

			while (i < sizeof tags / sizeof *tags && strncmp(at, tags[i], strlen(tags[i])) != 0)
				i++;
			if (i == sizeof tags / sizeof *tags)
				abort();
		}
		begins = *at == '\n';
		at++;
	}
	fuzz_check_document(buf);
}

/* Behind a text in single quotes: in it a quote is doubled, and everything printable ASCII. */
static const char *skip_quoted(const char *at)
{
	for (at++;; at++) {
		if (*at < ' ' || *at > '~')
			abort();
		if (*at == '\'' && *++at != '\'')
			return at;
	}
}

/* The words that the data of a plan are made of, besides names of keys and numbers. */
static const char *skip_word(const char *at)
{
	static const char *const words[] = { "$null", "$true", "$false", "-join ", "[char]0x" };
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strncmp(at, words[i], strlen(words[i]))) {
			at += strlen(words[i]);
			return words[i][0] == '[' ? at + strspn(at, "0123456789ABCDEF") : at;
		}
	if (!strspn(at, letters))
		abort();
	return at + strspn(at, letters);
}

/* Behind the data of a plan, which begin with "@{": brackets that close, and between them nothing that could be a command. */
static const char *skip_data(const char *at)
{
	char open[64];
	size_t depth = 0;

	do {
		if (!strncmp(at, "@{", 2) || !strncmp(at, "@(", 2))
			at++;
		if (*at == '{' || *at == '(') {
			if (depth == sizeof open)
				abort();
			open[depth++] = *at++ == '{' ? '}' : ')';
		} else if (*at == '}' || *at == ')') {
			if (!depth || open[--depth] != *at++)
				abort();
		} else if (*at == '\'') {
			at = skip_quoted(at);
		} else if (strchr(" \n=;,", *at) && *at) {
			at++;
		} else {
			at = skip_word(at);
		}
	} while (depth);
	return at;
}

void fuzz_check_powershell(struct wp_buf *buf)
{
	static const char begin[] = "\n$plan = ";
	const char *text = wp_buf_text(buf), *data = strstr(text, begin), *behind;

	for (size_t i = 0; i < buf->length; i++)
		if ((text[i] < ' ' && !strchr("\r\n\t", text[i])) || text[i] > '~')
			abort();
	if (!data)
		abort();
	behind = skip_data(data + strlen(begin));
	/* The script goes on: it is always the same. */
	if (strncmp(behind, "\n\n", 2) != 0 || strstr(behind, begin))
		abort();
	fuzz_keep(buf, "ps1");
	wp_buf_free(buf);
}
