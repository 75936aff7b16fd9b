/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file stands below a folder, whatever links have led to it. */
#ifndef WIMPLAN_SOURCE_INSIDE_H
#define WIMPLAN_SOURCE_INSIDE_H

#include <stdbool.h>

/*
 * Where the open file is, is looked at, not where a name would lead: nobody can put a link in between. Returns 0 when
 * @fd is @folder or stands below it, EXDEV when it does not, as openat2() answers for RESOLVE_BENEATH, and another errno
 * where that cannot be told. (openat2() itself also refuses absolute links that lead back into the folder.)
 */
int wp_source_inside(int folder, int fd);

#endif
