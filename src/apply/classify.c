/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares a record as it is now with what the plan found and with what it wants. */
#include "classify.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct wp_site_image *find_image(const struct wp_record *record, uint32_t index)
{
	for (size_t i = 0; i < record->images.count; i++)
		if (record->images.items[i].index == index)
			return &record->images.items[i];
	return NULL;
}

static bool same_architecture(const struct wp_number *expected, const char *found)
{
	uint64_t code;

	return !expected->known || (found && wp_architecture_code(found, &code) && code == expected->value);
}

/* A field that the plan does not name is not asked for. */
static bool same_text(const char *expected, const char *found, bool nocase)
{
	if (!expected)
		return true;
	/* The site has no field for what is empty in the WIM, or an empty one. */
	if (!found)
		return !*expected;
	return nocase ? wp_text_equal_nocase(expected, found) : !strcmp(expected, found);
}

static const char *shown(const char *text)
{
	return text ? text : "nothing";
}

static bool check_image(const struct wp_expected_image *expected, const struct wp_site_image *found, char *ret_why,
			size_t size)
{
	const char *field = NULL, *value = NULL, *wanted = NULL;
	char number[24];

	if (!found) {
		snprintf(ret_why, size, "image %u is not there", expected->index);
		return false;
	}
	if (!same_text(expected->name, found->name, false)) {
		field = "name", value = found->name, wanted = expected->name;
	} else if (!same_text(expected->os_version, found->os_version, false)) {
		field = "OS version", value = found->os_version, wanted = expected->os_version;
	} else if (!same_architecture(&expected->architecture, found->architecture)) {
		snprintf(number, sizeof number, "%" PRIu64, expected->architecture.value);
		field = "architecture", value = found->architecture, wanted = number;
	} else if (!same_text(expected->language, found->language, true)) {
		field = "language", value = found->language, wanted = expected->language;
	}
	if (field)
		snprintf(ret_why, size, "the %s of image %u is %.100s, and the plan wants %.100s", field, found->index,
			 shown(value), shown(wanted));
	return !field;
}

/*
 * What the plan proved to be different must be right now too. The fields whose derivation is only inferred are not
 * asked for: the site may have another way to fill them.
 */
static bool check_description(const struct wp_entry *entry, const struct wp_record *record, char *ret_why, size_t size)
{
	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];
		const struct wp_site_image *image;

		if (reason->action != WP_ACTION_RELOAD || reason->confidence != WP_CONFIDENCE_PROVEN || !reason->field ||
		    !reason->found || strcmp(reason->field, "description"))
			continue;
		image = find_image(record, reason->image);
		if (image && !same_text(reason->found, image->description, false)) {
			snprintf(ret_why, size, "the description of image %u is %.100s, and the plan wants %.100s",
				 reason->image, shown(image->description), reason->found);
			return false;
		}
	}
	return true;
}

/* Whether the images of a record that was opened are those that the plan expects after a reload; else says the first difference. */
static bool check_opened(const struct wp_entry *entry, const struct wp_record *record, char *ret_why, size_t size)
{
	if (record->image_property_state == WP_FETCHED_NOT) {
		snprintf(ret_why, size, "the provider does not show its ImageProperty");
		return false;
	}
	if (record->image_property_error) {
		snprintf(ret_why, size, "its ImageProperty cannot be read: %.200s", record->image_property_error);
		return false;
	}
	if (record->images.count != entry->expected_count) {
		snprintf(ret_why, size, "the site has %zu images, and the plan wants %zu", record->images.count,
			 entry->expected_count);
		return false;
	}
	for (size_t i = 0; i < entry->expected_count; i++)
		if (!check_image(&entry->expected[i], find_image(record, entry->expected[i].index), ret_why, size))
			return false;
	return check_description(entry, record, ret_why, size);
}

static bool check_images(const struct wp_entry *entry, const struct wp_record *record, char *ret_why, size_t size)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_record opened = *record;

	wp_record_open(scratch, &opened);
	return check_opened(entry, &opened, ret_why, size);
}

bool wp_classify_effect(const struct wp_step *step, const struct wp_record *record, char *ret_why, size_t size)
{
	char digest[WP_HASH_TEXT];

	if (step->action == WP_ACTION_REFRESH) {
		if (record->source_version.known && step->version_before.known &&
		    record->source_version.value > step->version_before.value)
			return true;
		snprintf(ret_why, size, "SourceVersion is still %" PRIu64, record->source_version.value);
		return false;
	}
	if (!check_images(step->entry, record, ret_why, size))
		return false;
	/* Accepted, the right metadata is enough; without an answer only a change says that the call arrived. */
	if (step->state != WP_STATE_STARTED)
		return true;
	wp_record_digest(record, digest);
	if (strcmp(digest, step->property_before))
		return true;
	snprintf(ret_why, size, "ImageProperty is as it was before the call");
	return false;
}

bool wp_classify_other(const struct wp_step *step, const struct wp_record *record, char *ret_why, size_t size)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_record opened = *record;
	char digest[WP_HASH_TEXT];

	if (step->action != WP_ACTION_RELOAD || record->image_property_state != WP_FETCHED_PRESENT)
		return false;
	/* What was there before is not always known: a plan may be made without the text, and a look may not have got it. */
	if (!step->property_before[0] && !wp_entry_never_loaded(step->entry))
		return false;
	wp_record_digest(record, digest);
	if (!strcmp(digest, step->property_before))
		return false;
	wp_record_open(scratch, &opened);
	return !opened.image_property_error && !check_opened(step->entry, &opened, ret_why, size);
}

