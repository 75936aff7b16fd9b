/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a site has recorded of a package beside its source: metadata alone. */
#include "internal.h"

#include "wimplan/wim_fields.h"

#include <string.h>

static const char *value_of(const struct wp_site_image *image, const struct wp_site_field *field)
{
	const char *value = wp_site_image_value(image, field), *name = NULL;
	uint64_t code;

	if (value && field->kind == WP_SITE_FIELD_ARCHITECTURE && wp_architecture_code(value, &code))
		name = wp_architecture_name(code);
	return name ? name : value;
}

/* What both a site and a WIM say of an image, in the order of the WIM's fields. */
static struct wp_facts facts_of_record(struct wp_arena *arena, const struct wp_site_image *image)
{
	struct wp_facts facts = { .index = image->index, .name = image->name, .complete = true };

	for (size_t i = 0; i < wp_wim_field_count; i++) {
		const struct wp_wim_field *field = &wp_wim_fields[i];
		const struct wp_site_field *own = field->fact ? wp_site_field_of_wim(field->fact) : NULL;
		const char *value = own ? value_of(image, own) : NULL;

		if (value)
			*WP_PUSH(arena, facts.items, facts.count) = (struct wp_fact){ field->fact, value, field->setup };
	}
	return facts;
}

static struct wp_facts *facts_of_source(struct wp_arena *arena, const struct wp_wim_metadata *metadata)
{
	struct wp_facts *facts = wp_arena_alloc(arena, metadata->image_count * sizeof *facts);

	for (size_t i = 0; i < metadata->image_count; i++) {
		struct wp_site_image image = { 0 };

		wp_site_image_from_wim(arena, &metadata->images[i], &image);
		facts[i] = facts_of_record(arena, &image);
		facts[i].complete = !metadata->images[i].bad_count;
	}
	return facts;
}

int wp_diff_record(const struct wp_record *record, const struct wp_wim *source, const struct wp_diff_options *options,
		   struct wp_diff **ret_diff, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_diff *diff __attribute__((cleanup(wp_diff_freep))) = wp_diff_new(options);
	struct wp_facts *old = wp_arena_alloc(scratch, record->images.count * sizeof *old);
	int result;

	if (!source->metadata)
		return wp_diff_no_images(source, err);
	if (record->images.origin == WP_IMAGE_ORIGIN_NOTHING)
		return wp_fail(err, WP_E_FAILED, "no-images", record->package_id,
			       "%s cannot be compared: the export has no images of it; export it by key", record->package_id);
	for (size_t i = 0; i < record->images.count; i++)
		old[i] = facts_of_record(scratch, &record->images.items[i]);
	diff->old.record = true;
	diff->old.path = wp_arena_strdup(diff->arena, record->package_id);
	diff->new.path = wp_diff_path_text(diff, source->path);
	diff->new.size = source->size;
	memcpy(diff->new.file_id, source->file_id, sizeof diff->new.file_id);
	wp_diff_copy_diags(diff, &source->diags, diff->new.path);
	result = wp_pair_images(diff, old, record->images.count, facts_of_source(scratch, source->metadata),
				source->metadata->image_count, options, err);
	if (result)
		return result;
	wp_diff_settle(diff);
	*ret_diff = diff;
	diff = NULL;
	return WP_OK;
}
