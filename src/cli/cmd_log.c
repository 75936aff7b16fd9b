/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan log: what was imported, planned, applied and stated over time, and the story of one package. */
#include "events.h"
#include "objects.h"

#include "wimplan/ascii.h"
#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

static void add_event(struct wp_cli *cli, struct wp_history *history, const struct wp_event *event)
{
	wp_json_push(history->facts, event->facts);
	*WP_PUSH(cli->arena, history->items, history->count) = *event;
}

/* Whether two exports say the same of a package. */
static bool same_facts(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "source_version"), json_object_get(b, "source_version")) &&
	       json_equal(json_object_get(a, "targeted"), json_object_get(b, "targeted")) &&
	       json_equal(json_object_get(a, "states"), json_object_get(b, "states"));
}

/* What the snapshots that are kept say of the package, where one says another thing than the one before it. */
static int add_seen(struct wp_cli *cli, struct wp_cache *cache, const char *package_id, struct wp_history *history)
{
	struct wp_snapshot *all;
	const json_t *last = NULL;
	const char *site = NULL;
	size_t count;
	int status = wp_cache_list_snapshots(cache, cli->arena, &all, &count, &cli->err);

	/* From the oldest on. */
	for (size_t i = count; !status && i-- > 0;) {
		struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
		struct wp_event event = { .at = all[i].taken_at, .kind = WP_EVENT_IMPORT, .site_code = all[i].site_code };

		if (cli->site && !wp_ascii_same(all[i].site_code, cli->site))
			continue;
		status = wp_cache_load_package(cache, &all[i], package_id, &set, &cli->err);
		if (status || !set->count)
			continue;
		event.package_id = wp_arena_strdup(cli->arena, set->records[0].package_id);
		event.facts = wp_cli_seen_facts(cli->arena, set, all[i].id);
		if (last && wp_ascii_same(site, all[i].site_code) && same_facts(last, event.facts)) {
			json_decref(event.facts);
			continue;
		}
		last = event.facts;
		site = all[i].site_code;
		add_event(cli, history, &event);
	}
	return status;
}

/* Baselines that planning has inferred: they are no events of their own. */
static int add_inferred(struct wp_cli *cli, struct wp_cache *cache, const char *package_id, struct wp_history *history)
{
	struct wp_baseline *items;
	size_t count;
	int status = wp_cache_list_baselines(cache, cli->arena, cli->site, &items, &count, &cli->err);

	for (size_t i = 0; !status && i < count; i++)
		if (wp_ascii_same(items[i].package_id, package_id) && !strcmp(items[i].origin, "dates"))
			add_event(cli, history,
				  &(struct wp_event){
					  .at = items[i].recorded_at,
					  .kind = WP_EVENT_BASELINE,
					  .site_code = items[i].site_code,
					  .package_id = items[i].package_id,
					  .facts = json_pack("{s:s, s:o, s:s, s:o}", "origin", items[i].origin,
							     "source_version", wp_json_u64(items[i].source_version), "confidence",
							     wp_confidence_name(items[i].confidence), "content_id",
							     wp_json_hash(items[i].content_id)),
				  });
	return status;
}

/* By time; of one time in the order of the kinds, which is that in which one leads to the next; then as they were told. */
static int compare_events(const void *a, const void *b)
{
	const struct wp_event *x = a, *y = b;
	int order = (x->at.ticks > y->at.ticks) - (x->at.ticks < y->at.ticks);

	if (!order)
		order = (x->kind > y->kind) - (x->kind < y->kind);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static int load(struct wp_cli *cli, const char *package_id, struct wp_history *history)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	int status = wp_cli_open_cache(cli, WP_CACHE_READ, &cache);

	if (!status)
		status = wp_cache_history(cache, cli->arena, cli->site, package_id, history, &cli->err);
	if (status || !package_id)
		return status;
	status = add_seen(cli, cache, package_id, history);
	if (!status)
		status = add_inferred(cli, cache, package_id, history);
	for (size_t i = 0; i < history->count; i++)
		history->items[i].number = i;
	WP_SORT(history->items, history->count, compare_events);
	return status;
}

static int emit_events(struct wp_cli *cli, const struct wp_history *history)
{
	json_t *events = wp_json_must(json_array());

	for (size_t i = 0; i < history->count; i++) {
		const struct wp_event *event = &history->items[i];

		wp_json_push(events, wp_json_object("at", wp_json_time(event->at), "kind",
						    wp_json_text(wp_event_kind_name(event->kind)), "site_code",
						    wp_json_text(event->site_code), "package_id",
						    wp_json_text(event->package_id), "plan_id", wp_json_text(event->plan_id),
						    "by", wp_json_text(event->by), "facts", json_incref(event->facts), NULL));
	}
	return wp_cli_emit_document(cli, "wimplan-log", "1.0", "events", events, NULL);
}

