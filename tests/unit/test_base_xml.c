/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML reader: what it gives, how it ends, and its bounds from both sides. */
#include "wimplan/buf.h"
#include "wimplan/limits.h"
#include "wimplan/xml.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* What was told, as text: "<a x='1'>", text, "</>". */
struct told {
	struct wp_buf text;
	size_t stop_at;    /* elements after which the handler has had enough; 0: never */
	size_t elements;
	size_t last_line;
};

static bool on_start(void *context, const struct wp_xml_element *element)
{
	struct told *told = context;

	wp_buf_printf(&told->text, "<%s", element->name);
	for (size_t i = 0; i < element->attribute_count; i++)
		wp_buf_printf(&told->text, " %s='%.*s'", element->attributes[i].name, (int)element->attributes[i].length,
			      element->attributes[i].value);
	wp_buf_putc(&told->text, '>');
	told->last_line = element->line;
	return ++told->elements != told->stop_at;
}

static bool on_text(void *context, const char *bytes, size_t length)
{
	struct told *told = context;

	wp_buf_add(&told->text, bytes, length);
	return true;
}

static bool on_end(void *context)
{
	struct told *told = context;

	wp_buf_puts(&told->text, "</>");
	return true;
}

/* A text that comes in pieces of a size. */
struct pieces {
	const char *at;
	size_t left, size;
	bool fails; /* at the end */
};

static ssize_t pull(void *context, char *bytes, size_t room)
{
	struct pieces *pieces = context;
	size_t length = pieces->left < pieces->size ? pieces->left : pieces->size;

	length = length < room ? length : room;
	if (!length && pieces->fails)
		return -1;
	memcpy(bytes, pieces->at, length);
	pieces->at += length;
	pieces->left -= length;
	return (ssize_t)length;
}

static enum wp_xml_end read_pieces(struct pieces pieces, size_t limit, struct told *told, struct wp_xml_outcome *ret)
{
	const struct wp_xml_handler handler = { on_start, on_text, on_end, told, limit };

	return wp_xml_read(&(struct wp_xml_source){ pull, &pieces }, &handler, ret);
}

