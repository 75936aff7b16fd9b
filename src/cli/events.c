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
		.by = cli->env->who(cli->arena),
	} };
}

/* Adds a package; takes over the reference to its facts. */
static void add(struct wp_cli *cli, struct telling *telling, const char *package_id, json_t *facts)
{
	*WP_PUSH(cli->arena, telling->packages, telling->count) = (struct wp_event){ .package_id = package_id, .facts = facts };
}

/* Takes over the reference to the facts of the whole. */
static int end(struct wp_cli *cli, struct wp_cache *cache, struct telling *telling, json_t *facts)
{
	int status;

	telling->event.facts = facts;
	status = wp_cache_log(cache, &telling->event, telling->packages, telling->count, &cli->err);
	for (size_t i = 0; i < telling->count; i++)
		json_decref(telling->packages[i].facts);
	json_decref(facts);
	return status;
}

int wp_cli_log_import(struct wp_cli *cli, struct wp_cache *cache, const struct wp_record_set *set, const char *id,
		      bool known)
{
	struct telling telling = begin(cli, WP_EVENT_IMPORT, set->site_code);

	return end(cli, cache, &telling,
		   wp_json_object("snapshot", wp_json_text(id), "taken_at", wp_json_time(set->taken_at), "packages",
				  wp_json_u64(set->count), "partial", json_boolean(set->partial), "known",
				  json_boolean(known), NULL));
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
	json_t *actions = wp_json_must(json_array());

	if (entry->reload)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_RELOAD)));
	if (entry->refresh)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_REFRESH)));
	add(cli, telling, entry->package_id,
	    wp_json_object("status", wp_json_text(wp_entry_status_name(entry->status)), "actions", actions, "reasons",
			   reason_codes(entry), NULL));
}

int wp_cli_log_plan(struct wp_cli *cli, struct wp_cache *cache, const struct wp_plan *plan)
{
	struct telling telling = begin(cli, WP_EVENT_PLAN, plan->site_code);
	const struct wp_summary *summary = &plan->summary;

	telling.event.plan_id = plan->id;
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].status != WP_ENTRY_UNCHANGED)
			add_entry(cli, &telling, &plan->entries[i]);
	return end(cli, cache, &telling,
		   wp_json_object("snapshot", wp_json_text(plan->snapshot_id), "packages", wp_json_u64(summary->packages),
				  "reload", wp_json_u64(summary->reload), "refresh", wp_json_u64(summary->refresh),
				  "blocked", wp_json_u64(summary->blocked), "unproven", wp_json_u64(summary->unproven),
				  "complete", json_boolean(plan->complete), NULL));
}

/* How far it has come, without the points one by one. New reference. */
static json_t *distribution_facts(const struct wp_receipt_distribution *seen)
{
	return wp_json_object("targeted", wp_json_u64(seen->targeted), "have", wp_json_u64(seen->have), "failed",
			      wp_json_u64(seen->failed), "at", wp_json_time(seen->at), NULL);
}

static void add_seen(struct wp_receipt_distribution *sum, const struct wp_receipt_distribution *seen)
{
	sum->targeted = wp_sum(sum->targeted, seen->targeted);
	sum->have = wp_sum(sum->have, seen->have);
	sum->failed = wp_sum(sum->failed, seen->failed);
	if (seen->at.ticks > sum->at.ticks)
		sum->at = seen->at;
}

