/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From receipts and plans to what was found after the call. */
#include "proof.h"

#include <stdlib.h>
#include <string.h>

/* A plan of a receipt: a file that was given, or one that the cache remembers. */
struct known_plan {
	char id[WP_HASH_TEXT];
	bool known;
	struct wp_planned_source *sources; /* of its refreshes, by package */
	size_t count;
};

struct known_plans {
	struct known_plan *items;
	size_t count;
	struct wp_plan **files; /* the files among them */
	size_t file_count;
	struct wp_question *questions; /* that the files among them have found */
	size_t question_count;
};

static int compare_sources(const void *a, const void *b)
{
	const struct wp_planned_source *x = a, *y = b;

	return strcmp(x->package_id, y->package_id);
}

static const struct known_plan *find_plan(const struct known_plans *plans, const char *id)
{
	for (size_t i = 0; i < plans->count; i++)
		if (!strcmp(plans->items[i].id, id))
			return &plans->items[i];
	return NULL;
}

static bool has_receipt_of(const struct wp_evidence *evidence, const char *plan_id)
{
	for (size_t i = 0; i < evidence->receipt_count; i++)
		if (!strcmp(evidence->receipts[i].plan_id, plan_id))
			return true;
	return false;
}

/* Takes over the questions of a plan: this cache may not be the one that the plan was made with. */
static void take_questions(struct wp_arena *arena, const struct wp_plan *plan, struct known_plans *plans)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		if (wp_entry_has_reason(entry, "content-unproven") && entry->content_id[0] &&
		    entry->preconditions.source_version.known)
			*WP_PUSH(arena, plans->questions, plans->question_count) = (struct wp_question){
				.site_code = plan->site_code,
				.package_id = entry->package_id,
				.source_version = entry->preconditions.source_version.value,
				.content_id = entry->content_id,
				.asked_at = plan->created_at,
			};
	}
}

static void take_sources(struct wp_arena *arena, const struct wp_plan *plan, struct known_plan *ret)
{
	struct wp_planned_source source;

	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].refresh && wp_planned_source_of(&plan->entries[i], &source))
			*WP_PUSH(arena, ret->sources, ret->count) = source;
	WP_SORT(ret->sources, ret->count, compare_sources);
}

static int take_plan_file(struct wp_cli *cli, const char *path, const struct wp_evidence *evidence,
			  struct known_plans *plans)
{
	struct wp_plan **file = WP_PUSH(cli->arena, plans->files, plans->file_count), *plan;
	struct known_plan *known;
	int status = wp_program_plan(cli, path, file, &cli->err);

	if (status)
		return status;
	plan = *file;
	if (!has_receipt_of(evidence, plan->id))
		return wp_fail(&cli->err, WP_E_REFUSED, "other-plan", path,
			       "%s is plan %s, and no receipt is of it; nothing was recorded", path, plan->id);
	take_questions(cli->arena, plan, plans);
	known = WP_PUSH(cli->arena, plans->items, plans->count);
	memcpy(known->id, plan->id, sizeof known->id);
	known->known = true;
	take_sources(cli->arena, plan, known);
	return WP_OK;
}

/* The plan of a receipt, looked up in the cache once. */
static int take_plan(struct wp_cli *cli, struct wp_cache *cache, const char *plan_id, struct known_plans *plans,
		     const struct known_plan **ret)
{
	struct known_plan *known;
	int status;

	*ret = find_plan(plans, plan_id);
	if (*ret)
		return WP_OK;
	known = WP_PUSH(cli->arena, plans->items, plans->count);
	strcpy(known->id, plan_id); /* a digest, as all ids of receipts */
	status = wp_cache_find_plan(cache, cli->arena, plan_id, &known->sources, &known->count, &known->known,
				    &cli->err);
	*ret = known;
	return status;
}

