/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summaries of contents: what they hold, what is read out of two of them, and that damage is seen. */
#include "../../src/diff/internal.h"
#include "temporary.h"
#include "wim_make.h"

#include "wimplan/limits.h"
#include "wimplan/summary.h"

#include <locale.h>

#define PACKAGES "/Windows/servicing/Packages/"
#define DRIVERS "/Windows/System32/DriverStore/FileRepository/"
#define APPS "/Program Files/WindowsApps/"

/* A WIM in the making: files that are captured under another path. */
struct media {
	char root[TEMPORARY_SIZE];
	char path[TEMPORARY_SIZE + 16];
	WIMStruct *wim;
	int images, files;
};

static void begin(struct media *media)
{
	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	memset(media, 0, sizeof *media);
	temporary_make(media->root);
	snprintf(media->path, sizeof media->path, "%s/a.wim", media->root);
	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	cr_assert_eq(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_NONE, &media->wim), 0);
}

static void add_image(struct media *media)
{
	char name[32];

	snprintf(name, sizeof name, "Image %d", ++media->images);
	cr_assert_eq(wimlib_add_empty_image(media->wim, name, NULL), 0);
}

/* Adds a file to the last image. */
static void add_file(struct media *media, const char *path, const char *text)
{
	char source[TEMPORARY_SIZE + 16];
	FILE *file;

	snprintf(source, sizeof source, "%s/%d", media->root, media->files++);
	file = fopen(source, "w");
	cr_assert(file);
	fputs(text, file);
	fclose(file);
	cr_assert_eq(wimlib_add_tree(media->wim, media->images, source, path, 0), 0, "%s", path);
}

/* Writes the file, and makes a summary of it in @arena; false when none could be made. */
static bool summarize(struct media *media, struct wp_arena *arena, struct wp_content_summary *ret)
{
	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = NULL;
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = NULL;
	bool made;

	cr_assert_eq(wimlib_write(media->wim, media->path, WIMLIB_ALL_IMAGES, 0, 1), 0);
	wimlib_free(media->wim);
	wim = wp_wim_read(media->path);
	index = wp_wim_index_read(wim);
	cr_assert(index);
	made = wp_content_summary_make(arena, index, ret) && !wp_content_summary_is_none(ret);
	temporary_remove(media->root);
	return made;
}

static struct wp_content_summary january(struct wp_arena *arena)
{
	struct wp_content_summary summary = { 0 };
	struct media media;

	begin(&media);
	for (int i = 0; i < 2; i++) {
		add_image(&media);
		add_file(&media, PACKAGES "Package_for_RollupFix~31bf3856ad364e35~amd64~~22621.2861.1.8.mum", "r1");
		add_file(&media, PACKAGES "Package_for_KB5033375~31bf3856ad364e35~amd64~~22621.2861.1.4.mum", "k1");
		add_file(&media, PACKAGES "Contoso-Part-Of-Another~31bf3856ad364e35~amd64~~1.0.0.0.mum", "p");
		add_file(&media, DRIVERS "disk.inf_amd64_0123456789abcdef/disk.inf", "d1");
		add_file(&media, DRIVERS "net.inf_amd64_0123456789abcdef/net.inf", "n1");
		add_file(&media, APPS "Contoso.App_1.0.0.0_x64__8wekyb3d8bbwe/App.exe", "app 1");
		add_file(&media, "/Windows/en-US/a.mui", "mui");
		add_file(&media, "/Windows/Boot/EFI/bootmgfw.efi", "boot 1");
		add_file(&media, "/Windows/System32/Recovery/Winre.wim", "recovery");
	}
	cr_assert(summarize(&media, arena, &summary));
	return summary;
}

static struct wp_content_summary february(struct wp_arena *arena)
{
	struct wp_content_summary summary = { 0 };
	struct media media;

