/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From XML to the model: every field, every rule of the contract, and that nothing is lost. */
#include "wim_make.h"
#include "wimplan/limits.h"

/* What one text gave. */
struct parsed {
	struct wp_arena *arena;
	struct wp_diags diags;
	struct wp_wim_metadata *metadata;
};

static struct parsed parse(const char *xml, int64_t image_count)
{
	struct parsed parsed = { .arena = wp_arena_new() };

	parsed.metadata = wp_wim_xml_parse_utf8(parsed.arena, xml, strlen(xml), image_count, &parsed.diags);
	return parsed;
}

static void done(struct parsed *parsed)
{
	wp_arena_free(parsed->arena);
}

static const char full[] =
	"<WIM><TOTALBYTES>5000000000</TOTALBYTES>"
	"<IMAGE INDEX=\"1\"><DIRCOUNT>17</DIRCOUNT><FILECOUNT>96</FILECOUNT><TOTALBYTES>12000000000</TOTALBYTES>"
	"<HARDLINKBYTES>0</HARDLINKBYTES><CREATIONTIME><HIGHPART>0x01DA5F2C</HIGHPART><LOWPART>0x9A3B4C5D</LOWPART>"
	"</CREATIONTIME><LASTMODIFICATIONTIME><HIGHPART>0x00000000</HIGHPART><LOWPART> 0x0 </LOWPART>"
	"</LASTMODIFICATIONTIME><WIMBOOT>1</WIMBOOT><WINDOWS><ARCH>9</ARCH><PRODUCTNAME>Produkt®</PRODUCTNAME>"
	"<EDITIONID>Enterprise</EDITIONID><INSTALLATIONTYPE>Client</INSTALLATIONTYPE><SERVICINGDATA>"
	"<GDRDUREVISION>20250101</GDRDUREVISION><PKEYCONFIGVERSION>1.2;2025</PKEYCONFIGVERSION>"
	"<IMAGESTATE>STATE</IMAGESTATE></SERVICINGDATA><HAL>hal</HAL><PRODUCTTYPE>WinNT</PRODUCTTYPE>"
	"<PRODUCTSUITE>Suite</PRODUCTSUITE><LANGUAGES><LANGUAGE>nb-NO</LANGUAGE>"
	"<FALLBACK LANGUAGE=\"nb-NO\">en-US</FALLBACK><LANGUAGE>de-DE</LANGUAGE><FALLBACK>fr-FR</FALLBACK>"
	"<DEFAULT>de-DE</DEFAULT></LANGUAGES><VERSION><MAJOR>10</MAJOR><MINOR>0</MINOR><BUILD>30000</BUILD>"
	"<SPBUILD>77</SPBUILD><SPLEVEL>0</SPLEVEL><BRANCH>branch</BRANCH></VERSION><SYSTEMROOT>WINDOWS</SYSTEMROOT>"
	"</WINDOWS><NAME>Name</NAME><DESCRIPTION>Text</DESCRIPTION><FLAGS>Flags</FLAGS>"
	"<DISPLAYNAME>Shown</DISPLAYNAME><DISPLAYDESCRIPTION>Told</DISPLAYDESCRIPTION></IMAGE></WIM>";

