/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ImageProperty in all its guises, and what a site would store of a WIM. */
#include "wimplan/limits.h"
#include "wimplan/record.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char bag[] =
	"<WIM>\n"
	"  <IMAGE index=\"2\"><Property name=\"Image name\">two</Property></IMAGE>\n"
	"  <IMAGE index=\"1\">\n"
	"    <Property name=\"Image name\">Windows 10 &amp; more</Property>\n"
	"    <Property name=\"Image description\"><![CDATA[<b>]]></Property>\n"
	"    <Property name=\"OS version\">10.0.17763.1</Property>\n"
	"    <Property name=\"Architecture\">9</Property>\n"
	"    <Property name=\"Language\">en-US</Property>\n"
	"    <Property name=\"HAL type\">acpiapic</Property>\n"
	"    <Property name=\"Product type\">WinNT</Property>\n"
	"    <Property name=\"Creation date\">1/2/2019</Property>\n"
	"    <Property name=\"Created by\"/>\n"
	"    <Property name=\"Size\">17116351717</Property>\n"
	"    <Property name=\"Language\">de-DE</Property>\n"
	"    <Property>nameless</Property>\n"
	"  </IMAGE>\n"
	"</WIM>\n";

Test(site, property_bag_is_read_with_known_and_unknown_names)
{
	struct wp_arena *arena = wp_arena_new();
	const struct wp_site_image *one;
	struct wp_site_images images;
	const char *why = NULL;

	cr_assert_eq(wp_image_property_parse(arena, bag, &images, &why), 0, "%s", why);
	cr_expect_eq(images.origin, WP_IMAGE_ORIGIN_IMAGE_PROPERTY);
	cr_assert_eq(images.count, 2);
	one = &images.items[0];
	cr_expect_eq(one->index, 1);
	cr_expect_str_eq(one->name, "Windows 10 & more");
	cr_expect_str_eq(one->description, "<b>");
	cr_expect_str_eq(one->os_version, "10.0.17763.1");
	cr_expect_str_eq(one->architecture, "9");
	cr_expect_str_eq(one->language, "en-US", "the first one wins");
	cr_expect_str_eq(one->hal_type, "acpiapic");
	cr_expect_str_eq(one->product_type, "WinNT");
	cr_expect_str_eq(one->creation_date, "1/2/2019");
	cr_expect_str_eq(one->size, "17116351717");
	cr_assert_eq(one->property_count, 11);
	cr_expect_str_eq(one->properties[8].name, "Created by");
	cr_expect_str_eq(one->properties[8].value, "");
	cr_expect_str_eq(one->properties[10].value, "de-DE");
	cr_expect_eq(images.items[1].index, 2);
	cr_expect_str_eq(images.items[1].name, "two");
	cr_expect_null(images.items[1].os_version);
	wp_arena_free(arena);
}

Test(site, property_bag_is_read_in_any_spelling)
{
	static const char *const texts[] = {
		"<wim><image INDEX='1'><property NAME='osversion'>10.0.1</property></image></wim>",
		"<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<WIM><IMAGE Index=\" 1 \"><PROPERTY "
		"Name=\"OS_Version\">10.0.1</PROPERTY></IMAGE></WIM>",
		" \n<?xml version='1.0'?><WIM><IMAGE index='1'><Property "
		"name='OS.Version'>10.0.1</Property></IMAGE></WIM>\n",
		"\xef\xbb\xbf<WIM><!-- c --><TOTALBYTES>1</TOTALBYTES><IMAGE index='1'><Property name='Image "
		"OS-version'>10.0.1</Property></IMAGE></WIM>",
		"<WIM><IMAGE index='1'><Property name='OS Version' value='10.0.1'/></IMAGE></WIM>",
		"<WIM><IMAGE index='1'><Property name='x'>y</Property><OSVersion>10.0.1</OSVersion></IMAGE></WIM>",
	};
	struct wp_arena *arena = wp_arena_new();

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct wp_site_images images;
		const char *why = NULL;

		cr_assert_eq(wp_image_property_parse(arena, texts[i], &images, &why), 0, "%zu: %s", i, why);
		cr_assert_eq(images.count, 1, "%zu", i);
		cr_expect_str_eq(images.items[0].os_version, "10.0.1", "%zu", i);
	}
	wp_arena_free(arena);
}

Test(site, a_wims_own_xml_is_recognised)
{
	static const char text[] = "<?xml version=\"1.0\"?><WIM><TOTALBYTES>5888548057</TOTALBYTES><IMAGE "
				   "INDEX=\"1\"><DIRCOUNT>32672</DIRCOUNT>"
				   "<TOTALBYTES>17116351717</TOTALBYTES><CREATIONTIME><HIGHPART>0x01DA9B3C</"
				   "HIGHPART><LOWPART>0x83699E16</LOWPART></CREATIONTIME>"
				   "<WINDOWS><ARCH>9</ARCH><HAL>acpiapic</HAL><PRODUCTTYPE>ServerNT</"
				   "PRODUCTTYPE><LANGUAGES><LANGUAGE>en-US</LANGUAGE></LANGUAGES>"
				   "<VERSION><MAJOR>10</MAJOR><MINOR>0</MINOR><BUILD>17763</BUILD><SPBUILD>3650</"
				   "SPBUILD><SPLEVEL>0</SPLEVEL></VERSION></WINDOWS>"
				   "<NAME>19CB</NAME><DESCRIPTION>with KW</DESCRIPTION></IMAGE></WIM>";
	struct wp_arena *arena = wp_arena_new();
	const struct wp_site_image *one;
	struct wp_site_images images;
	const char *why = NULL;

	cr_assert_eq(wp_image_property_parse(arena, text, &images, &why), 0, "%s", why);
	cr_expect_eq(images.origin, WP_IMAGE_ORIGIN_WIM_XML);
	cr_assert_eq(images.count, 1);
	one = &images.items[0];
	cr_expect_str_eq(one->name, "19CB");
	cr_expect_str_eq(one->description, "with KW");
	cr_expect_str_eq(one->os_version, "10.0.17763.3650");
	cr_expect_str_eq(one->architecture, "9");
	cr_expect_str_eq(one->language, "en-US");
	cr_expect_str_eq(one->product_type, "ServerNT");
	cr_expect_str_eq(one->hal_type, "acpiapic");
	cr_expect_str_eq(one->size, "17116351717");
	cr_expect_eq(wp_time_parse(one->creation_date).ticks, INT64_C(0x01DA9B3C83699E16), "%s", one->creation_date);
	cr_expect_eq(one->property_count, 0);
	cr_expect_neq(
		wp_image_property_parse(arena, "<WIM><IMAGE INDEX=\"x\"><NAME>a</NAME></IMAGE></WIM>", &images, &why),
		0);
	wp_arena_free(arena);
}

