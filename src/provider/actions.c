/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads $metadata as a stream of XML: actions with what they are bound to, and which class derives from which. */
#include "actions.h"
#include "guard.h"

#include "wimplan/arena.h"
#include "wimplan/limits.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

/* A class and the one that it derives from: without namespace, in small letters. */
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
	struct wp_arena *arena; /* of the following, which a document that begins anew loses */
	xmlParserCtxtPtr parser;
	struct wp_xml_guard guard;
	struct base *bases;
	size_t base_count;
	struct offer *offers;
	size_t offer_count;
	const char *open;   /* the bound method whose element is open; NULL: none */
	bool has_parameter; /* it has one already: only the first is the binding one */
	size_t elements, namespaces;
	unsigned int depth;
	bool any, metadata;
	const char *wrong;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static const char *lower_copy(struct wp_arena *arena, const char *text, size_t length)
{
	char *copy = wp_arena_strndup(arena, text, length);

	for (char *at = copy; *at; at++)
		*at = lower(*at);
	return copy;
}

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
	return lower_copy(arena, text, length);
}

static void stop(struct wp_actions *actions, const char *wrong)
{
	actions->wrong = wrong;
	xmlStopParser(actions->parser);
}

static void open_class(struct wp_actions *actions, int count, const xmlChar **attributes)
{
	size_t name_length, base_length;
	const char *name = attribute(attributes, count, "Name", &name_length);
	const char *base = attribute(attributes, count, "BaseType", &base_length);

	name = plain_name(actions->arena, name, name_length);
	base = plain_name(actions->arena, base, base_length);
	if (!name || !base)
		return;
	if (actions->base_count >= WP_LIMIT_METADATA_NAMES) {
		stop(actions, "it has more classes than any site");
		return;
	}
	*WP_PUSH(actions->arena, actions->bases, actions->base_count) =
		(struct base){ .class = name, .base = base, .order = actions->base_count };
}

static bool is_text(const char *text, size_t length, const char *wanted)
{
	size_t at = 0;

	while (text && at < length && wanted[at] && lower(text[at]) == lower(wanted[at]))
		at++;
	return text && at == length && !wanted[at];
}

static void open_action(struct wp_actions *actions, int count, const xmlChar **attributes)
{
	size_t name_length, bound_length;
	const char *name = attribute(attributes, count, "Name", &name_length);
	const char *bound = attribute(attributes, count, "IsBound", &bound_length);

	actions->open = NULL;
	actions->has_parameter = false;
	if (!is_text(bound, bound_length, "true"))
		return;
	for (size_t i = 0; i < actions->method_count && !actions->open; i++)
		if (is_text(name, name_length, actions->methods[i].name))
			actions->open = actions->methods[i].name;
}

static void add_offer(struct wp_actions *actions, const char *class)
{
	if (actions->offer_count >= WP_LIMIT_METADATA_NAMES) {
		stop(actions, "it binds one method more often than any site");
		return;
	}
	*WP_PUSH(actions->arena, actions->offers, actions->offer_count) =
		(struct offer){ .method = actions->open, .class = class };
}

static void open_parameter(struct wp_actions *actions, int count, const xmlChar **attributes)
{
	size_t length;
	const char *type = attribute(attributes, count, "Type", &length);
	const char *class;

	if (!actions->open || actions->has_parameter)
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

	(void)prefix, (void)uri, (void)namespaces, (void)defaulted;
	if (actions->wrong)
		return;
	if (!actions->any)
		actions->metadata = !strcmp((const char *)name, "Edmx");
	actions->any = true;
	actions->namespaces += (size_t)namespace_count;
	/* libxml2 looks through all declarations in force for every name with a prefix. */
	if (++actions->elements > WP_LIMIT_METADATA_ELEMENTS || actions->namespaces > WP_LIMIT_METADATA_NAMESPACES)
		stop(actions, "it is out of all proportion");
	else if (++actions->depth > WP_LIMIT_NESTING)
		stop(actions, "it is nested too deep");
	else if (!strcmp((const char *)name, "EntityType"))
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
	if (actions->wrong)
		return;
	actions->depth--;
	if (strcmp((const char *)name, "Action"))
		return;
	if (actions->open && !actions->has_parameter)
		add_offer(actions, NULL);
	actions->open = NULL;
}

