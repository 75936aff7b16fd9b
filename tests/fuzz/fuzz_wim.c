/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole file through layer 1, and through wimlib where layer 1 lets it. */
#include "wimplan/wim.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);

	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);
	struct wp_wim_content content;

	if (wim->grade != WP_GRADE_ERROR)
		(void)wp_wim_read_content(wim, &content);
	close(fd);
	return 0;
}
