/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a page for a change board: the verdict, what is asked for in one table, what it costs and means, what it rests on. */
#include "plan_page.h"

#include "plan_remarks.h"
#include "plan_since.h"
#include "plan_words.h"
#include "words.h"

#include "wimplan/ascii.h"
#include "wimplan/hash.h"

/* What a change board fills in. */
static const char *const to_sign[] = { "Change", "Approver" };

static const char *value_of(const struct wp_report_options *options, const char *name)
{
	for (size_t i = 0; i < options->pair_count; i++)
		if (wp_ascii_same(options->pairs[i].name, name))
			return options->pairs[i].value;
	return NULL;
}

static bool is_to_sign(const char *name)
{
	for (size_t i = 0; i < sizeof to_sign / sizeof *to_sign; i++)
		if (wp_ascii_same(to_sign[i], name))
			return true;
	return false;
}

/* What is given, and lines to write on for what is not. */
static void add_signatures(struct wp_page *page, const struct wp_report_options *options)
{
	for (size_t i = 0; i < sizeof to_sign / sizeof *to_sign; i++) {
		const char *value = value_of(options, to_sign[i]);

		wp_page_open(page, WP_PART_FACT, to_sign[i]);
		wp_page_add(page, value && *value ? WP_PART_TEXT : WP_PART_BLANK, value ? value : "");
		wp_page_close(page);
	}
	for (size_t i = 0; i < options->pair_count; i++)
		if (!is_to_sign(options->pairs[i].name))
			wp_page_fact(page, options->pairs[i].name, options->pairs[i].value);
}

/* The box that makes a page a record: which plan it is, and who approved it. */
static void add_record(struct wp_page *page, const struct wp_plan_view *view)
{
	const struct wp_plan *plan = view->plan;
	const struct wp_zone *zone = view->options->zone;
	const char *uncovered = wp_words_uncovered(plan), *made = wp_words_time(page->arena, zone, plan->created_at);
	const char *taken = wp_words_time(page->arena, zone, plan->snapshot_taken_at);

	wp_page_heading(page, 2, "For the record");
	wp_page_open(page, WP_PART_ENTRY, NULL)->target = "record";
	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, "Plan", plan->id);
	add_signatures(page, view->options);
	wp_page_fact(page, "Site", plan->site_code);
	wp_page_fact(page, "Made", wp_arena_printf(page->arena, "%s by %s with wimplan %s%s", made ? made : "at an unknown time",
						   plan->created_by ? plan->created_by : "(unknown)",
						   plan->tool_version ? plan->tool_version : "(unknown version)", uncovered));
	wp_page_fact(page, "Snapshot",
		     wp_arena_printf(page->arena, "%s of %s%s, %s", wp_hash_short(page->arena, plan->snapshot_id),
				     taken ? taken : "an unknown time", uncovered,
				     wp_words_counted(page->arena, plan->snapshot_records, "package")));
	wp_page_fact(page, "Complete", plan->complete ? "yes" : "no");
	wp_page_close(page);
	wp_page_close(page);
}

static void build(struct wp_page *page, const struct wp_plan *plan, const struct wp_report_options *options)
{
	const struct wp_diags remarks = wp_plan_remarks(page->arena, plan);
	struct wp_plan_view view;

	wp_plan_view(page->arena, plan, options, &view);
	wp_plan_page_verdict(page, &view);
	wp_plan_page_since(page, options->since);
	wp_plan_page_packages(page, &view);
	wp_plan_page_remedies(page, &view);
	wp_plan_page_cost(page, &view);
	wp_plan_page_points(page, &view);
	wp_plan_page_impact(page, &view);
	wp_plan_page_notes(page, &view);
	wp_plan_page_evidence(page, &view);
	wp_page_remarks(page, 2, &remarks);
	wp_plan_page_terms(page, &view);
	add_record(page, &view);
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_totals(page->arena, options->zone, plan));
}

static void render(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf,
		   void (*rendering)(const struct wp_page *, struct wp_buf *))
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_page page;

	wp_page_init(&page, arena, "wimplan plan",
		     wp_arena_printf(arena, "Image package change report, site %s",
				     plan->site_code ? plan->site_code : "(no site)"), "plan file");
	build(&page, plan, options);
	rendering(&page, buf);
}

void wp_report_plan_markdown(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	render(plan, options, buf, wp_page_markdown);
}

void wp_report_plan_html(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	render(plan, options, buf, wp_page_html);
}
