/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An export of any shape, whose rows are kept in memory and as their texts: both give the same. */
#include "fuzz.h"

#include "wimplan/hash.h"
#include "wimplan/import.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The id of what was imported; "" where nothing was. */
static void import(const char *path, struct wp_spill *spill, bool briefs, char ret_id[WP_HASH_TEXT])
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_import_options options = { .spill = spill, .briefs = briefs };
	struct wp_error err;

	ret_id[0] = '\0';
	if (wp_import_files(&path, 1, &options, &set, &err))
		return;
	if (!wp_hash_is(set->id))
		abort();
	snprintf(ret_id, WP_HASH_TEXT, "%s", set->id);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	/* Nothing goes into a file. */
	struct wp_spill *spill __attribute__((cleanup(wp_spill_freep))) = wp_spill_new("fuzz", SIZE_MAX);
	char path[64], id[WP_HASH_TEXT], other[WP_HASH_TEXT], brief[WP_HASH_TEXT];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	import(path, NULL, false, id);
	import(path, spill, false, other);
	import(path, spill, true, brief);
	if (strcmp(id, other) != 0 || strcmp(id, brief) != 0)
		abort();
	close(fd);
	return 0;
}
