/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which task sequences use the packages of a plan, what their steps install, and on which machines they run. */
#include "plan_page.h"

#include "plan_words.h"
#include "words.h"

#include "wimplan/architecture.h"
#include "wimplan/json.h"

#include <string.h>

/* Deployments that are named of one task sequence. */
#define DEPLOYMENTS ((size_t)3)

/* "required on Pilot machines from 2026-03-02 08:00Z, for clients, media and PXE" */
static void add_deployment(struct wp_buf *text, const struct wp_plan_view *view, const json_t *deployment)
{
	const char *purpose = wp_json_get_text(deployment, "purpose"), *where = wp_json_get_text(deployment, "collection");
	const char *offer = wp_json_get_text(deployment, "offered_to");
	const char *start = wp_words_time_of(view->arena, view->options->zone, deployment, "start");
	const char *deadline = wp_words_time_of(view->arena, view->options->zone, deployment, "deadline");

	wp_buf_printf(text, "%s on %s", purpose ? purpose : "deployed", where ? where : "an unnamed collection");
	if (start)
		wp_buf_printf(text, " from %s", start);
	if (deadline)
		wp_buf_printf(text, ", deadline %s", deadline);
	if (offer && strcmp(offer, "not known") != 0)
		wp_buf_printf(text, ", for %s", offer);
}

/* What heads the steps of a task sequence. */
static const char *sequence_words(const struct wp_plan_view *view, const json_t *sequence)
{
	const json_t *deployments = json_object_get(sequence, "deployments"), *deployment;
	const char *id = wp_json_get_text(sequence, "id"), *name = wp_json_get_text(sequence, "name");
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t i, count = json_array_size(deployments);

	wp_buf_printf(&text, "%s%s%s%s%s: ", name ? name : "", name ? " (" : "", id ? id : "no id", name ? ")" : "",
		      json_is_false(json_object_get(sequence, "enabled")) ? ", switched off" : "");
	json_array_foreach(deployments, i, deployment) {
		if (i == DEPLOYMENTS)
			break;
		wp_buf_puts(&text, i ? "; " : "");
		add_deployment(&text, view, deployment);
	}
	if (count > DEPLOYMENTS)
		wp_buf_printf(&text, "; and %zu more", count - DEPLOYMENTS);
	if (!count)
		wp_buf_puts(&text, "not deployed, as far as the export says");
	return wp_arena_strdup(view->arena, wp_buf_text(&text));
}

/* "Windows 11 Pro, x64, de-DE" */
static const char *image_words(struct wp_arena *arena, const json_t *image)
{
	const char *name = wp_json_get_text(image, "name"), *language = wp_json_get_text(image, "language");
	uint64_t code;
	const char *architecture =
		wp_json_get_u64(image, "architecture_code", &code) ? wp_architecture_name(code) : NULL;

	if (!json_is_object(image))
		return NULL;
	return wp_arena_printf(arena, "%s%s%s%s%s", wp_words_name(name), architecture ? ", " : "", architecture ? architecture : "",
			       language ? ", " : "", language ? language : "");
}

static const char *use_words(const json_t *step)
{
	static const char *const words[][2] = {
		{ "image", "installs the image" },      { "data-image", "applies the data image" },
		{ "install", "installs from it" },      { "upgrade", "upgrades with it" },
		{ "download", "downloads it" },         { "boot", "boots from it" },
		{ "other", "has it in its list" },
	};
	const char *use = wp_json_get_text(step, "use");

	for (size_t i = 0; use && i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i][0], use))
			return words[i][1];
	return use;
}

/* Whether a step would install something else than it did: there is a grave note on it. */
static bool is_moved(const json_t *step)
{
	const char *code = wp_json_get_text(step, "note");
	const struct wp_note_words *words = code ? wp_note_words_find(code) : NULL;

	return words && words->severity == WP_NOTE_SEVERITY_GRAVE;
}

