/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a package's content is: what the rows of several classes say together of one point. */
#include "site_fixture.h"

#include "wimplan/distribution.h"

#define PACKAGE "{\"__CLASS\":\"SMS_ImagePackage\",\"PackageID\":\"P0100001\",\"SourceSite\":\"P01\",\"SourceVersion\":4}"
#define NAL(server) "[\\\"Display=\\\\\\\\" server "\\\\\\\"]MSWNET:[\\\"SMS_SITE=P01\\\"]\\\\\\\\" server "\\\\"
#define STATE(server, more) \
	"{\"__CLASS\":\"SMS_PackageStatusDistPointsSummarizer\",\"PackageID\":\"P0100001\",\"SiteCode\":\"P01\"," \
	"\"ServerNALPath\":\"" NAL(server) "\"," more "}"
#define ASSIGNED(server, status) \
	"{\"__CLASS\":\"SMS_DistributionPoint\",\"PackageID\":\"P0100001\",\"SiteCode\":\"P01\"," \
	"\"ServerNALPath\":\"" NAL(server) "\",\"Status\":" status "}"
#define MESSAGE(id, server, state, code, time) \
	"{\"__CLASS\":\"SMS_DPGroupDistributionStatusDetails\",\"ID\":" id ",\"PackageID\":\"P0100001\",\"DPName\":\"" server \
	"\",\"MessageState\":" state ",\"MessageID\":" code ",\"StatusTime\":\"" time "\"}"

/* What a set says. The caller frees both. */
static struct wp_distributions read_rows(const char *rows, struct wp_arena *arena, struct wp_record_set **ret_set)
{
	struct wp_distributions distributions;
	char *text = wp_arena_printf(arena, "[" PACKAGE "%s%s]", *rows ? "," : "", rows);

	*ret_set = import_good(rows, text);
	wp_distributions_read(arena, *ret_set, &distributions);
	return distributions;
}

/* "DP01 failed 3 #2391" for each point of the package, one a line. */
static char *words_of(const struct wp_distributions *distributions, struct wp_arena *arena)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const struct wp_distribution *package = &distributions->packages[0];

	for (size_t i = 0; i < package->count; i++) {
		const struct wp_point_content *content = &package->items[i];

		wp_buf_printf(&buf, "%s %s", content->point->name, wp_point_state_name(content->state));
		if (content->version.known)
			wp_buf_printf(&buf, " %d", (int)content->version.value);
		if (content->message.known)
			wp_buf_printf(&buf, " #%d", (int)content->message.value);
		wp_buf_puts(&buf, "\n");
	}
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

static char *words(const char *rows, struct wp_arena *arena)
{
	struct wp_record_set *set;
	struct wp_distributions distributions = read_rows(rows, arena, &set);
	char *text = words_of(&distributions, arena);

	wp_record_set_free(set);
	return text;
}

