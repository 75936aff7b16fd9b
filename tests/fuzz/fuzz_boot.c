/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program that starts a computer: headers, digest and signatures, and the verdict over it. The corpus has programs whose signatures
 * are by certificates that are known here; nobody has their keys any more, so whatever a fuzzer makes, nothing else is proven by them.
 */
#include "fuzz.h"

#include "wimplan/boot.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* Of the corpus: tests/fuzz/seeds.py prints both tables. */
static const struct wp_authority_row rows[] = {
	{ WP_AUTHORITY_WINDOWS_2011, "Microsoft Windows Production PCA 2011",
	  "sha256:5aaebeb9d9eecc0bd0899e3774e7aa83d51ecd66bd82105da7819cf0157f3ea2" },
	{ WP_AUTHORITY_WINDOWS_2023, "Windows UEFI CA 2023",
	  "sha256:a27200e567db228185684d33c6c613a460d34b552f9eced772e50426de8dddb8" },
};
static const char *const programs[] = {
	"sha256:79ca9442c4a1b7e7d8a5af977fb1576c433894b3c9a4746241fd6f80aab86a94",
	"sha256:b8a59e2c088e0b6b4a30e53812a6da207a2905254e070804456dae455511bf80",
	"sha256:0b718f7714e8814466a297fb304f0e6bd73f5deab312df238cb732f163ff22fa",
	"sha256:e00b354f7dec71788c0f6157950e648a2dfae455ec3491ac77de273d57f43a81",
	"sha256:c20ea94e9abe6d980623b476375e120ca4674f198e2ef49a2096d523a1700ec1",
	"sha256:cdc4ecc0b6accf596f5f134d1821974ccf63dc4b9f32282aee6b7e5c5ffbd472",
};

static bool is_of_corpus(const struct wp_boot_program *program)
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (!strcmp(program->authenticode_sha256, programs[i]))
			return true;
	return false;
}

static void check_name(const char *name)
{
	if (name && wp_utf8_valid(name, strlen(name)) != strlen(name))
		abort();
}

static void check(const struct wp_boot_program *program)
{
	if (program->signature_count > WP_LIMIT_SIGNATURE_ENTRIES + WP_LIMIT_SIGNATURES_NESTED)
		abort();
	for (size_t i = 0; i < program->signature_count; i++) {
		const struct wp_boot_signature *signature = &program->signatures[i];

		check_name(signature->signer);
		check_name(signature->issuer);
		/* That a signature agrees is a matter of keys: its names may be none. */
		if (signature->known && (!signature->issuer || signature->authority == WP_AUTHORITY_OTHER))
			abort();
		if (signature->known && signature->signature_agrees && signature->digest_agrees && !is_of_corpus(program))
			abort();
	}
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_authorities authorities = { rows, sizeof rows / sizeof *rows };
	const struct wp_boot_program *program = wp_boot_program_read(arena, data, size, authorities);
	struct wp_boot_file file = { .role = WP_BOOT_MANAGER, .path = "\\a", .size = size, .program = program };
	struct wp_boot_image image = { .known = true, .files = &file, .count = 1 };

	check(program);
	wp_boot_judge(arena, &image, (struct wp_svn){ true, 9, 0 });
	if (wp_boot_is_doubtful(&file) && image.verdict != WP_BOOT_UNPROVEN)
		abort();
	if (image.verdict != WP_BOOT_UNPROVEN && image.verdict != WP_BOOT_THIRD_PARTY && !is_of_corpus(program))
		abort();
	return 0;
}