Test(xml, tells_what_is_there)
{
	static const struct {
		const char *xml, *told;
	} cases[] = {
		{ "<a/>", "<a></>" },
		{ "<?xml version='1.0' encoding='utf-16'?>\n<a> b </a>\n", "<a> b </>" },
		{ "<a><!-- <b/> -->x<![CDATA[<y>]]>z</a>", "<a>x<y>z</>" },
		{ "<n:a xmlns:n='u' n:x='1'><n:b/></n:a>", "<a x='1'><b></></>" },
		{ "<a x='&amp;&lt;&#38;&#x26;'>&amp;&lt;&#38;&#x26;</a>", "<a x='&<&&'>&<&&</>" },
		{ "<a x='b > c' y=\"it's = 1\"/>", "<a x='b > c' y='it's = 1'></>" },
		{ "<a><?b c?>d</a>", "<a>d</>" },
		{ "<a>\xc3\xa4</a>", "<a>\xc3\xa4</>" },
		{ "<a>]]</a>", "<a>]]</>" },
		{ "<a><![CDATA[]]]]></a>", "<a>]]</>" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		/* In pieces of every size, so that each mark is cut everywhere. */
		for (size_t size = 1; size <= strlen(cases[i].xml); size++) {
			struct told told = { 0 };
			struct wp_xml_outcome outcome;
			struct pieces pieces = { cases[i].xml, strlen(cases[i].xml), size, false };

			cr_expect_eq(read_pieces(pieces, 0, &told, &outcome), WP_XML_WHOLE, "%s: %s", cases[i].xml,
				     outcome.what);
			cr_expect_str_eq(wp_buf_text(&told.text), cases[i].told);
			wp_buf_free(&told.text);
		}
	}
}

Test(xml, says_how_it_ended)
{
	static const struct {
		const char *xml;
		enum wp_xml_end end;
		const char *what;
		size_t line;
	} cases[] = {
		{ "", WP_XML_MALFORMED, NULL, 1 },
		{ "hello", WP_XML_MALFORMED, NULL, 1 },
		{ "<a>\n<b>\n</a>", WP_XML_MALFORMED, NULL, 3 },
		{ "<a/>\n<b/>", WP_XML_MALFORMED, NULL, 2 },
		{ "<a>&b;</a>", WP_XML_MALFORMED, NULL, 1 },
		{ "<a x='<'/>", WP_XML_MALFORMED, NULL, 1 },
		{ "\n<!DOCTYPE a><a/>", WP_XML_REFUSED, "has a document type definition", 2 },
		{ "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", WP_XML_REFUSED, "has a document type definition", 1 },
		{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", WP_XML_REFUSED, "has a document type definition", 1 },
	};
	struct told told = { 0 };
	struct wp_xml_outcome outcome;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pieces pieces = { cases[i].xml, strlen(cases[i].xml), 3, false };

		cr_expect_eq(read_pieces(pieces, 0, &told, &outcome), cases[i].end, "%s: %d", cases[i].xml, outcome.end);
		cr_expect_eq(outcome.line, cases[i].line, "%s: line %zu", cases[i].xml, outcome.line);
		cr_expect_geq(outcome.column, 1);
		if (cases[i].what)
			cr_expect_str_eq(outcome.what, cases[i].what);
		else
			cr_expect_neq(*outcome.what, '\0');
	}
	wp_buf_free(&told.text);
}

Test(xml, stops_when_it_is_told_to)
{
	struct pieces pieces = { "<a>\n<b/>\n<c/></a>", 17, 100, false }, cut = { "<a><b/>", 7, 100, true };
	struct told told = { .stop_at = 2 };
	struct wp_xml_outcome outcome;

	cr_expect_eq(read_pieces(pieces, 0, &told, &outcome), WP_XML_STOPPED);
	cr_expect_str_eq(wp_buf_text(&told.text), "<a>\n<b>");
	cr_expect_eq(told.last_line, 2);
	told.stop_at = 0;
	told.text.length = 0;
	cr_expect_eq(read_pieces(cut, 0, &told, &outcome), WP_XML_NO_INPUT);
	wp_buf_free(&told.text);
}

/* @before, @count times @text, @after; libxml2 gets it in small pieces. */
static void expect_repeated(const char *before, const char *text, size_t count, const char *after, size_t limit,
			    const char *what)
{
	struct told told = { 0 };
	struct wp_buf xml = { 0 };
	struct wp_xml_outcome outcome;

	wp_buf_puts(&xml, before);
	for (size_t i = 0; i < count; i++)
		wp_buf_puts(&xml, text);
	wp_buf_puts(&xml, after);
	read_pieces((struct pieces){ xml.data, xml.length, 1000, false }, limit, &told, &outcome);
	cr_expect_eq(outcome.end, *what ? WP_XML_REFUSED : WP_XML_WHOLE, "%zu times %s: %d, %s", count, text,
		     outcome.end, outcome.what);
	cr_expect_str_eq(outcome.what, what, "%zu times %s: %s", count, text, outcome.what);
	wp_buf_free(&told.text);
	wp_buf_free(&xml);
}

/* An element with @count attributes. */
static void expect_attributes(size_t count, const char *format, const char *what)
{
	struct told told = { 0 };
	struct wp_buf xml = { 0 };
	struct wp_xml_outcome outcome;

	wp_buf_puts(&xml, "<!-- <a b='=='=== ><![CDATA[<a ===]]> --><a><![CDATA[<a b===]]><b");
	for (size_t i = 0; i < count; i++)
		wp_buf_printf(&xml, " %s%zu='=>'", format, i);
	wp_buf_puts(&xml, ">=</b></a>");
	read_pieces((struct pieces){ xml.data, xml.length, 1000, false }, 0, &told, &outcome);
	cr_expect_str_eq(outcome.what, what, "%zu attributes: %s", count, outcome.what);
	wp_buf_free(&told.text);
	wp_buf_free(&xml);
}

Test(xml, limits)
{
	static const char many[] = "has too many attributes", deep[] = "is nested too deeply",
			  elements[] = "has too many elements",
			  markup[] = "has a tag or instruction that is too long";

	expect_attributes(WP_LIMIT_XML_ATTRIBUTES, "a", "");
	expect_attributes(WP_LIMIT_XML_ATTRIBUTES + 1, "a", many);
	expect_attributes(500000, "a", many);
	expect_attributes(WP_LIMIT_XML_ATTRIBUTES, "xmlns:a", "");
	/* Declared one after the other, they are in force one by one; in each other, all together. */
	expect_repeated("<a>", "<b xmlns:n='u'/>", 10 * WP_LIMIT_XML_ATTRIBUTES, "</a>", 0, "");
	expect_repeated("<a xmlns:n='u'>", "<b xmlns:n='u'>", WP_LIMIT_XML_ATTRIBUTES, "", 0, many);
	expect_repeated("<a>", "<b/>", 99, "</a>", 100, "");
	expect_repeated("<a>", "<b/>", 100, "</a>", 100, elements);
	expect_repeated("<a>", "<b c='d'/>", 50, "</a>", 100, elements);
	expect_repeated("<a>", "<?b?>", 99, "</a>", 100, "");
	expect_repeated("<a>", "<?b?>", 100, "</a>", 100, elements);
	expect_repeated("<a>", "<b/>", 100000, "</a>", 0, "");
	expect_repeated("", "<a>", 100000, "", 0, deep);
	expect_repeated("<a b='", "c", WP_LIMIT_XML_MARKUP - 8, "'/>", 0, "");
	expect_repeated("<a b='", "c", WP_LIMIT_XML_MARKUP, "'/>", 0, markup);
	expect_repeated("<a><?b ", "?c", WP_LIMIT_XML_MARKUP / 2 - 4, "?></a>", 0, "");
	expect_repeated("<a><?b ", "?c", WP_LIMIT_XML_MARKUP / 2, "?></a>", 0, markup);
	/* Text and CDATA are given as they come, and comments are passed over, however long they are. */
	expect_repeated("<a><!--", "-c", WP_LIMIT_XML_MARKUP, "--></a>", 0, "");
	expect_repeated("<a>", "0123456789abcdef", 2 * WP_LIMIT_XML_MARKUP / 16, "</a>", 0, "");
	expect_repeated("<a><![CDATA[", "0123456789abcde]", 2 * WP_LIMIT_XML_MARKUP / 16, "]]></a>", 0, "");
}

static void expect_depth(size_t depth, const char *what)
{
	struct told told = { 0 };
	struct wp_buf xml = { 0 };
	struct wp_xml_outcome outcome;

	for (size_t i = 0; i < depth; i++)
		wp_buf_puts(&xml, "<a>");
	for (size_t i = 0; i < depth; i++)
		wp_buf_puts(&xml, "</a>");
	read_pieces((struct pieces){ xml.data, xml.length, 1000, false }, 0, &told, &outcome);
	cr_expect_str_eq(outcome.what, what);
	wp_buf_free(&told.text);
	wp_buf_free(&xml);
}

Test(xml, limit_of_the_depth)
{
	expect_depth(WP_LIMIT_NESTING, "");
	expect_depth(WP_LIMIT_NESTING + 1, "is nested too deeply");
}

/* 16 MiB of anything take a fraction of a second; the sanitizers and valgrind take their share. */
Test(xml, time_is_linear)
{
	static const char *const pieces[] = { "<b c='d' e='f'/>", "<!--23456789-->a", "<?b 234567?>&#x4", "<![CDATA[abc]]>=",
					      "0123456789<b/>ab", "<b>&amp;&lt;</b>" };

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct told told = { 0 };
		struct wp_buf xml = { 0 };
		struct wp_xml_outcome outcome;
		clock_t begin = clock();

		wp_buf_puts(&xml, "<a>");
		while (xml.length < 16u << 20)
			wp_buf_puts(&xml, pieces[i]);
		wp_buf_puts(&xml, "</a>");
		read_pieces((struct pieces){ xml.data, xml.length, SIZE_MAX, false }, 0, &told, &outcome);
		cr_expect_lt((double)(clock() - begin) / CLOCKS_PER_SEC, 20.0, "%s", pieces[i]);
		wp_buf_free(&told.text);
		wp_buf_free(&xml);
	}
}

