/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same package in every export shape and encoding gives the same record. */
#include "site_fixture.h"

#include <archive.h>
#include <archive_entry.h>

#define NAME "Gr\xc3\xbcn \xf0\x9f\x96\xa5 \"x64\", 23H2"

static const char admin_service[] =
	"{\n"
	"  \"@odata.context\": \"https://prov/AdminService/wmi/$metadata#SMS_ImagePackage\",\n"
	"  \"value\": [ {\n"
	"    \"@odata.etag\": \"P0100123\", \"__LAZYPROPERTIES\": [\"__QUALIFIER_SECURITYVERBS\", \"ImageProperty\", "
	"\"RefreshSchedule\"],\n"
	"    \"__QUALIFIER_SECURITYVERBS\": null, \"PackageID\": \"P0100123\",\n"
	"    \"Name\": \"Gr\xc3\xbcn \\ud83d\\udda5 \\\"x64\\\", 23H2\", \"PkgSourceFlag\": 2,\n"
	"    \"PkgSourcePath\": \"\\\\\\\\srv\\\\src$\\\\w11\\\\install.wim\", \"SourceVersion\": 12, \"Priority\": "
	"2,\n"
	"    \"SourceDate\": \"2026-01-09T22:41:06Z\", \"SourceSite\": \"P01\", \"IgnoreAddressSchedule\": false,\n"
	"    \"SedoObjectVersion\": \"8082CADE-BFFE-44C9-96BF-EB620D1C662C\", \"Description\": \"\", \"MIFName\": "
	"null,\n"
	"    \"RefreshSchedule\": [],\n"
	"    \"ImageProperty\": \"<WIM><IMAGE index=\\\"1\\\"><Property name=\\\"OS "
	"version\\\">10.0.1</Property></IMAGE></WIM>\",\n"
	"    \"__GENUS\": 2, \"__CLASS\": \"SMS_ImagePackage\", \"__RELPATH\": "
	"\"SMS_ImagePackage.PackageID=\\\"P0100123\\\"\",\n"
	"    \"__NAMESPACE\": \"root\\\\sms\\\\site_P01\"\n"
	"  } ]\n"
	"}\n";

/* Windows PowerShell: ConvertTo-Json of a CimInstance, with numbers in another spelling of the names. */
static const char powershell[] =
	"{\n"
	"  \"packageid\": \"P0100123\", \"NAME\": \"Gr\xc3\xbcn \xf0\x9f\x96\xa5 \\\"x64\\\", 23H2\", "
	"\"PkgSourceFlag\": 2,\n"
	"  \"PkgSourcePath\": \"\\\\\\\\srv\\\\src$\\\\w11\\\\install.wim\", \"SourceVersion\": 12.0, \"Priority\": "
	"\"2\",\n"
	"  \"SourceDate\": \"\\/Date(1767998466000)\\/\", \"SourceSite\": \"P01\", \"IgnoreAddressSchedule\": false,\n"
	"  \"SedoObjectVersion\": \"8082CADE-BFFE-44C9-96BF-EB620D1C662C\", \"Description\": \"\",\n"
	"  \"ImageProperty\": \"\\u003cWIM\\u003e\\u003cIMAGE index=\\\"1\\\"\\u003e\\u003cProperty name=\\\"OS "
	"version\\\"\\u003e10.0.1"
	"\\u003c/Property\\u003e\\u003c/IMAGE\\u003e\\u003c/WIM\\u003e\",\n"
	"  \"PSComputerName\": \"prov\", \"CimClass\": \"root/sms/site_P01:SMS_ImagePackage\",\n"
	"  \"CimInstanceProperties\": [\"SourceVersion = 12\", \"Description\"],\n"
	"  \"CimSystemProperties\": {\"Namespace\": \"root/sms/site_P01\", \"ServerName\": \"prov\", \"ClassName\": "
	"\"SMS_ImagePackage\"}\n"
	"}\n";

