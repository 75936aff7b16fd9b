/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The escapes of texts in CLIXML: "_x000A_" is a UTF-16 code unit ([MS-PSRP] 2.2.5.3.2). */
#ifndef WIMPLAN_IMPORT_CLIXML_TEXT_H
#define WIMPLAN_IMPORT_CLIXML_TEXT_H

#include "wimplan/buf.h"

/* Adds @text unescaped. Halves of pairs without the other one and U+0000 become U+FFFD. */
void wp_clixml_unescape(struct wp_buf *buf, const char *text);

#endif
