/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins the rows of several classes about one package on one distribution point. */
#include "internal.h"

#include "wimplan/distribution.h"
#include "wimplan/text.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <string.h>

/* SMS_PackageStatusDistPointsSummarizer.State */
enum { STATE_INSTALLED, STATE_PENDING, STATE_RETRYING, STATE_FAILED, STATE_REMOVAL_PENDING, STATE_REMOVAL_FAILED = 6,
       STATE_CONTENT_UPDATING };
/* SMS_DistributionPoint.Status: it is being taken off this point. */
enum { STATUS_DELETED = 3 };
/* SMS_DistributionDPStatus.MessageState; the pages of the classes have 3 for a failure, the views of the database 4. */
enum { MESSAGE_DONE = 1, MESSAGE_RUNNING, MESSAGE_ERROR, MESSAGE_FAILED };
/* SMS_PackageContentServerInfo.ContentServerType */
enum { SERVER_IS_POINT = 1 };
/* SMS_Site.Type */
enum { SITE_IS_SECONDARY = 1 };

/* A package on a point while its rows are gathered. */
struct pair {
	size_t package, point;
	bool stated, removed;
	uint64_t state;
	struct wp_number version, message, message_state;
	struct wp_time copied, summed, reported; /* when the content came, when the state was noted, and when the message */
};

struct gathering {
	struct wp_arena *arena;
	const struct wp_record_set *set;
	struct wp_distributions *ret;
	json_t *points;   /* name in small letters → index into ret->points */
	json_t *index;    /* "package/point" → index into pairs */
	struct pair *pairs;
	size_t pair_count;
	bool last; /* failures of older versions count for none */
};

WP_NAMES(wp_point_state_name, enum wp_point_state,
	[WP_POINT_FAILED] = "failed",     [WP_POINT_BEHIND] = "behind",   [WP_POINT_RUNNING] = "running",
	[WP_POINT_REMOVING] = "removing", [WP_POINT_UNKNOWN] = "unknown", [WP_POINT_CURRENT] = "current")

/* The server in ["Display=\\DP01.contoso.com\"]MSWNET:["SMS_SITE=P01"]\\DP01.contoso.com\, or a bare name; NULL. */
static const char *server_of(struct wp_arena *arena, const char *text)
{
	const char *at = text ? strstr(text, "]\\\\") : NULL;
	size_t length;

	if (!text)
		return NULL;
	if (at)
		text = at + 1;
	else if ((at = strstr(text, "Display=")))
		text = at + strlen("Display=");
	text += strspn(text, "\\");
	length = strcspn(text, "\\/\"]");
	return length ? wp_arena_strndup(arena, text, length) : NULL;
}

const char *wp_point_name(struct wp_arena *arena, enum wp_site_kind kind, const json_t *row)
{
	/* The columns that may have it, best first. */
	static const char *const columns[WP_SITE_KINDS][3] = {
		[WP_SITE_STATES] = { "ServerNALPath" },	 [WP_SITE_ASSIGNED] = { "ServerNALPath" },
		[WP_SITE_MESSAGES] = { "DPName", "Name", "NALPath" }, [WP_SITE_TARGETS] = { "Name" },
		[WP_SITE_POINTS] = { "NALPath", "ServerName" },
	};
	const char *name = NULL;

	for (size_t i = 0; !name && i < sizeof columns[kind] / sizeof *columns[kind] && columns[kind][i]; i++)
		name = server_of(arena, wp_json_get_text(row, columns[kind][i]));
	return name;
}

bool wp_row_has_point(enum wp_site_kind kind, const json_t *row)
{
	uint64_t type;

	if (kind == WP_SITE_TARGETS)
		return wp_json_get_u64(row, "ContentServerType", &type) && type == SERVER_IS_POINT;
	return kind <= WP_SITE_POINTS;
}

/* The point of this name, made when it is new. False without a name. */
static bool find_point(struct gathering *g, const char *name, size_t *ret)
{
	char *key;

	if (!name)
		return false;
	key = wp_arena_strdup(g->arena, name);
	for (char *at = key; *at; at++)
		*at = (char)wp_ascii_lower(*at);
	if (wp_place_find(g->points, key, ret))
		return true;
	*ret = g->ret->point_count;
	wp_place_keep(g->points, key, *ret);
	WP_PUSH(g->arena, g->ret->points, g->ret->point_count)->name = name;
	return true;
}

/* The pair of a row; NULL when it has no point, or another package. */
static struct pair *pair_of(struct gathering *g, enum wp_site_kind kind, const json_t *row)
{
	const char *id = wp_json_get_text(row, "PackageID"), *site;
	size_t package, point, at;
	struct pair *pair;
	char key[48];