static const char get_cm[] =
	"[ {\n"
	"  \"PackageID\": \"P0100123\", \"Name\": \"Gr\xc3\xbcn \xf0\x9f\x96\xa5 \\\"x64\\\", 23H2\", "
	"\"PkgSourceFlag\": 2,\n"
	"  \"PkgSourcePath\": \"\\\\\\\\srv\\\\src$\\\\w11\\\\install.wim\", \"SourceVersion\": 12, \"Priority\": 2,\n"
	"  \"SourceDate\": {\"value\": \"\\/Date(1767998466000)\\/\", \"DateTime\": \"Friday\"}, \"SourceSite\": "
	"\"P01\",\n"
	"  \"IgnoreAddressSchedule\": false,\n"
	"  \"SedoObjectVersion\": \"8082CADE-BFFE-44C9-96BF-EB620D1C662C\", \"Description\": \"\",\n"
	"  \"ImageProperty\": \"<WIM><IMAGE index=\\\"1\\\"><Property name=\\\"OS "
	"version\\\">10.0.1</Property></IMAGE></WIM>\",\n"
	"  \"SmsProviderObjectPath\": \"SMS_ImagePackage.PackageID=\\\"P0100123\\\"\", \"ObjectClass\": "
	"\"SMS_ImagePackage\",\n"
	"  \"NamedValueDictionary\": {\"Connection\": 1}, \"Properties\": [], \"ConnectionManager\": {}, "
	"\"PropertyList\": {\"a\": \"b\"},\n"
	"  \"EmbeddedProperties\": {}, \"EmbeddedPropertyLists\": {}, \"ManagedObject\": null, "
	"\"OverridingObjectClass\": \"\",\n"
	"  \"RegMultiStringLists\": {}, \"MethodList\": [], \"PropertyNames\": [\"PackageID\"]\n"
	"} ]\n";

static const char clixml[] =
	"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n"
	"  <Obj RefId=\"0\">\n"
	"    <TN RefId=\"0\">\n"
	"      <T>Microsoft.Management.Infrastructure.CimInstance#root/sms/site_P01/SMS_ImagePackage</T>\n"
	"      <T>Microsoft.Management.Infrastructure.CimInstance#SMS_ImagePackage</T>\n"
	"      <T>System.Object</T>\n"
	"    </TN>\n"
	"    <ToString>SMS_ImagePackage</ToString>\n"
	"    <Props>\n"
	"      <S N=\"PackageID\">P0100123</S>\n"
	"      <S N=\"Name\">Gr\xc3\xbcn _xD83D__xDDA5_ \"x64\", 23H2</S>\n"
	"      <U32 N=\"PkgSourceFlag\">2</U32>\n"
	"      <S N=\"PkgSourcePath\">\\\\srv\\src$\\w11\\install.wim</S>\n"
	"      <U32 N=\"SourceVersion\">12</U32><U32 N=\"Priority\">2</U32>\n"
	"      <DT N=\"SourceDate\">2026-01-09T23:41:06+01:00</DT>\n"
	"      <S N=\"SourceSite\">P01</S><B N=\"IgnoreAddressSchedule\">false</B>\n"
	"      <S N=\"SedoObjectVersion\">8082CADE-BFFE-44C9-96BF-EB620D1C662C</S><S N=\"Description\"></S>\n"
	"      <Nil N=\"MIFName\" /><Nil N=\"PSComputerName\" /><Nil N=\"RefreshSchedule\" />\n"
	"      <S N=\"ImageProperty\">&lt;WIM&gt;&lt;IMAGE index=\"1\"&gt;&lt;Property name=\"OS "
	"version\"&gt;10.0.1&lt;/Property&gt;"
	"&lt;/IMAGE&gt;&lt;/WIM&gt;</S>\n"
	"    </Props>\n"
	"    <MS>\n"
	"      <Obj N=\"__ClassMetadata\" RefId=\"1\"><TN RefId=\"1\"><T>System.Collections.ArrayList</T></TN><LST>\n"
	"        <Obj RefId=\"2\"><MS><S N=\"ClassName\">SMS_ImagePackage</S><S "
	"N=\"Namespace\">root/sms/site_P01</S></MS></Obj>\n"
	"      </LST></Obj>\n"
	"    </MS>\n"
	"  </Obj>\n"
	"</Objs>\n";

#define CSV_BAG "\"<WIM><IMAGE index=\"\"1\"\"><Property name=\"\"OS version\"\">10.0.1</Property></IMAGE></WIM>\""

