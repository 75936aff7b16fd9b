/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of architectures, compressions and grades. */
#include "wimplan/wim.h"

#include <criterion/criterion.h>

Test(wim, architecture_names)
{
	cr_expect_str_eq(wp_architecture_name(0), "x86");
	cr_expect_str_eq(wp_architecture_name(5), "arm");
	cr_expect_str_eq(wp_architecture_name(6), "ia64");
	cr_expect_str_eq(wp_architecture_name(9), "x64");
	cr_expect_str_eq(wp_architecture_name(12), "arm64");
	cr_expect_null(wp_architecture_name(1));
	cr_expect_null(wp_architecture_name(65535));
	cr_expect_null(wp_architecture_name(UINT64_MAX));
}

Test(wim, architecture_codes)
{
	static const struct {
		const char *text;
		uint64_t code;
	} good[] = {
		{ "0", 0 },          { "9", 9 },        { " 9 ", 9 },
		{ "14", 14 },        { "x86", 0 },      { "X86", 0 },
		{ "i386", 0 },       { "i686", 0 },     { "IA-32", 0 },
		{ "Intel", 0 },      { "x64", 9 },      { "X64", 9 },
		{ "AMD64", 9 },      { "amd64", 9 },    { "x86_64", 9 },
		{ "x86-64", 9 },     { "Intel 64", 9 }, { "EM64T", 9 },
		{ "ia64", 6 },       { "Itanium", 6 },  { "Itanium-based", 6 },
		{ "arm", 5 },        { "ARM32", 5 },    { "arm64", 12 },
		{ "AArch64", 12 },   { "ARM 64", 12 },  { "x64-based PC", 9 },
		{ "PROCESSOR_ARCHITECTURE_AMD64", 9 },  { "PROCESSOR_ARCHITECTURE_INTEL", 0 },
	};
	static const char *const bad[] = { "", " ", "x128", "64-bit", "-9", "9x", "based", "x64x64",
					   "x64                                                                      .",
					   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" };
	uint64_t code;
	size_t i;

	for (i = 0; i < sizeof good / sizeof good[0]; i++) {
		code = 99;
		cr_expect(wp_architecture_code(good[i].text, &code) && code == good[i].code, "%s", good[i].text);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect(!wp_architecture_code(bad[i], &code), "%s", bad[i]);
	cr_expect(!wp_architecture_code(NULL, &code));
}

Test(wim, compression_names)
{
	static const struct {
		uint32_t flags;
		const char *name;
	} cases[] = {
		{ 0, "none" },
		{ WP_WIM_FLAG_RP_FIX | WP_WIM_FLAG_COMPRESS_LZX, "none" },
		{ WP_WIM_FLAG_COMPRESSION, "unknown" },
		{ WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_RESERVED, "unknown" },
		{ WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_XPRESS, "XPRESS" },
		{ WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_LZX | WP_WIM_FLAG_RP_FIX, "LZX" },
		{ WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_LZMS, "LZMS" },
		{ WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_XPRESS2, "XPRESS2" },
		{ WP_WIM_FLAG_COMPRESSION | WP_WIM_FLAG_COMPRESS_XPRESS | WP_WIM_FLAG_COMPRESS_LZX, "unknown" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wp_wim_header header = { .flags = cases[i].flags };

		cr_expect_str_eq(wp_wim_compression(&header), cases[i].name, "0x%x", cases[i].flags);
	}
}

Test(wim, grade_names)
{
	cr_expect_str_eq(wp_grade_name(WP_GRADE_OK), "ok");
	cr_expect_str_eq(wp_grade_name(WP_GRADE_WARNING), "warning");
	cr_expect_str_eq(wp_grade_name(WP_GRADE_ERROR), "error");
}
