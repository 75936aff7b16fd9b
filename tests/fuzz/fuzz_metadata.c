/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $metadata of an AdminService, in one piece and in many: both say the same of every method. */
#include "../../src/provider/actions.h"
#include "fuzz.h"

#include <stdlib.h>

static const struct wp_method methods[] = {
	{ WP_CLASS_IMAGE, "ReloadImageProperties" },
	{ WP_CLASS_INSTALL, "RefreshPkgSource" },
	{ WP_CLASS_BOOT, "RefreshPkgSource" },
};

#define METHOD_COUNT (sizeof methods / sizeof *methods)

/* Bit i: method i is offered; with the highest bit: the document is of no use. */
static unsigned int read_pieces(const uint8_t *data, size_t size, size_t piece)
{
	struct wp_actions *actions = wp_actions_new(methods, METHOD_COUNT);
	unsigned int offered = 0;
	bool good = true;

	for (size_t at = 0; at < size && good; at += piece)
		good = wp_actions_feed(actions, (const char *)data + at, size - at < piece ? size - at : piece);
	if (wp_actions_end(actions) || !good)
		offered = 1u << 31;
	for (size_t i = 0; i < METHOD_COUNT; i++)
		offered |= (unsigned int)wp_actions_offer(actions, &methods[i]) << i;
	wp_actions_free(actions);
	return offered;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int whole = read_pieces(data, size, size ? size : 1), pieces = read_pieces(data, size, 7);

	/* How much of a document is read before it turns out to be none is another matter. */
	if ((whole ^ pieces) >> 31 || (!(whole >> 31) && whole != pieces))
		abort();
	return 0;
}