static const char csv_comma[] =
	"#TYPE Microsoft.Management.Infrastructure.CimInstance#root/sms/site_P01/SMS_ImagePackage\n"
	"\"PackageID\",\"Name\",\"PkgSourceFlag\",\"PkgSourcePath\",\"SourceVersion\",\"Priority\",\"SourceDate\","
	"\"SourceSite\","
	"\"IgnoreAddressSchedule\",\"SedoObjectVersion\",\"Description\",\"MIFName\",\"RefreshSchedule\","
	"\"ImageProperty\",\"CimClass\"\n"
	"\"P0100123\",\"Gr\xc3\xbcn \xf0\x9f\x96\xa5 \"\"x64\"\", "
	"23H2\",\"2\",\"\\\\srv\\src$\\w11\\install.wim\",\"12\",\"2\","
	"\"20260109224106.000000+000\",\"P01\",\"False\",\"8082CADE-BFFE-44C9-96BF-EB620D1C662C\",\"\",,\"System."
	"Object[]\"," CSV_BAG ",\"root/sms/site_P01:SMS_ImagePackage\"\n";

static const char csv_semicolon[] =
	"\nPackageID;Name;PkgSourceFlag;PkgSourcePath;SourceVersion;Priority;SourceDate;SourceSite;"
	"IgnoreAddressSchedule;"
	"SedoObjectVersion;Description;ImageProperty;PackageType_\n"
	"P0100123;\"Gr\xc3\xbcn \xf0\x9f\x96\xa5 \"\"x64\"\", 23H2\";2;\\\\srv\\src$\\w11\\install.wim;12;2;"
	"2026-01-09T22:41:06Z;P01;FALSE;8082CADE-BFFE-44C9-96BF-EB620D1C662C;\"\";" CSV_BAG ";\n"
	"\n";

static const char csv_tab[] =
	"PACKAGEID\t\"Name\"\tPkgSourceFlag\tPkgSourcePath\tSourceVersion\tPriority\tSourceDate\tSourceSite\tIgnoreAddr"
	"essSchedule\t"
	"SedoObjectVersion\tDescription\tImageProperty\t__CLASS\n"
	"P0100123\t\"Gr\xc3\xbcn \xf0\x9f\x96\xa5 \"\"x64\"\", 23H2\"\t2\t\\\\srv\\src$\\w11\\install.wim\t12\t2\t"
	"2026-01-09 22:41:06Z\tP01\tfalse\t8082CADE-BFFE-44C9-96BF-EB620D1C662C\t\"\"\t" CSV_BAG "\tSMS_ImagePackage";

static const char cim_xml[] =
	"<INSTANCE CLASSNAME=\"SMS_ImagePackage\">\n"
	"  <PROPERTY NAME=\"__RELPATH\" CLASSORIGIN=\"___SYSTEM\" "
	"TYPE=\"string\"><VALUE>SMS_ImagePackage.PackageID=\"P0100123\"</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"__NAMESPACE\" TYPE=\"string\"><VALUE>root\\sms\\site_P01</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"PackageID\" TYPE=\"string\"><QUALIFIER NAME=\"key\" "
	"TYPE=\"boolean\"><VALUE>TRUE</VALUE></QUALIFIER>"
	"<VALUE>P0100123</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"Name\" TYPE=\"string\"><VALUE><![CDATA[Gr\xc3\xbcn ]]>&#x1F5A5; \"x64\", "
	"23H2</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"PkgSourceFlag\" TYPE=\"uint32\"><VALUE>2</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"PkgSourcePath\" TYPE=\"string\"><VALUE>\\\\srv\\src$\\w11\\install.wim</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"SourceVersion\" TYPE=\"uint32\"><VALUE>12</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"Priority\" TYPE=\"uint32\"><VALUE>2</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"SourceDate\" TYPE=\"datetime\"><QUALIFIER "
	"NAME=\"CIMTYPE\"><VALUE>datetime</VALUE></QUALIFIER>"
	"<VALUE>20260109224106.000000+000</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"SourceSite\" TYPE=\"string\"><VALUE>P01</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"IgnoreAddressSchedule\" TYPE=\"boolean\"><VALUE>FALSE</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"SedoObjectVersion\" "
	"TYPE=\"string\"><VALUE>8082CADE-BFFE-44C9-96BF-EB620D1C662C</VALUE></PROPERTY>\n"
	"  <PROPERTY NAME=\"Description\" TYPE=\"string\"><VALUE></VALUE></PROPERTY><PROPERTY NAME=\"MIFName\" "
	"TYPE=\"string\"/>\n"
	"  <PROPERTY.OBJECTARRAY NAME=\"RefreshSchedule\"/>\n"
	"  <PROPERTY NAME=\"ImageProperty\" TYPE=\"string\"><VALUE>&lt;WIM&gt;&lt;IMAGE index=\"1\"&gt;&lt;Property "
	"name=\"OS version\"&gt;"
	"10.0.1&lt;/Property&gt;&lt;/IMAGE&gt;&lt;/WIM&gt;</VALUE></PROPERTY>\n"
	"</INSTANCE>\n";

