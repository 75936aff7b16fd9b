/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The programs in an image that start a computer: who signed them, in which version, and what that means together. A signature is
 * parsed and never trusted: what was not proven is not said.
 */
#ifndef WIMPLAN_BOOT_H
#define WIMPLAN_BOOT_H

#include "wimplan/diag.h"
#include "wimplan/json.h"
#include "wimplan/media.h"
#include "wimplan/number.h"
#include "wimplan/time.h"
#include "wimplan/tree.h"

/* Microsoft's certificates that firmware may have among those it trusts for what it starts. */
enum wp_authority {
	WP_AUTHORITY_WINDOWS_2011,
	WP_AUTHORITY_WINDOWS_2023,
	WP_AUTHORITY_MICROSOFT_2011, /* of others' programs, such as shim */
	WP_AUTHORITY_MICROSOFT_2023,
	WP_AUTHORITY_OTHER,
	WP_AUTHORITIES,
};

/* "windows-pca-2011", "windows-uefi-2023", "microsoft-uefi-2011", "microsoft-uefi-2023", "other". */
const char *wp_authority_name(enum wp_authority authority);
/* The reverse; false for NULL and any other name. */
bool wp_authority_from_name(const char *name, enum wp_authority *ret);

/* A certificate that is known. */
struct wp_authority_row {
	enum wp_authority authority;
	const char *name;   /* the common name, whole */
	const char *sha256; /* of the certificate's DER: "sha256:…" */
};

struct wp_authorities {
	const struct wp_authority_row *rows;
	size_t count;
};

/* Those that wimplan knows. */
struct wp_authorities wp_authorities(void);

/* One signature of a program. Texts are valid UTF-8, made by strangers. */
struct wp_boot_signature {
	const char *signer; /* common name of the certificate whose key made it; NULL: none in the signature, or without a name */
	const char *issuer; /* common name of who issued that certificate; NULL: no name */
	bool nested;        /* within another one: firmware does not look at it */
	bool signature_agrees; /* it was made by the signer's key over the digest that it holds */
	bool digest_known;  /* both digests could be told: false for a kind that is not known, and for a program that is odd */
	bool digest_agrees; /* this digest is that of the program */
	enum wp_authority authority; /* of @issuer by its whole name */
	/* @issuer's certificate is in the signature, it is the very one of the table, and its key made the signer's certificate. */
	bool known;
	struct wp_time timestamp; /* of the counter-signature, which was not verified itself */
};

/* The code of a note that a signature was not looked at. */
#define WP_BOOT_SIGNATURE_UNREAD "boot-signature-unread"

/* A program as such. Owned by the arena. */
struct wp_boot_program {
	bool readable; /* a program for Windows or firmware; otherwise @diags says what it is not */
	const char *machine; /* "x64", "x86", "arm64", "arm" or "0x1234" */
	const char *version; /* the fixed one of its resources, as "10.0.28000.317"; NULL: none */
	bool has_svn;
	uint16_t svn_major, svn_minor;
	char authenticode_sha256[72]; /* "sha256:…"; "" where it cannot be told */
	struct wp_boot_signature *signatures; /* in the order of the file, nested ones behind theirs */
	size_t signature_count;
	struct wp_diags diags; /* boot-no-program, boot-odd, boot-signature-odd, WP_BOOT_SIGNATURE_UNREAD */
};

/* Reads a program out of its @size bytes. Pure. In @arena. */
struct wp_boot_program *wp_boot_program_read(struct wp_arena *arena, const uint8_t *bytes, size_t size,
					     struct wp_authorities authorities) __attribute__((returns_nonnull));

/* What a file of an image is for. */
enum wp_boot_role {
	WP_BOOT_MANAGER,          /* Boot\EFI\bootmgfw.efi: the program that firmware starts */
	WP_BOOT_MANAGER_EX,       /* Boot\EFI_EX\bootmgfw_EX.efi: the same, signed under the authority of 2023 */
	WP_BOOT_MEDIA_MANAGER,    /* bootmgr.efi, of the root of media */
	WP_BOOT_MEDIA_MANAGER_EX,
	WP_BOOT_NETWORK,          /* wdsmgfw.efi, of a start from the network */
	WP_BOOT_NETWORK_EX,
	WP_BOOT_MEMORY_TEST,
	WP_BOOT_REVOKED,          /* boot.stl: a list, no program */
	WP_BOOT_DISC,             /* efisys.bin: an image of a disc that starts, no program */
	WP_BOOT_DISC_EX,
	WP_BOOT_LOADER,           /* winload.efi, which the boot manager starts */
	WP_BOOT_RESUME,           /* winresume.efi */
	WP_BOOT_MEDIA_START,      /* EFI\Boot\bootx64.efi and its like, of media and in images of them */
	WP_BOOT_DISC_START,       /* cdboot.efi, which a disc of media starts by */
	WP_BOOT_OTHER,            /* any other program in efi/microsoft/boot of media */
	WP_BOOT_ROLES,
};

