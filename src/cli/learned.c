/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that the scans of a plan have read, put together: a scan has compared the copies of a file that it has seen, and no others. */
#include "learned.h"

#include <string.h>

static struct wp_file_content *copy(struct wp_arena *arena, const struct wp_file_content *file)
{
	struct wp_file_content *kept = wp_arena_alloc(arena, sizeof *kept);

	*kept = *file;
	kept->file_id = wp_arena_strdup(arena, file->file_id);
	if (file->summary.bytes)
		kept->summary.bytes = (const uint8_t *)wp_arena_strndup(arena, (const char *)file->summary.bytes, file->summary.length);
	if (file->boot.text)
		kept->boot.text = wp_arena_strndup(arena, file->boot.text, file->boot.length);
	return kept;
}

void wp_learned_files_add(struct wp_learned_files *learned, const struct wp_scan *scan)
{
	size_t count;
	const struct wp_file_content *files = wp_scan_files(scan, &count);

	for (size_t i = 0; i < count; i++)
		switch (files[i].state) {
		case WP_CONTENT_LEARNED:
		case WP_CONTENT_DISPUTED:
			*WP_PUSH(learned->arena, learned->items, learned->count) = copy(learned->arena, &files[i]);
			break;
		case WP_CONTENT_KNOWN:
			*WP_PUSH(learned->arena, learned->known, learned->known_count) =
				wp_arena_strdup(learned->arena, files[i].file_id);
			break;
		case WP_CONTENT_UNKNOWN:
			break;
		}
}

void wp_learned_files_add_folder(struct wp_learned_files *learned, const struct wp_observation *seen)
{
	const struct wp_manifest *manifest = &seen->manifest;

	if (manifest->text && seen->content_id[0])
		*WP_PUSH(learned->arena, learned->manifests, learned->manifest_count) = (struct wp_known_manifest){
			wp_arena_strdup(learned->arena, seen->content_id),
			{ wp_arena_strndup(learned->arena, manifest->text, manifest->length), manifest->length },
		};
}

static int compare_files(const void *a, const void *b)
{
	const struct wp_file_content *const *x = a, *const *y = b;

	return strcmp((*x)->file_id, (*y)->file_id);
}

/* What another scan says of the same file: what only one of them has made of it is taken. */
static void merge(struct wp_file_content *file, const struct wp_file_content *other)
{
	if (other->state == WP_CONTENT_DISPUTED || strcmp(file->content.content_id, other->content.content_id) != 0)
		file->state = WP_CONTENT_DISPUTED;
	if (!file->summary.bytes)
		file->summary = other->summary;
	if (!file->boot.text)
		file->boot = other->boot;
}

int wp_learned_files_keep(const struct wp_learned_files *learned, struct wp_cache *cache, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_file_content *files;
	size_t count = 0;
	int status;

	status = wp_cache_put_manifests(cache, learned->manifests, learned->manifest_count, err);
	/* That a file was seen only matters when something is dropped: who learns nothing writes nothing. */
	if (status || !learned->count)
		return status;
	files = wp_arena_alloc(scratch, (learned->count + learned->known_count) * sizeof *files);
	WP_SORT(learned->items, learned->count, compare_files);
	for (size_t i = 0; i < learned->count; i++)
		if (i && !compare_files(&learned->items[i - 1], &learned->items[i]))
			merge(&files[count - 1], learned->items[i]);
		else
			files[count++] = *learned->items[i];
	for (size_t i = 0; i < learned->known_count; i++)
		files[count++] = (struct wp_file_content){ .file_id = learned->known[i], .state = WP_CONTENT_KNOWN };
	status = wp_cache_put_contents(cache, files, count, err);
	return status ? status : wp_cache_put_boot(cache, files, count, err);
}

void wp_learned_files_free(struct wp_learned_files *learned)
{
	wp_arena_free(learned->arena);
}
