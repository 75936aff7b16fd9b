/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at files on several threads, each of which takes the next one that nobody has. */
#include "inspecting.h"

#include "wimplan/thread.h"
#include "wimplan/wim.h"

/* In "files" of the document. */
#define DEPTH_OF_FILES 2u

struct queue {
	const struct wp_inspect_wanted *wanted;
	const struct wp_cli_wim *wims;
	struct wp_inspected *items;
	size_t count, next;
	struct wp_mutex *mutex; /* of next */
};

static bool has_things(const struct wp_inspect_wanted *wanted)
{
	return wanted->expect && wp_expect_things(wanted->expect);
}

static bool wants_boot(const struct wp_inspect_wanted *wanted)
{
	return wanted->boot || wanted->servicing || (wanted->expect && wp_expect_boots(wanted->expect));
}

static bool needs_index(const struct wp_inspect_wanted *wanted)
{
	return wants_boot(wanted) || wanted->deep || wanted->globs.count || has_things(wanted);
}

/* What was found of what is expected; NULL where nobody looked. */
struct inside {
	const struct wp_expect_contents *contents;
	const struct wp_boot_image *starts;
};

/* Reads the blob table, and the trees that are asked for. */
static struct inside look_inside(const struct wp_inspect_wanted *wanted, struct wp_wim *wim, struct wp_inspected *ret)
{
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);
	struct wp_wim_content *content;
	struct wp_servicing *installed = NULL;
	struct wp_boot_survey *survey = NULL;
	struct inside inside = { 0 };
	size_t count = 0;

	if (!index)
		return inside;
	if (wants_boot(wanted))
		survey = wp_boot_survey_begin(ret->arena, index);
	if (survey && !wanted->boot)
		wp_boot_survey_started_alone(survey);
	if (wanted->servicing || survey || has_things(wanted))
		count = wp_wim_read_installed(wim, index, wanted->only_image, survey ? wp_boot_survey_tree : NULL, survey,
					      &installed);
	if (survey)
		inside.starts = wp_boot_survey_end(survey, wp_authorities(), wanted->least_svn);
	ret->file.boot = wanted->boot || wanted->servicing ? inside.starts : NULL;
	if (wanted->globs.count)
		ret->file.found = wp_wim_search(wim, index, wanted->globs.items, wanted->globs.count, wanted->only_image,
						!installed);
	if (wanted->deep)
		wp_wim_index_look_deeper(wim, index);
	content = wp_arena_alloc(ret->arena, sizeof *content);
	*content = index->content;
	ret->file.content = wanted->servicing || wanted->deep ? content : NULL;
	ret->file.contents = wanted->servicing ? installed : NULL;
	inside.contents = has_things(wanted) ? wp_expect_look_inside(ret->arena, wanted->expect, installed, count) : NULL;
	return inside;
}

/* Of a boot image the XML says that it is Windows PE. */
static void judge(const struct wp_inspect_wanted *wanted, struct inside inside, struct wp_inspected *ret)
{
	struct wp_expect_subject subject = {
		.metadata = ret->file.wim->metadata,
		.only_image = wanted->only_image,
		.contents = inside.contents,
		.starts = inside.starts,
		.now = wanted->now,
	};

	ret->file.expected = true;
	ret->file.notes = wp_expect_judge(ret->arena, wanted->expect, &subject, &ret->file.note_count);
}

void wp_inspect_media(const struct wp_inspect_wanted *wanted, struct wp_arena *arena, struct wp_cli_wims *wims)
{
	for (size_t i = 0; wanted->boot && i < wims->media_count; i++) {
		const struct wp_boot_image *boot = wp_boot_read_medium(arena, wims->media[i], wp_authorities(), wanted->least_svn);

		for (size_t k = 0; k < wims->count; k++)
			if (wims->items[k].media == wims->media[i])
				wims->items[k].media_boot = boot;
	}
}

static void inspect(const struct wp_inspect_wanted *wanted, const struct wp_cli_wim *place, struct wp_inspected *ret)
{
	struct wp_wim *wim = wp_wim_read_place(&place->place, wanted->with_text);
	struct inside inside = { 0 };
	json_t *json __attribute__((cleanup(wp_json_freep))) = NULL;

	*ret = (struct wp_inspected){ .arena = wp_arena_new(), .file = { .wim = wim, .media = place->media, .media_boot = place->media_boot,
					     .only_image = wanted->only_image } };
	if (wim->grade != WP_GRADE_ERROR && needs_index(wanted))
		inside = look_inside(wanted, wim, ret);
	wp_wim_close(wim);
	ret->file.asked_deep = wanted->deep;
	ret->file.asked_servicing = wanted->servicing;
	ret->file.asked_boot = wanted->boot;
	ret->file.searched = wanted->globs.count > 0;
	if (wanted->expect)
		judge(wanted, inside, ret);
	if (!wanted->as_json)
		return;
	json = wp_report_inspect_file_json(&ret->file);
	wp_json_pretty_at(&ret->json, json, DEPTH_OF_FILES);
}

static void work(void *context, unsigned int number)
{
	struct queue *queue = context;

	(void)number;
	for (;;) {
		size_t at;

		wp_mutex_lock(queue->mutex);
		at = queue->next < queue->count ? queue->next++ : queue->count;
		wp_mutex_unlock(queue->mutex);
		if (at == queue->count)
			return;
		inspect(queue->wanted, &queue->wims[at], &queue->items[at]);
	}
}

void wp_inspect_files(const struct wp_inspect_wanted *wanted, const struct wp_cli_wim *wims, size_t count,
		      struct wp_inspected *ret)
{
	struct queue queue = { .wanted = wanted, .wims = wims, .items = ret, .count = count, .mutex = wp_mutex_new() };

	wp_threads_run(count < wanted->threads ? (unsigned int)count : wanted->threads, work, &queue);
	wp_mutex_free(queue.mutex);
}

void wp_inspected_free(struct wp_inspected *inspected)
{
	for (size_t k = 0; k < inspected->file.note_count; k++)
		json_decref((json_t *)inspected->file.notes[k].facts);
	wp_wim_free((struct wp_wim *)inspected->file.wim);
	wp_arena_free(inspected->arena);
	wp_buf_free(&inspected->json);
}
