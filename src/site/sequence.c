/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Task sequences: steps, groups that switch them off, and the packages they name. The shape is that of exports of the
 * console (sequence 3.10): groups and steps mixed, a step's values in defaultVarList/variable by @property.
 */
#include "wimplan/sequence.h"
#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/limits.h"
#include "wimplan/record.h"
#include "wimplan/text.h"
#include "wimplan/xml.h"

#include <stdlib.h>
#include <string.h>

/* The properties of steps that name packages and images, and what each is kept in. Product keys are never kept. */
enum property {
	PROPERTY_IMAGE,
	PROPERTY_IMAGE_INDEX,
	PROPERTY_INSTALL,
	PROPERTY_EDITION_INDEX,
	PROPERTY_DOWNLOADS,
	PROPERTY_SEQUENCE,
	PROPERTIES,
};
static const char *const property_names[PROPERTIES] = {
	[PROPERTY_IMAGE] = "ImagePackageID",         [PROPERTY_IMAGE_INDEX] = "ImageIndex",
	[PROPERTY_INSTALL] = "InstallPackageID",     [PROPERTY_EDITION_INDEX] = "InstallEditionIndex",
	[PROPERTY_DOWNLOADS] = "DownloadPackages",   [PROPERTY_SEQUENCE] = "TsPackageID",
};

#define APPLY_IMAGE "SMS_TaskSequence_ApplyOperatingSystemAction"
#define APPLY_DATA "SMS_TaskSequence_ApplyDataImageAction"
#define UPGRADE "SMS_TaskSequence_UpgradeOperatingSystemAction"
#define DOWNLOAD "SMS_TaskSequence_DownloadPackageContentAction"
/* What a step has where no package was chosen. */
#define NO_PACKAGE "00000000"

struct reading {
	struct wp_arena *arena;
	struct wp_sequence_use **items;
	size_t *count;
	const char *why;
	bool off[WP_LIMIT_NESTING + 1]; /* by depth: this element, or one around it, is switched off */
	size_t depth;
	/* The step that is being read; NULL outside of one. */
	size_t step_depth;
	const char *step;
	const char *type;
	const char *values[PROPERTIES];
	const char **others; /* what other properties name: packages of drivers, scripts, clients */
	size_t other_count;
	const char *action;
	/* The text that is being collected; its place among the above, or none. */
	struct wp_buf text;
	const char **target;
	size_t target_depth;
	const char **listed; /* packages of the list of references */
	size_t listed_count;
};

WP_NAMES(wp_use_name, enum wp_use,
	[WP_USE_IMAGE] = "image",       [WP_USE_DATA_IMAGE] = "data-image", [WP_USE_INSTALL] = "install",
	[WP_USE_UPGRADE] = "upgrade",   [WP_USE_DOWNLOAD] = "download",     [WP_USE_SEQUENCE] = "sequence",
	[WP_USE_OTHER] = "other")

static bool is(const char *name, const char *wanted)
{
	return strcmp(name, wanted) == 0;
}

static const char *copy(struct reading *r, const struct wp_xml_element *element, const char *attribute)
{
	const struct wp_xml_attribute *found = wp_xml_find(element, attribute);

	return found ? wp_arena_strndup(r->arena, found->value, found->length) : "";
}

/* @name has the value "true", as disable="true" on a step or group. */
static bool is_true(const struct wp_xml_element *element, const char *name)
{
	const struct wp_xml_attribute *found = wp_xml_find(element, name);

	return found && found->length == 4 && memcmp(found->value, "true", 4) == 0;
}

/* Its name, or the beginning of it: every package that the step names has it. */
static const char *step_name(struct reading *r, const struct wp_xml_element *element)
{
	const char *name = copy(r, element, "name"), *fits = name;

	if (strnlen(name, WP_LIMIT_STEP_NAME + 1) <= WP_LIMIT_STEP_NAME)
		return name;
	for (const char *at = name; (size_t)(at - name) <= WP_LIMIT_STEP_NAME - strlen("…"); wp_utf8_next(&at))
		fits = at;
	return wp_arena_printf(r->arena, "%.*s…", (int)(fits - name), name);
}

static void begin_step(struct reading *r, const struct wp_xml_element *element)
{
	r->step_depth = element->depth;
	r->step = step_name(r, element);
	r->type = copy(r, element, "type");
	r->action = "";
	for (size_t i = 0; i < PROPERTIES; i++)
		r->values[i] = "";
	r->other_count = 0;
}

