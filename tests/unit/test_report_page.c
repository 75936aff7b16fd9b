/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages: each part in both renderings, and a plan as one. */
#include "report_fixture.h"

#include "../../src/report/page.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BEGIN "<header>\n<p class=\"kind\">a test</p>\n<h1>a &lt;page&gt;</h1>\n</header>\n"

typedef void (*rendering)(const struct wp_page *, struct wp_buf *);

/* What a rendering makes of a page, from its first block to its last, to be freed. */
static char *blocks_of(rendering render, void (*build)(struct wp_page *))
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_page page;
	struct wp_buf buf = { 0 };
	char *start, *end, *text;

	setlocale(LC_CTYPE, "C.UTF-8");
	wp_page_init(&page, arena, "a test", "a <page>", "list");
	build(&page);
	cr_assert_eq(page.depth, 1, "a part was not closed");
	render(&page, &buf);
	start = strstr(buf.data, render == wp_page_html ? BEGIN : "# a &lt;page&gt;\n\n");
	cr_assert(start, "%s", buf.data);
	start = strstr(start, render == wp_page_html ? "</header>\n" : "\n\n");
	start += render == wp_page_html ? strlen("</header>\n") : 2;
	end = strstr(start, "</main>");
	text = strndup(start, end ? (size_t)(end - start) : strlen(start));
	if (render == wp_page_html)
		report_expect_balanced(buf.data);
	wp_buf_free(&buf);
	wp_arena_free(arena);
	return text;
}

static void build_texts(struct wp_page *page)
{
	wp_page_heading(page, 2, "1. <heading>");
	wp_page_line(page, WP_PART_PARAGRAPH, NULL);
	wp_page_line(page, WP_PART_LEAD, "- no list");
	wp_page_line(page, WP_PART_PARAGRAPH, "12) no list either");
	wp_page_open(page, WP_PART_PARAGRAPH, NULL);
	wp_page_add(page, WP_PART_STRONG, "a*b");
	wp_page_add(page, WP_PART_TEXT, " = ");
	wp_page_add(page, WP_PART_CODE, "image-added");
	wp_page_add(page, WP_PART_CODE, "a`b");
	wp_page_add(page, WP_PART_SOFT, " &");
	wp_page_add(page, WP_PART_BREAK, "");
	wp_page_add(page, WP_PART_PATH, "\\a\\b");
	wp_page_link(page, "there", "x@y");
	wp_page_badge(page, WP_TONE_BAD, "bad");
	wp_page_close(page);
	wp_page_open(page, WP_PART_LIST, NULL);
	wp_page_line(page, WP_PART_ITEM, "+ one\n");
	wp_page_close(page);
}

static void build_blocks(struct wp_page *page)
{
	static const struct wp_page_column columns[] = { { "Image", WP_COLUMN_NUMBER }, { "Was|is", WP_COLUMN_VALUE } };

	wp_page_open(page, WP_PART_BANNER, "Look");
	wp_page_line(page, WP_PART_PARAGRAPH, "here");
	wp_page_line(page, WP_PART_PARAGRAPH, "and there");
	wp_page_close(page);
	wp_page_open(page, WP_PART_CARDS, NULL);
	wp_page_card(page, WP_TONE_GOOD, "3", "done");
	wp_page_card(page, WP_TONE_PLAIN, "0", "failed");
	wp_page_close(page);
	wp_page_open(page, WP_PART_FOLD, "More: 1")->open = true;
	wp_page_open(page, WP_PART_ENTRY, NULL)->target = "there";
	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, "Site", "P01");
	wp_page_fact(page, "Nothing", "");
	wp_page_close(page);
	wp_page_open(page, WP_PART_LIST, NULL);
	wp_page_line(page, WP_PART_ITEM, "one");
	wp_page_close(page);
	wp_page_table(page, "A <table>", WP_FOLDING_PAIRS, columns, COUNT(columns));
	wp_page_add(page, WP_PART_GROUP, "group");
	wp_page_open(page, WP_PART_ROW, NULL)->tone = WP_TONE_BAD;
	wp_page_cell(page, wp_cell("1"));
	wp_page_cell(page, wp_cell(NULL));
	wp_page_close(page);
	wp_page_close(page);
	wp_page_close(page);
	wp_page_close(page);
}

