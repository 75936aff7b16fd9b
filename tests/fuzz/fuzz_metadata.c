/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $metadata of an AdminService; white space behind it changes nothing. */
#include "../../src/provider/actions.h"
#include "fuzz.h"

#include "wimplan/arena.h"

#include <stdlib.h>
#include <string.h>

static const struct wp_method methods[] = {
	{ WP_CLASS_IMAGE, "ReloadImageProperties" },
	{ WP_CLASS_INSTALL, "RefreshPkgSource" },
	{ WP_CLASS_BOOT, "RefreshPkgSource" },
};

#define METHOD_COUNT (sizeof methods / sizeof *methods)

/* Bit i: method i is offered; with the highest bit: the document is of no use. */
static unsigned int read_document(const char *text, size_t size)
{
	const char *wrong;
	struct wp_actions *actions = wp_actions_read(text, size, methods, METHOD_COUNT, &wrong);
	unsigned int offered = wrong ? 1u << 31 : 0;

	for (size_t i = 0; !wrong && i < METHOD_COUNT; i++)
		offered |= (unsigned int)wp_actions_offer(actions, &methods[i]) << 3 * i;
	wp_actions_free(actions);
	return offered;
}

int fuzz_one(const uint8_t *data, size_t size)
{
	char *longer = wp_take(size + 2);
	unsigned int offered = read_document((const char *)data, size);

	memcpy(longer, data, size);
	memcpy(longer + size, "\n\n", 2);
	if (read_document(longer, size + 2) != offered)
		abort();
	free(longer);
	return 0;
}
