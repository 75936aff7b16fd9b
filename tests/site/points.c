/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distribution points. Which package is on which point, and what has arrived there by now, follows from numbers alone: nothing
 * is kept but when which version was sent, so that 10,000 packages on 400 points cost no more than what is asked of them.
 */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the distribution manager and the transfer manager report of a failure (status messages of Configuration Manager). */
static const int failures[] = { 2323, 2324, 2354, 2370, 2382, 2383, 2385, 2391, 2398 };
enum { ARRIVED = 2330, UNDER_WAY = 8204 };

/* A package as far as its distribution goes. */
struct parcel {
	const char *package_id, *name;
	json_int_t place, type, wanted;
	struct {
		json_int_t version;
		double at;
	} sent[64];
	size_t sent_count;
};

/* How a parcel is doing on one point. */
struct arrival {
	int point; /* from 0 */
	json_int_t version;
	double since;
	bool current, failed;
	bool removing, removed, silent; /* it is being taken off, is taken off, and no state is known */
	int message; /* 0: the usual one */
};

static int object_type(json_int_t package_type)
{
	return package_type == 257 ? 18 : package_type == 258 ? 19 : 14;
}

static int group_of(const struct site *site, int point)
{
	return point % site->groups;
}

/* One group after the other, and within a group one point after the other. */
static double lag_of(const struct site *site, int point)
{
	double in_group = (point / site->groups + 1) / (double)((site->points + site->groups - 1) / site->groups);

	return site->lag_min + (site->lag_max - site->lag_min) * (group_of(site, point) + in_group) / site->groups;
}

static struct arrival arrive(const struct site *site, const struct parcel *parcel, int point, double now)
{
	struct arrival arrival = { .point = point };
	bool fails = point >= site->points - site->dp_fail;

	for (size_t i = 0; i < parcel->sent_count; i++) {
		/* What was loaded has always been there. */
		double at = parcel->sent[i].at > 0 ? parcel->sent[i].at + lag_of(site, point) : 0;

		if (at > now)
			continue;
		arrival.since = at;
		arrival.failed = fails && at > 0;
		if (!arrival.failed)
			arrival.version = parcel->sent[i].version;
	}
	arrival.current = arrival.version >= parcel->wanted;
	arrival.failed = arrival.failed && !arrival.current;
	return arrival;
}

/* What the file of --arrivals says last of the package on the point; NULL. */
static const json_t *find_line(const json_t *lines, const char *package_id, int point)
{
	const json_t *line, *found = NULL;
	size_t i;

	json_array_foreach(lines, i, line) {
		const char *id = json_string_value(json_object_get(line, "package_id"));

		if (json_integer_value(json_object_get(line, "point")) == point + 1 && (!id || !strcasecmp(id, package_id)))
			found = line;
	}
	return found;
}

/* A test says itself how far it has come. */
static void overrule(const json_t *line, const struct parcel *parcel, double now, struct arrival *arrival)
{
	const char *state = json_string_value(json_object_get(line, "state"));
	json_int_t before = parcel->sent_count > 1 ? parcel->sent[parcel->sent_count - 2].version : parcel->wanted - 1;

	if (!state)
		return;
	arrival->current = !strcmp(state, "current");
	arrival->failed = !strcmp(state, "failed");
	arrival->removing = !strcmp(state, "removing");
	arrival->removed = !strcmp(state, "removed");
	arrival->silent = !strcmp(state, "silent");
	arrival->version = arrival->current ? parcel->wanted : before;
	arrival->message = (int)json_integer_value(json_object_get(line, "message"));
	arrival->since = json_is_number(json_object_get(line, "since")) ? json_number_value(json_object_get(line, "since")) : now;
}

/* The lines of the file as they are now: an array; NULL when there is none. */
static json_t *read_lines(const struct site *site)
{
	FILE *file = site->arrivals ? fopen(site->arrivals, "re") : NULL;
	json_t *lines, *line;

	if (!file)
		return NULL;
	lines = json_array();
	while ((line = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)))
		json_array_append_new(lines, line);
	fclose(file);
	return lines;
}

static void nal_path(const struct site *site, int point, char text[160])
{
	snprintf(text, 160, "[\"Display=\\\\DP%02d.contoso.com\\\"]MSWNET:[\"SMS_SITE=%s\"]\\\\DP%02d.contoso.com\\",
		 point + 1, site->site_code, point + 1);
}