static const struct {
	const char *name;
	const char *text;
} shapes[] = {
	{ "AdminService", admin_service },
	{ "ConvertTo-Json", powershell },
	{ "Get-CM", get_cm },
	{ "Export-Clixml", clixml },
	{ "CSV, comma", csv_comma },
	{ "CSV, tab", csv_tab },
	{ "CIM-XML", cim_xml },
};

static void check_record(const char *name, const struct wp_record_set *set, char ret_id[WP_HASH_TEXT])
{
	const struct wp_record *record = &set->records[0];

	cr_assert_eq(set->count, 1, "%s", name);
	cr_expect_eq(set->diags.count > 0, wp_diags_have(&set->diags, "site-inferred"), "%s: %s", name,
		     set->diags.count ? set->diags.items[0].summary : "");
	cr_expect_str_eq(set->site_code, "P01", "%s", name);
	cr_expect_eq(record->class, WP_CLASS_IMAGE, "%s", name);
	cr_expect_str_eq(record->package_id, "P0100123", "%s", name);
	cr_expect_str_eq(record->name, NAME, "%s", name);
	cr_expect_str_eq(record->source_path, "\\\\srv\\src$\\w11\\install.wim", "%s", name);
	cr_expect_eq(record->source_flag.value, 2, "%s", name);
	cr_expect_eq(record->source_version.value, 12, "%s", name);
	cr_expect_eq(record->priority.value, 2, "%s", name);
	cr_expect_str_eq(record->source_date_text, "2026-01-09T22:41:06Z", "%s", name);
	cr_expect(record->source_date.known && record->source_date.zone_known, "%s", name);
	cr_expect(!record->action_in_progress.known, "%s", name);
	cr_expect_eq(record->image_property_state, WP_FETCHED_PRESENT, "%s", name);
	cr_assert_eq(record->images.count, 1, "%s: %s", name, record->image_property_error);
	cr_expect_str_eq(record->images.items[0].os_version, "10.0.1", "%s", name);
	cr_expect(json_is_false(record_property(record, "IgnoreAddressSchedule")), "%s", name);
	cr_expect_eq(json_object_size(json_object_get(record->json, "properties")), 12, "%s: %zu", name,
		     json_object_size(json_object_get(record->json, "properties")));
	cr_expect(is_not_fetched(record, "RefreshSchedule"), "%s", name);
	memcpy(ret_id, set->id, WP_HASH_TEXT);
}

Test(site, every_shape_and_encoding_gives_the_same_record)
{
	char first[WP_HASH_TEXT] = "";

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		for (int encoding = 0; encoding < FIXTURE_ENCODINGS; encoding++)
			for (int crlf = 0; crlf < 2; crlf++) {
				struct wp_buf buf = { 0 };
				struct wp_record_set *set;
				struct wp_error err = { 0 };
				char id[WP_HASH_TEXT], name[64];

				snprintf(name, sizeof name, "%s/%d/%d", shapes[i].name, encoding, crlf);
				encode(&buf, shapes[i].text, (enum fixture_encoding)encoding, crlf);
				cr_assert_eq(import_bufs(&buf, 1, &(struct wp_import_options){ 0 }, &fixture_bounds,
							 &set, &err),
					     WP_OK, "%s: %s", name, err.message);
				check_record(name, set, id);
				if (!first[0])
					strcpy(first, id);
				cr_expect_str_eq(id, first, "%s", name);
				wp_record_set_free(set);
				wp_buf_free(&buf);
			}
}

Test(site, class_is_found_from_package_type_when_nothing_else_tells)
{
	static const struct {
		const char *type;
		enum wp_class class;
	} types[] = { { "257", WP_CLASS_IMAGE }, { "258", WP_CLASS_BOOT }, { "259", WP_CLASS_INSTALL } };

	import_bad("no class", csv_semicolon, "record-without-class",
		   "record 1 (line 3): package P0100123 does not say");
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		char text[128];
		struct wp_record_set *set;

		snprintf(text, sizeof text, "PackageID,packagetype,pkgflags\nP0100001,%s,0\n", types[i].type);
		set = import_good(types[i].type, text);
		cr_expect_eq(set->records[0].class, types[i].class, "%s", types[i].type);
		cr_expect_null(set->site_code);
		wp_record_set_free(set);
	}
}

