/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a refresh sends and how long that takes: a range, with what it rests on. How a site sends is documented (Microsoft
 * Learn, "Manage content", "Binary differential replication"); how well that works on a serviced WIM is not.
 */
#include "cost.h"

#include "wimplan/ascii.h"

#include <string.h>

/* SMS_PackageBaseclass.PkgFlags, bit 26: binary differential replication. */
#define ENABLE_BINARY_DELTA 0x04000000u

/* Bytes from the least to the most. */
struct range {
	uint64_t least, most;
};

/* What the points of one site get. */
struct site_load {
	const char *site; /* "" when it is not known */
	struct range bytes;
	uint64_t points;
	double sum_least, sum_most;         /* seconds of its points one after the other */
	double longest_least, longest_most; /* seconds of its slowest point */
	bool timed; /* the rate of each of its points is known */
};

static void assume(struct cost *cost, const char *what)
{
	for (size_t i = 0; i < json_array_size(cost->assumptions); i++)
		if (!strcmp(json_string_value(json_array_get(cost->assumptions, i)), what))
			return;
	wp_json_push(cost->assumptions, wp_json_text(what));
}

/* The baseline that a package's content was held against; NULL when it was held against dates. */
static const struct wp_baseline *baseline_of(const struct wp_audit *audit, const struct audited *package)
{
	const struct wp_baseline *items;
	const char *recorded = NULL;
	size_t count = wp_plan_baselines(audit->input->plan, package->record->package_id, &items);

	for (size_t i = 0; i < package->entry->reason_count; i++)
		if (!strcmp(package->entry->reasons[i].code, "content-changed"))
			recorded = package->entry->reasons[i].recorded;
	for (size_t i = 0; recorded && i < count; i++)
		if (items[i].content_id && !strcmp(items[i].content_id, recorded))
			return &items[i];
	return NULL;
}

/* Bytes of an upgrade package's files that are not the ones that were distributed: the .wim, and the others. */
struct changed {
	uint64_t wim, others;
};

static bool changed_files(const struct wp_audit *audit, const struct audited *package, struct changed *ret)
{
	const struct wp_baseline *baseline = baseline_of(audit, package);
	const struct wp_plan_input *input = audit->input->plan;
	const struct wp_observation *seen = package->seen;
	struct wp_folder_change change;

	for (size_t i = 0; baseline && seen->manifest.text && i < input->manifest_count; i++) {
		if (strcmp(input->manifests[i].content_id, baseline->content_id) ||
		    !wp_manifest_compare(audit->scratch, &input->manifests[i].manifest, &seen->manifest, &change))
			continue;
		*ret = (struct changed){ .others = change.bytes };
		if (!baseline->file_id || strcmp(baseline->file_id, seen->file_id))
			ret->wim = seen->wim ? seen->wim->size : 0;
		return true;
	}
	return false;
}

/* The new blobs' share of the file, as if all of it were compressed alike. */
static uint64_t share(uint64_t whole, const struct wp_content_change *content)
{
	if (!content->bytes || content->bytes_new >= content->bytes)
		return whole;
	return (uint64_t)((double)whole * ((double)content->bytes_new / (double)content->bytes));
}

/* The least that a file of @bytes costs as blocks: what is new in it, or nothing where nobody knows that. */
static uint64_t least_as_blocks(const struct audited *package, uint64_t bytes)
{
	return package->entry->content ? share(bytes, package->entry->content) : 0;
}

/*
 * What one point of each kind gets. Binary differential replication is for points that a site pushes to, and for nobody after
 * five incremental versions, which an export does not count; a pull point fetches whole files that it lacks, a cloud point
 * everything (Microsoft Learn, "Fundamental concepts for content management").
 */
struct shares {
	struct range push, pull, cloud;
};

/* @whole: the bytes of the source. */
static struct shares shares_of(const struct wp_audit *audit, const struct audited *package, uint64_t whole, struct cost *cost)
{
	struct shares shares = { { whole, whole }, { whole, whole }, { whole, whole } };
	struct changed changed;
	uint64_t flags = package->record->flags.value;

