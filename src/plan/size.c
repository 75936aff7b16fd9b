/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The size of what was distributed as a second witness beside the dates. PackageSize and SourceSize are documented as
 * kilobytes; captured values are those of 1024 bytes. How a site rounds is not established, so each file may be off by
 * one, and a figure that differs proves nothing.
 */
#include "judge.h"

#define KIB 1024

static bool is_of_version(struct wp_number size, struct wp_number version, struct wp_number wanted)
{
	return size.known && size.value && version.known && wanted.known && version.value == wanted.value;
}

/* Whether a size in KiB can be one of so many bytes, within one KiB for each of @files. */
static bool fits(uint64_t kib, uint64_t bytes, uint64_t files)
{
	uint64_t low = bytes / KIB, high = low + (bytes % KIB != 0);

	return kib > low ? kib - low <= files : high - kib <= files;
}

enum wp_size_witness wp_judge_size(const struct wp_judge *judge, uint64_t *ret_kib)
{
	const struct wp_record *record = judge->record;
	bool package = is_of_version(record->package_size, record->package_size_version, record->source_version);
	bool content = is_of_version(record->content_size, record->content_size_version, record->source_version);
	uint64_t files = judge->seen->folder_files + 1, bytes = judge->seen->bytes;
	uint64_t a = record->package_size.value, b = record->content_size.value;

	/* The figure of a boot image is of something else: the console shows its decompressed size. */
	if (record->class == WP_CLASS_BOOT || (!package && !content))
		return WP_SIZE_SAYS_NOTHING;
	if (package && content && (a > b ? a - b : b - a) > files)
		return WP_SIZE_SAYS_NOTHING;
	*ret_kib = package && (!content || fits(a, bytes, files)) ? a : b;
	return fits(*ret_kib, bytes, files) ? WP_SIZE_AGREES : WP_SIZE_DIFFERS;
}
