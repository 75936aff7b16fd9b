/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shared object to put in front of a program (LD_PRELOAD): the kernel has another boot id, as after a power cut. OTHER_BOOT names a
 * file that holds it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEXT(name, ...) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))(__VA_ARGS__)

static const char *other(const char *path)
{
	return strcmp(path, "/proc/sys/kernel/random/boot_id") ? path : getenv("OTHER_BOOT");
}

FILE *fopen(const char *path, const char *mode)
{
	return NEXT(fopen, other(path), mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	return NEXT(fopen64, other(path), mode);
}