static const struct {
	const char *rows, *words;
} cases[] = {
	{ "", "" },
	/* Every State of the summarizer, with the version that is wanted and with an older one. */
	{ STATE("DP01", "\"State\":0,\"SourceVersion\":4"), "DP01 current 4\n" },
	{ STATE("DP01", "\"State\":0,\"SourceVersion\":5"), "DP01 current 5\n" },
	{ STATE("DP01", "\"State\":0,\"SourceVersion\":3"), "DP01 behind 3\n" },
	{ STATE("DP01", "\"State\":0"), "DP01 unknown\n" },
	{ STATE("DP01", "\"State\":1,\"SourceVersion\":3"), "DP01 running 3\n" },
	{ STATE("DP01", "\"State\":2,\"SourceVersion\":3"), "DP01 running 3\n" },
	{ STATE("DP01", "\"State\":3,\"SourceVersion\":4"), "DP01 failed 4\n" },
	{ STATE("DP01", "\"State\":4,\"SourceVersion\":4"), "DP01 removing 4\n" },
	{ STATE("DP01", "\"State\":5,\"SourceVersion\":4"), "DP01 removing 4\n" },
	{ STATE("DP01", "\"State\":6,\"SourceVersion\":4"), "DP01 removing 4\n" },
	{ STATE("DP01", "\"State\":7,\"SourceVersion\":4"), "DP01 running 4\n" },
	{ STATE("DP01", "\"State\":8,\"SourceVersion\":4"), "DP01 unknown 4\n" },
	{ STATE("DP01", "\"State\":99,\"SourceVersion\":4"), "DP01 unknown 4\n" },
	{ STATE("DP01", "\"SourceVersion\":4"), "DP01 unknown 4\n" },
	/* A failure that was reported after the content came, on the views' number too; not one from before. */
	{ STATE("DP01", "\"State\":0,\"SourceVersion\":4,\"LastCopied\":\"2026-01-02T03:00:00Z\"") ","
	  MESSAGE("1", "DP01", "3", "2383", "2026-01-05T03:00:00Z"), "DP01 failed 4 #2383\n" },
	{ STATE("DP01", "\"State\":0,\"SourceVersion\":4,\"LastCopied\":\"2026-01-02T03:00:00Z\"") ","
	  MESSAGE("1", "DP01", "4", "2383", "2026-01-05T03:00:00Z"), "DP01 failed 4 #2383\n" },
	{ STATE("DP01", "\"State\":0,\"SourceVersion\":4,\"LastCopied\":\"2026-01-07T03:00:00Z\"") ","
	  MESSAGE("1", "DP01", "4", "2383", "2026-01-05T03:00:00Z"), "DP01 current 4 #2383\n" },
	{ STATE("DP01", "\"State\":8,\"SourceVersion\":4") "," MESSAGE("1", "DP01", "4", "2383", "2026-01-05T03:00:00Z"),
	  "DP01 failed 4 #2383\n" },
	/* The last message counts, in whichever order and group. */
	{ MESSAGE("1", "DP01", "1", "2330", "2026-01-05T03:00:00Z") "," MESSAGE("2", "DP01", "3", "2391", "2026-01-06T03:00:00Z"),
	  "DP01 failed #2391\n" },
	{ MESSAGE("2", "DP01", "3", "2391", "2026-01-05T03:00:00Z") "," MESSAGE("1", "DP01", "2", "2372", "2026-01-06T03:00:00Z"),
	  "DP01 running #2372\n" },
	{ MESSAGE("1", "DP01", "1", "2330", "2026-01-05T03:00:00Z"), "DP01 unknown #2330\n" },
	/* Assigned alone: it should have it, and nobody says what it has. Taken off: it is no point of the package. */
	{ ASSIGNED("DP01", "1"), "DP01 unknown\n" },
	{ ASSIGNED("DP01", "3"), "" },
	{ ASSIGNED("DP01", "3") "," STATE("DP01", "\"State\":0,\"SourceVersion\":3"), "" },
	{ "{\"__CLASS\":\"SMS_PackageContentServerInfo\",\"PackageID\":\"P0100001\",\"ContentServerID\":\"a\",\"ContentServerType\":1,"
	  "\"Name\":\"\\\\\\\\DP01\"},{\"__CLASS\":\"SMS_PackageContentServerInfo\",\"PackageID\":\"P0100001\","
	  "\"ContentServerID\":\"b\",\"ContentServerType\":2,\"Name\":\"All\"}", "DP01 unknown\n" },
	/* One point by any of its names, failures in front, then by name. */
	{ ASSIGNED("DP01", "1") "," STATE("dp01", "\"State\":0,\"SourceVersion\":4") ","
	  MESSAGE("1", "Dp01", "1", "2330", "2026-01-05T03:00:00Z"), "dp01 current 4 #2330\n" },
	{ STATE("DP02", "\"State\":0,\"SourceVersion\":4") "," STATE("DP03", "\"State\":3,\"SourceVersion\":4") ","
	  STATE("DP01", "\"State\":0,\"SourceVersion\":4") "," STATE("DP04", "\"State\":0,\"SourceVersion\":2"),
	  "DP03 failed 4\nDP04 behind 2\nDP01 current 4\nDP02 current 4\n" },
};

Test(distribution, what_a_point_has)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena = wp_arena_new();
		char *found = words(cases[i].rows, arena);

		cr_expect_str_eq(found, cases[i].words, "%zu:\n%sinstead of\n%s", i, found, cases[i].words);
		wp_arena_free(arena);
	}
}

