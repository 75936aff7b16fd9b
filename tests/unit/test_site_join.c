/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rows say of one package together: lazy properties, merges, contradictions, companions, site and time. */
#include "site_fixture.h"

#include <sys/stat.h>

#define ROW(id, more) "{\"PackageID\":\"" id "\",\"PackageType\":257,\"PkgFlags\":0" more "}"
#define HEAD \
	"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><MS>" \
	"<S N=\"PackageID\">P010000A</S><I32 N=\"PackageType\">257</I32><I32 N=\"PkgFlags\">0</I32>"
#define TAIL "</MS></Obj></Objs>"
#define CIM \
	"<INSTANCE CLASSNAME=\"SMS_ImagePackage\"><PROPERTY NAME=\"PackageID\" " \
	"TYPE=\"string\"><VALUE>P010000A</VALUE></PROPERTY>"

Test(site, lazy_properties_not_fetched_are_told_from_empty_ones)
{
	static const struct {
		const char *name;
		const char *text;
		enum wp_fetched state;
	} cases[] = {
		{ "JSON, absent", ROW("P010000A", ""), WP_FETCHED_NOT },
		{ "JSON, null", ROW("P010000A", ",\"ImageProperty\":null"), WP_FETCHED_NOT },
		{ "JSON, named and absent", ROW("P010000A", ",\"__LAZYPROPERTIES\":[\"ImageProperty\"]"), WP_FETCHED_NOT },
		{ "JSON, named and null", ROW("P010000A", ",\"__LAZYPROPERTIES\":[\"ImageProperty\"],\"ImageProperty\":null"),
		  WP_FETCHED_NOT },
		{ "JSON, empty", ROW("P010000A", ",\"ImageProperty\":\"\""), WP_FETCHED_EMPTY },
		{ "JSON, named and empty", ROW("P010000A", ",\"__LAZYPROPERTIES\":[\"ImageProperty\"],\"ImageProperty\":\"\""),
		  WP_FETCHED_NOT },
		{ "JSON, names that became text",
		  ROW("P010000A", ",\"__LAZYPROPERTIES\":\"__X ISVData ImageProperty\",\"ImageProperty\":\"\""), WP_FETCHED_NOT },
		{ "JSON, numbers say nothing",
		  ROW("P010000A", ",\"__LAZYPROPERTIES\":[\"ImageProperty\",\"IconSize\",\"RefreshPkgSourceFlag\"],"
				  "\"ImageProperty\":\"\",\"IconSize\":0,\"RefreshPkgSourceFlag\":false"), WP_FETCHED_NOT },
		{ "JSON, another lazy text",
		  ROW("P010000A", ",\"__LAZYPROPERTIES\":[\"ImageProperty\",\"ISVString\"],\"ImageProperty\":\"\","
				  "\"isvstring\":\"x\""), WP_FETCHED_EMPTY },
		{ "JSON, another lazy list",
		  ROW("P010000A", ",\"__LAZYPROPERTIES\":[\"ImageProperty\",\"RefreshSchedule\"],\"ImageProperty\":\"\","
				  "\"RefreshSchedule\":[{\"DaySpan\":7}]"), WP_FETCHED_EMPTY },
		{ "JSON, by key", ROW("P010000A", ",\"__BY_KEY\":true,\"__LAZYPROPERTIES\":[\"ImageProperty\"],"
						  "\"ImageProperty\":\"\""), WP_FETCHED_EMPTY },
		{ "JSON, not by key", ROW("P010000A", ",\"__BY_KEY\":false,\"ImageProperty\":\"\""), WP_FETCHED_NOT },
		{ "JSON, named and there",
		  ROW("P010000A", ",\"__LAZYPROPERTIES\":[\"ImageProperty\"],\"ImageProperty\":\"<WIM/>\""), WP_FETCHED_PRESENT },
		{ "CLIXML, absent", HEAD TAIL, WP_FETCHED_NOT },
		{ "CLIXML, Nil", HEAD "<Nil N=\"ImageProperty\" />" TAIL, WP_FETCHED_NOT },
		{ "CLIXML, empty", HEAD "<S N=\"ImageProperty\" />" TAIL, WP_FETCHED_EMPTY },
		{ "CLIXML, there", HEAD "<S N=\"ImageProperty\">&lt;WIM/&gt;</S>" TAIL, WP_FETCHED_PRESENT },
		{ "CSV, no column", "PackageID,PackageType,PkgFlags\nP010000A,257,0", WP_FETCHED_NOT },
		{ "CSV, nothing", "PackageID,PackageType,ImageProperty\nP010000A,257,", WP_FETCHED_NOT },
		{ "CSV, quotes", "PackageID,PackageType,ImageProperty\nP010000A,257,\"\"", WP_FETCHED_NOT },
		{ "CSV, there", "PackageID,PackageType,ImageProperty\nP010000A,257,<WIM/>", WP_FETCHED_PRESENT },
		{ "CIM-XML, absent", CIM "</INSTANCE>", WP_FETCHED_NOT },
		{ "CIM-XML, no VALUE", CIM "<PROPERTY NAME=\"ImageProperty\" TYPE=\"string\"/></INSTANCE>",
		  WP_FETCHED_NOT },
		{ "CIM-XML, empty",
		  CIM "<PROPERTY NAME=\"ImageProperty\" TYPE=\"string\"><VALUE/></PROPERTY></INSTANCE>", WP_FETCHED_EMPTY },
		{ "CIM-XML, there",
		  CIM
		  "<PROPERTY NAME=\"ImageProperty\" TYPE=\"string\"><VALUE>&lt;WIM/&gt;</VALUE></PROPERTY></INSTANCE>",
		  WP_FETCHED_PRESENT },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record_set *set = import_good(cases[i].name, cases[i].text);
		const struct wp_record *record = &set->records[0];

		cr_expect_eq(record->image_property_state, cases[i].state, "%s", cases[i].name);
		cr_expect_eq(is_not_fetched(record, "ImageProperty"), cases[i].state == WP_FETCHED_NOT, "%s",
			     cases[i].name);
		cr_expect(is_not_fetched(record, "ImageDiskLayout"), "%s", cases[i].name);
		cr_expect_not(is_not_fetched(record, "ScratchSpace"), "%s", cases[i].name);
		cr_expect_eq(record->images.origin == WP_IMAGE_ORIGIN_IMAGE_PROPERTY, cases[i].state == WP_FETCHED_PRESENT, "%s",
			     cases[i].name);
		cr_expect_eq(record->image_property != NULL, cases[i].state != WP_FETCHED_NOT, "%s", cases[i].name);
		wp_record_set_free(set);
	}
}

