/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads $metadata: classes, which of them derives from which, and actions with what they are bound to. */
#include "actions.h"

#include "wimplan/ascii.h"
#include "wimplan/arena.h"
#include "wimplan/clock.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"
#include "wimplan/xml.h"

#include <string.h>

/* A class and the one that it derives from (NULL: none): without namespace, in small letters. */
struct base {
	const char *class, *base;
	size_t order; /* in the document: of two with one name the first counts */
};

struct offer {
	const char *method; /* as the caller has it */
	const char *class;  /* NULL: the description does not say to what it is bound */
};

struct wp_actions {
	const struct wp_method *methods;
	size_t method_count;
	bool *unbound; /* of each method, whether there is one of its name that is bound to nothing */
	struct wp_arena *arena;
	struct base *bases;
	size_t base_count;
	struct offer *offers;
	size_t offer_count;
	const char *open;   /* the bound method whose element is open; NULL: none */
	size_t open_depth;  /* of that element */
	bool has_parameter; /* it has one already: only the first is the binding one */
	size_t depth;       /* of the element that is open */
	bool metadata;
	const char *wrong;
};

/* "AdminService.SMS_ImagePackage" without its namespace; NULL for none, and for a collection. */
static const char *plain_name(struct wp_arena *arena, const struct wp_xml_attribute *attribute)
{
	const char *text = attribute ? attribute->value : NULL, *dot;
	size_t length = attribute ? attribute->length : 0;

	if (!text || memchr(text, '(', length))
		return NULL;
	dot = memrchr(text, '.', length);
	if (dot) {
		length -= (size_t)(dot + 1 - text);
		text = dot + 1;
	}
	return wp_text_lower(arena, text, length);
}

static bool stop(struct wp_actions *actions, const char *wrong)
{
	actions->wrong = wrong;
	return false;
}

static bool open_class(struct wp_actions *actions, const struct wp_xml_element *element)
{
	const char *name = plain_name(actions->arena, wp_xml_find(element, "Name"));
	const char *base = plain_name(actions->arena, wp_xml_find(element, "BaseType"));

	if (!name)
		return true;
	if (actions->base_count >= WP_LIMIT_METADATA_NAMES)
		return stop(actions, "it has more classes than any site");
	*WP_PUSH(actions->arena, actions->bases, actions->base_count) =
		(struct base){ .class = name, .base = base, .order = actions->base_count };
	return true;
}

static bool is_text(const struct wp_xml_attribute *attribute, const char *wanted)
{
	return attribute && attribute->length == strlen(wanted) && wp_ascii_begins(attribute->value, wanted);
}

static void open_action(struct wp_actions *actions, const struct wp_xml_element *element)
{
	actions->open = NULL;
	actions->has_parameter = false;
	for (size_t i = 0; i < actions->method_count && !actions->open; i++) {
		if (!is_text(wp_xml_find(element, "Name"), actions->methods[i].name))
			continue;
		if (is_text(wp_xml_find(element, "IsBound"), "true"))
			actions->open = actions->methods[i].name;
		else
			actions->unbound[i] = true;
	}
	actions->open_depth = element->depth;
}

static bool add_offer(struct wp_actions *actions, const char *class)
{
	if (actions->offer_count >= WP_LIMIT_METADATA_NAMES)
		return stop(actions, "it binds one method more often than any site");
	*WP_PUSH(actions->arena, actions->offers, actions->offer_count) =
		(struct offer){ .method = actions->open, .class = class };
	return true;
}

static bool open_parameter(struct wp_actions *actions, const struct wp_xml_element *element)
{
	const char *class;

	if (!actions->open || actions->has_parameter)
		return true;
	actions->has_parameter = true;
	class = plain_name(actions->arena, wp_xml_find(element, "Type"));
	return !class || add_offer(actions, class);
}

static bool start_element(void *context, const struct wp_xml_element *element)
{
	struct wp_actions *actions = context;

	actions->depth = element->depth;
	if (wp_signal_caught())
		return stop(actions, "the run was asked to stop");
	if (element->depth == 1)
		actions->metadata = !strcmp(element->name, "Edmx");
	if (!strcmp(element->name, "EntityType"))
		return open_class(actions, element);
	if (!strcmp(element->name, "Action"))
		open_action(actions, element);
	else if (!strcmp(element->name, "Parameter"))
		return open_parameter(actions, element);
	return true;
}

