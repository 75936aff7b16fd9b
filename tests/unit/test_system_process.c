/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another program in the place of this one: what is said when that fails. That it works is the business of check-install.sh. */
#include "wimplan/machine.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char none[] = "none";
static char *arguments[] = { none, NULL };

/* The folder of this program, or the one above. */
static char *folder(int above)
{
	char path[WP_PROGRAM_PATH] = "";

	cr_assert(readlink("/proc/self/exe", path, sizeof path - 1) > 0);
	for (int i = 0; i <= above; i++)
		*strrchr(path, '/') = '\0';
	return strdup(path);
}

Test(process, become_what_is_missing)
{
	char path[WP_PROGRAM_PATH], *above = folder(1);

	cr_expect_eq(wp_process_become("none/such", arguments, path), ENOENT);
	cr_expect(!strncmp(path, above, strlen(above)) && !strcmp(path + strlen(above), "/none/such"), "%s", path);
	free(above);
}

/* What stands in the first place counts, also when it is no program. */
Test(process, become_what_is_no_program)
{
	char path[WP_PROGRAM_PATH], *own = folder(0);

	cr_expect_eq(wp_process_become(".", arguments, path), EACCES);
	cr_expect(!strncmp(path, own, strlen(own)) && !strcmp(path + strlen(own), "/."), "%s", path);
	free(own);
}

Test(process, become_a_name_that_is_too_long)
{
	char path[WP_PROGRAM_PATH], name[WP_PROGRAM_PATH];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	cr_expect_eq(wp_process_become(name, arguments, path), ENAMETOOLONG);
	cr_expect_str_eq(path, "/proc/self/exe");
}
