/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins task sequences, lists of references and deployments. */
#include "internal.h"

#include "wimplan/usage.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/schedule.h"

#include <string.h>

/* SMS_Advertisement.AdvertFlags: bits 18, 28 and 29. */
#define ENABLE_TS_FROM_CD_AND_PXE 0x40000u
#define TARGET_TO_WINPE 0x10000000u
#define HIDDEN_IN_WINPE 0x20000000u
/* SMS_DeploymentSummary.FeatureType: a task sequence. */
#define FEATURE_TASK_SEQUENCE 7

struct gathering {
	struct wp_arena *arena;
	const struct wp_record_set *set;
	struct wp_usages *ret;
	json_t *sequences; /* PackageID → index into ret->sequences */
};

const char *wp_offer_words(enum wp_offer offer)
{
	static const char *const words[] = {
		[WP_OFFER_CLIENTS] = "clients",
		[WP_OFFER_CLIENTS_AND_MEDIA] = "clients, media and PXE",
		[WP_OFFER_MEDIA] = "media and PXE",
		[WP_OFFER_UNKNOWN] = "not known",
	};

	return words[offer];
}

/* The names of all sequences first: pointers to them stay good from then on. */
static void name_sequences(struct gathering *g, enum wp_site_kind kind)
{
	const json_t *rows = wp_site_rows(g->set->site, kind), *row;
	size_t i, at;

	json_array_foreach(rows, i, row) {
		const char *id = wp_column_text(g->arena, row, "PackageID");
		struct wp_task_sequence *sequence;

		if (!id || wp_place_find(g->sequences, id, &at))
			continue;
		wp_place_keep(g->sequences, id, g->ret->sequence_count);
		sequence = WP_PUSH(g->arena, g->ret->sequences, g->ret->sequence_count);
		sequence->id = id;
		sequence->enabled = true;
	}
}

static void describe_sequences(struct gathering *g)
{
	const json_t *rows = wp_site_rows(g->set->site, WP_SITE_SEQUENCES), *row;
	size_t i, at;

	json_array_foreach(rows, i, row) {
		struct wp_task_sequence *sequence;

		if (!wp_place_find(g->sequences, wp_json_get_text(row, "PackageID"), &at))
			continue;
		sequence = &g->ret->sequences[at];
		sequence->name = wp_column_text(g->arena, row, "Name");
		sequence->enabled = !json_is_false(json_object_get(row, "TsEnabled"));
		sequence->read = json_is_array(json_object_get(row, "uses"));
	}
}

static void add_usage(struct gathering *g, const char *package_id, const struct wp_usage *usage)
{
	struct wp_package_usage *package;
	size_t at;

	if (!wp_record_set_place(g->set, package_id, &at))
		return;
	package = &g->ret->packages[at];
	*WP_PUSH(g->arena, package->items, package->count) = *usage;
}

static enum wp_use use_of(const char *name)
{
	for (int use = 0; name && use < WP_USE_OTHER; use++)
		if (!strcmp(name, wp_use_name((enum wp_use)use)))
			return (enum wp_use)use;
	return WP_USE_OTHER;
}

static void take_use(struct gathering *g, struct wp_task_sequence *sequence, const json_t *row)
{
	const char *package_id = wp_json_get_text(row, "package_id"), *step = wp_column_text(g->arena, row, "step");
	struct wp_usage usage = {
		.sequence = sequence,
		.use = use_of(wp_json_get_text(row, "use")),
		.step = step ? step : "",
		.enabled = json_is_true(json_object_get(row, "enabled")),
	};
	struct wp_task_sequence *called;
	size_t at;

	usage.index.known = wp_json_get_u64(row, "index", &usage.index.value);
	add_usage(g, package_id, &usage);
	if (usage.use != WP_USE_SEQUENCE || !usage.enabled || !wp_place_find(g->sequences, package_id, &at))
		return;
	called = &g->ret->sequences[at];
	*WP_PUSH(g->arena, called->callers, called->caller_count) = sequence;
}

static void take_steps(struct gathering *g)
{
	const json_t *rows = wp_site_rows(g->set->site, WP_SITE_SEQUENCES), *row, *use;
	size_t i, j, at;

	json_array_foreach(rows, i, row) {
		const json_t *uses = json_object_get(row, "uses");
		struct wp_usage boot = { .use = WP_USE_OTHER, .step = "", .enabled = true, .boots = true };

		if (!wp_place_find(g->sequences, wp_json_get_text(row, "PackageID"), &at))
			continue;
		boot.sequence = &g->ret->sequences[at];
		json_array_foreach(uses, j, use)
			take_use(g, &g->ret->sequences[at], use);
		add_usage(g, wp_json_get_text(row, "BootImageID"), &boot);
	}
}

/* A reference says what the steps say already, unless these were not read. */
static void take_references(struct gathering *g)
{
	const json_t *rows = wp_site_rows(g->set->site, WP_SITE_REFERENCES), *row;
	size_t i, at;

	json_array_foreach(rows, i, row) {
		const char *package_id = wp_json_get_text(row, "RefPackageID");
		struct wp_usage usage = { .use = WP_USE_OTHER, .step = "", .enabled = true };

		if (!package_id || !*package_id)
			package_id = wp_json_get_text(row, "ReferencePackageID");
		if (!wp_place_find(g->sequences, wp_json_get_text(row, "PackageID"), &at) || g->ret->sequences[at].read)
			continue;
		usage.sequence = &g->ret->sequences[at];
		add_usage(g, package_id, &usage);
	}
}

