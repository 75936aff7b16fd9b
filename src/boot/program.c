/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is read of one program. */
#include "pe.h"

#include <openssl/evp.h>
#include <string.h>

static const char *machine_name(struct wp_arena *arena, uint16_t machine)
{
	switch (machine) {
	case 0x8664:
		return "x64";
	case 0x14c:
		return "x86";
	case 0xaa64:
		return "arm64";
	case 0x1c0:
	case 0x1c4:
		return "arm";
	}
	return wp_arena_printf(arena, "0x%x", machine);
}

struct wp_boot_program *wp_boot_program_read(struct wp_arena *arena, const uint8_t *bytes, size_t size,
					     struct wp_authorities authorities)
{
	struct wp_boot_program *program = wp_arena_alloc(arena, sizeof *program);
	struct wp_pe pe;
	const char *why = wp_pe_parse(bytes, size, &pe);
	uint8_t sha256[EVP_MAX_MD_SIZE];
	unsigned int length;

	if (why) {
		wp_diag_add(arena, &program->diags, WP_SEVERITY_WARNING, "boot-no-program", NULL, "%s", why);
		return program;
	}
	program->readable = true;
	program->machine = machine_name(arena, pe.machine);
	if (pe.odd)
		wp_diag_add(arena, &program->diags, WP_SEVERITY_WARNING, "boot-odd", NULL,
			    "%s, so that nothing can be said of its digest", pe.odd);
	if (wp_pe_digest(&pe, EVP_sha256(), sha256, &length)) {
		memcpy(program->authenticode_sha256, "sha256:", 7);
		wp_hex(sha256, length, program->authenticode_sha256 + 7);
	}
	wp_pe_resources(arena, &pe, program);
	wp_pe_signatures(arena, &pe, authorities, program);
	return program;
}
