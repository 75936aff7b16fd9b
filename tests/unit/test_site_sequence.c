/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Task sequences: which step takes which image of which package, and what switches it off. */
#include "wimplan/buf.h"
#include "wimplan/limits.h"
#include "wimplan/sequence.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

/* "image P0100001 #3 'Apply', off" for each use, one a line. */
static char *uses(struct wp_arena *arena, const char *xml)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_sequence_use *items;
	const char *why = NULL;
	size_t count;

	if (wp_sequence_parse(arena, xml, &items, &count, &why) != 0)
		return wp_arena_printf(arena, "the sequence %s", why);
	for (size_t i = 0; i < count; i++) {
		wp_buf_printf(&buf, "%s %s", wp_use_name(items[i].use), items[i].package_id);
		if (items[i].index.known)
			wp_buf_printf(&buf, " #%" PRIu64, items[i].index.value);
		wp_buf_printf(&buf, " '%s'%s\n", items[i].step, items[i].enabled ? "" : ", off");
	}
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

#define STEP(type, name, more, action, variables)                                                                     \
	"<step type=\"SMS_TaskSequence_" type "\" name=\"" name "\" description=\"\" runIn=\"WinPE\"" more ">"            \
	"<action>" action "</action><defaultVarList>" variables "</defaultVarList></step>"
#define VALUE(property, value) "<variable name=\"OSD" property "\" property=\"" property "\">" value "</variable>"