	begin(&media);
	add_image(&media);
	add_file(&media, PACKAGES "Package_for_RollupFix~31bf3856ad364e35~amd64~~22621.3007.1.8.mum", "r2");
	add_file(&media, PACKAGES "Package_for_KB5034765~31bf3856ad364e35~amd64~~22621.3007.1.8.mum", "k2");
	add_file(&media, PACKAGES "Package_2_for_KB5034765~31bf3856ad364e35~amd64~~22621.3007.1.8.mum", "k3");
	add_file(&media, PACKAGES "Package_for_KB5034001~31bf3856ad364e35~amd64~~22621.3007.1.8.mum", "k4");
	add_file(&media, PACKAGES "Contoso-Part-Of-Another~31bf3856ad364e35~amd64~~2.0.0.0.mum", "p");
	add_file(&media, DRIVERS "disk.inf_amd64_fedcba9876543210/disk.inf", "d2");
	add_file(&media, APPS "Contoso.App_1.0.0.0_x64__8wekyb3d8bbwe/App.exe", "app 1");
	add_file(&media, APPS "Contoso.New_1.0.0.0_x64__8wekyb3d8bbwe/App.exe", "app 2");
	add_file(&media, "/Windows/en-US/a.mui", "mui");
	add_file(&media, "/Windows/de-DE/a.mui", "mui");
	add_file(&media, "/Windows/Boot/EFI/bootmgfw.efi", "boot 2");
	add_file(&media, "/Windows/System32/Recovery/Winre.wim", "recovery");
	add_file(&media, "/Windows/WinSxS/pending.xml", "pending");
	cr_assert(summarize(&media, arena, &summary));
	return summary;
}

static void expect_group(const struct wp_content_change *change, enum wp_item_group group, uint64_t added,
			 uint64_t removed, uint64_t changed)
{
	const struct wp_group_change *found = &change->groups[group];

	cr_expect(found->added == added && found->removed == removed && found->changed == changed,
		  "%s: %ju added, %ju removed, %ju changed", wp_item_group_name(group), (uintmax_t)found->added,
		  (uintmax_t)found->removed, (uintmax_t)found->changed);
}

Test(summary, says_what_came_went_and_changed)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary old = january(arena), new = february(arena);
	struct wp_content_change change;

	cr_assert(wp_content_summary_compare(arena, &old, &new, &change));
	/* By name and each once, however many packages carry it; what is older than the change is not among them. */
	cr_assert_eq(change.update_count, 2);
	cr_expect_str_eq(change.updates[0], "KB5034001");
	cr_expect_str_eq(change.updates[1], "KB5034765");
	/* Items of several images and parts of an update count once; packages that are parts of others not at all. */
	expect_group(&change, WP_ITEM_GROUP_PACKAGE, 2, 1, 1);
	expect_group(&change, WP_ITEM_GROUP_DRIVER, 0, 1, 1);
	expect_group(&change, WP_ITEM_GROUP_APP, 1, 0, 0);
	expect_group(&change, WP_ITEM_GROUP_LANGUAGE, 1, 0, 0);
	expect_group(&change, WP_ITEM_GROUP_BOOT_FILE, 0, 0, 1);
	expect_group(&change, WP_ITEM_GROUP_RECOVERY, 0, 0, 0);
	expect_group(&change, WP_ITEM_GROUP_PENDING, 1, 0, 0);
	/* r2 k2 k3 k4 d2, "app 2", "boot 2" and "pending"; p, "app 1", mui and "recovery" were there. */
	cr_expect_eq(change.bytes_new, 5 * 2 + 5 + 6 + 7);
	cr_expect_eq(change.bytes, change.bytes_new + 1 + 5 + 3 + 8);
	wp_arena_free(arena);
}

Test(summary, of_the_same_file_says_nothing_new)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary one = january(arena), two = january(arena);
	struct wp_content_change change;

	cr_assert_eq(one.length, two.length);
	cr_expect_eq(memcmp(one.bytes, two.bytes, one.length), 0, "the same content, the same bytes");
	cr_assert(wp_content_summary_compare(arena, &one, &two, &change));
	cr_expect_eq(change.update_count, 0);
	for (int g = 0; g < WP_ITEM_GROUPS; g++)
		expect_group(&change, (enum wp_item_group)g, 0, 0, 0);
	cr_expect_eq(change.bytes_new, 0);
	cr_expect_gt(change.bytes, 0);
	wp_arena_free(arena);
}

