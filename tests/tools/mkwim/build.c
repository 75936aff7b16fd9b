/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a recipe to a file: a tree in a temporary folder, the WIM that wimlib makes of it,
 * then the recipe's own bytes.
 */
#include "mkwim.h"

#include "wimplan/time.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wimlib.h>

static void check(int status, const struct mk_recipe *recipe, const char *step)
{
	if (status != 0)
		mk_fail("%s: %s: wimlib: %s (%d)", recipe->name, step,
			wimlib_get_error_string((enum wimlib_error_code)status), status);
}

static struct timespec to_timespec(int64_t ticks)
{
	int64_t unix_ticks = ticks - WP_UNIX_EPOCH_TICKS;
	struct timespec time = { .tv_sec = unix_ticks / WP_TICKS_PER_SECOND };

	time.tv_nsec = (unix_ticks % WP_TICKS_PER_SECOND) * 100;
	if (time.tv_nsec < 0) {
		time.tv_nsec += 1000000000;
		time.tv_sec--;
	}
	return time;
}

static void set_times(const char *path, int64_t ticks)
{
	struct timespec time = to_timespec(ticks);
	struct timespec times[2] = { time, time };

	if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) != 0)
		mk_fail("%s: cannot set its times: %s", path, strerror(errno));
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
		mk_fail("%s: cannot write: %s", path, strerror(errno));
}

/* Bytes that do not compress, the same for one seed everywhere (xorshift64*). */
static void write_generated(const char *path, uint64_t size, uint64_t seed)
{
	FILE *file = fopen(path, "wb");
	uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	if (!file)
		mk_fail("%s: cannot write: %s", path, strerror(errno));
	for (uint64_t i = 0; i < size; i++) {
		state ^= state >> 12;
		state ^= state << 25;
		state ^= state >> 27;
		putc((int)(state * UINT64_C(0x2545f4914f6cdd1d) >> 56), file);
	}
	if (fclose(file) != 0)
		mk_fail("%s: cannot write: %s", path, strerror(errno));
}

static void make_folders(struct wp_arena *arena, const char *path)
{
	char *copy = wp_arena_strdup(arena, path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST)
			mk_fail("%s: cannot make the folder: %s", copy, strerror(errno));
		*slash = '/';
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		mk_fail("%s: cannot remove: %s", path, strerror(errno));
}

/* The folders of @path below @root, the innermost first: writing into a folder changes its time. */
static void set_times_upwards(struct wp_arena *arena, const char *root, const char *path, int64_t ticks)
{
	char *copy = wp_arena_strdup(arena, path);

	while (strlen(copy) > strlen(root)) {
		set_times(copy, ticks);
		*strrchr(copy, '/') = '\0';
	}
}

/*
 * wimlib stores the times of files and folders in the image's metadata resource, whose SHA-1 is the content's identity:
 * hence a real tree with times that the recipe gives.
 */
static void stage_image(struct wp_arena *arena, const struct mk_recipe *recipe, const struct mk_image *image,
			const char *root)
{
	if (mkdir(root, 0777) != 0)
		mk_fail("%s: cannot make the folder: %s", root, strerror(errno));
	for (size_t i = 0; i < image->file_count + image->hidden_count; i++) {
		const struct mk_file *file =
			i < image->file_count ? &image->files[i] : &image->hidden[i - image->file_count];
		const char *path = wp_arena_printf(arena, "%s%s", root, file->path);

		make_folders(arena, path);
		if (file->folder && mkdir(path, 0777) != 0 && errno != EEXIST)
			mk_fail("%s: cannot make the folder: %s", path, strerror(errno));
		if (!file->folder && file->text.data)
			write_bytes(path, file->text.data, file->text.length);
		else if (!file->folder)
			write_generated(path, file->size, file->seed);
	}
	for (size_t i = 0; i < image->file_count; i++)
		set_times_upwards(arena, root, wp_arena_printf(arena, "%s%s", root, image->files[i].path),
				  recipe->times);
	for (size_t i = 0; i < image->hidden_count; i++)
		set_times_upwards(arena, root, wp_arena_printf(arena, "%s%s", root, image->hidden[i].path),
				  recipe->times);
	set_times(root, recipe->times);
}

