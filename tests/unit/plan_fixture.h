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
	const struct wp_observation *observations[SITE_PACKAGES];
	struct wp_policy policy;
	struct wp_plan_input input;
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
		.observations = site->observations,
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
	struct wp_site_images images = { .origin = WP_FROM_IMAGE_PROPERTY, .count = count };

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
		.image_property_state = WP_PRESENT,
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

/* Plans anew. */
static inline const struct wp_plan *fixture_plan(struct fixture_site *site)
{
	wp_plan_free(site->plan);
	site->plan = NULL;
	cr_assert_eq(wp_plan_make(&site->input, &site->plan, &site->learned, &site->err),
		     WP_OK, "%s", site->err.message);
	return site->plan;
}

/*
 * Reasons as one line each: "code action confidence image field recorded>found", '-' for what is absent; lines are
 * separated by '|'.
 */
static inline const char *fixture_reasons(struct fixture_site *site, const struct wp_entry *entry)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];
		const char *action = reason->action == WP_RELOAD    ? "reload"
				     : reason->action == WP_REFRESH ? "refresh"
								    : "-";

		wp_buf_printf(&text, "%s%s %s %s %" PRIu32 " %s %s>%s", i ? "|" : "", reason->code, action,
			      wp_confidence_name(reason->confidence), reason->image,
			      reason->field ? reason->field : "-", reason->recorded ? reason->recorded : "-",
			      reason->found ? reason->found : "-");
	}
	return wp_arena_strdup(site->arena, wp_buf_text(&text));
}

/* Plans and compares the reasons of the first package; @label names the case. */
#define fixture_expect(site, expected, label)                                                                        \
	do {                                                                                                         \
		const char *fixture_got = fixture_reasons((site), &fixture_plan(site)->entries[0]);                  \
		cr_expect(!strcmp(fixture_got, (expected)), "%s\n     got: %s\nexpected: %s", (label), fixture_got,  \
			  (expected));                                                                               \
	} while (0)

#endif