static void read_flags(const json_t *row, struct wp_deployment *deployment)
{
	uint64_t offer, flags;

	if (wp_json_get_u64(row, "OfferType", &offer))
		deployment->purpose = offer == 0 ? WP_PURPOSE_REQUIRED : WP_PURPOSE_AVAILABLE;
	deployment->offer = WP_OFFER_UNKNOWN;
	if (!wp_json_get_u64(row, "AdvertFlags", &flags))
		return;
	deployment->hidden = flags & HIDDEN_IN_WINPE;
	deployment->offer = flags & TARGET_TO_WINPE	       ? WP_OFFER_MEDIA
			    : flags & ENABLE_TS_FROM_CD_AND_PXE ? WP_OFFER_CLIENTS_AND_MEDIA
								: WP_OFFER_CLIENTS;
}

/* The deployment of this id in one of the classes that describe it, or a new one. */
static struct wp_deployment *find_deployment(struct gathering *g, struct wp_task_sequence *sequence, const char *id,
					     json_t *known)
{
	const char *key = wp_arena_printf(g->arena, "%s/%s", sequence->id, id);
	size_t at;

	if (wp_place_find(known, key, &at))
		return &sequence->deployments[at];
	wp_place_keep(known, key, sequence->deployment_count);
	return WP_PUSH(g->arena, sequence->deployments, sequence->deployment_count);
}

/* "once, on 2026-03-07 21:00", with commas between tokens; NULL when there is none. */
static const char *schedule_words(struct wp_arena *arena, const json_t *value)
{
	struct wp_schedule *items;
	const char *words = NULL, *why;
	size_t count;

	if (!value || wp_schedule_decode(arena, value, &items, &count, &why) != 0)
		return NULL;
	for (size_t i = 0; i < count; i++)
		words = wp_arena_printf(arena, "%s%s%s", words ? words : "", words ? ", " : "",
					wp_schedule_words(arena, &items[i]));
	return words;
}

static void take_deployment(struct gathering *g, const json_t *row, json_t *known)
{
	const char *id = wp_column_text(g->arena, row, "AdvertisementID"), *collection = wp_column_text(g->arena, row, "CollectionName");
	struct wp_deployment *deployment;
	uint64_t feature;
	size_t at;

	id = id ? id : wp_column_text(g->arena, row, "DeploymentID");
	if (!id || !wp_place_find(g->sequences, wp_json_get_text(row, "PackageID"), &at) ||
	    (wp_json_get_u64(row, "FeatureType", &feature) && feature != FEATURE_TASK_SEQUENCE))
		return;
	deployment = find_deployment(g, &g->ret->sequences[at], id, known);
	/* The rows of a summary say less than those of the advertisement, and may come before or behind them. */
	if (!deployment->id)
		deployment->offer = WP_OFFER_UNKNOWN;
	deployment->id = id;
	if (!deployment->name)
		deployment->name = wp_column_text(g->arena, row, "AdvertisementName");
	if (collection || !deployment->collection)
		deployment->collection = collection ? collection : wp_column_text(g->arena, row, "CollectionID");
	if (json_object_get(row, "OfferType") || json_object_get(row, "AdvertFlags"))
		read_flags(row, deployment);
	if (!deployment->start.known)
		deployment->start = wp_column_time(row, json_object_get(row, "PresentTime") ? "PresentTime" : "DeploymentTime");
	if (!deployment->expires.known)
		deployment->expires = wp_column_time(row, "ExpirationTime");
	if (!deployment->deadline.known)
		deployment->deadline = wp_column_time(row, "EnforcementDeadline");
	if (!deployment->schedule)
		deployment->schedule = schedule_words(g->arena, json_object_get(row, "AssignedSchedule"));
}

static void take_deployments(struct gathering *g)
{
	const json_t *rows = wp_site_rows(g->set->site, WP_SITE_DEPLOYMENTS), *row;
	json_t *known = json_object();
	size_t i;

	json_array_foreach(rows, i, row)
		take_deployment(g, row, known);
	json_decref(known);
}

void wp_usages_read(struct wp_arena *arena, const struct wp_record_set *set, struct wp_usages *ret)
{
	struct gathering g = { arena, set, ret, json_object() };

	*ret = (struct wp_usages){ .packages = wp_arena_alloc(arena, set->count * sizeof *ret->packages) };
	name_sequences(&g, WP_SITE_SEQUENCES);
	name_sequences(&g, WP_SITE_REFERENCES);
	describe_sequences(&g);
	take_steps(&g);
	take_references(&g);
	take_deployments(&g);
	for (size_t i = 0; i < ret->sequence_count; i++)
		ret->unread += !ret->sequences[i].read;
	json_decref(g.sequences);
}

void wp_usage_deployments(struct wp_arena *arena, const struct wp_task_sequence *sequence,
			  const struct wp_deployment ***ret_items, size_t *ret_count)
{
	const struct wp_task_sequence **list = NULL;
	json_t *seen = json_object();
	size_t count = 0;

	*ret_items = NULL;
	*ret_count = 0;
	*WP_PUSH(arena, list, count) = sequence;
	wp_place_keep(seen, sequence->id, 0);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < list[i]->deployment_count; j++)
			*WP_PUSH(arena, *ret_items, *ret_count) = &list[i]->deployments[j];
		for (size_t j = 0; j < list[i]->caller_count && count < WP_LIMIT_SEQUENCE_CALLERS; j++) {
			const struct wp_task_sequence *caller = list[i]->callers[j];
			size_t at;

			if (wp_place_find(seen, caller->id, &at))
				continue;
			wp_place_keep(seen, caller->id, 0);
			*WP_PUSH(arena, list, count) = caller;
		}
	}
	json_decref(seen);
}