/* Of the version that was sent at 04:00: what failed before that was another one, where both times are known to be of one clock. */
static const struct {
	const char *rows, *before, *last;
} failures[] = {
	{ STATE("DP01", "\"State\":3,\"SourceVersion\":3"), "DP01 failed 3\n", "DP01 failed 3\n" },
	{ STATE("DP01", "\"State\":3,\"SourceVersion\":3,\"SummaryDate\":\"2026-01-05T03:00:00Z\""), "DP01 failed 3\n",
	  "DP01 behind 3\n" },
	{ STATE("DP01", "\"State\":3,\"SourceVersion\":3,\"SummaryDate\":\"2026-01-05T05:00:00Z\""), "DP01 failed 3\n",
	  "DP01 failed 3\n" },
	{ STATE("DP01", "\"State\":3,\"SummaryDate\":\"2026-01-05T03:00:00Z\""), "DP01 failed\n", "DP01 unknown\n" },
	/* A row of before does not say what it has of a version that is newer. */
	{ STATE("DP01", "\"State\":3,\"SourceVersion\":4,\"SummaryDate\":\"2026-01-05T03:00:00Z\""), "DP01 failed 4\n",
	  "DP01 unknown 4\n" },
	/* The message is nearer to the point than the summary. */
	{ STATE("DP01", "\"State\":3,\"SourceVersion\":3,\"SummaryDate\":\"2026-01-05T05:00:00Z\"") ","
	  MESSAGE("1", "DP01", "3", "2391", "2026-01-05T03:00:00Z"), "DP01 failed 3 #2391\n", "DP01 behind 3 #2391\n" },
	{ STATE("DP01", "\"State\":3,\"SourceVersion\":3,\"SummaryDate\":\"2026-01-05T03:00:00Z\"") ","
	  MESSAGE("1", "DP01", "3", "2391", "2026-01-05T04:00:00Z"), "DP01 failed 3 #2391\n", "DP01 failed 3 #2391\n" },
	{ MESSAGE("1", "DP01", "4", "2391", "2026-01-05T03:59:59Z"), "DP01 failed #2391\n", "DP01 unknown #2391\n" },
	{ MESSAGE("1", "DP01", "4", "2391", "2026-01-05T03:59:59"), "DP01 failed #2391\n", "DP01 failed #2391\n" },
	{ STATE("DP01", "\"State\":0,\"SourceVersion\":4") "," MESSAGE("1", "DP01", "3", "2383", "2026-01-05T03:00:00Z"),
	  "DP01 failed 4 #2383\n", "DP01 current 4 #2383\n" },
};

Test(distribution, failures_of_older_versions)
{
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_distributions distributions;
		struct wp_record_set *set;
		char *found;

		read_rows(failures[i].rows, arena, &set);
		set->records[0].source_date = wp_time_parse("2026-01-05T04:00:00Z");
		wp_distributions_read(arena, set, &distributions);
		found = words_of(&distributions, arena);
		cr_expect_str_eq(found, failures[i].before, "%zu: %s", i, found);
		wp_distributions_read_last(arena, set, &distributions);
		found = words_of(&distributions, arena);
		cr_expect_str_eq(found, failures[i].last, "%zu: %s", i, found);
		wp_record_set_free(set);
		wp_arena_free(arena);
	}
}

/* Left out as they are read: what they say is of no point. */
Test(distribution, rows_without_a_point_are_said)
{
	static const char rows[] =
		"{\"__CLASS\":\"SMS_PackageStatusDistPointsSummarizer\",\"PackageID\":\"P0100001\",\"ServerNALPath\":\"\",\"State\":0},"
		"{\"__CLASS\":\"SMS_PackageStatusDistPointsSummarizer\",\"PackageID\":\"P0100001\",\"ServerNALPath\":\"[\\\"Display=\","
		"\"State\":0},"
		"{\"__CLASS\":\"SMS_DistributionDPStatus\",\"PackageID\":\"P0100001\",\"ID\":7,\"MessageState\":1},"
		"{\"__CLASS\":\"SMS_PackageContentServerInfo\",\"PackageID\":\"P0100001\",\"ContentServerID\":\"a\","
		"\"ContentServerType\":2},"
		STATE("DP01", "\"State\":0,\"SourceVersion\":4");
	struct wp_arena *arena = wp_arena_new();
	struct wp_record_set *set;
	struct wp_distributions distributions = read_rows(rows, arena, &set);
	size_t said = 0;

	cr_expect_eq(distributions.packages[0].count, 1);
	cr_expect_eq(distributions.point_count, 1);
	for (size_t i = 0; i < set->diags.count; i++)
		said += !strcmp(set->diags.items[i].code, "rows-without-point");
	cr_expect_eq(said, 2, "one for each class, and none for the row of a group");
	wp_record_set_free(set);
	wp_arena_free(arena);
}

