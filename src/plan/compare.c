/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images as the site stores them against images as they are now. */
#include "compare.h"
#include "bag.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

enum kind { TEXT, NOCASE, ARCHITECTURE, SIZE, DATE };

/*
 * The fields in the order in which they are compared and reported. How the site derives product and HAL type, size
 * and creation date is inferred from its class descriptions and not confirmed by a real record, so a difference is as
 * well.
 */
static const struct field {
	const char *name;
	size_t offset;
	enum kind kind;
	enum wp_confidence confidence;
} fields[] = {
	{ "name", offsetof(struct wp_site_image, name), TEXT, WP_PROVEN },
	{ "description", offsetof(struct wp_site_image, description), TEXT, WP_PROVEN },
	{ "os_version", offsetof(struct wp_site_image, os_version), TEXT, WP_PROVEN },
	{ "architecture", offsetof(struct wp_site_image, architecture), ARCHITECTURE, WP_PROVEN },
	{ "language", offsetof(struct wp_site_image, language), NOCASE, WP_PROVEN },
	{ "product_type", offsetof(struct wp_site_image, product_type), TEXT, WP_INFERRED },
	{ "hal_type", offsetof(struct wp_site_image, hal_type), TEXT, WP_INFERRED },
	{ "size", offsetof(struct wp_site_image, size), SIZE, WP_INFERRED },
	{ "creation_date", offsetof(struct wp_site_image, creation_date), DATE, WP_INFERRED },
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

enum outcome { SAME, DIFFERENT, NOT_COMPARED };

static const char *value_of(const struct wp_site_image *image, const struct field *field)
{
	return *(const char *const *)(const void *)((const char *)image + field->offset);
}

static enum outcome compare_sizes(const char *a, const char *b)
{
	uint64_t x, y;

	if (!wp_parse_u64(a, false, &x) || !wp_parse_u64(b, false, &y))
		return NOT_COMPARED;
	return x == y ? SAME : DIFFERENT;
}

/* To the second, because the site's text may have been cut or rounded to it. */
static enum outcome compare_dates(const char *a, const char *b)
{
	struct wp_time x = wp_time_parse(a), y = wp_time_parse(b);

	if (!x.known || !x.zone_known || !y.known || !y.zone_known)
		return NOT_COMPARED;
	return llabs(x.ticks - y.ticks) < WP_TICKS_PER_SECOND ? SAME : DIFFERENT;
}

static enum outcome compare_architectures(const char *a, const char *b)
{
	uint64_t x, y;

	if (wp_architecture_code(a, &x) && wp_architecture_code(b, &y))
		return x == y ? SAME : DIFFERENT;
	return wp_text_equal_nocase(a, b) ? SAME : DIFFERENT;
}

static enum outcome compare_values(const struct field *field, const char *a, const char *b)
{
	if (!a || !b)
		return NOT_COMPARED;
	if (!strcmp(a, b))
		return SAME;
	switch (field->kind) {
	case TEXT:
		return DIFFERENT;
	case NOCASE:
		return wp_text_equal_nocase(a, b) ? SAME : DIFFERENT;
	case ARCHITECTURE:
		return compare_architectures(a, b);
	case SIZE:
		return compare_sizes(a, b);
	case DATE:
		return compare_dates(a, b);
	}
	return NOT_COMPARED;
}

/* In a whole bag nothing is left out: a value that is missing or cannot be understood differs from another one. */
static enum outcome compare_whole(const struct field *field, const char *a, const char *b)
{
	enum outcome outcome = compare_values(field, a, b);

	if (outcome == NOT_COMPARED && (a || b))
		return DIFFERENT;
	return outcome;
}

static size_t compare_fields(struct wp_judge *judge, const struct wp_site_image *recorded,
			     const struct wp_site_image *found, bool whole_bag)
{
	size_t differences = 0;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *a = value_of(recorded, &fields[i]), *b = value_of(found, &fields[i]);

		if ((whole_bag ? compare_whole : compare_values)(&fields[i], a, b) != DIFFERENT)
			continue;
		wp_judge_add(judge, (struct wp_reason){
					    .code = "image-changed",
					    .action = WP_RELOAD,
					    .confidence = whole_bag ? WP_PROVEN : fields[i].confidence,
					    .image = found->index,
					    .field = fields[i].name,
					    .recorded = a,
					    .found = b,
				    });
		differences++;
	}
	return differences;
}