Test(report, page_texts)
{
	char *markdown = blocks_of(wp_page_markdown, build_texts), *html = blocks_of(wp_page_html, build_texts);

	cr_expect_str_eq(markdown, "## 1. &lt;heading&gt;\n\n"
				   "\\- no list\n\n"
				   "12\\) no list either\n\n"
				   "**a\\*b** = `image-added`a\\`b &amp;<br>\\\\a\\\\b`x@y`bad\n\n"
				   "- \\+ one\\\\x0a\n");
	cr_expect_str_eq(html, "<h2>1. &lt;heading&gt;</h2>\n"
			       "<p class=\"lead\">- no list</p>\n"
			       "<p>12) no list either</p>\n"
			       "<p><b>a*b</b> = <code>image-added</code><code>a`b</code><span class=\"soft\"> &amp;</span><br>"
			       "\\a\\<wbr>b<a href=\"#there\">x@y</a><span class=\"badge removed\">bad</span></p>\n"
			       "<ul>\n<li>+ one\\x0a</li>\n</ul>\n");
	free(markdown);
	free(html);
}

Test(report, page_blocks)
{
	char *markdown = blocks_of(wp_page_markdown, build_blocks), *html = blocks_of(wp_page_html, build_blocks);

	cr_expect_str_eq(markdown, "> **Look**\n>\n> here\n>\n> and there\n\n"
				   "| done | failed |\n| ---: | ---: |\n| 3 | 0 |\n\n"
				   "<details open>\n<summary>More: 1</summary>\n\n"
				   "- Site: P01\n- one\n\n"
				   "| Image | Was\\|is |\n| ---: | --- |\n| **group** | |\n| 1 |  |\n\n"
				   "</details>\n");
	cr_expect_str_eq(html, "<div class=\"alert\" role=\"note\">\n<h2>Look</h2>\n<p>here</p>\n<p>and there</p>\n</div>\n"
			       "<div class=\"cards\">\n<div class=\"card added\"><b>3</b> <span>done</span></div>\n"
			       "<div class=\"card same\"><b>0</b> <span>failed</span></div>\n</div>\n"
			       "<div class=\"fold\"><input type=\"checkbox\" id=\"fold-1\" checked><label for=\"fold-1\">More: 1"
			       "</label>\n<div class=\"folded\">\n<section class=\"entry same\" id=\"there\">\n"
			       "<dl class=\"facts\">\n<div><dt>Site</dt><dd>P01</dd></div>\n</dl>\n<ul>\n<li>one</li>\n</ul>\n"
			       "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"A &lt;table&gt;\">"
			       "<table class=\"pairs\">\n<thead><tr><th scope=\"col\" class=\"number\">Image</th>"
			       "<th scope=\"col\">Was|is</th></tr></thead>\n<tbody>\n"
			       "<tr class=\"group\"><th colspan=\"2\" scope=\"rowgroup\">group</th></tr>\n"
			       "<tr class=\"lost\"><td class=\"number\">1</td><td class=\"value\"></td></tr>\n"
			       "</tbody></table></div>\n</section>\n</div></div>\n");
	free(markdown);
	free(html);
}

static void expect_parts(const char *page, const char *const *parts, size_t count)
{
	const char *at = page;

	/* In this order, and each behind the last. */
	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(at, parts[i]);

		cr_expect(found, "\"%s\" is not where it belongs in:\n%s", parts[i], at);
		at = found ? found : at;
	}
}

static void make_plan(struct report_fixture *f, struct wp_content_change *content, struct wp_diag *diags)
{
	static const char *updates[] = { "KB5034765" };
	static const struct wp_note notes[] = {
		{ "index-moved", WP_NOTE_SEVERITY_GRAVE, "P0100123", 0, "step \"Apply\" takes image 3", NULL },
	};

	report_fixture_init(f);
	*content = (struct wp_content_change){ .updates = updates,
					       .update_count = 1,
					       .groups = { [WP_ITEM_GROUP_DRIVER] = { .changed = 12 } },
					       .bytes_new = UINT64_C(310) << 20,
					       .bytes = UINT64_C(5) << 30 };
	f->entries[FIXTURE_CHANGE].name = "Windows 11 <b> & 'x'";
	f->entries[FIXTURE_CHANGE].content = content;
	f->plan.notes = (struct wp_note *)notes;
	f->plan.note_count = COUNT(notes);
	diags[0] = (struct wp_diag){ WP_SEVERITY_WARNING, "file-bytes", "the file has 3 bytes too many", NULL, "P0100123" };
	/* The reason of the blocked package says this already. */
	diags[1] = (struct wp_diag){ WP_SEVERITY_ERROR, "not-found", "nothing is there", NULL, "P0100140" };
	f->blocked[0].found = "nothing is there";
	f->plan.diags = (struct wp_diags){ diags, 2 };
}

