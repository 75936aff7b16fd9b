/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A medium with one file system or two: which of them is asked, and paths in it. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

struct wp_volumes {
	struct wp_reader reader;
	const struct wp_volume *udf, *iso9660; /* NULL: there is none, or it cannot be read */
};

/* Each reason is said once, however many files are looked for. */
static void add_damage(struct wp_media *media, const struct wp_volume *volume, const char *name, const char *why)
{
	const struct wp_volumes *volumes = media->volumes;
	bool other = volume != volumes->udf ? volumes->udf : volumes->iso9660;
	const char *summary = wp_arena_printf(media->arena, "the file system %s cannot be read%s: %s", name,
					      volume ? " to its end" : "", why);

	for (size_t i = 0; i < media->diags.count; i++)
		if (!strcmp(media->diags.items[i].summary, summary))
			return;
	wp_diag_add(media->arena, &media->diags, volume || other ? WP_SEVERITY_WARNING : WP_SEVERITY_ERROR, "media-damaged",
		    NULL, "%s", summary);
}

static void open_volumes(struct wp_media *media)
{
	struct wp_volumes *volumes = media->volumes;
	const struct wp_volume *first;
	const char *udf_why, *iso_why;

	volumes->udf = wp_udf_open(&volumes->reader, &udf_why);
	volumes->iso9660 = wp_iso9660_open(&volumes->reader, &iso_why);
	if (udf_why)
		add_damage(media, NULL, "UDF", udf_why);
	if (iso_why)
		add_damage(media, NULL, "ISO 9660", iso_why);
	first = volumes->udf ? volumes->udf : volumes->iso9660;
	if (!first && !udf_why && !iso_why)
		wp_diag_add(media->arena, &media->diags, WP_SEVERITY_ERROR, "media-damaged", NULL,
			    "its volume descriptors lead to no file system: there is neither UDF nor ISO 9660 on it");
	if (!first)
		return;
	media->label = first->label;
	media->format = first->name;
	if (volumes->udf && volumes->iso9660)
		media->format = wp_arena_printf(media->arena, "%s and %s", first->name, volumes->iso9660->name);
}

struct wp_media *wp_media_open(const char *path)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_media *media = wp_arena_alloc(arena, sizeof *media);
	struct wp_file_status status;
	uint8_t first[8];
	int fd = -1;

	media->arena = arena;
	media->path = wp_arena_strdup(arena, path);
	media->format = media->label = "";
	media->volumes = wp_arena_alloc(arena, sizeof *media->volumes);
	media->volumes->reader.fd = -1;
	if (!wp_file_open_any(path, WP_FILE_HOW_FOLLOW, &fd, &status) && status.kind == WP_FILE_KIND_REGULAR) {
		media->size = status.size;
		media->modified = status.modified;
		media->volumes->reader = (struct wp_reader){ fd, status.size, arena };
		/* The first descriptor of either file system stands behind 32 KiB and says which one it is. */
		if (wp_reader_read(&media->volumes->reader, first, 6, 16 * (uint64_t)WP_SECTOR) &&
		    (!memcmp(first + 1, "CD001", 5) || !memcmp(first + 1, "BEA01", 5))) {
			open_volumes(media);
			media->boot_count = wp_media_list(media, "efi/boot", "boot", ".efi", &media->boot_files);
			return media;
		}
	} else {
		media->volumes->reader.fd = fd;
	}
	wp_media_close(media);
	return NULL;
}

void wp_media_close(struct wp_media *media)
{
	int fd;

	if (!media)
		return;
	fd = media->volumes->reader.fd;
	wp_closep(&fd);
	wp_arena_free(media->arena);
}

/* The name in a folder that is looked for. */
struct lookup {
	struct wp_arena *arena;
	const char *name;
	bool found, exact;
	struct wp_media_node node;
};

static void take_match(void *context, const struct wp_media_node *node)
{
	struct lookup *lookup = context;
	bool exact = !strcmp(node->name, lookup->name);

	if (lookup->found && (lookup->exact || !exact))
		return;
	if (!exact && !wp_text_equal_nocase(node->name, lookup->name))
		return;
	lookup->found = true;
	lookup->exact = exact;
	lookup->node = *node;
	lookup->node.name = wp_arena_strdup(lookup->arena, node->name);
}

