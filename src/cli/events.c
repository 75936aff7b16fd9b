/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts of the events in the history of the cache. */
#include "events.h"

#include "wimplan/ascii.h"
#include "wimplan/distribution.h"
#include "wimplan/json.h"

#include <string.h>

static struct wp_event begin(const struct wp_cli *cli, enum wp_event_kind kind, const char *site_code)
{
	return (struct wp_event){
		.at = cli->env->now,
		.kind = kind,
		.site_code = site_code,
		.by = cli->env->who(cli->arena),
	};
}

/* Takes over the reference to the facts of the event. @packages NULL: it is for none. */
static int end(struct wp_cli *cli, struct wp_cache *cache, struct wp_event *event, const struct wp_event_packages *packages,
	       json_t *facts)
{
	int status;

	event->facts = facts;
	status = wp_cache_log(cache, event, packages, &cli->err);
	json_decref(facts);
	return status;
}

int wp_cli_log_import(struct wp_cli *cli, struct wp_cache *cache, const struct wp_record_set *set, const char *id,
		      bool known)
{
	struct wp_event event = begin(cli, WP_EVENT_IMPORT, set->site_code);

	return end(cli, cache, &event, NULL,
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

/* The entries of a plan that are told of, one after the other. */
struct entries {
	const struct wp_plan *plan;
	size_t at;
};

static struct wp_event next_entry(void *context, size_t number)
{
	struct entries *entries = context;
	json_t *actions = wp_json_must(json_array());
	const struct wp_entry *entry;

	(void)number;
	do
		entry = &entries->plan->entries[entries->at++];
	while (entry->status == WP_ENTRY_UNCHANGED);
	if (entry->reload)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_RELOAD)));
	if (entry->refresh)
		wp_json_push(actions, wp_json_text(wp_action_name(WP_ACTION_REFRESH)));
	return (struct wp_event){ .package_id = entry->package_id,
				  .facts = wp_json_object("status", wp_json_text(wp_entry_status_name(entry->status)), "actions",
							  actions, "reasons", reason_codes(entry), NULL) };
}

