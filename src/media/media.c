/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A medium with one file system or two: which of them is asked, and paths in it. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct wp_volumes {
	struct wp_reader reader;
	const struct wp_volume *udf, *iso9660; /* NULL: there is none, or it cannot be read */
	bool lost_udf, lost_iso9660; /* it cannot be read */
	size_t damages; /* how often something was found that cannot be read */
};

/* Each reason is said once, however many files are looked for. */
static void add_damage(struct wp_media *media, const struct wp_volume *volume, const char *name, const char *why)
{
	struct wp_volumes *volumes = media->volumes;
	bool other = volume != volumes->udf ? volumes->udf : volumes->iso9660;
	const char *summary = wp_arena_printf(media->arena, "the file system %s cannot be read%s: %s", name,
					      volume ? " to its end" : "", why);

	volumes->damages++;
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
	volumes->lost_udf = udf_why;
	volumes->lost_iso9660 = iso_why;
	first = volumes->udf ? volumes->udf : volumes->iso9660;
	if (!first && !udf_why && !iso_why) {
		volumes->lost_udf = volumes->lost_iso9660 = true;
		wp_diag_add(media->arena, &media->diags, WP_SEVERITY_ERROR, "media-damaged", NULL,
			    "its volume descriptors lead to no file system: there is neither UDF nor ISO 9660 on it");
	}
	if (!first)
		return;
	media->label = first->label;
	media->format = first->name;
	if (volumes->udf && volumes->iso9660)
		media->format = wp_arena_printf(media->arena, "%s and %s", first->name, volumes->iso9660->name);
}

