/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "der.h"

#include <openssl/asn1.h>
#include <stddef.h>

/* What ASN1_get_object() says of a value: that it cannot be read, or that its length is indefinite. */
#define UNREADABLE 0x80
#define INDEFINITE 0x01

const uint8_t *wp_der_enter(const uint8_t **at, const uint8_t *end, int wanted)
{
	const unsigned char *p = *at;
	int tag, kind;
	long length;
	int how = end > p ? ASN1_get_object(&p, &length, &tag, &kind, end - p) : UNREADABLE;

	if ((how & (UNREADABLE | INDEFINITE)) || kind != V_ASN1_UNIVERSAL || tag != wanted)
		return NULL;
	*at = p;
	return p + length;
}

bool wp_der_has_lengths(const uint8_t *at, const uint8_t *end)
{
	/* Those inside stand behind the head of the one that they are in: so all come one after the other. */
	while (at < end) {
		const unsigned char *p = at;
		int tag, kind;
		long length;
		int how = ASN1_get_object(&p, &length, &tag, &kind, end - at);

		if (how & (UNREADABLE | INDEFINITE))
			return false;
		at = how & V_ASN1_CONSTRUCTED ? p : p + length;
	}
	return true;
}
