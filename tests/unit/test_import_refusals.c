/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts that look like an export and are none, or not all of one: what is said of them. */
#include "site_fixture.h"

#include "../../src/import/csv_line.h"

#define ROW(id) "{\"PackageID\":\"" id "\",\"PackageType\":257,\"PkgFlags\":0}"
#define CSV "PackageID,PkgFlags\n"
#define NO_EXPORT "neither JSON nor XML nor a zip archive"

Test(site, what_looks_like_an_export_says_what_it_is)
{
	static const struct {
		const char *text, *code, *words;
	} cases[] = {
		/* What stands in front of exports, without one. */
		{ "WARNING: a", "export-invalid", "the file is empty" },
		{ "(2)\n", "export-unknown-shape", NO_EXPORT },
		{ "(a b)\n", "export-unknown-shape", NO_EXPORT },
		{ "(22)\n", "export-unknown-shape", NO_EXPORT },
		{ "(2 rows\n", "export-unknown-shape", NO_EXPORT },
		/* Pages, lists and tables. */
		{ "<html><head/></html>", "export-unknown-shape", "this is a web page, not an export" },
		{ "<!doctype HTML><title>Sign in", "export-unknown-shape", "this is a web page, not an export" },
		{ "<html><title>0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
		  "0123456789012345678901234567890123456789012345678901234567890123456789</title>",
		  "export-unknown-shape", "this is a web page, not an export" },
		{ "Name : x", "export-unknown-shape", "a Format-List text" },
		{ "Name :x", "export-unknown-shape", NO_EXPORT },
		{ "Name: x", "export-unknown-shape", NO_EXPORT },
		{ "Name :", "export-unknown-shape", NO_EXPORT },
		{ "Name  ", "export-unknown-shape", NO_EXPORT },
		{ "Name  a", "export-unknown-shape", NO_EXPORT },
		{ "Name=a", "export-unknown-shape", "a list of NAME=VALUE" },
		{ "Name=a,b\n", "export-unknown-shape", "the columns are: Name=a, b;" },
		{ "Name=a;b\n", "export-unknown-shape", "the columns are: Name=a, b;" },
		{ "A B\n--- ---", "export-unknown-shape", "a table for the eye" },
		{ "A B\r\n--- ---\r\n1 2\r\n", "export-unknown-shape", "a table for the eye" },
		{ "A B\n--- --- x\n", "export-unknown-shape", NO_EXPORT },
		{ "A B\n-- --", "export-unknown-shape", "a table for the eye" },
		{ "AB\n---\n", "export-unknown-shape", NO_EXPORT },
		{ "A B\n- ", "export-unknown-shape", NO_EXPORT },
		{ "\"{x\"", "export-unknown-shape", NO_EXPORT },
		{ "\"[x\"", "export-unknown-shape", NO_EXPORT },
		{ "\"x", "export-invalid", "the quote that opens here is never closed" },
		{ "<foo PackageID=\"P010000A\"/>", "export-unknown-shape", "XML of a SQL query (FOR XML, <foo>)" },
		/* JSON. */
		{ "{\"value\":\"System.Object[]\"}", "export-truncated", "became text" },
		{ "{\"Images\":[\"@{PackageID=P010000A}\"]}", "export-truncated", "became text" },
		{ "{\"Images\":{\"Boot\":[\"System.Object[]\"]},\"x\":[]}", "export-truncated", "became text" },
		{ "{\"a\":[{\"PackageID\":\"a b\",\"PkgFlags\":0}," ROW("P010000A") "],\"b\":[" ROW("P010000B") "]}", "record-invalid", "\"a b\"" },
		{ "{\"a\":[{\"b\":[{\"PackageID\":\"\",\"PkgFlags\":0}]}]}", "record-invalid", "has no PackageID" },
		{ "{\"error\":{}}", "export-is-error", "(without a message)" },
		{ "{\"SMS_APropertyWhoseNameIsLongerThanThatOfAnyClassThereIsOrEverWillBe\":[" ROW("P010000A") "]}", "no-records",
		  "only 1 row of SMS_AProperty" },
		{ "[\"abc", "export-invalid", "the file ends in the middle" },
		{ "[nope]", "export-invalid", "there is no record in front of this" },
		{ "[\"a\"]", "export-invalid", "there is no record in front of this" },
		{ "{\"a\":1,,\"b\":2}", "export-invalid", "a name in quotes should stand here" },
		{ "{\"a\" ", "export-invalid", "line 1, column 6: the file ends in the middle" },
		{ "{7:1}", "export-invalid", "a name in quotes should stand here" },
		{ "{\"value\":[] \"x\":1}", "export-invalid", "\",\" or \"}\" should stand here" },
		{ "{\"value\":[] 7}", "export-invalid", "\",\" or \"}\" should stand here" },
		{ "{\"\xc3\xbc\":tru,\"value\":[]}", "export-invalid", "column 8: not valid JSON" },
		{ "{\"value\":[],\"a\":tru}", "export-invalid", "not valid JSON" },
		{ "{\"a\":\"x\ry\"}", "export-invalid", "a line ends in the middle of a text" },
		{ "\"{ \n", "export-invalid", "a line ends in the middle of a text" },
		{ "\"{ \\x\"", "export-invalid", "not valid JSON" },
		{ "\"{ a", "export-invalid", "the file ends in the middle" },
		{ "[{\"__CLASS\":\"SMS_Package\"},{\"__CLASS\":\"SMS_Driver\"}]", "no-records", "only 1 row of SMS_Package, 1 row of SMS_Driver" },
		{ "[{\"__CLASS\":\"SMS_Package\"},{\"__CLASS\":\"SMS_ImageInformation\",\"PackageID\":\"P010000A\"}]", "no-records",
		  "only 1 row of SMS_Package, rows about 1 of them" },
		{ "{\"wimplan_export\":{},\"value\":[]}", "export-version", "format_version (none)" },
		{ "{\"PackageID\":\"P010000A\",\"packageid\":\"P010000B\",\"PackageType\":257,\"PkgFlags\":0}", "records-contradict", "PackageID is there twice" },
		/* CSV. */
		{ "CONTOSOX,257\n", "export-unknown-shape", "the columns are: CONTOSOX, 257;" },
		{ "PackageID,Name,name,PkgFlags\n", "export-invalid", "names a column twice (name)" },
		{ "#TYPE x#SMS_TaskSequencePackage\nName,Size\na,1\n", "export-unknown-shape", "no column is called PackageID" },
		{ CSV "(2\n", "export-invalid", "this record has 1 cells" },
		{ CSV "(2 rows\n", "export-invalid", "this record has 1 cells" },
		{ CSV "(22)\n", "export-invalid", "this record has 1 cells" },
		{ CSV "\"\"\n", "export-invalid", "this record has 1 cells" },
		{ CSV "------,\n", "record-invalid", "its PackageID is \"------\"" },
		{ CSV "P010000A,0\n------,-\n", "record-invalid", "its PackageID is \"------\"" },
		{ CSV "P010000A,\"\xff\"\n", "export-invalid", "line 2, column 11: these bytes are not UTF-8" },
		{ CSV "P010000A,\xff\n", "export-invalid", "line 2, column 10: these bytes are not UTF-8" },
		{ "sep=ab;\n" CSV, "export-unknown-shape", "the columns are: sep=ab, " },
		{ "sep=;x\n" CSV, "export-unknown-shape", "the columns are: sep=, x;" },
		{ "sep=ab\n" CSV, "export-unknown-shape", NO_EXPORT },
		{ "PackageID,PkgFlags,SourceDate\nP010000A,0,31.1.2026\nP010000B,0\n", "export-invalid", "this record has 2 cells" },
		/* XML. */
		{ "<ArrayOfString><string>&lt;X/&gt;</string></ArrayOfString>", "export-invalid", "the text in <string> is no INSTANCE; export again" },
		{ "<ArrayOfString><string>none</string></ArrayOfString>", "export-invalid", "the text in <string> is no INSTANCE: " },
		{ "<INSTANCE", "export-invalid", "line 1, column " },
		{ "<INSTANCES", "export-invalid", "line 1, column " },
		{ "<INSTANCE CLASSNAME='SMS_ImagePackage'>\n\n<", "export-invalid", "line 3, column " },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		import_bad(cases[i].text, cases[i].text, cases[i].code, cases[i].words);
}

Test(site, bytes_that_are_no_text_say_what_to_do)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *words;
	} cases[] = {
		{ CSV "\0P010000A", 28, "there is a NUL byte; save" },
		{ "\0,", 2, "there is a NUL byte for an empty text" },
		{ "\0x", 2, "there is a NUL byte; save" },
		{ CSV "P010000A,\0", 29, "there is a NUL byte for an empty text" },
		{ CSV "P010000A,\0\0", 30, "there is a NUL byte; save" },
		{ CSV "P010000A\0,", 29, "there is a NUL byte; save" },
		{ "\xff\x41", 2, "these bytes are not UTF-8" },
		{ "\xfe\x41", 2, "these bytes are not UTF-8" },
		{ "\xff", 1, "these bytes are not UTF-8" },
		{ "\xff\xfe\x00\xdc", 4, "these bytes are not UTF-16" },
		{ "PK\7\7PackageID", 13, NO_EXPORT },
		{ "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22, "holds no object.xml" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf buf = { 0 };
		struct wp_record_set *set;
		struct wp_error err = { 0 };

		wp_buf_add(&buf, cases[i].bytes, cases[i].length);
		cr_expect_eq(import_bufs(&buf, 1, &(struct wp_import_options){ 0 }, &fixture_bounds, &set, &err), WP_E_FAILED, "%zu", i);
		cr_expect(strstr(err.message, cases[i].words), "%zu: \"%s\" is not in: %s", i, cases[i].words, err.message);
		wp_buf_free(&buf);
	}
}

