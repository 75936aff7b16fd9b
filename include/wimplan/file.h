/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files: looked at, read at any place or whole within a bound, written whole or not at all. Functions that say "0 or an
 * errno" leave the sentence to the caller, who knows what the file is for.
 */
#ifndef WIMPLAN_FILE_H
#define WIMPLAN_FILE_H

#include "wimplan/arena.h"
#include "wimplan/error.h"
#include "wimplan/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum wp_file_kind {
	WP_FILE_KIND_REGULAR,
	WP_FILE_KIND_FOLDER,
	WP_FILE_KIND_LINK, /* a symbolic link that was not followed */
	WP_FILE_KIND_PIPE,
	WP_FILE_KIND_DISK,   /* a device that holds blocks */
	WP_FILE_KIND_DEVICE, /* any other, such as a terminal */
	WP_FILE_KIND_SOCKET, /* or something else */
};

/* What is known of a file without reading it. */
struct wp_file_status {
	enum wp_file_kind kind;
	uint64_t size;            /* bytes */
	unsigned int permissions; /* as of chmod(1); 0 where the system has others */
	struct wp_time modified;
	int64_t modified_unix;  /* the same in whole seconds since 1970, whatever the year */
	uint64_t device, inode; /* together they tell one file of the machine from all others */
};

/* What the path leads to. 0 or an errno. */
int wp_file_look(const char *path, struct wp_file_status *ret);
/* What stands there itself, be it a link. 0 or an errno. */
int wp_file_look_itself(const char *path, struct wp_file_status *ret);
/*
 * Which file a path means, also one that is not there yet: whatever it is called, and through whatever links, one file has one
 * place, and two files have two.
 */
struct wp_file_place {
	uint64_t device, inode; /* of the file; of one that is not there, of the nearest folder above it that is */
	const char *rest;       /* the names from that folder on; "": the file is there; NULL: it is nobody's file */
};
/*
 * Finds the place of a regular file, or of one that is not there; in @arena. Nobody's file are "-", a descriptor of our own
 * ("/dev/stdout"), a device, a pipe, a folder. One that cannot be looked at is taken for one that is not there.
 */
void wp_file_locate(struct wp_arena *arena, const char *path, struct wp_file_place *ret);
bool wp_file_same_place(const struct wp_file_place *a, const struct wp_file_place *b);
/* An open file. 0 or an errno. */
int wp_file_look_open(int fd, struct wp_file_status *ret);
bool wp_file_is_folder(const char *path);
/* Whether this user may write it; of a folder, whether files can be made in it. 0 or an errno. */
int wp_file_may_write(const char *path);

enum wp_file_how {
	WP_FILE_HOW_FOLLOW,   /* through links */
	WP_FILE_HOW_NOFOLLOW, /* a link there is an error (ELOOP) */
	WP_FILE_HOW_CHANGE,   /* the same, for reading and writing */
};

/* Opens whatever stands there, mostly for reading, without waiting for a pipe's other end. 0 or an errno. */
int wp_file_open_any(const char *path, enum wp_file_how how, int *ret_fd, struct wp_file_status *ret);
/* The standard input under a number of its own, to be closed as any other. 0 or an errno. */
int wp_file_open_input(int *ret_fd);

/*
 * Reads up to @length bytes at @offset. Returns how many, fewer only where the file ends, or an errno below 0.
 */
ptrdiff_t wp_file_read_at(int fd, void *bytes, size_t length, uint64_t offset);
/* Reads the next bytes, up to @room, of a file or a pipe, and waits for them. 0 at the end; an errno below 0. */
ptrdiff_t wp_file_read_some(int fd, void *bytes, size_t room);
/* Where the next bytes are read: @whence is SEEK_SET, SEEK_CUR or SEEK_END. Below 0 where that cannot be, as in pipes. */
int64_t wp_file_seek(int fd, int64_t offset, int whence);

/* @path with no link in its folder, from the root on. The caller frees *@ret_real. 0 or an errno. */
int wp_file_resolve(const char *path, char **ret_real);
/* Makes an empty file beside @path that only this process knows. The caller frees *@ret_name. 0 or an errno. */
int wp_file_make_beside(const char *path, char **ret_name);
/* Gives the file @temporary the name @path, and takes it away when the name is taken meanwhile. 0 or an errno. */
int wp_file_put_new(const char *temporary, const char *path);
void wp_file_remove(const char *path);

/* Makes the folders above @path that are not there, for the user alone. 0 or an errno. */
int wp_file_make_folders(const char *path);

/*
 * Reads a regular file of at most @limit bytes into @arena, with a NUL behind it. "-" reads standard input, and
 * "/dev/fd/63", as a shell's <(…) gives it, the descriptor that is open already.
 * WP_E_NOT_FOUND when there is none, so that a caller may go on without it.
 */
int wp_file_read(struct wp_arena *arena, const char *path, size_t limit, char **ret_bytes, size_t *ret_length,
		 struct wp_error *err);

/*
 * The same for a text of ours, in UTF-8 or in what PowerShell makes of it (wp_text_decode()); *@ret_text is UTF-8 as far
 * as the file is.
 */
int wp_file_read_text(struct wp_arena *arena, const char *path, size_t limit, char **ret_text, size_t *ret_length,
		      struct wp_error *err);

/* Who has named a file. */
enum wp_file_target {
	/* The user: through a link the file is written that it leads to, also one that is not there yet; devices, pipes
	   and our own descriptors ("/dev/stdout") are written to in place. */
	WP_FILE_TARGET_NAMED,
	/* Nobody: it stands by default beside another, where others may have put something. Only a regular file is
	   replaced. */
	WP_FILE_TARGET_BESIDE,
};

/*
 * Replaces @path piece by piece: a temporary file in the same folder, fsync, rename, fsync of the folder. Either the
 * old file is there afterwards or the new one, whole; it keeps the old one's owner and mode, and one that may not be
 * written is left alone. "-" and NULL write to standard output and check that all of it went out. A failure is kept until
 * the end: only beginning and ending have to be checked.
 */
struct wp_file_writer;
int wp_file_begin(const char *path, enum wp_file_target target, struct wp_file_writer **ret_writer,
		  struct wp_error *err);
void wp_file_add(struct wp_file_writer *writer, const void *bytes, size_t length);
/* Whether something has failed already, so that more need not be made. */
bool wp_file_has_failed(const struct wp_file_writer *writer);
/*
 * Puts the file in its place when nothing failed, and frees @writer in any case. The codes of errors are "unwritable",
 * "stdout", and "broken-pipe" for a standard output whose reader has gone away.
 */
int wp_file_commit(struct wp_file_writer *writer, struct wp_error *err);
/* Leaves what stands there as it was, and frees @writer. */
void wp_file_abandon(struct wp_file_writer *writer);

/*
 * Whether a file of so many bytes could be written there: does all of it but to replace what stands there. Devices and
 * pipes are left alone, for whoever reads one would take it for the end.
 */
int wp_file_probe(const char *path, enum wp_file_target target, size_t length, struct wp_error *err);

/* What an errno means, in English whatever the locale. */
const char *wp_file_error_text(int error);

static inline void wp_fclosep(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* close() for cleanup attributes; -1 is allowed. */
void wp_closep(int *fd);

#endif