Test(wim, xml_every_field)
{
	struct parsed parsed = parse(full, 1);
	const struct wp_wim_image *image;
	const struct wp_wim_windows *windows;

	cr_assert_not_null(parsed.metadata);
	cr_expect_eq(parsed.diags.count, 0);
	cr_expect(parsed.metadata->total_bytes.known);
	cr_expect_eq(parsed.metadata->total_bytes.value, 5000000000);
	cr_expect_eq(parsed.metadata->other_count, 0);
	cr_assert_eq(parsed.metadata->image_count, 1);
	image = parsed.metadata->images;
	cr_expect_eq(image->index, 1);
	cr_expect_str_eq(image->name, "Name");
	cr_expect_str_eq(image->description, "Text");
	cr_expect_str_eq(image->display_name, "Shown");
	cr_expect_str_eq(image->display_description, "Told");
	cr_expect_str_eq(image->flags, "Flags");
	cr_expect_eq(image->dir_count.value, 17);
	cr_expect_eq(image->file_count.value, 96);
	cr_expect_eq(image->total_bytes.value, 12000000000);
	cr_expect(image->hard_link_bytes.known);
	cr_expect_eq(image->hard_link_bytes.value, 0);
	cr_expect_str_eq(wp_time_iso_ticks(parsed.arena, image->last_modification_time),
			 "1601-01-01T00:00:00.0000000Z");
	cr_expect_eq(image->creation_time.ticks, 0x01DA5F2C9A3B4C5D);
	cr_expect(image->wimboot.known);
	cr_expect_eq(image->wimboot.value, 1);
	cr_expect_eq(image->other_count, 0);
	windows = image->windows;
	cr_assert_not_null(windows);
	cr_expect_eq(windows->architecture.value, 9);
	cr_expect_str_eq(windows->product_name, "Produkt®");
	cr_expect_str_eq(windows->edition_id, "Enterprise");
	cr_expect_str_eq(windows->installation_type, "Client");
	cr_expect_str_eq(windows->product_type, "WinNT");
	cr_expect_str_eq(windows->product_suite, "Suite");
	cr_expect_str_eq(windows->hal, "hal");
	cr_expect_str_eq(windows->system_root, "WINDOWS");
	cr_assert_eq(windows->language_count, 2);
	cr_expect_str_eq(windows->languages[0], "nb-NO");
	cr_expect_str_eq(windows->languages[1], "de-DE");
	cr_expect_str_eq(windows->default_language, "de-DE");
	cr_assert_eq(windows->fallback_count, 2);
	cr_expect_str_eq(windows->fallbacks[0].language, "nb-NO");
	cr_expect_str_eq(windows->fallbacks[0].fallback, "en-US");
	cr_expect_str_eq(windows->fallbacks[1].language, "");
	cr_expect_str_eq(windows->fallbacks[1].fallback, "fr-FR");
	cr_expect_str_eq(windows->version, "10.0.30000.77");
	cr_expect_eq(windows->major.value, 10);
	cr_expect_eq(windows->minor.value, 0);
	cr_expect_eq(windows->build.value, 30000);
	cr_expect_eq(windows->service_pack_build.value, 77);
	cr_expect(windows->service_pack_level.known);
	cr_expect_str_eq(windows->branch, "branch");
	cr_assert_not_null(windows->servicing);
	cr_expect_str_eq(windows->servicing->gdr_du_revision, "20250101");
	cr_expect_str_eq(windows->servicing->pkey_config_version, "1.2;2025");
	cr_expect_str_eq(windows->servicing->image_state, "STATE");
	done(&parsed);
}

Test(wim, xml_absent_and_empty)
{
	static const char xml[] =
		"<WIM><IMAGE INDEX='1'/><IMAGE INDEX='2'><NAME/><DESCRIPTION></DESCRIPTION><WINDOWS>"
		"<LANGUAGES><LANGUAGE/></LANGUAGES><SERVICINGDATA/><VERSION/></WINDOWS></IMAGE></WIM>";
	struct parsed parsed = parse(xml, 2);
	const struct wp_wim_image *image;

	cr_assert_not_null(parsed.metadata);
	cr_expect_eq(parsed.diags.count, 0);
	cr_expect_not(parsed.metadata->total_bytes.known);
	cr_assert_eq(parsed.metadata->image_count, 2);
	image = &parsed.metadata->images[0];
	cr_expect_null(image->name);
	cr_expect_null(image->windows);
	cr_expect_not(image->dir_count.known);
	cr_expect_not(image->creation_time.known);
	cr_expect_not(image->wimboot.known);
	image = &parsed.metadata->images[1];
	cr_expect_str_eq(image->name, "");
	cr_expect_str_eq(image->description, "");
	cr_assert_not_null(image->windows);
	cr_expect_null(image->windows->product_name);
	cr_expect_null(image->windows->version);
	cr_expect_eq(image->windows->language_count, 1);
	cr_expect_str_eq(image->windows->languages[0], "");
	cr_expect_null(image->windows->default_language);
	cr_assert_not_null(image->windows->servicing);
	cr_expect_null(image->windows->servicing->image_state);
	cr_expect_eq(image->other_count, 0);
	done(&parsed);
}