static void add_step(struct wp_page *page, const json_t *step)
{
	const char *is = image_words(page->arena, json_object_get(step, "is"));
	const char *name = wp_json_get_text(step, "step"), *use = wp_json_get_text(step, "use");
	uint64_t index, now;
	bool boots = use && !strcmp(use, "boot");
	bool indexed = wp_json_get_u64(step, "index", &index), enabled = json_is_true(json_object_get(step, "enabled"));

	if (indexed && is_moved(step) && !is)
		is = "no such image";
	if (is && wp_json_get_u64(step, "now_at", &now))
		is = wp_arena_printf(page->arena, "%s; the former is image %s now", is, wp_words_count(page->arena, now));
	wp_page_open(page, WP_PART_ROW, NULL)->tone = enabled && is_moved(step) ? WP_TONE_BAD : WP_TONE_PLAIN;
	wp_page_cell(page, wp_cell(wp_json_get_text(step, "package_id")));
	wp_page_cell(page, name && *name ? wp_cell(name)
					 : wp_cell_as(WP_PART_SOFT, boots ? "before its steps" : "not in the export"));
	wp_page_cell(page, wp_cell(use_words(step)));
	wp_page_cell(page, wp_cell(indexed ? wp_words_count(page->arena, index) : NULL));
	wp_page_cell(page, wp_cell(image_words(page->arena, json_object_get(step, "was"))));
	wp_page_cell(page, wp_cell(is));
	wp_page_cell(page, wp_cell(enabled ? "on" : "switched off"));
	wp_page_close(page);
}

/* The steps of which the package changes, or not, under their sequences. Returns how many there are. */
static size_t add_steps(struct wp_page *page, const struct wp_plan_view *view, const json_t *changing, bool changes, size_t most)
{
	const json_t *sequence, *step;
	size_t i, k, rows = 0;

	json_array_foreach(json_object_get(view->plan->site, "task_sequences"), i, sequence) {
		bool headed = false;

		json_array_foreach(json_object_get(sequence, "steps"), k, step) {
			const char *id = wp_json_get_text(step, "package_id");

			if (!id || ((json_object_get(changing, id) != NULL) || is_moved(step)) != changes)
				continue;
			if (rows++ >= most)
				continue;
			if (!headed)
				wp_page_add(page, WP_PART_GROUP, sequence_words(view, sequence));
			headed = true;
			add_step(page, step);
		}
	}
	return rows;
}

static void add_table(struct wp_page *page, const struct wp_plan_view *view, const json_t *changing, bool changes)
{
	size_t rows;

	WP_PAGE_TABLE(page, "Task sequences, their steps and what these install", WP_FOLDING_TEXTS, { "Package", WP_COLUMN_SHORT },
		      { "Step", WP_COLUMN_VALUE }, { "What it does", WP_COLUMN_WORDS }, { "Index", WP_COLUMN_NUMBER },
		      { "Image was", WP_COLUMN_VALUE }, { "Image is", WP_COLUMN_VALUE }, { "Step is", WP_COLUMN_SHORT });
	rows = add_steps(page, view, changing, changes, WP_PAGE_ROWS);
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_ROWS, rows, "step");
}

/* Packages that the plan would change, by their ids. New reference. */
static json_t *changing_packages(const struct wp_plan *plan)
{
	json_t *set = wp_json_must(json_object());

	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].reload || plan->entries[i].refresh)
			wp_json_set(set, plan->entries[i].package_id, json_true());
	return set;
}

void wp_plan_page_impact(struct wp_page *page, const struct wp_plan_view *view)
{
	const json_t *sequences = json_object_get(view->plan->site, "task_sequences");
	json_t *changing __attribute__((cleanup(wp_json_freep))) = changing_packages(view->plan);
	size_t steps;

	if (!json_array_size(sequences))
		return;
	wp_page_open(page, WP_PART_SECTION, NULL)->target = "task-sequences";
	wp_page_heading(page, 2, wp_arena_printf(page->arena, "Task sequences%s", wp_words_uncovered(view->plan)));
	wp_page_line(page, WP_PART_PARAGRAPH,
		     "Which task sequences use packages that change, and what their steps install by default: variables of a running "
		     "sequence can override the index.");
	add_table(page, view, changing, true);
	/* Counted without being added. */
	steps = add_steps(page, view, changing, false, 0);
	if (steps) {
		wp_page_open(page, WP_PART_FOLD, wp_arena_printf(page->arena, "Steps with packages that do not change: %s",
								 wp_words_count(page->arena, steps)));
		add_table(page, view, changing, false);
		wp_page_close(page);
	}
	wp_page_close(page);
}