Test(summary, of_images_without_windows_has_the_data_alone)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary old = january(arena), data = { 0 };
	struct wp_content_change change;
	struct media media;

	begin(&media);
	add_image(&media);
	add_file(&media, "/a.txt", "a new text");
	add_image(&media);
	cr_assert(summarize(&media, arena, &data));
	/* The line, two numbers, one blob; two images with a tree each. */
	cr_expect_eq(data.length, strlen("wimplan-summary-3\n") + 4 + 4 + 12 + 4 + 2 + 4 + 2 * 9);
	cr_assert(wp_content_summary_compare(arena, &old, &data, &change));
	expect_group(&change, WP_ITEM_GROUP_PACKAGE, 0, 2, 0);
	cr_expect_eq(change.bytes_new, 10);
	cr_expect_eq(change.bytes, 10);
	wp_arena_free(arena);
}

static struct wp_content_summary with_packages(struct wp_arena *arena, const char *const *names, size_t count)
{
	struct wp_content_summary summary = { 0 };
	struct media media;

	begin(&media);
	add_image(&media);
	for (size_t i = 0; i < count; i++) {
		char path[200];

		snprintf(path, sizeof path, PACKAGES "%s~31bf3856ad364e35~amd64~~%zu.1.0.0.mum", names[i], count);
		add_file(&media, path, names[i]);
	}
	cr_assert(summarize(&media, arena, &summary));
	return summary;
}

/* Makes what an older version has made of one image with so many items. */
static void make_older(struct wp_content_summary *summary, size_t items, unsigned int version)
{
	((uint8_t *)summary->bytes)[strlen("wimplan-summary-3\n") - 2] = (uint8_t)('0' + version);
	summary->length -= 4 + 1 + 4 + 9 + 8 * items;
}

/* A package that is no known kind and has a number is kept since images are told apart: in an older one it is not looked for. */
Test(summary, of_the_second_version_has_no_other_packages)
{
	static const char *const names[] = { "Package_for_RollupFix", "Contoso-KB5034765-Package", "Contoso-Package" };
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary old = with_packages(arena, names, 1), new = with_packages(arena, names, 3);
	struct wp_content_change change;

	cr_assert(wp_content_summary_compare(arena, &old, &new, &change));
	expect_group(&change, WP_ITEM_GROUP_PACKAGE, 1, 0, 1);
	make_older(&old, 1, 2);
	cr_assert(wp_content_summary_compare(arena, &old, &new, &change));
	expect_group(&change, WP_ITEM_GROUP_PACKAGE, 0, 0, 1);
	wp_arena_free(arena);
}

Test(summary, tells_images_apart)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary summary = { 0 };
	struct wp_opened_summary opened;
	struct wp_servicing installed;
	struct media media;
	size_t counted;

	begin(&media);
	for (int i = 0; i < 3; i++) {
		add_image(&media);
		add_file(&media, i == 1 ? "/data.txt" : PACKAGES "Package_for_RollupFix~31bf3856ad364e35~amd64~~22621.1.1.8.mum", "1");
		if (i == 2) {
			add_file(&media, PACKAGES "Package_for_KB5034765~31bf3856ad364e35~amd64~~22621.1.1.8.mum", "2");
			add_file(&media, PACKAGES "Contoso-Package~31bf3856ad364e35~amd64~~1.1.1.8.mum", "3");
			add_file(&media, PACKAGES "no-name.mum", "4");
		}
	}
	cr_assert(summarize(&media, arena, &summary));
	cr_assert(wp_content_summary_open(arena, &summary, &opened));
	cr_expect_eq(opened.version, 3);
	cr_expect_eq(opened.servicing.count, 2, "what two images have is one item");
	cr_assert(wp_content_summary_image(arena, &opened, 1, &installed, &counted));
	cr_expect(installed.known && installed.windows && installed.count == 1 && !counted && !installed.not_understood);
	cr_assert(wp_content_summary_image(arena, &opened, 2, &installed, &counted));
	cr_expect(installed.known && !installed.windows && !installed.count);
	cr_assert(wp_content_summary_image(arena, &opened, 3, &installed, &counted));
	cr_expect_eq(installed.count, 2);
	cr_expect_eq(counted, 1);
	cr_expect_eq(installed.not_understood, 1);
	cr_expect_not(wp_content_summary_image(arena, &opened, 0, &installed, &counted));
	cr_expect_not(wp_content_summary_image(arena, &opened, 4, &installed, &counted));
	wp_arena_free(arena);
}

