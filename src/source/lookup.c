/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding names without regard to case on a system that regards it: each folder is listed once and kept, sorted. */
#include "wimplan/source.h"

#include "path.h"

#include "wimplan/directory.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"
#include "wimplan/thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A name in a folder. */
struct entry {
	const char *fold;
	const char *name;
	struct folder *child; /* NULL until something below it was looked for */
};

struct folder {
	struct folder *next; /* of all folders, for the end */
	const struct mount *mount;
	const char *path;
	struct wp_mutex *lock; /* held while the folder is listed: a second thread waits instead of listing it again */
	bool listed;
	int error;             /* errno of the listing */
	struct entry *entries; /* by fold, then by name */
	size_t count;
};

/* An entry of the map with the folder that stands for it. */
struct mount {
	struct wp_windows_path prefix;
	const char *text;
	struct folder *root;
	int fd; /* of the root; -1 until it is needed */
};

struct wp_lookup {
	struct wp_arena *arena;
	bool follow_links;    /* also out of the mapped folders */
	struct wp_mutex *lock; /* for the arena, the chain of folders and the children */
	struct folder *folders;
	struct mount *mounts;
	size_t count;
};

/* Only with the lookup's lock, or before there are threads. */
static struct folder *add_folder(struct wp_lookup *lookup, const struct mount *mount, const char *path)
{
	struct folder *folder = wp_arena_alloc(lookup->arena, sizeof *folder);

	folder->mount = mount;
	folder->path = path;
	folder->lock = wp_mutex_new();
	folder->next = lookup->folders;
	lookup->folders = folder;
	return folder;
}

struct wp_lookup *wp_lookup_new(const struct wp_map *map, bool follow_links)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_lookup *lookup = wp_arena_alloc(arena, sizeof *lookup);

	lookup->arena = arena;
	lookup->follow_links = follow_links;
	lookup->mounts = wp_arena_alloc(arena, map->count * sizeof *lookup->mounts);
	lookup->lock = wp_mutex_new();
	for (size_t i = 0; i < map->count; i++) {
		struct mount *mount = &lookup->mounts[lookup->count];

		if (!wp_windows_path_split(arena, map->entries[i].prefix, &mount->prefix))
			continue;
		mount->text = wp_windows_path_text(arena, &mount->prefix, mount->prefix.count);
		mount->root = add_folder(lookup, mount, wp_arena_strdup(arena, map->entries[i].folder));
		mount->fd = -1;
		lookup->count++;
	}
	return lookup;
}

void wp_lookup_free(struct wp_lookup *lookup)
{
	if (!lookup)
		return;
	for (size_t i = 0; i < lookup->count; i++)
		wp_closep(&lookup->mounts[i].fd);
	for (struct folder *folder = lookup->folders; folder; folder = folder->next)
		wp_mutex_free(folder->lock);
	wp_mutex_free(lookup->lock);
	wp_arena_free(lookup->arena);
}

/* Opens the mapped folder, which may be a link itself. Returns 0 or an errno. */
static int open_root(struct mount *mount)
{
	int error = 0;

	wp_mutex_lock(mount->root->lock);
	if (mount->fd < 0) {
		error = wp_directory_open(mount->root->path, true, &mount->fd);
	}
	wp_mutex_unlock(mount->root->lock);
	return error;
}

/*
 * Opens a path below a mapped folder; *@ret_fd serves to list a folder, and to recognize a @file, where one will do.
 * Returns 0 or an errno: EXDEV when a link has led out of the mapped folder, and links are not followed there.
 */
static int open_below(const struct wp_lookup *lookup, const struct mount *mount, const char *path, bool file,
		      int *ret_fd)
{
	const char *relative = path + strlen(mount->root->path);
	int fd, error;

	relative += strspn(relative, "/");
	if (!lookup->follow_links && !wp_directory_open_inside(mount->fd, relative, file, ret_fd))
		return 0;
	error = wp_directory_open(path, file, &fd);
	if (error)
		return error;
	error = lookup->follow_links ? 0 : wp_directory_inside(mount->fd, fd);
	if (error)
		wp_closep(&fd);
	else
		*ret_fd = fd;
	return error;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->fold, y->fold);

	return order ? order : strcmp(x->name, y->name);
}

/* The names in a folder while it is listed. */
struct names {
	struct wp_arena *arena;
	struct entry *entries;
	size_t count;
};

