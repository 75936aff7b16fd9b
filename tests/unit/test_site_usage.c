/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses a package: steps, lists of references, and deployments of task sequences that run one another. */
#include "site_fixture.h"

#include "wimplan/usage.h"

#define PACKAGE "{\"__CLASS\":\"SMS_ImagePackage\",\"PackageID\":\"P0100001\",\"SourceSite\":\"P01\"}"
#define STEP \
	"<step type='SMS_TaskSequence_ApplyOperatingSystemAction' name='Apply'><defaultVarList>" \
	"<variable property='ImagePackageID'>P0100001</variable><variable property='ImageIndex'>2</variable></defaultVarList></step>"
#define RUN(id) \
	"<subtasksequence type='SMS_TaskSequence_SubTasksequence' name='Run'><defaultVarList>" \
	"<variable property='TsPackageID'>" id "</variable></defaultVarList></subtasksequence>"
#define SEQUENCE(id, more, steps) \
	"{\"__CLASS\":\"SMS_TaskSequencePackage\",\"PackageID\":\"" id "\",\"Name\":\"" id "\"" more \
	",\"Sequence\":\"<sequence>" steps "</sequence>\"}"
#define REFERENCE(id, package) \
	"{\"__CLASS\":\"SMS_TaskSequencePackageReference_Flat\",\"PackageID\":\"" id "\",\"RefPackageID\":\"" package "\"}"
#define DEPLOYMENT(id, sequence, more) \
	"{\"__CLASS\":\"SMS_Advertisement\",\"AdvertisementID\":\"" id "\",\"PackageID\":\"" sequence "\"" more "}"

static struct wp_usages read_rows(const char *rows, struct wp_arena *arena, struct wp_record_set **ret_set)
{
	struct wp_usages usages;

	*ret_set = import_good("usage", wp_arena_printf(arena, "[" PACKAGE ",%s]", rows));
	wp_usages_read(arena, *ret_set, &usages);
	return usages;
}

/* "P0100050 image #2 'Apply', off" for each use of the package. */
static char *uses(const char *rows, struct wp_arena *arena)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_record_set *set;
	struct wp_usages usages = read_rows(rows, arena, &set);

	for (size_t i = 0; i < usages.packages[0].count; i++) {
		const struct wp_usage *usage = &usages.packages[0].items[i];

		wp_buf_printf(&buf, "%s %s", usage->sequence->id, usage->boots ? "boot" : wp_use_name(usage->use));
		if (usage->index.known)
			wp_buf_printf(&buf, " #%d", (int)usage->index.value);
		wp_buf_printf(&buf, " '%s'%s\n", usage->step, wp_usage_is_live(usage) ? "" : ", off");
	}
	wp_record_set_free(set);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