/* Kinds that the first version took for parts of others: where one of the two has none, nothing is said of them. */
Test(summary, of_the_first_version_is_read_for_what_it_has)
{
	static const char *const names[] = { "Package_for_RollupFix", "Package_for_SafeOSDU", "Package_for_RevisedFix",
					     "Microsoft-Windows-25H2Enablement-Package" };
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary old = with_packages(arena, names, 1), new = with_packages(arena, names, 4);
	struct wp_content_change change;

	cr_assert(wp_content_summary_compare(arena, &old, &new, &change));
	expect_group(&change, WP_ITEM_GROUP_PACKAGE, 3, 0, 1);
	/* The line in front, and that nothing stands behind the blobs, tells the versions apart. */
	make_older(&old, 1, 1);
	cr_assert(wp_content_summary_compare(arena, &old, &new, &change));
	expect_group(&change, WP_ITEM_GROUP_PACKAGE, 0, 0, 1);
	make_older(&new, 4, 1);
	cr_expect_not(wp_content_summary_compare(arena, &old, &new, &change), "a kind that it cannot have");
	wp_arena_free(arena);
}

Test(summary, limit_of_the_trees)
{
	for (size_t over = 0; over < 2; over++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_content_summary summary = { 0 };
		struct media media;

		begin(&media);
		for (size_t i = 0; i < WP_LIMIT_SUMMARY_TREES + over; i++) {
			char path[32];

			add_image(&media);
			snprintf(path, sizeof path, "/Windows/%zu.txt", i);
			add_file(&media, path, "a");
		}
		cr_expect_eq(summarize(&media, arena, &summary), !over);
		wp_arena_free(arena);
	}
}

/* Half a summary would make the plan say that things are gone. */
Test(summary, is_not_made_of_a_tree_that_cannot_be_read)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary summary = { 0 };
	struct wp_metadata_resource resource = { .size = WP_LIMIT_TREE_BYTES + 1ul, .same_as = 1 };
	struct wp_wim wim = { .path = "/nowhere.wim" };
	struct wp_wim_index index = { .wim = &wim, .images = &resource, .image_count = 1 };
	struct wp_opened_summary opened;

	/* It will never be smaller: that is kept. */
	cr_assert(wp_content_summary_make(arena, &index, &summary));
	cr_expect(wp_content_summary_is_none(&summary));
	cr_expect_not(wp_content_summary_open(arena, &summary, &opened));
	/* The next time it may be read. */
	summary = (struct wp_content_summary){ 0 };
	resource.may_pass = true;
	cr_expect_not(wp_content_summary_make(arena, &index, &summary));
	cr_expect_null(summary.bytes);
	wp_arena_free(arena);
}

Test(summary, limit_of_the_bytes)
{
	const size_t most = (WP_LIMIT_SUMMARY_BYTES - strlen("wimplan-summary-3\n") - 16) / 12;
	struct wp_blob *blobs = calloc(most + 1, sizeof *blobs);

	cr_assert(blobs);
	for (size_t i = 0; i <= most; i++)
		put(blobs[i].sha1, 0, 4, i);
	for (size_t over = 0; over < 2; over++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_wim_index index = { .blobs = blobs, .blob_count = most + over };
		struct wp_content_summary summary = { 0 };

		cr_assert(wp_content_summary_make(arena, &index, &summary));
		cr_expect_eq(wp_content_summary_is_none(&summary), over);
		cr_expect_leq(summary.length, WP_LIMIT_SUMMARY_BYTES);
		wp_arena_free(arena);
	}
	free(blobs);
}