	if (!id || !wp_record_set_place(g->set, id, &package) || !find_point(g, wp_point_name(g->arena, kind, row), &point))
		return NULL;
	site = wp_column_text(g->arena, row, "SiteCode");
	if (!g->ret->points[point].site)
		g->ret->points[point].site = site;
	snprintf(key, sizeof key, "%zu/%zu", package, point);
	if (wp_place_find(g->index, key, &at))
		return &g->pairs[at];
	wp_place_keep(g->index, key, g->pair_count);
	pair = WP_PUSH(g->arena, g->pairs, g->pair_count);
	pair->package = package;
	pair->point = point;
	return pair;
}

static void take_state(struct gathering *g, const json_t *row)
{
	struct pair *pair = pair_of(g, WP_SITE_STATES, row);
	struct wp_number state = wp_column_number(row, "State");

	if (!pair)
		return;
	pair->stated = state.known;
	pair->state = state.value;
	pair->version = wp_column_number(row, "SourceVersion");
	pair->copied = wp_column_time(row, "LastCopied");
	pair->summed = wp_column_time(row, "SummaryDate");
}

static void take_assigned(struct gathering *g, const json_t *row)
{
	struct pair *pair = pair_of(g, WP_SITE_ASSIGNED, row);
	struct wp_number status = wp_column_number(row, "Status");

	if (!pair)
		return;
	pair->removed = status.known && status.value == STATUS_DELETED;
}

/* Of several messages about one point, one in each group that it belongs to, the last counts. */
static void take_message(struct gathering *g, const json_t *row)
{
	struct wp_time time = wp_column_time(row, "StatusTime");
	struct pair *pair = pair_of(g, WP_SITE_MESSAGES, row);

	if (!time.known)
		time = wp_column_time(row, "LastUpdateDate");
	if (!pair || (pair->message_state.known && pair->reported.known &&
		      (!time.known || time.ticks < pair->reported.ticks)))
		return;
	pair->message = wp_column_number(row, "MessageID");
	pair->message_state = wp_column_number(row, "MessageState");
	pair->reported = time;
}

static void take_target(struct gathering *g, const json_t *row)
{
	if (wp_row_has_point(WP_SITE_TARGETS, row))
		pair_of(g, WP_SITE_TARGETS, row);
}

static void take_point(struct gathering *g, const json_t *row)
{
	const char *site = wp_column_text(g->arena, row, "SiteCode");
	struct wp_number service = wp_column_number(row, "ServiceType"), rate = wp_column_number(row, "TransferRate");
	struct wp_point *point;
	size_t at;

	if (!find_point(g, wp_point_name(g->arena, WP_SITE_POINTS, row), &at))
		return;
	point = &g->ret->points[at];
	point->described = true;
	point->site = site ? site : point->site;
	point->pull = json_is_true(json_object_get(row, "IsPullDP"));
	point->by_hand = json_is_true(json_object_get(row, "PreStagingAllowed"));
	/* Both are of cloud distribution points alone (SMS_DistributionPointInfo). */
	point->cloud = (service.known && service.value) || wp_column_text(g->arena, row, "Region");
	if (rate.known && rate.value)
		point->rate = rate;
}

static void mark_secondary(struct gathering *g, const json_t *sites)
{
	json_t *secondary = json_object();
	const json_t *row;
	uint64_t type;
	size_t i, at;

	json_array_foreach(sites, i, row) {
		const char *code = wp_json_get_text(row, "SiteCode");

		if (code && wp_json_get_u64(row, "Type", &type) && type == SITE_IS_SECONDARY)
			wp_place_keep(secondary, code, 0);
	}
	for (i = 0; i < g->ret->point_count; i++)
		g->ret->points[i].secondary =
			g->ret->points[i].site && wp_place_find(secondary, g->ret->points[i].site, &at);
	json_decref(secondary);
}

/* Only where both are known to be of one clock. */
static bool is_before(struct wp_time time, struct wp_time since)
{
	return time.known && time.zone_known && since.known && since.zone_known && time.ticks < since.ticks;
}

static bool is_failure(const struct pair *pair, struct wp_time since)
{
	return pair->message_state.known &&
	       (pair->message_state.value == MESSAGE_ERROR || pair->message_state.value == MESSAGE_FAILED) &&
	       !(pair->copied.known && pair->reported.known && pair->reported.ticks < pair->copied.ticks) &&
	       !is_before(pair->reported, since);
}