/* "boot-manager", "boot-manager-ex", "media-manager" … */
const char *wp_boot_role_name(enum wp_boot_role role);
/* The reverse; false for NULL and any other name. */
bool wp_boot_role_from_name(const char *name, enum wp_boot_role *ret);

struct wp_boot_file {
	enum wp_boot_role role;
	const char *path;    /* "\\Windows\\Boot\\EFI\\bootmgfw.efi" */
	bool missing;        /* its data is in another file, or in no one place of a medium: @size is not known */
	uint64_t size;       /* bytes */
	uint8_t sha1[WP_SHA1_SIZE];
	const struct wp_boot_program *program; /* NULL: it is none, or was not read */
	const char *not_read; /* why not, as wp_blob_read() says it; NULL */
	bool may_pass;        /* another copy of the file, or another day, may have it: wp_blob_may_pass() */
	bool left_out; /* nobody asked for more than the verdict, which does not rest on it: @not_read says so */
};

/* What the files of an image mean together. */
enum wp_boot_verdict {
	WP_BOOT_NO_MANAGER,
	WP_BOOT_2011_ONLY,
	WP_BOOT_2011_WITH_2023,
	WP_BOOT_2023,
	WP_BOOT_BOTH,
	WP_BOOT_THIRD_PARTY,
	WP_BOOT_MIXED,
	WP_BOOT_UNPROVEN,
	WP_BOOT_NOT_READ,
	WP_BOOT_VERDICTS,
};

/* "no-boot-manager", "2011-only", "2011-with-2023-beside", "2023-in-place", "both", "third-party", "mixed", "unproven", "not-read". */
const char *wp_boot_verdict_name(enum wp_boot_verdict verdict);
struct wp_svn {
	bool known;
	uint16_t major, minor;
};
/* "9.0"; false when it is anything else. */
bool wp_svn_parse(const char *text, struct wp_svn *ret);

struct wp_boot_image {
	bool known; /* its tree could be read */
	bool may_pass; /* it is not known, and the next time it may be */
	/* Of a medium: there may be others that firmware starts it by, for not all of it could be read. Of an image: it has some, and none is told of. */
	bool in_part;
	enum wp_boot_verdict verdict;
	struct wp_boot_file *files; /* by role, then as they are looked for */
	size_t count;
	struct wp_diags diags; /* boot-ex-not-2023, boot-ex-older, boot-network-unproven, boot-svn-low */
};

/* Why nobody can say who signed the boot manager of an image each of whose programs is proven. */
#define WP_BOOT_TWINS "there are two whose names differ by the case of letters alone, and which are signed otherwise"
/*
 * The verdict on an image as a sentence, for somebody who has never heard of it, and another one where the start from the network is not as
 * sound; and that on a medium. In @arena.
 */
const char *wp_boot_verdict_sentence(struct wp_arena *arena, const struct wp_boot_image *image) __attribute__((returns_nonnull));
const char *wp_boot_medium_sentence(struct wp_arena *arena, const struct wp_boot_image *medium) __attribute__((returns_nonnull));

/*
 * Whether something that firmware starts the image or medium by is signed under the certificate of 2011, which expires without being
 * revoked.
 */
bool wp_boot_rests_on_2011(const struct wp_boot_image *image);

/* Under which certificates a program is proven to be signed: bits. Nested signatures do not count, for firmware does not see them. */
enum wp_boot_by { WP_BOOT_BY_2011 = 1, WP_BOOT_BY_2023 = 2, WP_BOOT_BY_OTHERS = 4 };
/* Of a file that was not read, and of NULL, 0. */
unsigned int wp_boot_signed_by(const struct wp_boot_file *file);
/* Whether it is proven who made a signature that firmware sees, and for this very program. */
bool wp_boot_is_proven(const struct wp_boot_signature *signature);
/*
 * Whether a file may be signed under another one of the certificates for Windows than it is proven to be: there are signatures that were
 * not looked at, or have its name alone.
 */
