/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that belong together: what of them is joined, what an export says that it has not, and whose site it is. */
#include "site_fixture.h"

#define ROW(id, more) "{\"PackageID\":\"" id "\",\"PackageType\":257,\"PkgFlags\":0" more "}"
#define A "P010000A"
#define NAME_OF_300 \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

Test(site, lists_of_lazy_properties_are_joined)
{
	struct wp_record_set *set = import_good(
		"lazy", "[" ROW(A, ",\"__LAZYPROPERTIES\":[\"One\",7,\"\",\"__Hidden\",\"" NAME_OF_300 "\"],\"One\":\"\",\"" NAME_OF_300 "\":\"\"") ","
			ROW(A, "") "," ROW(A, ",\"__LAZYPROPERTIES\":[\"One\",7,\"\",\"__Hidden\",\"" NAME_OF_300 "\"]") ","
			ROW(A, ",\"__LAZYPROPERTIES\":[\"Two\"]") "," ROW("P010000B", "") "," ROW("P010000B", ",\"__LAZYPROPERTIES\":\"Three\"") "]");

	cr_expect(is_not_fetched(&set->records[0], "One") && is_not_fetched(&set->records[0], "Two"));
	cr_expect_not(is_not_fetched(&set->records[0], "") || is_not_fetched(&set->records[0], "__Hidden"));
	/* A name that is longer than any is a value like others. */
	cr_expect_str_eq(json_string_value(record_property(&set->records[0], NAME_OF_300)), "");
	cr_expect(is_not_fetched(&set->records[1], "Three"));
	wp_record_set_free(set);
	set = import_good("not by key", ROW(A, ",\"__BY_KEY\":false,\"RefreshSchedule\":[],\"SecuredScopeNames\":[],\"Unknown\":[]"));
	cr_expect_null(record_property(&set->records[0], "RefreshSchedule"));
	cr_expect(json_is_array(record_property(&set->records[0], "SecuredScopeNames")));
	cr_expect(json_is_array(record_property(&set->records[0], "Unknown")));
	wp_record_set_free(set);
}

Test(site, further_rows_add_what_the_first_has_not)
{
	struct wp_record_set *set = import_good(
		"rows", "[" ROW(A, ",\"X\":\"1\",\"name\":\"n\",\"Name\":\"n\"") "," ROW(A, ",\"X\":1,\"Y\":true") "," ROW(A, ",\"X\":\"1.0\",\"Y\":\"True\"") ","
			"{\"PackageID\":\"" A "\",\"Index\":1,\"OSVersion\":\"10.0\"},{\"PackageID\":\"" A "\",\"Index\":1,\"OSVersion\":\"10.0\",\"Name\":\"i\"},"
			"{\"PackageID\":\"" A "\",\"Targeted\":1,\"SourceSize\":5,\"LastUpdateDate\":\"31.1.2026 10:00\"},"
			"{\"PackageID\":\"" A "\",\"Targeted\":1,\"SourceSize\":5,\"LastUpdateDate\":\"31.1.2026 10:00\"}]");
	const json_t *properties = json_object_get(set->records[0].json, "properties");
	const json_t *images = json_object_get(set->records[0].json, "image_information");
	const json_t *counts = json_object_get(set->records[0].json, "content_info");

	/* Of text and a typed value the typed one stays. */
	cr_expect_eq(json_integer_value(json_object_get(properties, "X")), 1);
	cr_expect(json_is_true(json_object_get(properties, "Y")));
	cr_assert_eq(json_array_size(images), 1);
	cr_expect_str_eq(wp_json_get_text(json_array_get(images, 0), "Name"), "i");
	cr_assert_eq(json_array_size(counts), 1);
	cr_expect_str_eq(wp_json_get_text(json_array_get(counts, 0), "LastUpdateDate"), "2026-01-31T10:00:00");
	cr_expect_eq(set->diags.count, 0, "%s", set->diags.count ? set->diags.items[0].summary : "");
	wp_record_set_free(set);
}

static bool is_said(const struct wp_record_set *set, const char *words)
{
	for (size_t i = 0; i < set->diags.count; i++)
		if (strstr(set->diags.items[i].summary, words))
			return true;
	return false;
}