/* The text of the element NAME comes through as it stands. */
static const struct {
	const char *xml, *name;
} texts[] = {
	{ "  x\n ", "  x\n " },
	{ "a<!-- no -->b<![CDATA[<c>]]>d", "ab<c>d" },
	{ "a<?pi x?>b", "ab" },
	{ "&lt;&amp;&#65;&#x1F600;", "<&A😀" },
	{ "<![CDATA[]]>", "" },
	{ "Windows 11PE 网络版 é 😀", "Windows 11PE 网络版 é 😀" },
	{ "a\r\nb", "a\nb" },
	{ "a<B>c</B>d", "ad" },
};

Test(wim, xml_text)
{
	size_t i;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char xml[256];
		struct parsed parsed;

		snprintf(xml, sizeof xml, "<WIM><IMAGE INDEX='1'><NAME>%s</NAME></IMAGE></WIM>", texts[i].xml);
		parsed = parse(xml, 1);
		cr_assert_not_null(parsed.metadata, "%s", texts[i].xml);
		cr_expect_str_eq(parsed.metadata->images[0].name, texts[i].name, "%s", texts[i].xml);
		done(&parsed);
	}
}

/* What becomes of an image's content; the one finding's code, "" for none, and words that it has to say. */
static const struct {
	const char *xml, *code, *words;
} values[] = {
	{ "<DIRCOUNT> \n12\t</DIRCOUNT>", "", "" },
	{ "<DIRCOUNT>18446744073709551615</DIRCOUNT>", "", "" },
	{ "<DIRCOUNT>18446744073709551616</DIRCOUNT>", "bad-value", "image 1, DIRCOUNT" },
	{ "<DIRCOUNT></DIRCOUNT>", "bad-value", "image 1, DIRCOUNT: \"\"" },
	{ "<DIRCOUNT>-1</DIRCOUNT>", "bad-value", "\"-1\"" },
	{ "<DIRCOUNT>0x10</DIRCOUNT>", "bad-value", "\"0x10\"" },
	{ "<DIRCOUNT>1 2</DIRCOUNT>", "bad-value", "\"1 2\"" },
	{ "<WINDOWS><ARCH>x64</ARCH></WINDOWS>", "bad-value", "image 1, WINDOWS/ARCH: \"x64\"" },
	{ "<WINDOWS><ARCH>ääääääääääääääääääääääääääääää</ARCH></WINDOWS>", "bad-value", "ä…\"" },
	{ "<WINDOWS><VERSION><BUILD>b</BUILD></VERSION></WINDOWS>", "bad-value", "WINDOWS/VERSION/BUILD" },
	{ "<WIMBOOT>0</WIMBOOT>", "", "" },
	{ "<WIMBOOT>2</WIMBOOT>", "bad-value", "image 1, WIMBOOT: \"2\"" },
	{ "<WIMBOOT>true</WIMBOOT>", "bad-value", "WIMBOOT" },
	{ "<CREATIONTIME/>", "bad-value", "image 1, CREATIONTIME: there is no HIGHPART" },
	{ "<CREATIONTIME><HIGHPART>0x1</HIGHPART></CREATIONTIME>", "bad-value", "CREATIONTIME: there is no LOWPART" },
	{ "<CREATIONTIME><HIGHPART>0x1</HIGHPART><LOWPART>zz</LOWPART></CREATIONTIME>", "bad-value",
	  "CREATIONTIME/LOWPART: \"zz\"" },
	{ "<CREATIONTIME><HIGHPART>0x100000000</HIGHPART><LOWPART>0x0</LOWPART></CREATIONTIME>", "bad-value",
	  "CREATIONTIME/HIGHPART" },
	{ "<CREATIONTIME><HIGHPART>0x24C85A5E</HIGHPART><LOWPART>0xD1C03FFF</LOWPART></CREATIONTIME>", "", "" },
	{ "<CREATIONTIME><HIGHPART>0x24C85A5E</HIGHPART><LOWPART>0xD1C04000</LOWPART></CREATIONTIME>", "bad-value",
	  "beyond the year 9999" },
	{ "<LASTMODIFICATIONTIME><HIGHPART>0xFFFFFFFF</HIGHPART><LOWPART>0xFFFFFFFF</LOWPART></LASTMODIFICATIONTIME>",
	  "bad-value", "image 1, LASTMODIFICATIONTIME" },
};