Test(site, lazy_names_of_the_record_and_of_its_class)
{
	struct wp_record_set *set =
		import_good("boot", "{\"PackageID\":\"P010000A\",\"PackageType\":258,\"PkgFlags\":0,\"ImagePath\":\"\\\\\\\\s\\\\b.wim\","
				    "\"__LAZYPROPERTIES\":[\"__QUALIFIER_SECURITYVERBS\",\"NewThing\",\"scratchspace\","
				    "7],\"NewOther\":null}");

	cr_expect(is_not_fetched(&set->records[0], "ScratchSpace"));
	cr_expect(is_not_fetched(&set->records[0], "NewThing"));
	cr_expect_not(is_not_fetched(&set->records[0], "NewOther"));
	cr_expect_not(is_not_fetched(&set->records[0], "scratchspace"));
	cr_expect_str_eq(set->records[0].image_path, "\\\\s\\b.wim");
	wp_record_set_free(set);
}

static char *id_of(const char *const *texts)
{
	struct wp_record_set *set;
	struct wp_error err = { 0 };
	char *id = calloc(1, WP_HASH_TEXT);

	cr_assert_eq(import_texts(texts, &(struct wp_import_options){ 0 }, &set, &err), WP_OK, "%s", err.message);
	memcpy(id, set->id, WP_HASH_TEXT);
	wp_record_set_free(set);
	return id;
}

