/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is not proven is said as such. */
#include "boot_words.h"

static const char *name_or_none(const char *name)
{
	return name ? name : "somebody without a name";
}

const char *wp_boot_words_signature(struct wp_arena *arena, const struct wp_boot_signature *signature)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool named = signature->authority != WP_AUTHORITY_OTHER;

	if (!signature->signer)
		wp_buf_printf(&text, "signature without the certificate of who made it, which %s issued",
			      name_or_none(signature->issuer));
	else if (signature->known)
		wp_buf_printf(&text, "signed by %s, under %s, a known certificate", signature->signer, signature->issuer);
	else if (named)
		wp_buf_printf(&text, "signed by %s, under a certificate named like %s, which is not proven to be it", signature->signer,
			      signature->issuer);
	else
		wp_buf_printf(&text, "signed by %s, under %s", signature->signer, name_or_none(signature->issuer));
	if (signature->nested)
		wp_buf_puts(&text, "; within the signature above, where firmware does not see it");
	if (!signature->digest_agrees)
		wp_buf_puts(&text, "; THE FILE IS NOT WHAT WAS SIGNED");
	if (!signature->signature_agrees)
		wp_buf_puts(&text, signature->signer ? "; THE SIGNATURE IS NOT OF THIS SIGNER" : "; so it could not be verified");
	if (signature->timestamp.known)
		wp_buf_printf(&text, "; time stamp %s", wp_time_minutes(arena, signature->timestamp));
	return wp_arena_strdup(arena, wp_buf_text(&text));
}
