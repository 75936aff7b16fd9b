/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is not proven is said as such, in front of any name: that is a stranger's. */
#include "boot_words.h"

#include "words.h"

const char *wp_boot_words_unsigned(const struct wp_boot_program *program)
{
	if (!program->readable || program->signature_count)
		return NULL;
	return wp_boot_is_unsigned(program) ? "no signature" : "no signature that can be read";
}

const char *wp_boot_words_signature(struct wp_arena *arena, const struct wp_boot_signature *signature)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	/* A certificate was there, whether it has a name or not. */
	bool certified = signature->signer || signature->known || signature->signature_agrees;

	wp_buf_printf(&text, "%s %s, under %s", !certified ? "signature" : signature->signature_agrees ? "signed by" : "signature in the name of",
		      signature->signer ? wp_boot_name(arena, signature->signer) :
		      certified		? "somebody without a name" :
					  "without the certificate of who made it",
		      wp_boot_issuer(arena, signature));
	if (signature->nested)
		wp_buf_puts(&text, "; within the signature above, where firmware does not see it");
	if (!signature->digest_known)
		wp_buf_puts(&text, "; whether the file is what was signed cannot be told");
	else if (!signature->digest_agrees)
		wp_buf_puts(&text, "; THE FILE IS NOT WHAT WAS SIGNED");
	if (!signature->signature_agrees)
		wp_buf_puts(&text, certified ? "; THE SIGNATURE IS NOT OF THIS SIGNER" : "; so it could not be verified");
	if (signature->timestamp.known)
		wp_buf_printf(&text, "; time stamp %s", wp_time_minutes(arena, signature->timestamp));
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

const char *wp_boot_words_version(struct wp_arena *arena, const struct wp_boot_program *program)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (program->version)
		wp_buf_printf(&text, "version %s", program->version);
	if (program->has_svn)
		wp_buf_printf(&text, "%sSVN %s", text.length ? ", " : "", wp_boot_svn_text(arena, program));
	return text.length ? wp_arena_strdup(arena, wp_buf_text(&text)) : NULL;
}

const char *wp_boot_words_left_out(struct wp_arena *arena, size_t left_out)
{
	if (!left_out)
		return NULL;
	return wp_arena_printf(arena, "Not read: %s on which the verdict does not rest; --boot reads all of them.",
			       wp_words_counted(arena, left_out, "boot file"));
}

const char *wp_boot_words_role(enum wp_boot_role role)
{
	static const char *const words[] = {
		[WP_BOOT_MANAGER] = "boot manager",
		[WP_BOOT_MANAGER_EX] = "boot manager for the certificate of 2023",
		[WP_BOOT_MEDIA_MANAGER] = "boot manager in the root of media",
		[WP_BOOT_MEDIA_MANAGER_EX] = "boot manager in the root of media, for that of 2023",
		[WP_BOOT_NETWORK] = "start from the network",
		[WP_BOOT_NETWORK_EX] = "start from the network, for that of 2023",
		[WP_BOOT_MEMORY_TEST] = "memory test",
		[WP_BOOT_REVOKED] = "list of revoked boot files, no program",
		[WP_BOOT_DISC] = "image of a disc that starts, no program",
		[WP_BOOT_DISC_EX] = "image of a disc that starts, for that of 2023, no program",
		[WP_BOOT_LOADER] = "loader of Windows, which the boot manager starts",
		[WP_BOOT_RESUME] = "loader of a hibernated Windows",
		[WP_BOOT_MEDIA_START] = "what firmware starts a medium by",
		[WP_BOOT_DISC_START] = "what a disc starts by",
		[WP_BOOT_OTHER] = "another program",
	};

	return words[role];
}
