/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An entry of a plan file that stands there as wp_plan_entry_text() has put it down, read without a tree of values, which costs
 * several times as much. What looks otherwise in the least, or is not in order, is left to the reader of JSON, which says why.
 */
#include "decode.h"

#include <string.h>

/* Longest of the names that are not kept: of classes, statuses, actions and confidences. */
#define NAME_ROOM 40

struct scan {
	const char *at, *end;
	struct wp_arena *arena;
	bool ok; /* all so far stands as it would be put down */
};

static void fail(struct scan *scan)
{
	scan->ok = false;
	scan->at = scan->end;
}

static bool take(struct scan *scan, const char *literal)
{
	size_t length = strlen(literal);

	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, literal, length) != 0)
		return false;
	scan->at += length;
	return true;
}

static void expect(struct scan *scan, const char *literal)
{
	if (!take(scan, literal))
		fail(scan);
}

/* Bytes of the string at whose quote the scan is, without its quotes; @ret_escapes: how many of them are backslashes before others. */
static size_t measure(struct scan *scan, size_t *ret_escapes)
{
	const char *at = scan->at + 1;

	*ret_escapes = 0;
	for (; at < scan->end && *at >= ' ' && *at <= '~' && *at != '"'; at++) {
		if (*at != '\\')
			continue;
		++*ret_escapes;
		if (++at == scan->end || (*at != '\\' && *at != '"'))
			break;
	}
	if (at >= scan->end || *at != '"') {
		fail(scan);
		return 0;
	}
	return (size_t)(at - scan->at) - 1;
}

/* A text or null behind @before, as all of these read what stands in front of it, too. */
static const char *text(struct scan *scan, const char *before)
{
	size_t escapes, length;
	char *copy, *to;

	expect(scan, before);
	if (take(scan, "null"))
		return NULL;
	if (scan->at == scan->end || *scan->at != '"') {
		fail(scan);
		return NULL;
	}
	length = measure(scan, &escapes);
	if (!scan->ok)
		return NULL;
	to = copy = wp_arena_alloc(scan->arena, length - escapes + 1);
	for (const char *at = scan->at + 1, *end = at + length; at < end; at++)
		*to++ = *at == '\\' ? *++at : *at;
	scan->at += length + 2;
	return copy;
}

/* A text that is one of few names; "" for null. */
static void name(struct scan *scan, const char *before, char ret[NAME_ROOM])
{
	size_t escapes, length;

	ret[0] = '\0';
	expect(scan, before);
	if (take(scan, "null"))
		return;
	if (scan->at == scan->end || *scan->at != '"') {
		fail(scan);
		return;
	}
	length = measure(scan, &escapes);
	if (escapes || length >= NAME_ROOM)
		fail(scan);
	if (!scan->ok)
		return;
	memcpy(ret, scan->at + 1, length);
	ret[length] = '\0';
	scan->at += length + 2;
}

/* A whole number or null. */
static struct wp_number number(struct scan *scan, const char *before)
{
	struct wp_number number = { .known = true };
	const char *begin;

	expect(scan, before);
	if (take(scan, "null"))
		return (struct wp_number){ .known = false };
	begin = scan->at;
	for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9' && number.value <= WP_JSON_EXACT_INTEGERS; scan->at++)
		number.value = 10 * number.value + (uint64_t)(*scan->at - '0');
	if (scan->at == begin || (*begin == '0' && scan->at > begin + 1) || number.value > WP_JSON_EXACT_INTEGERS)
		fail(scan);
	return number;
}

static uint32_t image_index(struct scan *scan, const char *before)
{
	struct wp_number index = number(scan, before);

	if (index.known && (!index.value || index.value > UINT32_MAX))
		fail(scan);
	return index.known ? (uint32_t)index.value : 0;
}

static void hash(struct scan *scan, const char *before, char ret[WP_HASH_TEXT])
{
	const char *digest = text(scan, before);

	if (digest && !wp_hash_is(digest))
		fail(scan);
	else if (digest)
		strcpy(ret, digest);
}

static enum wp_action action(struct scan *scan, const char *before)
{
	char word[NAME_ROOM];

	name(scan, before, word);
	for (enum wp_action action = WP_ACTION_RELOAD; *word && action <= WP_ACTION_REFRESH; action++)
		if (!strcmp(word, wp_action_name(action)))
			return action;
	if (*word)
		fail(scan);
	return WP_ACTION_NONE;
}