Test(site, lines_of_csv_are_bounded)
{
	static const struct wp_import_bounds small = { 1000, 10, 10 };
	struct wp_buf buf = { 0 };
	struct wp_record_set *set;
	struct wp_error err = { 0 };

	/* Columns are named until there is no room for more. */
	for (int i = 0; i < 60; i++)
		wp_buf_printf(&buf, "%sColumn %d", i ? "," : "", i);
	import_bad("columns", wp_buf_text(&buf), "export-unknown-shape", "Column 27, Column 28 and 31 more; export");
	/* As many cells as a line may have, and one more. */
	wp_buf_clear(&buf);
	wp_buf_puts(&buf, "PackageID,PkgFlags,PackageType");
	wp_buf_pad(&buf, ',', WP_CSV_COLUMNS - 3);
	wp_buf_puts(&buf, "\nP010000A,0,257");
	wp_buf_pad(&buf, ',', WP_CSV_COLUMNS - 3);
	wp_record_set_free(import_good("cells", wp_buf_text(&buf)));
	wp_buf_puts(&buf, ",");
	import_bad("cells", wp_buf_text(&buf), "export-invalid", "this line has too many cells");
	/* A row without quotes. */
	wp_buf_clear(&buf);
	wp_buf_puts(&buf, "PackageID,PkgFlags\nP010000A,");
	wp_buf_pad(&buf, '0', 1000);
	cr_expect_eq(import_bufs(&buf, 1, &(struct wp_import_options){ 0 }, &small, &set, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "record-too-large", "%s", err.message);
	wp_buf_free(&buf);
}

/* Who asks for no message gets the status all the same; and the first of several files that is bad is the last that is read. */
Test(site, a_caller_without_room_for_the_message)
{
	static const char *const texts[] = { "[7]", "\"{ ", "<X/>", CSV "\n\"", "", "<INSTANCE", "\"{}\" \"" };
	struct wp_import_options options = { 0 };
	struct wp_record_set *set;
	struct wp_error err = { 0 };
	json_t *rows;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_expect_neq(import_texts((const char *const[]){ texts[i], "[7]", NULL }, &options, &set, NULL), WP_OK, "%s", texts[i]);
	cr_expect_eq(wp_import_files((const char *const[]){ "/proc/self/exe/none" }, 1, &options, &set, &err), WP_E_NOT_FOUND);
	cr_expect(strstr(err.message, "none does not exist; check the path"), "%s", err.message);
	rows = json_loads("[{\"PackageID\":\"\",\"__CLASS\":\"SMS_ImagePackage\"},7]", 0, NULL);
	cr_expect_eq(wp_import_rows(rows, "a table", &options, &set, &err), WP_E_FAILED);
	cr_expect_str_eq(err.message, "a table, record 1 has no PackageID; is it an export of packages?");
	json_decref(rows);
}
