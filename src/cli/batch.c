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

static struct wp_cli_scan how_to(const struct wp_batches *batches, struct wp_arena *arena, struct wp_expect_found *found)
{
	return (struct wp_cli_scan){ .arena = arena, .cache = batches->inputs->cache, .found = found };
}

/* The threads begin to find what is wanted; NULL when nothing is. */
static struct wp_scan *begin_scan(struct wp_batches *batches, const struct wanted *wanted)
{
	struct wp_cli_scan how = how_to(batches, NULL, NULL);

	return !wanted->count ? NULL : wp_cli_scan_begin(batches->cli, &batches->series, wanted->records, wanted->count, batches->config, &how);
}

/* Ends a scan that was waited for, with what is found in each of its @count sources. */
static void end_scan(struct wp_batches *batches, struct wp_scan *scan, struct wp_arena *arena, size_t count, struct wp_expect_found *found)
{
	struct wp_cli_scan how = how_to(batches, arena, found);

	wp_cli_scan_end(batches->cli, &batches->series, scan, count, batches->config, &how);
	/* Nothing is kept in the cache before the end: what one copy says of a file is not to be believed of the next one. */
	if (batches->inputs->keeps)
		wp_learned_files_add(&batches->learned, scan);
}

/* Looks at the sources that stay. */
static void look_at_shared(struct wp_batches *batches, const struct wanted *wanted)
{
	batches->shared = begin_scan(batches, wanted);
	if (!batches->shared)
		return;
	batches->found = wp_arena_alloc(batches->cli->arena, wanted->count * sizeof *batches->found);
	wp_cli_scan_wait(&batches->series, batches->shared);
	end_scan(batches, batches->shared, batches->cli->arena, wanted->count, batches->found);
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
		.series.progress = progress,
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
	look_at_shared(ret, &wanted);
	for (size_t i = 0; i < samples; i++)
		observations[i] = places[i] ? wp_scan_observation(ret->shared, places[i] - 1) : NULL;
	*ret_samples = observations;
}

/* The threads begin to find the sources of the next batch. */
static void look_ahead(struct wp_batches *batches)
{
	size_t left = batches->count - batches->given, count = left < WP_PLAN_BATCH ? left : WP_PLAN_BATCH;
	const struct wp_record *const *records = batches->order + batches->given;
	struct wanted wanted = { .count = 0 };
	struct wp_plan_batch *batch = &batches->ahead;

	*batch = (struct wp_plan_batch){ .records = records, .count = count };
	if (!count)
		return;
	batch->arena = wp_arena_new();
	batch->places = wp_arena_alloc(batch->arena, count * sizeof *batch->places);
	for (size_t i = 0; i < count; i++)
		if (!batches->source_of[place_of(batches, records[i])])
			batch->places[i] = want(batch->arena, &wanted, *records[i]);
	batch->wanted = wanted.count;
	batch->scan = begin_scan(batches, &wanted);
	batches->given += count;
}

void wp_batches_start(struct wp_batches *batches, const struct wp_record *const *order, size_t count)
{
	batches->order = order;
	batches->count = count;
	look_ahead(batches);
}

/* Gives each record of a batch what was seen of its source. */
static void hand_out(struct wp_batches *batches, struct wp_plan_batch *batch, const struct wp_expect_found *found)
{
	for (size_t i = 0; i < batch->count; i++) {
		size_t at = place_of(batches, batch->records[i]), original = batches->original_of[at], place = batch->places[i];

		batch->seen[i] = place ? wp_scan_observation(batch->scan, place - 1)
				       : wp_scan_observation(batches->shared, batches->source_of[at] - 1);
		batch->found[i] = place ? found[place - 1] : batches->found[batches->source_of[at] - 1];
		batch->originals[i] = original ? wp_scan_observation(batches->shared, original - 1) : NULL;
		if (batches->inputs->keeps)
			wp_learned_files_add_folder(&batches->learned, batch->seen[i]);
	}
}

bool wp_batches_next(struct wp_batches *batches, struct wp_plan_batch *ret)
{
	struct wp_expect_found *found;

	*ret = batches->ahead;
	batches->ahead = (struct wp_plan_batch){ .count = 0 };
	if (!ret->count)
		return false;
	ret->shared = batches->shared;
	ret->seen = wp_arena_alloc(ret->arena, ret->count * sizeof *ret->seen);
	ret->originals = wp_arena_alloc(ret->arena, ret->count * sizeof *ret->originals);
	ret->found = wp_arena_alloc(ret->arena, ret->count * sizeof *ret->found);
	found = wp_arena_alloc(ret->arena, ret->wanted * sizeof *found);
	if (ret->scan)
		wp_cli_scan_wait(&batches->series, ret->scan);
	look_ahead(batches);
	if (ret->scan)
		end_scan(batches, ret->scan, ret->arena, ret->wanted, found);
	hand_out(batches, ret, found);
	return true;
}

void wp_plan_batch_free(struct wp_plan_batch *batch)
{
	wp_scan_free(batch->scan);
	wp_arena_free(batch->arena);
}

void wp_batches_end(struct wp_batches *batches)
{
	wp_plan_batch_free(&batches->ahead);
	wp_scan_free(batches->shared);
	wp_scan_series_end(&batches->series);
	wp_learned_files_free(&batches->learned);
}
