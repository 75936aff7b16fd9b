/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a site has recorded of a package beside its source: metadata alone. */
#include "internal.h"

#include <string.h>

static void add(struct wp_arena *arena, struct wp_facts *facts, const char *field, const char *value)
{
	if (value)
		*WP_PUSH(arena, facts->items, facts->count) = (struct wp_fact){ field, value };
}

/* What both a site and a WIM say of an image. The site's creation date is left out: its form is not established. */
static struct wp_facts facts_of_record(struct wp_arena *arena, const struct wp_site_image *image)
{
	struct wp_facts facts = { .index = image->index, .name = image->name, .complete = true };
	const char *architecture = image->architecture;
	uint64_t code;

	if (architecture && wp_architecture_code(architecture, &code) && wp_architecture_name(code))
		architecture = wp_architecture_name(code);
	add(arena, &facts, "name", image->name);
	add(arena, &facts, "description", image->description);
	add(arena, &facts, "total_bytes", image->size);
	add(arena, &facts, "architecture", architecture);
	add(arena, &facts, "product_type", image->product_type);
	add(arena, &facts, "hal", image->hal_type);
	add(arena, &facts, "default_language", image->language);
	add(arena, &facts, "os_version", image->os_version);
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
	if (record->images.origin == WP_FROM_NOTHING)
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