/* A name that is no UTF-8 can stand in no path of a site and is left out. */
static int add_name(void *context, const char *name)
{
	struct names *names = context;
	size_t length = strlen(name);
	struct entry *entry;

	if (wp_utf8_valid(name, length) != length)
		return 0;
	if (names->count == WP_LIMIT_FOLDER_FILES)
		return EOVERFLOW;
	entry = WP_PUSH(names->arena, names->entries, names->count);
	entry->name = wp_arena_strndup(names->arena, name, length);
	entry->fold = wp_text_fold(names->arena, entry->name);
	return 0;
}

/* Lists @folder, with its lock held. The disk is read without the lookup's lock, so that others go on. */
static void list_locked(struct wp_lookup *lookup, struct folder *folder)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct names names = { .arena = scratch };
	int fd;

	folder->listed = true;
	folder->error = open_below(lookup, folder->mount, folder->path, false, &fd);
	if (!folder->error)
		folder->error = wp_directory_list(fd, add_name, &names);
	if (folder->error || !names.count)
		return;
	qsort(names.entries, names.count, sizeof *names.entries, compare_entries);
	wp_mutex_lock(lookup->lock);
	folder->entries = wp_arena_alloc(lookup->arena, names.count * sizeof *names.entries);
	for (size_t i = 0; i < names.count; i++) {
		struct entry *to = &folder->entries[i];

		to->name = wp_arena_strdup(lookup->arena, names.entries[i].name);
		/* Most names are their own folds. */
		to->fold = strcmp(names.entries[i].fold, to->name) ?
			wp_arena_strdup(lookup->arena, names.entries[i].fold) : to->name;
	}
	wp_mutex_unlock(lookup->lock);
	folder->count = names.count;
}

static void list(struct wp_lookup *lookup, struct folder *folder)
{
	wp_mutex_lock(folder->lock);
	if (!folder->listed)
		list_locked(lookup, folder);
	wp_mutex_unlock(folder->lock);
}

/* The first entry with this fold, NULL when there is none. */
static struct entry *find_entry(const struct folder *folder, const char *fold)
{
	size_t low = 0, high = folder->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(folder->entries[middle].fold, fold) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < folder->count && !strcmp(folder->entries[low].fold, fold) ? &folder->entries[low] : NULL;
}

static bool is_ambiguous(const struct folder *folder, const struct entry *entry)
{
	return entry + 1 < folder->entries + folder->count && !strcmp(entry[0].fold, entry[1].fold);
}

static const char *path_below(struct wp_arena *arena, const struct folder *folder, const char *name)
{
	size_t length = strlen(folder->path);

	return wp_arena_printf(arena, "%s%s%s", folder->path, length && folder->path[length - 1] == '/' ? "" : "/",
			       name);
}

static struct folder *child_of(struct wp_lookup *lookup, const struct folder *folder, struct entry *entry)
{
	struct folder *child;

	wp_mutex_lock(lookup->lock);
	if (!entry->child)
		entry->child = add_folder(lookup, folder->mount, path_below(lookup->arena, folder, entry->name));
	child = entry->child;
	wp_mutex_unlock(lookup->lock);
	return child;
}

static struct mount *find_mount(const struct wp_lookup *lookup, const struct wp_windows_path *path)
{
	struct mount *best = NULL;

	for (size_t i = 0; i < lookup->count; i++) {
		struct mount *mount = &lookup->mounts[i];

		if (wp_windows_path_starts_with(path, &mount->prefix) &&
		    (!best || best->prefix.count < mount->prefix.count))
			best = mount;
	}
	return best;
}

/* What is said of what could not be opened or listed; @depth names of @path lead to it. */
static enum wp_found explain(struct wp_arena *arena, const struct mount *mount, const struct wp_windows_path *path,
			     size_t depth, int error, const char **ret_detail)
{
	const char *where = wp_windows_path_text(arena, path, depth);
	bool missing = error == ENOENT, file = error == ENOTDIR;

	if (depth == mount->prefix.count && (missing || file))
		*ret_detail =
			wp_arena_printf(arena, "the map gives %s for \"%s\"",
					file ? "a file and not a folder" : "a folder that does not exist", mount->text);
	else if (missing)
		*ret_detail = wp_arena_printf(arena, "\"%s\" does not exist: it is a link to what is not there", where);
	else if (file)
		*ret_detail = wp_arena_printf(arena, "\"%s\" is not a folder", where);
	else if (error == EXDEV)
		*ret_detail = wp_arena_printf(arena,
					      "\"%s\" is a link that leads out of the mapped folder, and the policy says "
					      "links = inside",
					      where);
	else
		*ret_detail = wp_arena_printf(arena, "\"%s\" cannot be opened: %s", where, wp_directory_reason(error));
	return missing || file ? WP_FOUND_MISSING : WP_FOUND_UNREADABLE;
}