/* A .zip as the console saves it, with members that are not wanted. */
static struct wp_buf make_zip(const char *const *members, const char *const *texts, enum fixture_encoding encoding)
{
	struct archive *archive = archive_write_new();
	struct wp_buf zip = { 0 };
	size_t used = 0;

	zip.data = malloc(1 << 20);
	zip.capacity = 1 << 20;
	archive_write_set_format_zip(archive);
	archive_write_open_memory(archive, zip.data, zip.capacity, &used);
	for (size_t i = 0; members[i]; i++) {
		struct archive_entry *entry = archive_entry_new();
		struct wp_buf text = { 0 };

		encode(&text, texts[i], encoding, true);
		archive_entry_set_pathname(entry, members[i]);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (la_int64_t)text.length);
		archive_write_header(archive, entry);
		archive_write_data(archive, text.data, text.length);
		archive_entry_free(entry);
		wp_buf_free(&text);
	}
	archive_write_close(archive);
	archive_write_free(archive);
	zip.length = used;
	return zip;
}

Test(site, every_object_in_a_zip_is_read)
{
	static const char *const members[] = { "AppReferencesInfo.xml", "SMS_ImagePackage/P0100123/object.xml",
					       "SMS_BootImagePackage/P0100002/Object.XML",
					       "SMS_Package/P0100009/object.xml", NULL };
	static const char *const texts[] = {
		"not even XML",
		cim_xml,
		"<INSTANCE CLASSNAME=\"SMS_BootImagePackage\"><PROPERTY NAME=\"PackageID\" "
		"TYPE=\"string\"><VALUE>P0100002</VALUE></PROPERTY>"
		"</INSTANCE>",
		"<INSTANCE CLASSNAME=\"SMS_Package\"></INSTANCE>",
	};

	for (int encoding = 0; encoding < FIXTURE_ENCODINGS; encoding++) {
		struct wp_buf zip = make_zip(members, texts, (enum fixture_encoding)encoding);
		struct wp_record_set *set;
		struct wp_error err = { 0 };

		cr_assert_eq(import_bufs(&zip, 1, &(struct wp_import_options){ 0 }, &fixture_bounds, &set, &err), WP_OK,
			     "%s", err.message);
		cr_assert_eq(set->count, 2);
		cr_expect_str_eq(set->records[0].package_id, "P0100002");
		cr_expect_eq(set->records[0].class, WP_CLASS_BOOT);
		cr_expect_str_eq(set->records[1].name, NAME);
		cr_expect(wp_diags_have(&set->diags, "rows-skipped"));
		wp_record_set_free(set);
		wp_buf_free(&zip);
	}
}

