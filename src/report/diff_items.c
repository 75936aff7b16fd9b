/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed: the changes of a group in one list, and the words for them; and images of which the same is said. */
#include "diff_words.h"
#include "words.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *title;
	const char *one, *many; /* in a sentence */
} group_words[] = {
	[WP_ITEM_GROUP_PACKAGE] = { "Packages", "package", "packages" },
	[WP_ITEM_GROUP_DRIVER] = { "Drivers", "driver", "drivers" },
	[WP_ITEM_GROUP_APP] = { "Apps", "app", "apps" },
	[WP_ITEM_GROUP_LANGUAGE] = { "Languages", "language", "languages" },
	[WP_ITEM_GROUP_BOOT_FILE] = { "EFI boot files", "EFI boot file", "EFI boot files" },
	[WP_ITEM_GROUP_RECOVERY] = { "Recovery environment", "recovery environment", "recovery environments" },
	[WP_ITEM_GROUP_PENDING] = { "Pending work", "piece of pending work", "pieces of pending work" },
};

const char *wp_diff_words_kind(enum wp_item_kind kind)
{
	static const char *const titles[WP_ITEM_KINDS] = {
		[WP_ITEM_KIND_CUMULATIVE] = "Cumulative updates",
		[WP_ITEM_KIND_HOTPATCH] = "Hotpatches",
		[WP_ITEM_KIND_SERVICING_STACK] = "Servicing stack",
		[WP_ITEM_KIND_SAFE_OS] = "Safe OS updates (Windows RE)",
		[WP_ITEM_KIND_ENABLEMENT] = "Enablement packages",
		[WP_ITEM_KIND_DOTNET] = ".NET updates",
		[WP_ITEM_KIND_UPDATE] = "Further updates",
		[WP_ITEM_KIND_LANGUAGE_PACK] = "Language packs",
		[WP_ITEM_KIND_FEATURE] = "Features on demand",
		[WP_ITEM_KIND_EDITION] = "Edition and foundation",
		[WP_ITEM_KIND_OTHER] = "Other packages",
		[WP_ITEM_KIND_INBOX] = "Inbox drivers",
		[WP_ITEM_KIND_ADDED] = "Added drivers",
		[WP_ITEM_KIND_ORIGIN_UNKNOWN] = "Drivers of unknown origin",
	};

	return titles[kind];
}

static const char *about_of(struct wp_arena *arena, const struct wp_item *item)
{
	const char *architecture = item->architecture ? item->architecture : "";
	const char *language = item->language ? wp_item_language(item) : "";
	const char *between = *architecture && *language ? ", " : "";
	const char *note = item->superseded ? ", superseded" : "";

	return wp_arena_printf(arena, "%s%s%s%s", architecture, between, language,
			       *note && !*architecture && !*language ? note + 2 : note);
}

static void fill(struct wp_arena *arena, struct wp_diff_line *line, enum wp_diff_status status,
		 const struct wp_item *old, const struct wp_item *new)
{
	const struct wp_item *item = new ? new : old;

	*line = (struct wp_diff_line){
		.status = status,
		/* cppcheck-suppress nullPointer ; one of both is there */
		.kind = item->kind,
		.old = old,
		.new = new,
		/* cppcheck-suppress nullPointer ; one of both is there */
		.name = item->kb ? item->kb : item->name,
		.about = about_of(arena, item),
	};
}

static int compare_shown(const void *a, const void *b)
{
	static const int order[] = { [WP_DIFF_REMOVED] = 0, [WP_DIFF_ADDED] = 1, [WP_DIFF_CHANGED] = 2 };
	const struct wp_diff_line *x = a, *y = b;
	int by_name, by_about;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	by_name = wp_text_compare_nocase(x->name, y->name);
	if (by_name)
		return by_name;
	by_about = strcmp(x->about, y->about);
	if (by_about)
		return by_about;
	if (x->status != y->status)
		return order[x->status] - order[y->status];
	return wp_version_compare((x->new ? x->new : x->old)->version, (y->new ? y->new : y->old)->version);
}