bool wp_classify_at_work(struct wp_number action_in_progress, char *ret_why, size_t size)
{
	if (!action_in_progress.known || !action_in_progress.value)
		return false;
	snprintf(ret_why, size, "the site is at work on the package (ActionInProgress is %" PRIu64 ")",
		 action_in_progress.value);
	return true;
}

/* A classification as it goes on. */
struct judging {
	const struct wp_step *step;
	const struct wp_record *record;
	struct wp_arena *arena;
	struct wp_verdict *verdict;
};

static bool conflict(struct judging *judging, const char *property, const char *now, const char *planned)
{
	judging->verdict->standing = WP_STANDING_CONFLICT;
	judging->verdict->why =
		wp_arena_printf(judging->arena, "%s: %s is %.200s now, and the plan was made for %.200s; plan again",
				judging->step->entry->package_id, property, shown(now), shown(planned));
	return false;
}

static bool check_place(struct judging *judging)
{
	const struct wp_entry *entry = judging->step->entry;
	const struct wp_preconditions *planned = &entry->preconditions;
	const struct wp_record *record = judging->record;

	if (record->class != entry->class)
		return conflict(judging, "its class", wp_class_name(record->class), wp_class_name(entry->class));
	if (!wp_text_equal_nocase(record->source_path, planned->source_path))
		return conflict(judging, "PkgSourcePath", record->source_path, planned->source_path);
	if (!wp_text_equal_nocase(record->source_site, planned->source_site))
		return conflict(judging, "SourceSite", record->source_site, planned->source_site);
	return true;
}

static void classify_version(struct judging *judging)
{
	const struct wp_number *planned = &judging->step->entry->preconditions.source_version;
	const struct wp_number *now = &judging->record->source_version;
	char now_text[24] = "nothing", planned_text[24] = "nothing";

	if (now->known == planned->known && now->value == planned->value)
		return;
	if (judging->step->action == WP_ACTION_REFRESH && now->known && planned->known && now->value > planned->value) {
		judging->verdict->standing = WP_STANDING_SATISFIED;
		return;
	}
	if (now->known)
		snprintf(now_text, sizeof now_text, "%" PRIu64, now->value);
	if (planned->known)
		snprintf(planned_text, sizeof planned_text, "%" PRIu64, planned->value);
	conflict(judging, "SourceVersion", now_text, planned_text);
}

static void classify_metadata(struct judging *judging)
{
	const struct wp_entry *entry = judging->step->entry;
	const struct wp_record *record = judging->record;
	const char *planned = entry->preconditions.image_property_sha256;
	enum wp_action action = judging->step->action;
	char digest[WP_HASH_TEXT], why[300];

	wp_record_digest(record, digest);
	if (record->image_property_state == WP_FETCHED_NOT && action == WP_ACTION_REFRESH)
		return;
	/* As planned comes first: the plan knew more fields than it lists, and wanted the reload for this very text. */
	if (!strcmp(digest, planned))
		return;
	if (check_images(entry, record, why, sizeof why)) {
		if (action == WP_ACTION_RELOAD)
			judging->verdict->standing = WP_STANDING_SATISFIED;
		return;
	}
	/* A plan made from SMS_ImageInformation has no text to compare with; only "never loaded" is known without one. */
	if (!*planned && !wp_entry_never_loaded(entry))
		return;
	judging->verdict->standing = WP_STANDING_CONFLICT;
	judging->verdict->why = wp_arena_printf(
		judging->arena,
		"%s: ImageProperty has changed since the plan was made, and not to what it wants: %s; plan again",
		entry->package_id, why);
}

void wp_classify(const struct wp_step *step, const struct wp_record *record, struct wp_arena *arena,
		 struct wp_verdict *ret)
{
	struct judging judging = { step, record, arena, ret };
	const struct wp_entry *entry = step->entry;
	const char *planned = entry->preconditions.sedo_object_version;

	memset(ret, 0, sizeof *ret);
	if (!record) {
		ret->standing = WP_STANDING_CONFLICT;
		ret->why = wp_arena_printf(
			arena, "%s: the site has no such package any more, or does not show it to you; plan again",
			entry->package_id);
		return;
	}
	ret->action_in_progress = record->action_in_progress;
	if (!check_place(&judging))
		return;
	classify_metadata(&judging);
	if (ret->standing == WP_STANDING_PENDING)
		classify_version(&judging);
	if (ret->standing == WP_STANDING_PENDING && planned && record->sedo_object_version &&
	    !wp_text_equal_nocase(planned, record->sedo_object_version))
		ret->note = wp_arena_printf(arena,
					    "%s was edited since the plan was made, but nothing that the plan depends on",
					    entry->package_id);
}

void wp_before_take(const struct wp_record *record, struct wp_before *ret)
{
	*ret = (struct wp_before){ .source_version = record->source_version, .action_in_progress = record->action_in_progress };
	wp_record_digest(record, ret->image_property_sha256);
}

bool wp_classify_as_planned(const struct wp_step *step, const struct wp_record *record, const struct wp_verdict *verdict)
{
	const struct wp_preconditions *planned = &step->entry->preconditions;
	char digest[WP_HASH_TEXT];

	wp_record_digest(record, digest);
	return verdict->standing == WP_STANDING_PENDING && !strcmp(digest, planned->image_property_sha256) &&
	       record->source_version.known == planned->source_version.known &&
	       record->source_version.value == planned->source_version.value;
}

void wp_before_recall(const struct wp_step *step, struct wp_before *ret)
{
	const struct wp_preconditions *planned = &step->entry->preconditions;

	*ret = (struct wp_before){ .source_version = planned->source_version, .action_in_progress = step->found_action };
	strcpy(ret->image_property_sha256, planned->image_property_sha256);
}
