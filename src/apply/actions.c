/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads $metadata as a stream of XML: actions with what they are bound to, and which class derives from which. */
#include "actions.h"

#include "wimplan/arena.h"
#include "wimplan/limits.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A site's description has some 700 classes and several megabytes. */
#define LIMIT_BYTES (256u << 20)
#define LIMIT_CLASSES 100000u

/* A class and the one that it derives from, both without namespace. */
struct base {
	const char *class, *base;
};

struct offer {
	enum wp_action action;
	const char *class; /* NULL: the description does not say to what it is bound */
};

struct wp_actions {
	struct wp_arena *arena;
	xmlParserCtxtPtr parser;
	struct base *bases;
	size_t base_count;
	struct offer *offers;
	size_t offer_count;
	enum wp_action open; /* the bound action whose element is open */
	bool has_parameter;  /* it has one already: only the first is the binding one */
	size_t bytes;
	unsigned int depth;
	bool any, metadata;
	const char *wrong;
};

static const char *attribute(const xmlChar **attributes, int count, const char *name, size_t *ret_length)
{
	/* libxml2, SAX2: localname, prefix, URI, value, end for each */
	for (int i = 0; i < count; i++, attributes += 5)
		if (!strcmp((const char *)attributes[0], name)) {
			*ret_length = (size_t)(attributes[4] - attributes[3]);
			return (const char *)attributes[3];
		}
	*ret_length = 0;
	return NULL;
}

/* "AdminService.SMS_ImagePackage" without its namespace; NULL for none, and for a collection. */
static const char *plain_name(struct wp_arena *arena, const char *text, size_t length)
{
	const char *dot;

	if (!text || memchr(text, '(', length))
		return NULL;
	dot = memrchr(text, '.', length);
	if (dot) {
		length -= (size_t)(dot + 1 - text);
		text = dot + 1;
	}
	return wp_arena_strndup(arena, text, length);
}

static void open_class(struct wp_actions *actions, int count, const xmlChar **attributes)
{
	size_t name_length, base_length;
	const char *name = attribute(attributes, count, "Name", &name_length);
	const char *base = attribute(attributes, count, "BaseType", &base_length);
	struct base *entry;

	if (!name || !base || actions->base_count >= LIMIT_CLASSES)
		return;
	entry = WP_PUSH(actions->arena, actions->bases, actions->base_count);
	entry->class = plain_name(actions->arena, name, name_length);
	entry->base = plain_name(actions->arena, base, base_length);
}

static bool is_text(const char *text, size_t length, const char *wanted)
{
	return text && length == strlen(wanted) && !strncasecmp(text, wanted, length);
}

static void open_action(struct wp_actions *actions, int count, const xmlChar **attributes)
{
	size_t name_length, bound_length;
	const char *name = attribute(attributes, count, "Name", &name_length);
	const char *bound = attribute(attributes, count, "IsBound", &bound_length);

	actions->open = WP_NO_ACTION;
	actions->has_parameter = false;
	if (!is_text(bound, bound_length, "true"))
		return;
	if (is_text(name, name_length, wp_action_name(WP_RELOAD)))
		actions->open = WP_RELOAD;
	else if (is_text(name, name_length, wp_action_name(WP_REFRESH)))
		actions->open = WP_REFRESH;
}

static void add_offer(struct wp_actions *actions, const char *class)
{
	if (actions->offer_count >= LIMIT_CLASSES)
		return;
	*WP_PUSH(actions->arena, actions->offers, actions->offer_count) =
		(struct offer){ .action = actions->open, .class = class };
}

