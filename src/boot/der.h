/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of ASN.1 in DER (ITU-T X.690): what libcrypto has no structure for, and what it takes although it is none. */
#ifndef WIMPLAN_BOOT_DER_H
#define WIMPLAN_BOOT_DER_H

#include <stdbool.h>
#include <stdint.h>

/* The next value with this tag; *@at moves to its content, and its end is given. NULL: it is another one, or damaged. */
const uint8_t *wp_der_enter(const uint8_t **at, const uint8_t *end, int wanted);

/* Whether each value from @at to @end, and within those, says how long it is: BER may leave that out. */
bool wp_der_has_lengths(const uint8_t *at, const uint8_t *end);

#endif