/* The source that the refresh's plan names. A receipt that says otherwise was not written for this plan. */
static int find_source(const struct known_plan *plan, const struct wp_refresh *refresh,
		       const struct wp_planned_source **ret, struct wp_error *err)
{
	const struct wp_planned_source key = { .package_id = refresh->step->package_id };
	const struct wp_planned_source *source =
		plan->count ? bsearch(&key, plan->sources, plan->count, sizeof key, compare_sources) : NULL;
	const char *file_id = refresh->step->file_id;

	*ret = source;
	if (source && !strcmp(refresh->step->content_id, source->content_id) &&
	    (!file_id || !strcmp(file_id, source->file_id)))
		return WP_OK;
	return wp_fail(err, WP_E_REFUSED, "bad-receipt", refresh->receipt->subject,
		       "%s: the refresh of %s is not that of its plan, which %s; nothing was recorded",
		       refresh->receipt->subject, refresh->step->package_id,
		       source ? "names another content" : "has none");
}

/* Fills what is known without looking, and @sources with what is to be looked at, for the refreshes at @places. */
static int find_sources(struct wp_cli *cli, struct wp_cache *cache, struct known_plans *plans,
			struct wp_refresh *refreshes, size_t count, struct wp_planned_source *sources, size_t *places,
			size_t *ret_count)
{
	for (size_t i = 0; i < count; i++) {
		const struct wp_planned_source *source;
		const struct known_plan *plan;
		int status = take_plan(cli, cache, refreshes[i].receipt->plan_id, plans, &plan);

		if (!status && !plan->known) {
			refreshes[i].why = "plan-unknown";
			refreshes[i].detail = "the plan is neither known here nor given with --plan";
			continue;
		}
		if (!status)
			status = find_source(plan, &refreshes[i], &source, &cli->err);
		if (status)
			return status;
		sources[*ret_count] = *source;
		places[(*ret_count)++] = i;
	}
	return WP_OK;
}

static int look(struct wp_cli *cli, const struct wp_evidence *evidence, const struct wp_planned_source *sources,
		const size_t *places, size_t count, struct wp_refresh *refreshes)
{
	static const char *const whys[] = {
		[WP_SOURCE_SAME] = NULL,
		[WP_SOURCE_CHANGED] = "source-changed",
		[WP_SOURCE_MISSING] = "source-missing",
		[WP_SOURCE_UNREADABLE] = "source-unreadable",
	};
	struct wp_recheck *checks = wp_arena_alloc(cli->arena, count * sizeof *checks);
	struct wp_scan *scan = wp_cli_recheck(cli, sources, count, evidence->config, evidence->scan, checks);
	int status = wp_cli_keep_scan(cli, evidence->scan.cache, scan);

	for (size_t i = 0; i < count; i++) {
		refreshes[places[i]].why = whys[checks[i].state];
		refreshes[places[i]].detail = wp_arena_strdup(cli->arena, checks[i].detail);
	}
	wp_scan_free(scan);
	return status;
}

int wp_cli_prove(struct wp_cli *cli, const struct wp_evidence *evidence, struct wp_refresh *refreshes, size_t count)
{
	struct wp_planned_source *sources = wp_arena_alloc(cli->arena, count * sizeof *sources);
	size_t *places = wp_arena_alloc(cli->arena, count * sizeof *places), found = 0;
	struct known_plans plans = { 0 };
	int status = WP_OK;

	for (size_t i = 0; !status && i < evidence->plans.count; i++)
		status = take_plan_file(cli, evidence->plans.items[i], evidence, &plans);
	if (!status)
		status = find_sources(cli, evidence->scan.cache, &plans, refreshes, count, sources, places, &found);
	if (!status)
		status = wp_cache_put_questions(evidence->scan.cache, plans.questions, plans.question_count, &cli->err);
	if (!status && found)
		status = look(cli, evidence, sources, places, found, refreshes);
	for (size_t i = 0; i < plans.file_count; i++)
		wp_plan_free(plans.files[i]);
	return status;
}