struct wp_media *wp_media_open(const char *path, int *ret_reason)
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
	*ret_reason = wp_file_open_any(path, WP_FILE_HOW_FOLLOW, &fd, &status);
	if (!*ret_reason && status.kind == WP_FILE_KIND_REGULAR) {
		media->size = status.size;
		media->modified = status.modified;
		media->volumes->reader = (struct wp_reader){ fd, status.size, arena };
		/* The first descriptor of either file system stands behind 32 KiB and says which one it is. */
		bool read = wp_reader_read(&media->volumes->reader, first, 6, 16 * (uint64_t)WP_SECTOR);

		*ret_reason = !read && status.size >= 16 * (uint64_t)WP_SECTOR + 6 ? EIO : 0;
		if (read && (!memcmp(first + 1, "CD001", 5) || !memcmp(first + 1, "BEA01", 5))) {
			open_volumes(media);
			media->boot_count = wp_media_list(media, "efi/boot", "boot", ".efi", &media->boot_files, &media->boot_whole);
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

/* Where each folder on the way to a file begins. */
struct way {
	uint64_t *begins;
	size_t count;
};

/* Goes into the folder. False where that is one that it stands in, as no tree has it. */
static bool enter(struct wp_media *media, const struct wp_volume *volume, const struct wp_media_node *folder, struct way *way)
{
	struct wp_media_file place = { 0 };

	volume->locate(volume, folder, &place);
	for (size_t i = 0; i < way->count && place.offset; i++) {
		if (way->begins[i] != place.offset)
			continue;
		add_damage(media, volume, volume->name, "a folder of it stands in itself");
		return false;
	}
	*WP_PUSH(media->arena, way->begins, way->count) = place.offset;
	return true;
}

/* What stands at @path, and in *@ret_path how its names are spelled. */
static bool find(struct wp_media *media, const struct wp_volume *volume, const char *path, struct wp_media_node *ret,
		 const char **ret_path)
{
	struct way way = { 0 };

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
		why = ret->folder && enter(media, volume, ret, &way) ? volume->list(volume, ret, take_match, &lookup) : NULL;
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

/* Windows reads UDF where there is both; whoever mounts the other one reads something else then. */
static void hold_against(struct wp_media *media, const struct wp_media_file *udf, const struct wp_media_file *other)
{
	if (!udf->why && (other->why || other->size != udf->size || other->offset != udf->offset))
		wp_diag_add(media->arena, &media->diags, WP_SEVERITY_WARNING, "media-differs", NULL,
			    "ISO 9660 has another %s than UDF, which is the one that is read here", udf->path);
}

bool wp_media_find(struct wp_media *media, const char *path, struct wp_media_file *ret)
{
	struct wp_media_file other;

	if (!locate(media, media->volumes->udf, path, ret))
		return locate(media, media->volumes->iso9660, path, ret);
	if (locate(media, media->volumes->iso9660, path, &other))
		hold_against(media, ret, &other);
	return true;
}

/* What is collected of a folder in one of the file systems. */
struct listing {
	struct wp_media *media;
	const char *begin, *end;
	const char *folder; /* its path as it is spelled */
	struct wp_media_node *nodes;
	size_t count;
	bool more;  /* there are others */
	bool whole; /* all of them were looked at */
};

static void take_listed(void *context, const struct wp_media_node *node)
{
	struct listing *listing = context;

	if (node->folder || !wp_ascii_begins(node->name, listing->begin) || !wp_ascii_ends(node->name, listing->end))
		return;
	listing->more = listing->count == WP_LIMIT_MEDIA_LISTED;
	if (listing->more)
		return;
	*WP_PUSH(listing->media->arena, listing->nodes, listing->count) = *node;
	listing->nodes[listing->count - 1].name = wp_arena_strdup(listing->media->arena, node->name);
}

/* @lost: there is such a file system, and it cannot be read. */
static void list(const struct wp_volume *volume, bool lost, const char *path, struct listing *listing)
{
	size_t damages = listing->media->volumes->damages;
	struct wp_media_node folder;
	const char *why = NULL;

	if (volume && find(listing->media, volume, path, &folder, &listing->folder) && folder.folder)
		why = volume->list(volume, &folder, take_listed, listing);
	if (why)
		add_damage(listing->media, volume, volume->name, why);
	listing->whole = !lost && !listing->more && listing->media->volumes->damages == damages;
}

/* Which file of a listing has this name: the one that is spelled alike, or else the first whose name is the same but for its case. */
static size_t find_listed(const struct listing *listing, const char *name)
{
	size_t found = listing->count;

	for (size_t i = 0; i < listing->count; i++) {
		if (!strcmp(listing->nodes[i].name, name))
			return i;
		if (found == listing->count && wp_text_equal_nocase(listing->nodes[i].name, name))
			found = i;
	}
	return found;
}

static void tell_more(const struct listing *listing, const char *where, const char *what)
{
	if (listing->more)
		wp_diag_add(listing->media->arena, &listing->media->diags, WP_SEVERITY_WARNING, "media-damaged", NULL,
			    "%s%s has more than %u files %s*%s: those behind them are not %s", listing->folder, where,
			    WP_LIMIT_MEDIA_LISTED, listing->begin, listing->end, what);
}

static void locate_listed(const struct wp_volume *volume, const struct listing *listing, size_t at, struct wp_media_file *ret)
{
	*ret = (struct wp_media_file){ .path = wp_arena_printf(listing->media->arena, "%s/%s", listing->folder, listing->nodes[at].name) };
	volume->locate(volume, &listing->nodes[at], ret);
}

/* A folder may be long, and is gone through once for all that is listed in it. */
size_t wp_media_list(struct wp_media *media, const char *path, const char *begin, const char *end,
		     struct wp_media_file **ret, bool *ret_whole)
{
	const struct wp_volume *udf = media->volumes->udf, *iso9660 = media->volumes->iso9660;
	struct listing in_udf = { .media = media, .begin = begin, .end = end }, in_iso = in_udf, *listing = &in_udf;

	list(udf, media->volumes->lost_udf, path, &in_udf);
	list(iso9660, media->volumes->lost_iso9660, path, &in_iso);
	if (!in_udf.count)
		listing = &in_iso;
	*ret_whole = in_udf.whole && (listing == &in_udf || in_iso.whole);
	tell_more(listing, "", "looked at");
	if (listing == &in_udf)
		tell_more(&in_iso, " in ISO 9660", "held against those in UDF");
	*ret = wp_arena_alloc(media->arena, listing->count * sizeof **ret);
	for (size_t i = 0; i < listing->count; i++) {
		size_t k = listing == &in_udf ? find_listed(&in_iso, listing->nodes[i].name) : in_iso.count;
		struct wp_media_file other;

		locate_listed(listing == &in_udf ? udf : iso9660, listing, i, &(*ret)[i]);
		if (k == in_iso.count)
			continue;
		locate_listed(iso9660, &in_iso, k, &other);
		hold_against(media, &(*ret)[i], &other);
	}
	return listing->count;
}

const char *wp_media_read(const struct wp_media *media, const struct wp_media_file *file, uint8_t **ret_bytes)
{
	uint8_t *bytes;

	if (file->why)
		return file->why;
	if (file->size > WP_LIMIT_FILE_DATA)
		return "it is larger than 64 MiB";
	bytes = wp_must(malloc(file->size ? file->size : 1));
	if (!wp_reader_read(&media->volumes->reader, bytes, file->size, file->offset)) {
		free(bytes);
		return "it cannot be read";
	}
	*ret_bytes = bytes;
	return NULL;
}
