/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small site for the tests of the plan: packages that match their sources until a test changes one. */
#ifndef WIMPLAN_TESTS_PLAN_FIXTURE_H
#define WIMPLAN_TESTS_PLAN_FIXTURE_H

#include "wimplan/json.h"
#include "wimplan/plan.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SITE_PACKAGES 16
#define FIXTURE_HOUR (3600 * WP_TICKS_PER_SECOND)
/* "a", "b" … as digests. */
#define FIXTURE_DIGEST(c)                                                                                            \
	"sha256:" c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c  \
		c c c c c c c c c c c c c c c

struct fixture_site {
	struct wp_arena *arena;
	struct wp_record_set set;
	struct wp_record records[SITE_PACKAGES];
	struct wp_observation seen[SITE_PACKAGES];
	struct wp_wim wims[SITE_PACKAGES];
	const struct wp_observation *observations[SITE_PACKAGES]; /* of each record's source; NULL: nobody looked */
	struct wp_policy policy;
	struct wp_plan_input input;
	struct wp_names only, exclude; /* of --only and --exclude */
	struct wp_selection selection;
	struct wp_plan *plan;
	struct wp_learned learned;
	struct wp_error err;
};

static inline struct wp_time fixture_time(const char *text)
{
	struct wp_time time = wp_time_parse(text);

	cr_assert(time.known, "%s is no time", text);
	return time;
}

static inline struct fixture_site *fixture_new(void)
{
	struct fixture_site *site = calloc(1, sizeof *site);

	cr_assert(site);
	site->arena = wp_arena_new();
	site->policy = (struct wp_policy){ .clock_tolerance = 120, .snapshot_max_age = 7 * 86400 };
	site->set.arena = site->arena;
	site->set.site_code = wp_arena_strdup(site->arena, "P01");
	site->set.taken_at = fixture_time("2026-02-20T02:10:00Z");
	site->set.records = site->records;
	site->input = (struct wp_plan_input){
		.set = &site->set,
		.snapshot_id = FIXTURE_DIGEST("5"),
		.policy = &site->policy,
		.now = fixture_time("2026-02-20T03:00:00Z"),
		.created_by = "ann@desk",
		.tool_version = "1.0.0",
	};
	return site;
}

static inline void fixture_free(struct fixture_site *site)
{
	wp_plan_free(site->plan);
	wp_arena_free(site->arena);
	free(site);
}

/* The image of a source as its WIM's XML has it. */
static inline void fixture_wim_image(struct wp_arena *arena, uint32_t index, struct wp_wim_image *ret)
{
	struct wp_wim_windows *windows = wp_arena_alloc(arena, sizeof *windows);

	*windows = (struct wp_wim_windows){
		.architecture = { true, 9 },
		.product_type = "WinNT",
		.hal = "acpiapic",
		.languages = wp_arena_alloc(arena, sizeof(const char *)),
		.language_count = 1,
		.default_language = "en-US",
		.version = "10.0.22631.3007",
	};
	windows->languages[0] = "en-US";
	*ret = (struct wp_wim_image){
		.index = index,
		.name = wp_arena_printf(arena, "Windows 11 #%" PRIu32, index),
		.description = "Windows 11",
		.total_bytes = { true, 17116351717 },
		.creation_time = fixture_time("2026-01-08T10:00:00.1234567Z"),
		.last_modification_time = fixture_time("2026-01-08T12:00:00Z"),
		.windows = windows,
	};
}

/* The same image as the site stores it. */
static inline void fixture_site_image(struct wp_arena *arena, uint32_t index, struct wp_site_image *ret)
{
	*ret = (struct wp_site_image){
		.index = index,
		.name = wp_arena_printf(arena, "Windows 11 #%" PRIu32, index),
		.description = "Windows 11",
		.os_version = "10.0.22631.3007",
		.architecture = "9",
		.language = "en-US",
		.product_type = "WinNT",
		.hal_type = "acpiapic",
		.size = "17116351717",
		.creation_date = "2026-01-08T10:00:00Z",
	};
}

static inline struct wp_site_images fixture_site_images(struct wp_arena *arena, uint32_t count)
{
	struct wp_site_images images = { .origin = WP_IMAGE_ORIGIN_IMAGE_PROPERTY, .count = count };

	images.items = wp_arena_alloc(arena, count * sizeof *images.items);
	for (uint32_t i = 0; i < count; i++)
		fixture_site_image(arena, i + 1, &images.items[i]);
	return images;
}

/* Adds a package with two images that needs nothing: distributed 2026-01-09T22:41Z, its source is older. */
static inline struct wp_record *fixture_add(struct fixture_site *site, const char *package_id)
{
	size_t i = site->set.count++;
	struct wp_wim *wim = &site->wims[i];
	struct wp_wim_metadata *metadata = wp_arena_alloc(site->arena, sizeof *metadata);

	cr_assert(i < SITE_PACKAGES);
	metadata->image_count = 2;
	metadata->images = wp_arena_alloc(site->arena, 2 * sizeof *metadata->images);
	fixture_wim_image(site->arena, 1, &metadata->images[0]);
	fixture_wim_image(site->arena, 2, &metadata->images[1]);
	wim->arena = site->arena;
	wim->path = "/mnt/here/install.wim";
	wim->metadata = metadata;
	site->records[i] = (struct wp_record){
		.package_id = wp_arena_strdup(site->arena, package_id),
		.name = "Windows 11",
		.source_flag = { true, 2 },
		.source_path = "\\\\srv\\src$\\w11\\install.wim",
		.source_site = "P01",
		.source_version = { true, 12 },
		.source_date = fixture_time("2026-01-09T22:41:00Z"),
		.source_date_text = "2026-01-09T22:41:00Z",
		.sedo_object_version = "8082CADE-BFFE-44C9-96BF-EB620D1C662C",
		.image_property_state = WP_FETCHED_PRESENT,
		.image_property = "<WIM/>",
		.images = fixture_site_images(site->arena, 2),
	};
	site->seen[i] = (struct wp_observation){
		.source_path = site->records[i].source_path,
		.local_path = "/mnt/here/install.wim",
		.wim = wim,
		.file_id = FIXTURE_DIGEST("f"),
		.content_id = FIXTURE_DIGEST("c"),
		.newest = fixture_time("2026-01-08T12:00:00Z"),
		.newest_file = fixture_time("2026-01-08T12:00:00Z"),
	};
	site->observations[i] = &site->seen[i];
	return &site->records[i];
}

