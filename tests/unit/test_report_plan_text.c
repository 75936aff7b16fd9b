/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a plan: layout at several widths, words, colours, escapes. */
#include "report_fixture.h"

#define text_of(plan, columns, all, color) report_of(wp_report_plan_text, plan, columns, all, color)

Test(report, text_of_every_status)
{
	static const char expected[] =
		"~ P0100123  Windows 11 23H2 x64  reload, refresh\n"
		"  image 1  os_version  10.0.22631.2861 → 10.0.22631.3007\n"
		"  image 2  name        Pro → Pro N\n"
		"  content  modified 2026-02-14 03:10Z, distributed 2026-01-09 22:41Z (inferred)\n"
		"! P0100140  Windows 10 LTSC      blocked: source-missing\n"
		"  source  \\\\srv\\src$\\ltsc\\install.wim\n"
		"  why     nothing stands at the path\n"
		"? P0100005  Boot image (x64)     refresh\n"
		"  content  modified 2026-02-14 03:10Z, distributed 2026-01-09 22:41Z (inferred)\n"
		"\n"
		"What to do about what is blocked:\n"
		"  source-missing  Put the source back, or correct PkgSourcePath or the map.\n"
		"\n"
		"Legend: ~ change   ! blocked   ? boot image, report only\n"
		"Incomplete: 1 package could not be judged (P0100140). Put that right and plan\n"
		"again; what is planned for the others stands.\n"
		"Plan 7c1f2a90: 1 reload, 1 refresh, 1 blocked, 1 report only, 1 unchanged.\n"
		"Snapshot P01 of 2026-02-20 02:10Z, 4 packages.\n";
	struct report_fixture f;
	char *text;

	report_fixture_init(&f);
	text = text_of(&f.plan, 80, false, false);
	cr_expect_str_eq(text, expected);
	free(text);

	/* With room to spare every line has its path, and the unchanged ones have none in a plan file either. */
	text = text_of(&f.plan, 200, true, false);
	cr_expect_contains(text, "reload, refresh          \\\\srv\\src$\\w11\\install.wim\n");
	cr_expect_contains(text, "blocked: source-missing  \\\\srv\\src$\\ltsc\\install.wim\n");
	cr_expect_contains(text, "= P0100200  Server 2022          unchanged (inferred)\n");
	cr_expect_contains(text, "Legend: = unchanged   ~ change   ! blocked   ? boot image, report only\n");
	free(text);
}

Test(report, text_cuts_names_and_nothing_else)
{
	struct report_fixture f;
	char *text;

	report_fixture_init(&f);
	f.entries[FIXTURE_CHANGE].name =
		"Windows 11 Enterprise 23H2 with everything that the image team ever put into it, x64";
	f.entries[FIXTURE_BOOT].name = "日本語のとても長い名前のブートイメージ、まだまだ続きます、もう少しだけ長く";
	f.change[1].found =
		"A name of an image that is so long that no line of a terminal has room for it, whatever it does";
	f.change[0].found = "10.0.22631.3007.and.a.version.that.nobody.has.ever.seen.but.must.not.be.cut";
	text = text_of(&f.plan, 80, false, false);
	cr_expect_contains(text, "Windows 11 Enterprise 23H2 with everything…  reload, refresh\n");
	cr_expect_contains(text, "→ A name of an image that is so long that no line of a t…\n");
	cr_expect_contains(text, "10.0.22631.2861\n                       → 10.0.22631.3007.and.a.version");
	cr_expect_contains(text, "must.not.be.cut\n");
	free(text);

	/* Wide and combining characters keep the columns: every status starts at the same one. */
	f.entries[FIXTURE_CHANGE].name = "Wi\xcc\x81ndows";
	f.entries[FIXTURE_BOOT].name = "日本語";
	f.entries[FIXTURE_BLOCKED].name = "Windows 10";
	f.change[0].found = "1";
	text = text_of(&f.plan, 80, false, false);
	cr_expect_contains(text, "P0100123  Wi\xcc\x81ndows     reload");
	cr_expect_contains(text, "P0100005  日本語      refresh");
	cr_expect_contains(text, "P0100140  Windows 10  blocked");
	free(text);
}

