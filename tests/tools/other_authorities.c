/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In place of src/boot/authorities.c: the certificates that mkboot made, from the file that WIMPLAN_TEST_AUTHORITIES names. Linked into a
 * program for tests alone; wimplan itself has one table and no way to another.
 */
#include "wimplan/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wp_authorities wp_authorities(void)
{
	static char digests[2][72];
	static const struct wp_authority_row rows[] = {
		{ WP_AUTHORITY_WINDOWS_2011, "Microsoft Windows Production PCA 2011", digests[0] },
		{ WP_AUTHORITY_WINDOWS_2023, "Windows UEFI CA 2023", digests[1] },
	};
	const char *path = getenv("WIMPLAN_TEST_AUTHORITIES");
	FILE *file = wp_must(path ? fopen(path, "r") : NULL);
	char line[128];

	for (size_t i = 0; i < 2 && fgets(line, sizeof line, file); i++) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(digests[i], sizeof digests[i], "%.71s", line);
	}
	fclose(file);
	return (struct wp_authorities){ rows, 2 };
}