static const struct {
	const char *xml, *uses;
} cases[] = {
	{ "<sequence version='3.10'/>", "" },
	{ "<sequence version='3.10'>" STEP("ApplyOperatingSystemAction", "Apply", "", "OSDApplyOS.exe",
					   VALUE("ImagePackageID", "P0100001") VALUE("ImageIndex", "3")) "</sequence>",
	  "image P0100001 #3 'Apply'\n" },
	/* The values may come in any order, with white space, and be switched off at any height. */
	{ "<sequence version='3.10'><group name='a' disable='true'><group name='b'>" STEP(
		  "ApplyOperatingSystemAction", "Apply", "", "", VALUE("ImageIndex", " 1\n")
		  VALUE("ImagePackageID", "\tP0100001 ")) "</group></group>"
	  STEP("ApplyDataImageAction", "Data", " disable='true'", "", VALUE("ImagePackageID", "P0100002")
	       VALUE("ImageIndex", "2")) STEP("ApplyDataImageAction", "Data 2", " disable='false'", "",
					      VALUE("ImagePackageID", "P0100002") VALUE("ImageIndex", "x")) "</sequence>",
	  "image P0100001 #1 'Apply', off\ndata-image P0100002 #2 'Data', off\ndata-image P0100002 'Data 2'\n" },
	{ "<sequence version='3.10'>" STEP("UpgradeOperatingSystemAction", "Up", "", "",
					   VALUE("InstallPackageID", "P0100003") VALUE("InstallEditionIndex", "6"))
	  STEP("UpgradeOperatingSystemAction", "Default", "", "", VALUE("InstallPackageID", "P0100003"))
	  STEP("ApplyOperatingSystemAction", "Scripted", "", "", VALUE("InstallPackageID", "P0100003")
	       VALUE("InstallEditionIndex", "1")) STEP("UpgradeOperatingSystemAction", "None", "", "",
						       VALUE("InstallPackageID", "00000000")) "</sequence>",
	  "upgrade P0100003 #6 'Up'\nupgrade P0100003 #1 'Default'\ninstall P0100003 #1 'Scripted'\n" },
	/* Where no edition was chosen the index is 0. */
	{ "<sequence version='3.10'>" STEP("ApplyOperatingSystemAction", "Scripted", "", "", VALUE("InstallPackageID", "P0100003")
	  VALUE("InstallEditionIndex", "0")) STEP("ApplyOperatingSystemAction", "No", "", "", VALUE("ImagePackageID", "P0100003")
	  VALUE("ImageIndex", "18446744073709551616")) "</sequence>", "install P0100003 'Scripted'\nimage P0100003 'No'\n" },
	/* Without variables the command line tells. */
	{ "<sequence version='3.10'>" STEP("ApplyOperatingSystemAction", "Apply", "",
					   "OSDApplyOS.exe /image:P0100001,%OSDImageIndex% /target:%OSDisk%", "")
	  STEP("ApplyOperatingSystemAction", "Install", "", "OSDApplyOS.exe \"/install:P0100003\" /target:C", "")
	  STEP("ApplyDataImageAction", "Data", "", "OSDApplyOS.exe /data:P0100002,1", "") "</sequence>",
	  "image P0100001 'Apply'\ninstall P0100003 'Install'\ndata-image P0100002 'Data'\n" },
	{ "<sequence version='3.10'><referenceList><reference package='P0100001'/><reference package='P0100009'/>"
	  "<reference package=''/></referenceList>"
	  STEP("DownloadPackageContentAction", "Get", "", "", VALUE("DownloadPackages", "P0100001, P0100005;P0100006"))
	  "<group name='g'><subtasksequence type='SMS_TaskSequence_SubTasksequence' name='Sub'><defaultVarList>"
	  VALUE("TsPackageID", "P0100077") "</defaultVarList></subtasksequence></group></sequence>",
	  "download P0100001 'Get'\ndownload P0100005 'Get'\ndownload P0100006 'Get'\nsequence P0100077 'Sub'\n"
	  "other P0100009 ''\n" },
	/* Packages of any other kind count too, with their step; what is no PackageID, or none was chosen, does not. */
	{ "<sequence version='3.10'><referenceList><reference package='P0100007'/></referenceList><group name='g' disable='true'>"
	  STEP("ApplyDriverPackageAction", "Drivers", "", "", VALUE("DriverPackageID", "P0100006")) "</group>"
	  STEP("RunCommandLineAction", "Run", "", "", VALUE("PackageID", "P0100007"))
	  STEP("RunCommandLineAction", "None", "", "", VALUE("PackageID", "00000000") VALUE("PackageID", "%Which%"))
	  STEP("ApplyOperatingSystemAction", "Apply", "", "", VALUE("ConfigFilePackage", "P0100008")
	       VALUE("InstallPackageID", "P0100003")) "</sequence>",
	  "other P0100006 'Drivers', off\nother P0100007 'Run'\ninstall P0100003 'Apply'\nother P0100008 'Apply'\n" },
	/* The packages of a download stand twice; where the list is empty the other place tells. */
	{ "<sequence version='3.10'>" STEP("DownloadPackageContentAction", "Both", "", "", VALUE("DownloadPackages", "P0100001")
	  VALUE("PackageInfo0PackageId", "P0100001")) STEP("DownloadPackageContentAction", "Second", "", "",
	  VALUE("DownloadPackages", "") VALUE("PackageInfo0PackageId", "P0100001") VALUE("PackageInfo1PackageId", "P0100002"))
	  "</sequence>", "download P0100001 'Both'\ndownload P0100001 'Second'\ndownload P0100002 'Second'\n" },
	/* What looks like a package but stands in a condition, in a vendor's step or in escaped text is none. */
	{ "<sequence version='3.10'><step type='BDD_InstallOS' name='x'><condition><expression type='y'>"
	  "<variable name='ImagePackageID'>P0100001</variable></expression></condition><action>z</action>"
	  "<defaultVarList><variable name='Rules' property='Rules'>&lt;variable property='ImagePackageID'>P0100002"
	  "&lt;/variable></variable></defaultVarList></step></sequence>", "" },
	{ "<sequence version='3.00' name='Standard Client' description='x'><group/></sequence>",
	  "the sequence is one of MDT, not of Configuration Manager" },
	{ "<steps/>", "the sequence has the root element <steps> instead of <sequence>" },
};

