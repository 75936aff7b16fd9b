/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mkboot AUTHORITIES [FOLDER]: on standard output a recipe of mkwim with an image for each verdict, whose programs are signed by keys of
 * a moment; in AUTHORITIES the certificates that tests/tools/other_authorities.c takes for known, in FOLDER the programs one by one.
 * mkboot --names: on standard input lines of a number and of hexadecimal digits, which are a string type of ASN.1 and its bytes; the
 * recipe has an image for each line, whose boot manager is signed by somebody of that name, whom somebody of that name issued.
 */
#include "../unit/pe_make.h"

#include <stdio.h>

enum party { NOBODY, CA_2011, CA_2023, THIRD, FORGED, LEAF_2011, LEAF_2023, LEAF_THIRD, LEAF_FORGED, PARTIES };

static struct pe_party parties[PARTIES];

struct program {
	int svn;
	enum party first, second; /* who signed it */
	bool broken;
	enum pe_beside beside; /* 0, or the second is not in an entry of its own, but beside the first signature */
};

static void write_program(const struct program *program, const char *path, const char *folder)
{
	static unsigned int number;
	const struct pe_form form = { 0x8664, { 10, 0, 28000, 300 }, program->svn, 0, (uint8_t)++number };
	const enum party by[] = { program->first, program->second };
	struct pe pe = pe_make(&form);

	for (size_t i = 0; i < 2 && !program->beside; i++)
		if (by[i])
			pe_sign(&pe, &parties[by[i]], &parties[by[i] - LEAF_2011 + CA_2011]);
	if (program->beside)
		pe_sign_beside(&pe, &parties[by[0]], &parties[by[0] - LEAF_2011 + CA_2011], program->beside, &parties[by[1]],
			       &parties[by[1] - LEAF_2011 + CA_2011]);
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
	{ "no-boot-manager", LOADER, { .svn = -1, .first = LEAF_2011 } },
	{ "2011-only", MANAGER, { .svn = 9, .first = LEAF_2011 } },
	{ NULL, NETWORK, { .svn = -1, .first = LEAF_2011 } },
	{ "2011-with-2023-beside", MANAGER, { .svn = 9, .first = LEAF_2011 } },
	{ NULL, MANAGER_EX, { .svn = 2, .first = LEAF_2023 } },
	{ "2023-in-place", MANAGER, { .svn = 9, .first = LEAF_2023 } },
	{ NULL, LOADER, { .svn = -1, .first = LEAF_2011 } },
	{ "both", MANAGER, { .svn = 9, .first = LEAF_2011, .second = LEAF_2023 } },
	{ "third-party", MANAGER, { .svn = -1, .first = LEAF_THIRD } },
	{ "mixed", MANAGER, { .svn = 9, .first = LEAF_2023 } },
	{ NULL, NETWORK, { .svn = -1, .first = LEAF_2011 } },
	{ "unproven", MANAGER, { .svn = 9, .first = LEAF_FORGED } },
	{ "unproven: unsigned", MANAGER, { .svn = 9 } },
	{ "unproven: altered", MANAGER, { .svn = 9, .first = LEAF_2023, .broken = true } },
	{ "2011-only: nested", MANAGER, { .svn = 9, .first = LEAF_2011, .second = LEAF_2023, .beside = PE_NESTED } },
	{ "2023-in-place: countersigned", MANAGER, { .svn = 9, .first = LEAF_2023, .second = LEAF_THIRD, .beside = PE_COUNTERSIGNED } },
	{ "2023-in-place: stamped", MANAGER, { .svn = 9, .first = LEAF_2023, .second = LEAF_THIRD, .beside = PE_STAMPED } },
	{ "mixed: network third-party", MANAGER, { .svn = 9, .first = LEAF_2023 } },
	{ NULL, NETWORK, { .svn = -1, .first = LEAF_THIRD } },
	{ "2023-in-place: network named", MANAGER, { .svn = 9, .first = LEAF_2023 } },
	{ NULL, NETWORK, { .svn = -1, .first = LEAF_FORGED } },
	{ "2023-in-place: network unsigned", MANAGER, { .svn = 9, .first = LEAF_2023 } },
	{ NULL, NETWORK, { .svn = -1 } },
	{ "2011-only: network altered", MANAGER, { .svn = 9, .first = LEAF_2011 } },
	{ NULL, NETWORK, { .svn = -1, .first = LEAF_2011, .broken = true } },
};

static int write_names(void)
{
	char digits[1024];
	unsigned int number = 0;

	for (int type; scanf("%d %1023s", &type, digits) == 2;) {
		const struct program program = { .svn = 9, .first = LEAF_THIRD };
		uint8_t name[sizeof digits / 2];
		size_t length = strlen(digits) / 2;

		for (size_t i = 0; i < length; i++)
			if (sscanf(digits + 2 * i, "%2hhx", &name[i]) != 1)
				return 2;
		parties[THIRD] = pe_party_named(type, name, length, NULL);
		parties[LEAF_THIRD] = pe_party_named(type, name, length, &parties[THIRD]);
		printf("image \"%u\"\n", ++number);
		write_program(&program, MANAGER, NULL);
		pe_party_free(&parties[THIRD]);
		pe_party_free(&parties[LEAF_THIRD]);
	}
	return ferror(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { [CA_2011] = "Microsoft Windows Production PCA 2011", [CA_2023] = "Windows UEFI CA 2023",
					     [THIRD] = "Acme Boot CA", [FORGED] = "Windows UEFI CA 2023" };
	FILE *authorities;

	if (argc == 2 && !strcmp(argv[1], "--names"))
		return write_names();
	authorities = argc > 1 ? fopen(argv[1], "w") : NULL;
	if (!authorities) {
		fputs("mkboot AUTHORITIES [FOLDER] | --names\n", stderr);
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
