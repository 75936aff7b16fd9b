/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor architectures, as Windows numbers them. */
#ifndef WIMPLAN_ARCHITECTURE_H
#define WIMPLAN_ARCHITECTURE_H

#include <stdbool.h>
#include <stdint.h>

/* "x64" for 9 and so on; NULL for a code without a name. */
const char *wp_architecture_name(uint64_t code);
/*
 * The number of an architecture in any spelling: "9", "x64", "amd64", "X86", "i386", "arm64" …;
 * false when there is none.
 */
bool wp_architecture_code(const char *text, uint64_t *ret_code);

#endif
