/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record that comes by itself is the one that an import of many makes of it, and what is wrong with it is said alike. */
#include "wimplan/import.h"
#include "wimplan/json.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char name[] = "the provider's answer";

static int one(const json_t *row, const char *class, struct wp_record_set **ret_set, struct wp_error *err)
{
	return wp_import_record(row, class, name, ret_set, err);
}

/* The same as a list of one row, which says its class as an entity does. */
static int many(const json_t *row, const char *class, struct wp_record_set **ret_set, struct wp_error *err)
{
	const struct wp_import_options options = { 0 };
	json_t *rows = json_array(), *copy = json_copy((json_t *)row);
	int status;

	if (class)
		wp_json_set(copy, "__CLASS", json_string(class));
	wp_json_push(rows, copy);
	*ret_set = NULL;
	status = wp_import_rows(rows, name, &options, ret_set, err);
	json_decref(rows);
	return status;
}

static void same_text(const char *a, const char *b, const char *text)
{
	cr_expect_str_eq(a ? a : "(none)", b ? b : "(none)", "%s", text);
}

static void same_number(struct wp_number a, struct wp_number b, const char *text)
{
	cr_expect(a.known == b.known && a.value == b.value, "%s", text);
}

static void same_record(const struct wp_record *a, const struct wp_record *b, const char *text)
{
	cr_expect_eq(a->class, b->class, "%s", text);
	same_text(a->package_id, b->package_id, text);
	same_text(a->name, b->name, text);
	same_text(a->source_path, b->source_path, text);
	same_text(a->source_site, b->source_site, text);
	same_text(a->source_date_text, b->source_date_text, text);
	same_text(a->sedo_object_version, b->sedo_object_version, text);
	same_text(a->image_path, b->image_path, text);
	same_text(a->image_property, b->image_property, text);
	same_text(a->image_property_error, b->image_property_error, text);
	same_number(a->source_version, b->source_version, text);
	same_number(a->source_flag, b->source_flag, text);
	same_number(a->priority, b->priority, text);
	same_number(a->package_size, b->package_size, text);
	same_number(a->action_in_progress, b->action_in_progress, text);
	cr_expect_eq(a->image_property_state, b->image_property_state, "%s", text);
	cr_expect_eq(a->images.count, b->images.count, "%s", text);
	for (size_t i = 0; i < a->images.count && i < b->images.count; i++)
		same_text(a->images.items[i].name, b->images.items[i].name, text);
}

Test(site, record_by_itself)
{
	static const char image[] = "SMS_ImagePackage";
	static const struct {
		const char *class, *text;
	} cases[] = {
		{ image, "{\"PackageID\": \"P010000A\"}" },
		{ image, "{\"@odata.context\": \"https://cm01/AdminService/wmi/$metadata#SMS_ImagePackage\", \"PackageID\": \"P010000A\","
			 " \"Name\": \"W11\", \"PkgSourcePath\": \"\\\\\\\\srv\\\\src$\\\\a.wim\", \"SourceSite\": \"p01\", \"SourceVersion\": 7,"
			 " \"SourceDate\": \"2026-01-09T22:41:00Z\", \"SedoObjectVersion\": \"A-1\", \"Priority\": 2, \"PackageSize\": 12,"
			 " \"ActionInProgress\": 1, \"PkgSourceFlag\": 2, \"ImageProperty\": \"<WIM><IMAGE index='1'>"
			 "<Property name='Image name'>x</Property></IMAGE></WIM>\", \"Unknown\": [1, {\"a\": null}]}" },
		{ "SMS_BootImagePackage", "{\"PackageID\": \"P010000A\", \"ImagePath\": \"\\\\\\\\srv\\\\b.wim\", \"ImageProperty\": \"<WIM\"}" },
		{ NULL, "{\"__CLASS\": \"SMS_OperatingSystemInstallPackage\", \"__NAMESPACE\": \"root\\\\sms\\\\site_p02\","
			" \"PackageID\": \"P010000A\", \"SourceSite\": \"P01\"}" },
		{ NULL, "{\"__CLASS\": \"SMS_Application\", \"PackageID\": \"P010000A\"}" },
		{ NULL, "{\"__CLASS\": null, \"PackageID\": \"P010000A\"}" },
		{ NULL, "{\"__CLASS\": \"SMS_ImageInformation\", \"PackageID\": \"P010000A\", \"Index\": 1}" },
		{ NULL, "{\"__CLASS\": \"SMS_DPGroupInfo\", \"GroupID\": \"1\"}" },
		{ NULL, "{\"PackageID\": \"P010000A\", \"PackageType\": 258, \"PkgFlags\": 0}" },
		{ NULL, "{\"PackageID\": \"P010000A\", \"PackageType\": 258}" },
		{ image, "{}" },
		{ image, "{\"PackageID\": 5}" },
		{ image, "{\"PackageID\": \"P01-000A\"}" },
		{ image, "{\"ObjectID\": \"P010000A\"}" },
		{ image, "{\"packageid\": \"P010000A\", \"NAME\": \"x\", \"sourceversion\": \"7\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"Name\": \"x\", \"NAME\": \"y\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"Name\": \"x\", \"NAME\": \"x\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"SourceVersion\": \"many\", \"Priority\": \"High\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"SourceDate\": \"03/12/2025 13:45:00\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"SourceDate\": \"25/12/2025 13:45:00\", \"SourceSite\": \"P0\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"__LAZYPROPERTIES\": [\"ImageProperty\"], \"ImageProperty\": \"\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"__LAZYPROPERTIES\": [\"ImageProperty\", \"ISVString\"], \"ImageProperty\": \"\","
			 " \"ISVString\": \"x\"}" },
		{ image, "{\"PackageID\": \"P010000A\", \"Name\": {\"value\": \"x\", \"PSPath\": \"y\"}, \"RefreshSchedule\": [\"no\"]}" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct wp_record_set *is = NULL, *wanted = NULL;
		struct wp_error err = { 0 }, wanted_err = { 0 };
		const char *text = cases[i].text;
		json_t *row = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		int status = one(row, cases[i].class, &is, &err);

		cr_assert_not_null(row, "%s", text);
		cr_expect_eq(status, many(row, cases[i].class, &wanted, &wanted_err), "%s", text);
		cr_expect_str_eq(err.message, wanted_err.message, "%s", text);
		cr_expect_eq(!is, !wanted, "%s", text);
		if (is && wanted) {
			cr_expect_eq(is->count, 1, "%s", text);
			same_text(is->site_code, wanted->site_code, text);
			wp_record_open(is->arena, &is->records[0]);
			same_record(&is->records[0], &wanted->records[0], text);
		}
		wp_record_set_free(is);
		wp_record_set_free(wanted);
		json_decref(row);
	}
}