Test(report, plan_page_is_the_same_in_both)
{
	static const char *const html[] = {
		"<h1>Image package change report, site P01</h1>",
		"<h2>This plan does not cover every package</h2>\n<p>Incomplete: 1 package could not be judged (P0100140).",
		"<p class=\"lead\">1 package is reloaded, and 1 is sent to the distribution points again; 1 is blocked; 1 is for a "
		"person to decide.</p>",
		"<p><span class=\"soft\">Plan 7c1f2a90, made 2026-02-20 03:00Z. ",
		"<div class=\"card changed\"><b>1</b> <span>to reload</span></div>",
		"<div class=\"card info\"><b>1</b> <span>only reported</span></div>",
		"<div class=\"card same\"><b>1</b> <span>unchanged</span></div>",
		"<h2>What a person has to decide</h2>\n<ul>\n<li><b>Steps of task "
		"sequences would install another image: the images have moved.</b> P0100123: step &quot;Apply&quot; takes image 3. Set the step to the image&#39;s new index",
		"<li><b>1 package only reported:</b> P0100005 would change",
		"<li><b>1 package blocked:</b> P0100140. ",
		"<h2>Packages</h2>",
		"<a href=\"#package-1\">P0100123</a><br><span class=\"soft\">Windows 11 &lt;b&gt; &amp; &#39;x&#39;</span></td>"
		"<td class=\"short\"><span class=\"badge changed\">reload, refresh</span></td>"
		"<td class=\"text\">2 images differ; content is newer than distributed</td>"
		"<td class=\"short\"><span class=\"badge removed\">1 grave</span></td>",
		"<a href=\"#package-2\">P0100140</a>",
		"<span class=\"badge removed\">blocked</span></td><td class=\"text\">nothing stands at the path</td>",
		"<a href=\"#package-3\">P0100005</a>",
		"<span class=\"badge info\">report only: refresh</span>",
		"<label for=\"fold-1\">Unchanged packages: 1</label>",
		"P0100200",
		"<h2>What to do about what is blocked</h2>",
		"Put the source back, or correct PkgSourcePath or the map.",
		"<h2>What it means for the site</h2>",
		"<span class=\"badge removed\">grave</span>",
		"<code>index-moved</code>",
		"step &quot;Apply&quot; takes image 3",
		"Set the step to the image&#39;s new index, or put the images back in their order.",
		"<h2>What it rests on</h2>",
		"<section class=\"entry changed\" id=\"package-1\">\n<h3>P0100123 Windows 11 &lt;b&gt; &amp; &#39;x&#39; ",
		"<dt>Do</dt><dd>ReloadImageProperties, then RefreshPkgSource</dd>",
		"<dt>Inside</dt><dd>KB5034765 added, 12 drivers changed, 310.00 MiB of 5.00 GiB new",
		"<li>content: modified 2026-02-14 03:10Z, distributed 2026-01-09 22:41Z (inferred)</li>",
		"<code>os_version</code></td><td class=\"value\">10.0.22631.2861</td>",
		"<section class=\"entry removed\" id=\"package-2\">",
		"<li><code>source-missing</code>: nothing is there</li>",
		"<section class=\"entry info\" id=\"package-3\">",
		"<dt>Would need</dt><dd>RefreshPkgSource</dd>",
		"<h2>Remarks</h2>",
		"the file has 3 bytes too many",
		"What the words mean</label>",
		"<dt>Reload</dt><dd>ReloadImageProperties. ",
		"<dt>inferred</dt>",
		"<dt>content-newer</dt>",
		"<dt>source-missing</dt><dd>Blocked: nothing stands at the path.</dd>",
		"<h2>For the record</h2>\n<section class=\"entry same\" id=\"record\">\n<dl class=\"facts\">\n<div><dt>Plan</dt><dd>sha256:",
		"<dt>Change</dt><dd><span class=\"blank\"></span></dd>",
		"<dt>Approver</dt><dd><span class=\"blank\"></span></dd>",
		"<dt>Made</dt><dd>2026-02-20 03:00Z by ann@desk with wimplan 0.1.0</dd>",
		"<p>Plan 7c1f2a90: 1 reload, 1 refresh",
	};
	static const char *const markdown[] = {
		"# Image package change report, site P01\n\n> **This plan does not cover every package**\n>\n> Incomplete: 1 package",
		"| to reload | to refresh | blocked | only reported | unchanged |\n",
		"| 1 | 1 | 1 | 1 | 1 |\n",
		"## What a person has to decide\n\n- **Steps of task sequences would install another image: the images have "
		"moved.** P0100123: step \"Apply\" takes image 3. Set the step",
		"## Packages\n\n| Package | What to do | Why | Risk |\n",
		"| P0100123<br>Windows 11 &lt;b&gt; &amp; 'x' | reload, refresh | 2 images differ; content is newer than "
		"distributed | 1 grave |\n",
		"| P0100140<br>Windows 10 LTSC | blocked | nothing stands at the path |  |\n",
		"| P0100005<br>Boot image (x64) | report only: refresh | content is newer than distributed |  |\n",
		"<details>\n<summary>Unchanged packages: 1</summary>\n\n",
		"| P0100200<br>Server 2022 | inferred | nothing differs |  |\n",
		"## What to do about what is blocked\n",
		"| `source-missing` | 1 | Put the source back, or correct PkgSourcePath or the map. |\n",
		"## What it means for the site\n",
		"| grave | `index-moved` | 1 | P0100123: step \"Apply\" takes image 3 | Set the step",
		"## What it rests on\n\n### P0100123 Windows 11 &lt;b&gt; &amp; 'x' (reload, refresh)\n\n"
		"<details open>\n<summary>2 images differ; content is newer than distributed</summary>\n\n- Do: ReloadImageProperties, then RefreshPkgSource\n",
		"- Inside: KB5034765 added, 12 drivers changed, 310.00 MiB of 5.00 GiB new",
		"- content: modified 2026-02-14 03:10Z, distributed 2026-01-09 22:41Z (inferred)\n",
		"| 1 | `os_version` | 10.0.22631.2861 | 10.0.22631.3007 | proven |\n",
		"### P0100140 Windows 10 LTSC (blocked)\n",
		"- `source-missing`: nothing is there\n",
		"### P0100005 Boot image (x64) (report only: refresh)\n\n<details open>\n"
		"<summary>content is newer than distributed</summary>\n\n- Would need: RefreshPkgSource\n",
		"## Remarks\n",
		"| warning | `file-bytes` | P0100123 | the file has 3 bytes too many |\n",
		"<summary>What the words mean</summary>\n",
		"- Reload: ReloadImageProperties. ",
		"- inferred: ",
		"- content-newer: ",
		"- source-missing: Blocked: nothing stands at the path.\n",
		"## For the record\n\n- Plan: sha256:",
		"- Change: \\_",
		"- Made: 2026-02-20 03:00Z by `ann@desk` with wimplan 0.1.0\n",
		"Plan 7c1f2a90: 1 reload, 1 refresh",
	};
	struct wp_content_change content;
	struct report_fixture f;
	struct wp_diag diags[2];
	char *page;

	make_plan(&f, &content, diags);
	page = report_of(wp_report_plan_html, &f.plan, 80, false, false);
	expect_parts(page, html, COUNT(html));
	cr_expect_eq(report_occurrences(page, "nothing is there"), 1, "a remark says what a reason said");
	cr_expect_lacks(page, "not covered by the plan's digest");
	report_expect_balanced(page);
	free(page);
	page = report_of(wp_report_plan_markdown, &f.plan, 80, false, false);
	expect_parts(page, markdown, COUNT(markdown));
	cr_expect_eq(report_occurrences(page, "nothing is there"), 1, "a remark says what a reason said");
	free(page);
	page = report_of(wp_report_plan_html, &f.plan, 80, true, false);
	cr_expect_contains(page, "id=\"fold-1\" checked>");
	free(page);
	page = report_of(wp_report_plan_markdown, &f.plan, 80, true, false);
	cr_expect_contains(page, "<details open>\n<summary>Unchanged packages: 1</summary>");
	free(page);
}

