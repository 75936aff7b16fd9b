/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at files on several threads, each of which takes the next one that nobody has, and gives them on in their order. */
#include "inspecting.h"

#include "wimplan/thread.h"
#include "wimplan/wim.h"

#include <stdlib.h>

/* In "files" of the document. */
#define DEPTH_OF_FILES 2u

/* Files that are in memory at once: enough to go on with while one of them takes long. */
#define FILES_AT_ONCE ((size_t)128)

struct job {
	const struct wp_inspect_wanted *wanted;
	const struct wp_cli_wim *wim;
	struct wp_inspected inspected; /* when it is done */
};

static void inspect(const struct wp_inspect_wanted *wanted, const struct wp_cli_wim *place, struct wp_inspected *ret)
{
	unsigned int with = (wanted->with_text ? WP_WIM_WITH_TEXT : 0) | (wanted->as_json ? WP_WIM_WITH_XML_SHA256 : 0);
	struct wp_wim *wim = wp_wim_read_place(&place->place, with);
	struct wp_json_out json = { .buf = &ret->json, .form = WP_JSON_FORM_PRETTY, .margin = DEPTH_OF_FILES };

	*ret = (struct wp_inspected){ .arena = wp_arena_new(), .file = { .wim = wim, .media = place->media, .media_boot = place->media_boot,
					     .only_image = wanted->only_image } };
	if (wanted->inside)
		wanted->inside->look(wanted, wim, ret);
	wp_wim_close(wim);
	ret->file.asked_deep = wanted->deep;
	ret->file.asked_servicing = wanted->servicing;
	ret->file.asked_boot = wanted->boot;
	ret->file.asked_winre = wanted->winre;
	ret->file.searched = wanted->globs.count > 0;
	if (wanted->as_json)
		wp_report_inspect_file_json(&ret->file, &json);
}

static void work(void *context)
{
	struct job *job = context;

	inspect(job->wanted, job->wim, &job->inspected);
}

void wp_inspect_files(const struct wp_inspect_wanted *wanted, const struct wp_cli_wim *wims, size_t count,
		      void (*take)(void *context, struct wp_inspected *inspected), void *context)
{
	struct wp_belt *belt = wp_belt_new(count < wanted->threads ? (unsigned int)count : wanted->threads, FILES_AT_ONCE, work);

	for (size_t put = 0, taken = 0; taken < count; taken++) {
		struct job *job;

		for (; put < count && !wp_belt_is_full(belt); put++) {
			job = wp_must(malloc(sizeof *job));
			*job = (struct job){ .wanted = wanted, .wim = &wims[put] };
			wp_belt_put(belt, job);
		}
		job = wp_belt_take(belt);
		take(context, &job->inspected);
		free(job);
	}
	wp_belt_free(belt);
}

void wp_inspected_free(struct wp_inspected *inspected)
{
	for (size_t k = 0; k < inspected->file.note_count; k++)
		json_decref((json_t *)inspected->file.notes[k].facts);
	for (size_t i = 0; inspected->file.winre && i < inspected->file.wim->metadata->image_count; i++)
		if (inspected->file.winre[i].wim)
			wp_wim_free((struct wp_wim *)inspected->file.winre[i].wim->wim);
	wp_wim_free((struct wp_wim *)inspected->file.wim);
	wp_arena_free(inspected->arena);
	wp_buf_free(&inspected->json);
}
