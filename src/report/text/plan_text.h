/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a plan's text share. */
#ifndef WIMPLAN_REPORT_PLAN_TEXT_H
#define WIMPLAN_REPORT_PLAN_TEXT_H

#include "layout.h"

#include "../remedies.h"

/* Ids, codes and fields come from a file that may hold anything: what is wider in columns stands out. */
#define WP_PLAN_TEXT_LABEL 24
/* Before what is for a person to decide. */
#define WP_PLAN_TEXT_QUESTION "?"

struct wp_plan_text {
	struct wp_layout out;
	const struct wp_plan *plan;
	bool all; /* what is unchanged, too */
	size_t id_width, name_width, status_width;
	bool paths;         /* every line has room for the path */
	bool blocked_paths; /* every line of what is blocked has */
	struct wp_unmapped_list unmapped; /* packages that no map leads to */
};

/* Makes @width at least as wide as @value, but not wider than @most. */
void wp_plan_text_widen(size_t *width, const char *value, size_t most);

/* A line below a package, wrapped: about what, and what it says. @reason, where it is one, may be a question. */
void wp_plan_text_detail(struct wp_plan_text *text, const struct wp_reason *reason, const char *about,
			 size_t about_width, const char *value);

/* The reasons of an entry, with its path above them where @path is not NULL. */
void wp_plan_text_reasons(struct wp_plan_text *text, const struct wp_entry *entry, const char *path);

#endif
