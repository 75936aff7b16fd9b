/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the reader of each export shape makes of what tools write now and then; and of a file that ends in a failure. */
#include "site_fixture.h"

#include "../../src/import/feed.h"
#include "../../src/import/shape.h"

#define ROW(id) "{\"PackageID\":\"" id "\",\"PackageType\":257,\"PkgFlags\":0}"
#define JSON(more) "{\"PackageID\":\"P010000A\",\"PackageType\":257,\"PkgFlags\":0," more "}"
#define OBJECT(more) \
	"<Obj RefId='0'><MS><S N='PackageID'>P010000A</S><I32 N='PackageType'>257</I32><I32 N='PkgFlags'>0</I32>" more "</MS></Obj>"
#define CLIXML(more) "<Objs>" OBJECT(more) "</Objs>"
#define INSTANCE(more) \
	"<INSTANCE CLASSNAME='SMS_ImagePackage'><PROPERTY NAME='PackageID'><VALUE>P010000A</VALUE></PROPERTY>" more "</INSTANCE>"
#define ESCAPED \
	"&lt;INSTANCE CLASSNAME='SMS_ImagePackage'&gt;&lt;PROPERTY NAME='PackageID'&gt;&lt;VALUE&gt;P010000A&lt;/VALUE&gt;" \
	"&lt;/PROPERTY&gt;&lt;/INSTANCE&gt;"
#define CSV "PackageID,PackageType,PkgFlags\n"