static void set_properties(const struct mk_recipe *recipe, WIMStruct *wim)
{
	if (recipe->shape == MK_SHAPE_MEDIA)
		return;
	for (size_t i = 0; i < recipe->image_count; i++) {
		const struct mk_image *image = &recipe->images[i];

		for (size_t p = 0; p < image->property_count; p++)
			check(wimlib_set_image_property(wim, (int)i + 1, image->properties[p].path,
							image->properties[p].value),
			      recipe, image->properties[p].path);
	}
}

static int write_flags(const struct mk_recipe *recipe)
{
	int flags = recipe->integrity ? WIMLIB_WRITE_FLAG_CHECK_INTEGRITY : WIMLIB_WRITE_FLAG_NO_CHECK_INTEGRITY;

	if (recipe->pipable)
		flags |= WIMLIB_WRITE_FLAG_PIPABLE;
	if (recipe->solid)
		flags |= WIMLIB_WRITE_FLAG_SOLID;
	return flags;
}

static struct wp_buf load(struct wp_arena *arena, const char *path)
{
	struct mk_text bytes = mk_read_file(arena, path);
	struct wp_buf file = { 0 };

	wp_buf_add(&file, bytes.data, bytes.length);
	return file;
}

static bool is_damaged(const struct mk_image *image)
{
	for (size_t i = 0; i < image->tweak_count; i++)
		if (image->tweaks[i].kind == MK_TWEAK_DAMAGE)
			return true;
	return false;
}

static void replace_metadata(struct wp_arena *arena, const struct mk_recipe *recipe, const char *path,
			     const char *stage)
{
	for (size_t i = 0; i < recipe->image_count; i++) {
		const struct mk_image *image = &recipe->images[i];
		const char *root = wp_arena_printf(arena, "%s%zu", stage, i + 1);
		struct wp_buf file;

		if (!image->tweak_count)
			continue;
		file = load(arena, path);
		mk_replace_metadata(&file, i + 1, mk_make_metadata(arena, recipe, image, root), is_damaged(image));
		write_bytes(path, wp_buf_text(&file), file.length);
		wp_buf_free(&file);
	}
}

void mk_write_base(struct wp_arena *arena, const struct mk_recipe *recipe, const char *path)
{
	const char *stage = wp_arena_printf(arena, "%s.stage", path);
	WIMStruct *wim;

	check(wimlib_create_new_wim((enum wimlib_compression_type)recipe->compression, &wim), recipe, "create");
	if (recipe->chunk)
		check(wimlib_set_output_chunk_size(wim, recipe->chunk), recipe, "chunk size");
	if (recipe->solid_chunk)
		check(wimlib_set_output_pack_chunk_size(wim, recipe->solid_chunk), recipe, "solid chunk size");
	for (size_t i = 0; i < recipe->image_count; i++) {
		const char *root = wp_arena_printf(arena, "%s%zu", stage, i + 1);

		mk_stage_streams(arena, &recipe->images[i]);
		stage_image(arena, recipe, &recipe->images[i], root);
		check(wimlib_add_image(wim, root, recipe->images[i].name, NULL, WIMLIB_ADD_FLAG_NORPFIX), recipe,
		      "add an image");
	}
	set_properties(recipe, wim);
	if (recipe->boot) {
		struct wimlib_wim_info info = { .boot_index = recipe->boot };

		check(wimlib_set_wim_info(wim, &info, WIMLIB_CHANGE_BOOT_INDEX), recipe, "boot index");
	}
	check(wimlib_write(wim, path, WIMLIB_ALL_IMAGES, write_flags(recipe), 1), recipe, "write");
	wimlib_free(wim);
	replace_metadata(arena, recipe, path, stage);
	for (size_t i = 0; i < recipe->image_count; i++)
		remove_tree(wp_arena_printf(arena, "%s%zu", stage, i + 1));
}

