/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader noticed: a list that goes with the result, so that nothing is only logged. */
#ifndef WIMPLAN_DIAG_H
#define WIMPLAN_DIAG_H

#include "wimplan/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum wp_severity { WP_SEVERITY_INFO, WP_SEVERITY_WARNING, WP_SEVERITY_ERROR };

/*
 * One finding. The texts never contain a path of this machine except in @subject, so that a plan can name the source
 * as the site does.
 */
struct wp_diag {
	enum wp_severity severity;
	const char *code;    /* stable, from the documented lists */
	const char *summary; /* one sentence */
	const char *detail;  /* what a curious reader wants to know besides; NULL when nothing */
	const char *subject; /* path or package ID; NULL when it belongs to the document as a whole */
};

struct wp_diags {
	struct wp_diag *items;
	size_t count;
};

/* Appends a finding; @code is kept as it is (a literal), the rest is copied into @arena. */
void wp_diag_add(struct wp_arena *arena, struct wp_diags *diags, enum wp_severity severity, const char *code,
		 const char *subject, const char *format, ...) __attribute__((format(printf, 6, 7), nonnull(1, 2, 4, 6)));

/* Gives the newest finding a detail. */
void wp_diag_detail(struct wp_arena *arena, struct wp_diags *diags, const char *format, ...)
	__attribute__((format(printf, 3, 4), nonnull));

/* The first finding with this severity or a higher one, NULL when there is none. */
const struct wp_diag *wp_diags_worst(const struct wp_diags *diags, enum wp_severity at_least);

bool wp_diags_have(const struct wp_diags *diags, const char *code);

/* "error", "warning", "info". */
const char *wp_severity_name(enum wp_severity severity);

#endif
