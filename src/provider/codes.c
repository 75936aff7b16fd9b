/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of WMI (WbemErrorEnum), of the SMS Provider and of Win32 that such calls are known to fail with. */
#include "codes.h"

#include <stdio.h>

static const struct code {
	uint32_t code;
	const char *meaning;
} codes[] = {
	{ 0x80041001, "the provider failed" },
	{ 0x80041002, "the object was not found" },
	{ 0x80041003, "access denied" },
	{ 0x80041004, "the provider failed after it was loaded" },
	{ 0x80041005, "type mismatch" },
	{ 0x80041006, "out of memory" },
	{ 0x80041007, "invalid context" },
	{ 0x80041008, "invalid parameter" },
	{ 0x80041009, "not available" },
	{ 0x8004100c, "not supported" },
	{ 0x8004100e, "invalid namespace" },
	{ 0x8004100f, "invalid object" },
	{ 0x80041010, "invalid class" },
	{ 0x80041013, "the provider could not be loaded" },
	{ 0x80041015, "network error between WMI and the provider" },
	{ 0x80041016, "invalid operation" },
	{ 0x80041017, "invalid query" },
	{ 0x80041019, "it exists already" },
	{ WP_CODE_SEDO_LOCK, "another user has locked the object" },
	{ 0x80460a05, "only the site that made the package may update it" },
	{ 2, "Win32: the file or share was not found" },
	{ 3, "Win32: the path was not found" },
	{ 5, "Win32: access denied" },
	{ 13, "Win32: invalid data or file" },
	{ 32, "Win32: another process uses the file" },
	{ 53, "Win32: the network path was not found" },
	{ 67, "Win32: the network name was not found" },
	{ 112, "Win32: the disk is full" },
	{ 183, "Win32: it exists already" },
	{ 1326, "Win32: wrong user name or password" },
	{ 1633, "Win32: not supported on this processor" },
	{ 0x80070002, "Win32: the file was not found" },
	{ 0x80070003, "Win32: the path was not found" },
	{ 0x80070005, "Win32: access denied" },
	{ 0x80070020, "Win32: another process uses the file" },
	{ 0x80070035, "Win32: the network path was not found" },
	{ 0x80070043, "Win32: the network name was not found" },
	{ 0x80070070, "Win32: the disk is full" },
};

const char *wp_code_meaning(uint32_t code)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == code)
			return codes[i].meaning;
	return NULL;
}

void wp_code_text(int64_t code, char *room, size_t size)
{
	const char *meaning = wp_code_meaning((uint32_t)code);

	snprintf(room, size, "%lld (0x%08X%s%s)", (long long)code, (unsigned int)(uint32_t)code, meaning ? ": " : "",
		 meaning ? meaning : "");
}
