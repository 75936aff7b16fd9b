/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reports of a plan that are kept in files: Markdown and CSV. */
#include "report_fixture.h"

Test(report, markdown_keeps_data_as_data)
{
	static const struct {
		const char *name, *shown;
	} cases[] = {
		{ "a|b", "a\\|b" },
		{ "`rm`", "\\`rm\\`" },
		{ "<script>&amp;", "&lt;script&gt;&amp;amp;" },
		{ "*x* _y_ ~~z~~", "\\*x\\* \\_y\\_ \\~\\~z\\~\\~" },
		{ "[a](b)", "\\[a\\](b)" },
		{ "a\nb", "a\\\\x0ab" },
		{ "$x$", "\\$x\\$" },
		{ "# a", "\\# a" },
		{ "see www.example.com now", "see `www.example.com` now" },
		{ "(WWW.example.com)", "`(WWW.example.com)`" },
		{ "http://a/b", "`http://a/b`" },
		{ "ask @admins", "ask `@admins`" },
		{ "a@b.example|c@d", "`a@b.example`\\|`c@d`" },
		{ "`x@y`", "\\``x@y`\\`" },
		{ "mailto:a", "`mailto:a`" },
		{ "fixes #12, # 12", "fixes `#12,` \\# 12" },
		{ "a\xe2\x80\x8b" "b", "a&lt;U+200B&gt;b" },
	};
	struct report_fixture f;

	report_fixture_init(&f);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char heading[128], cell[128], *text;

		f.entries[FIXTURE_CHANGE].name = cases[i].name;
		f.change[0].found = cases[i].name;
		text = report_of(wp_report_plan_markdown, &f.plan, 80, true, false);
		snprintf(heading, sizeof heading, "### P0100123 %s (reload, refresh)\n", cases[i].shown);
		snprintf(cell, sizeof cell, "| 10.0.22631.2861 | %s | proven |\n", cases[i].shown);
		cr_expect_contains(text, heading);
		cr_expect_contains(text, cell);
		free(text);
	}
}

/* The columns of what stands beside the body, where nothing does. */
#define NOTHING_BESIDE "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\r\n"

Test(report, csv_has_a_line_for_each_reason)
{
	static const char expected[] =
		"package_id,class,name,source_path,status,actions,code,action,confidence,image,field,recorded,found,"
		"bytes_min,bytes_max,points,starts_at,ends_at,fits,task_sequences,notes\r\n"
		"\"P0100123\",\"SMS_ImagePackage\",\"Windows 11 23H2 "
		"x64\",\"\\\\srv\\src$\\w11\\install.wim\",\"change\","
		"\"ReloadImageProperties "
		"RefreshPkgSource\",\"image-changed\",\"ReloadImageProperties\",\"proven\",\"1\","
		"\"os_version\",\"10.0.22631.2861\",\"10.0.22631.3007\"," NOTHING_BESIDE;
	struct report_fixture f;
	char *text;
	size_t lines = 0;

	report_fixture_init(&f);
	text = report_of(wp_report_plan_csv, &f.plan, 80, false, false);
	cr_expect_eq(strncmp(text, expected, sizeof expected - 1), 0, "%s", text);
	for (const char *at = text; (at = strstr(at, "\r\n")); at += 2)
		lines++;
	cr_expect_eq(lines, 6, "%zu lines", lines);
	free(text);

	f.entries[FIXTURE_SAME].reason_count = 0;
	text = report_of(wp_report_plan_csv, &f.plan, 80, true, false);
	cr_expect_contains(text, "\"P0100200\",\"SMS_ImagePackage\",\"Server "
				 "2022\",\"\",\"unchanged\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"," NOTHING_BESIDE);
	free(text);
}

Test(report, csv_guards_against_formulas)
{
	static const struct {
		const char *name, *cell;
	} cases[] = {
		{ "=1+1", ",\"'=1+1\"," }, { "+1", ",\"'+1\"," },
		{ "-1", ",\"'-1\"," },     { "@SUM(A1)", ",\"'@SUM(A1)\"," },
		{ "＝1+1", ",\"'＝1+1\"," }, { "a \"b\", c", ",\"a \"\"b\"\", c\"," },
		{ "a=1", ",\"a=1\"," },
		{ "abc;=cmd|' /C calc'!A0", ",\"abc;'=cmd|' /C calc'!A0\"," },
		{ "a,=1", ",\"a,'=1\"," },
		{ "a|+1;-1", ",\"a|'+1;'-1\"," },
		{ "a; =1", ",\"a; '=1\"," },
		{ "a;\"=1\"", ",\"a;\"\"'=1\"\"\"," },
		{ "\"=1", ",\"\"\"'=1\"," },
		{ " =1", ",\" '=1\"," },
		{ "a;＝1", ",\"a;'＝1\"," },
		{ "a - b; c-d", ",\"a - b; c-d\"," },    { "a\nb\033[31m", ",\"a\\x0ab\\x1b[31m\"," },
	};
	struct report_fixture f;

	report_fixture_init(&f);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text;

		f.entries[FIXTURE_CHANGE].name = cases[i].name;
		text = report_of(wp_report_plan_csv, &f.plan, 80, false, false);
		cr_expect_contains(text, cases[i].cell);
		free(text);
	}
}

Test(report, csv_separators_and_mark)
{
	struct wp_report_options options = { .columns = 80, .delimiter = ';', .bom = true };
	struct report_fixture f;
	struct wp_buf buf = { 0 };

	report_fixture_init(&f);
	f.entries[FIXTURE_CHANGE].name = "a;=1";
	wp_report_plan_csv(&f.plan, &options, &buf);
	cr_expect_eq(strncmp(buf.data, "\xef\xbb\xbfpackage_id;class;name;", 25), 0);
	cr_expect_contains(buf.data, "\r\n\"P0100123\";\"SMS_ImagePackage\";\"a;'=1\";\"\\\\srv");
	wp_buf_free(&buf);
	options = (struct wp_report_options){ .columns = 80, .delimiter = '\t' };
	wp_report_plan_csv(&f.plan, &options, &buf);
	cr_expect_eq(strncmp(buf.data, "package_id\tclass\tname\t", 22), 0);
	cr_expect_contains(buf.data, "\r\n\"P0100123\"\t\"SMS_ImagePackage\"\t\"a;'=1\"\t");
	wp_buf_free(&buf);
}
