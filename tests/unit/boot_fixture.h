/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program, and who may sign it. */
#ifndef BOOT_FIXTURE_H
#define BOOT_FIXTURE_H

#include "pe_make.h"

#include "wimplan/boot.h"

static const struct pe_form form = { 0x8664, { 10, 0, 28000, 317 }, 9, 0, 0x90 };

/* A certificate that is known, one that only has its name, and who they issued one to. */
struct cast {
	struct wp_arena *arena;
	struct pe_party known, forged, by_known, by_forged;
	struct wp_authority_row row;
	struct wp_authorities authorities;
};

static inline void begin(struct cast *cast)
{
	cast->arena = wp_arena_new();
	cast->known = pe_party("Microsoft Windows Production PCA 2011", NULL);
	cast->forged = pe_party("Microsoft Windows Production PCA 2011", NULL);
	cast->by_known = pe_party("Microsoft Windows", &cast->known);
	cast->by_forged = pe_party("Microsoft Windows", &cast->forged);
	cast->row = (struct wp_authority_row){ WP_AUTHORITY_WINDOWS_2011, "Microsoft Windows Production PCA 2011", cast->known.sha256 };
	cast->authorities = (struct wp_authorities){ &cast->row, 1 };
}

static inline void end(struct cast *cast)
{
	pe_party_free(&cast->known);
	pe_party_free(&cast->forged);
	pe_party_free(&cast->by_known);
	pe_party_free(&cast->by_forged);
	wp_arena_free(cast->arena);
}

static inline const struct wp_boot_program *read_pe(struct cast *cast, struct pe *pe)
{
	const struct wp_boot_program *program = wp_boot_program_read(cast->arena, pe->bytes, pe->size, cast->authorities);

	free(pe->bytes);
	*pe = (struct pe){ 0 };
	return program;
}

static inline const char *only_code(const struct wp_boot_program *program)
{
	return program->diags.count == 1 ? program->diags.items[0].code : program->diags.count ? "many" : "";
}

#endif