/* What the cache holds may have been changed by another hand: what is not as it was written is shown as nothing. */
static uint64_t number_of(const json_t *facts, const char *key)
{
	uint64_t value;

	return wp_json_get_u64(facts, key, &value) ? value : 0;
}

static const char *text_of(const json_t *facts, const char *key)
{
	const char *text = wp_json_get_text(facts, key);

	return text ? text : "";
}

static const char *short_id(struct wp_cli *cli, const char *id)
{
	return wp_hash_short(cli->arena, id ? id : "");
}

/* "3 failed, 1 done" for the items of @list, with @before in front where there are any. */
static void add_counts(struct wp_buf *buf, const json_t *list, const char *name, const char *count, const char *before)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		wp_buf_printf(buf, "%s%" PRIu64 " %s", i ? ", " : before, number_of(item, count), text_of(item, name));
}

static void add_texts(struct wp_buf *buf, const json_t *list, const char *none)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		wp_buf_printf(buf, "%s%s", i ? ", " : "", json_is_string(item) ? json_string_value(item) : "");
	if (!json_array_size(list))
		wp_buf_puts(buf, none);
}

/* How many points there are: those that the package is targeted at, and more where it is being removed from some. */
static uint64_t points_of(const json_t *facts)
{
	uint64_t targeted = number_of(facts, "targeted"), sum = 0;
	const json_t *state;
	size_t i;

	json_array_foreach(json_object_get(facts, "states"), i, state)
		sum = wp_sum(sum, number_of(state, "points"));
	return sum > targeted ? sum : targeted;
}

static void add_import(struct wp_cli *cli, struct wp_buf *buf, const struct wp_event *event)
{
	const json_t *facts = event->facts, *version = json_object_get(facts, "source_version");
	uint64_t packages = number_of(facts, "packages");

	if (!event->package_id) {
		wp_buf_printf(buf, "snapshot %s: %" PRIu64 " package%s, taken %s%s%s",
			      short_id(cli, text_of(facts, "snapshot")), packages,
			      wp_plural(packages),
			      wp_time_minutes(cli->arena, wp_time_parse(text_of(facts, "taken_at"))),
			      json_is_true(json_object_get(facts, "partial")) ? ", not all" : "",
			      json_is_true(json_object_get(facts, "known")) ? ", as it was" : "");
		return;
	}
	if (json_is_integer(version))
		wp_buf_printf(buf, "SourceVersion %" JSON_INTEGER_FORMAT, json_integer_value(version));
	else
		wp_buf_puts(buf, "no SourceVersion");
	if (json_is_null(json_object_get(facts, "targeted")))
		wp_buf_puts(buf, "; on how many points the export does not say");
	else
		wp_buf_printf(buf, "; %" PRIu64 " point%s", points_of(facts), wp_plural(points_of(facts)));
	add_counts(buf, json_object_get(facts, "states"), "state", "points", ": ");
}

static void add_plan(struct wp_cli *cli, struct wp_buf *buf, const struct wp_event *event)
{
	const json_t *facts = event->facts;

	wp_buf_printf(buf, "%s: ", short_id(cli, event->plan_id));
	if (event->package_id) {
		add_texts(buf, json_object_get(facts, "actions"), text_of(facts, "status"));
		wp_buf_puts(buf, " (");
		add_texts(buf, json_object_get(facts, "reasons"), "no reason");
		wp_buf_puts(buf, ")");
		return;
	}
	wp_buf_printf(buf, "%" PRIu64 " to reload, %" PRIu64 " to refresh, %" PRIu64 " blocked, %" PRIu64 " unproven of %" PRIu64
			   "%s", number_of(facts, "reload"), number_of(facts, "refresh"), number_of(facts, "blocked"),
		      number_of(facts, "unproven"), number_of(facts, "packages"),
		      json_is_false(json_object_get(facts, "complete")) ? "; not complete" : "");
}

static void add_distribution(struct wp_buf *buf, const json_t *seen)
{
	uint64_t failed = number_of(seen, "failed"), targeted = number_of(seen, "targeted");

	if (!seen)
		return;
	wp_buf_printf(buf, "; on %" PRIu64 " of %" PRIu64 " point%s", number_of(seen, "have"), targeted, wp_plural(targeted));
	if (failed)
		wp_buf_printf(buf, ", %" PRIu64 " failed", failed);
}

