/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries that are read as they are written: never anything but what the reader of JSON makes of the same text. */
#include "plan_fixture.h"

#include "../../src/plan/decode.h"
#include "../../src/plan/plan_json.h"

struct outcome {
	struct wp_arena *arena;
	struct wp_buf text; /* the entry as it is put down again */
	bool good;
};

static void begin(struct outcome *outcome)
{
	*outcome = (struct outcome){ .arena = wp_arena_new() };
}

static void end(struct outcome *outcome)
{
	wp_buf_free(&outcome->text);
	wp_arena_free(outcome->arena);
}

/* As the reader of JSON has it: the canonical form of what stands there, and the same of the entry that was made of it. */
static void read_json(struct outcome *outcome, const struct wp_buf *line, bool unchanged)
{
	struct wp_decoder decoder = { .arena = outcome->arena };
	struct wp_buf again __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *item __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_entry entry = { 0 };

	begin(outcome);
	decoder.arena = outcome->arena;
	if (wp_json_parse(line->data, line->length, "entry", &item, NULL))
		return;
	wp_json_canonical(&outcome->text, item);
	wp_plan_decode_entry(&decoder, item, unchanged, &entry);
	if (decoder.damage)
		return;
	wp_plan_entry_text(&entry, true, &again);
	outcome->good = !strcmp(wp_buf_text(&again), wp_buf_text(&outcome->text));
}

/* 1 when the scan takes the line, which then has to be right. */
static size_t scan(const struct wp_buf *line, bool unchanged, bool wanted)
{
	struct outcome scanned, read;
	struct wp_entry entry = { 0 };

	begin(&scanned);
	scanned.good = wp_plan_scan_entry(scanned.arena, line->data, line->length, unchanged, &entry);
	if (scanned.good) {
		wp_plan_entry_text(&entry, true, &scanned.text);
		read_json(&read, line, unchanged);
		cr_assert(read.good, "%s", line->data);
		cr_assert_str_eq(wp_buf_text(&scanned.text), wp_buf_text(&read.text));
		end(&read);
	}
	cr_assert(scanned.good || !wanted, "%s", line->data);
	end(&scanned);
	return scanned.good;
}

static struct fixture_site *make_site(void)
{
	struct fixture_site *site = fixture_new();

	fixture_add(site, "P0100001")->name = "Quotes \" and \\";
	fixture_add(site, "P0100002")->images.items[0].os_version = "10.0.22631.2861";
	fixture_add(site, "P0100003")->class = WP_CLASS_BOOT;
	site->records[2].images.count = 1;
	fixture_add(site, "P0100004")->name = NULL;
	site->records[3].source_version.known = false;
	site->seen[3].newest = fixture_time("2026-02-14T03:10:00Z");
	return site;
}

/* What was just written is read so, in whatever state a package is. */
Test(plan_scan, takes_what_is_written)
{
	struct fixture_site *site = make_site();
	const struct wp_plan *plan = fixture_plan(site);

	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_plan_entry_text(entry, false, &line);
		scan(&line, entry->status == WP_ENTRY_UNCHANGED, true);
		/* In the wrong list it is another object. */
		cr_expect_eq(scan(&line, entry->status != WP_ENTRY_UNCHANGED, false), 0);
	}
	fixture_free(site);
}

/* Whatever one byte is changed into, left out or put before: it is taken for what it says, or left to the other reader. */
Test(plan_scan, takes_nothing_else)
{
	static const char others[] = { ' ', '"', '\\', '0', ',', '}', '\x01', '\xc3' };
	struct fixture_site *site = make_site();
	const struct wp_plan *plan = fixture_plan(site);
	size_t taken = 0, left = 0;

	for (size_t i = 0; i < plan->entry_count; i++) {
		bool unchanged = plan->entries[i].status == WP_ENTRY_UNCHANGED;
		struct wp_buf whole __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_plan_entry_text(&plan->entries[i], false, &whole);
		for (size_t at = 0; at < whole.length; at++)
			for (size_t k = 0; k < 2 * sizeof others + 1; k++) {
				struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };
				bool inserted = k >= sizeof others;

				wp_buf_add(&line, whole.data, at);
				if (k < 2 * sizeof others)
					wp_buf_putc(&line, others[k % sizeof others]);
				wp_buf_puts(&line, whole.data + at + (inserted && k < 2 * sizeof others ? 0 : 1));
				if (scan(&line, unchanged, false))
					taken++;
				else
					left++;
			}
	}
	cr_expect_gt(taken, 1000);
	cr_expect_gt(left, 1000);
	fixture_free(site);
}