/* Of a blob 32 bits of the SHA-1 and the size are kept: where one of them differs it is another one. */
Test(summary, blobs_are_told_apart)
{
	struct wp_blob old[] = { { .sha1 = { 1 }, .size = 10 }, { .sha1 = { 2 }, .size = 20 }, { .sha1 = { 3 }, .size = 30 } };
	struct wp_blob new[] = { { .sha1 = { 1 }, .size = 10 }, { .sha1 = { 2 }, .size = 21 }, { .sha1 = { 4 }, .size = 30 } };
	struct wp_wim_index a = { .blobs = old, .blob_count = 3 }, b = { .blobs = new, .blob_count = 3 };
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary x, y;
	struct wp_content_change change;

	cr_assert(wp_content_summary_make(arena, &a, &x));
	cr_assert(wp_content_summary_make(arena, &b, &y));
	cr_assert(wp_content_summary_compare(arena, &x, &y, &change));
	cr_expect_eq(change.bytes, 61);
	cr_expect_eq(change.bytes_new, 51);
	cr_assert(wp_content_summary_compare(arena, &y, &x, &change));
	cr_expect_eq(change.bytes, 60);
	cr_expect_eq(change.bytes_new, 50);
	wp_arena_free(arena);
}

/* A copy with room of its own, so that a reader that goes too far is caught. */
static bool is_read(const uint8_t *bytes, size_t length)
{
	struct wp_arena *arena = wp_arena_new();
	uint8_t *own = malloc(length ? length : 1);
	struct wp_content_summary summary = { own, length };
	struct wp_content_change change;
	bool good;

	cr_assert(own);
	memcpy(own, bytes, length);
	good = wp_content_summary_compare(arena, &summary, &summary, &change);
	free(own);
	wp_arena_free(arena);
	return good;
}

Test(summary, that_is_cut_off_is_refused)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary summary = january(arena);
	uint8_t *longer = wp_arena_alloc(arena, summary.length + 1);

	cr_expect(is_read(summary.bytes, summary.length));
	for (size_t length = 0; length < summary.length; length++)
		cr_expect_not(is_read(summary.bytes, length), "%zu of %zu bytes", length, summary.length);
	memcpy(longer, summary.bytes, summary.length);
	cr_expect_not(is_read(longer, summary.length + 1));
	wp_arena_free(arena);
}

Test(summary, that_is_damaged_is_refused_or_read_safely)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_content_summary summary = january(arena);
	uint8_t *bytes = wp_arena_alloc(arena, summary.length);
	size_t magic = strlen("wimplan-summary-3\n");

	for (size_t i = 0; i < summary.length; i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			memcpy(bytes, summary.bytes, summary.length);
			bytes[i] ^= (uint8_t)(1u << bit);
			cr_expect(!is_read(bytes, summary.length) || i >= magic);
		}
	}
	/* A group, a kind, a count and a character that there are not. */
	memcpy(bytes, summary.bytes, summary.length);
	bytes[magic + 4] = WP_ITEM_GROUPS;
	cr_expect_not(is_read(bytes, summary.length), "group");
	memcpy(bytes, summary.bytes, summary.length);
	bytes[magic + 5] = WP_ITEM_KINDS;
	cr_expect_not(is_read(bytes, summary.length), "kind");
	memcpy(bytes, summary.bytes, summary.length);
	memset(bytes + magic, 0xff, 4);
	cr_expect_not(is_read(bytes, summary.length), "count of items");
	memcpy(bytes, summary.bytes, summary.length);
	bytes[magic + 6] = 0xff;
	cr_expect_not(is_read(bytes, summary.length), "no UTF-8");
	wp_arena_free(arena);
}
