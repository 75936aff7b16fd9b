/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file a path means: what it leads to, and whether another path leads there too. */
#include "wimplan/file.h"

#include "internal.h"

#include "wimplan/buf.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Links in a row, as the kernel counts them (path_resolution(7)). */
#define MOST_LINKS 40

size_t wp_folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

static void set_path(struct wp_buf *buf, const char *folder, size_t length, const char *name)
{
	struct wp_buf path = { 0 };

	wp_buf_add(&path, folder, length);
	wp_buf_puts(&path, name);
	wp_buf_free(buf);
	*buf = path;
}

int wp_file_follow(const char *path, struct wp_buf *real, int *ret_fd)
{
	char target[PATH_MAX];

	set_path(real, "", 0, path);
	for (int links = 0; links <= MOST_LINKS; links++) {
		const char *at = wp_buf_text(real);
		ssize_t length;

		*ret_fd = wp_file_descriptor(at);
		length = *ret_fd < 0 ? readlink(at, target, sizeof target) : -1;
		if (length < 0)
			return 0;
		if ((size_t)length == sizeof target)
			return ENAMETOOLONG;
		target[length] = '\0';
		set_path(real, at, target[0] == '/' ? 0 : wp_folder_length(at), target);
	}
	return ELOOP;
}

/* "a//./b" names what "a/b" names. */
static const char *tidy(struct wp_arena *arena, const char *names)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	while (*names) {
		size_t length = strcspn(names, "/");

		if (length && !(length == 1 && *names == '.')) {
			wp_buf_puts(&buf, buf.length ? "/" : "");
			wp_buf_add(&buf, names, length);
		}
		names += length + (names[length] == '/');
	}
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

/* The place of what is not there; nobody's where not even its root is. */
static void locate_missing(struct wp_arena *arena, const char *path, struct wp_file_place *ret)
{
	char *above = wp_arena_strdup(arena, path);
	struct wp_file_status folder;

	for (size_t end = strlen(path);;) {
		const char *slash = memrchr(path, '/', end), *names = slash ? slash + 1 : path;

		end = slash ? (size_t)(slash - path) : 0;
		above[end] = '\0';
		if (!wp_file_look(!slash ? "." : end ? above : "/", &folder)) {
			*ret = (struct wp_file_place){ folder.device, folder.inode, tidy(arena, names) };
			return;
		}
		if (!end)
			return;
	}
}

void wp_file_locate(struct wp_arena *arena, const char *path, struct wp_file_place *ret)
{
	struct wp_buf real __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_file_status file;
	int fd;

	*ret = (struct wp_file_place){ 0 };
	if (!strcmp(path, "-") || wp_file_follow(path, &real, &fd) || fd >= 0)
		return;
	/* What cannot be looked at, for whatever reason, is as good as not there: who opens it says what is wrong with it. */
	if (wp_file_look(wp_buf_text(&real), &file))
		locate_missing(arena, wp_buf_text(&real), ret);
	else if (file.kind == WP_FILE_KIND_REGULAR)
		*ret = (struct wp_file_place){ file.device, file.inode, "" };
}

bool wp_file_same_place(const struct wp_file_place *a, const struct wp_file_place *b)
{
	return a->device == b->device && a->inode == b->inode && !strcmp(a->rest, b->rest);
}
