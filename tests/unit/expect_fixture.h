/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images of which something is expected, and what is said of them. */
#ifndef WIMPLAN_TESTS_EXPECT_FIXTURE_H
#define WIMPLAN_TESTS_EXPECT_FIXTURE_H

#include "wimplan/expect.h"
#include "wimplan/json.h"

#include <criterion/criterion.h>
#include <string.h>

struct world {
	struct wp_arena *arena;
	struct wp_config config;
	struct wp_wim_windows windows[3];
	struct wp_wim_servicing servicing[3];
	struct wp_wim_image images[3];
	struct wp_wim_metadata metadata;
	struct wp_expect_subject subject;
	struct wp_note *notes;
	size_t count;
};

/* Two images of Windows 11, both with everything that a test may expect. */
static inline void setup(struct world *world)
{
	static const char *languages[] = { "en-US", "de-DE" };

	*world = (struct world){ .arena = wp_arena_new() };
	wp_config_init(world->arena, &world->config);
	for (uint32_t i = 0; i < 3; i++) {
		world->servicing[i].image_state = "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE";
		world->windows[i] = (struct wp_wim_windows){
			.edition_id = "Enterprise",
			.languages = languages,
			.language_count = 2,
			.servicing = &world->servicing[i],
		};
		world->images[i] = (struct wp_wim_image){
			.index = i + 1,
			.name = "Windows 11",
			.windows = &world->windows[i],
			.last_modification_time = wp_time_parse("2026-02-01T12:00:00Z"),
		};
	}
	world->metadata = (struct wp_wim_metadata){ .images = world->images, .image_count = 2 };
	world->subject = (struct wp_expect_subject){ .metadata = &world->metadata,
						     .now = wp_time_parse("2026-03-01T12:00:00Z") };
}

static inline void release(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		json_decref((json_t *)world->notes[i].facts);
	wp_arena_free(world->arena);
}

static inline void set(struct world *world, const char *key, const char *value)
{
	struct wp_error err;

	cr_assert_eq(wp_config_set(world->arena, &world->config, "expect", key, value, wp_arena_printf(world->arena, "%s=%s", key, value),
				   &err), WP_OK, "%s", err.message);
}

static inline void set_version(struct world *world, size_t i, const char *version)
{
	struct wp_wim_windows *windows = &world->windows[i];
	uint64_t parts[WP_BUILD_PARTS] = { 0 };
	bool revision = wp_build_parse(version, WP_BUILD_PARTS, parts);

	cr_assert(revision || wp_build_parse(version, WP_BUILD_PARTS - 1, parts), "%s", version);
	windows->version = version;
	windows->major = (struct wp_number){ true, parts[0] };
	windows->minor = (struct wp_number){ true, parts[1] };
	windows->build = (struct wp_number){ true, parts[2] };
	windows->service_pack_build = (struct wp_number){ revision, parts[3] };
}

/* Judges, and gives the codes of the notes between commas. */
static inline const char *judge(struct world *world)
{
	struct wp_buf codes __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < world->count; i++)
		json_decref((json_t *)world->notes[i].facts);
	world->notes = wp_expect_judge(world->arena, &world->config.expect, &world->subject, &world->count);
	for (size_t i = 0; i < world->count; i++)
		wp_buf_printf(&codes, "%s%s", i ? "," : "", world->notes[i].code);
	return wp_arena_strdup(world->arena, wp_buf_text(&codes));
}

#endif
