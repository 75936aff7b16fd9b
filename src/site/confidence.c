/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure it is what is on the distribution points. */
#include "wimplan/distribution.h"
#include "wimplan/text.h"

static const char *const confidence_names[] = {
	[WP_CONFIDENCE_UNKNOWN] = "unknown",
	[WP_CONFIDENCE_INFERRED] = "inferred",
	[WP_CONFIDENCE_PROVEN] = "proven",
	NULL,
};

const char *wp_confidence_name(enum wp_confidence confidence)
{
	return confidence_names[confidence];
}

bool wp_confidence_from_name(const char *name, enum wp_confidence *ret)
{
	unsigned int value;

	if (!name || !wp_choice_find(confidence_names, name, &value))
		return false;
	*ret = (enum wp_confidence)value;
	return true;
}