Test(site, remarks_name_the_first_row)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		/* Dates that wait for the end of their file, beside others that are none. */
		{ "[" ROW(A, ",\"SourceDate\":\"31.1.2026\",\"LastRefreshTime\":\"then\",\"Unknown\":1,\"Size\":2") "]",
		  "LastRefreshTime is \"then\", which is no date of a known form" },
		{ "[" ROW(A, ",\"SourceDate\":\"31.1.2026\",\"LastRefreshTime\":{\"a\":1}") "]", "LastRefreshTime is {\"a\":1}" },
		{ "[" ROW(A, ",\"SourceDate\":\"31.2.2026\"") "]", "SourceDate is \"31.2.2026\", which is no date" },
		{ "[" ROW(A, "") ",{\"ObjectID\":\"" A "\",\"Targeted\":1,\"SourceSize\":\"x\"},{\"ObjectID\":\"P010000B\",\"Targeted\":1,\"SourceSize\":\"y\"}]",
		  "the first being \"x\" of a row without PackageID" },
		{ "[" ROW(A, ",\"Name\":\"?rste\"") "," ROW("P010000B", ",\"Name\":\"W?s\"") "]", "the name or path of 1 package has" },
		{ "[" ROW(A, ",\"Name\":\"a ?b\"") "," ROW("P010000B", ",\"Name\":\"a? b\"") "," ROW("P010000C", ",\"PkgSourcePath\":\"\\\\\\\\?\\\\a?\"") "]",
		  "the name or path of 1 package has" },
		{ "[" ROW(A, ",\"ProbedImageProperty\":\"<WIM\"") "," ROW("P010000B", ",\"ProbedImageProperty\":\"<WIM\"") "]",
		  "2 packages, P010000A first: ProbedImageProperty cannot be read" },
		{ "{\"wimplan_export\":{\"format_version\":\"1.0\",\"taken_at\":\"then\",\"site_code\":\"P0123\"},\"value\":[" ROW(A, "") "]}",
		  "taken_at is \"then\", which is no date of a known form" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record_set *set = import_good(cases[i].text, cases[i].text);

		cr_expect(is_said(set, cases[i].words), "%s: %s", cases[i].text, set->diags.count ? set->diags.items[0].summary : "nothing");
		wp_record_set_free(set);
	}
}

Test(site, what_an_export_has_not_is_named)
{
	static const struct {
		const char *text;
		const char *partial; /* NULL: it has all */
	} cases[] = {
		{ "{\"format\":\"wimplan-records\",\"format_version\":\"1.0\",\"refused\":[{\"key\":\"k\"},{\"class\":\"SMS_ImagePackage\"},{\"class\":\"SMS_ImageInformation\","
		  "\"why\":\"w\"},{\"class\":\"SMS_ImagePackage\",\"why\":\"w\"},{\"class\":\"SMS_DistributionPoint\"}],\"complete\":false,\"value\":[" ROW(A, "") "]}",
		  "refused: packages, SMS_ImagePackage, SMS_ImageInformation" },
		{ "{\"format\":\"wimplan-records\",\"format_version\":\"1.0\",\"refused\":[{\"class\":\"SMS_DistributionPoint\"}],\"value\":[" ROW(A, "") "]}", NULL },
		{ "{\"format\":\"wimplan-records\",\"format_version\":\"1.0\",\"complete\":false,\"value\":[" ROW(A, "") "],\"@odata.nextLink\":\"x\"}",
		  "refused: packages, packages" },
		{ "{\"value\":[" ROW(A, "") "],\"@odata.nextLink\":\"x\"}", "packages" },
		{ "{\"@odata.context\":\"$metadata#SMS_ImageInformation\",\"value\":[],\"@odata.nextLink\":\"x\"}" ROW(A, ""), "SMS_ImageInformation" },
		{ "{\"@odata.context\":\"$metadata#SMS_DistributionPoint\",\"value\":[],\"@odata.nextLink\":\"x\"}" ROW(A, ""), "SMS_DistributionPoint" },
		{ "{\"@odata.context\":\"$metadata#SMS_ObjectContentExtraInfo\",\"value\":[],\"@odata.nextLink\":\"x\"}" ROW(A, ""),
		  "SMS_ObjectContentExtraInfo" },
		{ "{\"@odata.context\":\"$metadata#SMS_Driver\",\"value\":[],\"@odata.nextLink\":\"x\"}" ROW(A, ""), NULL },
		{ "{\"value\":[],\"@odata.nextLink\":\"x\"}" ROW(A, ""), NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record_set *set = import_good(cases[i].text, cases[i].text);

		cr_expect_eq(!set->partial, !cases[i].partial, "%s: %s", cases[i].text, set->partial);
		if (set->partial && cases[i].partial)
			cr_expect_str_eq(set->partial, cases[i].partial, "%s", cases[i].text);
		wp_record_set_free(set);
	}
}

Test(site, a_site_is_taken_from_owners_that_agree)
{
	static const struct {
		const char *text, *site; /* NULL: none */
	} cases[] = {
		{ "[" ROW(A, ",\"SourceSite\":\"\"") "," ROW("P010000B", ",\"SourceSite\":\"p01\"") "," ROW("P010000C", ",\"SourceSite\":\"P01\"") "]", "P01" },
		{ "[" ROW(A, ",\"SourceSite\":\"P01\"") "," ROW("P010000B", ",\"SourceSite\":\"P02\"") "]", NULL },
		{ "[" ROW(A, ",\"SourceSite\":\"ABCD\"") "]", NULL },
		{ "[" ROW(A, ",\"SourceSite\":\"\"") "]", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_record_set *set = import_good(cases[i].text, cases[i].text);

		cr_expect_eq(!set->site_code, !cases[i].site, "%s: %s", cases[i].text, set->site_code);
		if (set->site_code && cases[i].site)
			cr_expect_str_eq(set->site_code, cases[i].site);
		wp_record_set_free(set);
	}
}