/* The folder in which the last name of a path is looked for, and its entry; the path is longer than the mount's. */
static enum wp_found find_entry_of(struct wp_lookup *lookup, struct wp_arena *arena, const struct mount *mount,
				   const struct wp_windows_path *path, const char **ret_path, const char **ret_detail)
{
	struct folder *folder = mount->root;

	for (size_t depth = mount->prefix.count;; depth++) {
		struct entry *entry;

		list(lookup, folder);
		if (folder->error)
			return explain(arena, mount, path, depth, folder->error, ret_detail);
		entry = find_entry(folder, path->folds[depth]);
		if (!entry) {
			*ret_detail = wp_arena_printf(arena, "there is no \"%s\" in \"%s\"", path->names[depth],
						      wp_windows_path_text(arena, path, depth));
			return WP_FOUND_MISSING;
		}
		if (is_ambiguous(folder, entry)) {
			*ret_detail = wp_arena_printf(arena, "\"%s\" and \"%s\" in \"%s\" are one name to Windows",
						      entry[0].name, entry[1].name,
						      wp_windows_path_text(arena, path, depth));
			return WP_FOUND_AMBIGUOUS;
		}
		if (depth + 1 == path->count) {
			*ret_path = path_below(arena, folder, entry->name);
			return WP_FOUND;
		}
		folder = child_of(lookup, folder, entry);
	}
}

static enum wp_found find_mapped(struct wp_lookup *lookup, struct wp_arena *arena, struct mount *mount,
				 const struct wp_windows_path *path, struct wp_located *ret)
{
	const char *local = mount->root->path;
	enum wp_found found = WP_FOUND;
	int error = open_root(mount);

	if (error)
		return explain(arena, mount, path, mount->prefix.count, error, &ret->detail);
	if (path->count > mount->prefix.count)
		found = find_entry_of(lookup, arena, mount, path, &local, &ret->detail);
	if (found != WP_FOUND)
		return found;
	error = open_below(lookup, mount, local, true, &ret->fd);
	if (error)
		return explain(arena, mount, path, path->count, error, &ret->detail);
	ret->path = wp_arena_strdup(arena, local);
	return WP_FOUND;
}

static enum wp_found find(struct wp_lookup *lookup, struct wp_arena *arena, const char *windows_path,
			  struct wp_located *ret)
{
	struct mount *mount;
	struct wp_windows_path path;

	if (wp_utf16_units(windows_path) > WP_LIMIT_PATH_UNITS) {
		ret->detail =
			wp_arena_printf(arena, "the path is longer than %u characters, which Windows does not allow",
					WP_LIMIT_PATH_UNITS);
		return WP_FOUND_MISSING;
	}
	if (!wp_windows_path_split(arena, windows_path, &path)) {
		ret->detail = "the path begins neither with a share nor with a drive letter";
		return WP_FOUND_NOT_MAPPED;
	}
	if (wp_windows_path_has_dots(&path)) {
		ret->detail = "the path has a name \".\" or \"..\", which is not followed";
		return WP_FOUND_MISSING;
	}
	mount = find_mount(lookup, &path);
	if (!mount) {
		ret->detail = wp_arena_printf(arena, "no prefix of the map fits; add --map '%s=FOLDER'",
					      wp_windows_path_text(arena, &path, wp_windows_path_root(&path)));
		return WP_FOUND_NOT_MAPPED;
	}
	return find_mapped(lookup, arena, mount, &path, ret);
}

enum wp_found wp_lookup_find(struct wp_lookup *lookup, struct wp_arena *arena, const char *windows_path,
			     struct wp_located *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	enum wp_found found;

	*ret = (struct wp_located){ .fd = -1 };
	found = find(lookup, scratch, windows_path, ret);
	ret->path = wp_arena_strdup(arena, ret->path);
	ret->detail = wp_arena_strdup(arena, ret->detail);
	return found;
}

void wp_located_close(struct wp_located *located)
{
	wp_closep(&located->fd);
	located->fd = -1;
}