Test(site, values_of_each_shape)
{
	static const struct {
		const char *text;
		const char *value; /* of the property X, as JSON; NULL: none */
	} cases[] = {
		{ CLIXML("<S N='X'>_x0041b_x0041</S>"), "\"_x0041b_x0041\"" },
		{ CLIXML("<S N='X'>a_x0000_b_x0041_</S>"), "\"a\\ufffdbA\"" },
		{ CLIXML("<S N='X'>_xD800_b_xD800__x0041__xD800__xFFFD__xDC00_</S>"), "\"\\ufffdb\\ufffdA\\ufffd\\ufffd\\ufffd\"" },
		{ CLIXML("<S N='X'>_xD83D__xDDA5_</S>"), "\"\\ud83d\\udda5\"" },
		{ CLIXML("<Obj N='X'><QUE><I32>1</I32></QUE></Obj>"), "[1]" },
		{ CLIXML("<Obj N='X'><STK><I32>1</I32><Nil/></STK></Obj>"), "[1,null]" },
		{ CLIXML("<Obj N='X'><IE><B>true</B><B>false</B></IE></Obj>"), "[true,false]" },
		{ CLIXML("<Obj N='X'><TN RefId='5'><T>System.DayOfWeek</T></TN><ToString>Two</ToString><I32>2</I32><I32>3</I32></Obj>"), "2" },
		{ CLIXML("<Obj N='X'><TN><T>x#SMS_ST_RecurInterval</T></TN><MS><I32 N='a'>1</I32><S>nameless</S></MS></Obj>"), "{\"a\":1}" },
		{ CLIXML("<Obj N='X'><TNRef/><MS><I32 N='a'>1</I32></MS></Obj>"), "{\"a\":1}" },
		{ CLIXML("<Obj N='Y'><TN RefId='7'><T>x#SMS_ST_RecurInterval</T></TN></Obj><Obj N='Z'><TN RefId='7'><T>x#SMS_ST_NonRecurring</T></TN>"
			 "</Obj><Obj N='X'><TNRef RefId='7'/><MS><I32 N='a'>1</I32></MS></Obj>"),
		  "{\"__CLASS\":\"SMS_ST_RecurInterval\",\"a\":1}" },
		{ CLIXML("<Obj N='X'><DCT><En><S N='Key'>k</S><S N='Key'>l</S><S>m</S><S N='Other'>o</S><I32 N='Value'>1</I32>"
			 "<I32 N='Value'>2</I32></En><En><S N='Key'>alone</S></En><En><S N='Value'>alone</S></En></DCT></Obj>"), "{\"k\":1}" },
		{ CLIXML("<Ref N='X' RefId='0'/>"), NULL },
		{ CLIXML("<B N='X'>true</B>"), "true" },
		{ CLIXML("<U64 N='X'>18446744073709551615</U64>"), "\"18446744073709551615\"" },
		{ CLIXML("<I32 N='X'>7 of 9</I32>"), "\"7 of 9\"" },
		{ CLIXML("<I32 N='X'>1-2</I32>"), "\"1-2\"" },
		{ CLIXML("<I32 N='X'>-</I32>"), "\"-\"" },
		{ CLIXML("<I32 N='X'>-2</I32>"), "-2" },
		{ CLIXML("<Db N='X'>12</Db>"), "\"12\"" },
		{ CLIXML("<Obj N='Other'><MS/></Obj><S N='value'>v</S>"), NULL },
		{ "<Objs><S>before</S><Obj><LST><S>in a list</S><XD><Y/></XD>" OBJECT("<I32 N='X'>1</I32>") "</LST></Obj></Objs>", "1" },
		{ INSTANCE("<PROPERTY NAME='X' TYPE='sint32'><VALUE>-5</VALUE></PROPERTY>"), "-5" },
		{ INSTANCE("<PROPERTY NAME='X' TYPE='uint64'><VALUE>1234567890123456789</VALUE></PROPERTY>"), "\"1234567890123456789\"" },
		{ INSTANCE("<PROPERTY NAME='X' TYPE='uint32'><VALUE>12x</VALUE></PROPERTY>"), "\"12x\"" },
		{ INSTANCE("<PROPERTY NAME='X' TYPE='uint32'><VALUE>x</VALUE></PROPERTY>"), "\"x\"" },
		{ INSTANCE("<PROPERTY NAME='X' TYPE='boolean'><VALUE>true</VALUE></PROPERTY>"), "true" },
		{ INSTANCE("<PROPERTY NAME='X' TYPE='boolean'><VALUE>maybe</VALUE></PROPERTY>"), "\"maybe\"" },
		{ INSTANCE("<PROPERTY.ARRAY NAME='X' TYPE='uint8'><VALUE.ARRAY><VALUE>1</VALUE><VALUE.NULL/></VALUE.ARRAY></PROPERTY.ARRAY>"), "[1]" },
		{ INSTANCE("<PROPERTY.OBJECT NAME='X'><VALUE.OBJECT><QUALIFIER/><INSTANCE CLASSNAME='SMS_X'/></VALUE.OBJECT></PROPERTY.OBJECT>"),
		  "{\"__CLASS\":\"SMS_X\"}" },
		{ INSTANCE("<PROPERTY.OBJECT NAME='X'><VALUE.OBJECT><CLASS/></VALUE.OBJECT></PROPERTY.OBJECT>"), NULL },
		{ INSTANCE("<METHOD NAME='X'><VALUE>1</VALUE></METHOD>"), NULL },
		{ "<INSTANCES>" INSTANCE("<PROPERTY NAME='X'><VALUE>1</VALUE></PROPERTY>") "</INSTANCES>", "\"1\"" },
		{ "<COMMAND>" INSTANCE("<PROPERTY NAME='X'><VALUE>1</VALUE></PROPERTY>") "</COMMAND>", "\"1\"" },
		{ "\r\n\t <VALUE.OBJECT>" INSTANCE("<PROPERTY NAME='X'><VALUE>1</VALUE></PROPERTY>") "</VALUE.OBJECT>", "\"1\"" },
		{ "<ArrayOfString><string>&lt;CIM&gt;text" ESCAPED "&lt;/CIM&gt;</string></ArrayOfString>", NULL },
		{ JSON("\t\"X\":\"\\ud800abcdef\\udc00\\ud800\\uffff\\ue000\""), "\"\\ufffdabcdef\\ufffd\\ufffd\\uffff\\ue000\"" },
		{ JSON("\"format\":\"other\",\"error\":{\"message\":\"m\"},\"X\":1"), "1" },
		{ JSON("\"error\":\"none\",\"X\":1"), "1" },
		{ "\"[{\\\"PackageID\\\":\\\"P010000A\\\",\\\"PackageType\\\":257,\\\"PkgFlags\\\":0,\\\"X\\\":1}]\"", "1" },
		{ "PackageID,PackageType,PkgFlags,X\nP010000A,257,0,\"\"\n", "\"\"" },
		{ "PackageID,PackageType,PkgFlags,X\nP010000A,257,0,(2 rows)\n", "\"(2 rows)\"" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *wanted = cases[i].value ? json_loads(cases[i].value, JSON_DECODE_ANY, NULL) : NULL;
		struct wp_record_set *set = import_good(cases[i].text, cases[i].text);
		const json_t *found = record_property(&set->records[0], "X");
		char *shown = found ? json_dumps(found, JSON_ENCODE_ANY) : NULL;

		cr_assert_eq(!wanted, !cases[i].value, "%s", cases[i].value);
		cr_expect_eq(set->count, 1, "%s", cases[i].text);
		cr_expect(wanted ? json_equal(found, wanted) : !found, "%s: %s", cases[i].text, shown);
		free(shown);
		json_decref(wanted);
		wp_record_set_free(set);
	}
}

/* Records that stand in other things, or behind what is no part of the export. */
Test(site, records_are_found_behind_what_tools_write)
{
	static const struct {
		const char *text;
		size_t count;
		const char *remark; /* a code, or none */
	} cases[] = {
		{ "{\"Data\":" ROW("P010000A") "}", 1, NULL },
		{ "{\"d\":{\"results\":[" ROW("P010000A") ",3," ROW("P010000B") "]}}", 2, NULL },
		{ "{\"Data\":[{\"Items\":[" ROW("P010000A") "]}],\"__x\":[1],\"n\":[1]}", 1, NULL },
		{ "{\"PackageID\":\"P010000B\",\"value\":[" ROW("P010000A") "]}", 1, NULL },
		{ "{\"value\":[" ROW("P010000A") "],\"odata.nextLink\":\"x\"}", 1, "export-partial" },
		{ "[null ,\t" ROW("P010000A") "]", 1, NULL },
		{ "JSON_F52E2B61-18A1-11d1-B105-00805F49916B\n[" ROW("P010000A") "]", 1, NULL },
		{ "JSON_F52E2B61-18A1-11d1-B105-00805F49916B\n-----\n[" ROW("P010000A") "]", 1, NULL },
		{ "(2 rows affected)\n[" ROW("P010000A") "]", 1, NULL },
		{ "WARNING: a\n more of it\n[" ROW("P010000A") "]", 1, "captured-warning" },
		{ "VERBOSE: a\n" ROW("P010000A"), 1, "captured-warning" },
		{ "WARNING: a\n" CLIXML(""), 1, "captured-warning" },
		{ "WARNING: a\n#TYPE x#SMS_ImagePackage\nPackageID\nP010000A\n", 1, "captured-warning" },
		{ "WARNING: a\n\"PackageID\",PackageType,PkgFlags\nP010000A,257,0\n", 1, "captured-warning" },
		{ "WARNING: a\n" CSV "P010000A,257,0\n", 1, "captured-warning" },
		{ CSV "P010000A,257,0\n\xef\xbb\xbf" CSV "P010000B,257,0\n", 2, NULL },
		{ "#TYPE x\n\xef\xbb\xbf" CSV "P010000A,257,0\n", 1, NULL },
		{ "SMS_ImagePackage[PackageID],Foo[bar],SMS_X[a]b,x[y,  \nP010000A,1,2,3,4\n", 1, NULL },
		{ "PkgID,Source,PackageType\nP010000A,\\\\s\\a.wim,257\n", 1, NULL },
		{ "sep=,\n" CSV "P010000A,257,0\n", 1, NULL },
		{ "sep=|\nPackageID|PackageType|PkgFlags\nP010000A|257|0\n", 1, NULL },
		{ "sep=\t\nPackageID\tPackageType\tPkgFlags\nP010000A\t257\t0\n", 1, NULL },
		{ CSV "---------,---,---\nP010000A,257,0\n(1 row affected)\n", 1, NULL },
		/* Rows of other things beside a package. */
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"PackageType\":256,\"PkgFlags\":0}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"PackageType\":260,\"PkgFlags\":0}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"PackageType\":\"5\"}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"PackageType\":260}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"PackageType\":258}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"DistributionPoint\":\"x\"}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"ContentServerID\":\"x\"}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000B\",\"Targeted\":1}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"PackageID\":\"P010000A\",\"PackageType\":-1,\"Index\":1}]", 1, NULL },
		{ "[" ROW("P010000A") ",{\"__CLASS\":\"SMS_Package\"}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"CimClass\":\"root/sms/site_P01:Win32_Product\",\"__CLASS\":\"Win32_Product\"}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"SmsProviderObjectPath\":\"SMS_Package.PackageID=1\"}]", 1, "rows-skipped" },
		{ "[" ROW("P010000A") ",{\"CimClass\":{\"CimSystemProperties\":{\"ClassName\":\"SMS_Driver\"}}}]", 1, "rows-skipped" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record_set *set = import_good(cases[i].text, cases[i].text);

		cr_expect_eq(set->count, cases[i].count, "%s: %zu", cases[i].text, set->count);
		if (cases[i].remark)
			cr_expect(wp_diags_have(&set->diags, cases[i].remark), "%s", cases[i].text);
		else
			cr_expect_eq(set->diags.count, 0, "%s: %s", cases[i].text, set->diags.count ? set->diags.items[0].summary : "");
		wp_record_set_free(set);
	}
}

/* SQL Server's lines of 2,033 characters, with the line ends of Windows. */
Test(site, lines_of_for_json_are_joined)
{
	struct wp_buf buf = { 0 };
	struct wp_record_set *set;

	wp_buf_puts(&buf, "[{\"PackageID\":\"P010000A\",\"PackageType\":257,\"PkgFlags\":0,\"X\":\"");
	wp_buf_pad(&buf, 'x', 2033 - buf.length);
	wp_buf_puts(&buf, "\r\ny\"}]");
	set = import_good("FOR JSON", wp_buf_text(&buf));
	cr_expect_eq(json_string_value(record_property(&set->records[0], "X"))[json_string_length(record_property(&set->records[0], "X")) - 1], 'y');
	wp_record_set_free(set);
	wp_buf_clear(&buf);
	wp_buf_puts(&buf, "[{\"X\":\"");
	wp_buf_pad(&buf, 'x', 2033 - buf.length);
	wp_buf_puts(&buf, "\r\n");
	import_bad("FOR JSON, cut", wp_buf_text(&buf), "export-invalid", "the file ends in the middle");
	wp_buf_free(&buf);
}

/* A file is read in pieces of 65,536 bytes: a character that one ends in, in each encoding. */
Test(site, characters_are_whole_across_pieces)
{
	static const char *const characters[] = { "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x96\xa5" };
	static const char *const damaged[] = { "\xf0" "AAAA", "\xe2" "AAAA", "\xc3" "AAAA", "\x80" "AAAA" };
	static const char begin[] = "{\"PackageID\":\"P010000A\",\"PackageType\":257,\"PkgFlags\":0,\"X\":\"";

	for (int encoding = 0; encoding < FIXTURE_ENCODINGS; encoding++)
		for (size_t i = 0; i < 3; i++)
			for (size_t before = 0; before < 8; before++) {
				bool wide = encoding == FIXTURE_UTF16LE || encoding == FIXTURE_UTF16BE;
				struct wp_buf text = { 0 }, buf = { 0 };
				struct wp_record_set *set;
				struct wp_error err = { 0 };
				const char *found;

				wp_buf_puts(&text, begin);
				wp_buf_pad(&text, 'x', (wide ? 32768 : 65536) - before - strlen(begin));
				wp_buf_printf(&text, "%s%s%s\"}", characters[i], characters[i], characters[i]);
				encode(&buf, wp_buf_text(&text), (enum fixture_encoding)encoding, false);
				cr_assert_eq(import_bufs(&buf, 1, &(struct wp_import_options){ 0 }, &fixture_bounds, &set, &err), WP_OK, "%s", err.message);
				found = json_string_value(record_property(&set->records[0], "X"));
				cr_expect_eq(strncmp(found, text.data + strlen(begin), strlen(found)), 0, "%d: %zu: %zu", encoding, i, before);
				cr_expect_eq(strlen(found) + 2, text.length - strlen(begin));
				wp_record_set_free(set);
				wp_buf_free(&text);
				wp_buf_free(&buf);
			}
	for (size_t i = 0; i < 4; i++) {
		struct wp_buf text = { 0 };

		wp_buf_puts(&text, begin);
		wp_buf_puts(&text, damaged[i]);
		wp_buf_pad(&text, 'x', 140000);
		import_bad("damaged", wp_buf_text(&text), "export-invalid", "line 1, column 61: these bytes are not UTF-8");
		wp_buf_free(&text);
	}
}

/* A file from which a device gives some bytes, one at a time, and then fails. */
struct failing {
	const char *text;
	size_t at, stop;
};

/* Lines in front of the text, and as many bytes as a shape is recognised by, which come at once. */
#define BEFORE 512
#define FIRST (BEFORE + 8)

static ptrdiff_t read_failing(void *context, void *bytes, size_t size, struct wp_error *err)
{
	struct failing *failing = context;
	size_t count = failing->at ? 1 : FIRST;

	if (failing->at >= failing->stop)
		return wp_fail(err, WP_E_FAILED, "export-unreadable", "device", "the device has gone");
	cr_assert_leq(count, size);
	memcpy(bytes, failing->text + failing->at, count);
	failing->at += count;
	return (ptrdiff_t)count;
}

Test(site, a_file_that_cannot_be_read_any_further_says_so_wherever_that_is)
{
	static int (*const readers[])(struct wp_input *, struct wp_assembler *, struct wp_error *) = {
		[WP_SHAPE_JSON] = wp_json_rows, [WP_SHAPE_JSON_TEXT] = wp_json_text_rows, [WP_SHAPE_XML] = wp_xml_rows, [WP_SHAPE_CSV] = wp_csv_rows,
	};
	static const char *const texts[] = {
		"{ \"@odata.context\" : \"x\\n\" ,\"value\":[ " ROW("P010000A") " , null , [ " ROW("P010000B") " ] ] , \"Count\":{\"a\":[1]} } ",
		"\"[{\\\"PackageID\\\":\\\"P010000A\\\"}]\"",
		"#TYPE x\nPackageID,\"PkgFlags\"\nP010000A,\"0 \"\"a\"\" \n\"\n\r\nP010000B,1\r\n",
		CLIXML("<S N='X'>text</S>"),
		INSTANCE(""),
		"<ArrayOfString><string>" ESCAPED "</string></ArrayOfString>",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct wp_buf text = { 0 };

		wp_buf_pad(&text, '\n', BEFORE);
		wp_buf_puts(&text, texts[i]);
		for (size_t stop = 0; stop < text.length; stop = stop ? stop + 1 : FIRST) {
			struct wp_import_options options = { 0 };
			struct wp_assembler *assembler = wp_assembler_new(&options, &fixture_bounds);
			struct failing failing = { text.data, 0, stop };
			struct wp_error err = { 0 };
			struct wp_input input;
			enum wp_shape shape;
			int status;

			assembler->feed = wp_feed_new(assembler, 1);
			wp_input_init(&input, "device", (struct wp_bytes){ read_failing, &failing }, WP_LIMIT_RECORD_BYTES);
			status = wp_shape_find(&input, assembler, &shape, &err);
			if (!status)
				status = readers[shape](&input, assembler, &err);
			status = wp_feed_settle(assembler->feed, status, &err);
			cr_expect_eq(status, WP_E_FAILED, "%s, %zu bytes: %d", texts[i], stop, status);
			cr_expect_str_eq(err.message, "the device has gone", "%s, %zu bytes: %s", texts[i], stop, err.message);
			wp_input_free(&input);
			wp_feed_free(assembler->feed);
			wp_assembler_free(assembler);
		}
		wp_buf_free(&text);
	}
}

/* A bad row in front of very many ends the reading: that of threads too, and no other error takes its place. */
Test(site, the_first_bad_row_of_a_long_file_is_what_is_said)
{
	static const struct {
		const char *begin, *bad, *good, *end;
	} shapes[] = {
		{ "[", "{\"PackageID\":\"a b\",\"PkgFlags\":0},", ROW("P010000A") ",", "]" },
		{ CSV, "a b,257,0\n", "P010000A,257,0\n", "P010000A,257\n" },
		{ "<Objs>", "<Obj><MS><S N='PackageID'>a b</S></MS></Obj>", OBJECT(""), "<Obj>" },
		{ "<CIM>", "<INSTANCE><PROPERTY NAME='PackageID'><VALUE>a b</VALUE></PROPERTY></INSTANCE>", INSTANCE(""), "</X>" },
		{ "<ArrayOfString>", "<string>&lt;INSTANCE&gt;&lt;PROPERTY NAME='PackageID'&gt;&lt;VALUE&gt;a b&lt;/VALUE&gt;&lt;/PROPERTY&gt;"
				     "&lt;/INSTANCE&gt;</string>", "<string>" ESCAPED "</string>", "<string>" },
	};

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct wp_buf buf = { 0 };

		wp_buf_puts(&buf, shapes[i].begin);
		wp_buf_puts(&buf, shapes[i].bad);
		for (size_t row = 0; row < 3000; row++)
			wp_buf_puts(&buf, shapes[i].good);
		wp_buf_puts(&buf, shapes[i].end);
		for (unsigned int threads = 1; threads < 4; threads++) {
			struct wp_import_options options = { .threads = threads };
			struct wp_record_set *set;
			struct wp_error err = { 0 };

			cr_expect_eq(import_bufs(&buf, 1, &options, &fixture_bounds, &set, &err), WP_E_FAILED);
			cr_expect_str_eq(err.code, "record-invalid", "%s: %s", shapes[i].begin, err.message);
			cr_expect(strstr(err.message, "record 1 "), "%s: %s", shapes[i].begin, err.message);
		}
		wp_buf_free(&buf);
	}
}
