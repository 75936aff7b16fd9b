/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what the site stores about the images is what the source says now. */
#include "judge.h"

#include "wimplan/text.h"

#include <string.h>

/* In a whole bag nothing is left out: a value that is missing or cannot be understood differs from another one. */
static enum wp_compared compare_whole(const struct wp_site_field *field, const char *a, const char *b)
{
	enum wp_compared outcome = wp_site_values_compare(field, a, b);

	return outcome == WP_COMPARED_NOT && (a || b) ? WP_COMPARED_DIFFERENT : outcome;
}

/* As is known of this site's values; of a whole bag there is nothing to know. */
static enum wp_compared compare_field(struct wp_judge *judge, size_t i, const char *a, const char *b)
{
	const struct wp_calibration *known = judge->calibration;
	enum wp_compared outcome = wp_site_values_compare(&wp_site_fields[i], a, b);

	if (!known || wp_site_fields[i].confirmed || !a || !b)
		return outcome;
	if (outcome == WP_COMPARED_NOT && wp_site_fields[i].kind == WP_SITE_FIELD_DATE && known->dates_are_utc)
		outcome = wp_judge_compare_utc(a, b);
	if (outcome != WP_COMPARED_DIFFERENT || (known->fields[i] != WP_FIELD_OTHER && known->fields[i] != WP_FIELD_PROVEN))
		return outcome;
	*judge->profile_used = true;
	return known->fields[i] == WP_FIELD_OTHER ? WP_COMPARED_NOT : outcome;
}

static bool is_proven(const struct wp_judge *judge, size_t i)
{
	return wp_site_fields[i].confirmed || (judge->calibration && judge->calibration->fields[i] == WP_FIELD_PROVEN);
}

static size_t compare_fields(struct wp_judge *judge, const struct wp_site_image *recorded,
			     const struct wp_site_image *found, bool whole_bag)
{
	size_t differences = 0;

	for (size_t i = 0; i < WP_SITE_FIELDS; i++) {
		const struct wp_site_field *field = &wp_site_fields[i];
		const char *a = wp_site_image_value(recorded, field), *b = wp_site_image_value(found, field);

		if ((whole_bag ? compare_whole(field, a, b) : compare_field(judge, i, a, b)) != WP_COMPARED_DIFFERENT)
			continue;
		wp_judge_add(judge, (struct wp_reason){
					    .code = "image-changed",
					    .action = WP_ACTION_RELOAD,
					    .confidence = whole_bag || is_proven(judge, i) ? WP_CONFIDENCE_PROVEN : WP_CONFIDENCE_INFERRED,
					    .image = found->index,
					    .field = field->name,
					    .recorded = a,
					    .found = b,
				    });
		differences++;
	}
	return differences;
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
				    .action = WP_ACTION_RELOAD,
				    .confidence = WP_CONFIDENCE_PROVEN,
				    .image = recorded ? recorded->index : found->index,
				    .recorded = recorded ? describe(judge->scratch, recorded) : NULL,
				    .found = found ? describe(judge->scratch, found) : NULL,
			    });
}

/*
 * Whether @property of @image is the one that a known field was taken from. The field points to the property's value:
 * which names stand for which field is the business of the record reader alone.
 */
static bool is_field(const struct wp_site_image *image, const struct wp_bag_property *property)
{
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		if (wp_site_image_value(image, &wp_site_fields[i]) == property->value)
			return true;
	return false;
}

struct item {
	const char *key; /* the folded name */
	const struct wp_bag_property *property;
};

/* By name; properties of one name stay in document order, in which they lie in one array. */
static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->property > y->property) - (x->property < y->property);
}

static struct item *sort_bag(struct wp_arena *scratch, const struct wp_site_image *image, size_t *ret_count)
{
	struct item *items = wp_arena_alloc(scratch, image->property_count * sizeof *items);
	size_t count = 0;

	for (size_t i = 0; i < image->property_count; i++) {
		const struct wp_bag_property *property = &image->properties[i];

		if (!is_field(image, property))
			items[count++] = (struct item){ wp_text_fold(scratch, property->name), property };
	}
	WP_SORT(items, count, compare_items);
	*ret_count = count;
	return items;
}

/*
 * Adds a reason for every property that differs between two bags and is not one of the known fields. Names are
 * matched without regard to case, values byte by byte; the reasons are in the order of the names. Returns how many
 * there are.
 */
static size_t compare_bags(struct wp_judge *judge, const struct wp_site_image *recorded, const struct wp_site_image *found)
{
	size_t a_count, b_count, differences = 0;
	const struct item *a = sort_bag(judge->scratch, recorded, &a_count), *a_end = a + a_count;
	const struct item *b = sort_bag(judge->scratch, found, &b_count), *b_end = b + b_count;

	while (a < a_end || b < b_end) {
		int order = a == a_end ? 1 : b == b_end ? -1 : strcmp(a->key, b->key);
		const struct wp_bag_property *old = order <= 0 ? (a++)->property : NULL;
		const struct wp_bag_property *new = order >= 0 ? (b++)->property : NULL;

		if (old && new && !strcmp(old->value, new->value))
			continue;
		wp_judge_add(judge, (struct wp_reason){
					    .code = "image-changed",
					    .action = WP_ACTION_RELOAD,
					    .confidence = WP_CONFIDENCE_PROVEN,
					    .image = found->index,
					    .field = (old ? old : new)->name,
					    .recorded = old ? old->value : NULL,
					    .found = new ? new->value : NULL,
				    });
		differences++;
	}
	return differences;
}