Test(site, snapshot_id_does_not_depend_on_any_order)
{
	static const char list[] = "[" ROW("P01000B1", ",\"Name\":\"b\",\"SourceSite\":\"P01\"") ","
		ROW("P01000A1", ",\"SourceSite\":\"P01\",\"__LAZYPROPERTIES\":[\"RefreshSchedule\",\"Zz\",\"Aa\"]") "]";
	static const char list_again[] =
		"[{\"SourceSite\":\"P01\",\"__LAZYPROPERTIES\":[\"Aa\",\"Zz\"],\"packageType\":\"257\",\"PkgFlags\":0,\"PackageID\":"
		"\"P01000A1\"}," ROW("P01000B1", ",\"SourceSite\":\"P01\",\"Name\":\"b\"") "]";
	static const char by_key[] = ROW("P01000B1", ",\"ImageProperty\":\"<WIM/>\",\"SourceSite\":\"P01\"");
	static const char rows[] =
		"[{\"PackageID\":\"P01000B1\",\"Index\":2,\"OSVersion\":\"x\"},{\"PackageID\":\"P01000B1\",\"Index\":"
		"10,"
		"\"OSVersion\":\"x\"},{\"PackageID\":\"P01000B1\",\"ServerNALPath\":\"n2\",\"State\":0},{\"PackageID\":"
		"\"P01000B1\","
		"\"ServerNALPath\":\"n1\",\"State\":0},{\"PackageID\":\"P01000A1\",\"Targeted\":3,\"SourceSize\":9}]";
	static const char rows_again[] = "PackageID,Index,OSVersion\nP01000B1,10,x\nP01000B1,2,x\nP01000B1,2,x\n";
	static const char points_again[] =
		"[{\"PackageID\":\"P01000A1\",\"SourceSize\":9,\"Targeted\":3},{\"PackageID\":\"P01000B1\","
		"\"ServerNALPath\":\"n1\",\"State\":0},{\"PackageID\":\"P01000B1\",\"ServerNALPath\":\"n2\",\"State\":"
		"0}]";
	char *first = id_of((const char *const[]){ list, by_key, rows, NULL });
	char *second = id_of((const char *const[]){ points_again, rows_again, by_key, list_again, by_key, NULL });
	char *third = id_of((const char *const[]){ list, rows, NULL });
	char *other = id_of((const char *const[]){ list_again, rows, NULL });

	cr_expect_str_eq(first, second);
	cr_expect_str_neq(first, third);
	cr_expect_str_eq(third, other);
	free(first);
	free(second);
	free(third);
	free(other);
}

static void refuse(const char *name, const char *const *texts, const char *code, const char *first, const char *second)
{
	struct wp_record_set *set;
	struct wp_error err = { 0 };

	cr_expect_eq(import_texts(texts, &(struct wp_import_options){ 0 }, &set, &err), WP_E_FAILED, "%s: taken", name);
	cr_expect_str_eq(err.code, code, "%s: %s", name, err.message);
	cr_expect(strstr(err.message, first), "%s: %s", name, err.message);
	cr_expect(strstr(err.message, second), "%s: %s", name, err.message);
	wp_record_set_free(set);
}