/* What stands at @path, and in *@ret_path how its names are spelled. */
static bool find(struct wp_media *media, const struct wp_volume *volume, const char *path, struct wp_media_node *ret,
		 const char **ret_path)
{
	*ret = volume->root;
	*ret_path = "";
	while (*path) {
		size_t length = strcspn(path, "/");
		struct lookup lookup = { .arena = media->arena, .name = wp_arena_strndup(media->arena, path, length) };
		const char *why;

		path += length;
		path += strspn(path, "/");
		if (!length)
			continue;
		why = ret->folder ? volume->list(volume, ret, take_match, &lookup) : NULL;
		if (why)
			add_damage(media, volume, volume->name, why);
		if (!lookup.found)
			return false;
		*ret = lookup.node;
		*ret_path = wp_arena_printf(media->arena, "%s%s%s", *ret_path, **ret_path ? "/" : "", lookup.node.name);
	}
	return true;
}

static bool locate(struct wp_media *media, const struct wp_volume *volume, const char *path, struct wp_media_file *ret)
{
	struct wp_media_node node;

	*ret = (struct wp_media_file){ 0 };
	if (!volume || !find(media, volume, path, &node, &ret->path) || node.folder)
		return false;
	volume->locate(volume, &node, ret);
	return true;
}

bool wp_media_find(struct wp_media *media, const char *path, struct wp_media_file *ret)
{
	struct wp_media_file other;
	bool in_udf = locate(media, media->volumes->udf, path, ret);

	if (!in_udf)
		return locate(media, media->volumes->iso9660, path, ret);
	/* Windows reads UDF where there is both; whoever mounts the other one reads something else then. */
	if (locate(media, media->volumes->iso9660, path, &other) && !ret->why &&
	    (other.why || other.size != ret->size || other.offset != ret->offset))
		wp_diag_add(media->arena, &media->diags, WP_SEVERITY_WARNING, "media-differs", NULL,
			    "ISO 9660 has another %s than UDF, which is the one that is read here", ret->path);
	return true;
}

/* Names of a folder that are collected. */
struct listing {
	struct wp_media *media;
	const char *begin, *end;
	const char **names;
	size_t count;
	bool more; /* there are others */
};

static void take_listed(void *context, const struct wp_media_node *node)
{
	struct listing *listing = context;

	if (node->folder || !wp_ascii_begins(node->name, listing->begin) || !wp_ascii_ends(node->name, listing->end))
		return;
	listing->more = listing->count == WP_LIMIT_MEDIA_LISTED;
	if (!listing->more)
		*WP_PUSH(listing->media->arena, listing->names, listing->count) = wp_arena_strdup(listing->media->arena, node->name);
}

size_t wp_media_list(struct wp_media *media, const char *path, const char *begin, const char *end,
		     struct wp_media_file **ret)
{
	const struct wp_volume *volumes[] = { media->volumes->udf, media->volumes->iso9660 };
	struct listing listing = { .media = media, .begin = begin, .end = end };
	struct wp_media_node folder;
	const char *spelled = path;
	size_t count = 0;

	for (size_t i = 0; i < 2 && !listing.count; i++) {
		const char *why = NULL;

		if (volumes[i] && find(media, volumes[i], path, &folder, &spelled) && folder.folder)
			why = volumes[i]->list(volumes[i], &folder, take_listed, &listing);
		if (why)
			add_damage(media, volumes[i], volumes[i]->name, why);
	}
	if (listing.more)
		wp_diag_add(media->arena, &media->diags, WP_SEVERITY_WARNING, "media-damaged", NULL,
			    "%s has more than %u files %s*%s: those behind them are not looked at", spelled, WP_LIMIT_MEDIA_LISTED, begin, end);
	*ret = wp_arena_alloc(media->arena, listing.count * sizeof **ret);
	for (size_t i = 0; i < listing.count; i++)
		if (wp_media_find(media, wp_arena_printf(media->arena, "%s/%s", spelled, listing.names[i]), &(*ret)[count]))
			count++;
	return count;
}

const char *wp_media_read(const struct wp_media *media, const struct wp_media_file *file, uint64_t most, uint8_t **ret_bytes)
{
	uint8_t *bytes;

	if (file->why)
		return file->why;
	if (file->size > most)
		return "it is too large to be read";
	bytes = wp_must(malloc(file->size ? file->size : 1));
	if (!wp_reader_read(&media->volumes->reader, bytes, file->size, file->offset)) {
		free(bytes);
		return "it cannot be read";
	}
	*ret_bytes = bytes;
	return NULL;
}