/*
 * Adds a reason for every difference: by image index, then in the documented order of the fields. With @whole_bag
 * both sides are property bags of one maker and are compared as they are: every property counts, known or not, and
 * one that is missing on one side is a difference. Returns how many differences there are.
 */
static size_t compare_images(struct wp_judge *judge, const struct wp_site_images *recorded,
			 const struct wp_site_images *found, bool whole_bag)
{
	const struct wp_site_image *old, *new;
	size_t i = 0, j = 0, differences = 0;

	while (wp_site_images_next(recorded, found, &i, &j, &old, &new)) {
		if (!old || !new) {
			add_whole_image(judge, old ? "image-removed" : "image-added", old, new);
			differences++;
			continue;
		}
		differences += compare_fields(judge, old, new, whole_bag);
		if (whole_bag)
			differences += compare_bags(judge, old, new);
	}
	return differences;
}

/* Adds a finding for every known field that wimplan reads in another way than the site's probe of the same file. */
static void calibrate(struct wp_judge *judge, const struct wp_site_images *probed,
			  const struct wp_site_images *own)
{
	const char *package_id = judge->record->package_id;
	const struct wp_site_image *theirs, *ours;
	size_t i = 0, j = 0;

	while (wp_site_images_next(probed, own, &i, &j, &theirs, &ours)) {
		if (!theirs || !ours) {
			wp_diag_add(judge->arena, judge->diags, WP_SEVERITY_WARNING, "calibration-differs", package_id,
				    "image %u: only %s has it", (theirs ? theirs : ours)->index,
				    theirs ? "the site's probe" : "wimplan's own reading");
			continue;
		}
		for (size_t k = 0; k < WP_SITE_FIELDS; k++) {
			const struct wp_site_field *field = &wp_site_fields[k];
			const char *a = wp_site_image_value(theirs, field), *b = wp_site_image_value(ours, field);

			/* A form that wimplan cannot read is a finding; a field that one side lacks is none. */
			if (!a || !b || compare_whole(field, a, b) != WP_COMPARED_DIFFERENT)
				continue;
			wp_diag_add(judge->arena, judge->diags, WP_SEVERITY_WARNING, "calibration-differs", package_id,
				    "image %u, %s: the site's probe says \"%s\", wimplan reads \"%s\"", ours->index,
				    field->name, a, b);
		}
	}
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

/* From what the site has probed. @before: the image before. */
static void expect_probed(struct wp_arena *arena, const struct wp_site_image *image, const struct wp_expected_image *before,
			  struct wp_expected_image *ret)
{
	ret->index = image->index;
	ret->name = wp_arena_strdup(arena, image->name);
	ret->os_version = wp_judge_keep(arena, image->os_version, before->os_version);
	ret->architecture.known = image->architecture && wp_architecture_code(image->architecture, &ret->architecture.value);
	ret->language = wp_judge_keep(arena, image->language, before->language);
}

/* As wp_site_image_from_wim() has it, of which most is not wanted here. */
static void expect_own(struct wp_arena *arena, const struct wp_wim_image *image, const struct wp_expected_image *before,
		       struct wp_expected_image *ret)
{
	const struct wp_wim_windows *windows = image->windows;

	ret->index = image->index;
	ret->name = wp_arena_strdup(arena, image->name);
	if (!windows)
		return;
	ret->os_version = wp_judge_keep(arena, windows->version, before->os_version);
	ret->architecture = windows->architecture;
	ret->language = wp_judge_keep(arena, wp_site_language(windows), before->language);
}

size_t wp_plan_expected(struct wp_arena *arena, const struct wp_plan_input *input, const struct wp_record *record,
			const struct wp_observation *seen, struct wp_expected_image **ret_items)
{
	static const struct wp_expected_image none;
	struct wp_judge judge = { .arena = arena, .scratch = arena, .input = input, .record = record, .seen = seen };
	bool probed, read = wp_judge_source_was_read(&judge);
	size_t count = 0;

	*ret_items = NULL;
	probed = read && probe_holds(&judge);
	if (read)
		count = probed ? record->probed_images.count : seen->wim->metadata->image_count;
	if (count)
		*ret_items = wp_arena_alloc(arena, count * sizeof **ret_items);
	for (size_t i = 0; i < count; i++) {
		const struct wp_expected_image *before = i ? &(*ret_items)[i - 1] : &none;

		if (probed)
			expect_probed(arena, &record->probed_images.items[i], before, &(*ret_items)[i]);
		else
			expect_own(arena, &seen->wim->metadata->images[i], before, &(*ret_items)[i]);
	}
	return count;
}

void wp_judge_metadata(struct wp_judge *judge)
{
	const struct wp_site_images *probed = &judge->record->probed_images;
	struct wp_site_images recorded = wp_record_images(judge->scratch, judge->record);
	struct wp_site_images own = wp_judge_own_images(judge->scratch, judge->seen);
	size_t differences;
	bool probe = probe_holds(judge);

	if (probe)
		calibrate(judge, probed, &own);
	if (recorded.origin == WP_IMAGE_ORIGIN_NOTHING) {
		wp_judge_add(judge, (struct wp_reason){
					    .code = "never-loaded", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN });
		judge->entry->reload = true;
		return;
	}
	/* Only a bag is like a bag: rows of SMS_ImageInformation spell their values in another way. */
	differences = compare_images(judge, &recorded, probe ? probed : &own,
					probe && recorded.origin == probed->origin);
	judge->entry->reload = differences > 0;
	if (!differences)
		wp_judge_add(judge, (struct wp_reason){
					    .code = "metadata-same", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN });
}