bool wp_compare_is_field(const struct wp_site_image *image, const struct wp_bag_property *property)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (value_of(image, &fields[i]) == property->value)
			return true;
	return false;
}

/* What tells an image apart for a reader: its name and version, as far as they are there. */
static const char *describe(struct wp_arena *scratch, const struct wp_site_image *image)
{
	bool name = image->name && *image->name, version = image->os_version && *image->os_version;

	if (name && version)
		return wp_arena_printf(scratch, "%s (%s)", image->name, image->os_version);
	return name ? image->name : version ? image->os_version : NULL;
}

static void add_whole_image(struct wp_judge *judge, const char *code, const struct wp_site_image *recorded,
			    const struct wp_site_image *found)
{
	wp_judge_add(judge, (struct wp_reason){
				    .code = code,
				    .action = WP_RELOAD,
				    .confidence = WP_PROVEN,
				    .image = recorded ? recorded->index : found->index,
				    .recorded = recorded ? describe(judge->scratch, recorded) : NULL,
				    .found = found ? describe(judge->scratch, found) : NULL,
			    });
}

/* Walks two lists that are sorted by index: the next image of each side, or NULL on the side that lacks it. */
static bool next_pair(const struct wp_site_images *a, const struct wp_site_images *b, size_t *i, size_t *j,
		      const struct wp_site_image **ret_a, const struct wp_site_image **ret_b)
{
	*ret_a = *i < a->count ? &a->items[*i] : NULL;
	*ret_b = *j < b->count ? &b->items[*j] : NULL;
	if (*ret_a && *ret_b && (*ret_a)->index < (*ret_b)->index)
		*ret_b = NULL;
	else if (*ret_a && *ret_b && (*ret_a)->index > (*ret_b)->index)
		*ret_a = NULL;
	*i += *ret_a != NULL;
	*j += *ret_b != NULL;
	return *ret_a || *ret_b;
}

size_t wp_compare_images(struct wp_judge *judge, const struct wp_site_images *recorded,
			 const struct wp_site_images *found, bool whole_bag)
{
	const struct wp_site_image *old, *new;
	size_t i = 0, j = 0, differences = 0;

	while (next_pair(recorded, found, &i, &j, &old, &new)) {
		if (!old || !new) {
			add_whole_image(judge, old ? "image-removed" : "image-added", old, new);
			differences++;
			continue;
		}
		differences += compare_fields(judge, old, new, whole_bag);
		if (whole_bag)
			differences += wp_bag_compare(judge, old, new);
	}
	return differences;
}

void wp_compare_calibrate(struct wp_judge *judge, const struct wp_site_images *probed,
			  const struct wp_site_images *own)
{
	const char *package_id = judge->record->package_id;
	const struct wp_site_image *theirs, *ours;
	size_t i = 0, j = 0;

	while (next_pair(probed, own, &i, &j, &theirs, &ours)) {
		if (!theirs || !ours) {
			wp_diag_add(judge->arena, judge->diags, WP_WARNING, "calibration-differs", package_id,
				    "image %u: only %s has it", (theirs ? theirs : ours)->index,
				    theirs ? "the site's probe" : "wimplan's own reading");
			continue;
		}
		for (size_t k = 0; k < FIELD_COUNT; k++) {
			const char *a = value_of(theirs, &fields[k]), *b = value_of(ours, &fields[k]);

			/* A form that wimplan cannot read is a finding; a field that one side lacks is none. */
			if (!a || !b || compare_whole(&fields[k], a, b) != DIFFERENT)
				continue;
			wp_diag_add(judge->arena, judge->diags, WP_WARNING, "calibration-differs", package_id,
				    "image %u, %s: the site's probe says \"%s\", wimplan reads \"%s\"", ours->index,
				    fields[k].name, a, b);
		}
	}
}
