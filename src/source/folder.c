/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The manifest of an upgrade package's folder: one line "relative\path TAB size TAB mtime in seconds" per file.
 *
 * Size and mtime, not bytes: such a folder holds gigabytes besides its install.wim, and a plan reads a share with
 * thousands of them. Media are replaced as a whole by tools that set both. What it costs: a file that is overwritten in
 * place with its old size and time goes unnoticed, and a copy that does not keep times counts as changed.
 *
 * A symbolic link is a line like a file's, with the size and time of the link itself, and is never followed: what it
 * points to may lie outside the source or lead back into it. Devices, FIFOs and sockets are no content and left out.
 */
#include "folder.h"

#include "wimplan/buf.h"
#include "wimplan/directory.h"
#include "wimplan/limits.h"
#include "wimplan/source.h"
#include "wimplan/text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct file {
	const char *fold;
	const char *path; /* relative, with '\' */
	uint64_t size;
	int64_t seconds;
	struct wp_time modified;
};

struct walk {
	struct wp_arena *arena;
	int root;
	const char *skip;
	size_t limit, names;
	const char **folders; /* relative paths, those from @next on are still to be read */
	size_t folder_count, next;
	struct file *files;
	size_t file_count;
	struct wp_time newest;
	enum wp_folder_result result;
	const char *failed, *detail; /* the first failure by name, whatever the order of reading */
};

/* A path as Windows would write it, for lines and messages. */
static char *with_backslashes(struct wp_arena *arena, const char *path)
{
	char *copy = wp_arena_strdup(arena, wp_utf8_repair(arena, path));

	for (char *at = copy; *at; at++)
		if (*at == '/')
			*at = '\\';
	return copy;
}

static void fail(struct walk *walk, const char *relative, int error)
{
	const char *name = with_backslashes(walk->arena, relative);
	enum wp_folder_result result = error == ENOENT || error == EXDEV ? WP_FOLDER_CHANGED : WP_FOLDER_UNREADABLE;

	if (walk->result == WP_FOLDER_UNREADABLE && result == WP_FOLDER_CHANGED)
		return;
	if (walk->result == result && strcmp(walk->failed, name) <= 0)
		return;
	walk->result = result;
	walk->failed = name;
	if (error == EOVERFLOW)
		walk->detail =
			wp_arena_printf(walk->arena, "the folder holds more than %zu files and folders", walk->limit);
	else if (error == ENOENT || error == EXDEV)
		walk->detail = wp_arena_printf(walk->arena, "\"%s\" vanished while the folder was read", name);
	else if (*name)
		walk->detail = wp_arena_printf(walk->arena, "\"%s\" cannot be read: %s", name, wp_directory_reason(error));
	else
		walk->detail = wp_arena_printf(walk->arena, "the folder cannot be read: %s", wp_directory_reason(error));
}

static void add_file(struct walk *walk, const char *relative, const struct wp_file_status *status)
{
	struct file *file = WP_PUSH(walk->arena, walk->files, walk->file_count);
	struct wp_time modified = status->modified;

	file->path = with_backslashes(walk->arena, relative);
	file->fold = wp_text_fold(walk->arena, file->path);
	file->size = status->size;
	file->seconds = status->modified_unix;
	file->modified = modified;
	if (modified.known && (!walk->newest.known || walk->newest.ticks < modified.ticks))
		walk->newest = modified;
}

/* A folder while it is listed. */
struct listing {
	struct walk *walk;
	const char *relative;
	int fd;
};

/* Takes the name in; EOVERFLOW when there are too many. */
static int add_name(void *context, const char *name)
{
	const struct listing *listing = context;
	struct walk *walk = listing->walk;
	const char *folder = listing->relative;
	const char *relative = wp_arena_printf(walk->arena, "%s%s%s", folder, *folder ? "/" : "", name);
	struct wp_file_status status;
	int error;

	if (++walk->names > walk->limit)
		return EOVERFLOW;
	error = wp_directory_look(listing->fd, name, &status);
	if (error)
		fail(walk, relative, error);
	else if (status.kind == WP_FILE_KIND_FOLDER)
		*WP_PUSH(walk->arena, walk->folders, walk->folder_count) = relative;
	else if ((status.kind == WP_FILE_KIND_REGULAR || status.kind == WP_FILE_KIND_LINK) && strcmp(relative, walk->skip))
		add_file(walk, relative, &status);
	return 0;
}

