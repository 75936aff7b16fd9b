/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, looked at: their metadata, what is inside of them, and what is expected of that. Several at once. */
#ifndef WIMPLAN_CLI_INSPECTING_H
#define WIMPLAN_CLI_INSPECTING_H

#include "wims.h"

#include "wimplan/expect.h"
#include "wimplan/report.h"

/* What is to be looked for. */
struct wp_inspect_wanted {
	const struct wp_inspect_inside *inside; /* NULL: nothing behind the XML is wanted */
	bool with_text, deep, servicing, boot, winre;
	struct wp_svn least_svn; /* known: programs with a lesser one are told */
	struct wp_names globs; /* of paths that are looked for */
	uint32_t only_image;                      /* 0: all */
	const struct wp_expect_settings *expect;  /* NULL: nothing is expected */
	struct wp_time now;
	unsigned int threads; /* 1 or more */
	bool as_json; /* each file's part of the document is wanted */
};

struct wp_inspected {
	struct wp_inspection file;
	struct wp_arena *arena; /* of what was found inside of it */
	struct wp_buf json;     /* as it stands among the "files" of a document */
};

/*
 * What looks behind the XML. It takes libraries that are loaded longer than most files are read, so that not each program has
 * it (wp_program's inside).
 */
struct wp_inspect_inside {
	/* Adds to @ret what is wanted of what is inside of @wim, which is open, and what is expected of it. */
	void (*look)(const struct wp_inspect_wanted *wanted, struct wp_wim *wim, struct wp_inspected *ret);
	/* Reads what starts the media among @wims themselves, where it is asked for; in @arena. */
	void (*media)(const struct wp_inspect_wanted *wanted, struct wp_arena *arena, struct wp_cli_wims *wims);
};
extern const struct wp_inspect_inside wp_cli_inside;

/*
 * Looks at the @count WIMs, several at once, and gives each to @take, in their order, while others are looked at. @take frees it
 * by wp_inspected_free().
 */
void wp_inspect_files(const struct wp_inspect_wanted *wanted, const struct wp_cli_wim *wims, size_t count,
		      void (*take)(void *context, struct wp_inspected *inspected), void *context);
void wp_inspected_free(struct wp_inspected *inspected);

#endif