/* "DP01 P01 pull", with "?" where nothing describes the point. */
static char *kinds(const char *rows, struct wp_arena *arena)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_record_set *set;
	struct wp_distributions distributions = read_rows(rows, arena, &set);

	for (size_t i = 0; i < distributions.point_count; i++) {
		const struct wp_point *point = &distributions.points[i];

		wp_buf_printf(&buf, "%s %s%s%s%s%s%s", point->name, point->site ? point->site : "-",
			      point->described ? "" : " ?", point->pull ? " pull" : "", point->cloud ? " cloud" : "",
			      point->by_hand ? " by hand" : "", point->secondary ? " secondary" : "");
		if (point->rate.known)
			wp_buf_printf(&buf, " %d", (int)point->rate.value);
		wp_buf_puts(&buf, "\n");
	}
	wp_record_set_free(set);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

#define INFO(server, site, more) \
	"{\"__CLASS\":\"SMS_DistributionPointInfo\",\"SiteCode\":\"" site "\",\"NALPath\":\"" NAL(server) "\"" more "}"
#define SITE(code, type) "{\"__CLASS\":\"SMS_Site\",\"SiteCode\":\"" code "\",\"Type\":" type "}"

Test(distribution, kinds_of_points)
{
	static const struct {
		const char *rows, *kinds;
	} points[] = {
		{ STATE("DP01", "\"State\":0"), "DP01 P01 ?\n" },
		{ INFO("DP01", "P01", ""), "DP01 P01\n" },
		{ INFO("DP01", "P01", ",\"IsPullDP\":true,\"TransferRate\":5000"), "DP01 P01 pull 5000\n" },
		{ INFO("DP01", "P01", ",\"IsPullDP\":\"False\",\"TransferRate\":\"0\""), "DP01 P01\n" },
		{ INFO("DP01", "P01", ",\"PreStagingAllowed\":true"), "DP01 P01 by hand\n" },
		{ INFO("DP01", "P01", ",\"ServiceType\":1"), "DP01 P01 cloud\n" },
		{ INFO("DP01", "P01", ",\"ServiceType\":0,\"Region\":\"West Europe\""), "DP01 P01 cloud\n" },
		{ INFO("DP01", "P01", ",\"ServiceType\":0,\"Region\":\"\""), "DP01 P01\n" },
		{ INFO("DP01", "S11", "") "," SITE("S11", "1") "," SITE("P01", "2"), "DP01 S11 secondary\n" },
		{ INFO("DP01", "S11", "") "," SITE("S11", "\"1\""), "DP01 S11 secondary\n" },
		{ INFO("DP01", "P01", "") "," SITE("S11", "1") "," SITE("P01", "2"), "DP01 P01\n" },
		{ "{\"__CLASS\":\"SMS_DistributionPointInfo\",\"NALPath\":\"\",\"ServerName\":\"DP01\",\"SiteCode\":\"\"}", "DP01 -\n" },
	};

	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		struct wp_arena *arena = wp_arena_new();
		char *found = kinds(points[i].rows, arena);

		cr_expect_str_eq(found, points[i].kinds, "%zu:\n%sinstead of\n%s", i, found, points[i].kinds);
		wp_arena_free(arena);
	}
}