Test(wim, xml_values)
{
	size_t i;

	for (i = 0; i < sizeof values / sizeof values[0]; i++) {
		char xml[512];
		struct parsed parsed;

		snprintf(xml, sizeof xml, "<WIM><IMAGE INDEX='1'>%s</IMAGE></WIM>", values[i].xml);
		parsed = parse(xml, 1);
		cr_assert_not_null(parsed.metadata, "%s", values[i].xml);
		cr_expect_str_eq(only_code(&parsed.diags), values[i].code, "%s", values[i].xml);
		if (parsed.diags.count) {
			const struct wp_wim_image *image = parsed.metadata->images;

			cr_expect_eq(parsed.diags.items[0].severity, WP_SEVERITY_WARNING);
			cr_expect(strstr(parsed.diags.items[0].summary, values[i].words), "%s: %s", values[i].xml,
				  parsed.diags.items[0].summary);
			cr_expect_not(image->dir_count.known || image->wimboot.known || image->creation_time.known ||
				      image->last_modification_time.known);
		}
		done(&parsed);
	}
}

Test(wim, xml_bad_values_are_not_told_without_end)
{
	struct wp_buf xml = { 0 };
	struct parsed parsed;
	int i;

	wp_buf_puts(&xml, "<WIM>");
	for (i = 1; i <= 1000; i++)
		wp_buf_printf(&xml, "<IMAGE INDEX='%d'><DIRCOUNT/></IMAGE>", i);
	wp_buf_puts(&xml, "</WIM>");
	parsed = parse(xml.data, 1000);
	cr_assert_not_null(parsed.metadata);
	cr_expect_eq(parsed.diags.count, 65);
	cr_expect(strstr(parsed.diags.items[64].summary, "936 more"), "%s", parsed.diags.items[64].summary);
	done(&parsed);
	wp_buf_free(&xml);
}

static const struct {
	const char *xml, *version;
} versions[] = {
	{ "<MAJOR>6</MAJOR><MINOR>1</MINOR><BUILD>7601</BUILD>", "6.1.7601" },
	{ "<MAJOR>6</MAJOR><MINOR>1</MINOR><BUILD>7601</BUILD><SPLEVEL>1</SPLEVEL>", "6.1.7601" },
	{ "<SPBUILD>1</SPBUILD><BUILD>7601</BUILD><MINOR>1</MINOR><MAJOR>6</MAJOR>", "6.1.7601.1" },
	{ "<MAJOR>6</MAJOR><MINOR>1</MINOR><SPBUILD>1</SPBUILD>", NULL },
	{ "<MAJOR>6</MAJOR><MINOR>x</MINOR><BUILD>7601</BUILD>", NULL },
	{ "<MINOR>1</MINOR><BUILD>7601</BUILD>", NULL },
};

Test(wim, xml_versions)
{
	size_t i;

	for (i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		char xml[512];
		struct parsed parsed;
		const char *version;

		snprintf(xml, sizeof xml,
			 "<WIM><IMAGE INDEX='1'><WINDOWS><VERSION>%s</VERSION></WINDOWS></IMAGE></WIM>",
			 versions[i].xml);
		parsed = parse(xml, 1);
		cr_assert_not_null(parsed.metadata, "%s", versions[i].xml);
		version = parsed.metadata->images[0].windows->version;
		if (versions[i].version)
			cr_expect(version && strcmp(version, versions[i].version) == 0, "%s", versions[i].xml);
		else
			cr_expect_null(version, "%s", versions[i].xml);
		done(&parsed);
	}
}

/* What is kept, one "path=value" after the other. */
static void list_other(struct wp_buf *buf, const struct wp_wim_other *other, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		wp_buf_printf(buf, "%s=%s\n", other[i].path, other[i].value);
}

