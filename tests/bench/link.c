/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A folder behind a slow link: link FOLDER MOUNTPOINT MILLISECONDS COUNTS. Whatever would be a round trip to a file server
 * waits so long, each by itself, as many at once as are asked for; the rate of bytes is not limited.
 *
 * What waits: finding a name (LOOKUP, READLINK), attributes that are not known (GETATTR), opening a file or a folder, each
 * piece of up to 1 MiB of a file, and each piece of a folder's list, the empty one at its end as well. What does not: closing,
 * which servers are told of later. Names and attributes are known for a second, as cifs has it without options, and a folder's
 * list brings those of what is in it, as cifs takes them from there (Linux, fs/smb/client/readdir.c, cifs_prime_dcache()); data
 * is not kept at all (direct_io), as of a file that somebody else may write: one read here is one request there.
 *
 * What is not as it is with cifs: names in one folder that no list has brought are looked up one after the other, for libfuse (3.14)
 * does not tell the kernel that they may be looked up beside each other.
 *
 * COUNTS gets a line "kind TAB path" for each round trip when the file system is unmounted.
 */
#define FUSE_USE_VERSION 312
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KNOWN_SECONDS 1.0
#define MAX_THREADS 128u

/* A name that was found; its address is its inode's number. It stays: a benchmark ends soon. */
struct node {
	struct node *parent, *next;
	const char *path; /* from the folder on; "." for itself */
};

static struct {
	int folder;
	struct timespec wait;
	FILE *counts;
	pthread_mutex_t lock; /* of nodes and counts */
	struct node root, *nodes;
} place = { .lock = PTHREAD_MUTEX_INITIALIZER, .root = { .path = "." } };

static struct node *node_of(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &place.root : (struct node *)ino;
}

static void travel(const char *kind, const char *path)
{
	pthread_mutex_lock(&place.lock);
	fprintf(place.counts, "%s\t%s\n", kind, path);
	pthread_mutex_unlock(&place.lock);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &place.wait, NULL);
}

/* Fills what is known of @path, which need not be asked for during a second. 0 or an errno. */
static int find(const char *path, struct fuse_entry_param *ret)
{
	struct node *node;

	*ret = (struct fuse_entry_param){ .attr_timeout = KNOWN_SECONDS, .entry_timeout = KNOWN_SECONDS };
	if (fstatat(place.folder, path, &ret->attr, AT_SYMLINK_NOFOLLOW))
		return errno;
	pthread_mutex_lock(&place.lock);
	for (node = place.nodes; node && strcmp(node->path, path); node = node->next)
		;
	if (!node) {
		node = calloc(1, sizeof *node);
		if (!node || !(node->path = strdup(path)))
			abort();
		node->next = place.nodes;
		place.nodes = node;
	}
	pthread_mutex_unlock(&place.lock);
	ret->ino = (fuse_ino_t)node;
	ret->attr.st_ino = ret->ino;
	return 0;
}

static void on_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry;
	char path[PATH_MAX];
	int error;

	snprintf(path, sizeof path, "%s/%s", node_of(parent)->path, name);
	travel("lookup", path);
	error = find(path, &entry);
	if (error)
		fuse_reply_err(request, error);
	else
		fuse_reply_entry(request, &entry);
}

static void on_getattr(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *file)
{
	struct stat status;

	(void)file;
	travel("getattr", node_of(ino)->path);
	if (fstatat(place.folder, node_of(ino)->path, &status, AT_SYMLINK_NOFOLLOW))
		fuse_reply_err(request, errno);
	else
		fuse_reply_attr(request, &status, KNOWN_SECONDS);
}

static void on_readlink(fuse_req_t request, fuse_ino_t ino)
{
	char target[PATH_MAX];
	ssize_t length;

	travel("readlink", node_of(ino)->path);
	length = readlinkat(place.folder, node_of(ino)->path, target, sizeof target - 1);
	if (length < 0) {
		fuse_reply_err(request, errno);
		return;
	}
	target[length] = '\0';
	fuse_reply_readlink(request, target);
}

static void on_open(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *file)
{
	int fd;

	travel("open", node_of(ino)->path);
	fd = openat(place.folder, node_of(ino)->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fuse_reply_err(request, errno);
		return;
	}
	file->fh = (uint64_t)fd;
	file->direct_io = 1;
	fuse_reply_open(request, file);
}