Test(distribution, messages_in_words)
{
	cr_expect_not_null(wp_point_message(2391).meaning);
	cr_expect_not_null(wp_point_message(2391).remedy);
	cr_expect_null(wp_point_message(2372).remedy);
	cr_expect_null(wp_point_message(1).meaning);
	cr_expect_null(wp_point_message(UINT64_MAX).meaning);
}

#define TARGET(group, package, more) \
	"{\"__CLASS\":\"SMS_PackageContentServerInfo\",\"PackageID\":\"" package "\",\"ContentServerID\":\"" group "\"," more "}"
#define OF_GROUP(id, group, package, server) \
	"{\"__CLASS\":\"SMS_DPGroupDistributionStatusDetails\",\"ID\":" id ",\"GroupID\":\"" group "\",\"PackageID\":\"" package \
	"\",\"DPName\":\"" server "\",\"MessageState\":1,\"MessageID\":2330}"

/* "name/id 2: P0100001 P0100002" for each group, one a line. */
static char *groups_of(const char *rows, const bool *wanted, struct wp_arena *arena)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_point_groups groups;
	struct wp_record_set *set = import_good(
		rows, wp_arena_printf(arena, "[" PACKAGE ",{\"__CLASS\":\"SMS_ImagePackage\",\"PackageID\":\"P0100002\","
					     "\"SourceSite\":\"P01\",\"SourceVersion\":4}%s%s]",
				      *rows ? "," : "", rows));

	wp_point_groups_read(arena, set, wanted, &groups);
	for (size_t i = 0; i < groups.count; i++) {
		wp_buf_printf(&buf, "%s/%s %d:", groups.items[i].name, groups.items[i].id, (int)groups.items[i].points);
		for (size_t k = 0; k < groups.items[i].package_count; k++)
			wp_buf_printf(&buf, " %s", set->records[groups.items[i].packages[k]].package_id);
		wp_buf_puts(&buf, "\n");
	}
	wp_record_set_free(set);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

Test(distribution, groups)
{
	static const bool all[2] = { true, true }, second[2] = { false, true };
	static const struct {
		const char *rows, *words;
		const bool *wanted;
	} groups[] = {
		{ "", "", all },
		/* A point is no group, and neither is a row without an id. */
		{ TARGET("DP01", "P0100001", "\"ContentServerType\":1,\"Name\":\"DP01\"") "," TARGET("", "P0100001", "\"ContentServerType\":2"),
		  "", all },
		{ TARGET("{A}", "P0100002", "\"ContentServerType\":2,\"Name\":\"Berlin\"") ","
		  TARGET("{A}", "P0100001", "\"ContentServerType\":2,\"Name\":\"Berlin\""), "Berlin/{A} 0: P0100001 P0100002\n", all },
		/* One group in both classes, in whichever letter case; a point counts once. */
		{ TARGET("{A}", "P0100001", "\"ContentServerType\":2,\"Name\":\"Berlin\"") "," OF_GROUP("1", "{a}", "P0100001", "DP01") ","
		  OF_GROUP("2", "{A}", "P0100001", "dp02") "," OF_GROUP("3", "{a}", "P0100002", "DP02"),
		  "Berlin/{A} 2: P0100001 P0100002\n", all },
		/* Without a name its id is one. The fewest points first, unknown numbers last, then by name. */
		{ OF_GROUP("1", "{A}", "P0100001", "DP01") "," OF_GROUP("2", "{A}", "P0100001", "DP02") "," OF_GROUP("3", "{B}", "P0100001", "DP03") ","
		  TARGET("{D}", "P0100001", "\"ContentServerType\":2,\"Name\":\"Aachen\"") "," TARGET("{C}", "P0100001", "\"ContentServerType\":2,\"Name\":\"bonn\""),
		  "{B}/{B} 1: P0100001\n{A}/{A} 2: P0100001\nAachen/{D} 0: P0100001\nbonn/{C} 0: P0100001\n", all },
		/* What nobody asks for is not counted. */
		{ OF_GROUP("1", "{A}", "P0100001", "DP01") "," OF_GROUP("2", "{B}", "P0100002", "DP02"), "{B}/{B} 1: P0100002\n", second },
	};

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

		cr_expect_str_eq(groups_of(groups[i].rows, groups[i].wanted, arena), groups[i].words, "case %zu", i);
	}
}
