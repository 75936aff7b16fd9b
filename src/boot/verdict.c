/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of an image mean together. That a certificate expires stops nothing: firmware looks at no clock, but at what is revoked. */
#include "wimplan/boot.h"

#include "wimplan/text.h"

#include <string.h>

const char *wp_authority_name(enum wp_authority authority)
{
	static const char *const names[] = {
		[WP_AUTHORITY_WINDOWS_2011] = "windows-pca-2011",      [WP_AUTHORITY_WINDOWS_2023] = "windows-uefi-2023",
		[WP_AUTHORITY_MICROSOFT_2011] = "microsoft-uefi-2011", [WP_AUTHORITY_MICROSOFT_2023] = "microsoft-uefi-2023",
		[WP_AUTHORITY_OTHER] = "other",
	};

	return names[authority];
}

bool wp_authority_from_name(const char *name, enum wp_authority *ret)
{
	for (enum wp_authority authority = 0; name && authority < WP_AUTHORITIES; authority++)
		if (!strcmp(name, wp_authority_name(authority))) {
			*ret = authority;
			return true;
		}
	return false;
}

const char *wp_boot_role_name(enum wp_boot_role role)
{
	static const char *const names[] = {
		[WP_BOOT_MANAGER] = "boot-manager",
		[WP_BOOT_MANAGER_EX] = "boot-manager-ex",
		[WP_BOOT_MEDIA_MANAGER] = "media-manager",
		[WP_BOOT_MEDIA_MANAGER_EX] = "media-manager-ex",
		[WP_BOOT_NETWORK] = "network",
		[WP_BOOT_NETWORK_EX] = "network-ex",
		[WP_BOOT_MEMORY_TEST] = "memory-test",
		[WP_BOOT_REVOKED] = "revoked",
		[WP_BOOT_DISC] = "disc",
		[WP_BOOT_DISC_EX] = "disc-ex",
		[WP_BOOT_LOADER] = "loader",
		[WP_BOOT_RESUME] = "resume",
		[WP_BOOT_MEDIA_START] = "media-start",
		[WP_BOOT_DISC_START] = "disc-start",
		[WP_BOOT_OTHER] = "other",
	};

	return names[role];
}

bool wp_boot_role_from_name(const char *name, enum wp_boot_role *ret)
{
	for (enum wp_boot_role role = 0; name && role < WP_BOOT_ROLES; role++)
		if (!strcmp(name, wp_boot_role_name(role))) {
			*ret = role;
			return true;
		}
	return false;
}

const char *wp_boot_verdict_name(enum wp_boot_verdict verdict)
{
	static const char *const names[] = {
		[WP_BOOT_NO_MANAGER] = "no-boot-manager",
		[WP_BOOT_2011_ONLY] = "2011-only",
		[WP_BOOT_2011_WITH_2023] = "2011-with-2023-beside",
		[WP_BOOT_2023] = "2023-in-place",
		[WP_BOOT_BOTH] = "both",
		[WP_BOOT_THIRD_PARTY] = "third-party",
		[WP_BOOT_MIXED] = "mixed",
		[WP_BOOT_UNPROVEN] = "unproven",
		[WP_BOOT_NOT_READ] = "not-read",
	};

	return names[verdict];
}

bool wp_svn_parse(const char *text, struct wp_svn *ret)
{
	const char *dot = strchr(text, '.');
	char major[8];
	uint64_t numbers[2];

	if (!dot || text[strspn(text, "0123456789.")] || (size_t)(dot - text) >= sizeof major)
		return false;
	memcpy(major, text, (size_t)(dot - text));
	major[dot - text] = '\0';
	if (!wp_parse_u64(major, false, &numbers[0]) || !wp_parse_u64(dot + 1, false, &numbers[1]) || numbers[0] > UINT16_MAX ||
	    numbers[1] > UINT16_MAX)
		return false;
	*ret = (struct wp_svn){ true, (uint16_t)numbers[0], (uint16_t)numbers[1] };
	return true;
}

const struct wp_boot_file *wp_boot_find(const struct wp_boot_image *image, enum wp_boot_role role)
{
	for (size_t i = 0; i < image->count; i++)
		if (image->files[i].role == role)
			return &image->files[i];
	return NULL;
}

bool wp_boot_is_started(enum wp_boot_role role)
{
	return role == WP_BOOT_MANAGER || role == WP_BOOT_MANAGER_EX || role == WP_BOOT_NETWORK || role == WP_BOOT_NETWORK_EX ||
	       role == WP_BOOT_MEDIA_START;
}