Test(site, contradictions_name_both_records_and_the_property)
{
	static const char first[] = "[" ROW("P010000Z", "") "," ROW("P010000A", ",\"SourceVersion\":12") "]";

	refuse("value", (const char *const[]){ first, "\n\n" ROW("P010000A", ",\"SourceVersion\":13"), NULL },
	       "records-contradict", "package P010000A: SourceVersion is 12 in /proc/self/fd/",
	       "record 2 (line 1), but 13 in /proc/self/fd/");
	refuse("value of a later row",
	       (const char *const[]){ first, ROW("P010000A", ",\"Name\":\"x\""), "\n" ROW("P010000A", ",\"Name\":\"y\""), NULL },
	       "records-contradict", "Name is \"x\" in /proc/self/fd/", "record 1 (line 2)");
	refuse("empty and not",
	       (const char *const[]){ ROW("P010000A", ",\"ImageProperty\":\"\""), ROW("P010000A", ",\"ImageProperty\":\"<WIM/>\""),
				      NULL },
	       "records-contradict", "ImageProperty", "<WIM/>");
	refuse("class",
	       (const char *const[]){ ROW("P010000A", ""), "{\"PackageID\":\"P010000A\",\"__CLASS\":\"SMS_BootImagePackage\"}",
				      NULL },
	       "records-contradict", "its class is SMS_ImagePackage", "SMS_BootImagePackage");
	refuse("in one record", (const char *const[]){ "{\"PackageID\":\"P010000A\",\"Name\":\"x\",\"name\":\"y\"}", NULL },
	       "records-contradict", "record 1 (line 1): Name is there twice", "different");
	refuse("companions",
	       (const char *const[]){ ROW("P010000A", ""),
				      "[{\"PackageID\":\"P010000A\",\"Index\":1,\"OSVersion\":\"1\"},{\"PackageID\":\"P010000A\","
				      "\"Index\":1,\"OSVersion\":\"2\"}]",
				      NULL },
	       "records-contradict", "OSVersion is \"1\"", "record 2");
	refuse("sites",
	       (const char *const[]){ ROW("P010000A", ",\"__NAMESPACE\":\"root\\\\sms\\\\site_P01\""),
				      ROW("P010000B", ",\"__NAMESPACE\":\"root\\\\sms\\\\site_P02\""), NULL },
	       "site-mismatch", "is of site P02", "is of site P01");
}

Test(site, a_list_and_reads_by_key_make_one_record)
{
	static const char csv[] = "PackageID,Name,PkgSourcePath,New,Flag\nP010000A,n,\\\\s\\w.wim,5,True";
	static const char json[] =
		"{\"__CLASS\":\"SMS_ImagePackage\",\"PackageID\":\"P010000A\",\"New\":5,\"Flag\":true,\"ImageProperty\":\"\"}";

	for (int turn = 0; turn < 2; turn++) {
		const char *const texts[] = { turn ? csv : json, turn ? json : csv, NULL };
		struct wp_record_set *set;
		struct wp_error err = { 0 };

		cr_assert_eq(import_texts(texts, &(struct wp_import_options){ 0 }, &set, &err), WP_OK, "%s",
			     err.message);
		cr_assert_eq(set->count, 1);
		cr_expect_eq(set->records[0].class, WP_CLASS_IMAGE);
		cr_expect_str_eq(set->records[0].source_path, "\\\\s\\w.wim");
		cr_expect_eq(set->records[0].image_property_state, WP_FETCHED_EMPTY);
		cr_expect(json_is_integer(record_property(&set->records[0], "New")));
		cr_expect(json_is_true(record_property(&set->records[0], "Flag")));
		wp_record_set_free(set);
	}
}

