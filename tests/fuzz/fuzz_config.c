/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration file. */
#include "fuzz.h"

#include "wimplan/config.h"

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_config config;
	struct wp_error err;

	wp_config_init(arena, &config);
	(void)wp_config_parse(arena, &config, "fuzz", (const char *)data, size, &err);
	return 0;
}