void wp_diff_lines(struct wp_arena *arena, const struct wp_diff_group *group, enum wp_item_group number,
		   struct wp_diff_lines *ret)
{
	size_t at = 0;

	ret->title = group_words[number].title;
	ret->count = group->added_count + group->removed_count + group->changed_count;
	ret->items = wp_arena_alloc(arena, ret->count * sizeof *ret->items);
	for (size_t i = 0; i < group->removed_count; i++)
		fill(arena, &ret->items[at++], WP_DIFF_REMOVED, &group->removed[i], NULL);
	for (size_t i = 0; i < group->added_count; i++)
		fill(arena, &ret->items[at++], WP_DIFF_ADDED, NULL, &group->added[i]);
	for (size_t i = 0; i < group->changed_count; i++)
		fill(arena, &ret->items[at++], WP_DIFF_CHANGED, &group->changed[i].old, &group->changed[i].new);
	WP_SORT(ret->items, at, compare_shown);
}

char *wp_diff_words_counts(struct wp_arena *arena, const struct wp_diff_group *group)
{
	const struct {
		size_t count;
		const char *what;
	} parts[] = { { group->added_count, "added" },
		      { group->removed_count, "removed" },
		      { group->changed_count, "changed" },
		      { group->same_count, "the same" } };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].count)
			wp_buf_printf(&buf, "%s%s %s", buf.length ? ", " : "", wp_words_count(arena, parts[i].count),
				      parts[i].what);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

char *wp_diff_words_unchanged(struct wp_arena *arena, const struct wp_diff_contents *contents)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < WP_ITEM_GROUPS; i++) {
		const struct wp_diff_group *group = &contents->groups[i];

		if (group->same_count && !group->added_count && !group->removed_count && !group->changed_count)
			wp_buf_printf(&buf, "%s%s %s", buf.length ? ", " : "", wp_words_count(arena, group->same_count),
				      group->same_count == 1 ? group_words[i].one : group_words[i].many);
	}
	return buf.length ? wp_arena_strdup(arena, wp_buf_text(&buf)) : NULL;
}

const char *wp_diff_words_winre(struct wp_arena *arena, const struct wp_diff_winre *winre)
{
	if (winre->same_as)
		return wp_arena_printf(arena, "Inside of Winre.wim: the same as in image %" PRIu32, winre->same_as);
	if (winre->not_read)
		return wp_arena_printf(arena, "Inside of Winre.wim: not known, for %s", winre->not_read);
	return wp_diff_has_changes(winre->diff) ? "Inside of Winre.wim" : "Inside of Winre.wim: nothing that is compared differs";
}

const char *wp_diff_words_windows(const struct wp_diff_contents *contents)
{
	if (contents->windows_old && contents->windows_new)
		return NULL;
	if (!contents->windows_old && !contents->windows_new)
		return "Neither image has a Windows folder, so nothing can be said of what is installed.";
	return contents->windows_old ? "The new image has no Windows folder." : "The old image has no Windows folder.";
}

const char *wp_diff_words_item(struct wp_arena *arena, const struct wp_item *item, size_t digits)
{
	char sha1[WP_SHA1_TEXT];

	if (item->version)
		return item->version;
	if (item->group == WP_ITEM_GROUP_DRIVER && item->id)
		return item->id;
	if (!item->has_data)
		return "";
	wp_sha1_text(item->sha1, sha1);
	return wp_arena_printf(arena, "%s, SHA-1 %.*s", wp_words_amount(arena, item->size), (int)digits, sha1 + 5);
}

/* What is the same of several images is one line: "images 1–4". Something that is said of an image: */
struct line {
	const char *texts[4];
	uint32_t image; /* 0: it is of no image alone */
	size_t at;      /* where it stands among all */
};