Test(wim, xml_other)
{
	static const char xml[] =
		"<WIM v='1&amp;&lt;2'>stray<ESD><KEY>k</KEY></ESD><TOTALBYTES>1</TOTALBYTES>"
		"<IMAGE INDEX='1' x='y'><NAME>first</NAME><NAME lang='de'>second</NAME><NOTES>n</NOTES><NOTES/>"
		"<A><B c='d'> <E>e</E> f </B><B/></A>text<FLAGS>f<G>g</G></FLAGS>"
		"<WINDOWS w='0'>odd<ARCH>0</ARCH><ARCH>1</ARCH><image>low</image><LANGUAGES>"
		"<LANGUAGE a='b'>c</LANGUAGE>"
		"<DEFAULT>c</DEFAULT><DEFAULT>d</DEFAULT></LANGUAGES><VERSION>10.0</VERSION>"
		"<LANGUAGES><LANGUAGE>z</LANGUAGE></LANGUAGES></WINDOWS>"
		"<WINDOWS><ARCH>12</ARCH></WINDOWS><CREATIONTIME><HIGHPART>0x0</HIGHPART><LOWPART>0x0</LOWPART>"
		"<HIGHPART>0x7</HIGHPART></CREATIONTIME></IMAGE><TOTALBYTES>2</TOTALBYTES><image>low</image></WIM>";
	struct parsed parsed = parse(xml, 1);
	struct wp_buf buf = { 0 };
	const struct wp_wim_image *image;

	cr_assert_not_null(parsed.metadata);
	cr_expect_eq(parsed.diags.count, 0);
	list_other(&buf, parsed.metadata->other, parsed.metadata->other_count);
	cr_expect_str_eq(wp_buf_text(&buf), "@v=1&<2\nESD/KEY=k\nTOTALBYTES=2\nimage=low\n.=stray\n");
	cr_expect_eq(parsed.metadata->total_bytes.value, 1);
	wp_buf_free(&buf);
	image = parsed.metadata->images;
	list_other(&buf, image->other, image->other_count);
	cr_expect_str_eq(wp_buf_text(&buf),
			 "@x=y\nNAME/@lang=de\nNAME=second\nNOTES=n\nNOTES=\nA/B/@c=d\nA/B/E=e\nA/B=  f \nA/B=\n"
			 "FLAGS/G=g\nWINDOWS/@w=0\nWINDOWS/ARCH=1\nWINDOWS/image=low\nWINDOWS/LANGUAGES/LANGUAGE/@a=b\n"
			 "WINDOWS/LANGUAGES/DEFAULT=d\nWINDOWS/VERSION=10.0\nWINDOWS/LANGUAGES/LANGUAGE=z\n"
			 "WINDOWS=odd\n"
			 "WINDOWS/ARCH=12\nCREATIONTIME/HIGHPART=0x7\n.=text\n");
	wp_buf_free(&buf);
	cr_expect_str_eq(image->name, "first");
	cr_expect_str_eq(image->flags, "f");
	cr_expect_eq(image->windows->architecture.value, 0);
	cr_expect(image->windows->architecture.known);
	cr_expect_eq(image->windows->language_count, 1);
	cr_expect_eq(image->creation_time.ticks, 0);
	done(&parsed);
}

Test(wim, xml_namespaces_and_prolog)
{
	static const char xml[] =
		"\xef\xbb\xbf<?xml version='1.0' encoding='utf-16'?><!-- c --><n:WIM xmlns:n='urn:x'>"
		"<IMAGE xmlns='urn:y' n:INDEX='1' INDEX='7'><n:NAME>x</n:NAME></IMAGE></n:WIM>";
	struct parsed parsed = parse(xml, -1);

	cr_assert_not_null(parsed.metadata);
	cr_expect_eq(parsed.diags.count, 0);
	cr_expect_str_eq(parsed.metadata->images[0].name, "x");
	cr_expect_eq(parsed.metadata->images[0].index, 1);
	cr_expect_str_eq(find_other(parsed.metadata->images[0].other, parsed.metadata->images[0].other_count, "@INDEX"),
			 "7");
	done(&parsed);
}

