/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff for a terminal: what it says, and that it fits. */
#include "diff_fixture.h"

Test(report, diff_text_says_what_changed)
{
	static const char *const parts[] = {
		"old  2023-12/install.wim, 4.92 GiB\n",
		"~ 1  Windows 11 Enterprise",
		"changed (matched by name)\n",
		"    os_version  10.0.22631.2861 → 10.0.22631.3007\n",
		"    edition_id  Enterprise → (absent)  LOST\n",
		"    languages   en-US, fr-FR → (empty)  LOST\n",
		"  Packages: 3 added, 2 removed, 2 changed, 812 the same\n    Cumulative updates\n",
		"      ~ Package_for_RollupFix (amd64)  22631.2861.1.5 → 22631.3007.1.6\n",
		"      - KB5033375 (amd64)  10.0.1.1\n      + KB5034765 (amd64)  10.0.1.3\n",
		"      ~ usbhub3.inf (amd64)  1111222233334444 → 5555666677778888\n",
		"    - fr-FR\n",
		"    ~ \\Windows\\Boot\\EFI\\bootmgfw.efi\n          2.5 MiB, SHA-1 abcd00000000 → 2.5 MiB",
		"Installed and the same: 1 recovery environment\n",
		"1,204 changed, 2 renamed, 57 changed\n    in attributes, times or security only; 104,211 the same\n",
		"    \\Windows (elsewhere)       13    3.0 MiB    2.0 MiB  +-\n",
		"      10.0.22621.2506 → 10.0.22621.3007\n",
		"    @ \\Windows\\System32\\config  folder, times, security\n",
		"    ~ \\Windows\\System32\\ntoskrnl.exe  12,061,000 → 12,065,000 bytes, hard link\n",
		"    > \\Windows\\System32\\new.dll\n      was \\Windows\\System32\\old.dll\n",
		"    + \\Windows\\write.txt:zone  26 bytes, stream\n    … and 7,364 more",
		"= 2  Windows 11 Pro  same, was image 3 (matched by edition)\n",
		"- 2  Windows 11 Home N",
		"  added      4,402      1.08 GiB  310.00 MiB\n",
		"warning tree-name-dots: new.wim, image 1: 1 entry",
		"> renamed   @ the same data\n",
		"Warning: 2 values that the old image had are now empty or gone.",
		"  image 1: edition_id was Enterprise\n",
		"A redistribution sends the whole file: 5.1 GiB. With binary differential\n"
		"replication it sends at least what is new: 310 MiB; 280 MiB of the old file is\ngone.\n",
		"1 image changed, 1 added, 1 removed, 1 the same, 1 at another index.\n",
	};
	struct diff_fixture f;
	char *text;

	diff_fixture_init(&f);
	text = diff_report(wp_report_diff_text, &f.diff, 80, false, false);
	for (size_t i = 0; i < COUNT(parts); i++)
		cr_expect_contains(text, parts[i]);
	cr_expect_lacks(text, "\033");
	cr_expect_leq(report_width(text), 80);
	free(text);
	text = diff_report(wp_report_diff_text, &f.diff, 200, false, false);
	cr_expect_contains(text, "bootmgfw.efi  2.5 MiB, SHA-1 abcd00000000 → 2.5 MiB, SHA-1 123400000000\n");
	free(text);
}

Test(report, diff_text_colours_and_lists_in_full)
{
	struct diff_fixture f;
	struct wp_item many[40];
	char *text;

	diff_fixture_init(&f);
	text = diff_report(wp_report_diff_text, &f.diff, 80, false, true);
	cr_expect_contains(text, "\033[33m~\033[0m 1  Windows 11 Enterprise");
	cr_expect_contains(text, "  \033[31mLOST\033[0m");
	cr_expect_contains(text, "\\x1b[31m");
	free(text);

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = package(WP_ITEM_KIND_OTHER, i % 2 ? "even" : "odd", NULL, "1.0", NULL);
	f.contents.groups[WP_ITEM_GROUP_PACKAGE] = (struct wp_diff_group){ .added = many, .added_count = COUNT(many) };
	text = diff_report(wp_report_diff_text, &f.diff, 80, false, false);
	cr_expect_contains(text, "      … and 20 more (--all)\n");
	free(text);
	text = diff_report(wp_report_diff_text, &f.diff, 80, true, false);
	cr_expect_lacks(text, "(--all)");
	free(text);
}

Test(report, diff_text_of_sides_without_blobs_or_changes)
{
	struct diff_fixture f;
	char *text;

	diff_fixture_init(&f);
	f.diff.shared.stored_bytes.known = f.diff.added.stored_bytes.known = false;
	text = diff_report(wp_report_diff_text, &f.diff, 200, false, false);
	cr_expect_contains(text, "since one of the files is solid; of the 14 GiB of file data in it 1.1 GiB is new; 1001");
	cr_expect_contains(text, "File data    blobs  uncompressed\n");
	free(text);

	f.diff.image_count = 1;
	f.images[0] = (struct wp_diff_image){
		.old_index = 1, .new_index = 1, .new_name = "A", .matched_by = WP_MATCH_INDEX, .status = WP_DIFF_SAME
	};
	f.diff.old.record = true;
	f.diff.old.path = "P0100001";
	f.images[0].complete = true;
	f.diff.blobs_known = false;
	f.diff.added = f.diff.removed = (struct wp_diff_blobs){ 0 };
	text = diff_report(wp_report_diff_text, &f.diff, 200, false, false);
	cr_expect_contains(text, "old  P0100001, as the site has recorded it\n");
	cr_expect_contains(
		text, "No changes: what the site has recorded and what the source says are the same in 1 image.\n");
	cr_expect_lacks(text, "File data");
	cr_expect_lacks(text, "Incomplete: ");
	free(text);

	f.images[0].complete = f.diff.complete = false;
	text = diff_report(wp_report_diff_text, &f.diff, 200, false, false);
	cr_expect_contains(text, "= 1  A  same as far as it could be read (matched by index)\n");
	cr_expect_contains(text, "Incomplete: ");
	cr_expect_contains(text, "No changes in what could be read, which is not all: 1 of 1 image is the same only as far as it");
	free(text);
}
