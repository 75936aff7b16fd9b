/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs on a medium that start it, or that what starts it may start. */
#include "wimplan/boot.h"

#include "wimplan/ascii.h"
#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

/* The programs in efi/microsoft/boot by the beginning of their names. */
static const struct {
	const char *begin;
	enum wp_boot_role role;
} names[] = {
	{ "bootmgfw.efi", WP_BOOT_MANAGER },
	{ "bootmgr.efi", WP_BOOT_MEDIA_MANAGER },
	{ "memtest.efi", WP_BOOT_MEMORY_TEST },
	{ "cdboot", WP_BOOT_DISC_START }, /* cdboot.efi, cdboot_noprompt.efi */
	{ "", WP_BOOT_OTHER },
};

static enum wp_boot_role role_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t i = 0;

	while (!wp_ascii_begins(name, names[i].begin))
		i++;
	return names[i].role;
}

/* What all programs of one medium may take together. */
struct reading {
	struct wp_arena *arena;
	const struct wp_media *media;
	struct wp_authorities authorities;
	struct wp_boot_image *medium;
	uint64_t left; /* bytes */
};

static void take(struct reading *reading, enum wp_boot_role role, const struct wp_media_file *found)
{
	struct wp_boot_file *file = WP_PUSH(reading->arena, reading->medium->files, reading->medium->count);
	uint8_t *bytes = NULL;

	*file = (struct wp_boot_file){ .role = role, .path = wp_arena_strdup(reading->arena, found->path), .size = found->size };
	file->missing = found->why != NULL;
	file->not_read = !found->why && found->size <= WP_LIMIT_FILE_DATA && found->size > reading->left ?
				 "the programs of the medium have more bytes together than are read" :
				 wp_media_read(reading->media, found, &bytes);
	if (file->not_read)
		return;
	reading->left -= found->size;
	wp_sha1(bytes, found->size, file->sha1);
	file->program = wp_boot_program_read(reading->arena, bytes, (size_t)found->size, reading->authorities);
	free(bytes);
}

struct wp_boot_image *wp_boot_read_medium(struct wp_arena *arena, struct wp_media *media, struct wp_authorities authorities,
					  struct wp_svn least)
{
	struct reading reading = {
		.arena = arena,
		.media = media,
		.authorities = authorities,
		.medium = wp_arena_alloc(arena, sizeof *reading.medium),
		.left = WP_LIMIT_BOOT_BYTES,
	};
	size_t known = media->diags.count, count;
	struct wp_media_file root, *others;
	bool whole;

	reading.medium->known = true;
	reading.medium->in_part = !media->boot_whole;
	for (size_t i = 0; i < media->boot_count; i++)
		take(&reading, WP_BOOT_MEDIA_START, &media->boot_files[i]);
	if (wp_media_find(media, "bootmgr.efi", &root))
		take(&reading, WP_BOOT_MEDIA_MANAGER, &root);
	count = wp_media_list(media, "efi/microsoft/boot", "", ".efi", &others, &whole);
	for (size_t i = 0; i < count; i++)
		take(&reading, role_of(others[i].path), &others[i]);
	wp_boot_judge_medium(arena, reading.medium, least);
	/* The files of the medium say what was odd before somebody looked for these. */
	for (size_t i = known; i < media->diags.count; i++)
		*WP_PUSH(arena, reading.medium->diags.items, reading.medium->diags.count) = media->diags.items[i];
	return reading.medium;
}
