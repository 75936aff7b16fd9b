/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots and baselines as the commands print them. */
#include "objects.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/* Enough digits that a site's snapshots stay apart for good; an option takes fewer as long as they name one. */
#define NAME_DIGITS 12

json_t *wp_cli_snapshot_json(struct wp_arena *arena, const struct wp_snapshot *snapshot)
{
	return json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o}", "id", snapshot->id, "site_code", wp_json_text(snapshot->site_code),
		"taken_at", wp_json_text(wp_time_iso(arena, snapshot->taken_at)), "imported_at",
		wp_json_text(wp_time_iso(arena, snapshot->imported_at)), "records", wp_json_u64(snapshot->records),
		"partial", wp_json_text(snapshot->partial));
}

const char *wp_cli_of_site(struct wp_cli *cli)
{
	struct wp_buf site __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!cli->site)
		return "";
	wp_text_escape(&site, cli->site);
	return wp_arena_printf(cli->arena, " of site %s", wp_buf_text(&site));
}

char *wp_cli_snapshot_name(struct wp_arena *arena, const struct wp_snapshot *snapshot)
{
	const char *colon = strchr(snapshot->id, ':');

	return wp_arena_printf(arena, "%.*s", NAME_DIGITS, colon ? colon + 1 : snapshot->id);
}

char *wp_cli_snapshot_words(struct wp_arena *arena, const struct wp_snapshot *snapshot)
{
	return wp_arena_printf(arena, "%s (site %s, %s, %" PRIu64 " package%s%s)",
			       wp_cli_snapshot_name(arena, snapshot), snapshot->site_code,
			       wp_time_minutes(arena, snapshot->taken_at), snapshot->records,
			       wp_plural(snapshot->records), snapshot->partial ? ", not all" : "");
}

static json_t *baseline_json(struct wp_arena *arena, const struct wp_baseline *baseline)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "site_code", wp_json_text(baseline->site_code),
			 "package_id", wp_json_text(baseline->package_id), "source_version",
			 wp_json_u64(baseline->source_version), "content_id", wp_json_hash(baseline->content_id),
			 "file_id", wp_json_hash(baseline->file_id), "confidence",
			 wp_confidence_name(baseline->confidence), "origin", wp_json_text(baseline->origin),
			 "recorded_at", wp_json_text(wp_time_iso(arena, baseline->recorded_at)));
}

json_t *wp_cli_baselines_json(struct wp_arena *arena, const struct wp_baseline *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		wp_json_push(array, baseline_json(arena, &items[i]));
	return array;
}

void wp_cli_note_remarks(const struct wp_cli *cli, const struct wp_diags *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];

		if (diag->severity != WP_SEVERITY_INFO || cli->verbose)
			wp_cli_note(cli, "%s: %s%s%s", wp_severity_name(diag->severity),
				    diag->subject ? diag->subject : "", diag->subject ? ": " : "", diag->summary);
	}
}