/* The WIM's metadata of package @i, for a test to change. */
static inline struct wp_wim_image *fixture_images(struct fixture_site *site, size_t i)
{
	return site->seen[i].wim->metadata->images;
}

static inline int fixture_select(struct fixture_site *site)
{
	return wp_plan_select(site->arena, &site->set, site->only, site->exclude, &site->selection, &site->err);
}

/* The plan of the whole input; NULL when it grows too large. */
static inline struct wp_plan *fixture_make(struct fixture_site *site)
{
	struct wp_plan_making *making = wp_plan_begin(&site->input);
	size_t count;
	const struct wp_record *const *order = wp_plan_order(making, &count);

	for (size_t i = 0; i < count; i++) {
		if (wp_plan_judge(making, site->observations[order[i] - site->records], NULL))
			continue;
		wp_plan_abandon(making);
		return NULL;
	}
	return wp_plan_end(making, &site->learned);
}

/* Plans anew. */
static inline const struct wp_plan *fixture_plan(struct fixture_site *site)
{
	wp_plan_free(site->plan);
	site->plan = NULL;
	cr_assert_eq(fixture_select(site), WP_OK, "%s", site->err.message);
	site->input.selection = &site->selection;
	site->plan = fixture_make(site);
	return site->plan;
}

static inline void fixture_add_text(void *text, const char *more, size_t length)
{
	wp_buf_add(text, more, length);
}

/* The plan file, and what it is as JSON; the latter is freed by the caller. */
static inline const char *fixture_plan_text(struct wp_arena *arena, const struct wp_plan *plan)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *envelope __attribute__((cleanup(wp_json_freep))) = wp_plan_envelope_json(plan);

	cr_assert(wp_plan_write(NULL, plan, envelope, SIZE_MAX, &(struct wp_sink){ fixture_add_text, &text }));
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static inline json_t *fixture_plan_json(struct wp_arena *arena, const struct wp_plan *plan)
{
	return wp_json_must(json_loads(fixture_plan_text(arena, plan), JSON_REJECT_DUPLICATES, NULL));
}

/* The reasons that stand in more than one test. */
#define FIXTURE_SAME_METADATA { .code = "metadata-same", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN }
#define FIXTURE_SAME_BY_DATE { .code = "content-same", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_INFERRED }
/* An old date bears nothing out where the metadata differ. */
#define FIXTURE_UNPROVEN_CONTENT \
	{ .code = "content-unproven", .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_UNKNOWN, \
	  .recorded = "2026-01-09T22:41:00Z", .found = "2026-01-08T12:00:00Z" }
#define FIXTURE_CHANGED(number, name, before, after) \
	{ .code = "image-changed", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN, .image = (number), .field = (name), \
	  .recorded = (before), .found = (after) }
#define FIXTURE_ADDED(number, what) \
	{ .code = "image-added", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN, .image = (number), .found = (what) }
#define FIXTURE_NEVER_LOADED { .code = "never-loaded", .action = WP_ACTION_RELOAD, .confidence = WP_CONFIDENCE_PROVEN }

static inline const char *fixture_or_none(const char *text)
{
	return text ? text : "(none)";
}

/* @expected ends with its @most, or in front of a reason without a code. */
static inline void fixture_expect_reasons(const struct wp_entry *entry, const struct wp_reason *expected, size_t most,
					  const char *label)
{
	size_t count = 0;

	while (count < most && expected[count].code)
		count++;
	cr_expect_eq(entry->reason_count, count, "%s: %zu reasons instead of %zu", label, entry->reason_count, count);
	for (size_t i = 0; i < count && i < entry->reason_count; i++) {
		const struct wp_reason *want = &expected[i], *have = &entry->reasons[i];
		const char *texts[][3] = {
			{ "code", want->code, have->code },
			{ "action", wp_action_name(want->action), wp_action_name(have->action) },
			{ "confidence", wp_confidence_name(want->confidence), wp_confidence_name(have->confidence) },
			{ "field", want->field, have->field },
			{ "recorded", want->recorded, have->recorded },
			{ "found", want->found, have->found },
		};

		cr_expect_eq(want->image, have->image, "%s: reason %zu is about image %" PRIu32, label, i, have->image);
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			cr_expect((!texts[k][1] && !texts[k][2]) ||
					  (texts[k][1] && texts[k][2] && !strcmp(texts[k][1], texts[k][2])),
				  "%s: reason %zu has the %s\n%s\ninstead of\n%s", label, i, texts[k][0],
				  fixture_or_none(texts[k][2]), fixture_or_none(texts[k][1]));
	}
}

/* Plans and compares the reasons of the first package with those behind @label, which names the case. */
#define fixture_expect(site, label, ...) \
	fixture_expect_reasons(&fixture_plan(site)->entries[0], (const struct wp_reason[]){ __VA_ARGS__ }, \
			       sizeof((const struct wp_reason[]){ __VA_ARGS__ }) / sizeof(struct wp_reason), (label))

#endif