Test(site, companions_attach_to_their_package)
{
	struct wp_record_set *set = import_good(
		"companions",
		"[" ROW("P010000A", ",\"ImageProperty\":\"<WIM><oops\"") "," ROW("P010000B", "") "," ROW("P010000C", "") "," ROW(
			"P010000D",
			",\"ImageProperty\":\"\"") ","
						   "{\"__CLASS\":\"SMS_ImageInformation\",\"PackageID\":\"P010000A\","
						   "\"PackageType\":257,\"ObjectType\":18,\"Index\":2,\"Name\":\"two\","
						   "\"OSVersion\":\"10.0.2\",\"Architecture\":\"9\",\"Language\":\"de-"
						   "DE\",\"Size\":\"17116351717\",\"HALType\":\"acpiapic\","
						   "\"ProductType\":\"WinNT\",\"CreationDate\":\"?\",\"Description\":"
						   "\"d\",\"CreatedBy\":\"me\"},"
						   "{\"PackageID\":\"P010000A\",\"Index\":1,\"OSVersion\":\"10.0.1\","
						   "\"PackageType\":257},"
						   "{\"PackageID\":\"P010000B\",\"Index\":null,\"OSVersion\":\"10.0.3\"},"
						   "{\"PackageID\":\"P010000C\",\"Index\":null,\"OSVersion\":\"10.0.3\"},{"
						   "\"PackageID\":\"P010000C\",\"Index\":null,\"OSVersion\":\"10.0.4\"},"
						   "{\"PackageID\":\"P010000D\",\"Index\":1,\"OSVersion\":\"10.0.5\"},"
						   "{\"ObjectID\":\"P010000A\",\"ObjectType\":257,\"Targeted\":3,"
						   "\"SourceSize\":123389,\"LastUpdateDate\":\"/Date(0)/\"},"
						   "{\"__CLASS\":\"SMS_Package\"},{\"__CLASS\":\"SMS_Package\","
						   "\"PackageID\":\"P010000X\"},{\"PackageType\":4,\"PackageID\":\"P010000T\"},"
						   "{\"PackageID\":\"P010GONE\",\"ServerNALPath\":\"n\",\"State\":\"0\"}]");
	const struct wp_record *a = &set->records[0];
	const struct wp_site_image *two;
	const struct wp_diag *diag;

	cr_assert_eq(set->count, 4);
	cr_expect_eq(a->image_property_state, WP_FETCHED_PRESENT);
	cr_expect(strstr(a->image_property_error, "it is not XML"), "%s", a->image_property_error);
	cr_expect_eq(a->images.origin, WP_IMAGE_ORIGIN_IMAGE_INFORMATION);
	cr_assert_eq(a->images.count, 2);
	cr_expect_eq(a->images.items[0].index, 1);
	two = &a->images.items[1];
	cr_expect_str_eq(two->name, "two");
	cr_expect_str_eq(two->os_version, "10.0.2");
	cr_expect_str_eq(two->architecture, "9");
	cr_expect_str_eq(two->language, "de-DE");
	cr_expect_str_eq(two->size, "17116351717");
	cr_expect_str_eq(two->hal_type, "acpiapic");
	cr_expect_str_eq(two->product_type, "WinNT");
	cr_expect_str_eq(two->creation_date, "?");
	cr_expect_str_eq(two->description, "d");
	cr_assert_eq(two->property_count, 10);
	cr_expect_str_eq(two->properties[0].name, "Architecture");
	cr_expect_eq(json_array_size(json_object_get(a->json, "content_info")), 1);
	/* One row without an index can only be the first image; of two there is no telling. */
	cr_assert_eq(set->records[1].images.count, 1);
	cr_expect_eq(set->records[1].images.items[0].index, 1);
	cr_expect_eq(set->records[2].images.count, 0);
	/* Empty, but fetched: never loaded. */
	cr_expect_eq(set->records[3].images.origin, WP_IMAGE_ORIGIN_NOTHING);
	cr_expect(wp_diags_have(&set->diags, "image-information-without-index"));
	cr_expect(wp_diags_have(&set->diags, "image-property-invalid"));
	cr_expect(wp_diags_have(&set->diags, "rows-orphaned"));
	diag = wp_diags_worst(&set->diags, WP_SEVERITY_WARNING);
	cr_expect_str_eq(diag->subject, "P010000C");
	cr_expect(strstr(set->diags.items[set->diags.count - 2].summary, "1 row of PackageType 4 left out"), "%s",
		  set->diags.items[set->diags.count - 2].summary);
	cr_expect(strstr(set->diags.items[set->diags.count - 1].summary, "2 rows of SMS_Package left out"), "%s",
		  set->diags.items[set->diags.count - 1].summary);
	wp_record_set_free(set);
}

