/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the configuration file: INI with sections, "key = value", and comments at the beginning of a line. */
#include "config_keys.h"

#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <string.h>

struct reader {
	struct wp_arena *arena;
	struct wp_config *config;
	const char *path;
	const char *source;  /* "FILE:", with which all origins begin */
	const char *section; /* NULL before the first one */
	size_t line;
};

static int read_section(struct reader *reader, const char *line, const char *origin, struct wp_error *err)
{
	size_t length = strlen(line);

	if (line[length - 1] != ']')
		return wp_fail(err, WP_E_USAGE, "config", reader->path, "%s: a section has to end with ']': [NAME]",
			       origin);
	reader->section = wp_text_trimmed(reader->arena, line + 1, length - 2);
	if (!wp_config_section_known(reader->section))
		return wp_fail(err, WP_E_USAGE, "config", reader->path, "%s: unknown section [%s]; there are %s",
			       origin, reader->section, wp_config_section_list(reader->arena));
	return WP_OK;
}

/* A key ends at the first '=': "D:\src = /mnt/src". */
static int read_key(struct reader *reader, const char *line, const char *origin, struct wp_error *err)
{
	const char *equals = strchr(line, '=');

	if (!equals || equals == line)
		return wp_fail(err, WP_E_USAGE, "config", reader->path,
			       "%s: '%s' has no %s; write KEY = VALUE, or # in front of a comment", origin, line,
			       equals ? "key in front of its '='" : "'='");
	if (!reader->section)
		return wp_fail(err, WP_E_USAGE, "config", reader->path,
			       "%s: the key stands before any section; put one of %s in front of it", origin,
			       wp_config_section_list(reader->arena));
	return wp_config_assign(reader->arena, reader->config, reader->section,
				wp_text_trimmed(reader->arena, line, (size_t)(equals - line)),
				wp_text_trimmed(reader->arena, equals + 1, strlen(equals + 1)), reader->source, origin, err);
}

static int read_line(struct reader *reader, const char *text, size_t length, struct wp_error *err)
{
	const char *origin = wp_arena_printf(reader->arena, "%s:%zu", reader->path, reader->line);
	const char *line;

	if (memchr(text, '\0', length))
		return wp_fail(err, WP_E_USAGE, "config", reader->path,
			       "%s: there is a NUL byte; take it out, or save the file as UTF-8", origin);
	if (wp_utf8_valid(text, length) != length)
		return wp_fail(err, WP_E_USAGE, "config", reader->path,
			       "%s: this is not UTF-8 text; save the file as UTF-8", origin);
	line = wp_text_trimmed(reader->arena, text, length);
	if (!*line || *line == '#' || *line == ';')
		return WP_OK;
	return *line == '[' ? read_section(reader, line, origin, err) : read_key(reader, line, origin, err);
}

int wp_config_parse(struct wp_arena *arena, struct wp_config *config, const char *path, const char *text,
		    size_t length, struct wp_error *err)
{
	struct reader reader = {
		.arena = arena,
		.config = config,
		.path = path,
		.source = wp_arena_printf(arena, "%s:", path),
	};
	const char *end = text + length;

	if (length > WP_LIMIT_CONFIG_BYTES)
		return wp_fail(err, WP_E_USAGE, "config", path,
			       "%s is larger than a configuration can be: more than %u bytes", path,
			       WP_LIMIT_CONFIG_BYTES);
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		int status;

		if (!stop)
			stop = end;
		reader.line++;
		status = read_line(&reader, text, (size_t)(stop - text), err);
		if (status)
			return status;
		text = stop < end ? stop + 1 : end;
	}
	return WP_OK;
}
