/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads recipes: lines of words, blocks of verbatim text, and what an image's short keys stand for. */
#include "parse.h"

#include "wimplan/text.h"
#include "wimplan/time.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

noreturn void mk_parse_fail(const struct mk_parser *parser, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "mkwim: %s:%u: ", parser->origin, parser->line);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(2);
}

/* The next line of the recipe without its end; false behind the last one. */
static bool next_line(struct mk_parser *parser, struct mk_text *ret)
{
	const char *end;

	if (parser->at == parser->end)
		return false;
	end = memchr(parser->at, '\n', (size_t)(parser->end - parser->at));
	ret->data = parser->at;
	ret->length = (size_t)((end ? end : parser->end) - parser->at);
	parser->at = end ? end + 1 : parser->end;
	parser->line++;
	return true;
}

/* A word in quotes: \" \\ \n \t and nothing else is escaped. */
static const char *quoted_word(struct mk_parser *parser, const char **at, const char *end)
{
	char *word = wp_arena_alloc(parser->arena, (size_t)(end - *at) + 1);
	size_t length = 0;
	const char *p;

	for (p = *at + 1; p < end && *p != '"'; p++) {
		if (*p == '\\' && p + 1 < end) {
			p++;
			word[length++] = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
		} else {
			word[length++] = *p;
		}
	}
	if (p == end)
		mk_parse_fail(parser, "a quote is not closed");
	*at = p + 1;
	return word;
}

/* Splits a line into parser->words. A '#' at the start of a word begins a comment. */
static void split_words(struct mk_parser *parser, struct mk_text line)
{
	const char *at = line.data;
	const char *end = line.data + line.length;

	parser->word_count = 0;
	parser->taken = 1;
	for (;;) {
		const char *start;
		const char *word;

		while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
			at++;
		if (at == end || *at == '#')
			return;
		if (parser->word_count == MK_WORDS)
			mk_parse_fail(parser, "more than %d words", MK_WORDS);
		if (*at == '"') {
			word = quoted_word(parser, &at, end);
		} else {
			for (start = at; at < end && *at != ' ' && *at != '\t' && *at != '\r';)
				at++;
			word = wp_arena_strndup(parser->arena, start, (size_t)(at - start));
		}
		parser->words[parser->word_count++] = word;
	}
}

const char *mk_word(struct mk_parser *parser, size_t i)
{
	if (i >= parser->word_count)
		mk_parse_fail(parser, "\"%s\" needs %zu more", parser->words[0], i - parser->word_count + 1);
	if (parser->taken <= i)
		parser->taken = i + 1;
	return parser->words[i];
}

uint64_t mk_named_number(struct mk_parser *parser, size_t i, const char *name, uint64_t otherwise)
{
	if (i >= parser->word_count)
		return otherwise;
	if (strcmp(mk_word(parser, i), name) != 0)
		mk_parse_fail(parser, "expected \"%s\" in place of \"%s\"", name, parser->words[i]);
	return mk_number(parser, mk_word(parser, i + 1));
}

uint64_t mk_number(const struct mk_parser *parser, const char *text)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	uint64_t value;

	if (!wp_parse_u64(text, hex, &value))
		mk_parse_fail(parser, "\"%s\" is no number", text);
	return value;
}

