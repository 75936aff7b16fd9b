/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML that is broken, of another kind, or made to hurt: one clear finding each, at no more cost than honest XML. */
#include "wim_make.h"
#include "../../src/wim/internal.h"
#include "wimplan/limits.h"

#include <time.h>

static const struct {
	const char *name, *xml, *code;
} documents[] = {
	{ "nothing", "", "xml-invalid" },
	{ "no element", "  ", "xml-invalid" },
	{ "no XML", "hello", "xml-invalid" },
	{ "cut", "<WIM><IMAGE INDEX='1'><NAME>x", "xml-invalid" },
	{ "crossed", "<WIM><A></WIM></A>", "xml-invalid" },
	{ "more behind the end", "<WIM/>x", "xml-invalid" },
	{ "two roots", "<WIM/><WIM/>", "xml-invalid" },
	{ "bare &", "<WIM><A>a & b</A></WIM>", "xml-invalid" },
	{ "unknown entity", "<WIM><A>&nbsp;</A></WIM>", "xml-invalid" },
	{ "control character", "<WIM><A>\x01</A></WIM>", "xml-invalid" },
	{ "reference to NUL", "<WIM><A>&#0;</A></WIM>", "xml-invalid" },
	{ "reference to a surrogate", "<WIM><A>&#xD800;</A></WIM>", "xml-invalid" },
	{ "attribute twice", "<WIM a='1' a='2'/>", "xml-invalid" },
	{ "attribute without value", "<WIM a/>", "xml-invalid" },
	{ "prefix that is not declared is taken", "<WIM><n:IMAGE INDEX='1'/></WIM>", "" },
	{ "other root", "<wim/>", "xml-structure" },
	{ "image as root", "<IMAGE INDEX='1'/>", "xml-structure" },
	{ "image in an image", "<WIM><IMAGE INDEX='1'><IMAGE INDEX='2'/></IMAGE></WIM>", "xml-structure" },
	{ "image elsewhere", "<WIM><IMAGES><IMAGE INDEX='1'/></IMAGES></WIM>", "xml-structure" },
	{ "image in a name", "<WIM><IMAGE INDEX='1'><NAME><IMAGE/></NAME></IMAGE></WIM>", "xml-structure" },
	{ "DTD", "<!DOCTYPE WIM><WIM/>", "xml-structure" },
	{ "DTD with a subset", "<!DOCTYPE WIM [<!ENTITY a 'b'>]><WIM>&a;</WIM>", "xml-structure" },
	{ "XXE",
	  "<!DOCTYPE WIM [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
	  "<WIM><IMAGE INDEX='1'><NAME>&a;</NAME></IMAGE></WIM>",
	  "xml-structure" },
	{ "DTD elsewhere", "<!DOCTYPE WIM SYSTEM 'http://127.0.0.1:9/x.dtd'><WIM/>", "xml-structure" },
	{ "parameter entity", "<!DOCTYPE WIM [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><WIM/>", "xml-structure" },
	{ "a billion laughs",
	  "<!DOCTYPE WIM [<!ENTITY a '0123456789'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
	  "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
	  "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;'>"
	  "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h '&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;'>]>"
	  "<WIM><IMAGE INDEX='1'><NAME>&h;</NAME></IMAGE></WIM>",
	  "xml-structure" },
};

/* Parses and expects one finding with @code, or none and metadata. */
static void expect(const char *name, const char *xml, size_t length, const char *code)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diags diags = { 0 };
	struct wp_wim_metadata *metadata = wp_wim_xml_parse_utf8(arena, xml, length, -1, &diags);

	cr_expect_str_eq(only_code(&diags), code, "%s: %s", name, only_code(&diags));
	cr_expect_eq(metadata != NULL, *code == '\0', "%s", name);
	if (diags.count && strcmp(code, "xml-invalid") == 0)
		cr_expect(diags.items[0].detail && strncmp(diags.items[0].detail, "line ", 5) == 0, "%s", name);
	wp_arena_free(arena);
}