Test(site, zips_that_cannot_be_read_are_refused)
{
	static const char *const other[] = { "a/b.xml", NULL };
	static const char *const broken[] = { "a/object.xml", NULL };
	static const char *const large[] = { "x/object.xml", NULL };
	static const char *const text[] = { "<INSTANCE>\n <X></INSTANCE>" };
	static const struct wp_import_bounds small = { 1000, 10, 10 };
	struct wp_buf zip = make_zip(other, text, FIXTURE_UTF8);
	struct wp_import_options options = { 0 };
	struct wp_record_set *set;
	struct wp_error err;
	struct wp_buf bomb = { 0 };
	const char *bomb_text[1];

	cr_expect_eq(import_bufs(&zip, 1, &options, &fixture_bounds, &set, &err), WP_E_FAILED);
	cr_expect(strstr(err.message, "holds no object.xml"), "%s", err.message);
	wp_buf_free(&zip);

	zip = make_zip(broken, text, FIXTURE_UTF8);
	cr_expect_eq(import_bufs(&zip, 1, &options, &fixture_bounds, &set, &err), WP_E_FAILED);
	cr_expect(strstr(err.message, ":a/object.xml: line 2, column "), "%s", err.message);
	zip.length /= 2;
	cr_expect_eq(import_bufs(&zip, 1, &options, &fixture_bounds, &set, &err), WP_E_FAILED);
	cr_expect(strstr(err.message, "cannot be unpacked"), "%s", err.message);
	wp_buf_free(&zip);

	wp_buf_puts(&bomb, "<INSTANCE CLASSNAME=\"SMS_Package\"/>");
	wp_buf_pad(&bomb, ' ', 100000);
	bomb_text[0] = bomb.data;
	zip = make_zip(large, bomb_text, FIXTURE_UTF8);
	cr_expect_eq(import_bufs(&zip, 1, &options, &small, &set, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "record-too-large", "%s", err.message);
	wp_buf_free(&zip);
	wp_buf_free(&bomb);
}

Test(site, json_records_are_found_wherever_they_stand)
{
#define ROW(id) "{\"PackageID\":\"" id "\",\"PackageType\":257,\"PkgFlags\":0}"
	static const struct {
		const char *name;
		const char *text;
		size_t count;
	} cases[] = {
		{ "alone", ROW("P010000A"), 1 },
		{ "array", "[" ROW("P010000A") "," ROW("P010000B") "]", 2 },
		{ "page", "{\"@odata.context\":\"x\",\"value\":[" ROW("P010000A") "," ROW("P010000B") "]}", 2 },
		{ "page of one", "{\"value\":" ROW("P010000A") ",\"Count\":1}", 1 },
		{ "pages",
		  "{\"value\":[" ROW("P010000A") "],\"@odata.nextLink\":\"y\"}\n\xef\xbb\xbf{\"value\":[" ROW("P010000B") "]}", 2 },
		{ "array of pages",
		  "[{\"value\":[" ROW("P010000A") "],\"Count\":1},{\"value\":[]}," ROW("P010000B") ",null,[" ROW("P010000C") "]]", 3 },
		{ "one behind the other", ROW("P010000A") "\n" ROW("P010000B") "\n", 2 },
		{ "class of the page",
		  "{\"@odata.context\":\"http://p/$metadata#SMS_ImagePackage(PackageID,Name)\",\"value\":[{"
		  "\"PackageID\":\"P010000A\"}]}",
		  1 },
		{ "entity", "{\"@odata.context\":\"http://p/$metadata#SMS_ImagePackage/$entity\",\"PackageID\":\"P010000A\"}",
		  1 },
		{ "type", "{\"@odata.type\":\"#AdminService.SMS_ImagePackage\",\"PackageID\":\"P010000A\"}", 1 },
		{ "path",
		  "{\"__PATH\":\"\\\\\\\\S\\\\root\\\\sms\\\\site_P01:SMS_ImagePackage.PackageID=\\\"A\\\"\","
		  "\"PackageID\":\"P010000A\"}",
		  1 },
		{ "class object",
		  "{\"PackageID\":\"P010000A\",\"CimClass\":{\"CimSystemProperties\":{\"ClassName\":\"SMS_ImagePackage\"}}}",
		  1 },
		{ "base class",
		  "{\"PackageID\":\"P010000A\",\"__CLASS\":\"SMS_PackageBaseclass\",\"PackageType\":257,\"PkgFlags\":0}", 1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record_set *set = import_good(cases[i].name, cases[i].text);

		cr_expect_eq(set->count, cases[i].count, "%s: %zu", cases[i].name, set->count);
		for (size_t j = 0; j < set->count; j++)
			cr_expect_eq(set->records[j].class, WP_CLASS_IMAGE, "%s", cases[i].name);
		wp_record_set_free(set);
	}
}

Test(site, clixml_lists_pages_and_selected_objects)
{
#define HEAD "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"
	static const char *const texts[] = {
		/* Objects in a list, the second with a reference to the type of the first. */
		HEAD "<Obj RefId=\"9\"><TN RefId=\"8\"><T>System.Object[]</T></TN><LST><Obj RefId=\"0\"><TN "
		     "RefId=\"0\"><T>IResultObject#"
		     "SMS_ImagePackage</T></TN><Props><S N=\"PackageID\">P010000A</S><Obj N=\"PropertyList\" "
		     "RefId=\"5\"><DCT><En><S N=\"Key\">k</S><S N="
		     "\"Value\">v</S></En></DCT></Obj></Props></Obj><Obj RefId=\"1\"><TNRef RefId=\"0\" /><Props><S "
		     "N=\"PackageID\">P010000B</S></Props>"
		     "</Obj><Nil /><S>x</S></LST></Obj></Objs>",
		/* What Invoke-RestMethod gave. */
		HEAD "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Management.Automation.PSCustomObject</T></TN><MS><S "
		     "N=\"@odata.context\">"
		     "http://p/$metadata#SMS_ImagePackage</S><Obj N=\"value\" RefId=\"1\"><TN "
		     "RefId=\"1\"><T>System.Object[]</T></TN><LST><Obj RefId="
		     "\"2\"><TNRef RefId=\"0\"/><MS><S N=\"PackageID\">P010000A</S></MS></Obj><Obj RefId=\"3\"><MS><S "
		     "N=\"PackageID\">P010000B</S></MS></Obj></LST>"
		     "</Obj></MS></Obj></Objs>",
		/* Select-Object, and a dictionary. */
		HEAD
		"<Obj RefId=\"0\"><TN "
		"RefId=\"0\"><T>Selected.Microsoft.Management.Infrastructure.CimInstance</T></TN><MS><S N=\"PackageID\""
		">P010000A</S><I32 N=\"PackageType\">257</I32><I32 N=\"PkgFlags\">0</I32></MS></Obj><Obj RefId=\"1\"><DCT><En><S "
		"N=\"Key\">PackageID</S><S N=\"Value\">P010000B</S></En>"
		"<En><S N=\"Key\">PkgFlags</S><I32 N=\"Value\">0</I32></En>"
		"<En><S N=\"Key\">PackageType</S><I32 N=\"Value\">257</I32></En></DCT></Obj></Objs>",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct wp_record_set *set = import_good("CLIXML", texts[i]);

		cr_assert_eq(set->count, 2, "%zu: %zu", i, set->count);
		cr_expect_str_eq(set->records[1].package_id, "P010000B");
		cr_expect_eq(set->records[0].class, WP_CLASS_IMAGE);
		cr_expect_null(record_property(&set->records[0], "PropertyList"));
		wp_record_set_free(set);
	}
}

Test(site, embedded_objects_are_the_same_from_every_shape)
{
	static const char *const texts[] = {
		"{\"PackageID\":\"P010000A\",\"PackageType\":257,\"RefreshSchedule\":[{\"@odata.type\":\"#AdminService.SMS_ST_"
		"RecurInterval\","
		"\"DaySpan\":7,\"IsGMT\":false,\"StartTime\":\"2026-01-09T22:41:06Z\"}]}",
		"{\"PackageID\":\"P010000A\",\"PackageType\":257,\"RefreshSchedule\":[{\"DaySpan\":7,\"IsGMT\":false,"
		"\"StartTime\":"
		"\"\\/Date(1767998466000)\\/\",\"PSComputerName\":null,\"CimClass\":\"root/sms/"
		"site_P01:SMS_ST_RecurInterval\","
		"\"CimInstanceProperties\":\"x\",\"CimSystemProperties\":\"y\"}]}",
		HEAD "<Obj RefId=\"0\"><MS><S N=\"PackageID\">P010000A</S><U32 N=\"PackageType\">257</U32><Obj "
		     "N=\"RefreshSchedule\" RefId=\"1\"><LST>"
		     "<Obj RefId=\"2\"><TN "
		     "RefId=\"1\"><T>Microsoft.Management.Infrastructure.CimInstance#root/sms/site_P01/"
		     "SMS_ST_RecurInterval</T>"
		     "</TN><Props><U32 N=\"DaySpan\">7</U32><B N=\"IsGMT\">false</B><DT "
		     "N=\"StartTime\">2026-01-09T22:41:06Z</DT></Props></Obj>"
		     "</LST></Obj></MS></Obj></Objs>",
		"<INSTANCE><PROPERTY NAME=\"PackageID\" TYPE=\"string\"><VALUE>P010000A</VALUE></PROPERTY><PROPERTY "
		"NAME=\"PackageType\" TYPE=\"uint32\">"
		"<VALUE>257</VALUE></PROPERTY><PROPERTY.OBJECTARRAY "
		"NAME=\"RefreshSchedule\"><VALUE.OBJECTARRAY><VALUE.OBJECT><INSTANCE "
		"CLASSNAME=\"SMS_ST_RecurInterval\"><PROPERTY NAME=\"DaySpan\" "
		"TYPE=\"uint32\"><VALUE>7</VALUE></PROPERTY><PROPERTY NAME=\"IsGMT\""
		" TYPE=\"boolean\"><VALUE>FALSE</VALUE></PROPERTY><PROPERTY NAME=\"StartTime\" "
		"TYPE=\"datetime\"><VALUE>20260109224106.000000+000"
		"</VALUE></PROPERTY></INSTANCE></VALUE.OBJECT></VALUE.OBJECTARRAY></PROPERTY.OBJECTARRAY></INSTANCE>\n",
		/* With the zone of the machine that exported, as .NET puts it behind a time of day; and as text. */
		"{\"PackageID\":\"P010000A\",\"PackageType\":257,\"RefreshSchedule\":{\"__CLASS\":\"SMS_ST_RecurInterval\","
		"\"DaySpan\":7,\"StartTime\":\"2026-01-09T22:41:06.0000000+05:30\"}}",
		"PackageID,PackageType,RefreshSchedule\nP010000A,257,a6c91e0000100038\n",
	};
	json_t *first = NULL;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct wp_record_set *set = import_good("embedded", texts[i]);
		const json_t *schedule = record_property(&set->records[0], "RefreshSchedule");

		cr_expect(!is_not_fetched(&set->records[0], "RefreshSchedule"));
		if (!first)
			first = json_deep_copy(schedule);
		cr_expect(json_equal(first, schedule), "%zu", i);
		wp_record_set_free(set);
	}
	cr_expect_str_eq(json_string_value(first), "A6C91E0000100038");
	json_decref(first);
}

/* What is no schedule, or has no token for its year, is kept as it came; of other objects all but the noise. */
Test(site, what_is_no_schedule_is_kept)
{
	static const struct {
		const char *name, *value, *kept;
	} cases[] = {
		{ "RefreshSchedule", "[]", "[]" },
		{ "RefreshSchedule", "\"0001\"", "\"0001\"" },
		{ "RefreshSchedule", "[{\"__CLASS\":\"SMS_ST_RecurWeekly\",\"StartTime\":\"2026-01-09T22:41:06Z\",\"Day\":9}]",
		  "[{\"__CLASS\":\"SMS_ST_RecurWeekly\",\"StartTime\":\"2026-01-09T22:41:06Z\",\"Day\":9}]" },
		{ "RefreshSchedule", "{\"__CLASS\":\"SMS_ST_NonRecurring\",\"StartTime\":\"2034-01-09T22:41:06Z\"}",
		  "{\"__CLASS\":\"SMS_ST_NonRecurring\",\"StartTime\":\"2034-01-09T22:41:06Z\"}" },
		{ "RefreshSchedule", "{\"__CLASS\":\"SMS_ST_NonRecurring\",\"StartTime\":\"2033-01-09T22:41:06Z\"}",
		  "\"A6C91FC000080000\"" },
		{ "Anything", "[{\"@odata.type\":\"#AdminService.SMS_X\",\"a\":1,\"PSComputerName\":null}]",
		  "[{\"__CLASS\":\"SMS_X\",\"a\":1}]" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *kept = json_loads(cases[i].kept, JSON_DECODE_ANY, NULL);
		struct wp_record_set *set;
		char text[512];

		snprintf(text, sizeof text, "{\"PackageID\":\"P010000A\",\"__CLASS\":\"SMS_ImagePackage\",\"%s\":%s}",
			 cases[i].name, cases[i].value);
		set = import_good(text, text);
		cr_expect(json_equal(record_property(&set->records[0], cases[i].name), kept), "%s", text);
		json_decref(kept);
		wp_record_set_free(set);
	}
}

Test(site, several_instances_stand_behind_each_other_or_under_a_root)
{
#define INSTANCE(id) \
	"<INSTANCE CLASSNAME=\"SMS_ImagePackage\"><PROPERTY NAME=\"PackageID\"><VALUE>" id \
	"</VALUE></PROPERTY></INSTANCE>\n"
	static const char *const texts[] = {
		INSTANCE("P010000A") INSTANCE("P010000B"),
		"<?xml version=\"1.0\" encoding=\"utf-16\"?><CIM "
		"CIMVERSION=\"2.0\"><DECLARATION><DECLGROUP><VALUE.OBJECT>" INSTANCE(
			"P010000A") "</VALUE.OBJECT><VALUE.OBJECT>" INSTANCE("P010000B") "</VALUE.OBJECT></DECLGROUP></DECLARATION></"
									   "CIM>",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct wp_record_set *set = import_good("instances", texts[i]);

		cr_expect_eq(set->count, 2, "%zu", i);
		wp_record_set_free(set);
	}
}
