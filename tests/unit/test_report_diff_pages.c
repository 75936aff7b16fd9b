/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diffs as Markdown and HTML: what they say, and that no name in them is taken for markup. */
#include "diff_fixture.h"

Test(report, diff_markdown_escapes_and_says_all)
{
	static const char *const parts[] = {
		"# What changed from 2023-12/install.wim to 2024-01/install.wim\n\nA redistribution sends the whole file",
		"- Old: 2023-12/install.wim, 4.92 GiB (",
		"> **Lost metadata**\n>\n> 2 values",
		"> - image 1: `edition_id` was **Enterprise**\n",
		"| new | 4,402 | 1.08 GiB | 310.00 MiB |\n",
		"| 3 | 2 | Windows 11 Pro | same | edition |  |\n",
		"|  | 3 | &lt;script&gt;alert(\"1\")&lt;/script&gt; &amp; \\| \\`x\\` \\\\x1b\\[31m | added |  |  |\n",
		"| `edition_id` LOST | Enterprise | (absent) |\n",
		"| **Cumulative updates** | | | | |\n"
		"| changed | Package\\_for\\_RollupFix | amd64 | 22631.2861.1.5 | 22631.3007.1.6 |",
		"SHA-1 abcd000000000000000000000000000000000000 |",
		"| renamed | \\\\Windows\\\\System32\\\\new.dll<br>was \\\\Windows\\\\System32\\\\old.dll |",
		"7,364 more paths are not listed here.",
	};
	struct diff_fixture f;
	char *text;

	diff_fixture_init(&f);
	text = diff_report(wp_report_diff_markdown, &f.diff, 80, false, false);
	for (size_t i = 0; i < COUNT(parts); i++)
		cr_expect_contains(text, parts[i]);
	cr_expect_lacks(text, "<script");
	free(text);
}

Test(report, diff_markdown_cuts_long_lists)
{
	struct wp_item many[120];
	struct diff_fixture f;
	char *text;

	diff_fixture_init(&f);
	/* Two kinds, each cut by itself. */
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = package(i < 60 ? WP_ITEM_KIND_FEATURE : WP_ITEM_KIND_OTHER, "Some-Package", NULL, "1.0", NULL);
	f.contents.groups[WP_ITEM_GROUP_PACKAGE] = (struct wp_diff_group){ .added = many, .added_count = COUNT(many) };
	text = diff_report(wp_report_diff_markdown, &f.diff, 80, false, false);
	cr_expect_eq(report_occurrences(text, "| Some-Package |"), 100);
	cr_expect_contains(text, "\n\nAnd 20 more (--all).\n");
	free(text);
	text = diff_report(wp_report_diff_markdown, &f.diff, 80, true, false);
	cr_expect_eq(report_occurrences(text, "| Some-Package |"), COUNT(many));
	cr_expect_lacks(text, "(--all)");
	free(text);
}

Test(report, diff_html_escapes_and_says_all)
{
	static const char *const parts[] = {
		"<!DOCTYPE html>\n<html lang=\"en\">",
		"default-src 'none'",
		"<title>What changed from 2023-12/install.wim to 2024-01/install.wim</title>",
		"A redistribution sends the whole file: 5.1 GiB. With binary differential replication it sends at least what "
		"is new: 310 MiB",
		"<h2>Lost metadata</h2>",
		"<a href=\"#image-1\">image 1</a>: <code>edition_id</code> was <b>Enterprise</b>",
		"<section id=\"image-1\">",
		"&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; | `x` \\x1b[31m",
		"<td class=\"value\" data-label=\"New\">22631.3007.1.6</td>",
		"SHA-1 1234000000000000000000000000000000000000",
		"<th colspan=\"5\" scope=\"rowgroup\">Cumulative updates</th>",
		"<i class=\"changed\" style=\"width:",
		"<br><span class=\"soft\">was \\Windows\\System32\\old.dll</span>",
		"7,364 more paths are not listed here.",
		"<span class=\"badge changed\">warning</span>",
	};
	struct diff_fixture f;
	char *page;

	diff_fixture_init(&f);
	page = diff_report(wp_report_diff_html, &f.diff, 80, false, false);
	for (size_t i = 0; i < COUNT(parts); i++)
		cr_expect_contains(page, parts[i]);
	cr_expect_lacks(page, "<script");
	cr_expect_lacks(page, "\033");
	report_expect_balanced(page);
	free(page);
}

Test(report, diff_html_of_little)
{
	struct diff_fixture f;
	char *page;

	diff_fixture_init(&f);
	f.diff.image_count = 0;
	f.diff.blobs_known = false;
	f.diff.diags.count = 0;
	page = diff_report(wp_report_diff_html, &f.diff, 80, false, false);
	cr_expect_lacks(page, "What a redistribution brings");
	cr_expect_lacks(page, "Remarks");
	report_expect_balanced(page);
	free(page);
}
