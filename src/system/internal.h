/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading and writing files share. */
#ifndef WIMPLAN_SYSTEM_INTERNAL_H
#define WIMPLAN_SYSTEM_INTERNAL_H

#include "wimplan/buf.h"
#include "wimplan/error.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * The number of one of our own descriptors that @path is a name of ("/dev/stdout", "/dev/fd/63"), else negative. What is opened
 * under such a name is the file behind it, without its position, and replacing that would take it away from whoever
 * has it open: the shell that redirects us.
 */
int wp_file_descriptor(const char *path);

/* Bytes of the folder in front of the last name of @path, with its slash; 0: it is a name alone. */
size_t wp_folder_length(const char *path);

/*
 * Finds what a path leads to, into @real: as with a shell's redirection also behind a link to what is not there yet. *@ret_fd is
 * one of our own descriptors where it ends in such, else -1. 0 or an errno.
 */
int wp_file_follow(const char *path, struct wp_buf *real, int *ret_fd);

/* Whether an input or output that was broken off with errno is worth a new try, after waiting for @events. */
bool wp_file_wait(int fd, short events);

/* openat(2) with O_CLOEXEC, and again after a signal, by which network file systems let it end. */
int wp_open(int folder, const char *path, int flags, mode_t mode);

struct wp_db;

/* Says what is wrong with a database of which an integrity check gives @text; NULL where it gives nothing. Returns the status. */
int wp_db_fail_check(const struct wp_db *db, const char *text, struct wp_error *err);

#endif
