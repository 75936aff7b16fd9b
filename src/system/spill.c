/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept while a program works: a buffer, and behind it a file without a name. */
#include "wimplan/spill.h"

#include "internal.h"

#include "wimplan/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct wp_spill {
	char *beside;
	size_t most;
	bool dispensable; /* everything may stay in memory */
	int fd;           /* -1 until the file is needed */
	uint64_t written; /* bytes in the file */
	struct wp_buf waiting; /* what stands behind them */
};

struct wp_spill *wp_spill_new(const char *beside, size_t most)
{
	struct wp_spill *spill = wp_must(calloc(1, sizeof *spill));

	spill->beside = wp_must(strdup(beside));
	spill->most = most;
	spill->fd = -1;
	return spill;
}

struct wp_spill *wp_spill_new_in(const char *folder, size_t most)
{
	struct wp_buf beside __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_spill *spill;

	wp_buf_printf(&beside, "%s/wimplan", folder);
	spill = wp_spill_new(wp_buf_text(&beside), most);
	spill->dispensable = true;
	return spill;
}

void wp_spill_free(struct wp_spill *spill)
{
	if (!spill)
		return;
	wp_closep(&spill->fd);
	wp_buf_free(&spill->waiting);
	free(spill->beside);
	free(spill);
}

static int fail(const struct wp_spill *spill, int error, struct wp_error *err)
{
	const char *slash = strrchr(spill->beside, '/');
	/* With its slash, as in "/". */
	int length = slash ? (int)(slash - spill->beside) + 1 : 99;
	const char *folder = slash ? spill->beside : "the working folder";

	if (error == ENOSPC || error == EDQUOT)
		return wp_fail(err, WP_E_FAILED, "disk-full", spill->beside,
			       "the disk of %.*s has no room left for what is kept there meanwhile; nothing was changed: make room and "
			       "try again",
			       length, folder);
	return wp_fail(err, WP_E_FAILED, "unwritable", spill->beside,
		       "what is kept meanwhile cannot be kept in %.*s: %s; check the folder and the disk", length, folder,
		       wp_file_error_text(error));
}

/* Makes a file under a name that is taken away at once, where the file system has none without (NFS, for one). */
static int open_named(const char *beside, int *ret_fd)
{
	char *name = NULL;
	int error = wp_file_make_beside(beside, &name);

	if (error)
		return error;
	*ret_fd = wp_open(AT_FDCWD, name, O_RDWR | O_NOFOLLOW, 0);
	error = *ret_fd < 0 ? errno : 0;
	wp_file_remove(name);
	free(name);
	return error;
}

static int open_file(struct wp_spill *spill)
{
	size_t length = wp_folder_length(spill->beside);
	char *folder;
	int error = spill->dispensable ? 0 : wp_file_make_folders(spill->beside);

	if (error)
		return error;
	folder = length ? wp_must(strndup(spill->beside, length)) : wp_must(strdup("."));
	spill->fd = wp_open(AT_FDCWD, folder, O_RDWR | O_TMPFILE, 0600);
	error = spill->fd < 0 ? errno : 0;
	free(folder);
	/* open(2): what a file system or kernel without it answers. */
	return error == EOPNOTSUPP || error == EISDIR || error == EINVAL ? open_named(spill->beside, &spill->fd) : error;
}

/* Writes what waits. 0 or an errno; what could not be written waits on. */
static int write_waiting(struct wp_spill *spill)
{
	size_t done = 0;

	while (done < spill->waiting.length) {
		ssize_t put = pwrite(spill->fd, spill->waiting.data + done, spill->waiting.length - done,
				     (off_t)(spill->written + done));

		if (put < 0 && errno != EINTR)
			return errno;
		done += put > 0 ? (size_t)put : 0;
	}
	spill->written += done;
	wp_buf_clear(&spill->waiting);
	return 0;
}

/* Writes what waits where @length bytes more are too many. 0 or an errno. */
static int make_room(struct wp_spill *spill, size_t length)
{
	int error = 0;

	if (!spill->waiting.length || spill->waiting.length + length <= spill->most)
		return 0;
	if (spill->fd < 0)
		error = open_file(spill);
	if (!error)
		return write_waiting(spill);
	if (!spill->dispensable)
		return error;
	spill->most = SIZE_MAX;
	return 0;
}

int wp_spill_add(struct wp_spill *spill, const void *text, size_t length, struct wp_span *ret, struct wp_error *err)
{
	int error = make_room(spill, length);

	if (error)
		return fail(spill, error, err);
	*ret = (struct wp_span){ spill->written + spill->waiting.length, length };
	wp_buf_add(&spill->waiting, text, length);
	return WP_OK;
}

int wp_spill_read(const struct wp_spill *spill, struct wp_span span, struct wp_buf *ret, struct wp_error *err)
{
	size_t start = ret->length;
	ptrdiff_t got;

	if (span.offset >= spill->written) {
		wp_buf_add(ret, wp_buf_text(&spill->waiting) + (span.offset - spill->written), span.length);
		return WP_OK;
	}
	/* A text is written as a whole. */
	wp_buf_pad(ret, ' ', span.length);
	got = wp_file_read_at(spill->fd, ret->data + start, span.length, span.offset);
	if (got == (ptrdiff_t)span.length)
		return WP_OK;
	wp_buf_cut(ret, start);
	return fail(spill, got < 0 ? (int)-got : EIO, err);
}
