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

/* A file that was listed. */
struct listed {
	struct wp_media_node node;
	const char *path; /* as it is spelled */
};

/* What is collected of the folders of one path in one of the file systems. */
struct listing {
	struct wp_media *media;
	const struct wp_volume *volume;
	const char *begin, *end;
	struct way way;
	const char *folder; /* the one that is gone through, as it is spelled */
	size_t folders;     /* that were gone into, with those on the way */
	struct listed *items;
	size_t count;
	bool more;  /* there are others in @folder */
	bool whole; /* all of them were looked at */
};

static void take_listed(void *context, const struct wp_media_node *node)
{
	struct listing *listing = context;
	struct wp_arena *arena = listing->media->arena;

	if (node->folder || !wp_ascii_begins(node->name, listing->begin) || !wp_ascii_ends(node->name, listing->end))
		return;
	listing->more = listing->count == WP_LIMIT_MEDIA_LISTED;
	if (!listing->more)
		*WP_PUSH(arena, listing->items, listing->count) =
			(struct listed){ *node, wp_arena_printf(arena, "%s/%s", listing->folder, node->name) };
}

/* The folders in a folder that have one name but for its case. */
struct alike {
	struct wp_arena *arena;
	const char *name;
	struct wp_media_node *nodes;
	size_t count;
};

static void take_alike(void *context, const struct wp_media_node *node)
{
	struct alike *alike = context;

	if (!node->folder || !wp_text_equal_nocase(node->name, alike->name) || alike->count > WP_LIMIT_MEDIA_ALIKE)
		return;
	*WP_PUSH(alike->arena, alike->nodes, alike->count) = *node;
	alike->nodes[alike->count - 1].name = wp_arena_strdup(alike->arena, node->name);
}

/*
 * Lists the files in the folder at @path below @folder, whose own path is @spelled. A file system that tells letters by their case may
 * have several folders there: firmware finds what it starts in any of them. No deeper than @path has names.
 */
static void list_below(struct listing *listing, const struct wp_media_node *folder, const char *spelled, const char *path)
{
	struct wp_arena *arena = listing->media->arena;
	size_t length = strcspn(path, "/"), above = listing->way.count;
	struct alike alike = { .arena = arena, .name = wp_arena_strndup(arena, path, length) };
	const char *why;

	if (listing->more || listing->folders > WP_LIMIT_MEDIA_ALIKE)
		return;
	if (listing->folders++ == WP_LIMIT_MEDIA_ALIKE)
		add_damage(listing->media, listing->volume, listing->volume->name, "more of its folders have one name but for its case than are read");
	if (listing->folders > WP_LIMIT_MEDIA_ALIKE || !enter(listing->media, listing->volume, folder, &listing->way))
		return;
	listing->folder = spelled;
	why = listing->volume->list(listing->volume, folder, *path ? take_alike : take_listed, *path ? (void *)&alike : (void *)listing);
	if (why)
		add_damage(listing->media, listing->volume, listing->volume->name, why);
	for (size_t i = 0; i < alike.count; i++)
		list_below(listing, &alike.nodes[i], wp_arena_printf(arena, "%s%s%s", spelled, *spelled ? "/" : "", alike.nodes[i].name),
			   path + length + (path[length] == '/'));
	listing->way.count = above;
}

/* @lost: there is such a file system, and it cannot be read. */
static void list(const struct wp_volume *volume, bool lost, const char *path, struct listing *listing)
{
	size_t damages = listing->media->volumes->damages;

	listing->volume = volume;
	if (volume)
		list_below(listing, &volume->root, "", path);
	listing->whole = !lost && !listing->more && listing->media->volumes->damages == damages;
}

static void tell_more(const struct listing *listing, const char *where, const char *what)
{
	if (listing->more)
		wp_diag_add(listing->media->arena, &listing->media->diags, WP_SEVERITY_WARNING, "media-damaged", NULL,
			    "%s%s has more than %u files %s*%s: those behind them are not %s", listing->folder, where,
			    WP_LIMIT_MEDIA_LISTED, listing->begin, listing->end, what);
}

/*
 * Holds a file against those of the same path in ISO 9660: those that are spelled alike, or else those whose path is the same but for its
 * case. One of them is in its place, or they differ.
 */
static void hold_against_listed(const struct wp_media_file *file, const struct listing *iso9660)
{
	struct wp_media_file first = { 0 };
	bool any = false, exact = false, same = false;

	for (size_t i = 0; i < iso9660->count && !file->why; i++) {
		const struct listed *item = &iso9660->items[i];
		bool spelled = !strcmp(item->path, file->path);
		struct wp_media_file other = { .path = item->path };

		if ((exact && !spelled) || !wp_text_equal_nocase(item->path, file->path))
			continue;
		if (spelled && !exact)
			any = same = false;
		exact = spelled;
		iso9660->volume->locate(iso9660->volume, &item->node, &other);
		same = same || (!other.why && other.size == file->size && other.offset == file->offset);
		first = any ? first : other;
		any = true;
	}
	if (any && !same)
		hold_against(iso9660->media, file, &first);
}

/* A folder may be long, and is gone through once for all that is listed in it. */
size_t wp_media_list(struct wp_media *media, const char *path, const char *begin, const char *end,
		     struct wp_media_file **ret, bool *ret_whole)
{
	struct listing in_udf = { .media = media, .begin = begin, .end = end }, in_iso = in_udf, *listing = &in_udf;

	list(media->volumes->udf, media->volumes->lost_udf, path, &in_udf);
	list(media->volumes->iso9660, media->volumes->lost_iso9660, path, &in_iso);
	if (!in_udf.count)
		listing = &in_iso;
	*ret_whole = in_udf.whole && (listing == &in_udf || in_iso.whole);
	tell_more(listing, "", "looked at");
	if (listing == &in_udf)
		tell_more(&in_iso, " in ISO 9660", "held against those in UDF");
	*ret = wp_arena_alloc(media->arena, listing->count * sizeof **ret);
	for (size_t i = 0; i < listing->count; i++) {
		struct wp_media_file *file = &(*ret)[i];

		*file = (struct wp_media_file){ .path = listing->items[i].path };
		listing->volume->locate(listing->volume, &listing->items[i].node, file);
		if (listing == &in_udf)
			hold_against_listed(file, &in_iso);
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
