/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Task sequences that a change touches: deployments that machines have to run, and media that hold the old content. */
#include "internal.h"

#include "wimplan/text.h"

/* Sequences and deployments that one note lists. */
#define MOST_IN_FACTS 100

/* Is what a step installs another thing after the plan's calls? */
static bool changes(const struct audited *package)
{
	return package->entry->status == WP_ENTRY_CHANGE && (package->entry->refresh || package->entry->reload);
}

/* The sequences that use a package in a step that is on, each once, in the order of their ids. */
static const struct wp_task_sequence **live_sequences(struct wp_audit *audit, const struct audited *package,
						       size_t *ret_count)
{
	const struct wp_task_sequence **list = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < package->usage->count; i++) {
		const struct wp_usage *usage = &package->usage->items[i];

		/* Usages of one sequence stand together. */
		if (wp_usage_is_live(usage) && (!*ret_count || list[*ret_count - 1] != usage->sequence))
			*WP_PUSH(audit->scratch, list, *ret_count) = usage->sequence;
	}
	return list;
}

static const char *name_of(const struct wp_task_sequence *sequence)
{
	return sequence->name ? sequence->name : sequence->id;
}

static const char *sequence_names(struct wp_audit *audit, const struct wp_task_sequence **list, size_t count)
{
	const char **names = wp_arena_alloc(audit->scratch, count * sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = name_of(list[i]);
	return wp_text_names(audit->scratch, names, count, WP_AUDIT_NAMES);
}

static json_t *deployment_json(const struct wp_deployment *deployment)
{
	json_t *object = json_object();

	wp_json_set(object, "id", wp_json_text(deployment->id));
	wp_json_set(object, "name", wp_json_text(deployment->name));
	wp_json_set(object, "collection", wp_json_text(deployment->collection));
	wp_json_set(object, "purpose", deployment->purpose == WP_PURPOSE_UNKNOWN
					       ? json_null()
					       : wp_json_text(deployment->purpose == WP_PURPOSE_REQUIRED ? "required"
													 : "available"));
	wp_json_set(object, "offered_to", wp_json_text(wp_offer_words(deployment->offer)));
	wp_json_set(object, "hidden", json_boolean(deployment->hidden));
	wp_json_set(object, "start", wp_json_time(deployment->start));
	wp_json_set(object, "expires", wp_json_time(deployment->expires));
	wp_json_set(object, "deadline", wp_json_time(deployment->deadline));
	wp_json_set(object, "schedule", wp_json_text(deployment->schedule));
	return object;
}

/* One that has not ended when the plan is made. */
static bool is_open(const struct wp_audit *audit, const struct wp_deployment *deployment)
{
	struct wp_time now = audit->plan->created_at;

	return !deployment->expires.known || !now.known || deployment->expires.ticks > now.ticks;
}

/* The deployments of a sequence that have not ended, all of them or only the required ones. New reference. */
static json_t *deployments_json(struct wp_audit *audit, const struct wp_task_sequence *sequence, bool all)
{
	const struct wp_deployment **items;
	json_t *list = json_array();
	size_t count;

	wp_usage_deployments(audit->scratch, sequence, &items, &count);
	for (size_t i = 0; i < count && json_array_size(list) < MOST_IN_FACTS; i++)
		if ((all || items[i]->purpose == WP_PURPOSE_REQUIRED) && is_open(audit, items[i]))
			wp_json_push(list, deployment_json(items[i]));
	return list;
}

static void note_required(struct wp_audit *audit, const struct audited *package, const struct wp_task_sequence **list,
			  size_t count)
{
	const struct wp_task_sequence **required = wp_arena_alloc(audit->scratch, count * sizeof(*required));
	json_t *facts, *sequences = json_array();
	size_t found = 0;

	for (size_t i = 0; i < count && found < MOST_IN_FACTS; i++) {
		json_t *deployments = deployments_json(audit, list[i], false), *object;

		if (!json_array_size(deployments)) {
			json_decref(deployments);
			continue;
		}
		required[found++] = list[i];
		object = json_object();
		wp_json_set(object, "id", wp_json_text(list[i]->id));
		wp_json_set(object, "name", wp_json_text(list[i]->name));
		wp_json_set(object, "deployments", deployments);
		wp_json_push(sequences, object);
	}
	if (!found) {
		json_decref(sequences);
		return;
	}
	facts = json_object();
	wp_json_set(facts, "task_sequences", sequences);
	wp_note_add(audit->plan, WP_NOTE_DEPLOYED_REQUIRED, package->record->package_id, 0, facts,
		    "required on machines by %s", sequence_names(audit, required, found));
}

static void note_media(struct wp_audit *audit, const struct audited *package, const struct wp_task_sequence **list,
		       size_t count)
{
	bool boot = package->record->class == WP_CLASS_BOOT;
	json_t *facts = json_object(), *sequences = json_array();

	for (size_t i = 0; i < count && i < MOST_IN_FACTS; i++) {
		json_t *object = json_object();

		wp_json_set(object, "id", wp_json_text(list[i]->id));
		wp_json_set(object, "name", wp_json_text(list[i]->name));
		wp_json_push(sequences, object);
	}
	wp_json_set(facts, "task_sequences", sequences);
	/* Microsoft Learn, "Create stand-alone media", "Create prestaged media" and "Manage boot images". */
	wp_note_add(audit->plan, WP_NOTE_MEDIA_REBUILD, package->record->package_id, 0, facts,
		    boot ? "bootable, prestaged and stand-alone media with this boot image keep the old one until they are made "
			   "again (%s)"
			 : "stand-alone media of %s keep the old content until they are made again; prestaged ones fetch the "
			   "new one from a distribution point",
		    sequence_names(audit, list, count));
}

/* Puts the steps that use a package to those of their sequences. */
static void gather_steps(struct wp_audit *audit, const struct audited *package)
{
	for (size_t i = 0; i < package->usage->count; i++) {
		const struct wp_usage *usage = &package->usage->items[i];
		json_t **steps = &audit->steps[usage->sequence - audit->usages.sequences];

		if (!*steps)
			*steps = json_array();
		wp_json_push(*steps, wp_audit_step_json(package, usage));
	}
}

json_t *wp_audit_sequences_json(struct wp_audit *audit)
{
	json_t *array = json_array();

	for (size_t i = 0; i < audit->usages.sequence_count; i++) {
		const struct wp_task_sequence *sequence = &audit->usages.sequences[i];
		json_t *object;

		if (!audit->steps[i])
			continue;
		object = json_object();
		wp_json_set(object, "id", wp_json_text(sequence->id));
		wp_json_set(object, "name", wp_json_text(sequence->name));
		wp_json_set(object, "enabled", json_boolean(sequence->enabled));
		wp_json_set(object, "read", json_boolean(sequence->read));
		wp_json_set(object, "deployments", deployments_json(audit, sequence, true));
		wp_json_set(object, "steps", json_incref(audit->steps[i]));
		wp_json_push(array, object);
	}
	return array;
}

void wp_audit_find_sequences(struct wp_audit *audit, const struct audited *package)
{
	const struct wp_task_sequence **list;
	size_t count;

	gather_steps(audit, package);
	if (!changes(package))
		return;
	list = live_sequences(audit, package, &count);
	if (!count)
		return;
	note_required(audit, package, list, count);
	if (wp_audit_sends(package))
		note_media(audit, package, list, count);
}