static json_t *state_row(const struct site *site, const struct parcel *parcel, const struct arrival *arrival)
{
	char nal[160], date[32];

	nal_path(site, arrival->point, nal);
	site_iso(arrival->since, date);
	return json_pack("{s:s,s:s,s:s,s:I,s:I,s:i,s:s,s:s,s:s}", "PackageID", parcel->package_id, "ServerNALPath", nal,
			 "SiteCode", site->site_code, "PackageType", parcel->type, "SourceVersion", arrival->version, "State",
			 arrival->removing  ? 4
			 : arrival->current ? 0
			 : arrival->failed  ? 3
					    : 7, "LastCopied", date, "SecuredTypeID", "", "__CLASS",
			 "SMS_PackageStatusDistPointsSummarizer");
}

static json_t *assigned_row(const struct site *site, const struct parcel *parcel, const struct arrival *arrival)
{
	char nal[160], date[32];

	nal_path(site, arrival->point, nal);
	site_iso(arrival->since, date);
	return json_pack("{s:s,s:s,s:s,s:I,s:i,s:i,s:s,s:s}", "PackageID", parcel->package_id, "ServerNALPath", nal, "SiteCode",
			 site->site_code, "PackageType", parcel->type, "ObjectTypeID", object_type(parcel->type), "Status",
			 arrival->removed   ? 3
			 : arrival->current ? 0
					    : 1, "LastRefreshTime", date, "__CLASS", "SMS_DistributionPoint");
}

static int message_of(const struct arrival *arrival)
{
	if (arrival->message)
		return arrival->message;
	if (arrival->current)
		return ARRIVED;
	return arrival->failed ? failures[(size_t)arrival->point % (sizeof failures / sizeof *failures)] : UNDER_WAY;
}

static json_t *message_row(const struct site *site, const struct parcel *parcel, const struct arrival *arrival)
{
	char nal[160], date[32], name[64];

	nal_path(site, arrival->point, nal);
	site_iso(arrival->since, date);
	snprintf(name, sizeof name, "DP%02d.contoso.com", arrival->point + 1);
	/* An Edm.Int64, as which the AdminService gives an uint64. */
	return json_pack("{s:I,s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:s,s:s,s:s}", "ID",
			 parcel->place * 1000 + arrival->point + 1, "Name", name, "NalPath", nal, "PackageID",
			 parcel->package_id, "ObjectTypeID", object_type(parcel->type), "MessageState",
			 arrival->current ? 1 : arrival->failed ? 3 : 2, "MessageID", message_of(arrival), "GroupCount", 1,
			 "LastUpdateDate", date, "SiteCode", site->site_code, "__CLASS", "SMS_DistributionDPStatus");
}

static void group_id(int group, char text[48])
{
	snprintf(text, 48, "{6B2D1F00-0000-4000-8000-%012d}", group + 1);
}

static json_t *group_message_row(const struct site *site, const struct parcel *parcel, const struct arrival *arrival)
{
	char group[48], date[32], name[64];

	group_id(group_of(site, arrival->point), group);
	site_iso(arrival->since, date);
	snprintf(name, sizeof name, "DP%02d.contoso.com", arrival->point + 1);
	return json_pack("{s:I,s:s,s:s,s:s,s:s,s:I,s:i,s:s,s:i,s:i,s:s,s:s,s:s}", "ID",
			 parcel->place * 1000 + arrival->point + 1, "GroupID", group, "DPName", name, "PackageID",
			 parcel->package_id, "ObjectID", parcel->package_id, "ObjectType", parcel->type, "ObjectTypeID",
			 object_type(parcel->type), "ContentName", parcel->name, "MessageState",
			 arrival->current ? 1 : arrival->failed ? 3 : 2, "MessageID", message_of(arrival), "StatusTime", date,
			 "SiteCode", site->site_code, "__CLASS", "SMS_DPGroupDistributionStatusDetails");
}

static const struct {
	const char *class;
	json_t *(*row)(const struct site *site, const struct parcel *parcel, const struct arrival *arrival);
} kinds[] = {
	{ "SMS_PackageStatusDistPointsSummarizer", state_row },
	{ "SMS_DistributionPoint", assigned_row },
	{ "SMS_DistributionDPStatus", message_row },
	{ "SMS_DPGroupDistributionStatusDetails", group_message_row },
};