int wp_cli_log_plan(struct wp_cli *cli, struct wp_cache *cache, const struct wp_plan *plan)
{
	struct wp_event event = begin(cli, WP_EVENT_PLAN, plan->site_code);
	const struct wp_summary *summary = &plan->summary;
	struct wp_event_packages packages = { .next = next_entry, .context = &(struct entries){ .plan = plan } };

	event.plan_id = plan->id;
	for (size_t i = 0; i < plan->entry_count; i++)
		packages.count += plan->entries[i].status != WP_ENTRY_UNCHANGED;
	return end(cli, cache, &event, &packages,
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

static struct wp_event next_step(void *context, size_t number)
{
	const struct wp_receipt *receipt = context;
	const struct wp_receipt_step *step = &receipt->steps[number];
	struct wp_event event = {
		.package_id = step->package_id,
		.at = step->finished_at.known ? step->finished_at : step->started_at,
		.facts = wp_json_object("action", wp_json_text(wp_action_name(step->action)), "outcome",
					wp_json_text(wp_outcome_name(step->outcome)), "source_version_before",
					wp_json_number(step->source_version_before), "source_version_after",
					wp_json_number(step->source_version_after), "error", wp_json_text(step->error), NULL),
	};

	if (step->distribution)
		wp_json_set(event.facts, "distribution", distribution_facts(step->distribution));
	return event;
}

int wp_cli_log_receipt(struct wp_cli *cli, struct wp_cache *cache, const struct wp_receipt *receipt)
{
	struct wp_event event = begin(cli, WP_EVENT_RECEIPT, receipt->site_code);
	const struct wp_event_packages packages = { receipt->count, next_step, (void *)(uintptr_t)receipt };
	json_t *outcomes = wp_json_must(json_array()), *facts;
	struct wp_receipt_distribution seen = { 0 };
	size_t counts[WP_OUTCOMES] = { 0 };

	event.at = receipt->finished_at.known ? receipt->finished_at : receipt->started_at;
	event.plan_id = receipt->plan_id;
	event.by = receipt->by;
	for (size_t i = 0; i < receipt->count; i++) {
		const struct wp_receipt_step *step = &receipt->steps[i];

		counts[step->outcome]++;
		if (step->distribution)
			add_seen(&seen, step->distribution);
	}
	for (size_t i = 0; i < WP_OUTCOMES; i++)
		if (counts[i])
			wp_json_push(outcomes, wp_json_object("outcome", wp_json_text(wp_outcome_name((enum wp_outcome)i)),
							      "steps", wp_json_u64(counts[i]), NULL));
	facts = wp_json_object("provider", wp_json_text(receipt->provider), "started_at", wp_json_time(receipt->started_at),
			       "finished_at", wp_json_time(receipt->finished_at), "outcomes", outcomes, NULL);
	if (seen.at.known)
		wp_json_set(facts, "distribution", distribution_facts(&seen));
	return end(cli, cache, &event, &packages, facts);
}

/* The site that all of these are of; NULL when they are of several. */
static const char *common_site(const struct wp_baseline *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (!wp_ascii_same(items[i].site_code, items[0].site_code))
			return NULL;
	return items[0].site_code;
}

/* Baselines, and where all of them come from. */
struct stated {
	const struct wp_baseline *items;
	const char *origin;
};

static struct wp_event next_baseline(void *context, size_t number)
{
	const struct stated *stated = context;
	const struct wp_baseline *item = &stated->items[number];

	return (struct wp_event){
		.package_id = item->package_id,
		.facts = wp_json_object("origin", wp_json_text(stated->origin), "source_version", wp_json_u64(item->source_version),
					"confidence", wp_json_text(wp_confidence_name(item->confidence)), "content_id",
					wp_json_hash(item->content_id), NULL),
	};
}

int wp_cli_log_baselines(struct wp_cli *cli, struct wp_cache *cache, const char *origin,
			 const struct wp_baseline *baselines, size_t count)
{
	const struct wp_event_packages packages = { count, next_baseline, &(struct stated){ baselines, origin } };
	struct wp_event event;
	size_t proven = 0;

	if (!count)
		return WP_OK;
	event = begin(cli, WP_EVENT_BASELINE, common_site(baselines, count));
	for (size_t i = 0; i < count; i++)
		proven += baselines[i].confidence == WP_CONFIDENCE_PROVEN;
	return end(cli, cache, &event, &packages,
		   wp_json_object("origin", wp_json_text(origin), "baselines", wp_json_u64(count), "proven",
				  wp_json_u64(proven), NULL));
}

static struct wp_event next_forgotten(void *context, size_t number)
{
	const struct wp_baseline *items = context;

	return (struct wp_event){ .package_id = items[number].package_id,
				  .facts = wp_json_object("baselines", wp_json_u64(items[number].source_version), NULL) };
}

int wp_cli_log_forgotten(struct wp_cli *cli, struct wp_cache *cache, const struct wp_baseline *items, size_t count)
{
	const struct wp_event_packages packages = { count, next_forgotten, (void *)(uintptr_t)items };
	struct wp_event event;
	uint64_t total = 0;

	if (!count)
		return WP_OK;
	event = begin(cli, WP_EVENT_FORGET, common_site(items, count));
	for (size_t i = 0; i < count; i++)
		total += items[i].source_version;
	return end(cli, cache, &event, &packages, wp_json_object("baselines", wp_json_u64(total), NULL));
}

int wp_cli_log_removed(struct wp_cli *cli, struct wp_cache *cache, const struct wp_snapshot *snapshot)
{
	struct wp_event event = begin(cli, WP_EVENT_FORGET, snapshot->site_code);

	return end(cli, cache, &event, NULL, wp_json_object("snapshot", wp_json_text(snapshot->id), NULL));
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
