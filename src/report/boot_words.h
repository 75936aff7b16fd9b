/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for programs that start a computer and for who signed them, of every report. In @arena, not escaped. */
#ifndef WIMPLAN_REPORT_BOOT_WORDS_H
#define WIMPLAN_REPORT_BOOT_WORDS_H

#include "wimplan/boot.h"

/* "no signature", "no signature that can be read"; NULL where there is one, or it is no program that could have one. */
const char *wp_boot_words_unsigned(const struct wp_boot_program *program);

/* Who made the signature, and what of it is proven: half a sentence. */
const char *wp_boot_words_signature(struct wp_arena *arena, const struct wp_boot_signature *signature);

/* "version 10.0.28000.300, SVN 9.0", or what there is of it; NULL for neither. */
const char *wp_boot_words_version(struct wp_arena *arena, const struct wp_boot_program *program);

/* What a verdict on the certificate of 2011 does not mean. */
#define WP_BOOT_WORDS_EXPIRED \
	"Expired is not revoked: firmware looks at no clock. What is signed under the certificate of 2011 goes on starting after that " \
	"certificate's end, 2026-10-19, wherever the machine has not revoked it."

/* That @left_out files were not read, and how they are; NULL for none. */
const char *wp_boot_words_left_out(struct wp_arena *arena, size_t left_out);

/* "boot manager", "loader of Windows" */
const char *wp_boot_words_role(enum wp_boot_role role);

#endif
