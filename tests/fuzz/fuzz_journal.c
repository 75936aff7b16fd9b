/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal as any bytes, of the plan that the corpus has journals of: all steps, or a reason why it is none. */
#include "../../src/apply/journal.h"
#include "fuzz.h"

#include "wimplan/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_entry entry = { .package_id = "P0100001", .status = WP_ENTRY_CHANGE, .reload = true, .refresh = true };
	struct wp_plan plan = { .site_code = "P01", .entries = &entry, .entry_count = 1 };
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_steps steps = wp_steps_make(arena, &plan);
	char path[] = "/dev/shm/wimplan-fuzz-XXXXXX";
	struct wp_journal *journal = NULL;
	struct wp_journal_runs runs;
	struct wp_error err = { 0 };
	int status;

	snprintf(plan.id, sizeof plan.id, "sha256:%064d", 0);
	fuzz_file(path, data, size);
	status = wp_journal_open(path, WP_JOURNAL_READ, &plan, &journal, &err);
	if (!status)
		status = wp_journal_runs(journal, &runs, &err);
	if (!status)
		status = wp_journal_load(journal, &steps, &err);
	if (status && !err.message[0])
		abort();
	wp_journal_close(journal);
	wp_steps_end(&steps);
	fuzz_remove(path);
	return 0;
}
