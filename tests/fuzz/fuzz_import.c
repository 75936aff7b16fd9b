/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An export of any shape. */
#include "fuzz.h"

#include "wimplan/hash.h"
#include "wimplan/import.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int fuzz_one(const uint8_t *data, size_t size)
{
	char path[64];
	const char *paths[] = { path };
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_error err;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (!wp_import_files(paths, 1, &(struct wp_import_options){ 0 }, &set, &err) && !wp_hash_is(set->id))
		abort();
	close(fd);
	return 0;
}