Test(wim, hostile_documents)
{
	size_t i;

	for (i = 0; i < sizeof documents / sizeof documents[0]; i++)
		expect(documents[i].name, documents[i].xml, strlen(documents[i].xml), documents[i].code);
	expect("NUL", "<WIM>\0</WIM>", 12, "xml-encoding");
	expect("not UTF-8", "<WIM>\xff</WIM>", 12, "xml-encoding");
}

static const struct {
	const char *name, *bytes;
	size_t length;
	const char *code;
} encodings[] = {
	{ "without BOM", "<\0W\0I\0M\0/\0>\0", 12, "" },
	{ "with BOM", "\xff\xfe<\0W\0I\0M\0/\0>\0", 14, "" },
	{ "with terminators", "\xff\xfe<\0W\0I\0M\0/\0>\0\0\0\0\0", 18, "" },
	{ "odd", "\xff\xfe<\0W\0I\0M\0/\0>\0\0", 15, "xml-encoding" },
	{ "one byte", "<", 1, "xml-encoding" },
	{ "nothing", "", 0, "xml-invalid" },
	{ "BOM alone", "\xff\xfe", 2, "xml-invalid" },
	{ "UTF-8", "<WIM/>", 6, "xml-encoding" },
	{ "UTF-8 with BOM", "\xef\xbb\xbf<WIM/>", 9, "xml-encoding" },
	{ "big-endian", "\0<\0W\0I\0M\0/\0>", 12, "xml-encoding" },
	{ "big-endian with BOM", "\xfe\xff\0<\0W\0I\0M\0/\0>", 14, "xml-encoding" },
	{ "NUL inside", "<\0W\0I\0M\0>\0\0\0<\0/\0W\0I\0M\0>\0", 24, "xml-encoding" },
	{ "high surrogate alone", "<\0W\0I\0M\0>\0\x3d\xd8<\0/\0W\0I\0M\0>\0", 24, "xml-encoding" },
	{ "low surrogate alone", "<\0W\0I\0M\0>\0\0\xde<\0/\0W\0I\0M\0>\0", 24, "xml-encoding" },
	{ "high surrogate at the end", "<\0W\0I\0M\0/\0>\0\x3d\xd8", 14, "xml-encoding" },
	{ "surrogate pair", "<\0W\0I\0M\0>\0\x3d\xd8\0\xde<\0/\0W\0I\0M\0>\0", 26, "" },
};

Test(wim, hostile_encodings)
{
	size_t i;

	for (i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_diags diags = { 0 };
		/* On the heap and exactly as long, so that a sanitizer sees a byte too many. */
		uint8_t *bytes = malloc(encodings[i].length + !encodings[i].length);
		struct wp_wim_metadata *metadata = NULL;
		const char *text;
		size_t length;

		memcpy(bytes, encodings[i].bytes, encodings[i].length);
		if (wp_wim_xml_decode(arena, bytes, encodings[i].length, arena, &text, &length, &diags))
			metadata = wp_wim_xml_parse_utf8(arena, text, length, -1, &diags);
		cr_expect_str_eq(only_code(&diags), encodings[i].code, "%s: %s", encodings[i].name, only_code(&diags));
		cr_expect_eq(metadata != NULL, *encodings[i].code == '\0', "%s", encodings[i].name);
		free(bytes);
		wp_arena_free(arena);
	}
}

/* @count times @text between @before and @after. */
static void repeat(struct wp_buf *buf, const char *before, const char *text, size_t count, const char *after)
{
	wp_buf_puts(buf, before);
	while (count--)
		wp_buf_puts(buf, text);
	wp_buf_puts(buf, after);
}

static void expect_repeated(const char *name, const char *before, const char *text, size_t count, const char *after,
			    const char *code)
{
	struct wp_buf xml = { 0 };

	repeat(&xml, before, text, count, after);
	expect(name, xml.data, xml.length, code);
	wp_buf_free(&xml);
}

