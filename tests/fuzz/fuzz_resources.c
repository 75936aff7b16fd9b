/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The resources of a program that starts a computer: the first half of the input is the section that has them, the second one another
 * section, to which data entries may lead.
 */
#include "../../src/boot/pe.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS 0x2000u
#define OTHER_ADDRESS 0x10000000u

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_boot_program program = { 0 };
	uint32_t half = (uint32_t)(size / 2);
	struct wp_pe pe = {
		.bytes = data,
		.size = size,
		.resources = ADDRESS,
		.sections = { { ADDRESS, 0, half }, { OTHER_ADDRESS, half, (uint32_t)size - half } },
		.section_count = 2,
	};

	wp_pe_resources(arena, &pe, &program);
	/* Four numbers of two bytes each. */
	if (program.version &&
	    (strlen(program.version) > strlen("65535.65535.65535.65535") || program.version[strspn(program.version, "0123456789.")]))
		abort();
	if (!program.has_svn && (program.svn_major || program.svn_minor))
		abort();
	return 0;
}
