/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a site's values and markup is passed on. */
#include "wimplan/forms.h"
#include "wimplan/json.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct wp_site_field *field(const char *name)
{
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		if (!strcmp(wp_site_fields[i].name, name))
			return &wp_site_fields[i];
	cr_assert_fail("no field %s", name);
	return NULL;
}

Test(site_forms, values)
{
	static const struct {
		const char *field, *value, *form;
		bool readable;
	} cases[] = {
		{ "name", "Contoso Pro", "text", true },
		{ "name", "", "empty", true },
		{ "description", "10.0", "text", true },
		{ "os_version", "10.0.22631.3007", "N.N.N.N", true },
		{ "os_version", "Contoso 10", "Aaaaaaa N", true },
		{ "language", "en-US", "aa-AA", true },
		{ "architecture", "9", "N", true },
		{ "architecture", "x64", "aN", true },
		{ "architecture", "Contoso", "Aaaaaaa", false },
		{ "size", "16416948456", "N", true },
		{ "size", "16,416,948", "N,N,N", false },
		{ "size", "16 GB", "N AA", false },
		{ "creation_date", "2026-01-08T10:00:00Z", "9999-99-99T99:99:99Z", true },
		{ "creation_date", "2026-01-08T10:00:00", "9999-99-99T99:99:99", false },
		{ "creation_date", "1/8/2026 10:00:00 AM", "9/9/9999 99:99:99 AA", false },
		{ "creation_date", "20260108100000.000000+000", "99999999999999.999999+999", true },
		{ "creation_date", "\xc3\xa9t\xc3\xa9\n", "xxaxxx", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *list = json_array();

		wp_forms_add(list, field(cases[i].field), cases[i].value);
		wp_forms_add(list, field(cases[i].field), cases[i].value);
		cr_assert_eq(json_array_size(list), 1, "%s", cases[i].value);
		cr_expect_str_eq(wp_json_get_text(json_array_get(list, 0), "form"), cases[i].form, "%s", cases[i].value);
		cr_expect_eq(json_integer_value(json_object_get(json_array_get(list, 0), "count")), 2, "%s", cases[i].value);
		cr_expect_eq(json_is_true(json_object_get(json_array_get(list, 0), "readable")), cases[i].readable, "%s", cases[i].value);
		json_decref(list);
	}
}

/* Of very many forms the rest are one, and of a very long one there is the beginning. */
Test(site_forms, bounds)
{
	json_t *list = json_array();
	char value[200];

	for (size_t i = 1; i < sizeof value - 1; i++) {
		memset(value, 'a', i);
		value[i] = '\0';
		wp_forms_add(list, field("language"), value);
	}
	cr_expect_eq(json_array_size(list), WP_FORMS_MOST + 1);
	cr_expect_str_eq(wp_json_get_text(json_array_get(list, WP_FORMS_MOST), "form"), "other");
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(list, WP_FORMS_MOST), "count")), sizeof value - 2 - WP_FORMS_MOST);
	json_array_clear(list);
	wp_forms_add(list, field("language"), value);
	cr_expect(strlen(wp_json_get_text(json_array_get(list, 0), "form")) <= 48);
	json_decref(list);
}

Test(site_forms, skeletons)
{
	static const struct {
		const char *xml, *skeleton;
	} cases[] = {
		{ "<WIM><IMAGE index=\"1\"><Property name=\"OS version\">10.0</Property></IMAGE></WIM>",
		  "<WIM><IMAGE index=\"N\"><Property name=\"OS version\">…</Property></IMAGE></WIM>" },
		{ "<?xml version=\"1.0\"?>\n<wim owner='Contoso'>\n <Image index='2'/><image index='3'>Contoso</image></wim>",
		  "<?xml version=\"…\"?><wim owner='…'><Image index='N'/>…" },
		{ "<WIM><!-- Contoso --><![CDATA[<Contoso>]]><p name=\"\\\\contoso\" Name='a>b'>x</p></WIM>", "<WIM>……<p name=\"…\" Name='…'>…</p></WIM>" },
		{ "Contoso", "…" },
		{ "<a b=\"Contoso>", "<a b=\"…" },
		{ "<!-- Contoso", "…" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf buf = { 0 };

		wp_forms_skeleton(cases[i].xml, &buf);
		cr_expect_str_eq(wp_buf_text(&buf), cases[i].skeleton, "%s:\n%s", cases[i].xml, wp_buf_text(&buf));
		wp_buf_free(&buf);
	}
}
