/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mkboot AUTHORITIES [FOLDER]: on standard output a recipe of mkwim with an image for each verdict, whose programs are signed by keys of
 * a moment; in AUTHORITIES the certificates that tests/tools/other_authorities.c takes for known, in FOLDER the programs one by one.
 */
#include "../unit/pe_make.h"

#include <stdio.h>

enum party { NOBODY, CA_2011, CA_2023, THIRD, FORGED, LEAF_2011, LEAF_2023, LEAF_THIRD, LEAF_FORGED, PARTIES };

static struct pe_party parties[PARTIES];

struct program {
	int svn;
	enum party first, second; /* who signed it */
	bool broken;
};

static void write_program(const struct program *program, const char *path, const char *folder)
{
	static unsigned int number;
	const struct pe_form form = { 0x8664, { 10, 0, 28000, 300 }, program->svn, 0, (uint8_t)++number };
	const enum party by[] = { program->first, program->second };
	struct pe pe = pe_make(&form);

	for (size_t i = 0; i < 2; i++)
		if (by[i])
			pe_sign(&pe, &parties[by[i]], &parties[by[i] - LEAF_2011 + CA_2011]);
	if (program->broken)
		pe.bytes[PE_TEXT] ^= 1;
	printf("file %s hex ", path);
	for (size_t i = 0; i < pe.size; i++)
		printf("%02x", pe.bytes[i]);
	putchar('\n');
	if (folder) {
		char name[4096];
		FILE *file;

		snprintf(name, sizeof name, "%s/%u%s.efi", folder, number, program->first ? "" : "-unsigned");
		file = wp_must(fopen(name, "wb"));
		fwrite(pe.bytes, 1, pe.size, file);
		fclose(file);
	}
	free(pe.bytes);
}

#define MANAGER "/Windows/Boot/EFI/bootmgfw.efi"
#define MANAGER_EX "/Windows/Boot/EFI_EX/bootmgfw_EX.efi"
#define NETWORK "/Windows/Boot/PXE/wdsmgfw.efi"
#define LOADER "/Windows/System32/winload.efi"

static const struct {
	const char *image, *path;
	struct program program;
} files[] = {
	{ "no-boot-manager", LOADER, { -1, LEAF_2011, NOBODY, false } },
	{ "2011-only", MANAGER, { 9, LEAF_2011, NOBODY, false } },
	{ NULL, NETWORK, { -1, LEAF_2011, NOBODY, false } },
	{ "2011-with-2023-beside", MANAGER, { 9, LEAF_2011, NOBODY, false } },
	{ NULL, MANAGER_EX, { 2, LEAF_2023, NOBODY, false } },
	{ "2023-in-place", MANAGER, { 9, LEAF_2023, NOBODY, false } },
	{ NULL, LOADER, { -1, LEAF_2011, NOBODY, false } },
	{ "both", MANAGER, { 9, LEAF_2011, LEAF_2023, false } },
	{ "third-party", MANAGER, { -1, LEAF_THIRD, NOBODY, false } },
	{ "mixed", MANAGER, { 9, LEAF_2023, NOBODY, false } },
	{ NULL, NETWORK, { -1, LEAF_2011, NOBODY, false } },
	{ "unproven", MANAGER, { 9, LEAF_FORGED, NOBODY, false } },
	{ "unproven: unsigned", MANAGER, { 9, NOBODY, NOBODY, false } },
	{ "unproven: altered", MANAGER, { 9, LEAF_2023, NOBODY, true } },
};

int main(int argc, char **argv)
{
	static const char *const names[] = { [CA_2011] = "Microsoft Windows Production PCA 2011", [CA_2023] = "Windows UEFI CA 2023",
					     [THIRD] = "Acme Boot CA", [FORGED] = "Windows UEFI CA 2023" };
	FILE *authorities = argc > 1 ? fopen(argv[1], "w") : NULL;

	if (!authorities) {
		fputs("mkboot AUTHORITIES [FOLDER]\n", stderr);
		return 2;
	}
	for (enum party i = CA_2011; i <= FORGED; i++) {
		parties[i] = pe_party(names[i], NULL);
		parties[i - CA_2011 + LEAF_2011] = pe_party("Microsoft <b>Windows</b>\x1b[31m", &parties[i]);
	}
	fprintf(authorities, "%s\n%s\n", parties[CA_2011].sha256, parties[CA_2023].sha256);
	fclose(authorities);
	puts("compress LZX");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		if (files[i].image)
			printf("image \"%s\"\n", files[i].image);
		write_program(&files[i].program, files[i].path, argc > 2 ? argv[2] : NULL);
	}
	printf("image \"not-read\"\nfile " MANAGER " x\nsha1 " MANAGER " 0123456789012345678901234567890123456789\n");
	for (size_t i = 0; i < PARTIES; i++)
		pe_party_free(&parties[i]);
	return ferror(stdout) ? 1 : 0;
}