static void collect(struct reading *r, const char **target)
{
	wp_buf_clear(&r->text);
	r->target = target;
	r->target_depth = r->depth;
}

/* PackageID, DriverPackageID, ClientPackageID and their like, PackageInfo0PackageId, and one without the letters. */
static bool names_package(const struct wp_xml_attribute *property)
{
	static const char suffix[] = "packageid", answers[] = "ConfigFilePackage";
	size_t length = sizeof suffix - 1;
	const char *end = property->value + property->length;

	if (property->length == sizeof answers - 1 && !memcmp(property->value, answers, property->length))
		return true;
	for (size_t i = 0; property->length >= length && i < length; i++)
		if (wp_ascii_lower(end[-(ptrdiff_t)length + (ptrdiff_t)i]) != suffix[i])
			return false;
	return property->length >= length;
}

static void begin_variable(struct reading *r, const struct wp_xml_element *element)
{
	const struct wp_xml_attribute *property = wp_xml_find(element, "property");
	const char **other;

	for (size_t i = 0; property && i < PROPERTIES; i++) {
		if (strlen(property_names[i]) != property->length ||
		    memcmp(property_names[i], property->value, property->length) != 0)
			continue;
		collect(r, &r->values[i]);
		return;
	}
	if (!property || !names_package(property))
		return;
	other = WP_PUSH(r->arena, r->others, r->other_count);
	*other = "";
	collect(r, other);
}

static bool start(void *context, const struct wp_xml_element *element)
{
	struct reading *r = context;

	r->depth = element->depth;
	r->off[element->depth] = r->off[element->depth - 1] || is_true(element, "disable");
	if (element->depth == 1 && !is(element->name, "sequence")) {
		r->why = wp_arena_printf(r->arena, "has the root element <%s> instead of <sequence>", element->name);
		return false;
	}
	/* MDT's Control/ID/ts.xml: the same root with a name of its own, steps of BDD_* classes and no PackageIDs. */
	if (element->depth == 1 && wp_xml_find(element, "name")) {
		r->why = "is one of MDT, not of Configuration Manager";
		return false;
	}
	if (r->step_depth) {
		if (is(element->name, "variable"))
			begin_variable(r, element);
		else if (is(element->name, "action") && element->depth == r->step_depth + 1)
			collect(r, &r->action);
	} else if (is(element->name, "step") || is(element->name, "subtasksequence")) {
		begin_step(r, element);
	} else if (is(element->name, "reference")) {
		const char *package = copy(r, element, "package");

		if (*package)
			*WP_PUSH(r->arena, r->listed, r->listed_count) = package;
	}
	return true;
}

static bool text(void *context, const char *bytes, size_t length)
{
	struct reading *r = context;

	if (r->target && r->depth == r->target_depth)
		wp_buf_add(&r->text, bytes, length);
	return true;
}

static bool add(struct reading *r, enum wp_use use, const char *package, const char *index)
{
	struct wp_sequence_use *item;
	uint64_t value;

	if (!*package || is(package, NO_PACKAGE))
		return true;
	if (*r->count >= WP_LIMIT_SEQUENCE_USES) {
		r->why = wp_arena_printf(r->arena, "uses packages in more than %u places", WP_LIMIT_SEQUENCE_USES);
		return false;
	}
	item = WP_PUSH(r->arena, *r->items, *r->count);
	*item = (struct wp_sequence_use){
		.use = use,
		.package_id = package,
		.step = r->step,
		.enabled = !r->off[r->step_depth],
	};
	/* 0 is the default of InstallEditionIndex, and no image: none was chosen. */
	if (wp_parse_u64(index, false, &value) && value)
		item->index = (struct wp_number){ true, value };
	return true;
}

/*
 * The package behind "/image:" and its like on a step's command line, for steps whose variables lack it: the command
 * line repeats them ("/image:PS100012,%OSDImageIndex%"; the CommandLine qualifiers of the steps' classes).
 */
static const char *from_action(struct reading *r, const char *option)
{
	const char *at = strstr(r->action, option);

	if (!at)
		return "";
	at += strlen(option);
	return wp_arena_strndup(r->arena, at, strcspn(at, ", \""));
}

static const char *value_or(struct reading *r, enum property property, const char *option)
{
	return *r->values[property] ? r->values[property] : from_action(r, option);
}