	if (package->record->class != WP_CLASS_INSTALL) {
		if (flags & ENABLE_BINARY_DELTA)
			shares.push.least = least_as_blocks(package, whole);
		assume(cost, flags & ENABLE_BINARY_DELTA ? "binary-delta" : "whole-file");
		return shares;
	}
	/* A content library holds each file once, and a point gets what it lacks. */
	if (changed_files(audit, package, &changed)) {
		shares.pull.least = shares.pull.most = wp_sum(changed.others, changed.wim);
		shares.push = shares.pull;
		if (flags & ENABLE_BINARY_DELTA)
			shares.push.least = least_as_blocks(package, changed.wim);
		assume(cost, "changed-files");
	} else {
		shares.push.least = shares.pull.least = 0;
		assume(cost, "changed-files-unknown");
	}
	if (flags & ENABLE_BINARY_DELTA)
		assume(cost, "binary-delta");
	return shares;
}

/* The loads of one refresh, and where each site's is. */
struct loads {
	struct site_load *items;
	size_t count;
	json_t *index; /* site → place and 1 */
};

static struct site_load *load_of(struct wp_audit *audit, struct loads *loads, const char *site)
{
	size_t at = (size_t)json_integer_value(json_object_get(loads->index, site));
	struct site_load *load;

	if (at)
		return &loads->items[at - 1];
	load = WP_PUSH(audit->scratch, loads->items, loads->count);
	wp_json_set(loads->index, site, json_integer((json_int_t)loads->count));
	load->site = site;
	load->timed = true;
	return load;
}

static uint64_t times(uint64_t bytes, uint64_t count)
{
	return count && bytes > UINT64_MAX / count ? UINT64_MAX : bytes * count;
}

/* Adds @count points that get the same at the same rate. */
static void add_points(struct site_load *load, struct range bytes, uint64_t rate, uint64_t count)
{
	double least = rate ? (double)bytes.least * 8 / (double)rate : 0;
	double most = rate ? (double)bytes.most * 8 / (double)rate : 0;

	load->points = wp_sum(load->points, count);
	load->bytes.least = wp_sum(load->bytes.least, times(bytes.least, count));
	load->bytes.most = wp_sum(load->bytes.most, times(bytes.most, count));
	load->timed = load->timed && rate;
	load->sum_least += least * (double)count;
	load->sum_most += most * (double)count;
	load->longest_least = least > load->longest_least ? least : load->longest_least;
	load->longest_most = most > load->longest_most ? most : load->longest_most;
}

static const struct wp_site_bandwidth *bandwidth_of(const struct wp_window_settings *window, const char *site)
{
	for (size_t i = 0; i < window->site_count; i++)
		if (window->sites[i].bits && wp_ascii_same(window->sites[i].site, site))
			return &window->sites[i];
	return NULL;
}

/* The rate of a point in bits per second; 0 when nobody knows it. */
static uint64_t rate_of(const struct wp_window_settings *window, const struct wp_point *point, struct cost *cost)
{
	if (window->bandwidth.known && window->bandwidth.value)
		return window->bandwidth.value;
	if (!point || !point->rate.known || point->rate.value > UINT64_MAX / 1000)
		return 0;
	assume(cost, "measured-rate");
	return point->rate.value * 1000;
}

/* How long a site takes. False when nothing says how fast it sends. */
static bool site_seconds(const struct wp_window_settings *window, const struct site_load *load, double *ret_least,
			 double *ret_most)
{
	const struct wp_site_bandwidth *bandwidth = bandwidth_of(window, load->site);
	double least = load->longest_least, most = load->sum_most;

	if (!load->timed && !bandwidth)
		return false;
	if (!load->timed)
		least = most = 0;
	if (load->timed && window->parallel.known) {
		double parallel = (double)window->parallel.value;

		least = load->sum_least / parallel > least ? load->sum_least / parallel : least;
		most = load->sum_most / parallel + load->longest_most;
		most = most < load->sum_most ? most : load->sum_most;
	}
	if (bandwidth) {
		double shared_least = (double)load->bytes.least * 8 / (double)bandwidth->bits;
		double shared_most = (double)load->bytes.most * 8 / (double)bandwidth->bits;

		least = shared_least > least ? shared_least : least;
		/* Its points share what it gets: then it matters little whether one waits for another. */
		most = load->timed && load->longest_most > shared_most ? load->longest_most : shared_most;
	}
	*ret_least = least > *ret_least ? least : *ret_least;
	*ret_most = most > *ret_most ? most : *ret_most;
	return true;
}

/* Seconds as a number that a plan can hold, rounded up. */
static struct wp_number seconds(double value)
{
	struct wp_number number = { .known = value < 9e15 };