static void on_read(fuse_req_t request, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *file)
{
	char *bytes = malloc(size);
	ssize_t got;

	travel("read", node_of(ino)->path);
	got = bytes ? pread((int)file->fh, bytes, size, offset) : -1;
	if (got < 0)
		fuse_reply_err(request, errno);
	else
		fuse_reply_buf(request, bytes, (size_t)got);
	free(bytes);
}

static void on_release(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *file)
{
	(void)ino;
	close((int)file->fh);
	fuse_reply_err(request, 0);
}

static void on_opendir(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *file)
{
	int fd;
	DIR *directory;

	travel("opendir", node_of(ino)->path);
	fd = openat(place.folder, node_of(ino)->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		fuse_reply_err(request, errno);
		return;
	}
	file->fh = (uint64_t)(uintptr_t)directory;
	fuse_reply_open(request, file);
}

static void on_readdirplus(fuse_req_t request, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *file)
{
	DIR *directory = (DIR *)(uintptr_t)file->fh;
	char *bytes = malloc(size), path[PATH_MAX];
	size_t used = 0;

	travel("readdir", node_of(ino)->path);
	if (!bytes) {
		fuse_reply_err(request, ENOMEM);
		return;
	}
	if (offset)
		seekdir(directory, offset);
	else
		rewinddir(directory);
	for (struct dirent *dirent; (dirent = readdir(directory));) {
		struct fuse_entry_param entry = { .attr = { .st_ino = dirent->d_ino, .st_mode = DTTOIF(dirent->d_type) } };
		size_t length;

		snprintf(path, sizeof path, "%s/%s", node_of(ino)->path, dirent->d_name);
		if (strcmp(dirent->d_name, ".") && strcmp(dirent->d_name, ".."))
			find(path, &entry);
		length = fuse_add_direntry_plus(request, bytes + used, size - used, dirent->d_name, &entry, telldir(directory));
		if (length > size - used)
			break;
		used += length;
	}
	fuse_reply_buf(request, bytes, used);
	free(bytes);
}

static void on_releasedir(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *file)
{
	(void)ino;
	closedir((DIR *)(uintptr_t)file->fh);
	fuse_reply_err(request, 0);
}

/* Every list brings attributes, not only those that the kernel finds worth it. */
static void on_init(void *context, struct fuse_conn_info *connection)
{
	(void)context;
	connection->want &= ~(unsigned int)FUSE_CAP_READDIRPLUS_AUTO;
}

static const struct fuse_lowlevel_ops operations = {
	.init = on_init,
	.lookup = on_lookup,
	.getattr = on_getattr,
	.readlink = on_readlink,
	.open = on_open,
	.read = on_read,
	.release = on_release,
	.opendir = on_opendir,
	.readdirplus = on_readdirplus,
	.releasedir = on_releasedir,
};

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	/* Read-only: reading changes no times, and no attributes are asked for because of that. */
	char name[] = "link", how[] = "-oro,fsname=wimplan-link", *options[] = { name, how, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(2, options);
	struct fuse_session *session;
	struct fuse_loop_config *config;
	long milliseconds;
	int result;

	if (argc != 5)
		return fprintf(stderr, "usage: link FOLDER MOUNTPOINT MILLISECONDS COUNTS\n"), 2;
	milliseconds = strtol(argv[3], NULL, 10);
	place.wait = (struct timespec){ milliseconds / 1000, milliseconds % 1000 * 1000000 };
	place.folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place.folder < 0)
		return fail(argv[1]);
	place.counts = fopen(argv[4], "we");
	if (!place.counts)
		return fail(argv[4]);
	session = fuse_session_new(&args, &operations, sizeof operations, NULL);
	if (!session || fuse_set_signal_handlers(session) || fuse_session_mount(session, argv[2]))
		return 1;
	config = fuse_loop_cfg_create();
	fuse_loop_cfg_set_max_threads(config, MAX_THREADS);
	fuse_loop_cfg_set_idle_threads(config, MAX_THREADS);
	result = fuse_session_loop_mt(session, config);
	fuse_loop_cfg_destroy(config);
	fuse_session_unmount(session);
	fuse_session_destroy(session);
	return fclose(place.counts) ? fail(argv[4]) : result != 0;
}