/* The packages of a list; each has a PackageInfo of its own as well, which serves where there is no such list. */
static bool add_downloads(struct reading *r)
{
	const char *at = r->values[PROPERTY_DOWNLOADS];
	bool listed = false;

	while (*at) {
		size_t length = strcspn(at, ",; \t\r\n");

		if (length && !add(r, WP_USE_DOWNLOAD, wp_arena_strndup(r->arena, at, length), ""))
			return false;
		listed = listed || length;
		at += length + !!at[length];
	}
	if (listed)
		r->other_count = 0;
	return true;
}

static bool add_others(struct reading *r)
{
	enum wp_use use = is(r->type, DOWNLOAD) ? WP_USE_DOWNLOAD : WP_USE_OTHER;

	for (size_t i = 0; i < r->other_count; i++)
		if (wp_is_package_id(r->others[i]) && !add(r, use, r->others[i], ""))
			return false;
	return true;
}

static bool end_step(struct reading *r)
{
	const char *edition = r->values[PROPERTY_EDITION_INDEX], *image;
	bool go_on;

	if (is(r->type, UPGRADE)) {
		/* SMS_TaskSequence_UpgradeOperatingSystemAction: InstallEditionIndex is 1 by default. */
		go_on = add(r, WP_USE_UPGRADE, value_or(r, PROPERTY_INSTALL, "/install:"), *edition ? edition : "1");
	} else if (is(r->type, APPLY_DATA)) {
		go_on = add(r, WP_USE_DATA_IMAGE, value_or(r, PROPERTY_IMAGE, "/data:"), r->values[PROPERTY_IMAGE_INDEX]);
	} else if (is(r->type, APPLY_IMAGE)) {
		image = value_or(r, PROPERTY_IMAGE, "/image:");
		go_on = *image ? add(r, WP_USE_IMAGE, image, r->values[PROPERTY_IMAGE_INDEX])
			       : add(r, WP_USE_INSTALL, value_or(r, PROPERTY_INSTALL, "/install:"), edition);
	} else {
		go_on = add(r, WP_USE_SEQUENCE, r->values[PROPERTY_SEQUENCE], "") && add_downloads(r);
	}
	go_on = go_on && add_others(r);
	r->step_depth = 0;
	return go_on;
}

static bool end(void *context)
{
	struct reading *r = context;
	size_t depth = r->depth--;

	if (r->target && depth == r->target_depth) {
		char *value = wp_arena_strdup(r->arena, wp_buf_text(&r->text));

		*r->target = wp_text_trim(value);
		r->target = NULL;
	}
	return depth != r->step_depth || end_step(r);
}

/* What is listed and stands in no step that was understood. */
static bool add_listed(struct reading *r)
{
	const char **seen = wp_arena_alloc(r->arena, *r->count * sizeof *seen);
	size_t seen_count = *r->count;

	for (size_t i = 0; i < seen_count; i++)
		seen[i] = (*r->items)[i].package_id;
	qsort(seen, seen_count, sizeof *seen, wp_text_compare_items);
	r->step = "";
	for (size_t i = 0; i < r->listed_count; i++)
		if (!bsearch(&r->listed[i], seen, seen_count, sizeof *seen, wp_text_compare_items) &&
		    !add(r, WP_USE_OTHER, r->listed[i], ""))
			return false;
	return true;
}

int wp_sequence_parse(struct wp_arena *arena, const char *xml, struct wp_sequence_use **ret_items, size_t *ret_count,
		      const char **ret_why)
{
	struct reading reading = { .arena = arena, .items = ret_items, .count = ret_count };
	const struct wp_xml_handler handler = { .start = start, .text = text, .end = end, .context = &reading };
	struct wp_xml_outcome outcome;
	bool whole;

	*ret_items = NULL;
	*ret_count = 0;
	whole = wp_xml_read_text(xml, strlen(xml), &handler, &outcome) == WP_XML_WHOLE && add_listed(&reading);
	wp_buf_free(&reading.text);
	if (whole)
		return 0;
	if (reading.why)
		*ret_why = reading.why;
	else
		*ret_why = wp_arena_printf(arena, "%s%s in line %zu", outcome.end == WP_XML_REFUSED ? "" : "is no XML: ",
					   outcome.what, outcome.line);
	return WP_E_FAILED;
}