/* Indexes in the order of the document, what is given of them, and the findings. */
static const struct {
	const char *xml;
	int64_t image_count;
	const char *given; /* NULL: no metadata */
	const char *codes;
} indexes[] = {
	{ "", 0, "", "" },
	{ "", 1, "", "image-count-mismatch " },
	{ "<IMAGE INDEX='1'/>", -1, "1 ", "" },
	{ "<IMAGE INDEX='1'/>", 2, "1 ", "image-count-mismatch " },
	{ "<IMAGE INDEX='2'/><IMAGE INDEX=' 1 '/>", 2, "1 2 ", "" },
	{ "<IMAGE INDEX='1'/><IMAGE INDEX='3'/>", 2, "1 3 ", "missing-index " },
	{ "<IMAGE INDEX='2'/>", 1, "2 ", "missing-index " },
	{ "<IMAGE INDEX='4294967295'/>", 1, "4294967295 ", "missing-index " },
	{ "<IMAGE INDEX='1'/><IMAGE/>", 2, "1 ", "missing-index " },
	{ "<IMAGE INDEX='1'/><IMAGE INDEX='1'/>", 2, "1 ", "duplicate-index " },
	{ "<IMAGE INDEX='1'/><IMAGE INDEX='0'/>", 2, "1 ", "bad-value " },
	{ "<IMAGE INDEX='1'/><IMAGE INDEX='+2'/>", 2, "1 ", "bad-value " },
	{ "<IMAGE INDEX='1'/><IMAGE INDEX=''/>", 2, "1 ", "bad-value " },
	{ "<IMAGE INDEX='1'/><IMAGE INDEX='4294967296'/>", 2, "1 ", "bad-value " },
	{ "<IMAGE/>", 1, NULL, "missing-index missing-index " },
	{ "<IMAGE INDEX='x'/><IMAGE INDEX='y'/>", 2, NULL, "bad-value bad-value missing-index " },
	{ "<ESD><ENCRYPTED/></ESD><IMAGE INDEX='1'/>", 1, "1 ", "encrypted " },
	{ "<IMAGE INDEX='1'><ESD><ENCRYPTED/></ESD></IMAGE>", 1, "1 ", "" },
};

Test(wim, xml_indexes)
{
	size_t i, k;

	for (i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
		struct wp_buf given = { 0 }, codes = { 0 };
		struct parsed parsed;
		char xml[512];

		snprintf(xml, sizeof xml, "<WIM>%s</WIM>", indexes[i].xml);
		parsed = parse(xml, indexes[i].image_count);
		for (k = 0; parsed.metadata && k < parsed.metadata->image_count; k++)
			wp_buf_printf(&given, "%u ", parsed.metadata->images[k].index);
		for (k = 0; k < parsed.diags.count; k++)
			wp_buf_printf(&codes, "%s ", parsed.diags.items[k].code);
		cr_expect_eq(parsed.metadata == NULL, indexes[i].given == NULL, "%s", xml);
		cr_expect_str_eq(wp_buf_text(&given), indexes[i].given ? indexes[i].given : "", "%s", xml);
		cr_expect_str_eq(wp_buf_text(&codes), indexes[i].codes, "%s", xml);
		cr_expect_eq(wp_diags_worst(&parsed.diags, WP_SEVERITY_ERROR) != NULL, indexes[i].given == NULL, "%s", xml);
		wp_buf_free(&given);
		wp_buf_free(&codes);
		done(&parsed);
	}
}

Test(wim, xml_image_without_index_is_kept)
{
	struct parsed parsed = parse("<WIM><IMAGE INDEX='1'><NAME>a</NAME></IMAGE><IMAGE INDEX='1'><NAME>b</NAME>"
				     "<WINDOWS><ARCH>9</ARCH></WINDOWS></IMAGE></WIM>",
				     2);
	const struct wp_wim_metadata *metadata = parsed.metadata;

	cr_assert_not_null(metadata);
	cr_expect_str_eq(metadata->images[0].name, "a");
	cr_expect_null(metadata->images[0].windows);
	cr_expect_str_eq(find_other(metadata->other, metadata->other_count, "IMAGE/@INDEX"), "1");
	cr_expect_str_eq(find_other(metadata->other, metadata->other_count, "IMAGE/NAME"), "b");
	cr_expect_str_eq(find_other(metadata->other, metadata->other_count, "IMAGE/WINDOWS/ARCH"), "9");
	done(&parsed);
}