static void read_one(struct walk *walk, const char *relative)
{
	struct listing listing = { walk, relative, -1 };
	int error = wp_directory_open_below(walk->root, relative, &listing.fd);

	if (!error) {
		/* A folder above it may have become a link since its name was read. */
		error = wp_directory_inside(walk->root, listing.fd);
		if (error)
			wp_closep(&listing.fd);
		else
			error = wp_directory_list(listing.fd, add_name, &listing);
	}
	if (error)
		fail(walk, walk->names > walk->limit ? "" : relative, error);
}

static int compare_files(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	int order = strcmp(x->fold, y->fold);

	return order ? order : strcmp(x->path, y->path);
}

/* Makes the manifest's digest, and keeps its text in @arena as far as it is wanted. */
static void make_manifest(struct walk *walk, struct wp_arena *arena, bool keep, struct wp_folder *ret)
{
	struct wp_sha256 *hash = wp_sha256_new();
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	WP_SORT(walk->files, walk->file_count, compare_files);
	for (size_t i = 0; i < walk->file_count; i++) {
		const struct file *file = &walk->files[i];

		wp_buf_clear(&line);
		wp_buf_printf(&line, "%s\t%" PRIu64 "\t%" PRId64 "\n", file->path, file->size, file->seconds);
		wp_sha256_add(hash, line.data, line.length);
		keep = keep && text.length + line.length <= WP_LIMIT_MANIFEST_BYTES;
		if (keep)
			wp_buf_add(&text, line.data, line.length);
		if (!ret->newest_path && walk->newest.known && file->modified.ticks == walk->newest.ticks)
			ret->newest_path = wp_arena_strdup(arena, file->path);
	}
	wp_sha256_finish(hash, ret->digest);
	if (keep)
		ret->manifest = (struct wp_manifest){ wp_arena_strndup(arena, wp_buf_text(&text), text.length),
						      text.length };
}

enum wp_folder_result wp_folder_read(struct wp_arena *arena, int folder, const char *skip, size_t limit,
				     bool keep, struct wp_folder *ret, const char **ret_detail)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct walk walk = { .arena = scratch, .root = folder, .skip = skip, .limit = limit };

	*WP_PUSH(scratch, walk.folders, walk.folder_count) = "";
	while (walk.next < walk.folder_count && walk.names <= limit)
		read_one(&walk, walk.folders[walk.next++]);
	*ret_detail = wp_arena_strdup(arena, walk.detail);
	if (walk.result != WP_FOLDER_OK)
		return walk.result;
	make_manifest(&walk, arena, keep, ret);
	ret->files = walk.file_count;
	for (size_t i = 0; i < walk.file_count; i++)
		ret->bytes += walk.files[i].size;
	ret->newest = walk.newest;
	return WP_FOLDER_OK;
}

WP_NAMES(wp_manifest_change_name, enum wp_manifest_change, "added", "changed", "removed")

/* A list on its way: the line at hand, and what is behind it. */
struct cursor {
	const char *at, *end;
	const char *path; /* NULL: there is no line any more */
	const char *fold;
	const char *line; /* whole, to the tab behind the path and from there on */
	size_t path_length, line_length;
	bool damaged;
};