Test(report, plan_page_marks_what_no_digest_covers)
{
	struct wp_content_change content;
	struct report_fixture f;
	struct wp_diag diags[2];
	char *page;

	make_plan(&f, &content, diags);
	f.plan.beside_covered = false;
	page = report_of(wp_report_plan_markdown, &f.plan, 80, false, false);
	cr_expect_contains(page, "- Made: 2026-02-20 03:00Z by `ann@desk` with wimplan 0.1.0 (not covered by the plan's digest)\n");
	cr_expect_contains(page, "of 2026-02-20 02:10Z (not covered by the plan's digest), 4 packages\n");
	cr_expect_contains(page, "## What it means for the site (not covered by the plan's digest)\n");
	cr_expect_contains(page, "new, uncompressed (not covered by the plan's digest)\n");
	free(page);
}

Test(report, plan_page_joins_images)
{
	struct wp_reason reasons[] = {
		{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 1, "os_version", "1.0", "2.0" },
		{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_INFERRED, 1, "size", "1000", "2000" },
		{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 2, "os_version", "1.0", "2.0" },
		{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 3, "os_version", "1.0", "2.0" },
		{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 4, "os_version", "1.0", "3.0" },
		{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 7, "os_version", "1.0", "2.0" },
	};
	struct report_fixture f;
	char *page;

	report_fixture_init(&f);
	f.entries[FIXTURE_CHANGE].reasons = reasons;
	f.entries[FIXTURE_CHANGE].reason_count = COUNT(reasons);
	page = report_of(wp_report_plan_markdown, &f.plan, 80, false, false);
	cr_expect_contains(page, "| 1–3, 7 | `os_version` | 1.0 | 2.0 | proven |\n"
				 "| 1 | `size` | 1,000 | 2,000 | inferred |\n"
				 "| 4 | `os_version` | 1.0 | 3.0 | proven |\n\n");
	cr_expect_contains(page, "| reload, refresh | 5 images differ |");
	free(page);
}

