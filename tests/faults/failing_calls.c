/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shared object to put in front of a program (LD_PRELOAD): one of its calls on files fails. The environment says which:
 *
 *   FAULT_UNDER   a folder without a link in its path: only calls on what is below it, and on standard output, count
 *   FAULT_AS      ENOSPC, EIO, EINTR, EAGAIN: the call fails with this; SHORT: a read or write moves half of its bytes;
 *                 KILL: the process dies before the call; TORN: it dies after half of a write
 *   FAULT_AT      the number of the call, of those that this can happen to; 0: none, they are only counted
 *   FAULT_ONWARD  set: each call from there on
 *   FAULT_ONLY    a name of a call: others do not count
 *   FAULT_COUNT   a descriptor: how many calls counted, written to it when the program ends
 *   FAULT_TRACE   a descriptor: the name of the call that failed first and its file
 *
 * close() fails after it has closed, as on Linux.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEXT(name, ...) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))(__VA_ARGS__)

/* What can befall a call. */
enum fault { NO_SPACE = 1, IO = 2, INTERRUPTED = 4, AGAIN = 8, SHORT = 16, KILL = 32, TORN = 64 };

static const struct {
	const char *name;
	enum fault fault;
	int error;
} faults[] = {
	{ "ENOSPC", NO_SPACE, ENOSPC }, { "EIO", IO, EIO },     { "EINTR", INTERRUPTED, EINTR }, { "EAGAIN", AGAIN, EAGAIN },
	{ "SHORT", SHORT, 0 },          { "KILL", KILL, 0 },    { "TORN", TORN, 0 },
};

static atomic_long count;
static long fail_at;
static int fault, error;
static bool onward;
static char under[4096];
static size_t under_length;

static int number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? atoi(text) : -1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *as = getenv("FAULT_AS"), *folder = getenv("FAULT_UNDER"), *at = getenv("FAULT_AT");

	for (size_t i = 0; as && i < sizeof faults / sizeof *faults; i++)
		if (!strcmp(as, faults[i].name)) {
			fault = faults[i].fault;
			error = faults[i].error;
		}
	snprintf(under, sizeof under, "%s/", folder ? folder : "");
	under_length = folder ? strlen(under) : 0;
	onward = getenv("FAULT_ONWARD") != NULL;
	fail_at = at ? atol(at) : 0;
}

__attribute__((destructor)) static void end(void)
{
	char text[32];
	int to = number_of("FAULT_COUNT"), length = snprintf(text, sizeof text, "%ld\n", (long)count);

	if (to >= 0 && NEXT(write, to, text, (size_t)length) != length)
		_exit(99);
}

static void tell(const char *call, const char *file)
{
	char text[8192];
	int to = number_of("FAULT_TRACE"), length = snprintf(text, sizeof text, "%s %s\n", call, file);

	if (to >= 0 && NEXT(write, to, text, (size_t)length) < 0)
		_exit(99);
}

/* Whether it is this call that fails; errno is set then. @can: what can befall it. */
static bool fails(const char *call, const char *file, int can)
{
	const char *only = getenv("FAULT_ONLY");
	long number;

	if (!(can & fault) || (only && strcmp(only, call) != 0))
		return false;
	number = atomic_fetch_add(&count, 1) + 1;
	if (!fail_at || (onward ? number < fail_at : number != fail_at))
		return false;
	if (number == fail_at)
		tell(call, file);
	if (fault == KILL)
		kill(getpid(), SIGKILL);
	errno = error;
	return true;
}

/* A path counts by its text: what the tests name is relative to @under, or below it. */
static bool fails_path(const char *call, const char *path, int can)
{
	if (!under_length || !path || (path[0] == '/' && strncmp(path, under, under_length) != 0))
		return false;
	return fails(call, path, can);
}