/* Takes the next line; names are in @arena, which is emptied by nobody meanwhile. */
static void advance(struct cursor *cursor, struct wp_arena *arena)
{
	const char *end = cursor->at < cursor->end ? memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at)) : NULL;
	const char *tab;

	cursor->path = NULL;
	if (!end) {
		cursor->damaged |= cursor->at < cursor->end;
		return;
	}
	cursor->line = cursor->at;
	cursor->line_length = (size_t)(end - cursor->at);
	tab = memchr(cursor->at, '\t', cursor->line_length);
	cursor->path_length = tab ? (size_t)(tab - cursor->at) : 0;
	cursor->at = end + 1;
	if (!cursor->path_length || memchr(cursor->line, '\0', cursor->line_length) ||
	    wp_utf8_valid(cursor->line, cursor->line_length) != cursor->line_length) {
		cursor->damaged = true;
		return;
	}
	cursor->path = wp_arena_strndup(arena, cursor->line, cursor->path_length);
	cursor->fold = wp_text_fold(arena, cursor->path);
}

static void add(struct wp_arena *arena, struct wp_folder_change *change, enum wp_manifest_change kind,
		const char *path)
{
	change->counts[kind]++;
	if (change->named[kind] < WP_LIMIT_FOLDER_NAMES)
		change->names[kind][change->named[kind]++] = wp_arena_strdup(arena, path);
}

/* The size in "path TAB size TAB seconds"; 0 where there is none. */
static uint64_t size_of(const struct cursor *cursor)
{
	uint64_t size = 0;

	for (const char *at = cursor->line + cursor->path_length + 1, *end = cursor->line + cursor->line_length;
	     at < end && *at >= '0' && *at <= '9' && size < UINT64_MAX / 100; at++)
		size = size * 10 + (uint64_t)(*at - '0');
	return size;
}

/* In the order of a manifest; what has no line comes last. */
static int compare(const struct cursor *a, const struct cursor *b)
{
	if (!a->path || !b->path)
		return !a->path - !b->path;
	return strcmp(a->fold, b->fold);
}

static bool same_facts(const struct cursor *a, const struct cursor *b)
{
	size_t length = a->line_length - a->path_length;

	return length == b->line_length - b->path_length &&
	       !memcmp(a->line + a->path_length, b->line + b->path_length, length);
}

bool wp_manifest_compare(struct wp_arena *arena, const struct wp_manifest *old, const struct wp_manifest *new,
			 struct wp_folder_change *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct cursor a = { .at = old->text, .end = old->text + old->length };
	struct cursor b = { .at = new->text, .end = new->text + new->length };

	*ret = (struct wp_folder_change){ 0 };
	advance(&a, scratch);
	advance(&b, scratch);
	while (a.path || b.path) {
		int order = compare(&a, &b);

		if (order < 0)
			add(arena, ret, WP_MANIFEST_REMOVED, a.path);
		else if (order > 0)
			add(arena, ret, WP_MANIFEST_ADDED, b.path);
		else if (!same_facts(&a, &b))
			add(arena, ret, WP_MANIFEST_CHANGED, b.path);
		if (order > 0 || (!order && !same_facts(&a, &b)))
			ret->bytes = size_of(&b) > UINT64_MAX - ret->bytes ? UINT64_MAX : ret->bytes + size_of(&b);
		if (order <= 0)
			advance(&a, scratch);
		if (order >= 0)
			advance(&b, scratch);
	}
	return !a.damaged && !b.damaged;
}

/* The most names of one kind that is told. */
#define NAMED 3

char *wp_folder_change_words(struct wp_arena *arena, const struct wp_folder_change *change)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (enum wp_manifest_change kind = 0; kind < WP_MANIFEST_CHANGES; kind++) {
		uint64_t count = change->counts[kind];

		if (!count)
			continue;
		wp_buf_printf(&text, "%s%" PRIu64 " %s (", text.length ? ", " : "", count, wp_manifest_change_name(kind));
		for (size_t i = 0; i < change->named[kind] && i < NAMED; i++)
			wp_buf_printf(&text, "%s%s", i ? ", " : "", change->names[kind][i]);
		if (count > NAMED)
			wp_buf_printf(&text, " and %" PRIu64 " more", count - NAMED);
		wp_buf_puts(&text, ")");
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}
