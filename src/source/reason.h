/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why the system refused, in words that are the same in every locale: they become part of a plan. */
#ifndef WIMPLAN_SOURCE_REASON_H
#define WIMPLAN_SOURCE_REASON_H

/* Words for an errno; never NULL. strerror() would follow the locale, and a plan must not. */
const char *wp_source_reason(int error);

#endif