/* The same of a path that begins in the folder @folder. */
static bool fails_at(const char *call, int folder, const char *path, int can)
{
	char name[64], whole[8192];
	ssize_t length;

	if (folder == AT_FDCWD || !path || path[0] == '/')
		return fails_path(call, path, can);
	snprintf(name, sizeof name, "/proc/self/fd/%d", folder);
	length = readlink(name, whole, 4096);
	if (length < 0 || length == 4096)
		return false;
	snprintf(whole + length, sizeof whole - (size_t)length, "/%s", path);
	return fails_path(call, whole, can);
}

static bool fails_fd(const char *call, int fd, int can)
{
	char name[64], path[4096];
	ssize_t length;

	if (!under_length)
		return false;
	if (fd == STDOUT_FILENO)
		return fails(call, "standard output", can);
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	length = readlink(name, path, sizeof path - 1);
	if (length < 0 || (size_t)length < under_length || strncmp(path, under, under_length) != 0)
		return false;
	path[length] = '\0';
	return fails(call, path, can);
}

#define ANY (IO | KILL)
#define TO_READ (ANY | INTERRUPTED | AGAIN | SHORT)
#define TO_WRITE (TO_READ | NO_SPACE | TORN)
#define TO_NAME (ANY | NO_SPACE)

/* How many bytes of @size a call that fails moves: half of them where it is short or torn. */
static bool moves_half(size_t *size)
{
	if (fault != SHORT && fault != TORN)
		return false;
	*size = *size > 1 ? *size / 2 : *size;
	return true;
}

#define MOVE(name, call, can, fd, bytes, size, ...)                                     \
	{                                                                                    \
		ssize_t moved;                                                               \
                                                                                             \
		if (!fails_fd(call, fd, can))                                                \
			return NEXT(name, fd, bytes, size __VA_ARGS__);                      \
		if (!moves_half(&size))                                                      \
			return -1;                                                           \
		moved = NEXT(name, fd, bytes, size __VA_ARGS__);                             \
		if (fault == TORN)                                                           \
			kill(getpid(), SIGKILL);                                             \
		return moved;                                                                \
	}

ssize_t read(int fd, void *bytes, size_t size) MOVE(read, "read", TO_READ, fd, bytes, size)
ssize_t write(int fd, const void *bytes, size_t size) MOVE(write, "write", TO_WRITE, fd, bytes, size)
ssize_t pread(int fd, void *bytes, size_t size, off_t at) MOVE(pread, "read", TO_READ, fd, bytes, size, , at)
ssize_t pread64(int fd, void *bytes, size_t size, off64_t at) MOVE(pread64, "read", TO_READ, fd, bytes, size, , at)
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
	MOVE(pwrite, "write", TO_WRITE, fd, bytes, size, , at)
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
	MOVE(pwrite64, "write", TO_WRITE, fd, bytes, size, , at)

/* The names under which fortified programs call. */
ssize_t __read_chk(int fd, void *bytes, size_t size, size_t room);
ssize_t __pread_chk(int fd, void *bytes, size_t size, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *bytes, size_t size, off64_t at, size_t room);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

ssize_t __read_chk(int fd, void *bytes, size_t size, size_t room)
{
	return size > room ? (abort(), -1) : read(fd, bytes, size);
}

ssize_t __pread_chk(int fd, void *bytes, size_t size, off_t at, size_t room)
{
	return size > room ? (abort(), -1) : pread(fd, bytes, size, at);
}

ssize_t __pread64_chk(int fd, void *bytes, size_t size, off64_t at, size_t room)
{
	return size > room ? (abort(), -1) : pread64(fd, bytes, size, at);
}

static int opening(int flags)
{
	return ANY | INTERRUPTED | (flags & O_CREAT ? NO_SPACE : 0);
}

#define OPEN(name, folder, ...)                                                                \
	{                                                                                     \
		mode_t mode = 0;                                                              \
		va_list args;                                                                 \
                                                                                              \
		va_start(args, flags);                                                        \
		if (flags & (O_CREAT | __O_TMPFILE))                                          \
			mode = va_arg(args, mode_t);                                          \
		va_end(args);                                                                 \
		if (fails_at("open", folder, path, opening(flags)))                                 \
			return -1;                                                            \
		return NEXT(name, __VA_ARGS__, flags, mode);                                  \
	}