Test(site, image_of_a_wim_takes_its_default_language_and_lacks_what_the_wim_lacks)
{
	const char *languages[] = { "ar-SA", "en-US" };
	struct wp_wim_windows windows = { .languages = languages, .language_count = 2, .default_language = "en-US" };
	struct wp_wim_image image = { .index = 3, .windows = &windows };
	struct wp_arena *arena = wp_arena_new();
	struct wp_site_image stored;

	wp_site_image_from_wim(arena, &image, &stored);
	cr_expect_eq(stored.index, 3);
	cr_expect_str_eq(stored.language, "en-US");
	cr_expect_null(stored.architecture);
	cr_expect_null(stored.os_version);
	cr_expect_null(stored.size);
	cr_expect_null(stored.creation_date);
	windows.default_language = "";
	wp_site_image_from_wim(arena, &image, &stored);
	cr_expect_str_eq(stored.language, "ar-SA");
	image.windows = NULL;
	wp_site_image_from_wim(arena, &image, &stored);
	cr_expect_null(stored.language);
	wp_arena_free(arena);
}

Test(site, unreadable_bags_say_why)
{
	static const struct {
		const char *text;
		const char *why;
	} cases[] = {
		{ " ", "it is not XML" },
		{ "hello", "it is not XML: line 1: Start tag expected" },
		{ "<WIM>\n<IMAGE index='1'>\n</WIM>", "it is not XML: line 3: " },
		{ "<WMI/>", "its root is <WMI>, not <WIM>" },
		{ "<WIM><IMAGE><Property name='x'>y</Property></IMAGE></WIM>", "an IMAGE has no index" },
		{ "<WIM><IMAGE index='0'/></WIM>", "the index \"0\" is no number of an image" },
		{ "<WIM><IMAGE index='-1'/></WIM>", "the index \"-1\" is no number" },
		{ "<WIM><IMAGE index='99999999999'/></WIM>", "the index \"99999999999\" is no number" },
		{ "<WIM><IMAGE index='1'/><IMAGE index='1'/></WIM>", "there are two images with index 1" },
		{ "<!DOCTYPE WIM [<!ENTITY a 'b'>]><WIM><IMAGE index='1'><Property "
		  "name='Language'>&a;</Property></IMAGE></WIM>",
		  "document type definition" },
	};
	struct wp_arena *arena = wp_arena_new();
	struct wp_site_images images;
	const char *why;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		why = "";
		cr_expect_eq(wp_image_property_parse(arena, cases[i].text, &images, &why), -1, "%s", cases[i].text);
		cr_expect(strstr(why, cases[i].why), "\"%s\" is not in: %s", cases[i].why, why);
		cr_expect_eq(images.count, 0);
	}
	/* Nothing was loaded, but that is readable. */
	cr_expect_eq(wp_image_property_parse(arena, "<WIM/>", &images, &why), 0);
	cr_expect_eq(images.origin, WP_IMAGE_ORIGIN_IMAGE_PROPERTY);
	wp_arena_free(arena);
}

static char *many(const char *before, const char *format, size_t count, const char *end, const char *after)
{
	size_t length = 0;
	char *text = NULL;
	FILE *file = open_memstream(&text, &length);

	fputs(before, file);
	for (size_t i = 1; i <= count; i++)
		fprintf(file, format[0] == '%' ? "<IMAGE index='%zu'/>" : "<A>", i);
	for (size_t i = 0; i < count; i++)
		fputs(end, file);
	fputs(after, file);
	fclose(file);
	return text;
}

Test(site, bags_are_bounded)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_site_images images;
	const char *why;

	for (size_t over = 0; over < 2; over++) {
		char *images_text = many("<WIM>", "%", WP_LIMIT_IMAGES + over, "", "</WIM>");
		char *deep_text = many("<WIM>", "<A>", WP_LIMIT_NESTING - 1 + over, "</A>", "</WIM>");
		char *large_text = malloc(WP_LIMIT_XML_BYTES + 2);

		memset(large_text, ' ', WP_LIMIT_XML_BYTES + 1);
		memcpy(large_text, "<WIM>", 5);
		memcpy(large_text + WP_LIMIT_XML_BYTES - 6 + over, "</WIM>", 7);
		cr_expect_eq(wp_image_property_parse(arena, images_text, &images, &why), over ? -1 : 0);
		cr_expect_eq(wp_image_property_parse(arena, deep_text, &images, &why), over ? -1 : 0);
		cr_expect_eq(wp_image_property_parse(arena, large_text, &images, &why) == -1 &&
			     strstr(why, "larger than 16777216 bytes") != NULL, over == 1, "%s", why);
		free(images_text);
		free(deep_text);
		free(large_text);
	}
	wp_arena_free(arena);
}