static enum wp_point_state by_version(const struct pair *pair, struct wp_number wanted)
{
	if (!pair->version.known || !wanted.known)
		return WP_POINT_UNKNOWN;
	return pair->version.value < wanted.value ? WP_POINT_BEHIND : WP_POINT_CURRENT;
}

/* @wanted: the package's SourceVersion; @since: from when on a failure is one of it, not known: from ever on. */
static enum wp_point_state state_of(const struct pair *pair, struct wp_number wanted, struct wp_time since)
{
	bool failed = is_failure(pair, since);

	if (!pair->stated) {
		if (failed)
			return WP_POINT_FAILED;
		return pair->message_state.known && pair->message_state.value == MESSAGE_RUNNING ? WP_POINT_RUNNING
												  : WP_POINT_UNKNOWN;
	}
	switch (pair->state) {
	case STATE_INSTALLED:
		/* The content may have come and been found damaged since. */
		return failed ? WP_POINT_FAILED : by_version(pair, wanted);
	case STATE_PENDING:
	case STATE_RETRYING:
	case STATE_CONTENT_UPDATING:
		return WP_POINT_RUNNING;
	case STATE_FAILED:
		if (!is_before(pair->reported.known ? pair->reported : pair->summed, since))
			return WP_POINT_FAILED;
		return by_version(pair, wanted) == WP_POINT_BEHIND ? WP_POINT_BEHIND : WP_POINT_UNKNOWN;
	default:
		if (pair->state >= STATE_REMOVAL_PENDING && pair->state <= STATE_REMOVAL_FAILED)
			return WP_POINT_REMOVING;
		/* CONTENT_MONITORING, and what later versions add: what it says of the version is not established. */
		return failed ? WP_POINT_FAILED : WP_POINT_UNKNOWN;
	}
}

static int compare_contents(const void *a, const void *b)
{
	const struct wp_point_content *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	return wp_ascii_compare(x->point->name, y->point->name);
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return x->package < y->package ? -1 : x->package > y->package;
}

/* Hands the pairs to their packages. */
static void deal(struct gathering *g)
{
	struct wp_distribution *packages = g->ret->packages;

	WP_SORT(g->pairs, g->pair_count, compare_pairs);
	for (size_t i = 0; i < g->pair_count; i++) {
		const struct pair *pair = &g->pairs[i];
		struct wp_distribution *package = &packages[pair->package];
		const struct wp_record *record = &g->set->records[pair->package];
		struct wp_point_content content = {
			.point = &g->ret->points[pair->point],
			.state = state_of(pair, record->source_version,
					  g->last ? record->source_date : (struct wp_time){ 0 }),
			.version = pair->version,
			.copied = pair->copied,
			.message = pair->message,
		};

		if (pair->removed)
			continue;
		*WP_PUSH(g->arena, package->items, package->count) = content;
		package->counts[content.state]++;
	}
	for (size_t i = 0; i < g->set->count; i++)
		WP_SORT(packages[i].items, packages[i].count, compare_contents);
}

static void take_all(struct gathering *g, enum wp_site_kind kind, void (*take)(struct gathering *g, const json_t *row))
{
	const json_t *rows = wp_site_rows(g->set->site, kind), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		take(g, row);
}

static void gather(struct wp_arena *arena, const struct wp_record_set *set, bool last, struct wp_distributions *ret)
{
	struct gathering g = {
		.arena = arena, .set = set, .ret = ret, .last = last,
		.points = json_object(), .index = json_object(),
	};

	*ret = (struct wp_distributions){ .packages = wp_arena_alloc(arena, set->count * sizeof *ret->packages) };
	for (size_t i = 0; i < set->count; i++) {
		ret->packages[i].targeted = set->records[i].targeted;
		ret->packages[i].errors = set->records[i].errors;
	}
	take_all(&g, WP_SITE_STATES, take_state);
	take_all(&g, WP_SITE_ASSIGNED, take_assigned);
	take_all(&g, WP_SITE_MESSAGES, take_message);
	take_all(&g, WP_SITE_TARGETS, take_target);
	take_all(&g, WP_SITE_POINTS, take_point);
	mark_secondary(&g, wp_site_rows(set->site, WP_SITE_SITES));
	deal(&g);
	json_decref(g.points);
	json_decref(g.index);
}

void wp_distributions_read(struct wp_arena *arena, const struct wp_record_set *set, struct wp_distributions *ret)
{
	gather(arena, set, false, ret);
}

void wp_distributions_read_last(struct wp_arena *arena, const struct wp_record_set *set, struct wp_distributions *ret)
{
	gather(arena, set, true, ret);
}