int open(const char *path, int flags, ...) OPEN(open, AT_FDCWD, path)
int open64(const char *path, int flags, ...) OPEN(open64, AT_FDCWD, path)
int openat(int folder, const char *path, int flags, ...) OPEN(openat, folder, folder, path)
int openat64(int folder, const char *path, int flags, ...) OPEN(openat64, folder, folder, path)

int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

int close(int fd)
{
	/* Asked before, because its name is gone afterwards. */
	bool failing = fails_fd("close", fd, ANY | NO_SPACE | INTERRUPTED);
	int result = NEXT(close, fd);

	if (!failing)
		return result;
	errno = error;
	return -1;
}

int fsync(int fd)
{
	return fails_fd("sync", fd, TO_NAME | INTERRUPTED) ? -1 : NEXT(fsync, fd);
}

int fdatasync(int fd)
{
	return fails_fd("sync", fd, TO_NAME | INTERRUPTED) ? -1 : NEXT(fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
	return fails_fd("truncate", fd, TO_NAME | INTERRUPTED) ? -1 : NEXT(ftruncate, fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	return fails_fd("truncate", fd, TO_NAME | INTERRUPTED) ? -1 : NEXT(ftruncate64, fd, size);
}

int rename(const char *from, const char *to)
{
	return fails_path("rename", to, TO_NAME) ? -1 : NEXT(rename, from, to);
}

int link(const char *from, const char *to)
{
	return fails_path("link", to, TO_NAME) ? -1 : NEXT(link, from, to);
}

int unlink(const char *path)
{
	return fails_path("unlink", path, ANY) ? -1 : NEXT(unlink, path);
}

int mkdir(const char *path, mode_t mode)
{
	return fails_path("mkdir", path, TO_NAME) ? -1 : NEXT(mkdir, path, mode);
}

int stat(const char *path, struct stat *file)
{
	return fails_path("stat", path, ANY) ? -1 : NEXT(stat, path, file);
}

int stat64(const char *path, struct stat64 *file)
{
	return fails_path("stat", path, ANY) ? -1 : NEXT(stat64, path, file);
}

int lstat(const char *path, struct stat *file)
{
	return fails_path("stat", path, ANY) ? -1 : NEXT(lstat, path, file);
}

int fstatat(int folder, const char *path, struct stat *file, int flags)
{
	return fails_at("stat", folder, path, ANY) ? -1 : NEXT(fstatat, folder, path, file, flags);
}

int fstat(int fd, struct stat *file)
{
	return fails_fd("stat", fd, ANY) ? -1 : NEXT(fstat, fd, file);
}

int fstat64(int fd, struct stat64 *file)
{
	return fails_fd("stat", fd, ANY) ? -1 : NEXT(fstat64, fd, file);
}

struct dirent *readdir(DIR *folder)
{
	return fails_fd("list", dirfd(folder), ANY) ? NULL : NEXT(readdir, folder);
}

struct dirent64 *readdir64(DIR *folder)
{
	return fails_fd("list", dirfd(folder), ANY) ? NULL : NEXT(readdir64, folder);
}

int flock(int fd, int operation)
{
	return fails_fd("lock", fd, ANY | INTERRUPTED | AGAIN) ? -1 : NEXT(flock, fd, operation);
}

/* A lock that another process holds is EAGAIN, too. */
#define LOCK(name)                                                                                                      \
	{                                                                                                               \
		va_list args;                                                                                           \
		void *argument;                                                                                         \
                                                                                                                        \
		va_start(args, command);                                                                                \
		argument = va_arg(args, void *);                                                                        \
		va_end(args);                                                                                           \
		if ((command == F_SETLK || command == F_OFD_SETLK) && fails_fd("lock", fd, ANY | INTERRUPTED | AGAIN))  \
			return -1;                                                                                      \
		return NEXT(name, fd, command, argument);                                                               \
	}

int fcntl(int fd, int command, ...) LOCK(fcntl)
int fcntl64(int fd, int command, ...) LOCK(fcntl64)
