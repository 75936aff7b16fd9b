/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts of the events in the history of the cache. */
#include "events.h"

#include "wimplan/ascii.h"
#include "wimplan/distribution.h"
#include "wimplan/json.h"

#include <string.h>

/* What is told of an event: it as a whole, and what it was for each package. */
struct telling {
	struct wp_event event;
	struct wp_event *packages;
	size_t count;
};

static struct telling begin(const struct wp_cli *cli, enum wp_event_kind kind, const char *site_code)
{
	return (struct telling){ .event = {
		.at = cli->env->now,
		.kind = kind,
		.site_code = site_code,
		.by = wp_arena_printf(cli->arena, "%s@%s", cli->env->user, cli->env->host),
		.facts = wp_json_must(json_object()),
	} };
}

/* Adds a package. Returns its facts, which are empty. */
static json_t *add(struct wp_cli *cli, struct telling *telling, const char *package_id)
{
	struct wp_event *package = WP_PUSH(cli->arena, telling->packages, telling->count);

	package->package_id = package_id;
	package->facts = wp_json_must(json_object());
	return package->facts;
}

static int end(struct wp_cache *cache, struct telling *telling, struct wp_error *err)
{
	int status = wp_cache_log(cache, &telling->event, telling->packages, telling->count, err);

	for (size_t i = 0; i < telling->count; i++)
		json_decref(telling->packages[i].facts);
	json_decref(telling->event.facts);
	return status;
}

int wp_cli_log_import(struct wp_cli *cli, struct wp_cache *cache, const struct wp_record_set *set, const char *id,
		      bool known, struct wp_error *err)
{
	struct telling telling = begin(cli, WP_EVENT_IMPORT, set->site_code);
	json_t *facts = telling.event.facts;

	wp_json_set(facts, "snapshot", wp_json_text(id));
	wp_json_set(facts, "taken_at", wp_json_time(set->taken_at));
	wp_json_set(facts, "packages", wp_json_u64(set->count));
	wp_json_set(facts, "partial", json_boolean(set->partial));
	wp_json_set(facts, "known", json_boolean(known));
	return end(cache, &telling, err);
}

/* The codes of an entry's reasons, each once. New reference. */
static json_t *reason_codes(const struct wp_entry *entry)
{
	json_t *codes = wp_json_must(json_array());

	for (size_t i = 0; i < entry->reason_count; i++) {
		bool again = false;

		for (size_t k = 0; k < json_array_size(codes) && !again; k++)
			again = !strcmp(json_string_value(json_array_get(codes, k)), entry->reasons[i].code);
		if (!again)
			wp_json_push(codes, wp_json_text(entry->reasons[i].code));
	}
	return codes;
}

static void add_entry(struct wp_cli *cli, struct telling *telling, const struct wp_entry *entry)
{
	json_t *facts = add(cli, telling, entry->package_id), *actions = wp_json_must(json_array());

	if (entry->reload)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_RELOAD)));
	if (entry->refresh)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_REFRESH)));
	wp_json_set(facts, "status", wp_json_text(wp_entry_status_name(entry->status)));
	wp_json_set(facts, "actions", actions);
	wp_json_set(facts, "reasons", reason_codes(entry));
}

int wp_cli_log_plan(struct wp_cli *cli, struct wp_cache *cache, const struct wp_plan *plan, struct wp_error *err)
{
	struct telling telling = begin(cli, WP_EVENT_PLAN, plan->site_code);
	const struct wp_summary *summary = &plan->summary;
	json_t *facts = telling.event.facts;

	telling.event.plan_id = plan->id;
	wp_json_set(facts, "snapshot", wp_json_text(plan->snapshot_id));
	wp_json_set(facts, "packages", wp_json_u64(summary->packages));
	wp_json_set(facts, "reload", wp_json_u64(summary->reload));
	wp_json_set(facts, "refresh", wp_json_u64(summary->refresh));
	wp_json_set(facts, "blocked", wp_json_u64(summary->blocked));
	wp_json_set(facts, "unproven", wp_json_u64(summary->unproven));
	wp_json_set(facts, "complete", json_boolean(plan->complete));
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].status != WP_ENTRY_UNCHANGED)
			add_entry(cli, &telling, &plan->entries[i]);
	return end(cache, &telling, err);
}

int wp_cli_log_receipt(struct wp_cli *cli, struct wp_cache *cache, const struct wp_receipt *receipt,
		       struct wp_error *err)
{
	struct telling telling = begin(cli, WP_EVENT_RECEIPT, receipt->site_code);
	json_t *facts = telling.event.facts, *outcomes = wp_json_must(json_array());
	size_t counts[WP_OUTCOMES] = { 0 };