int wp_cli_log_receipt(struct wp_cli *cli, struct wp_cache *cache, const struct wp_receipt *receipt)
{
	struct telling telling = begin(cli, WP_EVENT_RECEIPT, receipt->site_code);
	json_t *outcomes = wp_json_must(json_array()), *facts;
	struct wp_receipt_distribution seen = { 0 };
	size_t counts[WP_OUTCOMES] = { 0 };

	telling.event.at = receipt->finished_at.known ? receipt->finished_at : receipt->started_at;
	telling.event.plan_id = receipt->plan_id;
	telling.event.by = receipt->by;
	for (size_t i = 0; i < receipt->count; i++) {
		const struct wp_receipt_step *step = &receipt->steps[i];

		counts[step->outcome]++;
		add(cli, &telling, step->package_id,
		    wp_json_object("action", wp_json_text(wp_action_name(step->action)), "outcome",
				   wp_json_text(wp_outcome_name(step->outcome)), "source_version_before",
				   wp_json_number(step->source_version_before), "source_version_after",
				   wp_json_number(step->source_version_after), "error", wp_json_text(step->error), NULL));
		if (step->distribution) {
			wp_json_set(telling.packages[i].facts, "distribution", distribution_facts(step->distribution));
			add_seen(&seen, step->distribution);
		}
		telling.packages[i].at = step->finished_at.known ? step->finished_at : step->started_at;
	}
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (counts[i])
			wp_json_push(outcomes, wp_json_object("outcome", wp_json_text(wp_outcome_name((enum wp_outcome)i)),
							      "steps", wp_json_u64(counts[i]), NULL));
	facts = wp_json_object("provider", wp_json_text(receipt->provider), "started_at", wp_json_time(receipt->started_at),
			       "finished_at", wp_json_time(receipt->finished_at), "outcomes", outcomes, NULL);
	if (seen.at.known)
		wp_json_set(facts, "distribution", distribution_facts(&seen));
	return end(cli, cache, &telling, facts);
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
			 const struct wp_baseline *baselines, size_t count)
{
	struct telling telling;
	size_t proven = 0;

	if (!count)
		return WP_OK;
	telling = begin(cli, WP_EVENT_BASELINE, common_site(baselines, count));
	for (size_t i = 0; i < count; i++) {
		proven += baselines[i].confidence == WP_CONFIDENCE_PROVEN;
		add(cli, &telling, baselines[i].package_id,
		    wp_json_object("origin", wp_json_text(origin), "source_version",
				   wp_json_u64(baselines[i].source_version), "confidence",
				   wp_json_text(wp_confidence_name(baselines[i].confidence)), "content_id",
				   wp_json_hash(baselines[i].content_id), NULL));
	}
	return end(cli, cache, &telling,
		   wp_json_object("origin", wp_json_text(origin), "baselines", wp_json_u64(count), "proven",
				  wp_json_u64(proven), NULL));
}

int wp_cli_log_forgotten(struct wp_cli *cli, struct wp_cache *cache, const struct wp_baseline *items, size_t count)
{
	struct telling telling;
	uint64_t total = 0;

	if (!count)
		return WP_OK;
	telling = begin(cli, WP_EVENT_FORGET, common_site(items, count));
	for (size_t i = 0; i < count; i++) {
		add(cli, &telling, items[i].package_id,
		    wp_json_object("baselines", wp_json_u64(items[i].source_version), NULL));
		total += items[i].source_version;
	}
	return end(cli, cache, &telling, wp_json_object("baselines", wp_json_u64(total), NULL));
}

int wp_cli_log_removed(struct wp_cli *cli, struct wp_cache *cache, const struct wp_snapshot *snapshot)
{
	struct telling telling = begin(cli, WP_EVENT_FORGET, snapshot->site_code);

	return end(cli, cache, &telling, wp_json_object("snapshot", wp_json_text(snapshot->id), NULL));
}

json_t *wp_cli_seen_facts(struct wp_arena *arena, const struct wp_record_set *set, const char *snapshot)
{
	struct wp_distributions all;
	const struct wp_distribution *distribution;
	json_t *states = wp_json_must(json_array());

	wp_distributions_read(arena, set, &all);
	distribution = &all.packages[0];
	for (int i = 0; i < WP_POINT_STATES; i++)
		if (distribution->counts[i])
			wp_json_push(states, json_pack("{s:s, s:o}", "state", wp_point_state_name((enum wp_point_state)i),
						       "points", wp_json_u64(distribution->counts[i])));
	return wp_json_object("snapshot", wp_json_text(snapshot), "source_version",
			      wp_json_number(set->records[0].source_version), "targeted",
			      distribution->targeted.known || !distribution->count ? wp_json_number(distribution->targeted)
										   : wp_json_u64(distribution->count),
			      "states", states, NULL);
}
