/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mkwim: the state of the recipe reader, shared by its two files. */
#ifndef MKWIM_PARSE_H
#define MKWIM_PARSE_H

#include "mkwim.h"

#define MK_WORDS 16

struct mk_parser {
	struct wp_arena *arena;
	const char *origin;
	const char *at;
	const char *end;
	unsigned int line;
	const char *words[MK_WORDS]; /* of the line */
	size_t word_count;
	size_t taken; /* the first so many words of the line mean something */
};

/* Ends the program with status 2, naming file and line. */
noreturn void mk_parse_fail(const struct mk_parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Word @i of the line; an error when it lacks. The words before it are taken to mean something as well. */
const char *mk_word(struct mk_parser *parser, size_t i);
/* The number behind the word @name, which is word @i, or @otherwise where the line ends before it. */
uint64_t mk_named_number(struct mk_parser *parser, size_t i, const char *name, uint64_t otherwise);
/* Decimal or 0x…. */
uint64_t mk_number(const struct mk_parser *parser, const char *text);
struct mk_text mk_hex_bytes(const struct mk_parser *parser, const char *text);

/* A line that says something of an image; false when its key is unknown. */
bool mk_parse_image_key(struct mk_parser *parser, const struct mk_recipe *recipe, struct mk_image *image);

/* A line that makes mkwim write the image's metadata itself; false when its key is unknown. (tree.c) */
bool mk_parse_tweak(struct mk_parser *parser, struct mk_image *image);

#endif