	telling.event.at = receipt->finished_at.known ? receipt->finished_at : receipt->started_at;
	telling.event.plan_id = receipt->plan_id;
	telling.event.by = receipt->by;
	for (size_t i = 0; i < receipt->count; i++) {
		const struct wp_receipt_step *step = &receipt->steps[i];
		json_t *of = add(cli, &telling, step->package_id);

		counts[step->outcome]++;
		telling.packages[i].at = step->finished_at.known ? step->finished_at : step->started_at;
		wp_json_set(of, "action", wp_json_text(wp_action_name(step->action)));
		wp_json_set(of, "outcome", wp_json_text(wp_outcome_name(step->outcome)));
		wp_json_set(of, "source_version_before", wp_json_number(step->source_version_before));
		wp_json_set(of, "source_version_after", wp_json_number(step->source_version_after));
		wp_json_set(of, "error", wp_json_text(step->error));
	}
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (counts[i])
			wp_json_push(outcomes, json_pack("{s:s, s:o}", "outcome", wp_outcome_name((enum wp_outcome)i), "steps",
							 wp_json_u64(counts[i])));
	wp_json_set(facts, "provider", wp_json_text(receipt->provider));
	wp_json_set(facts, "started_at", wp_json_time(receipt->started_at));
	wp_json_set(facts, "finished_at", wp_json_time(receipt->finished_at));
	wp_json_set(facts, "outcomes", outcomes);
	return end(cache, &telling, err);
}

/* The site that all of these are of; NULL when they are of several. */
static const char *common_site(const struct wp_baseline *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (!wp_ascii_same(items[i].site_code, items[0].site_code))
			return NULL;
	return items[0].site_code;
}

int wp_cli_log_baselines(struct wp_cli *cli, struct wp_cache *cache, const char *origin,
			 const struct wp_baseline *baselines, size_t count, struct wp_error *err)
{
	struct telling telling;
	size_t proven = 0;

	if (!count)
		return WP_OK;
	telling = begin(cli, WP_EVENT_BASELINE, common_site(baselines, count));
	for (size_t i = 0; i < count; i++) {
		json_t *facts = add(cli, &telling, baselines[i].package_id);

		proven += baselines[i].confidence == WP_CONFIDENCE_PROVEN;
		wp_json_set(facts, "origin", wp_json_text(origin));
		wp_json_set(facts, "source_version", wp_json_u64(baselines[i].source_version));
		wp_json_set(facts, "confidence", wp_json_text(wp_confidence_name(baselines[i].confidence)));
		wp_json_set(facts, "content_id", wp_json_hash(baselines[i].content_id));
	}
	wp_json_set(telling.event.facts, "origin", wp_json_text(origin));
	wp_json_set(telling.event.facts, "baselines", wp_json_u64(count));
	wp_json_set(telling.event.facts, "proven", wp_json_u64(proven));
	return end(cache, &telling, err);
}

int wp_cli_log_forgotten(struct wp_cli *cli, struct wp_cache *cache, const struct wp_baseline *items, size_t count,
			 struct wp_error *err)
{
	struct telling telling;
	uint64_t total = 0;

	if (!count)
		return WP_OK;
	telling = begin(cli, WP_EVENT_FORGET, common_site(items, count));
	for (size_t i = 0; i < count; i++) {
		wp_json_set(add(cli, &telling, items[i].package_id), "baselines", wp_json_u64(items[i].source_version));
		total += items[i].source_version;
	}
	wp_json_set(telling.event.facts, "baselines", wp_json_u64(total));
	return end(cache, &telling, err);
}

int wp_cli_log_removed(struct wp_cli *cli, struct wp_cache *cache, const struct wp_snapshot *snapshot,
		       struct wp_error *err)
{
	struct telling telling = begin(cli, WP_EVENT_FORGET, snapshot->site_code);

	wp_json_set(telling.event.facts, "snapshot", wp_json_text(snapshot->id));
	return end(cache, &telling, err);
}

json_t *wp_cli_seen_facts(struct wp_arena *arena, const struct wp_record_set *set, const char *snapshot)
{
	struct wp_distributions all;
	const struct wp_distribution *distribution;
	json_t *facts = wp_json_must(json_object()), *states = wp_json_must(json_array());

	wp_distributions_read(arena, set, &all);
	distribution = &all.packages[0];
	for (int i = 0; i < WP_POINT_STATES; i++)
		if (distribution->counts[i])
			wp_json_push(states, json_pack("{s:s, s:o}", "state", wp_point_state_name((enum wp_point_state)i),
						       "points", wp_json_u64(distribution->counts[i])));
	wp_json_set(facts, "snapshot", wp_json_text(snapshot));
	wp_json_set(facts, "source_version", wp_json_number(set->records[0].source_version));
	wp_json_set(facts, "targeted", distribution->targeted.known || !distribution->count
					       ? wp_json_number(distribution->targeted)
					       : wp_json_u64(distribution->count));
	wp_json_set(facts, "states", states);
	return facts;
}