static bool pass_text(void *context, const char *bytes, size_t length)
{
	(void)context, (void)bytes, (void)length;
	return true;
}

static bool end_element(void *context)
{
	struct wp_actions *actions = context;
	bool goes_on = true;

	if (actions->open && actions->depth == actions->open_depth) {
		if (!actions->has_parameter)
			goes_on = add_offer(actions, NULL);
		actions->open = NULL;
	}
	actions->depth--;
	return goes_on;
}

/* By name, and of one name in the document's order. */
static int compare_bases(const void *left, const void *right)
{
	const struct base *a = left, *b = right;
	int order = strcmp(a->class, b->class);

	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* What is wrong with the text; NULL for nothing. */
static const char *read_text(struct wp_actions *actions, const char *text, size_t length)
{
	const struct wp_xml_handler handler = {
		.start = start_element,
		.text = pass_text,
		.end = end_element,
		.context = actions,
		.limit = WP_LIMIT_METADATA_ELEMENTS,
	};
	struct wp_xml_outcome outcome;

	if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		length -= 3;
	}
	if (!length || memchr(text, '\0', length) || wp_utf8_valid(text, length) != length)
		return "it is no XML";
	switch (wp_xml_read_text(text, length, &handler, &outcome)) {
	case WP_XML_WHOLE:
		return actions->metadata ? NULL : "it is no OData service description";
	case WP_XML_STOPPED:
		return actions->wrong;
	case WP_XML_REFUSED:
		return wp_arena_printf(actions->arena, "it %s", outcome.what);
	default:
		return "it is no XML";
	}
}

struct wp_actions *wp_actions_read(const char *text, size_t length, const struct wp_method *methods, size_t count,
				   const char **ret_wrong)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_actions *actions = wp_arena_alloc(arena, sizeof *actions);

	*actions = (struct wp_actions){ .methods = methods, .method_count = count, .arena = arena };
	actions->unbound = wp_arena_alloc(arena, count * sizeof *actions->unbound);
	*ret_wrong = read_text(actions, text, length);
	WP_SORT(actions->bases, actions->base_count, compare_bases);
	return actions;
}

void wp_actions_free(struct wp_actions *actions)
{
	if (actions)
		wp_arena_free(actions->arena);
}

/* The class of this name, in small letters; NULL when it is not there. */
static const struct base *find_class(const struct wp_actions *actions, const char *class)
{
	size_t low = 0, high = actions->base_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(actions->bases[middle].class, class) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < actions->base_count && !strcmp(actions->bases[low].class, class) ? &actions->bases[low] : NULL;
}

/* What @class derives from; NULL for nothing. */
static const char *base_of(const struct wp_actions *actions, const char *class)
{
	const struct base *found = find_class(actions, class);

	return found ? found->base : NULL;
}

bool wp_actions_has_class(const struct wp_actions *actions, const char *class)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	return find_class(actions, wp_text_lower(scratch, class, strlen(class)));
}

/* Bounded, because nothing keeps a document from letting two classes derive from each other. */
#define ANCESTORS 32

static bool is_unbound(const struct wp_actions *actions, const struct wp_method *method)
{
	for (size_t i = 0; i < actions->method_count; i++)
		if (actions->unbound[i] && !strcmp(actions->methods[i].name, method->name))
			return true;
	return false;
}

enum wp_offer wp_actions_offer(const struct wp_actions *actions, const struct wp_method *method)
{
	enum wp_offer best = is_unbound(actions, method) ? WP_OFFER_UNBOUND : WP_OFFER_NONE;
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *class = wp_class_name(method->class), *ancestors[ANCESTORS];
	size_t count = 0;

	class = wp_text_lower(scratch, class, strlen(class));
	for (; class && count < ANCESTORS; class = base_of(actions, class))
		ancestors[count++] = class;
	for (size_t i = 0; i < actions->offer_count; i++) {
		if (strcmp(actions->offers[i].method, method->name))
			continue;
		if (!actions->offers[i].class && best < WP_OFFER_BOUND)
			best = WP_OFFER_BOUND;
		for (size_t j = 0; actions->offers[i].class && j < count; j++)
			if (!strcmp(actions->offers[i].class, ancestors[j]) && best < (j ? WP_OFFER_INHERITED : WP_OFFER_CLASS))
				best = j ? WP_OFFER_INHERITED : WP_OFFER_CLASS;
	}
	return best;
}