/* No service description has a DTD, and entities are the way to blow one up. */
static void refuse_dtd(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name, (void)external, (void)system;
	stop(context, "it has a DTD");
}

static void keep_quiet(void *context, const char *format, ...)
{
	(void)context, (void)format;
}

static void begin(struct wp_actions *actions)
{
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = start_element,
		.endElementNs = end_element,
		.internalSubset = refuse_dtd,
		.error = keep_quiet,
		.warning = keep_quiet,
		.fatalError = keep_quiet,
	};

	*actions = (struct wp_actions){ .methods = actions->methods, .method_count = actions->method_count };
	actions->arena = wp_arena_new();
	actions->parser = xmlCreatePushParserCtxt(&handler, actions, NULL, 0, NULL);
	if (!actions->parser)
		wp_out_of_memory();
	/* The guard counts bytes of ASCII: what the document calls its encoding must not change what they mean. */
	xmlCtxtUseOptions(actions->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
}

static void end(struct wp_actions *actions)
{
	xmlFreeParserCtxt(actions->parser);
	wp_arena_free(actions->arena);
}

struct wp_actions *wp_actions_new(const struct wp_method *methods, size_t count)
{
	struct wp_actions *actions = malloc(sizeof *actions);

	if (!actions)
		wp_out_of_memory();
	*actions = (struct wp_actions){ .methods = methods, .method_count = count };
	begin(actions);
	return actions;
}

void wp_actions_free(struct wp_actions *actions)
{
	if (!actions)
		return;
	end(actions);
	free(actions);
}

bool wp_actions_feed(void *context, const char *bytes, size_t length)
{
	struct wp_actions *actions = context;

	if (!bytes) {
		end(actions);
		begin(actions);
		return true;
	}
	if (!actions->wrong)
		actions->wrong = wp_xml_guard_look(&actions->guard, bytes, length);
	if (!actions->wrong && xmlParseChunk(actions->parser, bytes, (int)length, 0) && !actions->wrong)
		actions->wrong = "it is no XML";
	return !actions->wrong;
}

/* By name, and of one name in the document's order. */
static int compare_bases(const void *left, const void *right)
{
	const struct base *a = left, *b = right;
	int order = strcmp(a->class, b->class);

	return order ? order : (a->order > b->order) - (a->order < b->order);
}

const char *wp_actions_end(struct wp_actions *actions)
{
	if (!actions->wrong && xmlParseChunk(actions->parser, "", 0, 1) && !actions->wrong)
		actions->wrong = "it is no XML";
	if (!actions->wrong && !actions->metadata)
		actions->wrong = "it is no OData service description";
	if (!actions->wrong && actions->base_count)
		qsort(actions->bases, actions->base_count, sizeof *actions->bases, compare_bases);
	return actions->wrong;
}

/* What @class derives from; NULL for nothing. */
static const char *base_of(const struct wp_actions *actions, const char *class)
{
	size_t low = 0, high = actions->base_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(actions->bases[middle].class, class) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < actions->base_count && !strcmp(actions->bases[low].class, class) ? actions->bases[low].base : NULL;
}

/* Bounded, because nothing keeps a document from letting two classes derive from each other. */
#define ANCESTORS 32

bool wp_actions_offer(const struct wp_actions *actions, const struct wp_method *method)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *class = wp_class_name(method->class), *ancestors[ANCESTORS];
	size_t count = 0;

	for (class = lower_copy(scratch, class, strlen(class)); class && count < ANCESTORS; class = base_of(actions, class))
		ancestors[count++] = class;
	for (size_t i = 0; i < actions->offer_count; i++) {
		if (strcmp(actions->offers[i].method, method->name))
			continue;
		if (!actions->offers[i].class)
			return true;
		for (size_t j = 0; j < count; j++)
			if (!strcmp(actions->offers[i].class, ancestors[j]))
				return true;
	}
	return false;
}