static int64_t instant(const struct mk_parser *parser, const char *text)
{
	struct wp_time time = wp_time_parse(text);

	if (!time.known)
		mk_parse_fail(parser, "\"%s\" is no ISO 8601 date", text);
	return time.ticks;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct mk_text mk_hex_bytes(const struct mk_parser *parser, const char *text)
{
	char *bytes = wp_arena_alloc(parser->arena, strlen(text) / 2 + 1);
	size_t length = 0;

	for (; *text; text++) {
		if (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r')
			continue;
		if (hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0)
			mk_parse_fail(parser, "hex digits come in pairs");
		bytes[length++] = (char)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
		text++;
	}
	return (struct mk_text){ bytes, length };
}

/* The lines up to one that is @mark alone, joined by new lines and without a last one. "@repeat" stays as it is. */
static struct mk_text block(struct mk_parser *parser, const char *word)
{
	struct mk_text line;
	struct wp_buf text = { 0 };
	struct mk_text ret;
	bool first = true;

	if (strncmp(word, "<<", 2) != 0 || !word[2])
		mk_parse_fail(parser, "expected <<WORD, and the text up to a line WORD");
	for (;;) {
		if (!next_line(parser, &line))
			mk_parse_fail(parser, "no line \"%s\" ends the text", word + 2);
		if (line.length == strlen(word + 2) && memcmp(line.data, word + 2, line.length) == 0)
			break;
		if (!first)
			wp_buf_putc(&text, '\n');
		wp_buf_add(&text, line.data, line.length);
		first = false;
	}
	ret.length = text.length;
	ret.data = wp_arena_strndup(parser->arena, wp_buf_text(&text), text.length);
	wp_buf_free(&text);
	return ret;
}

static int compression_type(const struct mk_parser *parser, const char *word)
{
	static const struct {
		const char *name;
		int type;
	} types[] = {
		{ "none", WIMLIB_COMPRESSION_TYPE_NONE },
		{ "XPRESS", WIMLIB_COMPRESSION_TYPE_XPRESS },
		{ "LZX", WIMLIB_COMPRESSION_TYPE_LZX },
		{ "LZMS", WIMLIB_COMPRESSION_TYPE_LZMS },
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(word, types[i].name) == 0)
			return types[i].type;
	mk_parse_fail(parser, "\"%s\" is no compression: none, XPRESS, LZX or LZMS", word);
}

static bool parse_xml(struct mk_parser *parser, struct mk_recipe *recipe)
{
	const char *key = parser->words[0];
	struct mk_xml *xml = &recipe->xml;

	if (strcmp(key, "xml") == 0) {
		xml->given = true;
		xml->text = block(parser, mk_word(parser, 1));
	} else if (strcmp(key, "xml-file") == 0) {
		xml->given = true;
		xml->literal = true;
		xml->text = mk_read_file(parser->arena, mk_word(parser, 1));
	} else if (strcmp(key, "xml-hex") == 0) {
		xml->given = true;
		xml->raw = mk_hex_bytes(parser, block(parser, mk_word(parser, 1)).data);
	} else if (strcmp(key, "xml-tail") == 0) {
		xml->tail = mk_hex_bytes(parser, mk_word(parser, 1));
	} else if (strcmp(key, "xml-no-bom") == 0) {
		xml->no_bom = true;
	} else if (strcmp(key, "xml-compressed") == 0) {
		xml->compressed = true;
	} else if (strcmp(key, "xml-encoding") == 0) {
		const char *name = mk_word(parser, 1);

		if (strcmp(name, "utf-16le") == 0)
			xml->encoding = MK_UTF16LE;
		else if (strcmp(name, "utf-16be") == 0)
			xml->encoding = MK_UTF16BE;
		else if (strcmp(name, "utf-8") == 0)
			xml->encoding = MK_UTF8;
		else
			mk_parse_fail(parser, "\"%s\" is no encoding: utf-16le, utf-16be or utf-8", name);
	} else {
		return false;
	}
	return true;
}

/* "xml+12", "end-3", "0x2c". */
static void parse_position(const struct mk_parser *parser, const char *word, struct mk_op *op)
{
	static const struct {
		const char *name;
		enum mk_anchor anchor;
	} anchors[] = {
		{ "end", MK_AT_END }, { "blobs", MK_AT_BLOBS }, { "xml", MK_AT_XML }, { "integrity", MK_AT_INTEGRITY },
	};

	op->anchor = MK_AT_START;
	for (size_t i = 0; i < sizeof anchors / sizeof anchors[0]; i++) {
		size_t length = strlen(anchors[i].name);

		if (strncmp(word, anchors[i].name, length) == 0) {
			op->anchor = anchors[i].anchor;
			word += length;
			if (!*word)
				return;
			if (*word != '+' && *word != '-')
				mk_parse_fail(parser, "expected + or - behind \"%s\"", anchors[i].name);
			break;
		}
	}
	if (*word == '-')
		op->offset = -(int64_t)mk_number(parser, word + 1);
	else
		op->offset = (int64_t)mk_number(parser, *word == '+' ? word + 1 : word);
}

static void parse_header_op(struct mk_parser *parser, struct mk_op *op)
{
	const char *value = mk_word(parser, 2);

	op->kind = MK_OP_HEADER;
	op->field = mk_word(parser, 1);
	op->sign = '=';
	if (!mk_is_field(op->field))
		mk_parse_fail(parser, "\"%s\" is no field of the header", op->field);
	if (strcmp(op->field, "magic") == 0 || strcmp(op->field, "guid") == 0) {
		op->bytes = mk_hex_bytes(parser, value);
		return;
	}
	if (*value == '+' || *value == '-')
		op->sign = *value++;
	op->value = mk_number(parser, value);
}

static bool parse_op(struct mk_parser *parser, struct mk_recipe *recipe)
{
	const char *key = parser->words[0];
	struct mk_op op = { .kind = MK_OP_HEADER };

	if (strcmp(key, "header") == 0) {
		parse_header_op(parser, &op);
	} else if (strcmp(key, "truncate") == 0) {
		op.kind = MK_OP_TRUNCATE;
		parse_position(parser, mk_word(parser, 1), &op);
	} else if (strcmp(key, "set") == 0) {
		op.kind = MK_OP_SET;
		parse_position(parser, mk_word(parser, 1), &op);
		op.bytes = mk_hex_bytes(parser, mk_word(parser, 2));
	} else if (strcmp(key, "flip") == 0) {
		op.kind = MK_OP_FLIP;
		parse_position(parser, mk_word(parser, 1), &op);
		op.value = mk_number(parser, mk_word(parser, 2));
	} else if (strcmp(key, "append") == 0) {
		op.kind = MK_OP_APPEND;
		if (strcmp(mk_word(parser, 1), "size") == 0) {
			op.bytes.length = mk_number(parser, mk_word(parser, 2));
			op.bytes.data = wp_arena_alloc(parser->arena, op.bytes.length);
		} else {
			op.bytes = mk_hex_bytes(parser, mk_word(parser, 1));
		}
	} else {
		return false;
	}
	*WP_PUSH(parser->arena, recipe->ops, recipe->op_count) = op;
	return true;
}

static bool parse_switch(struct mk_parser *parser, struct mk_recipe *recipe)
{
	const char *key = parser->words[0];

	if (strcmp(key, "solid") == 0) {
		recipe->solid = true;
		if (parser->word_count > 1)
			recipe->solid_chunk = (uint32_t)mk_number(parser, mk_word(parser, 1));
	} else if (strcmp(key, "pipable") == 0) {
		recipe->pipable = true;
	} else if (strcmp(key, "integrity") == 0) {
		recipe->integrity = true;
	} else {
		return false;
	}
	return true;
}

static struct mk_image *add_image(struct mk_parser *parser, struct mk_recipe *recipe, const char *name)
{
	struct mk_image *image = WP_PUSH(parser->arena, recipe->images, recipe->image_count);

	image->name = name;
	image->created = recipe->times;
	image->modified = recipe->times;
	return image;
}

static void parse_guid(struct mk_parser *parser, struct mk_recipe *recipe)
{
	struct mk_text bytes = mk_hex_bytes(parser, mk_word(parser, 1));

	if (bytes.length != sizeof recipe->guid)
		mk_parse_fail(parser, "a GUID has 32 hex digits");
	memcpy(recipe->guid, bytes.data, sizeof recipe->guid);
}

static void parse_line(struct mk_parser *parser, struct mk_recipe *recipe)
{
	const char *key = parser->words[0];

	if (parse_switch(parser, recipe) || parse_xml(parser, recipe) || parse_op(parser, recipe))
		return;
	if (strcmp(key, "compress") == 0) {
		recipe->compression = compression_type(parser, mk_word(parser, 1));
		if (parser->word_count > 2)
			recipe->chunk = (uint32_t)mk_number(parser, mk_word(parser, 2));
	} else if (strcmp(key, "shape") == 0) {
		if (strcmp(mk_word(parser, 1), "media") == 0)
			recipe->shape = MK_SHAPE_MEDIA;
		else if (strcmp(mk_word(parser, 1), "wimlib") != 0)
			mk_parse_fail(parser, "a shape is wimlib or media");
	} else if (strcmp(key, "boot") == 0) {
		recipe->boot = (uint32_t)mk_number(parser, mk_word(parser, 1));
	} else if (strcmp(key, "guid") == 0) {
		parse_guid(parser, recipe);
	} else if (strcmp(key, "times") == 0) {
		recipe->times = instant(parser, mk_word(parser, 1));
	} else if (strcmp(key, "mtime") == 0) {
		recipe->mtime = instant(parser, mk_word(parser, 1));
		recipe->mtime_given = true;
	} else if (strcmp(key, "split") == 0) {
		recipe->split = mk_number(parser, mk_word(parser, 1));
	} else if (strcmp(key, "blobs") == 0) {
		recipe->blobs = mk_number(parser, mk_word(parser, 1));
	} else if (strcmp(key, "image") == 0) {
		add_image(parser, recipe, parser->word_count > 1 ? mk_word(parser, 1) : NULL);
	} else if (strcmp(key, "images") == 0) {
		for (uint64_t n = mk_number(parser, mk_word(parser, 1)); n > 0; n--)
			add_image(parser, recipe, NULL);
	} else if (recipe->image_count == 0) {
		mk_parse_fail(parser, "\"%s\" is unknown, or stands before the first image", key);
	} else if (strcmp(key, "created") == 0) {
		recipe->images[recipe->image_count - 1].created = instant(parser, mk_word(parser, 1));
	} else if (strcmp(key, "modified") == 0) {
		recipe->images[recipe->image_count - 1].modified = instant(parser, mk_word(parser, 1));
	} else if (!mk_parse_image_key(parser, recipe, &recipe->images[recipe->image_count - 1])) {
		mk_parse_fail(parser, "\"%s\" is unknown", key);
	}
}

static struct mk_recipe *start_recipe(struct mk_parser *parser, struct mk_recipe **recipes, size_t *count,
				      const char *name)
{
	struct mk_recipe *recipe = WP_PUSH(parser->arena, *recipes, *count);

	recipe->name = name;
	recipe->origin = parser->origin;
	recipe->times = wp_time_parse("2026-01-01T00:00:00Z").ticks;
	/* Any fixed value: a GUID that nobody gave must not make two runs differ. */
	memcpy(recipe->guid, "mkwim-fixed-guid", sizeof recipe->guid);
	return recipe;
}

struct mk_recipe *mk_parse(struct wp_arena *arena, const char *origin, struct mk_text text, const char *name,
			   size_t *ret_count)
{
	struct mk_parser parser = { .arena = arena, .origin = origin, .at = text.data, .end = text.data + text.length };
	struct mk_recipe *recipes = NULL;
	struct mk_recipe *recipe = NULL;
	struct mk_text line;

	*ret_count = 0;
	if (name)
		recipe = start_recipe(&parser, &recipes, ret_count, name);
	while (next_line(&parser, &line)) {
		split_words(&parser, line);
		if (parser.word_count == 0)
			continue;
		if (!name && strcmp(parser.words[0], "wim") == 0)
			recipe = start_recipe(&parser, &recipes, ret_count, mk_word(&parser, 1));
		else if (!recipe)
			mk_parse_fail(&parser, "expected \"wim NAME\"");
		else
			parse_line(&parser, recipe);
		if (parser.taken < parser.word_count)
			mk_parse_fail(&parser, "\"%s\" is a word too many; quotes make one of several",
				      parser.words[parser.taken]);
	}
	for (size_t i = 0; i < *ret_count; i++)
		if (!recipes[i].mtime_given)
			recipes[i].mtime = recipes[i].times;
	return recipes;
}
