/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open plan: its targets in memory, its entries on the disk. */
#include "target.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

struct wp_planned {
	struct wp_arena *arena;
	struct wp_json_doc *doc;
	struct wp_plan *plan;
	struct wp_target *targets; /* not in the arena, which keeps what an array grew out of */
	size_t count;
	/* The entry that was read last: both steps of a package ask for it, mostly one after the other. */
	const struct wp_target *target;
	struct wp_entry entry;
	struct wp_arena *entry_arena;
};

static struct wp_target *add_target(struct wp_planned *planned)
{
	/* Room for the next power of two, from 8 on. */
	if (planned->count >= 8 ? !(planned->count & (planned->count - 1)) : !planned->count) {
		size_t room = planned->count ? 2 * planned->count : 8;

		planned->targets = reallocarray(planned->targets, room, sizeof *planned->targets);
		if (!planned->targets)
			wp_out_of_memory();
	}
	return &planned->targets[planned->count++];
}

static void take_entry(void *context, const struct wp_entry *entry, const struct wp_plan_place *place)
{
	struct wp_planned *planned = context;
	struct wp_target *target;

	if (entry->status != WP_ENTRY_CHANGE)
		return;
	target = add_target(planned);
	target->package_id = wp_arena_strdup(planned->arena, entry->package_id);
	target->class = entry->class;
	target->reload = entry->reload;
	target->refresh = entry->refresh;
	strcpy(target->file_id, entry->file_id);
	strcpy(target->content_id, entry->content_id);
	target->place = *place;
}

static int open_doc(struct wp_planned *planned, const char *path, struct wp_error *err)
{
	char *text;
	size_t length;
	int fd, status;

	if (strcmp(path, "-")) {
		status = wp_file_open(path, WP_LIMIT_DOCUMENT_BYTES, &fd, &length, err);
		if (!status)
			planned->doc = wp_json_doc_file(fd, length, path);
		return status;
	}
	/* A pipe is read once: what may be asked for again has to be kept. */
	status = wp_file_read_text(planned->arena, path, WP_LIMIT_DOCUMENT_BYTES, &text, &length, err);
	if (!status)
		planned->doc = wp_json_doc_memory(text, length, "standard input");
	return status;
}

int wp_planned_open(const char *path, struct wp_planned **ret_planned, struct wp_error *err)
{
	struct wp_planned *planned = calloc(1, sizeof *planned);
	int status;

	if (!planned)
		wp_out_of_memory();
	planned->arena = wp_arena_new();
	status = open_doc(planned, path, err);
	if (!status)
		status = wp_plan_read(planned->doc, take_entry, planned, &planned->plan, err);
	if (status)
		wp_planned_close(planned);
	else
		*ret_planned = planned;
	return status;
}

void wp_planned_close(struct wp_planned *planned)
{
	if (!planned)
		return;
	wp_plan_free(planned->plan);
	wp_json_doc_free(planned->doc);
	wp_arena_free(planned->entry_arena);
	wp_arena_free(planned->arena);
	free(planned->targets);
	free(planned);
}

const struct wp_plan *wp_planned_plan(const struct wp_planned *planned)
{
	return planned->plan;
}

const struct wp_target *wp_planned_targets(const struct wp_planned *planned, size_t *ret_count)
{
	*ret_count = planned->count;
	return planned->targets;
}

int wp_planned_entry(struct wp_planned *planned, const struct wp_target *target, const struct wp_entry **ret_entry,
		     struct wp_error *err)
{
	int status;

	*ret_entry = &planned->entry;
	if (planned->target == target)
		return WP_OK;
	planned->target = NULL;
	wp_arena_free(planned->entry_arena);
	planned->entry_arena = wp_arena_new();
	status = wp_plan_read_entry(planned->doc, &target->place, planned->entry_arena, &planned->entry, err);
	if (!status)
		planned->target = target;
	return status;
}