bool wp_boot_is_manager(enum wp_boot_role role)
{
	return role == WP_BOOT_MANAGER || role == WP_BOOT_MANAGER_EX || role == WP_BOOT_MEDIA_MANAGER ||
	       role == WP_BOOT_MEDIA_MANAGER_EX || role == WP_BOOT_MEDIA_START;
}

/* The verdict on a program by itself. */
static enum wp_boot_verdict judge_program(const struct wp_boot_file *file)
{
	unsigned int by = wp_boot_signed_by(file), windows = by & (WP_BOOT_BY_2011 | WP_BOOT_BY_2023);

	if (!file->program)
		return WP_BOOT_NOT_READ;
	if (wp_boot_is_doubtful(file))
		return WP_BOOT_UNPROVEN;
	if (!windows)
		return by ? WP_BOOT_THIRD_PARTY : WP_BOOT_UNPROVEN;
	return windows == WP_BOOT_BY_2011 ? WP_BOOT_2011_ONLY : windows == WP_BOOT_BY_2023 ? WP_BOOT_2023 : WP_BOOT_BOTH;
}

/* Whether each has a signature that is proven to be under one certificate; of those that are not known the names tell. */
static bool share_certificate(const struct wp_boot_program *a, const struct wp_boot_program *b)
{
	for (size_t i = 0; i < a->signature_count; i++)
		for (size_t k = 0; k < b->signature_count; k++) {
			const struct wp_boot_signature *x = &a->signatures[i], *y = &b->signatures[k];

			if (wp_boot_is_proven(x) && wp_boot_is_proven(y) && x->authority == y->authority &&
			    (x->authority != WP_AUTHORITY_OTHER || wp_text_equal(x->issuer, y->issuer)))
				return true;
		}
	return false;
}

/* Whether the image has another boot manager, whose name differs by the case of letters alone, and which is signed otherwise. */
static bool has_other_manager(const struct wp_boot_image *image, const struct wp_boot_file *manager)
{
	for (size_t i = 0; i < image->count; i++) {
		const struct wp_boot_file *other = &image->files[i];

		if (other->role == WP_BOOT_MANAGER && memcmp(other->sha1, manager->sha1, sizeof other->sha1) != 0 &&
		    (judge_program(other) != judge_program(manager) || !share_certificate(manager->program, other->program)))
			return true;
	}
	return false;
}

/* Whether a program for a start from the network is proven to be signed otherwise than the boot manager. */
static bool has_other_starter(const struct wp_boot_image *image, const struct wp_boot_file *manager)
{
	for (size_t i = 0; i < image->count; i++) {
		const struct wp_boot_file *starter = &image->files[i];

		if (starter->role == WP_BOOT_NETWORK && !wp_boot_is_unproven(starter) &&
		    !share_certificate(manager->program, starter->program))
			return true;
	}
	return false;
}

static enum wp_boot_verdict judge(const struct wp_boot_image *image)
{
	const struct wp_boot_file *manager = wp_boot_find(image, WP_BOOT_MANAGER);
	enum wp_boot_verdict verdict = manager ? judge_program(manager) : image->in_part ? WP_BOOT_NOT_READ : WP_BOOT_NO_MANAGER;

	if (verdict == WP_BOOT_NO_MANAGER || verdict == WP_BOOT_UNPROVEN || verdict == WP_BOOT_NOT_READ)
		return verdict;
	/* Which of them a computer is given cannot be told. */
	if (has_other_manager(image, manager))
		return WP_BOOT_UNPROVEN;
	if (has_other_starter(image, manager))
		return WP_BOOT_MIXED;
	if (verdict == WP_BOOT_2011_ONLY && wp_boot_signed_by(wp_boot_find(image, WP_BOOT_MANAGER_EX)) & WP_BOOT_BY_2023)
		return WP_BOOT_2011_WITH_2023;
	return verdict;
}

/* The one verdict on all of them; of what cannot be said of one, which may be one that nobody found, nothing is said of all. */
static enum wp_boot_verdict judge_medium(const struct wp_boot_image *medium)
{
	enum wp_boot_verdict verdict = medium->in_part ? WP_BOOT_NOT_READ : WP_BOOT_NO_MANAGER;

	const struct wp_boot_file *first = wp_boot_find(medium, WP_BOOT_MEDIA_START);