Test(site, site_code_from_option_data_or_owner)
{
	static const char with[] = ROW("P010000A", ",\"__NAMESPACE\":\"root\\\\sms\\\\site_p01\",\"SourceSite\":\"X01\"");
	static const char owner[] = "[" ROW("P010000A", ",\"SourceSite\":\"P01\"") "," ROW("P010000B", "") "]";
	static const char owners[] =
		"[" ROW("P010000A", ",\"SourceSite\":\"P01\"") "," ROW("P010000B", ",\"SourceSite\":\"P02\"") "]";
	static const char described[] =
		"{\"wimplan_export\":{\"format_version\":\"1.1\",\"site_code\":\"P09\"},\"value\":[" ROW("P010000A", "") "]}";
	static const struct {
		const char *name;
		const char *text;
		const char *option;
		const char *site;
		bool inferred;
		int status;
	} cases[] = {
		{ "namespace", with, NULL, "P01", false, WP_OK },
		{ "namespace and option", with, "p01", "P01", false, WP_OK },
		{ "other option", with, "P02", NULL, false, WP_E_REFUSED },
		{ "owner", owner, NULL, "P01", true, WP_OK },
		{ "owner and option", owner, "P77", "P77", false, WP_OK },
		{ "owners", owners, NULL, NULL, false, WP_OK },
		{ "described", described, NULL, "P09", false, WP_OK },
		{ "described and option", described, "P01", NULL, false, WP_E_REFUSED },
		{ "bad option", owner, "P0", NULL, false, WP_E_USAGE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const texts[] = { cases[i].text, NULL };
		struct wp_import_options options = { .site_code = cases[i].option };
		struct wp_record_set *set;
		struct wp_error err = { 0 };

		cr_assert_eq(import_texts(texts, &options, &set, &err), cases[i].status, "%s: %s", cases[i].name,
			     err.message);
		if (cases[i].status)
			continue;
		cr_expect_eq(set->site_code == NULL, cases[i].site == NULL, "%s", cases[i].name);
		if (cases[i].site)
			cr_expect_str_eq(set->site_code, cases[i].site, "%s", cases[i].name);
		cr_expect_eq(wp_diags_have(&set->diags, "site-inferred"), cases[i].inferred, "%s", cases[i].name);
		wp_record_set_free(set);
	}
}

static struct wp_time at(const char *text)
{
	return wp_time_parse(text);
}

Test(site, taken_at_from_option_export_or_file)
{
	static const char *const plain[] = { ROW("P010000A", ""), NULL };
	static const char *const described[] = {
		"{\"value\":[" ROW("P010000A", "") "],\"wimplan_export\":{\"format_version\":\"1.0\",\"taken_at\":\"2026-02-20T02:10:00Z\"}}",
		"{\"wimplan_export\":{\"format_version\":\"1.0\",\"taken_at\":\"2026-02-19T02:10:00Z\"},\"value\":[]}",
		NULL
	};
	struct wp_import_options options = { .taken_at = at("2026-01-01T00:00:00Z") };
	struct wp_record_set *set;
	struct wp_error err;
	char path[] = "/tmp/wimplan-test-XXXXXX";
	const char *const paths[] = { path };
	struct timespec times[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };
	int fd = mkstemp(path);

	cr_assert_eq(import_texts(described, &options, &set, &err), WP_OK);
	cr_expect_eq(set->taken_at.ticks, options.taken_at.ticks);
	wp_record_set_free(set);
	options.taken_at.known = false;
	cr_assert_eq(import_texts(described, &options, &set, &err), WP_OK);
	cr_expect_eq(set->taken_at.ticks, at("2026-02-20T02:10:00Z").ticks);
	wp_record_set_free(set);
	cr_assert_eq(import_texts(plain, &options, &set, &err), WP_OK);
	cr_expect(set->taken_at.known);
	wp_record_set_free(set);

	cr_assert_eq(write(fd, plain[0], strlen(plain[0])), (ssize_t)strlen(plain[0]));
	cr_assert_eq(futimens(fd, times), 0);
	close(fd);
	cr_assert_eq(wp_import_files(paths, 1, &options, &set, &err), WP_OK);
	cr_expect_eq(set->taken_at.ticks, wp_time_from_unix(1700000000, 0).ticks);
	wp_record_set_free(set);
	unlink(path);
	cr_expect_eq(wp_import_files(paths, 1, &options, &set, &err), WP_E_NOT_FOUND);
}

Test(site, values_that_are_not_of_their_type_are_kept_and_remarked_on)
{
	struct wp_record_set *set =
		import_good("values", "[" ROW("P010000A", ",\"SourceDate\":\"Friday\",\"SourceVersion\":\"twelve\","
					       "\"IgnoreAddressSchedule\":\"maybe\",\"Name\":[1],\"Priority\":-1,"
					       "\"PackageSize\":\"\",\"LastRefreshTime\":\"\",\"Version\":10,"
					       "\"MyNumber\":1.5,\"MyBig\":9007199254740993,\"StoredPkgVersion\":\"4.126\"") ","
			    ROW("P010000B", ",\"SourceVersion\":\"-2\"") "]");
	const struct wp_record *record = &set->records[0];
	const struct wp_diag *diag = NULL;
	size_t warnings = 0;

	for (size_t i = 0; i < set->diags.count; i++) {
		warnings += strcmp(set->diags.items[i].code, "bad-value") == 0 &&
			    set->diags.items[i].severity == WP_SEVERITY_WARNING;
		if (strstr(set->diags.items[i].summary, "SourceVersion"))
			diag = &set->diags.items[i];
	}
	/* One for each column, whatever the number of its rows. */
	cr_expect_eq(warnings, 5, "%zu", warnings);
	cr_assert(diag);
	cr_expect_null(diag->subject);
	cr_expect(strstr(diag->summary, "SourceVersion of 2 rows is no whole number, the first being \"twelve\" of P010000A"),
		  "%s", diag->summary);
	cr_expect_str_eq(record->source_date_text, "Friday");
	cr_expect(!record->source_date.known);
	cr_expect(!record->source_version.known && !record->priority.known);
	cr_expect_null(record_property(record, "Priority"));
	cr_expect_str_eq(record->name, "[1]");
	cr_expect_null(record_property(record, "PackageSize"));
	cr_expect_null(record_property(record, "LastRefreshTime"));
	cr_expect_str_eq(json_string_value(record_property(record, "Version")), "10");
	cr_expect_eq(json_integer_value(record_property(record, "MyBig")), 9007199254740993);
	cr_expect_str_eq(json_string_value(record_property(record, "StoredPkgVersion")), "4.126", "no silent wrong number");
	wp_record_set_free(set);
}

Test(site, values_of_spreadsheets_cmdlets_and_wrappers_are_read)
{
	static const struct {
		const char *name, *value, *expected; /* as JSON; NULL: nothing */
	} cases[] = {
		{ "PackageSize", "\"4.126.000\"", "4126000" },
		{ "PackageSize", "\"1,234,567\"", "1234567" },
		{ "PackageSize", "\"4.12.000\"", "\"4.12.000\"" },
		{ "PackageSize", "\"4.126,000\"", "\"4.126,000\"" },
		{ "PackageSize", "\"-1\"", NULL },
		{ "PackageSize", "-1", NULL },
		{ "DefaultImage", "\"WAHR\"", "true" },
		{ "DefaultImage", "\"Falsch\"", "false" },
		{ "DefaultImage", "\"vrai\"", "true" },
		{ "Priority", "\"High\"", "1" },
		{ "Priority", "\"medium\"", "2" },
		{ "Priority", "\"Highest\"", "\"Highest\"" },
		{ "PkgSourceFlag", "\"StorageDirect\"", "2" },
		{ "PkgSourceFlag", "\"StorageNoSource\"", "1" },
		{ "ActionInProgress", "\"None\"", "0" },
		{ "SourceVersion", "{\"value\":12,\"PSComputerName\":\"CM01\"}", "12" },
		{ "Name", "{\"value\":\"n\",\"PSPath\":\"C:\\\\a\",\"ReadCount\":1}", "\"n\"" },
		{ "SecuredScopeNames", "{\"value\":[\"Default\"],\"Count\":1}", "[\"Default\"]" },
		{ "Unknown", "{\"value\":[1],\"Count\":1}", "[1]" },
		{ "Unknown", "{\"value\":1,\"other\":2}", "{\"value\":1,\"other\":2}" },
		{ "DefaultImage", "{\"value\":true,\"DisplayHint\":2}", "true" },
		{ "LastRefreshTime", "{\"value\":\"\\/Date(1767998466000)\\/\",\"DateTime\":\"Friday\"}",
		  "\"2026-01-09T22:41:06Z\"" },
		{ "LastRefreshTime", "\"0001-01-01T00:00:00\"", NULL },
		{ "LastRefreshTime", "\"\\/Date(-62135596800000)\\/\"", NULL },
		{ "LastRefreshTime", "\"01.01.0001 00:00:00\"", NULL },
		{ "Description", "\"a\\u0000b\\ud83d\"", "\"a\\ufffdb\\ufffd\"" },
		{ "Description", "\"\\ud83d\\udda5\\\\u0000\"", "\"\\ud83d\\udda5\\\\u0000\"" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *expected = cases[i].expected ? json_loads(cases[i].expected, JSON_DECODE_ANY, NULL) : NULL;
		char text[512];
		struct wp_record_set *set;

		snprintf(text, sizeof text, "{\"PackageID\":\"P010000A\",\"__CLASS\":\"SMS_ImagePackage\",\"%s\":%s}",
			 cases[i].name, cases[i].value);
		set = import_good(text, text);
		if (expected)
			cr_expect(json_equal(record_property(&set->records[0], cases[i].name), expected), "%s", text);
		else
			cr_expect_null(record_property(&set->records[0], cases[i].name), "%s", text);
		json_decref(expected);
		wp_record_set_free(set);
	}
}

Test(site, records_survive_their_json_form)
{
	static const char *const bad[] = {
		"{}",
		"{\"class\":\"SMS_ImagePackage\",\"package_id\":\"P010000A\"}",
		"{\"class\":\"SMS_Package\",\"package_id\":\"P010000A\",\"properties\":{}}",
		"{\"class\":\"SMS_ImagePackage\",\"properties\":{}}",
		"[]",
	};
	struct wp_record_set *set = import_good(
		"probe",
		ROW("P010000A", ",\"SourceDate\":\"20260109224106.000000+***\",\"ProbedImageProperty\":"
			 "\"<WIM><IMAGE index='1'><Property name='Language'>en-US</Property></IMAGE></WIM>\""));
	struct wp_arena *arena = wp_arena_new();
	char *text = json_dumps(set->records[0].json, 0);
	json_t *json = json_loads(text, 0, NULL);
	struct wp_record record;
	struct wp_error err;

	cr_assert_eq(wp_record_decode(arena, json, &record, &err), WP_OK);
	cr_expect(record.probed);
	cr_expect_str_eq(record.probed_images.items[0].language, "en-US");
	cr_expect_str_eq(record.source_date_text, "2026-01-09T22:41:06");
	cr_expect(record.source_date.known && !record.source_date.zone_known);
	json_decref(json);
	free(text);
	wp_record_set_free(set);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		json = json_loads(bad[i], 0, NULL);
		cr_expect_eq(wp_record_decode(arena, json, &record, &err), WP_E_FAILED, "%s", bad[i]);
		cr_expect_str_eq(err.code, "record-invalid");
		json_decref(json);
	}
	wp_arena_free(arena);
}
