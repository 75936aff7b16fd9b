/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources of a plan's packages, scanned a batch at a time. */
#include "batch.h"

#include "wimplan/text.h"

/* Whether a boot image has an original beside the file that the site made of it. */
static bool has_original(const struct wp_record *record)
{
	return record->class == WP_CLASS_BOOT && record->image_path && *record->image_path &&
	       !(record->source_path && wp_map_same_prefix(record->source_path, record->image_path));
}

/* The record of a package that was looked at for the profile; NULL when it is gone or has another source since. */
static const struct wp_record *sampled_record(const struct wp_record_set *set, const struct wp_profile_sample *sample)
{
	const struct wp_record *record = wp_record_set_find(set, sample->package_id);
	bool same = record && record->class == sample->class && record->source_path && sample->source_path &&
		    wp_text_equal_nocase(record->source_path, sample->source_path);

	return same ? record : NULL;
}

static size_t place_of(const struct wp_batches *batches, const struct wp_record *record)
{
	return (size_t)(record - batches->inputs->set->records);
}

/* Sources that one scan is to look at. */
struct wanted {
	struct wp_record *records;
	size_t count;
};

/* Returns its place and 1. */
static size_t want(struct wp_arena *arena, struct wanted *wanted, struct wp_record record)
{
	*WP_PUSH(arena, wanted->records, wanted->count) = record;
	return wanted->count;
}

/* Which of the chosen records one scan has to look at together; the number of the others that have a source. */
static size_t want_shared(struct wp_batches *batches, struct wp_arena *scratch, const bool *chosen, struct wanted *wanted)
{
	const struct wp_record_set *set = batches->inputs->set;
	const struct wp_record **records = wp_arena_alloc(scratch, set->count * sizeof *records);
	bool *shared = wp_arena_alloc(scratch, set->count * sizeof *shared);
	size_t count = 0, alone;

	for (size_t i = 0; i < set->count; i++)
		if (chosen[i])
			records[count++] = &set->records[i];
	alone = wp_sources_shared(records, count, shared);
	for (size_t i = 0; i < count; i++) {
		size_t at = place_of(batches, records[i]);

		if (shared[i])
			batches->source_of[at] = want(scratch, wanted, *records[i]);
		if (has_original(records[i]))
			batches->original_of[at] = want(scratch, wanted, (struct wp_record){ .class = WP_CLASS_BOOT,
											   .source_path = records[i]->image_path });
	}
	return alone;
}

/*
 * Whatever is planned, so that what a profile proves does not depend on it. A record that is chosen as well is looked at here, once.
 * Returns how many of these were alone until then.
 */
static size_t want_samples(struct wp_batches *batches, struct wp_arena *scratch, const bool *chosen, size_t *places, struct wanted *wanted)
{
	const struct wp_profile *profile = batches->inputs->profile;
	size_t taken = 0;

	for (size_t i = 0; profile && i < profile->count; i++) {
		const struct wp_record *record = sampled_record(batches->inputs->set, &profile->samples[i]);
		size_t at;

		if (!record)
			continue;
		at = place_of(batches, record);
		places[i] = batches->source_of[at] ? batches->source_of[at] : want(scratch, wanted, *record);
		taken += chosen[at] && !batches->source_of[at];
		batches->source_of[at] = places[i];
	}
	return taken;
}

static struct wp_scan *scan(struct wp_batches *batches, struct wp_arena *arena, const struct wanted *wanted, struct wp_expect_found **ret_found)
{
	struct wp_scan *result;

	*ret_found = wp_arena_alloc(arena, wanted->count * sizeof **ret_found);
	if (!wanted->count)
		return NULL;
	result = wp_cli_scan(batches->cli, wanted->records, wanted->count, batches->config, (struct wp_cli_scan){
		.series = &batches->series,
		.arena = arena,
		.cache = batches->inputs->cache,
		.progress = batches->progress,
		.found = *ret_found,
	});
	/* Nothing is kept in the cache before the end: what one copy says of a file is not to be believed of the next one. */
	if (batches->inputs->keeps)
		wp_learned_files_add(&batches->learned, result);
	return result;
}

void wp_batches_begin(struct wp_cli *cli, const struct wp_config *config, const struct wp_plan_inputs *inputs,
		      struct wp_progress *progress, const bool *chosen, struct wp_batches *ret,
		      const struct wp_observation *const **ret_samples)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t samples = inputs->profile ? inputs->profile->count : 0, alone;
	const struct wp_observation **observations = wp_arena_alloc(cli->arena, samples * sizeof *observations);
	size_t *places = wp_arena_alloc(scratch, samples * sizeof *places);
	struct wanted wanted = { .count = 0 };

	*ret = (struct wp_batches){
		.cli = cli,
		.config = config,
		.inputs = inputs,
		.progress = progress,
		.source_of = wp_arena_alloc(cli->arena, inputs->set->count * sizeof *ret->source_of),
		.original_of = wp_arena_alloc(cli->arena, inputs->set->count * sizeof *ret->original_of),
		.learned.arena = wp_arena_new(),
	};
	alone = want_shared(ret, scratch, chosen, &wanted);
	alone -= want_samples(ret, scratch, chosen, places, &wanted);
	if (wanted.count)
		ret->series.later = alone;
	else
		ret->series.total = alone;
	ret->shared = scan(ret, cli->arena, &wanted, &ret->found);
	for (size_t i = 0; i < samples; i++)
		observations[i] = places[i] ? wp_scan_observation(ret->shared, places[i] - 1) : NULL;
	*ret_samples = observations;
}

void wp_batches_look(struct wp_batches *batches, const struct wp_record *const *records, size_t count, struct wp_plan_batch *ret)
{
	struct wp_arena *arena = wp_arena_new();
	size_t *places = wp_arena_alloc(arena, count * sizeof *places);
	struct wp_expect_found *found;
	struct wanted wanted = { .count = 0 };

	*ret = (struct wp_plan_batch){
		.arena = arena,
		.records = records,
		.count = count,
		.seen = wp_arena_alloc(arena, count * sizeof *ret->seen),
		.originals = wp_arena_alloc(arena, count * sizeof *ret->originals),
		.found = wp_arena_alloc(arena, count * sizeof *ret->found),
		.shared = batches->shared,
	};
	for (size_t i = 0; i < count; i++)
		if (!batches->source_of[place_of(batches, records[i])])
			places[i] = want(arena, &wanted, *records[i]);
	ret->scan = scan(batches, arena, &wanted, &found);
	for (size_t i = 0; i < count; i++) {
		size_t at = place_of(batches, records[i]), original = batches->original_of[at];

		ret->seen[i] = places[i] ? wp_scan_observation(ret->scan, places[i] - 1)
					 : wp_scan_observation(batches->shared, batches->source_of[at] - 1);
		ret->found[i] = places[i] ? found[places[i] - 1] : batches->found[batches->source_of[at] - 1];
		ret->originals[i] = original ? wp_scan_observation(batches->shared, original - 1) : NULL;
		if (batches->inputs->keeps)
			wp_learned_files_add_folder(&batches->learned, ret->seen[i]);
	}
}

void wp_plan_batch_free(struct wp_plan_batch *batch)
{
	wp_scan_free(batch->scan);
	wp_arena_free(batch->arena);
}

void wp_batches_end(struct wp_batches *batches)
{
	wp_scan_free(batches->shared);
	wp_scan_series_end(&batches->series);
	wp_learned_files_free(&batches->learned);
}