	for (size_t i = 0; i < medium->count; i++) {
		const struct wp_boot_file *file = &medium->files[i];
		enum wp_boot_verdict one;

		if (file->role != WP_BOOT_MEDIA_START)
			continue;
		one = judge_program(file);
		if (one == WP_BOOT_NOT_READ || one == WP_BOOT_UNPROVEN || verdict == WP_BOOT_NO_MANAGER)
			verdict = verdict == WP_BOOT_NOT_READ ? verdict : one;
		else if (verdict != WP_BOOT_NOT_READ && verdict != WP_BOOT_UNPROVEN &&
			 (verdict != one || !share_certificate(first->program, file->program)))
			verdict = WP_BOOT_MIXED;
	}
	return verdict;
}

static uint32_t svn_of(const struct wp_boot_program *program)
{
	return (uint32_t)program->svn_major << 16 | program->svn_minor;
}

static void note(struct wp_arena *arena, struct wp_boot_image *image, const char *code, const char *text)
{
	wp_diag_add(arena, &image->diags, WP_SEVERITY_WARNING, code, NULL, "%s", text);
}

/* The pairs of which one is meant to be the other with another signature. */
static void compare_ex(struct wp_arena *arena, struct wp_boot_image *image, enum wp_boot_role role, enum wp_boot_role ex_role)
{
	const struct wp_boot_file *plain = wp_boot_find(image, role), *ex = wp_boot_find(image, ex_role);

	if (!ex || !ex->program)
		return;
	/* bootmgr_EX.efi keeps the signature of 2011 in what Microsoft ships. */
	if (ex_role != WP_BOOT_MEDIA_MANAGER_EX && !(wp_boot_signed_by(ex) & WP_BOOT_BY_2023))
		note(arena, image, "boot-ex-not-2023",
		     wp_arena_printf(arena, "%s is not proven to be signed under the certificate of 2023, for which it is there", ex->path));
	if (plain && plain->program && plain->program->has_svn && ex->program->has_svn && svn_of(ex->program) < svn_of(plain->program))
		note(arena, image, "boot-ex-older",
		     wp_arena_printf(arena, "%s has the SVN %u.%u, and %s has %u.%u: what is made of the former may be refused where the "
					    "latter starts",
				     ex->path, ex->program->svn_major, ex->program->svn_minor, plain->path,
				     plain->program->svn_major, plain->program->svn_minor));
}

/* It decides no verdict on the boot manager, and is what a start from the network has. */
static void look_at_network(struct wp_arena *arena, struct wp_boot_image *image)
{
	const struct wp_boot_file *file = wp_boot_find(image, WP_BOOT_NETWORK);

	if (file && file->program && wp_boot_is_unproven(file))
		note(arena, image, "boot-network-unproven",
		     wp_arena_printf(arena, "who signed %s is not proven: %s", file->path, wp_boot_doubt(file)));
}

bool wp_boot_svn_is_below(const struct wp_boot_program *program, struct wp_svn least)
{
	return program->has_svn && svn_of(program) < ((uint32_t)least.major << 16 | least.minor);
}

static void compare_svn(struct wp_arena *arena, struct wp_boot_image *image, struct wp_svn least)
{
	for (size_t i = 0; i < image->count && least.known; i++) {
		const struct wp_boot_program *program = image->files[i].program;

		if (program && wp_boot_is_manager(image->files[i].role) && wp_boot_svn_is_below(program, least))
			note(arena, image, "boot-svn-low",
			     wp_arena_printf(arena, "%s has the SVN %u.%u, which is less than %u.%u", image->files[i].path,
					     program->svn_major, program->svn_minor, least.major, least.minor));
	}
}

void wp_boot_judge(struct wp_arena *arena, struct wp_boot_image *image, struct wp_svn least)
{
	image->verdict = judge(image);
	look_at_network(arena, image);
	compare_ex(arena, image, WP_BOOT_MANAGER, WP_BOOT_MANAGER_EX);
	compare_ex(arena, image, WP_BOOT_MEDIA_MANAGER, WP_BOOT_MEDIA_MANAGER_EX);
	compare_ex(arena, image, WP_BOOT_NETWORK, WP_BOOT_NETWORK_EX);
	compare_svn(arena, image, least);
}

void wp_boot_judge_medium(struct wp_arena *arena, struct wp_boot_image *medium, struct wp_svn least)
{
	medium->verdict = judge_medium(medium);
	compare_svn(arena, medium, least);
}

const char *wp_boot_svn_text(struct wp_arena *arena, const struct wp_boot_program *program)
{
	return program->has_svn ? wp_arena_printf(arena, "%u.%u", program->svn_major, program->svn_minor) : NULL;
}
