/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short keys of an image: each stands for one or several elements of the metadata, or for a file in its tree. */
#include "parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *key;
	const char *path;
} simple_keys[] = {
	{ "description", "DESCRIPTION" },
	{ "display-name", "DISPLAYNAME" },
	{ "display-description", "DISPLAYDESCRIPTION" },
	{ "flags", "FLAGS" },
	{ "wimboot", "WIMBOOT" },
	{ "arch", "WINDOWS/ARCH" },
	{ "product-name", "WINDOWS/PRODUCTNAME" },
	{ "edition", "WINDOWS/EDITIONID" },
	{ "installation-type", "WINDOWS/INSTALLATIONTYPE" },
	{ "hal", "WINDOWS/HAL" },
	{ "product-type", "WINDOWS/PRODUCTTYPE" },
	{ "product-suite", "WINDOWS/PRODUCTSUITE" },
	{ "default", "WINDOWS/LANGUAGES/DEFAULT" },
	{ "branch", "WINDOWS/VERSION/BRANCH" },
	{ "system-root", "WINDOWS/SYSTEMROOT" },
};

static void add_property(struct mk_parser *parser, struct mk_image *image, const char *path, const char *value)
{
	struct mk_property *property = WP_PUSH(parser->arena, image->properties, image->property_count);

	property->path = path;
	property->value = value;
}

/* Each part of @text up to a @separator goes to the next path; what is left over after the last path is an error. */
static void add_parts(struct mk_parser *parser, struct mk_image *image, const char *text, char separator,
		      const char *const *paths, size_t path_count)
{
	for (size_t i = 0; text; i++) {
		const char *end = strchr(text, separator);

		if (i == path_count)
			mk_parse_fail(parser, "\"%s\" takes %zu parts", parser->words[0], path_count);
		add_property(parser, image, paths[i],
			     wp_arena_strndup(parser->arena, text, end ? (size_t)(end - text) : strlen(text)));
		text = end ? end + 1 : NULL;
	}
}

static void add_version(struct mk_parser *parser, struct mk_image *image)
{
	static const char *const paths[] = {
		"WINDOWS/VERSION/MAJOR", "WINDOWS/VERSION/MINOR", "WINDOWS/VERSION/BUILD", "WINDOWS/VERSION/SPBUILD",
		"WINDOWS/VERSION/SPLEVEL",
	};

	add_parts(parser, image, mk_word(parser, 1), '.', paths, sizeof paths / sizeof paths[0]);
}

static void add_servicing(struct mk_parser *parser, struct mk_image *image)
{
	static const char *const paths[] = {
		"WINDOWS/SERVICINGDATA/GDRDUREVISION",
		"WINDOWS/SERVICINGDATA/PKEYCONFIGVERSION",
		"WINDOWS/SERVICINGDATA/IMAGESTATE",
	};

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		add_property(parser, image, paths[i], mk_word(parser, i + 1));
}

/* "languages en-US,de-DE": the default is a line of its own. */
static void add_languages(struct mk_parser *parser, struct mk_image *image)
{
	const char *at = mk_word(parser, 1);

	for (unsigned int i = 1; at; i++) {
		const char *end = strchr(at, ',');
		const char *path = "WINDOWS/LANGUAGES/LANGUAGE";

		if (i > 1)
			path = wp_arena_printf(parser->arena, "WINDOWS/LANGUAGES/LANGUAGE[%u]", i);
		add_property(parser, image, path,
			     wp_arena_strndup(parser->arena, at, end ? (size_t)(end - at) : strlen(at)));
		at = end ? end + 1 : NULL;
	}
}

static void add_fallback(struct mk_parser *parser, const struct mk_recipe *recipe, struct mk_image *image)
{
	if (recipe->shape != MK_SHAPE_MEDIA)
		mk_parse_fail(parser, "\"fallback\" has an attribute, which needs \"shape media\"");
	add_property(parser, image,
		     wp_arena_printf(parser->arena, "WINDOWS/LANGUAGES/FALLBACK LANGUAGE=\"%s\"", mk_word(parser, 1)),
		     mk_word(parser, 2));
}