	if (number.known)
		number.value = (uint64_t)value + ((double)(uint64_t)value < value);
	return number;
}

static void take_time(struct wp_audit *audit, const struct loads *loads, struct cost *cost)
{
	double least = 0, most = 0;

	for (size_t i = 0; i < loads->count; i++) {
		if (site_seconds(audit->input->window, &loads->items[i], &least, &most))
			continue;
		assume(cost, "no-bandwidth");
		return;
	}
	if (!audit->input->window->parallel.known)
		assume(cost, "parallel-unknown");
	cost->seconds_least = seconds(least);
	cost->seconds_most = seconds(most);
}

/* What a point gets of which nobody knows more than that it is there; it is said where its kind would make a difference. */
static struct range share_of_any(const struct shares *shares, struct cost *cost)
{
	if (shares->push.least != shares->cloud.least || shares->push.most != shares->cloud.most)
		assume(cost, "kind-unknown");
	return (struct range){ shares->push.least, shares->cloud.most };
}

static struct range share_of(const struct wp_point *point, const struct shares *shares, struct cost *cost)
{
	if (!point->described)
		return share_of_any(shares, cost);
	return point->cloud ? shares->cloud : point->pull ? shares->pull : shares->push;
}

/* The points that a refresh sends to, one by one. */
static void take_points(struct wp_audit *audit, const struct audited *package, const struct shares *shares,
			struct loads *loads, struct cost *cost)
{
	const struct wp_distribution *distribution = package->distribution;

	for (size_t i = 0; i < distribution->count; i++) {
		const struct wp_point_content *content = &distribution->items[i];
		const struct wp_point *point = content->point;

		if (content->state == WP_POINT_REMOVING)
			continue;
		if (point->by_hand) {
			assume(cost, "prestaged-left-out");
			continue;
		}
		cost->points.value++;
		add_points(load_of(audit, loads, point->site ? point->site : ""), share_of(point, shares, cost),
			   rate_of(audit->input->window, point, cost), 1);
	}
	cost->points.known = true;
}

/* What goes to the points in all; false, and an assumption, when nobody knows how many there are. */
static bool load_points(struct wp_audit *audit, const struct audited *package, const struct shares *shares,
			struct loads *loads, struct cost *cost)
{
	const struct wp_distribution *distribution = package->distribution;
	uint64_t named = distribution->count - distribution->counts[WP_POINT_REMOVING], unnamed;

	if (!distribution->count && !distribution->targeted.known) {
		assume(cost, "points-unknown");
		return false;
	}
	take_points(audit, package, shares, loads, cost);
	if (distribution->targeted.known && distribution->targeted.value < named)
		assume(cost, "points-by-rows");
	if (!distribution->targeted.known || distribution->targeted.value <= named)
		return true;
	unnamed = distribution->targeted.value - named;
	assume(cost, "points-by-count");
	cost->points.value = wp_sum(cost->points.value, unnamed);
	add_points(load_of(audit, loads, ""), share_of_any(shares, cost), rate_of(audit->input->window, NULL, cost), unnamed);
	return true;
}

void wp_audit_cost(struct wp_audit *audit, const struct audited *package, struct cost *ret)
{
	uint64_t bytes = package->seen ? package->seen->bytes : 0;
	struct loads loads = { .index = json_object() };
	struct range all = { 0, 0 };
	struct shares shares;

	*ret = (struct cost){ .entry = package->entry, .assumptions = json_array() };
	if (bytes)
		shares = shares_of(audit, package, bytes, ret);
	if (!bytes) {
		assume(ret, "size-unknown");
	} else if (load_points(audit, package, &shares, &loads, ret)) {
		for (size_t i = 0; i < loads.count; i++) {
			all.least = wp_sum(all.least, loads.items[i].bytes.least);
			all.most = wp_sum(all.most, loads.items[i].bytes.most);
			*WP_PUSH(audit->scratch, ret->sites, ret->site_count) =
				(struct site_traffic){ loads.items[i].site, loads.items[i].points,
						       loads.items[i].bytes.least, loads.items[i].bytes.most };
		}
		ret->bytes_least = (struct wp_number){ true, all.least };
		ret->bytes_most = (struct wp_number){ true, all.most };
		take_time(audit, &loads, ret);
	}
	json_decref(loads.index);
}
