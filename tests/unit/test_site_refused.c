/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports that are refused: what the message says, and where; every bound from both sides. */
#include "site_fixture.h"

#define ROW(id) "{\"PackageID\":\"" id "\",\"PackageType\":257,\"PkgFlags\":0}"
#define CLIXML "<Objs xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"

Test(site, malformed_exports_are_named_with_line_and_column)
{
	static const struct {
		const char *name;
		const char *text;
		const char *code;
		const char *words;
	} cases[] = {
		{ "empty", "", "export-invalid", "the file is empty" },
		{ "white space", " \n\t\r\n", "export-invalid", "the file is empty" },
		{ "BOM only", "\xef\xbb\xbf", "export-invalid", "the file is empty" },
		{ "NUL", "[\n {\"a\0b\"}]", "export-invalid", "line 2, column 5: " },
		{ "UTF-8", "{\"\xc3\xbc\":\n\"\xc3\xbc\xff\"}", "export-invalid",
		  ": line 2, column 3: these bytes are not UTF-8" },
		{ "cut UTF-8", "{\"\xe2\x82", "export-invalid", ": line 1, column 3: these bytes are not UTF-8" },
		{ "odd UTF-16", "\xff\xfe{\0\n\0\"", "export-invalid",
		  ": line 2, column 1: the last character is cut" },
		{ "lone surrogate", "\xfe\xff\0{\0\"\xdc\0\0\"", "export-invalid",
		  ": line 1, column 3: these bytes are not UTF-16" },
		{ "JSON, cut", "[{\"a\":1,\n \"b", "export-invalid",
		  ": line 2, column 4: the file ends in the middle" },
		{ "JSON, cut value", "{\"a\":{", "export-invalid", ": line 1, column 7: the file ends in the middle" },
		{ "JSON, cut list", "[" ROW("P010000A"), "export-invalid", "column 57: the file ends in the middle" },
		{ "JSON, no colon", "{\"a\"\n 1}", "export-invalid", ": line 2, column 2: \":\" should stand here" },
		{ "JSON, no comma", "[" ROW("P010000A") "\n" ROW("P010000B") "]", "export-invalid",
		  ": line 2, column 1: \",\" or \"]\" should" },
		{ "JSON, no comma in object", "{\"a\":1 \"b\":2}", "export-invalid", "not valid JSON" },
		{ "JSON, comma at the end", "{\"a\":1,}", "export-invalid",
		  ": line 1, column 8: a name in quotes should" },
		{ "JSON, comma in page", "{\"value\":[],}", "export-invalid", ": line 1, column 13: a name in quotes" },
		{ "JSON, comma alone", "{,}", "export-invalid", ": line 1, column 2: a name in quotes should" },
		{ "JSON, comma in list", "[" ROW("P010000A") ",]", "export-invalid", ": line 1, column 58: a record" },
		{ "JSON, number in list", "[\n7]", "export-invalid", ": line 2, column 1: a record" },
		{ "JSON, word in list", "[nul]", "export-invalid", ": line 1, column 5: there is no record" },
		{ "JSON, brackets", "{\"a\":[1}", "export-invalid", "the file ends in the middle" },
		{ "JSON, number", "[{\"a\":\n  [1, 01]}]", "export-invalid", ": line 2, column 7: not valid JSON" },
		{ "JSON, escape", "{\"a\":\"\\x\"}", "export-invalid", ": line 1, column 8: not valid JSON" },
		{ "JSON, twice", "{\"a\":1,\n\"a\":2}", "export-invalid",
		  ": line 2, column 3: not valid JSON: duplicate" },
		{ "JSON, text behind", ROW("P010000A") " x", "export-invalid", ": line 1, column 57: a record" },
		{ "JSON, no PackageID", "[" ROW("P010000A") ",\n{\"PackageType\":257,\"PkgFlags\":0}]", "record-invalid",
		  "record 2 (line 2) has no PackageID" },
		{ "JSON, bad PackageID", "{\"PackageID\":\"a b\",\"PackageType\":257,\"PkgFlags\":0}", "record-invalid",
		  "its PackageID is \"a b\"" },
		{ "JSON, error answer", "{\"error\":{\"code\":\"500\",\"message\":\"Generic failure\"}}",
		  "export-is-error", "(Generic failure)" },
		{ "JSON, version", "{\"wimplan_export\":{\"format_version\":\"2.0\"},\"value\":[]}", "export-version",
		  "format_version 2.0" },
		{ "JSON, nothing", "[]", "no-records", "holds no image, upgrade or boot image package" },
		{ "JSON, companions only", "{\"PackageID\":\"P010000A\",\"Index\":1,\"OSVersion\":\"\"}", "no-records",
		  "holds no image" },
		{ "JSON, no class", "\n{\"PackageID\":\"P010000A\"}", "record-without-class",
		  "record 1 (line 2): package P010000A does not say" },
		{ "CSV, no key", "Name,Size\na,1", "export-unknown-shape",
		  "no column is called PackageID; the columns are: Name, Size" },
		{ "plain text", "Hello world", "export-unknown-shape", "neither JSON nor XML" },
		{ "CSV, twice", "PackageID,Name,name\n", "export-invalid",
		  ": line 1, column 1: the header names a column twice (name)" },
		{ "CSV, too little", "PackageID,Name\nP010000A,b\n", "export-unknown-shape",
		  "say too little of a package: PackageID, Name;" },
		{ "CSV, cells", "PackageID,PkgFlags\nP010000A,0\nC\n", "export-invalid",
		  ": line 3, column 1: this record has 1 cells under a header of 2" },
		{ "CSV, more cells", "PackageID,PkgFlags\n\"A\nB\",b,c\n", "export-invalid",
		  ": line 2, column 1: this record has 3 cells" },
		{ "CSV, open quote", "PackageID,PkgFlags\nA,\"b\n\n", "export-invalid",
		  ": line 2, column 3: the quote that opens here" },
		{ "CSV, behind quote", "PackageID,PkgFlags\nA,\"b\"c\n", "export-invalid",
		  ": line 2, column 6: there is text behind" },
		{ "XML, unknown", "<rows/>", "export-unknown-shape", "<rows>" },
		{ "XML, cut", CLIXML "\n<Obj><MS><S N=\"PackageID\">A", "export-invalid", ": line 2, column " },
		{ "XML, tags", CLIXML "\n<Obj>\n</Objs>", "export-invalid",
		  ": line 3, column 8: Opening and ending tag mismatch" },
		{ "XML, DTD", "<!DOCTYPE Objs [<!ENTITY a \"b\">]>\n<Objs/>", "export-invalid",
		  "has a document type definition" },
		{ "XML, external", "<!DOCTYPE INSTANCE SYSTEM \"file:///etc/passwd\"><INSTANCE/>", "export-invalid",
		  "document type definition" },
		{ "XML, laughs",
		  "<!DOCTYPE Objs [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
		  "\"&b;&b;&b;&b;&b;&b;\">]>"
		  "<Objs><Obj><MS><S N=\"PackageID\">&c;</S></MS></Obj></Objs>",
		  "export-invalid", "document type definition" },
		{ "XML, entity", "<INSTANCE>&nbsp;</INSTANCE>", "export-invalid",
		  ": line 1, column 17: Entity 'nbsp' not defined" },
		{ "XML, no PackageID", "<INSTANCE CLASSNAME=\"SMS_ImagePackage\">\n</INSTANCE>", "record-invalid",
		  "record 1 (line 1) has no" },
		{ "XML, nothing", CLIXML "</Objs>", "no-records", "holds no image" },
		{ "zip, cut", "PK\3\4", "export-invalid", "cannot be unpacked" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf buf = { 0 };
		struct wp_record_set *set;
		struct wp_error err = { 0 };
		size_t length = strlen(cases[i].text);

		/* Two of them have NULs inside. */
		if (strcmp(cases[i].name, "NUL") == 0)
			length = 11;
		else if (strcmp(cases[i].name, "odd UTF-16") == 0)
			length = 7;
		else if (strcmp(cases[i].name, "lone surrogate") == 0)
			length = 10;
		wp_buf_add(&buf, cases[i].text, length);
		cr_expect_eq(import_bufs(&buf, 1, &(struct wp_import_options){ 0 }, &fixture_bounds, &set, &err),
			     WP_E_FAILED, "%s: taken", cases[i].name);
		cr_expect_str_eq(err.code, cases[i].code, "%s: %s: %s", cases[i].name, err.code, err.message);
		cr_expect(strstr(err.message, cases[i].words), "%s: \"%s\" is not in: %s", cases[i].name,
			  cases[i].words, err.message);
		wp_record_set_free(set);
		wp_buf_free(&buf);
	}
}

static char *repeat(const char *before, const char *text, size_t count, const char *middle, const char *end,
		    const char *after)
{
	struct wp_buf buf = { 0 };

	wp_buf_puts(&buf, before);
	for (size_t i = 0; i < count; i++)
		wp_buf_puts(&buf, text);
	wp_buf_puts(&buf, middle);
	for (size_t i = 0; i < count; i++)
		wp_buf_puts(&buf, end);
	wp_buf_puts(&buf, after);
	return buf.data;
}

Test(site, nesting_is_bounded)
{
	static const struct {
		const char *name, *before, *open, *middle, *close, *after;
		size_t around; /* levels besides the repeated ones */
	} cases[] = {
		{ "JSON lists", "", "[", ROW("P010000A"), "]", "", 1 },
		{ "JSON pages", "", "{\"value\":[", ROW("P010000A"), "]}", "", 0 },
		{ "JSON values", "{\"PackageID\":\"P010000A\",\"PackageType\":257,\"PkgFlags\":0,\"New\":", "[", "1", "]", "}", 1 },
		{ "CLIXML lists", CLIXML, "<Obj><LST>",
		  "<Obj><MS><S N=\"PackageID\">P010000A</S><S N=\"PackageType\">257</S><S N=\"PkgFlags\">0</S></MS></Obj>", "</LST></Obj>", "</Objs>",
		  4 },
		{ "CLIXML values",
		  CLIXML "<Obj><MS><S N=\"PackageID\">P010000A</S><S N=\"PackageType\">257</S><S N=\"PkgFlags\">0</S><Obj N=\"New\"><LST>",
		  "<Obj><LST>",
		  "<I32>1"
		  "</I32>",
		  "</LST></Obj>", "</LST></Obj></MS></Obj></Objs>", 6 },
		{ "CIM-XML values",
		  "<INSTANCES><INSTANCE CLASSNAME=\"SMS_ImagePackage\"><PROPERTY NAME=\"PackageID\"><VALUE>P010000A</VALUE></PROPERTY><PROPERTY "
		  "NAME=\"PackageType\">"
		  "<VALUE>257</VALUE></PROPERTY><PROPERTY NAME=\"X\">",
		  "<X>", "", "</X>", "</PROPERTY></INSTANCE></INSTANCES>", 3 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		/* Some repeat two levels at a time: then the bound is crossed by the second one. */
		size_t step = strlen(cases[i].open) > 3 ? 2 : 1;
		size_t around = strcmp(cases[i].name, "JSON pages") == 0 ? 1 : cases[i].around;
		bool is_json = strncmp(cases[i].name, "JSON", 4) == 0;
		size_t most = ((is_json ? WP_LIMIT_EXPORT_NESTING : WP_LIMIT_NESTING) - around) / step;
		char *good =
			repeat(cases[i].before, cases[i].open, most, cases[i].middle, cases[i].close, cases[i].after);
		char *bad = repeat(cases[i].before, cases[i].open, most + 1, cases[i].middle, cases[i].close,
				   cases[i].after);
		char *worse =
			repeat(cases[i].before, cases[i].open, 100000, cases[i].middle, cases[i].close, cases[i].after);

		wp_record_set_free(import_good(cases[i].name, good));
		import_bad(cases[i].name, bad, "export-invalid", is_json ? "more than 126 deep" : "nested too deeply");
		import_bad(cases[i].name, worse, "export-invalid", "line 1, column ");
		free(good);
		free(bad);
		free(worse);
	}
}

/* What is taken is read again from a cache: a record is not nested deeper than that has to be, wherever its row stands in it. */
Test(site, records_of_the_deepest_rows_can_be_read)
{
	static const struct {
		const char *name, *before;
	} rows[] = {
		{ "a package", "{\"PackageID\":\"P010000A\",\"PackageType\":257,\"PkgFlags\":0,\"New\":" },
		{ "what its content is", "{\"__CLASS\":\"SMS_ImagePackage\",\"PackageID\":\"P010000A\"}\n"
					 "{\"__CLASS\":\"SMS_ObjectContentExtraInfo\",\"PackageID\":\"P010000A\",\"SourceVersion\":" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = repeat(rows[i].before, "[", WP_LIMIT_EXPORT_NESTING - 1, "1", "]", "}\n");
		struct wp_record_set *set = import_good(rows[i].name, text);
		char *record = json_dumps(json_array_get(set->documents, 0), JSON_COMPACT);
		struct wp_error err;
		json_t *again;

		cr_assert(strstr(record, "[[[["), "%s: %s", rows[i].name, record);
		cr_expect_eq(wp_json_parse(record, strlen(record), "record", &again, &err), WP_OK, "%s: %s", rows[i].name, err.message);
		json_decref(again);
		free(record);
		free(text);
		wp_record_set_free(set);
	}
}

Test(site, records_and_packages_are_bounded)
{
	static const struct {
		const char *name, *before, *after;
	} shapes[] = {
		{ "JSON", "[{\"PackageID\":\"P010000A\",\"PackageType\":257,\"PkgFlags\":0,\"New\":\"", "\"}]" },
		{ "CSV", "PackageID,PackageType,PkgFlags,New\nP010000A,257,0,", "\n" },
	};
	static const struct wp_import_bounds bounds = { 4096, 3, 4 };
	struct wp_import_options options = { 0 };
	struct wp_record_set *set;
	struct wp_error err;

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		for (int over = 0; over < 2; over++) {
			/* What of the frame is part of the record. */
			size_t frame = i == 0 ? strlen(shapes[i].before) - 1 + 2 : strlen("P010000A,257,0,\n");
			struct wp_buf buf = { 0 };

			wp_buf_puts(&buf, shapes[i].before);
			wp_buf_pad(&buf, 'x', bounds.record_bytes - frame + (size_t)over);
			wp_buf_puts(&buf, shapes[i].after);
			cr_expect_eq(import_bufs(&buf, 1, &options, &bounds, &set, &err), over ? WP_E_FAILED : WP_OK,
				     "%s: %s", shapes[i].name, err.message);
			if (over)
				cr_expect_str_eq(err.code, "record-too-large", "%s: %s", shapes[i].name, err.message);
			wp_record_set_free(set);
			wp_buf_free(&buf);
		}
	for (int over = 0; over < 2; over++) {
		struct wp_buf buf = { 0 };

		wp_buf_puts(&buf, ROW("P010000A") ROW("P010000B") ROW("P010000C") ROW("P010000A"));
		wp_buf_puts(&buf, over ? ROW("P010000D") : "");
		cr_expect_eq(import_bufs(&buf, 1, &options, &bounds, &set, &err), over ? WP_E_FAILED : WP_OK);
		if (over)
			cr_expect_str_eq(err.code, "too-many-packages");
		wp_record_set_free(set);
		wp_buf_free(&buf);
	}
}

Test(site, xml_records_are_bounded_but_files_are_not)
{
	static const struct wp_import_bounds bounds = { 65536, 3, 4 };
	struct wp_import_options options = { 0 };
	struct wp_record_set *set;
	struct wp_error err;

	for (int over = 0; over < 2; over++) {
		struct wp_buf buf = { 0 };

		wp_buf_puts(&buf, "<INSTANCES>");
		for (int i = 0; i < 20; i++) {
			wp_buf_puts(&buf, "<INSTANCE CLASSNAME=\"SMS_ImagePackage\"><PROPERTY "
					  "NAME=\"PackageID\"><VALUE>P010000A</VALUE></PROPERTY>"
					  "<PROPERTY NAME=\"New\"><VALUE>");
			wp_buf_pad(&buf, 'x', over ? 70000 : 50000);
			wp_buf_puts(&buf, "</VALUE></PROPERTY></INSTANCE>");
		}
		wp_buf_puts(&buf, "</INSTANCES>");
		cr_expect_eq(import_bufs(&buf, 1, &options, &bounds, &set, &err), over ? WP_E_FAILED : WP_OK, "%s",
			     err.message);
		if (over)
			cr_expect_str_eq(err.code, "record-too-large", "%s", err.message);
		wp_record_set_free(set);
		wp_buf_free(&buf);
	}
}

Test(site, paths_that_are_no_files_are_refused)
{
	static const char *const paths[] = { "/tmp", "/nonexistent/export.json", "/dev/null" };
	static const int statuses[] = { WP_E_FAILED, WP_E_NOT_FOUND, WP_E_FAILED };
	struct wp_record_set *set = NULL;
	struct wp_error err;

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		cr_expect_eq(wp_import_files(&paths[i], 1, &(struct wp_import_options){ 0 }, &set, &err), statuses[i],
			     "%s", paths[i]);
		cr_expect(strstr(err.message, paths[i]), "%s", err.message);
	}
	cr_expect_null(set);
}

Test(site, rows_of_a_site_are_bounded)
{
	static const struct wp_import_bounds bounds = { 4096, 3, 2 };
	struct wp_import_options options = { 0 };
	struct wp_record_set *set;
	struct wp_error err;

	for (int over = 0; over < 2; over++) {
		struct wp_buf buf = { 0 };

		wp_buf_puts(&buf, "[{\"PackageID\":\"P010000A\",\"PackageType\":257,\"PkgFlags\":0}");
		for (int i = 0; i < 2 + over; i++)
			wp_buf_printf(&buf, ",{\"AdvertisementID\":\"P012000%d\",\"CollectionID\":\"P0100001\"}", i);
		/* An equal row is no further one. */
		wp_buf_puts(&buf, ",{\"AdvertisementID\":\"P0120000\",\"CollectionID\":\"P0100001\"}]");
		cr_expect_eq(import_bufs(&buf, 1, &options, &bounds, &set, &err), over ? WP_E_FAILED : WP_OK, "%s",
			     err.message);
		if (over)
			cr_expect_str_eq(err.code, "too-many-rows");
		else
			cr_expect_eq(json_array_size(wp_site_rows(set->site, WP_SITE_DEPLOYMENTS)), 2);
		wp_record_set_free(set);
		wp_buf_free(&buf);
	}
}
