/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is inside of WIMs, as far as it is asked for: what their trees have, who signed it, and what is expected of it. */
#include "inspecting.h"

#include "wimplan/blob.h"
#include "wimplan/limits.h"

#include <string.h>

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
	return wants_boot(wanted) || wanted->winre || wanted->deep || wanted->globs.count || has_things(wanted);
}

/* What was found of what is expected, NULL where nobody looked; and what is installed in each image. */
struct inside {
	const struct wp_expect_contents *contents;
	const struct wp_boot_image *starts;
	const struct wp_servicing *installed;
	size_t count;
};

/* Reads the trees that are asked for, and what is asked for of files in them. What is found is in @arena. */
static struct inside look_inside(const struct wp_inspect_wanted *wanted, struct wp_wim *wim, struct wp_wim_index *index,
				 struct wp_arena *arena, struct wp_inspection *ret)
{
	struct wp_boot_survey *survey = wants_boot(wanted) ? wp_boot_survey_begin(arena, index) : NULL;
	struct wp_servicing *installed = NULL;
	struct wp_wim_content *content;
	struct inside inside = { 0 };

	if (survey && !wanted->boot)
		wp_boot_survey_started_alone(survey);
	index->seen = survey ? wp_boot_survey_tree : NULL;
	index->seen_context = survey;
	if (wanted->servicing || wanted->winre || survey || has_things(wanted))
		inside.count = wp_wim_read_installed(wim, index, wanted->only_image, &installed);
	inside.installed = installed;
	if (survey)
		inside.starts = wp_boot_survey_end(survey, wp_authorities(), wanted->least_svn);
	/* Trees that are read from here on are none of images that were asked for. */
	index->seen = NULL;
	ret->boot = wanted->boot || wanted->servicing ? inside.starts : NULL;
	if (wanted->globs.count)
		ret->found = wp_wim_search(wim, index, wanted->globs.items, wanted->globs.count, wanted->only_image, !installed);
	if (wanted->deep)
		wp_wim_index_look_deeper(wim, index);
	content = wp_arena_alloc(arena, sizeof *content);
	*content = index->content;
	ret->content = wanted->servicing || wanted->deep ? content : NULL;
	ret->contents = wanted->servicing ? installed : NULL;
	if (has_things(wanted))
		inside.contents = wp_expect_look_inside(arena, wanted->expect, installed, inside.count);
	return inside;
}

/* Reads one of @index, whose WIM is @outer: its header, XML, blob table and trees, and of its data what starts a computer. */
static void look_into_winre(const struct wp_inspect_wanted *wanted, const struct wp_wim *outer, struct wp_wim_index *index,
			    struct wp_arena *arena, struct wp_winre *winre)
{
	const struct wp_inspect_wanted inside = { .servicing = true, .boot = wanted->boot, .least_svn = wanted->least_svn };
	struct wp_blob_view *view __attribute__((cleanup(wp_blob_view_closep))) =
		wp_blob_view_open(index, winre->file->sha1, &winre->not_read);
	struct wp_wim_index *own __attribute__((cleanup(wp_wim_index_freep))) = NULL;
	struct wp_wim_place place;
	struct wp_wim *wim;

	if (!view)
		return;
	place = wp_blob_view_place(view, wp_arena_printf(arena, "%s:%s", outer->path, winre->file->name));
	wim = wp_wim_read_place(&place, 0);
	winre->wim = wp_arena_alloc(arena, sizeof *winre->wim);
	winre->wim->wim = wim;
	winre->wim->asked_servicing = true;
	winre->wim->asked_boot = wanted->boot;
	if (wim->grade != WP_GRADE_ERROR)
		own = wp_wim_index_read(wim);
	if (own) {
		/* What all of them take counts for the file that they are in. */
		own->taken = index->taken;
		own->left = index->left;
		look_inside(&inside, wim, own, arena, winre->wim);
		index->taken = own->taken;
	}
	wp_wim_close(wim);
	winre->not_read = wp_blob_view_why(view);
	if (wim->metadata)
		wp_wim_tell_in_part(wim);
}

