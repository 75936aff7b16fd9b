/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the content of a refresh has come: counts, what differs between two looks, and when it is over. */
#include "../../src/apply/arrival.h"

#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* A package on points, whose states are letters: current, failed, behind, running, removing (x) and unknown. */
struct look {
	struct wp_point points[16];
	struct wp_point_content items[16];
	struct wp_distribution found;
};

static void make(struct look *look, const char *states, int64_t targeted)
{
	static const char letters[] = "fbrxuc";
	static char names[16][8];

	memset(look, 0, sizeof *look);
	for (size_t i = 0; states[i]; i++) {
		enum wp_point_state state = (enum wp_point_state)(strchr(letters, states[i] == '-' ? 'u' : states[i]) - letters);

		if (states[i] == '-')
			continue;
		snprintf(names[i], sizeof names[i], "DP%02d", (int)i);
		look->points[look->found.count].name = names[i];
		look->items[look->found.count] = (struct wp_point_content){ .point = &look->points[look->found.count], .state = state };
		look->found.counts[state]++;
		look->found.count++;
	}
	look->found.items = look->items;
	if (targeted >= 0)
		look->found.targeted = (struct wp_number){ true, (uint64_t)targeted };
}

static const struct {
	const char *states;
	int64_t counted; /* by the site; below 0: it does not say */
	const char *words;
	bool there, over, unseen;
} cases[] = {
	{ "ccc", -1, "3 of 3 points have it", true, true, false },
	{ "ccc", 3, "3 of 3 points have it", true, true, false },
	{ "ccf", -1, "2 of 3 points have it, 1 failed", false, true, false },
	{ "fff", -1, "0 of 3 points have it, 3 failed", false, true, false },
	{ "ccb", -1, "2 of 3 points have it", false, false, false },
	{ "cru", -1, "1 of 3 points has it", false, false, false },
	{ "c", -1, "1 of 1 point has it", true, true, false },
	/* What is being taken away is not waited for, and is counted by the site or not. */
	{ "cx", -1, "1 of 1 point has it", true, true, false },
	{ "cx", 2, "1 of 1 point has it", true, true, false },
	{ "cx", 1, "1 of 1 point has it", true, true, false },
	/* The site counts more points than rows name: nobody has seen that these have it. */
	{ "cc", 3, "2 of 3 points have it", false, false, false },
	{ "cf", 3, "1 of 3 points has it, 1 failed", false, false, false },
	/* No points is an answer where the site counts none, and nothing where it does not say. */
	{ "", 0, "it is on no distribution point", true, true, false },
	{ "", -1, NULL, false, true, true },
};

Test(arrival, counts)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_step step = { .action = WP_ACTION_REFRESH };
		struct wp_arrival arrival = { .step = &step };
		struct look look;

		cr_expect(!wp_arrival_is_there(&arrival) && !wp_arrival_is_over(&arrival), "before a look");
		make(&look, cases[i].states, cases[i].counted);
		cr_expect_null(wp_arrival_take(&arrival, &look.found, (struct wp_time){ true, true, 1 }));
		cr_expect_eq(wp_arrival_is_there(&arrival), cases[i].there, "%zu", i);
		cr_expect_eq(wp_arrival_is_over(&arrival), cases[i].over, "%zu", i);
		cr_expect_eq(arrival.unseen, cases[i].unseen, "%zu", i);
		cr_expect_eq(step.distribution == NULL, cases[i].words == NULL, "%zu", i);
		if (step.distribution)
			cr_expect_str_eq(wp_arrival_counts(arena, step.distribution), cases[i].words, "%zu", i);
		wp_arena_free(arrival.arena);
		wp_arena_free(arena);
	}
}

/* "+DP03 -DP01 DP00 DP04?" for what was added, is gone, has another state, and was found failed. */
static const struct {
	const char *before, *after, *changes;
} differences[] = {
	{ "rrr", "rrr", "" },
	{ "rrr", "crf", "DP00 DP02 " },
	{ "rr", "rrr", "+DP02 " },
	{ "rrr", "r-r", "-DP01 " },
	{ "r-r", "-rr", "-DP00 +DP01 " },
	{ "ccc", "---f", "-DP00 -DP01 -DP02 +DP03 " },
	{ "r", "", "-DP00 " },
	/* Nobody has looked before: failures alone are news. */
	{ NULL, "rfcf", "DP01? DP03? " },
};

static struct wp_arrival looked(struct wp_step *step, const char *states)
{
	struct wp_arrival arrival = { .step = step };
	struct look look;

	make(&look, states, states[0] ? -1 : 0);
	wp_arrival_take(&arrival, &look.found, (struct wp_time){ true, true, 1 });
	return arrival;
}