/* Puts the recipe's XML and GUID in place of wimlib's. */
static void set_own_bytes(struct wp_arena *arena, const struct mk_recipe *recipe, struct wp_buf *file)
{
	struct mk_text stored;
	struct mk_text bytes;
	uint64_t offset;

	mk_set_guid(file, recipe->guid);
	if (mk_leading_xml(file, &stored))
		mk_put_leading_xml(file, mk_xml_settle(arena, recipe, stored, 0));
	stored = mk_stored_xml(file);
	offset = (uint64_t)(stored.data - file->data);
	if (!recipe->xml.given) {
		bytes = mk_xml_settle(arena, recipe, stored, offset);
		mk_replace_xml(file, bytes, false, bytes.length);
		return;
	}
	bytes = mk_xml_bytes(arena, recipe, offset);
	if (recipe->xml.compressed)
		mk_replace_xml(file, mk_compress(arena, file, bytes), true, bytes.length);
	else
		mk_replace_xml(file, bytes, false, bytes.length);
}

static void store(const struct mk_recipe *recipe, const char *path, struct wp_buf *file)
{
	write_bytes(path, wp_buf_text(file), file->length);
	set_times(path, recipe->mtime);
	wp_buf_free(file);
}

/* wimlib names the parts of NAME.swm NAME.swm, NAME2.swm and so on. The changes of the recipe's end go to the first. */
static void make_parts(struct wp_arena *arena, const struct mk_recipe *recipe, const char *base, const char *path)
{
	const char *dot = strrchr(path, '.');
	WIMStruct *wim;

	if (!dot || strcmp(dot, ".swm") != 0)
		mk_fail("%s: a split file's name ends in .swm", path);
	check(wimlib_open_wim(base, 0, &wim), recipe, "open");
	check(wimlib_split(wim, path, recipe->split, 0), recipe, "split");
	wimlib_free(wim);
	for (unsigned int part = 1;; part++) {
		const char *name = part == 1 ? path
					     : wp_arena_printf(arena, "%.*s%u.swm", (int)(dot - path), path, part);
		struct wp_buf file;

		if (access(name, F_OK) != 0)
			return;
		file = load(arena, name);
		set_own_bytes(arena, recipe, &file);
		if (part == 1)
			mk_apply_ops(recipe, &file);
		store(recipe, name, &file);
	}
}

/* Verbatim XML says how many images there are, unless the recipe lists them. */
static struct mk_recipe with_images(struct wp_arena *arena, const struct mk_recipe *recipe)
{
	struct mk_recipe full = *recipe;

	if (full.shape == MK_SHAPE_MEDIA && !full.xml.given) {
		full.xml.given = true;
		full.xml.text = mk_media_xml(arena, recipe);
	}
	if (full.xml.given && full.image_count == 0) {
		size_t count = mk_xml_count_images(arena, &full.xml);

		/* Many images are for readers of the XML alone; wimlib needs none of its own for that. */
		for (size_t i = 0; i < count && i < 64; i++) {
			struct mk_image *image = WP_PUSH(arena, full.images, full.image_count);

			image->created = full.times;
			image->modified = full.times;
		}
	}
	return full;
}

void mk_make(struct wp_arena *arena, const struct mk_recipe *recipe, const char *folder)
{
	struct mk_recipe full = with_images(arena, recipe);
	const char *path = full.name;
	const char *base;
	struct wp_buf file;

	if (path[0] != '/')
		path = wp_arena_printf(arena, "%s/%s", folder, path);
	base = wp_arena_printf(arena, "%s.base", path);
	make_folders(arena, path);
	mk_write_base(arena, &full, base);
	if (full.split) {
		make_parts(arena, &full, base, path);
	} else {
		file = load(arena, base);
		if (full.blobs)
			mk_add_blobs(&file, full.blobs);
		set_own_bytes(arena, &full, &file);
		if (full.xml.given && !full.xml.raw.data)
			mk_set_image_count(&file, mk_xml_count_images(arena, &full.xml));
		mk_apply_ops(&full, &file);
		store(&full, path, &file);
	}
	if (unlink(base) != 0)
		mk_fail("%s: cannot remove: %s", base, strerror(errno));
}
