/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff made by hand for the tests of the reports: one image of every status, and every kind of change in the first.
 */
#ifndef WIMPLAN_TESTS_DIFF_FIXTURE_H
#define WIMPLAN_TESTS_DIFF_FIXTURE_H

#include "report_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAME_WITH_MARKUP "<script>alert(\"1\")</script> & | `x` \033[31m"

struct diff_fixture {
	struct wp_diff diff;
	struct wp_diff_image images[4];
	struct wp_diff_field fields[3];
	struct wp_diff_contents contents;
	struct wp_diff_files files;
	struct wp_item packages_added[3], packages_removed[2], drivers_added[2], apps_added[1], languages_removed[1];
	struct wp_item_change packages_changed[2], drivers_changed[1], boot_changed[1];
	struct wp_diff_folder folders[4];
	struct wp_diff_component components[2];
	struct wp_diff_path paths[6];
	struct wp_diag diags[1];
};

#define MIB(number) ((uint64_t)(number) << 20)

static inline struct wp_item package(enum wp_item_kind kind, const char *name, const char *language,
				     const char *version, const char *kb)
{
	return (struct wp_item){ .group = WP_ITEM_GROUP_PACKAGE,
				 .kind = kind,
				 .name = name,
				 .architecture = "amd64",
				 .language = language,
				 .version = version,
				 .kb = kb };
}

static inline void diff_fixture_contents(struct diff_fixture *f)
{
	struct wp_diff_group *groups = f->contents.groups;

	f->packages_added[0] = package(WP_ITEM_KIND_UPDATE, "Package_for_KB5034765", NULL, "10.0.1.3", "KB5034765");
	f->packages_added[1] = package(WP_ITEM_KIND_LANGUAGE_PACK, "Microsoft-Windows-Client-LanguagePack-Package", "de-DE",
				       "10.0.22631.3007", NULL);
	f->packages_added[2] = package(WP_ITEM_KIND_OTHER, NAME_WITH_MARKUP, NULL, "10.0.22631.3007", NULL);
	f->packages_removed[0] = package(WP_ITEM_KIND_UPDATE, "Package_for_KB5033375", NULL, "10.0.1.1", "KB5033375");
	f->packages_removed[1] =
		package(WP_ITEM_KIND_FEATURE, "Microsoft-Windows-WordPad-FoD-Package", NULL, "10.0.22631.1", NULL);
	f->packages_changed[0] = (struct wp_item_change){
		package(WP_ITEM_KIND_CUMULATIVE, "Package_for_RollupFix", NULL, "22631.2861.1.5", NULL),
		package(WP_ITEM_KIND_CUMULATIVE, "Package_for_RollupFix", NULL, "22631.3007.1.6", NULL)
	};
	f->packages_changed[1] = (struct wp_item_change){
		package(WP_ITEM_KIND_SERVICING_STACK, "Package_for_ServicingStack_2860", NULL, "22621.2860.1.1", NULL),
		package(WP_ITEM_KIND_SERVICING_STACK, "Package_for_ServicingStack_2860", NULL, "22621.3000.1.1", NULL)
	};
	groups[WP_ITEM_GROUP_PACKAGE] =
		(struct wp_diff_group){ f->packages_added, 3, f->packages_removed, 2, f->packages_changed, 2, 812 };
	f->drivers_added[0] = (struct wp_item){ .group = WP_ITEM_GROUP_DRIVER,
						.kind = WP_ITEM_KIND_ADDED,
						.name = "netwtw10.inf",
						.architecture = "amd64",
						.id = "0f1e2d3c4b5a6978" };
	f->drivers_added[1] = (struct wp_item){ .group = WP_ITEM_GROUP_DRIVER,
						.kind = WP_ITEM_KIND_ADDED,
						.name = "iastorvd.inf",
						.architecture = "amd64",
						.id = "8a7b6c5d4e3f2a1b" };
	f->drivers_changed[0] = (struct wp_item_change){ { .group = WP_ITEM_GROUP_DRIVER,
							   .kind = WP_ITEM_KIND_INBOX,
							   .name = "usbhub3.inf",
							   .architecture = "amd64",
							   .id = "1111222233334444" },
							 { .group = WP_ITEM_GROUP_DRIVER,
							   .kind = WP_ITEM_KIND_INBOX,
							   .name = "usbhub3.inf",
							   .architecture = "amd64",
							   .id = "5555666677778888" } };
	groups[WP_ITEM_GROUP_DRIVER] = (struct wp_diff_group){ .added = f->drivers_added,
							 .added_count = 2,
							 .changed = f->drivers_changed,
							 .changed_count = 1,
							 .same_count = 730 };
	f->apps_added[0] = (struct wp_item){ .group = WP_ITEM_GROUP_APP,
					     .name = "Microsoft.WindowsTerminal",
					     .architecture = "x64",
					     .version = "1.18.3181.0",
					     .id = "8wekyb3d8bbwe" };
	groups[WP_ITEM_GROUP_APP] = (struct wp_diff_group){ .added = f->apps_added, .added_count = 1, .same_count = 43 };
	f->languages_removed[0] = (struct wp_item){ .group = WP_ITEM_GROUP_LANGUAGE, .name = "fr-FR" };
	groups[WP_ITEM_GROUP_LANGUAGE] =
		(struct wp_diff_group){ .removed = f->languages_removed, .removed_count = 1, .same_count = 1 };
	f->boot_changed[0] = (struct wp_item_change){ { .group = WP_ITEM_GROUP_BOOT_FILE,
							.name = "\\Windows\\Boot\\EFI\\bootmgfw.efi",
							.has_data = true,
							.size = 2654208,
							.sha1 = { 0xab, 0xcd } },
						      { .group = WP_ITEM_GROUP_BOOT_FILE,
							.name = "\\Windows\\Boot\\EFI\\bootmgfw.efi",
							.has_data = true,
							.size = 2658304,
							.sha1 = { 0x12, 0x34 } } };
	groups[WP_ITEM_GROUP_BOOT_FILE] =
		(struct wp_diff_group){ .changed = f->boot_changed, .changed_count = 1, .same_count = 5 };
	groups[WP_ITEM_GROUP_RECOVERY] = (struct wp_diff_group){ .same_count = 1 };
	f->contents.windows_old = f->contents.windows_new = true;
}