static const char *changes_of(struct wp_arena *arena, const struct wp_receipt_distribution *before,
			      const struct wp_receipt_distribution *after)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count;
	struct wp_arrival_change *changes = wp_arrival_changes(arena, before, after, &count);

	for (size_t i = 0; i < count; i++)
		wp_buf_printf(&text, "%s%s%s ", !changes[i].after ? "-" : !changes[i].before && !changes[i].found ? "+" : "",
			      (changes[i].after ? changes[i].after : changes[i].before)->name, changes[i].found ? "?" : "");
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

Test(arrival, changes)
{
	for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_step steps[2] = { { .action = WP_ACTION_REFRESH }, { .action = WP_ACTION_REFRESH } };
		struct wp_arrival before = { .step = &steps[0] }, after = looked(&steps[1], differences[i].after);
		const char *found;

		if (differences[i].before)
			before = looked(&steps[0], differences[i].before);
		found = changes_of(arena, steps[0].distribution, steps[1].distribution);
		cr_expect_str_eq(found, differences[i].changes, "%zu: %s", i, found);
		wp_arena_free(before.arena);
		wp_arena_free(after.arena);
		wp_arena_free(arena);
	}
}

/* What a receipt names are the points alone that lack the version, in another order: which came or went it does not tell. */
Test(arrival, changes_since_a_receipt)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_step before = { .action = WP_ACTION_REFRESH }, after = { .action = WP_ACTION_REFRESH };
	struct wp_arrival one = looked(&before, "crfc"), two = looked(&after, "ccccf");
	size_t left = WP_LIMIT_RECEIPT_POINTS;
	struct wp_receipt_distribution *cut = wp_receipt_distribution_cut(arena, before.distribution, &left);

	cr_expect_eq(cut->count, 2);
	cr_expect_eq(left, WP_LIMIT_RECEIPT_POINTS - 2);
	cr_expect_str_eq(cut->points[0].name, "DP02");
	wp_arrival_sort(cut);
	cr_expect_str_eq(cut->points[0].name, "DP01");
	cr_expect_str_eq(changes_of(arena, cut, after.distribution), "DP01 DP02 DP04? ");
	wp_arena_free(one.arena);
	wp_arena_free(two.arena);
	wp_arena_free(arena);
}

/* Both sides of how many points a receipt names: failures come first, and the counts stay whole. */
Test(arrival, a_receipt_names_so_many_points)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_step step = { .action = WP_ACTION_REFRESH };
	struct wp_arrival arrival = looked(&step, "rrfcr");

	for (size_t most = 0; most < 6; most++) {
		size_t left = most;
		struct wp_receipt_distribution *cut = wp_receipt_distribution_cut(arena, step.distribution, &left);

		cr_expect_eq(cut->count, most < 4 ? most : 4);
		cr_expect_eq(left, most < 4 ? 0 : most - 4);
		cr_expect_eq(cut->targeted, 5);
		if (most)
			cr_expect_str_eq(cut->points[0].name, "DP02");
	}
	wp_arena_free(arrival.arena);
	wp_arena_free(arena);
}

Test(arrival, what_is_watched)
{
	struct wp_arena *arena = wp_arena_new();
	const struct wp_number known = { true, 4 }, unknown = { 0 };
	struct wp_step items[] = {
		{ .action = WP_ACTION_RELOAD, .state = WP_STATE_DONE, .version_after = known, .selected = true },
		{ .action = WP_ACTION_REFRESH, .state = WP_STATE_DONE, .version_after = known, .selected = true },
		{ .action = WP_ACTION_REFRESH, .state = WP_STATE_SATISFIED, .version_after = known, .selected = true },
		{ .action = WP_ACTION_REFRESH, .state = WP_STATE_SATISFIED, .version_after = unknown, .selected = true },
		{ .action = WP_ACTION_REFRESH, .state = WP_STATE_UNVERIFIED, .version_after = known, .selected = true },
		{ .action = WP_ACTION_REFRESH, .state = WP_STATE_FAILED, .selected = true },
		{ .action = WP_ACTION_REFRESH, .state = WP_STATE_DONE, .version_after = known },
	};
	struct wp_steps steps = { items, sizeof items / sizeof *items };
	size_t count, others;
	struct wp_arrival *arrivals = wp_arrivals_make(arena, &steps, &count, &others);

	cr_assert_eq(count, 2);
	cr_expect_eq(others, 3);
	cr_expect_eq(arrivals[0].step, &items[1]);
	cr_expect_eq(arrivals[1].step, &items[2]);
	wp_arena_free(arena);
}