static void scan_reason(struct scan *scan, struct wp_reason *reason)
{
	char confidence[NAME_ROOM];

	reason->code = text(scan, "{\"code\": ");
	reason->action = action(scan, ", \"action\": ");
	name(scan, ", \"confidence\": ", confidence);
	if (!reason->code || !wp_confidence_from_name(confidence, &reason->confidence))
		fail(scan);
	reason->image = image_index(scan, ", \"image\": ");
	reason->field = text(scan, ", \"field\": ");
	reason->recorded = text(scan, ", \"recorded\": ");
	reason->found = text(scan, ", \"found\": ");
	expect(scan, "}");
}

/* At least one. */
static void scan_reasons(struct scan *scan, struct wp_entry *entry)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_reason *reasons = NULL;

	expect(scan, ", \"reasons\": [");
	do
		scan_reason(scan, WP_PUSH(scratch, reasons, entry->reason_count));
	while (take(scan, ", "));
	expect(scan, "]");
	entry->reasons = wp_arena_alloc(scan->arena, entry->reason_count * sizeof *reasons);
	memcpy(entry->reasons, reasons, entry->reason_count * sizeof *reasons);
}

static void scan_images(struct scan *scan, struct wp_entry *entry)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_expected_image *images = NULL;
	uint32_t before = 0;

	while (scan->ok && scan->at < scan->end && *scan->at != ']') {
		struct wp_expected_image *image = WP_PUSH(scratch, images, entry->expected_count);

		image->index = image_index(scan, before ? ", {\"index\": " : "{\"index\": ");
		if (image->index <= before)
			fail(scan);
		before = image->index;
		image->name = text(scan, ", \"name\": ");
		image->os_version = text(scan, ", \"os_version\": ");
		image->architecture = number(scan, ", \"architecture_code\": ");
		image->language = text(scan, ", \"language\": ");
		expect(scan, "}");
	}
	entry->expected = wp_arena_alloc(scan->arena, entry->expected_count * sizeof *images);
	if (entry->expected_count)
		memcpy(entry->expected, images, entry->expected_count * sizeof *images);
}

static void scan_status(struct scan *scan, struct wp_entry *entry)
{
	char status[NAME_ROOM];

	entry->source_path = text(scan, ", \"source_path\": ");
	name(scan, ", \"status\": ", status);
	entry->status = WP_ENTRY_CHANGE;
	while (entry->status < WP_ENTRY_STATUSES && strcmp(status, wp_entry_status_name(entry->status)) != 0)
		entry->status++;
	if (entry->status == WP_ENTRY_STATUSES)
		fail(scan);
	expect(scan, ", \"actions\": [");
	entry->reload = take(scan, "\"ReloadImageProperties\"");
	entry->refresh = take(scan, entry->reload ? ", \"RefreshPkgSource\"" : "\"RefreshPkgSource\"");
	expect(scan, "]");
}

static void scan_details(struct scan *scan, struct wp_entry *entry)
{
	struct wp_preconditions *conditions = &entry->preconditions;

	conditions->source_version = number(scan, ", \"preconditions\": {\"SourceVersion\": ");
	conditions->sedo_object_version = text(scan, ", \"SedoObjectVersion\": ");
	conditions->source_path = text(scan, ", \"PkgSourcePath\": ");
	conditions->source_site = text(scan, ", \"SourceSite\": ");
	hash(scan, ", \"image_property_sha256\": ", conditions->image_property_sha256);
	expect(scan, "}, \"expect\": ");
	/* Where it is null it is another reader's to say whether it may be. */
	expect(scan, "{\"images\": [");
	scan_images(scan, entry);
	hash(scan, "], \"file_id\": ", entry->file_id);
	hash(scan, ", \"content_id\": ", entry->content_id);
	expect(scan, "}");
}

bool wp_plan_scan_entry(struct wp_arena *arena, const char *line, size_t length, bool unchanged, struct wp_entry *entry)
{
	struct scan scan = { .at = line, .end = line + length, .arena = arena, .ok = true };
	struct wp_decoder decoder = { .arena = arena };
	struct wp_number priority;
	char class[NAME_ROOM];

	entry->package_id = text(&scan, "{\"package_id\": ");
	name(&scan, ", \"class\": ", class);
	entry->name = text(&scan, ", \"name\": ");
	priority = number(&scan, ", \"priority\": ");
	if (!entry->package_id || !wp_is_package_id(entry->package_id) || !wp_class_from_name(class, &entry->class) ||
	    strcmp(class, wp_class_name(entry->class)) != 0 || !priority.known)
		fail(&scan);
	entry->priority = priority.value;
	entry->status = WP_ENTRY_UNCHANGED;
	if (!unchanged)
		scan_status(&scan, entry);
	scan_reasons(&scan, entry);
	if (!unchanged)
		scan_details(&scan, entry);
	expect(&scan, "}");
	if (!scan.ok || scan.at != scan.end)
		return false;
	wp_plan_finish_entry(&decoder, entry, unchanged);
	return !decoder.damage;
}
