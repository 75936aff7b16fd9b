/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the site where the content of packages is: a list of each class for many packages, and no method. */
#ifndef WIMPLAN_APPLY_SURVEY_H
#define WIMPLAN_APPLY_SURVEY_H

#include "wimplan/provider.h"

/* What stays the same between the looks of one call. */
struct wp_survey {
	struct wp_session *session;
	json_t *points;  /* rows about the distribution points and the sites; owned; NULL before the first look */
	unsigned int lacking; /* the classes that are not asked for any more, by their place in the table of survey.c */
	/* Told once of each class that the site does not have, or does not let read; the rest says less without it. */
	void (*missing)(void *context, const char *class, const char *why);
	void *context;
};

/* Packages of one question: their ids as a filter stay far below what servers take as a URL (2048 characters at IIS). */
#define WP_SURVEY_PACKAGES 40u

/*
 * Looks at these packages, at most WP_SURVEY_PACKAGES, of these classes of packages (by enum wp_class). The records have
 * their SourceVersion and SourceDate as the site has them now, and the set what its rows say; the caller frees *@ret_set, which stays NULL where the site shows none of the packages.
 * WP_E_FAILED where the states of packages on points cannot be read; WP_E_REFUSED for packages of another site.
 */
int wp_survey_look(struct wp_survey *survey, const char *const *ids, size_t count, const bool classes[3],
		   struct wp_record_set **ret_set, struct wp_error *err);
void wp_survey_end(struct wp_survey *survey);

#endif
