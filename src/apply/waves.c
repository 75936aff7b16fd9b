/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waves: which package is in which, and which one it is now. */
#include "waves.h"
#include "say.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

/* Packages of no wave that are named. */
#define NAMED 10u

/* PackageID → number of its last group in the plan, from 1. New reference. */
static json_t *groups_of_packages(const json_t *groups)
{
	json_t *of = wp_json_must(json_object());
	const json_t *group, *id;
	size_t i, k;

	json_array_foreach(groups, i, group)
		json_array_foreach(json_object_get(group, "packages"), k, id)
			if (json_is_string(id))
				wp_json_set(of, json_string_value(id), json_integer((json_int_t)i + 1));
	return of;
}

static bool is_refreshed(const struct wp_step *step)
{
	return step->selected && step->entry->refresh;
}

/* Leaves out groups that are the last of no package here, so that the others are counted without gaps. */
static void number(struct wp_apply *apply, const json_t *groups)
{
	size_t count = json_array_size(groups), *numbers = wp_arena_alloc(apply->cli->arena, (count + 1) * sizeof *numbers);

	for WP_EACH_STEP(step, &apply->steps)
		numbers[step->wave]++;
	numbers[0] = 0;
	apply->waves = wp_arena_alloc(apply->cli->arena, (count + 1) * sizeof *apply->waves);
	for (size_t i = 1; i <= count; i++) {
		const char *name = wp_json_get_text(json_array_get(groups, i - 1), "name");

		if (!numbers[i])
			continue;
		apply->waves[apply->wave_count++] = name && *name ? name : "a group without a name";
		numbers[i] = apply->wave_count;
	}
	for WP_EACH_STEP(step, &apply->steps)
		step->wave = step->wave ? numbers[step->wave] : is_refreshed(step) ? apply->wave_count + 1 : 0;
}

int wp_waves_make(struct wp_apply *apply, struct wp_error *err)
{
	const json_t *groups = json_object_get(apply->plan->site, "groups");
	json_t *of __attribute__((cleanup(wp_json_freep))) = groups_of_packages(groups);

	for WP_EACH_STEP(step, &apply->steps)
		if (is_refreshed(step))
			step->wave = (size_t)json_integer_value(json_object_get(of, step->entry->package_id));
	number(apply, groups);
	if (apply->wave_count)
		return WP_OK;
	return wp_fail(err, WP_E_REFUSED, "no-groups", apply->plan_path,
		       "%s knows no group of distribution points that a package to be refreshed was given to; export the site "
		       "with its distribution state and plan again, or leave --wave out",
		       apply->plan_path);
}

static bool is_left(const struct wp_step *step)
{
	return step->action == WP_ACTION_REFRESH && step->wave && !wp_state_is_good(step->state);
}

void wp_waves_say(struct wp_apply *apply)
{
	struct wp_arena *arena = apply->cli->arena;
	size_t *counts = wp_arena_alloc(arena, (apply->wave_count + 2) * sizeof *counts);
	const char **names = wp_arena_alloc(arena, apply->steps.count * sizeof *names);
	size_t none = 0;

	if (!apply->wave_count)
		return;
	for WP_EACH_STEP(step, &apply->steps) {
		if (!is_left(step))
			continue;
		counts[step->wave]++;
		if (step->wave > apply->wave_count)
			names[none++] = step->entry->package_id;
	}
	for (size_t i = 1; i <= apply->wave_count; i++)
		wp_apply_note(apply, "wave %zu of %zu: %s, %zu package%s to be refreshed", i, apply->wave_count,
			      apply->waves[i - 1], counts[i], wp_plural(counts[i]));
	if (none)
		wp_apply_note(apply, "in no wave, and refreshed after them: %s", wp_text_names(arena, names, none, NAMED));
}

void wp_waves_turn(struct wp_run *run)
{
	struct wp_apply *apply = run->apply;
	size_t now = apply->wave_count + 1;

	if (!apply->wave_count)
		return;
	for WP_EACH_STEP(step, &apply->steps)
		if (step->wave && step->wave < now && (step->waiting || wp_run_is_open(step)))
			now = step->wave;
	if (now == run->wave)
		return;
	run->wave = now;
	wp_event(apply, "wave", NULL, now <= apply->wave_count ? apply->waves[now - 1] : NULL, -1);
}
