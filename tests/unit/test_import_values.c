/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of exports, one by one: dates of cultures, numbers, flags, trees, and which of two are the same. */
#include "site_fixture.h"

#include "../../src/import/culture_date.h"
#include "../../src/import/normalize.h"

Test(site, dates_of_cultures_are_read_or_are_none)
{
	static const struct {
		const char *text;
		enum wp_date_order order; /* in which it is read where its own is open */
		const char *iso;          /* NULL: it is none */
	} cases[] = {
		{ "09.01.2026 23:41:00", WP_DATE_ORDER_DMY, "2026-01-09T23:41:00" },
		{ "9/1/2026 10:41:00 PM", WP_DATE_ORDER_MDY, "2026-09-01T22:41:00" },
		{ "9/1/2026 12:41:00 a.m.", WP_DATE_ORDER_DMY, "2026-01-09T00:41:00" },
		{ "9/1/2026 12:41 p.m.", WP_DATE_ORDER_DMY, "2026-01-09T12:41:00" },
		{ "9/1/2026 1:41\xe2\x80\xaf" "AM", WP_DATE_ORDER_DMY, "2026-01-09T01:41:00" },
		{ "\xe2\x80\x8e" "31.12.2026", WP_DATE_ORDER_DMY, "2026-12-31T00:00:00" },
		{ "31. 1. 2026", WP_DATE_ORDER_DMY, NULL },
		{ "31.1.2026. 8:05", WP_DATE_ORDER_DMY, "2026-01-31T08:05:00" },
		{ "31.1.2026 8.05.09", WP_DATE_ORDER_DMY, "2026-01-31T08:05:09" },
		{ "2026-1-9T8:05", WP_DATE_ORDER_YMD, "2026-01-09T08:05:00" },
		{ "2026/01/09,\xc2\xa0" "8:05", WP_DATE_ORDER_YMD, "2026-01-09T08:05:00" },
		{ "26-01-09 10:41", WP_DATE_ORDER_YMD, "2026-01-09T10:41:00" },
		{ "26-01-09 10:41", WP_DATE_ORDER_OPEN, NULL },
		{ "13-02-2026", WP_DATE_ORDER_DMY, "2026-02-13T00:00:00" },
		{ "02-13-2026", WP_DATE_ORDER_MDY, "2026-02-13T00:00:00" },
		{ "13-13-2026", WP_DATE_ORDER_DMY, NULL },
		{ "02-13-2026", WP_DATE_ORDER_DMY, NULL },
		{ "31.02.2026", WP_DATE_ORDER_DMY, NULL },
		{ "01.01.0001", WP_DATE_ORDER_DMY, "0001-01-01T00:00:00" },
		{ "", WP_DATE_ORDER_DMY, NULL },
		{ "Friday", WP_DATE_ORDER_DMY, NULL },
		{ "9.1", WP_DATE_ORDER_DMY, NULL },
		{ "9.1/2026", WP_DATE_ORDER_DMY, NULL },
		{ "9:1:2026", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.202", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.20260", WP_DATE_ORDER_DMY, NULL },
		{ "9.1000.2026", WP_DATE_ORDER_DMY, NULL },
		{ "2026.1.2026", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 x", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10-41", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10:4", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10:", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10:41:", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10:41:5", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10:41:05 Uhr", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 10:41:05 AX", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 0:41:05 AM", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 13:41:05 PM", WP_DATE_ORDER_DMY, NULL },
		{ "9.1.2026 1:41:05 PM x", WP_DATE_ORDER_DMY, NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_culture_date date;
		char iso[32] = "";
		bool known = wp_culture_date_read(cases[i].text, &date) &&
			     wp_culture_date_iso(&date, date.order == WP_DATE_ORDER_OPEN ? cases[i].order : date.order, iso);

		/* Of one that says its order itself another order is none. */
		known = known && (date.order == WP_DATE_ORDER_OPEN || wp_culture_date_iso(&date, cases[i].order, iso));
		cr_expect_eq(known, cases[i].iso != NULL, "\"%s\" is %s", cases[i].text, known ? iso : "none");
		if (known && cases[i].iso)
			cr_expect_str_eq(iso, cases[i].iso, "%s", cases[i].text);
	}
}

Test(site, values_in_the_form_that_records_keep)
{
	static const struct {
		const char *property, *value;
		const char *kept; /* NULL: none */
		enum wp_value_kind kind;
		bool empty_is_none;
	} cases[] = {
		{ "Name", "\"a\"", "\"a\"", WP_VALUE_GOOD, false },
		{ "Name", "true", "\"true\"", WP_VALUE_GOOD, false },
		{ "Name", "false", "\"false\"", WP_VALUE_GOOD, false },
		{ "Name", "7", "\"7\"", WP_VALUE_GOOD, false },
		{ "Name", "1.5", "\"1.5\"", WP_VALUE_GOOD, false },
		{ "Name", "{\"b\":1,\"a\":2}", "\"{\\\"a\\\":2,\\\"b\\\":1}\"", WP_VALUE_BAD, false },
		{ "Name", "null", NULL, WP_VALUE_GOOD, false },
		{ "PackageSize", "12.0", "12", WP_VALUE_GOOD, false },
		{ "PackageSize", "12.5", "12.5", WP_VALUE_BAD, false },
		{ "PackageSize", "-12.0", "-12.0", WP_VALUE_BAD, false },
		{ "PackageSize", "9.5e15", "9.5e15", WP_VALUE_BAD, false },
		{ "PackageSize", "1e19", "\"10000000000000000000\"", WP_VALUE_BAD, false },
		{ "PackageSize", "-1e19", "\"-10000000000000000000\"", WP_VALUE_BAD, false },
		{ "PackageSize", "1e22", "1e22", WP_VALUE_BAD, false },
		{ "PackageSize", "-1e22", "-1e22", WP_VALUE_BAD, false },
		{ "PackageSize", "-2", "-2", WP_VALUE_BAD, false },
		{ "PackageSize", "true", "true", WP_VALUE_BAD, false },
		{ "PackageSize", "{\"a\":1}", "{\"a\":1}", WP_VALUE_BAD, false },
		{ "PackageSize", "[1]", "[1]", WP_VALUE_BAD, false },
		{ "PackageSize", "\"9223372036854775807\"", "9223372036854775807", WP_VALUE_GOOD, false },
		{ "PackageSize", "\"9223372036854775808\"", "\"9223372036854775808\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"1'234 567\"", "\"1'234 567\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"1'234'567\"", "1234567", WP_VALUE_GOOD, false },
		{ "PackageSize", "\"1 234 567\"", "1234567", WP_VALUE_GOOD, false },
		{ "PackageSize", "\"1234.567.000\"", "\"1234.567.000\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\".567.000\"", "\".567.000\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"1.5678.000\"", "\"1.5678.000\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"1.567.00\"", "\"1.567.00\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"1.567.\"", "\"1.567.\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"1.567 MB\"", "\"1.567 MB\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"12,345\"", "\"12,345\"", WP_VALUE_BAD, false },
		{ "PackageSize", "\"1.234.567.890.123.456.789.012.345\"", "\"1.234.567.890.123.456.789.012.345\"", WP_VALUE_BAD, false },
		{ "DefaultImage", "\"\"", NULL, WP_VALUE_GOOD, false },
		{ "DefaultImage", "[true]", "[true]", WP_VALUE_BAD, false },
		{ "DefaultImage", "\"Onwaar\"", "false", WP_VALUE_GOOD, false },
		{ "SourceDate", "\"2026-01-09T22:41:06Z\"", "\"2026-01-09T22:41:06Z\"", WP_VALUE_GOOD, false },
		{ "SourceDate", "\"9.1.2026\"", "\"9.1.2026\"", WP_VALUE_CULTURE, false },
		{ "SourceDate", "\"-1\"", NULL, WP_VALUE_GOOD, false },
		{ "SourceDate", "\"00010101000000.000000+000\"", NULL, WP_VALUE_GOOD, false },
		{ "SourceDate", "{\"a\":1}", "{\"a\":1}", WP_VALUE_BAD, false },
		{ "SourceDate", "\"then\"", "\"then\"", WP_VALUE_BAD, false },
		{ "ISVData", "\"System.Byte[]\"", NULL, WP_VALUE_GOOD, false },
		{ "ISVData", "\"\"", NULL, WP_VALUE_GOOD, false },
		{ "ISVData", "\"a b[]\"", "\"a b[]\"", WP_VALUE_GOOD, false },
		{ "ISVData", "\"x\"", "\"x\"", WP_VALUE_GOOD, false },
		{ "ISVData", "[1,{\"__GENUS\":2,\"StartTime\":\"0001-01-01T00:00:00\",\"b\":null,\"c\":3}]", "[1,{\"c\":3}]", WP_VALUE_GOOD, false },
		{ "ISVData", "{\"StartTime\":7}", "{\"StartTime\":7}", WP_VALUE_GOOD, false },
		{ "ISVData", "{\"StartTime\":[7]}", "{\"StartTime\":[7]}", WP_VALUE_GOOD, false },
		{ "ISVData", "{\"StartTime\":\"2026-01-09 22:41:06-05:30\"}", "{\"StartTime\":\"2026-01-09T22:41:06\"}", WP_VALUE_GOOD, false },
		{ "Unknown", "\"System.Object[]\"", NULL, WP_VALUE_GOOD, true },
		{ "Unknown", "\"System.Object[]\"", "\"System.Object[]\"", WP_VALUE_GOOD, false },
		{ "Unknown", "\"\"", "\"\"", WP_VALUE_GOOD, true },
		{ "Unknown", "5", "5", WP_VALUE_GOOD, true },
		{ "ImageProperty", "\"\"", NULL, WP_VALUE_GOOD, true },
		{ "ImageProperty", "\"\"", "\"\"", WP_VALUE_GOOD, false },
		{ "ImageProperty", "\"x\"", "\"x\"", WP_VALUE_GOOD, true },
		{ "ImageProperty", "1", "\"1\"", WP_VALUE_GOOD, true },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *value = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
		json_t *wanted = cases[i].kept ? json_loads(cases[i].kept, JSON_DECODE_ANY, NULL) : NULL, *kept;
		enum wp_value_kind kind;

		cr_assert(value && !wanted == !cases[i].kept, "%s", cases[i].value);
		kept = wp_property_normalize(wp_property_find(cases[i].property), value, cases[i].empty_is_none, &kind);
		cr_expect_eq(kind, cases[i].kind, "%s: %s", cases[i].property, cases[i].value);
		cr_expect(wanted ? json_equal(kept, wanted) : !kept, "%s: %s", cases[i].property, cases[i].value);
		json_decref(value);
		json_decref(wanted);
		json_decref(kept);
	}
}

Test(site, values_that_mean_the_same)
{
	static const struct {
		const char *property, *a, *b;
		bool same;
	} cases[] = {
		{ "Name", "\"a\"", "\"a\"", true },
		{ "Name", "\"a\"", "\"A\"", false },
		{ "Name", "\"1\"", "1", false },
		{ "Unknown", "1", "1.0", true },
		{ "Unknown", "[1,{\"a\":2}]", "[1.0,{\"a\":2.0}]", true },
		{ "Unknown", "\"True\"", "true", true },
		{ "Unknown", "true", "\"no\"", false },
		{ "Unknown", "\"1.0\"", "1", true },
		{ "Unknown", "2.5", "\"2.50\"", true },
		{ "Unknown", "\"1.5\"", "1", false },
		{ "Unknown", "\"one\"", "1", false },
		{ "Unknown", "\"[1]\"", "1", false },
		{ "Unknown", "\"[1]\"", "[1]", false },
		{ "Unknown", "[1]", "\"[1]\"", false },
		{ "Unknown", "{}", "[]", false },
		{ "Unknown", "\"a\"", "\"b\"", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *a = json_loads(cases[i].a, JSON_DECODE_ANY, NULL), *b = json_loads(cases[i].b, JSON_DECODE_ANY, NULL);
		const struct wp_property *property = wp_property_find(cases[i].property);

		cr_assert(a && b);
		cr_expect_eq(wp_property_same(property, a, b), cases[i].same, "%s and %s", cases[i].a, cases[i].b);
		cr_expect_eq(wp_property_same(property, b, a), cases[i].same, "%s and %s", cases[i].b, cases[i].a);
		json_decref(a);
		json_decref(b);
	}
}

/* Of a class there is the last in a path, and of a site what stands in one as a folder of its own. */
Test(site, classes_and_sites_in_texts)
{
	static const struct {
		const char *text, *class; /* NULL: none */
	} classes[] = {
		{ "SMS_ImagePackage", "SMS_ImagePackage" },
		{ "root/sms/site_P01:SMS_ImagePackage", "SMS_ImagePackage" },
		{ "x#SMS_Package/SMS_ImagePackage$1", "SMS_ImagePackage" },
		{ "SMS_ImagePackage.PackageID=\"SMS_Driver\"", "SMS_ImagePackage" },
		{ "$metadata#SMS_ImagePackage(PackageID,.SMS_Driver)", "SMS_ImagePackage" },
		{ "\"SMS_ImagePackage\"", NULL },
		{ "Selected.SMS-ImagePackage", NULL },
		{ "xSMS_ImagePackage", NULL },
		{ "SMS_ImagePackageWhoseNameIsLonger", NULL },
		{ "", NULL },
	};
	struct wp_record_set *set;
	char class[20];

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		bool found = wp_class_in_text(classes[i].text, class, sizeof class);

		cr_expect_eq(found, classes[i].class != NULL, "%s", classes[i].text);
		if (found && classes[i].class)
			cr_expect_str_eq(class, classes[i].class, "%s", classes[i].text);
	}
	set = import_good("sites", "{\"PackageID\":\"P010000A\",\"__CLASS\":\"SMS_ImagePackage\",\"__NAMESPACE\":"
				   "\"xsite_P99/site_P0-/site_-01/site_P-1/site_P012/site_P0\\\\site_p01\"}");
	cr_expect_str_eq(set->site_code, "P01");
	wp_record_set_free(set);
	set = import_good("quoted", "{\"PackageID\":\"P010000A\",\"__CLASS\":\"SMS_ImagePackage\",\"__PATH\":\"\\\"/site_P01\"}");
	cr_expect_null(set->site_code);
	wp_record_set_free(set);
}