Test(usage, steps_and_references)
{
	static const struct {
		const char *rows, *uses;
	} cases[] = {
		{ SEQUENCE("P0100050", "", STEP), "P0100050 image #2 'Apply'\n" },
		{ SEQUENCE("P0100050", ",\"TsEnabled\":true", STEP), "P0100050 image #2 'Apply'\n" },
		{ SEQUENCE("P0100050", ",\"TsEnabled\":false", STEP), "P0100050 image #2 'Apply', off\n" },
		{ SEQUENCE("P0100050", "", "<group disable='true'>" STEP "</group>"), "P0100050 image #2 'Apply', off\n" },
		{ SEQUENCE("P0100050", ",\"BootImageID\":\"P0100001\"", ""), "P0100050 boot ''\n" },
		/* A list says what the steps say, unless these were not read: lazy, or damaged. */
		{ SEQUENCE("P0100050", "", STEP) "," REFERENCE("P0100050", "P0100001"), "P0100050 image #2 'Apply'\n" },
		{ "{\"__CLASS\":\"SMS_TaskSequencePackage\",\"PackageID\":\"P0100050\",\"Sequence\":null},"
		  REFERENCE("P0100050", "P0100001"), "P0100050 other ''\n" },
		{ "{\"__CLASS\":\"SMS_TaskSequencePackage\",\"PackageID\":\"P0100050\",\"Sequence\":\"<sequence>\"},"
		  REFERENCE("P0100050", "P0100001"), "P0100050 other ''\n" },
		{ REFERENCE("P0100050", "P0100001"), "P0100050 other ''\n" },
		{ "{\"__CLASS\":\"SMS_TaskSequenceReferencesInfo\",\"PackageID\":\"P0100050\",\"ReferencePackageID\":\"P0100001\"}",
		  "P0100050 other ''\n" },
		/* Uses of packages that the export lacks are nobody's. */
		{ REFERENCE("P0100050", "P0100099") "," SEQUENCE("P0100051", "", ""), "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena = wp_arena_new();
		char *found = uses(cases[i].rows, arena);

		cr_expect_str_eq(found, cases[i].uses, "%zu:\n%sinstead of\n%s", i, found, cases[i].uses);
		wp_arena_free(arena);
	}
}

/* "A required clients 2026-03-02T08:00:00Z" for each deployment of the first sequence and of those that run it. */
static char *deployments(const char *rows, struct wp_arena *arena)
{
	static const char *const purposes[] = { "?", "required", "available" };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_record_set *set;
	struct wp_usages usages = read_rows(rows, arena, &set);
	const struct wp_deployment **items;
	size_t count;

	wp_usage_deployments(arena, &usages.sequences[0], &items, &count);
	for (size_t i = 0; i < count; i++) {
		wp_buf_printf(&buf, "%s %s, %s%s", items[i]->id, purposes[items[i]->purpose], wp_offer_words(items[i]->offer),
			      items[i]->hidden ? ", hidden" : "");
		if (items[i]->collection)
			wp_buf_printf(&buf, ", %s", items[i]->collection);
		if (items[i]->start.known)
			wp_buf_printf(&buf, ", from %s", wp_time_iso(arena, items[i]->start));
		if (items[i]->expires.known)
			wp_buf_printf(&buf, ", to %s", wp_time_iso(arena, items[i]->expires));
		wp_buf_puts(&buf, "\n");
	}
	wp_record_set_free(set);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

Test(usage, deployments)
{
	static const struct {
		const char *rows, *words;
	} cases[] = {
		{ SEQUENCE("P0100050", "", STEP), "" },
		{ SEQUENCE("P0100050", "", STEP) "," DEPLOYMENT("A", "P0100050", ",\"OfferType\":0,\"AdvertFlags\":0"),
		  "A required, clients\n" },
		{ SEQUENCE("P0100050", "", STEP) "," DEPLOYMENT("A", "P0100050", ",\"OfferType\":2,\"AdvertFlags\":262144"),
		  "A available, clients, media and PXE\n" },
		/* Bits 18 and 28, and 29. */
		{ SEQUENCE("P0100050", "", STEP) "," DEPLOYMENT("A", "P0100050", ",\"OfferType\":2,\"AdvertFlags\":805568512"),
		  "A available, media and PXE, hidden\n" },
		{ SEQUENCE("P0100050", "", STEP) "," DEPLOYMENT("A", "P0100050", ""), "A ?, not known\n" },
		{ SEQUENCE("P0100050", "", STEP) "," DEPLOYMENT("A", "P0100050", ",\"CollectionID\":\"P0100010\","
		  "\"PresentTime\":\"2026-03-02T08:00:00Z\",\"ExpirationTime\":\"2026-04-02T08:00:00Z\""),
		  "A ?, not known, P0100010, from 2026-03-02T08:00:00Z, to 2026-04-02T08:00:00Z\n" },
		/* Two classes tell of one deployment; other features are none of task sequences. */
		{ SEQUENCE("P0100050", "", STEP) "," DEPLOYMENT("A", "P0100050", ",\"OfferType\":0,\"AdvertFlags\":0,"
		  "\"CollectionID\":\"P0100010\"") ",{\"__CLASS\":\"SMS_DeploymentSummary\",\"DeploymentID\":\"A\",\"FeatureType\":7,"
		  "\"PackageID\":\"P0100050\",\"CollectionName\":\"Desks\",\"DeploymentTime\":\"2026-03-02T08:00:00Z\"}",
		  "A required, clients, Desks, from 2026-03-02T08:00:00Z\n" },
		{ SEQUENCE("P0100050", "", STEP) ",{\"__CLASS\":\"SMS_DeploymentSummary\",\"DeploymentID\":\"A\",\"FeatureType\":1,"
		  "\"PackageID\":\"P0100050\"}", "" },
		/* Those that run it, at any depth and in a circle, each once; not by a step that is switched off. */
		{ SEQUENCE("P0100050", "", STEP RUN("P0100052")) "," SEQUENCE("P0100051", "", RUN("P0100050") RUN("P0100050")) ","
		  SEQUENCE("P0100052", "", RUN("P0100051")) "," DEPLOYMENT("B", "P0100052", ",\"OfferType\":0"),
		  "B required, not known\n" },
		{ SEQUENCE("P0100050", "", STEP) "," SEQUENCE("P0100051", "", "<group disable='true'>" RUN("P0100050") "</group>") ","
		  DEPLOYMENT("B", "P0100051", ",\"OfferType\":0"), "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_arena *arena = wp_arena_new();
		char *found = deployments(cases[i].rows, arena);

		cr_expect_str_eq(found, cases[i].words, "%zu:\n%sinstead of\n%s", i, found, cases[i].words);
		wp_arena_free(arena);
	}
}

/* A chain of sequences that run one another, the last one deployed. */
Test(usage, callers_are_bounded)
{
	for (size_t more = 0; more < 2; more++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_buf rows __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_buf_puts(&rows, SEQUENCE("P0200000", "", STEP));
		for (size_t i = 1; i < WP_LIMIT_SEQUENCE_CALLERS + more; i++)
			wp_buf_printf(&rows, ",{\"__CLASS\":\"SMS_TaskSequencePackage\",\"PackageID\":\"P02%05zu\",\"Sequence\":"
					     "\"<sequence><subtasksequence name='r'><defaultVarList><variable property='TsPackageID'>"
					     "P02%05zu</variable></defaultVarList></subtasksequence></sequence>\"}", i, i - 1);
		wp_buf_printf(&rows, ",{\"__CLASS\":\"SMS_Advertisement\",\"AdvertisementID\":\"A\",\"PackageID\":\"P02%05zu\"}",
			      WP_LIMIT_SEQUENCE_CALLERS + more - 1);
		cr_expect_str_eq(deployments(wp_buf_text(&rows), arena), more ? "" : "A ?, not known\n");
		wp_arena_free(arena);
	}
}
