/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what the site stores about the images is what the source says now. */
#include "compare.h"

#include <string.h>

static struct wp_site_images own_reading(const struct wp_judge *judge)
{
	const struct wp_wim_metadata *metadata = judge->seen->wim->metadata;
	struct wp_site_images images = { .count = metadata->image_count };

	images.items = wp_arena_alloc(judge->scratch, images.count * sizeof *images.items);
	for (size_t i = 0; i < images.count; i++)
		wp_site_image_from_wim(judge->scratch, &metadata->images[i], &images.items[i]);
	return images;
}

/*
 * The probe is what the site itself would store for the file, so it beats wimplan's own reading: as long as the file
 * is still the one that the site probed.
 */
static bool probe_holds(const struct wp_judge *judge)
{
	struct wp_time newest = judge->seen->newest_file, taken = judge->input->set->taken_at;

	return judge->record->probed && !wp_time_is_never(newest) && taken.known && taken.zone_known &&
	       newest.ticks <= taken.ticks;
}

static void expect(struct wp_judge *judge, const struct wp_site_images *images)
{
	struct wp_entry *entry = judge->entry;

	entry->expected_count = images->count;
	entry->expected = wp_arena_alloc(judge->arena, images->count * sizeof *entry->expected);
	for (size_t i = 0; i < images->count; i++) {
		const struct wp_site_image *image = &images->items[i];
		struct wp_expected_image *expected = &entry->expected[i];

		expected->index = image->index;
		expected->name = wp_arena_strdup(judge->arena, image->name);
		expected->os_version = wp_arena_strdup(judge->arena, image->os_version);
		expected->architecture.known =
			image->architecture &&
			wp_architecture_code(image->architecture, &expected->architecture.value);
		expected->language = wp_arena_strdup(judge->arena, image->language);
	}
}

void wp_judge_expect(struct wp_judge *judge)
{
	struct wp_site_images own;

	if (probe_holds(judge)) {
		expect(judge, &judge->record->probed_images);
		return;
	}
	own = own_reading(judge);
	expect(judge, &own);
}

void wp_judge_metadata(struct wp_judge *judge)
{
	const struct wp_site_images *recorded = &judge->record->images, *probed = &judge->record->probed_images;
	struct wp_site_images own = own_reading(judge);
	size_t differences;
	bool probe = probe_holds(judge);

	if (probe)
		wp_compare_calibrate(judge, probed, &own);
	if (recorded->origin == WP_IMAGE_ORIGIN_NOTHING) {
		wp_judge_add(judge, (struct wp_reason){
					    .code = "never-loaded", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN });
		judge->entry->reload = true;
		return;
	}
	/* Only a bag is like a bag: rows of SMS_ImageInformation spell their values in another way. */
	differences = wp_compare_images(judge, recorded, probe ? probed : &own,
					probe && recorded->origin == probed->origin);
	judge->entry->reload = differences > 0;
	if (!differences)
		wp_judge_add(judge, (struct wp_reason){
					    .code = "metadata-same", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN });
}