static inline void diff_fixture_files(struct diff_fixture *f)
{
	struct wp_diff_files *files = &f->files;

	files->totals = (struct wp_diff_totals){ .files = { 3120, 2987, 1204, 2, 57 },
						 .folders = { 118, 103 },
						 .bytes_added = MIB(1480),
						 .bytes_removed = MIB(1391),
						 .bytes_changed = MIB(402) };
	files->unchanged = 104211;
	f->folders[0] = (struct wp_diff_folder){ "\\Program Files", { .files = { 12 }, .bytes_added = MIB(22) } };
	f->folders[1] = (struct wp_diff_folder){
		"\\Windows",
		{ .files = { 4, 0, 9 }, .bytes_added = MIB(3), .bytes_removed = MIB(2), .bytes_changed = MIB(2) }
	};
	f->folders[2] = (struct wp_diff_folder){ "\\Windows\\System32",
						 { .files = { 104, 87, 1195, 2, 57 },
						   .bytes_added = MIB(555),
						   .bytes_removed = MIB(489),
						   .bytes_changed = MIB(400) } };
	f->folders[3] = (struct wp_diff_folder){
		"\\Windows\\WinSxS", { .files = { 3000, 2900 }, .bytes_added = MIB(900), .bytes_removed = MIB(900) }
	};
	files->folders = f->folders;
	files->folder_count = COUNT(f->folders);
	f->components[0] =
		(struct wp_diff_component){ "microsoft-windows-notepad",
					    "amd64",
					    NULL,
					    "10.0.22621.2506",
					    "10.0.22621.3007",
					    { .files = { 3, 3 }, .bytes_added = 360448, .bytes_removed = 352256 } };
	f->components[1] = (struct wp_diff_component){ "microsoft-windows-wordpad",
						       "amd64",
						       "fr-fr",
						       "10.0.22621.1",
						       NULL,
						       { .files = { 0, 9 }, .bytes_removed = MIB(4) } };
	files->components = f->components;
	files->component_count = COUNT(f->components);
	f->paths[0] = (struct wp_diff_path){ .change = WP_FILE_CHANGE_ADDED,
					     .path = "\\Windows\\System32\\" NAME_WITH_MARKUP,
					     .new_size = { true, 4096 },
					     .new_sha1 = "sha1:11" };
	f->paths[1] = (struct wp_diff_path){ .change = WP_FILE_CHANGE_ATTRIBUTES,
					     .path = "\\Windows\\System32\\config",
					     .kind = WP_PATH_FOLDER,
					     .what = WP_FILE_WHAT_TIMES | WP_FILE_WHAT_SECURITY };
	f->paths[2] = (struct wp_diff_path){ .change = WP_FILE_CHANGE_CHANGED,
					     .path = "\\Windows\\System32\\ntoskrnl.exe",
					     .old_size = { true, 12061000 },
					     .new_size = { true, 12065000 },
					     .linked = true };
	f->paths[3] = (struct wp_diff_path){ .change = WP_FILE_CHANGE_RENAMED,
					     .path = "\\Windows\\System32\\new.dll",
					     .old_path = "\\Windows\\System32\\old.dll",
					     .old_size = { true, 10 },
					     .new_size = { true, 10 } };
	f->paths[4] = (struct wp_diff_path){ .change = WP_FILE_CHANGE_REMOVED,
					     .path = "\\Windows\\write.exe",
					     .old_size = { true, 11264 } };
	f->paths[5] = (struct wp_diff_path){ .change = WP_FILE_CHANGE_ADDED,
					     .kind = WP_PATH_STREAM,
					     .path = "\\Windows\\write.txt:zone",
					     .new_size = { true, 26 } };
	files->paths = f->paths;
	files->path_count = COUNT(f->paths);
	files->path_omitted = 7364;
}

