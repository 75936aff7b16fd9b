/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict as one sentence, for somebody who has never heard of it: about the boot manager of an image, or what starts a medium. */
#include "wimplan/boot.h"

/* Behind "Its boot manager"; NULL: the sentence is another one. */
struct words {
	const char *alone;
	const char *beside; /* where somebody else has signed it too, whom firmware may trust; NULL: it is the same */
};

static const struct words verdicts[WP_BOOT_VERDICTS] = {
	[WP_BOOT_2011_ONLY] = { "is signed under the certificate of 2011 alone: it does not start where that one is revoked or was never trusted.",
				"is signed under the certificate of 2011 and by somebody else, and not under that of 2023: it does not start "
				"where the certificate of 2011 is revoked, or where neither signer is trusted." },
	[WP_BOOT_2011_WITH_2023] = { .alone = "is signed under the certificate of 2011, and one signed under that of 2023 lies beside it, which "
					      "nothing uses unless it is told to." },
	[WP_BOOT_2023] = { .alone = "is signed under the certificate of 2023: it does not start where firmware knows only that of 2011." },
	[WP_BOOT_BOTH] = { "has signatures under the certificates of 2011 and of 2023: it does not start where firmware trusts neither of them "
			   "or has revoked one.",
			   "has signatures under the certificates of 2011 and of 2023 and by somebody else: it does not start where firmware "
			   "trusts none of them or has revoked one." },
	[WP_BOOT_THIRD_PARTY] = { .alone = "is not signed under one of the two certificates for Windows: who signed it is shown." },
	[WP_BOOT_NOT_READ] = { .alone = "could not be read, so that nothing can be said of it." },
};

/* The files with this role decide. */
static const char *sentence(struct wp_arena *arena, const struct wp_boot_image *image, enum wp_boot_role role, const char *subject)
{
	const struct words *words = &verdicts[image->verdict];
	const char *doubt = NULL;
	bool beside = false;

	for (size_t i = 0; i < image->count; i++) {
		const struct wp_boot_file *file = &image->files[i];
		unsigned int by = wp_boot_signed_by(file);

		if (file->role != role)
			continue;
		beside = beside || (by & WP_BOOT_BY_OTHERS);
		if (file->program && wp_boot_is_unproven(file))
			doubt = wp_boot_doubts(doubt, wp_boot_doubt(file));
	}
	if (image->verdict == WP_BOOT_UNPROVEN)
		return wp_arena_printf(arena, "Who signed %s is not proven: %s.", subject, doubt ? doubt : WP_BOOT_TWINS);
	return wp_arena_printf(arena, "%c%s %s", subject[0] - 'a' + 'A', subject + 1,
			       beside && words->beside ? words->beside : words->alone);
}

/* What of the start from the network nobody should think to be as sound as what the sentence is about; "" for nothing. */
static const char *network_words(const struct wp_boot_image *image)
{
	const struct wp_boot_file *file = wp_boot_find(image, WP_BOOT_NETWORK);

	if (!file || !wp_boot_is_unproven(file) || image->verdict == WP_BOOT_UNPROVEN || image->verdict == WP_BOOT_NOT_READ)
		return "";
	return file->program ? " Who signed its program for a start from the network is not proven." :
			       " Its program for a start from the network could not be read.";
}

static const char *image_sentence(struct wp_arena *arena, const struct wp_boot_image *image)
{
	if (image->in_part)
		return "There are too many such files in the images before it: nothing is said of its own.";
	if (image->verdict == WP_BOOT_NO_MANAGER)
		return "There is no \\Windows\\Boot\\EFI\\bootmgfw.efi in it, the boot manager that a computer with UEFI is given.";
	if (image->verdict == WP_BOOT_MIXED)
		return "Its boot manager and its program for a start from the network are signed under different certificates: where one starts "
		       "the other may not.";
	return sentence(arena, image, WP_BOOT_MANAGER, "its boot manager");
}

const char *wp_boot_verdict_sentence(struct wp_arena *arena, const struct wp_boot_image *image)
{
	return wp_arena_printf(arena, "%s%s", image_sentence(arena, image), network_words(image));
}

const char *wp_boot_medium_sentence(struct wp_arena *arena, const struct wp_boot_image *medium)
{
	if (medium->in_part)
		return wp_boot_find(medium, WP_BOOT_MEDIA_START)
			       ? "Not all of its file system was read: there may be more of efi/boot/boot*.efi on it, by which firmware with UEFI "
				 "starts media, than is shown."
			       : "It is not known whether there is an efi/boot/boot*.efi on it, by which firmware with UEFI starts media, for not "
				 "all of its file system was read.";
	if (medium->verdict == WP_BOOT_NO_MANAGER)
		return "There is no efi/boot/boot*.efi on it, by which firmware with UEFI starts media.";
	if (medium->verdict == WP_BOOT_MIXED)
		return "The programs by which firmware starts it are signed under different certificates: where one starts another may not.";
	return sentence(arena, medium, WP_BOOT_MEDIA_START, "what firmware starts it by");
}

bool wp_boot_rests_on_2011(const struct wp_boot_image *image)
{
	for (size_t i = 0; i < image->count; i++)
		if (wp_boot_is_started(image->files[i].role) && (wp_boot_signed_by(&image->files[i]) & WP_BOOT_BY_2011))
			return true;
	return false;
}
