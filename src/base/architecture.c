/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor architectures: their numbers and their many spellings. */
#include "wimplan/architecture.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

/* Longer than any spelling that is known here. */
#define SPELLING_ROOM 64u

const char *wp_architecture_name(uint64_t code)
{
	/* PROCESSOR_ARCHITECTURE_* of SYSTEM_INFO (winnt.h). */
	switch (code) {
	case 0:
		return "x86";
	case 5:
		return "arm";
	case 6:
		return "ia64";
	case 9:
		return "x64";
	case 12:
		return "arm64";
	default:
		return NULL;
	}
}

/* The spelling in lower case without spaces, dashes and underscores; false when it is too long to be known. */
static bool squeeze(const char *text, char ret[SPELLING_ROOM])
{
	size_t used = 0;

	for (; *text; text++) {
		if (strchr(" \t\r\n-_", *text))
			continue;
		if (used + 1 == SPELLING_ROOM)
			return false;
		ret[used++] = (char)wp_ascii_lower(*text);
	}
	ret[used] = '\0';
	return true;
}

bool wp_architecture_code(const char *text, uint64_t *ret_code)
{
	static const struct {
		const char *spelling; /* squeezed */
		uint64_t code;
	} spellings[] = {
		{ "x86", 0 },     { "i386", 0 },    { "i486", 0 },  { "i586", 0 },    { "i686", 0 },  { "ia32", 0 },
		{ "intel", 0 },   { "arm", 5 },     { "arm32", 5 }, { "armnt", 5 },   { "ia64", 6 },  { "itanium", 6 },
		{ "x64", 9 },     { "amd64", 9 },   { "x8664", 9 }, { "intel64", 9 }, { "em64t", 9 }, { "arm64", 12 },
		{ "aarch64", 12 },
	};
	static const char prefix[] = "processorarchitecture";
	static const char *const endings[] = { "basedpc", "based" };
	char squeezed[SPELLING_ROOM];
	char *spelling = squeezed;
	size_t i;

	if (!text)
		return false;
	if (wp_parse_u64(text, false, ret_code))
		return true;
	if (!squeeze(text, squeezed))
		return false;
	if (strncmp(spelling, prefix, sizeof prefix - 1) == 0)
		spelling += sizeof prefix - 1;
	for (i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		size_t length = strlen(spelling), ending = strlen(endings[i]);

		if (length > ending && strcmp(spelling + length - ending, endings[i]) == 0)
			spelling[length - ending] = '\0';
	}
	for (i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		if (strcmp(spelling, spellings[i].spelling) == 0) {
			*ret_code = spellings[i].code;
			return true;
		}
	}
	return false;
}