static void open_parameter(struct wp_actions *actions, int count, const xmlChar **attributes)
{
	size_t length;
	const char *type = attribute(attributes, count, "Type", &length);
	const char *class;

	if (actions->open == WP_NO_ACTION || actions->has_parameter)
		return;
	actions->has_parameter = true;
	class = plain_name(actions->arena, type, length);
	if (class)
		add_offer(actions, class);
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
			  int namespace_count, const xmlChar **namespaces, int count, int defaulted,
			  const xmlChar **attributes)
{
	struct wp_actions *actions = context;

	(void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted;
	if (!actions->any)
		actions->metadata = !strcmp((const char *)name, "Edmx");
	actions->any = true;
	if (++actions->depth > WP_LIMIT_NESTING) {
		actions->wrong = "it is nested too deep";
		xmlStopParser(actions->parser);
	}
	if (!strcmp((const char *)name, "EntityType"))
		open_class(actions, count, attributes);
	else if (!strcmp((const char *)name, "Action"))
		open_action(actions, count, attributes);
	else if (!strcmp((const char *)name, "Parameter"))
		open_parameter(actions, count, attributes);
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct wp_actions *actions = context;

	(void)prefix, (void)uri;
	actions->depth--;
	if (strcmp((const char *)name, "Action"))
		return;
	if (actions->open != WP_NO_ACTION && !actions->has_parameter)
		add_offer(actions, NULL);
	actions->open = WP_NO_ACTION;
}

/* No service description has a DTD, and entities are the way to blow one up. */
static void refuse_dtd(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct wp_actions *actions = context;

	(void)name, (void)external, (void)system;
	actions->wrong = "it has a DTD";
	xmlStopParser(actions->parser);
}

static void keep_quiet(void *context, const char *format, ...)
{
	(void)context, (void)format;
}

struct wp_actions *wp_actions_new(void)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_actions *actions = wp_arena_alloc(arena, sizeof *actions);
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = start_element,
		.endElementNs = end_element,
		.internalSubset = refuse_dtd,
		.error = keep_quiet,
		.warning = keep_quiet,
		.fatalError = keep_quiet,
	};

	actions->arena = arena;
	actions->parser = xmlCreatePushParserCtxt(&handler, actions, NULL, 0, NULL);
	if (!actions->parser)
		abort();
	xmlCtxtUseOptions(actions->parser, XML_PARSE_NONET);
	return actions;
}

void wp_actions_free(struct wp_actions *actions)
{
	if (!actions)
		return;
	xmlFreeParserCtxt(actions->parser);
	wp_arena_free(actions->arena);
}

static bool feed(struct wp_actions *actions, const char *bytes, int length, int last)
{
	if (xmlParseChunk(actions->parser, bytes, length, last) && !actions->wrong)
		actions->wrong = "it is no XML";
	return !actions->wrong;
}

bool wp_actions_feed(void *context, const char *bytes, size_t length)
{
	struct wp_actions *actions = context;

	actions->bytes += length;
	if (actions->bytes > LIMIT_BYTES)
		actions->wrong = "it is out of all proportion";
	return !actions->wrong && feed(actions, bytes, (int)length, 0);
}

const char *wp_actions_end(struct wp_actions *actions)
{
	if (!actions->wrong)
		feed(actions, "", 0, 1);
	if (!actions->wrong && !actions->metadata)
		actions->wrong = "it is no OData service description";
	return actions->wrong;
}

static bool derives(const struct wp_actions *actions, const char *class, const char *from)
{
	/* Bounded, because nothing keeps a document from letting two classes derive from each other. */
	for (unsigned int steps = 0; class && steps < 32; steps++) {
		const char *base = NULL;

		if (!strcasecmp(class, from))
			return true;
		for (size_t i = 0; i < actions->base_count && !base; i++)
			if (!strcasecmp(actions->bases[i].class, class))
				base = actions->bases[i].base;
		class = base;
	}
	return false;
}

bool wp_actions_offer(const struct wp_actions *actions, enum wp_class class, enum wp_action action)
{
	for (size_t i = 0; i < actions->offer_count; i++)
		if (actions->offers[i].action == action &&
		    (!actions->offers[i].class || derives(actions, wp_class_name(class), actions->offers[i].class)))
			return true;
	return false;
}