static void add_receipt(struct wp_cli *cli, struct wp_buf *buf, const struct wp_event *event)
{
	const json_t *facts = event->facts;
	const char *error = wp_json_get_text(facts, "error");

	wp_buf_printf(buf, "%s: ", short_id(cli, event->plan_id));
	if (!event->package_id) {
		add_counts(buf, json_object_get(facts, "outcomes"), "outcome", "steps", "");
		add_distribution(buf, json_object_get(facts, "distribution"));
		return;
	}
	wp_buf_printf(buf, "%s %s", text_of(facts, "action"), text_of(facts, "outcome"));
	if (json_is_integer(json_object_get(facts, "source_version_after")))
		wp_buf_printf(buf, ", SourceVersion %" PRIu64, number_of(facts, "source_version_after"));
	add_distribution(buf, json_object_get(facts, "distribution"));
	if (error)
		wp_buf_printf(buf, ": %s", error);
}

static void add_baseline(struct wp_buf *buf, const struct wp_event *event)
{
	const json_t *facts = event->facts;
	const char *origin = text_of(facts, "origin");
	uint64_t count = number_of(facts, "baselines"), proven = number_of(facts, "proven");

	if (!strcmp(origin, "dates"))
		origin = "from dates";
	else if (!strcmp(origin, "receipt"))
		origin = "from a receipt";
	if (event->package_id) {
		wp_buf_printf(buf, "SourceVersion %" PRIu64 ": %s, %s", number_of(facts, "source_version"),
			      text_of(facts, "confidence"), origin);
		return;
	}
	wp_buf_printf(buf, "%" PRIu64 " package%s %s, ", count, wp_plural(count), origin);
	if (proven && proven < count)
		wp_buf_printf(buf, "%" PRIu64 " of them proven", proven);
	else
		wp_buf_puts(buf, proven ? "proven" : "inferred");
}

static void add_forgotten(struct wp_cli *cli, struct wp_buf *buf, const struct wp_event *event)
{
	const char *snapshot = wp_json_get_text(event->facts, "snapshot");
	uint64_t count = number_of(event->facts, "baselines");

	if (snapshot)
		wp_buf_printf(buf, "snapshot %s", short_id(cli, snapshot));
	else
		wp_buf_printf(buf, "%" PRIu64 " baseline%s", count, wp_plural(count));
}

static const char *sentence(struct wp_cli *cli, const struct wp_event *event)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	switch (event->kind) {
	case WP_EVENT_IMPORT:
		add_import(cli, &buf, event);
		break;
	case WP_EVENT_PLAN:
		add_plan(cli, &buf, event);
		break;
	case WP_EVENT_RECEIPT:
		add_receipt(cli, &buf, event);
		break;
	case WP_EVENT_BASELINE:
		add_baseline(&buf, event);
		break;
	default:
		add_forgotten(cli, &buf, event);
	}
	return wp_arena_strdup(cli->arena, wp_buf_text(&buf));
}

static int print(struct wp_cli *cli, const struct wp_history *history, const char *package_id)
{
	static const char *const headings[] = { "WHEN", "EVENT", "SITE", "BY", "WHAT" };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_table *table;

	if (!history->count) {
		wp_text_wrap(&buf,
			     wp_arena_printf(cli->arena, "Nothing is known%s%s%s. Importing, planning, record and baseline make a history.",
					     package_id ? " of " : "", package_id ? package_id : "", wp_cli_of_site(cli)),
			     0, wp_cli_report_options(cli).columns);
		return wp_cli_emit(cli, &buf);
	}
	table = wp_table_new(cli, headings, sizeof headings / sizeof *headings);
	for (size_t i = 0; i < history->count; i++) {
		const struct wp_event *event = &history->items[i];

		wp_table_row(table, (const char *const[]){ wp_time_minutes(cli->arena, event->at), wp_event_kind_name(event->kind),
							   event->site_code, event->by, sentence(cli, event) });
	}
	wp_table_finish(table, &buf);
	return wp_cli_emit(cli, &buf);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_history history __attribute__((cleanup(wp_history_free))) = { 0 };
	const char *package_id = cli->operand_count ? cli->operands[0] : NULL;

	(void)arguments;
	if (package_id && !wp_is_package_id(package_id))
		return wp_cli_usage(cli, package_id, "'%s' is no PackageID, which has eight letters and digits", package_id);
	if (load(cli, package_id, &history))
		return cli->err.status;
	return cli->json ? emit_events(cli, &history) : print(cli, &history, package_id);
}

const struct wp_command wp_cmd_log = {
	.name = "log",
	.summary = "what was imported, planned, applied and stated over time",
	.help = "Usage: wimplan log [OPTION…] [PACKAGEID]\n"
		"Lists what the cache remembers, the oldest first: imports, plans, receipts and\n"
		"baselines. With a PackageID its story: the versions that exports showed and how\n"
		"many distribution points had them, when it was planned, applied and by whom.\n",
	.takes = WP_TAKES_SITE,
	.operands = WP_KNOWN_PACKAGES,
	.verbs = (const struct wp_verb[]){ { NULL, 0, 1, "at most one PackageID", run } },
};