Test(report, text_stays_within_its_columns)
{
	struct report_fixture f;

	report_fixture_init(&f);
	f.plan.diags.count = 1;
	f.plan.diags.items =
		&(struct wp_diag){ WP_SEVERITY_WARNING, "calibration-differs",
				   "what the site would store for image 1 differs from what wimplan reads in the file",
				   NULL, "P0100123" };
	for (unsigned int columns = 60; columns <= 200; columns += 7) {
		char *text = text_of(&f.plan, columns, true, false);

		cr_expect_leq(report_width(text), columns < 78 ? 78 : columns, "%u columns:\n%s", columns, text);
		free(text);
	}
}

Test(report, text_escapes_what_a_terminal_would_obey)
{
	struct report_fixture f;
	char *text;

	report_fixture_init(&f);
	f.entries[FIXTURE_CHANGE].name = "a\033[2Jb\nc";
	f.entries[FIXTURE_BLOCKED].source_path = "\\\\srv\\\033]0;x\a";
	f.change[0].found = "1\r2";
	f.change[1].field = "na\nme";
	f.blocked[0].found = "gone\033[1m";
	text = text_of(&f.plan, 80, true, false);
	for (const char *at = text; *at; at++)
		cr_expect((unsigned char)*at >= 0x20 || *at == '\n', "control character 0x%02x", *at);
	cr_expect_contains(text, "a\\x1b[2Jb\\x0ac");
	free(text);
}

Test(report, text_colours_only_when_asked)
{
	struct report_fixture f;
	char *text;

	report_fixture_init(&f);
	text = text_of(&f.plan, 80, true, true);
	cr_expect_contains(text, "\033[33m~\033[0m P0100123");
	cr_expect_contains(text, "\033[31m!\033[0m P0100140");
	cr_expect_contains(text, "\033[32m=\033[0m P0100200");
	free(text);
	text = text_of(&f.plan, 80, true, false);
	cr_expect_lacks(text, "\033");
	free(text);
}

Test(report, text_of_plans_without_changes)
{
	const char *only[] = { "P0100140", "P0100200" }, *exclude[] = { "P0100005" };
	struct report_fixture f;
	char *text;

	report_fixture_init(&f);
	f.plan.applyable = false;
	f.plan.complete = true;
	f.plan.entries = &f.entries[FIXTURE_SAME];
	f.plan.entry_count = 1;
	f.plan.summary = (struct wp_summary){ .packages = 1, .unchanged = 1 };
	f.plan.only = only;
	f.plan.only_count = 2;
	f.plan.exclude = exclude;
	f.plan.exclude_count = 1;
	text = text_of(&f.plan, 80, false, false);
	cr_expect_str_eq(text, "No changes. What the site has stored and distributed was compared with the\n"
			       "sources of 1 package, and nothing calls for a reload or a refresh.\n"
			       "Narrowed to 1 of 4 packages by --only P0100140, P0100200 and by --exclude\n"
			       "P0100005.\n"
			       "Plan 7c1f2a90: 0 reload, 0 refresh, 0 blocked, 1 unchanged. Snapshot P01 of\n"
			       "2026-02-20 02:10Z, 4 packages.\n");
	free(text);

	f.plan.entries = &f.entries[FIXTURE_BLOCKED];
	f.plan.summary = (struct wp_summary){ .packages = 1, .blocked = 1 };
	text = text_of(&f.plan, 80, false, false);
	cr_expect_contains(text, "No changes. Each package is blocked.\n");
	free(text);

	f.plan.entries = &f.entries[FIXTURE_BOOT];
	f.plan.summary = (struct wp_summary){ .packages = 1, .report_only = 1 };
	text = text_of(&f.plan, 80, false, false);
	cr_expect_contains(text, "No changes to make. 1 boot image would change and is only reported");
	free(text);
}

Test(report, text_of_several_gates)
{
	struct wp_reason gates[] = {
		{ "other-site", WP_ACTION_NONE, WP_CONFIDENCE_PROVEN, 0, NULL, "P02", "only site P02 may update it" },
		{ "action-in-progress", WP_ACTION_NONE, WP_CONFIDENCE_PROVEN, 0, NULL, "update", NULL },
	};
	struct report_fixture f;
	char *text;

	report_fixture_init(&f);
	f.entries[FIXTURE_BLOCKED].reasons = gates;
	f.entries[FIXTURE_BLOCKED].reason_count = 2;
	f.entries[FIXTURE_BLOCKED].judged = true;
	text = text_of(&f.plan, 80, false, false);
	cr_expect_contains(text, "blocked: 2 reasons");
	cr_expect_contains(text, "  other-site          only site P02 may update it\n"
				 "  action-in-progress  the site is working on the package\n");
	free(text);
}
