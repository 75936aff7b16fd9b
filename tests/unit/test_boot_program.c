/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One program: what its headers and resources say, and what is refused. */
#include "boot_fixture.h"

#include <criterion/criterion.h>

Test(boot_program, headers_and_resources)
{
	struct cast cast = { .arena = wp_arena_new() };
	struct pe pe = pe_make(&form);
	char wanted[72] = "sha256:";
	uint8_t digest[32];
	const struct wp_boot_program *program;

	pe_digest(&pe, digest);
	wp_hex(digest, 32, wanted + 7);
	program = read_pe(&cast, &pe);
	cr_assert(program->readable);
	cr_expect_str_eq(program->machine, "x64");
	cr_expect_str_eq(program->version, "10.0.28000.317");
	cr_expect(program->has_svn);
	cr_expect_eq(program->svn_major, 9);
	cr_expect_eq(program->svn_minor, 0);
	cr_expect_str_eq(program->authenticode_sha256, wanted);
	cr_expect_eq(program->signature_count, 0);
	cr_expect_eq(program->diags.count, 0);
	wp_arena_free(cast.arena);
}

Test(boot_program, neither_version_nor_svn)
{
	static const struct pe_form bare = { 0xaa64, { 0 }, -1, 0, 1 };
	struct cast cast = { .arena = wp_arena_new() };
	struct pe pe = pe_make(&bare);
	const struct wp_boot_program *program = read_pe(&cast, &pe);

	cr_expect_str_eq(program->machine, "arm64");
	cr_expect_null(program->version);
	cr_expect(!program->has_svn);
	wp_arena_free(cast.arena);
}

/* Headers: a place, its bytes, what is said; NULL: nothing. */
Test(boot_program, headers_that_lie)
{
	static const struct {
		const char *label;
		size_t at, size;
		uint64_t value;
		const char *code;
	} cases[] = {
		{ "as it is", 0x70, 1, 0, "" },
		{ "no MZ", 0, 1, 'X', "boot-no-program" },
		{ "header behind the end", 0x3c, 4, PE_END, "boot-no-program" },
		{ "header far behind the end", 0x3c, 4, 0xffffffff, "boot-no-program" },
		{ "no PE", PE_HEADER, 1, 'X', "boot-no-program" },
		{ "kind of header", PE_HEADER + 24, 2, 0x107, "boot-no-program" },
		{ "97 sections", PE_SECTIONS, 2, 97, "boot-no-program" },
		{ "headers larger than the file", PE_HEADERS_SIZE, 4, PE_END + 1, "boot-no-program" },
		{ "headers smaller than they are", PE_HEADERS_SIZE, 4, 100, "boot-no-program" },
		{ "headers over a section", PE_HEADERS_SIZE, 4, PE_TEXT + 1, "boot-odd" },
		{ "section over the end", PE_SECTION_TABLE + 16, 4, 0x401, "boot-odd" },
		{ "section far over the end", PE_SECTION_TABLE + 20, 4, 0xfffffff0, "boot-odd" },
		{ "sections that overlap", PE_SECTION_TABLE + 16, 4, 0x201, "boot-odd" },
		{ "table of 4 GiB", PE_CERTIFICATES, 8, UINT64_C(0xfffffff000000600), "many" },
		{ "table over the headers", PE_CERTIFICATES, 8, UINT64_C(0x0000000800000010), "many" },
		{ "table behind the end", PE_CERTIFICATES, 8, UINT64_C(0x0000000800000801), "many" },
		{ "table with something behind it", PE_CERTIFICATES, 8, UINT64_C(0x0000000800000600), "many" },
		{ "no directories", PE_DIRECTORIES - 4, 4, 0, "" },
		{ "very many directories", PE_DIRECTORIES - 4, 4, 0xffffffff, "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cast cast = { .arena = wp_arena_new() };
		struct pe pe = pe_make(&form);

		pe_put(pe.bytes, cases[i].at, cases[i].size, cases[i].value);
		cr_expect_str_eq(only_code(read_pe(&cast, &pe)), cases[i].code, "%s", cases[i].label);
		wp_arena_free(cast.arena);
	}
}

Test(boot_program, every_length)
{
	struct cast cast;
	struct pe pe = pe_make(&form);

	begin(&cast);
	pe_sign(&pe, &cast.by_known, &cast.known);
	for (size_t size = 0; size < pe.size; size += size < 0x200 ? 1 : 37) {
		/* Of its own, so that a sanitizer sees its end. */
		uint8_t *copy = wp_must(malloc(size ? size : 1));
		const struct wp_boot_program *program;

		memcpy(copy, pe.bytes, size);
		program = wp_boot_program_read(cast.arena, copy, size, cast.authorities);
		cr_expect_gt(program->diags.count, 0, "%zu", size);
		free(copy);
	}
	free(pe.bytes);
	end(&cast);
}

/* Offsets that lead back, names that reach over the end, more entries than there are. */
Test(boot_program, resources_that_lie)
{
	static const struct {
		const char *label;
		size_t at, size;
		uint64_t value;
		bool svn;
	} cases[] = {
		{ "as they are", 0xf0, 1, 0, true },
		{ "a type that is its own folder", 0x14, 4, 0x80000000, false },
		{ "a name that is its own folder", 0x34, 4, 0x80000020, false },
		{ "a type that is data", 0x14, 4, 0x20, false },
		{ "another name", 0xa2, 2, 'b', false },
		{ "a longer name", 0xa0, 2, 29, false },
		{ "a name over the end", 0x30, 4, 0x800001ff, false },
		{ "a name far behind the end", 0x30, 4, 0xffffffff, false },
		{ "a folder over the end", 0x34, 4, 0x800001f8, false },
		{ "65535 entries in front", 0x0e, 2, 0xffff, true },
		{ "data over the end", 0x64, 4, 0x1f9, false },
		{ "data outside of every section", 0x80, 4, 0x9000, false },
		{ "less data", 0x84, 4, 3, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cast cast = { .arena = wp_arena_new() };
		struct pe pe = pe_make(&form);

		pe_put(pe.bytes, PE_RESOURCES + cases[i].at, cases[i].size, cases[i].value);
		cr_expect_eq(read_pe(&cast, &pe)->has_svn, cases[i].svn, "%s", cases[i].label);
		wp_arena_free(cast.arena);
	}
}