static struct parcel read_parcel(struct site *site, sqlite3_stmt *object)
{
	struct parcel parcel = { .package_id = (const char *)sqlite3_column_text(object, 0),
				 .name = (const char *)sqlite3_column_text(object, 4),
				 .place = sqlite3_column_int64(object, 1),
				 .type = sqlite3_column_int64(object, 2),
				 .wanted = sqlite3_column_int64(object, 3) };
	sqlite3_stmt *sent = site_sql(site, "SELECT version, at FROM sent WHERE package_id = ?1 ORDER BY at DESC LIMIT 64");

	sqlite3_bind_text(sent, 1, parcel.package_id, -1, SQLITE_STATIC);
	while (site_step(site, sent)) {
		parcel.sent[parcel.sent_count].version = sqlite3_column_int64(sent, 0);
		parcel.sent[parcel.sent_count++].at = sqlite3_column_double(sent, 1);
	}
	sqlite3_finalize(sent);
	/* From the oldest on. */
	for (size_t i = 0; i < parcel.sent_count / 2; i++) {
		__typeof__(parcel.sent[0]) other = parcel.sent[i];

		parcel.sent[i] = parcel.sent[parcel.sent_count - 1 - i];
		parcel.sent[parcel.sent_count - 1 - i] = other;
	}
	return parcel;
}

/* The groups that a package was given to: those of its points. */
static void add_targets(const struct site *site, json_t *rows, const struct parcel *parcel, int dps)
{
	for (int group = 0; group < site->groups && group < dps; group++) {
		char id[48], name[64];

		group_id(group, id);
		snprintf(name, sizeof name, "Group %d", group + 1);
		json_array_append_new(rows, json_pack("{s:s,s:I,s:s,s:i,s:s,s:s}", "PackageID", parcel->package_id, "PackageType",
						      parcel->type, "ContentServerID", id, "ContentServerType", 2, "Name", name,
						      "__CLASS", "SMS_PackageContentServerInfo"));
	}
}

static json_t *list_points(const struct site *site)
{
	json_t *rows = json_array();

	for (int point = 0; point < site->points; point++) {
		char nal[160], name[64];

		nal_path(site, point, nal);
		snprintf(name, sizeof name, "DP%02d.contoso.com", point + 1);
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b,s:i,s:b,s:b,s:b,s:s}", "NALPath", nal, "ServerName", name,
						      "SiteCode", site->site_code, "IsPullDP", 0, "TransferRate", 0,
						      "PreStagingAllowed", 0, "RateLimitsEnabled", 0, "AddressScheduleEnabled", 0,
						      "__CLASS", "SMS_DistributionPointInfo"));
	}
	return rows;
}

json_t *site_points_list(struct site *site, const char *class, const char *named)
{
	int dps = site->dps < site->points ? site->dps : site->points;
	bool targets = !strcasecmp(class, "SMS_PackageContentServerInfo");
	double now = site_now(site);
	sqlite3_stmt *statement;
	size_t kind = 0;
	json_t *rows, *lines;

	if (!strcasecmp(class, "SMS_DistributionPointInfo"))
		return list_points(site);
	while (kind < sizeof kinds / sizeof *kinds && strcasecmp(class, kinds[kind].class))
		kind++;
	if (kind == sizeof kinds / sizeof *kinds && !targets)
		return NULL;
	rows = json_array();
	lines = read_lines(site);
	statement = site_sql(site, "SELECT package_id, rowid, json_extract(json, '$.PackageType'), "
				   "json_extract(json, '$.SourceVersion'), json_extract(json, '$.Name') FROM object "
				   "WHERE ?1 IS NULL OR instr(upper(?1), upper(package_id)) ORDER BY package_id");
	sqlite3_bind_text(statement, 1, named, -1, SQLITE_STATIC);
	while (site_step(site, statement)) {
		struct parcel parcel = read_parcel(site, statement);

		if (targets)
			add_targets(site, rows, &parcel, dps);
		for (int i = 0; i < site->points && !targets; i++) {
			int first = dps < site->points ? (int)(parcel.place * 7 % site->points) : 0, point = (first + i) % site->points;
			const json_t *line = lines ? find_line(lines, parcel.package_id, point) : NULL;
			struct arrival arrival;

			/* A point that has it besides is one that somebody has added. */
			if (i >= dps && !line)
				continue;
			arrival = arrive(site, &parcel, point, now);
			if (line)
				overrule(line, &parcel, now, &arrival);
			if (!(arrival.removed || arrival.silent) || kinds[kind].row == assigned_row)
				json_array_append_new(rows, kinds[kind].row(site, &parcel, &arrival));
		}
	}
	sqlite3_finalize(statement);
	json_decref(lines);
	return rows;
}
