/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time stamps of a signature: who made them is not looked at. */
#ifndef WIMPLAN_BOOT_TIMESTAMP_H
#define WIMPLAN_BOOT_TIMESTAMP_H

#include "wimplan/time.h"

#include <openssl/pkcs7.h>

/*
 * The time that a token of RFC 3161 has, which must be about the signature of @info, or a countersignature of PKCS #9. @der is either,
 * as its attribute has it. Not known where it cannot be read; what libcrypto did not like is in its queue of errors.
 */
struct wp_time wp_timestamp_of_token(const ASN1_STRING *der, const PKCS7_SIGNER_INFO *info);
struct wp_time wp_timestamp_of_countersignature(const ASN1_STRING *der);

#endif
