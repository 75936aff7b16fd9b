/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lists of upgrade packages' files: out of the cache for the plan to compare, and into it. */
#include "plan_inputs.h"

#include <string.h>

void wp_plan_inputs_manifests(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_input *input)
{
	const struct wp_baseline *baseline = input->baselines, *end = baseline + input->baseline_count;
	struct wp_known_manifest *known = NULL;
	struct wp_manifest manifest;

	for (size_t i = 0; in->cache && i < in->set->count; i++) {
		const struct wp_record *record = &in->set->records[i];
		const struct wp_observation *seen = input->observations[i];

		/* Both lists are in the order of the packages, and the baselines of one in that of its versions. */
		while (baseline < end && strcmp(baseline->package_id, record->package_id) < 0)
			baseline++;
		for (; baseline < end && !strcmp(baseline->package_id, record->package_id); baseline++)
			if (record->class == WP_CLASS_INSTALL && seen && seen->manifest.text &&
			    record->source_version.known && baseline->source_version == record->source_version.value &&
			    strcmp(baseline->content_id, seen->content_id) != 0 &&
			    wp_cache_find_manifest(in->cache, cli->arena, baseline->content_id, &manifest))
				*WP_PUSH(cli->arena, known, input->manifest_count) =
					(struct wp_known_manifest){ baseline->content_id, manifest };
	}
	input->manifests = known;
}

int wp_cli_keep_manifests(struct wp_cli *cli, struct wp_cache *cache, const struct wp_observation *const *seen,
			  size_t count, struct wp_error *err)
{
	struct wp_known_manifest *items = NULL;
	size_t item_count = 0;

	for (size_t i = 0; i < count; i++)
		if (seen[i] && seen[i]->manifest.text && seen[i]->content_id[0])
			*WP_PUSH(cli->arena, items, item_count) =
				(struct wp_known_manifest){ seen[i]->content_id, seen[i]->manifest };
	return wp_cache_put_manifests(cache, items, item_count, err);
}