/* Both of one document: what was told, and how it ended. */
static void expect_same_reading(const char *xml, size_t length)
{
	struct told whole = { 0 }, pieces = { 0 };
	struct wp_xml_outcome a, b;

	wp_xml_read_text(xml, length, &(struct wp_xml_handler){ on_start, on_text, on_end, &whole, 0 }, &a);
	read_pieces((struct pieces){ xml, length, 1000, false }, 0, &pieces, &b);
	cr_expect_eq(a.end, b.end, "%.*s", (int)length, xml);
	cr_expect_str_eq(a.what, b.what, "%.*s", (int)length, xml);
	cr_expect(a.line == b.line && a.column == b.column, "%.*s: %zu, %zu and %zu, %zu", (int)length, xml, a.line, a.column, b.line,
		  b.column);
	cr_expect_str_eq(wp_buf_text(&whole.text), wp_buf_text(&pieces.text), "%.*s", (int)length, xml);
	wp_buf_free(&whole.text);
	wp_buf_free(&pieces.text);
}

/* Cut and changed everywhere, or at every so manieth byte. */
static void expect_same_readings(const char *document, size_t step)
{
	static const char others[] = "<>&;'\"=/!?-[]x \n\x01\xc3\xff";
	size_t length = strlen(document);
	char *xml = malloc(length);

	for (size_t end = 0; end <= length; end += step) {
		memcpy(xml, document, end);
		expect_same_reading(xml, end);
	}
	expect_same_reading(document, length);
	for (size_t at = 0; at < length; at += step)
		for (size_t k = 0; k < sizeof others - 1; k++) {
			memcpy(xml, document, length);
			xml[at] = others[k];
			expect_same_reading(xml, length);
		}
	free(xml);
}

/* A small text is given to libxml2 at once and not piece by piece, which is nobody's business. */
Test(xml, a_text_reads_as_its_pieces_do)
{
	static const char *const documents[] = {
		"<?xml version='1.0' encoding='UTF-16'?>\n<WIM><IMAGE INDEX=\"1\"><NAME>a &amp; b</NAME>\n<N><![CDATA[<c>]]></N></IMAGE></WIM>\n",
		"\xef\xbb\xbf<a b='&lt;&#65;' c:d=\"e\"><!-- f --><?g h?>\r\n<i/>\xc3\xa4\xf0\x90\x80\x80</a>",
		"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
	};
	struct wp_buf large = { 0 };

	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
		expect_same_readings(documents[i], 1);
	/* Of more than libxml2 takes at once. */
	wp_buf_puts(&large, "<WIM>");
	for (size_t i = 0; i < 30; i++)
		wp_buf_printf(&large, "<IMAGE INDEX='%zu'><NAME>W\xc3\xa4hrung %zu &amp; more</NAME>\r\n<A>%0250zu</A></IMAGE>\n", i, i, i);
	wp_buf_puts(&large, "</WIM>");
	expect_same_readings(wp_buf_text(&large), 97);
	wp_buf_free(&large);
}
