/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words for what the system answers when a folder cannot be listed. */
#include "reason.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

const char *wp_source_reason(int error)
{
	static const struct {
		int error;
		const char *words;
	} reasons[] = {
		{ EACCES, "permission denied" },
		{ EPERM, "not permitted" },
		{ EIO, "input/output error" },
		{ ELOOP, "too many symbolic links" },
		{ ENAMETOOLONG, "its path is too long for this system" },
		{ EOVERFLOW, "it holds too many names" },
		{ EMFILE, "too many files are open" },
		{ ENFILE, "too many files are open" },
		{ ESTALE, "the file server has lost it" },
		{ EHOSTDOWN, "the file server does not answer" },
		{ ENOTSUP, "where it is cannot be told, for /proc is not mounted" },
		{ ETIMEDOUT, "the file server does not answer" },
	};
	const char *name = strerrorname_np(error);

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].error == error)
			return reasons[i].words;
	return name ? name : "unknown error";
}