static void expect_depth(size_t depth, const char *code)
{
	struct wp_buf xml = { 0 };

	/* WIM is the first level. */
	repeat(&xml, "<WIM>", "<A>", depth - 1, "x");
	repeat(&xml, "", "</A>", depth - 1, "</WIM>");
	expect("depth", xml.data, xml.length, code);
	wp_buf_free(&xml);
}

/* WIM with IMAGEs 1 to @count. */
static void expect_images(size_t count, const char *code)
{
	struct wp_buf xml = { 0 };
	size_t i;

	wp_buf_puts(&xml, "<WIM>");
	for (i = 1; i <= count; i++)
		wp_buf_printf(&xml, "<IMAGE INDEX='%zu'/>", i);
	wp_buf_puts(&xml, "</WIM>");
	expect("images", xml.data, xml.length, code);
	wp_buf_free(&xml);
}

/* An element with @count attributes, the first @namespaces of which declare one. */
static void expect_attributes(size_t count, size_t namespaces, const char *code)
{
	struct wp_buf xml = { 0 };
	size_t i;

	wp_buf_puts(&xml, "<WIM><!-- <a b='=='=== ><![CDATA[<a ===]]> --><![CDATA[<a b===]]><A");
	for (i = 0; i < count; i++)
		wp_buf_printf(&xml, " %sa%zu='=>'", i < namespaces ? "xmlns:" : "", i);
	wp_buf_puts(&xml, ">=</A></WIM>");
	expect("attributes", xml.data, xml.length, code);
	wp_buf_free(&xml);
}

/* The text of one element, which a comment and a CDATA section divide for libxml2 and not for us. */
static void expect_text(size_t length, const char *code)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_diags diags = { 0 };
	struct wp_buf xml = { 0 };
	struct wp_wim_metadata *metadata;

	repeat(&xml, "<WIM><IMAGE INDEX='1'><NAME>", "x", length / 2, "<!-- -->");
	repeat(&xml, "<![CDATA[", "x", length - length / 2, "]]></NAME><FLAGS>y</FLAGS></IMAGE></WIM>");
	metadata = wp_wim_xml_parse_utf8(arena, xml.data, xml.length, 1, &diags);
	cr_expect_str_eq(only_code(&diags), code);
	if (metadata)
		cr_expect_eq(strlen(metadata->images[0].name), length);
	wp_buf_free(&xml);
	wp_arena_free(arena);
}

/* Two elements of an image, the second one with what the limit leaves and then one byte more. */
static void expect_kept(const char *name, const char *first, const char *second, const char *end)
{
	size_t paths = first[1] == 'A' ? 2 * WP_XML_ENTRY + (*end ? strlen("AB") + strlen("FLAGS/@C") : strlen("ABCD")) : 0;

	for (size_t over = 0; over < 2; over++) {
		size_t rest = *end ? 1000 : WP_LIMIT_XML_KEPT / 2;
		struct wp_buf xml = { 0 };

		repeat(&xml, "<WIM><IMAGE INDEX='1'>", "", 0, first);
		repeat(&xml, "", "x", WP_LIMIT_XML_KEPT - WP_XML_IMAGE - rest - paths, "</");
		repeat(&xml, "", first + 1, 1, second);
		repeat(&xml, "", "y", rest + over, "");
		if (*end)
			wp_buf_puts(&xml, end);
		else
			repeat(&xml, "</", second + 1, 1, "");
		wp_buf_puts(&xml, "</IMAGE></WIM>");
		expect(name, xml.data, xml.length, over ? "xml-structure" : "");
		wp_buf_free(&xml);
	}
}

/* As many languages as are kept, and @over more. */
static void expect_languages(size_t over, const char *code)
{
	size_t most = (WP_LIMIT_XML_KEPT - WP_XML_IMAGE) / (WP_XML_LANGUAGE + 1);
	struct wp_buf xml = { 0 };

	repeat(&xml, "<WIM><IMAGE INDEX='1'><WINDOWS><LANGUAGES>", "<LANGUAGE>x</LANGUAGE>", most + over,
	       "</LANGUAGES></WINDOWS></IMAGE></WIM>");
	expect("languages", xml.data, xml.length, code);
	wp_buf_free(&xml);
}