static const struct wp_item *winre_of(const struct wp_servicing *installed)
{
	size_t at = installed->first[WP_ITEM_GROUP_RECOVERY];

	return at < installed->first[WP_ITEM_GROUP_RECOVERY + 1] ? &installed->items[at] : NULL;
}

/* An image before this one with the same file; there are no more images than WP_LIMIT_IMAGES. */
static uint32_t same_before(const struct wp_wim *wim, const struct wp_winre *winres, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (winres[i].file && !winres[i].same_as && !memcmp(winres[i].file->sha1, winres[at].file->sha1, WP_SHA1_SIZE))
			return wim->metadata->images[i].index;
	return 0;
}

/* Reads the Winre.wim of each image, each once however many images share it. */
static struct wp_winre *look_into_winres(const struct wp_inspect_wanted *wanted, const struct wp_wim *wim, struct wp_wim_index *index,
					 struct wp_arena *arena, const struct wp_servicing *installed, size_t count)
{
	struct wp_winre *winres = wp_arena_alloc(arena, count * sizeof *winres);
	size_t read = 0;

	for (size_t i = 0; i < count; i++) {
		struct wp_winre *winre = &winres[i];

		winre->known = installed[i].known;
		winre->file = winre_of(&installed[i]);
		winre->same_as = winre->file ? same_before(wim, winres, i) : 0;
		if (!winre->file || winre->same_as)
			continue;
		if (winre->file->elsewhere)
			winre->not_read = winre->file->elsewhere;
		else if (read++ < WP_LIMIT_INNER_WIMS)
			look_into_winre(wanted, wim, index, arena, winre);
		else
			winre->not_read = "the file has more different ones than are read";
	}
	return winres;
}

/* Reads the blob table, and what is asked for behind it. */
static struct inside look_deeper(const struct wp_inspect_wanted *wanted, struct wp_wim *wim, struct wp_inspected *ret)
{
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);
	struct inside inside = { 0 };

	if (!index)
		return inside;
	inside = look_inside(wanted, wim, index, ret->arena, &ret->file);
	if (wanted->winre)
		ret->file.winre = look_into_winres(wanted, wim, index, ret->arena, inside.installed, inside.count);
	return inside;
}

/* Of a boot image the XML says that it is Windows PE. */
static void judge(const struct wp_inspect_wanted *wanted, struct inside inside, struct wp_inspected *ret)
{
	struct wp_expect_subject subject = {
		.metadata = ret->file.wim->metadata,
		.only_image = wanted->only_image,
		.found = { inside.contents, inside.starts },
		.now = wanted->now,
	};

	ret->file.expected = true;
	ret->file.notes = wp_expect_judge(ret->arena, wanted->expect, &subject, &ret->file.note_count);
}

static void look(const struct wp_inspect_wanted *wanted, struct wp_wim *wim, struct wp_inspected *ret)
{
	struct inside inside = { 0 };

	if (wim->grade != WP_GRADE_ERROR && needs_index(wanted))
		inside = look_deeper(wanted, wim, ret);
	if (wanted->expect)
		judge(wanted, inside, ret);
}

static void look_at_media(const struct wp_inspect_wanted *wanted, struct wp_arena *arena, struct wp_cli_wims *wims)
{
	for (size_t i = 0; wanted->boot && i < wims->media_count; i++) {
		const struct wp_boot_image *boot = wp_boot_read_medium(arena, wims->media[i], wp_authorities(), wanted->least_svn);

		for (size_t k = 0; k < wims->count; k++)
			if (wims->items[k].media == wims->media[i])
				wims->items[k].media_boot = boot;
	}
}

const struct wp_inspect_inside wp_cli_inside = { .look = look, .media = look_at_media };