Test(sequence, steps_and_what_they_use)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena = wp_arena_new();

		cr_expect_str_eq(uses(arena, cases[i].xml), cases[i].uses, "%zu: %s", i, uses(arena, cases[i].xml));
		wp_arena_free(arena);
	}
}

Test(sequence, what_is_damaged_says_where)
{
	struct wp_arena *arena = wp_arena_new();

	cr_expect(strstr(uses(arena, "<sequence>\n<group>\n</sequence>"), "in line 3"));
	cr_expect(strstr(uses(arena, ""), "is no XML"));
	cr_expect(strstr(uses(arena, "<!DOCTYPE a><sequence/>"), "has a document type definition in line 1"));
	wp_arena_free(arena);
}

/* @depth groups around one step. */
static char *nested(struct wp_arena *arena, size_t depth)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&buf, "<sequence version='3.10'>");
	for (size_t i = 0; i < depth; i++)
		wp_buf_puts(&buf, i ? "<group name='g'>" : "<group name='g' disable='true'>");
	wp_buf_puts(&buf, STEP("ApplyDataImageAction", "D", "", "", VALUE("ImagePackageID", "P0100001")));
	for (size_t i = 0; i < depth; i++)
		wp_buf_puts(&buf, "</group>");
	wp_buf_puts(&buf, "</sequence>");
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

Test(sequence, depth_is_bounded)
{
	struct wp_arena *arena = wp_arena_new();

	/* The sequence, the step, its list and the variable take four of the levels. */
	cr_expect_str_eq(uses(arena, nested(arena, WP_LIMIT_NESTING - 4)), "data-image P0100001 'D', off\n");
	cr_expect(strstr(uses(arena, nested(arena, WP_LIMIT_NESTING - 3)), "the sequence "));
	wp_arena_free(arena);
}

/* Each of many packages of a step has its name. */
Test(sequence, names_of_steps_are_bounded)
{
	static const char *const letters[] = { "n", "\xe2\x82\xac" };
	struct wp_arena *arena = wp_arena_new();

	for (size_t more = 0; more < 4; more++) {
		struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
		struct wp_buf name __attribute__((cleanup(wp_buf_free))) = { 0 };
		const char *letter = letters[more / 2], *why;
		struct wp_sequence_use *items;
		size_t count;

		while (name.length + strlen(letter) <= WP_LIMIT_STEP_NAME)
			wp_buf_puts(&name, letter);
		wp_buf_printf(&buf, "<sequence version='3.10'><step type='x' name='%s%s'><variable property='PackageID'>P0100001</variable>"
			      "</step></sequence>", wp_buf_text(&name), more % 2 ? letter : "");
		cr_assert_eq(wp_sequence_parse(arena, wp_buf_text(&buf), &items, &count, &why), 0, "%s", why);
		cr_assert_eq(count, 1);
		if (more % 2) {
			wp_buf_cut(&name, (WP_LIMIT_STEP_NAME - 3) / strlen(letter) * strlen(letter));
			wp_buf_puts(&name, "…");
		}
		cr_expect_str_eq(items->step, wp_buf_text(&name));
	}
	wp_arena_free(arena);
}

Test(sequence, places_are_bounded)
{
	struct wp_arena *arena = wp_arena_new();

	for (size_t more = 0; more < 2; more++) {
		struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
		struct wp_sequence_use *items;
		const char *why = NULL;
		size_t count;
		int status;

		wp_buf_puts(&buf, "<sequence version='3.10'><referenceList>");
		for (size_t i = 0; i < WP_LIMIT_SEQUENCE_USES + more; i++)
			wp_buf_printf(&buf, "<reference package='P%07zu'/>", i);
		wp_buf_puts(&buf, "</referenceList></sequence>");
		status = wp_sequence_parse(arena, wp_buf_text(&buf), &items, &count, &why);
		cr_expect_eq(status, more ? -1 : 0, "%s", why);
	}
	wp_arena_free(arena);
}
