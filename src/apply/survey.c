/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "survey.h"

#include "wimplan/ascii.h"
#include "wimplan/import.h"
#include "wimplan/json.h"

/*
 * What says where content is, the class first without which nothing can be said. The messages stand in one of two classes:
 * SMS_DistributionDPStatus is about all points, the other about those in groups, for sites before 1910. What is on which
 * point by way of a group stands in SMS_DistributionPoint, so SMS_PackageContentServerInfo is not needed.
 */
enum { STATES, CONTENT, ASSIGNED, MESSAGES, GROUP_MESSAGES, CLASSES };
static const char *const classes_of_rows[CLASSES] = {
	[STATES] = "SMS_PackageStatusDistPointsSummarizer",
	[CONTENT] = "SMS_ObjectContentExtraInfo",
	[ASSIGNED] = "SMS_DistributionPoint",
	[MESSAGES] = "SMS_DistributionDPStatus",
	[GROUP_MESSAGES] = "SMS_DPGroupDistributionStatusDetails",
};
/* What hardly changes while somebody watches: read once. */
static const char *const classes_of_points[] = { "SMS_DistributionPointInfo", "SMS_Site" };
#define POINT_CLASSES (sizeof classes_of_points / sizeof *classes_of_points)

/*
 * Reads a class that the answer is worse without, but not worthless. That an account may not read it (403) does not end what
 * goes well otherwise; who is not known (401) is denied all of it.
 */
static int read_helpful(struct wp_survey *survey, const char *class, const char *filter, json_t *rows, bool *ret_has,
			struct wp_error *err)
{
	struct wp_session *session = survey->session;
	int status = wp_session_rows(session, class, filter, rows, err);

	*ret_has = !status;
	if (status == WP_E_NOT_FOUND || (status && session->denied && session->status == 403)) {
		session->denied = false;
		if (survey->missing)
			survey->missing(survey->context, class, err->message);
		return WP_OK;
	}
	return status;
}

static int read_points(struct wp_survey *survey, struct wp_error *err)
{
	json_t *rows;
	int status = WP_OK;
	bool has;

	if (survey->points)
		return WP_OK;
	rows = wp_json_must(json_array());
	for (size_t i = 0; i < POINT_CLASSES && !status; i++)
		status = read_helpful(survey, classes_of_points[i], NULL, rows, &has, err);
	if (status)
		json_decref(rows);
	else
		survey->points = rows;
	return status;
}

static int read_rows(struct wp_survey *survey, const char *filter, json_t *rows, struct wp_error *err)
{
	int status = wp_session_rows(survey->session, classes_of_rows[STATES], filter, rows, err);

	/* Whatever is wrong with it, without it nothing is known. */
	if (status == WP_E_NOT_FOUND)
		return wp_fail(err, WP_E_FAILED, "no-class", survey->session->options->url,
			       "%s has no %s, so that nobody can say which distribution point has what", survey->session->options->url,
			       classes_of_rows[STATES]);
	for (unsigned int i = CONTENT; i < CLASSES && !status; i++) {
		bool has;

		if (survey->lacking & 1u << i || (i == GROUP_MESSAGES && !(survey->lacking & 1u << MESSAGES)))
			continue;
		status = read_helpful(survey, classes_of_rows[i], filter, rows, &has, err);
		if (!status && !has)
			survey->lacking |= 1u << i;
	}
	return status;
}

static int check_site(const struct wp_survey *survey, const struct wp_record_set *set, struct wp_error *err)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct wp_record *record = &set->records[i];

		if (record->source_site && !wp_ascii_same(record->source_site, survey->session->site_code))
			return wp_fail(err, WP_E_REFUSED, "wrong-site", record->package_id,
				       "the provider has %s as a package of site %s, and this is for site %s; give that site's "
				       "provider",
				       record->package_id, record->source_site, survey->session->site_code);
	}
	return WP_OK;
}

int wp_survey_look(struct wp_survey *survey, const char *const *ids, size_t count, const bool classes[3],
		   struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *rows __attribute__((cleanup(wp_json_freep))) = wp_json_must(json_array());
	const struct wp_import_options options = { .site_code = survey->session->site_code };
	const char *filter = wp_session_filter(scratch, "PackageID", ids, count);
	int status = WP_OK;

	*ret_set = NULL;
	for (enum wp_class class = WP_CLASS_IMAGE; class <= WP_CLASS_BOOT && !status; class++)
		if (classes[class])
			status = wp_session_rows(survey->session, wp_class_name(class), filter, rows, err);
	/* None of them is there any more. */
	if (!status && !json_array_size(rows))
		return WP_OK;
	if (!status)
		status = read_rows(survey, filter, rows, err);
	if (!status)
		status = read_points(survey, err);
	if (status)
		return status == WP_E_NOT_FOUND ? err->status = WP_E_FAILED : status;
	if (json_array_extend(rows, survey->points))
		wp_out_of_memory();
	status = wp_import_rows(rows, "the provider's answer", &options, ret_set, err);
	if (!status && (status = check_site(survey, *ret_set, err))) {
		wp_record_set_free(*ret_set);
		*ret_set = NULL;
	}
	return status;
}

void wp_survey_end(struct wp_survey *survey)
{
	json_decref(survey->points);
	survey->points = NULL;
}