static int compare_texts(const struct line *x, const struct line *y)
{
	int order = 0;

	for (size_t i = 0; i < sizeof x->texts / sizeof *x->texts && !order; i++)
		order = strcmp(x->texts[i], y->texts[i]);
	return order;
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = compare_texts(x, y);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Those of a group that follow each other, by the place of the first one. */
struct group {
	const struct line *lines;
	size_t count;
};

static int compare_groups(const void *a, const void *b)
{
	size_t x = ((const struct group *)a)->lines->at, y = ((const struct group *)b)->lines->at;

	return (x > y) - (x < y);
}

/* Sorts @lines and gives them in groups, which are in the order of their first lines. */
static struct group *make_groups(struct wp_arena *arena, struct line *lines, size_t count, size_t *ret_count)
{
	struct group *groups = wp_arena_alloc(arena, count * sizeof *groups);
	size_t used = 0;

	WP_SORT(lines, count, compare_lines);
	for (size_t i = 0; i < count; i++) {
		if (!i || compare_texts(&lines[i - 1], &lines[i]))
			groups[used++] = (struct group){ .lines = &lines[i] };
		groups[used - 1].count++;
	}
	WP_SORT(groups, used, compare_groups);
	*ret_count = used;
	return groups;
}

/* "image 2", "images 1–4, 6" */
static const char *images_text(struct wp_arena *arena, const struct group *group)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t end;

	wp_buf_puts(&text, group->count == 1 ? "image " : "images ");
	for (size_t i = 0; i < group->count; i = end) {
		for (end = i + 1; end < group->count && group->lines[end].image == group->lines[end - 1].image + 1; end++)
			;
		wp_buf_printf(&text, "%s%" PRIu32, i ? ", " : "", group->lines[i].image);
		if (end - i > 1)
			wp_buf_printf(&text, "%s%" PRIu32, end - i > 2 ? "–" : ", ", group->lines[end - 1].image);
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

/* "PATH, image 3" taken apart; of any other subject all of it. */
static struct line line_of_remark(struct wp_arena *arena, const struct wp_diag *diag, size_t at)
{
	static const char before[] = ", image ";
	const char *subject = diag->subject ? diag->subject : "", *last = NULL;
	struct line line = { { diag->code, diag->summary, subject, wp_severity_name(diag->severity) }, 0, at };
	char *end;

	for (const char *found = subject; (found = strstr(found, before)); found++)
		last = found;
	if (!last)
		return line;
	line.image = (uint32_t)strtoul(last + strlen(before), &end, 10);
	if (*end || !line.image)
		line.image = 0;
	else
		line.texts[2] = wp_arena_strndup(arena, subject, (size_t)(last - subject));
	return line;
}

struct wp_diags wp_diff_words_remarks(struct wp_arena *arena, const struct wp_diff *diff)
{
	struct wp_diags remarks = { .items = wp_arena_alloc(arena, diff->diags.count * sizeof *remarks.items) };
	struct line *lines = wp_arena_alloc(arena, diff->diags.count * sizeof *lines);
	size_t count = 0, group_count;
	struct group *groups;

	/* The image's own lines say that there is no Windows folder. */
	for (size_t i = 0; i < diff->diags.count; i++)
		if (strcmp(diff->diags.items[i].code, "no-windows-tree") != 0)
			lines[count++] = line_of_remark(arena, &diff->diags.items[i], i);
	groups = make_groups(arena, lines, count, &group_count);
	for (size_t i = 0; i < group_count; i++) {
		const struct line *first = groups[i].lines;
		struct wp_diag *remark = &remarks.items[remarks.count++];

		*remark = diff->diags.items[first->at];
		if (first->image)
			remark->subject = wp_arena_printf(arena, "%s, %s", first->texts[2], images_text(arena, &groups[i]));
	}
	return remarks;
}

struct wp_diff_lost *wp_diff_words_lost_values(struct wp_arena *arena, const struct wp_diff *diff, size_t *ret_count)
{
	size_t lost = wp_diff_lost(diff), count = 0;
	struct line *lines = wp_arena_alloc(arena, lost * sizeof *lines);
	struct wp_diff_lost *items;
	struct group *groups;

	for (size_t i = 0; i < diff->image_count; i++) {
		const struct wp_diff_image *image = &diff->images[i];

		for (size_t f = 0; f < image->field_count; f++) {
			const struct wp_diff_field *field = &image->fields[f];
			const char *old, *new;

			if (!field->lost)
				continue;
			wp_diff_words_values(arena, field, &old, &new);
			lines[count] = (struct line){ { field->field, old, "", "" }, image->new_index, count };
			count++;
		}
	}
	groups = make_groups(arena, lines, count, ret_count);
	items = wp_arena_alloc(arena, *ret_count * sizeof *items);
	for (size_t i = 0; i < *ret_count; i++)
		items[i] = (struct wp_diff_lost){ .images = images_text(arena, &groups[i]),
						  .first = groups[i].lines->image,
						  .field = groups[i].lines->texts[0],
						  .value = groups[i].lines->texts[1] };
	return items;
}

/* The line of every field of every image, by image. */
static struct line *lines_of_fields(struct wp_arena *arena, const struct wp_diff *diff, size_t *ret_count)
{
	struct line *lines;
	size_t count = 0;

	for (size_t i = 0; i < diff->image_count; i++)
		count += diff->images[i].field_count;
	lines = wp_arena_alloc(arena, count * sizeof *lines);
	*ret_count = count;
	count = 0;
	for (size_t i = 0; i < diff->image_count; i++) {
		const struct wp_diff_image *image = &diff->images[i];

		for (size_t f = 0; f < image->field_count; f++, count++) {
			const struct wp_diff_field *field = &image->fields[f];
			struct line *line = &lines[count];

			*line = (struct line){ { field->field, "", "", field->lost ? "lost" : "" }, image->new_index, count };
			wp_diff_words_values(arena, field, &line->texts[1], &line->texts[2]);
		}
	}
	return lines;
}

/* Fills ret->common with the groups of several images, those of the same ones together, and marks their lines. */
static void take_common(struct wp_arena *arena, const struct group *groups, size_t count,
			const struct wp_diff_field **fields, bool *common, struct wp_diff_metadata *ret)
{
	struct line *sets = wp_arena_alloc(arena, count * sizeof *sets);
	size_t used = 0;
	struct group *by_images;

	for (size_t i = 0; i < count; i++) {
		if (groups[i].count < 2)
			continue;
		sets[used++] = (struct line){ { images_text(arena, &groups[i]), "", "", "" }, 0, groups[i].lines->at };
		for (size_t k = 0; k < groups[i].count; k++)
			common[groups[i].lines[k].at] = true;
	}
	by_images = make_groups(arena, sets, used, &ret->common_count);
	ret->common = wp_arena_alloc(arena, ret->common_count * sizeof *ret->common);
	for (size_t i = 0; i < ret->common_count; i++) {
		struct wp_diff_fields *set = &ret->common[i];

		set->images = by_images[i].lines->texts[0];
		set->items = wp_arena_alloc(arena, by_images[i].count * sizeof *set->items);
		for (size_t k = 0; k < by_images[i].count; k++)
			set->items[set->count++] = fields[by_images[i].lines[k].at];
	}
}

void wp_diff_words_metadata(struct wp_arena *arena, const struct wp_diff *diff, struct wp_diff_metadata *ret)
{
	size_t count, group_count, at = 0;
	struct line *lines = lines_of_fields(arena, diff, &count);
	const struct wp_diff_field **fields = wp_arena_alloc(arena, count * sizeof *fields);
	bool *common = wp_arena_alloc(arena, count * sizeof *common);
	struct group *groups;

	ret->own = wp_arena_alloc(arena, diff->image_count * sizeof *ret->own);
	for (size_t i = 0; i < diff->image_count; i++)
		for (size_t f = 0; f < diff->images[i].field_count; f++)
			fields[at++] = &diff->images[i].fields[f];
	groups = make_groups(arena, lines, count, &group_count);
	take_common(arena, groups, group_count, fields, common, ret);
	at = 0;
	for (size_t i = 0; i < diff->image_count; i++) {
		struct wp_diff_fields *own = &ret->own[i];

		own->items = wp_arena_alloc(arena, diff->images[i].field_count * sizeof *own->items);
		for (size_t f = 0; f < diff->images[i].field_count; f++, at++)
			if (!common[at])
				own->items[own->count++] = fields[at];
	}
}
