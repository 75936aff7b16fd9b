/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the signatures of one program prove together, and why not more. */
#include "wimplan/boot.h"

#include <string.h>

/* A signature that firmware sees, over the digest of this very program. */
static bool agrees(const struct wp_boot_signature *signature)
{
	return !signature->nested && signature->signature_agrees && signature->digest_agrees;
}

static unsigned int bit_of(enum wp_authority authority)
{
	return authority == WP_AUTHORITY_WINDOWS_2011 ? WP_BOOT_BY_2011 :
	       authority == WP_AUTHORITY_WINDOWS_2023 ? WP_BOOT_BY_2023 :
							WP_BOOT_BY_OTHERS;
}

bool wp_boot_is_proven(const struct wp_boot_signature *signature)
{
	return agrees(signature) && (signature->known || signature->authority == WP_AUTHORITY_OTHER);
}

/* It has the name of one of the certificates for Windows, and nothing speaks against it but that this one is not there. */
static bool is_named_alone(const struct wp_boot_signature *signature)
{
	return agrees(signature) && !signature->known && bit_of(signature->authority) != WP_BOOT_BY_OTHERS;
}

unsigned int wp_boot_signed_by(const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file ? file->program : NULL;
	unsigned int by = 0;

	for (size_t i = 0; program && i < program->signature_count; i++)
		if (wp_boot_is_proven(&program->signatures[i]))
			by |= bit_of(program->signatures[i].authority);
	return by;
}

bool wp_boot_is_doubtful(const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file ? file->program : NULL;
	unsigned int by = wp_boot_signed_by(file), maybe = 0;

	if (!program)
		return false;
	if (wp_boot_is_known_in_part(program))
		maybe = WP_BOOT_BY_2011 | WP_BOOT_BY_2023;
	for (size_t i = 0; i < program->signature_count; i++)
		if (is_named_alone(&program->signatures[i]))
			maybe |= bit_of(program->signatures[i].authority);
	return maybe & ~by;
}

bool wp_boot_is_unproven(const struct wp_boot_file *file)
{
	return !wp_boot_signed_by(file) || wp_boot_is_doubtful(file);
}

static bool has_unread(const struct wp_boot_program *program)
{
	return wp_diags_have(&program->diags, WP_BOOT_SIGNATURE_UNREAD);
}

bool wp_boot_is_unsigned(const struct wp_boot_program *program)
{
	bool found = !program->readable || has_unread(program) || wp_diags_have(&program->diags, "boot-signature-odd");

	for (size_t i = 0; i < program->signature_count; i++)
		found = found || !program->signatures[i].nested;
	return !found;
}

bool wp_boot_is_known_in_part(const struct wp_boot_program *program)
{
	return has_unread(program) || (program->readable && !program->signature_count && !wp_boot_is_unsigned(program));
}

/* What of the signature is not proven. */
static const char *doubt_of(const struct wp_boot_signature *signature)
{
	if (!signature->digest_known)
		return "whether it is what was signed cannot be told";
	if (!signature->digest_agrees)
		return "it is not what was signed, for its digest is another one";
	if (signature->signature_agrees)
		return "its signature only has the name of a known certificate";
	/* Who has no name has, as far as is kept, no certificate in the signature either. */
	return signature->signer ? "its signature does not agree with the certificate that it names"
				 : "its signature could not be verified, for no certificate with a name is in it";
}

const char *wp_boot_doubts(const char *one, const char *other)
{
	return one && strcmp(one, other) ? "there are several reasons, which are shown" : other;
}

const char *wp_boot_doubt(const struct wp_boot_file *file)
{
	const struct wp_boot_program *program = file->program;
	bool proven = wp_boot_signed_by(file);
	const char *doubt = NULL;

	if (!program)
		return "it could not be read";
	if (!program->readable)
		return "it is no program that can be read";
	if (wp_boot_is_unsigned(program))
		return "it has no signature";
	if (has_unread(program))
		doubt = "not all of its signatures were looked at";
	for (size_t i = 0; i < program->signature_count; i++) {
		const struct wp_boot_signature *signature = &program->signatures[i];
		const char *why = proven ? "one of its signatures only has the name of a known certificate" : doubt_of(signature);

		/* Beside one that is proven only one that may be it, too, is a reason. */
		if (signature->nested || wp_boot_is_proven(signature) || (proven && !is_named_alone(signature)))
			continue;
		doubt = wp_boot_doubts(doubt, why);
	}
	return doubt ? doubt : "its signature cannot be read";
}
