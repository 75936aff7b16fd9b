/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole file through layer 1, and through wimlib where layer 1 lets it. */
#include "fuzz.h"

#include "wimplan/wim.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A file with a name: wimlib resolves the path, which a memfd does not have. */
	char path[] = "/dev/shm/wimplan-fuzz-XXXXXX";

	fuzz_file(path, data, size);

	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);
	struct wp_wim_content content;

	if (wim->grade != WP_GRADE_ERROR)
		(void)wp_wim_read_content(wim, &content);
	unlink(path);
	return 0;
}