bool wp_boot_is_doubtful(const struct wp_boot_file *file);
/* Whether it is not proven who signed a file, or is of some of its signatures alone. */
bool wp_boot_is_unproven(const struct wp_boot_file *file);
/* Why that is so, in half a sentence that begins with "it"; where several reasons are, that they are shown. */
const char *wp_boot_doubt(const struct wp_boot_file *file);
/* The reasons of two as one; NULL for @one: there is no other. */
const char *wp_boot_doubts(const char *one, const char *other);
/* The first file with this role; NULL. */
const struct wp_boot_file *wp_boot_find(const struct wp_boot_image *image, enum wp_boot_role role);
/* Whether firmware starts such a file itself, or would when it is put in place. */
bool wp_boot_is_started(enum wp_boot_role role);
/* Whether such a file is the boot manager, whose SVNs are one series; those of programs for a start from the network are another. */
bool wp_boot_is_manager(enum wp_boot_role role);
/* Whether it has no signature that firmware could look at, and nothing that could be one and was not understood. */
bool wp_boot_is_unsigned(const struct wp_boot_program *program);
/* Whether there are signatures that were not looked at, or only such as cannot be read, so that who signed it is known in part. */
bool wp_boot_is_known_in_part(const struct wp_boot_program *program);
/* "9.0", in @arena; NULL where the program has none. */
const char *wp_boot_svn_text(struct wp_arena *arena, const struct wp_boot_program *program);
/*
 * A name that strangers gave, in a sentence: in quotes, those in it with backslashes; a blank that nobody would see, what looks like a blank
 * or a quote, and letters of other scripts beside Latin ones by their numbers. What is hidden is left to who writes it. In @arena.
 */
const char *wp_boot_name(struct wp_arena *arena, const char *name) __attribute__((nonnull));
/* The certificate under which it was signed: what of it is proven, then its name as above. In @arena. */
const char *wp_boot_issuer(struct wp_arena *arena, const struct wp_boot_signature *signature) __attribute__((nonnull));
/* Whether two signatures say the same of who made them and of what of that is proven; their time stamps do not count. */
bool wp_boot_same_signature(const struct wp_boot_signature *a, const struct wp_boot_signature *b);
/* What of two programs is not the same. */
struct wp_boot_difference {
	bool signers; /* who signed it, or what of that is proven; when it was signed does not count */
	bool signers_unknown; /* they seem to differ, and not all of the signatures were looked at: the one that lacks may be one of those */
	bool version, svn;
};
/* Nothing where one of the two is NULL: a file that is no program, or was not read. */
struct wp_boot_difference wp_boot_compare(const struct wp_boot_program *a, const struct wp_boot_program *b);
/* ["signers", "version", "svn"], of these what is not the same: "differs_in" in JSON. New reference. */
json_t *wp_boot_differs_in(const struct wp_boot_difference *differs);
/* The file of @image that is to @file of @other what it was or has become: the same role and path; NULL. */
const struct wp_boot_file *wp_boot_find_like(const struct wp_boot_image *image, const struct wp_boot_file *file,
					     const struct wp_boot_image *other);
/* Whether a program that has an SVN has a lesser one than @least. */
bool wp_boot_svn_is_below(const struct wp_boot_program *program, struct wp_svn least);

/* Judges files that were read, of an image or of a medium. Pure. Fills verdict and diags. */
void wp_boot_judge(struct wp_arena *arena, struct wp_boot_image *image, struct wp_svn least);
void wp_boot_judge_medium(struct wp_arena *arena, struct wp_boot_image *medium, struct wp_svn least);

/* What is looked for in the trees of one file, and read at the end. */
struct wp_boot_survey;

/* @index is borrowed. What is found is in @arena. */
struct wp_boot_survey *wp_boot_survey_begin(struct wp_arena *arena, const struct wp_wim_index *index) __attribute__((returns_nonnull));
/* Of the programs only those that firmware starts are read, on which the verdict rests: about half of the bytes. */
void wp_boot_survey_started_alone(struct wp_boot_survey *survey);
/* Whether one of these files is in one tree alone, or has other data. */
bool wp_boot_trees_differ(const struct wp_tree *a, const struct wp_tree *b);
/* Takes note of the files of one image; @survey is a struct wp_boot_survey. */
void wp_boot_survey_tree(void *survey, const struct wp_tree *tree);
/*
 * Reads the files, each once however many images share it, and judges. Gives an element for each image of the WIM's metadata; images
 * that name one tree share theirs.
 */
struct wp_boot_image *wp_boot_survey_end(struct wp_boot_survey *survey, struct wp_authorities authorities, struct wp_svn least);

/*
 * Reads and judges the programs of a medium's own: efi/boot/boot*.efi, by which firmware starts it, bootmgr.efi, and what is in
 * efi/microsoft/boot. Paths are as the medium spells them. In @arena.
 */
struct wp_boot_image *wp_boot_read_medium(struct wp_arena *arena, struct wp_media *media, struct wp_authorities authorities,
					  struct wp_svn least) __attribute__((returns_nonnull));

#endif