static inline void diff_fixture_init(struct diff_fixture *f)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	memset(f, 0, sizeof *f);
	diff_fixture_contents(f);
	diff_fixture_files(f);
	f->fields[0] = (struct wp_diff_field){ .field = "os_version", .old = "10.0.22631.2861", .new = "10.0.22631.3007" };
	f->fields[1] = (struct wp_diff_field){ .field = "edition_id", .old = "Enterprise", .lost = true };
	f->fields[2] = (struct wp_diff_field){ .field = "languages", .old = "en-US, fr-FR", .new = "", .lost = true };
	f->images[0] = (struct wp_diff_image){ .old_index = 1,
					       .new_index = 1,
					       .old_name = "Windows 11 Enterprise",
					       .new_name = "Windows 11 Enterprise",
					       .matched_by = WP_MATCH_NAME,
					       .status = WP_DIFF_CHANGED,
					       .tree = WP_TREE_CHANGED,
					       .complete = true,
					       .fields = f->fields,
					       .field_count = 3,
					       .contents = &f->contents,
					       .files = &f->files };
	f->images[1] = (struct wp_diff_image){ .old_index = 3,
					       .new_index = 2,
					       .old_name = "Windows 11 Pro",
					       .new_name = "Windows 11 Pro",
					       .matched_by = WP_MATCH_EDITION,
					       .status = WP_DIFF_SAME,
					       .tree = WP_TREE_SAME,
					       .complete = true };
	f->images[2] = (struct wp_diff_image){ .new_index = 3, .new_name = NAME_WITH_MARKUP, .status = WP_DIFF_ADDED };
	f->images[3] =
		(struct wp_diff_image){ .old_index = 2, .old_name = "Windows 11 Home N", .status = WP_DIFF_REMOVED };
	f->diags[0] = (struct wp_diag){ WP_SEVERITY_WARNING, "tree-name-dots", "1 entry is called \"..\" and was left out", NULL,
					"new.wim, image 1" };
	f->diff = (struct wp_diff){
		.old = { .path = "2023-12/install.wim", .size = 5282000000 },
		.new = { .path = "2024-01/install.wim", .size = 5476000000 },
		.images = f->images,
		.image_count = COUNT(f->images),
		.blobs_known = true,
		.shared = { 91712, 14000000000, { true, 5150000000 } },
		.added = { 4402, MIB(1102), { true, MIB(310) } },
		.removed = { 4190, MIB(1001), { true, MIB(280) } },
		.with_servicing = true,
		.with_files = true,
		.complete = true,
		.diags = { f->diags, 1 },
	};
}

typedef void (*diff_writer)(const struct wp_diff *, const struct wp_report_options *, struct wp_buf *);

/* The report as a text to be freed. */
static inline char *diff_report(diff_writer write, const struct wp_diff *diff, unsigned int columns, bool all,
				bool color)
{
	struct wp_report_options options = { .color = color, .all = all, .columns = columns };
	struct wp_buf buf = { 0 };
	char *text;

	write(diff, &options, &buf);
	text = strdup(wp_buf_text(&buf));
	wp_buf_free(&buf);
	return text;
}

#endif