Test(wim, hostile_limits)
{
	expect_depth(WP_LIMIT_NESTING, "");
	expect_depth(WP_LIMIT_NESTING + 1, "xml-structure");
	expect_depth(1000000, "xml-structure");
	expect_images(WP_LIMIT_IMAGES, "");
	expect_images(WP_LIMIT_IMAGES + 1, "too-many-images");
	expect_attributes(WP_LIMIT_XML_ATTRIBUTES, 0, "");
	expect_attributes(WP_LIMIT_XML_ATTRIBUTES + 1, 0, "xml-structure");
	expect_attributes(WP_LIMIT_XML_ATTRIBUTES, WP_LIMIT_XML_ATTRIBUTES, "");
	expect_attributes(500000, 0, "xml-structure");
	expect_repeated("elements", "<WIM>", "<A/>", WP_LIMIT_XML_OTHER, "</WIM>", "");
	expect_repeated("elements", "<WIM>", "<A/>", WP_LIMIT_XML_OTHER + 1, "</WIM>", "xml-structure");
	expect_repeated("attributes", "<WIM>", "<A b=''/>", WP_LIMIT_XML_OTHER / 2, "</WIM>", "");
	expect_repeated("attributes", "<WIM>", "<A b=''/>", WP_LIMIT_XML_OTHER / 2 + 1, "</WIM>", "xml-structure");
	/* WIM itself counts as well. */
	expect_repeated("instructions", "<WIM>", "<?a?>", WP_LIMIT_XML_ELEMENTS - 1, "</WIM>", "");
	expect_repeated("instructions", "<WIM>", "<?a?>", WP_LIMIT_XML_ELEMENTS, "</WIM>", "xml-structure");
	/* The value, FLAGS with one byte, and the image. */
	expect_text(WP_LIMIT_XML_KEPT - 1 - WP_XML_IMAGE, "");
	expect_text(WP_LIMIT_XML_KEPT - WP_XML_IMAGE, "xml-structure");
	expect_text(WP_LIMIT_XML_KEPT, "xml-structure");
	expect_text(WP_LIMIT_XML_KEPT + 1, "xml-structure");
	expect_languages(0, "");
	expect_languages(1, "xml-structure");
	expect_kept("values", "<NAME>", "<DESCRIPTION>", "");
	expect_kept("unknown elements", "<AB>", "<CD>", "");
	expect_kept("an attribute", "<AB>", "<FLAGS C='", "'/>");
}

Test(wim, hostile_long_names_do_not_multiply)
{
	struct wp_buf xml = { 0 };

	/*
	 * 60,000 elements below one with a name of 40,000 bytes: their paths would take 2.4 GB. With equal names the path is
	 * kept once, and would be compared and shown 60,000 times.
	 */
	for (int equal = 0; equal < 2; equal++) {
		clock_t begin = clock();

		xml.length = 0;
		repeat(&xml, "<WIM><", "N", 40000, ">");
		repeat(&xml, "", equal ? "<A/><A/>" : "<A/><B/>", 30000, "</");
		repeat(&xml, "", "N", 40000, "></WIM>");
		expect("long names", xml.data, xml.length, "xml-structure");
		cr_expect_lt((double)(clock() - begin) / CLOCKS_PER_SEC, 1.0);
	}
	wp_buf_free(&xml);
}

Test(wim, hostile_million_elements)
{
	struct wp_buf xml = { 0 };
	struct timespec start, end;

	repeat(&xml, "<WIM><IMAGE INDEX='1'>", "<A>x</A>", 1000000, "</IMAGE></WIM>");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	expect("a million elements", xml.data, xml.length, "xml-structure");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	/* A second is what is promised; the sanitizers and valgrind take their share. */
	cr_expect_lt(end.tv_sec - start.tv_sec, 20);
	wp_buf_free(&xml);
}