Test(report, plan_page_says_what_is_skipped)
{
	static struct wp_reason unknown = { "content-unknown", WP_ACTION_REFRESH, WP_CONFIDENCE_UNKNOWN, 0, NULL, NULL, NULL };
	struct report_fixture f;
	char *page;

	report_fixture_init(&f);
	f.entries[FIXTURE_SAME].reasons = &unknown;
	f.entries[FIXTURE_SAME].reason_count = 1;
	page = report_of(wp_report_plan_html, &f.plan, 80, false, false);
	cr_expect_contains(page, "Not known: nothing tells whether the content of 1 package is what was distributed");
	free(page);
}

/* Many packages: a page has so many rows and sections, and says how many it has not. */
static char *page_of_many(size_t count, void (*writer)(const struct wp_plan *, const struct wp_report_options *, struct wp_buf *))
{
	struct wp_arena *arena = wp_arena_new();
	struct report_fixture f;
	struct wp_entry *entries;
	char *page;

	report_fixture_init(&f);
	entries = calloc(count, sizeof *entries);
	for (size_t i = 0; i < count; i++) {
		char id[32];

		entries[i] = f.entries[FIXTURE_CHANGE];
		snprintf(id, sizeof id, "P01%05zX", i);
		entries[i].package_id = wp_arena_strdup(arena, id);
	}
	f.plan.entries = entries;
	f.plan.entry_count = count;
	f.plan.summary = (struct wp_summary){ .packages = count, .reload = count, .refresh = count };
	page = report_of(writer, &f.plan, 80, false, false);
	free(entries);
	wp_arena_free(arena);
	return page;
}

Test(report, plan_page_ends)
{
	char *page = page_of_many(1000, wp_report_plan_html);

	cr_expect_eq(report_occurrences(page, "<td class=\"title\">"), 1000);
	cr_expect_eq(report_occurrences(page, "<section class=\"entry changed\""), 250);
	cr_expect_lacks(page, "more packages, which");
	cr_expect_contains(page, "<p>And 750 more sections, which are not on this page: the plan file has them.</p>");
	/* What has no section has no link to one. */
	cr_expect_contains(page, "<a href=\"#package-250\">P01000F9</a>");
	cr_expect_contains(page, "<td class=\"title\">P01000FA<br>");
	report_expect_balanced(page);
	free(page);
	page = page_of_many(10000, wp_report_plan_html);
	cr_expect_eq(report_occurrences(page, "<td class=\"title\">"), 1000);
	cr_expect_contains(page, "<p>And 9,000 more packages, which are not on this page: the plan file has them.</p>");
	cr_expect_lt(strlen(page), 1 << 20, "%zu bytes", strlen(page));
	free(page);
	page = page_of_many(10000, wp_report_plan_markdown);
	cr_expect_contains(page, "And 9,000 more packages, which are not on this page: the plan file has them.\n");
	cr_expect_lt(strlen(page), 1 << 20, "%zu bytes", strlen(page));
	free(page);
	page = page_of_many(250, wp_report_plan_html);
	cr_expect_lacks(page, "more section");
	free(page);
}