/* "counts DIRS FILES BYTES HARDLINKBYTES". */
static void add_counts(struct mk_parser *parser, const struct mk_recipe *recipe, struct mk_image *image)
{
	static const char *const paths[] = { "DIRCOUNT", "FILECOUNT", "TOTALBYTES", "HARDLINKBYTES" };

	if (recipe->shape != MK_SHAPE_MEDIA)
		mk_parse_fail(parser, "wimlib counts for itself; \"counts\" needs \"shape media\"");
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		add_property(parser, image, paths[i], mk_word(parser, i + 1));
}

/* "file /PATH TEXT", "file /PATH hex DIGITS" or "file /PATH size N [seed S]"; "dir /PATH". */
static void add_file(struct mk_parser *parser, struct mk_image *image)
{
	struct mk_file *file = WP_PUSH(parser->arena, image->files, image->file_count);

	file->path = mk_word(parser, 1);
	file->folder = strcmp(parser->words[0], "dir") == 0;
	if (file->path[0] != '/')
		mk_parse_fail(parser, "the path \"%s\" does not begin with /", file->path);
	if (file->folder)
		return;
	if (parser->word_count > 3 && strcmp(parser->words[2], "size") == 0) {
		file->size = mk_number(parser, mk_word(parser, 3));
		file->seed = mk_named_number(parser, 4, "seed", 1);
	} else if (parser->word_count > 3 && strcmp(parser->words[2], "hex") == 0) {
		file->text = mk_hex_bytes(parser, mk_word(parser, 3));
	} else if (parser->word_count > 3 && strcmp(parser->words[2], "from") == 0) {
		file->text = mk_read_file(parser->arena, mk_word(parser, 3));
	} else {
		file->text = (struct mk_text){ mk_word(parser, 2), strlen(mk_word(parser, 2)) };
	}
}

/* "files /PATH### COUNT size N [seed S]": the number for the run of '#', and S, S + 1 … */
static void add_files(struct mk_parser *parser, struct mk_image *image)
{
	const char *pattern = mk_word(parser, 1), *run = strchr(pattern, '#');
	uint64_t count = mk_number(parser, mk_word(parser, 2)), size, seed;
	size_t width = run ? strspn(run, "#") : 0;

	if (!run || pattern[0] != '/' || strcmp(mk_word(parser, 3), "size") != 0)
		mk_parse_fail(parser, "expected files /PATH### COUNT size N [seed S]");
	size = mk_number(parser, mk_word(parser, 4));
	seed = mk_named_number(parser, 5, "seed", 1);
	for (uint64_t i = 1; i <= count; i++) {
		struct mk_file *file = WP_PUSH(parser->arena, image->files, image->file_count);

		file->path = wp_arena_printf(parser->arena, "%.*s%0*u%s", (int)(run - pattern), pattern, (int)width,
					     (unsigned int)i, run + width);
		file->size = size;
		file->seed = seed + i - 1;
	}
}

bool mk_parse_image_key(struct mk_parser *parser, const struct mk_recipe *recipe, struct mk_image *image)
{
	const char *key = parser->words[0];

	for (size_t i = 0; i < sizeof simple_keys / sizeof simple_keys[0]; i++) {
		if (strcmp(key, simple_keys[i].key) == 0) {
			add_property(parser, image, simple_keys[i].path, mk_word(parser, 1));
			return true;
		}
	}
	if (strcmp(key, "version") == 0)
		add_version(parser, image);
	else if (strcmp(key, "servicing") == 0)
		add_servicing(parser, image);
	else if (strcmp(key, "languages") == 0)
		add_languages(parser, image);
	else if (strcmp(key, "fallback") == 0)
		add_fallback(parser, recipe, image);
	else if (strcmp(key, "counts") == 0)
		add_counts(parser, recipe, image);
	else if (strcmp(key, "property") == 0)
		add_property(parser, image, mk_word(parser, 1), mk_word(parser, 2));
	else if (strcmp(key, "file") == 0 || strcmp(key, "dir") == 0)
		add_file(parser, image);
	else if (strcmp(key, "files") == 0)
		add_files(parser, image);
	else
		return mk_parse_tweak(parser, image);
	return true;
}
