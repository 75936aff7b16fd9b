/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan made by hand for the tests of the reports: one package of every status. */
#ifndef WIMPLAN_TESTS_REPORT_FIXTURE_H
#define WIMPLAN_TESTS_REPORT_FIXTURE_H

#include "wimplan/report.h"
#include "wimplan/text.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_CHANGE, FIXTURE_BLOCKED, FIXTURE_BOOT, FIXTURE_SAME, FIXTURE_ENTRIES };

#define FIXTURE_SENT "2026-01-09T22:41:00Z"
#define FIXTURE_MODIFIED "2026-02-14T03:10:00Z"
#define FIXTURE_GONE "\\\\srv\\src$\\ltsc\\install.wim"

struct report_fixture {
	struct wp_plan plan;
	struct wp_entry entries[FIXTURE_ENTRIES];
	struct wp_reason change[3], blocked[1], boot[1], same[2];
};

static inline void report_fixture_init(struct report_fixture *f)
{
	/* Widths are those of a UTF-8 terminal, as main() sets it up. */
	setlocale(LC_CTYPE, "C.UTF-8");
	*f = (struct report_fixture){
		.change = {
			{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 1, "os_version", "10.0.22631.2861",
			  "10.0.22631.3007" },
			{ "image-changed", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 2, "name", "Pro", "Pro N" },
			{ "content-newer", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, FIXTURE_SENT, FIXTURE_MODIFIED },
		},
		.blocked = { { "source-missing", WP_ACTION_NONE, WP_CONFIDENCE_PROVEN, 0, NULL, FIXTURE_GONE, NULL } },
		.boot = { { "content-newer", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, FIXTURE_SENT, FIXTURE_MODIFIED } },
		.same = {
			{ "metadata-same", WP_ACTION_RELOAD, WP_CONFIDENCE_PROVEN, 0, NULL, NULL, NULL },
			{ "content-same", WP_ACTION_REFRESH, WP_CONFIDENCE_INFERRED, 0, NULL, NULL, NULL },
		},
		.plan = {
			.id = "sha256:7c1f2a900000000000000000000000000000000000000000000000000000000",
			.tool_version = "0.1.0",
			.created_at = wp_time_parse("2026-02-20T03:00:00Z"),
			.created_by = "ann@desk",
			.beside_covered = true,
			.snapshot_taken_at = wp_time_parse("2026-02-20T02:10:00Z"),
			.site_code = "P01",
			.snapshot_id = "sha256:5555555555555555555555555555555555555555555555555555555555555555",
			.snapshot_records = 4,
			.applyable = true,
			.summary = { .packages = 4, .reload = 1, .refresh = 1, .blocked = 1, .report_only = 1,
				     .unchanged = 1 },
			.entry_count = FIXTURE_ENTRIES,
		},
	};
	f->entries[FIXTURE_CHANGE] = (struct wp_entry){
		.package_id = "P0100123",
		.name = "Windows 11 23H2 x64",
		.source_path = "\\\\srv\\src$\\w11\\install.wim",
		.status = WP_ENTRY_CHANGE,
		.reload = true,
		.refresh = true,
		.judged = true,
		.reasons = f->change,
		.reason_count = 3,
		.preconditions = { .source_version = { true, 12 } },
	};
	f->entries[FIXTURE_BLOCKED] = (struct wp_entry){
		.package_id = "P0100140",
		.name = "Windows 10 LTSC",
		.source_path = FIXTURE_GONE,
		.status = WP_ENTRY_BLOCKED,
		.reasons = f->blocked,
		.reason_count = 1,
	};
	f->entries[FIXTURE_BOOT] = (struct wp_entry){
		.package_id = "P0100005",
		.name = "Boot image (x64)",
		.source_path = "\\\\srv\\boot$\\boot.wim",
		.class = WP_CLASS_BOOT,
		.status = WP_ENTRY_REPORT_ONLY,
		.refresh = true,
		.judged = true,
		.reasons = f->boot,
		.reason_count = 1,
	};
	f->entries[FIXTURE_SAME] = (struct wp_entry){
		.package_id = "P0100200",
		.name = "Server 2022",
		.status = WP_ENTRY_UNCHANGED,
		.judged = true,
		.reasons = f->same,
		.reason_count = 2,
	};
	f->plan.entries = f->entries;
}

typedef void (*report_writer)(const struct wp_plan *, const struct wp_report_options *, struct wp_buf *);

/* The report as a text to be freed. */
static inline char *report_of(report_writer write, const struct wp_plan *plan, unsigned int columns, bool all,
			      bool color)
{
	struct wp_report_options options = { .color = color, .all = all, .columns = columns };
	struct wp_buf buf = { 0 };
	char *text;

	write(plan, &options, &buf);
	text = strdup(wp_buf_text(&buf));
	wp_buf_free(&buf);
	return text;
}

/* The widest line in columns. */
static inline size_t report_width(const char *text)
{
	size_t widest = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = strndup(text, length);
		size_t width = wp_text_width(line);

		widest = width > widest ? width : widest;
		free(line);
		text += length + (text[length] == '\n');
	}
	return widest;
}

static inline size_t report_occurrences(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

/* Every element is closed. */
static inline void report_expect_balanced(const char *page)
{
	static const char *const tags[] = { "main", "section", "table", "thead", "tbody", "tr", "td",	"div",
					    "ul",   "li",      "dl",	"dd",	 "h2",	  "h3", "span", "code" };

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		char plain[16], open[16], close[16];

		snprintf(plain, sizeof plain, "<%s>", tags[i]);
		snprintf(open, sizeof open, "<%s ", tags[i]);
		snprintf(close, sizeof close, "</%s>", tags[i]);
		cr_expect_eq(report_occurrences(page, plain) + report_occurrences(page, open), report_occurrences(page, close), "<%s>",
			     tags[i]);
	}
}

#define cr_expect_contains(text, part) cr_expect(strstr(text, part), "\"%s\" is not in:\n%s", part, text)
#define cr_expect_lacks(text, part) cr_expect(!strstr(text, part), "\"%s\" is in:\n%s", part, text)

#endif
