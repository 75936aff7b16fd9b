/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the numbers mean that a site fails with. */
#ifndef WIMPLAN_PROVIDER_CODES_H
#define WIMPLAN_PROVIDER_CODES_H

#include <stddef.h>
#include <stdint.h>

/* SEDO: another user has the object open for editing. */
#define WP_CODE_SEDO_LOCK 0x40480732u
/* SQLStatus of a deadlock's victim. */
#define WP_SQL_DEADLOCK 1205u

/* The meaning of a WMI, SMS or Win32 code; NULL when it is not known. */
const char *wp_code_meaning(uint32_t code);

/* "1078462258 (0x40480732: …)" into @room, without the meaning when it is not known. A value keeps its sign. */
void wp_code_text(int64_t code, char *room, size_t size);

#endif
