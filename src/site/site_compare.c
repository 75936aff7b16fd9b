/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two values of a field of an image, whichever of site and source they come from. */
#include "wimplan/record.h"

#include "wimplan/architecture.h"
#include "wimplan/text.h"

#include <string.h>

static enum wp_compared say(bool same)
{
	return same ? WP_COMPARED_ALIKE : WP_COMPARED_DIFFERENT;
}

static enum wp_compared compare_sizes(const char *a, const char *b)
{
	uint64_t x, y;

	return wp_parse_u64(a, false, &x) && wp_parse_u64(b, false, &y) ? say(x == y) : WP_COMPARED_NOT;
}

/* To the second, because the site's text may have been cut or rounded to it. */
static enum wp_compared compare_dates(const char *a, const char *b)
{
	struct wp_time x = wp_time_parse(a), y = wp_time_parse(b);

	if (!x.known || !x.zone_known || !y.known || !y.zone_known)
		return WP_COMPARED_NOT;
	return say(llabs(x.ticks - y.ticks) < WP_TICKS_PER_SECOND);
}

static enum wp_compared compare_architectures(const char *a, const char *b)
{
	uint64_t x, y;

	if (wp_architecture_code(a, &x) && wp_architecture_code(b, &y))
		return say(x == y);
	return say(wp_text_equal_nocase(a, b));
}

enum wp_compared wp_site_values_compare(const struct wp_site_field *field, const char *a, const char *b)
{
	if (!a || !b)
		return WP_COMPARED_NOT;
	if (!strcmp(a, b))
		return WP_COMPARED_SAME;
	switch (field->kind) {
	case WP_SITE_FIELD_TEXT:
		return WP_COMPARED_DIFFERENT;
	case WP_SITE_FIELD_TAG:
		return say(wp_text_equal_nocase(a, b));
	case WP_SITE_FIELD_ARCHITECTURE:
		return compare_architectures(a, b);
	case WP_SITE_FIELD_SIZE:
		return compare_sizes(a, b);
	case WP_SITE_FIELD_DATE:
		return compare_dates(a, b);
	}
	return WP_COMPARED_NOT;
}
